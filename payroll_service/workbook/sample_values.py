"""How one cell is made from a form such as `{数: 60至100步0.5}`; docs/sample-data.md lists the forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from payroll_service.workbook.sample_dice import Dice
from payroll_service.workbook.sample_draws import (
    draw_card_number,
    draw_day,
    draw_id_number,
    draw_number,
    numbered,
    unused,
)
from payroll_service.workbook.sample_rows import (
    EMPTY,
    Form,
    Row,
    SampleError,
    fits,
    mapping,
    number,
    text,
    texts,
)

__all__ = ["Maker", "SampleError", "Spot"]

REST, SPREAD = "其余", "夹入"


@dataclass(frozen=True)
class Spot:
    """The cell to be made: `column` of `row`, the `index`-th row of its batch; and the chance that is used for it."""

    row: Row
    column: str
    index: int
    dice: Dice


@dataclass
class Maker:
    """Makes cells. `lists` are the named lists, `tables` the rows made so far; no number is given out twice."""

    seed: int
    lists: dict[str, list[str]]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def fill(self, rows: Sequence[Row], column: str, form: Form, purpose: str) -> None:
        """Make one column of all rows, and put the values of 夹入 at even distances into it."""
        dice = Dice(self.seed, f"{purpose}/{column}")
        for index, row in enumerate(rows):
            row.values[column] = self.make(form, Spot(row, column, index, dice))
        spread = texts(form[SPREAD]) if isinstance(form, dict) and SPREAD in form else []
        if len(rows) > len(spread):
            for place, value in enumerate(spread, 1):
                rows[place * len(rows) // (len(spread) + 1)].values[column] = value

    def make(self, form: Form, spot: Spot) -> str:
        """One cell: what is written there, drawn or taken from elsewhere."""
        if isinstance(form, str):
            return "" if form == EMPTY else form
        found = None
        if isinstance(form, dict):
            kind = next(iter(form), "")
            found = self._drawn(kind, form, spot)
            found = self._referred(kind, form, spot) if found is None else found
        if found is None:
            raise SampleError(f"「{spot.column}」的写法不认识：{form}")
        return found

    def rows(self, table: str) -> list[Row]:
        if table not in self.tables:
            raise SampleError(f"还没有「{table}」表的行")
        return self.tables[table]

    def _drawn(self, kind: str, form: dict[str, Form], spot: Spot) -> str | None:
        dice = spot.dice
        match kind:
            case "取自":
                return dice.one_of(self._list(form[kind]))
            case "轮流":
                items = self._list(form[kind])
                return items[spot.index % len(items)]
            case "选":
                return dice.weighted([(v, int(number(weight))) for v, weight in mapping(form[kind]).items()])
            case "数":
                return draw_number(text(form[kind]), int(number(form.get("叠", "1"))), dice)
            case "日期":
                return draw_day(text(form[kind]), dice)
            case "证件号":
                regions, birthdays = self._list(form[kind]), self.make(form["生日"], spot)
                return unused(lambda: draw_id_number(regions, birthdays, dice), self._taken)
            case "账号":
                return unused(lambda: draw_card_number(text(form[kind]), dice), self._taken)
            case "序号":
                return numbered(text(form[kind]), spot.index)
        return None

    def _referred(self, kind: str, form: dict[str, Form], spot: Spot) -> str | None:
        match kind:
            case "值":
                return text(form[kind])
            case "接":
                parts = form[kind]
                return "".join(
                    self.make(part, spot) for part in (parts if isinstance(parts, list) else [parts])
                )
            case "同":
                return spot.row.value(text(form[kind]))
            case "按":
                case_of = spot.row.value(text(form[kind]))
                chosen = form.get(case_of, form.get(REST))
                if chosen is None:
                    raise SampleError(
                        f"「{spot.column}」按 {form[kind]}，没有「{case_of}」，也没有「{REST}」"
                    )
                return self.make(chosen, spot)
            case "另取":
                return self._another(text(form[kind]), mapping(form.get("当", {})), spot)
            case "合计":
                return self._total(form, spot.row)
        return None

    def _list(self, form: Form) -> list[str]:
        items = texts(form) if isinstance(form, list) else self.lists.get(text(form), [])
        if not items:
            raise SampleError(f"没有「{form}」这个清单，或清单是空的")
        return items

    def _another(self, place: str, wanted: Mapping[str, Form], spot: Spot) -> str:
        """A value of another table's column that is not the present one."""
        table, _, column = place.partition(".")
        values = {there.value(column) for there in self.rows(table) if fits(there, wanted)}
        values -= {spot.row.known(spot.column) or ""}
        if not values:
            raise SampleError(f"「{spot.column}」：「{table}」表没有另一个可取的「{column}」")
        return spot.dice.one_of(sorted(values))

    def _total(self, form: Mapping[str, Form], row: Row) -> str:
        """The sum over another table's rows with the same value, times a factor, up to a whole step."""
        key, step = text(form["同"]), number(form.get("步", "1"))
        sums = self._sums.setdefault(repr(form), {})
        if not sums:
            for there in self.rows(text(form["合计"])):
                if fits(there, mapping(form.get("当", {}))):
                    amount = sum((Decimal(there.value(name)) for name in texts(form["列"])), Decimal(0))
                    sums[there.value(key)] = sums.get(there.value(key), Decimal(0)) + amount
        total = sums.get(row.value(key), Decimal(0)) * number(form.get("倍", "1"))
        steps = (total / step).to_integral_value(ROUND_CEILING)
        return format(steps * step, "f")
