"""A person's own rows in the data of a run: what of them changed since an earlier run, and as they were then.

As they were, but in the later run's time: a row of the first semester becomes a row of the second, and a post that began
on the first day of the one begins on the first day of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

import numpy as np

from payroll_service.calculation.frames import build_frames
from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.ownership import OWN, Viewer
from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.tables import Snapshot
from rules.language.period import Calendar, Period, month, month_number
from rules.language.program import ACCOUNT, DATE, ID_NUMBER, PERIOD, Program, Table

Row = Mapping[str, str | None]  # a row as a snapshot writes it, None for an empty cell
ADDED, GONE = "新增", "没有了"


@dataclass(frozen=True)
class OwnChange:
    """A column of a row of one's own that changed; of a row that is new or gone the table alone. "" for an empty cell.

    Numbers of identity cards and accounts are not told: `before` and `now` are "" for them.
    """

    table: str
    column: str
    before: str
    now: str


def own_rows(
    program: Program, snapshot: Snapshot, period: Period, person: tuple[str, ...]
) -> dict[str, list[Row]]:
    """By input table the rows that a run of this period sees and whose key names the person."""
    frames = build_frames(program, snapshot, period)
    viewer = Viewer(program, frames, person)
    return {
        table.name: [
            _row(program, frames[table.name], row)
            for row in np.flatnonzero(viewer.whose(table.name) == OWN).tolist()
        ]
        for table in program.input_tables()
    }


def moved(
    program: Program, rows: Mapping[str, Sequence[Row]], since: Period, until: Period
) -> dict[str, list[Row]]:
    """The rows with all periods and dates later by what lies between two periods of one kind."""
    return {
        name: [
            {column: _moved(program, name, column, cell, since, until) for column, cell in row.items()}
            for row in some
        ]
        for name, some in rows.items()
    }


def own_changes(
    program: Program,
    before: Mapping[str, Sequence[Row]],
    now: Mapping[str, Sequence[Row]],
    since: Period,
    until: Period,
) -> list[OwnChange]:
    """What is neither as it was, nor as it was when time is taken into account, in the order of the rule set's tables.

    Rows that lie outside of their period by the dates that the rule set lays out are left aside.
    """
    found: list[OwnChange] = []
    for table in program.input_tables():
        was = [row for row in before.get(table.name, ()) if _lies_in(program, table, row, since)]
        are = [row for row in now.get(table.name, ()) if _lies_in(program, table, row, until)]
        for old, new in _pairs(program, table, was, are):
            if old is None or new is None:
                found.append(OwnChange(table.name, "", *(("", ADDED) if old is None else ("", GONE))))
            else:
                found += _cells(program, table, old, new, since, until)
    return found


def _row(program: Program, frame: Frame, row: int) -> Row:
    cells: dict[str, str | None] = {}
    for name, values in frame.columns.items():
        missing = values.missing is not None and bool(values.missing[row])
        write = writer(program.types[frame.table, name], values.words)
        cells[name] = None if missing else write(int(values.data[row]))
    return cells


def _moved(
    program: Program, table: str, column: str, cell: str | None, since: Period, until: Period
) -> str | None:
    kind = program.types[table, column].kind
    if cell is None or kind not in (DATE, PERIOD):
        return cell
    if kind == DATE:
        return _later_day(date.fromisoformat(cell), until.start - since.start).isoformat()
    period = program.calendar.parse(cell)
    return cell if period is None else _later(program.calendar, period, since, until).text


def _later_day(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month stays the last day."""
    then = month_number(day.year, day.month) + months
    span = month(then // 12, then % 12 + 1)
    last = date.fromordinal(span.last_day).day
    ends = day.day == date.fromordinal(month(day.year, day.month).last_day).day
    return date(then // 12, then % 12 + 1, last if ends else min(day.day, last))


def _later(calendar: Calendar, period: Period, since: Period, until: Period) -> Period:
    """As many periods of its kind later as there are from the one to the other."""
    at, goal = (_around(calendar, one.start, period.kind) for one in (since, until))
    while at.start < goal.start:
        at, period = (_around(calendar, one.start + one.count, one.kind) for one in (at, period))
    return period


def _around(calendar: Calendar, start: int, kind: str) -> Period:
    found = calendar.around(month(start // 12, start % 12 + 1), kind)
    assert found is not None, "periods of a kind tile the time"
    return found


def _lies_in(program: Program, table: Table, row: Row, period: Period) -> bool:
    for start, end in {one.span for one in program.tables.values() if one.of == table.name and any(one.span)}:
        first, last = row[start], row[end]
        if first is not None and date.fromisoformat(first).toordinal() > period.last_day:
            return False
        if last is not None and date.fromisoformat(last).toordinal() < period.first_day:
            return False
    return True


def _pairs(
    program: Program, table: Table, was: Sequence[Row], are: Sequence[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of the same key, time apart; the others in their order."""
    lasting = [name for name in table.key if program.types[table.name, name].kind not in (DATE, PERIOD)]
    left, rest = list(was), list[Row]()
    same: Callable[[Row, Row], bool] = lambda one, other: all(one[name] == other[name] for name in lasting)  # noqa: E731
    for row in are:
        old = next((one for one in left if same(one, row)), None)
        if old is None:
            rest.append(row)
        else:
            left.remove(old)
            yield old, row
    yield from zip_longest(left, rest)


def _cells(
    program: Program, table: Table, old: Row, new: Row, since: Period, until: Period
) -> Iterator[OwnChange]:
    for column in table.columns:
        was, now = old[column], new[column]
        if now in (was, _moved(program, table.name, column, was, since, until)):
            continue
        if program.types[table.name, column].text_form in (ID_NUMBER, ACCOUNT):
            yield OwnChange(table.name, column, "", "")
        else:
            yield OwnChange(table.name, column, was or "", now or "")
