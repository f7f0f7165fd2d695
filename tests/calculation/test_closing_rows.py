"""上期: months run one by one, each beginning where the last ended, give what the semester gives at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.closing_rows import closing_rows
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.labels import key_texts
from payroll_service.snapshot.sealing import find_problems, seal
from payroll_service.snapshot.tables import RawTable
from rules.language import RuleSetError, load_rule_set

TEXT = """\
语言: 1
规则集: 例县追扣
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 例县追扣办法（虚构）}
资金: {津贴: 县财政津贴}
表:
  学校: {主键: 学校代码, 列: {学校代码: 代码}}
  人员: {主键: 证件号码, 收款人: 个人, 列: {证件号码: 证件号}}
  上期余额:
    上期: 任职月
    主键: [证件号码, 学校代码, 起]
    列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 未扣: 金额 0至9999, 几个月: 整数 0至999}
  任职:
    主键: [证件号码, 学校代码, 起]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码, 上次: 上期余额 按 证件号码、学校代码、起}
    列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 止: 日期 可空, 应扣: 金额 0至9999}
  任职月: {分月: 任职, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
规则:
- {列: 任职月.本月扣, 公式: "取小(500元, 上月.未扣)", 依据: 办法 二}
- {列: 任职月.未扣, 公式: 上月.未扣 - 本月扣, 开头: (上次.未扣 否则 应扣), 依据: 办法 二}
- {列: 任职月.几个月, 公式: 上月.几个月 + 1, 开头: (上次.几个月 否则 0), 依据: 办法 二}
- {列: 任职月.扣后, 公式: 600元 - 本月扣, 依据: 办法 二}
发放:
- {编号: 扣后, 项目: 任职月.扣后, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 津贴}
- {编号: 学期, 项目: 任职月.扣后学期, 给: 人, 单位: 校, 所属: 月, 何时: 学期末, 资金: 津贴}
检查:
- {名称: 数月, 表: 任职月, 必须: 几个月 > 0, 依据: 办法 二}
""".replace("发放:", "- {列: 任职月.扣后学期, 公式: 600元 - 本月扣, 依据: 办法 二}\n发放:")
MONTHS = ("2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02")


def table(name, **columns):
    rows = range(1, 1 + max(map(len, columns.values()), default=0))
    return RawTable(name, name, columns, rows)


def tables(posts, before=()):
    people = sorted({post[0] for post in posts})
    schools = sorted({post[1] for post in posts})
    columns = ["证件号码", "学校代码", "起", "止", "应扣"]
    cells = {name: [post[at] for post in posts] for at, name in enumerate(columns)}
    return [
        table("学校", 学校代码=schools),
        table("人员", 证件号码=people),
        table("任职", **cells),
        *before,
    ]


def run(program, period, posts, before=()):
    snapshot = seal(program, tables(posts, before), strict_ids=False)
    return calculate(program, snapshot, program.calendar.parse(period))


def by_month(program, outcome, column):
    made = outcome.columns["任职月", column]
    return {
        key_texts(program, outcome.frames, "任职月", row): int(made.data[row] * made.step * 100)
        for row in range(outcome.frames["任职月"].size)
    }


POST = st.tuples(
    st.sampled_from(["P1", "P2", "P3"]),
    st.sampled_from(["A01", "B02"]),
    st.sampled_from(["2015-09-01", "2020-10-05", "2020-12-01"]),
    st.sampled_from([None, "2020-12-31", "2021-01-15"]),
    st.sampled_from(["0", "300", "500", "1200", "2600.55"]),
)


@given(st.lists(POST, min_size=1, max_size=6, unique_by=lambda post: post[:3]))
def test_months_run_one_by_one_give_what_the_semester_gives(posts):
    program = load_rule_set(TEXT, "x.yaml")
    at_once = run(program, "2020-2021-1", posts)
    found: dict[tuple[str, ...], int] = {}
    before: list[RawTable] = []
    for month in MONTHS:
        outcome = run(program, month, posts, before)
        found |= by_month(program, outcome, "扣后")
        closing = closing_rows(program, outcome, program.tables["上期余额"])
        before = [closing]
        # A post that ended, or has not begun, carries nothing over; every other one row.
        assert len(closing.rows) == len({key[:3] for key in by_month(program, outcome, "未扣")})
    assert found == by_month(program, at_once, "扣后学期")


def test_by_hand_1200_in_three_months():
    program = load_rule_set(TEXT, "x.yaml")
    post = [("P1", "A01", "2015-09-01", None, "1200")]
    first = run(program, "2020-09", post)
    closing = closing_rows(program, first, program.tables["上期余额"])
    assert closing.columns == {
        "证件号码": ["P1"], "学校代码": ["A01"], "起": ["2015-09-01"], "未扣": ["700.00"], "几个月": ["1"],
    }  # fmt: skip
    second = run(program, "2020-10", post, [closing])
    assert by_month(program, second, "扣后") == {("P1", "A01", "2015-09-01", "2020-10"): 100_00}
    third = run(program, "2020-11", post, [closing_rows(program, second, program.tables["上期余额"])])
    assert by_month(program, third, "扣后") == {("P1", "A01", "2015-09-01", "2020-11"): 400_00}


COLUMNS = "    列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 未扣"


@pytest.mark.parametrize(
    ("slips", "words"),
    [
        ([("上期: 任职月", "上期: 任职日")], ("「任职日」不是一张表", "是否想写")),
        (
            [(f", 起]\n{COLUMNS}", f"]\n{COLUMNS}"), ("上期余额 按 证件号码、学校代码、起", "上期余额 按 证件号码、学校代码")],
            ("主键应是「证件号码、学校代码、起」", "最后一个月"),
        ),
        ([("几个月: 整数 0至999}", "几个月: 整数 0至999, 没扣: 金额}")], ("没有列「没扣」", "「未扣」")),
        ([("几个月: 整数 0至999}", "几个月: 整数 0至999, 本月扣: 整数}")], ("类型、单位或小数位数不同",)),
    ],
)  # fmt: skip
def test_a_wrong_opening_table_is_told_with_its_cure(slips, words):
    text = TEXT
    for slip in slips:
        assert slip[0] in text
        text = text.replace(*slip)
    with pytest.raises(RuleSetError) as told:
        load_rule_set(text, "x.yaml")
    for word in words:
        assert word in str(told.value)


def test_the_table_may_be_left_out_of_the_workbook_and_no_other_may():
    program = load_rule_set(TEXT, "x.yaml")
    given = tables([("P1", "A01", "2015-09-01", None, "0")])
    assert not find_problems(program, given, strict_ids=False)
    assert [problem.kind for problem in find_problems(program, given[1:], strict_ids=False)] == ["缺表"]
