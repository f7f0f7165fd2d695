"""The payment list: who is sent what, for finance and the bank, with ID numbers and accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.ledger.settlement import FundResult
from payroll_service.book.money import fen_text
from payroll_service.book.records import PayeeIdentity
from payroll_service.export.csv_text import csv_bytes, text_cell
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes


@dataclass(frozen=True)
class PaymentList:
    """One payment; `identities` and item `names` by id and number. `paid_to`: who takes it in the payee's place."""

    title: str
    payees: Sequence[PaidTo]
    results: Sequence[FundResult]
    identities: Mapping[str, PayeeIdentity]
    items: Mapping[str, str]
    paid_to: str = ""

    @property
    def ordered(self) -> list[PaidTo]:
        """The payees, ascending by ID number."""
        return sorted(self.payees, key=lambda paid: (self.identities[paid.payee].number, paid.payee))

    @property
    def deduction_names(self) -> list[str]:
        """In order of appearance."""
        return list(dict.fromkeys(name for paid in self.ordered for name, _ in paid.deductions))


def payment_csv(listed: PaymentList) -> bytes:
    """The list alone, money with two decimals."""
    lines = (",".join(map(_text, row)) + "\r\n" for row in _rows(listed))
    return csv_bytes(",".join(map(text_cell, _headings(listed))), lines)


def _text(cell: Cell) -> str:
    return fen_text(cell.fen) if isinstance(cell, Fen) else text_cell(str(cell))


def payment_xlsx(listed: PaymentList) -> bytes:
    """The list with its sum, every line, and what each fund did."""
    rows = _rows(listed)
    sums: list[Cell] = ["", "合计", "", "", "", "", ""]
    for column in range(7, len(_headings(listed))):
        cells = [row[column] for row in rows]
        sums.append(Fen(sum(cell.fen for cell in cells if isinstance(cell, Fen))))
    return workbook_bytes(
        [
            Sheet("付款清单", _headings(listed), [*rows, sums], bold_last=True),
            _lines(listed),
            _funds(listed),
        ]
    )


def _headings(listed: PaymentList) -> list[str]:
    """Without deductions a list says 应发 alone."""
    names = listed.deduction_names
    return [
        "序号",
        "证件号码",
        "姓名",
        "类别",
        "代领人",
        "开户行",
        "账号",
        "应发",
        *names,
        *(["实发"] if names else []),
    ]


def _rows(listed: PaymentList) -> list[list[Cell]]:
    return [_row(listed, number, paid) for number, paid in enumerate(listed.ordered, 1)]


def _row(listed: PaymentList, number: int, paid: PaidTo) -> list[Cell]:
    who = listed.identities[paid.payee]
    taken: dict[str, int] = {}
    for name, fen in paid.deductions:
        taken[name] = taken.get(name, 0) + fen
    cells: list[Cell] = [
        number,
        who.number,
        who.label,
        who.kind,
        listed.paid_to,
        "" if listed.paid_to else who.bank,
        "" if listed.paid_to else who.account,
        Fen(paid.gross_fen),
    ]
    if listed.deduction_names:
        cells += [*(Fen(taken.get(name, 0)) for name in listed.deduction_names), Fen(paid.net_fen)]
    return cells


def _lines(listed: PaymentList) -> Sheet:
    rows: list[list[Cell]] = [
        [
            listed.identities[paid.payee].number,
            listed.identities[paid.payee].label,
            line.entitlement.unit,
            listed.items.get(line.entitlement.item, line.entitlement.item),
            line.entitlement.earned,
            line.entitlement.fund,
            line.earmark,
            Fen(line.fen),
        ]
        for paid in listed.ordered
        for line in paid.lines
    ]
    return Sheet("逐笔", ["证件号码", "姓名", "单位", "项目", "所属期间", "资金", "指定项目", "金额"], rows)


def _funds(listed: PaymentList) -> Sheet:
    rows: list[list[Cell]] = [
        [
            each.fund,
            Fen(each.cash_fen),
            Fen(each.claims_fen),
            Fen(each.settled_fen),
            Fen(each.claims_fen - each.settled_fen),
            Fen(each.offset_fen),
            Fen(each.held_fen),
        ]
        for each in listed.results
    ]
    return Sheet("资金", ["资金", "可用", "应付", "本次付", "付后仍欠", "抵扣多发", "停付的欠款"], rows)
