"""Read the description of a bank's file: every key known, every word one of those there are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from payroll_service.export.bank.fields import faults
from payroll_service.export.bank.layout import (
    ACCOUNT,
    AMOUNT,
    BOOK,
    BY_SERIAL,
    EMPTY,
    ENCODINGS,
    FIGURES,
    FIXED,
    FORMS,
    LINE_ENDS,
    MATCHES,
    OUTCOME,
    OUTCOMES,
    RESULT_CONTENTS,
    ROW_CONTENTS,
    SEPARATED,
    SEPARATORS,
    SERIAL,
    SUM_CONTENTS,
    TOTAL,
    UNITS,
    BankFormat,
    Field,
    Layout,
    ResultFormat,
)
from payroll_service.export.described import count_of, read_description
from rules.language.source import (
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    text_of,
    word_of,
    yes_of,
)

ALWAYS = ("名称", "形式", "扩展名", "单位", "列")
TEXT_KEYS = ("编码", "换行")
OPTIONAL = ("说明", "首行", "末行")
BANK_KEYS, RESULT_KEYS = ("每份行数",), ("匹配", "结果")
SEPARATED_KEYS = ("分隔符", "行末分隔")
FIELD_KEYS = ("标题", "内容", "文字")
WIDTH_KEYS = ("宽度", "对齐", "填充")
TITLES = "标题"
BOOK_ROWS = 1_000_000  # Excel has 1 048 576 with headings and sums
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


def read_bank_format(text: str, file: str) -> BankFormat:
    """What a bank is sent. Raises UnsoundDescription."""
    return read_description(text, file, _bank_format)


def read_result_format(text: str, file: str) -> ResultFormat:
    """What a bank sends back; always a text file. Raises UnsoundDescription."""
    return read_description(text, file, _result_format)


def _bank_format(node: SourceNode) -> BankFormat:
    entries = _entries(node, BANK_KEYS)
    layout = _layout(entries, ROW_CONTENTS)
    _require(entries["列"], layout, (ACCOUNT, AMOUNT))
    rows = count_of(entries["每份行数"], "每份行数")
    if layout.form == BOOK and rows > BOOK_ROWS:
        fail(entries["每份行数"], f"工作簿放不下 {rows} 行", f"请写 {BOOK_ROWS} 以内的数")
    return BankFormat(layout, rows)


def _result_format(node: SourceNode) -> ResultFormat:
    entries = _entries(node, RESULT_KEYS)
    layout = _layout(entries, RESULT_CONTENTS)
    if layout.form == BOOK:
        fail(entries["形式"], "回盘文件不能是工作簿", "请向银行要文本格式，或另存为文本后写它的格式")
    match = word_of(entries["匹配"], "匹配", MATCHES)
    _require(entries["列"], layout, (OUTCOME, *((SERIAL,) if match == BY_SERIAL else (ACCOUNT, AMOUNT))))
    codes = entries_of(entries["结果"], "结果")
    if not codes.entries:
        fail(entries["结果"], "结果没有写代码", "请写「代码: 成功」这样的行")
    outcomes = {
        code: OUTCOMES[word_of(word, f"结果 {code}", tuple(OUTCOMES))] for code, word in codes.entries.items()
    }
    return ResultFormat(layout, match, outcomes)


def _entries(node: SourceNode, own: tuple[str, ...]) -> dict[str, SourceNode]:
    """The entries of a description whose form decides which keys there may be."""
    found = entries_of(node, "格式说明").entries
    form = word_of(found["形式"], "形式", FORMS) if "形式" in found else SEPARATED
    texts = () if form == BOOK else TEXT_KEYS
    required = (*ALWAYS, *own, *texts, *(SEPARATED_KEYS[:1] if form == SEPARATED else ()))
    optional = (*OPTIONAL, *(SEPARATED_KEYS[1:] if form == SEPARATED else ()))
    return fields_of(node, f"{form}文件的格式说明", required, optional)


def _layout(entries: Mapping[str, SourceNode], contents: tuple[str, ...]) -> Layout:
    form = word_of(entries["形式"], "形式", FORMS)
    extension = text_of(entries["扩展名"], "扩展名")
    if not _EXTENSION.fullmatch(extension) or (extension == "xlsx") != (form == BOOK):
        fail(entries["扩展名"], f"扩展名不能是「{extension}」", "工作簿写 xlsx，文本写 txt 这样的小写字母")
    bare = Layout(
        name=text_of(entries["名称"], "名称"),
        form=form,
        extension=extension,
        columns=(),
        in_fen=word_of(entries["单位"], "单位", UNITS) == "分",
        encoding="UTF-8" if form == BOOK else word_of(entries["编码"], "编码", ENCODINGS),
        line_end="" if form == BOOK else LINE_ENDS[word_of(entries["换行"], "换行", tuple(LINE_ENDS))],
        separator=SEPARATORS[word_of(entries["分隔符"], "分隔符", tuple(SEPARATORS))]
        if form == SEPARATED
        else "",
        closes="行末分隔" in entries and yes_of(entries["行末分隔"], "行末分隔"),
    )
    columns = _fields(entries["列"], "列", bare, contents, titled=True)
    _refuse_doubled(entries["列"], columns)
    head = _head(entries["首行"], bare, columns) if "首行" in entries else ()
    tail = _fields(entries["末行"], "末行", bare, SUM_CONTENTS, titled=False) if "末行" in entries else ()
    for key, fields in (("首行", head), ("末行", tail)):
        if any(field.content == TOTAL for field in fields) and not _has(columns, AMOUNT):
            fail(entries[key], f"{key}有合计，列里却没有金额", "请在列里补上内容为「金额」的一栏")
    return Layout(**(vars(bare) | {"columns": columns, "head": head, "tail": tail}))


def _head(node: SourceNode, layout: Layout, columns: tuple[Field, ...]) -> tuple[Field, ...]:
    """The titles of the columns, or fields of its own."""
    if layout.form == BOOK:
        fail(node, "工作簿的首行总是各列的标题", "请删去「首行」")
    if not isinstance(node, Scalar):
        return _fields(node, "首行", layout, SUM_CONTENTS, titled=False)
    word_of(node, "首行", (TITLES,))
    titles = tuple(Field(field.title, "", field.title, field.width) for field in columns)
    for field in titles:
        _refuse_faulty(node, field, layout)
    return titles


def _fields(
    node: SourceNode, what: str, layout: Layout, contents: tuple[str, ...], titled: bool
) -> tuple[Field, ...]:
    fields = tuple(_field(item, what, layout, contents, titled) for item in items_of(node, what))
    if not fields:
        fail(node, f"{what}是空的", "请至少写一栏")
    return fields


def _field(node: SourceNode, what: str, layout: Layout, contents: tuple[str, ...], titled: bool) -> Field:
    fixed = layout.form == FIXED
    required = (*FIELD_KEYS[:1], *WIDTH_KEYS[:1])[0 if titled else 1 : 2 if fixed else 1]
    optional = (*FIELD_KEYS[1:], *(WIDTH_KEYS[1:] if fixed else ()))
    entries = fields_of(node, f"{what}的一栏", required, optional)
    if ("内容" in entries) == ("文字" in entries):
        fail(node, f"{what}的一栏要写内容或文字，二者之一", "内容由系统填，文字照写")
    content = word_of(entries["内容"], "内容", contents) if "内容" in entries else ""
    text = text_of(entries["文字"], "文字") if "文字" in entries else ""
    field = Field(
        title=text_of(entries["标题"], "标题") if titled else f"{what}{content or '文字'}",
        content=content,
        text=text,
        width=count_of(entries["宽度"], "宽度") if fixed else 0,
        right="对齐" in entries and word_of(entries["对齐"], "对齐", ("左", "右")) == "右",
        zeros="填充" in entries and word_of(entries["填充"], "填充", ("空格", "零")) == "零",
    )
    if field.zeros and not (field.right and content in FIGURES):
        fail(
            entries["填充"],
            "只有靠右的数字栏可以用零填充",
            f"数字栏是：{'、'.join(FIGURES)}；并写「对齐: 右」",
        )
    _refuse_faulty(node, field, layout)
    return field


def _refuse_faulty(node: SourceNode, field: Field, layout: Layout) -> None:
    """A fixed text that does not go into its own field."""
    for fault in faults(field, field.text, layout):
        fail(node, fault, "请改文字，或加大宽度")


def _refuse_doubled(node: SourceNode, columns: tuple[Field, ...]) -> None:
    seen: set[str] = {""}
    for item, field in zip(items_of(node, "列"), columns, strict=True):
        if field.content in seen - {"", EMPTY}:
            fail(item, f"内容「{field.content}」写了两栏", "请删去一栏")
        seen.add(field.content)


def _require(node: SourceNode, layout: Layout, contents: tuple[str, ...]) -> None:
    for content in contents:
        if not _has(layout.columns, content):
            fail(node, f"列里没有内容为「{content}」的一栏", f"请补上「- {{标题: …, 内容: {content}}}」")


def _has(columns: tuple[Field, ...], content: str) -> bool:
    return any(field.content == content for field in columns)
