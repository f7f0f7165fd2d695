"""A bonus and an allowance of one semester, under rule sets of two names: neither takes back what the other granted."""

from unittest.mock import patch

import pytest

from payroll_service.book.receipt import read_receipt
from payroll_service.workflow.replay_run import replay_run
from tests.workflow.conftest import BUREAU
from tests.workflow.test_explain_change import (  # noqa: F401
    FIRST,
    LATER_PEOPLE,
    PEOPLE,
    approved,
    calculated,
    change_of,
)

WHEN = "2020-2021-2"
SAME_NUMBERS = FIRST.replace("例县奖励\n", "例县津贴\n")
OWN_NUMBERS = SAME_NUMBERS.replace("编号: 奖", "编号: 贴").replace("编号: 补", "编号: 餐")


def receipt(store, run):
    with store.reading() as session:
        return read_receipt(session.runs.receipt(BUREAU.bureau, run) or b"")


def record(store, run):
    with store.reading() as session:
        return session.runs.get(BUREAU.bureau, run)


def granted(store) -> dict[str, int]:
    """What stands granted, by rule set: 奖 or 贴, …"""
    sums: dict[str, int] = {}
    with store.reading() as session:
        for _, entitlement, fen in session.runs.granted(BUREAU.bureau):
            sums[entitlement.item] = sums.get(entitlement.item, 0) + fen
    return sums


@pytest.mark.parametrize("other", [SAME_NUMBERS, OWN_NUMBERS], ids=["same numbers", "own numbers"])
def test_two_rule_sets_of_a_semester_grant_and_are_corrected_apart(store, approved, other):  # noqa: F811
    """3 000.00 + 300.00 each; with the later data 3 400.00 + 300.00 each."""
    ours, theirs = approved(FIRST, PEOPLE, WHEN), approved(other, PEOPLE, WHEN)
    for run in (ours, theirs):
        assert (receipt(store, run).grants_fen, receipt(store, run).netted) == (3300_00, ())
        assert record(store, run).corrects is None
    again = {approved(rules, LATER_PEOPLE, WHEN): first for rules, first in ((FIRST, ours), (other, theirs))}
    for run, first in again.items():
        assert receipt(store, run).grants_fen == 400_00
        assert record(store, run).corrects == first
        change = change_of(store, "11010519491231002X", run)
        assert (change.before_run, change.fen) == (first, 500_00)
    assert sum(granted(store).values()) == 7400_00
    assert sum(granted(store)[item] for item in ("奖", "补")) == (
        7400_00 if other is SAME_NUMBERS else 3700_00
    )


def test_runs_that_took_back_anothers_grants_replay_and_are_put_right_by_running_both_again(
    store,
    approved,  # noqa: F811
):
    """They were calculated before rule sets were told apart by their names."""
    with patch(
        "payroll_service.workflow.net_run.netted_runs", lambda program, period, runs: tuple(runs)
    ):  # as it was
        older = [approved(rules, PEOPLE, WHEN) for rules in (FIRST, OWN_NUMBERS, FIRST)]
    assert record(store, older[1]).corrects == older[0]
    assert granted(store) == {"奖": 3000_00, "补": 300_00, "贴": 0, "餐": 0}
    assert all(replay_run(store, BUREAU.bureau, run).faithful for run in older)
    change = change_of(store, "11010519491231002X", older[2])
    assert (change.before_run, change.fen) == (older[0], 0), (
        "not the other rule set's, which it was said to correct"
    )
    for rules in (OWN_NUMBERS, FIRST):
        approved(rules, PEOPLE, WHEN)
    assert granted(store) == {"奖": 3000_00, "补": 300_00, "贴": 3000_00, "餐": 300_00}
