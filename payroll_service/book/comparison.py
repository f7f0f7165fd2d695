"""What another rule set would have paid: the same data under two versions, and what each change does to the money.

The changes are made one after another, in the order of the new document; what a step changes is its effect. So the
effects of all steps add up to the whole difference, for every payee, unit and item, to the fen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from payroll_service.book.payouts import Payouts
from rules.language.changes import Change


@dataclass(frozen=True)
class Line:
    """A payee (kind, key), unit or item with its label, and what it gets: before, after each step (the last is new)."""

    code: tuple[str, ...]
    label: str
    fen: tuple[int, ...]

    @property
    def old(self) -> int:
        return self.fen[0]

    @property
    def new(self) -> int:
        return self.fen[-1]

    @property
    def change(self) -> int:
        return self.new - self.old

    @property
    def effects(self) -> tuple[int, ...]:
        """The effect of every step; they add up to `change`."""
        return tuple(after - before for before, after in zip(self.fen, self.fen[1:], strict=False))


@dataclass(frozen=True)
class Comparison:
    """Full entitlements by payee, unit and item; `fen` has a row per state (old, after each step) and a column per line.

    `payee`, `unit` and `item` point into the labelled vocabularies, which ascend by code.
    """

    payees: tuple[tuple[tuple[str, ...], str], ...]
    units: tuple[tuple[tuple[str, ...], str], ...]
    items: tuple[tuple[tuple[str, ...], str], ...]
    payee: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    fen: np.ndarray

    @property
    def total(self) -> Line:
        return Line((), "合计", tuple(int(row.sum()) for row in self.fen))

    def by_payee(self) -> list[Line]:
        return self._sums(self.payees, self.payee)

    def by_unit(self) -> list[Line]:
        return self._sums(self.units, self.unit)

    def by_item(self) -> list[Line]:
        return self._sums(self.items, self.item)

    def _sums(self, words: Sequence[tuple[tuple[str, ...], str]], codes: np.ndarray) -> list[Line]:
        sums = np.zeros((len(self.fen), len(words)), np.int64)
        for row, amounts in zip(sums, self.fen, strict=True):
            np.add.at(row, codes, amounts)
        return [
            Line(code, label, tuple(fen)) for (code, label), fen in zip(words, sums.T.tolist(), strict=True)
        ]


@dataclass(frozen=True)
class Step:
    """Changes of the rules that can only be made together."""

    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        return "、".join(f"{one.section} {one.name}" for one in self.changes)


@dataclass(frozen=True)
class ComparedVersions:
    """`steps` go with the effects of `money`, one each; `quiet` changes move no fen in these periods.

    `warnings` say what would not balance under which version.
    """

    old: str
    new: str
    periods: tuple[str, ...]
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    quiet: tuple[Change, ...]
    money: Comparison
    warnings: tuple[str, ...]

    def moved(self) -> list[tuple[int, int, int]]:
        """Of every step: (what payees gain in all, what they lose in all as a negative sum, how many it touches)."""
        effects = [line.effects for line in self.money.by_payee()]
        by_step = list(zip(*effects, strict=True)) or [()] * len(self.steps)
        return [
            (
                sum(fen for fen in step if fen > 0),
                sum(fen for fen in step if fen < 0),
                sum(fen != 0 for fen in step),
            )
            for step in by_step
        ]

    def cause(self, line: Line) -> str:
        """The changes of the step that did most to a line; "" where nothing changed."""
        if not any(line.effects):
            return ""
        number = max(range(len(self.steps)), key=lambda one: (abs(line.effects[one]), -one))
        return self.steps[number].title


def told_apart(
    steps: Sequence[Step], money: Comparison
) -> tuple[tuple[Step, ...], tuple[Change, ...], Comparison]:
    """(steps that move money, changes that move none, the comparison by these steps).

    A change that moves nothing by itself but is named by a later one that does (a rate and a rule for a new item)
    belongs to that one.
    """
    quiet, kept, rows = list[Change](), list[Step](), [0]
    for number, step in enumerate(steps, 1):
        if np.array_equal(money.fen[number], money.fen[number - 1]):
            quiet += step.changes
            continue
        found = list(step.changes)
        while needed := [one for one in quiet if _named(one, found)]:
            quiet = [one for one in quiet if one not in needed]
            found = [*needed, *found]
        kept.append(Step(tuple(found)))
        rows.append(number)
    return tuple(kept), tuple(quiet), replace(money, fen=money.fen[rows])


def _named(one: Change, by: Sequence[Change]) -> bool:
    name = one.name.rpartition(".")[2]
    return any(name in line.new for change in by for line in change.lines)


def compare(states: Sequence[Sequence[Payouts]]) -> Comparison:
    """The payouts of every state (old first, new last), each of one or several periods, as one comparison."""
    every = [payouts for state in states for payouts in state]
    payees = _labels(
        pair
        for one in every
        for pair in zip(zip(one.payee_kinds, one.payee_keys, strict=True), one.payee_labels, strict=True)
    )
    units = _labels(
        ((code,), label) for one in every for code, label in zip(one.unit_codes, one.unit_labels, strict=True)
    )
    items = _labels(((item.number,), item.name) for one in every for item in one.items)
    shape = (max(1, len(payees)), max(1, len(units)), max(1, len(items)))
    packed = [[_packed(one, payees, units, items, shape) for one in state] for state in states]
    lines = np.unique(np.concatenate([np.empty(0, np.int64), *(one for state in packed for one in state)]))
    fen = np.zeros((len(states), len(lines)), np.int64)
    for row, state, places in zip(fen, states, packed, strict=True):
        for one, place in zip(state, places, strict=True):
            np.add.at(row, np.searchsorted(lines, place), one.amount_fen)
    payee, unit, item = np.unravel_index(lines, shape)
    return Comparison(
        tuple(payees.items()), tuple(units.items()), tuple(items.items()), payee, unit, item, fen
    )


Words = dict[tuple[str, ...], str]


def _labels(pairs: Iterable[tuple[tuple[str, ...], str]]) -> Words:
    """Code -> label, ascending by code; the last label given counts, which is the new version's."""
    return dict(sorted(dict(pairs).items()))


def _packed(
    one: Payouts, payees: Words, units: Words, items: Words, shape: tuple[int, int, int]
) -> np.ndarray:
    """Every line of some payouts as one number."""
    payee = _places(payees, zip(one.payee_kinds, one.payee_keys, strict=True))[one.payee]
    unit = _places(units, ((code,) for code in one.unit_codes))[one.unit]
    item = _places(items, ((item.number,) for item in one.items))[one.item]
    return np.asarray(np.ravel_multi_index((payee, unit, item), shape))


def _places(words: Words, codes: Iterable[tuple[str, ...]]) -> np.ndarray:
    place = {code: number for number, code in enumerate(words)}
    return np.array([place[code] for code in codes], np.int64)
