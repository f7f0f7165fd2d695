"""Keyset paging: a list goes on after the last key that was read, in an order that an index has; nothing else is read.

What is added meanwhile stands before a newest-first page or after an oldest-first one: no row is lost, none comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, tuple_

from payroll_service.store.errors import UnknownPlace

One = TypeVar("One")
Other = TypeVar("Other")
Key = str | int
AT_ONCE = 1000  # rows of a page when a whole list is walked


@dataclass(frozen=True)
class Page(Generic[One]):
    """Some of a list, in its order. `next`: the key after which it goes on; None at its end."""

    items: tuple[One, ...]
    next: Any = None

    def of(self, items: Sequence[Other]) -> Page[Other]:
        """The same page, its rows made into something else."""
        assert len(items) == len(self.items), "a page of rows is a page of what they stand for"
        return Page(tuple(items), self.next)


def read_page(
    connection: Connection,
    rows: Select[Any],
    keys: Sequence[ColumnElement[Any]],
    after: Sequence[Any],
    limit: int,
    *,
    newest_first: bool = True,
    named: str = "number",
) -> Page[RowMapping]:
    """At most `limit` rows after the one with these keys, from the beginning if there are none.

    `keys` together are unique and never change; an index has them in this order. `named`: the column of a row that its
    `next` is.
    """
    if after:
        left, right = (keys[0], after[0]) if len(keys) == 1 else (tuple_(*keys), tuple_(*after))
        rows = rows.where(left < right if newest_first else left > right)
    ordered = rows.order_by(*(key.desc() if newest_first else key for key in keys)).limit(limit + 1)
    found = connection.execute(ordered).mappings().all()
    return Page(tuple(found[:limit]), found[limit - 1][named] if len(found) > limit else None)


def place_of(connection: Connection, keys: Select[Any], after: Key) -> Sequence[Any]:
    """The keys of the row that `after` names, which `keys` selects; none for the beginning. Raises UnknownPlace."""
    if not after:
        return ()
    found = connection.execute(keys).one_or_none()
    if found is None:
        raise UnknownPlace
    return found


def walk(page_after: Callable[[Any], Page[One]], start: Key) -> Iterator[One]:
    """A whole list, page by page. `start`: the key before the first."""
    after: Any = start
    while after is not None:
        page = page_after(after)
        yield from page.items
        after = page.next
