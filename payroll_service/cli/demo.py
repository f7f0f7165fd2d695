"""payroll demo: the whole way of one county, from an empty file to a teacher's explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.rule import Rule
from rich.table import Table

from payroll_service.book.payouts import Payouts
from payroll_service.book.run_states import CALCULATED
from payroll_service.cli.book import show_replay
from payroll_service.cli.files import SETS, report, sampled_rule_set, write_file
from payroll_service.cli.imports import show_import
from payroll_service.cli.printing import STOPPED, at_the_door, money, out, progress
from payroll_service.cli.stored import bureau_of, opened
from payroll_service.clock import now
from payroll_service.export.explanation import to_text
from payroll_service.workbook.sample import make_sample
from payroll_service.workbook.template import write_tables
from payroll_service.workflow.calculate_period import Calculation, result_files
from payroll_service.workflow.calculate_run import FinishedRun, calculate_run
from payroll_service.workflow.enact_rules import enact_rules, pass_examples
from payroll_service.workflow.explain_payout import explain_stored
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import load_rules, read_text
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.submit_run import submit_run

PERIODS = ("2020-09", "2020-2021-1", "2020-2021")
COUNTY, SEED, BY, SECOND = "dushan", 1, "示例经办", "示例启用人"


def demo(
    folder: Annotated[
        Path, typer.Option("--out", "-o", metavar="文件夹", help="数据库和结果写到这里")
    ] = Path("build/demo"),
) -> None:
    """从空文件走一遍：写样例工作簿，入库，启用规则集，核算一个月、一个学期、一个学年并送审，解释一名教师的工资，复算。"""
    with at_the_door():
        finished = _walk(folder)
    if any(each.calculation.broken for each in finished):
        raise typer.Exit(STOPPED)


def _walk(folder: Path) -> list[FinishedRun]:
    rules = sampled_rule_set(COUNTY)
    book, database = folder / "workbook.xlsx", folder / "payroll.db"
    bureau = bureau_of(COUNTY)
    finished: list[FinishedRun] = []
    with progress() as bar:
        task = bar.add_task("读规则集", total=5 + len(PERIODS))
        loaded = load_rules(rules)
        bar.update(task, advance=1, description="写样例工作簿")
        description = read_text(SETS / COUNTY / "sample.yaml")
        write_file(book, write_tables(loaded.program, make_sample(loaded.program, description, SEED)))
        bar.update(task, advance=1, description="检查工作簿并入库")
        with opened(str(database)) as store:
            imported = import_workbook(store, bureau, loaded, book, BY, now())
            bar.update(task, advance=1, description="跑用例，启用规则集")
            examples = pass_examples(rules, (), SETS.parent / "examples" / COUNTY)
            enact_rules(store, bureau.bureau, loaded.program.fingerprint, SECOND, now(), examples)
            for period in PERIODS:
                bar.update(task, advance=1, description=f"核算 {period}")
                done = calculate_run(store, bureau.bureau, imported.snapshot, period, BY, now())
                if done.state == CALCULATED:
                    submit_run(store, bureau.bureau, done.run.run_id, BY, now())
                for name, content in result_files(done.calculation).items():
                    write_file(folder / period / name, content)
                finished.append(done)
            semester = finished[1]
            bar.update(task, advance=1, description="解释一名教师的工资")
            payee = _teacher(semester.calculation.payouts)
            explanations = explain_stored(store, bureau.bureau, semester.run.run_id, payee)
            bar.update(task, advance=1, description="复算")
            replayed = replay_run(store, bureau.bureau, semester.run.run_id)
    out.print(Rule("工作簿"))
    show_import(imported)
    for each in finished:
        out.print(Rule(f"批次 {each.run.run_id}"))
        out.print(_by_unit(each.calculation))
        report(each.calculation, folder / each.run.period)
    out.print(Rule(f"一名教师 {semester.run.period} 的工资从哪里来"))
    out.print(to_text(explanations), markup=False)
    out.print(Rule(f"复算批次 {semester.run.run_id}"))
    show_replay(replayed)
    out.print(Rule("接下来"))
    out.print(f"工作簿 {book}，数据库 {database}，结果在 {folder} 下各期间的文件夹。", markup=False)
    out.print(
        "看命令：.venv/bin/payroll --help；看规则集：.venv/bin/payroll rules show " + str(_near(rules)),
        markup=False,
    )
    stored = f"--database {database} --bureau {bureau.bureau}"
    out.print(f"看批次：.venv/bin/payroll runs {stored}", markup=False, soft_wrap=True)
    out.print(
        f"解释一个人：.venv/bin/payroll explain {stored} --run {semester.run.run_id} --payee 证件号码",
        markup=False,
        soft_wrap=True,
    )
    out.print(
        f"启动服务：.venv/bin/payroll serve --port 8000 --database {database}（第一次打开印出的链接，教育局代码写 {bureau.bureau}）",
        markup=False,
        soft_wrap=True,
    )
    return finished


def _by_unit(calculation: Calculation) -> Table:
    """Totals by unit and item, the last row the sum of all."""
    items = calculation.receipt.items
    names = dict(zip(calculation.payouts.unit_codes, calculation.payouts.unit_labels, strict=True))
    sums: dict[str, dict[str, int]] = {}
    for total in calculation.totals:
        row = sums.setdefault(total.unit, {})
        row[total.item] = row.get(total.item, 0) + total.amount_fen
    table = Table(
        title=f"{calculation.receipt.period} 各单位应发（元）", title_justify="left", show_footer=True
    )
    table.add_column("单位", footer="合计")
    for item in items:
        table.add_column(
            item.name, justify="right", footer=money(sum(row.get(item.number, 0) for row in sums.values()))
        )
    table.add_column("合计", justify="right", footer=money(sum(sum(row.values()) for row in sums.values())))
    for unit in sorted(sums):
        row = sums[unit]
        cells = [money(row[item.number]) if item.number in row else "" for item in items]
        table.add_row(f"{unit} {names[unit]}", *cells, money(sum(row.values())))
    return table


def _teacher(payouts: Payouts) -> str:
    """Somebody with something to tell: the first who is paid by more than one unit, else the first of all."""
    units: dict[int, set[int]] = {}
    for payee, unit in zip(payouts.payee.tolist(), payouts.unit.tolist(), strict=True):
        units.setdefault(payee, set()).add(unit)
    several = [payee for payee, paid_by in units.items() if len(paid_by) > 1]
    return payouts.payee_keys[several[0] if several else 0]


def _near(path: Path) -> Path:
    """The path as seen from here, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
