"""Which tests reach a mutant: recorded once, and again when a source, a test or a document has changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
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
    "tests/workflow/test_versions.py",
)
QUICK = 60  # so many of the quickest tests come first; nearly every mutant dies there
WATCHED = ("rules", "payroll_service", "tests", "docs")
FAST = "not bench and not slow and not torture"


@dataclass(frozen=True, eq=False)
class Reach:
    """Tests by line, and the seconds each takes (measured while recording, so rather too many)."""

    root: Path
    records: list[tuple[CoverageData, frozenset[str]]]  # each with the test files whose last record it is
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the mutated line: first quick ones, then those of the file that is named as the module, then
        slow and quick in turns; then their files' rest. What an import alone runs, any test may notice.

        Slow tests try much data. The rest matter where an earlier test of the file filled a cache or a shared fixture.
        """
        contexts = self._contexts(mutant)
        direct = {c.rsplit("|", 1)[0] for c in contexts} & self.seconds.keys() or set(self.seconds)
        near = {test for file in map(_file, contexts) for test in self._by_file[file]} - direct
        ordered = self._quick_first(direct)
        named = f"/test_{Path(mutant.path).stem}.py"
        own = [test for test in ordered[QUICK:] if _file(test).endswith(named)]
        others = [test for test in ordered[QUICK:] if not _file(test).endswith(named)]
        return [*ordered[:QUICK], *own, *_in_turns(others), *self._quick_first(near)]

    def _contexts(self, mutant: Mutant) -> set[str]:
        found = set()
        for by_line, files in self._by_line(mutant.path):
            lines = range(mutant.header, mutant.end + 1) if mutant.in_function else by_line
            found |= {one for line in lines for one in by_line.get(line, ()) if _file(one) in files}
        return found

    @cache  # noqa: B019 (one object a run)
    def _by_line(self, path: str) -> list[tuple[dict[int, list[str]], frozenset[str]]]:
        return [(data.contexts_by_lineno(str(self.root / path)), files) for data, files in self.records]

    def _quick_first(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (round(self.seconds[test], 2), test))

    @cached_property
    def _by_file(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for test in self.seconds:
            found[_file(test)].append(test)
        return found


def _in_turns(ordered: list[str]) -> list[str]:
    """The last, the first, the last but one, the second …"""
    return [ordered[-1 - n // 2] if n % 2 == 0 else ordered[n // 2] for n in range(len(ordered))]


def _file(test: str) -> str:
    return test.split("|")[0].split("::")[0]


def recorded(root: Path, folder: Path, sources: tuple[str, ...], asked: Sequence[str]) -> Reach:
    """The record in the folder of what `asked` (test files and folders) reach.

    It is made anew if a source has changed, else only that of test files that have changed.
    """
    kept, everything, tests = folder / "record.json", _state(root, _rest(root)), _test_files(root, asked)
    record = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    if record.get("rest") != everything:
        record = {"rest": everything, "files": {}, "seconds": {}, "times": 0}
    files = {file: entry for file, entry in record["files"].items() if file in tests}
    stale = sorted(file for file, state in tests.items() if files.get(file, [""])[0] != state)
    seconds = {
        test: took for test, took in record["seconds"].items() if _file(test) in files.keys() - {*stale}
    }
    if stale:
        record["times"] += 1
        seconds |= _record(root, folder, record["times"], sources, stale)
        files |= {file: [tests[file], record["times"]] for file in stale}
    kept.write_text(json.dumps(record | {"files": files, "seconds": seconds}), "utf-8")
    records = []
    for time in sorted({time for _, time in files.values()}):
        data = CoverageData(str(_lines(folder, time)))
        data.read()
        records.append((data, frozenset(file for file, entry in files.items() if entry[1] == time)))
    return Reach(root, records, seconds)


def state(root: Path) -> str:
    """A fingerprint of everything that decides whether a mutant is killed."""
    return _state(root, [*_rest(root), *(root / file for file in _test_files(root, TESTS))])


def _lines(folder: Path, time: int) -> Path:
    return folder / f"lines-{time}.coverage"


def _record(
    root: Path, folder: Path, time: int, sources: tuple[str, ...], files: list[str]
) -> dict[str, float]:
    """Run the quick tests of these files, keep which lines each reaches, and give the seconds of each."""
    seconds = folder / "seconds.json"
    _lines(folder, time).unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "tests.mutants.recorder", "-m", FAST]
    command += ["-n", "2" if len(files) > 5 else "0", "--hypothesis-profile", "mutants"]
    command += ["--cov-context=test", "--cov-report=", "--cov-config=/dev/null"]
    command += [f"--cov={source}" for source in sources]
    environment = os.environ | {"COVERAGE_FILE": str(_lines(folder, time)), DURATIONS: str(seconds)}
    done = subprocess.run([*command, *files], cwd=root, env=environment, check=False)
    if done.returncode not in (0, 5):
        raise SystemExit("The tests must pass before mutants can be tried.")
    return dict(json.loads(seconds.read_text("utf-8")))


def _test_files(root: Path, asked: Sequence[str]) -> dict[str, str]:
    """The files with the tests that are asked, with the fingerprint of each."""
    found = [path for one in asked for path in (sorted((root / one).rglob("test_*.py")) or [root / one])]
    return {str(path.relative_to(root)): _state(root, [path]) for path in found}


def _rest(root: Path) -> list[Path]:
    """Sources, documents and what tests share; not the tests, nor what tries the mutants."""
    return [
        path
        for folder in WATCHED
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in (".py", ".yaml", ".md")
        and not path.name.startswith("test_")
        and Path(__file__).parent != path.parent
    ]


def _state(root: Path, paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return found.hexdigest()
