"""Show what would change, and ask before it is stored; never wait for an answer where nobody sits."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.table import Table

from payroll_service.cli.printing import out
from payroll_service.errors import NotConfirmed
from payroll_service.snapshot.differences import CHANGED, RowDifference, TableDifference


def show_differences(found: Sequence[TableDifference]) -> None:
    """Counts of each table, and the first rows that differ."""
    table = Table(title="与上次入库的数据相比", title_justify="left")
    table.add_column("表")
    for heading in ("上次", "本次", "增加", "减少", "改动"):
        table.add_column(heading, justify="right")
    for each in found:
        counts = (each.before, each.now, each.added, each.gone, each.changed)
        table.add_row(each.table, *(str(count) for count in counts))
    out.print(table)
    for each in found:
        for row in each.first:
            out.print(f"  {each.table} {_said(row)}", markup=False)
        if each.added + each.gone + each.changed > len({(row.kind, row.key) for row in each.first}):
            out.print(f"  {each.table} …… 其余不一一列出")


def _said(row: RowDifference) -> str:
    where = f"{row.kind} {'、'.join(row.key)}"
    if row.kind != CHANGED:
        return where
    return f"{where}：{row.column} {row.before or '（空）'} → {row.now or '（空）'}"


def confirm(question: str, yes: bool) -> None:
    """Go on only if somebody says yes, or has said so with --yes. Raises NotConfirmed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotConfirmed(
            "没有确认，所以没有入库。",
            "看过差异、确认无误后，请加 --yes 重新执行；只想看差异，用 --dry-run。",
        )
    if not typer.confirm(question, default=False):
        raise NotConfirmed("没有入库。", "改好以后请重新导入。")


def agree(last: str, found: Sequence[TableDifference] | None, dry_run: bool, yes: bool) -> None:
    """Show the differences to the last import and have them confirmed; the first import has none. Raises NotConfirmed."""
    if not last:
        out.print("这是第一次入库，没有可比较的数据。")
    elif found is None:
        out.print("上次入库的数据与现在的规则集对不上，不能比较。")
    else:
        show_differences(found)
    if dry_run:
        out.print("只检查和比较，没有入库。")
    elif last and not (found and all(each.is_none for each in found)):
        confirm("确认入库？", yes)
