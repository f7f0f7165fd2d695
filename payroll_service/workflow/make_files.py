"""Files for banks and finance systems from approved runs and payments; whoever takes personal data out is put down."""

from __future__ import annotations

import json
from datetime import date, datetime

from payroll_service.book.ledger.movements import Movement
from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import sha256
from payroll_service.errors import NotInBook
from payroll_service.export.account_mapping import ACCRUAL, PAYMENT, AccountMapping
from payroll_service.export.bank.files import bank_files
from payroll_service.export.bank.layout import BankFormat, ResultFormat
from payroll_service.export.bank.results import BankAnswer, read_results
from payroll_service.export.bank.transfers import Transfer, transfers_of
from payroll_service.export.payroll_tables import RunName
from payroll_service.export.vouchers import Voucher, accrued_amounts, make_vouchers, paid_amounts
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import Ledger, all_payees, paid_by
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.send_back import Rejects, find_payment, reject_payees
from payroll_service.workflow.stored_runs import load_stored_run, refuse_unapproved, stored_payouts


def make_bank_files(
    store: Store, bureau: str, payment: int, described: BankFormat, note: str, by: str, now: datetime
) -> dict[str, bytes]:
    """The bank's files of an approved payment (the draft's number), by name.

    Raises NotInBook; UnsoundFile with everybody who cannot be written.
    """
    made = bank_files(described, _sent(store, bureau, payment, note), f"付款{payment}")
    log_read(store, bureau, f"bank files {payment}", by, now)
    return made


def book_bank_answer(
    store: Store,
    bureau: str,
    payment: int,
    described: ResultFormat,
    content: bytes,
    day: date,
    reference: str,
    by: str,
    now: datetime,
) -> tuple[BankAnswer, Movement]:
    """What the bank says became of a payment, as a movement; whoever it rejected is owed again by it.

    Its mistakes tell whom it is about: whoever asks first has it put down, apart, that `by` reads them (`log_answer`).
    Raises NotInBook, for the same file twice as well; UnsoundFile with every mistake in the file, and then nothing is recorded.
    """
    sent = _sent(store, bureau, payment, "")
    answer = read_results(described, content, sent)
    told: dict[str, str | int] = {**answer.counts, "silent": len(answer.silent), "file": sha256(content)}
    rejects = Rejects(payment, day, answer.rejections, reference, told, answer.accepted)
    return answer, reject_payees(store, bureau, rejects, by, now)


def log_answer(store: Store, bureau: str, payment: int, by: str, now: datetime) -> None:
    """Put down that `by` reads what a bank answered. By itself: what refuses the answer does not take this back."""
    log_read(store, bureau, f"bank result {payment}", by, now)


def accrual_vouchers(store: Store, bureau: str, run_id: str, mapping: AccountMapping) -> tuple[Voucher, ...]:
    """What an approved run grants, by unit. Raises UnknownRun, UnsoundFile."""
    with store.reading() as session:
        refuse_unapproved(session, bureau, run_id)
        totals = session.runs.totals(bureau, run_id)
    return make_vouchers(ACCRUAL, accrued_amounts(totals), mapping)


def payment_vouchers(store: Store, bureau: str, payment: int, mapping: AccountMapping) -> tuple[Voucher, ...]:
    """What an approved payment pays, by unit. Raises NotInBook, UnsoundFile."""
    with store.reading() as session:
        _, payees = _payment(session, bureau, payment)
    return make_vouchers(PAYMENT, paid_amounts(payees), mapping)


def read_tables(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> tuple[RunName, Payouts]:
    """What the payroll tables of an approved run are made of, all of it in memory. Raises UnknownRun."""
    with store.reading() as session:
        refuse_unapproved(session, bureau, run_id)
        stored = load_stored_run(session, bureau, run_id)
    log_read(store, bureau, f"payroll tables {run_id}", by, now)
    return RunName.of(run_id, read_receipt(stored.outcome.receipt)), stored_payouts(stored)


def _sent(store: Store, bureau: str, payment: int, note: str) -> list[Transfer]:
    """What the payment sends to the payees' own accounts."""
    with store.reading() as session:
        movement, payees = _payment(session, bureau, payment)
        identities = all_payees(session, bureau)
    if other := json.loads(movement.detail)["paid_to"]:
        raise NotInBook(
            f"付款单 {payment} 由 {other} 代领，不发到本人的账号。", "请按付款清单单独付给代领人。"
        )
    return transfers_of(payees, identities, note)


def _payment(session: Session, bureau: str, payment: int) -> tuple[Movement, list[PaidTo]]:
    movement = find_payment(session, Ledger(bureau), payment)
    return movement, paid_by(session, movement)
