"""The book of money as the use cases read and write it: balances folded from what is stored, movements added at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.digests import movement_digest
from payroll_service.book.ledger.movements import Draft, Movement, Posting
from payroll_service.book.ledger.records import PaidTo, decode_record
from payroll_service.book.records import PayeeIdentity, RunApproval
from payroll_service.book.working_days import china_day
from payroll_service.errors import MoneyShort, NotAcceptable, NotInBook, UnknownPayee
from payroll_service.store.errors import NotStored
from payroll_service.store.store import Session, Store

PAYEE_KINDS = ("个人", "学校", "学生")
FURTHEST = timedelta(days=366)  # what a movement may lie ahead


@dataclass
class Ledger:
    """The book at one moment. `granted_under`: by fund, the rule set of the run approved last that grants from it."""

    bureau: str
    balances: Balances = field(default_factory=Balances)
    movements: list[Movement] = field(default_factory=list)
    approvals: int = 0
    granted_under: dict[str, str] = field(default_factory=dict)

    @property
    def last_digest(self) -> str:
        return self.movements[-1].digest if self.movements else ""


@dataclass(frozen=True)
class Act:
    """What is to be recorded: everything of a movement but its place in the book."""

    kind: str
    day: date
    by: str
    reason: str = ""
    reference: str = ""
    answers: int | None = None
    detail: str = "{}"
    draft: Draft | None = None


def read_ledger(session: Session, bureau: str, until: date | None = None) -> Ledger:
    """The book as it stands, or with what belongs to the time until a day: what was earned or approved, and what moved.

    What a movement of that time knew as granted counts with it, even if its approval bears a later day.
    """
    ledger = Ledger(bureau)
    approved = session.runs.approved(bureau)
    movements = [each for each in session.ledger.movements(bureau) if until is None or each.day <= until]
    known = max((each.approvals for each in movements), default=0)
    counted = {
        each.run_id
        for place, each in enumerate(approved)
        if until is None or place < known or granted_on(each) <= until
    }
    ledger.approvals = len(counted)
    for run, entitlement, fen in session.runs.granted(bureau):
        if run.run_id in counted:
            ledger.balances.grant(entitlement, fen)
            ledger.granted_under[entitlement.fund] = run.rule_set
    for movement in movements:
        lines = [line for paid in paid_by(session, movement) for line in paid.lines]
        ledger.balances.move(movement.kind, lines, session.ledger.postings(bureau, movement.number))
        ledger.movements.append(movement)
    return ledger


def granted_on(approval: RunApproval) -> date:
    """The day from which a run's grants count: the end of its period, or its approval if that came before."""
    return min(approval.last_day, approval.at.date())


def paid_by(session: Session, movement: Movement) -> list[PaidTo]:
    """The records of a movement, payees ascending."""
    return [decode_record(record) for record in session.ledger.records(movement.bureau, movement.number)]


def append(
    session: Session,
    ledger: Ledger,
    act: Act,
    payees: Sequence[PaidTo],
    postings: Sequence[Posting],
    amount_fen: int,
    now: datetime,
) -> Movement:
    """Add a movement at the end of the book. Raises MoneyShort if a pot would have less than nothing, and NotAcceptable."""
    refuse_distant(act.day, now)
    assert sum(posting.fen for posting in postings) == 0, "every movement adds up to zero"
    records = [paid.record for paid in payees]
    lines = [line for paid in payees for line in paid.lines]
    ledger.balances.move(act.kind, lines, postings)
    _refuse_empty_pots(ledger.balances)
    movement = Movement(
        bureau=ledger.bureau,
        number=session.ledger.next_number(ledger.bureau),
        kind=act.kind,
        day=act.day,
        at=now,
        prepared_by=act.draft.prepared_by if act.draft else act.by,
        approved_by=act.by if act.draft else None,
        draft=act.draft.number if act.draft else None,
        answers=act.answers,
        reason=act.reason,
        reference=act.reference,
        detail=act.detail,
        approvals=ledger.approvals,
        payees=len(records),
        amount_fen=amount_fen,
        digest="",
    )
    movement = replace(movement, digest=movement_digest(ledger.last_digest, movement, records, postings))
    session.ledger.append(movement, records, postings)
    ledger.movements.append(movement)
    return movement


def find_payee(session: Session, bureau: str, number: str) -> PayeeIdentity:
    """Who has this ID number or code. Raises UnknownPayee."""
    for kind in PAYEE_KINDS:
        if (found := session.payees.find(bureau, kind, number)) is not None:
            return found
    raise UnknownPayee(
        f"账上没有证件号码或代码为“{number}”的收款人。", "请核对号码；收款人在核算入库时登记。"
    )


def numbers_of(store: Store, bureau: str, payees: Iterable[str]) -> dict[str, str]:
    """The ID number or code of each of these payee ids. Raises UnknownPayee."""
    with store.reading() as session:
        try:
            return {payee: session.payees.get(bureau, payee).number for payee in payees}
        except NotStored:
            raise UnknownPayee("账上没有这位收款人。", "请用接口给出的收款人编号。") from None


def all_payees(session: Session, bureau: str) -> dict[str, PayeeIdentity]:
    """Everybody in the book by payee id."""
    return {each.payee_id: each for kind in PAYEE_KINDS for each in session.payees.all(bureau, kind)}


def find_movement(ledger: Ledger, number: int, kind: str, what: str) -> Movement:
    """The movement of that kind by its number in the book. Raises NotInBook with the numbers there are."""
    known = {each.number: each for each in ledger.movements if each.kind == kind}
    if number not in known:
        listed = "、".join(map(str, list(known)[-10:])) or "还没有"
        raise NotInBook(
            f"账上没有第 {number} 号{what}。",
            "账上的每一笔见付款页面，或 payroll movements。",
            f"已有的：{listed}。",
        )
    return known[number]


def refuse_distant(day: date, now: datetime) -> None:
    """Raises NotAcceptable: a day so far ahead is a slip in its year, and a movement that is in the book stays there."""
    if day > china_day(now) + FURTHEST:
        raise NotAcceptable([f"日期 {day} 在一年以后，请核对年份"])


def _refuse_empty_pots(balances: Balances) -> None:
    for pot, fen in sorted(balances.cash.items()):
        if fen < 0:
            earmark = f"（指定 {pot.earmark}）" if pot.earmark else ""
            raise MoneyShort(f"资金“{pot.fund}”{earmark}的余额不够。", "请核对金额；已经付出的钱不能再收回。")
