"""The cure that a message gives fits what was written: following it, the formula is understood."""

import pytest

from tests.calculation.short import mistake
from tests.rules.small import SMALL, changed, problems, with_rule

RANKED = "排名(得分 在 校)"


def told(text: str) -> str:
    """The first message with its cure."""
    problem = problems(text)[0]
    return f"{problem.message}｜{problem.remedy}"


@pytest.mark.parametrize(
    ("formula", "cure"),
    [
        ("如果(满年(起, 期末) > 10, 1, 0)", "请写「10年」"),
        ("如果(10 < 满年(起, 期末), 1, 0)", "请写「10年」"),
        ("计数(人月) > 3", "请写「3个月」"),
        ("课时 ≥ 7.5", "请写「7.5节」"),
        ("金额 + 200", "请写「200元」"),
        ("取小(金额, 200)", "请写「200元」"),
        (f"{RANKED} ≤ 3个", "排名不带单位，写死的数也不带：请写「3」"),
        (f"{RANKED} ≤ 校.名额", "排名不带单位：请乘以「1个」"),
        ("金额 + 15%", "百分比要先乘以金额"),
        ("课时 + 15%", "百分比要先乘以另一边"),
        ("金额 ÷ 1月 + 5元", "乘以月数才是元；两边要写同样的单位，如「5元/月」"),
        ("金额 > 课时", "一边是金额，一边不是"),
        ("取小(金额 × 满年(起, 期末), 金额)", "两边都是钱，一边多出「年」：乘除的数也要带单位，如 ÷ 22年"),
        ("取小(金额, 金额 × 满年(起, 期末))", "两边都是钱，一边多出「年」"),
        ("如果(课时 > 3节, 课时, 0元)", "一边是金额，一边不是"),
        ("课时 > 3年", "两边要写同样的单位，如「3节」"),
    ],
)
def test_units(formula, cure):
    assert cure in mistake(formula)


@pytest.mark.parametrize(
    ("limit", "cure"), [("20", "请写「20元」"), ("绩效标准", "乘以月数才是元")], ids=["bare", "by month"]
)
def test_units_of_a_floor(limit, cure):
    text = changed("  无权重: 退回 绩效\n", f"  至少: {limit}\n  无权重: 退回 绩效\n")
    assert cure in told(text)


@pytest.mark.parametrize("start", ["  开头: 0", "  开头: 0元"])
def test_units_of_a_column_that_reads_itself(start):
    text = with_rule("列: 任职月.累计", "公式: 上月.累计 + 绩效标准", start.strip())
    assert "「上月.累计」的单位来自它的「开头」或「否则」：请在那里写「0元/月」" in told(text)
    text = with_rule("列: 任职月.累计", "公式: (上月.累计 否则 0) + 绩效标准")
    assert "请在那里写「0元/月」" in told(text)
    assert problems(with_rule("列: 任职月.累计", "公式: (上月.累计 否则 0元/月) + 绩效标准")) == []


@pytest.mark.parametrize(
    ("formula", "cure"),
    [
        ("得分 - 上一行.得分", "请在表「人」里写「顺序: {在: ["),
        ("得分 - 上月.得分", "按月的写在表「人月」上，读「上月.列」"),
        ("满年(起, 月末日)", "只有分月表的行才有「月末日」：请把规则写在表「人月」上"),
        ("满年(起, 月首日)", "或用 期初、期末"),
    ],
)
def test_rows_before_and_days_of_a_month(formula, cure):
    assert cure in mistake(formula)
    assert "是选项的要加引号" not in mistake(formula)


def test_the_row_before_in_a_month_table_is_that_of_the_month_before():
    assert "分月表的上一行写「上月」" in mistake("上一行.得分", table="人月")


@pytest.mark.parametrize(
    ("function", "cure"),
    [
        ("前3名(得分)", "排名(得分 在 校)"),
        ("前三名(得分)", "排名(得分 在 校) ≤ 3"),
        ("SUMIF(荣誉.分值)", "其中"),
        ("vlookup(得分)", "查找"),
        ("ROUNDUP(得分, 1)", "取整: 分 四舍五入"),
        ("TODAY()", "期末"),
        ("DATEDIF(起, 止)", "满年(起, 期末)"),
        ("IFERROR(得分, 0)", "否则 0"),
        ("摸鱼(得分)", "可用的函数：如果、取小"),
    ],
)
def test_functions_of_spreadsheets(function, cure):
    assert cure in mistake(function)


@pytest.mark.parametrize(
    ("entry", "cut"),
    [
        ("{列: 任职.甲, 公式: 如果(班主任, 1, 0), 依据: 办法 一}", "「1」前面的逗号"),
        ("{列: 任职.甲, 公式: 取大(教龄, 0, 0), 依据: 办法 一}", "「0」前面的逗号"),
        ("{列: 任职.甲, 公式: 教龄, 说明: 教龄, 满年, 依据: 办法 一}", "「满年」前面的逗号"),
    ],
)
def test_a_comma_in_braces_cuts_a_formula_or_a_text(entry, cut):
    told_ = told(changed("\n否决:\n", f"- {entry}\n\n否决:\n"))
    assert cut in told_
    assert "公式请单独写一行" in told_
    assert "含逗号的文字请加引号" in told_


def test_braces_inside_a_text_in_braces():
    entry = "{列: 任职.甲, 公式: 教龄, 说明: 教龄 {教龄}, 依据: 办法 一}"
    assert "整段加引号" in told(changed("\n否决:\n", f"- {entry}\n\n否决:\n"))


def test_a_code_without_quotes():
    assert '学校代码 的值要加引号：学校代码 = "A01"' in told(with_rule("列: 任职.甲", "公式: 学校代码 = A01"))
    assert '人.姓名 = "张三"' in told(with_rule("列: 任职.甲", "公式: 张三 ≠ 人.姓名"))


@pytest.mark.parametrize("lowest", ["10至30", "1至30", "超过5不满30"])
def test_slices_begin_at_0(lowest):
    rates = f"标准:\n  单价: {{按: [节数], 档: {{{lowest}: 10元/节, 100以上: 5元/节}}, 依据: 办法 一}}"
    rates = rates.replace("100以上", "30以上" if "不满30" in lowest else "超过30")
    assert f"最低一档「{lowest}」不从 0 起" in mistake("分段计(课时, 单价)", rates=rates)


@pytest.mark.parametrize(
    ("formula", "cure", "instead"),
    [
        ("如果(起 < 2005年1月1日, 1, 0)", "日期写成 2005-01-01", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(起 < 2005 年 1 月 1 号, 1, 0)", "日期写成 2005-01-01", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(起 < 2005.1.1, 1, 0)", "日期写成 2005-01-01", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(起 < 2005.01.01, 1, 0)", "日期写成 2005-01-01", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(起 < 2005年1月, 1, 0)", "要写到哪一天，如 2005-01-01", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(起 ‹ 2005年1月1日, 1, 0)", "小于请写 <", "如果(起 < 2005-01-01, 1, 0)"),
        ("如果(教龄 =< 3, 1, 0)", "请写 ≤ 或 <=", "如果(教龄 <= 3, 1, 0)"),
        ("如果(教龄 ＝＜ 3, 1, 0)", "请写 ≤ 或 <=", "如果(教龄 ≤ 3, 1, 0)"),
        ("如果(教龄 =‹ 3, 1, 0)", "请写 ≤ 或 <=", "如果(教龄 ≤ 3, 1, 0)"),
        ("如果(教龄 => 3, 1, 0)", "请写 ≥ 或 >=", "如果(教龄 >= 3, 1, 0)"),
        ("班主任 和 非 班主任", "请写「且」", "班主任 且 非 班主任"),
        ("如果(班主任 并且 教龄 > 3, 1, 0)", "请写「且」", "如果(班主任 且 教龄 > 3, 1, 0)"),
        ("计数(任职月 其中 班主任 以及 教龄 > 3)", "请写「且」", "计数(任职月 其中 班主任 且 教龄 > 3)"),
        ("班主任 或者 教龄 > 3", "请写「或」", "班主任 或 教龄 > 3"),
        ("身份 属于 (校长 和 教师)", "并列的几项用逗号隔开", "身份 属于 (校长, 教师)"),
        ("教龄 — 3", "减号请写 -", "教龄 - 3"),
        ("教龄 —— 3", "减号请写 -", "教龄 - 3"),
        ("如果 教龄 > 3 则 1 否则 0", "写法：如果(条件, 甲, 乙)", "如果(教龄 > 3, 1, 0)"),
        ("取大(若 教龄 > 3 则 1 否则 0, 1)", "写法：如果(条件, 甲, 乙)", "取大(如果(教龄 > 3, 1, 0), 1)"),
        ("如果(教龄 > 3) 则 1 否则 0", "写法：如果(条件, 甲, 乙)", "如果(教龄 > 3, 1, 0)"),
        ("如果教龄 > 3 则 1 否则 0", "写法：如果(条件, 甲, 乙)", "如果(教龄 > 3, 1, 0)"),
    ],
)
def test_what_other_languages_and_people_would_write(formula, cure, instead):
    assert cure in told(with_rule("列: 任职.试", f"公式: {formula}"))
    assert problems(with_rule("列: 任职.试", f"公式: {instead}")) == []


def test_an_en_dash_is_a_minus_sign():
    assert problems(with_rule("列: 任职.试", "公式: 教龄 – 3")) == []


def test_a_path_that_another_lookup_makes_ambiguous_names_both():
    """A sum over posts by school, once posts have two schools."""
    text = SMALL.replace("校: 学校 按 学校代码, ", "校: 学校 按 学校代码, 原校: 学校 按 原校代码, ")
    text = text.replace("      班主任: 是否\n", "      班主任: 是否\n      原校代码: 代码\n")
    count = "- 列: 学校.人数\n  公式: 计数(任职{via})\n  依据: 办法 一\n\n否决:\n"
    assert problems(text.replace("\n否决:\n", count.format(via=" 经 原校"))) == []
    message = told(text.replace("\n否决:\n", count.format(via="")))
    assert "从表「任职」到表「学校」有几条路：校；原校" in message
    assert "每个查找都算一条路，新加的也算" in message


@pytest.mark.parametrize(
    ("formula", "cure"),
    [
        ("期末 + 1天", "日期不能加减：推几个月写 加月(日期, 3)"),
        ("30 - 课时 × 0.5", "请写「30节」；另一边本不该带单位的，给它除以「1节」"),
        ("3 600元", "数字中间不能有空格"),
        (
            "得分 + 课时",
            "请给没有单位的一边乘以「1节」；它是工作簿里的一列，也可以在那一列的类型后面写「节」",
        ),
        ("得分 + 校.名额 > 3", "乘以「1个」"),
        ("排名(得分 在 校、身份)", "先在「表」里写分组"),
        ("计数(人)", "把它写成那一组、那一校的一列（校、全体、校组）"),
        ("计数(校组)", "请把它写成表「校组」的一列（如 列: 校组.数，公式: 计数(人)）"),
        ("名额 + 1个", "「名额」在表「学校」里，请写「校.名额」"),
        ("分值 + 1", "「分值」在表「荣誉」里，请往下取，如 合计(荣誉.分值)"),
    ],
)
def test_where_a_number_comes_from(formula, cure):
    assert cure in mistake(formula)


@pytest.mark.parametrize(
    ("formula", "table", "instead"),
    [
        ("名额 + 1个", "人", "校.名额 + 1个"),
        ("名额 + 1个", "人月", "校.名额 + 1个"),
        ("名额 + 1个", "荣誉", "人.校.名额 + 1个"),
    ],
)
def test_the_way_to_a_column_of_another_table_can_be_written_as_told(formula, table, instead):
    assert f"请写「{instead.split()[0]}」" in mistake(formula, table=table)
    assert "名额" not in mistake(instead, table=table)


def test_a_unit_that_there_is_not():
    message = told(changed("教龄: 整数 0至50", "教龄: 整数 周 0至50"))
    assert "不认识「周」" in message
    assert "没有的单位（周、米）不写" in message


@pytest.mark.parametrize(
    ("old", "new", "cure"),
    [
        (
            "项目: 任职.教龄补贴, 给: 人,",
            "项目: 任职.教龄补贴, 给: 证件号码,",
            "表「任职」的查找有：人、校、考核",
        ),
        (
            "项目: 任职月.基础性绩效, 给: 人,",
            "项目: 任职月.基础性绩效, 给: 起,",
            "表「任职月」的查找有：人、校、考核",
        ),
        ("  表: 任职\n  当: 人.师德", "  表: 人员\n  当: 师德", "请把这条否决的「表」改为 任职"),
        ("公式: 教龄津贴 × 月数\n", "公式: 教龄津贴 × 月数 × 月数\n", "它的单位是「元·月」"),
        ("校: 学校 按 学校代码,", "校: 学校 按 人.学校代码,", "（列: 任职.某列，公式: 人.学校代码）"),
    ],
    ids=["payee", "payee of months", "veto", "unit", "key of another table"],
)
def test_what_to_write_is_named(old, new, cure):
    found = [f"{problem.message}｜{problem.remedy}" for problem in problems(changed(old, new))]
    assert any(cure in text for text in found), found


def test_a_lookup_one_table_further_on_is_named_and_a_payment_may_go_that_way():
    text = SMALL.replace("人: 人员 按 证件号码, 校: 学校 按 学校代码, ", "人: 人员 按 证件号码, ")
    text = text.replace("姓名: 文字, 师德", "姓名: 文字, 学校代码: 代码, 师德")
    text = text.replace("    收款人: 个人\n", "    收款人: 个人\n    查找: {校: 学校 按 学校代码}\n")
    text = text.replace("按: [校, 身份]", "按: [身份]").replace("校.规模", "人.校.规模")
    unit = [problem for problem in problems(text) if "没有「校」" in problem.message]
    assert unit
    assert all("「校」是表「人员」的查找，请写「人.校」" in problem.remedy for problem in unit)
    assert problems(text.replace("单位: 校,", "单位: 人.校,")) == []


def test_a_column_that_no_way_leads_to_yet():
    text = with_rule("列: 学校.试", "公式: 得分")
    assert "请写「查找名.得分」，先在表「学校」里写一个通向它的查找" in told(text)
