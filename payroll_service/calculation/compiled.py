"""A list of operations, made ready: without what nobody needs, each array let go or written over after its last use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np

from payroll_service.calculation.tracing import Operation, Trace, Traced

NO_OUT = (np.minimum, np.maximum)  # these are slow with an `out` by position
Taking = Callable[[Sequence[Any]], Sequence[Any]]
Line = tuple[Callable[..., Any], Taking, int, tuple[int, ...]]  # function, from, to, let go afterwards


@dataclass(frozen=True)
class Compiled:
    """Gives on any rows what the traced evaluation would; raises `Changed` where a condition does not hold there.

    `given`: the names of what every block brings along, and their places; `places`: constants where they stand.
    """

    given: tuple[tuple[Any, int], ...]
    places: tuple[Any, ...]
    lines: tuple[Line, ...]

    def run(self, given: Mapping[Any, Any]) -> Sequence[Any]:
        """All places, with the kept values in theirs."""
        places = list(self.places)
        for name, place in self.given:
            places[place] = given[name]
        for function, sources, target, over in self.lines:
            places[target] = function(*sources(places))
            for place in over:
                places[place] = None
        return places


def compiled(trace: Trace, kept: Iterable[Traced]) -> Compiled:
    """The operations of a trace that conditions, what is told and the `kept` values need."""
    keep = {value.place for value in kept}
    operations = _needed(trace.operations, keep)
    nowhere = len(trace.values)  # what conditions give
    last = {place: number for number, one in enumerate(operations) for place in one.arguments}
    free = _free_places(operations) - keep
    lines: list[Line] = []
    for number, one in enumerate(operations):
        over = {place for place in one.arguments if last[place] == number}
        over -= keep | trace.fixed.keys()
        reused = next((place for place in over & free if _may_hold(trace, one, place)), None)
        sources = one.arguments if reused is None else (*one.arguments, reused)
        target = nowhere if one.result is None else one.result
        lines.append((one.function, _taking(sources), target, tuple(over)))
    places = [trace.fixed.get(place) for place in range(nowhere + 1)]
    asked = keep | last.keys()
    given = tuple((name, place) for name, place in trace.given.items() if place in asked)
    return Compiled(given, tuple(places), tuple(lines))


def _taking(sources: tuple[int, ...]) -> Taking:
    return itemgetter(*sources) if len(sources) > 1 else itemgetter(slice(sources[0], sources[0] + 1))


def _needed(operations: Sequence[Operation], keep: set[int]) -> list[Operation]:
    needed = set(keep)
    found: list[Operation] = []
    for one in reversed(operations):
        if one.result is None or one.result in needed:
            needed.update(one.arguments)
            found.append(one)
    return found[::-1]


def _free_places(operations: Sequence[Operation]) -> set[int]:
    """Places whose arrays nothing else shares: made by arithmetic and read by arithmetic alone."""
    made = {one.result for one in operations if isinstance(one.function, np.ufunc)}
    seen = {place for one in operations if not isinstance(one.function, np.ufunc) for place in one.arguments}
    return {place for place in made if place is not None} - seen


def _may_hold(trace: Trace, one: Operation, place: int) -> bool:
    """The result of arithmetic can be written over one of its arguments."""
    if not isinstance(one.function, np.ufunc) or one.function in NO_OUT or one.result is None:
        return False
    before, after = trace.values[place], trace.values[one.result]
    return bool(before.shape == after.shape and before.dtype == after.dtype != object)
