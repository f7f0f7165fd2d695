"""Number formats that show another number than the cell holds: 0.89 as 89%, 2830750 as 2830.75, 0.35 as 0.35万."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

BUILT_IN = {9: "0%", 10: "0.00%"}  # of the formats that no file writes out, those that scale
LONGEST = 255  # characters that Excel allows a format
_TOKEN = re.compile(r'"([^"]*)"?|[\\!](.)|[_*].|\[([^\]]*)\]?|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_DIGITS = "0#?"
_SIGNS = "百佰千仟万萬亿億"
_MANY = re.compile(f"([{_SIGNS}]+)元?")
_TIMES = dict(zip(_SIGNS, (100, 100, 1000, 1000, 10_000, 10_000, 10**8, 10**8), strict=True))
_LITERAL = "\0"


@dataclass(frozen=True)
class Shown:
    """How a number is shown, "" if that is not certain; `meant`: what a reader takes it for, None if not certain."""

    text: str
    meant: Decimal | None


def scales(code: str) -> bool:
    """Any section of the format shows another number than the cell holds."""
    return any(section.scales for section in _sections(code))


def shown(value: float, code: str) -> Shown | None:
    """How a format shows a number, if otherwise than it is stored."""
    section = _section_for(value, _sections(code)) if value and isfinite(value) else None
    found = section.show(value) if section and section.scales else None
    return None if found is None or found.meant == Decimal(repr(value)) else found


def exact_text(number: float | Decimal) -> str:
    """All digits, without zeros behind the point."""
    return f"{Decimal(str(number)).normalize():f}"


@dataclass(frozen=True)
class _Section:
    """One section of a format: `marks` with a NUL for each literal, which stand in `literals`."""

    marks: str
    literals: tuple[str, ...]
    condition: tuple[str, Decimal] | None

    @property
    def percents(self) -> int:
        return self.marks.count("%")

    @property
    def thousands(self) -> int:
        """Commas behind the last digit before the point; between digits they only group."""
        whole, _, rest = self.marks.partition(".")
        ends = [part.rstrip("%" + _LITERAL + " ") for part in ((whole, rest) if rest else (whole,))]
        return sum(
            len(end) - len(end.rstrip(",")) for end in ends if any(digit in self.marks for digit in _DIGITS)
        )

    @property
    def many(self) -> str:
        """The first literal that says 万 or the like."""
        return next((text for text in self.literals if any(sign in text for sign in _SIGNS)), "")

    @property
    def scales(self) -> bool:
        return bool(self.percents or self.thousands or self.many)

    def show(self, value: float) -> Shown:
        scaled = Decimal(repr(value)) * 100**self.percents / Decimal(1000) ** self.thousands
        return Shown(self._text(scaled), self._meant(scaled))

    def _text(self, scaled: Decimal) -> str:
        """The places that the format asks for, and what it writes behind the digits."""
        places = sum(mark in _DIGITS for mark in self.marks.partition(".")[2])
        if not -15 < scaled.adjusted() < 15:
            return ""
        literals = iter(self.literals)
        texts = [next(literals) if mark == _LITERAL else mark for mark in self.marks]
        digits = [at for at, mark in enumerate(self.marks) if mark in _DIGITS + ".,"]
        if not digits:
            return f"{scaled.normalize():f}"
        if _LITERAL in self.marks[digits[0] : digits[-1]]:
            return ""  # 0\.0, draws a point
        before, behind = "".join(texts[: digits[0]]), "".join(texts[digits[-1] + 1 :])
        if before.endswith("-"):
            scaled = abs(scaled)
        return f"{before}{scaled:.{places}f}{behind}".strip()

    def _meant(self, scaled: Decimal) -> Decimal | None:
        if not self.many:
            return scaled
        match = _MANY.fullmatch(self.many.strip())
        if not match or self.percents or self.thousands or sum(map(bool, self.literals)) > 1:
            return None  # 0\.0,"万": a point that is only drawn
        for sign in match[1]:
            scaled *= _TIMES[sign]
        return scaled


def _sections(code: str) -> list[_Section]:
    tokens: list[re.Match[str]] = []
    sections: list[_Section] = []
    for token in _TOKEN.finditer(code[:LONGEST]):
        if token[4] == ";":
            sections.append(_section(tokens))
            tokens = []
        else:
            tokens.append(token)
    return [*sections, _section(tokens)]


def _section(tokens: list[re.Match[str]]) -> _Section:
    marks, literals, condition = "", [], None
    for token in tokens:
        quoted, escaped, bracketed, mark = token.groups()
        if bracketed is not None:
            match = _CONDITION.fullmatch(bracketed.strip())
            condition = (match[1], Decimal(match[2])) if match else condition
        elif mark is not None and mark.isascii():
            marks += mark
        elif literal := quoted or escaped or mark:
            marks += _LITERAL
            literals.append(literal)
    return _Section(marks, tuple(literals), condition)


def _section_for(value: float, sections: list[_Section]) -> _Section | None:
    """The section that a number other than 0 is shown by."""
    if any(section.condition for section in sections):
        return next((section for section in sections[:3] if _holds(value, section.condition)), None)
    return sections[1] if value < 0 and len(sections) > 1 else sections[0]


def _holds(value: float, condition: tuple[str, Decimal] | None) -> bool:
    if condition is None:
        return True
    sign, bound = condition
    return {
        "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound,
        "=": value == bound, "<>": value != bound,
    }[sign]  # fmt: skip
