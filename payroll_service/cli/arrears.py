"""Commands that look at the book of money or at one payee in it: arrears, hold, release, movements, verify-book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.ledger.arrears import AGES, WAYS, ArrearsRow, total_row
from payroll_service.book.ledger.movements import KINDS
from payroll_service.cli.amounts import DayOption, PayeeOption, day_typed
from payroll_service.cli.files import write_file
from payroll_service.cli.printing import STOPPED, at_the_door, err, money, out
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.errors import Refused
from payroll_service.export.arrears_xlsx import arrears_xlsx
from payroll_service.workflow import decide_payee
from payroll_service.workflow.list_movements import list_movements
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.state_arrears import (
    Arrears,
    Claim,
    PayeeArrears,
    explain_arrears,
    state_arrears,
)
from payroll_service.workflow.verify_book import verify_book

HEADS = {
    "payee": ("证件号码", "姓名"),
    "unit": ("单位", "名称"),
    "item": ("编号", "项目"),
    "fund": ("资金", "全称", "现有"),
    "age": ("所属期间",),
}
SHOWN = 40
WrittenReason = Annotated[str, typer.Option("--reason", metavar="理由", help="为什么，记入日志")]
NumberArgument = Annotated[str, typer.Argument(metavar="证件号码", help="收款人的证件号码或代码")]


def arrears(
    by_what: Annotated[
        str, typer.Option("--by", metavar="payee|unit|item|fund|age", help="按人、单位、项目、资金或所属期间")
    ] = "item",
    payee: PayeeOption = "",
    day: DayOption = "",
    reader: Annotated[
        str, typer.Option("--as", metavar="姓名", help="谁在看，记入查看记录；默认当前系统用户")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="文件.xlsx", help="写成工作簿")
    ] = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """欠付表：应发、已付、欠付、应追回，和欠了多久；写 --payee 看一个人还欠什么、为什么。"""
    with at_the_door(), opened(database) as store:
        where = bureau_of(bureau).bureau
        if payee:
            claims = explain_arrears(store, where, payee)
            log_read(store, where, "arrears", actor(reader), now(), payee)
            show_claims(claims)
            return
        if by_what not in WAYS:
            raise Refused(f"不能按“{by_what}”列。", f"可以按：{'、'.join(WAYS)}。")
        found = state_arrears(store, where, by_what, day_typed(day))
        if by_what == "payee":
            log_read(store, where, "arrears", actor(reader), now())
    named = {row.key: _named(found, row.key) for row in found.rows}
    show_arrears(found, named)
    if output is not None:
        content = arrears_xlsx(f"欠付 {found.day}", HEADS[found.way], found.rows, named)
        write_file(output, content)
        out.print(f"已写好 {output}。", markup=False)


def show_arrears(found: Arrears, named: dict[str, tuple[str, ...]]) -> None:
    table = Table(title=f"{found.day} 欠付表（元）", title_justify="left", pad_edge=False)
    for heading in HEADS[found.way]:
        table.add_column(heading, overflow="fold", justify="right" if heading == "现有" else "left")
    aged = [place for place in range(len(AGES)) if any(row.aged[place] for row in found.rows)]
    headings = ("应发", "已付", "欠付", "应追回", *(AGES[place] for place in aged))
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.rows[:SHOWN]:
        table.add_row(*named[row.key], *_figures(row, aged))
    blank = [""] * (len(HEADS[found.way]) - 1)
    table.add_row("合计", *blank, *_figures(total_row(found.rows), aged), style="bold")
    out.print(table)
    if len(found.rows) > SHOWN:
        out.print(f"…… 另有 {len(found.rows) - SHOWN} 行，用 --out 写成工作簿可以看全。")


def _figures(row: ArrearsRow, aged: list[int]) -> list[str]:
    parts = (row.entitled_fen, row.paid_fen, row.owed_fen, row.recoverable_fen)
    return [money(fen) for fen in (*parts, *(row.aged[place] for place in aged))]


def _named(found: Arrears, key: str) -> tuple[str, ...]:
    """The cells that say what a row is about."""
    names = found.names
    if found.way == "payee":
        who = names.payees[key]
        return who.number, who.label
    if found.way == "fund":
        return key, names.funds.get(key, ""), money(found.cash.get(key, 0))
    if found.way == "age":
        return (key,)
    return key, (names.units if found.way == "unit" else names.items).get(key, "")


def show_claims(found: PayeeArrears) -> None:
    out.print(f"{found.payee.label}（{found.payee.number}）", style="bold")
    owed = sum(max(claim.owed_fen, 0) for claim in found.claims)
    back = sum(max(-claim.owed_fen, 0) for claim in found.claims)
    out.print(f"还欠您 {money(owed)} 元" + (f"，应追回 {money(back)} 元。" if back else "。"))
    for claim in found.claims:
        for line in _told(found, claim):
            out.print(line, markup=False)


def _told(found: PayeeArrears, claim: Claim) -> list[str]:
    what = claim.entitlement
    name = found.names.items.get(what.item, what.item)
    unit = found.names.units.get(what.unit, what.unit)
    event = f" {what.event}" if what.event else ""
    lines = [
        "",
        f"{name}　{what.earned}{event}　{unit}　资金 {what.fund}："
        f"应发 {money(claim.entitled_fen)}，已付 {money(claim.paid_fen)}，"
        + (f"欠 {money(claim.owed_fen)}" if claim.owed_fen >= 0 else f"应追回 {money(-claim.owed_fen)}"),
    ]
    for step in claim.steps:
        verb = "付" if step.paid and step.fen > 0 else "退" if step.paid else "应发"
        lines.append(f"  {step.day}　{step.text}　{verb} {money(abs(step.fen) if step.paid else step.fen)}")
    why = "为什么还欠" if claim.owed_fen > 0 else "怎样追回"
    return [*lines, *(f"  {why}：{reason}" for reason in claim.reasons)]


def hold(
    number: NumberArgument,
    reason: WrittenReason,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """停付一个人（离职、去世、调查）：付款时跳过，欠的照欠。"""
    with at_the_door(), opened(database) as store:
        decide_payee.hold(store, bureau_of(bureau).bureau, number, reason, actor(by), now())
    out.print(f"已停付：{reason}。", markup=False)


def release(
    number: NumberArgument,
    reason: WrittenReason,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """恢复付款。"""
    with at_the_door(), opened(database) as store:
        decide_payee.release(store, bureau_of(bureau).bureau, number, reason, actor(by), now())
    out.print(f"已恢复：{reason}。", markup=False)


def movements(database: DatabaseOption = "", bureau: BureauOption = "") -> None:
    """列出账上的每一笔，和待批准的单。"""
    with at_the_door(), opened(database) as store:
        listed = list_movements(store, bureau_of(bureau).bureau)
    table = Table(title=f"账（{len(listed.movements)} 笔）", title_justify="left", pad_edge=False)
    for heading in ("号", "日期", "类别", "单号", "人数", "金额", "经办", "批准", "更正", "理由和文号"):
        figure = heading in ("人数", "金额")
        table.add_column(heading, justify="right" if figure else "left", no_wrap=figure)
    for each in listed.movements:
        told = " ".join(filter(None, (each.reason, each.reference)))
        table.add_row(
            str(each.number), str(each.day), KINDS[each.kind], str(each.draft or ""), str(each.payees),
            money(each.amount_fen), each.prepared_by, each.approved_by or "",
            f"第 {each.answers} 号" if each.answers else "", told,
        )  # fmt: skip
    out.print(table)
    for draft in listed.waiting:
        out.print(
            f"未批准：{KINDS[draft.kind]}单 {draft.number}，{draft.day}，{money(draft.amount_fen)} 元，"
            f"{draft.payees} 人，{draft.prepared_by} 准备。",
            markup=False,
        )


def verify(database: DatabaseOption = "", bureau: BureauOption = "") -> None:
    """查账：每笔借贷相等，没有改动，没有重付，从头重放得到同样的余额。"""
    with at_the_door(), opened(database) as store:
        result = verify_book(store, bureau_of(bureau).bureau)
    for check in result.checks:
        mark = "[green]成立[/]" if check.holds else "[bold red]不成立[/]"
        out.print(f"{mark}　{check.name}", highlight=False)
        if not check.holds:
            out.print(f"      {check.detail}", markup=False)
    if not result.sound:
        err.print("账不对，请停止付款并报告。", style="bold red")
        raise typer.Exit(STOPPED)
    out.print(f"账上 {result.movements} 笔，全部成立。末笔摘要 {result.digest or '无'}", style="bold green")
