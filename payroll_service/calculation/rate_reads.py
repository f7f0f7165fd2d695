"""Reading a rate in a row: the version of its day, the case of its keys."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import flags, merged
from payroll_service.calculation.vectors import Vector
from rules.language.program import RateRead


def rate_read(scope: Scope, node: RateRead) -> Vector:
    rate, period = scope.sheet.rate(node.rate), scope.sheet.period
    keys = [scope.vector(key) for key in node.keys]
    status = merged(*(key.status for key in keys))
    if node.at == "" and rate.changes_within(period):
        return _unknown(status, scope.sheet.fault(_changing(node.rate)))
    if node.month is not None and node.at == "月":
        months = scope.vector(node.month)
        version = rate.version_by_month(months, period)
        status = merged(status, months.status)
    else:
        day = period.last_day if node.at == "期末" else period.first_day
        version = np.array(rate.version_at(day))
    undated = version < 0
    if undated.any():
        code = scope.sheet.fault(_undated(node.rate))
        status = merged(status, flags(undated, code))
    data, absent = rate.read(version, keys)
    if absent is not None:
        code = scope.sheet.fault(_no_case(node.rate))
        status = merged(status, flags(absent, code))
    data = np.asarray(data)
    low, high = (rate.low, rate.high) if data.ndim else (int(data), int(data))
    return Vector(data, rate.scale, low, high, status)


def _unknown(status: np.ndarray | None, code: int) -> Vector:
    return Vector(np.array(0), low=0, high=0, status=merged(status, np.array(code, np.int8)))


def _changing(rate: str) -> Fault:
    return Fault(
        f"标准「{rate}」在本期内有变动，不能确定用哪一期",
        f"请在公式中写 {rate}@期初 或 {rate}@期末，或改在分月的表上计算",
    )


def _undated(rate: str) -> Fault:
    return Fault(f"标准「{rate}」在这一时间没有生效的档次", "请在规则文件的 分期 中补上更早的一期")


def _no_case(rate: str) -> Fault:
    return Fault(f"标准「{rate}」没有这一档", "请核对这一行的数据，或在规则文件中补上这一档")
