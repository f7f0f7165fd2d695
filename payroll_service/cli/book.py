"""Commands on the book: run, runs, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.run_states import CALCULATED, PUBLISHED, STATES, WITHDRAWN
from payroll_service.book.working_days import china_moment
from payroll_service.calculation.outcome import CalculationError
from payroll_service.cli.files import (
    PeriodOption,
    SchemeOption,
    report,
    write_file,
)
from payroll_service.cli.printing import (
    STOPPED,
    UNSOUND,
    at_the_door,
    err,
    money,
    out,
    progress,
    show_problems,
)
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.calculate_period import result_files
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.list_runs import ListedRun, list_runs, paid_runs
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.problems_ahead import as_problem
from payroll_service.workflow.replay_run import Replay, replay_run
from payroll_service.workflow.submit_run import submit_run

FIGURES = ("人数", "应发全额", "已核定", "本次核定")
NARROWEST = {"状态": 6, "时间": 5, "经办": 4, "审批": 4}  # in the 80 columns of a plain terminal


def run(
    period: PeriodOption,
    snapshot: Annotated[
        str,
        typer.Option(
            metavar="指纹",
            help="数据快照指纹的前几位；默认最近导入的，写了 --rules 的是用这个规则集最近导入的",
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="文件夹", help="结果文件写到这里；默认 build/批次编号"),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="规则集.yaml", help="换用这份规则集；默认导入时所用的"),
    ] = None,
    scheme: SchemeOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
    submit: Annotated[bool, typer.Option("--submit", help="算出来就送审")] = False,
) -> None:
    """核算一个期间并入库，得到批次编号；同一期间已核定过的，只核定差额。"""
    with at_the_door(), opened(database) as store:
        loaded = load_rules(rules, scheme or ()) if rules else None
        try:
            with progress() as bar:
                bar.add_task(f"核算 {period}", total=None)
                finished = calculate_run(
                    store, bureau_of(bureau).bureau, snapshot, period, actor(by), now(), loaded
                )
        except CalculationError as error:
            show_problems([as_problem(each) for each in error.problems])
            raise typer.Exit(UNSOUND) from None
        state = finished.state
        if submit and state == CALCULATED:
            state = submit_run(store, finished.run.bureau, finished.run.run_id, actor(by), now()).state
        folder = output or Path("build") / finished.run.run_id
        log_read(store, finished.run.bureau, f"run files {finished.run.run_id}", actor(by), now())
        for name, content in result_files(finished.calculation).items():
            write_file(folder / name, content)
    out.print(f"批次 {finished.run.run_id}：{STATES[state]}", style="bold")
    report(finished.calculation, folder)
    if finished.calculation.broken:
        raise typer.Exit(STOPPED)


def runs(database: DatabaseOption = "", bureau: BureauOption = "") -> None:
    """列出已入库的批次和状态。"""
    with at_the_door(), opened(database) as store:
        listed = list_runs(store, bureau_of(bureau).bureau)
        paid = paid_runs(store, bureau_of(bureau).bureau)
    table = Table(title=f"批次（{len(listed)} 个）", title_justify="left", box=None, padding=(0, 1, 0, 0))
    for heading in ("批次", "状态", *FIGURES, "时间", "经办", "审批"):
        is_figure = heading in FIGURES
        table.add_column(
            heading,
            justify="right" if is_figure else "left",
            no_wrap=is_figure or heading == "批次",
            overflow="fold",
            min_width=NARROWEST.get(heading),
        )
    for each in listed:
        approved_by = each.approval.approved_by if each.approval else ""
        at = china_moment(each.run.created_at)
        table.add_row(
            each.run.run_id,
            _state(each, each.run.run_id in paid),
            *_figures(each),
            at,
            each.run.created_by,
            approved_by,
        )
    out.print(table)


def _state(listed: ListedRun, is_paid: bool) -> str:
    state = STATES.get(listed.last.state, listed.last.state) + ("\n已付清" if is_paid else "")
    if listed.last.state == PUBLISHED and listed.publication:
        return f"{state}\n{listed.publication.last_day:%m-%d}"
    told = listed.last.state == WITHDRAWN or listed.receipt is None
    return f"{state}：{listed.last.detail}" if told else state


def _figures(listed: ListedRun) -> tuple[str, ...]:
    receipt = listed.receipt
    if receipt is None:
        return ("",) * len(FIGURES)
    fen = (receipt.amount_fen, receipt.granted_fen, receipt.grants_fen)
    return str(receipt.payees), *map(money, fen)


def replay(
    run_id: Annotated[str, typer.Argument(metavar="批次", help="批次编号，见 payroll runs")],
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """复算一个已入库的批次：查有没有被改动，从入库的规则集和数据重新算，逐字节比较。"""
    with at_the_door(), opened(database) as store, progress() as bar:
        bar.add_task(f"复算 {run_id}", total=None)
        result = replay_run(store, bureau_of(bureau).bureau, run_id)
    show_replay(result)
    if not result.faithful:
        raise typer.Exit(STOPPED)


def show_replay(result: Replay) -> None:
    for check in result.checks:
        mark = "[green]成立[/]" if check.holds else "[bold red]不成立[/]"
        out.print(f"{mark}　{check.name}", highlight=False)
        if not check.holds:
            out.print(f"      {check.detail}", markup=False)
    if result.faithful:
        out.print(f"批次 {result.run} 复算一致：{len(result.checks)} 项检查全部成立。", style="bold green")
    else:
        wrong = sum(not check.holds for check in result.checks)
        err.print(f"批次 {result.run} 复算不一致：{wrong} 项不成立。", style="bold red")
