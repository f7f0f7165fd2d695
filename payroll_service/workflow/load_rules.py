"""Read and compile a rule set from its file, with the schemes that extend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from payroll_service.errors import UnreadableFile
from rules.language import load_rule_set
from rules.language.bundle import Part, packed, unpacked
from rules.language.program import Program

MOST_AT_HAND = 16  # compiled rule sets, with how they are calculated
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx and .xls begin


@dataclass(frozen=True)
class LoadedRules:
    """A compiled rule set with the very bytes it was read from (with schemes: one bundle of them all).

    `extends`: the rule set alone, where schemes are compiled with it.
    """

    program: Program
    document: bytes
    extends: LoadedRules | None = None


def read_text(path: Path) -> str:
    """A UTF-8 text file. Raises UnreadableFile."""
    try:
        content = path.read_bytes()
        if content.startswith(WORKBOOKS):
            raise UnreadableFile(
                f"{path} 是工作簿（Excel 文件），这里要的是文字文件（规则集、方案或用例，.yaml）。",
                "请指到 .yaml 文件；工作簿用 payroll calculate 的 --input 交，规则集写在 --rules。",
            )
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件 {path}。", "请核对路径和文件名。") from None
    except UnicodeDecodeError:
        raise UnreadableFile(f"{path} 不是 UTF-8 文本。", "请另存为 UTF-8 编码。") from None
    except OSError as why:
        raise UnreadableFile(f"读不了 {path}（{why.strerror}）。", "请核对路径和权限。") from None


def load_rules(path: Path, schemes: Sequence[Path] = ()) -> LoadedRules:
    """The compiled rule set in `path`, extended by the schemes. Raises UnreadableFile, RuleSetError."""
    parts = [Part(str(file), read_text(file)) for file in (path, *schemes)]
    return rules_from(packed(parts), str(path))


@lru_cache(MOST_AT_HAND)
def rules_from(document: bytes, name: str) -> LoadedRules:
    """A rule set from stored bytes; `name` stands for the file in messages. Raises BrokenBundle, RuleSetError.

    The same bytes are compiled once, as long as they are among the last that somebody asked for.
    """
    first, *schemes = unpacked(document, name)
    program = load_rule_set(first.text, first.file, [(one.text, one.file) for one in schemes])
    extends = rules_from(packed([first]), first.file) if schemes else None
    return LoadedRules(program, document, extends)
