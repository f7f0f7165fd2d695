"""Check every rule set in a folder, each with the schemes that extend it, and that their versions go together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from payroll_service.errors import UnreadableFile
from payroll_service.workflow.load_rules import LoadedRules, load_rules, read_text
from rules.language.mistakes import Mistake, RuleProblem, RuleSetError
from rules.language.scheme_sources import extends, is_scheme
from rules.language.source import Entries, read_source, text_of
from rules.language.versions import Clash, find_clashes


@dataclass(frozen=True)
class CheckedFolder:
    """Every rule set that was found, extended by its schemes; pairs of versions that clash; schemes without their rule set."""

    loaded: tuple[LoadedRules, ...]
    clashes: tuple[Clash, ...]
    orphans: tuple[Path, ...]


def check_folder(folder: Path) -> CheckedFolder:
    """Raises RuleSetError with the mistakes of all files, UnreadableFile."""
    problems: list[RuleProblem] = []
    rule_sets: dict[Path, tuple[str, str]] = {}
    schemes: dict[Path, tuple[str, str]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        try:
            document = read_source(read_text(path), str(path))
            if is_scheme(document):
                schemes[path] = extends(document)
            elif isinstance(document, Entries) and _is_rule_set(document):
                rule_sets[path] = _named(document)
        except RuleSetError as found:
            problems += found.problems
        except Mistake as mistake:
            problems.append(mistake.problem)
    if not rule_sets and not problems:
        raise UnreadableFile(
            f"{folder} 里没有规则集。", "请指到一份规则集，或放规则集的文件夹，如 rules/sets。"
        )
    loaded: list[LoadedRules] = []
    for path, named in rule_sets.items():
        try:
            loaded.append(load_rules(path, [file for file, wanted in schemes.items() if wanted == named]))
        except RuleSetError as found:
            problems += found.problems
    if problems:
        raise RuleSetError(problems)
    alone = [(each.extends or each).program for each in loaded]
    orphans = tuple(path for path, wanted in schemes.items() if wanted not in rule_sets.values())
    return CheckedFolder(tuple(loaded), tuple(find_clashes(alone)), orphans)


def _is_rule_set(document: Entries) -> bool:
    """A document of the language, and not a sample or a file of worked examples."""
    return {"语言", "规则集", "版本"} <= set(document.entries)


def _named(document: Entries) -> tuple[str, str]:
    return text_of(document.entries["规则集"], "规则集"), text_of(document.entries["版本"], "版本")
