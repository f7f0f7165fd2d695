"""Approved runs that another run builds on, and what belongs to which period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import NettedRun
from rules.language.period import Period
from rules.language.program import Program


@dataclass(frozen=True)
class Earlier:
    """An approved run with its lines as stored."""

    run: NettedRun
    payouts: Payouts

    @property
    def grants(self) -> np.ndarray:
        """The lines that grant something: not held, and not of zero."""
        return np.flatnonzero(~self.payouts.held & (self.payouts.due_fen != 0))


def parsed(program: Program, text: str) -> Period:
    """The period of a run."""
    found = program.calendar.parse(text)
    assert found is not None, "a run has a period"
    return found


def inside(program: Program, period: Period, earned: str) -> bool:
    """Whether something was earned in a period."""
    found = program.calendar.parse(earned)
    return found is not None and period.contains(found)


def begins_after(program: Program, period: str, day: int) -> bool:
    """Whether a run's period begins after a day; no period of today's calendar does not."""
    found = program.calendar.parse(period)
    return found is not None and found.first_day > day
