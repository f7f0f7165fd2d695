"""Have a workbook parsed by a child process, and take back nothing but cells."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from payroll_service.snapshot.tables import Cell
from payroll_service.workbook import parse_child
from payroll_service.workbook.child import ChildFailed, run_child
from payroll_service.workbook.guard import Limits, refuse_costly

Columns = list[list[Cell]]

_ALLOWED = {kind.__name__: kind for kind in (date, datetime, time, timedelta)}


class _CellUnpickler(pickle.Unpickler):
    """Takes plain values and dates, nothing that runs code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in _ALLOWED:
            return _ALLOWED[name]
        raise pickle.UnpicklingError(f"{module}.{name} is no cell")


def parse_sheets(data: bytes, sheets: Sequence[str], limits: Limits) -> dict[str, Columns]:
    """The columns of these sheets, from row 1 and column A; `UnreadableWorkbook` if the limits do not suffice."""
    if not sheets:
        return {}
    try:
        answer = run_child(parse_child, {"sheets": list(sheets)}, data, limits)
        parsed: dict[str, Columns] = _CellUnpickler(io.BytesIO(answer)).load()
    except (ChildFailed, pickle.UnpicklingError, EOFError, ValueError, TypeError):
        refuse_costly()
    return parsed
