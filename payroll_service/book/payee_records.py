"""Payouts as records: one a payee, whose JSON is what the payee is sent and what is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import repeat

import numpy as np

from payroll_service.book.lines_digest import json_text
from payroll_service.book.money import fen_text, text_fen, totals_by
from payroll_service.book.payouts import LATE, Payouts
from payroll_service.book.records import PayeeRecord, sha256

TEXT = rb'("[^"\\]*(?:\\.[^"\\]*)*")'
UNIT = re.compile(rb'"unit":' + TEXT + rb',"unit_name":' + TEXT)

LESS = (b'"amount":"0.00"', b'"amount":"-')  # without such a line a unit's lines come to more than nothing


def records_of(payouts: Payouts, payee_ids: Mapping[str, Mapping[str, str]]) -> Iterator[PayeeRecord]:
    """One record per payee, in the order of the payouts; `payee_ids` by kind and key (see `Payouts.payees`).

    The content is canonical JSON (RFC 8785) without name or ID number: `{"currency","held","lines","period","total"}`,
    a line `{"amount","basis","earned","fund","item","name","unit","unit_name"}`; `held` is the reason or "". A line
    for an event has `"event"`; a line of which something had been granted before has `"granted"` and `"due"`, the rest
    of `amount`, and the record the `"due"` of all its lines. A line that a clause on late changes concerns says what was
    `"kept"`, `"put_off"` or `"brought"`, and what it was shared by (`"claim"`).
    """
    texts = _line_texts(payouts)
    bounds = np.searchsorted(payouts.payee, np.arange(len(payouts.payee_keys) + 1)).tolist()
    amounts = payouts.amount_fen.tolist()
    dues = _dues(payouts)
    reasons = [json_text(reason) for reason in (*payouts.reasons, "")]
    period = json_text(payouts.period)
    payees = zip(payouts.payee_kinds, payouts.payee_keys, payouts.hold.tolist(), strict=True)
    for number, (kind, key, hold) in enumerate(payees):
        start, end = bounds[number], bounds[number + 1]
        fen = sum(amounts[start:end])
        content = (
            f'{{"currency":"CNY",{dues.get(number, "")}"held":{reasons[hold]},"lines":[{",".join(texts[start:end])}],'
            f'"period":{period},"total":"{fen_text(fen)}"}}'
        )
        yield PayeeRecord.of(payee_ids[kind][key], content.encode(), fen)


def records_fingerprint(records: Iterable[PayeeRecord]) -> str:
    """SHA-256 over payee ids and digests, whatever the order of the records: proves the lines without saying whose."""
    listed = sorted(f"{record.payee_id} {record.digest}\n" for record in records)
    return sha256("".join(listed).encode())


def units_of(content: bytes) -> dict[str, str]:
    """Code -> name of the units on a record's lines, without reading the rest: a comparison wants them of every payee.

    In canonical JSON the two stand side by side, and a quote inside a text is never bare.
    """
    return {_text(code): _text(name) for code, name in set(UNIT.findall(content))}


def paying_units(content: bytes) -> dict[str, str]:
    """Those of them whose lines do not come to 0.00: whoever moved has lines of 0.00 left where she was."""
    units = units_of(content)
    if len(units) < 2 or not any(part in content for part in LESS):
        return units
    fen: dict[str, int] = {}
    for line in json.loads(content)["lines"]:
        fen[line["unit"]] = fen.get(line["unit"], 0) + text_fen(line["amount"])
    return {unit: name for unit, name in units.items() if fen[unit]}


@lru_cache(10_000)
def _text(quoted: bytes) -> str:
    return str(json.loads(quoted))


def _dues(payouts: Payouts) -> dict[int, str]:
    """What all lines of a payee are due to grant now, of the payees who had been granted something before."""
    if not payouts.nets:
        return {}
    sums = totals_by(payouts.payee, payouts.due_fen, len(payouts.payee_keys))
    before = np.unique(payouts.payee[payouts.granted_fen != 0]).tolist()
    return {number: f'"due":"{fen_text(int(sums[number]))}",' for number in before}


def _granted_texts(payouts: Payouts) -> Iterable[tuple[str, str]]:
    """By line the members `due` and `granted`, where something had been granted before."""
    if not payouts.nets:
        return repeat(("", ""), len(payouts))
    pairs = zip(payouts.due_fen.tolist(), payouts.granted_fen.tolist(), strict=True)
    return (
        (f'"due":"{fen_text(due)}",', f'"granted":"{fen_text(granted)}",') if granted else ("", "")
        for due, granted in pairs
    )


def _late_texts(payouts: Payouts) -> Iterable[tuple[str, ...]]:
    """By line the members of `LATE`, where they are not 0."""
    if not payouts.late.any():
        return repeat(("",) * len(LATE), len(payouts))
    return (
        tuple(f'"{name}":"{fen_text(fen)}",' if fen else "" for name, fen in zip(LATE, line, strict=True))
        for line in payouts.late.T.tolist()
    )


def _line_texts(payouts: Payouts) -> list[str]:
    """The JSON of every line."""
    items = [(json_text(item.basis), json_text(item.number), json_text(item.name)) for item in payouts.items]
    units = [
        f'"unit":{json_text(code)},"unit_name":{json_text(label)}}}'
        for code, label in zip(payouts.unit_codes, payouts.unit_labels, strict=True)
    ]
    periods = [json_text(period) for period in payouts.earned_periods]
    funds = [json_text(fund) for fund in payouts.funds]
    events = [f'"event":{json_text(event)},' if event else "" for event in payouts.events]
    claims = [f'"claim":{json_text(claim)},' if claim else "" for claim in payouts.claims]
    columns = (
        payouts.amount_fen,
        payouts.item,
        payouts.earned,
        payouts.event,
        payouts.fund,
        payouts.unit,
        payouts.claim,
    )
    lines = zip(*(column.tolist() for column in columns), strict=True)
    return [
        f'{{"amount":"{fen_text(fen)}","basis":{items[item][0]},{brought}{claims[claim]}{due}"earned":{periods[earned]},'
        f'{events[event]}"fund":{funds[fund]},{granted}"item":{items[item][1]},{kept}"name":{items[item][2]},{put_off}'
        f"{units[unit]}"
        for (fen, item, earned, event, fund, unit, claim), (due, granted), (kept, put_off, brought) in zip(
            lines, _granted_texts(payouts), _late_texts(payouts), strict=True
        )
    ]
