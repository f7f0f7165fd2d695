"""Making the receipt of a calculated run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.book.checks import BalanceCheck
from payroll_service.book.lines_digest import lines_fingerprint
from payroll_service.book.money import total, totals_by
from payroll_service.book.payouts import LATE, Item, Payouts
from payroll_service.book.receipt import (
    Accrued,
    FindingCount,
    Fund,
    FundReturn,
    ItemTotal,
    LateTotal,
    NettedRun,
    PoolTotal,
    Reason,
    Receipt,
    RuleSetName,
)
from payroll_service.book.records import PoolRecord, TotalRecord
from payroll_service.book.roster import roster_answers
from payroll_service.book.totals import pool_records, totals_of
from payroll_service.calculation.outcome import Outcome
from payroll_service.snapshot.tables import Snapshot
from rules.language.program import Program

ENGINE_VERSION = "1"  # of the way of calculating: raised when equal inputs could give another fen


def make_receipt(
    program: Program,
    snapshot: Snapshot,
    outcome: Outcome,
    payouts: Payouts,
    checks: Sequence[BalanceCheck],
    netted: Sequence[NettedRun] = (),
) -> Receipt:
    """The receipt of a calculated run; `checks` are the run's `balance`, `netted` the runs that its payouts net."""
    held = payouts.held
    return Receipt(
        engine=ENGINE_VERSION,
        language=program.language,
        rule_set=RuleSetName(program.name, program.version, program.fingerprint),
        inputs=snapshot.fingerprint,
        outputs=lines_fingerprint(payouts),
        period=outcome.period.text,
        period_kind=outcome.period.kind,
        payees=len(payouts.payee_keys),
        lines=len(payouts),
        held_lines=int(np.count_nonzero(held)),
        amount_fen=total(payouts.amount_fen),
        held_fen=total(payouts.due_fen[held]),
        items=payouts.items,
        funds=tuple(Fund(*pair) for pair in zip(payouts.funds, payouts.fund_titles, strict=True)),
        totals=item_totals(totals_of(payouts), payouts.items),
        pools=pool_totals(pool_records(program, outcome)),
        returned=_returned(outcome),
        accrued=tuple(Accrued(f"{a.table}.{a.column}", a.when, a.amount) for a in outcome.accruals),
        roster=(*_held(payouts), *_excluded(program, outcome, payouts)),
        findings=_findings(outcome),
        checks=tuple(checks),
        examples=program.examples,
        netted=tuple(netted),
        granted_fen=total(payouts.granted_fen),
        schemes=tuple(RuleSetName(one.name, one.version, one.fingerprint) for one in program.schemes),
        late=late_totals(payouts),
    )


def late_totals(payouts: Payouts) -> tuple[LateTotal, ...]:
    """What was kept, put off and brought: by kind, then by item, fund and earned period in the order of their words."""
    found = []
    for kind, amounts in zip(LATE, payouts.late, strict=True):
        lines = np.flatnonzero(amounts)
        codes = np.stack([payouts.item[lines], payouts.fund[lines], payouts.earned[lines]])
        each, place, counts = np.unique(codes, axis=1, return_inverse=True, return_counts=True)
        fen = totals_by(place, amounts[lines], len(counts))
        held = np.bincount(place[payouts.held[lines]], minlength=len(counts))
        found += [
            LateTotal(
                kind,
                payouts.items[item].number,
                payouts.funds[fund],
                payouts.earned_periods[earned],
                int(counts[number]),
                int(held[number]),
                int(fen[number]),
            )
            for number, (item, fund, earned) in enumerate(each.T.tolist())
        ]
    return tuple(found)


def item_totals(totals: Sequence[TotalRecord], items: Sequence[Item]) -> tuple[ItemTotal, ...]:
    """The totals of all units, by item in the order of the rule set, then by fund as they come."""
    sums: dict[tuple[str, str], ItemTotal] = {}
    for one in totals:
        have = sums.get((one.item, one.fund), ItemTotal(one.item, one.fund, 0, 0, 0, 0))
        sums[one.item, one.fund] = ItemTotal(
            one.item,
            one.fund,
            have.lines + one.lines,
            have.amount_fen + one.amount_fen,
            have.held_fen + one.held_fen,
            have.granted_fen + one.granted_fen,
        )
    order = {item.number: place for place, item in enumerate(items)}
    return tuple(sorted(sums.values(), key=lambda one: (order.get(one.item, len(order)), one.fund)))


def pool_totals(pools: Sequence[PoolRecord]) -> tuple[PoolTotal, ...]:
    """The pools of each share added up, in the order of calculation."""
    sums: dict[str, PoolTotal] = {}
    for one in pools:
        have = sums.get(one.rule, PoolTotal(one.rule, 0, 0, 0, 0))
        sums[one.rule] = PoolTotal(
            one.rule,
            have.pools + 1,
            have.amount_fen + one.amount_fen,
            have.shared_fen + one.shared_fen,
            have.returned_fen + one.returned_fen,
        )
    return tuple(sums.values())


def _returned(outcome: Outcome) -> tuple[FundReturn, ...]:
    rows = [(f"退回 {back.table}.{back.column}", back.fund, total(back.amount)) for back in outcome.returned]
    rows += [
        (f"{veto.veto} {veto.table}.{veto.column}", veto.fund, total(veto.amount))
        for veto in outcome.withheld
        if veto.fund
    ]
    rows += [
        (f"无权重 {pools.table}.{pools.column}", pools.fund, total(pools.returned) - total(pools.exceeded))
        for pools in outcome.pools
        if pools.fund and not pools.trial
    ]
    rows += [
        (f"超出 {pools.table}.{pools.column}", pools.excess, total(pools.exceeded))
        for pools in outcome.pools
        if pools.excess and not pools.trial
    ]
    return tuple(FundReturn(*row) for row in rows)


def _held(payouts: Payouts) -> list[Reason]:
    found = []
    for number, rule in enumerate(payouts.reasons):
        mine = payouts.hold == number
        fen = total(payouts.due_fen[mine[payouts.payee]])
        found.append(Reason("暂缓", rule, int(np.count_nonzero(mine)), fen))
    return found


def _excluded(program: Program, outcome: Outcome, payouts: Payouts) -> list[Reason]:
    answers = roster_answers(program, outcome, payouts)
    excluded = answers.excluded if answers else {}
    return [Reason("不发", rule, int(np.count_nonzero(rows)), 0) for rule, rows in excluded.items()]


def _findings(outcome: Outcome) -> tuple[FindingCount, ...]:
    counts: dict[tuple[str, str], int] = {}
    for finding in outcome.findings:
        key = (finding.check, finding.level)
        counts[key] = counts.get(key, 0) + 1
    return tuple(FindingCount(check, level, count) for (check, level), count in counts.items())
