"""Which tests reach a mutant: recorded once, and again when a source, a test or a document has changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coverage import CoverageData

from tests.mutants.mutations import Mutant
from tests.mutants.recorder import DURATIONS

TESTS = (
    "tests/rules",
    "tests/calculation",
    "tests/docs",
    "tests/book",
    "tests/snapshot",
    "tests/workflow/test_examples.py",
)
QUICK = 60  # so many of the quickest tests come first; nearly every mutant dies there
WATCHED = ("rules", "payroll_service", "tests", "docs")
FAST = "not bench and not slow and not torture"


@dataclass(frozen=True)
class Reach:
    """Tests by line, and the seconds each takes (measured while recording, so rather too many)."""

    root: Path
    data: CoverageData
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the mutated line: first quick ones, then slow and quick in turns; then their files' rest.

        Slow tests try much data. The rest matter where an earlier test of the file filled a cache or a shared fixture.
        """
        contexts = self._contexts(mutant)
        direct = {c.rsplit("|", 1)[0] for c in contexts} & self.seconds.keys()
        files = {context.split("|")[0].split("::")[0] for context in contexts}
        near = {test for file in files for test in self._by_file[file]} - direct
        ordered = self._quick_first(direct)
        return [*ordered[:QUICK], *_in_turns(ordered[QUICK:]), *self._quick_first(near)]

    def _contexts(self, mutant: Mutant) -> set[str]:
        by_line = self.data.contexts_by_lineno(str(self.root / mutant.path))
        lines = range(mutant.header, mutant.end + 1) if mutant.in_function else by_line
        return {context for line in lines for context in by_line.get(line, ()) if context}

    def _quick_first(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (round(self.seconds[test], 2), test))

    @cached_property
    def _by_file(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for test in self.seconds:
            found[test.split("::")[0]].append(test)
        return found


def _in_turns(ordered: list[str]) -> list[str]:
    """The last, the first, the last but one, the second …"""
    return [ordered[-1 - n // 2] if n % 2 == 0 else ordered[n // 2] for n in range(len(ordered))]


def recorded(root: Path, folder: Path, sources: tuple[str, ...]) -> Reach:
    """The record in the folder, made anew if anything it depends on has changed."""
    key, data, seconds = folder / "key.txt", folder / "lines.coverage", folder / "seconds.json"
    now = _fingerprint(root)
    if not key.exists() or key.read_text("utf-8") != now:
        key.unlink(missing_ok=True)
        _record(root, data, seconds, sources)
        key.write_text(now, "utf-8")
    lines = CoverageData(str(data))
    lines.read()
    return Reach(root, lines, json.loads(seconds.read_text("utf-8")))


def _record(root: Path, data: Path, seconds: Path, sources: tuple[str, ...]) -> None:
    data.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "-p",
        "tests.mutants.recorder",
        "-m",
        FAST,
    ]
    command += [
        "--hypothesis-profile",
        "mutants",
        "--cov-context=test",
        "--cov-report=",
        "--cov-config=/dev/null",
    ]
    command += [f"--cov={source}" for source in sources]
    environment = os.environ | {"COVERAGE_FILE": str(data), DURATIONS: str(seconds)}
    done = subprocess.run([*command, *TESTS], cwd=root, env=environment, check=False)
    if done.returncode:
        raise SystemExit("The tests must pass before mutants can be tried.")


def _fingerprint(root: Path) -> str:
    found = hashlib.sha256()
    for folder in WATCHED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".md"):
                found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return found.hexdigest()
