"""Putting blocks together: each lays its part of every column into one array of the whole table."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from threading import Lock
from typing import Any

import numpy as np

from payroll_service.calculation.blocks import Block, Rows
from payroll_service.calculation.groups import Grouping, received
from payroll_service.calculation.outcome import ByRun, Computed, Frame, Pools, Withheld
from payroll_service.calculation.running import Made
from payroll_service.calculation.sheets import ColumnId, Flaw
from payroll_service.calculation.statuses import OK
from payroll_service.calculation.vectors import ONE, Vector, bounds_of, narrow, same_scale, wide

PARTS = ("amount", "shared", "returned", "members", "theirs")  # of pools, by row of the pools' table


class Laid:
    """One array of a whole table, `data` × `scale`. Blocks lay their parts down from any thread."""

    def __init__(self, size: int, empty: bool = True) -> None:
        self._size, self._empty = size, empty
        self._data: np.ndarray | None = None
        self._scale = ONE
        self._odd: list[
            tuple[Rows, np.ndarray, Fraction]
        ] = []  # parts that do not go into the array as it is
        self._lock = Lock()

    def add(self, rows: Rows, data: np.ndarray, scale: Fraction = ONE) -> None:
        """Lay down a part at `rows`."""
        with self._lock:
            if self._data is None:
                kind = np.dtype(np.int64) if data.dtype == object else data.dtype
                self._data = (np.empty if self._empty else np.zeros)(self._size, kind)
                self._scale = scale
            if data.dtype == object or scale != self._scale:
                self._odd.append((rows, data, scale))
                return
        self._data[rows] = data

    def result(self) -> tuple[np.ndarray, Fraction]:
        """The whole array, once every block has been laid down."""
        assert self._data is not None, "a part has been laid down"
        if not self._odd:
            return self._data, self._scale
        for rows, _, _ in self._odd:
            self._data[rows] = 0
        parts = [Vector(wide(self._data), self._scale, *bounds_of(self._data))]
        parts += [Vector(wide(data), scale, *bounds_of(data)) for _, data, scale in self._odd]
        (whole, *odd), scale = same_scale(parts)
        data = wide(whole.data)
        for (rows, _, _), part in zip(self._odd, odd, strict=True):
            data[rows] = part.data
        return narrow(data, *bounds_of(data)), scale


class Collected:
    """The whole run, as far as its blocks have been laid down."""

    def __init__(self, frames: dict[str, Frame]) -> None:
        self._frames, self._lock = frames, Lock()
        self._laid: dict[tuple[str, ...], Laid] = {}
        self._entire: dict[tuple[str, ...], tuple[np.ndarray, Fraction]] = {}  # of tables that are not cut
        self._words: dict[ColumnId, tuple[str, ...]] = {}
        self._columns: dict[ColumnId, Computed] = {}  # that are not cut
        self._pools: list[Pools] = []
        self._withheld: list[Withheld] = []
        self._names: list[ColumnId] = []
        self._flaws: list[Flaw] = []

    def add(self, block: Block, made: Made) -> None:
        """Lay one block's pools and vetoes down, and take its flaws, when all its columns have been laid down.

        Every block makes the same columns, pools and vetoes in the same order.
        """
        with self._lock:
            self._names, self._pools, self._withheld = made.names, made.pools, made.withheld
            self._flaws += [_in_whole(block, flaw) for flaw in made.flaws]
        for number, pools in enumerate(made.pools):
            for part in PARTS:
                self._lay(block, pools.pool_table, ("pool", str(number), part), getattr(pools, part))
            self._lay(
                block, pools.pool_table, ("pool", str(number), "weight"), pools.weight, pools.weight_step
            )
        for number, withheld in enumerate(made.withheld):
            self._lay(block, withheld.table, ("withheld", str(number), "rows"), withheld.rows)
            self._lay(block, withheld.table, ("withheld", str(number), "amount"), withheld.amount)

    def add_column(self, block: Block, name: ColumnId, v: Vector, runs: Grouping | None = None) -> None:
        """Lay down one block's part of a column, which is clean (see Vector). With `runs` it is by row above."""
        data = v.data.astype(np.int64) if v.data.dtype == bool else narrow(v.data, v.low, v.high)
        missing = v.status != OK if v.status is not None and np.count_nonzero(v.status) else None
        if name[0] not in block.rows:
            whole = Computed(data, v.scale, missing, v.words, (v.low, v.high))
            self._columns[name] = whole if runs is None else ByRun(whole, runs.counts)
            return
        self._words[name] = v.words
        if runs is not None:
            data, missing = received(data, runs), None if missing is None else received(missing, runs)
        if missing is not None:
            self._lay(block, name[0], ("missing", *name), missing, empty=False)
        self._lay(block, name[0], ("column", *name), data, v.scale)

    def _lay(
        self,
        block: Block,
        table: str,
        what: tuple[str, ...],
        data: np.ndarray,
        scale: Fraction = ONE,
        empty: bool = True,
    ) -> None:
        rows = block.rows.get(table)
        if rows is None:
            self._entire[what] = data, scale
            return
        laid = self._laid.get(what)
        if laid is None:
            with self._lock:
                laid = self._laid.setdefault(what, Laid(self._frames[table].size, empty))
        laid.add(rows, data, scale)

    def _whole(self, *what: str) -> tuple[np.ndarray, Fraction]:
        entire = self._entire.get(what)
        return entire or self._laid[what].result()

    def _missing(self, *what: str) -> np.ndarray | None:
        of = ("missing", *what)
        return self._whole(*of)[0] if of in self._laid else None

    def columns(self) -> dict[ColumnId, Computed]:
        return {name: self._columns.get(name) or self._of_blocks(name) for name in self._names}

    def _of_blocks(self, name: ColumnId) -> Computed:
        data, scale = self._whole("column", *name)
        return Computed(data, scale, self._missing(*name), self._words[name])

    def pools(self) -> tuple[Pools, ...]:
        found: list[Pools] = []
        for number, pools in enumerate(self._pools):
            of = ("pool", str(number))
            weight, step = self._whole(*of, "weight")
            laid: dict[str, Any] = {part: self._whole(*of, part)[0] for part in PARTS}
            found.append(replace(pools, **laid, weight=weight, weight_step=step))
        return tuple(found)

    def withheld(self) -> tuple[Withheld, ...]:
        return tuple(
            replace(
                one,
                rows=self._whole("withheld", str(number), "rows")[0],
                amount=self._whole("withheld", str(number), "amount")[0],
            )
            for number, one in enumerate(self._withheld)
        )

    def flaws(self) -> list[Flaw]:
        """In one order, whatever the blocks were."""
        return sorted(self._flaws, key=lambda flaw: (flaw.table, flaw.row, flaw.column, flaw.fault.message))


def _in_whole(block: Block, flaw: Flaw) -> Flaw:
    return replace(flaw, row=int(block.whole_rows(flaw.table, np.array(flaw.row))))
