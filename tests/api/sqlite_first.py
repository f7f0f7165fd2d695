"""For tests of what asks no database itself: `database_url` is SQLite in `make test`, PostgreSQL too in `make torture`.

What the pages and the rights call is tried on both in tests/store, tests/workflow and the acts of the API.
"""

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.torture)])
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database_url")
