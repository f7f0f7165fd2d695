"""One run beside an earlier one: sums, payee by payee, unit by unit, and what is worth a second look before it is approved.

What a run has no record of, it pays nothing: not to be there and to get 0.00 are the same here. Amounts are the full
entitlement of either run, held or not, whatever was granted before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappush, heappushpop, merge
from itertools import groupby
from operator import itemgetter

from payroll_service.book.payee_records import paying_units
from payroll_service.book.records import PayeeRecord, TotalRecord

MOST = 20
STEPS = (10, 30, 50)  # percent, where one part of the spread ends and the next begins


@dataclass(frozen=True)
class Thresholds:
    """From where on a change is worth a second look: more than so many percent, and at least so many fen. Only examples."""

    person_percent: int = 30
    person_fen: int = 500_00
    unit_percent: int = 10


@dataclass(frozen=True)
class Change:
    """So many fen in the earlier run, so many in this one."""

    before_fen: int
    now_fen: int

    @property
    def fen(self) -> int:
        return self.now_fen - self.before_fen

    @property
    def percent(self) -> Fraction | None:
        """Of what it was, exactly; None where it was nothing."""
        return Fraction(self.fen * 100, abs(self.before_fen)) if self.before_fen else None

    def exceeds(self, percent: int) -> bool:
        """By more than so many percent of what it was; never where it was nothing."""
        return self.before_fen != 0 and abs(self.fen) * 100 > percent * abs(self.before_fen)


@dataclass(frozen=True)
class ComparedTotal(Change):
    """Lines and full entitlement of a unit, item and fund."""

    unit: str
    item: str
    fund: str
    lines_before: int
    lines_now: int


@dataclass(frozen=True)
class PayeeChange(Change):
    """`units`: codes of the units that pay her in this run, or did in the earlier one."""

    payee_id: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class UnitChange(Change):
    """A unit, and how many payees it pays; who is paid by two units counts in both."""

    unit: str
    name: str
    heads_before: int
    heads_now: int

    @property
    def average(self) -> Change | None:
        """Fen a head, half a fen up; None where either run pays nobody there."""
        if not self.heads_before or not self.heads_now:
            return None
        return Change(_a_head(self.before_fen, self.heads_before), _a_head(self.now_fen, self.heads_now))


@dataclass
class Heads:
    """Payees: paid in the earlier run, in this one; of those in both, who gets more, less, the same, and how many of them
    more than the thresholds; who is new, who is gone.

    `spread`: of those in both, how many get less by more than 50 %, by up to 50, 30, 10 %, the same, more by up to 10 %
    and so on: 2 × len(STEPS) + 3 counts.
    """

    before: int = 0
    now: int = 0
    more: int = 0
    less: int = 0
    same: int = 0
    odd: int = 0
    new: int = 0
    gone: int = 0
    spread: list[int] = field(default_factory=lambda: [0] * (2 * len(STEPS) + 3))


@dataclass(frozen=True)
class RunChange:
    """`largest`, `odd` (by percent), `new`, `gone`: the first of each, at most `MOST`, the largest first.

    `units` ascend by code. Names are those of the later run, where it has them.
    """

    totals: tuple[ComparedTotal, ...]
    units: tuple[UnitChange, ...]
    heads: Heads
    largest: tuple[PayeeChange, ...]
    odd: tuple[PayeeChange, ...]
    new: tuple[PayeeChange, ...]
    gone: tuple[PayeeChange, ...]
    thresholds: Thresholds

    @property
    def total(self) -> Change:
        return _sum(self.totals)

    @property
    def unit_names(self) -> dict[str, str]:
        return {each.unit: each.name for each in self.units}

    @property
    def odd_units(self) -> list[UnitChange]:
        """Whose average moved by more than the threshold, the largest part first."""
        limit = self.thresholds.unit_percent
        found = [(each.average, each) for each in self.units]
        moved = [(average, each) for average, each in found if average and average.exceeds(limit)]
        moved.sort(key=lambda pair: (-abs(pair[0].percent or 0), pair[1].unit))
        return [each for _, each in moved]

    def by(self, *fields: str) -> dict[tuple[str, ...], Change]:
        """The totals summed by `unit`, `item` or `fund`, or several of them, ascending."""
        key = lambda one: tuple(getattr(one, name) for name in fields)  # noqa: E731
        return {code: _sum(ones) for code, ones in groupby(sorted(self.totals, key=key), key)}


@dataclass(frozen=True)
class Side:
    """What the book has of one of the two runs; `records` ascend by payee id and are read once."""

    totals: Sequence[TotalRecord]
    records: Iterable[PayeeRecord]


def run_change(before: Side, now: Side, thresholds: Thresholds) -> RunChange:
    """The later run beside the earlier one, in one walk over the payees of both."""
    tally = _Tally(thresholds)
    for pair in _pairs(before.records, now.records):
        tally.count(*pair)
    totals = _totals(before.totals, now.totals)
    units = tuple(
        UnitChange(
            sum(one.before_fen for one in ones),
            sum(one.now_fen for one in ones),
            unit,
            tally.names.get(unit, unit),
            tally.heads_before.get(unit, 0),
            tally.heads_now.get(unit, 0),
        )
        for unit, ones in ((unit, [*ones]) for unit, ones in groupby(totals, lambda one: one.unit))
    )
    return RunChange(
        totals,
        units,
        tally.heads,
        largest=tally.largest.first(),
        odd=tally.odd.first(),
        new=tally.new.first(),
        gone=tally.gone.first(),
        thresholds=thresholds,
    )


def _sum(changes: Iterable[Change]) -> Change:
    pairs = [(one.before_fen, one.now_fen) for one in changes]
    return Change(sum(before for before, _ in pairs), sum(now for _, now in pairs))


def _a_head(fen: int, heads: int) -> int:
    size = (2 * abs(fen) + heads) // (2 * heads)
    return -size if fen < 0 else size


def _totals(before: Sequence[TotalRecord], now: Sequence[TotalRecord]) -> tuple[ComparedTotal, ...]:
    """Every unit, item and fund of either, ascending."""
    was, is_ = ({(one.unit, one.item, one.fund): one for one in side} for side in (before, now))
    none = TotalRecord("", "", "", 0, 0, 0)
    pairs = ((key, was.get(key, none), is_.get(key, none)) for key in sorted({*was, *is_}))
    return tuple(
        ComparedTotal(old.amount_fen, new.amount_fen, *key, old.lines, new.lines) for key, old, new in pairs
    )


def _pairs(
    before: Iterable[PayeeRecord], now: Iterable[PayeeRecord]
) -> Iterator[tuple[PayeeRecord | None, PayeeRecord | None]]:
    """Every payee of either run once; both ascend by payee id."""
    sides = merge(((one.payee_id, 0, one) for one in before), ((one.payee_id, 1, one) for one in now))
    for _, found in groupby(sides, itemgetter(0)):
        by_side = {side: record for _, side, record in found}
        yield by_side.get(0), by_side.get(1)


class _Largest:
    """The largest changes that were put in, and no more in memory; of equal ones those that came first."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, PayeeChange]] = []
        self.seen = 0

    def put(self, size: int, change: PayeeChange) -> None:
        self.seen += 1
        entry = (size, -self.seen, change)
        if len(self.heap) < MOST:
            heappush(self.heap, entry)
        else:
            heappushpop(self.heap, entry)

    def first(self) -> tuple[PayeeChange, ...]:
        return tuple(one for _, _, one in sorted(self.heap, reverse=True))


@dataclass
class _Tally:
    thresholds: Thresholds
    heads: Heads = field(default_factory=Heads)
    names: dict[str, str] = field(default_factory=dict)
    heads_before: dict[str, int] = field(default_factory=dict)
    heads_now: dict[str, int] = field(default_factory=dict)
    largest: _Largest = field(default_factory=_Largest)
    odd: _Largest = field(default_factory=_Largest)
    new: _Largest = field(default_factory=_Largest)
    gone: _Largest = field(default_factory=_Largest)

    def count(self, before: PayeeRecord | None, now: PayeeRecord | None) -> None:
        """A payee, with what the two runs have of her."""
        was, are = _units(before), _units(now)
        units = are or was
        if not units:
            return
        for unit, name in was.items():
            self.heads_before[unit] = self.heads_before.get(unit, 0) + 1
            self.names.setdefault(unit, name)
        for unit in are:
            self.heads_now[unit] = self.heads_now.get(unit, 0) + 1
        self.names.update(are)
        payee = next(one.payee_id for one in (now, before) if one is not None)
        change = PayeeChange(_fen(before), _fen(now), payee, tuple(sorted(units)))
        heads, size = self.heads, abs(change.fen)
        heads.before += change.before_fen != 0
        heads.now += change.now_fen != 0
        if not change.before_fen:
            heads.new += 1
            self.new.put(size, change)
        elif not change.now_fen:
            heads.gone += 1
            self.gone.put(size, change)
        else:
            heads.more += change.fen > 0
            heads.less += change.fen < 0
            heads.same += change.fen == 0
            heads.spread[_part(change)] += 1
            self.moved(change, size)

    def moved(self, change: PayeeChange, size: int) -> None:
        if size:
            self.largest.put(size, change)
        if change.exceeds(self.thresholds.person_percent) and size >= self.thresholds.person_fen:
            self.heads.odd += 1
            self.odd.put(size * 1_000_000 // abs(change.before_fen), change)


def _units(record: PayeeRecord | None) -> dict[str, str]:
    """The units (code -> name) that pay a payee; none if she gets nothing, nor one whose lines of hers come to nothing."""
    return paying_units(record.content) if record is not None and record.amount_fen else {}


def _part(change: Change) -> int:
    """The place in the spread."""
    if not change.fen:
        return len(STEPS) + 1
    steps = sum(change.exceeds(percent) for percent in STEPS) + 1
    return len(STEPS) + 1 + (steps if change.fen > 0 else -steps)


def _fen(record: PayeeRecord | None) -> int:
    return record.amount_fen if record else 0
