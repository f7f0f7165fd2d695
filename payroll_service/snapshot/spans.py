"""Rows against each other within one table: doubled keys, start after end, overlapping posts."""

from __future__ import annotations

import numpy as np

from payroll_service.snapshot.keys import any_missing, own_codes, pack
from payroll_service.snapshot.loading import LoadedTable
from rules.language.program import Program

_EVER = np.iinfo(np.int64).max


def check_duplicates(table: LoadedTable) -> None:
    """Two rows with one key: the later row is named, and the earlier one in its message."""
    key = table.table.key
    _check_equal(table, key, "主键重复", "每个主键只能有一行：请删去多余的一行，或改正填错的列")
    for columns in table.table.unique:
        _check_equal(table, columns, "重复", "这几列合起来不能有两行相同：请改正填错的一行")
    order = table.table.order
    if order is not None and not {*key} <= {*order.within, *order.by}:
        _check_equal(
            table, (*order.within, *order.by), "先后不明", "两行排在同一处，分不出哪行在前：请改正填错的一行"
        )


def _check_equal(table: LoadedTable, key: tuple[str, ...], kind: str, remedy: str) -> None:
    """Rows that agree in these columns, where all are filled."""
    packed = pack([own_codes(table.columns[name]) for name in key], table.size)
    filled = ~any_missing([table.columns[name] for name in key], table.size)
    sound = np.flatnonzero(filled & ~table.unreadable(key))
    kept, first = np.unique(packed[sound], return_index=True)
    if len(kept) == len(sound):
        return
    before = dict(zip(kept.tolist(), sound[first].tolist(), strict=True))
    for row in sound.tolist():
        earlier = before[int(packed[row])]
        if earlier != row:
            table.add(
                row,
                key[0] if key else next(iter(table.table.columns)),
                kind,
                f"与{table.row_number(earlier)}的{'、'.join(key)}相同",
                remedy,
            )


def check_spans(program: Program, table: LoadedTable) -> None:
    """Every span of dates that the rule set lays out over months starts before it ends and respects 不重叠."""
    made = [
        other.span
        for other in program.tables.values()
        if other.kind == "分月" and other.of == table.table.name
    ]
    for start, end in dict.fromkeys([*made, table.table.span]):
        if start in table.columns and end in table.columns:
            _check_order(table, start, end)
            if table.table.no_overlap:
                _check_overlap(table, start, end)


def _check_order(table: LoadedTable, start: str, end: str) -> None:
    first, last = table.columns[start], table.columns[end]
    wrong = (first.data > last.data) & ~any_missing([first, last], table.size)
    for row in np.flatnonzero(wrong):
        table.add(int(row), end, "起止颠倒", f"“{end}”早于“{start}”", "请核对两个日期")


def _check_overlap(table: LoadedTable, start: str, end: str) -> None:
    """Within rows equal in the declared columns, sorted by start, each must begin after all earlier ones have ended."""
    same = table.table.no_overlap
    first, last = table.columns[start], table.columns[end]
    begins = first.data if first.missing is None else np.where(first.missing, -_EVER, first.data)
    ends = last.data if last.missing is None else np.where(last.missing, _EVER, last.data)
    packed = pack([own_codes(table.columns[name]) for name in same], table.size)
    sound = np.flatnonzero(~table.unreadable([*same, start, end]) & (begins <= ends))
    group, latest_end, latest_row = -1, -_EVER, -1
    for row in sound[np.lexsort((begins[sound], packed[sound]))].tolist():
        if packed[row] != group:
            group, latest_end, latest_row = int(packed[row]), -_EVER, -1
        if latest_row >= 0 and begins[row] <= latest_end:
            table.add(
                row,
                start,
                "重叠",
                f"与{table.row_number(latest_row)}的时间重叠（{'、'.join(same)}相同）",
                f"请改正“{start}”或“{end}”，使两行的日期不相交",
            )
        if latest_row < 0 or ends[row] > latest_end:
            latest_end, latest_row = int(ends[row]), row
