"""What cannot be read as YAML is told by its cause, and whoever obeys the cure has a sound rule set."""

import re

import pytest

from rules.language.mistakes import RuleProblem
from tests.rules.small import changed, problems

MONTHS = "- 列: 任职.月数\n  公式: 计数(任职月)\n  依据: 办法 四\n"
SCHOOLS = "  学校:\n    主键: 学校代码\n    列: {学校代码: 代码, 规模: 选项 大、中、小}\n"
KEYS = "    主键: [证件号码, 学校代码, 起]\n    查找"
ENTRY = "{编号: 教龄, 项目: 任职.教龄补贴, 给: 人,"


def told(text: str) -> RuleProblem:
    [problem] = problems(text)
    return problem


def obeyed(text: str, problem: RuleProblem, sign: str, instead: str) -> str:
    """The text with what stands at the place of a problem written otherwise."""
    lines = text.split("\n")
    line, at = lines[problem.place.line - 1], problem.place.column - 1
    assert line[at:].startswith(sign)
    lines[problem.place.line - 1] = line[:at] + instead + line[at + len(sign) :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("old", "new", "line", "has", "wants"),
    [
        (MONTHS, MONTHS.replace("  公", "   公"), "   公式: 计数", 3, 2),
        (MONTHS, MONTHS.replace("  公", " 公"), " 公式: 计数", 1, 2),
        (MONTHS, MONTHS.replace("  公", "公"), "公式: 计数", 0, 2),
        (MONTHS, MONTHS.replace("  依", "    依"), "    依据: 办法 四", 4, 2),
        (MONTHS, MONTHS.replace("  依", " 依"), " 依据: 办法 四", 1, 2),
        (MONTHS, MONTHS.replace("  依", "依"), "依据: 办法 四", 0, 2),
        (MONTHS, " " + MONTHS, " - 列: 任职.月数", 1, 0),
        ("  取整: 分 四舍五入\n  依据: 办法 三", "    取整: 分 四舍五入\n  依据: 办法 三", "    取整: 分", 4, 2),
        (SCHOOLS, SCHOOLS.replace("    主", "   主"), "   主键: 学校代码", 3, 4),
        (SCHOOLS, SCHOOLS.replace("    主", "     主"), "     主键: 学校代码", 5, 4),
        (SCHOOLS, SCHOOLS.replace("    列", "   列"), "   列: {学校代码", 3, 4),
        (SCHOOLS, SCHOOLS.replace("    列", "     列"), "     列: {学校代码", 5, 4),
        (SCHOOLS, SCHOOLS.replace("  学校:", " 学校:"), " 学校:", 1, 2),
        (SCHOOLS, SCHOOLS.replace("  学校:", "   学校:"), "   学校:", 3, 2),
        (KEYS, KEYS[1:], "   主键: [证件", 3, 4),
        ("      止: 日期 可空", "     止: 日期 可空", "     止: 日", 5, 6),
        ("- {编号: 奖励", "  - {编号: 奖励", "  - {编号: 奖励", 2, 0),
        ("- 名称: 师德", "  - 名称: 师德", "  - 名称: 师德", 2, 0),
        ("\n检查:\n", "\n 检查:\n", " 检查:", 1, 0),
    ],
)  # fmt: skip
def test_a_line_that_begins_at_the_wrong_column_is_told_with_the_right_one(old, new, line, has, wants):
    text = changed(old, new)
    problem = told(text)
    assert text.split("\n")[problem.place.line - 1].startswith(line)
    assert problem.place.column == has + 1
    assert problem.message == f"缩进不齐：这一行前面有 {has} 个空格，应有 {wants} 个"
    assert (named := re.fullmatch("请让「.+」与第 ([0-9]+) 行的「(.+)」对齐", problem.remedy))
    assert named[2] in text.split("\n")[int(named[1]) - 1]
    begun = text.split("\n")
    begun[problem.place.line - 1] = " " * wants + begun[problem.place.line - 1].lstrip()
    assert problems("\n".join(begun)) == []


@pytest.mark.parametrize(
    ("old", "new"), [(MONTHS, f"-{MONTHS[2:]}"), (f"- {ENTRY}", f"-{ENTRY}")], ids=["key", "braces"]
)
def test_a_dash_without_a_space(old, new):
    text = changed(old, new)
    problem = told(text)
    assert "「-」后面没有空格" in problem.message
    assert "请在「-」后面加一个空格" in problem.remedy
    assert problems(obeyed(text, problem, "-", "- ")) == []


def test_an_item_without_its_dash():
    text = changed(MONTHS, MONTHS[2:])
    problem = told(text)
    assert "「列」前面像是少了「- 」" in problem.message
    assert "每一项以「- 」开头" in problem.remedy
    assert problems(obeyed(text, problem, "列", "- 列")) == []


@pytest.mark.parametrize(
    ("old", "new", "sign", "name"),
    [
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码， "), "，", "全角逗号"),
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码，"), "，", "全角逗号"),
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码，\n      "), "，", "全角逗号"),
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码； "), "；", "全角分号"),
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码; "), ";", "分号"),
        (SCHOOLS, SCHOOLS.replace("码: 代码, ", "码: 代码、"), "、", "顿号"),
        (ENTRY, ENTRY.replace("教龄, ", "教龄， "), "，", "全角逗号"),
        ("66%, 奖励", "66%，奖励", "，", "全角逗号"),
    ],
)
def test_a_sign_between_items_that_only_looks_like_a_comma(old, new, sign, name):
    text = changed(old, new)
    problem = told(text)
    assert problem.message == f"这里用了{name}「{sign}」"
    assert "半角逗号加一个空格「, 」" in problem.remedy
    assert problems(obeyed(text, problem, sign, ", ")) == []


def test_several_such_signs_are_told_one_after_the_other():
    text = changed(ENTRY, ENTRY.replace(",", "，"))
    for _ in range(3):
        text = obeyed(text, told(text), "，", ", ")
    assert problems(text) == []


@pytest.mark.parametrize(
    ("old", "new", "sign", "instead"),
    [
        (
            "各份: {基础性绩效: 66%, 奖励性额度: 其余}",
            "各份: ｛基础性绩效: 66%, 奖励性额度: 其余｝",
            "｛",
            "{",
        ),
        (
            "各份: {基础性绩效: 66%, 奖励性额度: 其余}",
            "各份: {基础性绩效: 66%, 奖励性额度: 其余｝",
            "｝",
            "}",
        ),
        ("余分: [考核.得分 由高到低, 主键]", "余分: [考核.得分 由高到低, 主键］", "］", "]"),
    ],
)
def test_brackets_that_only_look_like_yaml(old, new, sign, instead):
    text = changed(old, new)
    problem = told(text)
    assert problem.message == f"这里用了全角括号「{sign}」"
    assert f"请改用半角括号「{instead}」" in problem.remedy
    assert problems(obeyed(text, problem, sign, instead).replace("其余｝", "其余}")) == []


def test_where_nothing_helps_the_place_is_told_as_ever():
    for text in (
        changed("问: 谁发", '问: "谁，发" 甲'),
        changed("  说明: 绩效标准", "  说明: 注意，［附］: 绩效标准"),
    ):
        assert re.search("两个「: 」|不成对", told(text).message)
        assert "有逗号、冒号" in told(text).remedy or "含冒号的文字请加引号" in told(text).remedy


def test_in_a_very_long_section_nothing_is_tried():
    text = changed(MONTHS, MONTHS.replace("  公", "   公"))
    assert "缩进不齐" in told(text).message
    text = text.replace(
        "  取整: 分 四舍五入\n  依据: 办法 三", f"  取整: 分 四舍五入 # {'注' * 600_000}\n  依据: 办法 三"
    )
    assert "两个「: 」" in told(text).message
