"""What counts as an empty cell is said by the column, or follows from what the column can hold."""

from dataclasses import replace

import pytest

from payroll_service.snapshot.emptiness import marks_of
from payroll_service.snapshot.sealing import check_and_seal
from rules.language import RuleSetError, load_rule_set
from tests.sample_county import RULES
from tests.snapshot import sample as s


def sealed(column, cell):
    program = s.program(s.table("t", ("代码",), [s.column("代码", s.CODE), column]))
    snapshot, problems = check_and_seal(program, [s.raw("t", [{"代码": "A", column.name: cell}])])
    missing = snapshot.tables["t"].columns[column.name].missing if snapshot else None
    return [problem.kind for problem in problems], missing is not None and bool(missing[0])


@pytest.mark.parametrize("kind", [s.DATE, s.MONEY, s.SIZE, s.ID, s.ACCOUNT, s.SEMESTER, s.YES_NO])
@pytest.mark.parametrize("mark", ["—", " ／ ", "无", "－"])
def test_a_dash_is_empty_in_an_optional_column_that_cannot_hold_one(kind, mark):
    assert sealed(s.column("x", kind, optional=True), mark) == ([], True)


@pytest.mark.parametrize("words", ["至今", "在 任", "在岗", "长期", "暂无"])
def test_who_writes_of_a_day_that_has_not_come_is_told_to_leave_it_empty(words):
    for optional in (True, False):
        column = s.column("x", s.DATE, optional=optional)
        program = s.program(s.table("t", ("代码",), [s.column("代码", s.CODE), column]))
        _, problems = check_and_seal(program, [s.raw("t", [{"代码": "A", "x": words}])])
        assert ["没有的请留空" in problem.remedy for problem in problems] == [optional]


def test_a_dash_in_a_required_column_is_a_problem():
    assert sealed(s.column("x", s.MONEY), "—")[0] == ["类型"]


def test_a_dash_never_turns_into_a_default_unless_the_column_says_so():
    column = s.column("x", s.PERCENT, default="100%")
    assert sealed(column, "—")[0] == ["类型"]
    assert sealed(replace(column, empty_marks=("—",)), "—") == ([], False)


def test_a_free_text_means_what_it_says_unless_the_column_says_otherwise():
    column = s.column("备注", s.TEXT, optional=True)
    assert sealed(column, "无") == ([], False)
    assert sealed(replace(column, empty_marks=("无",)), "无") == ([], True)
    assert marks_of(replace(s.column("x", s.DATE, optional=True), empty_marks=())) == ()


def test_an_option_is_an_option_before_it_is_a_mark():
    kind = replace(s.SIZE, options=("有", "无"))
    assert sealed(s.column("x", kind, optional=True), "无") == ([], False)


def county(change):
    text = RULES.read_text(encoding="utf-8")
    old = "银行账号: 账号 可空"
    assert old in text
    return load_rule_set(text.replace(old, change), "县.yaml")


def test_a_rule_set_declares_synonyms_and_empty_marks():
    column = (
        county("银行账号: {类型: 账号 可空, 别名: [工资卡号, 卡号], 空写法: 暂无}")
        .tables["人员"]
        .columns["银行账号"]
    )
    assert column.synonyms == ("工资卡号", "卡号")
    assert column.empty_marks == ("暂无",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("银行账号: {类型: 账号, 空写法: [无]}", "必填"),
        ("银行账号: {类型: 账号 可空, 别名: [姓 名]}", "「姓名」"),
        ("银行账号: {类型: 账号 可空, 别名: [银行账号]}", "别名"),
        ("银行账号: {类型: 账号 可空, 别名: [卡号, 卡号]}", "重复"),
    ],
)
def test_a_heading_means_one_column_and_a_required_cell_is_not_empty(change, words):
    with pytest.raises(RuleSetError) as refused:
        county(change)
    assert any(words in str(problem) for problem in refused.value.problems)
