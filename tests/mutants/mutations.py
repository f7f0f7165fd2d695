"""Small lies about a program: each mutant is one source file with one place of its syntax tree changed."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.FloorDiv: (ast.Mult,),
    ast.Div: (ast.Mult,), ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum"}
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Mutant:
    """One change: the place, what it says now, and how to make it (the number of the node in a walk, the choice)."""

    path: str
    line: int
    header: int  # where the statement around it begins
    end: int
    in_function: bool
    what: str
    node: int
    choice: int
    key: str  # the same as long as its line reads the same, wherever the line moves


Change = tuple[str, Callable[[], object]]  # what is said now, and the act that says it in the tree


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    tree, texts = ast.parse(source), source.split("\n")
    alike: Counter[str] = Counter()
    found = []
    for number, place in enumerate(_places(tree)):
        for choice, (what, _) in enumerate(_changes(place)):
            node, header = place.node, place.statement
            line, end = getattr(node, "lineno", header), getattr(node, "end_lineno", header)
            words = f"{path}:{what}:{texts[line - 1].strip()}"
            alike[words] += 1
            key = f"{words}:{alike[words]}"
            found.append(Mutant(path, line, header, end, place.in_function, what, number, choice, key))
    return found


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The syntax tree of the changed file; lines stay where they were."""
    tree = ast.parse(source)
    place = list(_places(tree))[mutant.node]
    list(_changes(place))[mutant.choice][1]()
    return ast.fix_missing_locations(tree)


def sample(root: Path, folders: tuple[str, ...], count: int, seed: int) -> tuple[list[Mutant], int]:
    """As many mutants as asked for, drawn evenly from all of the folders; and how many there are.

    The first of a larger sample are the smaller sample, and an edit takes out or brings in only mutants of its lines.
    """
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    every = [
        one for path in paths for one in mutants_of(str(path.relative_to(root)), path.read_text("utf-8"))
    ]
    every.sort(key=lambda one: hashlib.sha256(f"{seed}:{one.key}".encode()).digest())
    return every[:count], len(every)


@dataclass(frozen=True)
class _Place:
    """A node, what holds it, and where it is."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: int
    in_function: bool

    def put(self, new: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


def _places(tree: ast.Module) -> Iterator[_Place]:
    yield from _below(tree, 1, False)


def _below(parent: ast.AST, statement: int, in_function: bool) -> Iterator[_Place]:
    """All nodes but those nobody can see at work: annotations, decorators, assertions, docstrings."""
    inside = in_function or isinstance(parent, SCOPES)
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "type_params", "ctx"):
            continue
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _is_text(node) or _is_asserted(node):
                continue
            line = node.lineno if isinstance(node, ast.stmt | ast.excepthandler) else statement
            yield _Place(node, parent, field, index if isinstance(value, list) else None, line, inside)
            yield from _below(node, line, inside)


def _is_text(node: ast.AST) -> bool:
    """A docstring, or a sentence made for a reader."""
    alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return alone or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _is_asserted(node: ast.AST) -> bool:
    """What a sound program never notices: an assertion, that two lists are of one length, imports for types alone."""
    if isinstance(node, ast.keyword):
        return node.arg == "strict" and isinstance(node.value, ast.Constant) and node.value.value is True
    types_alone = (
        isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    return types_alone or isinstance(node, ast.Assert)


def _changes(place: _Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.cmpop | ast.operator | ast.boolop):
        for other in SWAPPED.get(type(node), ()):
            yield f"{type(node).__name__} → {other.__name__}", partial(place.put, other())
    elif isinstance(node, ast.UnaryOp):
        yield f"{type(node.op).__name__} left out", lambda: place.put(node.operand)
    elif isinstance(node, ast.Constant):
        yield from _constants(place, node)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "condition negated", lambda: setattr(node, "test", _not(node.test))
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield "first filter left out", lambda: node.ifs.pop(0)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "returns None", lambda: setattr(node, "value", ast.Constant(None))
    elif isinstance(node, ast.Expr | ast.AugAssign | ast.Raise):
        yield f"{type(node).__name__} left out", lambda: place.put(ast.Pass())
    elif isinstance(node, ast.Continue | ast.Break):
        other_word = ast.Break if isinstance(node, ast.Continue) else ast.Continue
        yield f"{type(node).__name__} → {other_word.__name__}", lambda: place.put(other_word())
    elif isinstance(node, ast.Name) and node.id in TWINS and isinstance(place.parent, ast.Call):
        yield f"{node.id} → {TWINS[node.id]}", lambda: setattr(node, "id", TWINS[node.id])
    elif isinstance(node, ast.Attribute) and node.attr in TWINS and isinstance(place.parent, ast.Call):
        yield f"{node.attr} → {TWINS[node.attr]}", lambda: setattr(node, "attr", TWINS[node.attr])


def _constants(place: _Place, node: ast.Constant) -> Iterator[Change]:
    """Truth is turned round, whole numbers move by one, words that are compared are other words."""
    value = node.value
    if isinstance(value, bool):
        yield f"{value} → {not value}", lambda: setattr(node, "value", not value)
    elif isinstance(value, int):
        for other in (value + 1, value - 1):
            yield f"{value} → {other}", partial(setattr, node, "value", other)
    elif isinstance(value, str) and isinstance(place.parent, ast.Compare | ast.MatchValue):
        yield f"{value!r} → {value + '·'!r}", lambda: setattr(node, "value", value + "·")


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
