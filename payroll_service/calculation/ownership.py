"""Whose a row is: an explanation shows a payee her own rows and what belongs to nobody, never another person's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from payroll_service.calculation.labels import row_of_key
from payroll_service.calculation.outcome import Frame
from rules.language.program import ID_NUMBER, Link, Program, Read, Table

PERSONS = ("个人", "学生")
NOBODYS, OWN, ANOTHERS = 0, 1, 2  # a school, a group, a rate belong to nobody

Owner = tuple[str, ...]  # the key of a person


class Viewer:
    """Who asks for an explanation. Owners of rows are told from the tables' keys and lookups alone."""

    def __init__(self, program: Program, frames: Mapping[str, Frame], person: Owner) -> None:
        self.program, self.frames, self.person = program, frames, person
        self._whose: dict[str, np.ndarray] = {}
        self._concerned: dict[str, np.ndarray] = {}

    def concerns(self, table: str, row: int) -> bool:
        """A row is the person's own, or one of its lookups leads to her; a month if its row does."""
        return bool(self.concerned(table)[row])

    def is_hidden(self, table: str, row: int) -> bool:
        """A row is somebody else's."""
        return bool(self.whose(table)[row] == ANOTHERS)

    def concerned(self, table: str) -> np.ndarray:
        """The rows of a table that concern the person: bool by row."""
        if table not in self._concerned:
            self._concerned[table] = self._concerns(table)
        return self._concerned[table]

    def _concerns(self, table: str) -> np.ndarray:
        shape = self.program.tables[table]
        concerned = np.asarray(self.whose(table) == OWN)
        if shape.kind == "分月":
            concerned |= self.concerned(shape.of)[self.frames[table].links[shape.of]]
        for name, link in shape.links.items():
            if self._names_person(link):
                concerned |= self._linked(table, name) == OWN
        return concerned

    def whose(self, table: str) -> np.ndarray:
        """By row of a table: OWN, ANOTHERS or NOBODYS, by the person whom the key of the row names."""
        if table not in self._whose:
            self._whose[table] = self._owned(table)
        return self._whose[table]

    def _owned(self, table: str) -> np.ndarray:
        shape = self.program.tables[table]
        if shape.payee_kind in PERSONS:
            return self._persons(table)
        if shape.kind == "分月":
            return self._linked(table, shape.of)
        if shape.kind == "分组":
            return self._group_owners(shape)
        for name, link in shape.links.items():
            if self._names_person(link) and columns_read(link) <= set(shape.key):
                return self._linked(table, name)
        return self._id_numbers(table, shape.key)

    def _persons(self, table: str) -> np.ndarray:
        owned = np.full(self.frames[table].size, ANOTHERS, np.int8)
        if len(self.person) == len(self.program.tables[table].key):
            row = row_of_key(self.program, self.frames, table, self.person)
            if row is not None:
                owned[row] = OWN
        return owned

    def _group_owners(self, shape: Table) -> np.ndarray:
        """By the first of what a group is formed by that has an owner."""
        owned = self._id_numbers(shape.name, tuple(key.name for key in shape.by if not key.path))
        for key in reversed(shape.by):
            if key.path:
                first = self._linked(shape.name, key.name)
                owned = np.where(first == NOBODYS, owned, first)
        return owned

    def _id_numbers(self, table: str, columns: tuple[str, ...]) -> np.ndarray:
        frame = self.frames[table]
        for name in columns:
            if self.program.types[table, name].text_form == ID_NUMBER:
                values = frame.columns[name]
                codes = [code for code, word in enumerate(values.words) if (word,) == self.person]
                return np.where(np.isin(values.data, codes), OWN, ANOTHERS).astype(np.int8)
        return np.full(frame.size, NOBODYS, np.int8)

    def _names_person(self, link: Link) -> bool:
        return link.kind == "查找" and self.program.tables[link.target].payee_kind in PERSONS

    def _linked(self, table: str, link: str) -> np.ndarray:
        """Whose the rows are that a link leads to; nobody's where it leads nowhere."""
        if link not in self.frames[table].links:  # what decides it is not calculated in this run
            return np.full(self.frames[table].size, NOBODYS, np.int8)
        target = self.program.tables[table].links[link].target
        return np.append(self.whose(target), np.int8(NOBODYS)).take(self.frames[table].links[link])


def columns_read(link: Link) -> set[str]:
    """The columns of a row that alone say where its lookup leads; with "" among them where more than these does."""
    return {
        key.column if isinstance(key, Read) and not key.path else "" for key in (*link.keys, link.at) if key
    }
