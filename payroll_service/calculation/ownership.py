"""Whose a row is: an explanation shows a payee her own rows and what belongs to nobody, never another person's."""

from __future__ import annotations

from collections.abc import Mapping

from payroll_service.calculation.labels import cell_text, key_texts
from payroll_service.calculation.outcome import Frame
from rules.language.program import ID_NUMBER, Link, Program, Read, Table

PERSONS = ("个人", "学生")

Owner = tuple[str, ...]  # the key of a person


class Viewer:
    """Who asks for an explanation. Owners of rows are told from the tables' keys and lookups alone."""

    def __init__(self, program: Program, frames: Mapping[str, Frame], person: Owner) -> None:
        self.program, self.frames, self.person = program, frames, person
        self._owners: dict[tuple[str, int], Owner | None] = {}
        self._concerned: dict[tuple[str, int], bool] = {}

    def concerns(self, table: str, row: int) -> bool:
        """A row is the person's own, or one of its lookups leads to her; a month does if its row does."""
        if (table, row) not in self._concerned:
            self._concerned[table, row] = self._concerns(table, row)
        return self._concerned[table, row]

    def _concerns(self, table: str, row: int) -> bool:
        if self.owner(table, row) == self.person:
            return True
        shape = self.program.tables[table]
        if shape.kind == "分月" and self.concerns(shape.of, self._up(table, shape.of, row)):
            return True
        return any(
            self._names_person(link) and self._linked(table, name, row) == self.person
            for name, link in shape.links.items()
        )

    def is_hidden(self, table: str, row: int) -> bool:
        """A row is somebody else's."""
        return self.owner(table, row) not in (None, self.person)

    def owner(self, table: str, row: int) -> Owner | None:
        """The person whom the key of a row names, or None: a school, a group, a rate belong to nobody."""
        if (table, row) not in self._owners:
            self._owners[table, row] = self._owner(table, row)
        return self._owners[table, row]

    def _owner(self, table: str, row: int) -> Owner | None:
        shape = self.program.tables[table]
        if shape.payee_kind in PERSONS:
            return key_texts(self.program, self.frames, table, row)
        if shape.kind == "分月":
            return self.owner(shape.of, self._up(table, shape.of, row))
        if shape.kind == "分组":
            return self._group_owner(shape, row)
        for name, link in shape.links.items():
            if self._names_person(link) and _reads(link) <= set(shape.key):
                return self._linked(table, name, row)
        return self._id_number(table, shape.key, row)

    def _group_owner(self, shape: Table, row: int) -> Owner | None:
        for key in shape.by:
            if key.path:
                owner = self.owner(key.target, self._up(shape.name, key.name, row))
                if owner is not None:
                    return owner
        return self._id_number(shape.name, tuple(key.name for key in shape.by if not key.path), row)

    def _id_number(self, table: str, columns: tuple[str, ...], row: int) -> Owner | None:
        for name in columns:
            type_ = self.program.types[table, name]
            if type_.text_form == ID_NUMBER:
                return (cell_text(self.frames[table].columns[name], type_, row),)
        return None

    def _names_person(self, link: Link) -> bool:
        return link.kind == "查找" and self.program.tables[link.target].payee_kind in PERSONS

    def _linked(self, table: str, link: str, row: int) -> Owner | None:
        if link not in self.frames[table].links:
            return None  # what decides it is not calculated in this run
        found = self._up(table, link, row)
        target = self.program.tables[table].links[link].target
        return None if found < 0 else key_texts(self.program, self.frames, target, found)

    def _up(self, table: str, link: str, row: int) -> int:
        return int(self.frames[table].links[link][row])


def _reads(link: Link) -> set[str]:
    return {
        key.column if isinstance(key, Read) and not key.path else "" for key in (*link.keys, link.at) if key
    }
