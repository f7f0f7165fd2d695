"""A document taken apart and put together is the same rule set; all changes made are the new version."""

from dataclasses import replace
from pathlib import Path

import pytest

from rules.language.changes import changes, mixed, ordered
from rules.language.check import compile_document, load_rule_set
from rules.language.mistakes import Mistake
from rules.language.pieces import composed, pieces_of
from rules.language.scheme_sources import extends, is_scheme
from rules.language.source import Entries, read_source

SETS = Path("rules/sets")


def rule_sets() -> list[Path]:
    found = []
    for path in sorted(SETS.rglob("*.yaml")):
        document = read_source(path.read_text(encoding="utf-8"), str(path))
        if (
            isinstance(document, Entries)
            and {"规则集", "施行"} <= set(document.entries)
            and not is_scheme(document)
        ):
            found.append(path)
    return found


def compiled(document, fingerprint):
    return replace(compile_document(document, "x.yaml"), fingerprint=fingerprint)


@pytest.mark.parametrize("path", rule_sets(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_put_together_again_it_is_the_same_rule_set(path):
    text = path.read_text(encoding="utf-8")
    program, document = load_rule_set(text, "x.yaml"), read_source(text, "x.yaml")
    assert vars(compiled(composed(pieces_of(document), document.place), program.fingerprint)) == vars(program)


def test_all_changes_made_are_the_new_version_and_none_is_the_old():
    old, new = (
        read_source((SETS / "dushan" / f"{name}.yaml").read_text(encoding="utf-8"), "x.yaml")
        for name in ("2020.1", "2021.1")
    )
    found = changes(old, new)
    first, rest = ordered(found)
    assert sorted(map(repr, (*first, *rest))) == sorted(map(repr, found))
    assert changes(mixed(old, new, found), new) == []
    assert changes(mixed(old, new, []), old) == []
    assert len(changes(mixed(old, new, found[:3]), new)) == len(found) - 3


def test_a_scheme_says_what_it_extends():
    assert extends(read_source('方案: 甲\n延伸: {规则集: 县, 版本: "1"}', "甲.yaml")) == ("县", "1")
    with pytest.raises(Mistake, match="方案缺少「延伸」"):
        extends(read_source("方案: 甲", "甲.yaml"))
