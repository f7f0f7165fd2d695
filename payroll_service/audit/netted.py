"""An approved run that another one nets: it must be the one whose receipt was named, and unaltered."""

from __future__ import annotations

from payroll_service.audit.evidence import AuditCheck, StoredRun
from payroll_service.book.payee_records import records_fingerprint
from payroll_service.book.receipt import NettedRun
from payroll_service.book.records import sha256


def check_netted(named: NettedRun, stored: StoredRun) -> AuditCheck:
    """The receipt has the digest that was named, and the records are those that the log noted with it."""
    wrong = []
    if sha256(stored.outcome.receipt) != named.receipt:
        wrong.append("凭据被改动")
    if stored.noted_receipt and stored.noted_receipt != named.receipt:
        wrong.append("日志登记的是另一份凭据")
    if any(sha256(record.content) != record.digest for record in stored.records):
        wrong.append("记录的内容与摘要不符")
    if stored.noted_records and records_fingerprint(stored.records) != stored.noted_records:
        wrong.append("记录与日志登记的指纹不符")
    return AuditCheck(f"已核定：{named.run} 的凭据和记录未被改动", not wrong, "、".join(wrong) or "相符")
