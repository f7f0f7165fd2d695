"""Who is paid: random ids for ever, and the guarded table that says who they are."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from payroll_service.book.records import PayeeIdentity
from payroll_service.store.bulk import write_rows
from payroll_service.store.errors import NotStored, NumberTaken
from payroll_service.store.rows import find_row, find_rows, sql_table
from payroll_service.store.tables import PayeeIdentityRow, PayeeRow

IDENTITY = sql_table(PayeeIdentityRow)


@dataclass(frozen=True)
class Payees:
    connection: Connection

    def enrol(self, bureau: str, kind: str, labels: Mapping[str, str]) -> dict[str, str]:
        """The payee id of every number in `labels`; who is new gets a random id, and the label.

        Who is known keeps id and label (see `put_right`). An id says nothing about the number or the order of arrival.
        """
        known = self.ids(bureau, kind)
        new = sorted((secrets.token_hex(16), number) for number in labels if number not in known)
        payees = ((bureau, payee_id, kind) for payee_id, _ in new)
        identities = ((bureau, payee_id, kind, number, labels[number], "", "") for payee_id, number in new)
        write_rows(self.connection, sql_table(PayeeRow), payees)
        write_rows(self.connection, IDENTITY, identities)
        known |= {number: payee_id for payee_id, number in new}
        return {number: known[number] for number in labels}

    def ids(self, bureau: str, kind: str) -> dict[str, str]:
        """The payee id by number, of all payees of one kind."""
        columns = select(IDENTITY.c.number, IDENTITY.c.payee_id)
        found = self.connection.execute(columns.where(IDENTITY.c.bureau == bureau, IDENTITY.c.kind == kind))
        return {row.number: row.payee_id for row in found}

    def find(self, bureau: str, kind: str, number: str) -> PayeeIdentity | None:
        """Who has this number, by one indexed look-up."""
        found = find_row(self.connection, PayeeIdentityRow, bureau=bureau, kind=kind, number=number)
        return PayeeIdentity(**found) if found is not None else None

    def get(self, bureau: str, payee_id: str) -> PayeeIdentity:
        found = find_row(self.connection, PayeeIdentityRow, bureau=bureau, payee_id=payee_id)
        if found is None:
            raise NotStored("收款人", payee_id)
        return PayeeIdentity(**found)

    def all(self, bureau: str, kind: str) -> list[PayeeIdentity]:
        """All payees of one kind, ascending by payee id."""
        found = find_rows(self.connection, PayeeIdentityRow, "payee_id", bureau=bureau, kind=kind)
        return [PayeeIdentity(**row) for row in found]

    def put_right(self, identities: Iterable[PayeeIdentity]) -> None:
        """Replace number, label, account and bank of these payees; kind and id never change.

        Raises NumberTaken, or NotStored for a payee nobody knows: then the transaction must be given up.
        """
        rows = [{f"new_{name}": value for name, value in asdict(each).items()} for each in identities]
        changes: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in ("number", "label", "account", "bank")
        }
        key = (IDENTITY.c[name] == bindparam(f"new_{name}") for name in ("bureau", "payee_id", "kind"))
        if not rows:
            return
        try:
            changed = self.connection.execute(update(IDENTITY).where(*key).values(**changes), rows).rowcount
        except IntegrityError:  # the database's own message quotes the number
            raise NumberTaken from None
        if changed != len(rows):
            raise NotStored("收款人", f"{len(rows) - changed} 人")
