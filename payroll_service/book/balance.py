"""The balance of a run: named laws, checked by other code than the calculation, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from payroll_service.book.approved_checks import check_approved
from payroll_service.book.checks import NAMED, BalanceCheck, none_of
from payroll_service.book.flow_checks import check_flow
from payroll_service.book.line_checks import check_lines
from payroll_service.book.payouts import Payouts
from payroll_service.book.roster import roster_answers, some_names
from payroll_service.book.step_checks import check_steps
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Program


def balance(program: Program, outcome: Outcome, payouts: Payouts) -> list[BalanceCheck]:
    """Every law that the run must keep, with distinct names. One that does not hold stops the run."""
    return [
        *check_steps(program, outcome),
        *check_flow(program, outcome, payouts),
        *check_lines(program, outcome, payouts),
        *_check_roster(program, outcome, payouts),
        *check_approved(program, outcome, payouts),
        *_check_musts(program, outcome),
    ]


def broken(checks: list[BalanceCheck]) -> list[BalanceCheck]:
    """The laws that do not hold: empty, or the run stops."""
    return [check for check in checks if not check.holds]


def _check_roster(program: Program, outcome: Outcome, payouts: Payouts) -> Iterator[BalanceCheck]:
    """Everyone on the roster has lines (perhaps held, perhaps 0.00) or is excluded by a named rule, never both."""
    answers = roster_answers(program, outcome, payouts)
    if answers is None:
        return
    open_rows = np.flatnonzero(~(answers.has_lines | answers.any_excluded))
    names = some_names(program, outcome, answers.table, open_rows)
    counts = (
        f"{len(answers.has_lines)} 人：有发放 {int(answers.has_lines.sum())}，"
        f"不发 {int((answers.any_excluded & ~answers.has_lines).sum())}"
    )
    yield none_of(
        "名册：每个人都有发放或不发的理由",
        "人",
        len(open_rows),
        counts,
        f"既没有发放也没有不发的理由：{names}。请核对任职等数据，或在名册的“不发”里写明情形",
    )
    for rule, rows in answers.excluded.items():
        paid = np.flatnonzero(rows & answers.has_money)
        names = some_names(program, outcome, answers.table, paid)
        yield none_of(
            f"名册：“{rule}”的人没有金额",
            "人",
            len(paid),
            f"{int(rows.sum())} 人不发",
            f"按“{rule}”不发，却有金额：{names}",
        )


def _check_musts(program: Program, outcome: Outcome) -> Iterator[BalanceCheck]:
    for check in plan(program, outcome.period.kind).checks:
        if check.level == "必须":
            found = [finding.sentence for finding in outcome.findings if finding.check == check.name]
            yield none_of(f"必须：{check.name}", "行", len(found), "都符合", "；".join(found[:NAMED]))
