"""Reads the declaring part of a rule set: documents, interpretations, calendar, funds, tables and rates' raw forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from rules.language.column_types import check_default, read_type
from rules.language.formula import RESERVED, is_name
from rules.language.keys import COLUMN, INTERPRETED, ORDER, TABLES, UNENCODED
from rules.language.lens import Lens
from rules.language.mistakes import Consequence, Mistake, Place, RuleProblem, RuleSetError, meant
from rules.language.period import Calendar
from rules.language.program import DATE, Basis, Column, Interpretation, Table
from rules.language.source import (
    Entries,
    Items,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    names_of,
    scalar_of,
    text_of,
    word_of,
    yes_of,
)
from rules.language.units import MONTH as MONTH_UNIT
from rules.language.units import NO_UNIT, parse_unit

INTERPRETATION = "解释"
NO_CHAINS = "方案只有一层：只有规则集能开放，方案不能再被延伸；请删去「开放」，要分给各校的写进本方案，或请县里在规则集里开放"
PAYEE_KINDS = ("个人", "学校", "学生")


@dataclass
class _Collecting:
    """A context that files a Mistake away and goes on after the block."""

    problems: list[RuleProblem]

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Mistake) and not isinstance(error, Consequence):
            self.problems.append(error.problem)
        return isinstance(error, Mistake)


@dataclass
class Declarations:
    """What one document has declared so far, and what went wrong; the checker adds to it pass by pass.

    A scheme has a `lens` of its own; problems, tables, funds, calendar and the list of examples it shares with its `parent`.
    """

    file: str
    problems: list[RuleProblem] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    interpretations: dict[str, Interpretation] = field(default_factory=dict)
    unencoded: list[tuple[str, str]] = field(default_factory=list)
    calendar: Calendar = field(default_factory=Calendar)
    funds: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    lens: Lens = field(default_factory=Lens)
    parent: Declarations | None = None

    def collecting(self) -> _Collecting:
        """One mistake ends the entry being read, not the whole check."""
        return _Collecting(self.problems)

    def stop_at_problems(self) -> None:
        """What comes next builds on what has been read: with mistakes in it, it would only add follow-ups."""
        if self.problems:
            raise RuleSetError(self.problems)

    def basis(self, fields: dict[str, SourceNode]) -> tuple[Basis, ...]:
        """The clauses of an entry; at least one."""
        found = fields["依据"]
        scalars = (
            [scalar_of(item, "依据") for item in found.items]
            if isinstance(found, Items)
            else [scalar_of(found, "依据")]
        )
        return tuple(self.clause(scalar) for scalar in scalars)

    def clause(self, scalar: Scalar) -> Basis:
        document, _, clause = scalar.text.partition(" ")
        clause = clause.strip()
        if self.parent is not None and self._is_parents(document, clause):
            return self.parent.clause(scalar)
        if document == INTERPRETATION:
            if clause in self.interpretations:
                clause = self.lens.own(clause)
            else:
                fail(
                    scalar,
                    f"没有编号为「{clause}」的解释",
                    meant(clause, tuple(self.interpretations)),
                )
        elif document not in self.documents:
            fail(
                scalar,
                f"依据「{document}」没有在文件开头声明",
                meant(document, (*self.documents, INTERPRETATION)),
            )
        elif not clause:
            fail(scalar, f"依据只写了文件「{document}」，没有写条款", f"请写到条，如「{document} 三」")
        elif another := self._cited_within(clause):
            told = f"[{document} {clause[: another.start()]}, {clause[another.start(1) :]}]"
            fail(scalar, f"一段文字里引了两处：「{another[1]}」也是一份文件", f"几处依据分开写：{told}")
        return Basis(document if document == INTERPRETATION else self.lens.own(document), clause)

    def _cited_within(self, clause: str) -> re.Match[str] | None:
        """Where a clause goes on with the short name of a document, as if it were a list."""
        named = {*self.documents, *(self.parent.documents if self.parent else ()), INTERPRETATION}
        return re.search(f"[、，,；;]({'|'.join(map(re.escape, sorted(named)))}) ", clause)

    def _is_parents(self, document: str, clause: str) -> bool:
        """The clause is cited from the rule set that this scheme extends."""
        assert self.parent is not None, "only a scheme asks"
        if document == INTERPRETATION:
            return clause not in self.interpretations and clause in self.parent.interpretations
        return document not in self.documents and document in self.parent.documents

    def example(self, fields: dict[str, SourceNode], what: str) -> bool:
        if "示例" in fields and yes_of(fields["示例"], "示例"):
            self.examples.append(what)
            return True
        return False


def check_name(name: str, place: Place, what: str) -> None:
    """Formulas must be able to say a name."""
    if not is_name(name):
        cure = (
            "是运算词，请换一个名称" if name in RESERVED else "名称只用汉字、字母、数字和「·」，不以数字开头"
        )
        fail(place, f"{what}不能叫「{name}」", cure)


def read_day(scalar: Scalar, what: str) -> int:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", scalar.text):
            return date.fromisoformat(scalar.text).toordinal()
    except ValueError:
        pass
    fail(scalar, f"{what}「{scalar.text}」不是日期", "写法：2020-09-01")


def read_heads(declared: Declarations, found: dict[str, SourceNode]) -> None:
    """依据, 解释, 未编入, 学期, 资金."""
    with declared.collecting():
        for name, node in entries_of(found["依据"], "依据").entries.items():
            if name == INTERPRETATION or " " in name:
                fail(node, f"文件简称不能是「{name}」", "请换一个不含空格的简称")
            declared.documents[name] = text_of(node, "文件全称")
    for node in items_of(found["解释"], "解释") if "解释" in found else ():
        with declared.collecting():
            entry = fields_of(node, "解释", *INTERPRETED)
            texts = {key: text_of(value, key) for key, value in entry.items()}
            if texts["编号"] in declared.interpretations:
                fail(node, f"解释编号「{texts['编号']}」重复", "请换一个编号")
            declared.interpretations[texts["编号"]] = Interpretation(
                texts["编号"], texts["问"], texts["答"], texts["决定"], texts.get("自", "")
            )
            declared.example(entry, f"解释 {texts['编号']}")
    for node in items_of(found["未编入"], "未编入") if "未编入" in found else ():
        with declared.collecting():
            entry = fields_of(node, "未编入", *UNENCODED)
            declared.unencoded.append((text_of(entry["条款"], "条款"), text_of(entry["原因"], "原因")))
    if "学期" in found:
        with declared.collecting():
            declared.calendar = _calendar(entries_of(found["学期"], "学期"))
    with declared.collecting():
        for name, node in entries_of(found["资金"], "资金").entries.items() if "资金" in found else ():
            declared.funds[name] = text_of(node, "资金来源")


def _calendar(node: Entries) -> Calendar:
    semesters = []
    for name, value in node.entries.items():
        scalar = scalar_of(value, "学期")
        match = re.fullmatch(r"([0-9]{1,2})月起\s*([0-9]{1,2})个月", scalar.text)
        if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= 12:
            fail(scalar, f"看不懂学期「{scalar.text}」", "写法：9月起6个月")
        semesters.append((name, int(match[1]), int(match[2])))
    months = [(first - 1 + index) % 12 for _, first, count in semesters for index in range(count)]
    if not months or months != [(months[0] + index) % 12 for index in range(12)]:
        fail(node, "各学期没有正好铺满一个学年的十二个月", "如 第一学期: 9月起6个月, 第二学期: 3月起6个月")
    return Calendar(tuple(semesters))


# Tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkSource:
    """A lookup as written: `人员 按 证件号码`, `人员 按 工号 对 工号`, `职称史 按 证件号码 在 月首日`."""

    name: str
    table: str
    columns: tuple[str, ...]
    place: Place
    name_place: Place
    against: tuple[str, ...] = ()  # 对: columns of the target; () for its key
    at: str = ""  # 在: the day


@dataclass(frozen=True)
class OrderSource:
    """顺序 as written: {在: […], 按: […]}."""

    within: tuple[Scalar, ...]
    by: tuple[Scalar, ...]
    place: Place


@dataclass(frozen=True)
class TableSource:
    """What of a table can be resolved only when all tables are known."""

    place: Place
    links: tuple[LinkSource, ...] = ()
    by: tuple[Scalar, ...] = ()
    matches: dict[str, tuple[str, Place]] = field(default_factory=dict)
    order: OrderSource | None = None
    lens: Lens = field(default_factory=Lens)  # of the document that declares the table


def read_tables(declared: Declarations, node: SourceNode) -> dict[str, TableSource]:
    """Every table's own part, into `declared.tables`; what refers to other tables is returned."""
    sources: dict[str, TableSource] = {}
    found = entries_of(node, "表")
    declared.lens.tables |= set(found.entries)
    for written, body in found.entries.items():
        with declared.collecting():
            if written in declared.tables:
                fail(found.keys[written], f"规则集里已有表「{written}」", "请给方案自己的表换一个名字")
            check_name(written, found.keys[written], "表")
            name = declared.lens.own(written)
            keys = entries_of(body, f"表「{written}」").entries
            if "分月" in keys:
                declared.tables[name], sources[name] = _month_table(declared, name, body)
            elif "分组" in keys:
                declared.tables[name], sources[name] = _group_table(declared, name, body)
            else:
                declared.tables[name], sources[name] = _input_table(declared, name, body)
            links = (replace(link, table=declared.lens.table(link.table)) for link in sources[name].links)
            sources[name] = replace(sources[name], links=tuple(links), lens=declared.lens)
    return sources


def _input_table(declared: Declarations, name: str, body: SourceNode) -> tuple[Table, TableSource]:
    what = f"表「{name}」"
    fields = fields_of(body, what, *TABLES["列"])
    columns: dict[str, Column] = {}
    matches: dict[str, tuple[str, Place]] = {}
    listed = entries_of(fields["列"], f"{what}的列")
    for column, spec in listed.entries.items():
        with declared.collecting():
            check_name(column, listed.keys[column], "列")
            columns[column], match = _column(declared, name, column, spec)
            if match:
                matches[column] = (match, spec.place)
    if len(columns) < len(listed.entries):
        raise Consequence(listed.place, f"{what}的列有错误")
    _check_headings(what, columns, listed)
    key = _known(names_of(fields["主键"], "主键"), columns, f"{what}的主键")
    for column in key:
        if columns[column].optional:
            fail(listed.keys[column], f"主键「{column}」不能可空", "请去掉「可空」，或从主键里去掉这一列")
    periods = [column for column in columns.values() if column.type.kind == "期间"]
    if len(periods) > 1:
        fail(body, f"{what}有两个期间列", "一张表只能有一个期间列")
    label = _known(names_of(fields["称呼"], "称呼"), columns, f"{what}的称呼")[0] if "称呼" in fields else ""
    unit = parse_unit(text_of(fields["计为"], "计为")) if "计为" in fields else NO_UNIT
    if unit is None:
        fail(fields["计为"], "计为后面不是计量单位", "如 人、个、次、班")
    table = Table(
        name=name,
        kind="输入",
        key=tuple(key),
        columns=columns,
        links={},
        period_column=periods[0].name if periods else "",
        no_overlap=tuple(_known(names_of(fields["不重叠"], "不重叠"), columns, f"{what}的不重叠"))
        if "不重叠" in fields
        else (),
        unique=_unique(fields["唯一"], columns, what) if "唯一" in fields else (),
        carries=declared.lens.table(text_of(fields["上期"], "上期")) if "上期" in fields else "",
        until=_until(fields["有效至"], columns, key, what) if "有效至" in fields else "",
        payee_kind=word_of(fields["收款人"], "收款人", PAYEE_KINDS) if "收款人" in fields else "",
        label_column=label,
        count_unit=unit,
        note=text_of(fields["说明"], "说明") if "说明" in fields else "",
        basis=declared.basis(fields) if "依据" in fields else (),
    )
    declared.example(fields, what)
    links = _links(fields["查找"]) if "查找" in fields else ()
    return table, TableSource(body.place, links, (), matches, _order(fields))


def _known(names: list[Scalar], columns: dict[str, Column], what: str) -> list[str]:
    for name in names:
        if name.text not in columns:
            fail(name, f"{what}里的「{name.text}」不是本表的列", meant(name.text, tuple(columns)))
    return [name.text for name in names]


def _column(declared: Declarations, table: str, name: str, spec: SourceNode) -> tuple[Column, str]:
    what = f"列「{table}.{name}」"
    if isinstance(spec, Scalar):
        fields: dict[str, SourceNode] = {"类型": spec}
    else:
        fields = fields_of(spec, what, *COLUMN)
    written = scalar_of(fields["类型"], f"{what}的类型")
    read = read_type(written)
    if read.open and declared.parent is not None:
        fail(written, f"方案的{what}写了「开放」", NO_CHAINS)
    basis = declared.basis(fields) if "依据" in fields else ()
    if "缺省" in fields and not basis:
        fail(spec, f"{what}有缺省值，却没有依据", "缺省值会替人填数，请写明依据")
    if "空写法" in fields and not read.optional and "缺省" not in fields:
        fail(fields["空写法"], f"{what}必填，不能有空写法", "请在类型后加「可空」，或去掉空写法")
    declared.example(fields, what)
    default = scalar_of(fields["缺省"], "缺省") if "缺省" in fields else None
    if default is not None:
        check_default(default, read.type)
    column = Column(
        name=name,
        type=read.type,
        optional=read.optional,
        open=read.open,
        default=default.text if default is not None else None,
        note=text_of(fields["说明"], "说明") if "说明" in fields else "",
        basis=basis,
        declared=written.text,
        synonyms=_texts(fields["别名"], "别名") if "别名" in fields else (),
        empty_marks=_texts(fields["空写法"], "空写法") if "空写法" in fields else None,
    )
    return column, read.matches


def _texts(node: SourceNode, what: str) -> tuple[str, ...]:
    """A list of texts, or one; each once."""
    items = items_of(node, what) if isinstance(node, Items) else (node,)
    texts = [text_of(item, what) for item in items]
    if len(set(texts)) < len(texts):
        fail(node, f"{what}里有重复", "每个只写一次")
    return tuple(texts)


def _check_headings(what: str, columns: dict[str, Column], listed: Entries) -> None:
    """No two columns of a table may stand under one heading; spaces do not count."""
    owners = {"".join(name.split()): name for name in columns}
    for name, column in columns.items():
        for synonym in column.synonyms:
            owner = owners.setdefault("".join(synonym.split()), name)
            if owner != name or synonym == name:
                fail(
                    listed.keys[name],
                    f"{what}的列「{name}」的别名「{synonym}」已经是列「{owner}」的列名或别名",
                    "一个列名只能指一列：请去掉这个别名",
                )


def _order(fields: dict[str, SourceNode]) -> OrderSource | None:
    if "顺序" not in fields:
        return None
    node = fields["顺序"]
    parts = fields_of(node, "顺序", *ORDER)
    nobody = isinstance(parts["在"], Items) and not parts["在"].items
    within = () if nobody else tuple(names_of(parts["在"], "在"))
    return OrderSource(within, tuple(names_of(parts["按"], "按")), node.place)


def _links(node: SourceNode) -> tuple[LinkSource, ...]:
    links = []
    found = entries_of(node, "查找")
    for name, value in found.entries.items():
        check_name(name, found.keys[name], "查找")
        scalar = scalar_of(value, "查找")
        match = re.fullmatch(r"(\S+)\s+按\s+(.+?)(?:\s+对\s+(.+?))?(?:\s+在\s+(\S+))?", scalar.text)
        if not match:
            fail(
                scalar,
                f"看不懂查找「{scalar.text}」",
                "写法：人员 按 证件号码；多列用顿号：学期考核 按 证件号码、学校代码、本期；"
                "按别的列：人员 按 工号 对 工号；当天有效的一行：职称史 按 证件号码 在 月首日",
            )
        links.append(
            LinkSource(
                name,
                match[1],
                _listed(match[2]),
                scalar.place,
                found.keys[name],
                _listed(match[3] or ""),
                match[4] or "",
            )
        )
    return tuple(links)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[、，,]", text) if part.strip())


def _unique(node: SourceNode, columns: dict[str, Column], what: str) -> tuple[tuple[str, ...], ...]:
    """唯一: [工号], or several: [[工号], [年级, 班级]]."""
    sets = (
        node.items if isinstance(node, Items) and node.items and isinstance(node.items[0], Items) else (node,)
    )
    return tuple(tuple(_known(names_of(one, "唯一"), columns, f"{what}的唯一")) for one in sets)


def _until(node: SourceNode, columns: dict[str, Column], key: list[str], what: str) -> str:
    (name,) = _known([scalar_of(node, "有效至")], columns, f"{what}的有效至")
    if columns[name].type.kind != DATE:
        fail(node, f"{what}的有效至「{name}」不是日期列", "如 有效至: 止（止 是日期列）")
    if columns[key[-1]].type.kind != DATE:
        fail(
            node,
            f"{what}有「有效至」，主键最后一列却不是日期",
            "主键最后一列写从哪天起有效，如 [证件号码, 起]",
        )
    return name


def _month_table(declared: Declarations, name: str, body: SourceNode) -> tuple[Table, TableSource]:
    what = f"表「{name}」"
    fields = fields_of(body, what, *TABLES["分月"])
    arrive = word_of(fields["到任"], "到任", ("次月起", "当月起"))
    leave = word_of(fields["离任"], "离任", ("当月止", "上月止"))
    span = tuple(
        text_of(fields[key], key) if key in fields else default
        for key, default in (("自", "起"), ("至", "止"))
    )
    of = scalar_of(fields["分月"], "分月")
    table = Table(
        name=name,
        kind="分月",
        key=(),
        columns={},
        links={},
        of=declared.lens.table(of.text),
        span=(span[0], span[1]),
        arrive=arrive,  # type: ignore[arg-type]
        leave=leave,  # type: ignore[arg-type]
        count_unit=MONTH_UNIT,
        note=text_of(fields["说明"], "说明") if "说明" in fields else "",
        basis=declared.basis(fields),
    )
    return table, TableSource(of.place, _links(fields["查找"]) if "查找" in fields else ())


def _group_table(declared: Declarations, name: str, body: SourceNode) -> tuple[Table, TableSource]:
    fields = fields_of(body, f"表「{name}」", *TABLES["分组"])
    of = scalar_of(fields["分组"], "分组")
    table = Table(
        name=name,
        kind="分组",
        key=(),
        columns={},
        links={},
        of=declared.lens.table(of.text),
        note=text_of(fields["说明"], "说明") if "说明" in fields else "",
        basis=declared.basis(fields) if "依据" in fields else (),
    )
    everybody = isinstance(fields["按"], Items) and not fields["按"].items
    return table, TableSource(
        of.place, (), () if everybody else tuple(names_of(fields["按"], "按")), order=_order(fields)
    )
