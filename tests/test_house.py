"""What stands in the repository: nothing of the machine it was written on, and locks made of hashes alone."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]

SOMEONES_FOLDER = re.compile(rb"(?<![\w.$}-])/(?:home/[a-z]|Users/[A-Za-z]|root/)")
PINNED = re.compile(r"[a-z0-9][a-z0-9-]*==\S+(?: ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
COMMENT = re.compile(r"\s*#.*")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_folder_of_the_machine_it_was_written_on():
    this_checkout = str(ROOT).encode() if len(ROOT.parts) > 2 else None  # a container may well use /app
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if SOMEONES_FOLDER.search(content) or (this_checkout and this_checkout in content):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_versions_and_hashes_and_no_address(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    odd = [
        line
        for line in lines
        if "://" in line or not (PINNED.fullmatch(line) or HASH.fullmatch(line) or COMMENT.fullmatch(line))
    ]
    assert odd == []
    assert len([line for line in lines if PINNED.fullmatch(line)]) > 20


def test_what_is_installed_to_run_is_what_was_tested():
    runtime, dev = (
        {line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if PINNED.fullmatch(line)}
        for lock in LOCKS
    )
    assert runtime <= dev


def test_this_python_is_one_that_the_project_promises():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert (3, 11) <= sys.version_info[:2] < (3, 14)


FLOATS = {
    "payroll_service/workbook/sample.py": 1
}  # a number cell of an invented workbook, as a clerk's would be


def test_no_float_is_made_in_the_product():
    """Money is whole fen; what a workbook must keep as a double is divided once, in export/sheets.py."""
    made: dict[str, int] = {}
    divided: set[str] = set()
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py" and name.startswith(("api/", "payroll_service/", "rules/")):
            calls = [
                node.func.id
                for node in ast.walk(ast.parse(path.read_bytes()))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            ]
            made |= {name: calls.count("float")} if "float" in calls else {}
            divided |= {name} if re.search(rb"fen / 100", path.read_bytes()) else set()
    assert made == FLOATS
    assert divided == {"payroll_service/export/sheets.py"}
