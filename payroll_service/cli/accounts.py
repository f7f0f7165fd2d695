"""Commands on payees' bank accounts: payroll accounts …"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.bank_accounts import APPROVED
from payroll_service.cli.amounts import ReasonOption
from payroll_service.cli.approvals import WhoOption
from payroll_service.cli.printing import at_the_door, err, out
from payroll_service.cli.stored import BureauOption, DatabaseOption, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.read_accounts import read_accounts
from payroll_service.workflow.read_payees import DecidedChange, PayeeCard, list_changes, read_change
from payroll_service.workflow.set_bank_account import (
    ShownChange,
    approve_accounts,
    propose_accounts,
    withdraw_accounts,
)

app = typer.Typer(help="收款人的银行账号：一个人提出，另一个人批准。", no_args_is_help=True)
ChangeArgument = Annotated[int, typer.Argument(metavar="变更号", help="见 payroll accounts list")]
SHOWN = 20


@app.command(short_help="提出一批账号")
def propose(
    file: Annotated[
        Path, typer.Argument(metavar="账号表", help="证件号码、开户行、账号各一列，.csv 或 .xlsx；可以有姓名")
    ],
    by: WhoOption,
    reason: ReasonOption = "登记账号",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """读一份账号表，提出登记或变更；由另一个人批准才生效。有一处读不了或重复，就都不保存。"""
    with at_the_door(), opened(database) as store:
        wanted = read_accounts(file)
        shown = propose_accounts(store, bureau_of(bureau).bureau, wanted, reason, by, now())
    for hint in shown.hints:
        err.print(f"请核对　{hint}", style="yellow", markup=False)
    number = shown.change.number
    show(shown)
    out.print(
        f"账号变更 {number}：{shown.change.payees} 人，请另一个人用 payroll accounts approve {number} 批准。"
    )


@app.command(short_help="批准一批账号")
def approve(
    number: ChangeArgument, by: WhoOption, database: DatabaseOption = "", bureau: BureauOption = ""
) -> None:
    """批准别人提出的账号变更，以后的付款发到新账号。"""
    with at_the_door(), opened(database) as store:
        shown = approve_accounts(store, bureau_of(bureau).bureau, number, by, now())
    out.print(
        f"账号变更 {number} 已批准：{shown.change.payees} 人，提出 {shown.change.prepared_by}，批准 {by}。"
    )


@app.command(short_help="撤回还没有批准的变更")
def withdraw(
    number: ChangeArgument,
    by: WhoOption,
    reason: ReasonOption,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """撤回一个还没有批准的账号变更，写明原因。"""
    with at_the_door(), opened(database) as store:
        withdraw_accounts(store, bureau_of(bureau).bureau, number, by, reason, now())
    out.print(f"账号变更 {number} 已撤回。")


@app.command("list", short_help="列出账号变更")
def list_(database: DatabaseOption = "", bureau: BureauOption = "") -> None:
    """列出提出过的账号变更和状态，不显示谁的账号。"""
    with at_the_door(), opened(database) as store:
        found = list_changes(store, bureau_of(bureau).bureau)
    table = Table(title=f"账号变更（{len(found)} 个）", title_justify="left")
    for heading in ("变更号", "时间", "人数", "提出", "为什么", "状态"):
        table.add_column(heading)
    for each in found:
        one = each.change
        day = f"{one.at:%Y-%m-%d}"
        table.add_row(str(one.number), day, str(one.payees), one.prepared_by, one.reason, state_of(each))
    out.print(table)


@app.command("show", short_help="看一个账号变更")
def show_(
    number: ChangeArgument, by: WhoOption, database: DatabaseOption = "", bureau: BureauOption = ""
) -> None:
    """看一个账号变更里有谁，账号只显示末四位；看过的记入日志。"""
    with at_the_door(), opened(database) as store:
        shown = read_change(store, bureau_of(bureau).bureau, number, by, now())
    show(shown)
    out.print(f"状态：{state_of(DecidedChange(shown.change, shown.decision))}", markup=False)


def show(shown: ShownChange) -> None:
    table = Table(title=f"账号变更 {shown.change.number}", title_justify="left")
    for heading in ("姓名", "证件号码", "原来的账号", "新账号", "开户行"):
        table.add_column(heading, overflow="fold")
    for each in shown.entries[:SHOWN]:
        who = PayeeCard(shown.payees[each.payee_id])
        table.add_row(who.who.label, who.number, each.before.masked, each.after.masked, each.after.bank)
    out.print(table)
    if len(shown.entries) > SHOWN:
        out.print(f"…… 另有 {len(shown.entries) - SHOWN} 人。")


def state_of(each: DecidedChange) -> str:
    if each.decision is None:
        return "待批准"
    what = "批准" if each.decision.state == APPROVED else "撤回"
    return f"{each.decision.decided_by} {what}"
