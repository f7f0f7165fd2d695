"""Commands that bring data in: import, parts, assemble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.records import Bureau
from payroll_service.book.working_days import china_moment
from payroll_service.cli.differences import agree, confirm
from payroll_service.cli.files import InputOption, RulesOption, SchemeOption, write_problems
from payroll_service.cli.printing import (
    SHOWN,
    UNSOUND,
    at_the_door,
    err,
    out,
    progress,
    show_hints,
    show_problems,
)
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.errors import Refused, UnsoundInput
from payroll_service.store.store import Store
from payroll_service.workflow.assemble_parts import examine_assembly, store_assembly
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.import_part import ExaminedPart, examine_part, store_part
from payroll_service.workflow.import_workbook import Imported, examine_import, received_file, store_import
from payroll_service.workflow.list_parts import PartsOverview, list_parts
from payroll_service.workflow.load_rules import LoadedRules, load_rules
from rules.language.program import Program

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只检查和比较，不入库")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="已看过差异，不再询问")]
TriedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--period",
        metavar="期间",
        help="入库前按这个期间试算：缺的行、不成立的必须检查也列出；可以写几次",
    ),
]
ProblemsOption = Annotated[
    Path,
    typer.Option("--problems", metavar="文件", help="有问题时清单写到这里，旁边再写一份标好问题的工作簿"),
]
PROBLEMS = Path("problems.csv")


def import_(
    rules: RulesOption,
    input_: InputOption,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
    problems: ProblemsOption = PROBLEMS,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    part: Annotated[
        bool, typer.Option("--part", help="只是一部分表，或一所学校的表；收齐后用 assemble 合并")
    ] = False,
    unit: Annotated[
        str, typer.Option("--unit", metavar="代码", help="和 --part 连用：这一份全是这个单位的")
    ] = "",
    scheme: SchemeOption = None,
    period: TriedOption = None,
) -> None:
    """检查一个工作簿，列出与上次的差异，确认后入库（文件、规则集、数据快照）；有问题就什么都不存，列出清单。"""
    with at_the_door(), opened(database) as store:
        loaded, owner = load_rules(rules, scheme or ()), bureau_of(bureau)
        if (part or unit) and period:
            raise Refused(
                "只收一部分表时不能试算。", "请不写 --period；收齐以后 payroll assemble --period 可以试算。"
            )
        if part or unit:
            _import_part(store, owner, loaded, input_, unit, actor(by), problems, dry_run)
            return
        with _problems_to(problems, input_, loaded.program), _busy("检查"):
            periods = [governed_period(loaded.program, text) for text in period or ()]
            examined = examine_import(store, owner.bureau, loaded, received_file(input_), periods=periods)
        show_hints(examined.sound.hints)
        agree(examined.last, examined.differences, dry_run, yes)
        if dry_run:
            return
        imported = store_import(store, owner, examined, actor(by), now())
    show_import(imported)


def parts(
    rules: RulesOption,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    scheme: SchemeOption = None,
) -> None:
    """列出分别导入的各表、各校：哪些已到，哪些还没有。"""
    with at_the_door(), opened(database) as store:
        program = load_rules(rules, scheme or ()).program
        found = list_parts(store, bureau_of(bureau).bureau, program)
    table = Table(title=f"已到 {len(found.parts)} 份", title_justify="left")
    for heading in ("表", "单位", "行数", "时间", "经办", "文件"):
        table.add_column(heading, justify="right" if heading == "行数" else "left")
    for (name, unit), stored in sorted(found.parts.items()):
        at = china_moment(stored.at)
        label = f"{unit} {found.units.get(unit, '')}".strip() or "全部"
        table.add_row(name, label, str(stored.part.rows), at, stored.sender, stored.file_name)
    out.print(table)
    show_missing(found)


def assemble(
    rules: RulesOption,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
    problems: ProblemsOption = PROBLEMS,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    scheme: SchemeOption = None,
    period: TriedOption = None,
) -> None:
    """把各表、各校最新的一份合并成完整的数据，检查、比较，确认后入库。"""
    with at_the_door(), opened(database) as store:
        program, owner = load_rules(rules, scheme or ()).program, bureau_of(bureau)
        with _problems_to(problems, None, program), _busy("合并"):
            periods = [governed_period(program, text) for text in period or ()]
            assembly = examine_assembly(store, owner.bureau, program, periods=periods)
        show_missing(assembly.overview)
        show_hints(assembly.hints)
        agree(assembly.last, assembly.differences, dry_run, yes)
        if dry_run:
            return
        if assembly.overview.missing and not assembly.last:
            confirm("还有没交的表，确认先入库？", yes)
        imported = store_assembly(store, owner, program, assembly, actor(by), now())
    show_import(imported)


def _import_part(
    store: Store,
    owner: Bureau,
    rules: LoadedRules,
    input_: Path,
    unit: str,
    by: str,
    problems: Path,
    dry_run: bool,
) -> None:
    with _problems_to(problems, input_, rules.program), _busy("检查"):
        examined = examine_part(store, owner.bureau, rules, received_file(input_), unit)
    show_part(examined)
    if dry_run:
        out.print("只检查和比较，没有入库。")
        return
    store_part(store, owner, examined, by, now())
    out.print(f"已收下 {len(examined.parts)} 份。收齐以后用 payroll assemble 合并。")
    show_missing(list_parts(store, owner.bureau, rules.program))


@contextmanager
def _problems_to(path: Path, source: Path | None, program: Program) -> Iterator[None]:
    """Write problems to files, show the first ones, and leave."""
    try:
        yield
    except UnsoundInput as unsound:
        marked = write_problems(path, source, program, unsound.problems)
        show_problems(unsound.problems)
        err.print(f"没有入库。{marked}", style="red", markup=False)
        raise typer.Exit(UNSOUND) from None


@contextmanager
def _busy(what: str) -> Iterator[None]:
    with progress() as bar:
        bar.add_task(what, total=None)
        yield


def show_part(examined: ExaminedPart) -> None:
    table = Table(title=f"{examined.file.name} 里的表", title_justify="left")
    for heading in ("表", "单位", "上次行数", "本次行数"):
        table.add_column(heading, justify="right" if "行数" in heading else "left")
    for part in examined.parts:
        before = examined.before.get((part.table, part.unit))
        table.add_row(
            part.table, part.unit or "全部", "无" if before is None else str(before), str(part.rows)
        )
    out.print(table)
    show_hints(examined.hints)


def show_missing(found: PartsOverview) -> None:
    for table, units in found.missing.items():
        named = "、".join(f"{unit} {found.units.get(unit, '')}".strip() for unit in units[:SHOWN])
        rest = f"等 {len(units)} 个单位" if len(units) > SHOWN else ""
        out.print(f"还没有：{table}{'　' + named if named else ''}{rest}", markup=False)
    if not found.missing:
        out.print("各表、各校都已到齐。")


def show_import(imported: Imported) -> None:
    rows = "，".join(f"{table} {count} 行" for table, count in imported.rows.items())
    again = "" if imported.is_new else "（与已入库的数据相同）"
    out.print(f"已入库{again}：{rows}。", markup=False)
    out.print(f"数据指纹 {imported.snapshot}")
