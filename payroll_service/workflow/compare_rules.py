"""Compare two versions of a rule set, or of a scheme."""

from __future__ import annotations

from pathlib import Path

from payroll_service.errors import UnreadableFile
from payroll_service.workflow.load_rules import load_rules, read_text
from rules.language.changes import Change, changes
from rules.language.scheme_sources import is_scheme
from rules.language.source import read_source


def compare_rules(old: Path, new: Path) -> list[Change]:
    """What changed. Rule sets must compile; a scheme cannot alone. Raises RuleSetError, UnreadableFile."""
    documents = [read_source(read_text(path), str(path)) for path in (old, new)]
    kinds = [is_scheme(document) for document in documents]
    if kinds[0] != kinds[1]:
        raise UnreadableFile("一份是规则集，一份是方案，不能比较。", "请给两份规则集，或两份方案。")
    if not kinds[0]:
        for path in (old, new):
            load_rules(path)
    return changes(*documents)
