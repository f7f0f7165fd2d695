"""Roles: what somebody is in a bureau, and which of them do not go together in one account."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The value is the code in the database and the API; `label` is what people read."""

    CLERK = "clerk"
    SCHOOL_CLERK = "school_clerk"
    APPROVER = "approver"
    AUDITOR = "auditor"
    TEACHER = "teacher"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Role.CLERK: "经办",
    Role.SCHOOL_CLERK: "报账员",
    Role.APPROVER: "复核",
    Role.AUDITOR: "审计",
    Role.TEACHER: "教职工",
    Role.ADMIN: "管理员",
}
MONEY = frozenset({Role.CLERK, Role.SCHOOL_CLERK, Role.APPROVER})
ALONE = {  # a role and those that it must not stand beside, and why
    Role.ADMIN: (MONEY | {Role.AUDITOR}, "管理员管账号和设置，不办钱的事，也不审计自己"),
    Role.AUDITOR: (MONEY, "审计只看，不改，不能同时经办或复核"),
    Role.SCHOOL_CLERK: (frozenset({Role.CLERK, Role.APPROVER}), "报账员只看本校，不能同时是全县的经办或复核"),
}


class Scope(StrEnum):
    """What a finance system may do; granted one by one."""

    READ_PAYOUTS = "payouts:read"
    READ_LEDGER = "ledger:read"
    WRITE_PAYMENTS = "payments:write"
    READ_AUDIT = "audit:read"
