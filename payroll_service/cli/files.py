"""Commands on files alone, without a database: template, sample, calculate, explain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import rules as rules_package
from payroll_service.book.money import total
from payroll_service.book.payouts import LATE_WORDS
from payroll_service.calculation.outcome import CalculationError
from payroll_service.cli.printing import (
    STOPPED,
    UNSOUND,
    at_the_door,
    err,
    money,
    out,
    progress,
    show_hints,
    show_problems,
)
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.errors import Refused, UnreadableFile, UnsoundInput
from payroll_service.export.explanation import to_json, to_text
from payroll_service.snapshot.tables import Problem
from payroll_service.workbook.marking import problems_xlsx
from payroll_service.workbook.problems import problems_csv
from payroll_service.workbook.sample import make_sample
from payroll_service.workbook.sample_rows import SampleError
from payroll_service.workbook.template import write_tables, write_template
from payroll_service.workflow.calculate_period import (
    Calculation,
    calculate_period,
    governed_period,
    result_files,
)
from payroll_service.workflow.explain_payout import explain_payout, explain_stored
from payroll_service.workflow.load_rules import load_rules, read_text
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.problems_ahead import (
    as_problem,
    problems_ahead,
    problems_refused,
    problems_stopping,
)
from payroll_service.workflow.read_input import read_input
from rules.language.program import Program
from rules.language.source import plain, read_source

RulesOption = Annotated[Path, typer.Option("--rules", metavar="规则集.yaml", help="规则集文件")]
SchemeOption = Annotated[
    list[Path] | None,
    typer.Option("--scheme", metavar="方案.yaml", help="延伸这个规则集的学校或集团方案；可写几次"),
]
InputOption = Annotated[
    Path,
    typer.Option(
        "--input",
        metavar="工作簿",
        help="Excel 工作簿（.xlsx、.xls），或放 CSV 的文件夹、压缩包（每张表一个文件）",
    ),
]
PeriodOption = Annotated[
    str,
    typer.Option("--period", metavar="期间", help="月 2020-09，学期 2020-2021-1，学年 2020-2021，年 2020"),
]
OutputOption = Annotated[Path, typer.Option("--out", "-o", metavar="文件", help="写到哪里")]
RESULTS = ("payouts.csv", "summary.xlsx", "findings.csv", "receipt.json", "problems.csv", "problems.xlsx")
SETS = Path(rules_package.__file__ or "").parent / "sets"


def template(rules: RulesOption, output: OutputOption, scheme: SchemeOption = None) -> None:
    """按规则集写一个空白工作簿：每张表一页，表头带批注（类型、单位、依据）。"""
    with at_the_door():
        write_file(output, write_template(load_rules(rules, scheme or ()).program))
    out.print(f"已写好 {output}，请逐页填写。", markup=False)


def sample(
    output: OutputOption,
    county: Annotated[
        str, typer.Option(metavar="县", help="rules/sets 下的文件夹，如 dushan、systems/movers")
    ] = "dushan",
    seed: Annotated[int, typer.Option(help="同一个数总是写出同样的样例")] = 1,
    rules: Annotated[Path | None, typer.Option("--rules", help="规则集文件；默认样例所照的那一版")] = None,
) -> None:
    """写一个样例工作簿：虚构的人，真实的形状，用来试算和培训。"""
    with at_the_door():
        file = rules or sampled_rule_set(county)
        program = load_rules(file).program
        tables = make_sample(program, read_text(file.parent / "sample.yaml"), seed)
        write_file(output, write_tables(program, tables))
    rows = "，".join(f"{table.table} {len(table.rows)} 行" for table in tables)
    out.print(f"已写好 {output}：{rows}。", markup=False)


def calculate(
    rules: RulesOption,
    input_: InputOption,
    period: PeriodOption,
    output: Annotated[Path, typer.Option("--out", "-o", metavar="文件夹", help="结果写到这个文件夹")],
    scheme: SchemeOption = None,
) -> None:
    """不用数据库，算一个期间的全部应发：发放表、汇总、提示和凭据写到一个文件夹。

    算的是本期项目的全部应发，不减以前批次已核定的。退出码：0 全部平衡；2 数据有问题（见 problems.csv）；3 必须的检查或平衡不成立。
    """
    with at_the_door():
        clear(output)
        with progress() as bar:
            task = bar.add_task("读规则集", total=4)
            program = load_rules(rules, scheme or ()).program
            when = governed_period(program, period)
            bar.update(task, advance=1, description="读工作簿")
            try:
                sound = read_input(program, input_)
                bar.update(task, advance=1, description="核算")
                calculation = calculate_period(program, sound.snapshot, when)
            except UnsoundInput as unsound:
                bar.update(task, advance=1, description="看还缺哪些行")
                problems = [*unsound.problems, *problems_ahead(program, unsound, when)]
            except CalculationError as error:
                problems = problems_refused(program, sound, error, when)
            else:
                problems = []
                bar.update(task, advance=1, description="写结果")
                for name, content in result_files(calculation).items():
                    write_file(output / name, content)
        if problems:
            marked = write_problems(output / "problems.csv", input_, program, problems)
            show_problems(problems)
            err.print(f"没有计算。{marked}", style="red", markup=False)
            raise typer.Exit(UNSOUND)
    show_hints(sound.hints)
    report(calculation, output)
    if calculation.broken:
        stopping = list(problems_stopping(calculation, sound))
        err.print(write_problems(output / "problems.csv", input_, program, stopping), markup=False)
        raise typer.Exit(STOPPED)


def explain(
    payee: Annotated[str, typer.Option("--payee", metavar="证件号码", help="谁的工资")],
    rules: Annotated[Path | None, typer.Option("--rules", metavar="规则集.yaml", help="规则集文件")] = None,
    input_: Annotated[
        Path | None, typer.Option("--input", metavar="工作簿", help="工作簿或 CSV 文件夹")
    ] = None,
    period: Annotated[str, typer.Option("--period", metavar="期间", help="如 2020-2021-1")] = "",
    run: Annotated[
        str, typer.Option("--run", metavar="批次", help="已入库的批次编号，代替规则集、工作簿和期间")
    ] = "",
    item: Annotated[str | None, typer.Option("--item", metavar="项目", help="只解释这一个项目")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON")] = False,
    scheme: SchemeOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """解释一个人的每一分钱：公式、代入的数、标准、依据和这条规则自己的话。"""
    with at_the_door():
        if run:
            with opened(database) as store:
                where = bureau_of(bureau).bureau
                explanations = explain_stored(store, where, run, payee, item)
                log_read(store, where, f"explain {run}", actor(by), now(), payee)
        elif rules and input_ and period:
            program = load_rules(rules, scheme or ()).program
            when = governed_period(program, period)
            with problems_told():
                snapshot = read_input(program, input_).snapshot
                explanations = explain_payout(program, snapshot, when, payee, item)
        else:
            raise Refused(
                "不知道解释哪一次核算。", "请给 --run 批次，或者 --rules、--input 和 --period 三项。"
            )
    if as_json:
        content = [to_json(explanation) for explanation in explanations]
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        out.print(to_text(explanations), markup=False)


def sampled_rule_set(county: str) -> Path:
    """The version of a county's rule set that its sample is written for. Raises UnreadableFile with the counties there are."""
    description = SETS / county / "sample.yaml"
    if not description.is_file():
        known = "、".join(
            sorted(file.parent.relative_to(SETS).as_posix() for file in SETS.rglob("sample.yaml"))
        )
        raise UnreadableFile(f"没有“{county}”县的样例。", f"现有的县：{known}。")
    written = plain(read_source(read_text(description), str(description)))
    if not isinstance(written, dict) or "版本" not in written:
        raise SampleError(f'样例 {description} 要写「版本」：照哪一版规则集，如 版本: "2020.1"')
    return description.parent / f"{written['版本']}.yaml"


def write_file(path: Path, content: bytes) -> None:
    """Write whole, making folders. Raises UnreadableFile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as why:
        raise UnreadableFile(
            f"写不了 {path}（{why.strerror}）。", "请关闭打开着的同名文件，或换一个位置。"
        ) from None


def clear(folder: Path) -> None:
    """Take away the results of an earlier calculation: nobody shall mistake them for this one's."""
    if folder.exists() and not folder.is_dir():
        raise UnreadableFile(f"{folder} 是一个文件，不是文件夹。", "请换一个文件夹。")
    for name in RESULTS:
        (folder / name).unlink(missing_ok=True)


@contextmanager
def problems_told() -> Iterator[None]:
    """Show what is wrong in the data, or cannot be calculated, and leave."""
    try:
        yield
    except UnsoundInput as unsound:
        show_problems(unsound.problems)
        raise typer.Exit(UNSOUND) from None
    except CalculationError as error:
        show_problems([as_problem(each) for each in error.problems])
        raise typer.Exit(UNSOUND) from None


def write_problems(path: Path, source: Path | None, program: Program, problems: list[Problem]) -> str:
    """The list as CSV, and beside it a copy of the workbook with every bad cell marked; returns where they are."""
    book = path.with_suffix(".xlsx")
    write_file(path, problems_csv(problems))
    write_file(book, problems_xlsx(source, program, problems))
    return f"全部问题在 {path}；标好问题的工作簿是 {book}，可以直接在里面改正后重新提交。"


def report(calculation: Calculation, output: Path) -> None:
    """The end of a calculation: totals, what does not balance, where the files are."""
    receipt = calculation.receipt
    where = f"{receipt.rule_set.name} {receipt.rule_set.version}，期间 {receipt.period}"
    if calculation.broken:
        err.print(
            f"停止：{where} 有 {len(calculation.broken)} 项不成立，没有写发放表。",
            style="bold red",
            markup=False,
        )
        for check in calculation.broken:
            err.print(
                f"  {check.name}：应为 {check.expected}，实为 {check.actual}。{check.detail}", markup=False
            )
        err.print(f"提示清单在 {output / 'findings.csv'}。", markup=False)
        return
    out.print(
        f"{where}：{receipt.payees} 人，{receipt.lines} 笔，合计 {money(receipt.amount_fen)} 元。",
        markup=False,
    )
    if receipt.held_fen or receipt.held_lines:
        out.print(f"其中暂缓 {receipt.held_lines} 笔，{money(receipt.held_fen)} 元，不在发放表里。")
    out.print(f"{len(receipt.checks)} 项平衡检查全部成立；提示 {len(calculation.outcome.findings)} 条。")
    if receipt.netted:
        out.print(
            f"以前批次已核定 {money(receipt.granted_fen)} 元（{'、'.join(one.run for one in receipt.netted)}），"
            f"本次核定 {money(receipt.grants_fen)} 元。",
            markup=False,
        )
        due = calculation.payouts.due_fen
        more, less = total(due[due > 0]), total(due[due < 0])
        if more and less:
            out.print(f"其中补发 {money(more)} 元，追回 {money(-less)} 元。")
    else:
        out.print("这是本期项目的全部应发，没有减去以前批次核定的。")
    for one in receipt.late:
        told = f"{LATE_WORDS[one.kind]}：{one.item} {one.lines} 笔，{money(one.amount_fen)} 元"
        out.print(f"迟到更正，{told}（所属 {one.earned}，资金 {one.fund}）。", markup=False)
    if receipt.examples:
        out.print(f"注意：规则集里有 {len(receipt.examples)} 处示例数字，不是文件规定，见 receipt.json。")
    out.print(f"结果在 {output}：payouts.csv、summary.xlsx、findings.csv、receipt.json。", markup=False)
