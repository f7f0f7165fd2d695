"""The worked examples that finance people sign must come out to the fen, and the runner must notice when one does not."""

from pathlib import Path

import pytest

from payroll_service.workflow.try_examples import try_examples

ROOT = Path(__file__).parents[2]


def test_every_worked_example_in_the_repository_comes_out():
    results = list(try_examples(ROOT / "rules"))
    assert len(results) >= 15
    assert [(result.name, result.failures) for result in results if result.failures] == []


@pytest.mark.parametrize(
    ("wanted", "instead", "told"),
    [
        ("金额: 2772.50", "金额: 2772.49", "应为 2772.49，实为 2772.50"),
        ("收款人: P1", "收款人: P9", "没有"),
        ("发放: 基础", "发放: 不存在", "没有"),
    ],
)
def test_a_wrong_expectation_fails_and_says_what_came_out(tmp_path, wanted, instead, told):
    source = (ROOT / "rules" / "examples" / "dushan" / "monthly.yaml").read_text(encoding="utf-8")
    source = source.replace(
        "../../sets/dushan/2020.1.yaml", str(ROOT / "rules" / "sets" / "dushan" / "2020.1.yaml")
    )
    assert wanted in source
    file = tmp_path / "examples.yaml"
    file.write_text(source.replace(wanted, instead, 1), encoding="utf-8")
    failures = [failure for result in try_examples(file) for failure in result.failures]
    assert failures
    assert all(told in failure for failure in failures[:1])


@pytest.mark.parametrize(
    ("file", "wanted", "instead", "told"),
    [
        ("e1", "发放: 学生奖, 收款人: K5", "发放: 学生奖金, 收款人: K5", "是否想写「学生奖」"),
        ("e1", "发放: 学生奖, 收款人: K5", "发放: 学生奖, 收款人: K55", "没有收款人「K55」"),
        ("e1", "发放: 学生奖, 收款人: K5", "发放: 学生奖, 收款人: K5, 单位: A99", "没有单位「A99」"),
        ("e1", "发放: 学生奖, 收款人: K5", "发放: 学生奖, 收款人: K5, 资金: 学费", "没有资金「学费」"),
        ("e1", "发放: 学生奖, 收款人: K5", "发放: 学生奖, 收款人: K5, 所属: 二月", "所属「二月」不是期间"),
        ("a1b", "退回: 学期账.结余, 合计: 0.00", "退回: 学期账.节余, 合计: 0.00", "是否想写「学期账.结余」"),
        ("s7", "检查: 总额不变, 次数: 0", "检查: 总额不便, 次数: 0", "是否想写「总额不变」"),
        (
            "s7",
            "行: [A01, 小学, 2024-09], 值: 2",
            "行: [小学, A01], 值: 2",
            "没有这一行，「行」依次写 校、联组、月",
        ),
    ],
)
def test_an_expectation_of_what_is_not_there_fails_even_when_it_expects_nothing(
    tmp_path, file, wanted, instead, told
):
    failures = failures_with(tmp_path, file, wanted, instead)
    assert len(failures) == 1
    assert told in failures[0]


def test_a_payout_that_a_broken_must_would_stop_is_not_taken_for_paid(tmp_path):
    check = "检查: 专户够发, 次数: 1, 推导: 没有本学期的账，当作没有收费；680 > 0}"
    failures = failures_with(tmp_path, "a1a", check, "发放: 课后, 收款人: P1, 金额: 680.00, 推导: 10 × 68}")
    assert len(failures) == 1
    assert "必须的检查「专户够发」不成立" in failures[0]


def test_bad_data_are_told_once_with_table_and_row(tmp_path):
    failures = failures_with(tmp_path, "s7", "{班级代码: X5, 考核分: 75}", "{班级代码: X5}")
    assert len(failures) == 1
    assert "班月考核第 5 行" in failures[0]


HALF = "发放: 基础, 收款人: P1, 单位: A01, 所属: 2020-09, 资金: 绩效, 金额: 2772.50"


@pytest.mark.parametrize(
    ("wanted", "instead", "told"),
    [
        (
            HALF,
            "检查: 银行账号待核, 次数: 0",
            "「银行账号待核」是名册的理由，不是检查 改法：用例里看不到谁暂缓",
        ),
        (HALF, "检查: 银行账号代核, 次数: 0", "规则集里没有检查「银行账号代核」"),
    ],
    ids=["a reason of the roster", "nothing"],
)
def test_a_reason_of_the_roster_is_no_check(tmp_path, wanted, instead, told):
    source = (ROOT / "rules" / "examples" / "dushan" / "monthly.yaml").read_text(encoding="utf-8")
    source = source.replace("../../sets", str(ROOT / "rules" / "sets")).replace(
        "/2020.1.yaml", "/2021.1.yaml"
    )
    assert wanted in source
    (tmp_path / "examples.yaml").write_text(source.replace(wanted, instead), encoding="utf-8")
    failures = [failure for result in try_examples(tmp_path / "examples.yaml") for failure in result.failures]
    assert any(failure.startswith(told) for failure in failures)


@pytest.mark.parametrize(
    ("wanted", "instead", "told"),
    [
        ("期间: 2020-09\n", "期间: 2020-2021\n", "没有：它每月发放，用例算的期间是一个学年"),
        ("绩效标准: 4200.75", "绩效标谁: 4200.75", "没有列“绩效标谁”。 是否想写「绩效标准」？"),
        ("    任职: [{证件号码: P1", "    任只: [{证件号码: P1", "是否想写「任职」？"),
        ("身份: 教师", "身份: 老师", "“老师”不是可选的值 改法："),
    ],
    ids=["another period", "column", "table", "option"],
)
def test_a_slip_in_the_data_is_told_with_what_to_write(tmp_path, wanted, instead, told):
    source = (ROOT / "rules" / "examples" / "dushan" / "monthly.yaml").read_text(encoding="utf-8")
    assert wanted in source
    changed = source.replace("../../sets", str(ROOT / "rules" / "sets")).replace(wanted, instead, 1)
    (tmp_path / "examples.yaml").write_text(changed, encoding="utf-8")
    failures = [failure for result in try_examples(tmp_path / "examples.yaml") for failure in result.failures]
    assert any(told in failure for failure in failures), failures


def test_why_a_row_cannot_be_calculated_is_told_with_the_cure(tmp_path):
    failures = failures_with(tmp_path, "a1c", "错误: 为负,", "错误: 另一句话,")
    assert len(failures) == 1
    assert "拆分出的一份为负数 改法：请核对各份的比例或数额" in failures[0]


def failures_with(folder: Path, file: str, wanted: str, instead: str) -> list[str]:
    """What fails in a file of the schemes' examples after one change."""
    source = (ROOT / "rules" / "examples" / "schemes" / f"{file}.yaml").read_text(encoding="utf-8")
    assert wanted in source
    changed = source.replace("../../sets", str(ROOT / "rules" / "sets")).replace(wanted, instead, 1)
    (folder / "examples.yaml").write_text(changed, encoding="utf-8")
    return [failure for result in try_examples(folder / "examples.yaml") for failure in result.failures]
