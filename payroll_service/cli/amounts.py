"""Amounts and days as they are typed at the door."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from payroll_service.clock import now
from payroll_service.workbook.typed import typed_day

DayOption = Annotated[str, typer.Option("--day", metavar="日期", help="记账日期，如 2021-06-30；默认今天")]
PayeeOption = Annotated[str, typer.Option("--payee", metavar="证件号码", help="收款人的证件号码或代码")]
FundOption = Annotated[str, typer.Option("--fund", metavar="资金", help="规则集里资金的简称")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="理由", help="为什么，记入账")]
PaymentArgument = Annotated[int, typer.Argument(metavar="付款单号", help="已批准的，见 payroll movements")]
ReferenceOption = Annotated[str, typer.Option("--reference", metavar="文号", help="文件、凭证的号码")]


def day_typed(text: str) -> date:
    """The day, today if nothing was typed. Raises Refused."""
    return typed_day(text) if text else now().astimezone().date()
