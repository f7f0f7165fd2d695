"""Which stored rule set is meant: the one that is named, or the one in force."""

from __future__ import annotations

from datetime import date

from payroll_service.book.records import StoredRuleSet
from payroll_service.errors import UnknownRuleSet
from payroll_service.store.store import Session


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
    numbers = {event.fingerprint: event.number for event in session.rule_sets.log(bureau)}
    extended = {each.extends for each in known.values()}
    whole = [each for each in known.values() if each.fingerprint not in extended]
    that_day = [each for each in whole if each.in_force_from <= day <= each.in_force_to]
    enacted = session.rule_sets.enactments(bureau)
    in_force = [each for each in that_day if each.fingerprint in enacted]
    stored = sorted(in_force or that_day or whole, key=lambda each: numbers.get(each.fingerprint, 0))
    chosen = list({each.name: each for each in stored}.values())
    if not chosen:
        raise UnknownRuleSet("本局还没有规则集。", "请先让规则集入库，再导入数据。")
    if len(chosen) > 1:
        named = "、".join(f"{each.name} {each.version}" for each in chosen)
        raise UnknownRuleSet(f"有 {len(chosen)} 个规则集可选：{named}。", "请写明用哪一个。")
    return chosen[0]
