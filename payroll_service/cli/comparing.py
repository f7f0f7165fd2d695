"""payroll compare: what another version of the rules would pay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.comparison import ComparedVersions, Line
from payroll_service.cli.files import InputOption, PeriodOption, problems_told, write_file
from payroll_service.cli.printing import at_the_door, err, money, out, progress
from payroll_service.cli.rule_sets import show_changes
from payroll_service.export.comparison import comparison_svg, comparison_xlsx
from payroll_service.workflow.compare_payouts import compare_versions

MOST = 5


def compare(
    old: Annotated[Path, typer.Option("--from", metavar="旧.yaml", help="旧版规则集")],
    new: Annotated[Path, typer.Option("--to", metavar="新.yaml", help="新版规则集")],
    input_: InputOption,
    period: PeriodOption,
    whole: Annotated[
        bool, typer.Option("--whole", help="连同期间里的各月、各学期一起算，如整个学年")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="文件夹", help="把工作簿和图写到这里")
    ] = None,
) -> None:
    """同一个工作簿按两版规则集各算一遍：改了哪些规则，每个项目、单位、每个人多多少、少多少，是哪项改动造成的。"""
    with at_the_door():
        with problems_told(), progress() as bar:
            task = bar.add_task("读规则集", total=None)
            compared = compare_versions(
                old,
                new,
                input_,
                period,
                whole,
                lambda words, done, all_: bar.update(task, description=words, completed=done, total=all_),
            )
        show_compared(compared)
        if output is not None:
            write_file(output / "comparison.xlsx", comparison_xlsx(compared))
            write_file(output / "comparison.svg", comparison_svg(compared))
            out.print(f"工作簿和图在 {output}：comparison.xlsx、comparison.svg。", markup=False)


def show_compared(compared: ComparedVersions) -> None:
    """Rules first, then money: by step, by item, by unit, and the largest gains and losses."""
    show_changes(list(compared.changes))
    figures = compared.money
    steps = Table(title="各项改动的影响（元）", title_justify="left")
    _columns(steps, ("改动",), ("涉及人数", "增加合计", "减少合计", "净变化"))
    for step, (more, less, touched) in zip(compared.steps, compared.moved(), strict=True):
        steps.add_row(step.title, str(touched), money(more), money(less), money(more + less))
    if compared.steps:
        out.print(steps)
    if names := "、".join(f"{one.section} {one.name}" for one in compared.quiet):
        out.print(f"不影响这一期金额的改动：{names}。", markup=False)
    out.print(
        f"期间 {'、'.join(compared.periods)} 应发合计：{money(figures.total.old)} → {money(figures.total.new)} 元，"
        f"变化 {money(figures.total.change)} 元。",
        markup=False,
    )
    for title, lines in (("按项目", figures.by_item()), ("按单位", figures.by_unit())):
        if any(line.change for line in lines):
            out.print(_changed(title, lines, figures.total))
        else:
            out.print(f"{title}：合计都不变。")
    people = sorted(figures.by_payee(), key=lambda line: (line.change, line.code))
    out.print(_extremes(compared, "减少最多", [line for line in people if line.change < 0][:MOST]))
    out.print(_extremes(compared, "增加最多", [line for line in reversed(people) if line.change > 0][:MOST]))
    for warning in compared.warnings:
        err.print(f"注意：{warning}，在正式核算时会停止。", style="yellow", markup=False)


def _changed(title: str, lines: Sequence[Line], total: Line) -> Table:
    shown = [line for line in lines if line.change]
    same = len(lines) - len(shown)
    table = Table(title=f"{title}（元）" + (f"，不变的 {same} 个略" if same else ""), title_justify="left")
    _columns(table, ("代码", "名称"), ("旧版", "新版", "变化"))
    for line in shown:
        table.add_row("、".join(line.code), line.label, money(line.old), money(line.new), money(line.change))
    table.add_section()
    table.add_row("合计", "", money(total.old), money(total.new), money(total.change))
    return table


def _extremes(compared: ComparedVersions, title: str, lines: Sequence[Line]) -> Table:
    table = Table(title=f"{title}的 {len(lines)} 人（元）", title_justify="left")
    _columns(table, ("姓名",), ("旧版", "新版", "变化"))
    table.add_column("主要原因")
    for line in lines:
        cells = (money(line.old), money(line.new), money(line.change), compared.cause(line))
        table.add_row(line.label, *cells)
    return table


def _columns(table: Table, words: Sequence[str], figures: Sequence[str]) -> None:
    for heading in words:
        table.add_column(heading)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
