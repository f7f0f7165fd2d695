"""A filled sheet as the CSV file that an import reads: the table's own headings, amounts with two decimals."""

from __future__ import annotations

from payroll_service.book.filled import FilledTable
from payroll_service.export.csv_text import csv_bytes, text_cell


def filled_csv(filled: FilledTable) -> bytes:
    """A line a row. A number is written as it stands, so that a negative amount stays a number."""
    heading = ",".join(map(text_cell, filled.headings))
    lines = (
        ",".join(
            cell if number else text_cell(cell) for cell, number in zip(row, filled.numbers, strict=True)
        )
        + "\r\n"
        for row in filled.rows
    )
    return csv_bytes(heading, lines)
