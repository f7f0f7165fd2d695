"""Bank files as described: same transfers, same bytes; or every reason why one cannot be written, none left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payroll_service.errors import UnsoundFile
from payroll_service.export.bank.fields import amount_text, faults, write_line
from payroll_service.export.bank.layout import (
    ACCOUNT,
    AMOUNT,
    BANK,
    BOOK,
    COUNT,
    EMPTY,
    FILE,
    NAME,
    NOTE,
    NUMBER,
    SERIAL,
    TOTAL,
    BankFormat,
    Field,
    Layout,
)
from payroll_service.export.bank.transfers import Transfer, in_order, total_fen
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

REMEDY = "请更正姓名、账号或金额；编码放不下的字，请按银行留存的写法登记，或换用 GB18030 编码的格式。"


def bank_files(described: BankFormat, transfers: Sequence[Transfer], stem: str) -> dict[str, bytes]:
    """The files by name: `stem.txt`, or `stem-1.txt`, `stem-2.txt` … of at most `rows_per_file` rows each.

    Raises UnsoundFile with everybody whose name, account or amount cannot be written as described.
    """
    layout, size = described.layout, described.rows_per_file
    ordered = in_order(transfers)
    if not ordered:
        raise UnsoundFile("没有要发的人", [], "请核对付款单。")
    rows = [_texts(layout, serial, each) for serial, each in enumerate(ordered, 1)]
    starts = range(0, len(rows), size)
    sums = [_sums(layout, ordered[start : start + size], n) for n, start in enumerate(starts, 1)]
    _refuse(layout, ordered, rows, sums)
    write = _book if layout.form == BOOK else _text
    names = _names(stem, layout.extension, len(starts))
    return {
        name: write(layout, rows[start : start + size], each)
        for name, start, each in zip(names, starts, sums, strict=True)
    }


def _names(stem: str, extension: str, count: int) -> list[str]:
    width = len(str(count))
    numbers = [f"-{n:0{width}d}" for n in range(1, count + 1)] if count > 1 else [""]
    return [f"{stem}{number}.{extension}" for number in numbers]


def _texts(layout: Layout, serial: int, each: Transfer) -> dict[str, str]:
    return {
        SERIAL: str(serial),
        NAME: each.name,
        ACCOUNT: each.account,
        AMOUNT: amount_text(each.fen, layout),
        NUMBER: each.number,
        BANK: each.bank,
        NOTE: each.note,
        EMPTY: "",
    }


def _sums(layout: Layout, part: Sequence[Transfer], number: int) -> dict[str, str]:
    total = amount_text(total_fen(part), layout)
    return {COUNT: str(len(part)), TOTAL: total, FILE: str(number), EMPTY: ""}


def _refuse(
    layout: Layout,
    ordered: Sequence[Transfer],
    rows: Sequence[Mapping[str, str]],
    sums: Sequence[Mapping[str, str]],
) -> None:
    wrong = []
    for each, texts in zip(ordered, rows, strict=True):
        found = [] if each.account else ["没有账号"]
        if each.fen <= 0:
            found.append("金额不是正数")
        found += _line_faults(layout.columns, texts, layout)
        wrong += [f"{each.who}：{fault}" for fault in found]
    for number, texts in enumerate(sums, 1):
        found = _line_faults((*layout.head, *layout.tail), texts, layout)
        wrong += [f"第 {number} 份：{fault}" for fault in found]
    if wrong:
        raise UnsoundFile(f"按“{layout.name}”写不出银行文件", wrong, REMEDY)


def _line_faults(fields: Sequence[Field], texts: Mapping[str, str], layout: Layout) -> list[str]:
    return [fault for field in fields for fault in faults(field, field.value(texts), layout)]


def _text(layout: Layout, rows: Sequence[Mapping[str, str]], sums: Mapping[str, str]) -> bytes:
    head = [write_line(layout.head, sums, layout)] if layout.head else []
    tail = [write_line(layout.tail, sums, layout)] if layout.tail else []
    return b"".join([*head, *(write_line(layout.columns, texts, layout) for texts in rows), *tail])


def _book(layout: Layout, rows: Sequence[Mapping[str, str]], sums: Mapping[str, str]) -> bytes:
    cells = [[_cell(layout, field, texts) for field in layout.columns] for texts in rows]
    tail = [[_cell(layout, field, sums) for field in layout.tail]] if layout.tail else []
    titles = [*(field.title for field in layout.columns)]
    titles += [""] * max(0, len(layout.tail) - len(titles))
    return workbook_bytes([Sheet("代发", titles, [*cells, *tail], bold_last=bool(tail))])


def _cell(layout: Layout, field: Field, texts: Mapping[str, str]) -> Cell:
    """Figures as numbers, everything else as text: an account keeps its zeros."""
    text = field.value(texts)
    if field.content in (AMOUNT, TOTAL) and not layout.in_fen:
        return Fen(int(text.replace(".", "")))
    return int(text) if field.content in (SERIAL, COUNT, FILE, AMOUNT, TOTAL) else text
