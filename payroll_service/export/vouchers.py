"""Accounting vouchers: what a run grants is accrued, what a movement pays is paid; each balances to the fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.money import fen_text
from payroll_service.book.records import TotalRecord
from payroll_service.errors import UnsoundFile
from payroll_service.export.account_mapping import AccountMapping, ItemAccounts
from payroll_service.export.csv_text import csv_bytes, text_cell
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

COLUMNS = (
    "凭证号", "日期", "种类", "单位代码", "摘要", "行号", "科目", "明细", "经济分类", "资金", "借方金额", "贷方金额",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Amount:
    """What one unit grants or pays of one item from one fund."""

    unit: str
    item: str
    fund: str
    fen: int


@dataclass(frozen=True)
class VoucherLine:
    """One side of an entry, the other amount is zero. Below zero, it takes back what was booked before (红字)."""

    account: str
    detail: str
    code: str
    fund: str
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True)
class Voucher:
    """One unit's, of one kind (计提 or 支付): debits, then credits."""

    kind: str
    unit: str
    lines: tuple[VoucherLine, ...]


def accrued_amounts(totals: Iterable[TotalRecord]) -> list[Amount]:
    """What a run grants now: the full amounts less what was granted before and what is held back."""
    return [
        Amount(one.unit, one.item, one.fund, one.amount_fen - one.granted_fen - one.held_fen)
        for one in totals
    ]


def paid_amounts(payees: Iterable[PaidTo]) -> list[Amount]:
    """What a movement pays before deductions, which stay payable to whom they are due."""
    return [
        Amount(line.entitlement.unit, line.entitlement.item, line.entitlement.fund, line.fen)
        for paid in payees
        for line in paid.lines
    ]


def make_vouchers(kind: str, amounts: Sequence[Amount], mapping: AccountMapping) -> tuple[Voucher, ...]:
    """One voucher a unit, units ascending; none for a unit whose amounts are all zero.

    Raises UnsoundFile with every item that the mapping does not have.
    """
    lacking = sorted({each.item for each in amounts} - set(mapping.items))
    if lacking:
        wrong = [f"没有项目“{item}”" for item in lacking]
        raise UnsoundFile(f"科目对照“{mapping.name}”不全", wrong, "请在「项目」里补上这些编号。")
    units = sorted({each.unit for each in amounts})
    made = (_voucher(kind, unit, [each for each in amounts if each.unit == unit], mapping) for unit in units)
    return tuple(voucher for voucher in made if voucher.lines)


def vouchers_xlsx(vouchers: Sequence[Voucher], day: date, summary: str) -> bytes:
    """One sheet of all vouchers, the last row the sums."""
    rows = _rows(vouchers, day, summary)
    sums = [Fen(sum(cell.fen for row in rows if isinstance(cell := row[at], Fen))) for at in (-2, -1)]
    last: list[Cell] = ["合计", *[""] * (len(COLUMNS) - 3), *sums]
    return workbook_bytes([Sheet("凭证", COLUMNS, [*rows, last], bold_last=True)])


def vouchers_csv(vouchers: Sequence[Voucher], day: date, summary: str) -> bytes:
    """All vouchers, a line of each a row; money with two decimals."""
    lines = (
        ",".join(fen_text(cell.fen) if isinstance(cell, Fen) else text_cell(str(cell)) for cell in row)
        for row in _rows(vouchers, day, summary)
    )
    return csv_bytes(",".join(COLUMNS), (f"{line}\r\n" for line in lines))


def _voucher(kind: str, unit: str, amounts: Sequence[Amount], mapping: AccountMapping) -> Voucher:
    sums: defaultdict[tuple[str, str, tuple[str, str, str]], int] = defaultdict(int)
    for each in amounts:
        sums[_entry(kind, mapping.items[each.item], each.fund)] += each.fen
    entries = [(*key, fen) for key, fen in sorted(sums.items()) if fen]
    debits = (VoucherLine(debit, *about, debit_fen=fen, credit_fen=0) for debit, _, about, fen in entries)
    credits = (VoucherLine(credit, *about, debit_fen=0, credit_fen=fen) for _, credit, about, fen in entries)
    return Voucher(kind, unit, (*debits, *credits))


def _entry(kind: str, item: ItemAccounts, fund: str) -> tuple[str, str, tuple[str, str, str]]:
    """(debit, credit, (detail, code, fund)): what is booked together."""
    accounts = item.accounts[kind]
    return accounts.debit, accounts.credit, (item.detail, item.code, fund)


def _rows(vouchers: Sequence[Voucher], day: date, summary: str) -> list[list[Cell]]:
    """In the order of COLUMNS; vouchers and their lines are numbered from 1."""
    return [
        [
            number,
            day.isoformat(),
            voucher.kind,
            voucher.unit,
            summary,
            place,
            line.account,
            line.detail,
            line.code,
            line.fund,
            Fen(line.debit_fen),
            Fen(line.credit_fen),
        ]
        for number, voucher in enumerate(vouchers, 1)
        for place, line in enumerate(voucher.lines, 1)
    ]
