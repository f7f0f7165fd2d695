"""Prepare a payment and have another person approve it: what the money at hand settles, and nothing that was not shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property

from payroll_service.book.ledger.movements import PAYMENT, Movement
from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import Deductions, PaidTo, by_payee
from payroll_service.book.ledger.settlement import FundResult, Wanted, funds_of, of_lines, settle
from payroll_service.book.ledger.terms import Terms
from payroll_service.book.money import fen_text, text_fen
from payroll_service.book.records import PayeeIdentity
from payroll_service.errors import NotInBook, UnsoundDeductions
from payroll_service.store.store import Session, Store
from payroll_service.workflow.decide_payee import Decisions, decisions
from payroll_service.workflow.drafts import Proposal, open_draft, overtaken, prepare_draft, refuse_other
from payroll_service.workflow.leave_out_published import leave_out_published
from payroll_service.workflow.ledger import Act, Ledger, all_payees, append, find_payee, read_ledger
from payroll_service.workflow.load_rules import rules_from


@dataclass(frozen=True)
class PayRequest:
    """What is to be paid. `fund`: one, or "" for all; `limit_fen`: at most; `payee`: an ID number, this one alone.

    `paid_to`: who takes a held payee's money in her place, with `reason`. `deductions` by ID number. `rule_set`: the
    fingerprint (or its beginning) or version whose 支付 governs; "" that of each fund's last approved run.
    """

    day: date
    fund: str = ""
    limit_fen: int | None = None
    payee: str = ""
    paid_to: str = ""
    reason: str = ""
    reference: str = ""
    rule_set: str = ""
    deductions: Mapping[str, Deductions] = field(default_factory=dict)


@dataclass(frozen=True)
class PreparedPayment:
    """A payment as it is shown. `number`: of the draft; `movement`: once it is approved. Payees by id.

    `possible`: what each fund could do for everybody, also where one payee is paid alone.
    """

    number: int
    day: date
    payees: tuple[PaidTo, ...]
    possible: tuple[FundResult, ...]
    identities: Mapping[str, PayeeIdentity]
    paid_to: str = ""
    movement: Movement | None = None

    @cached_property
    def results(self) -> tuple[FundResult, ...]:
        """What each fund pays by this payment, and what it withholds."""
        return of_lines(self.possible, (line for paid in self.payees for line in paid.lines))

    @property
    def by_number(self) -> list[PaidTo]:
        """The payees, ascending by ID number."""
        return sorted(self.payees, key=lambda paid: self.identities[paid.payee].number)

    @property
    def gross_fen(self) -> int:
        return sum(paid.gross_fen for paid in self.payees)

    @property
    def net_fen(self) -> int:
        return sum(paid.net_fen for paid in self.payees)


def prepare_payment(
    store: Store, bureau: str, request: PayRequest, by: str, now: datetime
) -> PreparedPayment:
    """Calculate what can be paid and keep it as a draft. Raises MoneyShort, NotInBook, UnknownPayee, UnsoundDeductions."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        waiting = leave_out_published(session, ledger)
        asked = _stored_request(session, ledger, request)
        payees, possible = planned(session, ledger, asked)
        if not payees:
            told = f"批次 {'、'.join(waiting)} 正在公示，结束以后才能付。" if waiting else ""
            remedy = "请看还欠什么（payroll arrears），登记拨款（payroll fund）以后再准备。"
            raise NotInBook(f"没有可以付的。{told}", remedy)
        proposal = Proposal(PAYMENT, request.day, by, request.reason, request.reference, asked, payees)
        draft = prepare_draft(session, ledger, proposal, now)
        identities = all_payees(session, bureau)
    return PreparedPayment(draft.number, draft.day, payees, possible, identities, request.paid_to)


def approve_payment(store: Store, bureau: str, number: int, by: str, now: datetime) -> PreparedPayment:
    """Pay what was prepared, just as it was shown. Raises NotInBook, SamePerson, and Overtaken if it would differ now."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        leave_out_published(session, ledger)
        draft = open_draft(session, ledger, number, PAYMENT, by)
        asked = json.loads(draft.request)
        payees, possible = planned(session, ledger, asked)
        refuse_other(draft, payees)
        if asked["paid_to"] and asked["payee"] not in decisions(session, bureau).held:
            raise overtaken(draft)
        detail = {"paid_to": asked["paid_to"], "funds": [asdict(each) for each in possible]}
        act = Act(
            PAYMENT, draft.day, by, draft.reason, draft.reference, None,
            json.dumps(detail, ensure_ascii=False, sort_keys=True), draft,
        )  # fmt: skip
        postings = line_postings(PAYMENT, (line for paid in payees for line in paid.lines))
        amount = sum(paid.gross_fen for paid in payees)
        movement = append(session, ledger, act, payees, postings, amount, now)
        identities = all_payees(session, bureau)
    return PreparedPayment(number, draft.day, payees, possible, identities, asked["paid_to"], movement)


# What was asked, in JSON ---------------------------------------------------------------------------------------


def _stored_request(session: Session, ledger: Ledger, request: PayRequest) -> dict[str, object]:
    """The request with every default settled, so that the approval answers the very same question."""
    bureau = ledger.bureau
    funds = [request.fund] if request.fund else list(funds_of(ledger.balances))
    chosen = _rule_set(session, bureau, request.rule_set) if request.rule_set else ""
    payee = find_payee(session, bureau, request.payee).payee_id if request.payee else ""
    decided = decisions(session, bureau)
    _check_person(decided, request, payee)
    return {
        "funds": funds,
        "rule_sets": {fund: chosen or ledger.granted_under.get(fund, "") for fund in funds},
        "limit": None if request.limit_fen is None else fen_text(request.limit_fen),
        "payee": payee,
        "paid_to": request.paid_to,
        "deductions": {
            find_payee(session, bureau, number).payee_id: [[name, fen_text(fen)] for name, fen in listed]
            for number, listed in request.deductions.items()
        },
    }


def _check_person(decided: Decisions, request: PayRequest, payee: str) -> None:
    if request.paid_to and not (payee and request.reason):
        raise NotInBook(
            "付给别人（代领、继承）要写明替谁领和理由。",
            "请同时写收款人的证件号码（--payee）、代领人的姓名（--to）和理由（--reason）。",
        )
    if request.paid_to and payee not in decided.held:
        raise NotInBook(
            "这位收款人没有停付，钱应付给本人。",
            "本人不能领的，请先在这个人的欠付页面登记停付和理由（payroll hold）。",
        )
    if payee in decided.held and not request.paid_to:
        raise NotInBook(
            f"这位收款人已停付：{decided.held[payee].reason}。",
            "可以恢复的，请在这个人的欠付页面恢复（payroll release）；由别人代领的，请写代领人的姓名（--to）和理由（--reason）。",
        )


def planned(
    session: Session, ledger: Ledger, asked: dict[str, object]
) -> tuple[tuple[PaidTo, ...], tuple[FundResult, ...]]:
    """What the book as it is now would pay for this request, and what each fund could pay to everybody."""
    decided = decisions(session, ledger.bureau)
    fingerprints: dict[str, str] = asked["rule_sets"]  # type: ignore[assignment]
    deductions = {
        payee: tuple((name, text_fen(fen)) for name, fen in listed)
        for payee, listed in asked["deductions"].items()  # type: ignore[attr-defined]
    }
    limit = asked["limit"]
    wanted = Wanted(
        funds=tuple(asked["funds"]),  # type: ignore[arg-type]
        terms={fund: _terms(session, ledger.bureau, found) for fund, found in fingerprints.items()},
        limit=None if limit is None else text_fen(str(limit)),
        held=frozenset(decided.held) - {str(asked["payee"])},
        plans={payee: plan.fen for payee, plan in decided.plans.items()},
        only=str(asked["payee"]),
    )
    lines, results = settle(ledger.balances, wanted)
    payees = tuple(by_payee(lines, deductions))
    _check_deductions(session, ledger.bureau, payees, deductions)
    return payees, tuple(results)


def _terms(session: Session, bureau: str, fingerprint: str) -> Terms:
    if not fingerprint:  # a fund of adjustments alone
        return Terms("", None)
    stored = session.rule_sets.get(bureau, fingerprint)
    program = rules_from(stored.document, stored.name).program
    return Terms(fingerprint, program.disbursement, program.calendar)


def _rule_set(session: Session, bureau: str, wanted: str) -> str:
    stored = session.rule_sets.all(bureau)
    found = {
        each.fingerprint for each in stored if each.version == wanted or each.fingerprint.startswith(wanted)
    }
    if len(found) != 1:
        listed = "、".join(f"{each.version}（{each.fingerprint[:12]}）" for each in stored)
        raise NotInBook(
            f"没有，或不止一个规则集是“{wanted}”。", "请写指纹的前 12 位。", f"库里的规则集：{listed}。"
        )
    return found.pop()


def _check_deductions(
    session: Session, bureau: str, payees: tuple[PaidTo, ...], deductions: Mapping[str, Deductions]
) -> None:
    paid = {each.payee for each in payees}
    wrong = []
    for payee in sorted(set(deductions) - paid):
        who = session.payees.get(bureau, payee)
        wrong.append(f"{who.label}（{who.number}）有扣款，本次却没有付款")
    for each in payees:
        if each.net_fen < 0:
            who = session.payees.get(bureau, each.payee)
            taken = fen_text(each.gross_fen - each.net_fen)
            wrong.append(
                f"{who.label}（{who.number}）应发 {fen_text(each.gross_fen)}，扣款 {taken}，实发成了负数"
            )
    if wrong:
        raise UnsoundDeductions(wrong)
