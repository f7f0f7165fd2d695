"""What is wrong with one cell, before it is known where the cell stands."""

from __future__ import annotations

import re


class BadCell(Exception):
    """A cell that cannot be read. `message` and `remedy` are in Chinese and repeat no personal value."""

    def __init__(self, kind: str, message: str, remedy: str) -> None:
        self.kind, self.message, self.remedy = kind, message, remedy
        super().__init__(f"{kind}: {message}")


def quoted(text: str) -> str:
    """A short value in quotes; what is long or may be a number of a person is not repeated."""
    return "这个值" if len(text) > 12 or re.search(r"\d{6}", text) else f"“{text}”"
