"""payouts.csv: what is to be paid, one line a payee, unit, item, fund, earned period and event. Held lines are not in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from payroll_service.book.money import fen_text
from payroll_service.book.payouts import Payouts
from payroll_service.export.csv_text import csv_bytes, text_cell

HEADING = "期间,证件号码,姓名,单位代码,项目,金额,资金来源,依据,所属期间,收款人类别"
NETTED = "应发全额,已核定,本次核定"  # instead of 金额, where earlier runs granted something
EVENT = ",事件"  # behind, where some line is for an event


def payouts_csv(payouts: Payouts) -> bytes:
    """The file, in the order of the payouts: same lines and names, same bytes.

    Money has two decimals. 证件号码 is the payee's key (a school's code for a school); 资金来源 is the fund's full name.
    """
    heading = HEADING.replace("金额", NETTED) if payouts.nets else HEADING
    has_events = any(payouts.events)
    period = text_cell(payouts.period)
    payees = [
        f"{period},{text_cell(key)},{text_cell(label)}"
        for key, label in zip(payouts.payee_keys, payouts.payee_labels, strict=True)
    ]
    kinds = [text_cell(kind) for kind in payouts.payee_kinds]
    units = [text_cell(code) for code in payouts.unit_codes]
    names = [text_cell(item.name) for item in payouts.items]
    bases = [text_cell(item.basis) for item in payouts.items]
    funds = [text_cell(title) for title in payouts.fund_titles]
    earned = [text_cell(period) for period in payouts.earned_periods]
    events = [f",{text_cell(event)}" if has_events else "" for event in payouts.events]
    rows = np.flatnonzero(~payouts.held)
    columns = (payouts.payee, payouts.unit, payouts.item, payouts.fund, payouts.earned, payouts.event)
    lines = zip(*(column[rows].tolist() for column in columns), _money(payouts, rows), strict=True)
    return csv_bytes(
        heading + EVENT if has_events else heading,
        (
            f"{payees[p]},{units[u]},{names[i]},{fen},{funds[f]},{bases[i]},{earned[e]},{kinds[p]}{events[o]}"
            for p, u, i, f, e, o, fen in lines
        ),
    )


def _money(payouts: Payouts, rows: np.ndarray) -> Iterator[str]:
    """The amounts of each line as cells: the amount, or full, granted before and due."""
    if not payouts.nets:
        return map(fen_text, payouts.amount_fen[rows].tolist())
    columns = (payouts.amount_fen, payouts.granted_fen, payouts.due_fen)
    return (
        ",".join(map(fen_text, line)) for line in zip(*(one[rows].tolist() for one in columns), strict=True)
    )
