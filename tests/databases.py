"""Databases that were filled once, to be copied: each test has one of its own at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from payroll_service.store.keys import key_file_of

COPIED = "STRATEGY FILE_COPY"  # for what is small and made often


@dataclass
class Models:
    """By name and kind of database: the model, its keys if it needed any, and what whoever filled it gave."""

    folder: Path
    made: dict[tuple[str, str], tuple[URL, bytes | None, Any]] = field(default_factory=dict)

    def move_in(self, name: str, database_url: str, fill: Callable[[str], Any]) -> Any:
        """Have a new, empty database as `fill` leaves it, and what `fill` gave, which closes all that it opens."""
        url, keys = make_url(database_url), key_file_of(database_url)
        kind = url.get_backend_name()
        if (name, kind) not in self.made:
            given = fill(database_url)
            place = str(self.folder / f"{name}.db") if kind == "sqlite" else f"{name}_{uuid.uuid4().hex}"
            model = url.set(database=place)
            copy_database(url, model)
            self.made[name, kind] = model, keys.read_bytes() if keys.exists() else None, given
        model, key, given = self.made[name, kind]
        copy_database(model, url)
        if key is not None:
            keys.write_bytes(key)
            keys.chmod(0o600)
        return given

    def tear_down(self) -> None:
        for model, _, _ in self.made.values():
            if model.get_backend_name() == "postgresql":
                with maintenance(model) as connection:
                    connection.execute(f"DROP DATABASE {model.database} WITH (FORCE)")


def copy_database(model: URL, url: URL) -> None:
    """All of a database that nobody has open, in place of another."""
    assert model.database is not None
    assert url.database is not None
    if url.get_backend_name() == "sqlite":
        Path(url.database).write_bytes(Path(model.database).read_bytes())
        return
    with maintenance(url) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {url.database}")
        connection.execute(f"CREATE DATABASE {url.database} TEMPLATE {model.database} {COPIED}")


def maintenance(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
