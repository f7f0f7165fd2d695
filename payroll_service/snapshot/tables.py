"""Tables on their way in: raw cells as a workbook gives them, problems, and sealed columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import repeat
from typing import Literal

import numpy as np

MANY_WORDS = 32  # to find fewer is no work
MOST_PLACES = 16  # lists of words whose places a column remembers
Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class RawTable:
    """One table as received: columns by heading, with where each stood so that a problem can name its cell.

    `rows` are the 1-based row numbers of the sheet or CSV file; `letters` the column letters ("B") by heading.
    All columns have as many cells as `rows`. Cells are what the file holds: a float only where the file says number.
    `lacking`: columns that a received sheet ought to have and has not, each with the cell and the text of a heading that
    nothing reads and that could be it. Tables that were not received as a sheet say nothing here.
    """

    table: str
    source: str  # sheet or file name
    columns: dict[str, Sequence[Cell]]
    rows: Sequence[int]
    letters: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, tuple[str, str] | None] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in the data: where, what, how to mend it. No personal value beyond what finds the cell."""

    sheet: str
    cell: str  # "B7"; "" for a whole sheet
    column: str
    kind: str  # 缺表, 缺列, 类型, 范围, 选项, 主键重复, 查找不到, 姓名不一致, 数字格式的号码 ...
    message: str
    remedy: str
    level: Literal["错误", "提示"] = "错误"  # 提示: worth a look, but the data can be sealed as they are


@dataclass(frozen=True)
class Values:
    """A typed column: int64 `data`, and which rows are missing (None: none; data is 0 there).

    Numbers count the type's `step` (money: fen); yes/no is 0 or 1; a date is its ordinal; choices, texts and periods
    index `words` (choices: the type's options in declared order; others: the words that occur, sorted; ("",) where
    none occurs, so that data can always index it).
    """

    data: np.ndarray
    missing: np.ndarray | None = None
    words: tuple[str, ...] = ()

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest of `data`, found once; (0, 0) of no rows."""
        if not self.data.size:
            return 0, 0
        return int(np.minimum.reduce(self.data)), int(np.maximum.reduce(self.data))

    def places_of(self, words: tuple[str, ...]) -> np.ndarray:
        """Where each of other words stands among `words`, -1 for nowhere; kept, for every run follows the same lookups."""
        known = self._places.get(id(words))
        if known is None:
            place = dict(zip(self.words, range(len(self.words)), strict=True))
            found = np.fromiter(map(place.get, words, repeat(-1)), np.int64, len(words))
            known = words, found  # the words are kept so that their id stays their own
            if len(words) >= MANY_WORDS and len(self._places) < MOST_PLACES:
                self._places[id(words)] = known
        return known[1]

    def of_rows(self, data: np.ndarray, missing: np.ndarray | None) -> Values:
        """Other rows over the same words."""
        made = Values(data, missing, self.words)
        vars(made)["_places"] = self._places
        return made

    @cached_property
    def _places(self) -> dict[int, tuple[tuple[str, ...], np.ndarray]]:
        return {}


@dataclass(frozen=True)
class SealedTable:
    """Rows sorted by key, ascending (texts by code point, numbers and dates by value)."""

    name: str
    size: int
    columns: dict[str, Values]


@dataclass(frozen=True, eq=False)  # known by itself: what is made of it is remembered with it
class Snapshot:
    """A complete, checked set of tables. `fingerprint` is the SHA-256 of its canonical bytes. Never changed."""

    tables: dict[str, SealedTable]
    fingerprint: str


class UnsoundTables(Exception):
    """Tables that cannot be sealed; `problems` names every cell."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems; first: {problems[0] if problems else ''}")
