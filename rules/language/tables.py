"""Resolves what tables say of one another: keys, lookups, groups, columns to agree with; and refuses clashing names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from rules.language.declarations import Declarations, LinkSource, TableSource
from rules.language.mistakes import Mistake, Place, meant
from rules.language.program import DATE, NUMBER, PERIOD, TEXT, Column, GroupKey, Link, Read, Table, Type
from rules.language.program import CurrentPeriod as Current
from rules.language.scope import ColumnSeen, LinkSeen, Scopes, Seen

MONTH_COLUMN = "月"
CURRENT = "本期"


def resolve_tables(
    declared: Declarations,
    sources: dict[str, TableSource],
    made: dict[str, dict[str, Place]],
    rates: tuple[str, ...],
) -> Scopes:
    """Complete `declared.tables` in place and return their scopes (with only the input columns' types)."""
    tables = declared.tables
    for name, table in list(tables.items()):
        if table.kind != "输入":
            with declared.collecting():
                _require_base(tables, table, sources[name].place)
    declared.stop_at_problems()
    scopes = Scopes(tables, made, rates, _input_types(tables))
    for name, table in list(tables.items()):
        if table.kind == "分月":
            with declared.collecting():
                _months(tables, table, sources[name].place)
    for name, source in sources.items():
        for link in source.links:
            with declared.collecting():
                _lookup(tables, name, link)
    declared.stop_at_problems()
    for name, table in list(tables.items()):
        if table.kind == "分组":
            with declared.collecting():
                _group(scopes, table, sources[name])
    for name, source in sources.items():
        for column, (path, place) in source.matches.items():
            with declared.collecting():
                _match(scopes, name, column, path, place)
    for name in tables:
        with declared.collecting():
            _refuse_clashes(scopes, name, sources[name])
    return scopes


def _input_types(tables: dict[str, Table]) -> Callable[[str, str, Place], Type]:
    def column_type(table: str, column: str, place: Place) -> Type:
        if column not in tables[table].columns:
            raise Mistake(
                place, f"「{table}.{column}」是规则算出的列，这里只能用工作簿里的列", "请改用输入列"
            )
        return tables[table].columns[column].type

    return column_type


def _require_base(tables: dict[str, Table], table: Table, place: Place) -> None:
    if table.of not in tables:
        raise Mistake(place, f"没有表「{table.of}」", meant(table.of, tuple(tables)))
    base = tables[table.of].kind
    if base == "分组" or (table.kind == "分月" and base != "输入"):
        raise Mistake(
            place,
            f"「{table.of}」不是工作簿里的表",
            "分月、分组请从工作簿里的表做起（分组也可以从分月表做起）",
        )


def _months(tables: dict[str, Table], table: Table, place: Place) -> None:
    base = tables[table.of]
    for column in table.span:
        if column not in base.columns or base.columns[column].type.kind != DATE:
            raise Mistake(
                place, f"表「{base.name}」没有日期列「{column}」", "请用「自: 列, 至: 列」写明起止的列"
            )
    table.columns[MONTH_COLUMN] = Column(MONTH_COLUMN, Type(NUMBER, step=Fraction(1)))
    table.links[table.of] = Link(table.of, table.of, "上级")
    tables[table.name] = replace(table, key=(*base.key, MONTH_COLUMN))


def _lookup(tables: dict[str, Table], name: str, source: LinkSource) -> None:
    if source.table not in tables or tables[source.table].kind != "输入":
        raise Mistake(
            source.place,
            f"查找「{source.name}」的表「{source.table}」不是工作簿里的表",
            meant(source.table, tuple(tables)),
        )
    own, target = tables[name], tables[source.table]
    if len(source.columns) != len(target.key):
        told = "、".join(target.key)
        raise Mistake(
            source.place,
            f"查找「{source.name}」要按「{target.name}」的全部主键（{told}）",
            f"写法：{target.name} 按 {told}",
        )
    keys = []
    for column, wanted in zip(source.columns, target.key, strict=True):
        type_ = target.columns[wanted].type
        if column == CURRENT and type_.kind == PERIOD:
            keys.append(Current(type_))
            continue
        if column not in own.columns:
            raise Mistake(source.place, f"表「{name}」没有列「{column}」", meant(column, tuple(own.columns)))
        found = own.columns[column].type
        if (found.kind, found.period_kind, found.unit) != (type_.kind, type_.period_kind, type_.unit):
            raise Mistake(
                source.place, f"「{name}.{column}」与「{target.name}.{wanted}」类型不同", "两列要用同一类型"
            )
        keys.append(Read((), name, column, own.columns[column].type))  # type: ignore[arg-type]
    own.links[source.name] = Link(source.name, target.name, "查找", tuple(keys))


def _group(scopes: Scopes, table: Table, source: TableSource) -> None:
    keys: list[GroupKey] = []
    for scalar in source.by:
        seen = scopes.walk(table.of, tuple(scalar.text.split(".")), scalar.place)
        key = _group_key(scopes, scalar.text.split(".")[-1], seen, scalar.place)
        if any(key.name == other.name for other in keys):
            raise Mistake(scalar.place, f"分组的「按」里有两个「{key.name}」", "请给其中一列换名")
        keys.append(key)
    for key in keys:
        if key.node is not None:
            table.columns[key.name] = Column(key.name, key.node.type)
        else:
            table.links[key.name] = Link(key.name, key.target, "查找")
    scopes.tables[table.name] = replace(table, by=tuple(keys), key=tuple(key.name for key in keys))
    scopes.tables[table.of].links[table.name] = Link(table.name, table.name, "组")


def _group_key(scopes: Scopes, name: str, seen: Seen, place: Place) -> GroupKey:
    if isinstance(seen, LinkSeen):
        return GroupKey(name, None, seen.path, seen.target)
    if not isinstance(seen, ColumnSeen):
        raise Mistake(place, f"分组不能按标准「{name}」", "请按列或查找分组")
    return GroupKey(
        name, Read(seen.path, seen.table, seen.column, scopes.column_type(seen.table, seen.column, place))
    )


def _match(scopes: Scopes, table: str, column: str, path: str, place: Place) -> None:
    seen = scopes.walk(table, tuple(path.split(".")), place)
    if not isinstance(seen, ColumnSeen) or not seen.path:
        raise Mistake(place, f"核对「{path}」要写成「查找.列」", "写法：文字 核对 人.姓名")
    own = scopes.tables[table].columns[column]
    if own.type.kind != TEXT:
        raise Mistake(place, f"只有文字列能核对，「{column}」不是", "请去掉「核对」")
    read = Read(seen.path, seen.table, seen.column, scopes.column_type(seen.table, seen.column, place))
    scopes.tables[table].columns[column] = replace(own, matches=read)


def _refuse_clashes(scopes: Scopes, name: str, source: TableSource) -> None:
    """One name, one meaning, in every table's scope."""
    table = scopes.tables[name]
    made = scopes.rule_columns.get(name, {})
    groups = [("列", tuple(table.columns)), ("规则得出的列", tuple(made)), ("查找或上级", tuple(table.links))]
    own = dict.fromkeys((*table.columns, *made, *table.links))
    if table.kind == "分月":
        base = scopes.tables[table.of]
        inherited = dict.fromkeys((*base.columns, *scopes.rule_columns.get(table.of, ()), *base.links))
        groups.append((f"表「{table.of}」继承的名称", tuple(each for each in inherited if each != table.of)))
    groups.append(("标准", tuple(rate for rate in scopes.rates if rate in own)))
    places = {link.name: link.name_place for link in source.links} | made
    seen: dict[str, str] = {name: "表名"}
    for what, names in groups:
        for found in names:
            if found in seen:
                raise Mistake(
                    places.get(found, source.place),
                    f"表「{name}」里「{found}」既是{seen[found]}又是{what}",
                    "请给其中一个换名",
                )
            seen[found] = what
