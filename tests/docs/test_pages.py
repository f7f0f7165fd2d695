"""docs/arrears.md and docs/prefecture.md keep their word: their files are written, their commands run in order, and print
what the page shows.

A line `…` stands for any lines, a line that ends in … for one that begins so. To renew what is shown, take it out, run this
file with RENEW_PAGES=1 and read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from payroll_service.cli import app, printing

ROOT = Path(__file__).parents[2]
ARREARS, PREFECTURE = (ROOT / "docs" / f"{name}.md" for name in ("arrears", "prefecture"))
RULES = re.compile(r"rules/(?:sets|examples)/[\w/-]+\.yaml")
FILES = re.compile(r"^`([^`\n]+\.csv)`：\n\n```csv\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WIDTH = 120


@pytest.fixture
def page(request, tmp_path, monkeypatch):
    """A page, read in a folder as a reader's: the rule sets and worked examples that it names, the page's files, no database yet."""
    text = request.param.read_text(encoding="utf-8")
    for rules in set(RULES.findall(text)):
        (tmp_path / rules).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / rules, tmp_path / rules)
    for name, content in FILES.findall(text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("PAYROLL_DATABASE_URL", "PAYROLL_BUREAU"):
        monkeypatch.delenv(name, raising=False)
    for console in (printing.out, printing.err):
        monkeypatch.setattr(console, "_width", WIDTH)
    return request.param


def printed(command: str) -> list[str]:
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, f"{command}\n{result.output}"
    return [line.rstrip() for line in result.output.splitlines() if line.strip()]


def matches(lines: list[str], shown: list[str]) -> bool:
    if not shown:
        return not lines
    if shown[0] == "…":
        return any(matches(lines[start:], shown[1:]) for start in range(len(lines) + 1))
    if not lines:
        return False
    same = lines[0].startswith(shown[0][:-1]) if shown[0].endswith("…") else lines[0] == shown[0]
    return same and matches(lines[1:], shown[1:])


def commands(text: str) -> list[tuple[str, list[str]]]:
    """(command, lines shown below it) of every console block, in order."""
    found = []
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, [line.rstrip() for line in shown.splitlines() if line.strip()]))
    return found


@pytest.mark.parametrize("page", [ARREARS, PREFECTURE], ids=lambda path: path.stem, indirect=True)
def test_every_command_prints_what_the_page_shows(page):
    text = page.read_text(encoding="utf-8")
    renew = bool(os.environ.get("RENEW_PAGES"))
    for command, shown in commands(text):
        lines = printed(command)
        if renew and not shown:
            text = text.replace(f"$ {command}\n", "\n".join([f"$ {command}", *lines]) + "\n", 1)
        else:
            assert matches(lines, shown), "\n".join([command, *lines])
    if renew:
        page.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", [ARREARS], indirect=True)
def test_the_page_writes_a_payment_list_that_adds_up(page):
    for command, _ in commands(page.read_text(encoding="utf-8"))[:7]:
        printed(command)
    rows = CalamineWorkbook.from_path("付款单1.xlsx").get_sheet_by_name("付款清单").to_python()
    names, sent = [row[2] for row in rows[1:-1]], [row[-1] for row in rows[1:]]
    # worked by hand in the page
    wanted = {
        "韦文": 8891.31,
        "陆秀兰": 2667.39,
        "王建国": 1185.51,
        "莫永忠": 5469.63,
        "杨芳": 1600.0,
        "吴琴": 186.16,
    }
    assert dict(zip(names, sent, strict=False)) == wanted
    assert sent[-1] == 20000.0
