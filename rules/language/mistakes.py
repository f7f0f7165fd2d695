"""What is wrong in a rule set: where, what, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Place:
    """A position in a document; line and column count from 1.

    `turns` belong to a text that does not stand in the document letter by letter (quoted, or on several lines): from
    which character of the text on it stands at which line and column.
    """

    file: str
    line: int
    column: int
    turns: tuple[tuple[int, int, int], ...] = field(default=(), compare=False, repr=False)

    def shifted(self, characters: int) -> Place:
        """Where the text that begins here is after so many characters."""
        past = [turn for turn in self.turns if turn[0] <= characters]
        at, line, column = past[-1] if past else (0, self.line, self.column)
        ahead = tuple((turn[0] - characters, *turn[1:]) for turn in self.turns if turn[0] > characters)
        return Place(self.file, line, column + characters - at, ahead)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class RuleProblem:
    """One mistake in a rule set, in Chinese, with its cure."""

    place: Place
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" + (f" 改法：{self.remedy}" if self.remedy else "")


class RuleSetError(Exception):
    """The document is no valid rule set; `problems` lists every mistake found, in order of place."""

    document = "规则集"

    def __init__(self, problems: list[RuleProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class ExampleFileError(RuleSetError):
    """The file of worked examples cannot be read."""

    document = "用例文件"


class Mistake(Exception):
    """Raised inside the checker where one rule cannot be read further; collected into a RuleSetError."""

    def __init__(self, place: Place, message: str, remedy: str = "") -> None:
        self.problem = RuleProblem(place, message, remedy)
        super().__init__(str(self.problem))


class Consequence(Mistake):
    """Follows from a mistake that is told where it was made; it is not told again."""


def meant(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`是否想写「…」？` when one of the known words is close, else the list of them (up to 12)."""
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"是否想写「{close[0]}」？"
    shown = "、".join(known[:12]) + (" …" if len(known) > 12 else "")
    return f"这里可以写：{shown}。" if known else "这里还没有可以写的，请先声明。"
