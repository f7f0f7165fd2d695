"""Rule sets as stored: documents written once, and what was done with them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from payroll_service.book.records import RuleSetEvent, StoredRuleSet
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.events import append_event
from payroll_service.store.rows import find_row, find_rows, insert_row
from payroll_service.store.tables import RuleSetEventRow, RuleSetRow


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
        return StoredRuleSet(**found)

    def all(self, bureau: str) -> list[StoredRuleSet]:
        """By the first day in force, then name and version."""
        found = [
            StoredRuleSet(**row)
            for row in find_rows(self.connection, RuleSetRow, "fingerprint", bureau=bureau)
        ]
        return sorted(found, key=lambda each: (each.in_force_from, each.name, each.version))

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
