"""What lines were shared by, as digests: equal ones say that nobody's own claim has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from payroll_service.book.amounts import path_rows
from payroll_service.book.paid_rows import PaidRows
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import Outcome
from rules.language.late import HARMLESS, late_clauses
from rules.language.program import Program, Share

LENGTH = 16  # of a digest, in hex


def claims_of_lines(
    program: Program,
    outcome: Outcome,
    paid: Sequence[PaidRows],
    packed: Sequence[np.ndarray],
    places: np.ndarray,
) -> tuple[tuple[str, ...], np.ndarray]:
    """Distinct digests, "" first, and the code of each line; `packed` has the place of every paid row, `places` of lines.

    A digest is of the pools and weights of all rows of a line, in the order of the rows. Only items that hold
    colleagues harmless (不追回) have one.
    """
    clauses = late_clauses(program)
    told: dict[int, str] = {}
    for rows, there in zip(paid, packed, strict=True):
        clause = clauses.get(rows.payment.number)
        if clause is not None and clause.kind == HARMLESS:
            parts: dict[int, list[str]] = {}
            for place, text in zip(there.tolist(), _texts(program, outcome, clause.share, rows), strict=True):
                parts.setdefault(place, []).append(text)
            told |= {
                place: hashlib.sha256("\n".join(texts).encode()).hexdigest()[:LENGTH]
                for place, texts in parts.items()
            }
    words = ("", *sorted(set(told.values())))
    code = {word: number for number, word in enumerate(words)}
    if not told:
        return words, np.zeros(len(places), np.int64)
    return words, np.array([code[told.get(place, "")] for place in places.tolist()], np.int64)


def _texts(program: Program, outcome: Outcome, share: Share, rows: PaidRows) -> list[str]:
    """By paid row: the key of its pool and its exact weight."""
    claims = next(one for one in outcome.claims if (one.table, one.column) == (share.table, share.name))
    pools = path_rows(program, outcome, share.table, share.path)[rows.rows].tolist()
    names = {
        pool: "、".join(key_texts(program, outcome.frames, share.pool_table, pool)) for pool in set(pools)
    }
    weights = claims.weight[rows.rows].tolist()
    return [f"{names[pool]} {weight * claims.step}" for pool, weight in zip(pools, weights, strict=True)]
