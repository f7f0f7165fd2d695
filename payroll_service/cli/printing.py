"""What the commands print, and how a refusal leaves: one place for consoles, tables and exit codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from payroll_service.book.money import grouped
from payroll_service.errors import Refused
from payroll_service.snapshot.tables import Problem
from payroll_service.store.errors import StoreError
from payroll_service.workbook.guard import UnreadableWorkbook
from payroll_service.workbook.sample_values import SampleError
from rules.language import RuleSetError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

FAILED, UNSOUND, STOPPED = (
    1,
    2,
    3,
)  # exit codes: refused; problems in the data or the rules; a check stops the payout
SHOWN = 20


@contextmanager
def at_the_door() -> Iterator[None]:
    """Say what is wrong and how to mend it, and leave with the exit code for it; never a traceback for bad input."""
    try:
        yield
    except RuleSetError as error:
        err.print(f"[bold red]{error.document}有 {len(error.problems)} 处错误：[/]")
        for problem in error.problems[:SHOWN]:
            err.print(f"  {problem}", markup=False)
        raise typer.Exit(UNSOUND) from None
    except Refused as refused:
        err.print(f"{refused.message}\n怎么办：{refused.remedy}", style="red", markup=False)
        raise typer.Exit(FAILED) from None
    except (StoreError, SampleError, UnreadableWorkbook) as error:
        err.print(str(error), style="red", markup=False)
        raise typer.Exit(FAILED) from None


def progress() -> Progress:
    """A bar with a step's name, on the error stream, so that output can be redirected."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )


def show_problems(problems: Sequence[Problem]) -> None:
    """The first problems as a table; the file has all."""
    table = Table(title=f"数据里的问题（共 {len(problems)} 个）", title_justify="left")
    for heading in ("表", "单元格", "列", "问题", "怎样改"):
        table.add_column(heading, overflow="fold")
    for each in problems[:SHOWN]:
        table.add_row(each.sheet, each.cell, each.column, each.message, each.remedy)
    err.print(table)
    if len(problems) > SHOWN:
        err.print(f"…… 另有 {len(problems) - SHOWN} 个，见 problems.csv。")


def show_hints(hints: Sequence[Problem]) -> None:
    """The first hints, a line each: the data can be taken as they are, but somebody should look."""
    for hint in hints[:SHOWN]:
        where = " ".join(filter(None, (hint.sheet, hint.cell, hint.column)))
        out.print(f"  提示：{where}{' ' if where else ''}{hint.message}；{hint.remedy}。", markup=False)
    if len(hints) > SHOWN:
        out.print(f"  …… 另有 {len(hints) - SHOWN} 条提示。")


def money(fen: int) -> str:
    """With thousands separated, for reading."""
    return grouped(fen)
