"""Chinese text of expressions and values: one place for `rules show`, explanations, findings and exports.

`show` is asked first at every read, rate and aggregate: its text stands in the formula; None: the usual.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache

from rules.language.formula import is_name
from rules.language.period import Period
from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    FEN,
    NUMBER,
    Aggregate,
    Among,
    Arithmetic,
    Choose,
    Compare,
    Const,
    DateFunction,
    Extreme,
    Logic,
    Negate,
    Node,
    Not,
    Otherwise,
    PeriodDay,
    Ranking,
    RateRead,
    Read,
    Round,
    Rounding,
    Slices,
    Type,
)
from rules.language.units import MONTH, NO_UNIT, Unit

Value = Fraction | bool | str | int | Period | None
Shown = Read | RateRead | Aggregate | Ranking
Show = Callable[[Shown], str | None]

MISSING = "（无）"
PLACES = 4  # decimals of a number that no finite decimal says
LONGEST = 8  # decimals that are still written in full

# How tightly an operator holds; an operand that holds less is put in brackets. 否则 holds tightest, but people do not
# read it so: it is in brackets wherever it is an operand.
_OTHERWISE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _NEGATE, _ATOM = range(9)


def usual(node: Shown) -> str | None:
    """Show every read under its own name."""
    return None


def render(node: Node, show: Show = usual) -> str:
    """`node` as a formula of the rule language."""
    return _render(node, show)[0]


def _render(node: Node, show: Show) -> tuple[str, int]:
    if isinstance(node, Shown):
        shown = show(node)
        return (_named(node, show) if shown is None else shown), _ATOM
    if isinstance(node, Const):
        text = f"「{node.value}」" if isinstance(node.value, str) else node.text
        return text, (_NEGATE if text.startswith("-") else _ATOM)
    if isinstance(node, PeriodDay):
        return node.end, _ATOM
    if isinstance(node, Negate):
        return f"-{_operand(node.operand, _NEGATE, show)}", _NEGATE
    if isinstance(node, Not):
        return f"非 {_operand(node.operand, _NOT, show)}", _NOT
    if isinstance(node, Among):
        options = ", ".join(_compared(option, _OR, show) for option in node.options)
        return f"{_operand(node.operand, _SUM, show)} 属于 ({options})", _COMPARE
    if isinstance(node, Choose | Extreme | Round | DateFunction | Slices):
        return _called(node, show), _ATOM
    if isinstance(node, Otherwise):
        at_left = _OTHERWISE if isinstance(node.operand, Otherwise) else _ATOM
        left, right = _operand(node.operand, at_left, show), _operand(node.fallback, _ATOM, show)
        return f"{left} 否则 {right}", _OTHERWISE
    if isinstance(node, Compare):
        sides = (_compared(each, _SUM, show) for each in (node.left, node.right))
        return f" {node.op} ".join(sides), _COMPARE
    level = _level(node)
    left, right = _operand(node.left, level, show), _operand(node.right, level + 1, show)
    return f"{left} {node.op} {right}", level


def _level(node: Arithmetic | Logic) -> int:
    if isinstance(node, Logic):
        return _AND if node.op == "且" else _OR
    return _SUM if node.op in "+-" else _PRODUCT


def _compared(node: Node, at_least: int, show: Show) -> str:
    """One side of a comparison, where an option goes without quotes; a text keeps them."""
    if isinstance(node, Const) and node.type.kind == CHOICE and is_name(str(node.value)):
        return str(node.value)
    return _operand(node, at_least, show)


def _operand(node: Node, at_least: int, show: Show) -> str:
    text, level = _render(node, show)
    return text if level >= at_least else f"({text})"


def _called(node: Choose | Extreme | Round | DateFunction | Slices, show: Show) -> str:
    if isinstance(node, Choose):
        return f"如果({render(node.condition, show)}, {render(node.then, show)}, {render(node.other, show)})"
    if isinstance(node, Slices):
        return f"分段计({render(node.number, show)}, {node.rate}{_moment(node.at)})"
    if isinstance(node, Extreme | DateFunction):
        return f"{node.op}({', '.join(render(operand, show) for operand in node.operands)})"
    step = step_words(node.rounding.step, node.operand.type)
    return f"舍入({render(node.operand, show)}, {step}, {node.rounding.mode})"


def rounding_words(rounding: Rounding, type: Type) -> str:
    """How a number of this type is rounded, as a rule set says it: `分 四舍五入`, `2位小数 去尾`."""
    return f"{step_words(rounding.step, type)} {rounding.mode}"


def step_words(step: Fraction, type: Type) -> str:
    """The step of a rounding: 分, 角, 元, 50元 for money; 整数, 2位小数, 5 for other numbers."""
    if type.unit.is_money:
        return {FEN: "分", Fraction(1, 10): "角", Fraction(1): "元"}.get(step) or f"{decimal_text(step)}元"
    places = len(str(step.denominator)) - 1
    if step == Fraction(1, 10**places):
        return f"{places}位小数" if places else "整数"
    return decimal_text(step)


def _named(node: Shown, show: Show) -> str:
    if isinstance(node, Read):
        return ".".join((*node.path, node.column))
    if isinstance(node, RateRead):
        return f"{node.rate}{_moment(node.at)}"
    if isinstance(node, Ranking):
        return _ranked(node, show)
    value = f".{render(node.value, show)}" if node.value is not None else ""
    where = f" 其中 {render(node.where, show)}" if node.where is not None else ""
    if_none = f" 无则 {_operand(node.if_none, _SUM, show)}" if node.if_none is not None else ""
    name: str = node.op
    extent = ""
    if node.extent is not None:
        name, extent = (
            (f"最高{node.extent.text}项", "") if node.op == "最高" else (name, f", {node.extent.text}")
        )
    return f"{name}({node.table}{value}{where}{extent}{if_none})"


def _ranked(node: Ranking, show: Show) -> str:
    words = [render(node.value, show), "在", ".".join(node.path)]
    words += [] if node.descending else ["由低到高"]
    words += ["连续"] if node.dense else []
    words += [] if node.where is None else ["其中", render(node.where, show)]
    return f"排名({' '.join(words)})"


def _moment(at: str) -> str:
    return f"@{at}" if at in ("期初", "期末") else ""


def value_text(value: Value, type: Type) -> str:
    """A value as people read it, with its unit: `2772.50元`, `66%`, `是`, `2020-09-01`, `（无）`."""
    if isinstance(value, Fraction):
        return number_text(value, type)
    return bare_text(value, type)


def bare_text(value: Value, type: Type) -> str:
    """A value as it stands in a sentence that names the unit itself: as `value_text`, without the unit."""
    if value is None:
        return MISSING
    if type.kind == BOOL:
        return "是" if value else "否"
    if type.kind == DATE:
        assert isinstance(value, int | Fraction), "a date is a day number"
        return date.fromordinal(int(value)).isoformat()
    if type.kind == NUMBER:
        assert isinstance(value, int | Fraction), "a number is exact"
        return _digits(Fraction(value), type)
    return str(value)


def said(value: Value, type: Type, after: str) -> str:
    """A value inside a sentence that goes on with `after`: its unit is left out where the sentence names it itself."""
    named = after.lstrip().startswith(str(type.unit)) or (
        type.unit.is_money and after.lstrip().startswith("元")
    )
    return bare_text(value, type) if named else value_text(value, type)


def number_text(value: Fraction, type: Type) -> str:
    """A number with its unit, thousands not grouped: money with two decimals, percentages with %.

    What no decimal of eight places says is written with four and a `≈`.
    """
    return _digits(value, type) + _unit_text(type.unit)


@cache
def _unit_text(unit: Unit) -> str:
    return {NO_UNIT: "", MONTH: "个月"}.get(unit, str(unit))  # 4月 would be April


def _digits(value: Fraction, type: Type) -> str:
    if type.percent:
        return f"{decimal_text(value * 100)}%"
    return decimal_text(value, 2 if type.unit.is_money else 0)


def decimal_text(value: Fraction, at_least: int = 0) -> str:
    """Decimal digits of an exact number, at least so many places; `≈` and four when there is no end."""
    for places in range(at_least, LONGEST + 1):
        if 10**places % value.denominator == 0:
            return fixed_text(value, places)
    return f"≈{fixed_text(value, max(PLACES, at_least))}"


def fixed_text(value: Fraction, places: int) -> str:
    """Decimal digits with exactly `places` decimals, half away from zero."""
    size, below = abs(value.numerator) * 10**places, value.denominator
    whole = (2 * size + below) // (2 * below)
    sign = "-" if value < 0 and whole else ""
    digits = str(whole).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits
