"""The book's movements and the drafts that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.book.ledger.movements import Draft, Movement
from payroll_service.store.store import Store


@dataclass(frozen=True)
class ListedBook:
    movements: tuple[Movement, ...]
    waiting: tuple[Draft, ...]


def movements_before(store: Store, bureau: str, before: int | None, limit: int) -> list[Movement]:
    """The last first; only those with a lower number than `before`."""
    with store.reading() as session:
        return session.ledger.movements_before(bureau, before, limit)


def list_movements(store: Store, bureau: str) -> ListedBook:
    """Oldest first."""
    with store.reading() as session:
        movements = tuple(session.ledger.movements(bureau))
        approved = {each.draft for each in movements}
        drafts = session.ledger.drafts(bureau)
    return ListedBook(movements, tuple(each for each in drafts if each.number not in approved))
