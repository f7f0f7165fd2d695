"""Importing as a clerk does it: what would change is shown first, and nothing is stored unseen."""

import sys

import pytest
import typer

from payroll_service.cli.differences import confirm
from payroll_service.errors import NotConfirmed
from payroll_service.workbook.sheets import column_letters
from tests.cli.test_commands import SEMESTER, payroll, rows
from tests.sample_county import RULES, county_tables, write_csv_folder


@pytest.fixture
def database(tmp_path):
    first = payroll(
        "import",
        "--rules",
        RULES,
        "--input",
        write_csv_folder(tmp_path / "一"),
        "--database",
        tmp_path / "x.db",
    )
    assert first.exit_code == 0, first.output
    assert "第一次入库" in first.output
    return tmp_path / "x.db"


@pytest.fixture
def changed(tmp_path):
    return write_csv_folder(tmp_path / "二", {("任职", "绩效标准", 0): "1234.50"})


def import_(database, source, *more):
    return payroll("import", "--rules", RULES, "--input", source, "--database", database, *more)


def test_differences_are_shown_and_a_dry_run_stores_nothing(database, changed):
    for _ in range(2):
        done = import_(database, changed, "--dry-run")
        assert done.exit_code == 0
        assert "→ 1234.50" in done.output
        assert "没有入库" in done.output


def test_without_a_person_at_the_terminal_nothing_is_stored_and_nothing_hangs(database, changed):
    done = import_(database, changed)
    assert done.exit_code == 1
    assert "--yes" in done.output
    assert "→ 1234.50" in import_(database, changed, "--dry-run").output


def test_yes_stores_and_the_same_again_asks_nothing(database, changed):
    assert import_(database, changed, "--yes").exit_code == 0
    again = import_(database, changed)
    assert again.exit_code == 0
    assert "与已入库的数据相同" in again.output


@pytest.fixture
def with_hint(changed):
    """A sheet that no table is named like."""
    (changed / "花名册.csv").write_text("甲\n1\n", encoding="utf-8")
    return changed


@pytest.mark.parametrize("how", ["--dry-run", "--yes"])
def test_hints_are_told_before_the_differences(database, with_hint, how):
    told = import_(database, with_hint, how).output
    assert told.count("提示：花名册.csv") == 1
    assert told.index("提示：花名册.csv") < told.index("与上次入库的数据相比")


def test_hints_are_told_though_nobody_has_agreed(database, with_hint):
    assert "提示：花名册.csv" in import_(database, with_hint).output


def test_problems_are_written_beside_each_other(database, tmp_path):
    bad = write_csv_folder(tmp_path / "坏", {("任职", "起", 0): "昨天"})
    done = import_(database, bad, "--problems", tmp_path / "out" / "problems.csv")
    assert done.exit_code == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"problems.csv", "problems.xlsx"}


def listed(folder):
    return [(line["表"], line["单元格"], line["类别"]) for line in rows(folder / "problems.csv")]


@pytest.fixture
def without_a_score(tmp_path):
    """Nobody knows the score of one post, and another post has no pay."""
    folder = write_csv_folder(tmp_path / "缺", {("任职", "绩效标准", 0): "0"})
    sheet = folder / "学期考核.csv"
    heading, first, *others = sheet.read_text(encoding="utf-8-sig").splitlines()
    sheet.write_text("\n".join([heading, *others]) + "\n", encoding="utf-8-sig")
    return folder, first.split(",")[0]


def test_without_a_period_rows_that_a_run_would_miss_are_not_told(database, without_a_score):
    assert import_(database, without_a_score[0], "--yes").exit_code == 0


def test_with_a_period_the_rows_that_a_run_would_miss_are_told_and_nothing_is_stored(
    database, without_a_score, tmp_path
):
    folder, person = without_a_score
    out = tmp_path / "out"
    done = import_(database, folder, "--period", SEMESTER, "--problems", out / "problems.csv", "--yes")
    assert done.exit_code == 2
    assert "没有入库" in done.output
    line, unmet, *later = rows(out / "problems.csv")
    assert (line["表"], line["类别"]) == ("任职.csv", "无法计算")
    assert person in line["问题"]
    assert line["单元格"]
    assert unmet["类别"] == "必须"
    assert {each["级别"] for each in later} == {"提示"}
    assert "没有入库" in import_(database, folder, "--dry-run").output


def test_with_a_period_a_check_that_must_hold_is_told_in_its_cell(database, tmp_path):
    bad = write_csv_folder(tmp_path / "零", {("任职", "绩效标准", 3): "0"})
    out = tmp_path / "out"
    month = import_(database, bad, "--period", "2020-09", "--problems", out / "problems.csv", "--yes")
    assert month.exit_code == 2
    [(sheet, cell, kind)] = listed(out)
    assert (sheet, kind) == ("任职.csv", "必须")
    table = next(one for one in county_tables() if one.table == "任职")
    heading = list(table.columns).index("绩效标准")
    assert cell == f"{column_letters(heading)}5"


def test_several_periods_are_told_once_and_a_sound_workbook_is_stored(database, changed, tmp_path):
    bad = write_csv_folder(tmp_path / "零", {("任职", "绩效标准", 3): "0"})
    both = ("--period", "2020-09", "--period", "2020-10")
    import_(database, bad, *both, "--problems", tmp_path / "problems.csv")
    assert len(listed(tmp_path)) == 1
    assert import_(database, changed, *both, "--yes").exit_code == 0


def test_a_part_cannot_be_tried(database, changed):
    assert "--period" in import_(database, changed, "--part", "--period", SEMESTER).output


def at_a_terminal(monkeypatch, answer):
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr(typer, "confirm", lambda question, default: answer)


def test_a_person_at_the_terminal_is_asked(monkeypatch):
    at_a_terminal(monkeypatch, True)
    confirm("确认入库？", False)
    at_a_terminal(monkeypatch, False)
    with pytest.raises(NotConfirmed):
        confirm("确认入库？", False)


def test_parts_are_received_listed_and_put_together(tmp_path):
    where = ("--database", tmp_path / "p.db")
    folder = write_csv_folder(tmp_path / "县")
    late = tmp_path / "后到"
    late.mkdir()
    (folder / "任职.csv").rename(late / "任职.csv")
    sent = payroll("import", "--part", "--rules", RULES, "--input", folder, *where)
    assert sent.exit_code == 0, sent.output
    assert "还没有：任职" in payroll("parts", "--rules", RULES, *where).output
    assert payroll("assemble", "--rules", RULES, *where).exit_code == 1
    assert payroll("import", "--part", "--rules", RULES, "--input", late, *where).exit_code == 0
    done = payroll("assemble", "--rules", RULES, "--yes", *where)
    assert done.exit_code == 0, done.output
    assert "已入库" in done.output
