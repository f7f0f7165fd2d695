"""Two identities on one database: a bureau learns and changes nothing of another, a teacher nothing of a colleague.

Every route is called by everybody of the second bureau who may call it, with the first one's ids in each place where an
id can stand: the answer is that of what does not exist. At the end the first bureau's own people send the same, so that
no request is refused for another reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.rights import Rights
from payroll_service.access.roles import Role, Scope
from payroll_service.access.tokens import new_id
from payroll_service.book.money import fen_text, grouped
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import Bureau
from payroll_service.store.jobs import EXPIRED, FAILED, Job
from payroll_service.store.tables import Row
from payroll_service.workflow.adjust_claim import Change, prepare_adjustment
from payroll_service.workflow.jobs.kinds import PART, AskedImport, AskedRun, written
from payroll_service.workflow.jobs.kinds import RUN as RUN_JOB
from payroll_service.workflow.ledger import PAYEE_KINDS
from payroll_service.workflow.set_bank_account import WantedAccount, propose_accounts
from tests.api.conftest import Town, paid_persons, settle
from tests.api.every_request import Request, requests_of
from tests.api.test_pages import form_token
from tests.api.test_payees import CARD
from tests.api.test_personal_data import fund, lived_in, told
from tests.sample_county import next_county_rules, next_county_tables, write_tables
from tests.workflow.conftest import NOW

LIBO = Bureau("libo", "荔波县教育局")
OFTEN = re.compile(
    r'value="[^"]*"|[0-9a-f]{12,64}|〔[^〕]*〕'
)  # tokens of forms; ids, also shortened; places
NOWHERE = {
    "run": "2020-2021-1-r9", "rule_set": "e" * 64, "snapshot": "e" * 64, "receipt": "e" * 64, "payee": "e" * 32,
    "account": "e" * 32, "change": "99", "client": "e" * 32, "import": "e" * 32, "job": "e" * 32, "movement": "99",
    "payment": "99", "adjustment": "99", "objection": "99", "person": "522726199001011234",
}  # fmt: skip


def ids_of(town: Town, **more: str) -> dict[str, str]:
    town.system(Scope.READ_AUDIT)
    with town.store.reading() as session:
        client, *_ = session.access.clients(town.bureau)
        run = session.runs.get(town.bureau, town.run)
        person = session.payees.get(town.bureau, town.payee).number
        receipt = session.runs.approvals(town.bureau, [town.run])[town.run].receipt
        movement = str(session.ledger.movements(town.bureau)[-1].number)
    return {
        "run": town.run, "rule_set": run.rule_set, "snapshot": town.snapshot, "receipt": receipt, "payee": town.payee,
        "account": town.people[Role.CLERK].account_id, "client": client.client_id, "person": person,
        "movement": movement, **more,
    }  # fmt: skip


def begin_jobs(town: Town, first: str) -> dict[str, str]:
    """An import that is over, and a run that came to nothing."""
    with town.store.writing() as session:
        rule_set = session.runs.get(town.bureau, town.run).rule_set
        asked = {
            (PART, first * 32, "A01", EXPIRED): written(AskedImport(rule_set, f"{first}镇花名册.xlsx")),
            (RUN_JOB, "c" + first * 31, "", FAILED): written(AskedRun(town.snapshot, "2020-09")),
        }
        for (kind, job_id, unit, state), request in asked.items():
            session.jobs.add(Job(town.bureau, job_id, kind, request, "clerk", unit, NOW, state))
    return {"import": first * 32, "job": "c" + first * 31}


def adjust(town: Town) -> None:
    """An adjustment waits for approval."""
    with town.store.reading() as session:
        number = session.payees.get(town.bureau, town.payee).number
        total = session.runs.totals(town.bureau, town.run)[0]
        earned = session.runs.get(town.bureau, town.run).period
    change = Change(number, total.item, total.unit, total.fund, earned, 100)
    prepare_adjustment(town.store, town.bureau, change, NOW.date(), "漏报一百分之一", "", "clerk", NOW)


def live_on(town: Town) -> None:
    """Another account is proposed, money comes in, and another objection is raised, in words."""
    wanted = [WantedAccount("6228480000000000026", "信合", payee_id=town.payee)]
    propose_accounts(town.store, town.bureau, wanted, "换卡", "clerk", NOW)
    fund(town)
    with town.store.writing() as session:
        (raised,) = session.objections.find(town.bureau)
        session.objections.add(replace(raised, number=0, cause="months", words="病假条在卫生院王医生那里"))


@dataclass(frozen=True)
class Two:
    """Two bureaus that lived, and what names things in each; no number of the first is one of the second's."""

    first: Town
    second: Town
    there: dict[str, str]
    own: dict[str, str]


@pytest.fixture
def two(town, tmp_path) -> Two:
    folder = write_tables(tmp_path / "荔波", next_county_tables())
    second = settle(town.store, LIBO, next_county_rules(), folder, "2020-2021-2", "乙")
    second = replace(second, app=town.app)
    lived_in(second)
    adjust(second)
    named = {"change": "1", "payment": "1", "adjustment": "2", "objection": "1"}
    own = ids_of(second, **named, **begin_jobs(second, "b"))

    for _ in range(3):
        adjust(town)
    lived_in(town)
    live_on(town)
    named = {"change": "2", "payment": "4", "adjustment": "3", "objection": "2"}
    return Two(town, second, ids_of(town, **named, **begin_jobs(town, "a")), own)


def rows_of(town: Town) -> dict[str, Sequence[Any]]:
    """All that is stored of a bureau."""
    with town.store.reading() as session:
        return {
            name: session.connection.execute(
                select(table).where(table.c.bureau == town.bureau).order_by(*table.primary_key)
            ).all()
            for name, table in Row.metadata.tables.items()
            if "bureau" in table.c
        }


def telling(town: Town) -> set[str]:
    """Words, ids and sums that tell of a bureau: its people and schools, what stands in its rows, what its run comes to."""
    stored = {one for rows in rows_of(town).values() for row in rows for one in row if isinstance(one, str)}
    with town.store.reading() as session:
        people = [one for kind in PAYEE_KINDS for one in session.payees.all(town.bureau, kind)]
        said = {one.words for one in session.objections.find(town.bureau)}
        totals = session.runs.totals(town.bureau, town.run)
        receipt = session.runs.receipt(town.bureau, town.run)
    assert receipt is not None
    sums = [read_receipt(receipt).amount_fen, *(one.amount_fen for one in totals)]
    named = {word for one in people for word in (one.number, one.label)}
    named |= {row.name for rows in rows_of(town).values() for row in rows if hasattr(row, "name")}
    amounts = {write(fen) for fen in sums if fen > 1_000_00 for write in (fen_text, grouped)}
    return {word for word in stored if len(word) >= 12} | named | said | amounts


def callers(town: Town, rights: Rights, known: dict[str, TestClient]) -> Iterator[tuple[str, TestClient]]:
    """Everybody of a bureau who may call; a client each, signed in once."""
    for name in [*sorted(rights.roles), *sorted(rights.scopes)]:
        if name not in known:
            known[name] = town.of(Role(name)) if name in set(Role) else town.system(Scope(name))
            if name in set(Role):
                known[name].headers["x-form-token"] = form_token(known[name].get("/").text)
        yield name, known[name]


def plain(answer: Any, ids: dict[str, str]) -> tuple[int, str]:
    """An answer without what it repeats of the request, and without what is another each time."""
    text = told(answer)
    for one in sorted(ids.values(), key=len, reverse=True):
        text = text.replace(one, "…") if len(one) > 3 else re.sub(rf"(?<![\d,.]){one}(?![\d,.])", "…", text)
    return answer.status_code, OFTEN.sub("…", text)


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.torture)], indirect=True
)
def test_nobody_of_another_bureau_learns_or_changes_anything(two):
    """Whatever of the first bureau is named, in each place alone and in all at once, does not exist for the second."""
    first, second, keys = two.first, two.second, (f"of-the-second-{number:09}" for number in count())
    own, before = "\n".join(telling(second)), rows_of(first)
    words = {word for word in telling(first) if word not in own}  # nor in a longer name: a list has them all
    known: dict[str, TestClient] = {}
    assert len(words) > 300
    wrong, leaks, asked = [], [], requests_of(first.app)
    for request in sorted(
        asked, key=lambda one: not one.places
    ):  # what names nothing may add to what there is
        alone = [{one} for one in sorted(request.places)]
        for name, client in callers(second, request.rights, known):
            for places in [*alone, *([request.places] if len(alone) > 1 else [])] or [set()]:
                there = two.own | {one: two.there[one] for one in places}
                answer = request.send(client, there, next(keys))
                sent = set(there.values())
                leaks += [(request.route, name, word) for word in words - sent if word in told(answer)]
                if places:
                    nowhere = two.own | {one: NOWHERE[one] for one in places}
                    other = request.send(client, nowhere, next(keys))
                    if plain(answer, there) != plain(other, nowhere):
                        wrong.append(
                            (request.route, name, places, plain(answer, there), plain(other, nowhere))
                        )
        if request.route == "POST /sign-out":
            known.clear()
    assert leaks == []
    assert wrong == []
    assert rows_of(first) == before
    assert len(set(made_by_one_key(two))) == 2
    approved = ("POST /v1/runs/{run_id}/approval", "receipt")  # already, whichever receipt is named
    assert unmoved_at_home(two, asked) == [approved]


def made_by_one_key(two: Two) -> list[str]:
    """What the administrators of both, who have one login, make with one and the same request."""
    made = [
        town.of(Role.ADMIN).post(
            "/v1/clients",
            json={"name": "县财政局", "scopes": ["audit:read"]},
            headers={"Idempotency-Key": "a-key-of-both"},
        )
        for town in (two.second, two.first)
    ]
    return [one.json()["client_id"] for one in made]


def unmoved_at_home(two: Two, asked: list[Request]) -> list[tuple[str, str]]:
    """Places of requests where it makes no difference, to nobody of the first bureau, that what is named exists: what is
    refused there in the second bureau would be refused for another reason."""
    keys = (f"of-the-first-{number:09}" for number in count())
    found = []
    known: dict[str, TestClient] = {}
    for request in asked:
        for one in sorted(request.places):
            lacking = two.there | {one: NOWHERE[one]}
            for _, client in callers(two.first, request.rights, known):
                without = plain(request.send(client, lacking, next(keys)), lacking)
                if plain(request.send(client, two.there, next(keys)), two.there) != without:
                    break
            else:
                found.append((request.route, one))
    return found


def amounts_of(town: Town, payee: str) -> set[str]:
    with town.store.reading() as session:
        record = session.runs.record(town.bureau, town.run, payee)
    assert record is not None
    return set(re.findall(r"\d+\.\d\d", record.content.decode()))


def hers(town: Town) -> list[Any]:
    """What is stored of the town's teacher: every row that names her, and what was said to her objections."""
    with town.store.reading() as session:
        numbers = [one.number for one in session.objections.find(town.bureau, payee_id=town.payee)]
        said = session.objections.events(town.bureau, numbers)
    rows = [row for rows in rows_of(town).values() for row in rows if town.payee in row]
    return [rows, said]


def test_no_teacher_learns_or_changes_anything_of_a_colleagues(town):
    """Who is paid by the same run, at every route of teachers."""
    lived_in(town)
    live_on(town)
    there = ids_of(town, change="2", payment="1", adjustment="1", objection="2", **begin_jobs(town, "a"))
    with town.store.writing() as session:
        paid = paid_persons(session, town.bureau, town.run)
        colleague = next(one for one in paid if amounts_of(town, one) - amounts_of(town, town.payee))
        account = replace(
            town.people[Role.TEACHER], account_id=new_id(), login="colleague", name="同事", payee=colleague
        )
        session.access.add(account, "-")
        who = session.payees.get(town.bureau, town.payee)
    second = replace(town, people=town.people | {Role.TEACHER: account})
    words = amounts_of(town, town.payee) - amounts_of(town, colleague)
    words |= {who.label, who.number, who.number[-4:], CARD[-4:], town.payee, "少一分", "病假条"}
    before, keys, told_her = hers(town), (f"of-teachers-{number:09}" for number in count()), ""
    asked = [one for one in requests_of(town.app) if Role.TEACHER in one.rights.roles]
    assert len(asked) > 12
    for request in asked:
        for _, client in callers(second, Rights(frozenset({Role.TEACHER}), frozenset()), {}):
            answer = request.send(client, there, next(keys))
            assert answer.status_code < 500, request.route
            shown = without_forms(told(answer))
            assert not [word for word in words if word in shown], request.route
    assert hers(town) == before
    for request in asked:
        for _, client in callers(town, Rights(frozenset({Role.TEACHER}), frozenset()), {}):
            told_her += without_forms(told(request.send(client, there, next(keys))))
    assert {word for word in words if word in told_her} >= words - {town.payee, who.number, who.number[-4:]}


def without_forms(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)
