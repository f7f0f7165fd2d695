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
def filled(database_url, models, county_folder, request):
    """What the import gave, where a test asks for the county (`imported`); else the newest tables are empty."""
    if "imported" not in request.fixturenames:
        return models.move_in("newest", database_url, migrate)

    def fill(url):
        migrate(url)
        store = open_store(url)
        given = import_workbook(store, BUREAU, county_rules(), county_folder, "经办", NOW)
        store.close()
        return given

    return models.move_in("imported", database_url, fill)


@pytest.fixture
def store(database_url, filled):
    """A store at the newest revision, on both databases."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def county_folder(tmp_path_factory) -> Path:
    return write_csv_folder(tmp_path_factory.mktemp("county") / "独山")


@pytest.fixture
def imported(store, filled):
    """The county's snapshot is in the store."""
    return filled
