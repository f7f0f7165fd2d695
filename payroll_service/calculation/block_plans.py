"""Doing a task on blocks of rows, such as the steps of a stage: by a list of operations where one fits, else step by step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from threading import Lock
from typing import Any, TypeVar

from payroll_service.calculation.blocks import Block
from payroll_service.calculation.compiled import Compiled, compiled
from payroll_service.calculation.expressions import evaluate
from payroll_service.calculation.outcome import Pools, Withheld
from payroll_service.calculation.running import Lay, Made
from payroll_service.calculation.sheets import ColumnId, Ground, Sheet
from payroll_service.calculation.tracing import Changed, Traced, Untraceable
from payroll_service.calculation.tracing_sheet import Facts, Flawed, TracingSheet, brought
from payroll_service.calculation.vectors import Vector

MOST_PLANS = 4  # of one task in a period, for data of different kinds
MOST_TASKS = 64  # of one program in all periods
LAY = ("lay",)  # the name under which a block brings what takes its columns
Told = TypeVar("Told", bound=Any)
Task = Callable[[Sheet, Lay], Made]
_remembering = Lock()


@dataclass(frozen=True)
class Place:
    """Where an array of the outcome stands in a list."""

    number: int


@dataclass(frozen=True)
class BlockPlan:
    """The operations of a task; `pools`, `withheld` and `told` have places where the arrays belong."""

    facts: Facts
    operations: Compiled
    names: tuple[ColumnId, ...]
    pools: tuple[Pools, ...]
    withheld: tuple[Withheld, ...]
    told: tuple[Any, ...]

    def run(self, ground: Ground, block: Block, lay: Lay) -> Made:
        """Raises Changed where the rows are not of the kind that the operations are for."""
        given = {
            name: lay if name == LAY else brought(ground, block, name) for name, _ in self.operations.given
        }
        places = self.operations.run(given)
        return Made(
            lay,
            list(self.names),
            [_filled(one, places) for one in self.pools],
            [_filled(one, places) for one in self.withheld],
            [_filled(one, places) for one in self.told],
        )


@dataclass
class KnownPlans:
    """The plans of one task that have been made so far; `hopeless`: none can be."""

    plans: list[BlockPlan] = field(default_factory=list)
    hopeless: bool = False


class BlockRunner:
    """Does one task on the blocks of a run, on any threads: the steps of a stage, or what is told when all have run.

    `key` names the task among all that the program has in a run of one period.
    """

    def __init__(self, ground: Ground, key: Hashable, task: Task) -> None:
        self._ground, self._task = ground, task
        self._known = _known_plans(ground.ready.block_plans, (ground.period, key))
        self._fitting = [plan for plan in self._known.plans if plan.facts.hold(ground)]
        self._lock = Lock()

    def run(self, block: Block, lay: Lay) -> Made:
        """The task on the rows of a block."""
        for plan in self._plans(block):
            try:
                return plan.run(self._ground, block, lay)
            except Changed:
                continue
        return self._task(Sheet(self._ground, block, evaluate), lay)

    def _plans(self, block: Block) -> Iterator[BlockPlan]:
        """Those that fit the run; and one of this block, if it is not like any before."""
        for number in range(MOST_PLANS):
            with self._lock:
                if number == len(self._fitting) and not self._known.hopeless:
                    self._make(block)
                if number >= len(self._fitting):
                    return
            yield self._fitting[number]

    def _make(self, block: Block) -> None:
        try:
            plan = traced(self._ground, block, self._task)
        except Flawed:
            return
        except Untraceable:
            self._known.hopeless = True
            return
        self._fitting.append(plan)
        self._known.plans = [plan, *self._known.plans][:MOST_PLANS]


def _known_plans(remembered: dict[Hashable, KnownPlans], key: Hashable) -> KnownPlans:
    with _remembering:
        found = remembered.setdefault(key, KnownPlans())
        while len(remembered) > MOST_TASKS:
            remembered.pop(next(iter(remembered)))
        return found


def traced(ground: Ground, block: Block, task: Task) -> BlockPlan:
    """The plan of a block: its task, done on traced columns. Raises Untraceable, or Flawed if rows are at fault."""
    sheet = TracingSheet(ground, block, evaluate)
    laid = sheet.trace.take(LAY, None)

    def lay(name: ColumnId, v: Vector) -> None:
        sheet.trace.tell(_lay, laid, name, v.data, v.scale, v.low, v.high, v.status, v.words)

    made = task(sheet, lay)
    arrays = [
        value
        for one in (*made.pools, *made.withheld, *made.told)
        for value in _parts(one)
        if isinstance(value, Traced)
    ]
    return BlockPlan(
        sheet.facts,
        compiled(sheet.trace, arrays),
        tuple(made.names),
        tuple(_emptied(one) for one in made.pools),
        tuple(_emptied(one) for one in made.withheld),
        tuple(_emptied(one) for one in made.told),
    )


def _lay(
    lay: Lay, name: ColumnId, data: Any, scale: Any, low: int, high: int, status: Any, words: Any
) -> None:
    lay(name, Vector(data, scale, low, high, status, words=words, clean=True))


def _parts(told: Any) -> list[Any]:
    return [getattr(told, one.name) for one in fields(told)]


def _emptied(told: Told) -> Told:
    """With places instead of traced arrays."""
    places: dict[str, Any] = {
        one.name: Place(value.place)
        for one, value in zip(fields(told), _parts(told), strict=True)
        if isinstance(value, Traced)
    }
    return replace(told, **places)


def _filled(told: Told, places: Sequence[Any]) -> Told:
    """With the arrays instead of their places."""
    arrays: dict[str, Any] = {
        one.name: places[value.number]
        for one, value in zip(fields(told), _parts(told), strict=True)
        if isinstance(value, Place)
    }
    return replace(told, **arrays)
