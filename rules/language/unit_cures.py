"""What to write instead where the units of two numbers differ."""

from __future__ import annotations

from fractions import Fraction

from rules.language.program import PRIOR, Arithmetic, Const, Node, Otherwise, Ranking, Read
from rules.language.render import decimal_text
from rules.language.units import MONTH, NO_UNIT, Unit


def unit_cure(left: Node, right: Node) -> str:
    """The cure for two sides of different units, in the words of what stands there."""
    sides = ((left, right), (right, left))
    for node, other in sides:
        if read := _started(node):
            name, wanted = ".".join((*read.path, read.column)), _said(Fraction(0), other.type.unit)
            return f"「{name}」的单位来自它的「开头」或「否则」：请在那里写「{wanted}」，单写的 0 没有单位"
    for node, other in sides:
        if node.type.unit == NO_UNIT:
            return _without_unit(node, other)
    literal = next(
        (f"，如「{_literal(node, other.type.unit)}」" for node, other in sides if _is_literal(node)), ""
    )
    if left.type.unit.is_money and right.type.unit.is_money:
        return f"按月的金额写「元/月」，乘以月数才是元；两边要写同样的单位{literal}"
    if left.type.unit.power("元") == right.type.unit.power("元") == 1:
        much, little = (left, right) if left.type.unit.is_money else (right, left)
        more = little.type.unit / much.type.unit
        return f"两边都是钱，一边多出「{more}」：乘除的数也要带单位，如 ÷ 22{more}"
    if left.type.unit.is_money or right.type.unit.is_money:
        return "一边是金额，一边不是：请检查列名和单位"
    return f"两边要写同样的单位{literal}"


def _without_unit(node: Node, other: Node) -> str:
    """`node` is a bare number, a percentage or a rank, and the other side has a unit."""
    unit = other.type.unit
    if node.type.percent:
        return "百分比要先乘以金额，如 基础工资 × 15%" if unit.is_money else "百分比要先乘以另一边那样的数"
    if _is_literal(node):
        cure = f"写死的数也要带单位：请写「{_literal(node, unit)}」"
        loose = isinstance(other, Arithmetic) and not unit.is_money
        return f"{cure}；另一边本不该带单位的，给它除以「{_said(Fraction(1), unit)}」" if loose else cure
    if _is_literal(other):
        what = "排名" if isinstance(node, Ranking) else "另一边"
        return f"{what}不带单位，写死的数也不带：请写「{_literal(other, NO_UNIT)}」"
    if isinstance(node, Ranking):
        return f"排名不带单位：请乘以「1{unit}」，如 1{unit} × 排名(…)"
    return f"请给没有单位的一边乘以「1{unit}」；它是工作簿里的一列，也可以在那一列的类型后面写「{unit}」"


def _started(node: Node) -> Read | None:
    """A column of the row before that has its unit from what it starts with (开头, or a bare 0 after 否则)."""
    read, start = (node.operand, node.fallback) if isinstance(node, Otherwise) else (node, None)
    if not isinstance(read, Read) or not read.path or read.path[-1] not in PRIOR:
        return None
    bare = start is not None and _is_literal(start) and start.type.unit == NO_UNIT
    return read if bare or (start is None and read.opening is not None) else None


def _is_literal(node: Node) -> bool:
    return isinstance(node, Const) and isinstance(node.value, Fraction)


def _literal(node: Node, unit: Unit) -> str:
    assert isinstance(node, Const), "asked of literals alone"
    assert isinstance(node.value, Fraction), "only a number has a unit"
    return _said(node.value, unit)


def _said(value: Fraction, unit: Unit) -> str:
    return decimal_text(value) + ("个月" if unit == MONTH else str(unit))
