"""The canonical bytes of a run's lines, and their fingerprint: what a receipt says came out.

One JSON array a line, in the order of the payouts, each ended by a newline:
["个人","<key>","<unit>","<item>","<fund>","<earned>",<fen>,"<reason it is held, or empty>"]
and only where the line has one, "<event>" and <fen granted before> follow, both; behind these, where a clause on late
changes concerns the line, <fen kept>, <fen put off>, <fen brought> and "<claim>", all four.
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
    more = _more(payouts)
    columns = (payouts.payee, payouts.unit, payouts.item, payouts.fund, payouts.earned, payouts.amount_fen)
    for start in range(0, len(payouts), BATCH):
        batch = slice(start, start + BATCH)
        rows = zip(*(column[batch].tolist() for column in columns), strict=True)
        yield "".join(
            f"{payees[p]},{units[u]},{items[i]},{funds[f]},{periods[e]},{fen},{holds[p]}{rest}]\n"
            for (p, u, i, f, e, fen), rest in zip(rows, more[batch], strict=True)
        ).encode()


def _more(payouts: Payouts) -> list[str]:
    """By line: event and fen granted before, where there is either; what was kept, put off, brought, and the claim."""
    is_late = payouts.late.any(axis=0) | (payouts.claim > 0)
    if not (payouts.nets or any(payouts.events) or is_late.any()):
        return [""] * len(payouts)
    events = [json_text(event) for event in payouts.events]
    claims = [json_text(claim) for claim in payouts.claims]
    lines = zip(
        payouts.event.tolist(),
        payouts.granted_fen.tolist(),
        is_late.tolist(),
        *payouts.late.tolist(),
        payouts.claim.tolist(),
        strict=True,
    )
    return [
        (f",{events[e]},{fen}" if payouts.events[e] or fen or late else "")
        + (f",{kept},{put_off},{brought},{claims[claim]}" if late else "")
        for e, fen, late, kept, put_off, brought, claim in lines
    ]


def json_text(text: str) -> str:
    """A JSON string as RFC 8785 writes it."""
    return json.dumps(text, ensure_ascii=False)
