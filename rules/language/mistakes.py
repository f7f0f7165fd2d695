"""What is wrong in a rule set: where, what, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Place:
    """A position in a document; line and column count from 1."""

    file: str
    line: int
    column: int

    def shifted(self, columns: int) -> Place:
        return Place(self.file, self.line, self.column + columns)

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

    def __init__(self, problems: list[RuleProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Mistake(Exception):
    """Raised inside the checker where one rule cannot be read further; collected into a RuleSetError."""

    def __init__(self, place: Place, message: str, remedy: str = "") -> None:
        self.problem = RuleProblem(place, message, remedy)
        super().__init__(str(self.problem))


def meant(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`是否想写「…」？` when one of the known words is close, else the list of them (up to 12)."""
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"是否想写「{close[0]}」？"
    shown = "、".join(known[:12]) + (" …" if len(known) > 12 else "")
    return f"这里可以写：{shown}。" if known else ""
