"""Tie-breaks of a share as ranks: whole numbers from 0, the lower preferred."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.expressions import first_months
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.shares import KEY_BITS, Rank
from payroll_service.calculation.statuses import OK, picked
from payroll_service.calculation.vectors import Vector, cleared, spread
from rules.language.program import PERIOD, Tie


def rank(scope: Scope, tie: Tie) -> Rank:
    """By value, ascending or descending; choices by their order, periods by their first month; missing last."""
    v = scope.vector(tie.node)
    if tie.node.type.kind == PERIOD:
        v = first_months(scope, v)
    v = spread(cleared(v), scope.size)
    codes, low, high = _whole(v)
    codes = high - codes if tie.descending else codes - low
    count = high - low + 1
    if v.status is not None:
        codes = picked(v.status == OK, codes, np.array(count))
    return codes, count + 1


def _whole(v: Vector) -> tuple[np.ndarray, int, int]:
    """The values as int64 in their order, with their bounds."""
    data = v.data.astype(np.int64) if v.data.dtype == bool else v.data
    if data.dtype != object:
        low, high = v.low, v.high
        if (high - low).bit_length() < KEY_BITS:
            return data, low, high
    distinct, codes = np.unique(data, return_inverse=True)
    return codes.astype(np.int64), 0, len(distinct)
