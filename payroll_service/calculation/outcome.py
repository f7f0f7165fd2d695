"""What a calculation returns: the rows it worked on, one integer column per rule, pools, returns, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from payroll_service.snapshot.tables import Values
from rules.language.period import Period
from rules.language.program import Type
from rules.language.render import Value


@dataclass(frozen=True)
class Frame:
    """The rows of one table in one run, ascending by key, so that a lower row number is a lower key.

    `columns`: input columns (month tables: `月`, month numbers; groups: their 按 columns). `links`: row numbers in the
    target's frame, -1 for nowhere. `runs` of a month table: how many months each row of the table above has.
    """

    table: str
    size: int
    key: tuple[str, ...]
    columns: Mapping[str, Values]
    links: Mapping[str, np.ndarray]
    runs: np.ndarray | None = None


@dataclass(frozen=True)
class Computed:
    """A rule's column: value = data × step (1 for yes/no, choices (index), dates). int64, or Python ints where needed.

    `missing` marks rows the rule does not apply to; data is 0 there. Choices, texts and periods index `words`.
    """

    data: np.ndarray
    step: Fraction
    missing: np.ndarray | None = None
    words: tuple[str, ...] = ()
    known_bounds: tuple[int, int] | None = None

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Within these is all of `data`."""
        if self.known_bounds is not None or not self.data.size:
            return self.known_bounds or (0, 0)
        return int(np.minimum.reduce(self.data)), int(np.maximum.reduce(self.data))


class ByRun(Computed):
    """A column that is the same in all months of a row above, laid out over the months when somebody reads it."""

    def __init__(self, above: Computed, counts: np.ndarray) -> None:
        known = {"step": above.step, "words": above.words, "known_bounds": above.known_bounds}
        vars(self).update(known, above=above, counts=counts)

    above: Computed  # by row above
    counts: np.ndarray  # of months

    @cached_property
    def data(self) -> np.ndarray:
        return np.repeat(self.above.data, self.counts)

    @cached_property
    def missing(self) -> np.ndarray | None:
        if self.above.missing is None:
            return None
        missing = np.repeat(self.above.missing, self.counts)
        return missing if missing.any() else None


@dataclass(frozen=True)
class Pools:
    """One share over all its pools, an entry per row of the pool's table (arrays by row; missing pools are 0).

    amount = shared + returned, in fen. `weight` × `weight_step` is the sum of all weights. What is returned went to
    `fund` if all weights were zero, and to `excess` if all members were at their ceilings.
    """

    table: str  # of the receiving rows
    column: str
    pool_table: str
    pool_column: str
    amount: np.ndarray
    shared: np.ndarray
    returned: np.ndarray
    members: np.ndarray
    weight: np.ndarray
    weight_step: Fraction
    fund: str | None
    theirs: np.ndarray  # the rows with a pool that is this share's to hand out
    excess: str = ""
    trial: bool = False  # nothing was spent

    @property
    def exceeded(self) -> np.ndarray:
        """What all ceilings together left, by row."""
        without_weight = self.fund is not None and self.weight == 0
        return np.asarray(self.returned * np.logical_not(without_weight))

    def fund_of(self, row: int) -> str:
        """Where the money of a pool would go, or went, that nobody could be given."""
        return self.excess if self.exceeded[row] else self.fund or ""


@dataclass(frozen=True)
class Withheld:
    """What a veto took from a column's rows, in fen (0 where it takes no effect).

    fund "": its pool shared it on; what each row would have got had it alone been spared, cut to the fen.
    `rows` marks where the veto takes effect: of several that hold on a row, the first alone.
    """

    veto: str
    table: str
    column: str
    fund: str
    rows: np.ndarray
    amount: np.ndarray


@dataclass(frozen=True)
class Claims:
    """By what each row of a share is given money: its weight (× `step`), 0 where a veto takes it.

    Told of shares that hold colleagues harmless (不追回), since whose claim is unchanged is a colleague.
    """

    table: str
    column: str
    weight: np.ndarray
    step: Fraction


@dataclass(frozen=True)
class Returned:
    """A 退回: fen by row of the table, to a fund."""

    table: str
    column: str
    fund: str
    amount: np.ndarray


@dataclass(frozen=True)
class Accrual:
    """计提: money earned in this run's period by column, in fen, which a longer run will share or pay."""

    table: str
    column: str
    when: str  # the run that will: 学期末, 学年末 …
    amount: int


@dataclass(frozen=True)
class Finding:
    """A check that did not hold on a row. `sentence` is in Chinese, with the row's numbers. `row` -1: on no row."""

    check: str
    level: str  # 必须 or 提示
    table: str
    key: tuple[str, ...]
    sentence: str
    basis: str
    row: int = -1


@dataclass(frozen=True)
class Listing:
    """What a listed check looked at: the columns of its sentence, a row for each row where it applies, by key.

    `rows`: the row's label, one value per column (None where it is missing), and whether the check holds.
    """

    check: str
    headings: tuple[str, ...]
    types: tuple[Type, ...]
    rows: tuple[tuple[str, tuple[Value, ...], bool], ...]


@dataclass(frozen=True)
class RosterMark:
    """Where a rule of the roster (名册) that is due in this run holds: `rows` by row of the roster's table."""

    rule: str
    kind: str  # 不发 or 暂缓
    rows: np.ndarray


@dataclass(frozen=True)
class Lack:
    """An input that a rule does not find: a row of `table` with these (column, text), or, with none, a cell not filled."""

    message: str
    remedy: str
    table: str
    wanted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RowProblem:
    """A value that could not be calculated: missing where needed, division by zero, no band for a value."""

    table: str
    key: tuple[str, ...]
    column: str
    message: str
    remedy: str
    lack: Lack | None = None  # what is not there, if that is why


class CalculationError(Exception):
    """The data do not allow the calculation; `problems` names every row."""

    def __init__(self, problems: list[RowProblem]) -> None:
        self.problems = problems
        super().__init__(
            f"{len(problems)} rows cannot be calculated; first: {problems[0] if problems else ''}"
        )


@dataclass(frozen=True)
class Outcome:
    """Everything one run calculated. Columns hold the values after vetoes."""

    period: Period
    frames: dict[str, Frame]
    columns: dict[tuple[str, str], Computed]
    pools: tuple[Pools, ...]
    withheld: tuple[Withheld, ...]
    returned: tuple[Returned, ...]
    accruals: tuple[Accrual, ...]
    wording: Callable[[], tuple[Finding, ...]]
    listings: tuple[Listing, ...] = ()
    roster: tuple[RosterMark, ...] = ()  # one per rule of the plan's roster, in its order
    claims: tuple[Claims, ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Put into words when somebody reads them."""
        return self.wording()
