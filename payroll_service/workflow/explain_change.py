"""Why a payout differs from the payee's last one of the same kind, cause by cause, to the fen.

The person's data are put back to what they were, with everybody else's as they are now: that tells what colleagues and
pools did. Then with her data as they are now, still under the old rules: that is what her own data did. What is left is
the rules. Where a state cannot be calculated, the causes on both sides of it are told as one.

The last payout is that of the period before; of a run that corrects another, what it corrects. What is the same for
all who ask is kept ready (`ready_data.py`); put back and calculated is what is one's own. None of it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.own_amounts import own_amounts
from payroll_service.book.own_rows import OwnChange, Row, moved, own_changes, own_rows
from payroll_service.book.pay_change import (
    OTHERS,
    OWN,
    RULES,
    Amounts,
    PayChange,
    State,
    causes_of,
    in_order,
    read_pay,
)
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import PayeeIdentity, RunRecord
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import NothingToCompare
from payroll_service.snapshot.exchanging import exchanged
from payroll_service.snapshot.tables import RawTable, UnsoundTables
from payroll_service.store.store import Session, Store
from payroll_service.workflow.like_runs import corrected_by, like_runs, of_earlier_periods
from payroll_service.workflow.read_payouts import not_paid
from payroll_service.workflow.ready_data import ready_data
from rules.language.program import Program


def explain_change(store: Store, bureau: str, payee: str, run_id: str) -> PayChange:
    """The approved run against the payee's last one of this kind of period before it, or the one that it corrects.

    Raises UnknownPayee where the run does not pay the payee, NothingToCompare where none was before it.
    """
    with store.reading() as session:
        if not session.runs.is_approved(bureau, run_id):
            raise not_paid(run_id)
        run = session.runs.get(bureau, run_id)
        last = _last_before(session, run, payee)
        if last is None:
            raise NothingToCompare(
                f"批次 {run_id} 以前没有同类期间的发放，没有可比的。", "有了下一次发放，就能和这一次比。"
            )
        who = session.payees.get(bureau, payee)
        was, is_ = (read_pay(_record(session, one, payee)) for one in (last, run))
        versions = [session.rule_sets.get(bureau, one.rule_set).version for one in (last, run)]
    between = _between(store, last, run, who)
    return PayChange(
        before_run=last.run_id,
        before_period=last.period,
        run=run.run_id,
        period=run.period,
        before_rules=versions[0],
        rules=versions[1],
        before_fen=was.total_fen,
        now_fen=is_.total_fen,
        due_fen=is_.due_fen,
        held=bool(is_.held),
        causes=causes_of(was, is_, between.states, between.pending),
        own=between.own,
        names={**was.names, **is_.names},
    )


def _last_before(session: Session, run: RunRecord, payee: str) -> RunRecord | None:
    """What the run corrects; or of the approved runs of like periods before this one's the last. It pays the payee."""
    pays = session.runs.paying(run.bureau, payee)
    like = like_runs(session, run)
    netted = read_receipt(session.runs.receipt(run.bureau, run.run_id) or b"").netted
    last = corrected_by(like, run, netted)[:1]
    return next((one for one in (*last, *of_earlier_periods(like, run)) if one.run_id in pays), None)


def _record(session: Session, run: RunRecord, payee: str) -> bytes:
    record = session.runs.record(run.bureau, run.run_id, payee)
    if record is None:
        raise not_paid(run.run_id)
    return record.content


@dataclass(frozen=True)
class _Between:
    """The states between two runs, what has still to be told apart after the last of them, and what changed of one's own."""

    states: tuple[State, ...]
    pending: tuple[str, ...]
    own: tuple[OwnChange, ...]


def _between(store: Store, last: RunRecord, run: RunRecord, who: PayeeIdentity) -> _Between:
    """All states that can be calculated, in order: others' data, one's own, the rules."""
    same = last.rule_set == run.rule_set
    under_old = None if same else _own_pay(store, last.rule_set, run, who)
    apart = same or under_old is not None
    pending: tuple[str, ...] = (OTHERS,) if apart else (RULES, OTHERS)
    found = _put_back(store, last.rule_set if apart else run.rule_set, last, run, who)
    states = list[State]()
    if found is not None and found.amounts is not None:
        states.append(State(pending, found.amounts))
        pending = ()
    pending = in_order((*pending, OWN))
    if under_old is not None:
        states.append(State(pending, under_old))
        pending = (RULES,)
    return _Between(tuple(states), pending, found.own if found else ())


def _own_pay(store: Store, rule_set: str, run: RunRecord, who: PayeeIdentity) -> Amounts | None:
    """What the data of a run come to for the payee under these rules; None where they do not allow that."""
    try:
        data = ready_data(store, run.bureau, rule_set, run.snapshot)
        period = data.program.calendar.parse(run.period)
        if period is None:
            return None
        return own_amounts(data.program, data.outcome(period), who.number, who.kind)
    except (UnsoundTables, CalculationError):
        return None


@dataclass(frozen=True)
class _PutBack:
    """What the payee would get with her own rows as they were, None where that cannot be calculated; what of them changed."""

    amounts: Amounts | None
    own: tuple[OwnChange, ...]


def _put_back(
    store: Store, rule_set: str, last: RunRecord, run: RunRecord, who: PayeeIdentity
) -> _PutBack | None:
    """None where one of the runs' data do not fit the rules."""
    try:
        earlier, later = (ready_data(store, run.bureau, rule_set, one.snapshot) for one in (last, run))
    except UnsoundTables:
        return None
    program = later.program
    since, until = (program.calendar.parse(one.period) for one in (last, run))
    if since is None or until is None:
        return None
    was = own_rows(program, earlier.snapshot, since, (who.number,))
    are = own_rows(program, later.snapshot, until, (who.number,))
    shifted = moved(program, was, since, until)
    changed = {name for name in are if are[name] != shifted[name]}
    out, instead = (_raw(program, {name: rows[name] for name in changed}) for rows in (are, shifted))
    try:
        snapshot = exchanged(program, later.snapshot, out, instead)
        amounts = own_amounts(program, calculate(program, snapshot, until), who.number, who.kind)
    except (UnsoundTables, CalculationError):
        amounts = None
    return _PutBack(amounts, tuple(own_changes(program, was, are, since, until)))


def _raw(program: Program, rows: Mapping[str, Sequence[Row]]) -> list[RawTable]:
    return [
        RawTable(
            name,
            name,
            {column: [row[column] for row in some] for column in program.tables[name].columns},
            range(1, len(some) + 1),
        )
        for name, some in rows.items()
    ]
