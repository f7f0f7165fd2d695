"""Commands that move money in the book: fund, pay, bank-result, return, adjust, recover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.ledger.movements import KINDS, Movement
from payroll_service.cli.amounts import (
    DayOption,
    FundOption,
    PayeeOption,
    PaymentArgument,
    ReasonOption,
    ReferenceOption,
    day_typed,
)
from payroll_service.cli.files import write_file
from payroll_service.cli.printing import at_the_door, money, out
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.errors import Refused
from payroll_service.export.payment_list import PaymentList, payment_csv, payment_xlsx
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_fen
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.decide_payee import agree_instalments
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.pay_claims import PayRequest, PreparedPayment, approve_payment, prepare_payment
from payroll_service.workflow.read_deductions import read_deductions
from payroll_service.workflow.send_back import (
    Rejects,
    read_rejects,
    reject_payees,
    repay,
    return_payment,
)
from payroll_service.workflow.state_arrears import item_names

SHOWN = 20
AmountOption = Annotated[str, typer.Option("--amount", metavar="元", help="金额，元，最多两位小数")]
ApproveOption = Annotated[
    int | None, typer.Option("--approve", metavar="单号", help="批准这张单；不能由准备的人批")
]


def fund(
    fund: FundOption,
    amount: AmountOption,
    day: DayOption = "",
    item: Annotated[
        list[str] | None, typer.Option("--item", metavar="编号", help="只能用于这个项目；可写几次")
    ] = None,
    reference: Annotated[
        str, typer.Option("--reference", metavar="文号", help="依据的文件、凭证的号码；冲减可以不写")
    ] = "",
    reason: ReasonOption = "",
    corrects: Annotated[
        int | None, typer.Option("--corrects", metavar="号", help="冲减记错的第几号拨款；金额写负数")
    ] = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """登记一笔拨款：到了哪笔资金，多少，依据什么文件，是不是只能用于某些项目。"""
    with at_the_door(), opened(database) as store:
        asked = Funding(
            fund, typed_fen(amount), day_typed(day), tuple(item or ()), reference, reason, corrects
        )
        movement, left = fund_book(store, bureau_of(bureau).bureau, asked, actor(by), now())
    only = f"（只用于 {'、'.join(item)}）" if item else ""
    out.print(f"第 {movement.number} 号：{movement.day} 拨款 {fund}{only} {money(movement.amount_fen)} 元。")
    out.print(f"这笔资金{only}现有 {money(left)} 元。")


def pay(
    day: DayOption = "",
    fund: FundOption = "",
    amount: Annotated[str, typer.Option("--amount", metavar="元", help="最多付多少；默认有多少付多少")] = "",
    deductions: Annotated[
        Path | None,
        typer.Option("--deductions", metavar="扣款表", help="证件号码一列，其余每列一种扣款（税、社保），元"),
    ] = None,
    payee: PayeeOption = "",
    to: Annotated[str, typer.Option("--to", metavar="姓名", help="停付的人由谁代领（继承）；要写理由")] = "",
    reason: ReasonOption = "",
    reference: ReferenceOption = "",
    rules: Annotated[
        str,
        typer.Option("--rules", metavar="版本或指纹", help="按哪一版规则集的「支付」；默认各资金最近批准的"),
    ] = "",
    approve: ApproveOption = None,
    output: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="文件", help="付款清单写到这里，.xlsx 或 .csv")
    ] = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """准备一张付款单：现有的钱能付清什么，还欠什么。由另一个人用 --approve 批准才算付。"""
    with at_the_door(), opened(database) as store:
        where, who = bureau_of(bureau).bureau, actor(by)
        if approve is not None:
            payment = approve_payment(store, where, approve, who, now())
        else:
            request = PayRequest(
                day_typed(day),
                fund,
                typed_fen(amount) if amount else None,
                payee,
                to,
                reason,
                reference,
                rules,
                read_deductions(deductions) if deductions else {},
            )
            payment = prepare_payment(store, where, request, who, now())
        log_read(store, where, f"payment list {payment.number}", who, now())
        if output is not None:
            write_file(output, _list_file(store, where, payment, output))
    show_payment(payment)
    if output is not None:
        out.print(f"付款清单：{output}", markup=False)


def _list_file(store: Store, bureau: str, payment: PreparedPayment, path: Path) -> bytes:
    listed = PaymentList(
        f"付款单 {payment.number}",
        payment.payees,
        payment.results,
        payment.identities,
        item_names(store, bureau),
        payment.paid_to,
    )
    if path.suffix.lower() == ".csv":
        return payment_csv(listed)
    if path.suffix.lower() == ".xlsx":
        return payment_xlsx(listed)
    raise Refused(f"不知道怎样写 {path.name}。", "清单写成 .xlsx 或 .csv。")


def show_payment(payment: PreparedPayment) -> None:
    state = (
        f"已批准，第 {payment.movement.number} 号"
        if payment.movement
        else f"待批准，请另一个人用 payroll pay --approve {payment.number}"
    )
    out.print(f"付款单 {payment.number}（{payment.day}）：{state}", style="bold")
    table = _table(
        "各笔资金（元）", ("资金",), ("可用", "应付", "本次付", "付后仍欠", "抵扣多发", "停付的欠款")
    )
    for each in payment.results:
        left = each.claims_fen - each.settled_fen
        figures = (each.cash_fen, each.claims_fen, each.settled_fen, left, each.offset_fen, each.held_fen)
        table.add_row(each.fund, *map(money, figures))
    out.print(table)
    deducted = any(paid.deductions for paid in payment.payees)  # without deductions a list says 应发 alone
    headings = ("应发", "扣款", "实发") if deducted else ("应发",)
    table = _table(f"付款清单（{len(payment.payees)} 人）", ("证件号码", "姓名"), headings)
    for paid in payment.by_number[:SHOWN]:
        who = payment.identities[paid.payee]
        sent = (paid.gross_fen, paid.gross_fen - paid.net_fen, paid.net_fen)
        table.add_row(who.number, who.label, *map(money, sent[: len(headings)]))
    out.print(table)
    if len(payment.payees) > SHOWN:
        out.print(f"…… 另有 {len(payment.payees) - SHOWN} 人，见 --out 写出的清单。")
    told = f"应发合计 {money(payment.gross_fen)} 元"
    if deducted:
        told += f"，实发合计 {money(payment.net_fen)} 元"
    out.print(told + (f"，由 {payment.paid_to} 代领。" if payment.paid_to else "。"), markup=False)


def bank_result(
    payment: PaymentArgument,
    file: Annotated[Path, typer.Argument(metavar="退票清单", help="证件号码、原因两列，只列没有付成的人")],
    day: DayOption = "",
    reference: ReferenceOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """登记银行退票：这些人没有收到，钱回到资金里，重新欠着。"""
    with at_the_door(), opened(database) as store:
        rejects = Rejects(payment, day_typed(day), read_rejects(file), reference)
        _said(reject_payees(store, bureau_of(bureau).bureau, rejects, actor(by), now()))


def return_(
    payment: PaymentArgument,
    payee: PayeeOption,
    reason: ReasonOption,
    amount: Annotated[str, typer.Option("--amount", metavar="元", help="退回多少；默认全部")] = "",
    day: DayOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """登记一个人退回的一次付款（付错、退款）：钱回到资金里，重新欠着。"""
    with at_the_door(), opened(database) as store:
        fen = typed_fen(amount) if amount else None
        where = bureau_of(bureau).bureau
        _said(return_payment(store, where, payment, payee, fen, day_typed(day), reason, actor(by), now()))


def adjust(
    payee: PayeeOption = "",
    item: Annotated[str, typer.Option("--item", metavar="编号", help="发放的编号")] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="单位代码")] = "",
    fund: FundOption = "",
    earned: Annotated[str, typer.Option("--earned", metavar="期间", help="所属期间，如 2019")] = "",
    amount: Annotated[str, typer.Option("--amount", metavar="元", help="加多少；减少写负数")] = "",
    reason: ReasonOption = "",
    reference: ReferenceOption = "",
    day: DayOption = "",
    approve: ApproveOption = None,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """准备一笔调整：不经核算，增减一个人一个项目的应发。由另一个人用 --approve 批准才生效。"""
    with at_the_door(), opened(database) as store:
        where, who = bureau_of(bureau).bureau, actor(by)
        if approve is not None:
            _said(approve_adjustment(store, where, approve, who, now()))
            return
        if not all((payee, item, unit, fund, earned, amount)):
            raise Refused(
                "调整没有写全。", "请写 --payee、--item、--unit、--fund、--earned、--amount 和 --reason。"
            )
        change = Change(payee, item, unit, fund, earned, typed_fen(amount))
        draft = prepare_adjustment(store, where, change, day_typed(day), reason, reference, who, now())
    out.print(
        f"调整单 {draft.number}：{money(draft.amount_fen)} 元，待批准，"
        f"请另一个人用 payroll adjust --approve {draft.number}。"
    )


def recover(
    payee: PayeeOption,
    instalment: Annotated[
        str, typer.Option("--instalment", metavar="元", help="每次付款最多抵扣多少；0 表示暂不抵扣")
    ] = "",
    repaid: Annotated[str, typer.Option("--repaid", metavar="元", help="本人交回了多少")] = "",
    fund: FundOption = "",
    reason: ReasonOption = "",
    reference: ReferenceOption = "",
    day: DayOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """追回多发的：登记每次抵扣的限额（--instalment），或本人交回的钱（--repaid，要写 --fund）。"""
    with at_the_door(), opened(database) as store:
        where, who = bureau_of(bureau).bureau, actor(by)
        if repaid and fund:
            fen = typed_fen(repaid)
            _said(repay(store, where, payee, fund, fen, day_typed(day), reference, who, now()))
        elif instalment and not repaid:
            agree_instalments(store, where, payee, typed_fen(instalment), reason, who, now())
            out.print(f"已登记：每次付款最多抵扣 {money(typed_fen(instalment))} 元。")
        else:
            raise Refused("不知道怎样追回。", "请写 --instalment 每次限额，或 --repaid 金额和 --fund 资金。")


def _said(movement: Movement) -> None:
    out.print(
        f"第 {movement.number} 号：{movement.day} {KINDS[movement.kind]} {money(movement.amount_fen)} 元，"
        f"{movement.payees} 人。"
    )


def _table(title: str, texts: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", pad_edge=False)
    for heading in texts:
        table.add_column(heading, overflow="fold")
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
