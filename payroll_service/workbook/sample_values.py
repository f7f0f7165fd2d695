"""The values of sample data: how one cell is made from a form such as `{数: 60至100步0.5}` (see docs/sample-data.md).

Everything is text until the end, as a clerk would type it: exact decimals, ISO dates, "" for an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from stdnum import luhn
from stdnum.cn import ric

from payroll_service.workbook.sample_dice import Dice

Form: TypeAlias = "str | list[Form] | dict[str, Form]"
EMPTY, REST, PARENT = "空", "其余", "上级"
_RANGE = re.compile(r"(.+?) *至 *(.+?)(?: *步 *(.+))?")
_CARD_DIGITS = 19


class SampleError(Exception):
    """A description that cannot be followed. The message says in Chinese where and why."""


@dataclass(eq=False)
class Row:
    """A row being made: its columns and helper columns, and the row above it that it was made for."""

    values: dict[str, str]
    above: Row | None = None

    def value(self, name: str) -> str:
        """A column by name (`上级.规模`); one that the row does not have is its parent's."""
        row, column = self, name
        while column.startswith(PARENT + "."):
            if row.above is None:
                raise SampleError(f"「{name}」没有上级")
            row, column = row.above, column.removeprefix(PARENT + ".")
        found = row.known(column)
        if found is None:
            raise SampleError(f"没有「{name}」这一列")
        return found

    def known(self, column: str) -> str | None:
        row: Row | None = self
        while row is not None and column not in row.values:
            row = row.above
        return None if row is None else row.values[column]


def fits(row: Row, wanted: Mapping[str, Form]) -> bool:
    """The row has, in each named column, the wanted value or one of the wanted values."""
    return all(row.value(name) in _options(values) for name, values in wanted.items())


def _options(values: Form) -> list[str]:
    return [
        "" if value == EMPTY else text(value) for value in (values if isinstance(values, list) else [values])
    ]


def text(form: Form) -> str:
    if not isinstance(form, str):
        raise SampleError(f"这里应是一段文字：{form}")
    return form


def mapping(form: Form) -> dict[str, Form]:
    if not isinstance(form, dict):
        raise SampleError(f"这里应是一组「键: 值」：{form}")
    return form


def number(form: Form) -> Decimal:
    try:
        return Decimal(text(form))
    except ArithmeticError:
        raise SampleError(f"这里应是数：{form}") from None


@dataclass
class Maker:
    """Makes cells. `lists` are the named lists, `tables` the rows made so far; no number is given out twice."""

    seed: int
    lists: dict[str, list[str]]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def fill(self, rows: Sequence[Row], column: str, form: Form, purpose: str) -> None:
        """Make one column of all rows."""
        dice = Dice(self.seed, f"{purpose}/{column}")
        for index, row in enumerate(rows):
            row.values[column] = self.make(form, row, column, index, dice)
        if isinstance(form, dict):
            spread = form.get("夹入", [])
            for place, value in enumerate(spread if isinstance(spread, list) else [spread]):
                if len(rows) > len(spread):
                    rows[(place + 1) * len(rows) // (len(spread) + 1)].values[column] = text(value)

    def make(self, form: Form, row: Row, column: str, index: int, dice: Dice) -> str:
        """One cell: `column` of `row`, the `index`-th of its batch."""
        if isinstance(form, str):
            return "" if form == EMPTY else form
        if isinstance(form, list):
            raise SampleError(f"「{column}」：清单要写明 取自、轮流 还是 接")
        kind = next(iter(form), "")
        match kind:
            case "值":
                return text(form[kind])
            case "取自":
                return dice.one_of(self._list(form[kind]))
            case "轮流":
                items = self._list(form[kind])
                return items[index % len(items)]
            case "选":
                choices = [(value, int(text(weight))) for value, weight in mapping(form[kind]).items()]
                return dice.weighted(choices)
            case "数":
                return _number(text(form[kind]), int(text(form.get("叠", "1"))), dice)
            case "日期":
                return _day(text(form[kind]), dice)
            case "证件号":
                birthdays = self.make(form["生日"], row, column, index, dice)
                return self._unused(lambda: _id_number(self._list(form["证件号"]), birthdays, dice))
            case "账号":
                return self._unused(lambda: _card_number(text(form["账号"]), dice))
            case "序号":
                pattern = text(form[kind])
                digits = pattern.count("0")
                return pattern[: len(pattern) - digits] + f"{index + 1:0{digits}d}"
            case "接":
                parts = form[kind]
                return "".join(self.make(part, row, column, index, dice) for part in parts)
            case "同":
                return row.value(text(form[kind]))
            case "按":
                case_of = row.value(text(form[kind]))
                if case_of not in form and REST not in form:
                    raise SampleError(
                        f"「{column}」按 {form[kind]}，没有「{case_of}」这一种，也没有「{REST}」"
                    )
                return self.make(form[case_of] if case_of in form else form[REST], row, column, index, dice)
            case "另取":
                table, _, other = text(form[kind]).partition(".")
                wanted = mapping(form.get("当", {}))
                rows = [there for there in self.rows(table) if fits(there, wanted)]
                values = sorted({there.value(other) for there in rows} - {row.known(column)})
                if not values:
                    raise SampleError(f"「{column}」：「{table}」表没有另一个可取的「{other}」")
                return dice.one_of(values)
            case "合计":
                return self._total(form, row)
        raise SampleError(f"「{column}」的写法不认识：{form}")

    def rows(self, table: str) -> list[Row]:
        if table not in self.tables:
            raise SampleError(f"还没有「{table}」表的行")
        return self.tables[table]

    def _list(self, form: Form) -> list[str]:
        if isinstance(form, list):
            return [text(item) for item in form]
        if text(form) not in self.lists:
            raise SampleError(f"没有「{form}」这个清单")
        return self.lists[text(form)]

    def _unused(self, draw: Callable[[], str]) -> str:
        for _ in range(1000):
            value = draw()
            if value not in self._taken:
                self._taken.add(value)
                return value
        raise SampleError("号码不够用，请放宽地区、生日或号段")

    def _total(self, form: Mapping[str, Form], row: Row) -> str:
        """The sum over another table's rows with the same value, times a factor, up to a whole step."""
        key, step = text(form["同"]), number(form.get("步", "1"))
        sums = self._sums.setdefault(repr(form), {})
        if not sums:
            columns = form["列"] if isinstance(form["列"], list) else [form["列"]]
            for there in self.rows(text(form["合计"])):
                if fits(there, mapping(form.get("当", {}))):
                    amount = sum((Decimal(there.value(text(name))) for name in columns), Decimal(0))
                    sums[there.value(key)] = sums.get(there.value(key), Decimal(0)) + amount
        total = sums.get(row.value(key), Decimal(0)) * number(form.get("倍", "1"))
        return format(-(-total // step) * step, "f")


@cache
def _bounds(span: str) -> tuple[str, str, str]:
    match = _RANGE.fullmatch(span)
    if match is None:
        raise SampleError(f"范围应写「甲至乙」或「甲至乙步丙」：{span}")
    return match[1], match[2], match[3] or "1"


def _number(span: str, draws: int, dice: Dice) -> str:
    """From a range in steps; the mean of several draws lies nearer to the middle."""
    low, high, step = (Decimal(part) for part in _bounds(span))
    count = int((high - low) / step) + 1
    return format(low + step * (sum(dice.below(count) for _ in range(draws)) // draws), "f")


def _day(span: str, dice: Dice) -> str:
    first, last = (date.fromisoformat(part) for part in _bounds(span)[:2])
    return date.fromordinal(first.toordinal() + dice.below((last - first).days + 1)).isoformat()


def _id_number(regions: Sequence[str], birthdays: str, dice: Dice) -> str:
    body = f"{dice.one_of(regions)}{_day(birthdays, dice).replace('-', '')}{dice.below(999) + 1:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def _card_number(prefix: str, dice: Dice) -> str:
    body = prefix + "".join(str(dice.below(10)) for _ in range(_CARD_DIGITS - 1 - len(prefix)))
    return body + str(luhn.calc_check_digit(body))


def tidy(lists: Iterable[tuple[str, Form]]) -> dict[str, list[str]]:
    """Named lists as they are written: a list of texts, or one text of words between spaces."""
    return {
        name: items.split() if isinstance(items, str) else [text(item) for item in items]
        for name, items in lists
    }
