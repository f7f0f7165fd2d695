"""The options that say which database and which bureau."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from payroll_service.book.records import Bureau
from payroll_service.store.store import Store, open_store

DATABASE_VARIABLE, BUREAU_VARIABLE = "PAYROLL_DATABASE_URL", "PAYROLL_BUREAU"
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help=f"数据库；默认取 {DATABASE_VARIABLE}，再取当前的 payroll.db"
    ),
]
BureauOption = Annotated[
    str, typer.Option("--bureau", metavar="代码", help=f"教育局代码；默认取 {BUREAU_VARIABLE}，再默认 main")
]
ByOption = Annotated[str, typer.Option("--by", metavar="姓名", help="谁在操作，记入日志；默认当前系统用户")]


def place_of(url: str) -> str:
    """The URL of a database that is named by a URL, a file path, or not at all; the folder of a file is made."""
    place = url or os.environ.get(DATABASE_VARIABLE, "") or "payroll.db"
    if "://" in place:
        return place
    Path(place).resolve().parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{Path(place).resolve()}"


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store at `url`, or at a file path, or the default one; closed in the end."""
    store = open_store(place_of(url))
    try:
        yield store
    finally:
        store.close()


def bureau_of(code: str) -> Bureau:
    name = code or os.environ.get(BUREAU_VARIABLE, "") or "main"
    return Bureau(name, name)


def actor(by: str) -> str:
    return by or os.environ.get("USER", "") or os.environ.get("USERNAME", "") or "命令行"
