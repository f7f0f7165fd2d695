"""payroll compare as finance uses it."""

from tests.cli.test_commands import payroll
from tests.sample_county import RULES
from tests.workflow.test_compare import county

__all__ = ["county"]


def test_rules_and_money_are_told_and_both_files_written(county):
    done = payroll(
        "compare", "--from", county / "old.yaml", "--to", county / "new.yaml",
        "--input", county / "data", "--period", "2020-2021-1", "--out", county / "out",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    for words in (
        "〔办法 二〕",
        "200元/学期  →  250元/学期",
        "标准 教龄津贴",
        "800.00 → 930.00",
        "减少最多",
        "乙中学",
    ):
        assert words in done.output
    assert {path.name for path in (county / "out").iterdir()} == {"comparison.xlsx", "comparison.svg"}


def test_a_workbook_that_lacks_what_the_new_version_asks_for_is_told(county):
    done = payroll(
        "compare",
        "--from",
        county / "old.yaml",
        "--to",
        RULES,
        "--input",
        county / "data",
        "--period",
        "2020-2021-1",
    )
    assert done.exit_code == 2
    assert "任职" in done.output
