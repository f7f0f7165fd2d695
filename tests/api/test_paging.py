"""One law for all lists: walked in pages of any size, each row comes once, in order, whatever is added meanwhile."""

import json
import re
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from api.paging import LISTED, MOST, WHOLE
from payroll_service.access.roles import Role
from payroll_service.book.records import RunPublication
from payroll_service.workflow.jobs.kinds import PROBLEMS, ImportProblem
from tests.api.test_rights import ids
from tests.api.test_rights import town as town
from tests.api.test_runs import approve
from tests.store.long_lists import Lists
from tests.workflow.conftest import BUREAU, NOW

SOME = 7
ADDED = {  # by operation: what adds to its list; "" for what is never added to
    "listAccountChanges": "account_changes",
    "listClients": "clients",
    "listImports": "jobs",
    "listMovements": "movements",
    "listObjections": "objections",
    "listOwnObjections": "objections",
    "listOwnPayouts": "runs",
    "listReads": "reads",
    "listReplays": "replays",
    "listRuleSets": "rule_sets",
    "listRuns": "runs",
    "listSnapshots": "snapshots",
    "listVerifications": "verifications",
    "readImportProblems": "",
    "readRunEvents": "run_events",
    "readRunFindings": "",
}
AT_RANDOM = {"listClients"}  # in the order of ids that are: who is added stands anywhere
NOWHERE = {  # keys of rows that are not there
    "listImports": "0" * 32,
    "listOwnPayouts": "1999-r1",
    "listReplays": "0" * 32,
    "listRuleSets": "0" * 64,
    "listRuns": "1999-r1",
    "listSnapshots": "0" * 64,
    "listVerifications": "0" * 32,
}


@pytest.fixture
def database_url(sqlite_database_url):
    return sqlite_database_url


@pytest.fixture
def add(town):
    """Adds so many rows to a list; all of them have some."""
    assert approve(town).status_code == 201
    days = (date(2021, 3, 2), date(2021, 3, 8), 5, 5, date(2021, 3, 19))
    with town.store.writing() as session:
        session.objections.publish(RunPublication(BUREAU.bureau, town.run, 0, "clerk", NOW, *days, ""))
        job = session.jobs.find(BUREAU.bureau, "1" * 32)
        found = asdict(ImportProblem("任职", "任职", "D7", "起", "类型", "错误", "x", "不是日期", "请改正"))
        session.jobs.keep(job, PROBLEMS, json.dumps([found] * SOME).encode())
        (content_hash,) = session.snapshots.get(BUREAU.bureau, town.snapshot).imports
        receipt = session.runs.receipt(BUREAU.bureau, town.run)
        record = session.runs.record(BUREAU.bureau, town.run, town.payee).content

    def add_to(name: str, count: int) -> None:
        with town.store.writing() as session:
            lists = Lists(
                session, BUREAU.bureau, town.run, town.payee, town.rule_set, town.snapshot, content_hash,
                receipt, record, NOW + timedelta(minutes=1),
            )  # fmt: skip
            lists.of(name)(count)

    for name in sorted({*filter(None, ADDED.values()), "accounts"}):
        add_to(name, SOME)
    return add_to


@pytest.fixture
def lists(town):
    """(operation, path, name of the listed field, its parameters, all its fields) of every answer that has a list."""
    description = town.app.openapi()
    found = []
    for path, methods in description["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        fields = description["components"]["schemas"].get(name, {}).get("properties", {})
        arrays = [
            field
            for field, schema in fields.items()
            if "array" in [each.get("type") for each in (schema, *schema.get("anyOf", ()))]
        ]
        if arrays:
            asked = {one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "query"}
            found.append((methods["get"], path.format_map(ids(town)), arrays[0], asked, set(fields)))
    return found


@pytest.fixture
def paged(lists, add):
    """(name, path, field) of the lists that are walked."""
    return [(told["operationId"], path, field) for told, path, field, asked, _ in lists if "after" in asked]


def reader(town, path):
    if path.startswith("/v1/me"):
        return town.of(Role.TEACHER)
    return town.of(Role.ADMIN if path == "/v1/clients" else Role.AUDITOR)


def walk(client, path, field, limit, between=lambda: None):
    rows: list[dict] = []
    after: dict[str, str | int] = {}
    while True:
        answer = client.get(path, params={"limit": limit, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page[field]) <= limit
        rows += page[field]
        if page["next"] is None:
            return rows
        assert len(page[field]) == limit, "only the last page is short"
        after = {"after": page["next"]}
        between()


def test_what_answers_a_list_is_paged_or_says_why_it_is_whole(lists):
    whole = {}
    for told, path, _, asked, fields in lists:
        if "after" in asked:
            assert {"after", "limit"} <= asked, path
            assert "next" in fields, path
        else:
            assert "next" not in fields, path
            whole[told["operationId"]] = told.get("x-whole")
    assert whole == dict(WHOLE)
    assert {told["operationId"] for told, _, _, asked, _ in lists if "after" in asked} == set(ADDED)


def test_pages_of_any_size_give_every_row_once_and_in_order_whatever_is_added_meanwhile(town, add, paged):
    for name, path, field in paged:
        client = reader(town, path)
        added = ADDED[name]
        for limit in (1, 2, SOME - 1, SOME, 2 * SOME):
            before = walk(client, path, field, MOST)
            assert len(before) >= SOME, name
            turns = iter(range(3))
            between = lambda: [add(added, 1) for _ in [next(turns, None)] if added and _ is not None]  # noqa: B023, E731
            rows = walk(client, path, field, limit, between)
            assert all(rows.count(row) == 1 for row in rows), (name, limit)
            if name in AT_RANDOM:
                rows = [row for row in rows if row in before]
            assert rows[: len(before)] == before, (name, limit)


def test_a_limit_out_of_range_and_a_place_that_cannot_be_are_problems(town, paged):
    for name, path, _ in paged:
        client = reader(town, path)
        malformed = [
            ("limit", "0"),
            ("limit", f"{MOST + 1}"),
            ("limit", "many"),
            ("after", "?"),
            ("after", "-1"),
        ]
        wrong = [("malformed", *one) for one in malformed]
        wrong += [("unknown-place", "after", NOWHERE[name])] if name in NOWHERE else []
        for kind, asked, value in wrong:
            answer = client.get(path, params={asked: value})
            assert answer.status_code == 422, (name, asked, value)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == f"/problems/{kind}"


def test_data_that_are_accepted_again_stay_where_they_are_and_tell_when(town, add):
    client = town.of(Role.AUDITOR)
    first = client.get("/v1/snapshots", params={"limit": 2}).json()
    with town.store.writing() as session:
        lists = Lists(session, BUREAU.bureau, "", "", "", "", "", b"", b"", NOW)
        lists.accept_again()
    rest = client.get("/v1/snapshots", params={"after": first["next"]}).json()
    assert rest["snapshots"][-1]["fingerprint"] == town.snapshot
    assert rest["next"] is None


def test_who_read_what_is_still_given_by_the_old_name_of_after(town, add):
    client = town.of(Role.AUDITOR)
    page = client.get("/v1/audit/access", params={"limit": 2}).json()
    follow = [
        client.get("/v1/audit/access", params={name: page["next"]}).json() for name in ("after", "before")
    ]
    assert follow[0] == follow[1]
    assert follow[0]["reads"][0]["number"] == page["next"] - 1


SHOWN = {  # by list on the pages: page, reader, what adds to it, and what names each row
    "runs": ("/runs", Role.CLERK, "runs", r'href="/runs/([^"?]+-r\d+)"'),
    "imports": ("/imports", Role.CLERK, "jobs", r'href="/imports/([0-9a-f]{32})"'),
    "snapshots": ("/imports", Role.CLERK, "snapshots", r'<td class="mono k">([0-9a-f]{12})'),
    "rule sets": ("/rule-sets", Role.CLERK, "rule_sets", r'href="/rule-sets/([0-9a-f]{64})"'),
    "account changes": ("/payees", Role.CLERK, "account_changes", r'href="/account-changes/(\d+)"'),
    "objections": ("/objections", Role.CLERK, "objections", r'id="objection-(\d+)"'),
    "movements": ("/payments/movements", Role.CLERK, "movements", r"第 (\d+) 号　"),
    "reads": ("/access", Role.AUDITOR, "reads", r"<tr><td>(\d+)</td>"),
    "accounts": ("/accounts", Role.ADMIN, "accounts", r"<td>(t\d+)</td>"),
    "clients": ("/clients", Role.ADMIN, "clients", r'<td class="mono">([0-9a-f]{32})'),
    "payouts": ("/my", Role.TEACHER, "runs", r'href="/my/([^"?]+-r\d+)"'),
}
ONWARD = re.compile(r'rel="next" href="([^"]+)"')


def test_the_pages_lead_on_to_every_row_without_script(town, add):
    more = {added: 12 * LISTED if added == "objections" else 2 * LISTED for _, _, added, _ in SHOWN.values()}
    for added, count in more.items():
        add(added, count)
    for name, (path, role, added, row) in SHOWN.items():
        client = town.of(role)
        left, seen, rows = [path], set(), []
        while left:
            link = left.pop(0)
            seen.add(link)
            answer = client.get(link)
            assert answer.status_code == 200, (name, link, answer.text)
            found = re.findall(row, answer.text)
            rows += found
            left += [each for each in ONWARD.findall(answer.text) if each not in seen | set(left)]
            assert (">第一页</a>" in answer.text) == ("?" in link), link
        assert len(set(rows)) >= SOME + more[added], name
