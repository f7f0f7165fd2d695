"""Changes of bank accounts in the database. The accounts that hold now stand with the payees' identities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, select

from payroll_service.book.bank_accounts import AccountChange, AccountDecision, BankAccount, ChangedAccount
from payroll_service.store.bank_account_tables import (
    AccountChangeEntryRow,
    AccountChangeRow,
    AccountDecisionRow,
)
from payroll_service.store.bulk import write_rows
from payroll_service.store.errors import AlreadyStored
from payroll_service.store.paging import Page, read_page
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, rows_of, sql_table
from payroll_service.store.vault import Vault

CHANGES, ENTRIES = sql_table(AccountChangeRow), sql_table(AccountChangeEntryRow)
TABLE, WHAT = "account_change_entry", "账号变更里的收款人"


@dataclass(frozen=True)
class BankAccounts:
    connection: Connection
    vault: Vault

    def next_number(self, bureau: str) -> int:
        return (
            self.connection.scalar(select(func.max(CHANGES.c.number)).where(CHANGES.c.bureau == bureau)) or 0
        ) + 1

    def propose(self, change: AccountChange, entries: Sequence[ChangedAccount]) -> None:
        """Store a proposal whole."""
        insert_row(self.connection, AccountChangeRow, asdict(change))
        contents = [
            (
                "\0".join(
                    (each.before.bank, each.before.account, each.after.bank, each.after.account)
                ).encode(),
                _place(change.bureau, change.number, each.payee_id),
            )
            for each in entries
        ]
        sealed = self.vault.seal_all(contents)
        rows = (
            (change.bureau, change.number, each.payee_id, content)
            for each, content in zip(entries, sealed, strict=True)
        )
        write_rows(self.connection, ENTRIES, rows)

    def decide(self, decision: AccountDecision) -> None:
        """Record what became of a proposal, once. The database refuses an approval by whoever proposed it."""
        key = {"bureau": decision.bureau, "number": decision.number}
        if is_stored(self.connection, AccountDecisionRow, **key):
            raise AlreadyStored("账号变更的决定", str(decision.number))
        insert_row(self.connection, AccountDecisionRow, asdict(decision))

    def change(self, bureau: str, number: int) -> AccountChange | None:
        found = find_row(self.connection, AccountChangeRow, bureau=bureau, number=number)
        return AccountChange(**found) if found is not None else None

    def page(self, bureau: str, after: int, limit: int) -> Page[AccountChange]:
        """Proposals, the last first."""
        rows = select(CHANGES).where(CHANGES.c.bureau == bureau)
        found = read_page(self.connection, rows, (CHANGES.c.number,), (after,) if after else (), limit)
        return found.of([AccountChange(**row) for row in found.items])

    def decision(self, bureau: str, number: int) -> AccountDecision | None:
        found = find_row(self.connection, AccountDecisionRow, bureau=bureau, number=number)
        return AccountDecision(**found) if found is not None else None

    def decisions(self, bureau: str, numbers: Collection[int]) -> dict[int, AccountDecision]:
        """Of these proposals, by number."""
        found = rows_of(self.connection, AccountDecisionRow, "number", "number", numbers, bureau=bureau)
        return {row["number"]: AccountDecision(**row) for row in found}

    def entries(self, bureau: str, number: int) -> list[ChangedAccount]:
        """The payees of a proposal, ascending by payee id. Raises StoredBytesChanged."""
        found = find_rows(self.connection, AccountChangeEntryRow, "payee_id", bureau=bureau, number=number)
        return [self._open(bureau, number, row["payee_id"], row["sealed"]) for row in found]

    def of_payee(self, bureau: str, payee_id: str) -> list[int]:
        """The numbers of the proposals about one payee, the first first; one indexed look-up."""
        ours = (ENTRIES.c.bureau == bureau, ENTRIES.c.payee_id == payee_id)
        found = self.connection.scalars(select(ENTRIES.c.number).where(*ours).order_by(ENTRIES.c.number))
        return list(found)

    def _open(self, bureau: str, number: int, payee_id: str, sealed: bytes) -> ChangedAccount:
        content = self.vault.open(sealed, WHAT, *_place(bureau, number, payee_id))
        bank, account, new_bank, new_account = content.decode().split("\0")
        return ChangedAccount(payee_id, BankAccount(bank, account), BankAccount(new_bank, new_account))


def _place(bureau: str, number: int, payee_id: str) -> tuple[str, str, str, str]:
    return TABLE, bureau, str(number), payee_id
