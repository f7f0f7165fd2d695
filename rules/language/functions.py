"""Types of the functions on dates, and the steps in which 分段计 counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NoReturn

from rules.language.mistakes import Mistake, Place
from rules.language.program import DATE, NUMBER, Band, DateFunction, Node, Rate, Type
from rules.language.rates import Rates
from rules.language.render import decimal_text
from rules.language.units import MONTH, NO_UNIT, Unit, step_of_both

PERIOD_DAYS = ("期初", "期末")
_COUNTED = {"满年": Unit((("年", 1),)), "月数": MONTH, "天数": Unit((("天", 1),))}
_HOW = {
    "满年": "写法：满年(起, 止)，如 满年(参加工作日期, 期末)",
    "月数": "写法：月数(起, 止)",
    "天数": "写法：天数(起, 止)，两头都算",
    "加月": "写法：加月(日, 3)，往前推写 加月(日, -3)",
    "月初": "写法：月初(日)",
    "月末": "写法：月末(日)，上个月的最后一天写 月末(加月(日, -1))",
    "年初": "写法：年初(日)",
}


def date_function(op: str, nodes: list[Node], at: Place) -> DateFunction:
    """A function on dates with the type of its result. Raises Mistake."""
    days = nodes[:1] if op == "加月" else nodes
    if any(node.type.kind != DATE for node in days):
        _fail(at, f"「{op}」里有一项不是日期", f"{_HOW[op]}；定值日期写 2020-09-01")
    if op == "加月" and not _is_count(nodes[1].type):
        _fail(at, "「加月」的第二项不是整月数", _HOW[op])
    unit = _COUNTED.get(op)
    type_ = Type(DATE) if unit is None else Type(NUMBER, unit, Fraction(1))
    return DateFunction(op, tuple(nodes), type_)  # type: ignore[arg-type]


def _is_count(type_: Type) -> bool:
    """A whole number of months, or without unit."""
    whole = type_.step is not None and type_.step.denominator == 1
    return type_.kind == NUMBER and whole and type_.unit in (NO_UNIT, MONTH)


def sliced(rates: Rates, name: str, number: Type, at: Place) -> tuple[Rate, Fraction]:
    """The rate read by slices of a number, and the step: it divides the number and every edge of a band.

    The bands must cover everything from the first step upwards. Raises Mistake.
    """
    keys = rates.keys(name)
    if len(keys) != 1:
        told = f"按 {len(keys)} 列查" if keys else "不分档"
        _fail(
            at,
            f"「分段计」的标准要只按一个数分档，「{name}」{told}",
            "请另立一个标准，按: [数]，档里写各段的单价",
        )
    if number.step is None:
        _fail(at, "「分段计」的数可能除不尽", "请先用 舍入(…, 2位小数, 四舍五入) 或另写一条有「取整」的规则")
    rate = rates.built(name, (replace(number, low=None),))
    for version in rate.versions:
        (lowest,) = next(iter(version.values))
        if isinstance(lowest, Band) and lowest.low and lowest.low > 0 and not lowest.holds(number.step):
            _fail(
                rates.sources[name].place,
                f"标准「{name}」的最低一档「{lowest.text}」不从 0 起，分段计要从 0 往上一段一段地计",
                f"请写「…以下」「不满…」的一档；不计钱的一段也要写，如「不满{decimal_text(lowest.low)}: 0」",
            )
    bands = [band for version in rate.versions for (band,) in version.values if isinstance(band, Band)]
    step: Fraction | None = number.step
    for edge in {edge for band in bands for edge in (band.low, band.high) if edge}:
        step = step_of_both(step, abs(edge))
    assert step, "a number's step and the edges are above zero"
    return rates.built(name, (replace(number, low=step, step=step),)), step


def slices_type(number: Type, rate: Type, step: Fraction, at: Place) -> Type:
    """节 × 元/节 = 元. Raises Mistake for money times money."""
    unit = number.unit * rate.unit
    if unit.power("元") > 1:
        _fail(at, f"「{number.unit}」不能按「{rate.unit}」分段计", "数和标准里只能有一个是金额")
    return Type(NUMBER, unit, step * rate.step if rate.step else None)


def _fail(at: Place, message: str, remedy: str) -> NoReturn:
    raise Mistake(at, message, remedy)
