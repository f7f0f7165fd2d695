"""上期: tables that hold what the last approved run left over, so that a period begins where the one before it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.language.mistakes import Mistake, Place, RuleProblem, meant
from rules.language.program import NUMBER, TEXT, Node, Program, Read, Table, Type


def closing_key(program: Program, table: Table) -> tuple[str, ...]:
    """The columns that tell the closing rows of a table apart: of an ordered table the last row of each line counts,
    of a month table the last month of each row."""
    if table.order is not None:
        return table.order.within
    return program.tables[table.of].key if table.kind == "分月" else table.key


def carried(table: Table) -> tuple[str, ...]:
    """The columns whose closing values a table holds, beside its key."""
    return tuple(name for name in table.columns if name not in table.key)


def closing_reads(program: Program) -> list[list[tuple[str, Node]]]:
    """For every 上期 table the columns of rules that must be known when a run ends, so that the next can begin."""
    return [
        [
            (table.carries, Read((), table.carries, name, program.types[table.carries, name]))
            for name in carried(table)
            if (table.carries, name) in program.types
        ]
        for table in program.input_tables()
        if table.carries
    ]


def column_type(program: Program, table: str, name: str) -> Type | None:
    """The type of a column of a table; a month row has the columns of its post too."""
    shape = program.tables[table]
    above = program.types.get((shape.of, name)) if shape.kind == "分月" else None
    return program.types.get((table, name), above)


def find_wrong_openings(program: Program, places: Mapping[str, Place]) -> list[RuleProblem]:
    """Every mistake in the 上期 tables; `places` by table, the first line of nowhere for others."""
    found = []
    for table in program.input_tables():
        if table.carries:
            for mistake in _mistakes(program, table, places.get(table.name, Place(program.name, 1, 1))):
                found.append(mistake.problem)
    return found


def _mistakes(program: Program, table: Table, place: Place) -> Iterator[Mistake]:
    source = program.tables.get(table.carries)
    if source is None:
        yield Mistake(
            place,
            f"「{table.name}」的上期「{table.carries}」不是一张表",
            meant(table.carries, tuple(program.tables)),
        )
        return
    key = closing_key(program, source)
    if set(table.key) != set(key):
        told = "、".join(key) or "（没有：全体只有一行）"
        yield Mistake(
            place,
            f"「{table.name}」的主键应是「{told}」：{_rows(source)}",
            f"请写「主键: [{'、'.join(key)}]」，列名与「{source.name}」相同",
        )
        return
    for name, column in table.columns.items():
        type_ = column_type(program, source.name, name)
        if type_ is None:
            known = (*source.columns, *(made for made_in, made in program.types if made_in == source.name))
            yield Mistake(place, f"「{source.name}」没有列「{name}」，带不到下一期", meant(name, known))
        elif not _fits(type_, column.type):
            yield Mistake(
                place,
                f"「{table.name}.{name}」和「{source.name}.{name}」的类型、单位或小数位数不同",
                f"请把它声明成与「{source.name}.{name}」一样的类型",
            )


def _fits(made: Type, own: Type) -> bool:
    """Whether every value of the one can stand in a column of the other; its range is checked when it does."""
    same = (made.kind, made.unit, made.options, made.period_kind) == (
        own.kind,
        own.unit,
        own.options,
        own.period_kind,
    )
    if made.kind != NUMBER:
        return same and (made.text_form == own.text_form or own.text_form == TEXT)
    return same and made.step is not None and own.step is not None and (made.step / own.step).denominator == 1


def _rows(source: Table) -> str:
    if source.order is not None:
        return f"「{source.name}」有顺序，带到下一期的是每一列的最后一行"
    return (
        f"「{source.name}」每人每月一行，带到下一期的是最后一个月"
        if source.kind == "分月"
        else "要与来源表的主键相同"
    )
