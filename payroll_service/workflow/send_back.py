"""Money that comes back: a bank rejects payees of a payment, a payment is returned, an overpayment is handed back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import (
    CONFIRMATION,
    PAYMENT,
    REJECT,
    REPAYMENT,
    RETURN,
    Line,
    Movement,
)
from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import PaidTo, by_payee, read_record
from payroll_service.book.ledger.recovery import debts_of, take_back, undo
from payroll_service.book.money import fen_text
from payroll_service.errors import AlreadyBooked, NotInBook
from payroll_service.store.store import Session, Store
from payroll_service.workbook.lists import read_list
from payroll_service.workflow.ledger import Act, Ledger, append, find_payee, read_ledger

ID_NUMBER, REASON = "证件号码", "原因"


@dataclass(frozen=True)
class Rejects:
    """What a bank could not pay of one payment: the reason by ID number; nobody's if all were paid.

    `told`: what else its answer told, as it is put down; under `file`, the digest of the bank's own file. Such a file
    may name again whom an earlier one named: a bank's final answer after an interim one does. `accepted`: the payees whom
    that file says the bank paid.
    """

    payment: int
    day: date
    reasons: Mapping[str, str]
    reference: str = ""
    told: Mapping[str, str | int] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()


def read_rejects(path: Path) -> dict[str, str]:
    """The bank's list: 证件号码 and 原因 of whoever was not paid. Raises UnreadableFile, NotInBook for a number twice or none."""
    reasons: dict[str, str] = {}
    for row in read_list(path, (ID_NUMBER, REASON)):
        number, reason = row.id_number(ID_NUMBER), row.text(REASON)
        if number in reasons or not reason:
            what = "重复" if number in reasons else "没有写原因"
            raise NotInBook(f"{path.name} 第 {row.number} 行：{number} {what}。", "每人一行，写明退票原因。")
        reasons[number] = reason
    if not reasons:
        raise NotInBook("退票清单是空的。", "全部成功的，用 payroll files result 登记银行的回盘。")
    return reasons


def reject_payees(store: Store, bureau: str, rejects: Rejects, by: str, now: datetime) -> Movement:
    """Everything that these payees were sent comes back and is owed again. `payment` is the draft's number.

    Where nobody was rejected, that is put down; and under `known` how many of a bank's file were rejected before, under
    `disputed` whom it says the bank paid, though an earlier answer rejected them: they stay owed. Raises
    NotInBook for whoever else was not in the payment or has come back already, AlreadyBooked for a file that was put down
    before; then nothing is recorded.
    """
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        payment = find_payment(session, ledger, rejects.payment)
        _refuse_twice(ledger, payment, rejects)
        named = {find_payee(session, bureau, number).payee_id: number for number in rejects.reasons}
        before = _rejected(ledger, payment) if "file" in rejects.told else frozenset()
        known, disputed = named.keys() & before, sorted(rejects.accepted & before)
        ids = {payee: number for payee, number in named.items() if payee not in known}
        told: dict[str, object] = {**rejects.told}
        told |= {"known": len(known)} if known else {}
        told |= {"disputed": disputed} if disputed else {}
        lines: list[Line] = []
        for payee in sorted(ids):
            left = still_out(session, ledger, payment, payee)
            if not left.net_fen:
                raise NotInBook(
                    f"{ids[payee]} 不在付款单 {rejects.payment} 里，或者已经退回。", "请核对付款单和名单。"
                )
            lines += undo(left.lines, left.net_fen)
        reasons = {payee: rejects.reasons[ids[payee]] for payee in sorted(ids)}
        return _append_lines(
            session, ledger, REJECT if lines else CONFIRMATION, lines, rejects.day, by, now,
            reference=rejects.reference, answers=payment.number, detail={"reasons": reasons, **told},
        )  # fmt: skip


def _rejected(ledger: Ledger, payment: Movement) -> frozenset[str]:
    """Whom a bank rejected of a payment, by what is in the book."""
    answering = [each for each in ledger.movements if each.kind == REJECT and each.answers == payment.number]
    return frozenset(payee for each in answering for payee in json.loads(each.detail)["reasons"])


def _refuse_twice(ledger: Ledger, payment: Movement, rejects: Rejects) -> None:
    if "file" not in rejects.told:
        return
    for each in ledger.movements:
        if each.answers == payment.number and json.loads(each.detail).get("file") == rejects.told["file"]:
            raise AlreadyBooked(f"这份回盘已经登记过，是第 {each.number} 号。", "请核对文件，不用再登记。")


def return_payment(
    store: Store,
    bureau: str,
    payment: int,
    number: str,
    fen: int | None,
    day: date,
    reason: str,
    by: str,
    now: datetime,
) -> Movement:
    """What a payee was sent in a payment comes back, wholly (None) or in part, and is owed again. Raises NotInBook."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        paid = find_payment(session, ledger, payment)
        left = still_out(session, ledger, paid, find_payee(session, bureau, number).payee_id)
        amount = left.net_fen if fen is None else fen
        if not 0 < amount <= left.net_fen:
            raise NotInBook(
                f"付款单 {payment} 付给 {number} 而没有退回的是 {fen_text(left.net_fen)}。",
                "退回的金额请在此以内。",
            )
        lines = list(undo(left.lines, amount))
        return _append_lines(session, ledger, RETURN, lines, day, by, now, reason=reason, answers=paid.number)


def repay(
    store: Store,
    bureau: str,
    number: str,
    fund: str,
    fen: int,
    day: date,
    reference: str,
    by: str,
    now: datetime,
) -> Movement:
    """A payee hands back what she was paid too much from a fund, the oldest first. Raises NotInBook beyond that."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        payee = find_payee(session, bureau, number).payee_id
        debts = debts_of(ledger.balances, payee, fund)
        due = sum(debts.values())
        if not 0 < fen <= due:
            raise NotInBook(f"这位收款人在资金“{fund}”应追回的是 {fen_text(due)}。", "退还的金额请在此以内。")
        lines = list(take_back(ledger.balances, debts, fen))
        return _append_lines(session, ledger, REPAYMENT, lines, day, by, now, reference=reference)


def find_payment(session: Session, ledger: Ledger, draft: int) -> Movement:
    """The approved payment of a draft's number. Raises NotInBook."""
    movement = session.ledger.approved(ledger.bureau, draft)
    if movement is None or movement.kind != PAYMENT:
        raise NotInBook(
            f"没有编号为 {draft} 的已批准的付款单。", "已批准的见付款页面，或 payroll movements。"
        )
    return movement


def still_out(session: Session, ledger: Ledger, payment: Movement, payee: str) -> PaidTo:
    """What a payee was sent in a payment and has not come back: her record there less what answers it."""
    answering = {each.number for each in ledger.movements if each.answers == payment.number}
    sums: defaultdict[tuple[Entitlement, str], int] = defaultdict(int)
    deductions: tuple[tuple[str, int], ...] = ()
    for number, record in session.ledger.of_payee(ledger.bureau, payee):
        if number == payment.number or number in answering:
            paid = read_record(record)
            deductions += paid.deductions
            for line in paid.lines:
                sums[line.entitlement, line.earmark] += line.fen
    lines = tuple(Line(what, fen, earmark) for (what, earmark), fen in sorted(sums.items()) if fen)
    return PaidTo(payee, lines, deductions)


def _append_lines(
    session: Session,
    ledger: Ledger,
    kind: str,
    lines: list[Line],
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
    reference: str = "",
    answers: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> Movement:
    written = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
    act = Act(kind, day, by, reason, reference, answers, written)
    amount = sum(line.fen for line in lines)
    return append(session, ledger, act, tuple(by_payee(lines)), line_postings(kind, lines), amount, now)
