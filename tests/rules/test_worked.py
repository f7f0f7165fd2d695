"""Worked examples are read as data and wanted numbers; a slip gives a message."""

from fractions import Fraction
from pathlib import Path

import pytest

from rules.language.mistakes import Place, RuleSetError
from rules.language.worked import Expectation, read_examples, read_wanted

HERE = Place("例.yaml", 1, 1)
EXAMPLES = """\
规则集: ../sets/县/1.yaml
默认: {人员: {师德: 合格, 姓名: 无名}}
用例:
- 名称: 一
  期间: 2020-09
  来源: 报告 三
  数据:
    人员: [{证件号码: 甲, 姓名: 甲}, {证件号码: 乙}]
    学校: []
  期望:
  - {发放: 基础, 收款人: 甲, 所属: 2020-09, 金额: 2772.50, 推导: 66 %}
  - {列: 任职.权重, 行: [甲, A01, 2015-09-01], 值: 570, 推导: 95 × 6}
  - {列: 人员.数, 行: 甲, 值: -85%, 推导: 手算}
  - {退回: 任职.未兑现, 合计: 120.00, 推导: 手算}
  - {检查: 标准已填, 次数: 1, 推导: 手算}
  - {错误: 没有这一档, 推导: 手算}
"""


def read(text=EXAMPLES):
    return read_examples(text, HERE.file)


def test_an_example_has_data_with_defaults_and_expectations():
    file = read()
    [example] = file.examples
    assert file.rule_set == "../sets/县/1.yaml"
    assert (example.name, example.period, example.source) == ("一", "2020-09", "报告 三")
    assert example.tables == {
        "人员": (
            {"师德": "合格", "姓名": "甲", "证件号码": "甲"},
            {"师德": "合格", "姓名": "无名", "证件号码": "乙"},
        ),
        "学校": (),
    }


def test_an_example_may_name_schemes_of_its_file_or_its_own():
    assert read().examples[0].schemes == ()
    common = read(EXAMPLES.replace("默认:", "方案: [甲.yaml, 乙.yaml]\n默认:"))
    assert common.examples[0].schemes == ("甲.yaml", "乙.yaml")
    own = read(EXAMPLES.replace("  期间: 2020-09\n", "  期间: 2020-09\n  方案: [丙.yaml]\n"))
    assert own.examples[0].schemes == ("丙.yaml",)


def test_each_kind_of_expectation_says_what_it_wants():
    def seen(wish: Expectation):
        return (wish.kind, wish.what, wish.wanted, wish.row, wish.narrowed)

    assert [seen(wish) for wish in read().examples[0].expectations] == [
        ("发放", "基础", "2772.50", (), {"收款人": "甲", "所属": "2020-09"}),
        ("列", "任职.权重", "570", ("甲", "A01", "2015-09-01"), {}),
        ("列", "人员.数", "-85%", ("甲",), {}),
        ("退回", "任职.未兑现", "120.00", (), {}),
        ("检查", "标准已填", "1", (), {}),
        ("错误", "没有这一档", "没有这一档", (), {}),
    ]
    assert [wish.place.line for wish in read().examples[0].expectations] == list(range(11, 17))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2772.50", Fraction(5545, 2)),
        ("-3", Fraction(-3)),
        ("85%", Fraction(17, 20)),
        ("是", "是"),
        ("不适用", "不适用"),
        ("2020-09-01", "2020-09-01"),
        ("2,772.50", "2,772.50"),
    ],
)
def test_a_wanted_value_is_a_number_or_a_word(text, wanted):
    assert read_wanted(text, HERE) == wanted


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("  期间: 2020-09\n", "", "缺少「期间」"),
        ("推导: 95 × 6", "推到: 95 × 6", "没有「推到」"),
        ("推导: 95 × 6", "推导: [95, 6]", "推导应是一段文字"),
        ("值: 570, ", "", "缺少「值」"),
        ("金额: 2772.50", "金额: 2 772.50", "金额「2 772.50」不是数"),
        ("合计: 120.00", "合计: 一百二十", "合计「一百二十」不是数"),
        ("行: 甲,", "行: [[甲]],", "行应是一段文字"),
        ("{错误: 没有这一档, 推导: 手算}", "{出错: 没有这一档, 推导: 手算}", "开头"),
        ("{证件号码: 乙}", "{证件号码: [乙]}", "一格里只能有一个值"),
        ("用例:\n", "用例：\n", "全角冒号"),
        ("姓名: 甲}", "姓名: 甲, 姓名: 丁}", "重复"),
    ],
)
def test_a_slip_is_told_with_place_and_cure(old, new, word):
    assert EXAMPLES.count(old) == 1
    with pytest.raises(RuleSetError) as caught:
        read(EXAMPLES.replace(old, new))
    [problem] = caught.value.problems
    assert word in problem.message
    assert problem.remedy
    assert problem.place.file == HERE.file


def test_an_example_wants_something():
    with pytest.raises(RuleSetError, match="没有期望"):
        read(EXAMPLES[: EXAMPLES.index("  期望:")] + "  期望: []\n")


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[2] / "rules" / "examples").rglob("*.yaml")),
    ids=lambda path: path.stem,
)
def test_the_examples_of_the_repository_are_readable(path):
    file = read_examples(path.read_text("utf-8"), path.name)
    assert file.examples
    assert (path.parent / file.rule_set).is_file()
