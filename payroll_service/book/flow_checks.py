"""Where the money went: every row of every pocket has one destination, and all of them add up to what came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from payroll_service.book.amounts import before_vetoes, column_amounts, path_rows, read_amounts
from payroll_service.book.checks import NAMED, BalanceCheck, none_of, same_money
from payroll_service.book.money import fen_text, total
from payroll_service.book.payouts import Payouts
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import ColumnId, emptied_by, made_by, plan
from rules.language.program import Formula, Gather, Payment, Program, Read, Return, Share, Split

Emptier = Split | Gather | Share | Return | Payment


@dataclass(frozen=True)
class Pocket:
    """A money column that something empties: fen by row before and after vetoes, and how often each row is emptied.

    `deferred`: a run of another cadence empties the rows that this one leaves.
    """

    column: ColumnId
    made: bool
    gross: np.ndarray
    net: np.ndarray
    there: np.ndarray
    emptied: np.ndarray
    deferred: bool


@dataclass(frozen=True)
class Flow:
    """Fen that came in, and where they are now. `to_funds`: vetoes, 退回 and pools that nobody could be given."""

    came_in: int
    paid: int
    held: int
    to_funds: dict[str, int]
    left_for_other_runs: int

    @property
    def went(self) -> int:
        return self.paid + self.held + sum(self.to_funds.values()) + self.left_for_other_runs


def check_flow(program: Program, outcome: Outcome, payouts: Payouts) -> Iterator[BalanceCheck]:
    """Exactly one destination for every row, nothing lost between what came in and what went."""
    pockets = find_pockets(program, outcome)
    wrong = {
        pocket.column: count
        for pocket in pockets
        if (
            count := int(
                (pocket.there & (pocket.emptied != 1) & ~(pocket.deferred & (pocket.emptied == 0))).sum()
            )
        )
    }
    shown = "；".join(
        f"{table}.{column} {count} 行" for (table, column), count in list(wrong.items())[:NAMED]
    )
    fine = f"{len(pockets)} 栏金额的每一行都恰有一个去处"
    yield none_of(
        "去处：每一笔钱恰有一个去处", "行", sum(wrong.values()), fine, f"没有去处或有多个去处：{shown}"
    )
    flow = money_flow(outcome, payouts, pockets)
    funds = "".join(f"，退回{fund} {fen_text(fen)}" for fund, fen in flow.to_funds.items())
    detail = (
        f"发放 {fen_text(flow.paid)}，暂缓 {fen_text(flow.held)}{funds}，"
        f"由其他期次发放 {fen_text(flow.left_for_other_runs)}"
    )
    yield same_money("去处：进入计算的钱等于发放、暂缓、退回与留待之和", flow.came_in, flow.went, detail)


def find_pockets(program: Program, outcome: Outcome) -> list[Pocket]:
    """Every pocket that the run fills or empties."""
    due = plan(program, outcome.period.kind)
    steps = [step for step in due.steps if not isinstance(step, Formula) and emptied_by(step) is not None]
    made = [column for step in steps for column in made_by(step)]
    emptiers: list[Emptier] = [*steps, *due.returns, *due.payments]
    columns = dict.fromkeys([*made, *(_emptied(emptier) for emptier in emptiers)])
    return [_pocket(program, outcome, column, column in made, emptiers) for column in columns]


def money_flow(outcome: Outcome, payouts: Payouts, pockets: list[Pocket]) -> Flow:
    """Add up what came in through pockets that no step of the run made, and every destination."""
    held = payouts.held
    to_funds: dict[str, int] = {}
    columns = {pocket.column for pocket in pockets}
    gone = [(w.fund, w.amount) for w in outcome.withheld if w.fund and (w.table, w.column) in columns]
    gone += [(back.fund, back.amount) for back in outcome.returned]
    spent = [pools for pools in outcome.pools if not pools.trial]
    left = [(p.excess or "（平均分配）", p.exceeded) for p in spent]
    left += [(p.fund or "（平均分配）", p.returned - p.exceeded) for p in spent]
    gone += [(fund, fen) for fund, fen in left if total(fen)]
    for fund, fen in gone:
        to_funds[fund] = to_funds.get(fund, 0) + total(fen)
    return Flow(
        came_in=sum(total(pocket.gross) for pocket in pockets if not pocket.made),
        paid=total(payouts.amount_fen[~held]),
        held=total(payouts.amount_fen[held]),
        to_funds=to_funds,
        left_for_other_runs=sum(
            total(pocket.net[pocket.there & (pocket.emptied == 0)]) for pocket in pockets
        ),
    )


def _pocket(
    program: Program, outcome: Outcome, column: ColumnId, made: bool, emptiers: list[Emptier]
) -> Pocket:
    mine = [emptier for emptier in emptiers if _emptied(emptier) == column]
    read = _source(mine[0]) if mine else None
    if read is not None and read.path:  # an inherited column: the pocket belongs to the rows that read it
        net = gross = read_amounts(program, outcome, column[0], read)
    else:
        net, gross = column_amounts(program, outcome, *column), before_vetoes(program, outcome, *column)
    emptied = np.zeros(len(net.fen), np.int64)
    for emptier in mine:
        emptied += _rows_emptied(program, outcome, emptier, net.there)
    every = [
        thing
        for thing in (*program.steps, *program.returns, *program.payments)
        if not isinstance(thing, Formula) and emptied_by(thing) == column
    ]
    return Pocket(column, made, gross.fen, net.fen, net.there, emptied, deferred=len(every) > len(mine))


def _rows_emptied(program: Program, outcome: Outcome, emptier: Emptier, there: np.ndarray) -> np.ndarray:
    """A gathering takes the rows whose receiving row takes part, a split those with parts, a share its own pools."""
    if isinstance(emptier, Split):
        part = column_amounts(program, outcome, *made_by(emptier)[0])
        return np.asarray(there & part.there).astype(np.int64)
    if isinstance(emptier, Share):
        mine = [p.theirs for p in outcome.pools if (p.table, p.column) == (emptier.table, emptier.name)]
        return np.asarray(there & mine[0]).astype(np.int64)
    if not isinstance(emptier, Gather):
        return there.astype(np.int64)
    above = path_rows(program, outcome, emptier.source_table, emptier.path)
    receives = column_amounts(program, outcome, emptier.table, emptier.name).there
    reached = np.zeros(len(above), bool)
    reached[above >= 0] = receives[above[above >= 0]]
    return (there & reached).astype(np.int64)


def _emptied(emptier: Emptier) -> ColumnId:
    column = emptied_by(emptier)
    assert column is not None, "splits, gatherings, shares, returns and payments empty a pocket"
    return column


def _source(emptier: Emptier) -> Read:
    if isinstance(emptier, Share):
        return emptier.pool
    return emptier.column if isinstance(emptier, Payment) else emptier.source
