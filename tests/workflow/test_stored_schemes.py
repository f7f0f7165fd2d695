"""A run under a rule set with schemes is stored, explained and replayed from what is stored."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from payroll_service.book.records import Bureau
from payroll_service.cli.stored import opened
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_payout import explain_stored
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.replay_run import replay_run
from tests.rules.test_schemes import PARENT, POOL, ROWS, SCORES

NOW = datetime(2021, 3, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path) -> tuple[Path, list[Path], Path]:
    texts = {"县.yaml": PARENT, "甲.yaml": SCORES, "乙.yaml": POOL}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    book = tmp_path / "表"
    book.mkdir()
    for table, rows in ROWS.items():
        lines = [",".join(rows[0]), *(",".join(value or "" for value in row.values()) for row in rows)]
        (book / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "县.yaml", [tmp_path / "甲.yaml", tmp_path / "乙.yaml"], book


def test_a_run_with_schemes_is_replayed_from_the_book(files, tmp_path):
    rules, schemes, book = files
    loaded, bureau = load_rules(rules, schemes), Bureau("b", "b")
    with opened(str(tmp_path / "book.db")) as store:
        imported = import_workbook(store, bureau, loaded, book, "甲", NOW)
        finished = calculate_run(store, "b", imported.snapshot, "2020-2021-1", "甲", NOW)
        assert finished.run.rule_set == loaded.program.fingerprint
        used = [(one.name, one.version, one.fingerprint) for one in finished.calculation.receipt.schemes]
        assert sorted(used) == sorted(
            (one.name, one.version, one.fingerprint) for one in loaded.program.schemes
        )
        assert len(set(used)) == len(schemes)
        assert explain_stored(store, "b", finished.run.run_id, "B1")
        replayed = replay_run(store, "b", finished.run.run_id)
        assert [check for check in replayed.checks if not check.holds] == []
        with store.reading() as session:
            kept = {each.fingerprint: each.extends for each in session.rule_sets.all("b")}
    alone = load_rules(rules).program.fingerprint
    assert kept == {alone: None, loaded.program.fingerprint: alone}
