"""Rows of a list that are no data: totals, signatures, remarks.

Such a word at the start of a row is not enough: the row's key must lack, and a word that might begin a row of data counts
only where most of the row is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from payroll_service.snapshot.cells import read_cell
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.spelling import drop_spaces, folded
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.headings_found import Headings
from payroll_service.workbook.other_rows import Columns, OtherRow
from rules.language.period import Calendar
from rules.language.program import CHOICE, PERIOD, TEXT, Table

_TOTAL = re.compile(
    r"(本页|本表|本校|本单位|全校|全县|以上)?(合计|小计|总计|共计|累计)(人数|金额|[^\u4e00-\u9fff].*)?"
)
_WORDS = {
    "合计行": re.compile(rf"{_TOTAL.pattern}|总?人数([:\d].*)?|共\d+人"),
    "签名行": re.compile(
        r"(制表|制单|填表|填报|审核|复核|审批|经办|签字|签名|盖章|校长签).*|((单位|部门|学校)?负责人|校长|日期)[:(].*"
    ),
    "说明行": re.compile(
        r"(备注|附注).*|(说明|注)[:].*|单位[:](?!.*[千万亿百十]).*|以上.*属实.*|以下(空白|无正文).*|说明"
    ),
}


def closing_rows(
    columns: Columns, table: Table, headings: Headings, rows: Sequence[int]
) -> Iterator[OtherRow]:
    """Those of the rows whose first filled cell is such a word and whose key is none."""
    left = rows
    found = []
    for number, column in enumerate(columns):
        if not left:
            break
        found += [(row, number, kind) for row in left if (kind := _kind(column[row]))]
        left = [row for row in left if is_empty(column[row])]
    for row, number, kind in sorted(found):
        if not _Row(columns, table, headings, row).is_data(number):
            what = f"第 {row + 1} 行像是{kind}，不是数据"
            yield OtherRow(row, number, kind, what, "请删除整行")


def _kind(cell: Cell) -> str:
    if not isinstance(cell, str) or cell.isascii():
        return ""
    text = drop_spaces(folded(cell))
    return next((kind for kind, word in _WORDS.items() if word.fullmatch(text)), "")


class _Row:
    """One row that begins with such a word."""

    def __init__(self, columns: Columns, table: Table, headings: Headings, row: int) -> None:
        self._table, self._columns, self._number = table, columns, row
        self._cells = {name: columns[number][row] for name, number in headings.columns.items()}
        self._names = {number: name for name, number in headings.columns.items()}

    def is_data(self, number: int) -> bool:
        """Whether it is a row of data all the same, with the word in this column."""
        own = self._names.get(number, "")
        keys = [self._is_key(name, name == own) for name in self._table.key]
        if all(keys) if keys else self._is_whole():
            return True
        word = drop_spaces(folded(str(self._columns[number][self._number])))
        if _TOTAL.fullmatch(word) or (own in self._table.key and ":" in word):
            return False
        filled = sum(not is_empty(cell) for cell in self._cells.values())
        return 2 * filled > len(self._cells)

    def _is_key(self, name: str, is_word: bool) -> bool:
        cell, column = self._cells.get(name), self._table.columns[name]
        if is_empty(cell):
            return False
        if is_word and column.type.kind != CHOICE:
            return column.type.kind == TEXT == column.type.text_form and self._is_whole()
        if column.type.kind == PERIOD:
            return True  # whether it is one only the rule set's calendar tells
        try:
            return read_cell(cell, column.type, Calendar()) is not None
        except BadCell:
            return False

    def _is_whole(self) -> bool:
        """Whether every cell that must be filled is."""
        return not any(
            is_empty(self._cells.get(column.name))
            for column in self._table.columns.values()
            if not column.optional and column.default is None
        )
