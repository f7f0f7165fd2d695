"""payroll fill: a sheet of the level above, filled from this level's figures and book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from payroll_service.book.filled import Sources
from payroll_service.cli.amounts import DayOption, day_typed
from payroll_service.cli.files import (
    InputOption,
    PeriodOption,
    RulesOption,
    SchemeOption,
    problems_told,
    write_file,
)
from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import BureauOption, DatabaseOption, bureau_of, opened
from payroll_service.errors import Refused
from payroll_service.export.filled_csv import filled_csv
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.fill_table import BOOK, OF_UNIT, Filling, balances_at, fill_table
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.read_input import read_input


def fill(
    rules: RulesOption,
    input_: InputOption,
    period: PeriodOption,
    table: Annotated[str, typer.Option("--table", metavar="表", help="本级的表，一行填一行，如 学校")],
    above: Annotated[Path, typer.Option("--for", metavar="规则集.yaml", help="上级的规则集")],
    output: Annotated[
        Path, typer.Option("--out", "-o", metavar="文件夹", help="写 上级表名.csv；一个县一个文件夹")
    ],
    target: Annotated[str, typer.Option("--as", metavar="上级表", help="填上级的哪张表；默认同名")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="列=本级的列",
            help=f"不同名的列的来源；账上的数写 {BOOK}应发 {BOOK}到位 {BOOK}已发 {BOOK}欠发，"
            f"按单位写 {OF_UNIT}应发 {OF_UNIT}已发 {OF_UNIT}欠发",
        ),
    ] = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="列=值", help="每行都一样的列，如 县代码=D01")
    ] = None,
    day: DayOption = "",
    scheme: SchemeOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """用本级算出的数和账上的数填上级的一张表，不用手抄；各县的文件夹放在一起，上级直接导入、核算。"""
    with at_the_door():
        filling = Filling(table, target or table, Sources(_pairs("--column", column), _pairs("--add", add)))
        program, upper = load_rules(rules, scheme or ()).program, load_rules(above).program
        when = governed_period(program, period)
        balances = None
        if filling.reads(BOOK) or filling.reads(OF_UNIT):
            with opened(database) as store:
                balances = balances_at(store, bureau_of(bureau).bureau, day_typed(day))
        with problems_told():
            snapshot = read_input(program, input_).snapshot
            filled = fill_table(program, snapshot, when, upper, filling, balances)
        path = output / f"{filled.table}.csv"
        write_file(path, filled_csv(filled))
    out.print(f"已写好 {path}：{len(filled.rows)} 行，{'、'.join(filled.headings)}。", markup=False)


def _pairs(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise Refused(
                f"看不懂 {option} {text}。", "写法：列名、等号、内容，中间没有空格，如 县代码=D01。"
            )
        if name in found:
            raise Refused(f"{option} 写了两次“{name}”。", "请只留一个。")
        found[name] = value
    return found
