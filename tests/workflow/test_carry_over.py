"""上期 in the book: each month begins where the last approved one ended, sealed, replayed; on both databases."""

from datetime import timedelta

import pytest

from payroll_service.errors import NotApprovable, UnknownRun
from payroll_service.store.triggers import put_on, take_off
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.replay_run import replay_run
from tests import acts
from tests.calculation.test_closing_rows import TEXT
from tests.workflow.conftest import BUREAU, NOW

PERSON, OTHER = "11010519491231002X", "110105194912310038"


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return load_rules(path)


def receive(store, rules, tmp_path, owed: int, opening: str = "", name: str = "data"):
    """One post of one person who owes so many yuan; `opening`: rows of the 上期 table."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "学校.csv").write_text("学校代码\nA01\n", encoding="utf-8")
    (folder / "人员.csv").write_text(f"证件号码\n{PERSON}\n", encoding="utf-8")
    posts = f"证件号码,学校代码,起,止,应扣\n{PERSON},A01,2015-09-01,,{owed}\n"
    (folder / "任职.csv").write_text(posts, encoding="utf-8")
    if opening:
        (folder / "上期余额.csv").write_text(
            f"证件号码,学校代码,起,未扣,几个月\n{opening}\n", encoding="utf-8"
        )
    return import_workbook(store, BUREAU, rules, folder, "经办", NOW)


def run(store, period):
    return calculate_run(store, BUREAU.bureau, "", period, "经办", NOW)


def approve(store, finished):
    acts.approve(store, BUREAU.bureau, finished.run.run_id, "局长", NOW + timedelta(hours=1))
    return finished


def paid(finished) -> int:
    return finished.calculation.receipt.amount_fen


def faithful(store, finished) -> bool:
    return replay_run(store, BUREAU.bureau, finished.run.run_id).faithful


def test_1200_yuan_are_taken_over_three_months_each_run_on_its_own(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200)
    months = [approve(store, run(store, month)) for month in ("2020-09", "2020-10", "2020-11")]
    assert [paid(one) for one in months] == [100_00, 100_00, 400_00]
    assert [one.calculation.receipt.carried for one in months[:1]] == [()]
    assert [one.calculation.receipt.carried[0].run for one in months[1:]] == ["2020-09-r1", "2020-10-r1"]
    assert all(faithful(store, one) for one in months)


def test_what_is_not_approved_is_not_carried_over(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200)
    run(store, "2020-09")
    assert run(store, "2020-10").calculation.receipt.carried == ()


def test_a_month_that_was_skipped_is_no_wall(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200)
    approve(store, run(store, "2020-09"))
    assert paid(approve(store, run(store, "2020-12"))) == 100_00


def test_the_first_time_the_workbook_may_bring_the_balance_and_later_not(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200, f"{PERSON},A01,2015-09-01,300,7")
    assert paid(approve(store, run(store, "2020-09"))) == 300_00
    with pytest.raises(UnknownRun, match="2020-09-r1"):
        run(store, "2020-10")


def test_a_correction_of_the_month_before_must_be_carried_over_again(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200)
    approve(store, run(store, "2020-09"))
    october = run(store, "2020-10")
    receive(store, rules, tmp_path, 700, name="late")
    approve(
        store, run(store, "2020-09")
    )  # 700: 500 now, 200 left, as 100 granted: nothing due, but another balance
    with pytest.raises(NotApprovable, match="2020-09-r2"):
        approve(store, october)
    again = approve(store, run(store, "2020-10"))
    assert paid(again) == 400_00  # 600 − 200
    assert faithful(store, again)


def test_a_balance_that_was_tampered_with_is_found(store, rules, tmp_path):
    receive(store, rules, tmp_path, 1200)
    first = approve(store, run(store, "2020-09"))
    second = run(store, "2020-10")
    with store.database.writer.begin() as connection:
        take_off(connection, "run")
        connection.exec_driver_sql(
            f"UPDATE run SET snapshot = '{first.run.snapshot}' WHERE run_id = '{second.run.run_id}'"
        )
        put_on(connection)
    checks = {check.name: check.holds for check in replay_run(store, BUREAU.bureau, second.run.run_id).checks}
    assert checks["上期：带入的数与批次 2020-09-r1 的期末结果相符"] is False
