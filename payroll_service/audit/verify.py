"""Verify a stored run from its records alone: nothing was altered, and everything adds up, to the fen."""

from __future__ import annotations

from collections.abc import Iterator

from payroll_service.audit.evidence import AuditCheck, StoredRun, proved
from payroll_service.audit.figures import check_pools, check_receipt_figures, check_totals
from payroll_service.book.lines_digest import lines_fingerprint
from payroll_service.book.payee_records import records_fingerprint, records_of
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import PayeeIdentity, sha256
from payroll_service.book.stored_lines import UnreadableRecord, payouts_from
from payroll_service.book.working_days import china_moment
from rules.language.bundle import BrokenBundle, unpacked
from rules.language.fingerprints import fingerprint_of
from rules.language.mistakes import RuleSetError
from rules.language.source import read_source


def verify_run(stored: StoredRun) -> list[AuditCheck]:
    """Every check that the evidence allows, each by name. All hold for a run as it was written.

    Without identities the names behind the lines cannot be proved, and the check of the output's fingerprint is left
    out; so are the checks against the log where it noted nothing.
    """
    checks = [*_documents(stored), *_records(stored)]
    try:
        receipt = read_receipt(stored.outcome.receipt)
    except ValueError:
        return [*checks, AuditCheck("凭据：可读且为规范格式", False, "凭据不是本系统所写的规范 JSON")]
    checks.append(AuditCheck("凭据：可读且为规范格式", True, "逐字节相符"))
    checks.append(_same_run(stored, receipt))
    checks.append(check_pools(stored.outcome.pools))
    try:
        payouts = _rebuilt(stored, receipt)
    except UnreadableRecord as why:
        return [*checks, AuditCheck("记录：可读且与重写逐字节相符", False, str(why))]
    checks.append(_rewritten(stored, payouts))
    checks.append(check_totals(payouts, stored.outcome.totals))
    checks += check_receipt_figures(receipt, payouts, stored.outcome)
    if stored.identities is not None:
        same = lines_fingerprint(payouts) == receipt.outputs
        detail = "由记录重建的各笔与凭据的结果指纹" + ("相符" if same else "不符")
        checks.append(AuditCheck("凭据：结果指纹与记录相符", same, detail))
    return checks


def _documents(stored: StoredRun) -> Iterator[AuditCheck]:
    try:
        parts = unpacked(stored.rule_set.document, stored.rule_set.name)
        first, *schemes = (read_source(part.text, part.file) for part in parts)
        found = fingerprint_of(first, schemes)
    except (UnicodeDecodeError, RuleSetError, BrokenBundle):
        found = "（文件不可读）"
    yield _same("规则集：文件与指纹相符", stored.rule_set.fingerprint, found)
    if (enacted := stored.enactment) is not None:
        told = (
            f"{enacted.enacted_by} 于 {china_moment(enacted.at)} 启用，"
            f"{enacted.drafted_by} 起草，通过用例 {enacted.examples} 个"
        )
        yield AuditCheck("规则集：由起草以外的人启用", enacted.enacted_by != enacted.drafted_by, told)
    yield _same("快照：内容与指纹相符", stored.snapshot.fingerprint, sha256(stored.snapshot.content))


def _records(stored: StoredRun) -> Iterator[AuditCheck]:
    wrong = [record.payee_id for record in stored.records if sha256(record.content) != record.digest]
    yield proved("记录：每位收款人的内容与摘要相符", wrong, f"{len(stored.records)} 份记录逐份相符")
    if stored.noted_records:
        found = records_fingerprint(stored.records)
        yield _same("日志：记录与计算时登记的指纹相符", stored.noted_records, found)
    if stored.noted_receipt:
        found = sha256(stored.outcome.receipt)
        yield _same("日志：凭据与计算时登记的摘要相符", stored.noted_receipt, found)
    if stored.approval is not None:
        yield _same("审批：所批的就是这份凭据", stored.approval.receipt, sha256(stored.outcome.receipt))


def _same_run(stored: StoredRun, receipt: Receipt) -> AuditCheck:
    pairs = {
        "规则集": (stored.run.rule_set, stored.rule_set.fingerprint, receipt.rule_set.fingerprint),
        "快照": (stored.run.snapshot, stored.snapshot.fingerprint, receipt.inputs),
        "期间": (stored.run.period, receipt.period),
        "期间种类": (stored.run.kind, receipt.period_kind),
    }
    wrong = [f"{name}：{'、'.join(values)}" for name, values in pairs.items() if len(set(values)) > 1]
    return proved("凭据：与批次、规则集、快照、期间一致", wrong, "一致")


def _rebuilt(stored: StoredRun, receipt: Receipt) -> Payouts:
    identities = stored.identities
    if identities is None:
        ids = (record.payee_id for record in stored.records)
        identities = {one: PayeeIdentity(stored.run.bureau, one, "", one, "") for one in ids}
    funds = {fund.name: fund.title for fund in receipt.funds}
    return payouts_from(stored.records, identities, receipt.period, receipt.items, funds)


def _rewritten(stored: StoredRun, payouts: Payouts) -> AuditCheck:
    """Writing the lines that were read gives every record again: nothing in it goes unchecked."""
    ids: dict[str, dict[str, str]] = {}
    for record in stored.records:
        who = stored.identities[record.payee_id] if stored.identities is not None else None
        kind, number = (who.kind, who.number) if who else ("", record.payee_id)
        ids.setdefault(kind, {})[number] = record.payee_id
    again = {record.payee_id: record for record in records_of(payouts, ids)}
    wrong = [record.payee_id for record in stored.records if again.get(record.payee_id) != record]
    return proved("记录：可读且与重写逐字节相符", wrong, f"{len(stored.records)} 份记录逐份相符")


def _same(name: str, expected: str, found: str) -> AuditCheck:
    return AuditCheck(
        name, expected == found, "相符" if expected == found else f"应为 {expected}，实为 {found}"
    )
