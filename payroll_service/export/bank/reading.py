"""Read a bank's text file by its description: every line, and every mistake in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.money import fen_text
from payroll_service.export.bank.fields import read_line, text_amount, text_count
from payroll_service.export.bank.layout import AMOUNT, COUNT, EMPTY, FILE, SERIAL, TOTAL, Field, Layout

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ReadRow:
    """One row: its line in the file (from 1), its values by content, the amount and serial number it has (else 0)."""

    line: int
    texts: Mapping[str, str]
    fen: int = 0
    serial: int = 0


def read_rows(layout: Layout, content: bytes) -> tuple[list[ReadRow], list[str]]:
    """The rows, and what is wrong with the file, line by line; sums are compared once every line could be read."""
    lines = [line.removesuffix(b"\r") for line in content.removeprefix(BOM).split(b"\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    around = len([part for part in (layout.head, layout.tail) if part])
    if len(lines) < around:
        return [], [f"文件只有 {len(lines)} 行，首行、末行不全"]
    rows: list[ReadRow] = []
    sums: list[tuple[int, dict[str, str]]] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        fields = _fields(layout, number, len(lines))
        read = read_line(fields, line, layout)
        if isinstance(read, str):
            wrong.append(f"第 {number} 行：{read}")
        elif fields is not layout.columns:
            sums.append((number, read))
        elif isinstance(row := _row(number, read, layout), ReadRow):
            rows.append(row)
        else:
            wrong.append(f"第 {number} 行：{row}")
    return rows, wrong or [
        told for number, texts in sums for told in _sum_faults(number, texts, rows, layout)
    ]


def _fields(layout: Layout, number: int, lines: int) -> tuple[Field, ...]:
    """What the line of that number, of so many, is made of."""
    if layout.head and number == 1:
        return layout.head
    return layout.tail if layout.tail and number == lines else layout.columns


def _row(number: int, texts: Mapping[str, str], layout: Layout) -> ReadRow | str:
    fen = text_amount(texts[AMOUNT], layout) if AMOUNT in texts else 0
    serial = text_count(texts[SERIAL]) if SERIAL in texts else 0
    if fen is None:
        return f"金额“{texts[AMOUNT][:40]}”应是{_amount_form(layout)}"
    if serial is None:
        return f"序号“{texts[SERIAL][:40]}”应是整数"
    if texts.get(EMPTY):
        return f"应空着的一栏写了“{texts[EMPTY][:40]}”"
    return ReadRow(number, texts, fen, serial)


def _sum_faults(number: int, texts: Mapping[str, str], rows: Sequence[ReadRow], layout: Layout) -> list[str]:
    found = []
    if COUNT in texts and text_count(texts[COUNT]) != len(rows):
        found.append(f"第 {number} 行：笔数写的是“{texts[COUNT][:40]}”，实有 {len(rows)} 笔")
    total = sum(row.fen for row in rows)
    if TOTAL in texts and text_amount(texts[TOTAL], layout) != total:
        found.append(f"第 {number} 行：合计写的是“{texts[TOTAL][:40]}”，各行相加是 {fen_text(total)} 元")
    if FILE in texts and text_count(texts[FILE]) is None:
        found.append(f"第 {number} 行：份号“{texts[FILE][:40]}”应是整数")
    return found


def _amount_form(layout: Layout) -> str:
    return "以分为单位的整数" if layout.in_fen else "两位小数，不写千分位，如 1234.50"
