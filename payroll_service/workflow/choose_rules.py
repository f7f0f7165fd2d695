"""Which stored rule set is meant: the one that is named, or the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from payroll_service.book.records import StoredRuleSet
from payroll_service.errors import UnknownRuleSet
from payroll_service.store.store import Session, Store


@dataclass(frozen=True)
class RuleSetChoice:
    """A stored rule set; `is_meant` where none is named; `is_enacted` by a second person."""

    rule_set: StoredRuleSet
    is_meant: bool
    is_enacted: bool


def choose_rules(session: Session, bureau: str, fingerprint: str, day: date) -> StoredRuleSet:
    """The stored rule set of that fingerprint; for "" the only one in force that day. Raises UnknownRuleSet.

    Where nobody enacted one for that day, a draft for it counts, and where there is none, any. Of several of one name
    it is the last stored, and with the schemes that extend it.
    """
    known = {each.fingerprint: each for each in session.rule_sets.all(bureau)}
    if fingerprint:
        if fingerprint not in known:
            raise UnknownRuleSet("没有这个规则集。", "请从本局已有的规则集里选一个。")
        return known[fingerprint]
    chosen = _meant(session, known, bureau, day)
    if not chosen:
        raise UnknownRuleSet("本局还没有规则集。", "请先让规则集入库，再导入数据。")
    if len(chosen) > 1:
        named = "、".join(f"{each.name} {each.version}" for each in chosen)
        raise UnknownRuleSet(f"有 {len(chosen)} 个规则集可选。", "请写明用哪一个。", f"可选的：{named}。")
    return chosen[0]


def list_choices(store: Store, bureau: str, day: date) -> list[RuleSetChoice]:
    """Every rule set of the bureau, the one that is meant without a name first, then the last in force."""
    with store.reading() as session:
        known = {each.fingerprint: each for each in session.rule_sets.all(bureau)}
        meant = [each.fingerprint for each in _meant(session, known, bureau, day)]
        enacted = session.rule_sets.enactments(bureau)
    choices = [
        RuleSetChoice(each, [fingerprint] == meant, fingerprint in enacted)
        for fingerprint, each in reversed(known.items())
    ]
    return sorted(choices, key=lambda each: not each.is_meant)


def _meant(
    session: Session, known: Mapping[str, StoredRuleSet], bureau: str, day: date
) -> list[StoredRuleSet]:
    """One of each name."""
    numbers = {event.fingerprint: event.number for event in session.rule_sets.log(bureau)}
    extended = {each.extends for each in known.values()}
    whole = [each for each in known.values() if each.fingerprint not in extended]
    that_day = [each for each in whole if each.in_force_from <= day <= each.in_force_to]
    enacted = session.rule_sets.enactments(bureau)
    in_force = [each for each in that_day if each.fingerprint in enacted]
    stored = sorted(in_force or that_day or whole, key=lambda each: numbers.get(each.fingerprint, 0))
    return list({each.name: each for each in stored}.values())
