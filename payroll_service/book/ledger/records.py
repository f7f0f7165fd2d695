"""One record a payee and movement: canonical JSON of its lines, with deductions and what is left to be sent."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import Line
from payroll_service.book.money import fen_text, text_fen
from payroll_service.book.records import PayeeRecord

Deductions = tuple[tuple[str, int], ...]  # name (a tax, a contribution) and fen, in the order of the file


@dataclass(frozen=True)
class PaidTo:
    """What one payee gets in one movement. gross = the sum of the lines; net = gross - deductions is what is sent."""

    payee: str
    lines: tuple[Line, ...]
    deductions: Deductions = ()

    @cached_property
    def gross_fen(self) -> int:
        return sum(line.fen for line in self.lines)

    @property
    def net_fen(self) -> int:
        return self.gross_fen - sum(fen for _, fen in self.deductions)

    @cached_property
    def record(self) -> PayeeRecord:
        """Itself as it is stored."""
        return record_of(self)


def record_of(paid: PaidTo) -> PayeeRecord:
    """`{"currency","deductions","lines","net","total"}`, a line `{"amount","earmark","earned","event","fund","item","unit"}`;
    keys ascend, no spaces, money as text. `amount_fen` of the record is the gross."""
    content = {
        "currency": "CNY",
        "deductions": [{"amount": fen_text(fen), "name": name} for name, fen in paid.deductions],
        "lines": [_line_content(line) for line in paid.lines],
        "net": fen_text(paid.net_fen),
        "total": fen_text(paid.gross_fen),
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return PayeeRecord.of(paid.payee, written.encode(), paid.gross_fen)


def read_record(record: PayeeRecord) -> PaidTo:
    """What `record_of` wrote. Raises ValueError for anything else."""
    paid = decode_record(record)
    if paid.record != record:
        raise ValueError("not the canonical bytes of a record of a movement")
    return paid


def decode_record(record: PayeeRecord) -> PaidTo:
    """As `read_record`, in half the time: that digest, amount and bytes are canonical is left to `verify_ledger`."""
    try:
        content = json.loads(record.content.decode())
        lines = tuple(_line(record.payee_id, each) for each in content["lines"])
        deductions = tuple((each["name"], text_fen(each["amount"])) for each in content["deductions"])
    except (KeyError, TypeError, RecursionError) as why:
        raise ValueError(f"not a record of a movement: {why}") from why
    return PaidTo(record.payee_id, lines, deductions)


def by_payee(lines: Iterable[Line], deductions: Mapping[str, Deductions] | None = None) -> Iterator[PaidTo]:
    """The lines of each payee together, payees and lines ascending."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.entitlement.payee].append(line)
    for payee in sorted(found):
        ordered = sorted(found[payee], key=lambda line: (line.entitlement, line.earmark, line.fen))
        yield PaidTo(payee, tuple(ordered), (deductions or {}).get(payee, ()))


def _line_content(line: Line) -> dict[str, str]:
    what = line.entitlement
    return {
        "amount": fen_text(line.fen),
        "earmark": line.earmark,
        "earned": what.earned,
        "event": what.event,
        "fund": what.fund,
        "item": what.item,
        "unit": what.unit,
    }


def _line(payee: str, content: dict[str, Any]) -> Line:
    item, unit, fund = content["item"], content["unit"], content["fund"]
    claim = Entitlement(payee, item, unit, fund, content["earned"], content["event"])
    return Line(claim, text_fen(content["amount"]), content["earmark"])
