"""What a snapshot alone decides, whatever the period: it is followed once a program and snapshot, and remembered."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from payroll_service.snapshot.tables import Snapshot
from rules.language.needs import Needs
from rules.language.program import CurrentPeriod, GroupKey, Program

T = TypeVar("T")


class Standing:
    """Which tables, links and paths of a program stand: their rows and ends are the same in a run of any period.

    Not those of months, of rows that a period shows, or of what rules' columns decide. What has been made of them is
    kept for as long as somebody holds the snapshot.
    """

    def __init__(self, program: Program) -> None:
        self.program, self.needs = program, Needs(program)
        self._tables: dict[str, bool] = {}
        self._links: dict[tuple[str, str], bool] = {}
        self._keys: dict[tuple[str, str], bool] = {}
        self._known: WeakKeyDictionary[Snapshot, dict[Any, Any]] = WeakKeyDictionary()
        self._lock = Lock()

    def known(self, snapshot: Snapshot) -> dict[Any, Any]:
        """What is remembered of a snapshot."""
        with self._lock:
            return self._known.setdefault(snapshot, {})

    def table(self, name: str) -> bool:
        if name not in self._tables:
            shape = self.program.tables[name]
            self._tables[name] = (
                not self.needs.rows(name)
                and shape.kind != "分月"
                and not shape.period_column
                and (not shape.of or self.table(shape.of))
                and all(self._formed(shape.of, key) for key in shape.by)
            )
        return self._tables[name]

    def link(self, table: str, name: str) -> bool:
        if (table, name) not in self._links:
            link = self.program.tables[table].links[name]
            self._links[table, name] = (
                not self.needs.link(table, name)
                and link.kind in ("查找", "组")
                and self.table(table)
                and self.table(link.target)
                and not any(isinstance(key, CurrentPeriod) for key in link.keys)
                and not isinstance(link.at, str)
                and all(self.path(table, read.path) for read in link.reads)
            )
        return self._links[table, name]

    def keys(self, table: str, name: str) -> bool:
        """What is looked up stands but for 本期, though not what is found."""
        if (table, name) not in self._keys:
            link = self.program.tables[table].links[name]
            self._keys[table, name] = (
                not self.link(table, name)
                and not self.needs.link(table, name)
                and self.program.tables[link.target].kind == "输入"
                and self.table(table)
                and all(self.path(table, read.path) for read in link.reads)
            )
        return self._keys[table, name]

    def path(self, table: str, path: tuple[str, ...]) -> bool:
        for name in path:
            if not self.link(table, name):
                return False
            table = self.program.tables[table].links[name].target
        return True

    def _formed(self, of: str, key: GroupKey) -> bool:
        return self.path(of, key.path if key.node is None else key.node.path)


def remembered(known: dict[Any, Any], stands: bool, what: Any, make: Callable[[], T]) -> T:
    """What `make` gives; made once if it stands. Threads may make it at once: it is the same."""
    if not stands:
        return make()
    if what not in known:
        known[what] = make()
    return known[what]  # type: ignore[no-any-return]
