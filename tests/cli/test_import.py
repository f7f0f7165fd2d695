"""Importing as a clerk does it: what would change is shown first, and nothing is stored unseen."""

import sys

import pytest
import typer

from payroll_service.cli.differences import confirm
from payroll_service.errors import NotConfirmed
from tests.cli.test_commands import payroll
from tests.sample_county import RULES, write_csv_folder


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


def test_problems_are_written_beside_each_other(database, tmp_path):
    bad = write_csv_folder(tmp_path / "坏", {("任职", "起", 0): "昨天"})
    done = import_(database, bad, "--problems", tmp_path / "out" / "problems.csv")
    assert done.exit_code == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"problems.csv", "problems.xlsx"}


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
