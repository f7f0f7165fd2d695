"""payouts.csv: what is to be paid, one line a payee, unit, item, fund and earned period. Held lines are not in it."""

from __future__ import annotations

import numpy as np

from payroll_service.book.money import fen_text
from payroll_service.book.payouts import Payouts
from payroll_service.export.csv_text import csv_bytes, text_cell

HEADING = "期间,证件号码,姓名,单位代码,项目,金额,资金来源,依据,所属期间,收款人类别"


def payouts_csv(payouts: Payouts) -> bytes:
    """The file, in the order of the payouts: same lines and names, same bytes.

    Money has two decimals. 证件号码 is the payee's key (a school's code for a school); 资金来源 is the fund's full name.
    """
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
    rows = np.flatnonzero(~payouts.held)
    columns = (payouts.payee, payouts.unit, payouts.item, payouts.fund, payouts.earned, payouts.amount_fen)
    return csv_bytes(
        HEADING,
        (
            f"{payees[p]},{units[u]},{names[i]},{fen_text(fen)},{funds[f]},{bases[i]},{earned[e]},{kinds[p]}"
            for p, u, i, f, e, fen in zip(*(column[rows].tolist() for column in columns), strict=True)
        ),
    )
