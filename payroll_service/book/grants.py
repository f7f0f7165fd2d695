"""What a stored record grants once its run is approved: due fen by entitlement."""

from __future__ import annotations

import json
from collections.abc import Iterator

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.money import text_fen
from payroll_service.book.records import PayeeRecord


def grants_of(record: PayeeRecord) -> Iterator[tuple[Entitlement, int]]:
    """(entitlement, due fen) of every line that grants something: none of a payee who is held, none of zero.

    A line without `due` had nothing granted before: all of its amount is due. Expects what `records_of` wrote.
    """
    content = json.loads(record.content.decode())
    if content["held"]:
        return
    payee = record.payee_id
    for line in content["lines"]:
        fen = text_fen(line["due"] if "due" in line else line["amount"])
        if fen:
            event = line.get("event", "")
            yield (
                Entitlement(payee, line["item"], line["unit"], line["fund"], line["earned"], event),
                fen,
            )
