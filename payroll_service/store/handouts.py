"""Accounts that are opened for many payees at once, and the links by which they set their first password."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import Connection, delete, func, insert, select

from payroll_service.access.accounts import Account, OneTimeLink
from payroll_service.store.access import ACCOUNTS, LINKS, NO_PASSWORD, account_of, account_row, link_row
from payroll_service.store.access_tables import AccountEventRow
from payroll_service.store.rows import ROWS_AT_ONCE, sql_table
from payroll_service.store.tables import PayeeRow

PAYEES, EVENTS = sql_table(PayeeRow), sql_table(AccountEventRow)


@dataclass(frozen=True)
class Handouts:
    connection: Connection

    def without_account(self, bureau: str, kind: str) -> list[str]:
        """The payees of one kind to whom no account is bound, not even one that is disabled; ascending."""
        bound = select(ACCOUNTS.c.payee_id).where(ACCOUNTS.c.bureau == bureau)
        ours = (PAYEES.c.bureau == bureau, PAYEES.c.kind == kind, PAYEES.c.payee_id.not_in(bound))
        return list(
            self.connection.scalars(select(PAYEES.c.payee_id).where(*ours).order_by(PAYEES.c.payee_id))
        )

    def without_password(self, bureau: str) -> list[Account]:
        """Payees' accounts that may be used and have no password yet, ascending by login."""
        unused = (ACCOUNTS.c.password_hash == NO_PASSWORD, ACCOUNTS.c.disabled.is_(False))
        ours = select(ACCOUNTS).where(ACCOUNTS.c.bureau == bureau, ACCOUNTS.c.payee_id != "", *unused)
        return [
            account_of(row) for row in self.connection.execute(ours.order_by(ACCOUNTS.c.login)).mappings()
        ]

    def logins(self, bureau: str) -> set[str]:
        """Every login that is taken."""
        return set(self.connection.scalars(select(ACCOUNTS.c.login).where(ACCOUNTS.c.bureau == bureau)))

    def add(self, bureau: str, accounts: Sequence[Account]) -> None:
        """New accounts of the bureau, without a password."""
        rows = [account_row(account) | {"password_hash": NO_PASSWORD} for account in accounts]
        assert all(account.bureau == bureau and account.payee for account in accounts), (
            "payees of this bureau"
        )
        self.connection.execute(insert(ACCOUNTS), rows)

    def note(
        self, bureau: str, accounts: Collection[Account], state: str, at: datetime, actor: str, detail: str
    ) -> None:
        """Add what was done to each of these accounts to the bureau's log."""
        last = self.connection.scalar(select(func.max(EVENTS.c.number)).where(EVENTS.c.bureau == bureau))
        numbers = count((last or 0) + 1)
        same = {"bureau": bureau, "state": state, "at": at, "actor": actor, "detail": detail}
        rows = [same | {"number": next(numbers), "account_id": account.account_id} for account in accounts]
        self.connection.execute(insert(EVENTS), rows)

    def offer(self, bureau: str, links: Mapping[str, OneTimeLink], ends_at: datetime) -> None:
        """Let these links of the bureau's accounts be used, by the hashes of their tokens; earlier ones end."""
        accounts = [link.account_id for link in links.values()]
        for start in range(0, len(accounts), ROWS_AT_ONCE):
            some = LINKS.c.account_id.in_(accounts[start : start + ROWS_AT_ONCE])
            self.connection.execute(delete(LINKS).where(LINKS.c.bureau == bureau, some))
        rows = [link_row(token_hash, link, ends_at) for token_hash, link in links.items()]
        self.connection.execute(insert(LINKS), rows)
