"""What a teacher reads of a correction that holds her back, or has taken her out of the data."""

import json
import re

import pytest

from payroll_service.access.roles import Role
from payroll_service.book.money import grouped, text_fen
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_workbook import import_workbook
from tests import acts
from tests.api.conftest import PERIOD
from tests.api.sqlite_first import database_url as database_url
from tests.sample_county import county_rules, county_tables, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW


@pytest.fixture
def corrected(town, tmp_path):
    """The town's run is approved, and then corrected by the workbook with these changed cells, or without her."""
    with town.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, town.payee).number

    def run(held: bool = False) -> str:
        people = next(table for table in county_tables() if table.table == "人员").columns["证件号码"]
        change = {("人员", "账号待核", list(people).index(number)): "是"} if held else {}
        folder = write_csv_folder(tmp_path / "更正", change)
        for sheet in () if held else folder.iterdir():
            lines = sheet.read_text(encoding="utf-8-sig").splitlines(keepends=True)
            sheet.write_text("".join(line for line in lines if number not in line), encoding="utf-8-sig")
        snapshot = import_workbook(town.store, BUREAU, county_rules(), folder, "clerk", NOW).snapshot
        acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
        again = calculate_run(town.store, BUREAU.bureau, snapshot, PERIOD, "clerk", NOW).run.run_id
        acts.approve(town.store, BUREAU.bureau, again, "局长", NOW)
        return again

    return run


def total(town, run) -> int:
    with town.store.reading() as session:
        record = session.runs.record(BUREAU.bureau, run, town.payee)
    return text_fen(json.loads(record.content)["total"])


def test_whom_a_correction_takes_out_reads_what_it_takes_back(town, corrected):
    again = corrected()
    teacher = town.of(Role.TEACHER)
    page = teacher.get(f"/my/{again}")
    assert page.status_code == 200
    for words in ("数据里已经没有您", grouped(-total(town, town.run))):
        assert words in page.text
    assert "数据里已经没有您" not in teacher.get(f"/my/{town.run}").text
    assert teacher.get(f"/v1/me/payouts/{again}/explanation").json()["items"] == []
    office = town.of(Role.CLERK).get(f"/runs/{again}/payees/{town.payee}").text
    assert "数据里已经没有这个人" in office
    change = teacher.get(f"/my/{again}/change")
    assert change.status_code == 200
    assert f"只核定差额 -{grouped(total(town, town.run))}" in change.text


def test_a_correction_that_holds_her_back_grants_nothing_and_takes_nothing_back(town, corrected):
    again = corrected(held=True)
    html = town.of(Role.TEACHER).get(f"/my/{again}/change").text
    said = re.sub(r"<[^>]+>", "", html)
    for words in ("这一次暂缓发放", "只核定差额 0.00。暂缓期间不补也不退，以前核定的照旧。"):
        assert words in said
