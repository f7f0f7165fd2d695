"""The canonical bytes of a run's lines, and their fingerprint: what a receipt says came out.

One JSON array a line, in the order of the payouts, each ended by a newline:
["个人","<key>","<unit>","<item>","<fund>","<earned>",<fen>,"<reason it is held, or empty>"]
Names are left out: they may be put right without a fen changing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from payroll_service.book.payouts import Payouts

BATCH = 100_000


def lines_fingerprint(payouts: Payouts) -> str:
    """SHA-256 of the canonical lines, in hex. Equal if and only if every line is."""
    digest = hashlib.sha256()
    for part in canonical_lines(payouts):
        digest.update(part)
    return digest.hexdigest()


def canonical_lines(payouts: Payouts) -> Iterator[bytes]:
    """The canonical bytes, in parts."""
    reasons = [json_text(reason) for reason in (*payouts.reasons, "")]  # -1 is the last: not held
    payees = [
        f"[{json_text(kind)},{json_text(key)}"
        for kind, key in zip(payouts.payee_kinds, payouts.payee_keys, strict=True)
    ]
    holds = [reasons[code] for code in payouts.hold.tolist()]
    units = [json_text(code) for code in payouts.unit_codes]
    items = [json_text(item.number) for item in payouts.items]
    funds = [json_text(fund) for fund in payouts.funds]
    periods = [json_text(period) for period in payouts.earned_periods]
    columns = (payouts.payee, payouts.unit, payouts.item, payouts.fund, payouts.earned, payouts.amount_fen)
    for start in range(0, len(payouts), BATCH):
        rows = zip(*(column[start : start + BATCH].tolist() for column in columns), strict=True)
        yield "".join(
            f"{payees[p]},{units[u]},{items[i]},{funds[f]},{periods[e]},{fen},{holds[p]}]\n"
            for p, u, i, f, e, fen in rows
        ).encode()


def json_text(text: str) -> str:
    """A JSON string as RFC 8785 writes it."""
    return json.dumps(text, ensure_ascii=False)
