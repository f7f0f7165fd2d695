"""payroll rules new: whatever is answered, the file passes the checker; a wrong answer is told."""

from itertools import product

import pytest
from typer.testing import CliRunner

from payroll_service.cli import app
from rules.language import load_rule_set
from rules.language.starter import QUESTIONS, find_wrong, starter

CHOICES = {
    "基础": ("70%", "66.5%", "100%"),
    "奖励": ("本校", "全县", "不分"),
    "校长": ("是", "否"),
    "班主任系数": ("1", "1.15"),
    "师德": ("是", "否"),
    "学校方案": ("是", "否"),
}


def test_every_combination_of_answers_passes_the_checker():
    for values in product(*CHOICES.values()):
        answers = dict(zip(CHOICES, values, strict=True))
        program = load_rule_set(starter(answers), "新.yaml")
        assert program.payments, answers


@pytest.mark.parametrize(
    ("key", "answer"),
    [("学年", "24"), ("基础", "70"), ("奖励", "全省"), ("师德", "对"), ("班主任系数", "0"), ("名称", "甲: 乙"), ("名称", " "), ("别的", "1")],
)  # fmt: skip
def test_a_wrong_answer_is_told(key, answer):
    assert list(find_wrong({key: answer})) == [key]


def test_the_command_asks_until_the_answer_is_sound_and_writes_the_file(tmp_path):
    file = tmp_path / "新.yaml"
    typed = ["甲县教师绩效工资", "二〇二四", "2024", *[""] * (len(QUESTIONS) - 2)]
    result = CliRunner().invoke(app, ["rules", "new", "-o", str(file)], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "写四位的年份" in result.output
    assert load_rule_set(file.read_text(encoding="utf-8"), "新").name == "甲县教师绩效工资"
    again = CliRunner().invoke(app, ["rules", "new", "-o", str(file)], input="\n" * 20)
    assert again.exit_code == 1


def test_answers_may_come_from_a_file(tmp_path):
    (tmp_path / "答.yaml").write_text('学年: 2025\n奖励: 全县\n班主任系数: "1.2"\n', encoding="utf-8")
    file = tmp_path / "新.yaml"
    command = ["rules", "new", "-o", str(file), "--answers", str(tmp_path / "答.yaml")]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert '版本: "2025.1"' in file.read_text(encoding="utf-8")
    (tmp_path / "答.yaml").write_text("奖励: 全省\n", encoding="utf-8")
    refused = CliRunner().invoke(app, [*command[:3], str(tmp_path / "别.yaml"), *command[4:]])
    assert refused.exit_code == 1
    assert "请写 本校、全县、不分 中的一个" in refused.output
