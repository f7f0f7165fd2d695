"""The book's movements and the drafts that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.book.ledger.movements import Draft, Movement
from payroll_service.store.paging import Page
from payroll_service.store.store import Store


@dataclass(frozen=True)
class ListedBook:
    """`next`: the number after which the movements go on; None at their end."""

    movements: tuple[Movement, ...]
    waiting: tuple[Draft, ...]
    next: int | None = None


def newest_movements(store: Store, bureau: str, after: int, limit: int) -> Page[Movement]:
    """The last first."""
    with store.reading() as session:
        return session.ledger.page(bureau, after, limit, newest_first=True)


def list_movements(store: Store, bureau: str) -> ListedBook:
    """All, oldest first."""
    with store.reading() as session:
        return ListedBook(tuple(session.ledger.movements(bureau)), tuple(session.ledger.waiting(bureau)))


def page_movements(store: Store, bureau: str, after: int, limit: int) -> ListedBook:
    """Movements after one, oldest first, and all drafts that wait."""
    with store.reading() as session:
        page = session.ledger.page(bureau, after, limit)
        return ListedBook(page.items, tuple(session.ledger.waiting(bureau)), page.next)
