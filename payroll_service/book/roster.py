"""The roster (名册) after a run: who has lines, and who is excluded by which rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payroll_service.book.checks import NAMED
from payroll_service.book.names import row_keys, row_labels
from payroll_service.book.payouts import Payouts
from payroll_service.calculation.outcome import Outcome
from rules.language.program import Program


@dataclass(frozen=True)
class RosterAnswers:
    """Marks by row of the roster's table; `excluded` by the name of the rule (不发), in the rules' order.

    Who was struck by a veto has lines too: of 0.00.
    """

    table: str
    has_lines: np.ndarray
    has_money: np.ndarray
    excluded: dict[str, np.ndarray]

    @property
    def any_excluded(self) -> np.ndarray:
        """Rows that some rule excludes."""
        none = np.zeros(len(self.has_lines), bool)
        return np.asarray(np.logical_or.reduce([none, *self.excluded.values()]))


def roster_answers(program: Program, outcome: Outcome, payouts: Payouts) -> RosterAnswers | None:
    """What became of every row of the roster, or None where the rule set has none or nothing is due in the run."""
    if program.roster is None or not payouts.items:
        return None
    table = program.tables[program.roster.table]
    frame = outcome.frames[table.name]
    place = {
        key: row
        for row, key in enumerate(row_keys(program, outcome.frames, table.name, np.arange(frame.size)))
    }
    mine = np.array(
        [
            place.get(key, -1) if kind == table.payee_kind else -1
            for key, kind in zip(payouts.payee_keys, payouts.payee_kinds, strict=True)
        ],
        np.int64,
    )
    return RosterAnswers(
        table.name,
        has_lines=_marked(frame.size, mine[payouts.payee]),
        has_money=_marked(frame.size, mine[payouts.payee[payouts.amount_fen != 0]]),
        excluded={mark.rule: np.asarray(mark.rows, bool) for mark in outcome.roster if mark.kind == "不发"},
    )


def some_names(program: Program, outcome: Outcome, table: str, rows: np.ndarray) -> str:
    """Up to twenty rows by label, or by key where there is none, and how many more."""
    first = rows[:NAMED]
    labels = row_labels(program.tables[table], outcome.frames[table], first)
    keys = row_keys(program, outcome.frames, table, first)
    names = "、".join(label or key for label, key in zip(labels, keys, strict=True))
    return names + (f" 等 {len(rows)} 个" if len(rows) > NAMED else "")


def _marked(size: int, rows: np.ndarray) -> np.ndarray:
    marks = np.zeros(size, bool)
    marks[rows[rows >= 0]] = True
    return marks
