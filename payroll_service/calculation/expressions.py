"""Every expression of the language by the column: one function per class of `Node`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from payroll_service.calculation import arithmetic as on_vectors
from payroll_service.calculation.aggregates import aggregate
from payroll_service.calculation.dates import date_function, period_day
from payroll_service.calculation.rankings import ranking
from payroll_service.calculation.rate_reads import rate_read
from payroll_service.calculation.rounding import round_to
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import BY_ZERO
from payroll_service.calculation.slices import slices
from payroll_service.calculation.statuses import merged, only
from payroll_service.calculation.tracing import Fixed, array_of, entries
from payroll_service.calculation.vectors import Vector, at_rows, constant_number, yes_no
from rules.language import program as language
from rules.language.period import Period
from rules.language.program import BOOL, DATE, NUMBER, PERIOD, Node

ABSENT = -1  # the code of a word that a column does not have


def const(scope: Scope, node: language.Const) -> Vector:
    constants = scope.sheet.ground.ready.constants
    number = scope.sheet.number(node)
    found = constants.get(number)
    if found is None:
        found = constants[number] = _literal(node)
    return found


def _literal(node: language.Const) -> Vector:
    if isinstance(node.value, bool):
        return yes_no(np.array(node.value))
    if isinstance(node.value, str):
        return Vector(np.array(0), words=(node.value,))
    return constant_number(Fraction(node.value))


def read(scope: Scope, node: language.Read) -> Vector:
    v = scope.read(node.path, scope.sheet.column(node.table, node.column))
    return v if node.opening is None else _opened(scope, node, node.opening, v)


def _opened(scope: Scope, node: language.Read, opening: Node, v: Vector) -> Vector:
    """With the opening where the row that asks, at the end but one of the path, has none before it."""
    first = scope.places(node.path)[0] < 0
    if node.path[1:]:
        asking = scope.places(node.path[:-1])[0]
        first &= asking >= 0
        start = at_rows(scope.on(node.table).full(opening), asking, True)
    else:
        start = scope.vector(opening)
    if not first.any():
        return v
    start, v = same_codes(start, v)
    return on_vectors.choose(yes_no(first), start, v)


def arithmetic(scope: Scope, node: language.Arithmetic) -> Vector:
    left, right = scope.vector(node.left), scope.vector(node.right)
    if node.op == "+":
        return on_vectors.add(left, right)
    if node.op == "-":
        return on_vectors.subtract(left, right)
    if node.op == "×":
        return on_vectors.multiply(left, right)
    return on_vectors.divide(left, right, scope.sheet.fault(BY_ZERO))


def negate(scope: Scope, node: language.Negate) -> Vector:
    return on_vectors.negate(scope.vector(node.operand))


def compare(scope: Scope, node: language.Compare) -> Vector:
    left, right = scope.vector(node.left), scope.vector(node.right)
    kind = node.left.type.kind
    if kind in (NUMBER, DATE):
        return on_vectors.compare(node.op, left, right)
    if kind == BOOL:
        same, status = left.data == right.data, merged(left.status, right.status)
        return yes_no(same if node.op == "=" else ~array_of(same), status)
    if kind == PERIOD and node.op not in ("=", "≠"):
        return on_vectors.compare(node.op, first_months(scope, left), first_months(scope, right))
    same = _same_words(left, right)
    return yes_no(same if node.op == "=" else ~same, merged(left.status, right.status))


def _same_words(left: Vector, right: Vector) -> np.ndarray:
    if left.words is right.words:
        return array_of(left.data == right.data)
    if left.data.ndim == 0:
        left, right = right, left
    if right.data.ndim == 0:
        word = right.words[int(right.data)]
        return array_of(left.data == (left.words.index(word) if word in left.words else ABSENT))
    place = {word: code for code, word in enumerate(left.words)}
    codes = np.array([place.get(word, ABSENT) for word in right.words] or [ABSENT])
    return array_of(left.data == entries(Fixed(codes), right.data))


def first_months(scope: Scope, v: Vector) -> Vector:
    calendar = scope.sheet.program.calendar
    periods = [calendar.parse(word) for word in v.words]
    starts = np.array([period.start if isinstance(period, Period) else 0 for period in periods] or [0])
    low, high = int(starts.min()), int(starts.max())
    return Vector(entries(Fixed(starts), v.data), low=low, high=high, status=v.status)


def logic(scope: Scope, node: language.Logic) -> Vector:
    left, right = scope.vector(node.left), scope.vector(node.right)
    data = left.data & right.data if node.op == "且" else left.data | right.data
    if left.status is None and right.status is None:
        return yes_no(data)
    decided = ~left.data if node.op == "且" else left.data
    after = None if right.status is None else only(right.status, ~decided)
    return yes_no(data, merged(left.status, after))


def negation(scope: Scope, node: language.Not) -> Vector:
    operand = scope.vector(node.operand)
    return yes_no(~operand.data, operand.status)


def among(scope: Scope, node: language.Among) -> Vector:
    operand = scope.vector(node.operand)
    if operand.words:
        options = {option.value for option in node.options}
        held = np.array([word in options for word in operand.words])
        return yes_no(entries(Fixed(held), operand.data), operand.status)
    if operand.data.dtype == bool:
        held = np.array([any(option.value is value for option in node.options) for value in (False, True)])
        return yes_no(entries(Fixed(held), operand.data.astype(np.int64)), operand.status)
    equal = [on_vectors.compare("=", operand, const(scope, option)).data for option in node.options]
    return yes_no(reduce(np.logical_or, equal, operand.data != operand.data), operand.status)


def choose(scope: Scope, node: language.Choose) -> Vector:
    then, other = same_codes(scope.vector(node.then), scope.vector(node.other))
    return on_vectors.choose(scope.vector(node.condition), then, other)


def otherwise(scope: Scope, node: language.Otherwise) -> Vector:
    return on_vectors.otherwise(*same_codes(scope.vector(node.operand), scope.vector(node.fallback)))


def same_codes(left: Vector, right: Vector) -> tuple[Vector, Vector]:
    """Two columns of words over the words of both; anything else as it is."""
    if left.words == right.words or not (left.words and right.words):
        return left, right
    place = {word: code for code, word in enumerate(left.words)}
    codes = np.array([place.setdefault(word, len(place)) for word in right.words])
    words = tuple(place)
    return replace(left, words=words), replace(right, data=entries(Fixed(codes), right.data), words=words)


def recoded(v: Vector, words: tuple[str, ...]) -> Vector:
    """The same words by the codes of another list, which has them all."""
    if v.words == words:
        return v
    codes = np.array([words.index(word) if word in words else 0 for word in v.words])
    return replace(v, data=entries(Fixed(codes), v.data), words=words)


def extreme(scope: Scope, node: language.Extreme) -> Vector:
    return on_vectors.extreme(node.op, [scope.vector(operand) for operand in node.operands])


def round_(scope: Scope, node: language.Round) -> Vector:
    return round_to(scope.vector(node.operand), node.rounding.step, node.rounding.mode)


EXPRESSIONS: dict[type, Callable[[Scope, Any], Vector]] = {
    language.Const: const,
    language.Read: read,
    language.RateRead: rate_read,
    language.Arithmetic: arithmetic,
    language.Negate: negate,
    language.Compare: compare,
    language.Logic: logic,
    language.Not: negation,
    language.Among: among,
    language.Choose: choose,
    language.Extreme: extreme,
    language.Round: round_,
    language.Otherwise: otherwise,
    language.Aggregate: aggregate,
    language.Ranking: ranking,
    language.Slices: slices,
    language.PeriodDay: period_day,
    language.DateFunction: date_function,
}


def evaluate(scope: Scope, node: Node) -> Vector:
    """The value of an expression on every row of the scope."""
    return EXPRESSIONS[type(node)](scope, node)
