"""The strict document reader: YAML of maps, lists and texts, every scalar kept as written, with its place.

Refused with a cure: doubled keys, anchors, aliases, tags, several documents, tabs, full-width colons, and plain scalars
that look like numbers with a point where a text is expected (`版本: 2021.1`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NoReturn

import yaml

from rules.language.mistakes import Mistake, Place, RuleProblem, RuleSetError, meant
from rules.language.unreadable import SLIPS, explained, stopped

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 20
_FLOAT_LIKE = re.compile(
    r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+|[-+]?\.(inf|nan)", re.IGNORECASE
)
# Control, invisible and broken characters; of the white space, all but space, line break, no-break and full-width space.
_UNUSABLE = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\uffff]"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scalar:
    text: str
    plain: bool
    place: Place


@dataclass(frozen=True)
class Items:
    items: tuple[SourceNode, ...]
    place: Place


@dataclass(frozen=True)
class Entries:
    """A map in written order; `keys` has each key's place."""

    entries: dict[str, SourceNode]
    keys: dict[str, Place]
    place: Place


SourceNode = Scalar | Items | Entries


def read_source(text: str, file: str) -> SourceNode:
    """The document as nodes. Raises RuleSetError with every mistake of form."""
    text = text.removeprefix("\ufeff")
    try:
        _refuse_unusable(text, file)
        return _Composer(text, file).document()
    except Mistake as mistake:
        raise RuleSetError([mistake.problem]) from None
    except yaml.MarkedYAMLError as error:
        raise RuleSetError([explained(error, text, file, _reached)]) from None


def _refuse_unusable(text: str, file: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise Mistake(Place(file, 1, 1), f"文件超过 {MAX_CHARACTERS} 个字符", "请拆成几个规则集文件")
    if found := _UNUSABLE.search(text):
        line_start = text.rfind("\n", 0, found.start()) + 1
        place = Place(file, text.count("\n", 0, line_start) + 1, found.start() - line_start + 1)
        if found[0] == "\t":
            raise Mistake(place, "用了制表符（Tab）", "请改用空格")
        code = f"U+{ord(found[0]):04X}"
        raise Mistake(place, f"有看不见的字符 {code}", "请删去这个字符，另存为 UTF-8 文本")


class _Composer:
    """Builds nodes from parser events, so that anchors, tags and depth are seen before anything is built from them."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.text = file, text
        self.events = yaml.parse(text, Loader=_LOADER)
        self.problems: list[RuleProblem] = []

    def document(self) -> SourceNode:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise Mistake(Place(self.file, 1, 1), "文件是空的", "请从 payroll rules 的示例开始写")
        node = self.node(event, 0)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise Mistake(self.place(event), "一个文件里有几份文档（---）", "每份规则集单独存一个文件")
        if self.problems:
            raise RuleSetError(self.problems)
        return node

    def place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None, "the parser marks every event"
        return Place(self.file, mark.line + 1, mark.column + 1)

    def node(self, event: yaml.Event, depth: int) -> SourceNode:
        place = self.place(event)
        if depth > MAX_DEPTH:
            raise Mistake(place, f"嵌套超过 {MAX_DEPTH} 层", "请把内容写平一些")
        if isinstance(event, yaml.AliasEvent):
            raise Mistake(place, f"不能用引用 *{event.anchor}", "请把内容照抄一遍")
        if anchor := getattr(event, "anchor", None):
            raise Mistake(
                place, f"不能用锚点 &{anchor}", "请去掉锚点，需要处照抄一遍；以 & 开头的文字请加引号"
            )
        if tag := getattr(event, "tag", None):
            told = tag.replace("tag:yaml.org,2002:", "!!")
            raise Mistake(place, f"不能用标记 {told}", "请去掉标记；以 ! 开头的文字请加引号")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Items(tuple(items), place)
        return self.entries(place, depth, bool(getattr(event, "flow_style", False)))

    def scalar(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        text, plain = event.value.strip(), not event.style
        assert event.start_mark is not None, "the parser marks every event"
        assert event.end_mark is not None, "the parser marks every event"
        written = self.text[event.start_mark.index : event.end_mark.index]
        if not plain or "\n" in written:
            place = replace(place, turns=_turns(written, place, text, event.style or ""))
        return Scalar(text, plain, place)

    def entries(self, place: Place, depth: int, braced: bool) -> Entries:
        entries: dict[str, SourceNode] = {}
        keys: dict[str, Place] = {}
        doubled: list[Scalar] = []
        cut: list[Scalar] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            following = next(self.events)
            value = self.node(following, depth + 1)
            if not isinstance(key, Scalar):
                raise Mistake(key.place, "键必须是一个词", "请检查花括号和冒号的位置")
            if isinstance(value, Scalar) and value.plain and not value.text:
                self.refuse_colon(key)
                if braced and _begun(entries) and not self.has_colon(event, following):
                    cut.append(key)
                    continue
            if key.text in entries:
                doubled.append(key)
                continue
            entries[key.text] = value
            keys[key.text] = key.place
        if cut:
            message = f"「{cut[0].text}」前面的逗号把这一项切断了"
            cure = "花括号里用逗号分开各项：公式请单独写一行，不要放进 { }；选项、查找的列用顿号分开，数字不写千分位；含逗号的文字请加引号"
            self.problems.append(RuleProblem(cut[0].place, message, cure))
        if doubled:
            first = doubled[0]
            message = f"键「{first.text}」重复，已写在第 {keys[first.text].line} 行"
            cure = "请删去一处；如果本是两项，后一项前面少了「- 」或名称"
            self.problems.append(RuleProblem(first.place, message, cure))
        return Entries(entries, keys, place)

    def has_colon(self, key: yaml.Event, value: yaml.Event) -> bool:
        """Whether a key and its empty value are parted by a colon."""
        assert key.end_mark is not None, "the parser marks every event"
        assert value.start_mark is not None, "the parser marks every event"
        return ":" in self.text[key.end_mark.index : value.start_mark.index]

    def refuse_colon(self, key: Scalar) -> None:
        """A key without a value that holds a colon was meant as key and value."""
        for slip in SLIPS:
            if found := slip.pattern.match(key.text):
                raise Mistake(key.place.shifted(found.start(1)), slip.message, slip.remedy)


def _begun(entries: dict[str, SourceNode]) -> bool:
    """Whether a map has an entry with a value."""
    return any(not isinstance(node, Scalar) or node.text for node in entries.values())


def _turns(written: str, place: Place, text: str, style: str) -> tuple[tuple[int, int, int], ...]:
    """Where the characters of `text` stand in `written`, which begins at `place`: a turn wherever they part."""
    turns: list[tuple[int, int, int]] = []
    line, column, at = place.line, place.column, 0
    begin = written.find("\n") if style in ("|", ">") else len(style)
    for piece in (_ESCAPED if style == '"' else _CHARACTER).finditer(written):
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            break
        if piece.start() >= begin and (piece[0] == text[at] or len(piece[0]) > 1):
            if not turns or turns[-1][1] != line or turns[-1][2] - turns[-1][0] != column - at:
                turns.append((at, line, column))
            at += 1
        line, column = (line + 1, 1) if piece[0] == "\n" else (line, column + len(piece[0]))
    return tuple(turns)


_CHARACTER = re.compile(r".", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:x..|u.{4}|U.{8}|[\"\\/])|.", re.DOTALL)


def _reached(text: str) -> Place:
    """Where the first mistake of form stands; after the end of a text that has none."""
    try:
        _Composer(text, "").document()
    except Mistake as mistake:
        return mistake.problem.place
    except RuleSetError as error:
        return error.problems[0].place
    except yaml.MarkedYAMLError as error:
        return stopped(error, "")
    return Place("", text.count("\n") + 2, 1)


# Reading nodes ---------------------------------------------------------------------------------------------------


def fail(node: SourceNode | Place, message: str, remedy: str = "") -> NoReturn:
    raise Mistake(node if isinstance(node, Place) else node.place, message, remedy)


def entries_of(node: SourceNode, what: str) -> Entries:
    if isinstance(node, Entries):
        return node
    hint = (
        "请检查是否用了全角冒号「：」"
        if isinstance(node, Scalar) and "：" in node.text
        else "请写成「键: 值」，每个一行，或 {键: 值, …}"
    )
    fail(node, f"{what}应是一组「键: 值」", hint)


# What may be written under a key whose name alone does not tell, for messages.
WRITTEN = {
    "余分": "主键、[得分 由高到低, 主键]",
    "无权重": "平均、退回 资金",
    "迟到更正": "重新分配、不追回 由 资金、计入下期",
    "所属": "月、学期、学年、年",
    "何时": "每月、学期末、学年末、年末",
    "到任": "次月起、当月起",
    "离任": "当月止、上月止",
    "推导": "怎样手算出来的",
}


def fields_of(
    node: SourceNode, what: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, SourceNode]:
    """The entries of a map that may have just these keys."""
    found = entries_of(node, what)
    for key, place in found.keys.items():
        if key not in required and key not in optional:
            fail(place, f"{what}没有「{key}」这个键", meant(key, required + optional))
    for key in required:
        if key not in found.entries:
            written = f"，写 {WRITTEN[key]}" if key in WRITTEN else ""
            fail(node, f"{what}缺少「{key}」", f"请补上「{key}: …」{written}")
    return found.entries


def items_of(node: SourceNode, what: str) -> tuple[SourceNode, ...]:
    if isinstance(node, Items):
        return node.items
    fail(node, f"{what}应是一个列表", "每项一行，以「- 」开头，或写 [甲, 乙]")


def scalar_of(node: SourceNode, what: str) -> Scalar:
    if not isinstance(node, Scalar):
        fail(node, f"{what}应是一段文字", "公式请单独写一行，不要放进 { } 或 [ ]")
    if not node.text:
        fail(node, f"{what}是空的", "请填写内容，或删去这一行")
    return node


def text_of(node: SourceNode, what: str) -> str:
    """A text; one that looks like a number with a point must be quoted."""
    scalar = scalar_of(node, what)
    if scalar.plain and _FLOAT_LIKE.fullmatch(scalar.text):
        fail(scalar, f"{what}「{scalar.text}」看起来像小数", f'请加引号："{scalar.text}"')
    return scalar.text


def word_of(node: SourceNode, what: str, known: tuple[str, ...]) -> str:
    text = text_of(node, what)
    if text not in known:
        fail(node, f"{what}不能是「{text}」", meant(text, known))
    return text


def yes_of(node: SourceNode, what: str) -> bool:
    return word_of(node, what, ("是", "否")) == "是"


def names_of(node: SourceNode, what: str) -> list[Scalar]:
    """One name, or a list of names; `甲、乙` counts as two."""
    scalars = (
        [scalar_of(item, what) for item in node.items] if isinstance(node, Items) else [scalar_of(node, what)]
    )
    names = [
        Scalar(part.strip(), scalar.plain, scalar.place)
        for scalar in scalars
        for part in re.split("[、，,]", scalar.text)
        if part.strip()
    ]
    if not names:
        fail(node, f"{what}是空的", "请至少写一个名称")
    for index, name in enumerate(names):
        if any(name.text == earlier.text for earlier in names[:index]):
            fail(name, f"{what}里「{name.text}」写了两次", "请删去一处")
    return names


def plain(node: SourceNode) -> object:
    """The node as dicts, lists and texts: the canonical form's content."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}
