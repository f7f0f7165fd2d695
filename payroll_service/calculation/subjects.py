"""Whom and which unit a row is about: for those who look at what a check found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.ownership import PERSONS, columns_read
from rules.language.program import PRIOR, Link, Program, Table

Frames = Mapping[str, Frame]
Place = tuple[str, int]  # table and row


def person_of(program: Program, frames: Frames, table: str, row: int) -> Place | None:
    """The person that the row is, or that its key names; of a month, of the row that it was made from."""

    def names(shape: Table, link: Link) -> bool:
        is_key = shape.kind == "分组" or columns_read(link) <= set(shape.key)
        return is_key and program.tables[link.target].payee_kind in PERSONS

    people = {name for name, shape in program.tables.items() if shape.payee_kind in PERSONS}
    return _found(program, frames, (table, row), people, names)


def unit_of(program: Program, frames: Frames, units: Collection[str], table: str, row: int) -> Place | None:
    """The row of one of the tables `units` that the row is, or that it looks up; of a month likewise."""
    return _found(program, frames, (table, row), units, lambda _, link: link.target in units)


def _found(
    program: Program,
    frames: Frames,
    place: Place,
    wanted: Collection[str],
    leads: Callable[[Table, Link], bool],
) -> Place | None:
    for table, row in _made_from(program, frames, place):
        if table in wanted:
            return table, row
        shape = program.tables[table]
        for name, link in shape.links.items():
            if name in frames[table].links and link.kind not in PRIOR and leads(shape, link):
                end = int(frames[table].links[name][row])
                if end >= 0:
                    return link.target, end
    return None


def _made_from(program: Program, frames: Frames, place: Place) -> Iterator[Place]:
    """The row, and the one above it that it was made from."""
    yield place
    table, row = place
    shape = program.tables[table]
    if shape.kind == "分月":
        yield shape.of, int(frames[table].links[shape.of][row])
