"""Rule sets as stored: documents written once, and what was done with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, exists, select

from payroll_service.book.records import RuleSetEnactment, RuleSetEvent, StoredRuleSet
from payroll_service.book.rule_set_states import DRAFTED, ENACTED
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.events import append_event
from payroll_service.store.paging import Page, place_of, read_page
from payroll_service.store.rows import (
    as_bytes,
    find_row,
    find_rows,
    insert_row,
    is_stored,
    rows_of,
    sql_table,
)
from payroll_service.store.tables import (
    RuleSetEnactmentRow,
    RuleSetEventRow,
    RuleSetRow,
    RunApprovalRow,
    RunRow,
)

RUNS, APPROVALS = sql_table(RunRow), sql_table(RunApprovalRow)
RULE_SETS, EVENTS = sql_table(RuleSetRow), sql_table(RuleSetEventRow)


@dataclass(frozen=True)
class RuleSets:
    connection: Connection

    def save(self, rule_set: StoredRuleSet) -> bool:
        """Store it, unless it is stored already (then False). The same fingerprint never stands for something else."""
        found = find_row(
            self.connection, RuleSetRow, bureau=rule_set.bureau, fingerprint=rule_set.fingerprint
        )
        if found is None:
            insert_row(self.connection, RuleSetRow, asdict(rule_set))
        elif StoredRuleSet(**found) != rule_set:
            raise AlreadyStored("规则集", rule_set.fingerprint)
        return found is None

    def get(self, bureau: str, fingerprint: str) -> StoredRuleSet:
        found = find_row(self.connection, RuleSetRow, bureau=bureau, fingerprint=fingerprint)
        if found is None:
            raise NotStored("规则集", fingerprint)
        return StoredRuleSet(**{**found, "document": as_bytes(found["document"])})

    def all(self, bureau: str) -> list[StoredRuleSet]:
        """By the first day in force, then name and version."""
        found = [
            StoredRuleSet(**row)
            for row in find_rows(self.connection, RuleSetRow, "fingerprint", bureau=bureau)
        ]
        return sorted(found, key=lambda each: (each.in_force_from, each.name, each.version))

    def page(self, bureau: str, after: str, limit: int) -> Page[StoredRuleSet]:
        """The last drafted first, from the one drafted before that of the fingerprint `after`. Raises UnknownPlace."""
        drafted = (EVENTS.c.bureau == bureau, EVENTS.c.state == DRAFTED)
        same = (RULE_SETS.c.bureau == EVENTS.c.bureau) & (RULE_SETS.c.fingerprint == EVENTS.c.fingerprint)
        asked = select(EVENTS.c.number).where(*drafted, EVENTS.c.fingerprint == after)
        place = place_of(self.connection, asked, after)
        rows = select(RULE_SETS).select_from(EVENTS.join(RULE_SETS, same)).where(*drafted)
        found = read_page(self.connection, rows, (EVENTS.c.number,), place, limit, named="fingerprint")
        return found.of([StoredRuleSet(**row) for row in found.items])

    def append(
        self, bureau: str, fingerprint: str, state: str, at: datetime, actor: str, detail: str = ""
    ) -> RuleSetEvent:
        event = RuleSetEvent(bureau, 0, state, at, actor, detail, fingerprint)
        return append_event(self.connection, RuleSetEventRow, event)

    def events(self, bureau: str, fingerprint: str) -> list[RuleSetEvent]:
        """What was done with one rule set, oldest first."""
        found = find_rows(self.connection, RuleSetEventRow, "number", bureau=bureau, fingerprint=fingerprint)
        return [RuleSetEvent(**row) for row in found]

    def log(self, bureau: str) -> list[RuleSetEvent]:
        """All events of the bureau's rule sets, oldest first."""
        return [
            RuleSetEvent(**row)
            for row in find_rows(self.connection, RuleSetEventRow, "number", bureau=bureau)
        ]

    def enact(self, enactment: RuleSetEnactment) -> RuleSetEnactment:
        """Record that a rule set is put in force, once, and say so in the log, whose number the enactment gets.

        The database refuses one by the person who drafted it, and one without a worked example.
        """
        bureau, fingerprint = enactment.bureau, enactment.fingerprint
        if is_stored(self.connection, RuleSetEnactmentRow, bureau=bureau, fingerprint=fingerprint):
            raise AlreadyStored("启用", fingerprint)
        event = self.append(bureau, fingerprint, ENACTED, enactment.at, enactment.enacted_by)
        numbered = replace(enactment, number=event.number)
        insert_row(self.connection, RuleSetEnactmentRow, asdict(numbered))
        return numbered

    def enactments(
        self, bureau: str, fingerprints: Collection[str] | None = None
    ) -> dict[str, RuleSetEnactment]:
        """Of these rule sets or of all, by fingerprint."""
        found = rows_of(
            self.connection, RuleSetEnactmentRow, "number", "fingerprint", fingerprints, bureau=bureau
        )
        return {row["fingerprint"]: RuleSetEnactment(**row) for row in found}

    def is_enacted(self, bureau: str, fingerprint: str) -> bool:
        """Whether somebody enacted it, or a run under it was approved before there were enactments."""
        return is_stored(
            self.connection, RuleSetEnactmentRow, bureau=bureau, fingerprint=fingerprint
        ) or self.is_approved_under(bureau, fingerprint)

    def is_approved_under(self, bureau: str, fingerprint: str) -> bool:
        """Whether a run under this rule set was approved."""
        same = (APPROVALS.c.bureau == RUNS.c.bureau, APPROVALS.c.run_id == RUNS.c.run_id)
        ours = (RUNS.c.bureau == bureau, RUNS.c.rule_set == fingerprint)
        return bool(self.connection.scalar(select(exists().where(*ours, *same))))
