"""The town of the API's tests, on SQLite unless a test asks for both databases."""

import pytest

from tests.api.conftest import town as town
from tests.api.conftest import towns as towns


@pytest.fixture
def database_url(sqlite_database_url):
    return sqlite_database_url
