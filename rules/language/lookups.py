"""Lookups (查找): which row of another table a row leads to, by which of its columns.

A lookup's target is known from the start, its keys only when all rules are: a key may be a rule's column.
"""

from __future__ import annotations

from dataclasses import replace

from rules.language.declarations import Declarations, LinkSource, TableSource
from rules.language.mistakes import Mistake, meant
from rules.language.program import (
    CHOICE,
    DATE,
    NUMBER,
    PERIOD,
    TEXT,
    CurrentPeriod,
    Key,
    Link,
    Read,
    RunDay,
    Table,
    Type,
)
from rules.language.scope import MONTH_DAYS, ColumnSeen, Scopes

CURRENT = "本期"
RUN_DAYS: tuple[RunDay, ...] = ("期初", "期末")


def declare_lookup(tables: dict[str, Table], name: str, source: LinkSource) -> None:
    """Where a lookup of the table `name` leads, so that names can be read through it. Raises Mistake."""
    if source.table not in tables or tables[source.table].kind != "输入":
        known = tuple(each for each, table in tables.items() if table.kind == "输入")
        raise Mistake(
            source.place,
            f"查找「{source.name}」的表「{source.table}」不是工作簿里的表",
            meant(source.table, known),
        )
    tables[name].links[source.name] = Link(source.name, source.table, "查找")


def settle_lookups(declared: Declarations, scopes: Scopes, sources: dict[str, TableSource]) -> None:
    """Give every lookup its keys, when the types of all columns are known."""
    for name, source in sources.items():
        for link in source.links:
            with declared.collecting(), scopes.seen_by(source.lens):
                _settle(scopes, name, link)


def _settle(scopes: Scopes, name: str, source: LinkSource) -> None:
    target = scopes.tables[source.table]
    columns = _wanted(target, source)
    keys = [
        _key(scopes, name, source, given, target, wanted)
        for given, wanted in zip(source.columns, columns, strict=True)
    ]
    at = _day(scopes, name, source) if source.at else None
    link = replace(
        scopes.tables[name].links[source.name],
        keys=tuple(keys),
        columns=columns if source.at or source.against else (),
        at=at,
    )
    _refuse_misplaced(scopes.tables[name], source, link)
    scopes.tables[name].links[source.name] = link


def _wanted(target: Table, source: LinkSource) -> tuple[str, ...]:
    """The target's columns that the given ones must equal."""
    told = "、".join(target.key)
    if source.at and source.against:
        raise Mistake(
            source.place, f"查找「{source.name}」不能又有「对」又有「在」", "「在」总是按目标表的主键找"
        )
    if source.against:
        return _against(target, source)
    columns = target.key
    if source.at:
        if target.columns[target.key[-1]].type.kind != DATE:
            raise Mistake(
                source.place,
                f"「{target.name}」的主键（{told}）最后一列不是日期，不能用「在」",
                "「在」找当天有效的一行：主键最后一列要写从哪天起有效",
            )
        columns = target.key[:-1]
        told = "、".join(columns)
    if len(source.columns) != len(columns):
        what = "除日期外的主键" if source.at else "全部主键"
        remedy = f"写法：{target.name} 按 {told}" + (f" 在 {source.at}" if source.at else "")
        dated = len(source.columns) == len(columns) - 1 and target.columns[columns[-1]].type.kind == DATE
        if dated and not source.at:
            remedy += f"；要找当天有效的一行，请写「{target.name} 按 {'、'.join(columns[:-1])} 在 期初」"
        elif target.unique and not source.at:
            remedy += f"；按唯一的列请写「按 … 对 {'、'.join(target.unique[0])}」"
        raise Mistake(source.place, f"查找「{source.name}」要按「{target.name}」的{what}（{told}）", remedy)
    if source.columns != columns and set(source.columns) == set(columns):
        raise Mistake(
            source.place,
            f"查找「{source.name}」的列与「{target.name}」的主键次序不同",
            f"列是依次对的，请照主键的次序写：{target.name} 按 {told}",
        )
    return columns


def _against(target: Table, source: LinkSource) -> tuple[str, ...]:
    for column in source.against:
        if column not in target.columns:
            raise Mistake(
                source.place,
                f"表「{target.name}」没有列「{column}」",
                meant(column, tuple(target.columns)) + "「对」后面写目标表的列",
            )
    known = [set(target.key), *map(set, target.unique)]
    if set(source.against) not in known:
        told = "、".join(source.against)
        raise Mistake(
            source.place,
            f"「{target.name}」里可能有几行的{told}相同，不知找哪一行",
            f"如果不会相同，请在表「{target.name}」里写「唯一: [{', '.join(source.against)}]」",
        )
    if len(source.columns) != len(source.against):
        raise Mistake(
            source.place, "「按」和「对」后面的列数不同", "一列对一列，如 人员 按 工号、校 对 工号、学校代码"
        )
    return source.against


def _key(scopes: Scopes, name: str, source: LinkSource, given: str, target: Table, wanted: str) -> Key:
    """The column of the using row that must equal a column of the target; or 本期."""
    type_ = target.columns[wanted].type
    if given == CURRENT and type_.kind == PERIOD:
        return CurrentPeriod(type_)
    read = _read(scopes, name, source, given)
    if not _comparable(read.type, type_):
        cure = "两列要用同一类型"
        if type_.kind == PERIOD:
            cure = f"「{wanted}」是期间列：请写「{CURRENT}」，取包含本次期间的一行（每月计算时就是那个月）"
        raise Mistake(source.place, f"「{name}.{given}」与「{target.name}.{wanted}」类型不同", cure)
    return read


def _comparable(left: Type, right: Type) -> bool:
    if left.kind == NUMBER == right.kind:
        return left.unit == right.unit and left.step is not None
    if {left.kind, right.kind} <= {TEXT, CHOICE}:
        return True
    return (left.kind, left.period_kind) == (right.kind, right.period_kind)


def _read(scopes: Scopes, name: str, source: LinkSource, column: str) -> Read:
    seen = scopes.find(name, column)
    if not isinstance(seen, ColumnSeen):
        if "." in column:
            raise Mistake(
                source.place,
                f"查找只能用本行的列，不能用「{column}」",
                f"请先写一条规则把它取到本行（列: {name}.某列，公式: {column}），再用「某列」",
            )
        known = (*scopes.names(name), *RUN_DAYS) if column == source.at else scopes.names(name)
        raise Mistake(source.place, f"表「{name}」没有列「{column}」", meant(column, known))
    type_ = scopes.column_type(seen.table, seen.column, source.place)
    return Read(seen.path, seen.table, seen.column, type_)


def _day(scopes: Scopes, name: str, source: LinkSource) -> Read | RunDay:
    months = scopes.tables[name].kind == "分月"
    for day in (*RUN_DAYS, *MONTH_DAYS):
        if source.at == day and (months or day in RUN_DAYS):
            return day
    if source.at in MONTH_DAYS:
        raise Mistake(
            source.place,
            f"「{source.at}」只有分月表的行才有，「{name}」不是分月表",
            "请把这个查找写到分月的表里，或用 期初、期末、日期列",
        )
    read = _read(scopes, name, source, source.at)
    if read.type.kind != DATE:
        raise Mistake(
            source.place, f"「在」后面的「{source.at}」不是日期列", "写日期列，或 期初、期末、月首日、月末日"
        )
    return read


def _refuse_misplaced(table: Table, source: LinkSource, link: Link) -> None:
    """A month table's lookup that nothing of the month decides belongs to the rows above, where it is checked."""
    if table.kind == "分月" and link.at not in MONTH_DAYS and all(read.path for read in link.reads):
        raise Mistake(
            source.place,
            f"查找「{source.name}」各月都一样",
            f"请写到表「{table.of}」里，分月表会继承；按月变化的才写在这里，如「在 月首日」",
        )
