"""A rule set's way into force: stored as a draft, its worked examples passed, enacted by a second person; never edited."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from payroll_service.book.records import Bureau, RuleSetEnactment, RuleSetEvent, StoredRuleSet
from payroll_service.book.rule_set_states import CHECKED, DRAFTED
from payroll_service.errors import NotEnactable, SamePerson, UnreadableFile
from payroll_service.store.store import Session, Store
from payroll_service.workflow.import_workbook import save_rules
from payroll_service.workflow.load_rules import LoadedRules, rules_from
from payroll_service.workflow.try_examples import ExampleResult, try_examples, try_texts
from rules.language.bundle import BrokenBundle, Part, packed
from rules.language.scheme_sources import is_scheme
from rules.language.source import read_source

SHOWN = 5
HOW_TO_ADD = (
    "请把手算的用例写进 examples 文件夹（见 docs/rule-language.md 的用例），或用 --examples 指明，再来一次。"
)


@dataclass(frozen=True)
class PassedExamples:
    """Worked examples of one rule set, all of which passed: how many of each file."""

    files: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.files)


Tried = tuple[LoadedRules, PassedExamples | None]


def pass_examples(
    rules: Path,
    schemes: Sequence[Path] = (),
    examples: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> PassedExamples:
    """Try the examples at `examples`, or in the nearest folder of that name beside or above the rule set.

    Those count that name this rule set, with no other scheme than these. Raises NotEnactable if one fails, or there
    are none.
    """
    given = {path.resolve() for path in schemes}
    place = examples or _beside(rules)
    if place is None:
        raise NotEnactable(f"{rules} 旁边没有用例，没有人核对过它怎样计算。", HOW_TO_ADD)

    def ours(tried: tuple[Path, ...]) -> bool:
        return tried[0] == rules.resolve() and given.issuperset(tried[1:])

    return passed(list(try_examples(place, progress, ours)))


def passed(results: Sequence[ExampleResult]) -> PassedExamples:
    """What is put down of examples that were tried. Raises NotEnactable if one fails, or there are none."""
    if not results:
        raise NotEnactable("没有用这份规则集的用例，没有人核对过它怎样计算。", HOW_TO_ADD)
    failed = [f"{one.name}（{one.failures[0]}）" for one in results if one.failures]
    if failed:
        raise NotEnactable(
            f"{len(results)} 个用例里有 {len(failed)} 个没有通过：{'；'.join(failed[:SHOWN])}。",
            "请改正规则集或用例，用 payroll rules test 全部跑通再来。",
        )
    names = [Path(one.file).name for one in results]
    return PassedExamples(tuple((name, names.count(name)) for name in dict.fromkeys(names)))


def _beside(rules: Path) -> Path | None:
    folders = (folder / "examples" for folder in rules.resolve().parents)
    return next((folder for folder in folders if folder.is_dir()), None)


def draft_rules(
    store: Store, bureau: Bureau, rules: LoadedRules, examples: PassedExamples | None, by: str, now: datetime
) -> None:
    """Store a rule set as a draft, if it is not, and put down the examples that passed. Raises VersionsClash."""
    with store.writing() as session:
        session.add_bureau(bureau)
        save_rules(session, bureau.bureau, rules, by, now)
        if examples is not None:
            note_examples(session, bureau.bureau, rules.program.fingerprint, examples, by, now)


def draft_texts(
    store: Store, bureau: Bureau, rules: Sequence[Part], examples: Sequence[Part], by: str, now: datetime
) -> str:
    """The same of texts. Returns the fingerprint. Raises what `try_draft` does, and VersionsClash."""
    loaded, found = try_draft(rules, examples)
    draft_rules(store, bureau, loaded, found, by, now)
    return loaded.program.fingerprint


def try_draft(rules: Sequence[Part], examples: Sequence[Part]) -> Tried:
    """A rule set and its schemes, in any order, and their worked examples, if there are any, all of which passed.

    Raises RuleSetError, UnreadableFile, NotEnactable for an example that fails.
    """
    rules = sorted(rules, key=lambda part: is_scheme(read_source(part.text, part.file)))
    try:
        loaded = rules_from(packed(rules), rules[0].file)
    except BrokenBundle as why:
        raise UnreadableFile(f"{why}。", "请交规则集和方案的原文，一份一个文件。") from None
    return loaded, passed(list(try_texts(rules, examples))) if examples else None


def note_examples(
    session: Session, bureau: str, fingerprint: str, examples: PassedExamples, by: str, now: datetime
) -> None:
    detail = {"examples": examples.count, "files": dict(examples.files)}
    told = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    session.rule_sets.append(bureau, fingerprint, CHECKED, now, by, told)


def enact_rules(
    store: Store,
    bureau: str,
    fingerprint: str,
    by: str,
    now: datetime,
    examples: PassedExamples | None = None,
) -> RuleSetEnactment:
    """Put a stored rule set in force, by somebody else than who drafted it; with `examples`, put these down first.

    Raises NotEnactable, SamePerson.
    """
    by = by.strip()
    with store.writing() as session:
        rule_set = _find(session, bureau, fingerprint)
        if session.rule_sets.enactments(bureau, [fingerprint]):
            raise NotEnactable(
                f"{_told(rule_set)}已经启用。", "不用再启用；要改就写新的一版，写上 版本 和 更正。"
            )
        if examples is not None:
            note_examples(session, bureau, fingerprint, examples, by, now)
        events = session.rule_sets.events(bureau, fingerprint)
        drafted = next(event for event in events if event.state == DRAFTED)
        _refuse_one_person(rule_set, drafted, by)
        checked = [event for event in events if event.state == CHECKED]
        if not checked:
            raise NotEnactable(f"{_told(rule_set)}还没有跑过用例，不能启用。", HOW_TO_ADD)
        enactment = RuleSetEnactment(
            bureau=bureau,
            fingerprint=fingerprint,
            number=0,
            drafted=drafted.number,
            drafted_by=drafted.actor,
            enacted_by=by,
            examples=json.loads(checked[-1].detail)["examples"],
            at=now,
        )
        return session.rule_sets.enact(enactment)


def _find(session: Session, bureau: str, fingerprint: str) -> StoredRuleSet:
    found = [one for one in session.rule_sets.all(bureau) if one.fingerprint == fingerprint]
    if not found:
        raise NotEnactable(
            f"库里没有指纹为 {fingerprint[:12]} 的规则集，没有草案可以启用。",
            "请先由起草的人用 payroll rules draft 或 payroll import 入库；有方案的，方案要与入库时的一样。",
        )
    return found[0]


def _refuse_one_person(rule_set: StoredRuleSet, drafted: RuleSetEvent, by: str) -> None:
    if not by:
        raise NotEnactable("没有写启用人。", "请用 --by 写明是谁启用。")
    if by == drafted.actor.strip():
        raise SamePerson(f"{_told(rule_set)}是 {by} 入库的，不能由同一个人启用。", "请由另一个人核对后启用。")


def _told(rule_set: StoredRuleSet) -> str:
    return f"规则集“{rule_set.name}”{rule_set.version} 版"
