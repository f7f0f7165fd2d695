"""What a page of the documentation shows that can be tried: rule sets, fragments of them, examples, mistakes, tables.

A fenced block says in the comment lines at its top what it is: `# 文件: 名.yaml` gives it a name, `# 接在: 名.yaml`
makes it a fragment that is laid over the rule set of that name, `# 得到: 名.yaml` says what comes of that,
`# 延伸: 名.yaml` makes it a scheme that extends that rule set, and `# 错误示范` says that it must be refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from rules.language.source import Entries, Items, Scalar, SourceNode, plain, read_source

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^# (文件|接在|得到|延伸): (\S+)$", re.MULTILINE)
_ENTRY_NAMES = ("列", "拆分", "退回", "编号", "名称", "条款")
_DEPTHS = {"表": 2, "名册": 1}  # how many maps below a key are merged, not replaced


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is that of its first line in the page."""

    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return self._marks.get("文件", "")

    @property
    def base(self) -> str:
        return self._marks.get("接在", "")

    @property
    def result(self) -> str:
        """The name of the rule set, shown in full elsewhere, that a fragment makes of its base."""
        return self._marks.get("得到", "")

    @property
    def extended(self) -> str:
        """The name of the rule set that a scheme extends."""
        return self._marks.get("延伸", "")

    @property
    def is_wrong(self) -> bool:
        return self.text.startswith("# 错误示范")

    @property
    def is_examples(self) -> bool:
        return re.search(r"^用例:", self.text, re.MULTILINE) is not None

    @property
    def _marks(self) -> dict[str, str]:
        comments = re.match(r"(?:#.*\n)*", self.text)
        return dict(_MARK.findall(comments[0])) if comments else {}


@dataclass(frozen=True)
class Row:
    """A row of a table of the page: its cells, code marks taken off."""

    cells: tuple[str, ...]
    line: int


class Page:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.text = path.read_text(encoding="utf-8")
        self.blocks = [
            Block(found[1], found[2], self.text.count("\n", 0, found.start(2)) + 1)
            for found in _FENCE.finditer(self.text)
        ]
        self._named = {block.name: block for block in self.blocks if block.name}
        self._wholes: dict[Block, str] = {}

    def of(self, language: str) -> list[Block]:
        return [block for block in self.blocks if block.language == language]

    def after(self, block: Block) -> Block:
        return self.blocks[self.blocks.index(block) + 1]

    def rule_set(self, name: str) -> str:
        """The text of the rule set of that name; a fragment is laid over what it is based on."""
        return self.whole(self._named[name])

    def whole(self, block: Block) -> str:
        """A block's own whole rule set. Raises RuleSetError if the block is no YAML."""
        if not block.base:
            return block.text
        if block not in self._wholes:
            fragment = read_source(block.text, f"第 {block.line} 行")
            base = read_source(self.rule_set(block.base), block.base)
            self._wholes[block] = written(_merged(base, fragment))
        return self._wholes[block]

    def fill(self, block: Block, text: str) -> None:
        """Write `text` into an empty block of the page's file; what has been read stays as it was."""
        start = [found.start(2) for found in _FENCE.finditer(self._path.read_text(encoding="utf-8"))]
        at = start[self.blocks.index(block)]
        now = self._path.read_text(encoding="utf-8")
        self._path.write_text(now[:at] + text + now[at:], encoding="utf-8")

    def tables(self, first_heading: str) -> list[list[Row]]:
        """Every table whose first heading begins so: its rows, the headings first."""
        return [rows for rows in self._tables() if rows[0].cells[0].startswith(first_heading)]

    def _tables(self) -> list[list[Row]]:
        tables: list[list[Row]] = []
        inside = False
        for line, text in enumerate(self.text.splitlines(), 1):
            if text.startswith("|"):
                cells = tuple(cell.strip().strip("`") for cell in text.strip().strip("|").split("|"))
                if not inside:
                    tables.append([])
                if any(set(cell) - set("-:") for cell in cells):
                    tables[-1].append(Row(cells, line))
            inside = text.startswith("|")
        return tables


def written(node: SourceNode) -> str:
    """A document as block YAML that reads back as the same nodes."""
    return "\n".join(_lines(node)) + "\n"


def _lines(node: SourceNode) -> list[str]:
    if isinstance(node, Scalar):
        return [node.text if node.plain else json.dumps(node.text, ensure_ascii=False)]
    if isinstance(node, Items):
        parts = [("-", item) for item in node.items]
    else:
        parts = [(json.dumps(key, ensure_ascii=False) + ":", value) for key, value in node.entries.items()]
    if not parts:
        return ["[]" if isinstance(node, Items) else "{}"]
    lines = []
    for head, inner in parts:
        below = _lines(inner)
        if isinstance(inner, Scalar) or below in (["[]"], ["{}"]):
            lines.append(f"{head} {below[0]}")
        else:
            lines += [head, *("  " + line for line in below)]
    return lines


def _merged(base: SourceNode, fragment: SourceNode) -> Entries:
    """The base with the fragment's entries: what has the same name is replaced, the rest is added."""
    assert isinstance(base, Entries)
    assert isinstance(fragment, Entries)
    entries = dict(base.entries)
    for key, value in fragment.entries.items():
        entries[key] = _laid(entries.get(key), value, _DEPTHS.get(key, 0))
    return Entries(entries, base.keys, base.place)


def _laid(old: SourceNode | None, new: SourceNode, depth: int) -> SourceNode:
    """`new` laid over `old`: lists of entries by name, maps by key, down to `depth` maps below."""
    if (
        isinstance(old, Items)
        and isinstance(new, Items)
        and all(isinstance(item, Entries) for item in new.items)
    ):
        names = {_name(item) for item in new.items}
        return Items((*(item for item in old.items if _name(item) not in names), *new.items), old.place)
    if isinstance(old, Entries) and isinstance(new, Entries):
        inner = {
            key: _laid(old.entries.get(key), value, depth - 1) if depth else value
            for key, value in new.entries.items()
        }
        return Entries({**old.entries, **inner}, {**old.keys, **new.keys}, old.place)
    return new


def _name(item: SourceNode) -> str:
    """What an entry of a list is called: its column, number or name."""
    assert isinstance(item, Entries)
    key = next(key for key in _ENTRY_NAMES if key in item.entries)
    value = item.entries[key]
    return f"{key} {value.text if isinstance(value, Scalar) else plain(value)}"
