"""What changed from one document to another, entry by entry, with the clauses that the entries rest on.

Two rule sets, or two schemes, are compared as written: layout and comments do not count, nor does order, but where it
decides on money: of several vetoes the first takes, and the first semester begins the school year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.language.pieces import (
    BASIS,
    CALENDAR,
    COLUMN,
    FILE,
    IN_MAP,
    LANGUAGE,
    ORDER,
    ROSTER,
    VETO,
    Name,
    Piece,
    composed,
    pieces_of,
    told,
)
from rules.language.source import Entries, Items, Scalar, SourceNode

ADDED, DROPPED, CHANGED = "新增", "删去", "改动"
INTERPRETATION = "解释"
_GROUND = (
    FILE,
    "依据",
    INTERPRETATION,
    "未编入",
    "资金",
    "支付",
)  # what rules rest on and no money comes from


@dataclass(frozen=True)
class Line:
    """One text of an entry: where it stands in it, what it was and what it is; "" where it is not there."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """`section` and `name` say which entry; `clause` is its 依据, the new one where there is one."""

    section: str
    name: str
    clause: str
    kind: str
    lines: tuple[Line, ...]


Texts = dict[str, str]


def changes(old: SourceNode, new: SourceNode) -> list[Change]:
    """Every entry that is not the same in both, in the order of the new document, what was dropped last."""
    before, after = dict(_entries(old)), dict(_entries(new))
    if (orders := _orders(list(before), list(after))) is not None:
        before[ORDER], after[ORDER] = orders
    found = []
    for place in (*after, *(place for place in before if place not in after)):
        was, now = before.get(place, {}), after.get(place, {})
        if was != now:
            found.append(_change(place, was, now))
    return found


def mixed(old: SourceNode, new: SourceNode, taken: Sequence[Change]) -> SourceNode:
    """The old document with these changes made. It need not compile: a rule may want a rate that is not there yet.

    A new veto stands where the new document has it, between those that stand in both.
    """
    pieces, after = pieces_of(old), pieces_of(new)
    orders = [_vetoes(pieces), _vetoes(after)]
    for change in taken:
        name = (change.section, change.name)
        if name == ORDER:
            orders.reverse()
        elif change.kind == DROPPED:
            del pieces[name]
        else:
            pieces[name] = after[name]
    for name in _merged(*([one for one in order if one in pieces] for order in orders)):
        pieces[name] = pieces.pop(name)
    return composed(pieces, old.place)


def ordered(found: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """The changes in an order in which they can be made one by one: (what others rest on, the others).

    What others rest on comes first where it was added or changed, and last of all where it was dropped.
    """
    ground = [change for change in found if _is_ground(change)]
    first = [change for change in ground if change.kind != DROPPED]
    last = [change for change in ground if change.kind == DROPPED]
    return first, [*(change for change in found if not _is_ground(change)), *last]


def by_clause(found: list[Change]) -> dict[str, list[Change]]:
    """The changes under the clause that each rests on, in order of appearance; "" what rests on none."""
    sorted_: dict[str, list[Change]] = {}
    for change in found:
        sorted_.setdefault(change.clause, []).append(change)
    return sorted_


def _is_ground(change: Change) -> bool:
    return change.section in _GROUND and (change.section, change.name) != (FILE, CALENDAR)


def _orders(before: Sequence[Name], after: Sequence[Name]) -> tuple[Texts, Texts] | None:
    """In what order the vetoes that both versions have stand in each; None where it is the same."""
    was, now = (
        [name for name in one if name in other]
        for one, other in ((_vetoes(before), after), (_vetoes(after), before))
    )
    if was == now:
        return None
    return {ORDER[1]: _listed(was)}, {ORDER[1]: _listed(now)}


def _listed(names: Sequence[Name]) -> str:
    return "、".join(name for _, name in names)


def _vetoes(names: Iterable[Name]) -> list[Name]:
    return [name for name in names if name[0] == VETO]


def _merged(order: Sequence[Name], other: Sequence[Name]) -> list[Name]:
    """All names of both: the first order, and what only the other has right after what stands before it there."""
    merged = list(order)
    for number, name in enumerate(other):
        if name not in merged:
            merged.insert(merged.index(other[number - 1]) + 1 if number else 0, name)
    return merged


def _change(place: tuple[str, str], was: Texts, now: Texts) -> Change:
    kind = CHANGED if was and now else ADDED if now else DROPPED
    keys = dict.fromkeys((*now, *was))
    lines = tuple(
        Line(key, was.get(key, ""), now.get(key, "")) for key in keys if was.get(key) != now.get(key)
    )
    clause = f"{place[0]} {place[1]}" if place[0] == INTERPRETATION else now.get(BASIS) or was.get(BASIS, "")
    return Change(*place, clause, kind, lines)


def _entries(document: SourceNode) -> Iterator[tuple[Name, Texts]]:
    for name, piece in pieces_of(document).items():
        if name[0] != LANGUAGE:
            ordered_ = name == (FILE, CALENDAR)
            yield name, _in_a_row(piece.node) if ordered_ else dict(_texts(piece.node, _called(name, piece)))


def _in_a_row(node: SourceNode) -> Texts:
    """The texts of a map whose order counts, as one."""
    return {CALENDAR: "、".join(f"{key} {text}" for key, text in _texts(node))}


def _called(name: Name, piece: Piece) -> str:
    """What the texts of a piece are called where the piece is one text."""
    if name[0] == COLUMN and not isinstance(piece.node, Entries):
        return "类型"
    return name[1] if name[0] == FILE or (name[0] == ROSTER and piece.shape == IN_MAP) else ""


def _texts(node: SourceNode, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a node by its path: 档.特级.大."""
    if isinstance(node, Entries):
        for key, value in node.entries.items():
            yield from _texts(value, f"{prefix}.{key}" if prefix else key)
    elif isinstance(node, Items) and any(not isinstance(item, Scalar) for item in node.items):
        for number, item in enumerate(node.items, 1):
            yield from _texts(item, f"{prefix}第{number}条")
    else:
        yield prefix, told(node)
