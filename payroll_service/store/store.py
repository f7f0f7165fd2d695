"""The door of the store: one use case is one transaction, and everything outside is a plain record.

    with store.writing() as session:
        run = session.runs.get(bureau, run_id)
        session.runs.save_outcome(bureau, run_id, records, outcome)
        session.runs.append(bureau, run_id, "calculated", at=now, actor=clerk)

Whatever raises inside leaves nothing behind. Time and ids of runs are handed in; the store reads no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection

from payroll_service.book.records import Bureau
from payroll_service.store.access import Access
from payroll_service.store.bank_accounts import BankAccounts
from payroll_service.store.breakdowns import Breakdowns
from payroll_service.store.database import Database, open_database
from payroll_service.store.errors import StoreError
from payroll_service.store.handouts import Handouts
from payroll_service.store.idempotency import Answers
from payroll_service.store.imports import Imports
from payroll_service.store.jobs import Jobs
from payroll_service.store.keys import key_file_of
from payroll_service.store.ledger import Ledger
from payroll_service.store.migrations import make_current
from payroll_service.store.objections import Objections
from payroll_service.store.payees import Payees
from payroll_service.store.rows import find_rows, insert_row, is_stored
from payroll_service.store.rule_sets import RuleSets
from payroll_service.store.runs import Runs
from payroll_service.store.snapshots import Snapshots
from payroll_service.store.tables import BureauRow
from payroll_service.store.vault import Vault, enter_keys, open_vault


class Session:
    """What is stored, within one transaction: read through `get`, `all`, `find` …, added to through the other methods."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.connection, self.vault = connection, vault
        self.rule_sets = RuleSets(connection)
        self.imports = Imports(connection, vault)
        self.snapshots = Snapshots(connection, vault)
        self.payees = Payees(connection, vault)
        self.bank_accounts = BankAccounts(connection, vault)
        self.runs = Runs(connection)
        self.access = Access(connection)
        self.handouts = Handouts(connection)
        self.answers = Answers(connection)
        self.ledger = Ledger(connection)
        self.jobs = Jobs(connection, vault)
        self.objections = Objections(connection, vault)

    def add_bureau(self, bureau: Bureau) -> bool:
        """Everything else belongs to a bureau; False if it is known already."""
        if is_stored(self.connection, BureauRow, bureau=bureau.bureau):
            return False
        insert_row(self.connection, BureauRow, asdict(bureau))
        return True

    def bureaus(self) -> list[Bureau]:
        return [Bureau(**row) for row in find_rows(self.connection, BureauRow, "bureau")]


class Store:
    """A database that holds the book. May be shared by threads; each process opens its own."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database, self.vault = database, vault
        self.breakdowns = Breakdowns(database)
        self._reading: ContextVar[Session | None] = ContextVar("reading", default=None)
        self._writing: ContextVar[Session | None] = ContextVar("writing", default=None)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See one moment of the book; the database refuses to write. Inside `writing`, see what was written there.

        Inside another `reading` of the same thread of control it is part of that, one connection and one moment.
        """
        if (around := self._writing.get() or self._reading.get()) is not None:
            yield around
            return
        with self.database.reading() as connection:
            session = Session(connection, self.vault)
            reset = self._reading.set(session)
            try:
                yield session
            finally:
                self._reading.reset(reset)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Be the only writer until the end, when everything is committed together. Raises `StoreBusy` after a wait.

        Inside another `writing` of the same thread of control it is part of that: use cases can be put together.
        """
        if (around := self._writing.get()) is not None:
            yield around
            return
        with self.database.writing() as connection:
            session = Session(connection, self.vault)
            reset = self._writing.set(session)
            try:
                yield session
            finally:
                self._writing.reset(reset)

    def rotate_keys(self) -> int:
        """Seal all identities under a new key; returns how many. What is never changed stays under the keys it has."""
        with self.writing() as session:  # also of the key file: two who rotate at once would drop a key
            self.vault = self.vault.rotated()
            enter_keys(session.connection, self.vault)
            return Payees(session.connection, self.vault).seal_again()

    def close(self) -> None:
        self.breakdowns.close()
        self.database.close()


def open_store(url: str, key_file: Path | None = None) -> Store:
    """Open the store at `url`. An empty or older SQLite file is brought up to date; see `migrations.make_current`.

    `key_file`: default where `key_file_of` says. Raises KeysUnusable.
    """
    make_current(url, key_file)
    database = open_database(url)
    try:
        return Store(database, open_vault(database, key_file or key_file_of(url)))
    except StoreError:
        database.close()
        raise
