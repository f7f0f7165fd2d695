"""findings.csv: what somebody has to look at: checks that did not hold, and lines that are held back with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from payroll_service.book.money import fen_text
from payroll_service.book.payouts import Payouts
from payroll_service.calculation.outcome import Finding
from payroll_service.export.csv_text import csv_bytes, text_cell

HEADING = "类别,名称,表,对象,姓名,单位代码,项目,所属期间,金额,资金来源,说明,依据"


def findings_csv(findings: Iterable[Finding], payouts: Payouts) -> bytes:
    """Findings in the order of the checks, then held lines in the order of the payouts."""
    lines = (*map(_finding, findings), *_held(payouts))
    return csv_bytes(HEADING, (f"{line}\r\n" for line in lines))


def _finding(finding: Finding) -> str:
    key = "、".join(finding.key)
    cells = (
        finding.level,
        finding.check,
        finding.table,
        key,
        "",
        "",
        "",
        "",
        "",
        "",
        finding.sentence,
        finding.basis,
    )
    return ",".join(map(text_cell, cells))


def _held(payouts: Payouts) -> Iterator[str]:
    for line in np.flatnonzero(payouts.held).tolist():
        payee = int(payouts.payee[line])
        item = payouts.items[payouts.item[line]]
        before = (
            "暂缓",
            payouts.reasons[payouts.hold[payee]],
            payouts.payee_kinds[payee],
            payouts.payee_keys[payee],
            payouts.payee_labels[payee],
            payouts.unit_codes[payouts.unit[line]],
            item.name,
            payouts.earned_periods[payouts.earned[line]],
        )
        after = (payouts.fund_titles[payouts.fund[line]], "已计算，暂不发放", item.basis)
        amount = fen_text(int(payouts.due_fen[line]))
        yield ",".join([*map(text_cell, before), amount, *map(text_cell, after)])
