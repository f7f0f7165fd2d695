"""排名 by the column: the place of every row among those that lead to the same row."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.groups import Receivers, received
from payroll_service.calculation.places import first_of_run, ordered
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.statuses import MISSING, OK, REPORTED, Status, flags, merged, only
from payroll_service.calculation.tracing import operation
from payroll_service.calculation.vectors import Vector, cleared, spread
from rules.language.program import Ranking


def ranking(scope: Scope, node: Ranking) -> Vector:
    """Over all rows of the table: selections take their part. An error of one is an error of its whole group."""
    assert scope.rows is None, "a ranking is of all rows"
    grouping = scope.sheet.grouping(node.table, node.path)
    value = spread(cleared(scope.vector(node.value)), scope.size)
    ranked, errors = _ranked(scope, node, grouping, value.status)
    data = _ranks(grouping, value.data, ranked, not node.descending, node.dense)
    own = merged(errors, flags(~ranked, MISSING))
    others = grouping.statuses(errors)
    status = own if others is None else merged(own, received(others, grouping))
    return Vector(data, low=0, high=grouping.largest, status=status)


def _ranked(scope: Scope, node: Ranking, grouping: Receivers, value: Status) -> tuple[np.ndarray, Status]:
    """The rows that take part, and the errors in finding out, each on its own row."""
    ranked = grouping.rows >= 0
    errors: list[Status] = []
    condition = scope.holds(node.where)
    if condition is not None:
        errors.append(_errors(condition[1].status, ranked))
        ranked = ranked & condition[0]
    errors.append(_errors(value, ranked))
    return (ranked if value is None else ranked & (value == OK)), merged(*errors)


def _errors(status: Status, where: np.ndarray) -> Status:
    return None if status is None else only(status, where & (status >= REPORTED))


@operation
def _ranks(
    grouping: Receivers, value: np.ndarray, ranked: np.ndarray, ascending: bool, dense: bool
) -> np.ndarray:
    """The places of the ranked rows, 0 for the others."""
    order, rows = ordered(grouping, value, ranked, ascending)
    data = np.zeros(len(value), np.int64)
    data[order] = _places(rows, value[order], dense)
    return data


def _places(rows: np.ndarray, values: np.ndarray, dense: bool) -> np.ndarray:
    """Places from 1 of rows that stand by receiving row, then from the best; equal values share theirs."""
    if not len(rows):
        return np.zeros(0, np.int64)
    begins = np.ones(len(rows), bool)
    begins[1:] = (rows[1:] != rows[:-1]) | (values[1:] != values[:-1])
    first = first_of_run(rows)
    if dense:
        counted = np.cumsum(begins)
        return np.asarray(counted - counted[first] + 1)
    return np.asarray(np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0)) - first + 1)
