"""Resolves what tables say of one another: keys, lookups, groups, columns to agree with; and refuses clashing names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from rules.language.declarations import Declarations, TableSource
from rules.language.lookups import declare_lookup
from rules.language.mistakes import Mistake, Place, meant
from rules.language.ordering import declare_order
from rules.language.program import DATE, NUMBER, PERIOD, TEXT, Column, GroupKey, Link, Read, Table, Type
from rules.language.scope import ColumnSeen, LinkSeen, Scopes, Seen

MONTH_COLUMN, FIRST_DAY, LAST_DAY = "月", "月首日", "月末日"
UNKNOWN = Type("")  # of a column that a rule makes, until the rule is compiled


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
                declare_lookup(tables, name, link)
    declared.stop_at_problems()
    for name, table in list(tables.items()):
        if table.kind == "分组":
            with declared.collecting(), scopes.seen_by(sources[name].lens):
                _group(scopes, table, sources[name])
    for name, source in sources.items():
        if source.order is not None:
            with declared.collecting():
                declare_order(tables, name, source.order)
    for name, source in sources.items():
        for column, (path, place) in source.matches.items():
            with declared.collecting(), scopes.seen_by(source.lens):
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
    for name in (FIRST_DAY, LAST_DAY):
        table.columns[name] = Column(name, Type(DATE))
    table.links[table.of] = Link(table.of, table.of, "上级")
    tables[table.name] = replace(table, key=(*base.key, MONTH_COLUMN))


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
    if seen.column in scopes.rule_columns.get(seen.table, {}):
        return GroupKey(name, Read(seen.path, seen.table, seen.column, UNKNOWN))
    type_ = scopes.column_type(seen.table, seen.column, place)
    return GroupKey(name, Read(seen.path, seen.table, seen.column, type_))


def settle_groups(declared: Declarations, scopes: Scopes, sources: dict[str, TableSource]) -> None:
    """Give the groups that are formed by rules' columns the types of these, when all are known."""
    for name, table in list(scopes.tables.items()):
        with declared.collecting():
            keys = [_settled_key(scopes, name, key, sources[name].place) for key in table.by]
            scopes.tables[name] = replace(table, by=tuple(keys))
            for key in keys:
                if key.node is not None:
                    table.columns[key.name] = replace(table.columns[key.name], type=key.node.type)


def _settled_key(scopes: Scopes, table: str, key: GroupKey, place: Place) -> GroupKey:
    if key.node is None or key.node.type is not UNKNOWN:
        return key
    type_ = scopes.column_type(table, key.name, place)
    if type_.kind == PERIOD:
        raise Mistake(place, f"不能按算出的期间「{key.name}」分组", "请按选项、是否、数、日期或文字的列分组")
    return replace(key, node=replace(key.node, type=type_))


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
