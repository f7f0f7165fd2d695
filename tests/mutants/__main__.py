"""Try seeded mutants of the language and the evaluators against the quick tests: `make mutants MUTANTS=500 SEED=1`.

What became of each is kept in build/mutants/, so that a run that was stopped goes on, and after a change of the tests
only survivors are tried again. The report with the score and every survivor is build/mutants.md. While one writes a
test, `python -m tests.mutants --only tests/rules/test_new.py` puts all that still live to that file alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.mutants.mutations import Mutant, sample
from tests.mutants.reach import QUICK, TESTS, Reach, recorded, state
from tests.mutants.trial import Trial, load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "mutants"
SOURCES = ("rules/language", "payroll_service/calculation")
LEAST = 0.85  # of the mutants, for the tests to be good enough
SECONDS = (6, 30)  # of the processor, after which no further test is begun: the quickest tests, the rest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--only", nargs="+", help="test files that the living are put to; who survives is not noted"
    )
    asked = parser.parse_args()
    folder = FOLDER / "only" if asked.only else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    load()
    reach = recorded(ROOT, folder, SOURCES, asked.only or TESTS)
    drawn, among = sample(ROOT, SOURCES, asked.mutants, asked.seed)
    verdicts = Verdicts(FOLDER / "verdicts.jsonl", state(ROOT), asked.only is None)
    for _ in tried(drawn, reach, verdicts, asked.jobs):
        text = report(drawn, f"drawn from {among} with seed {asked.seed}", verdicts)
        (ROOT / "build" / "mutants.md").write_text(text, "utf-8")
    print(text.split("\n")[2])  # noqa: T201
    print("build/mutants.md names the survivors.")  # noqa: T201
    if not asked.only and sum(verdicts[one].startswith("killed") for one in drawn) < LEAST * len(drawn):
        raise SystemExit(f"Fewer than {LEAST:.0%} are killed: the tests do not notice enough.")


class Verdicts:
    """What became of each mutant.

    The dead stay dead while their source is the same; survivors survive while no source and no test has changed.
    """

    def __init__(self, kept: Path, now: str, survivors: bool = True) -> None:
        self.kept, self.now, self.survivors = kept, now, survivors
        self.known: dict[str, str] = {}
        for one in map(json.loads, kept.read_text("utf-8").splitlines() if kept.exists() else []):
            same = one["source"] == _source(one["key"].split(":")[0])
            if (survivors and one["now"] == now) or (same and one["verdict"].startswith("killed")):
                self.known[one["key"]] = one["verdict"]

    def __getitem__(self, mutant: Mutant) -> str:
        return self.known.get(mutant.key, "")

    def say(self, mutant: Mutant, verdict: str) -> None:
        if not self.survivors and not verdict.startswith("killed"):
            return
        self.known[mutant.key] = verdict
        entry = {"key": mutant.key, "source": _source(mutant.path), "now": self.now, "verdict": verdict}
        with self.kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def _source(path: str) -> str:
    file = ROOT / path
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def tried(drawn: list[Mutant], reach: Reach, verdicts: Verdicts, jobs: int) -> Iterator[None]:
    """Every mutant whose end is not known yet is put to its quickest tests, at last to the rest; a step for each end."""
    waiting = deque((one, reach.tests(one), 0) for one in drawn if not verdicts[one])
    running: list[tuple[Trial, Mutant, list[str], int]] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, auto_refresh=False) as progress:
        task = progress.add_task("mutants", total=len(drawn), completed=len(drawn) - len(waiting))
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant, tests, stage = waiting.popleft()
                if not tests:
                    verdicts.say(mutant, "no test")
                    continue
                part = {test: reach.seconds[test] for test in (tests[QUICK:] if stage else tests[:QUICK])}
                running.append((Trial.start(ROOT, mutant, part, SECONDS[stage]), mutant, tests, stage))
            time.sleep(0.02)
            for entry in list(running):
                trial, mutant, tests, stage = entry
                verdict = trial.verdict()
                if verdict is None:
                    continue
                running.remove(entry)
                if verdict == "survived" and stage == 0 and len(tests) > QUICK:
                    waiting.append((mutant, tests, 1))
                    continue
                verdicts.say(mutant, verdict)
                progress.update(task, advance=1, description=mutant.path, refresh=True)
                yield
    yield


def report(drawn: list[Mutant], title: str, verdicts: Verdicts) -> str:
    """The score, and each survivor with its line, as Markdown."""
    ended = [one for one in drawn if verdicts[one]]
    counted = Counter(verdicts[one] for one in ended)
    dead = counted["killed"] + counted["killed by time"]
    score = f"{dead} of {len(ended)} mutants killed ({dead / max(1, len(ended)):.1%}), {title}."
    more = f"{counted['killed by time']} of them by time. {len(drawn) - len(ended)} are still to be tried."
    lines = ["# Mutants", "", score, more, "", "| File | Line | Change | |", "|---|---|---|---|"]
    for one in sorted(ended, key=lambda one: (one.path, one.line)):
        if not verdicts[one].startswith("killed"):
            text = (ROOT / one.path).read_text("utf-8").split("\n")[one.line - 1].strip().replace("|", "\\|")
            lines.append(f"| {one.path} | {one.line} | {one.what}: `{text}` | {verdicts[one]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
