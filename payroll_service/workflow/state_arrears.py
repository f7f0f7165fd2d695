"""What is owed: for the whole book in several ways, and for one payee with the reason for every fen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.grants import grants_of
from payroll_service.book.ledger.arrears import ArrearsRow, arrears_by
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.movements import ADJUSTMENT, KINDS, PAYMENT, REJECT, Movement
from payroll_service.book.ledger.records import read_record
from payroll_service.book.ledger.recovery import owed_elsewhere
from payroll_service.book.money import grouped
from payroll_service.book.payee_records import units_of
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import PayeeIdentity, PayeeRecord, RunApproval
from payroll_service.book.run_states import PUBLISHED
from payroll_service.store.store import Session, Store
from payroll_service.workflow.decide_payee import Decided, decisions
from payroll_service.workflow.ledger import all_payees, find_payee, granted_on, read_ledger


@dataclass(frozen=True)
class Names:
    """What codes are called: payees by id, items by number, units by code, funds by short name."""

    payees: dict[str, PayeeIdentity] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrears:
    """`held`: by payee, to whom payments are on hold by now."""

    way: str
    day: date
    rows: tuple[ArrearsRow, ...]
    names: Names
    cash: dict[str, int]
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """One thing that happened to a claim: +fen granted or adjusted (`paid` False), +fen paid or -fen come back."""

    day: date
    text: str
    fen: int
    paid: bool


@dataclass(frozen=True)
class Claim:
    """One entitlement of a payee with everything that happened to it, and why something is still owed.

    `elsewhere_fen`: what other funds owe her for the same; only what was paid beyond that is withheld.
    """

    entitlement: Entitlement
    steps: tuple[Step, ...]
    reasons: tuple[str, ...]
    elsewhere_fen: int = 0

    @property
    def entitled_fen(self) -> int:
        return sum(step.fen for step in self.steps if not step.paid)

    @property
    def paid_fen(self) -> int:
        return sum(step.fen for step in self.steps if step.paid)

    @property
    def owed_fen(self) -> int:
        return self.entitled_fen - self.paid_fen

    @property
    def overpaid_fen(self) -> int:
        """What was paid too much, and no other fund makes up for."""
        return max(0, -self.owed_fen - self.elsewhere_fen)


@dataclass(frozen=True)
class PayeeArrears:
    """`decided` is for the office: a payee reads of it what the reasons of her claims say."""

    payee: PayeeIdentity
    claims: tuple[Claim, ...]
    names: Names
    decided: Decided

    @property
    def recoverable(self) -> dict[str, int]:
        """What was paid too much, in fen, by fund."""
        found: Counter[str] = Counter()
        for claim in self.claims:
            found[claim.entitlement.fund] += max(-claim.owed_fen, 0)
        return {fund: fen for fund, fen in sorted(found.items()) if fen}


def state_arrears(store: Store, bureau: str, way: str, day: date) -> Arrears:
    """The book at the end of a day, summed by payee, unit, item, fund or age."""
    with store.reading() as session:
        ledger = read_ledger(session, bureau, day)
        funds = {pot.fund for pot in ledger.balances.cash}
        cash = {fund: ledger.balances.cash_of(fund) for fund in sorted(funds)}
        rows = arrears_by(ledger.balances, way, day)
        names = Names(all_payees(session, bureau))
        _name_all(session, bureau, names)
        if way == "unit":
            _name_units(session, bureau, names, ledger.balances.entitlements())
        held = frozenset(decisions(session, bureau).held) if way == "payee" else frozenset()
    if way == "payee":  # an id is random; people are looked for by their number
        rows = tuple(sorted(rows, key=lambda row: names.payees[row.key].number))
    return Arrears(way, day, rows, names, cash, held)


def code_names(store: Store, bureau: str) -> Names:
    """What items and funds are called, as far as approved runs say. Nobody is named."""
    names = Names()
    with store.reading() as session:
        _name_all(session, bureau, names)
    return names


def claim_names(store: Store, bureau: str, claims: Collection[Entitlement]) -> Names:
    """What the items, funds and units of these claims are called, as far as approved runs say. Nobody is named.

    Reads receipts, the newest first, until every item has its name, and the own records of one payee a unit.
    """
    names = Names()
    items = {claim.item for claim in claims}
    with store.reading() as session:
        for approval in reversed(session.runs.approved(bureau)):
            if items <= names.items.keys():
                break
            _name_by_receipt(session, approval, names)
        _name_units(session, bureau, names, claims)
    return names


def item_names(store: Store, bureau: str) -> dict[str, str]:
    """What the pay items are called, by number, as far as approved runs say."""
    return code_names(store, bureau).items


def explain_arrears(store: Store, bureau: str, number: str) -> PayeeArrears:
    """One payee's claims, each with its story, from her own records alone. Raises UnknownPayee."""
    with store.reading() as session:
        payee = find_payee(session, bureau, number)
        own = _own_book(session, bureau, payee.payee_id)
        decided = decisions(session, bureau).of(payee.payee_id)
    elsewhere = owed_elsewhere(own.balances)
    claims = tuple(
        Claim(found, tuple(told), tuple(_reasons(own, found, told, decided)), elsewhere(found))
        for found, told in sorted(own.steps.items())
    )
    return PayeeArrears(payee, claims, own.names, decided)


@dataclass
class _OwnBook:
    """What the book says of one payee: her balances, with the cash of all pots, and what happened to each claim.

    `alone`: who alone was paid by a payment, by its number; the others paid whoever there was. `on_view`: what of a claim
    runs granted that are on public view, by run.
    """

    balances: Balances = field(default_factory=Balances)
    payments: list[Movement] = field(default_factory=list)
    alone: dict[int, str] = field(default_factory=dict)
    steps: dict[Entitlement, list[Step]] = field(default_factory=dict)
    on_view: dict[Entitlement, dict[str, int]] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def add(self, claim: Entitlement, step: Step) -> None:
        self.steps.setdefault(claim, []).append(step)


def _own_book(session: Session, bureau: str, payee: str) -> _OwnBook:
    own = _OwnBook()
    latest = session.runs.latest_events(bureau)
    approved = {approval.run_id: approval for approval in session.runs.approved(bureau)}
    for run_id, record in session.runs.paying(bureau, payee).items():
        approval = approved[run_id]
        _note_names(own.names, record)
        for claim, fen in grants_of(record):
            own.balances.grant(claim, fen)
            published = ""
            if latest[run_id].state == PUBLISHED:
                own.on_view.setdefault(claim, {})[run_id] = fen
                published = "（公示中，结束以后才付）"
            own.add(claim, Step(granted_on(approval), f"批次 {run_id} 核定{published}", fen, False))
    movements = {each.number: each for each in session.ledger.movements(bureau)}
    for number, stored in session.ledger.of_payee(bureau, payee):
        movement, lines = movements[number], read_record(stored).lines
        own.balances.move(movement.kind, lines, ())
        sums: Counter[tuple[Entitlement, bool]] = Counter()  # a claim paid from two pots is paid once
        for line in lines:
            sums[line.entitlement, line.fen > 0] += line.fen
        for (claim, _), fen in sums.items():
            paid = movement.kind != ADJUSTMENT
            own.add(claim, Step(movement.day, _told(movement, payee, fen), fen, paid))
    for told in own.steps.values():
        told.sort(key=lambda step: step.day)
    own.balances.cash.update(session.ledger.cash(bureau))
    own.payments = [each for each in movements.values() if each.kind == PAYMENT]
    own.alone = {each.number: _alone(session, each) for each in own.payments if each.payees == 1}
    return own


def _alone(session: Session, payment: Movement) -> str:
    """Who was to be paid alone; "" for whoever there was."""
    draft = session.ledger.draft(payment.bureau, payment.draft) if payment.draft else None
    return str(json.loads(draft.request)["payee"]) if draft else ""


def _note_names(names: Names, record: PayeeRecord) -> None:
    for line in json.loads(record.content)["lines"]:
        names.items[line["item"]] = line.get("name", line["item"])
        names.units[line["unit"]] = line.get("unit_name", line["unit"])


def _told(movement: Movement, payee: str, fen: int) -> str:
    what = KINDS[movement.kind]
    noted = json.loads(movement.detail)
    if movement.kind == PAYMENT:
        to = f"，由 {noted['paid_to']} 代领" if noted["paid_to"] else ""
        return f"付款单 {movement.draft}{to}" if fen > 0 else f"付款单 {movement.draft} 抵扣多发"
    if movement.kind == REJECT:
        return f"{what}：{noted['reasons'].get(payee, '')}"
    return f"{what}：{movement.reason or movement.reference}"


def _reasons(own: _OwnBook, claim: Entitlement, steps: Sequence[Step], decided: Decided) -> Iterator[str]:
    """Why a claim is not paid in full, or how what was paid too much comes back; nothing for one that is settled."""
    owed = own.balances.owed(claim)
    same = sorted(
        (each, fen) for each, fen in own.balances.open.items() if each._replace(fund=claim.fund) == claim
    )
    others = [(each.fund, fen) for each, fen in same if owed < 0 < fen]
    yield from (f"资金“{fund}”还要补 {grouped(fen)}，付清以前不抵扣" for fund, fen in others)
    if -owed > sum(fen for _, fen in others):
        agreed = f"，约定每次最多 {grouped(decided.plan.fen)}" if decided.plan else ""
        yield f"从资金“{claim.fund}”以后的付款里抵扣，或本人交回{agreed}"
    if owed <= 0:
        return
    waits = own.on_view.get(claim, {})
    yield from (
        f"批次 {run_id} 正在公示，{grouped(min(fen, owed))} 结束以后才付"
        for run_id, fen in waits.items()
        if fen > 0
    )
    if owed > sum(waits.values()):
        yield from _short(own, claim, steps)
    yield from (
        f"{step.day} {step.text}，退回 {grouped(-step.fen)}" for step in steps if step.paid and step.fen < 0
    )
    kept = sum(fen for found, _, fen in own.balances.set_aside(claim.fund) if found == claim)
    if kept:
        yield f"退回的 {grouped(kept)} 给本人留着，下次付款先付"
    if decided.held:
        yield f"停付：{decided.held.reason}"
    if owed > sum(waits.values()):
        yield f"资金“{claim.fund}”现有 {grouped(own.balances.cash_of(claim.fund))}"


def _short(own: _OwnBook, claim: Entitlement, steps: Sequence[Step]) -> Iterator[str]:
    """How much money payments found since the claim was granted."""
    since = steps[0].day
    payments = [each for each in own.payments if each.day >= since]
    tried = [(each, fund) for each in payments for fund in json.loads(each.detail)["funds"]]
    of_fund = [(each, fund) for each, fund in tried if fund["fund"] == claim.fund]
    ours = [each for each in of_fund if own.alone.get(each[0].number, "") in ("", claim.payee)]
    for movement, fund in ours:
        if fund["settled_fen"] < fund["claims_fen"]:
            could = "能付" if own.alone.get(movement.number) else "付了"
            yield (
                f"{movement.day} 付款单 {movement.draft}：资金“{claim.fund}”可用 {grouped(fund['cash_fen'])}，"
                f"应付 {grouped(fund['claims_fen'])}，{could} {grouped(fund['settled_fen'])}，不够付清"
            )
    if not ours:
        told = "只单独付过别人" if of_fund else "还没有付过款"
        yield f"批准以来，资金“{claim.fund}”{told}"


def _name_all(session: Session, bureau: str, names: Names) -> None:
    for approval in reversed(session.runs.approved(bureau)):
        _name_by_receipt(session, approval, names)


def _name_by_receipt(session: Session, approval: RunApproval, names: Names) -> None:
    """Add what a run calls its items and funds; what a later one called them stays."""
    try:
        receipt = read_receipt(session.runs.receipt(approval.bureau, approval.run_id) or b"")
    except ValueError:  # an unreadable receipt is the replay's business; codes will do here
        return
    for item in receipt.items:
        names.items.setdefault(item.number, item.name)
    for fund in receipt.funds:
        names.funds.setdefault(fund.name, fund.title)


def _name_units(session: Session, bureau: str, names: Names, claims: Iterable[Entitlement]) -> None:
    """As the newest record of somebody with a claim there calls them: a unit's name stands in records alone."""
    for unit, payee in {claim.unit: claim.payee for claim in claims}.items():
        for record in reversed(session.runs.paying(bureau, payee).values()):
            if (name := units_of(record.content).get(unit)) is not None:
                names.units[unit] = name
                break
