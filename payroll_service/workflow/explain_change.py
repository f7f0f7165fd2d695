"""Why a payout differs from the payee's last one of the same kind, cause by cause, to the fen.

The person's data are put back to what they were, with everybody else's as they are now: that tells what colleagues and
pools did. Then with her data as they are now, still under the old rules: that is what her own data did. What is left is
the rules. Where a state cannot be calculated, the causes on both sides of it are told as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payroll_service.book.money import totals_by
from payroll_service.book.own_rows import OwnChange, moved, own_changes, own_rows, put_in
from payroll_service.book.pay_change import (
    OTHERS,
    OWN,
    RULES,
    PayChange,
    State,
    causes_of,
    in_order,
    read_pay,
)
from payroll_service.book.payouts import make_payouts
from payroll_service.book.records import PayeeIdentity, RunRecord
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import UnknownPayee
from payroll_service.snapshot.canonical import raw_tables
from payroll_service.snapshot.sealing import from_bytes, seal
from payroll_service.snapshot.tables import RawTable, UnsoundTables
from payroll_service.store.store import Session, Store
from payroll_service.workflow.like_runs import like_runs, of_earlier_periods
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.read_payouts import not_paid
from rules.language.program import Program


def explain_change(store: Store, bureau: str, payee: str, run_id: str) -> PayChange:
    """The approved run against the payee's last one of this kind of period before it.

    Calculates the county once or twice. Raises UnknownPayee where either run does not pay the payee.
    """
    with store.reading() as session:
        if not session.runs.is_approved(bureau, run_id):
            raise not_paid(run_id)
        run = session.runs.get(bureau, run_id)
        last = _last_before(session, run, payee)
        if last is None:
            raise UnknownPayee(
                f"批次 {run_id} 以前没有同类期间的发放，没有可比的。", "有了下一次发放，就能和这一次比。"
            )
        who = session.payees.get(bureau, payee)
        pays = [_record(session, one, payee) for one in (last, run)]
        programs = {
            one.rule_set: _program(session, one) for one in {last.rule_set: last, run.rule_set: run}.values()
        }
        before, now = (_side(session, one, programs[one.rule_set]) for one in (last, run))
    was, is_ = map(read_pay, pays)
    between = _between(before, now, who)
    return PayChange(
        before_run=last.run_id,
        before_period=last.period,
        run=run.run_id,
        period=run.period,
        before_rules=before.program.version,
        rules=now.program.version,
        before_fen=was.total_fen,
        now_fen=is_.total_fen,
        causes=causes_of(was, is_, between.states, between.pending),
        own=between.own,
        names={**was.names, **is_.names},
    )


def _last_before(session: Session, run: RunRecord, payee: str) -> RunRecord | None:
    """Of the approved runs of like periods before this one's, the last that pays the payee."""
    for each in of_earlier_periods(like_runs(session, run), run):
        if session.runs.record(run.bureau, each.run_id, payee) is not None:
            return each
    return None


def _record(session: Session, run: RunRecord, payee: str) -> bytes:
    record = session.runs.record(run.bureau, run.run_id, payee)
    if record is None:
        raise not_paid(run.run_id)
    return record.content


@dataclass(frozen=True)
class _Side:
    """What one of the two runs was calculated from."""

    program: Program
    content: bytes
    period: str


def _program(session: Session, run: RunRecord) -> Program:
    rules = session.rule_sets.get(run.bureau, run.rule_set)
    return rules_from(rules.document, rules.name).program


def _side(session: Session, run: RunRecord, program: Program) -> _Side:
    return _Side(program, session.snapshots.get(run.bureau, run.snapshot).content, run.period)


@dataclass(frozen=True)
class _Between:
    """The states between two runs, what has still to be told apart after the last of them, and what changed of one's own."""

    states: tuple[State, ...]
    pending: tuple[str, ...]
    own: tuple[OwnChange, ...]


def _between(before: _Side, now: _Side, who: PayeeIdentity) -> _Between:
    """All states that can be calculated, in order: others' data, one's own, the rules."""
    old, same = before.program, before.program.fingerprint == now.program.fingerprint
    data = raw_tables(now.content)
    under_old = None if same else _calculated(old, data, now.period, who)
    apart = same or under_old is not None
    program = old if apart else now.program
    pending: tuple[str, ...] = (OTHERS,) if apart else (RULES, OTHERS)
    found = _put_back(program, before, now, data, who)
    states = list[State]()
    if found is not None:
        put_back = _calculated(program, found.tables, now.period, who)
        if put_back is not None:
            states.append(State(pending, put_back))
            pending = ()
    pending = in_order((*pending, OWN))
    if under_old is not None:
        states.append(State(pending, under_old))
        pending = (RULES,)
    return _Between(tuple(states), pending, found.own if found else ())


@dataclass(frozen=True)
class _PutBack:
    """The later run's data with the payee's own rows as they were, and what of them changed."""

    tables: list[RawTable]
    own: tuple[OwnChange, ...]


def _put_back(
    program: Program, before: _Side, now: _Side, data: Sequence[RawTable], who: PayeeIdentity
) -> _PutBack | None:
    """None where the earlier data do not fit the program."""
    since, until = program.calendar.parse(before.period), program.calendar.parse(now.period)
    if since is None or until is None:
        return None
    try:
        earlier = from_bytes(program, before.content)
        later = earlier if now.content == before.content else from_bytes(program, now.content)
    except UnsoundTables:
        return None
    was, are = (
        own_rows(program, earlier, since, (who.number,)),
        own_rows(program, later, until, (who.number,)),
    )
    tables = put_in(program, data, are, moved(program, was, since, until))
    return _PutBack(tables, tuple(own_changes(program, was, are, since, until)))


def _calculated(
    program: Program, tables: Sequence[RawTable], text: str, who: PayeeIdentity
) -> dict[str, int] | None:
    """What a payee would be paid by item, in fen; None where these tables cannot be calculated under these rules."""
    period = program.calendar.parse(text)
    if period is None:
        return None
    try:
        payouts = make_payouts(program, calculate(program, seal(program, tables, strict_ids=False), period))
    except (UnsoundTables, CalculationError):
        return None
    keys = [*zip(payouts.payee_keys, payouts.payee_kinds, strict=True)]
    if (who.number, who.kind) not in keys:
        return {}
    own = payouts.payee == keys.index((who.number, who.kind))
    sums = totals_by(payouts.item[own], payouts.amount_fen[own], len(payouts.items)).tolist()
    return {item.number: fen for item, fen in zip(payouts.items, sums, strict=True)}
