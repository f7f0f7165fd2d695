"""What is worked out once per program: which steps are due, which expressions are equal, the tables of its rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from payroll_service.calculation.paths import Path, paths_followed
from payroll_service.calculation.rates import RateTable
from rules.language.plan import Plan, plan
from rules.language.program import Node, Program

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
    _rates: dict[str, RateTable] = field(default_factory=dict)
    _plans: dict[str, Plan] = field(default_factory=dict)
    _paths: dict[str, tuple[set[str], set[Path]]] = field(default_factory=dict)

    def rate(self, name: str) -> RateTable:
        if name not in self._rates:
            self._rates[name] = RateTable(self.program.rates[name])
        return self._rates[name]

    def plan(self, kind: str) -> Plan:
        if kind not in self._plans:
            self._plans[kind] = plan(self.program, kind)
        return self._plans[kind]

    def paths(self, kind: str) -> tuple[set[str], set[Path]]:
        """See `paths_followed`, for the plan of a kind of period."""
        if kind not in self._paths:
            self._paths[kind] = paths_followed(self.plan(kind), self.program)
        return self._paths[kind]


_recent: list[Prepared] = []
_recent_lock = Lock()


def prepared(program: Program) -> Prepared:
    """The preparation of a program, remembered while it is among the last few used."""
    with _recent_lock:
        found = next((one for one in _recent if one.program is program), None) or Prepared(program)
        _recent[:] = [found, *(one for one in _recent if one is not found)][:KEPT]
        return found
