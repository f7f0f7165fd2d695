"""顺序: which rows of a table stand in a line, so that a row can read the one before it."""

from __future__ import annotations

from dataclasses import replace

from rules.language.declarations import OrderSource
from rules.language.mistakes import Mistake, meant
from rules.language.program import BOOL, Link, Order, Table

PREVIOUS = "上一行"


def declare_order(tables: dict[str, Table], name: str, source: OrderSource) -> None:
    """Give the table its order and the link 上一行. Raises Mistake."""
    table = tables[name]
    names = (*table.columns, *(key.name for key in table.by if key.path))
    for scalar in (*source.within, *source.by):
        if scalar.text not in names:
            raise Mistake(
                scalar.place,
                f"顺序里的「{scalar.text}」不是「{name}」{'分组的列' if table.by else '自己的列'}",
                meant(scalar.text, names),
            )
        if table.kind == "输入" and table.columns[scalar.text].optional:
            raise Mistake(
                scalar.place,
                f"顺序里的「{scalar.text}」可空，空着就不知道排在哪里",
                "请去掉它的「可空」，或按别的列排",
            )
    for scalar in source.by:
        if scalar.text not in table.columns or table.columns[scalar.text].type.kind == BOOL:
            raise Mistake(
                scalar.place, f"不能按「{scalar.text}」排先后", "请按日期、期间、数、选项或文字的列排"
            )
    order = Order(tuple(scalar.text for scalar in source.within), tuple(scalar.text for scalar in source.by))
    open_keys = [key for key in table.key if key not in (*order.within, *order.by)]
    if table.kind == "分组" and open_keys:
        raise Mistake(
            source.place,
            f"「{name}」里可能有几组排在同一处：顺序没有用到「{'、'.join(open_keys)}」",
            "分组的每一项都要写进「在」或「按」",
        )
    tables[name] = replace(table, order=order)
    tables[name].links[PREVIOUS] = Link(PREVIOUS, name, "上一行")
