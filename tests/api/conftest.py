"""A bureau with a submitted run of the sample county, people of every role, a finance system; the application over it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import make_url
from starlette.testclient import TestClient

from api.app import create_app, put_over
from api.rights import COOKIE
from payroll_service.access.accounts import Account, Client
from payroll_service.access.roles import Role, Scope
from payroll_service.access.tokens import new_id, new_token, token_hash
from payroll_service.book.records import Bureau
from payroll_service.store import migrate, open_store
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import LoadedRules
from payroll_service.workflow.open_token import open_token
from payroll_service.workflow.sign_in import open_session
from tests import acts
from tests.databases import Models
from tests.sample_county import county_rules, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

ORIGIN = {"sec-fetch-site": "same-origin"}
PERIOD = "2020-2021-1"


@dataclass
class Town:
    """The application with a client for everybody; `of(role)` signs that person in."""

    store: Store
    app: FastAPI
    run: str
    payee: str
    people: dict[Role, Account]
    clock: Callable[[], datetime]
    address: str = ""
    snapshot: str = ""
    bureau: str = BUREAU.bureau

    @property
    def rule_set(self) -> str:
        """The fingerprint of the rule set that the run is under."""
        return county_rules().program.fingerprint

    def client(self, **headers: str) -> TestClient:
        return TestClient(
            self.app,
            base_url="https://payroll.test",
            headers=headers,
            raise_server_exceptions=False,
            follow_redirects=False,
        )

    def of(self, role: Role) -> TestClient:
        with self.store.writing() as session:
            opened = open_session(session, self.people[role], self.app.state.clock())
        client = self.client(**ORIGIN)
        client.cookies.set(COOKIE, opened.token)
        return client

    def system(self, *scopes: Scope) -> TestClient:
        """A finance system of that name, and a number from the second on."""
        secret = new_token()
        with self.store.writing() as session:
            number = len(session.access.clients(self.bureau))
            name = f"核算中心{number + 1 if number else ''}"
            client = Client(self.bureau, new_id(), name, frozenset(scopes))
            session.access.add_client(client, token_hash(secret))
        token, _ = open_token(self.store, self.bureau, client.client_id, secret, frozenset(), "10.0.0.1", NOW)
        return self.client(authorization=f"Bearer {token}")


def furnish(url: str, folder) -> Town:
    """Fill an empty database."""
    return settle(open_store(url), BUREAU, county_rules(), folder, PERIOD)


def settle(store: Store, bureau: Bureau, rules: LoadedRules, folder: Path, period: str, mark="甲") -> Town:
    """Fill a bureau. Its people have the logins of every bureau's, and `mark` in their names."""
    imported = import_workbook(store, bureau, rules, folder, "clerk", NOW)
    done = calculate_run(store, bureau.bureau, imported.snapshot, period, "clerk", NOW)
    acts.make_ready(store, bureau.bureau, done.run.run_id, NOW)
    with store.writing() as session:
        payee = paid_persons(session, bureau.bureau, done.run.run_id)[-1]
        people = {}
        for role in Role:
            account = Account(
                bureau.bureau,
                new_id(),
                role.value,
                f"{role.label}{mark}",
                frozenset({role}),
                unit="A01" if role is Role.SCHOOL_CLERK else "",
                payee=payee if role is Role.TEACHER else "",
            )
            session.access.add(account, "-")
            people[role] = account
    clock = lambda: NOW + timedelta(minutes=1)  # noqa: E731
    town = Town(store, create_app(store, clock), done.run.run_id, payee, people, clock)
    return replace(town, snapshot=imported.snapshot, bureau=bureau.bureau)


def school_clerk(town: Town, unit: str) -> TestClient:
    """A clerk of that school, signed in, in the place of the one before."""
    account = Account(
        town.bureau, new_id(), f"clerk-{unit.lower()}", "报账员", frozenset({Role.SCHOOL_CLERK}), unit=unit
    )
    with town.store.writing() as session:
        session.access.add(account, "-")
    town.people[Role.SCHOOL_CLERK] = account
    return town.of(Role.SCHOOL_CLERK)


def paid_persons(session: Session, bureau: str, run: str) -> list[str]:
    """Whom a run pays, by ID number: ids are random, numbers are not."""
    numbers = {who.payee_id: who.number for who in session.payees.all(bureau, "个人")}
    records = session.runs.records(bureau, run)
    paid = [one.payee_id for one in records if not json.loads(one.content)["held"]]
    return sorted(paid, key=lambda one: numbers[one])


@dataclass
class Towns:
    """Towns that were furnished, one a kind of database, to be copied; and applications that nobody uses any more."""

    models: Models
    folder: Path
    left: list[FastAPI] = field(default_factory=list)

    @contextmanager
    def application(self, store: Store, clock: Callable[[], datetime]) -> Iterator[FastAPI]:
        """One over a store that is closed at the end. To put one together takes long."""
        if not self.left:
            self.left.append(create_app(store, clock))
        app = self.left.pop()
        put_over(app, store, clock)
        yield app
        self.left.append(app)
        store.close()

    @contextmanager
    def move_in(self, database_url: str) -> Iterator[Town]:
        """A town in a new, empty database."""
        town = self.models.move_in("town", database_url, self._furnished)
        store = open_store(database_url)
        with self.application(store, town.clock) as app:
            yield replace(town, store=store, app=app, people=dict(town.people))

    def _furnished(self, database_url: str) -> Town:
        migrate(database_url)
        town = furnish(
            database_url, write_csv_folder(self.folder / make_url(database_url).get_backend_name())
        )
        town.store.close()
        return town


@pytest.fixture(scope="session")
def towns(models, tmp_path_factory) -> Towns:
    return Towns(models, tmp_path_factory.mktemp("towns"))


@pytest.fixture
def town(database_url, towns):
    with towns.move_in(database_url) as found:
        yield found
