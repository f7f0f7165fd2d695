"""Random histories of money keep the book's laws: nothing twice, no fen from nowhere, owed = entitled - paid, no pot below 0."""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import PAYMENT
from payroll_service.errors import NotInBook, Overtaken
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.decide_payee import agree_instalments, hold, release
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.pay_claims import PayRequest, PreparedPayment, approve_payment, prepare_payment
from payroll_service.workflow.send_back import Rejects, reject_payees, repay, return_payment
from payroll_service.workflow.verify_book import verify_book
from tests.workflow.claims import DAY, NOW, PEOPLE, book, grant, open_book

ITEMS, FUNDS, PERIODS = ("基础", "奖励", "津贴"), ("绩效", "省级"), ("2019", "2020-09", "2020-2021-1")
RULES = (
    "支付: {不足: 按比例, 追回: 抵扣, 依据: 办法 十}\n",
    "支付: {不足: 按比例, 追回: 按计划, 依据: 办法 十}\n",
    "支付: {不足: 按先后, 先后: [所属], 追回: 抵扣, 依据: 办法 十}\n",
    "支付: {不足: 按先后, 先后: [项目, 所属], 项目次序: [奖励, [基础, 津贴]], 追回: 按计划, 依据: 办法 十}\n",
)
NUMBERS = st.sampled_from(list(PEOPLE))
CLAIMS = st.tuples(st.sampled_from(ITEMS), st.just("A01"), st.sampled_from(FUNDS), st.sampled_from(PERIODS))
FEN = st.integers(1, 1_000)
BUREAUS = count(1)


class Histories(RuleBasedStateMachine):
    """One bureau's history; what was granted, adjusted and funded is also counted here, apart from the book."""

    def __init__(self, store) -> None:
        super().__init__()
        self.store, self.bureau = store, f"县{next(BUREAUS)}"
        self.entitled: Counter[tuple] = Counter()  # by (number, item, unit, fund, earned)
        self.funded: Counter[str] = Counter()
        self.payments: list[PreparedPayment] = []
        self.runs = count(1)

    @initialize(rules=st.sampled_from(RULES))
    def opened(self, rules):
        ids = Random(0)
        with patch(
            "payroll_service.store.payees.secrets.token_hex", lambda _: f"{ids.getrandbits(128):032x}"
        ):
            self.rule_set = open_book(self.store, rules, self.bureau)
        with self.store.reading() as session:
            self.ids = session.payees.ids(self.bureau, "个人")
        self.numbers = {payee: number for number, payee in self.ids.items()}
        self._grant(
            {"P1": [(("基础", "A01", fund, "2019"), 1) for fund in FUNDS]}
        )  # a rule set for every fund

    # What happens -----------------------------------------------------------------------------------------------

    @rule(lines=st.dictionaries(NUMBERS, st.dictionaries(CLAIMS, FEN, min_size=1, max_size=4), min_size=1))
    def run_is_approved(self, lines):
        self._grant({number: list(given.items()) for number, given in lines.items()})

    @rule(number=NUMBERS, claim=CLAIMS, part=st.integers(1, 100))
    def run_is_corrected_downwards(self, number, claim, part):
        fen = self.entitled[(number, *claim)] * part // 100
        if fen:
            self._grant({number: [(claim, -fen)]})

    def _grant(self, lines):
        given = {number: [(*claim, fen) for claim, fen in each] for number, each in lines.items()}
        grant(self.store, f"r{next(self.runs)}", self.rule_set, given, self.bureau)
        for number, each in lines.items():
            for claim, fen in each:
                self.entitled[(number, *claim)] += fen

    @rule(number=NUMBERS, claim=CLAIMS, fen=st.integers(-500, 500).filter(bool))
    def claim_is_adjusted(self, number, claim, fen):
        item, unit, fund, earned = claim
        change = Change(number, item, unit, fund, earned, fen)
        draft = prepare_adjustment(self.store, self.bureau, change, DAY, "更正", "", "会计", NOW)
        approve_adjustment(self.store, self.bureau, draft.number, "局长", NOW)
        self.entitled[(number, *claim)] += fen

    @rule(
        fund=st.sampled_from(FUNDS),
        fen=st.integers(1, 3_000),
        items=st.sampled_from([(), (), ("奖励",), ITEMS[:2]]),
    )
    def money_comes(self, fund, fen, items):
        try:
            fund_book(
                self.store, self.bureau, Funding(fund, fen, DAY, items, reference="财教1号"), "出纳", NOW
            )
        except NotInBook:
            return
        self.funded[fund] += fen

    @rule(
        limit=st.none() | st.integers(1, 2_000),
        fund=st.sampled_from(("", *FUNDS)),
        number=st.none() | NUMBERS,
    )
    def claims_are_paid(self, limit, fund, number):
        request = PayRequest(DAY, fund, limit, payee=number or "")
        try:
            prepared = prepare_payment(self.store, self.bureau, request, "会计", NOW)
        except NotInBook:
            return
        paid = approve_payment(self.store, self.bureau, prepared.number, "局长", NOW)
        assert paid.payees == prepared.payees
        self.payments.append(paid)
        self._nobody_is_left_short(paid)
        if limit is None and number is None:
            self._no_money_lies_idle(paid)

    def _nobody_is_left_short(self, paid: PreparedPayment) -> None:
        """From whom something was withheld is owed nothing for the same by any fund."""
        balances = book(self.store, self.bureau).balances
        for payee in paid.payees:
            for claim in (line.entitlement for line in payee.lines if line.fen < 0):
                assert sum(balances.owed(claim._replace(fund=fund)) for fund in FUNDS) <= 0

    def _no_money_lies_idle(self, paid: PreparedPayment) -> None:
        """A pot that serves an open claim holds nothing but what this payment recovered, or is set aside for those held."""
        with self.store.reading() as session:
            held = {event.payee_id for event in session.ledger.payee_log(self.bureau)}
        ledger = book(self.store, self.bureau)
        recovered: Counter = Counter()
        for payee in paid.payees:
            recovered.update({line.pot: -line.fen for line in payee.lines if line.fen < 0})
        funds = {result.fund for result in paid.results}
        for claim in ledger.balances.entitlements():
            if ledger.balances.owed(claim) > 0 and claim.fund in funds and claim.payee not in held:
                for pot, fen in ledger.balances.cash.items():
                    if pot.fund == claim.fund and pot.serves(claim.item):
                        kept = sum(part for _, at, part in ledger.balances.set_aside(pot.fund) if at == pot)
                        assert fen <= sum(recovered.values()) + kept

    @rule(data=st.data(), part=st.integers(1, 100), rejected=st.booleans())
    @precondition(lambda self: self.payments)
    def money_comes_back(self, data, part, rejected):
        payment = data.draw(st.sampled_from(self.payments))
        payee = data.draw(st.sampled_from(payment.payees))
        number = self.numbers[payee.payee]
        try:
            if rejected:
                reject_payees(
                    self.store, self.bureau, Rejects(payment.number, DAY, {number: "销户"}), "出纳", NOW
                )
            else:
                fen = max(1, payee.net_fen * part // 100)
                return_payment(self.store, self.bureau, payment.number, number, fen, DAY, "退", "出纳", NOW)
        except NotInBook:
            return

    @rule(number=NUMBERS, fund=st.sampled_from(FUNDS), fen=FEN)
    def overpayment_is_handed_back(self, number, fund, fen):
        ledger = book(self.store, self.bureau)
        due = -sum(
            min(ledger.balances.owed(each), 0)
            for each in ledger.balances.entitlements()
            if (each.payee, each.fund) == (self.ids[number], fund)
        )
        if fen > due:
            with pytest.raises(NotInBook):
                repay(self.store, self.bureau, number, fund, fen, DAY, "收据", "出纳", NOW)
        else:
            repay(self.store, self.bureau, number, fund, fen, DAY, "收据", "出纳", NOW)

    @rule(number=NUMBERS, fen=st.integers(0, 200))
    def instalments_are_agreed(self, number, fen):
        agree_instalments(self.store, self.bureau, number, fen, "协商", "会计", NOW)

    @rule(number=NUMBERS, held=st.booleans())
    def payee_is_held_or_released(self, number, held):
        try:
            (hold if held else release)(self.store, self.bureau, number, "调查", "会计", NOW)
        except NotInBook:
            return

    @rule(fund=st.sampled_from(FUNDS))
    def a_draft_is_overtaken(self, fund):
        try:
            prepared = prepare_payment(self.store, self.bureau, PayRequest(DAY, fund), "会计", NOW)
        except NotInBook:
            return
        fund_book(self.store, self.bureau, Funding(fund, 1, DAY, reference="财教1号"), "出纳", NOW)
        self.funded[fund] += 1
        with pytest.raises(Overtaken):
            approve_payment(self.store, self.bureau, prepared.number, "局长", NOW)

    # What holds at every moment -----------------------------------------------------------------------------------

    @invariant()
    def entitled_is_what_was_granted_and_adjusted(self):
        balances = book(self.store, self.bureau).balances
        found = {claim: fen for claim, fen in balances.entitled.items() if fen}
        wanted = {
            Entitlement(self.ids[number], *claim): fen
            for (number, *claim), fen in self.entitled.items()
            if fen
        }
        assert found == wanted
        assert all(
            balances.owed(claim) == balances.entitled.get(claim, 0) - balances.paid_of(claim)
            for claim in balances.entitlements()
        )

    @invariant()
    def no_fen_appears_or_vanishes(self):
        ledger = book(self.store, self.bureau)
        for fund in FUNDS:
            paid = sum(
                ledger.balances.paid_of(each) for each in ledger.balances.entitlements() if each.fund == fund
            )
            assert self.funded[fund] == ledger.balances.cash_of(fund) + paid
        assert all(fen >= 0 for fen in ledger.balances.cash.values())

    @invariant()
    def what_was_sent_is_what_payments_say(self):
        sent = sum(payment.gross_fen for payment in self.payments)
        with self.store.reading() as session:
            movements = session.ledger.movements(self.bureau)
        assert sent == sum(each.amount_fen for each in movements if each.kind == PAYMENT)

    def teardown(self):
        verified = verify_book(self.store, self.bureau)
        assert [check for check in verified.checks if not check.holds] == []


def histories(store, examples: int, steps: int, number: int | None = None) -> None:
    """The same each time; others by `number`."""
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        phases=[
            Phase.explicit,
            Phase.generate,
        ],  # shrinking a history takes minutes; a short one is told as it is
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine = lambda: Histories(store)  # noqa: E731
    run_state_machine_as_test(machine if number is None else seed(number)(machine), settings=profile)  # type: ignore[arg-type]


def test_every_history_keeps_the_laws_of_the_book(store):
    histories(store, examples=12 if "sqlite" in store.database.url else 3, steps=15)


@pytest.mark.torture
@pytest.mark.parametrize("number", range(10))
def test_many_long_histories_keep_the_laws_of_the_book(store, number):
    histories(store, examples=30 if "sqlite" in store.database.url else 5, steps=40, number=number)
