"""Verify the ledger from its records alone: every movement adds up, none was altered, nothing was paid twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from payroll_service.audit.evidence import AuditCheck, proved
from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.digests import movement_digest
from payroll_service.book.ledger.movements import (
    ADJUSTMENT,
    FUNDING,
    OF_TWO,
    PAYMENT,
    REJECT,
    RETURN,
    Draft,
    Line,
    Movement,
    Posting,
)
from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import PaidTo, read_record
from payroll_service.book.money import fen_text
from payroll_service.book.payee_records import records_fingerprint
from payroll_service.book.records import PayeeRecord, sha256


@dataclass(frozen=True)
class StoredMovement:
    """A movement as the book has it."""

    movement: Movement
    records: Sequence[PayeeRecord]
    postings: Sequence[Posting]


@dataclass(frozen=True)
class StoredLedger:
    """Everything that was stored: what each approved run grants, in order of approval; the movements; the drafts."""

    grants: Sequence[Sequence[tuple[Entitlement, int]]]
    movements: Sequence[StoredMovement]
    drafts: Sequence[Draft]


def verify_ledger(stored: StoredLedger) -> tuple[list[AuditCheck], Balances]:
    """Every check by name, and the balances that come out when all is replayed. All hold for a book as it was written."""
    checks = [_numbers(stored), _records(stored), _zero(stored), _chain(stored), _two_persons(stored)]
    try:
        paid = [tuple(read_record(record) for record in each.records) for each in stored.movements]
    except ValueError:
        return [*checks, AuditCheck("账：逐笔重放", False, "有记录不是本系统所写的格式")], Balances()
    lines = [[line for each in payees for line in each.lines] for payees in paid]
    checks.append(_postings(stored, lines))
    checks.append(_answers(stored, paid))
    balances, wrong = _replayed(stored, lines)
    checks.append(
        proved("账：逐笔重放，付款不超过当时的欠付，资金不为负", wrong, f"{len(stored.movements)} 笔逐笔成立")
    )
    return checks, balances


def _numbers(stored: StoredLedger) -> AuditCheck:
    found = [each.movement.number for each in stored.movements]
    wrong = [] if found == list(range(1, len(found) + 1)) else ["编号有缺或重复"]
    return proved("账：编号从 1 起连续", wrong, f"{len(found)} 笔")


def _records(stored: StoredLedger) -> AuditCheck:
    wrong = [
        f"第 {each.movement.number} 笔的 {record.payee_id}"
        for each in stored.movements
        for record in each.records
        if sha256(record.content) != record.digest or not _is_canonical(record)
    ]
    wrong += [
        f"第 {each.movement.number} 笔的人数或金额"
        for each in stored.movements
        if each.movement.payees != len(each.records)
        or (each.records and each.movement.amount_fen != sum(record.amount_fen for record in each.records))
    ]
    return proved("账：每位收款人的记录与摘要、金额相符", wrong, "逐份相符")


def _is_canonical(record: PayeeRecord) -> bool:
    try:
        read_record(record)
    except ValueError:
        return False
    return True


def _zero(stored: StoredLedger) -> AuditCheck:
    wrong = [
        f"第 {each.movement.number} 笔差 {fen_text(total)}"
        for each in stored.movements
        if (total := sum(posting.fen for posting in each.postings))
    ]
    return proved("账：每笔借贷相等", wrong, f"{len(stored.movements)} 笔借贷相等")


def _chain(stored: StoredLedger) -> AuditCheck:
    wrong, before = [], ""
    for each in stored.movements:
        if movement_digest(before, each.movement, each.records, each.postings) != each.movement.digest:
            wrong.append(f"第 {each.movement.number} 笔")
        before = each.movement.digest
    return proved("账：每笔与摘要链相符", wrong, f"末笔摘要 {before or '无'}")


def _two_persons(stored: StoredLedger) -> AuditCheck:
    drafts = {draft.number: draft for draft in stored.drafts}
    wrong = []
    for each in stored.movements:
        movement = each.movement
        if movement.kind not in OF_TWO:
            continue
        draft = drafts.get(movement.draft or 0)
        shown = draft and (draft.kind, draft.prepared_by, draft.digest)
        if shown != (movement.kind, movement.prepared_by, records_fingerprint(each.records)):
            wrong.append(f"第 {movement.number} 笔与准备的单不符")
        elif movement.approved_by in (None, movement.prepared_by):
            wrong.append(f"第 {movement.number} 笔没有经两人")
    return proved("账：付款和调整经两人，与准备的单相符", wrong, "逐笔相符")


def _postings(stored: StoredLedger, lines: Sequence[Sequence[Line]]) -> AuditCheck:
    wrong = [
        f"第 {each.movement.number} 笔"
        for each, found in zip(stored.movements, lines, strict=True)
        if each.movement.kind != FUNDING and tuple(each.postings) != line_postings(each.movement.kind, found)
    ]
    return proved("账：分录等于各人记录之和", wrong, "逐笔相符")


def _answers(stored: StoredLedger, paid: Sequence[Sequence[PaidTo]]) -> AuditCheck:
    """No more came back of a payment, from anybody, than was sent."""
    sent: defaultdict[tuple[int | None, str], int] = defaultdict(int)
    for each, payees in zip(stored.movements, paid, strict=True):
        kind = each.movement.kind
        for one in payees:
            if kind == PAYMENT:
                sent[each.movement.number, one.payee] += one.net_fen
            elif kind in (REJECT, RETURN):
                sent[each.movement.answers, one.payee] += one.gross_fen
    wrong = [f"第 {number} 笔的 {payee}" for (number, payee), fen in sorted(sent.items(), key=str) if fen < 0]
    return proved("账：退回的不超过付出的", wrong, "逐人相符")


def _replayed(stored: StoredLedger, lines: Sequence[Sequence[Line]]) -> tuple[Balances, list[str]]:
    """The book from nothing, each movement after the approvals that it knew of."""
    balances, known, wrong = Balances(), 0, []
    for each, found in zip(stored.movements, lines, strict=True):
        movement = each.movement
        known = _grant(balances, stored.grants, known, movement.approvals)
        if movement.kind != ADJUSTMENT:
            wrong += [f"第 {movement.number} 笔：{why}" for why in _excesses(balances, movement.kind, found)]
        balances.move(movement.kind, found, each.postings)
        wrong += [
            f"第 {movement.number} 笔后资金 {pot.fund}{pot.earmark} 为 {fen_text(fen)}"
            for pot, fen in sorted(balances.cash.items())
            if fen < 0
        ]
    _grant(balances, stored.grants, known, len(stored.grants))
    return balances, wrong


def _grant(
    balances: Balances, grants: Sequence[Sequence[tuple[Entitlement, int]]], known: int, wanted: int
) -> int:
    for lines in grants[known:wanted]:
        for entitlement, fen in lines:
            balances.grant(entitlement, fen)
    return max(known, wanted)


def _excesses(balances: Balances, kind: str, lines: Sequence[Line]) -> list[str]:
    """Lines that pay more than is owed, or recover more than was paid too much."""
    sums: defaultdict[Entitlement, int] = defaultdict(int)
    for line in lines:
        sums[line.entitlement] += line.fen
    wrong = []
    for claim, fen in sums.items():
        owed = balances.owed(claim)
        back = kind in (REJECT, RETURN)
        if fen > max(owed, 0) or (fen < min(owed, 0) and not back):
            wrong.append(f"{claim.payee} 项目 {claim.item} 当时欠 {fen_text(owed)}，记了 {fen_text(fen)}")
    return wrong
