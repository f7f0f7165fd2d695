"""Try seeded mutants of the language and the evaluators against the quick tests: `make mutants MUTANTS=500 SEED=1`.

Killed mutants are remembered in build/mutants/ as long as their file stays as it is; survivors are tried again.
The report with the score and every survivor is build/mutants.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter, deque
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.mutants.mutations import Mutant, sample
from tests.mutants.reach import Reach, recorded
from tests.mutants.trial import Trial, load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "mutants"
SOURCES = ("rules/language", "payroll_service/calculation")
QUICK = 60  # so many of the quickest tests first; nearly every mutant dies there
PATIENCE = 20  # seconds on top of what the tests took while they were recorded
AT_MOST = 150  # seconds for one mutant


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    load()
    reach = recorded(ROOT, FOLDER, SOURCES)
    drawn, among = sample(ROOT, SOURCES, asked.mutants, asked.seed)
    began = time.perf_counter()
    verdicts = Verdicts(FOLDER / "killed.jsonl")
    tried(drawn, reach, verdicts, asked.jobs)
    text = report(drawn, among, verdicts, asked.seed, time.perf_counter() - began)
    (ROOT / "build" / "mutants.md").write_text(text, "utf-8")
    print(text.split("\n\n")[1])  # noqa: T201
    print("build/mutants.md names the survivors.")  # noqa: T201


class Verdicts:
    """What became of each mutant; the dead stay dead across runs while their source is the same."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
        remembered = {one["key"]: one for one in map(json.loads, lines)}
        self.known: dict[str, str] = {
            key: one["verdict"]
            for key, one in remembered.items()
            if one["source"] == _source(key.split(":", 1)[0])
        }

    def __getitem__(self, mutant: Mutant) -> str:
        return self.known.get(mutant.key, "")

    def say(self, mutant: Mutant, verdict: str) -> None:
        self.known[mutant.key] = verdict
        if verdict.startswith("killed"):
            entry = {"key": mutant.key, "source": _source(mutant.path), "verdict": verdict}
            with self.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")


def _source(path: str) -> str:
    file = ROOT / path
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def tried(drawn: list[Mutant], reach: Reach, verdicts: Verdicts, jobs: int) -> None:
    """Every mutant whose end is not known yet is put to its quickest tests, then to the rest."""
    waiting = deque((one, reach.tests(one), 0) for one in drawn if not verdicts[one])
    running: list[tuple[Trial, Mutant, list[str], int]] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, auto_refresh=False) as progress:
        task = progress.add_task("mutants", total=len(drawn), completed=len(drawn) - len(waiting))
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant, tests, stage = waiting.popleft()
                part = tests[:QUICK] if stage == 0 else tests[QUICK:]
                seconds = min(AT_MOST, PATIENCE + 3 * sum(reach.seconds[test] for test in part))
                running.append((Trial.start(ROOT, mutant, part, seconds), mutant, tests, stage))
            time.sleep(0.02)
            for entry in list(running):
                trial, mutant, tests, stage = entry
                verdict = trial.verdict()
                if verdict is None:
                    continue
                running.remove(entry)
                if verdict == "survived" and stage == 0 and len(tests) > QUICK:
                    waiting.appendleft((mutant, tests, 1))
                    continue
                verdicts.say(mutant, verdict)
                progress.update(task, advance=1, description=mutant.path, refresh=True)


def report(drawn: list[Mutant], among: int, verdicts: Verdicts, seed: int, seconds: float) -> str:
    counted = Counter(verdicts[one] for one in drawn)
    dead = counted["killed"] + counted["killed by time"]
    left = [one for one in drawn if not verdicts[one].startswith("killed")]
    score = f"{dead} of {len(drawn)} mutants killed ({dead / max(1, len(drawn)):.1%}), drawn from {among} with seed {seed}."
    lines = [
        "# Mutants",
        "",
        score,
        f"{counted['killed by time']} of them by time. This run took {seconds:.0f} s.",
        "",
    ]
    lines += ["| File | Line | Change | |", "|---|---|---|---|"]
    for one in left:
        text = (ROOT / one.path).read_text("utf-8").split("\n")[one.line - 1].strip().replace("|", "\\|")
        lines.append(f"| {one.path} | {one.line} | {one.what.replace('|', '')}: `{text}` | {verdicts[one]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
