"""Descriptions of files: the same strict YAML as rule sets; every mistake told with its place and its cure."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

from payroll_service.errors import UnreadableFile, UnsoundDescription
from rules.language.mistakes import Mistake, RuleSetError
from rules.language.source import SourceNode, fail, read_source, text_of

Described = TypeVar("Described")
FORMATS = files("payroll_service.export") / "formats"
_NAME = re.compile(r"[a-z-]{1,40}")
_COUNT = re.compile(r"[1-9]\d{0,6}", re.ASCII)


def read_description(text: str, file: str, read: Callable[[SourceNode], Described]) -> Described:
    """What `read` makes of the document. Raises UnsoundDescription."""
    try:
        return read(read_source(text, file))
    except RuleSetError as error:
        raise UnsoundDescription(error.problems) from None
    except Mistake as mistake:
        raise UnsoundDescription([mistake.problem]) from None


def shipped(name: str) -> str:
    """The text of an example that is shipped, by its file's name in `formats`."""
    return (FORMATS / name).read_text(encoding="utf-8")


def shipped_names() -> tuple[str, ...]:
    """Of all that are shipped, without their ending, ascending."""
    return tuple(sorted(each.name.removesuffix(".yaml") for each in FORMATS.iterdir()))


def given(text: str) -> tuple[str, str]:
    """A description and its file's name, from its text or from the name of one that is shipped, with its ending or without.

    Raises UnreadableFile.
    """
    name = text.removesuffix(".yaml")
    if not _NAME.fullmatch(name):
        return text, "格式说明"
    if name not in shipped_names():
        raise UnreadableFile(
            f"没有附带的格式“{name}”。", f"附带的有：{'、'.join(shipped_names())}；或写格式说明的全文。"
        )
    return shipped(f"{name}.yaml"), f"{name}.yaml"


def count_of(node: SourceNode, what: str) -> int:
    """A whole number from 1 to 9 999 999."""
    text = text_of(node, what)
    if not _COUNT.fullmatch(text):
        fail(node, f"{what}不能是「{text}」", "请写 1 以上的整数，不写千分位")
    return int(text)
