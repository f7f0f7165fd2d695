"""Chance that is the same on every machine and in every Python: streams by name, whole numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A stream of its own for every purpose, so that a change in one column leaves the others as they were.

    Only `Random.random` is used: the one method whose sequence Python promises to keep for a seed.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._random = Random(f"{seed}/{purpose}")

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(self._random.random() * count)

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[Item, int]]) -> Item:
        """One item, as likely as its weight."""
        drawn = self.below(sum(weight for _, weight in items))
        for item, weight in items:
            drawn -= weight
            if drawn < 0:
                return item
        raise AssertionError("the weights add up")

    def some_of(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different items (fewer if there are not so many), in random order."""
        left = list(items)
        for place in range(min(count, len(left))):
            other = place + self.below(len(left) - place)
            left[place], left[other] = left[other], left[place]
        return left[:count]
