"""Runs as a process of its own, with limits on memory and time: parse sheets of one workbook, nothing else.

In: a line of JSON (sheets, memory, seconds), then the file. Out: a pickle, {sheet: columns}, each column a list of cells
from row 1. It knows nothing of the rest of the product, so that a file that breaks the parser breaks only this.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import resource
import sys
from typing import Any


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    _limit(resource.RLIMIT_AS, order["memory"])
    _limit(resource.RLIMIT_CPU, order["seconds"])
    _limit(resource.RLIMIT_CORE, 0)
    from python_calamine import load_workbook  # after the limits

    workbook = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    parsed = {name: _columns(workbook.get_sheet_by_name(name).to_python(False)) for name in order["sheets"]}
    sys.stdout.buffer.write(pickle.dumps(parsed, 5))


def _limit(which: int, most: int) -> None:
    """Lower a limit; macOS knows some of them only by name."""
    _, hard = resource.getrlimit(which)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _columns(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows turned to columns; equal texts become one object, which makes the pickle small."""
    seen: dict[str, str] = {}
    keep = seen.setdefault
    return [
        [keep(cell, cell) if type(cell) is str else cell for cell in column]
        for column in zip(*rows, strict=True)
    ]


if __name__ == "__main__":
    main()
