"""The reference workload for the engine: its rule set, its columns as a sealed snapshot, its lines from an outcome."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from payroll_service.calculation.outcome import Outcome
from payroll_service.snapshot.tables import SealedTable, Snapshot, Values
from rules.language.check import load_rule_set
from rules.language.period import Period
from rules.language.program import Program

RULE_SET = Path(__file__).with_name("reference.yaml")
PEOPLE, SCHOOLS = "人员", "学校"
INPUTS = {
    "编号": "payee_id",
    "学校代码": "school_id",
    "基本工资": "basic_wage",
    "绩效标准": "perf_month",
    "得分": "score100",
    "班主任": "homeroom",
    "乡镇类别": "rural_tier",
    "超课时": "overtime",
    "师德合格": "ethics_ok",
    "月数": "months",
    "校长": "principal",
    "职级": "grade",
    "完成指标": "exam_hits",
    "岗位津贴": "lead_post",
}
LINES = {
    "basic": ("基础性绩效",),
    "reward": ("奖励性绩效",),
    "principal_grade": ("基础性津贴", "兑现津贴"),
    "homeroom_pay": ("班主任津贴",),
    "overtime_pay": ("超课时津贴",),
    "rural_pay": ("乡镇津贴",),
    "lead_pay": ("岗位津贴合计",),
    "exam_bonus": ("指标奖",),
    "gross": ("应发合计",),
}


def load_program() -> Program:
    return load_rule_set(RULE_SET.read_text(encoding="utf-8"), RULE_SET.name)


def semester(program: Program) -> Period:
    found = program.calendar.parse("2025-2026-1")
    assert found is not None
    return found


def seal(program: Program, columns: dict[str, np.ndarray]) -> Snapshot:
    """The generated columns as they would be sealed: rows ascend by key already."""
    people = {name: _values(program, PEOPLE, name, columns[source]) for name, source in INPUTS.items()}
    first = np.flatnonzero(np.diff(columns["school_id"], prepend=-1))
    schools = {
        "学校代码": _values(program, SCHOOLS, "学校代码", columns["school_id"][first]),
        "规模": _values(program, SCHOOLS, "规模", columns["size_band"][first]),
    }
    tables = {
        PEOPLE: SealedTable(PEOPLE, len(columns["payee_id"]), people),
        SCHOOLS: SealedTable(SCHOOLS, len(first), schools),
    }
    return Snapshot(tables, "")


def _values(program: Program, table: str, name: str, data: np.ndarray) -> Values:
    """Numbers come in the column's step already; a negative choice is an empty cell."""
    kind = program.types[table, name]
    missing = data < 0
    cells = np.where(missing, 0, data).astype(np.int64)
    return Values(cells, missing if missing.any() else None, kind.options)


def lines(outcome: Outcome) -> dict[str, np.ndarray]:
    """The nine lines in fen, by payee."""
    return {line: _sum(outcome, names) for line, names in LINES.items()}


def _sum(outcome: Outcome, names: tuple[str, ...]) -> np.ndarray:
    columns = [outcome.columns[PEOPLE, name].data for name in names]
    return columns[0] if len(columns) == 1 else np.add(*columns)
