"""A run beside the last of its kind: which one that is, figures by hand, and who looked at whom."""

import pytest

from payroll_service.book.run_change import Change, Heads, Thresholds
from payroll_service.errors import NothingToCompare, UnknownPeriod, UnknownRun
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.compare_runs import compare_runs
from payroll_service.workflow.preview_run import preview_run
from tests import acts
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_explain_change import (  # noqa: F401
    FIRST,
    LATER_PEOPLE,
    PEOPLE,
    SECOND,
    approved,
    calculated,
)

OLD, NEW = "2020-2021-2", "2021-2022-1"
NEWCOMER = LATER_PEOPLE.replace("110105194912310038,乙,A01,1000,70", "110105194912310054,丁,A01,1000,70")


def compared(store, run, other=""):
    return compare_runs(store, BUREAU.bureau, run, other)


def test_two_semesters_by_hand(store, approved, calculated):  # noqa: F811
    """Before: 3000 × 80, 80, 40 of 200, and 100: 1300.00, 1300.00, 700.00. Now 乙 is gone and 丁 has 70 points:
    3400 × 120, 70, 50 of 240, and 150: 1850.00, 991.67 + 150, 708.33 + 150."""
    before, now = approved(FIRST, PEOPLE, OLD), calculated(SECOND, NEWCOMER, NEW)
    found = compared(store, now)
    change = found.change
    assert (found.before.run_id, found.now.run_id) == (before, now)
    assert change.total == Change(3300_00, 3850_00)
    assert change.by("item") == {("奖",): Change(3000_00, 3400_00), ("补",): Change(300_00, 450_00)}
    assert change.by("fund") == {("绩效",): Change(3300_00, 3850_00)}
    assert change.heads == Heads(
        before=3, now=3, more=2, less=0, same=0, odd=1, new=1, gone=1, spread=[0, 0, 0, 0, 0, 0, 1, 1, 0]
    )
    assert [(one.before_fen, one.now_fen) for one in change.largest] == [(1300_00, 1850_00), (700_00, 858_33)]
    assert [one.fen for one in (*change.odd, *change.new, *change.gone)] == [550_00, 1141_67, -1300_00]
    (unit,) = change.units
    assert (unit.name, unit.heads_before, unit.heads_now) == ("甲小学", 3, 3)
    assert unit.average == Change(1100_00, 1283_33)
    assert [one.unit for one in change.odd_units] == ["A01"]
    assert found.items == {"奖": "奖励性绩效", "补": "补贴"}


def test_of_the_runs_before_the_last_period_and_its_last_approval_count(store, approved, calculated):  # noqa: F811
    alone = approved(FIRST, PEOPLE, "2020-2021-1")
    with pytest.raises(NothingToCompare, match="没有可比的"):
        compared(store, alone)
    approved(FIRST, PEOPLE, OLD)
    corrected = approved(FIRST, LATER_PEOPLE, OLD)
    calculated(FIRST, PEOPLE, OLD)
    approved(SECOND.replace("例县奖励\n", "别县奖励\n"), PEOPLE, NEW)
    run = calculated(SECOND, PEOPLE, NEW)
    assert compared(store, run).before.run_id == corrected, (
        "neither what is not approved nor another rule set's"
    )
    assert compared(store, run, alone).before.run_id == alone, "any that is named"


def test_a_correction_stands_beside_what_it_corrects(store, approved, calculated):  # noqa: F811
    approved(FIRST, PEOPLE, "2020-2021-1")
    before, now = approved(FIRST, PEOPLE, OLD), calculated(FIRST, LATER_PEOPLE, OLD)
    found = compared(store, now)
    assert found.before.run_id == before
    assert found.change.total == Change(3300_00, 3700_00), "the whole, whatever was granted before"


def test_two_rule_sets_of_one_period_do_not_correct_each_other(store, approved, calculated):  # noqa: F811
    other = FIRST.replace("例县奖励\n", "别县奖励\n")
    ours = approved(FIRST, PEOPLE, OLD)
    approved(other, PEOPLE, OLD)
    assert compared(store, calculated(FIRST, LATER_PEOPLE, OLD)).before.run_id == ours
    with pytest.raises(NothingToCompare, match="没有可比的"):
        compared(store, ours)


def test_what_cannot_be_compared_is_refused(store, imported):
    def run(period):
        return calculate_run(store, BUREAU.bureau, imported.snapshot, period, "经办", NOW).run.run_id

    month, semester = run("2020-09"), run("2020-2021-1")
    with pytest.raises(UnknownPeriod, match="不是同一类"):
        compared(store, semester, month)
    with pytest.raises(UnknownRun):
        compared(store, semester, "2020-2021-1-r9")
    acts.approve(store, BUREAU.bureau, month, "局长", NOW)
    assert compared(store, run("2020-10")).before.run_id == month


def test_whoever_looks_at_people_is_put_down(store, approved, calculated):  # noqa: F811
    before, now = approved(FIRST, PEOPLE, OLD), calculated(SECOND, NEWCOMER, NEW)
    nothing = preview_run(store, BUREAU.bureau, before, "局长", NOW)
    assert (nothing.compared, nothing.people, nothing.others) == (None, {}, ())
    found = preview_run(store, BUREAU.bureau, now, "局长", NOW, thresholds=Thresholds(50, 0, 0))
    assert found.compared
    assert found.compared.change.odd == ()
    assert {card.who.label for card in found.people.values()} == {"甲", "乙", "丙", "丁"}
    assert all("***" in card.number for card in found.people.values())
    assert [one.run_id for one in found.others] == [before]
    with store.reading() as session:
        assert [(one.act, one.actor) for one in session.access.reads(BUREAU.bureau)] == [
            (f"preview {now}", "局长")
        ]
