"""How one document sees names: a scheme sees its own first, then those of the rule set that it extends.

Inside the program a scheme's names stand under its short name (`麻尾三小·工作量`), so that two schools may both have
a column 工作量. Tables, rates, documents, interpretations, numbers of payments, and the columns that its rules add to
tables of the rule set are its own; columns and lookups of its own tables need no second name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

JOINT = "·"
FILLED = "方案"  # what a column is called once schemes have filled it: 得分·方案


@dataclass
class Lens:
    """The names that one document declares; `short` is "" for the rule set itself."""

    short: str = ""
    tables: set[str] = field(default_factory=set)
    rates: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)  # (table as in the program, column as written)

    def own(self, name: str) -> str:
        """The name that something declared here has in the program."""
        return f"{self.short}{JOINT}{name}" if self.short else name

    def table(self, name: str) -> str:
        return self.own(name) if name in self.tables else name

    def rate(self, name: str) -> str:
        return self.own(name) if name in self.rates else name

    def column(self, table: str, name: str) -> str:
        return self.own_column(table, name) if (table, name) in self.columns else name

    def own_column(self, table: str, name: str) -> str:
        """What a rule's column is called: in tables of one's own as written."""
        return name if self.owns(table) else self.own(name)

    def owns(self, table: str) -> bool:
        """A table of the program that this document declares."""
        return any(self.own(name) == table for name in self.tables)


def filled(column: str) -> str:
    """The name of an open column with what the schemes put into it."""
    return f"{column}{JOINT}{FILLED}"
