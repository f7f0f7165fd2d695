"""Sample data from a description in a file beside a rule set: the same cells for the same seed, everywhere.

The description language is in docs/sample-data.md. It knows tables and columns only by the names the rule set declares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import cast

from payroll_service.snapshot.tables import Cell, RawTable
from payroll_service.workbook.sample_changes import Changes
from payroll_service.workbook.sample_dice import Dice
from payroll_service.workbook.sample_rows import PARENT, Form, Row, SampleError, fits, mapping, text, texts
from payroll_service.workbook.sample_values import Maker, Spot
from payroll_service.workbook.sheets import column_letters
from rules.language.program import DATE, NUMBER, Column, Program, Table
from rules.language.source import plain, read_source

HEADING_ROWS = 1


def make_sample(
    program: Program, description_text: str, seed: int, scale: Fraction | int = 1
) -> list[RawTable]:
    """Every input table of the program, filled as the description says; `scale` multiplies its numbers of rows.

    Raises SampleError for a description that cannot be followed, RuleSetError for one that cannot be read.
    """
    described = mapping(cast(Form, plain(read_source(description_text, "样例"))))
    lists = {name: _words(items) for name, items in mapping(described.get("清单", {})).items()}
    steps = described.get("步骤")
    if not isinstance(steps, list):
        raise SampleError("样例要有「步骤」，写成一个列表")
    sample = _Sample(program, Maker(seed, lists), Fraction(scale))
    for number, step in enumerate(steps, 1):
        sample.follow(mapping(step), f"第{number}步")
    return [sample.raw_table(table) for table in program.input_tables()]


def _words(items: Form) -> list[str]:
    """A list of texts, or one text of words between spaces."""
    return items.split() if isinstance(items, str) else texts(items)


class _Sample:
    def __init__(self, program: Program, maker: Maker, scale: Fraction) -> None:
        self.program, self.maker, self.scale = program, maker, scale
        self.spans = {table.of: table.span for table in program.tables.values() if table.kind == "分月"}
        self.changes = Changes(maker, self.spans)

    def follow(self, step: Mapping[str, Form], name: str) -> None:
        try:
            if "变动" in step:
                self.changes.apply(step, self._scaled(text(step["数"])))
            else:
                self._add_rows(step, name)
        except KeyError as error:
            raise SampleError(f"{name}缺少「{error.args[0]}」") from None
        except SampleError as error:
            raise SampleError(f"{name}：{error}") from None

    def _scaled(self, count: str) -> int:
        return max(1, floor(int(count) * self.scale + Fraction(1, 2)))

    def _add_rows(self, step: Mapping[str, Form], name: str) -> None:
        table = self._table(text(step["表"]))
        rows = self._new_rows(step, name)
        helpers, columns = mapping(step.get("辅助", {})), mapping(step.get("列", {}))
        for column in columns:
            if column not in table.columns:
                raise SampleError(f"「{table.name}」表没有「{column}」这一列；只作中间用的，请写在「辅助」里")
        for column, form in {**helpers, **columns}.items():
            self.maker.fill(rows, column, form, name)
        for declared in table.columns.values():
            if declared.name not in columns:
                _inherit(rows, declared, table.name)
        self._keep(table, rows)

    def _new_rows(self, step: Mapping[str, Form], name: str) -> list[Row]:
        if "每" not in step:
            return [Row({}) for _ in range(self._scaled(text(step["数"])))]
        dice = Dice(self.maker.seed, f"{name}/数")
        rows = []
        for index, above in enumerate(self._parents(step)):
            count = self.maker.make(step.get("数", "1"), Spot(Row({}, above), "数", index, dice))
            rows += [Row({}, above) for _ in range(int(count))]
        return rows

    def _parents(self, step: Mapping[str, Form]) -> list[Row]:
        name = text(step["每"])
        rows = [row for row in self.maker.rows(name) if fits(row, mapping(step.get("当", {})))]
        if "在" not in step:
            return rows
        period = self.program.calendar.parse(text(step["在"]))
        if period is None or name not in self.spans:
            raise SampleError(f"「在: {step['在']}」要有期间，「{name}」表要有起止日期")
        first, last = (date.fromordinal(day).isoformat() for day in (period.first_day, period.last_day))
        start, end = self.spans[name]
        return [row for row in rows if row.value(start) <= last and (row.value(end) or last) >= first]

    def _keep(self, table: Table, rows: Sequence[Row]) -> None:
        """Put the rows down; of several with one key the first counts."""
        kept = self.maker.tables.setdefault(table.name, [])
        known = {tuple(row.values[column] for column in table.key) for row in kept}
        for row in rows:
            key = tuple(row.values[column] for column in table.key)
            if key not in known:
                known.add(key)
                kept.append(row)

    def _table(self, name: str) -> Table:
        table = self.program.tables.get(name)
        if table is None or table.kind != "输入":
            raise SampleError(f"规则集没有「{name}」这张表")
        return table

    def raw_table(self, table: Table) -> RawTable:
        rows = self.maker.tables.get(table.name, [])
        return RawTable(
            table.name,
            table.name,
            {
                name: [_cell(row.values[name], column) for row in rows]
                for name, column in table.columns.items()
            },
            range(HEADING_ROWS + 1, HEADING_ROWS + 1 + len(rows)),
            {name: column_letters(place) for place, name in enumerate(table.columns)},
        )


def _inherit(rows: Sequence[Row], column: Column, table: str) -> None:
    """A column that the step does not mention is the parent's of that name, or empty."""
    for row in rows:
        value = row.known(column.name)
        if value is None and not column.optional and column.default is None:
            raise SampleError(f"「{table}」表的「{column.name}」没有写法，{PARENT}也没有这一列")
        row.values[column.name] = value or ""


def _cell(value: str, column: Column) -> Cell:
    """As a workbook holds it: numbers and dates as such, everything else as text."""
    if value == "":
        return None
    if column.type.kind == DATE:
        return date.fromisoformat(value)
    if column.type.kind == NUMBER:
        exact = _exact(value, column.name)
        return int(exact) if exact == int(exact) else float(exact)
    return value


def _exact(value: str, column: str) -> Decimal:
    """The number a text writes; 85% is 0.85. Raises SampleError."""
    try:
        return Decimal(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except InvalidOperation:
        raise SampleError(f"「{column}」是数，不能是「{value}」") from None
