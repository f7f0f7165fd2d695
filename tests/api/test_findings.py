"""What somebody has to look at in a run: by name, as the receipt counts it, for the office, and who looked is put down."""

import re

import pytest

from api.examples import OF
from payroll_service.access.roles import Role, Scope
from payroll_service.book.receipt import read_receipt
from payroll_service.calculation.outcome import CalculationError
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_workbook import import_workbook
from tests.api.conftest import PERIOD
from tests.api.sqlite_first import database_url as database_url
from tests.sample_county import county_rules, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

MARKED = re.compile(r"\d{9}")


def path(town) -> str:
    return f"/v1/runs/{town.run}/findings"


def reads(town):
    with town.store.reading() as session:
        return [(one.actor, one.act) for one in session.access.reads(BUREAU.bureau)]


def counted(found) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for one in found:
        counts[one["level"], one["check"]] = counts.get((one["level"], one["check"]), 0) + 1
    return counts


def test_findings_are_those_that_the_receipt_counts_each_with_who_where_and_why(town):
    answer = town.of(Role.APPROVER).get(path(town)).json()
    with town.store.reading() as session:
        receipt = read_receipt(session.runs.receipt(BUREAU.bureau, town.run))
        held = {
            record.payee_id
            for record in session.runs.records(BUREAU.bureau, town.run)
            if b'"held":""' not in record.content
        }
    checks = {(one.level, one.check): one.count for one in receipt.findings}
    roster = {(one.kind, one.rule): one.payees for one in receipt.roster if one.payees}
    assert counted(answer["findings"]) == checks | roster
    assert answer["total"] == len(answer["findings"]) == sum((checks | roster).values())
    assert {one["payee"] for one in answer["findings"] if one["level"] == "暂缓"} == held
    assert all(one["person"] and one["sentence"] and one["clause"] for one in answer["findings"])
    assert all(one["units"] for one in answer["findings"] if one["payee"])
    assert not MARKED.search(re.sub(r'"payee":"[0-9a-f]{32}"', "", town.of(Role.CLERK).get(path(town)).text))
    figures = town.of(Role.CLERK).get(f"/v1/runs/{town.run}").json()["figures"]
    assert figures["findings"] == figures["hints"] == sum(checks.values())
    listed = [one["level"] for one in answer["findings"]]
    for name, level in (("hints", "提示"), ("held_back", "暂缓"), ("not_paid", "不发")):
        assert figures[name] == listed.count(level) > 0
    assert figures["hints"] + figures["held_back"] + figures["not_paid"] == answer["total"]
    assert reads(town) == [("approver", f"findings {town.run}"), ("clerk", f"findings {town.run}")]


def test_the_example_is_the_sample_countys(town):
    found = town.of(Role.AUDITOR).get(path(town)).json()
    assert found["total"] == OF["FoundFindings.total"]
    (one,) = [one for one in found["findings"] if one["number"] == OF["FindingAnswer.number"]]
    told = {name.partition(".")[2]: value for name, value in OF.items() if name.startswith("FindingAnswer.")}
    assert told.items() <= one.items()
    assert one["units"] == [{"unit": OF["FindingUnit.unit"], "name": OF["FindingUnit.name"]}]


def test_one_check_is_asked_for_and_walked(town):
    client = town.of(Role.CLERK)
    whole = client.get(path(town)).json()["findings"]
    some = [one for one in whole if one["check"] == "得零分"]
    first = client.get(path(town), params={"check": "得零分", "limit": 2}).json()
    rest = client.get(path(town), params={"check": "得零分", "after": first["next"]}).json()
    assert (first["total"], first["findings"] + rest["findings"], rest["next"]) == (3, some, None)
    before = len(reads(town))
    nothing = client.get(path(town), params={"check": "没有这个检查"}).json()
    assert nothing == {"total": 0, "findings": [], "next": None}
    assert len(reads(town)) == before, "nobody was read of"


def test_what_one_may_not_see_is_answered_as_what_does_not_exist(town):
    unknown = town.of(Role.CLERK).get(path(town).replace(town.run, "2020-2021-1-r9"))
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-run")
    others = [town.of(role) for role in (Role.SCHOOL_CLERK, Role.TEACHER, Role.ADMIN)]
    for client in (*others, town.system(*Scope)):
        assert client.get(path(town)).json()["type"] == "/problems/not-there"
        assert client.get(f"/runs/{town.run}/findings").status_code == 404
    assert reads(town) == []


def test_who_approves_sees_from_the_runs_page_who_they_are(town):
    approver = town.of(Role.APPROVER)
    links = re.findall(
        r'href="(/runs/[^"]+/findings\?check=[^"]+)">(\d+) ', approver.get(f"/runs/{town.run}").text
    )
    assert len(links) == 5, "two checks, one rule that holds back, two that exclude"
    told = approver.get(path(town)).json()["findings"]
    for link, count in links:
        html = approver.get(link).text
        (name,) = re.findall(r"<h2>\S+　(\S+)</h2>", html)
        mine = [one for one in told if one["check"] == name]
        assert len(mine) == int(count)
        for one in mine:
            assert one["person"] in html
            assert one["sentence"] in html
            assert all(unit["name"] in html for unit in one["units"])
    paid = next(one["payee"] for one in told if one["units"])
    assert f'href="/runs/{town.run}/payees/{paid}"' in approver.get(f"/runs/{town.run}/findings").text
    assert "没有要看的" in approver.get(f"/runs/{town.run}/findings?check=x").text


def test_the_pages_lead_on_through_one_check(town, monkeypatch):
    monkeypatch.setattr("api.pages.run_people.LISTED", 4)
    client, link, seen = (
        town.of(Role.CLERK),
        f"/runs/{town.run}/findings?check=%E5%B8%88%E5%BE%B7%E4%B8%8D%E5%90%88%E6%A0%BC",
        [],
    )
    while link:
        html = client.get(link).text
        seen += re.findall(r"<tr><td>(\d+)</td>", html)
        onward = re.findall(r'rel="next" href="([^"]+)"', html)
        link = onward[0].replace("&amp;", "&") if onward else ""
    assert seen == [str(number) for number in range(1, 7)]


def test_of_a_run_that_failed_the_rows_that_stood_in_the_way(town, tmp_path):
    """Somebody's pay is nothing, which a check refuses; and nobody knows somebody's score."""
    folder = write_csv_folder(tmp_path / "缺", {("任职", "绩效标准", 3): "0"})
    scores = folder / "学期考核.csv"
    heading, first, *others = scores.read_text(encoding="utf-8-sig").splitlines()
    scores.write_text("\n".join([heading, *others]) + "\n", encoding="utf-8-sig")
    snapshot = import_workbook(town.store, BUREAU, county_rules(), folder, "clerk", NOW).snapshot
    calculate_run(town.store, BUREAU.bureau, snapshot, "2020-09", "clerk", NOW)
    with pytest.raises(CalculationError):
        calculate_run(town.store, BUREAU.bureau, snapshot, PERIOD, "clerk", NOW)
    clerk = town.of(Role.CLERK)
    found = {}
    for run in ("2020-09-r1", "2020-2021-1-r2"):
        found[run] = clerk.get(f"/v1/runs/{run}/findings").json()["findings"]
        assert f'href="/runs/{run}/findings"' in clerk.get(f"/runs/{run}").text
    unmet = [one for one in found["2020-09-r1"] if one["level"] == "必须"]
    assert unmet
    assert all(one["person"] and one["units"] for one in unmet)
    assert {one["level"] for one in found["2020-2021-1-r2"]} == {"错误"}
    number = first.split(",")[0]
    assert number[-4:] in found["2020-2021-1-r2"][0]["row"]
    html = clerk.get("/runs/2020-2021-1-r2/findings").text
    assert (number[-4:] in html, number in html) == (True, False)
