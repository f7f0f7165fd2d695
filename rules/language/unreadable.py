"""YAML that cannot be read, told in the words of a rule set's author.

What may have been meant is tried: of all small repairs, the one after which the reader comes furthest is the cure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from rules.language.mistakes import Place, RuleProblem

_ABOVE, _BELOW = 200, 40  # how many lines are looked at
_OPEN = 6  # how many lines may be the one that begins at the wrong column
_MAX_READ = 500_000  # how many characters are read to try repairs


@dataclass(frozen=True)
class _Slip:
    """A frequent slip in a line; the pattern's group stands where it is."""

    pattern: re.Pattern[str]
    message: str
    remedy: str


_KEY = r"\s*(?:-\s+)?[^\s:：'\"{\[#]+"
SLIPS = (
    _Slip(re.compile(rf"{_KEY}(：)"), "这里用了全角冒号「：」", "键后面请写半角冒号加一个空格「: 」"),
    _Slip(re.compile(rf"(?:{_KEY}:)?\s*?([\u3000\xa0])"), "这里用了全角空格或不换行空格", "请改用半角空格"),
    _Slip(re.compile(rf"{_KEY}(:)[^\s:]"), "冒号后面没有空格", "键后面请写半角冒号加一个空格「: 」"),
    _Slip(
        re.compile(r".*?:\s+([{\[])[^}\]]*[}\]]\s*[^\s,}\]#]"),
        "以 { 或 [ 开头的文字没有加引号",
        '请给整段文字加引号，如 说明: "{姓名} 的得分"',
    ),
)
_DASH = _Slip(
    re.compile(r"\s*(-)(?:[^\s\d:-][^\s:]*:(?:\s|$)|[{\[])"),
    "「-」后面没有空格",
    "请在「-」后面加一个空格，如「- 列: …」",
)


def explained(
    error: yaml.MarkedYAMLError, text: str, file: str, reached: Callable[[str], Place]
) -> RuleProblem:
    """The problem behind YAML's own complaint; `reached` tells where the reader stops in a text, if not at its end."""
    if error.context and re.search("alias|anchor|tag", error.context) and error.context_mark:
        place = Place(file, error.context_mark.line + 1, error.context_mark.column + 1)
        return RuleProblem(
            place, "不能用锚点 &、引用 * 和标记 !", "请把内容照抄一遍；以 & * ! 开头的文字请加引号"
        )
    place = stopped(error, file)
    lines = text.split("\n")
    for number in (place.line - 2, place.line - 1):
        for slip in (*SLIPS, _DASH):
            found = slip.pattern.match(lines[number]) if 0 <= number < len(lines) else None
            if found:
                return RuleProblem(Place(file, number + 1, found.start(1) + 1), slip.message, slip.remedy)
    if repair := _best(lines, place, reached):
        return RuleProblem(Place(file, repair.line + 1, repair.column + 1), repair.message, repair.remedy)
    if error.problem and "mapping values" in error.problem:
        return RuleProblem(
            place, "一行里有两个「: 」，或上一行缩进不对", "含冒号的文字请加引号；下级内容请多缩进两格"
        )
    return RuleProblem(
        place,
        "YAML 写法有误：括号、引号或缩进不成对",
        "请检查这一行和上一行的 { } [ ] 引号和缩进；写在 { } 里的文字若有逗号、冒号或 { }，整段加引号",
    )


def stopped(error: yaml.MarkedYAMLError, file: str) -> Place:
    """Where YAML complains."""
    mark = error.problem_mark or error.context_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


# Repairs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Repair:
    """A line (from 0) written otherwise, and what is told at its column (from 0) if that was the mistake."""

    line: int
    column: int
    written: str
    message: str
    remedy: str
    liking: tuple[int, ...]  # of two that do as well, the greater one


def _best(lines: list[str], place: Place, reached: Callable[[str], Place]) -> _Repair | None:
    """The repair after which the reader comes furthest, and past the place where it stopped."""
    number = min(place.line, len(lines)) - 1
    repairs = [*_signs(lines, number, place.column - 1), *_aligned(lines, number), *_dashes(lines, number)]
    first = min((repair.line for repair in repairs), default=number)
    begin = max((above for above in range(first) if lines[above][:1].strip(" #\r")), default=0)
    end = number + _BELOW
    distinct = {(repair.line, repair.written): repair for repair in sorted(repairs, key=_liking)}
    affordable = _MAX_READ // (sum(map(len, lines[begin:end])) + 1)
    head = ["项:"] if lines[begin].startswith("-") else []

    def outcome(repair: _Repair) -> tuple[int, int, tuple[int, ...]]:
        tried = [*lines[begin : repair.line], repair.written, *lines[repair.line + 1 : end]]
        stop = reached("\n".join((*head, *tried)))
        line = stop.line - len(head) + begin
        longer = len(repair.written) - len(lines[repair.line]) if line == repair.line + 1 else 0
        return line, stop.column - max(longer, 0), repair.liking

    tries = sorted(distinct.values(), key=_liking, reverse=True)[:affordable]
    outcomes = [(outcome(repair), repair) for repair in tries]
    further = [one for one in outcomes if one[0][:2] > (place.line, place.column)]
    return max(further, key=lambda one: one[0])[1] if further else None


def _liking(repair: _Repair) -> tuple[int, ...]:
    return repair.liking


_PARTING = {"，": "全角逗号", "；": "全角分号", ";": "分号", "、": "顿号"}
_BRACKETS = str.maketrans("｛｝［］", "{}[]")


def _signs(lines: list[str], number: int, column: int) -> Iterator[_Repair]:
    """Signs between the items of a bracket, and brackets, that only look like YAML's."""
    for line, end in ((number, column), (number - 1, None))[: number + 1]:
        written = lines[line]
        at = max(written[:end].rfind(sign) for sign in _PARTING)
        if at >= 0:
            yield _Repair(
                line,
                at,
                f"{written[:at]}, {written[at + 1 :]}",
                f"这里用了{_PARTING[written[at]]}「{written[at]}」",
                "{ } 和 [ ] 里各项之间请写半角逗号加一个空格「, 」；是文字里的标点的，整段文字加引号",
                (2,),
            )
        half = written.translate(_BRACKETS)
        if half != written:
            at = next(at for at, sign in enumerate(written) if sign != half[at])
            message = f"这里用了全角括号「{written[at]}」"
            yield _Repair(
                line, at, half, message, f"请改用半角括号「{half[at]}」，同一行里的另一半也一样", (2,)
            )


@dataclass(frozen=True)
class _Start:
    """Where an item of a list or a key begins; lines and columns from 0."""

    line: int
    column: int
    name: str  # the key, or -


_ITEM = re.compile(r"( *)-(?=\s)")
_ENTRY = re.compile(r"( *(?:- +)?)([^\s#{\[-][^:]*):(?:\s|$)")


def _starts(lines: list[str], number: int) -> list[_Start]:
    found = []
    if item := _ITEM.match(lines[number]):
        found.append(_Start(number, len(item[1]), "-"))
    if entry := _ENTRY.match(lines[number]):
        found.append(_Start(number, len(entry[1]), entry[2]))
    return found


def _open(lines: list[str], number: int) -> list[_Start]:
    """What begins on a line and on those above it that are still open there, the nearest first."""
    found = _starts(lines, number)
    edge = sys.maxsize
    for above in range(number - 1, max(number - _ABOVE, -1), -1):
        starts = _starts(lines, above)
        if starts and _depth(starts[0]) < edge:
            edge = _depth(starts[0])
            found += starts
    return found


def _depth(start: _Start) -> int:
    """An item may begin below the first letter of the key whose list it belongs to."""
    return 2 * start.column + (start.name == "-")


def _aligned(lines: list[str], number: int) -> Iterator[_Repair]:
    """Lines that begin further left or right than others of their kind."""
    here = _starts(lines, number)
    for wrong in _movable(lines, number):
        for start in _starts(lines, wrong.line):
            for right in (*_open(lines, wrong.line), *here):
                spaces = wrong.column + right.column - start.column
                if (right.name == "-") == (start.name == "-") and spaces >= 0 and spaces != wrong.column:
                    likely = (1 - spaces % 2, -abs(spaces - wrong.column), start.name == "-")
                    yield _Repair(
                        wrong.line,
                        wrong.column,
                        " " * spaces + lines[wrong.line][wrong.column :],
                        f"缩进不齐：这一行前面有 {wrong.column} 个空格，应有 {spaces} 个",
                        f"请让「{start.name}」与第 {right.line + 1} 行的「{right.name}」对齐",
                        (1, *likely, wrong.line, right.line < wrong.line, right.line),
                    )


def _dashes(lines: list[str], number: int) -> Iterator[_Repair]:
    """Keys that should begin an item of a list."""
    for start in _movable(lines, number):
        written = lines[start.line]
        if start.name != "-" and not written.rstrip().endswith(":"):
            yield _Repair(
                start.line,
                start.column,
                f"{written[: start.column]}- {written[start.column :]}",
                f"「{start.name}」前面像是少了「- 」",
                f"列表的每一项以「- 」开头，如「- {start.name}: …」；同一项的其余各行缩进两格",
                (0, start.line),
            )


def _movable(lines: list[str], number: int) -> list[_Start]:
    """The first start of a line and of those above it that are still open there."""
    opened = _open(lines, number)
    first = {start.line: start for start in reversed(opened)}
    return sorted(first.values(), key=lambda start: -start.line)[:_OPEN]
