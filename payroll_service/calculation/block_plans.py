"""Doing a task on blocks of rows, such as the steps of a stage: by a list of operations where one fits, else step by step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from payroll_service.calculation.blocks import Block
from payroll_service.calculation.compiled import Compiled, compiled
from payroll_service.calculation.expressions import evaluate
from payroll_service.calculation.groups import Grouping
from payroll_service.calculation.lifting import Lifting
from payroll_service.calculation.running import Lay, Made
from payroll_service.calculation.sheets import ColumnId, Ground, Sheet
from payroll_service.calculation.tracing import Changed, Traced, Untraceable
from payroll_service.calculation.tracing_sheet import Facts, Flawed, TracingSheet, brought
from payroll_service.calculation.vectors import Vector

MOST_PLANS = 4  # of one task in a period, for data of different kinds
MOST_TASKS = 64  # of one program in all periods
LAY = ("lay",)  # the name under which a block brings what takes its columns
Task = Callable[[Sheet, Lay], Made]
_remembering = Lock()


@dataclass(frozen=True)
class Outline:
    """A part of the outcome (pools, say) whose arrays a list makes: what it is, and at which places they stand."""

    kind: type[Any]
    known: dict[str, Any]
    places: tuple[tuple[str, int], ...]

    def filled(self, values: Sequence[Any]) -> Any:
        return self.kind(**self.known, **{name: values[place] for name, place in self.places})


@dataclass(frozen=True)
class BlockPlan:
    """The operations of a task, and what becomes of the arrays that they make."""

    facts: Facts
    operations: Compiled
    names: tuple[ColumnId, ...]
    pools: tuple[Outline, ...]
    withheld: tuple[Outline, ...]
    told: tuple[Outline, ...]

    def run(self, ground: Ground, block: Block, lay: Lay) -> Made:
        """Raises Changed where the rows are not of the kind that the operations are for."""
        given = {
            name: lay if name == LAY else brought(ground, block, name) for name, _ in self.operations.given
        }
        places = self.operations.run(given)
        return Made(
            lay,
            list(self.names),
            [one.filled(places) for one in self.pools],
            [one.filled(places) for one in self.withheld],
            [one.filled(places) for one in self.told],
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
    told = (*made.pools, *made.withheld, *made.told)
    arrays = [value for one in told for value in vars(one).values() if isinstance(value, Traced)]
    lifting = Lifting(sheet, _lay)
    places = {one.place: lifting.place(one.place) for one in arrays}
    return BlockPlan(
        sheet.facts,
        compiled(lifting.trace, places.values()),
        tuple(made.names),
        tuple(_outline(one, places) for one in made.pools),
        tuple(_outline(one, places) for one in made.withheld),
        tuple(_outline(one, places) for one in made.told),
    )


def _lay(
    lay: Lay,
    name: ColumnId,
    data: Any,
    scale: Any,
    low: int,
    high: int,
    status: Any,
    words: Any,
    runs: Grouping | None = None,
) -> None:
    lay(name, Vector(data, scale, low, high, status, words=words, clean=True), runs)


def _outline(told: Any, places: Mapping[int, Traced]) -> Outline:
    """With places in the list instead of traced arrays; `places`: where those of the trace are found."""
    parts = vars(told)
    arrays = {name: value for name, value in parts.items() if isinstance(value, Traced)}
    known = {name: value for name, value in parts.items() if name not in arrays}
    return Outline(type(told), known, tuple((name, places[one.place].place) for name, one in arrays.items()))
