"""A messy workbook through the API: problems, the marked copy, corrected, accepted, calculated; each as a job."""

import io
import json
import threading
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from api import bodies, upload
from api.routes import jobs
from payroll_service.access.roles import Role
from payroll_service.errors import PERIODS_WRITTEN
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.template import write_tables
from payroll_service.workflow.jobs.work_job import Worker
from tests.api.conftest import ORIGIN, school_clerk
from tests.api.test_pages import form_token
from tests.sample_county import county_rules, county_tables
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_parts import UNITS, school_book

NUMBER = "522726198207022315"  # its check digit is wrong


def work_off(town):
    worker = Worker(town.store, lambda: NOW)
    while worker.work_one():
        pass


def workbook(**cells: str) -> bytes:
    """The county as .xlsx; `cells` are written into the first rows of its tables: 表_列=value."""
    tables = []
    for table in county_tables():
        columns: dict[str, Sequence[Cell]] = {
            name: [cells.get(f"{table.table}_{name}", values[0]), *values[1:]]
            for name, values in table.columns.items()
        }
        tables.append(replace(table, columns=columns))
    return write_tables(county_rules().program, tables)


def send(client, content, key="", name="独山.xlsx", **fields):
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    fields = {"rule_set": county_rules().program.fingerprint} | fields
    return client.post("/v1/imports", files={"file": (name, content)}, data=fields, headers=headers)


def act(client, path, **body):
    return client.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})


def test_a_messy_workbook_becomes_a_run(town):
    clerk = town.of(Role.CLERK)
    sent = send(clerk, workbook(人员_证件号码=NUMBER, 学校_学校名称="百泉镇新小学"))
    assert sent.status_code == 202, sent.text
    path = f"/v1/imports/{sent.json()['id']}"
    assert sent.json()["state"] == "waiting"
    early = act(clerk, f"{path}/acceptance")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-examined")
    work_off(town)
    found = clerk.get(path).json()
    assert found["state"] == "unsound"
    problems = clerk.get(f"{path}/problems", params={"limit": 1}).json()
    assert problems["total"] == found["errors"] + found["hints"]
    everything = clerk.get(f"{path}/problems").json()["problems"]
    wrong = next(one for one in everything if one["table"] == "人员" and one["column"] == "证件号码")
    assert wrong["value"] == "522***********2315"
    assert wrong["remedy"]
    assert NUMBER not in json.dumps(everything)
    refused = act(clerk, f"{path}/acceptance")
    assert refused.status_code == 409

    answer = clerk.get(f"{path}/workbook")
    assert "attachment" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    cell = book["人员"][wrong["cell"]]
    assert "校验位" in cell.comment.text
    with town.store.reading() as session:
        reads = [(one.actor, one.act) for one in session.access.reads(BUREAU.bureau)]
    assert reads == [("clerk", f"import {found['id']}")] * 3, "problems twice, and the workbook"
    right = next(table for table in county_tables() if table.table == "人员").columns["证件号码"][0]
    cell.value = right
    corrected = io.BytesIO()
    book.save(corrected)

    again = send(clerk, corrected.getvalue(), name="独山-检查.xlsx").json()
    work_off(town)
    path = f"/v1/imports/{again['id']}"
    examined = clerk.get(path).json()
    assert (examined["state"], examined["errors"]) == ("examined", 0)
    assert [one["table"] for one in examined["changes"] if one["changed"]] == ["学校"]
    (rows,) = clerk.get(f"{path}/differences").json()["tables"]
    assert [(row["column"], row["now"]) for row in rows["rows"]] == [("学校名称", "百泉镇新小学")]
    assert examined["last"] == town.snapshot
    accepted = act(clerk, f"{path}/acceptance")
    assert (accepted.status_code, accepted.json()["state"]) == (201, "done")
    assert clerk.get(f"{path}/problems").json()["problems"] == []
    assert clerk.get(f"{path}/workbook").status_code == 409

    first, second = clerk.get("/v1/snapshots").json()["snapshots"]
    assert (first["fingerprint"], second["fingerprint"]) == (examined["snapshot"], town.snapshot)
    assert first["files"][0]["name"] == "独山-检查.xlsx"
    rows_of = clerk.get(f"/v1/snapshots/{first['fingerprint']}").json()["rows"]
    assert rows_of["学校"] == 7

    asked = act(clerk, "/v1/runs", snapshot=first["fingerprint"], period="2020-2021-1")
    assert asked.status_code == 202, asked.text
    work_off(town)
    job = clerk.get(f"/v1/jobs/{asked.json()['id']}").json()
    assert (job["state"], job["progress"]["done"]) == ("done", 4)
    assert clerk.get(f"/v1/runs/{job['run']}").json()["snapshot"] == first["fingerprint"]


def test_with_a_period_what_its_run_would_refuse_is_told_beside_the_bad_cells(town):
    """Nobody's standard may be 0; the bad name is another cell's, and both are told at once."""
    clerk = town.of(Role.CLERK)
    bad = workbook(任职_绩效标准="0")
    states = {}
    for period in ("", "2020-09、 2020-10"):
        sent = send(clerk, bad, period=period).json()
        work_off(town)
        states[period] = clerk.get(f"/v1/imports/{sent['id']}").json()
    without, tried = states.values()
    assert (without["state"], without["periods"]) == ("examined", [])
    assert (tried["state"], tried["periods"]) == ("unsound", ["2020-09", "2020-10"])
    (told,) = (one for one in listed(clerk, tried) if one["level"] == "错误")
    assert (told["kind"], told["table"], told["column"]) == ("必须", "任职", "绩效标准")
    assert told["cell"]
    both = send(clerk, workbook(任职_绩效标准="0", 人员_证件号码=NUMBER), period="2020-09").json()
    work_off(town)
    assert {"必须", "校验位"} <= {one["kind"] for one in listed(clerk, both)} | {
        "校验位" for one in listed(clerk, both) if "校验位" in one["message"]
    }
    sound = send(clerk, workbook(), period="2020-2021-1").json()
    work_off(town)
    assert clerk.get(f"/v1/imports/{sound['id']}").json()["state"] == "examined"


def listed(client, found):
    return client.get(f"/v1/imports/{found['id']}/problems").json()["problems"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"period": "2020-13"}, "unknown-period"),
        ({"period": "2031-09"}, "unknown-period"),
        ({"period": "2020-09", "part": "true"}, "not-acceptable"),
        ({"period": ",".join(f"{2000 + year}-01" for year in range(21))}, "not-acceptable"),
    ],
)
def test_a_period_that_cannot_be_tried_is_refused_at_once(town, fields, told):
    clerk = town.of(Role.CLERK)
    answer = send(clerk, workbook(), **fields)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{told}")
    assert clerk.get("/v1/imports").json()["imports"] == []


def test_how_a_period_is_written_is_told_whichever_was_sent(town):
    sent = "2020-09,2020-2021-1,2020-13"
    told = send(town.of(Role.CLERK), workbook(), period=sent).json()
    assert told["remedy"].endswith(PERIODS_WRITTEN)
    assert "2020-13" not in told["detail"] + told["remedy"]


def test_the_parts_put_together_are_tried_for_a_period(town):
    clerk = town.of(Role.CLERK)
    sent = send(clerk, workbook(任职_绩效标准="0"), part="true").json()
    work_off(town)
    assert act(clerk, f"/v1/imports/{sent['id']}/acceptance").status_code == 201
    states = []
    for periods in ([], ["2020-09"]):
        asked = act(clerk, "/v1/imports/assembly", rule_set=town.rule_set, periods=periods).json()
        work_off(town)
        states.append(clerk.get(f"/v1/imports/{asked['id']}").json())
    assert [one["state"] for one in states] == ["examined", "unsound"]
    assert {one["kind"] for one in listed(clerk, states[1]) if one["level"] == "错误"} == {"必须"}


def test_a_second_import_seen_before_the_first_was_accepted_is_overtaken(town):
    clerk = town.of(Role.CLERK)
    ids = [send(clerk, workbook(学校_学校名称=name)).json()["id"] for name in ("甲校", "乙校")]
    work_off(town)
    assert act(clerk, f"/v1/imports/{ids[0]}/acceptance").status_code == 201
    late = act(clerk, f"/v1/imports/{ids[1]}/acceptance")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/overtaken")


def test_one_import_more_than_may_be_open_is_refused_by_page_and_api(town):
    town.app.state.open_imports = 1
    clerk = town.of(Role.CLERK)
    first = send(clerk, b"PK something", key="my-own-key")
    for more in (send(clerk, b"PK another"), act(clerk, "/v1/imports/assembly")):
        assert (more.status_code, more.json()["type"]) == (409, "/problems/too-many-open")
    assert send(clerk, b"PK something", key="my-own-key").content == first.content
    token = form_token(clerk.get("/").text)
    page = clerk.post("/imports", files={"file": ("表.xlsx", b"PK")}, data={"form_token": token})
    assert (page.status_code, "没有检查完" in page.text) == (409, True)
    work_off(town)
    assert send(clerk, b"PK another").status_code == 202


def test_an_upload_that_is_sent_again_is_one_import(town):
    clerk = town.of(Role.CLERK)
    first = send(clerk, b"PK something", key="my-own-key")
    again = send(clerk, b"PK something", key="my-own-key")
    assert again.content == first.content, "although the separators of the two bodies differ"
    other = send(clerk, b"PK another", key="my-own-key")
    assert other.json()["type"] == "/problems/key-reused"
    listed = clerk.get("/v1/imports").json()["imports"]
    assert [one["id"] for one in listed] == [first.json()["id"]]


def test_what_is_too_large_is_refused_by_what_it_says_and_by_what_it_sends(town, monkeypatch):
    monkeypatch.setattr(upload, "MOST_BYTES", 1000)
    monkeypatch.setattr(upload, "AROUND", 1000)
    clerk = town.of(Role.CLERK)
    announced = send(clerk, b"x" * 3000)
    assert (announced.status_code, announced.json()["type"]) == (413, "/problems/too-large")
    assert "分校提交" in announced.json()["remedy"]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'

    def pieces():
        yield head
        for _ in range(300):
            yield b"x" * 100

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": "k" * 12}
    streamed = clerk.post("/v1/imports", content=pieces(), headers=headers)
    assert streamed.status_code == 413
    assert clerk.get("/v1/imports").json()["imports"] == []


def test_nobody_follows_for_ever_what_nobody_works_on(town, monkeypatch):
    monkeypatch.setattr(jobs, "LOOKS", 2)
    clerk = town.of(Role.CLERK)
    job = send(clerk, b"PK something").json()["id"]
    told = clerk.get(f"/v1/jobs/{job}/events").text
    assert told.count("event: progress") == 1
    assert "event: end" not in told


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/runs", "application/json"),
        ("/v1/runs/2020-2021-1-r1/closing", "application/json"),
        ("/v1/token", "application/x-www-form-urlencoded"),
        ("/sign-in", "application/x-www-form-urlencoded"),
        ("/sign-in", "multipart/form-data; boundary=b"),
    ],
)
def test_a_stranger_cannot_fill_the_memory(town, path, kind):
    """The framework reads bodies before rights are asked for; it stops reading in time."""
    much = b"x" * (bodies.MOST_BYTES + 1)
    for content in (much, iter([much])):  # said before, and not
        answer = town.client(**ORIGIN).post(path, content=content, headers={"Content-Type": kind})
        assert answer.status_code == 413
        assert "太大" in answer.text


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=b"),
        (b"nonsense", "multipart/form-data; boundary=b"),
        (b"--b--", "multipart/form-data"),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--', "multipart/form-data; boundary=b"),
    ],
)  # fmt: skip
def test_what_is_no_upload_is_malformed(town, content, content_type):
    headers = {"Content-Type": content_type, "Idempotency-Key": "k" * 12}
    answer = town.of(Role.CLERK).post("/v1/imports", content=content, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/malformed"


def test_what_cannot_be_read_fails_with_what_to_do(town):
    clerk = town.of(Role.CLERK)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    ids = [send(clerk, content).json()["id"] for content in (b"no workbook", packed.getvalue())]
    work_off(town)
    for one in ids:
        found = clerk.get(f"/v1/imports/{one}").json()
        assert found["state"] == "failed"
        assert found["message"]
        assert found["remedy"]
    unknown = send(clerk, b"x", rule_set="0" * 64)
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/unknown-rule-set")


def test_imports_are_listed_page_by_page(town):
    clerk = town.of(Role.CLERK)
    sent = [send(clerk, bytes([65 + place])).json()["id"] for place in range(3)]
    first = clerk.get("/v1/imports", params={"limit": 2}).json()
    rest = clerk.get("/v1/imports", params={"limit": 2, "after": first["next"]}).json()
    found = [one["id"] for one in first["imports"] + rest["imports"]]
    assert sorted(found) == sorted(sent)
    assert rest["next"] is None


def test_a_job_is_followed_to_its_end_and_no_further(town):
    clerk = town.of(Role.CLERK)
    asked = act(clerk, "/v1/runs", snapshot=town.snapshot, period="2020-2021-1").json()
    path = f"/v1/jobs/{asked['id']}/events"
    later = threading.Timer(1, work_off, [town])
    later.start()
    answer = clerk.get(path)
    later.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [
        dict(line.split(": ", 1) for line in event.splitlines())
        for event in answer.text.split("\n\n")
        if event
    ]
    first, *_, last = events
    assert (first["event"], json.loads(first["data"])["state"]) == ("progress", "waiting")
    assert (last["event"], json.loads(last["data"])["state"]) == ("end", "done")
    assert clerk.get(path, headers={"Last-Event-ID": first["id"]}).text.startswith(f"id: {last['id']}")
    assert clerk.get(path, headers={"Last-Event-ID": last["id"]}).status_code == 204


def test_a_run_that_cannot_be_asked_for_is_refused_at_once(town):
    clerk = town.of(Role.CLERK)
    unknown = act(clerk, "/v1/runs", snapshot="0" * 64, period="2020-2021-1")
    for answer in (unknown, clerk.get(f"/v1/snapshots/{'0' * 64}")):
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-snapshot")
        assert answer.json()["title"] == "没有这份数据"
        assert "快照" in answer.json()["detail"]
        assert answer.json()["remedy"].startswith("请")
    headers = {"Accept-Language": "en"}
    assert clerk.get(f"/v1/snapshots/{'0' * 64}", headers=headers).json()["title"] == "No such snapshot"
    for period, told in (("1999-01", "施行期"), ("2020-13", "不认识期间")):
        refused = act(clerk, "/v1/runs", snapshot=town.snapshot, period=period)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unknown-period")
        assert told in refused.json()["detail"]
    assert not Worker(town.store, town.clock).work_one(), "nothing was put down"


def test_a_schools_clerk_sends_and_sees_that_schools_part_alone(town, tmp_path):
    own, other = (school_clerk(town, unit) for unit in UNITS[:2])
    sent = send(own, school_book(tmp_path, UNITS[0]).read_bytes(), part="", unit=UNITS[1]).json()
    foreign = send(own, school_book(tmp_path, UNITS[1]).read_bytes()).json()
    assert (sent["kind"], sent["unit"]) == ("part", UNITS[0]), "whatever the form says"
    work_off(town)
    path = f"/v1/imports/{sent['id']}"
    assert own.get(path).json()["state"] == "examined"
    assert own.get(f"/v1/imports/{foreign['id']}").json()["state"] == "unsound"
    for look in (path, f"{path}/problems", f"{path}/workbook", f"/v1/jobs/{sent['id']}"):
        assert other.get(look).status_code == 404
    assert act(other, f"{path}/acceptance").status_code == 404
    assert other.get("/v1/imports").json()["imports"] == []
    assert len(town.of(Role.AUDITOR).get("/v1/imports").json()["imports"]) == 2
    assert act(own, f"{path}/acceptance").status_code == 201


def test_parts_are_put_together_and_what_is_missing_is_told(town, tmp_path):
    clerk = town.of(Role.CLERK)
    rest = [table for table in county_tables() if table.table not in ("任职", "学期考核")]
    whole = write_tables(county_rules().program, rest)
    books = [(whole, ""), *((school_book(tmp_path, unit).read_bytes(), unit) for unit in UNITS[:-1])]
    sent = [send(clerk, content, part="true", unit=unit).json()["id"] for content, unit in books]
    work_off(town)
    for one in sent:
        assert act(clerk, f"/v1/imports/{one}/acceptance").status_code == 201
    asked = act(clerk, "/v1/imports/assembly", rule_set=county_rules().program.fingerprint)
    assert asked.status_code == 202
    work_off(town)
    path = f"/v1/imports/{asked.json()['id']}"
    found = clerk.get(path).json()
    assert found["state"] == "examined", clerk.get(f"{path}/problems").text
    assert found["missing"]["任职"] == [UNITS[-1]]
    assert {one["unit"] for one in found["parts"] if one["table"] == "任职"} == set(UNITS[:-1])
    assert act(clerk, f"{path}/acceptance").json()["snapshot"] == found["snapshot"]
