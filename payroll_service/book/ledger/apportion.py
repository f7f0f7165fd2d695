"""Too little money for all: to the fen, by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence


def apportion(amount: int, claims: Sequence[int]) -> list[int]:
    """`amount` over `claims` in proportion; no more than its claim to anyone, and not a fen more or less in all.

    What cutting to whole fen leaves goes one fen each to the largest remainders; equal ones to the earlier claim.
    Claims are positive, and the amount is at most their sum.
    """
    total = sum(claims)
    assert 0 <= amount <= total, "only money that is there and is claimed is handed out"
    if amount == total:
        return list(claims)
    if not amount:
        return [0] * len(claims)
    cut, rest = zip(*(divmod(amount * claim, total) for claim in claims), strict=True)
    given = list(cut)
    order = sorted(range(len(claims)), key=lambda place: -rest[place])
    for place in order[: amount - sum(cut)]:
        given[place] += 1
    return given
