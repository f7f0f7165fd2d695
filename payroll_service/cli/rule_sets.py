"""payroll rules: check, test, draft, enact, show, diff, schema, new."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from payroll_service.cli.files import SchemeOption, write_file
from payroll_service.cli.printing import FAILED, UNSOUND, at_the_door, err, out, progress
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.check_rules import check_folder
from payroll_service.workflow.compare_rules import compare_rules
from payroll_service.workflow.enact_rules import draft_rules, enact_rules, pass_examples
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.start_rules import read_answers, start_rules
from payroll_service.workflow.try_examples import ExampleResult, try_examples
from rules.language.advice import advice
from rules.language.changes import CHANGED, Change, by_clause
from rules.language.program import Program
from rules.language.render import render
from rules.language.schema import schema as language_schema
from rules.language.show import show as shown
from rules.language.starter import QUESTIONS

app = typer.Typer(help="规则集：检查、跑用例、打印成可读的文字、比较两版。", no_args_is_help=True)
RuleFile = Annotated[Path, typer.Argument(metavar="规则集.yaml", help="规则集文件")]
PlaceOfRules = Annotated[Path, typer.Argument(metavar="规则集.yaml", help="规则集文件，或放规则集的文件夹")]


@app.command()
def check(file: PlaceOfRules, scheme: SchemeOption = None) -> None:
    """检查规则集：有错误就列出文件、行、列和改法；没有就打印名称、版本、施行日期和指纹。

    给一个文件夹，就检查其中所有的规则集和方案，并核对同时施行的各版有没有写「更正」。
    """
    with at_the_door():
        if file.is_dir():
            _check_folder(file)
            return
        program = load_rules(file, scheme or ()).program
    _told(program)
    _advised(program)
    out.print("检查通过。")


def _check_folder(folder: Path) -> None:
    checked = check_folder(folder)
    for loaded in checked.loaded:
        _told(loaded.program)
        _advised(loaded.program)
    for clash in checked.clashes:
        err.print(f"{clash.message} 改法：{clash.remedy}", style="red", markup=False)
    for path in checked.orphans:
        err.print(f"{path}：没有它所延伸的那一版规则集", style="red", markup=False)
    if checked.clashes or checked.orphans:
        raise typer.Exit(UNSOUND)
    out.print(f"检查通过：{len(checked.loaded)} 份规则集。")


def _told(program: Program) -> None:
    first, last = (date.fromordinal(day).isoformat() for day in (program.start, program.end))
    out.print(f"{program.name}　版本 {program.version}　施行 {first} 至 {last}", markup=False)
    for each in program.schemes:
        out.print(f"方案 {each.name}　版本 {each.version}　范围 {render(each.condition)}", markup=False)
    counts = f"{len(program.steps)} 条规则，{len(program.rates)} 项标准，{len(program.payments)} 个发放项目"
    out.print(f"{counts}，{len(program.interpretations)} 条解释，{len(program.examples)} 处示例数字")
    out.print(f"指纹 {program.fingerprint}")


def _advised(program: Program) -> None:
    """What is sound, and yet worth a second look."""
    for each in advice(program):
        out.print(f"提示：{each}", style="yellow", markup=False)


@app.command()
def test(
    path: Annotated[Path, typer.Argument(metavar="路径", help="用例文件，或含有 examples 的文件夹")],
) -> None:
    """跑用例：手算的结果要一分不差地算出来。"""
    results: list[ExampleResult] = []
    with at_the_door(), progress() as bar:
        task = bar.add_task("跑用例", total=None)
        for result in try_examples(path, lambda name: bar.update(task, description=name)):
            results.append(result)
            bar.advance(task)
    failed = [result for result in results if result.failures]
    for result in failed:
        err.print(f"{result.place}：{result.name}", style="red", markup=False)
        for failure in result.failures:
            err.print(f"    {failure}", markup=False)
    out.print(f"用例 {len(results)} 个，通过 {len(results) - len(failed)}，失败 {len(failed)}")
    if not results:
        raise typer.Exit(FAILED)
    if failed:
        raise typer.Exit(UNSOUND)


ExamplesOption = Annotated[
    Path | None,
    typer.Option(
        "--examples", metavar="路径", help="用例文件或文件夹；默认规则集旁边或上层最近的 examples 文件夹"
    ),
]


@app.command()
def draft(
    file: RuleFile,
    scheme: SchemeOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """把规则集入库，作为草案，等另一个人启用（payroll import 也会把所用的规则集入库）。"""
    with at_the_door(), opened(database) as store:
        rules = load_rules(file, scheme or ())
        draft_rules(store, bureau_of(bureau), rules, None, actor(by), now())
    out.print(f"草案已入库：{rules.program.name}　版本 {rules.program.version}", markup=False)
    out.print(f"指纹 {rules.program.fingerprint}")


@app.command()
def enact(
    file: RuleFile,
    by: Annotated[str, typer.Option("--by", metavar="姓名", help="谁启用，记入日志")],
    scheme: SchemeOption = None,
    examples: ExamplesOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """启用一份已入库的规则集：它的用例要全部通过，由起草以外的人启用；启用了的才能审批批次。"""
    with at_the_door(), opened(database) as store:
        program = load_rules(file, scheme or ()).program
        with progress() as bar:
            task = bar.add_task("跑用例", total=None)
            found = pass_examples(
                file, scheme or (), examples, lambda name: bar.update(task, description=name)
            )
        done = enact_rules(store, bureau_of(bureau).bureau, program.fingerprint, by, now(), found)
    out.print(
        f"已启用 {program.name}　版本 {program.version}：起草 {done.drafted_by}，启用 {done.enacted_by}，"
        f"{done.examples} 个用例全部通过。",
        markup=False,
    )
    out.print(f"指纹 {done.fingerprint}")


@app.command()
def show(file: RuleFile, scheme: SchemeOption = None) -> None:
    """把规则集打印成可读的文字：表、标准、按计算先后的规则、依据和解释。"""
    with at_the_door():
        out.print(shown(load_rules(file, scheme or ()).program), markup=False, end="")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="旧.yaml", help="旧的规则集或方案")],
    new: Annotated[Path, typer.Argument(metavar="新.yaml", help="新的规则集或方案")],
) -> None:
    """两版规则集（或方案）改了什么：按依据的条款列出新增、删去和改动，新旧文字并排。"""
    with at_the_door():
        found = compare_rules(old, new)
    show_changes(found)


def show_changes(found: list[Change]) -> None:
    """Every change under the clause it rests on, old and new side by side."""
    if not found:
        out.print("两份的内容相同；不同的只是注释或排版。")
    for clause, listed in by_clause(found).items():
        out.print(f"〔{clause or '文件本身'}〕", markup=False, style="bold")
        for change in listed:
            out.print(f"  {change.kind}　{change.section}　{change.name}", markup=False)
            for line in change.lines:
                told = (
                    f"{line.old or '（无）'}  →  {line.new or '（无）'}"
                    if change.kind == CHANGED
                    else line.new
                )
                out.print(f"      {line.key}：{told or line.old}", markup=False)
    if found:
        out.print(f"共 {len(found)} 处。")


@app.command()
def schema(
    output: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="文件", help="写到这个文件；默认印在屏幕上")
    ] = None,
) -> None:
    """写出规则语言的 JSON Schema，编辑器用它提示键名、指出写错的键。"""
    content = json.dumps(language_schema(), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        typer.echo(content, nl=False)
        return
    with at_the_door():
        write_file(output, content.encode())
    out.print(
        f"已写好 {output}。在规则集第一行写上：# yaml-language-server: $schema={output.name}", markup=False
    )


@app.command()
def new(
    output: Annotated[Path, typer.Option("--out", "-o", metavar="规则集.yaml", help="写到这个新文件")],
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="答案.yaml", help="从文件读答案，不再询问")
    ] = None,
) -> None:
    """问几个问题，写出一份能通过检查的规则集第一稿。"""
    with at_the_door():
        told = read_answers(answers) if answers is not None else _asked()
        text, program = start_rules(told, output)
        write_file(output, text.encode())
    _told(program)
    out.print(f"已写好 {output}。请对着文件逐条改，再运行 payroll rules check {output}。", markup=False)


def _asked() -> dict[str, str]:
    """Every question until it has a sound answer; an empty one is the default."""
    found: dict[str, str] = {}
    for question in QUESTIONS:
        answer = typer.prompt(question.text, default=question.default).strip()
        while wrong := question.wrong(answer):
            err.print(wrong, style="red", markup=False)
            answer = typer.prompt(question.text, default=question.default).strip()
        found[question.key] = answer
    return found
