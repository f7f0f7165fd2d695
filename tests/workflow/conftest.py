from datetime import UTC, datetime
from pathlib import Path

import pytest

from payroll_service.book.records import Bureau
from payroll_service.store import migrate, open_store
from payroll_service.workflow.import_workbook import import_workbook
from tests.sample_county import county_rules, write_csv_folder

BUREAU = Bureau("dushan", "独山县教育局")
NOW = datetime(2021, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def store(database_url):
    """An empty store at the newest revision, on both databases."""
    migrate(database_url)
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def county_folder(tmp_path_factory) -> Path:
    return write_csv_folder(tmp_path_factory.mktemp("county") / "独山")


@pytest.fixture
def imported(store, county_folder):
    return import_workbook(store, BUREAU, county_rules(), county_folder, "经办", NOW)
