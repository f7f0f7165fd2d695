"""The rule sets of a bureau: how far each has come, what it says, what changed from one to another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from payroll_service.book.records import RuleSetEnactment, RuleSetEvent, StoredRuleSet
from payroll_service.book.rule_set_states import CHECKED, DRAFTED, ENACTED
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store
from payroll_service.workflow.load_rules import rules_from
from rules.language.bundle import Part, unpacked
from rules.language.changes import ADDED, DROPPED, Change, changes
from rules.language.show import show
from rules.language.source import read_source


@dataclass(frozen=True)
class ListedRuleSet:
    """`examples`: how many had passed when it was last checked. `enactment` is None for a rule set that counts as
    enacted because a run under it was approved before there were enactments."""

    rule_set: StoredRuleSet
    state: str
    events: tuple[RuleSetEvent, ...]
    examples: int
    enactment: RuleSetEnactment | None
    schemes: tuple[str, ...]

    @property
    def drafted(self) -> RuleSetEvent:
        return next(event for event in self.events if event.state == DRAFTED)


def page_rule_sets(store: Store, bureau: str, after: str, limit: int) -> Page[ListedRuleSet]:
    """The last drafted first, from the one drafted before that of the fingerprint `after`. Raises UnknownPlace."""
    with store.reading() as session:
        page = session.rule_sets.page(bureau, after, limit)
        return page.of([_listed(session, one) for one in page.items])


def find_rule_set(store: Store, bureau: str, fingerprint: str) -> ListedRuleSet:
    """One rule set. Raises NotStored."""
    with store.reading() as session:
        return _listed(session, session.rule_sets.get(bureau, fingerprint))


def read_rule_set(store: Store, bureau: str, fingerprint: str) -> tuple[ListedRuleSet, str]:
    """One rule set, and its text for people, as `payroll rules show` prints it. Raises NotStored."""
    listed = find_rule_set(store, bureau, fingerprint)
    stored = listed.rule_set
    return listed, show(rules_from(stored.document, stored.name).program)


def compare_stored(store: Store, bureau: str, old: str, new: str) -> list[Change]:
    """What changed from one stored rule set to another, schemes by the names of their files. Raises NotStored."""
    with store.reading() as session:
        before, after = (_parts(session.rule_sets.get(bureau, each)) for each in (old, new))
    found = _changes(before[0], after[0])
    schemes = [{part.file: part for part in parts[1:]} for parts in (before, after)]
    for file in sorted({*schemes[0], *schemes[1]}):
        was, now = schemes[0].get(file), schemes[1].get(file)
        if was and now:
            found += _changes(was, now)
        else:
            found.append(Change("方案", file, "", ADDED if now else DROPPED, ()))
    return found


def _listed(session: Session, rule_set: StoredRuleSet) -> ListedRuleSet:
    bureau, fingerprint = rule_set.bureau, rule_set.fingerprint
    events = tuple(session.rule_sets.events(bureau, fingerprint))
    checked = [event for event in events if event.state == CHECKED]
    state = CHECKED if checked else DRAFTED
    return ListedRuleSet(
        rule_set=rule_set,
        state=ENACTED if session.rule_sets.is_enacted(bureau, fingerprint) else state,
        events=events,
        examples=json.loads(checked[-1].detail)["examples"] if checked else 0,
        enactment=session.rule_sets.enactments(bureau, [fingerprint]).get(fingerprint),
        schemes=tuple(part.file for part in _parts(rule_set)[1:]),
    )


def _parts(rule_set: StoredRuleSet) -> Sequence[Part]:
    return unpacked(rule_set.document, rule_set.name)


def _changes(old: Part, new: Part) -> list[Change]:
    return changes(*(read_source(part.text, part.file) for part in (old, new)))
