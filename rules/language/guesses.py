"""The type of a column that reads itself in the row before, before its rule is compiled: from what it starts with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

from rules.language import formula as terms
from rules.language.expressions import Expressions, either
from rules.language.mistakes import Mistake, Place
from rules.language.program import NUMBER, Type
from rules.language.rule_sources import RuleSource
from rules.language.source import Scalar
from rules.language.walking import ColumnId

Rule = TypeVar("Rule")


class Needed(Exception, Generic[Rule]):
    """A rule reads a column whose own rule, `made`, is not compiled yet; `back`: it reads it in the row before."""

    def __init__(self, made: Rule, source: RuleSource, column: str, place: Place, back: bool) -> None:
        self.made, self.source, self.column, self.place, self.back = made, source, column, place, back
        super().__init__(column)


class NoStart(Mistake):
    """A column reads itself in the row before, and nothing says what it starts with."""

    def __init__(self, needed: Needed[Any]) -> None:
        super().__init__(
            needed.place,
            f"「{needed.source.table}.{needed.column}」要读上一行的自己，却没有说第一行从什么开始",
            "请在它的规则里加一行「开头: 0元」（按它的单位写），或写「上月.列 否则 0元」",
        )


class Guesses:
    """Guessed types, until the rule says what it is. Only 开头 and 否则 tell: they do not need the row before."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.types: dict[ColumnId, Type] = {}
        self.wrong: set[ColumnId] = set()  # guesses that the rule has not borne out

    def can_tell(self, source: RuleSource, column: str, reader: RuleSource, busy: set[int]) -> bool:
        """Guess the type of a column of a rule, if something tells it that needs none of the rules at work (`busy`).

        `reader`: the rule that reads the column in the row before.

        Raises Needed for a rule that must be compiled first.
        """
        for term, place, table in (*_starts(source), *_fallbacks(reader, column)):
            try:
                type_ = self.expressions.typed_term(term, place, table).type
            except Mistake:
                continue
            except Needed as needed:
                if id(needed.source) in busy:
                    continue
                raise
            self.types[source.table, column] = replace(type_, low=None, high=None)
            return True
        return False

    def check(self, key: ColumnId, found: Type) -> None:
        """Hold a guess, if there was one, against what the rule gave; a wrong one becomes what both need."""
        guess = self.types.get(key)
        if guess is None or _covers(guess, found):
            return
        alike = guess.kind == NUMBER == found.kind and guess.unit == found.unit
        self.types[key] = either(found, guess) if alike else found
        self.wrong.add(key)


def _covers(guess: Type, found: Type) -> bool:
    """Every value of one type is one of the other."""
    if (guess.kind, guess.unit) != (found.kind, found.unit) or set(found.options) - set(guess.options):
        return False
    if found.kind != NUMBER or found.step is None:
        return True
    return guess.step is not None and (found.step / guess.step).denominator == 1


_Start = tuple[terms.Term, Place, str]  # with the table of its rows


def _starts(source: RuleSource) -> Iterator[_Start]:
    """What a rule says of rows that read nothing before them."""
    for key in ("开头", "否则"):
        scalar = source.fields.get(key)
        if isinstance(scalar, Scalar):
            yield terms.parse_formula(scalar.text, scalar.place), scalar.place, source.table


def _fallbacks(reader: RuleSource, column: str) -> Iterator[_Start]:
    """What the reader takes instead, where there is no row before: `上月.列 否则 …`."""
    for scalar in reader.fields.values():
        if not isinstance(scalar, Scalar) or "否则" not in scalar.text:
            continue
        try:
            whole = terms.parse_formula(scalar.text, scalar.place)
        except Mistake:
            continue
        for term in _inside(whole):
            if isinstance(term, terms.Binary) and term.op == "否则" and _reads(term.left, column):
                yield term.right, scalar.place, reader.table


def _reads(term: terms.Term, column: str) -> bool:
    return any(isinstance(one, terms.Name) and one.parts[-1] == column for one in _inside(term))


def _inside(term: terms.Term) -> Iterator[terms.Term]:
    yield term
    for field in fields(term):
        inner = getattr(term, field.name)
        for item in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(item, terms.Term):
                yield from _inside(item)
