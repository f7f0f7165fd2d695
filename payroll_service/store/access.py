"""Accounts, sessions, tries and clients in the database. Time and tokens are handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from payroll_service.access.accounts import Account, Client, OneTimeLink, SignedIn
from payroll_service.access.roles import Role, Scope
from payroll_service.access.tokens import new_id
from payroll_service.book.records import Event
from payroll_service.store.access_tables import (
    AccessRow,
    AccountEventRow,
    AccountRow,
    ClientRow,
    ClientTokenRow,
    FailedTryRow,
    SetupLinkRow,
    SignedInRow,
)
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.paging import Page, read_page
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, sql_table

ACCOUNTS, SESSIONS, TRIES = sql_table(AccountRow), sql_table(SignedInRow), sql_table(FailedTryRow)
CLIENTS = sql_table(ClientRow)
NO_PASSWORD = ""  # no password has this hash
LINKS, TOKENS, READS = sql_table(SetupLinkRow), sql_table(ClientTokenRow), sql_table(AccessRow)


@dataclass(frozen=True)
class AccountEvent(Event):
    """`state`: added, changed, disabled, enabled, password, signed-in, signed-out …"""

    account_id: str


@dataclass(frozen=True)
class Reading:
    """Somebody read another person's data: `subject` is a payee's id, "" for everybody's."""

    bureau: str
    number: int
    at: datetime
    actor: str
    act: str
    subject: str


@dataclass(frozen=True)
class Access:
    connection: Connection

    # Accounts ------------------------------------------------------------------------------------

    def any_account(self) -> bool:
        """Whether somebody can sign in at all, in any bureau."""
        return self.connection.scalar(select(ACCOUNTS.c.account_id).limit(1)) is not None

    def administrators(self, bureau: str) -> list[Account]:
        """Who can administer the bureau, ascending by login."""
        ours = (ACCOUNTS.c.bureau == bureau, ACCOUNTS.c.disabled.is_(False))
        rows = select(ACCOUNTS).where(*ours, ACCOUNTS.c.roles.contains(Role.ADMIN)).order_by(ACCOUNTS.c.login)
        found = map(account_of, self.connection.execute(rows).mappings())
        return [account for account in found if Role.ADMIN in account.roles]

    def add(self, account: Account, password_hash: str) -> None:
        """Raises AlreadyStored where the login is taken."""
        if is_stored(self.connection, AccountRow, bureau=account.bureau, login=account.login):
            raise AlreadyStored("登录名", account.login)
        insert_row(self.connection, AccountRow, account_row(account) | {"password_hash": password_hash})

    def change(self, account: Account) -> None:
        """Put down name, roles, unit, payee and whether it is disabled; the login never changes."""
        values = {
            name: value
            for name, value in account_row(account).items()
            if name not in ("bureau", "account_id", "login")
        }
        self._update(account.bureau, account.account_id, values)

    def set_password(self, bureau: str, account_id: str, password_hash: str) -> None:
        self._update(bureau, account_id, {"password_hash": password_hash})

    def get(self, bureau: str, account_id: str) -> Account:
        found = find_row(self.connection, AccountRow, bureau=bureau, account_id=account_id)
        if found is None:
            raise NotStored("账号", account_id)
        return account_of(found)

    def by_login(self, bureau: str, login: str) -> tuple[Account, str] | None:
        """The account with the hash of its password."""
        found = find_row(self.connection, AccountRow, bureau=bureau, login=login)
        return (account_of(found), found["password_hash"]) if found is not None else None

    def has_password(self, bureau: str, account_id: str) -> bool:
        """Whether a password was ever set; an account that was opened for many has none at first."""
        return not is_stored(
            self.connection, AccountRow, bureau=bureau, account_id=account_id, password_hash=NO_PASSWORD
        )

    def page(self, bureau: str, after: str, limit: int) -> Page[Account]:
        """Ascending by login."""
        rows = select(ACCOUNTS).where(ACCOUNTS.c.bureau == bureau)
        place = (after,) if after else ()
        found = read_page(
            self.connection, rows, (ACCOUNTS.c.login,), place, limit, newest_first=False, named="login"
        )
        return found.of([account_of(row) for row in found.items])

    def note(self, account: Account, state: str, at: datetime, actor: str, detail: str = "") -> None:
        """Add what was done to an account to the bureau's log."""
        log = sql_table(AccountEventRow)
        last = self.connection.scalar(select(func.max(log.c.number)).where(log.c.bureau == account.bureau))
        values: dict[str, Any] = {
            "bureau": account.bureau,
            "number": (last or 0) + 1,
            "account_id": account.account_id,
        }
        insert_row(
            self.connection,
            AccountEventRow,
            values | {"state": state, "at": at, "actor": actor, "detail": detail},
        )

    def events(self, bureau: str) -> list[AccountEvent]:
        """What was done to the bureau's accounts, oldest first."""
        return [
            AccountEvent(**row)
            for row in find_rows(self.connection, AccountEventRow, "number", bureau=bureau)
        ]

    def _update(self, bureau: str, account_id: str, values: Mapping[str, Any]) -> None:
        ours = (ACCOUNTS.c.bureau == bureau, ACCOUNTS.c.account_id == account_id)
        if self.connection.execute(update(ACCOUNTS).where(*ours).values(**values)).rowcount != 1:
            raise NotStored("账号", account_id)

    # Sessions ------------------------------------------------------------------------------------

    def open(self, session: SignedIn) -> None:
        names = ("bureau", "token_hash", "account_id", "form_token", "opened_at", "ends_at")
        insert_row(self.connection, SignedInRow, {name: getattr(session, name) for name in names})

    def session(self, token_hash: str, now: datetime) -> tuple[SignedIn, Account] | None:
        """The open session of a token, with its account as it is now; None if it ended or the account is disabled."""
        found = find_row(self.connection, SignedInRow, token_hash=token_hash)
        if found is None or found["ends_at"] <= now:
            return None
        account = self.get(found["bureau"], found["account_id"])
        return None if account.disabled else (SignedIn(**found), account)

    def close(self, token_hash: str) -> None:
        self.connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == token_hash))

    def close_all(self, bureau: str, account_id: str) -> None:
        """End every session of an account: its password, roles or state changed."""
        ours = (SESSIONS.c.bureau == bureau, SESSIONS.c.account_id == account_id)
        self.connection.execute(delete(SESSIONS).where(*ours))

    def sweep(self, now: datetime, tries_before: datetime) -> None:
        """Forget what has ended: sessions, tokens, links and old tries."""
        for table in (SESSIONS, TOKENS, LINKS):
            self.connection.execute(delete(table).where(table.c.ends_at <= now))
        self.connection.execute(delete(TRIES).where(TRIES.c.at < tries_before))

    # Tries ---------------------------------------------------------------------------------------

    def failures(self, keys: Mapping[str, str], since: datetime) -> dict[str, int]:
        """Failed tries since then, by kind; `keys` by kind."""
        return {
            kind: self.connection.scalar(
                select(func.count()).where(TRIES.c.kind == kind, TRIES.c.key == key, TRIES.c.at >= since)
            )
            or 0
            for kind, key in keys.items()
        }

    def failed(self, keys: Mapping[str, str], at: datetime) -> list[str]:
        """Put down a try for every key; their ids, for whoever takes them back."""
        rows: list[dict[str, Any]] = [
            {"try_id": new_id(), "kind": kind, "key": key, "at": at} for kind, key in keys.items()
        ]
        self.connection.execute(insert(TRIES), rows)
        return [row["try_id"] for row in rows]

    def take_back(self, tries: Collection[str]) -> None:
        self.connection.execute(delete(TRIES).where(TRIES.c.try_id.in_(tries)))

    def forgive(self, kind: str, key: str) -> None:
        self.connection.execute(delete(TRIES).where(TRIES.c.kind == kind, TRIES.c.key == key))

    # One-time links ------------------------------------------------------------------------------

    def offer(self, token_hash: str, link: OneTimeLink, ends_at: datetime) -> None:
        """Let a link be used; an earlier one to the same end no longer works."""
        self.end_links(link)
        insert_row(self.connection, SetupLinkRow, link_row(token_hash, link, ends_at))

    def link(self, token_hash: str, now: datetime) -> OneTimeLink | None:
        """What a token may be used for, None if it may not."""
        found = find_row(self.connection, SetupLinkRow, token_hash=token_hash)
        if found is None or found["ends_at"] <= now:
            return None
        return OneTimeLink(found["bureau"], found["account_id"], found["offered_by"])

    def end_links(self, link: OneTimeLink) -> None:
        """End every link to the same end."""
        same = (LINKS.c.bureau == link.bureau, LINKS.c.account_id == link.account_id)
        self.connection.execute(delete(LINKS).where(*same))

    # Finance systems -----------------------------------------------------------------------------

    def add_client(self, client: Client, secret_hash: str) -> None:
        row: dict[str, Any] = {"bureau": client.bureau, "client_id": client.client_id, "name": client.name}
        row |= {"scopes": _joined(client.scopes), "secret_hash": secret_hash, "disabled": client.disabled}
        insert_row(self.connection, ClientRow, row)

    def client(self, bureau: str, client_id: str) -> tuple[Client, str] | None:
        """The client with the hash of its secret."""
        found = find_row(self.connection, ClientRow, bureau=bureau, client_id=client_id)
        return (_client(found), found["secret_hash"]) if found is not None else None

    def clients(self, bureau: str) -> list[Client]:
        return [_client(row) for row in find_rows(self.connection, ClientRow, "client_id", bureau=bureau)]

    def page_of_clients(self, bureau: str, after: str, limit: int) -> Page[Client]:
        """Ascending by id."""
        rows = select(CLIENTS).where(CLIENTS.c.bureau == bureau)
        place = (after,) if after else ()
        found = read_page(
            self.connection, rows, (CLIENTS.c.client_id,), place, limit, newest_first=False, named="client_id"
        )
        return found.of([_client(row) for row in found.items])

    def disable_client(self, bureau: str, client_id: str) -> None:
        """It gets no token any more, and those that it has end. Raises NotStored."""
        ours = (CLIENTS.c.bureau == bureau, CLIENTS.c.client_id == client_id)
        if self.connection.execute(update(CLIENTS).where(*ours).values(disabled=True)).rowcount != 1:
            raise NotStored("对接的系统", client_id)
        held = (TOKENS.c.bureau == bureau, TOKENS.c.client_id == client_id)
        self.connection.execute(delete(TOKENS).where(*held))

    def open_token(self, token_hash: str, client: Client, scopes: Iterable[Scope], ends_at: datetime) -> None:
        row: dict[str, Any] = {
            "token_hash": token_hash,
            "bureau": client.bureau,
            "client_id": client.client_id,
        }
        insert_row(self.connection, ClientTokenRow, row | {"scopes": _joined(scopes), "ends_at": ends_at})

    def caller(self, token_hash: str, now: datetime) -> tuple[Client, frozenset[Scope]] | None:
        """The system that holds a token, and what it may do with it."""
        found = find_row(self.connection, ClientTokenRow, token_hash=token_hash)
        if found is None or found["ends_at"] <= now:
            return None
        known = self.client(found["bureau"], found["client_id"])
        if known is None or known[0].disabled:
            return None
        return known[0], known[0].scopes & _scopes(found["scopes"])

    # Reads ---------------------------------------------------------------------------------------

    def reads(self, bureau: str) -> list[Reading]:
        """Who read whose data, oldest first."""
        return [Reading(**row) for row in find_rows(self.connection, AccessRow, "number", bureau=bureau)]

    def page_of_reads(self, bureau: str, after: int, limit: int) -> Page[Reading]:
        """Who read whose data, the last first."""
        rows = select(READS).where(READS.c.bureau == bureau)
        found = read_page(self.connection, rows, (READS.c.number,), (after,) if after else (), limit)
        return found.of([Reading(**row) for row in found.items])

    def log_read(self, bureau: str, at: datetime, actor: str, act: str, subject: str) -> None:
        """Put down that somebody read another person's data."""
        last = self.connection.scalar(select(func.max(READS.c.number)).where(READS.c.bureau == bureau))
        row: dict[str, Any] = {
            "bureau": bureau,
            "number": (last or 0) + 1,
            "at": at,
            "actor": actor,
            "act": act,
            "subject": subject,
        }
        insert_row(self.connection, AccessRow, row)


def account_row(account: Account) -> dict[str, Any]:
    return {
        "bureau": account.bureau,
        "account_id": account.account_id,
        "login": account.login,
        "name": account.name,
        "roles": _joined(account.roles),
        "unit": account.unit,
        "payee_id": account.payee,
        "disabled": account.disabled,
    }


def link_row(token_hash: str, link: OneTimeLink, ends_at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"token_hash": token_hash, "ends_at": ends_at, "offered_by": link.by}
    return row | {"bureau": link.bureau, "account_id": link.account_id}


def account_of(row: RowMapping) -> Account:
    roles = frozenset(Role(code) for code in row["roles"].split(","))
    names = ("bureau", "account_id", "login", "name", "unit", "disabled")
    return Account(**{name: row[name] for name in names}, roles=roles, payee=row["payee_id"])


def _client(row: RowMapping) -> Client:
    names = ("bureau", "client_id", "name", "disabled")
    return Client(**{name: row[name] for name in names}, scopes=_scopes(row["scopes"]))


def _scopes(text: str) -> frozenset[Scope]:
    return frozenset(Scope(code) for code in text.split(",") if code)


def _joined(codes: Iterable[str]) -> str:
    return ",".join(sorted(codes))
