"""The chain of movements: each digest covers the movement, its records, its postings and the digest before.

A chain inside one database proves nothing against its owner; the last digest, printed on a form that is signed, does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import rfc8785

from payroll_service.book.ledger.movements import Movement, Posting
from payroll_service.book.payee_records import records_fingerprint
from payroll_service.book.records import PayeeRecord, sha256


def movement_digest(
    before: str, movement: Movement, records: Iterable[PayeeRecord], postings: Sequence[Posting]
) -> str:
    """The digest of a movement, whose own `digest` does not count; `before` is that of the movement before, "" if none."""
    content: dict[str, object] = {
        name: _plain(value) for name, value in asdict(movement).items() if name != "digest"
    }
    content["before"] = before
    content["records"] = records_fingerprint(records)
    content["postings"] = [[_plain(value) for value in asdict(posting).values()] for posting in postings]
    return sha256(rfc8785.dumps(content))  # type: ignore[arg-type]


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)
