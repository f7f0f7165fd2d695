"""Two versions of one rule set are in force at once only if the later corrects the earlier."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from payroll_service.book.records import Bureau
from payroll_service.cli.stored import opened
from payroll_service.errors import UnreadableFile, VersionsClash
from payroll_service.workflow.check_rules import check_folder
from payroll_service.workflow.import_workbook import save_rules
from payroll_service.workflow.load_rules import load_rules
from rules.language import RuleSetError, load_rule_set
from rules.language.program import Program
from rules.language.versions import corrects, find_clashes
from tests.rules.test_schemes import PARENT, POOL, SCORES

LATER = PARENT.replace('版本: "1"', '版本: "2"')
CORRECTING = PARENT.replace('版本: "1"', '版本: "2"\n更正: "1"')
NEXT_YEAR = LATER.replace("2020-09-01 至 2021-08-31", "2021-09-01 至 2022-08-31")
SAME_DAY = LATER.replace("2020-09-01 至 2021-08-31", "2021-08-31 至 2022-08-31")
SAME_NUMBER = PARENT.replace("公式: 考核.得分", "公式: 考核.得分 × 2")


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (NEXT_YEAR, ""),
        (CORRECTING, ""),
        (SAME_DAY, "版本 1 和 2 同时施行，哪一版也没有更正另一版"),
        (LATER, "版本 1 和 2 同时施行，哪一版也没有更正另一版"),
        (SAME_NUMBER, "版本 1 有两份不同的内容"),
        (PARENT.replace("示例县", "另一县"), ""),
    ],
)
def test_versions_go_together_in_a_folder_and_in_the_book(tmp_path, second, told):
    folder = written(tmp_path, 甲=PARENT, 乙=second)
    clashes = check_folder(folder).clashes
    assert [told in clash.message for clash in clashes] == ([True] if told else [])
    with opened(str(tmp_path / "book.db")) as store, store.writing() as session:
        session.add_bureau(Bureau("b", "b"))
        now = datetime(2021, 9, 1, tzinfo=UTC)
        save_rules(session, "b", load_rules(folder / "甲.yaml"), "甲", now)
        if told:
            with pytest.raises(VersionsClash, match=told):
                save_rules(session, "b", load_rules(folder / "乙.yaml"), "甲", now)
        else:
            save_rules(session, "b", load_rules(folder / "乙.yaml"), "甲", now)


def test_a_correction_may_itself_be_corrected_but_one_version_only_once():
    def version(number: str, corrected: str = "") -> Program:
        line = f'\n更正: "{corrected}"' if corrected else ""
        return load_rule_set(PARENT.replace('版本: "1"', f'版本: "{number}"{line}'), "县")

    first, ninth, tenth = version("1"), version("1.9", "1"), version("1.10", "1.9")
    assert find_clashes([tenth, first, ninth]) == []
    assert corrects(tenth, first, [first, ninth, tenth])
    assert not corrects(first, tenth, [first, ninth, tenth])
    [clash] = find_clashes([first, ninth, version("1.10", "1")])
    assert '在 1.10 里写「更正: "1.9"」' in clash.remedy
    assert len(find_clashes([first, version("2", "2")])) == 1


def test_a_folders_schemes_are_checked_with_their_rule_set(tmp_path):
    checked = check_folder(written(tmp_path, 县=PARENT, 甲=SCORES, 乙=POOL))
    assert [len(each.program.schemes) for each in checked.loaded] == [2]
    checked = check_folder(written(tmp_path, 甲=SCORES.replace('版本: "1"}', '版本: "9"}')))
    assert [path.stem for path in checked.orphans] == ["甲"]


def test_a_folder_without_rule_sets_and_a_scheme_that_extends_nothing_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="没有规则集"):
        check_folder(tmp_path)
    with pytest.raises(RuleSetError, match="方案缺少「延伸」"):
        check_folder(written(tmp_path, 甲=SCORES.replace('延伸: {规则集: 示例县, 版本: "1"}\n', "")))


def test_the_mistakes_of_all_files_are_told_at_once(tmp_path):
    spoilt = {
        "县": PARENT.replace("语言: 1", "语言: 9"),
        "甲": SCORES.replace('延伸: {规则集: 示例县, 版本: "1"}\n', ""),
        "乙": "a: [",
    }
    with pytest.raises(RuleSetError) as told:
        check_folder(written(tmp_path, **spoilt))
    assert {Path(one.place.file).stem for one in told.value.problems} == set(spoilt)


def test_the_shipped_rule_sets_go_together():
    checked = check_folder(Path(__file__).parents[2] / "rules" / "sets")
    assert (checked.clashes, checked.orphans) == ((), ())
