"""docs/systems.md keeps its word: every file it names exists, and every command passes.

Every file of examples in the repository holds three, and every rule set and scheme has one.
"""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from payroll_service.cli import app
from rules.language.source import plain, read_source

ROOT = Path(__file__).parents[2]
EXAMPLE_FILES = sorted((ROOT / "rules" / "examples").rglob("*.yaml"))
PAGE = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
RULE_SETS, EXAMPLES, COMMANDS = 2, 3, 4  # columns
FEWEST_EXAMPLES = 3  # in a file
FEWEST_IN_ALL = 200


def quoted(column: int) -> list[tuple[str, str]]:
    """Every text between backticks in one column, with the number of its row."""
    return [(row[0].strip(), text) for row in ROWS for text in re.findall(r"`([^`]+)`", row[column])]


@cache
def worked(path: Path) -> dict[str, Any]:
    """A file of examples as written."""
    written = plain(read_source(path.read_text(encoding="utf-8"), path.name))
    assert isinstance(written, dict)
    return written


def test_the_table_has_the_22_rows_in_order():
    assert [row[0].strip() for row in ROWS] == [str(number) for number in range(1, 23)]


def test_a_row_has_files_examples_and_a_command_or_none_of_them():
    numbers = [{number for number, _ in quoted(column)} for column in (RULE_SETS, EXAMPLES, COMMANDS)]
    assert numbers[0] == numbers[1] == numbers[2]


@pytest.mark.parametrize(("number", "path"), quoted(RULE_SETS) + quoted(EXAMPLES))
def test_every_file_is_there(number, path):
    assert (ROOT / path).is_file(), f"row {number}: {path} is missing"


@pytest.mark.parametrize(
    "path", EXAMPLE_FILES, ids=lambda path: path.relative_to(ROOT / "rules" / "examples").as_posix()
)
def test_every_file_of_examples_has_at_least_three(path):
    assert len(worked(path)["用例"]) >= FEWEST_EXAMPLES


def test_every_rule_set_and_scheme_has_worked_examples():
    tried = set()
    for path in EXAMPLE_FILES:
        for each in (worked(path), *worked(path)["用例"]):
            named = [*([each["规则集"]] if "规则集" in each else []), *each.get("方案", [])]
            tried |= {(path.parent / name).resolve() for name in named}
    written = set((ROOT / "rules" / "sets").rglob("*.yaml"))
    assert written - tried == {path for path in written if path.name == "sample.yaml"}


@pytest.mark.parametrize(("number", "command"), quoted(COMMANDS))
def test_every_command_passes(number, command, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, f"row {number}: {result.output}"


def test_at_least_200_worked_examples_and_each_cites_its_source():
    cited = {
        (str(path), case["名称"]): str(case.get("来源", "")).strip()
        for path in EXAMPLE_FILES
        for case in worked(path)["用例"]
    }
    assert [name for name, source in cited.items() if not source] == []
    assert len(cited) >= FEWEST_IN_ALL
