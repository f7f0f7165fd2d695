"""Changes in sample data: a span of dates that ends, and the next one that begins (transfers, promotions, leavers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from payroll_service.workbook.sample_dice import Dice
from payroll_service.workbook.sample_rows import Form, Row, SampleError, fits, mapping, text
from payroll_service.workbook.sample_values import Maker, Spot


@dataclass
class Changes:
    """Applies changes to the rows of tables with spans; a row is changed once at most."""

    maker: Maker
    spans: Mapping[str, tuple[str, str]]  # table -> columns of the first and the last day
    _touched: set[int] = field(default_factory=set)

    def apply(self, change: Mapping[str, Form], times: int) -> None:
        """`times` rows that fit end on a day; as described, they go on, come back, or another row takes over."""
        name, table = text(change["变动"]), text(change["表"])
        if table not in self.spans:
            raise SampleError(f"变动「{name}」：「{table}」表没有起止日期")
        start, end = self.spans[table]
        dice = Dice(self.maker.seed, name)
        chosen = dice.some_of(self._open_rows(table, end, mapping(change.get("当", {}))), times)
        for index, row in enumerate(chosen):
            last = self.maker.make(change["止"], Spot(row, end, index, dice))
            if last <= row.value(start):
                continue
            self._touch(row)
            row.values[end] = last
            if "续" in change:
                new = self._go_on(table, row, mapping(change["续"]), index, dice)
                if "回" in change:
                    new.values[end] = self.maker.make(change["回"], Spot(new, end, index, dice))
                    back = self._follow(table, new, {**row.values})
                    back.values |= {start: _next_day(new.values[end]), end: ""}
            if "接任" in change:
                self._take_over(table, row, mapping(change["接任"]), index, dice)

    def _open_rows(self, table: str, end: str, wanted: Mapping[str, Form]) -> list[Row]:
        return [
            row
            for row in self.maker.rows(table)
            if id(row) not in self._touched and not row.values[end] and fits(row, wanted)
        ]

    def _take_over(self, table: str, gone: Row, how: Mapping[str, Form], index: int, dice: Dice) -> None:
        """One who fits and shares a value with the row that ended goes on in its place from the next day."""
        start, end = self.spans[table]
        same = text(how["同"])
        heirs = [
            row
            for row in self._open_rows(table, end, mapping(how.get("当", {})))
            if row.value(same) == gone.value(same) and row.value(start) < gone.values[end]
        ]
        if heirs:
            heir = dice.one_of(heirs)
            self._touch(heir)
            heir.values[end] = gone.values[end]
            self._go_on(table, heir, mapping(how["续"]), index, dice)

    def _go_on(self, table: str, row: Row, changed: Mapping[str, Form], index: int, dice: Dice) -> Row:
        """The same from the day after, but for the changed columns."""
        start, end = self.spans[table]
        new = self._follow(table, row, {**row.values, start: _next_day(row.values[end]), end: ""})
        for column, form in changed.items():
            new.values[column] = self.maker.make(form, Spot(new, column, index, dice))
        return new

    def _follow(self, table: str, row: Row, values: dict[str, str]) -> Row:
        rows = self.maker.rows(table)
        new = Row(values, row.above)
        rows.insert(next(place for place, other in enumerate(rows) if other is row) + 1, new)
        self._touch(new)
        return new

    def _touch(self, row: Row) -> None:
        self._touched.add(id(row))


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
