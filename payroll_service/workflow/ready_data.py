"""Stored data under stored rules, calculated and kept: after a publication thousands ask why they get what they get.

Rule sets and snapshots are known by their hashes and never change, so nothing that is made of them is ever out of date.
It is made once for however many wait for it, none of it is stored, and what was not used for longest goes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError, Outcome
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.snapshot.tables import Snapshot, UnsoundTables
from payroll_service.store.store import Store
from payroll_service.workflow.load_rules import rules_from
from rules.language.period import Period
from rules.language.program import Program

T = TypeVar("T")
Key = tuple[str, str, str]  # bureau, and the fingerprints of rule set and snapshot
LEAST = 3  # what two runs under two rule sets need
MOST_BYTES = 32 * 2**20  # of snapshots as they are sealed; calculated they take five times as much
PERIODS = 4  # of one snapshot


class Made(Generic[T]):
    """Something that takes a while to make. Whoever comes meanwhile waits; what was refused once is refused again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.found: T | UnsoundTables | CalculationError | None = None

    def get(self, make: Callable[[], T]) -> T:
        with self._lock:
            if self.found is None:
                try:
                    self.found = make()
                except (UnsoundTables, CalculationError) as refused:
                    self.found = refused
        if isinstance(self.found, UnsoundTables | CalculationError):
            raise self.found.with_traceback(None)
        return self.found


@dataclass(eq=False)
class ReadyData:
    """A snapshot as one rule set reads it, and what that comes to. `size`: of its sealed bytes."""

    program: Program
    snapshot: Snapshot
    size: int
    _outcomes: dict[str, Made[Outcome]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def outcome(self, period: Period) -> Outcome:
        """Calculated once. Raises CalculationError."""
        with self._lock:
            made = _newest(self._outcomes, period.text)
            for text in [*self._outcomes][:-PERIODS]:
                del self._outcomes[text]
        return made.get(lambda: calculate(self.program, self.snapshot, period))


_kept: dict[Key, Made[ReadyData]] = {}
_lock = Lock()


def ready_data(store: Store, bureau: str, rule_set: str, snapshot: str) -> ReadyData:
    """A stored snapshot under a stored rule set, by their fingerprints; of tables that it does not have there are no rows.

    Raises UnsoundTables where it does not fit.
    """
    key = (bureau, rule_set, snapshot)
    with _lock:
        made = _newest(_kept, key)
    try:
        return made.get(lambda: _read(store, *key))
    finally:
        _let_go()


def _newest(kept: dict[Any, Made[T]], key: object) -> Made[T]:
    """What is kept under a key, which is the last used from now on."""
    kept[key] = kept.pop(key) if key in kept else Made()
    return kept[key]


def _read(store: Store, bureau: str, rule_set: str, snapshot: str) -> ReadyData:
    with store.reading() as session:
        rules = session.rule_sets.get(bureau, rule_set)
        content = session.snapshots.get(bureau, snapshot).content
    program = _program(bureau, rule_set) or rules_from(rules.document, rules.name).program
    return ReadyData(program, from_bytes(program, content, may_lack=True), len(content))


def _program(bureau: str, rule_set: str) -> Program | None:
    """The rule set as it is compiled for another snapshot: what is worked out of it once serves both."""
    with _lock:
        found = [made.found for key, made in _kept.items() if key[:2] == (bureau, rule_set)]
    return next((one.program for one in found if isinstance(one, ReadyData)), None)


def _let_go() -> None:
    with _lock:
        size = 0
        for place, key in enumerate([*reversed(_kept)]):
            found = _kept[key].found
            size += found.size if isinstance(found, ReadyData) else 0
            if place >= LEAST and size > MOST_BYTES:
                del _kept[key]
