"""How far a use case is, told to whoever wants to know."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def __call__(self, done: int, total: int, words: str) -> None:
        """`done` of `total` steps are done, and `words` names the next. May raise: then the use case stops there."""


def silent(done: int, total: int, words: str) -> None:
    """Tells nobody."""
