"""What somebody has to look at in a run, by name: where checks do not hold, who is held back or gets nothing and why.

A run's receipt counts them; whom they concern is not stored, but found again in the data and rules that the run is
proved by. Of a run that could not be calculated, the rows that stood in the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from payroll_service.book.money import grouped
from payroll_service.book.payee_records import units_of
from payroll_service.book.records import PayeeRecord, RunRecord
from payroll_service.calculation.labels import key_texts, row_label
from payroll_service.calculation.outcome import CalculationError, Finding, Outcome
from payroll_service.calculation.subjects import person_of, unit_of
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.masking import masked
from payroll_service.workflow.ready_data import ReadyData, ready_data
from payroll_service.workflow.stored_runs import find_run
from rules.language.program import Program

HELD, UNPAID, FAULT = "暂缓", "不发", "错误"
SAID = {HELD: "暂缓发放", UNPAID: "本次不发"}
SCHOOL = "学校"
Who = tuple[str, str]  # a payee's kind and number


@dataclass(frozen=True)
class ListedFinding:
    """One of a run's findings. `level`: 必须 or 提示 of a check, 暂缓 or 不发 of the roster, 错误 of what stopped the run.

    `row`: in words. `payee` "" for nobody, or nobody whom the book knows; `units`: code -> name; `is_paid`: the run has
    lines of the payee.
    """

    number: int
    level: str
    check: str
    clause: str
    table: str
    row: str
    sentence: str
    person: str = ""
    payee: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    is_paid: bool = False


@dataclass(frozen=True)
class Findings:
    """A page of those that were asked for; `counts` of all, by level and check, in order."""

    page: Page[ListedFinding]
    total: int
    counts: Mapping[tuple[str, str], int]


def list_findings(
    store: Store, bureau: str, run_id: str, check: str, after: int, limit: int, by: str, now: datetime
) -> Findings:
    """Those after number `after`; of one check if it is named. That `by` read them is put down. Raises UnknownRun."""
    with store.reading() as session:
        run = find_run(session, bureau, run_id)
    data = ready_data(store, bureau, run.rule_set, run.snapshot)
    outcome, found = _findings(data, run)
    wanted = [(number, one) for number, one in enumerate(found, 1) if check in ("", one.check)]
    rest = [each for each in wanted if each[0] > after]
    listed: Sequence[ListedFinding] = ()
    if rest:
        with store.reading() as session:
            listed = _listed(session, run, data.program, outcome, rest[:limit])
        log_read(store, bureau, f"findings {run_id}", by, now)
    page = Page(tuple(listed), listed[-1].number if len(rest) > limit else None)
    return Findings(page, len(wanted), Counter((one.level, one.check) for one in found))


def _findings(data: ReadyData, run: RunRecord) -> tuple[Outcome | None, Sequence[Finding]]:
    """All, always in the same order: nothing that they are made from ever changes."""
    period = data.program.calendar.parse(run.period)
    assert period is not None, "a run is of a period of its rule set"
    try:
        outcome = data.outcome(period)
    except CalculationError as error:
        return None, [
            Finding(one.column, FAULT, one.table, one.key, f"{one.message} {one.remedy}", "")
            for one in error.problems
        ]
    return outcome, (*outcome.findings, *_on_roster(data.program, outcome))


def _on_roster(program: Program, outcome: Outcome) -> Iterator[Finding]:
    """Who is held back, by the first rule that holds; then who gets nothing, by every rule: as the receipt counts them."""
    if program.roster is None:
        return
    basis = {rule.name: "；".join(map(str, rule.basis)) for rule in program.roster.rules}
    table, frames = program.roster.table, outcome.frames
    excluded = [np.asarray(mark.rows, bool) for mark in outcome.roster if mark.kind == UNPAID]
    told = np.logical_or.reduce([np.zeros(frames[table].size, bool), *excluded])
    for kind in (HELD, UNPAID):
        for mark in (mark for mark in outcome.roster if mark.kind == kind):
            rows = np.asarray(mark.rows, bool)
            for row in np.flatnonzero(rows & ~told if kind == HELD else rows).tolist():
                key = key_texts(program, frames, table, row)
                yield Finding(mark.rule, kind, table, key, SAID[kind], basis[mark.rule], row)
            told = told | rows


@dataclass(frozen=True)
class _Concerned:
    """What the data say of a finding's row: what it is called, whom it is about, in which unit."""

    row: str
    who: Who | None = None
    name: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


def _concerned(program: Program, outcome: Outcome | None, one: Finding) -> _Concerned:
    if outcome is None or one.row < 0:
        return _Concerned(masked("、".join(one.key)))
    frames, tables = outcome.frames, program.tables
    units = {program.target(each.table, each.unit) for each in program.payments}
    units |= {name for name, table in tables.items() if table.payee_kind == SCHOOL}
    person = person_of(program, frames, one.table, one.row)
    unit = unit_of(program, frames, units, one.table, one.row)
    return _Concerned(
        masked(row_label(program, frames, one.table, one.row)),
        (tables[person[0]].payee_kind, key_texts(program, frames, *person)[0]) if person else None,
        masked(row_label(program, frames, *person)) if person else "",
        {"、".join(key_texts(program, frames, *unit)): row_label(program, frames, *unit)} if unit else {},
    )


def _listed(
    session: Session,
    run: RunRecord,
    program: Program,
    outcome: Outcome | None,
    found: Sequence[tuple[int, Finding]],
) -> list[ListedFinding]:
    concerned = [_concerned(program, outcome, one) for _, one in found]
    ids = _ids(session, run.bureau, {one.who for one in concerned if one.who})
    kept = session.runs.records_of(run.bureau, run.run_id, [*ids.values()])
    records = {record.payee_id: record for record in kept}
    listed = []
    for (number, one), whom in zip(found, concerned, strict=True):
        payee = ids.get(whom.who, "") if whom.who else ""
        listed.append(_told(number, one, whom, payee, records.get(payee)))
    return listed


def _ids(session: Session, bureau: str, people: Collection[Who]) -> dict[Who, str]:
    """The payee ids of those whom the book knows."""
    found: dict[Who, str] = {}
    for kind in {kind for kind, _ in people}:
        known = session.payees.known(bureau, kind, [number for of, number in people if of == kind])
        found |= {(kind, number): payee for number, payee in known.items()}
    return found


def _told(
    number: int, one: Finding, whom: _Concerned, payee: str, record: PayeeRecord | None
) -> ListedFinding:
    sentence = masked(one.sentence)
    if one.level == HELD and record is not None:
        sentence = f"应发 {grouped(record.amount_fen)} 元已计算，暂不发放"
    return ListedFinding(
        number=number,
        level=one.level,
        check=one.check,
        clause=one.basis,
        table=one.table,
        row=whom.row,
        sentence=sentence,
        person=whom.name,
        payee=payee,
        units=whom.units or (units_of(record.content) if record else {}),
        is_paid=record is not None,
    )
