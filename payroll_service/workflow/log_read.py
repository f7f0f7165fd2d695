"""Who read whose data: put down, and listed for the auditor."""

from __future__ import annotations

from datetime import datetime

from payroll_service.store.access import Reading
from payroll_service.store.paging import Page
from payroll_service.store.store import Store
from payroll_service.workflow.ledger import PAYEE_KINDS

ACTS = {  # by the words that an act begins with; a run or a number follows
    "account change": "账号变更",
    "accounts": "教职工账号的名单",
    "adjustment": "一个人的调整单",
    "arrears": "欠付表",
    "bank files": "代发文件，付款单",
    "bank result": "银行的回盘，付款单",
    "entitlements": "全部应发和已付",
    "explain": "一个人的工资怎么来的，批次",
    "findings": "要看一眼的人，批次",
    "import": "导入的问题和差异",
    "notice": "公示表，批次",
    "objections": "申诉",
    "payee": "一个收款人",
    "payees": "查找收款人",
    "payment list": "付款清单，付款单",
    "payout": "一个人的发放，批次",
    "payouts": "全部发放，批次",
    "payroll tables": "工资表，批次",
    "preview": "和上一批比的人，批次",
    "run files": "核算结果文件，批次",
}


def log_read(
    store: Store, bureau: str, act: str, by: str, now: datetime, number: str = "", payee: str = ""
) -> None:
    """Put down that `by` saw everybody's data, or those of the payee with this ID number or code, or of this id.

    In a writing of its own, so that a long reading before it keeps nobody from writing.
    """
    with store.writing() as session:
        known = (session.payees.find(bureau, kind, number) for kind in PAYEE_KINDS if number)
        found = next(filter(None, known), None)
        session.access.log_read(bureau, now, by, act, found.payee_id if found else payee)


def page_reads(store: Store, bureau: str, after: int, limit: int) -> Page[Reading]:
    """The last first."""
    with store.reading() as session:
        return session.access.page_of_reads(bureau, after, limit)


def said(act: str) -> str:
    """An act in words."""
    words = max((words for words in ACTS if f"{act} ".startswith(f"{words} ")), key=len, default="")
    return f"{ACTS[words]} {act.removeprefix(words).strip()}".strip() if words else act
