"""payroll figures: what the rules make of a table, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.figures import Figures
from payroll_service.cli.files import (
    InputOption,
    PeriodOption,
    RulesOption,
    SchemeOption,
    problems_told,
    write_file,
)
from payroll_service.cli.printing import at_the_door, out
from payroll_service.export.figures import SPREAD, figures_csv, figures_svg, figures_xlsx, spread_texts
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.read_figures import read_figures
from payroll_service.workflow.read_input import read_input
from rules.language.render import value_text

MOST = 60


def figures(
    rules: RulesOption,
    input_: InputOption,
    period: PeriodOption,
    table: Annotated[str, typer.Option("--table", metavar="表", help="看哪张表的各行，如 学校")],
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="列", help="只看这一列；可写几次，默认规则算出的各列"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="文件夹", help="写 figures.csv、figures.xlsx 和图 figures.svg"),
    ] = None,
    scheme: SchemeOption = None,
) -> None:
    """一张表里规则算出的数并排看：各校、各县，最高、最低和差距；可以画图，可以导出给上级汇总。"""
    with at_the_door():
        program = load_rules(rules, scheme or ()).program
        when = governed_period(program, period)
        with problems_told():
            found = read_figures(program, read_input(program, input_).snapshot, when, table, column or ())
        _show(found)
        if output is not None:
            write_file(output / "figures.csv", figures_csv(found))
            write_file(output / "figures.xlsx", figures_xlsx(found))
            write_file(
                output / "figures.svg", figures_svg(found, f"{program.name} {program.version}，{when.text}")
            )
            out.print(f"写在 {output}：figures.csv、figures.xlsx、figures.svg。", markup=False)


def _show(found: Figures) -> None:
    shown = Table(title=f"{found.table}（{len(found.keys)} 行）", title_justify="left")
    shown.add_column("名称")
    for one in found.columns:
        shown.add_column(one.name, justify="right", no_wrap=True)
    for row, label in list(enumerate(found.labels))[:MOST]:
        shown.add_row(label, *(value_text(one.values[row], one.type) for one in found.columns))
    out.print(shown)
    if len(found.labels) > MOST:
        out.print(f"…… 另有 {len(found.labels) - MOST} 行，用 --out 写到文件。")
    apart = Table(title="差距", title_justify="left")
    for heading in ("栏目", *SPREAD):
        apart.add_column(heading, justify="left" if heading == "栏目" else "right")
    for one in found.columns:
        if one.spread is not None:
            apart.add_row(one.name, *spread_texts(one, one.spread))
    if apart.row_count:
        out.print(apart)
