"""Reading a rate in a row: the version of its day, the case of its keys."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.rates import RateTable
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import flags, merged
from payroll_service.calculation.tracing import array_of
from payroll_service.calculation.vectors import Vector
from rules.language.program import Rate, RateRead, Slices


def rate_read(scope: Scope, node: RateRead) -> Vector:
    rate = scope.sheet.rate(node.rate)
    keys = [scope.vector(key) for key in node.keys]
    status = merged(*(key.status for key in keys))
    version, dated = version_of(scope, node, rate)
    status = merged(status, dated)
    if version is None:
        return unknown(status)
    data, absent = rate.read(version, keys)
    if absent is not None:
        code = scope.sheet.fault(no_case(scope.sheet.program.rates[node.rate]))
        status = merged(status, flags(absent, code))
    data = array_of(data)
    low, high = (rate.low, rate.high) if data.ndim else (int(data), int(data))
    return Vector(data, rate.scale, low, high, status)


def version_of(
    scope: Scope, node: RateRead | Slices, rate: RateTable
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The version of the rate in force for every row (-1: none), and the status; no version if it is not sure which."""
    period = scope.sheet.period
    status: np.ndarray | None = None
    if node.at == "" and rate.changes_within(period):
        return None, np.array(scope.sheet.fault(_changing(node.rate)), np.int8)
    if node.month is not None and node.at == "月" and (rate.changes_within(period) or node.month.path):
        months = scope.vector(node.month)
        version, status = rate.version_by_month(months, period), months.status
    else:
        day = period.last_day if node.at == "期末" else period.first_day
        version = np.array(rate.version_at(day))
        if version >= 0:
            return version, None
    undated = version < 0
    if undated.any():
        status = merged(status, flags(undated, scope.sheet.fault(_undated(node.rate))))
    return version, status


def unknown(status: np.ndarray | None) -> Vector:
    return Vector(np.array(0), low=0, high=0, status=status)


def _changing(rate: str) -> Fault:
    return Fault(
        f"标准「{rate}」在本期内有变动，不能确定用哪一期",
        f"请在公式中写 {rate}@期初 或 {rate}@期末，或改在分月的表上计算",
    )


def _undated(rate: str) -> Fault:
    return Fault(f"标准「{rate}」在这一时间没有生效的档次", "请在规则文件的 分期 中补上更早的一期")


def no_case(rate: Rate) -> Fault:
    keys = "、".join(rate.keys)
    return Fault(
        f"按{keys}查，标准「{rate.name}」没有这一档", f"请核对这一行的{keys}，或在规则文件中补上这一档"
    )
