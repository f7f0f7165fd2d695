"""What an evaluator must be able to do: the signatures of the language, to hold a registry against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_type_hints

from rules.language.program import Aggregate, Node, Rounding, Step

Registry = Mapping[type | str, Callable[..., Any]]


def signatures() -> frozenset[type | str]:
    """Every class of expression and of step, and the names of aggregates and roundings, as the language lists them."""
    aggregates = get_args(get_type_hints(Aggregate)["op"])
    roundings = get_args(get_type_hints(Rounding)["mode"])
    return frozenset((*get_args(Node), *get_args(Step), *aggregates, *roundings))


def differences(registry: Registry) -> tuple[set[type | str], set[type | str]]:
    """What a registry lacks, and what it has that the language does not know."""
    wanted = signatures()
    return set(wanted - registry.keys()), set(registry.keys() - wanted)
