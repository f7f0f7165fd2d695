"""Answers about what somebody has to look at in a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.models.base import Answer
from payroll_service.workflow.list_findings import Findings, ListedFinding

Check = Annotated[
    str, Query(max_length=200, description="The name of a check or a rule of the roster; else all.")
]


class FindingUnit(Answer):
    unit: str
    name: str


class FindingAnswer(Answer):
    """Where a check did not hold, or what the roster says of somebody.

    `level`: 提示 or 必须 of a check; 暂缓, who is held back, or 不发, who gets nothing, of the roster; 错误, a row that could
    not be calculated. `row` in words, long numbers with their middle hidden. `payee` null where the book knows nobody.
    """

    number: int
    level: str
    check: str
    clause: str
    table: str
    row: str
    sentence: str
    person: str | None
    payee: str | None
    units: list[FindingUnit]

    @classmethod
    def of(cls, one: ListedFinding) -> FindingAnswer:
        return cls(
            number=one.number,
            level=one.level,
            check=one.check,
            clause=one.clause,
            table=one.table,
            row=one.row,
            sentence=one.sentence,
            person=one.person or None,
            payee=one.payee or None,
            units=[FindingUnit(unit=unit, name=name) for unit, name in one.units.items()],
        )


class FoundFindings(Answer):
    """`total` of those that were asked for. `next` continues the list; null at its end."""

    total: int = Field(ge=0)
    findings: list[FindingAnswer]
    next: int | None = None

    @classmethod
    def of(cls, found: Findings) -> FoundFindings:
        listed = [FindingAnswer.of(one) for one in found.page.items]
        return cls(total=found.total, findings=listed, next=found.page.next)
