"""Texts that clerks write where there is nothing: a dash, a stroke, 无. Which of them a column takes for empty.

A column says so itself (空写法). Where it says nothing, an optional column of a type that cannot hold such a text takes the
usual ones; a free text may mean what it says, and in a column with a default a dash must not turn into the default.
"""

from __future__ import annotations

from payroll_service.snapshot import spelling
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import Reader
from payroll_service.snapshot.tables import Cell
from rules.language.program import ACCOUNT, CHOICE, DATE, ID_NUMBER, TEXT, Column

USUAL_MARKS = ("—", "——", "–", "-", "--", "―", "─", "/", "\\", "无")
OPEN_ENDS = ("至今", "在任", "在岗", "长期", "暂无")  # written for a day that has not come


def marks_of(column: Column) -> tuple[str, ...]:
    """The texts that this column takes for an empty cell."""
    if column.empty_marks is not None:
        return column.empty_marks
    free_text = column.type.kind == TEXT and column.type.text_form not in (ID_NUMBER, ACCOUNT)
    return USUAL_MARKS if column.optional and column.default is None and not free_text else ()


def empty_at_marks(column: Column, read: Reader) -> Reader:
    """`read`, but None for the column's marks. A mark that is also an option of a choice is the option."""
    options = {spelling.folded(option) for option in column.type.options if column.type.kind == CHOICE}
    marks = {spelling.folded(mark) for mark in marks_of(column)} - options
    if not marks:
        return read

    def read_unless_marked(cell: Cell) -> int | str | None:
        if isinstance(cell, str) and spelling.folded(cell) in marks:
            return None
        return read(cell)

    return read_unless_marked


def told_to_leave_empty(column: Column, read: Reader) -> Reader:
    """`read`; who writes 至今 in a date column that may be empty is told to leave it so."""
    if column.type.kind != DATE or not column.optional or column.default is not None:
        return read

    def read_or_tell(cell: Cell) -> int | str | None:
        try:
            return read(cell)
        except BadCell as bad:
            if isinstance(cell, str) and spelling.drop_spaces(spelling.folded(cell)) in OPEN_ENDS:
                raise BadCell(bad.kind, bad.message, f"{bad.remedy}；没有的请留空") from None
            raise

    return read_or_tell
