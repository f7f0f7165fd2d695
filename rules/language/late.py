"""迟到更正: what a pay item does with a change that comes after a run was approved, as the share behind it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.language.mistakes import Place, RuleProblem
from rules.language.plan import emptied_by
from rules.language.program import Gather, Payment, Program, Share, Split
from rules.language.walking import ColumnId, made_by

SHARED_AGAIN, NEXT_PERIOD, HARMLESS = "重新分配", "计入下期", "不追回"


@dataclass(frozen=True)
class LateClause:
    """`kind`: 计入下期 or 不追回 (and the `fund` that bears it), of this share."""

    kind: str
    fund: str
    share: Share


def late_clauses(program: Program) -> dict[str, LateClause]:
    """The clause of every pay item, by its number, whose money comes from a share that is not simply shared again."""
    behind = {
        column: step
        for step in program.steps
        if isinstance(step, Share | Split | Gather)
        for column in made_by(step)
    }
    found: dict[str, LateClause] = {}
    for payment in program.payments:
        step = behind.get((payment.column.table, payment.column.column))
        while isinstance(step, Split | Gather):
            step = behind.get((step.source.table, step.source.column))
        if isinstance(step, Share) and step.late not in ("", SHARED_AGAIN):
            kind, _, fund = step.late.partition(" 由 ")
            found[payment.number] = LateClause(kind, fund, step)
    return found


def find_empty_promises(program: Program, place: Place) -> list[RuleProblem]:
    """Shares that promise something to payees, but do not pay them: their money is shared on, or split before it is paid."""
    problems = []
    for step in program.steps:
        if isinstance(step, Share) and step.late not in ("", SHARED_AGAIN):
            where = Place(step.head.file or place.file, step.head.line, 1)
            ways = list(_ways(program, (step.table, step.name)))
            if any(isinstance(way, Share) for way in ways):
                problems.append(
                    RuleProblem(
                        where,
                        f"「{step.table}.{step.name}」分到的钱还要再分，迟到更正不能写「{step.late}」",
                        f"请在最后分到人的那条分配写，这一条写「迟到更正: {SHARED_AGAIN}」",
                    )
                )
            elif step.late.startswith(HARMLESS) and not all(_pays_rows(step, way) for way in ways):
                problems.append(
                    RuleProblem(
                        where,
                        f"「{step.table}.{step.name}」不是直接发放的，迟到更正不能写「{step.late}」",
                        f"不追回只能用于直接发放的分配；否则请写「{SHARED_AGAIN}」或「{NEXT_PERIOD}」",
                    )
                )
    return problems


def _ways(program: Program, pocket: ColumnId) -> Iterator[object]:
    """Everything that empties a pocket, and the pockets that its money goes to."""
    for thing in (*program.steps, *program.returns, *program.payments):
        if emptied_by(thing) == pocket:
            yield thing
            if isinstance(thing, Split | Gather):
                for made in made_by(thing):
                    yield from _ways(program, made)


def _pays_rows(share: Share, way: object) -> bool:
    return isinstance(way, Payment) and way.table == share.table and not way.column.path
