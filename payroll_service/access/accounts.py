"""Accounts: people of a bureau who sign in, and systems that call."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from payroll_service.access.roles import ALONE, Role, Scope

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


@dataclass(frozen=True)
class Account:
    """`unit`: the one school that a 报账员 sees, "" for others; `payee`: the book's id of a 教职工, "" for others.

    `name` is kept in clear: accounts that are opened for many (see `open_accounts`) have their role there.
    """

    bureau: str
    account_id: str
    login: str
    name: str
    roles: frozenset[Role]
    unit: str = ""
    payee: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class SignedIn:
    """An open session: the hash of its token, whose it is, the secret of its forms, and when it ends."""

    bureau: str
    token_hash: str
    account_id: str
    form_token: str
    opened_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class OneTimeLink:
    """What whoever holds a link may do, once: be the first administrator of a bureau (of any one, where `bureau` is ""),
    or set the password of an account. `by`: who had it printed."""

    bureau: str = ""
    account_id: str = ""
    by: str = ""


@dataclass(frozen=True)
class Client:
    """A finance system with its scopes; its secret is kept as a hash."""

    bureau: str
    client_id: str
    name: str
    scopes: frozenset[Scope]
    disabled: bool = False


def login_of(written: str) -> str:
    """A login as it is stored: folded, so that width and case do not make two of one."""
    return unicodedata.normalize("NFKC", written).strip().lower()


def find_mistakes(account: Account) -> list[str]:
    """What is wrong with an account, in words for the administrator; empty if it may be stored."""
    found = []
    if not LOGIN.fullmatch(account.login):
        found.append("登录名写 2 到 64 个小写字母、数字或 . _ @ -，以字母或数字开头")
    if not account.name.strip():
        found.append("请填姓名")
    if not account.roles:
        found.append("请至少选一个角色")
    for role, (others, why) in ALONE.items():
        if role in account.roles and account.roles & others:
            named = "、".join(other.label for other in sorted(account.roles & others))
            found.append(f"{role.label}不能同时是{named}：{why}")
    if (Role.SCHOOL_CLERK in account.roles) != bool(account.unit):
        found.append("报账员要写是哪个单位的；别的角色不写单位")
    if (Role.TEACHER in account.roles) != bool(account.payee):
        found.append("教职工账号要对应一个收款人；别的角色不对应")
    return found
