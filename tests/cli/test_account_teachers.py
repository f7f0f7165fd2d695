"""payroll account-teachers: the list is written whole or nobody has an account."""

import pytest
from python_calamine import CalamineWorkbook

from payroll_service.store import open_store
from payroll_service.workflow.open_accounts import count_waiting
from tests.cli.test_approvals import place as place
from tests.cli.test_commands import payroll
from tests.sample_county import county_tables

PUBLIC = ("--public-url", "https://gongzi.example.cn/")


def rows(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]


def waiting(place):
    store = open_store(f"sqlite:///{place[1]}")
    try:
        return count_waiting(store, "dushan")
    finally:
        store.close()


def test_all_teachers_get_accounts_a_school_first_and_the_rest_later(place, tmp_path):
    path, everybody = tmp_path / "名单.xlsx", waiting(place).without_account
    options = ("--by", "信息员", *PUBLIC, *place)
    (tmp_path / "a file").write_text("")
    unwritten = payroll("account-teachers", "--out", tmp_path / "a file" / "名单.xlsx", *options)
    assert unwritten.exit_code == 1
    assert waiting(place).without_account == everybody, "no account without its line"
    done = payroll("account-teachers", "--out", path, "--unit", "X001", *options)
    assert done.exit_code == 0, done.output
    school = rows(path)
    assert f"开了户 {len(school)} 人" in done.output
    assert 0 < len(school) < everybody
    assert payroll("account-teachers", "--out", path, *options).exit_code == 0
    rest = rows(path)
    assert len(school) + len(rest) == everybody
    assert {row[3].rpartition("/")[0] for row in rest} == {"https://gongzi.example.cn/reset"}
    nobody = payroll("account-teachers", "--out", path, *options)
    assert (nobody.exit_code, "没有还没有账号的" in nobody.output) == (1, True)
    assert payroll("account-teachers", "--out", path, "--renew", *options).exit_code == 0
    again = rows(path)
    assert {row[2] for row in again} == {row[2] for row in [*school, *rest]}
    assert not {row[3] for row in again} & {row[3] for row in [*school, *rest]}
    assert waiting(place).without_password == everybody


@pytest.mark.parametrize("column", ["证件号码", "银行账号"])
def test_the_list_has_no_number_of_anybody(place, tmp_path, column):
    path = tmp_path / "名单.xlsx"
    assert payroll("account-teachers", "--out", path, "--by", "信息员", *place).exit_code == 0
    text = str(rows(path))
    people = next(table for table in county_tables() if table.table == "人员").columns
    assert not [number for number in people[column] if str(number) in text]
    assert sum(str(name) in text for name in people["姓名"]) > 600
