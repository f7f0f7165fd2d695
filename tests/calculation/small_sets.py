"""Small rule sets as text: the test writes tables and rules, the rest is the same for all."""

from __future__ import annotations

from fractions import Fraction

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import Outcome
from rules.language.check import load_rule_set
from rules.language.mistakes import RuleSetError
from rules.language.program import BOOL, CHOICE, DATE, NUMBER, Program
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period

HEAD = """语言: 1
规则集: 小例
版本: "1"
施行: 2000-01-01 至 2099-12-31
依据: {办法: 小例办法}
学期: {第一学期: 9月起6个月, 第二学期: 3月起6个月}
资金: {绩效: 绩效}
"""


def rule_set(text: str) -> Program:
    """The program of a rule set without its heading; every rule rests on the same clause."""
    return load_rule_set(HEAD + text, "小例.yaml")


def mistakes(text: str) -> str:
    """What is wrong with a rule set, place and cure included; "" for a sound one."""
    try:
        rule_set(text)
    except RuleSetError as error:
        return "\n".join(map(str, error.problems))
    return ""


def outcome_of(program: Program, rows: dict[str, list[dict]], run: str) -> Outcome:
    """What the column evaluator calculates; the row interpreter must say the same."""
    snapshot = sealed(program, rows)
    found = disagreements(program, snapshot, period(run))
    assert not found, "\n".join(found)
    return calculate(program, snapshot, period(run))


def column(program: Program, outcome: Outcome, table: str, name: str) -> dict[tuple[str, ...], object]:
    """A rule's column by key: numbers as fractions, None where it is missing."""
    computed, kind = outcome.columns[table, name], program.types[table, name]
    found: dict[tuple[str, ...], object] = {}
    for row in range(outcome.frames[table].size):
        key = key_texts(program, outcome.frames, table, row)
        if computed.missing is not None and computed.missing[row]:
            found[key] = None
            continue
        data = int(computed.data[row])
        if kind.kind == NUMBER:
            found[key] = data * computed.step
        elif kind.kind in (CHOICE, "文字"):
            found[key] = computed.words[data]
        else:
            found[key] = bool(data) if kind.kind == BOOL else data
    return found


def fractions(*texts: str) -> list[Fraction]:
    return [Fraction(text) for text in texts]


__all__ = ["DATE", "HEAD", "column", "fractions", "mistakes", "outcome_of", "rule_set"]
