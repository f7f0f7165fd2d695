"""Commands that write files for banks and finance systems, and read the banks' answers: payroll files …"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from payroll_service.book.ledger.movements import KINDS
from payroll_service.cli.amounts import DayOption, PaymentArgument, ReferenceOption, day_typed
from payroll_service.cli.files import write_file
from payroll_service.cli.printing import at_the_door, money, out
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.errors import Refused, UnreadableFile
from payroll_service.export.account_mapping import read_account_mapping
from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.payroll_tables import tables_csv, tables_xlsx
from payroll_service.export.vouchers import vouchers_csv, vouchers_xlsx
from payroll_service.workflow.make_files import (
    accrual_vouchers,
    book_bank_answer,
    log_answer,
    make_bank_files,
    payment_vouchers,
    read_tables,
)

app = typer.Typer(help="给银行和财务系统的文件；格式的写法见 docs/files.md。", no_args_is_help=True)
FormatOption = Annotated[Path, typer.Option("--format", metavar="格式.yaml", help="文件格式的说明")]
FolderOption = Annotated[Path, typer.Option("--out", "-o", metavar="文件夹", help="文件写到这里")]
SHOWN = 20


@app.command(short_help="写代发文件")
def bank(
    payment: PaymentArgument,
    format_: FormatOption,
    output: FolderOption,
    note: Annotated[str, typer.Option("--note", metavar="附言", help="每一笔的附言")] = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """按银行的格式写一张已批准付款单的代发文件；写不出的人一次列出，一个文件也不写。"""
    with at_the_door(), opened(database) as store:
        described = read_bank_format(_text(format_), str(format_))
        made = make_bank_files(store, bureau_of(bureau).bureau, payment, described, note, actor(by), now())
        _write(output, made)


@app.command(short_help="读银行的回盘，失败的登记为退票")
def result(
    payment: PaymentArgument,
    file: Annotated[Path, typer.Argument(metavar="回盘文件", help="银行发回的文件")],
    format_: FormatOption,
    day: DayOption = "",
    reference: ReferenceOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """读银行的回盘，记在账上：失败的人登记为退票，重新欠着；文件有一处对不上就什么都不登记。"""
    with at_the_door(), opened(database) as store:
        described = read_result_format(_text(format_), str(format_))
        where, who = bureau_of(bureau).bureau, actor(by)
        log_answer(store, where, payment, who, now())
        answer, movement = book_bank_answer(
            store, where, payment, described, _bytes(file), day_typed(day), reference, who, now()
        )
    out.print("成功 {} 人，处理中 {} 人，失败 {} 人。".format(*answer.counts.values()))
    if answer.silent:
        named = "、".join(each.name for each in answer.silent[:SHOWN])
        out.print(f"回盘里没有的 {len(answer.silent)} 人：{named}。", markup=False)
    noted = json.loads(movement.detail)
    if disputed := noted.get("disputed", []):
        numbers = "、".join(each.number for each in answer.results if each.payee in disputed)
        out.print(
            f"银行说付成、账上已经退票的 {len(disputed)} 人：{numbers}。账上又欠着他们，请先问银行；"
            "弄清以前用 payroll hold 停付。",
            markup=False,
        )
    if known := noted.get("known", 0):
        out.print(f"失败的人里，{known} 人以前的回盘已经退票，没有重记。")
    what = KINDS[movement.kind]
    out.print(f"记为第 {movement.number} 号{what}，退回 {money(-movement.amount_fen)} 元。")


@app.command(short_help="写记账凭证")
def vouchers(
    accounts: Annotated[Path, typer.Option("--accounts", metavar="对照.yaml", help="项目与科目的对照")],
    output: Annotated[Path, typer.Option("--out", "-o", metavar="文件", help=".xlsx 或 .csv")],
    run: Annotated[str, typer.Option("--run", metavar="批次", help="计提：这个批次核定的")] = "",
    payment: Annotated[int, typer.Option("--payment", metavar="付款单号", help="支付：这张付款单")] = 0,
    summary: Annotated[str, typer.Option("--summary", metavar="摘要", help="凭证的摘要")] = "绩效工资",
    day: DayOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """写计提凭证（--run）或支付凭证（--payment），一个单位一张，借贷相等。"""
    with at_the_door(), opened(database) as store:
        if bool(run) == bool(payment):
            raise Refused("要写计提凭证还是支付凭证？", "请写 --run 批次 或 --payment 付款单号，二者之一。")
        if output.suffix not in (".csv", ".xlsx"):
            raise Refused(f"不知道怎样写 {output.name}。", "凭证写成 .xlsx 或 .csv。")
        mapping, where = read_account_mapping(_text(accounts), str(accounts)), bureau_of(bureau).bureau
        made = (
            accrual_vouchers(store, where, run, mapping)
            if run
            else payment_vouchers(store, where, payment, mapping)
        )
        write = vouchers_csv if output.suffix == ".csv" else vouchers_xlsx
        write_file(output, write(made, day_typed(day), summary))
    out.print(f"已写好 {output}：{len(made)} 张凭证。", markup=False)


@app.command(short_help="写四段工资表")
def tables(
    run_id: Annotated[str, typer.Argument(metavar="批次", help="已审批的，见 payroll runs")],
    output: Annotated[Path, typer.Option("--out", "-o", metavar="文件", help=".xlsx，或放 CSV 的文件夹")],
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """写一个已审批批次的四段工资表：期间、项目、个人、明细。"""
    with at_the_door(), opened(database) as store:
        name, payouts = read_tables(store, bureau_of(bureau).bureau, run_id, actor(by), now())
        if output.suffix == ".xlsx":
            _write(output.parent, {output.name: tables_xlsx(name, payouts)})
        else:
            _write(output, tables_csv(name, payouts))


def _write(folder: Path, made: dict[str, bytes]) -> None:
    for name, content in made.items():
        write_file(folder / name, content)
    out.print(f"已写好 {folder}：{'、'.join(made)}。", markup=False)


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(f"{path} 不是 UTF-8 文本。", "请另存为 UTF-8。") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as why:
        raise UnreadableFile(f"读不了 {path}（{why.strerror}）。", "请核对路径和文件名。") from None
