"""Columns that rules have made, as the values of a sealed column: what groups are formed by and rows looked up by."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from payroll_service.calculation.outcome import Computed
from payroll_service.snapshot.tables import Values
from rules.language.program import NUMBER, TEXT, Type
from rules.language.render import Value

LARGEST = 2**62


def values_of(computed: Computed, kind: Type) -> Values:
    """A finished column of the column evaluator."""
    missing = computed.missing if computed.missing is not None and computed.missing.any() else None
    if kind.kind == TEXT:
        words = tuple(sorted(set(computed.words))) or ("",)
        codes = np.array([words.index(word) for word in computed.words] or [0], np.int64)
        return Values(codes[computed.data], missing, words)
    step = kind.step or Fraction(1) if kind.kind == NUMBER else Fraction(1)
    return Values(_counted(computed.data, computed.step / step), missing, kind.options)


def values_from(found: Sequence[Value], kind: Type) -> Values:
    """The same of the row interpreter: a value for every row."""
    missing = np.array([value is None for value in found], bool)
    words = kind.options
    if kind.kind == TEXT:
        words = tuple(sorted({str(value) for value in found if value is not None})) or ("",)
    place = {word: code for code, word in enumerate(words)}
    step = kind.step or Fraction(1) if kind.kind == NUMBER else Fraction(1)
    data = [
        0 if value is None else place[value] if isinstance(value, str) else int(Fraction(value) / step)  # type: ignore[arg-type]
        for value in found
    ]
    wide = any(abs(number) > LARGEST for number in data)
    return Values(np.array(data, object if wide else np.int64), missing if missing.any() else None, words)


def counted_in(values: Values, own: Type, wanted: Type) -> Values:
    """A column of numbers counted in another column's step, to be compared; what it cannot equal is missing."""
    ratio = (own.step or Fraction(1)) / (wanted.step or Fraction(1)) if own.kind == NUMBER else Fraction(1)
    if ratio == 1 and values.data.dtype != object:
        return values
    times = values.data.astype(object) * ratio.numerator
    counted = times // ratio.denominator
    equals = (times % ratio.denominator == 0) & (np.abs(counted) < LARGEST)
    missing = ~equals.astype(bool) if values.missing is None else values.missing | ~equals.astype(bool)
    data = np.where(missing, 0, counted).astype(np.int64)
    return Values(data, missing if missing.any() else None)


def _counted(data: np.ndarray, ratio: Fraction) -> np.ndarray:
    """data × ratio, a whole number on every row; as Python integers where 64 bits may not do."""
    if ratio == 1:
        return data
    if data.size and int(np.abs(data).max()) * ratio.numerator >= LARGEST:
        data = data.astype(object)
    counted: np.ndarray = data * ratio.numerator // ratio.denominator
    return counted
