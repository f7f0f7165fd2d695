"""What is worked out once per program: which steps are due, which expressions are equal, the tables of its rates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from functools import cached_property
from threading import Lock
from typing import Any

from payroll_service.calculation.paths import Path, paths_followed
from payroll_service.calculation.rates import RateTable
from payroll_service.calculation.standing import Standing
from payroll_service.calculation.vectors import Vector
from rules.language.needs import stages
from rules.language.plan import Plan, expressions, plan
from rules.language.program import Node, Program, Step

KEPT = 8  # programs whose preparation is remembered


class Numbering:
    """Gives equal expressions one number, so that each is calculated once per table."""

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[int, Node]] = {}  # the node is kept so that its id stays its own
        self._by_value: dict[Node, int] = {}
        self._lock = Lock()

    def of(self, node: Node) -> int:
        known = self._by_identity.get(id(node))
        if known is None:
            with self._lock:
                known = self._by_value.setdefault(node, len(self._by_value)), node
            self._by_identity[id(node)] = known
        return known[0]


@dataclass
class Prepared:
    """One program, made ready. May be used by several calculations at once."""

    program: Program
    numbering: Numbering = field(default_factory=Numbering)
    constants: dict[int, Vector] = field(default_factory=dict)  # literals as vectors, by their number
    block_plans: dict[Any, Any] = field(default_factory=dict)  # see block_plans.py
    _rates: dict[str, RateTable] = field(default_factory=dict)
    _shared: dict[str, set[int]] = field(default_factory=dict)
    _asked: dict[str, dict[int, tuple[int, bool]]] = field(default_factory=dict)
    _stages: dict[str, tuple[tuple[Step, ...], ...]] = field(default_factory=dict)
    _paths: dict[tuple[str, int], tuple[set[str], set[Path]]] = field(default_factory=dict)

    def rate(self, name: str) -> RateTable:
        if name not in self._rates:
            self._rates[name] = RateTable(self.program.rates[name])
        return self._rates[name]

    @cached_property
    def is_staged(self) -> bool:
        """Some rows or links are decided by rules' columns."""
        return self.standing.needs.any

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.program)

    def stages(self, kind: str) -> tuple[tuple[Step, ...], ...]:
        """The steps of a plan in stages; one stage if the workbook alone decides rows and links."""
        if kind not in self._stages:
            self._stages[kind] = stages(self.program, plan(self.program, kind).steps)
        return self._stages[kind]

    def paths(self, kind: str, stage: int) -> tuple[set[str], set[Path]]:
        """See `paths_followed`, for one stage of the plan of a kind of period."""
        if (kind, stage) not in self._paths:
            self._paths[kind, stage] = paths_followed(self.stages(kind)[stage], self.program)
        return self._paths[kind, stage]

    def asked(self, kind: str) -> dict[int, tuple[int, bool]]:
        """What `ask` has told so far for a kind of period, by the id of the expression (`numbering` keeps it)."""
        return self._asked.setdefault(kind, {})

    def ask(self, kind: str, node: Node) -> tuple[int, bool]:
        """The number of an expression, and whether the plan of a kind of period asks for it more than once."""
        if kind not in self._shared:
            self._shared[kind] = _asked_twice(plan(self.program, kind), self.program, self.numbering)
        number = self.numbering.of(node)
        told = self.asked(kind)[id(node)] = number, number in self._shared[kind]
        return told


def _asked_twice(due: Plan, program: Program, numbering: Numbering) -> set[int]:
    """Numbers of expressions that occur in two places, where what is inside equal expressions counts once."""
    asked: Counter[int] = Counter()

    def ask(node: Node) -> None:
        number = numbering.of(node)
        asked[number] += 1
        if asked[number] == 1:
            for field_ in fields(node):
                inner = getattr(node, field_.name)
                for item in inner if isinstance(inner, tuple) else (inner,):
                    if isinstance(item, Node):
                        ask(item)

    for step in due.steps:
        for _, root in expressions(step):
            ask(root)
    for veto in program.vetoes:
        ask(veto.when)
    return {number for number, times in asked.items() if times > 1}


_recent: list[Prepared] = []
_recent_lock = Lock()


def prepared(program: Program) -> Prepared:
    """The preparation of a program, remembered while it is among the last few used."""
    with _recent_lock:
        found = next((one for one in _recent if one.program is program), None) or Prepared(program)
        _recent[:] = [found, *(one for one in _recent if one is not found)][:KEPT]
        return found
