"""Stored records read back into payouts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from payroll_service.book.money import text_fen
from payroll_service.book.payouts import LATE, Item, Payouts
from payroll_service.book.records import PayeeIdentity, PayeeRecord

_Line = tuple[str, str, str, str, str, str, str, int, int, int, int, int]  # words, then fen


class UnreadableRecord(ValueError):
    """A stored record that `records_of` did not write for this run."""

    def __init__(self, payee_id: str, why: str) -> None:
        self.payee_id, self.why = payee_id, why
        super().__init__(f"收款人 {payee_id} 的记录无法读取：{why}")


def payouts_from(
    records: Iterable[PayeeRecord],
    identities: Mapping[str, PayeeIdentity],
    period: str,
    items: Sequence[Item],
    funds: Mapping[str, str],
) -> Payouts:
    """The payouts that `records_of` wrote, whatever order the records come in. Identities by payee id.

    Items and funds (name -> title) as in the receipt. Raises UnreadableRecord for a record without identity, or whose
    content lacks something; whether it has too much shows when the records are written again.
    """
    ordered = sorted(
        ((_identity(identities, record), record) for record in records),
        key=lambda pair: (pair[0].number, pair[0].kind),
    )
    holds: list[str] = []
    lines: list[tuple[int, *_Line]] = []
    known = {item.number for item in items}
    for number, (_, record) in enumerate(ordered):
        hold, read = _content(record, known, funds)
        holds.append(hold)
        lines += [(number, *line) for line in read]
    columns = zip(*lines, strict=True) if lines else ((),) * 13
    payee, unit, unit_name, item, earned, event, fund, claim, fen, granted, *late = columns
    unit_names = dict(zip(unit, unit_name, strict=True))
    units, periods, events = sorted(unit_names), sorted(set(earned)), sorted(set(event))
    reasons = sorted({*holds} - {""})
    claims = sorted({"", *claim})
    return Payouts(
        period=period,
        payee_keys=tuple(identity.number for identity, _ in ordered),
        payee_kinds=tuple(identity.kind for identity, _ in ordered),
        payee_labels=tuple(identity.label for identity, _ in ordered),
        unit_codes=tuple(units),
        unit_labels=tuple(unit_names[code] for code in units),
        items=tuple(items),
        funds=tuple(funds),
        fund_titles=tuple(funds.values()),
        earned_periods=tuple(periods),
        events=tuple(events),
        reasons=tuple(reasons),
        hold=_codes(holds, reasons),
        payee=np.array(payee, np.int64),
        unit=_codes(unit, units),
        item=_codes(item, [item.number for item in items]),
        earned=_codes(earned, periods),
        event=_codes(event, events),
        fund=_codes(fund, list(funds)),
        amount_fen=np.array(fen, np.int64),
        granted_fen=np.array(granted, np.int64),
        late=np.array(late, np.int64),
        claims=tuple(claims),
        claim=_codes(claim, claims),
    )


def _identity(identities: Mapping[str, PayeeIdentity], record: PayeeRecord) -> PayeeIdentity:
    if record.payee_id not in identities:
        raise UnreadableRecord(record.payee_id, "没有对应的身份")
    return identities[record.payee_id]


def _content(record: PayeeRecord, items: set[str], funds: Mapping[str, str]) -> tuple[str, list[_Line]]:
    """(reason it is held, lines) of a record."""
    try:
        content = json.loads(record.content)
        lines = [_line(line) for line in content["lines"]]
        hold = _text(content["held"])
    except (ValueError, KeyError, TypeError, RecursionError) as why:
        raise UnreadableRecord(record.payee_id, "内容不是本系统所写的格式") from why
    for _, _, item, _, _, fund, _, *amounts in lines:
        if item not in items or fund not in funds or max(map(abs, amounts)) >= 2**61:
            raise UnreadableRecord(record.payee_id, f"项目“{item}”或资金“{fund}”不属于本次发放，或金额越界")
    return hold, lines


def _line(line: dict[str, Any]) -> _Line:
    names = ("unit", "unit_name", "item", "earned", "fund")
    unit, unit_name, item, earned, fund = (_text(line[name]) for name in names)
    event, claim = _text(line.get("event", "")), _text(line.get("claim", ""))
    granted, kept, put_off, brought = (
        text_fen(_text(line[name])) if name in line else 0 for name in ("granted", *LATE)
    )
    amount = text_fen(_text(line["amount"]))
    return unit, unit_name, item, earned, event, fund, claim, amount, granted, kept, put_off, brought


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _codes(words: Sequence[str], vocabulary: Sequence[str]) -> np.ndarray:
    place = {word: code for code, word in enumerate(vocabulary)}
    return np.array([place.get(word, -1) for word in words], np.int64)
