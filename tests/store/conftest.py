import pytest

from payroll_service.store import migrate, open_store
from payroll_service.store.store import Store
from tests.store.shelf import fill


@pytest.fixture
def store(database_url, models):
    """An empty store at the newest revision."""
    models.move_in("newest", database_url, migrate)
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def shelf(store: Store):
    """The store, filled."""
    return fill(store)
