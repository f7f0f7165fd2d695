"""Replay: run the stored program on the stored snapshot again and compare, to the fen.

The receipt has no clock and no random id, so a faithful replay gives it again byte for byte; it holds the fingerprint of
every line. Files such as payouts.csv are compared by whoever makes them: audit knows no export.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from payroll_service.book.balance import balance
from payroll_service.book.earlier import Earlier
from payroll_service.book.lines_digest import canonical_lines
from payroll_service.book.netting import net, netted_checks
from payroll_service.book.payouts import Payouts, make_payouts
from payroll_service.book.receipt import NettedRun, receipt_bytes
from payroll_service.book.run_receipt import make_receipt
from payroll_service.calculation.columns import calculate
from payroll_service.snapshot.tables import Snapshot
from rules.language.period import Period
from rules.language.program import Program


@dataclass(frozen=True)
class ReplayResult:
    """`same`: the receipt came out again byte for byte. `differences` names the parts of the receipt that did not."""

    same: bool
    same_lines: bool
    differences: tuple[str, ...]
    receipt: bytes
    payouts: Payouts


@dataclass(frozen=True)
class LineDifference:
    """A line in one set of payouts that the other lacks: canonical JSON, see `canonical_lines`."""

    line: str
    stored: bool


def replay(
    program: Program,
    snapshot: Snapshot,
    period: Period,
    receipt: bytes,
    earlier: Sequence[Earlier] = (),
    carried: Sequence[NettedRun] = (),
) -> ReplayResult:
    """Calculate again, net what `earlier` granted and name what was `carried` (the runs that the receipt names); compare."""
    outcome = calculate(program, snapshot, period)
    full = make_payouts(program, outcome)
    payouts = net(program, full, earlier)
    checks = balance(program, outcome, full)
    if earlier:
        checks = [*netted_checks(program, outcome, full, payouts, earlier, checks)]
    netted = [one.run for one in earlier]
    made = make_receipt(program, snapshot, outcome, payouts, checks, netted)
    again = receipt_bytes(replace(made, carried=tuple(carried)))
    stored, found = json.loads(receipt), json.loads(again)
    differences = tuple(sorted(key for key in {*stored, *found} if stored.get(key) != found.get(key)))
    return ReplayResult(again == receipt, "outputs" not in differences, differences, again, payouts)


def compare_lines(stored: Payouts, again: Payouts) -> list[LineDifference]:
    """The lines that only one of both has, in order: a line whose fen changed is there twice."""
    before, after = (
        {*b"".join(canonical_lines(payouts)).decode().splitlines()} for payouts in (stored, again)
    )
    return [LineDifference(line, line in before) for line in sorted(before ^ after)]
