"""One row's part of a pool: its exact due, what cutting left of it, and its place in line for the last fen."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from payroll_service.calculation.explanation import ShareFacts
from payroll_service.calculation.row_shares import SharedPool
from rules.language.program import FEN, Share
from rules.language.render import number_text


def share_facts(step: Share, pool: SharedPool, row: int) -> ShareFacts:
    """What the colleagues may know of the pool, and what this row alone gets; nothing of anybody else."""
    place = pool.line.index(row) + 1 if pool.left and row in pool.line else 0
    return ShareFacts(
        pool=number_text(pool.amount, step.type),
        weight=number_text(pool.weights[row], step.weight.type),
        weights=number_text(pool.weight, step.weight.type),
        members=len(pool.weights),
        due=number_text(pool.due(row), step.type),
        cut=number_text(_cut(pool, row), step.type),
        left_over=pool.left,
        place=place,
        got_one_more=0 < place <= pool.left,
        equally=pool.equally,
        returned_to=step.fallback or "" if pool.returned and not any(pool.weights.values()) else "",
        limits=_limits(step, pool, row),
    )


def share_formula(step: Share, facts: ShareFacts, weight: str) -> tuple[str, str]:
    """How the exact share is calculated, in names and in numbers; no numbers where nothing was shared."""
    pool = f"{step.pool_table}.{step.pool.column}"
    if facts.limits:
        told = "平均" if facts.equally else f"按权重（{weight}）"
        return f"{pool} {told}分配，{facts.limits}；全组用同一系数，使总额恰好分完", ""
    if facts.returned_to:
        return f"{pool} 按权重（{weight}）分配；全部权重为零，退回「{facts.returned_to}」", ""
    if facts.equally:
        return f"{pool} 按权重（{weight}）分配；全部权重为零，平均分配", ""
    return f"{pool} × {weight} ÷ 权重合计", f"{facts.pool} × {facts.weight} ÷ {facts.weights}"


def _limits(step: Share, pool: SharedPool, row: int) -> str:
    """The row's own floor and ceiling, as far as the rule has them."""
    limit = pool.limits.get(row) if pool.limits is not None else None
    if limit is None:
        return ""
    told = [f"至少 {number_text(limit.lower, step.type)}"] if step.lower is not None else []
    told += [] if limit.upper is None else [f"至多 {number_text(limit.upper, step.type)}"]
    return "，".join(told)


def _cut(pool: SharedPool, row: int) -> Fraction:
    return floor(pool.due(row) / FEN) * FEN
