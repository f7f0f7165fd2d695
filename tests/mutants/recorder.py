"""A pytest plugin for the run that records which test reaches which line, and how long each test takes."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

DURATIONS = "MUTANTS_DURATIONS"
took: defaultdict[str, float] = defaultdict(float)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """What a test module does while it is imported is reached by all its tests."""
    coverage = Coverage.current()
    if coverage is not None and isinstance(collector, pytest.Module):
        coverage.switch_context(f"{collector.nodeid}|import")
    return (yield)


def pytest_runtest_setup() -> None:
    """A test reaches what it compiles, whether or not one before it has compiled the same."""
    loading = sys.modules.get("payroll_service.workflow.load_rules")
    if loading is not None:
        loading.rules_from.cache_clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    took[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        Path(os.environ[DURATIONS]).write_text(json.dumps(took), "utf-8")
