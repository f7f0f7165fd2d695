"""The two proofs on a whole rule set: nothing is read where it does not apply, every pocket is emptied exactly once."""

import pytest

from rules.language.check import load_rule_set
from tests.rules.small import FILE, changed, problems, with_rule

# 权重 is made by a rule 限于 身份 = 教师; 身份 is 教师 or 校长.


@pytest.mark.parametrize(
    "rule",
    [
        ["限于: 身份 = 教师", "公式: 权重"],
        ["限于: 身份 ≠ 校长", "公式: 权重"],
        ["限于: 非 (身份 = 校长)", "公式: 权重"],
        ["限于: 身份 属于 (教师)", "公式: 权重"],
        ["限于: 奖励组.身份 = 教师", "公式: 权重"],
        ["限于: 教龄 > 3 且 身份 = 教师", "公式: 权重"],
        ["限于: 身份 = 教师 且 权重 > 0月", "公式: 1"],
        ["公式: 如果(身份 = 教师, 权重, 0月)"],
        ["公式: 如果(身份 = 校长, 0月, 权重)"],
        ["公式: 如果(身份 = 校长 或 教龄 > 3, 0月, 权重)"],
        ["公式: 如果(教龄 < 5, 0月, 如果(身份 = 教师, 权重, 0月))"],
        ["公式: 身份 = 教师 且 权重 > 3月"],
        ["公式: 身份 = 校长 或 权重 > 3月"],
        ["公式: 0月", "例外: [{当: 身份 = 教师, 值: 权重, 依据: 办法 一}]"],
        ["公式: 权重", "例外: [{当: 身份 = 校长, 值: 0月, 依据: 办法 一}]"],
        [
            "公式: 0月",
            "依次: 是",
            "例外: [{当: 身份 = 校长, 值: 1月, 依据: 办法 一}, {当: 权重 > 3月, 值: 权重, 依据: 办法 一}]",
        ],
        ["公式: 权重 否则 0"],
        ["公式: (权重 × 2) 否则 0"],
        ["限于: 身份 = 教师", "否则: 0月", "公式: 权重"],
    ],
)
def test_a_column_may_be_read_where_its_own_condition_is_sure_to_hold(rule):
    assert problems(with_rule("列: 任职.甲", *rule)) == []


@pytest.mark.parametrize(
    "rule",
    [
        ["公式: 权重"],
        ["限于: 教龄 > 3", "公式: 权重"],
        ["限于: 身份 = 教师 或 教龄 > 3", "公式: 权重"],
        ["限于: 身份 = 校长", "公式: 权重"],
        ["限于: 权重 > 0月", "公式: 1"],
        ["公式: 如果(身份 = 校长 且 教龄 > 3, 0月, 权重)"],
        ["公式: 如果(身份 = 校长, 权重, 0月)"],
        ["公式: 权重 > 3月 且 身份 = 教师"],
        ["公式: 身份 = 教师 或 权重 > 3月"],
        ["公式: 权重", "例外: [{当: 身份 = 教师, 值: 0月, 依据: 办法 一}]"],
        ["公式: 0月", "例外: [{当: 权重 > 3月, 值: 1月, 依据: 办法 一}]"],
        [
            "公式: 0月",
            "例外: [{当: 身份 = 校长, 值: 1月, 依据: 办法 一}, {当: 权重 > 3月, 值: 权重, 依据: 办法 一}]",
        ],
        ["限于: 身份 = 教师", "否则: 权重", "公式: 0月"],
        ["公式: 0月 否则 权重"],
        ["公式: 权重 × 2 否则 0"],  # 否则 belongs to the 2
    ],
)
def test_elsewhere_reading_it_is_refused(rule):
    [problem] = problems(with_rule("列: 任职.甲", *rule))
    assert "「任职.权重」只在一部分行适用" in problem.message


@pytest.mark.parametrize(
    ("reads", "sound"),
    [
        ("教龄 在 校) ≤ 3", True),
        ("教龄 在 校) ≤ 2", True),
        ("教龄 在 校) ≤ 4", False),
        ("月数 在 校) ≤ 3", False),
    ],
)
def test_a_place_in_a_ranking_is_a_condition_like_a_column(reads, sound):
    rules = "- {列: 任职.前三, 限于: 排名(教龄 在 校) ≤ 3, 公式: 1, 依据: 办法 一}\n"
    rules += f"- {{列: 任职.甲, 限于: 排名({reads}, 公式: 前三, 依据: 办法 一}}\n"
    told = [problem.message for problem in problems(changed("\n否决:\n", f"{rules}\n否决:\n"))]
    assert told == [] if sound else "「任职.前三」只在一部分行适用" in told[0]


def test_month_rows_and_checks_need_the_condition_too():
    assert problems(with_rule("列: 任职月.甲", "限于: 身份 = 教师", "公式: 权重")) == []
    assert len(problems(with_rule("列: 任职月.甲", "公式: 权重"))) == 1
    assert len(problems(changed("必须: 绩效标准 > 0元/月", "必须: 权重 > 0月"))) == 1
    assert problems(changed("必须: 绩效标准 > 0元/月", "限于: 身份 = 教师\n  必须: 权重 > 0月")) == []


def test_what_an_aggregate_gathers_needs_no_condition():
    assert problems(with_rule("列: 学校.甲", "公式: 合计(任职.权重)")) == []


# Gatherings --------------------------------------------------------------------------------------------------------

GATHERED = """\
语言: 1
规则集: 汇集
版本: "1"
施行: 2021-09-01 至 2022-08-31
依据: {办法: 办法}
资金: {绩效: 绩效}
表:
  人员: {主键: 证件号码, 收款人: 个人, 列: {证件号码: 证件号}}
  学校: {主键: 学校代码, 列: {学校代码: 代码, 规模: 选项 大、中、小}}
  任职:
    主键: [证件号码, 起]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码, 考核: 考核 按 证件号码、本期, 兼校: 学校 按 兼职学校}
    列:
      证件号码: 证件号
      起: 日期
      学校代码: 代码
      兼职学校: 代码 可空
      身份: 选项 教师、校长
      等次: 选项 优、良 可空
      教龄: 整数 0至50
      系数: 小数2位 0至2
      班主任: 是否
      额度: 金额
  津贴: {主键: 编号, 查找: {岗: 任职 按 证件号码、起}, 列: {编号: 代码, 证件号码: 证件号, 起: 日期, 额度: 金额}}
  考核: {主键: [证件号码, 期间], 列: {证件号码: 证件号, 期间: 期间 学期, 得分: 整数 0至100}}
  身份组: {分组: 任职, 按: [身份, 校]}
  等次组: {分组: 任职, 按: [等次]}
规则:
- 列: 任职.在岗
  公式: 计数(津贴) > 3
  依据: 办法 一
- 列: 任职.级别
  限于: 身份 = 教师
  公式: 如果(教龄 > 10, 「高」, 「低」)
  依据: 办法 一
- 拆分: 津贴.额度
  各份: {池: 其余}
  依据: 办法 一
"""


def gathered(table, conditions):
    """A rule set that gathers 津贴.池 into a table's rows, once for each condition."""
    rules = "".join(
        f"- 列: {table}.汇{index}\n  汇集: 津贴.池\n{f'  限于: {where}' if where else ''}\n  依据: 办法 一\n"
        f"- 退回: {{{table}.汇{index}: 绩效}}\n  依据: 办法 一\n"
        for index, where in enumerate(conditions)
    )
    return GATHERED + rules + "发放: []\n"


def leaks(table, *conditions):
    return [problem.message for problem in problems(gathered(table, conditions))]


@pytest.mark.parametrize(
    ("table", "conditions"),
    [
        ("任职", [""]),
        ("任职", ["是"]),
        ("任职", ["身份 = 教师", "身份 = 校长"]),
        ("任职", ["身份 = 教师", "身份 ≠ 教师"]),
        ("任职", ["身份 属于 (教师)", "非 身份 属于 (教师)"]),
        ("任职", ["班主任", "非 班主任"]),
        ("任职", ["班主任 = 是", "班主任 = 否"]),
        ("任职", ["教龄 < 5", "教龄 ≥ 5 且 教龄 < 10", "10 ≤ 教龄"]),
        ("任职", ["教龄 ≤ 4", "教龄 ≥ 5"]),
        ("任职", ["起 < 2020-09-01", "起 ≥ 2020-09-01"]),
        ("任职", ["教龄 > 5 或 班主任", "教龄 ≤ 5 且 非 班主任"]),
        ("任职", ["校.规模 = 大", "校.规模 属于 (中, 小)"]),
        ("任职", ["在岗", "非 在岗"]),
        ("任职", ["计数(津贴) > 2", "计数(津贴) ≤ 2"]),
        ("任职", ["身份 = 校长", "身份 = 教师 且 级别 = 高", "身份 = 教师 且 级别 = 低"]),
        ("身份组", ["身份 = 教师", "身份 = 校长"]),
        ("身份组", ["校.规模 = 大", "校.规模 ≠ 大"]),
        ("等次组", ["等次 = 优", "等次 = 良"]),  # a row without 等次 has no group, and a run names it
    ],
)
def test_gatherings_that_share_out_every_row_are_sound(table, conditions):
    assert leaks(table, *conditions) == []


@pytest.mark.parametrize(
    ("table", "conditions", "message"),
    [
        ("任职", ["身份 = 教师"], "当 身份 = 校长 时，「津贴.池」里的钱没有去处"),
        ("任职", ["否"], "「津贴.池」里的钱没有去处"),
        ("任职", ["身份 = 教师", ""], "当 身份 = 教师 时，「津贴.池」里的钱被用了 2 次"),
        ("任职", ["教龄 < 5", "教龄 > 5"], "当 教龄 = 5 时，「津贴.池」里的钱没有去处"),
        ("任职", ["教龄 ≤ 5", "教龄 ≥ 5"], "当 教龄 = 5 时，「津贴.池」里的钱被用了 2 次"),
        ("任职", ["系数 ≤ 1", "系数 ≥ 1.1"], "没有去处"),
        ("任职", ["班主任", "身份 = 校长"], "当 班主任 = 是、身份 = 校长 时，「津贴.池」里的钱被用了 2 次"),
        ("任职", ["等次 = 优", "等次 = 良"], "当 等次 = （无） 时，「津贴.池」里的钱没有去处"),
        (
            "任职",
            ["身份 = 教师 且 级别 = 高", "身份 = 教师 且 级别 = 低"],
            "当 身份 = 校长、级别 = （无） 时",
        ),
        ("任职", ["考核.得分 > 60", "考核.得分 ≤ 60"], "当 得分 = （无） 时，「津贴.池」里的钱没有去处"),
        ("任职", ["兼校.规模 = 大", "兼校.规模 ≠ 大"], "当 规模 = （无） 时，「津贴.池」里的钱没有去处"),
        ("任职", ["起 < 2020-09-01", "起 > 2020-09-01"], "当 起 = 2020-09-01 时，「津贴.池」里的钱没有去处"),
        ("身份组", ["身份 = 校长"], "当 身份 = 教师 时，「津贴.池」里的钱没有去处"),
    ],
)
def test_a_case_that_none_or_two_of_them_take_is_shown(table, conditions, message):
    [found] = leaks(table, *conditions)
    assert found.startswith(message) or message in found


def test_a_gathering_may_not_ask_what_does_not_apply():
    first, second = leaks("任职", "级别 = 高", "级别 = 低")
    assert "「任职.级别」只在一部分行适用" in first
    assert first == second


def test_conditions_beyond_proof_are_refused():
    many = " 或 ".join(f"教龄 = 系数 + {number}" for number in range(15))
    [found] = leaks("任职", many, f"非 ({many})")
    assert "太复杂" in found


def test_a_pocket_that_exists_on_some_rows_must_be_emptied_on_these():
    text = gathered("任职", [""]).replace(
        "- 拆分: 津贴.额度\n",
        "- 列: 津贴.部分\n  限于: 岗.身份 = 教师\n  公式: 额度\n  依据: 办法 一\n- 拆分: 津贴.部分\n",
    )
    assert problems(text) == []
    assert problems(text.replace("汇集: 津贴.池\n\n", "汇集: 津贴.池\n  限于: 身份 = 教师\n")) == []
    [problem] = problems(text.replace("汇集: 津贴.池\n\n", "汇集: 津贴.池\n  限于: 身份 = 校长\n"))
    assert "身份 = 教师" in problem.message


def test_a_sound_rule_set_of_gatherings_compiles():
    assert load_rule_set(gathered("任职", ["班主任", "非 班主任"]), FILE).steps
