"""Who is paid: random ids for ever, and the guarded table that says who they are, sealed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from payroll_service.book.records import PayeeIdentity
from payroll_service.store.bulk import write_rows
from payroll_service.store.errors import NotStored, NumberTaken
from payroll_service.store.rows import ROWS_AT_ONCE, sql_table
from payroll_service.store.tables import PayeeIdentityRow, PayeeRow
from payroll_service.store.vault import Vault

IDENTITY = sql_table(PayeeIdentityRow)
COLUMNS = (
    IDENTITY.c.bureau, IDENTITY.c.payee_id, IDENTITY.c.kind, IDENTITY.c.number_index, IDENTITY.c.sealed
)  # fmt: skip
TABLE, WHAT = "payee_identity", "收款人"
Clear = tuple[str, str, str, str, tuple[str, str, str, str]]
"""Bureau, payee id, kind, index; and number, label, account, bank."""


@dataclass(frozen=True)
class Payees:
    connection: Connection
    vault: Vault

    def enrol(self, bureau: str, kind: str, labels: Mapping[str, str]) -> dict[str, str]:
        """The payee id of every number in `labels`; who is new gets a random id, and the label.

        Who is known keeps id and label (see `put_right`). An id says nothing about the number or the order of arrival.
        """
        indexes = {number: self._index(bureau, kind, number) for number in labels}
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.kind == kind)
        found = self.connection.execute(select(IDENTITY.c.number_index, IDENTITY.c.payee_id).where(*ours))
        known: dict[str, str] = dict(found.all())
        new = sorted(
            (secrets.token_hex(16), number) for number, index in indexes.items() if index not in known
        )
        payees = ((bureau, payee_id, kind) for payee_id, _ in new)
        identities = [
            (bureau, payee_id, kind, indexes[number], (number, labels[number], "", ""))
            for payee_id, number in new
        ]
        write_rows(self.connection, sql_table(PayeeRow), payees)
        write_rows(self.connection, IDENTITY, self._sealed(identities))
        known |= {indexes[number]: payee_id for payee_id, number in new}
        return {number: known[index] for number, index in indexes.items()}

    def ids(self, bureau: str, kind: str) -> dict[str, str]:
        """The payee id by number, of all payees of one kind."""
        return {each.number: each.payee_id for each in self.all(bureau, kind)}

    def find(self, bureau: str, kind: str, number: str) -> PayeeIdentity | None:
        """Who has this number, by one indexed look-up."""
        index = self._index(bureau, kind, number)
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.kind == kind, IDENTITY.c.number_index == index)
        row = self.connection.execute(select(*COLUMNS).where(*ours)).one_or_none()
        return self._open(row) if row is not None else None

    def known(self, bureau: str, kind: str, numbers: Collection[str]) -> dict[str, str]:
        """The payee id by number, of these that somebody has; nothing is opened."""
        indexes = {self._index(bureau, kind, number): number for number in numbers}
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.kind == kind, IDENTITY.c.number_index.in_(indexes))
        found = self.connection.execute(select(IDENTITY.c.number_index, IDENTITY.c.payee_id).where(*ours))
        return {indexes[index]: payee_id for index, payee_id in found}

    def get(self, bureau: str, payee_id: str) -> PayeeIdentity:
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.payee_id == payee_id)
        row = self.connection.execute(select(*COLUMNS).where(*ours)).one_or_none()
        if row is None:
            raise NotStored("收款人", payee_id)
        return self._open(row)

    def some(self, bureau: str, payee_ids: Collection[str]) -> dict[str, PayeeIdentity]:
        """Those of these payees whom the book knows, by payee id."""
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.payee_id.in_(payee_ids))
        found = map(self._open, self.connection.execute(select(*COLUMNS).where(*ours)))
        return {each.payee_id: each for each in found}

    def all(self, bureau: str, kind: str) -> list[PayeeIdentity]:
        """All payees of one kind, ascending by payee id."""
        ours = (IDENTITY.c.bureau == bureau, IDENTITY.c.kind == kind)
        asked = select(*COLUMNS).where(*ours).order_by(IDENTITY.c.payee_id)
        found = self.connection.execute(asked.execution_options(yield_per=ROWS_AT_ONCE))
        return [self._open(row) for row in found]

    def put_right(self, identities: Iterable[PayeeIdentity]) -> None:
        """Replace number, label, account and bank of these payees; kind and id never change.

        Raises NumberTaken, or NotStored for a payee nobody knows: then the transaction must be given up.
        """
        clear = [
            (each.bureau, each.payee_id, each.kind, self._index(each.bureau, each.kind, each.number),
             (each.number, each.label, each.account, each.bank))
            for each in identities
        ]  # fmt: skip
        rows = [
            {"of": bureau, "id": payee_id, "as": kind, "index": index, "new": sealed}
            for bureau, payee_id, kind, index, sealed in self._sealed(clear)
        ]
        key = (
            IDENTITY.c.bureau == bindparam("of"),
            IDENTITY.c.payee_id == bindparam("id"),
            IDENTITY.c.kind == bindparam("as"),
        )
        changes: dict[str, Any] = {"number_index": bindparam("index"), "sealed": bindparam("new")}
        if not rows:
            return
        try:
            changed = self.connection.execute(update(IDENTITY).where(*key).values(**changes), rows).rowcount
        except IntegrityError:  # the database's own message quotes the index
            raise NumberTaken from None
        if changed != len(rows):
            raise NotStored("收款人", f"{len(rows) - changed} 人")

    def seal_again(self) -> int:
        """Everybody of every bureau under the key that seals now; returns how many."""
        everybody = [self._open(row) for row in self.connection.execute(select(*COLUMNS))]
        self.put_right(everybody)
        return len(everybody)

    def _index(self, bureau: str, kind: str, number: str) -> str:
        return self.vault.index(bureau, kind, number)

    def _sealed(self, clear: Sequence[Clear]) -> Iterator[tuple[str, str, str, str, bytes]]:
        """Rows as the table has them. Raises ValueError for a NUL, which stands between the parts."""
        contents = ["\0".join(parts).encode() for *_, parts in clear]
        if any(content.count(0) != 3 for content in contents):
            raise ValueError(f"{TABLE} takes no NUL")
        places = [(TABLE, bureau, kind, index, payee_id) for bureau, payee_id, kind, index, _ in clear]
        sealed = self.vault.seal_all(list(zip(contents, places, strict=True)))
        for (bureau, payee_id, kind, index, _), content in zip(clear, sealed, strict=True):
            yield bureau, payee_id, kind, index, content

    def _open(self, row: Sequence[object]) -> PayeeIdentity:
        """Raises StoredBytesChanged naming the payee's id: something in the row was altered, or is another's."""
        bureau, payee_id, kind, index, sealed = row
        content = self.vault.open(sealed, WHAT, TABLE, bureau, kind, index, payee_id)  # type: ignore[arg-type]
        return PayeeIdentity(bureau, payee_id, kind, *content.decode().split("\0"))  # type: ignore[arg-type]
