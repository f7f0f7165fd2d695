"""Netting: over any sequence of runs and approvals, what stands granted is the last approved run's full entitlement."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.earlier import Earlier
from payroll_service.book.lines_digest import lines_fingerprint
from payroll_service.book.netted_runs import netted_runs
from payroll_service.book.netting import check_netting, net
from payroll_service.book.payee_records import records_of
from payroll_service.book.payouts import Item, Payouts, make_payouts
from payroll_service.book.receipt import NettedRun, Receipt, read_receipt, receipt_bytes
from payroll_service.book.records import RunApproval
from payroll_service.book.run_receipt import make_receipt
from payroll_service.book.stored_lines import payouts_from
from payroll_service.book.totals import totals_of
from payroll_service.calculation.columns import calculate
from rules.language.check import load_rule_set
from tests.book.tiny import POSTS, RULES, data, funds, identities, ids, lines, receipt, rules, run
from tests.calculation.programs import period
from tests.examples import examples

SEMESTER, MONTH = "2020-2021-1", "2020-10"
FUNDS = {"绩效": "县绩效工资总量", "省级": "省级专项", "县级": "县级专项"}
PAYEES, UNITS, EVENTS = ("P1", "P2", "P3"), ("A01", "B02"), ("", "一", "二")
ITEMS = {
    "奖励": "奖励性绩效工资",
    "津贴": "目标津贴",
    "旧项": "已取消的项目",
}  # the last is in no rule set any more

Key = tuple[str, str, str, str, str, str]
keys = st.tuples(
    st.sampled_from(PAYEES),
    st.sampled_from(UNITS),
    st.sampled_from(list(ITEMS)),
    st.just(SEMESTER),
    st.sampled_from(EVENTS),
    st.sampled_from(list(FUNDS)),
)
entitlements = st.dictionaries(keys, st.integers(-(10**9), 10**9), max_size=12)
held_ones = st.sets(st.sampled_from(PAYEES))


def payouts_of(full: dict[Key, int], held: set[str], names: dict[str, str] = ITEMS) -> Payouts:
    """Payouts of these lines."""
    order = list(FUNDS), list(names)
    ranked = sorted(full, key=lambda k: (k[0], k[1], order[1].index(k[2]), k[3], k[4], order[0].index(k[5])))
    words: list[list[str]] = [sorted({key[place] for key in full}) for place in range(6)]
    words[2], words[5] = order[1], order[0]
    code = [np.array([words[p].index(key[p]) for key in ranked], np.int64) for p in range(6)]
    payees, units, _, earned, events, _ = (tuple(each) for each in words)
    return Payouts(
        period=SEMESTER,
        payee_keys=payees,
        payee_kinds=("个人",) * len(payees),
        payee_labels=tuple(f"某{key}" for key in payees),
        unit_codes=units,
        unit_labels=units,
        items=tuple(Item(number, name, "办法") for number, name in names.items()),
        funds=tuple(FUNDS),
        fund_titles=tuple(FUNDS.values()),
        earned_periods=earned,
        events=events,
        reasons=("待核",),
        hold=np.array([0 if key in held else -1 for key in payees], np.int64),
        payee=code[0],
        unit=code[1],
        item=code[2],
        earned=code[3],
        event=code[4],
        fund=code[5],
        amount_fen=np.array([full[key] for key in ranked], np.int64),
        granted_fen=np.zeros(len(ranked), np.int64),
        late=np.zeros((3, len(ranked)), np.int64),
        claims=("",),
        claim=np.zeros(len(ranked), np.int64),
    )


def keyed(payouts: Payouts, fen: np.ndarray) -> dict[Key, int]:
    return {
        (
            payouts.payee_keys[payouts.payee[n]],
            payouts.unit_codes[payouts.unit[n]],
            payouts.items[payouts.item[n]].number,
            payouts.earned_periods[payouts.earned[n]],
            payouts.events[payouts.event[n]],
            payouts.funds[payouts.fund[n]],
        ): int(fen[n])
        for n in range(len(payouts))
    }


class Book:
    """Approved runs as the store keeps them: written as records and read back, so that nothing is carried in memory."""

    def __init__(self) -> None:
        self.approved: list[Earlier] = []

    def calculate(self, full: Payouts) -> Payouts:
        netted = net(rules(), full, self.approved)
        if self.approved:
            assert check_netting(rules(), netted, self.approved).holds
        return netted

    def approve(self, payouts: Payouts) -> None:
        records = [*records_of(payouts, ids(payouts))]
        stored = payouts_from(records, identities(payouts), payouts.period, payouts.items, funds(payouts))
        assert lines_fingerprint(stored) == lines_fingerprint(payouts)
        self.approved.append(Earlier(NettedRun(f"r{len(self.approved)}", ""), stored))

    def granted(self) -> dict[Key, int]:
        sums: dict[Key, int] = {}
        for one in self.approved:
            due = np.where(one.payouts.held, 0, one.payouts.due_fen)
            for key, fen in keyed(one.payouts, due).items():
                sums[key] = sums.get(key, 0) + fen
        return {key: fen for key, fen in sums.items() if fen}


@given(st.lists(st.tuples(entitlements, held_ones, st.booleans()), min_size=1, max_size=6))
@examples(150)
def test_what_stands_granted_is_the_last_approved_entitlement(steps):
    book = Book()
    standing: dict[Key, int] = {}
    for full, held, is_approved in steps:
        payouts = book.calculate(payouts_of(full, held))
        assert keyed(payouts, payouts.due_fen) == {
            key: full.get(key, 0) - standing.get(key, 0) for key in {*full, *standing}
        }
        if not is_approved:  # calculated, and forgotten
            continue
        book.approve(payouts)
        # nobody is paid, or asked back, while she is held and has lines; all others stand as they were calculated
        waiting = {
            key for key in {*full, *standing} if key[0] in held and any(key[0] == one[0] for one in full)
        }
        standing = {key: fen for key, fen in standing.items() if key in waiting} | {
            key: fen for key, fen in full.items() if fen and key not in waiting
        }
        assert book.granted() == standing
        again = book.calculate(payouts_of(full, held))
        assert not again.due_fen[~again.held].any()


@given(entitlements, entitlements, held_ones, st.randoms())
@examples(50)
def test_order_of_lines_and_of_runs_and_renaming_change_nothing(before, after, held, random):
    renamed = {
        "津贴": "岗位津贴",
        "旧项": "旧项目",
        "奖励": "新名",
    }  # another order, other names, same numbers
    shuffled = dict(random.sample(list(before.items()), len(before)))
    book = Book()
    book.approve(payouts_of(before, held))
    book.approve(net(rules(), payouts_of(after, set()), book.approved))
    results = {
        lines_fingerprint(net(rules(), payouts_of(after, held), earlier))
        for earlier in (
            book.approved,
            book.approved[::-1],
            [Earlier(NettedRun("r", ""), payouts_of(shuffled, held, renamed)), *book.approved[1:]],
        )
    }
    assert len(results) == 1


def test_nothing_approved_leaves_the_very_payouts():
    _, _, payouts = run()
    assert net(rules(), payouts, []) is payouts


def test_what_is_not_calculated_any_more_keeps_its_stored_name():
    before = payouts_of({("P1", "A01", "旧项", SEMESTER, "", "绩效"): 500}, set())
    _, _, payouts = run()
    netted = net(rules(), payouts, [Earlier(NettedRun("r1", ""), before)])
    [gone] = [line for line, due in zip(lines(netted), netted.due_fen, strict=True) if due < 0]
    assert gone == ("P1", "A01", "旧项", SEMESTER, "绩效", 0)
    assert [item.name for item in netted.items] == ["奖励性绩效工资", "目标津贴", "学校奖", "已取消的项目"]


def test_a_semester_leaves_alone_what_its_months_granted_and_takes_over_items_that_move_to_it():
    _, _, month = run(MONTH)
    _, _, semester = run(SEMESTER)
    earlier = [Earlier(NettedRun("r1", ""), month)]
    assert lines_fingerprint(net(rules(), semester, earlier)) == lines_fingerprint(semester)
    moved = load_rule_set(RULES.replace("何时: 每月", "何时: 学期末"), "改.yaml")
    assert netted_runs(moved, period(SEMESTER), approved(receipt(MONTH)))
    netted = net(moved, make_payouts(moved, calculate(moved, data(), period(SEMESTER))), earlier)
    october = netted.earned_periods.index(MONTH)
    base = [item.number for item in netted.items].index("基础")
    mine = (netted.earned == october) & (netted.item == base)
    first, _, *rest = month.amount_fen.tolist()  # the second is held
    assert netted.granted_fen[mine].tolist() == [first, 0, *rest]
    assert not netted.granted_fen[~mine].any()


def approved(receipt: Receipt) -> dict[RunApproval, Receipt]:
    """A run, approved."""
    own = period(receipt.period)
    days = date.fromordinal(own.first_day), date.fromordinal(own.last_day)
    at = datetime(2021, 3, 1, tzinfo=UTC)
    return {RunApproval("县", f"{own}-r1", 1, "经办", "局长", "", at, *days): receipt}


@pytest.mark.parametrize(
    ("text", "concerned"), [(MONTH, False), (SEMESTER, True), ("2020-09", False), ("2020-2021", False)]
)
def test_a_run_concerns_runs_of_its_period_or_with_an_item_in_common(text, concerned):
    assert bool(netted_runs(rules(), period(text), approved(receipt()))) is concerned


def test_totals_and_receipt_of_a_run_that_nets_another_add_up():
    program, _, before = run()
    posts = [*POSTS[:-1], {**POSTS[-1], "津贴": "103.33"}]
    _, outcome, after = run(任职=posts)
    earlier = [Earlier(NettedRun("2020-2021-1-r1", "d" * 64), before)]
    netted = net(program, after, earlier)
    made = make_receipt(program, data(任职=posts), outcome, netted, [], [one.run for one in earlier])
    # P4's allowance at B02 is 100 yuan higher, of which half is paid: 30% by the province, the rest by the county
    assert (made.amount_fen - int(before.amount_fen.sum()), made.grants_fen) == (5000, 5000)
    assert made.granted_fen == int(before.amount_fen[~before.held].sum())
    assert made.held_fen == int(before.amount_fen[before.held].sum())
    assert {(one.item, one.fund): one.amount_fen - one.granted_fen - one.held_fen for one in made.totals} == {
        ("奖励", "绩效"): 0,
        ("津贴", "省级"): 1500,
        ("津贴", "县级"): 3500,
        ("校奖", "绩效"): 0,
    }
    assert sum(one.granted_fen for one in totals_of(netted)) == made.granted_fen
    assert read_receipt(receipt_bytes(made)) == made
    assert b'"netted"' not in receipt_bytes(replace(made, netted=(), granted_fen=0))
