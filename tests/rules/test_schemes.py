"""Schemes that extend a rule set: in their own rows they fill and hand out, elsewhere nothing changes; all else is refused."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.explain import explain
from payroll_service.workflow.calculate_period import calculate_period
from rules.language import RuleSetError, load_rule_set
from rules.language.bundle import BrokenBundle, Part, packed, unpacked
from rules.language.render import render
from rules.language.show import show
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import SEMESTER
from tests.examples import examples

PARENT = """
语言: 1
规则集: 示例县
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 示例办法}
资金: {绩效: 县财政}
表:
  学校: {主键: 校码, 列: {校码: 代码, 片区: 文字, 池: 金额}}
  人员: {主键: 工号, 收款人: 个人, 列: {工号: 代码, 师德: 选项 合格、不合格}}
  任职:
    主键: [工号, 校码]
    查找: {人: 人员 按 工号, 校: 学校 按 校码, 考核: 考核 按 工号、校码}
    列: {工号: 代码, 校码: 代码, 节数: 整数 节}
  考核:
    主键: [工号, 校码]
    查找: {校: 学校 按 校码}
    列: {工号: 代码, 校码: 代码, 得分: 小数1位 0至100 开放}
规则:
- 列: 任职.权重
  公式: 考核.得分
  依据: 办法 一
- 列: 任职.奖励
  分配: 学校.池
  按: 权重
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  开放: 是
  依据: 办法 一
否决:
- {名称: 师德, 表: 任职, 当: 人.师德 = 不合格, 项目: {奖励: 回到池}, 依据: 办法 二}
发放:
- {编号: 奖励, 项目: 任职.奖励, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
检查:
- {名称: 有权重, 表: 任职, 提示: 权重 > 0, 依据: 办法 一}
"""
HEAD = """
语言: 1
方案: {short}方案
简称: {short}
版本: "1"
延伸: {{规则集: 示例县, 版本: "1"}}
范围: {{表: 学校, 当: 校码 = "{code}"}}
依据: {{方案: 本校方案}}
"""
SCORES = (
    HEAD.format(short="甲校", code="A")
    + """
表:
  加分: {主键: [工号, 校码, 事], 查找: {考核: 考核 按 工号、校码}, 列: {工号: 代码, 校码: 代码, 事: 文字, 分: 整数}}
规则:
- 列: 任职.工作量
  公式: 节数 ÷ 4节
  取整: 1位小数 四舍五入
  依据: 方案 一
- 列: 考核.得分
  公式: 取小(50 + 合计(加分.分), 100)
  依据: 方案 二
"""
)
POOL = (
    HEAD.format(short="乙校", code="B")
    + """
规则:
- 列: 任职.工作量
  公式: 节数 × 2元/节
  限于: 人.师德 = 合格
  否则: 0元
  依据: 方案 一
- 拆分: 学校.池
  各份: {课时池: 合计(任职.工作量), 其余池: 其余}
  依据: 方案 一
- 列: 任职.课时费
  分配: 学校.课时池
  按: 工作量
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 方案 一
- 列: 任职.平均奖
  分配: 学校.其余池
  按: 1
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 方案 二
发放:
- {编号: 课时, 项目: 任职.课时费, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 平均, 项目: 任职.平均奖, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
)
ROWS: dict[str, list[dict]] = {
    "学校": [{"校码": code, "片区": "东", "池": "100.01"} for code in "ABC"],
    "人员": [
        {"工号": f"{code}{n}", "师德": "不合格" if (code, n) in (("A", 2), ("B", 2)) else "合格"}
        for code in "ABC"
        for n in range(3)
    ],
    "任职": [
        {"工号": f"{code}{n}", "校码": code, "节数": str(4 * n + 3)} for code in "ABC" for n in range(3)
    ],
    "考核": [
        {"工号": f"{code}{n}", "校码": code, "得分": str(60 + n) if code == "C" else None}
        for code in "ABC"
        for n in range(3)
    ],
    "甲校·加分": [{"工号": "A0", "校码": "A", "事": "公开课", "分": "10"}],
}


def compiled(*schemes):
    return load_rule_set(PARENT, "县.yaml", [(text, f"{n}.yaml") for n, text in enumerate(schemes)])


def calculated(program, rows=ROWS):
    return calculate_period(program, sealed(program, rows), program.calendar.parse("2020-2021-1"))


def paid(calculation):
    payouts = calculation.payouts
    return {
        (payouts.payee_keys[payee], payouts.items[item].number): Fraction(int(fen), 100)
        for payee, item, fen in zip(payouts.payee, payouts.item, payouts.amount_fen, strict=True)
    }


def test_each_school_is_paid_its_own_way_and_both_evaluators_agree():
    program = compiled(SCORES, POOL)
    calculation = calculated(program)
    assert calculation.broken == []
    assert paid(calculation) == {
        ("A0", "奖励"): Fraction("54.55"),  # 60 : 50, A2 barred; 54.5509, 45.4590 -> one fen to A1
        ("A1", "奖励"): Fraction("45.46"),
        ("A2", "奖励"): 0,
        ("B0", "乙校·课时"): 6,
        ("B1", "乙校·课时"): 14,
        ("B2", "乙校·课时"): 0,  # the county's veto comes along
        ("B0", "乙校·平均"): Fraction("40.01"),  # 80.01 to two, the odd fen by key
        ("B1", "乙校·平均"): 40,
        ("B2", "乙校·平均"): 0,
        ("C0", "奖励"): Fraction("32.79"),  # 60 : 61 : 62 of 183
        ("C1", "奖励"): Fraction("33.34"),
        ("C2", "奖励"): Fraction("33.88"),
    }
    snapshot, period = sealed(program, ROWS), program.calendar.parse("2020-2021-1")
    assert disagreements(program, snapshot, period) == []


@examples(25)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 8), st.integers(0, 100), st.booleans()),
        max_size=9,
    ),
    st.lists(st.integers(10_000, 30_000), min_size=3, max_size=3),
)
def test_both_evaluators_agree_and_every_pool_is_handed_out_whatever_the_data(people, pools):
    posts = [(f"P{n}", *person) for n, person in enumerate(people)]
    rows = {
        "学校": [
            {"校码": c, "片区": "东", "池": f"{fen / 100:.2f}"} for c, fen in zip("ABC", pools, strict=True)
        ],
        "人员": [{"工号": key, "师德": "合格" if good else "不合格"} for key, _, _, _, good in posts],
        "任职": [{"工号": key, "校码": code, "节数": str(hours)} for key, code, hours, _, _ in posts],
        "考核": [
            {"工号": key, "校码": code, "得分": None if code == "A" else str(score)}
            for key, code, _, score, _ in posts
        ],
        "甲校·加分": [
            {"工号": key, "校码": code, "事": "甲", "分": str(score)}
            for key, code, _, score, _ in posts
            if code == "A"
        ],
    }
    program = compiled(SCORES, POOL)
    snapshot, period = sealed(program, rows), program.calendar.parse("2020-2021-1")
    assert disagreements(program, snapshot, period) == []
    calculation = calculated(program, rows)
    assert calculation.broken == []
    returned = sum(int(pools.returned.sum()) for pools in calculation.outcome.pools)
    assert int(calculation.payouts.amount_fen.sum()) + returned == sum(pools)


def test_every_line_of_a_scheme_is_explained():
    program = compiled(SCORES, POOL)
    outcome = calculated(program).outcome
    told = {
        payee: [each.item for each in explain(program, outcome, "人员", (payee,), None)]
        for payee in ("A0", "B1", "C2")
    }
    assert told == {"A0": ["奖励"], "B1": ["奖励", "乙校·课时", "乙校·平均"], "C2": ["奖励"]}
    (asked,) = explain(program, outcome, "人员", ("C2",), "乙校·课时")
    assert asked.amount is None


def test_other_schools_are_paid_as_without_schemes():
    rows = ROWS | {"考核": [{**row, "得分": row["得分"] or "1"} for row in ROWS["考核"]]}
    alone = paid(calculated(compiled(), {k: v for k, v in rows.items() if "·" not in k}))
    together = paid(calculated(compiled(SCORES, POOL), rows))
    assert {k: v for k, v in together.items() if k[0].startswith("C")} == {
        k: v for k, v in alone.items() if k[0].startswith("C")
    }


def test_the_fingerprint_covers_every_scheme_in_any_order_and_a_rule_set_alone_keeps_its_own():
    assert compiled(SCORES, POOL).fingerprint == compiled(POOL, SCORES).fingerprint
    others = {compiled().fingerprint, compiled(SCORES).fingerprint, compiled(POOL, SCORES).fingerprint}
    changed = compiled(POOL, SCORES.replace("50 +", "51 +")).fingerprint
    assert len({*others, changed}) == 4


def test_a_score_beyond_the_declared_range_stops_the_run():
    rows = ROWS | {"甲校·加分": [{"工号": "A0", "校码": "A", "事": "公开课", "分": "60"}]}
    program = compiled(SCORES.replace("取小(50 + 合计(加分.分), 100)", "50 + 合计(加分.分)"), POOL)
    broken = calculated(program, rows).broken
    assert any("甲校·得分在规定范围内" in check.name + check.detail for check in broken)


def test_rows_of_another_school_on_a_schemes_sheet_stop_the_run():
    rows = ROWS | {"甲校·加分": [{"工号": "C0", "校码": "C", "事": "公开课", "分": "1"}]}
    broken = calculated(compiled(SCORES, POOL), rows).broken
    assert any("都在方案的范围里" in check.name + check.detail for check in broken)


@pytest.mark.parametrize(
    ("scheme", "slip", "told"),
    [
        (SCORES, ("考核.得分", "考核.工号"), "「考核.工号」没有开放给方案"),
        (SCORES, ("任职.工作量", "任职.权重"), "规则集的表「任职」里已有「权重」"),
        (SCORES, ('版本: "1"}', '版本: "2"}'), "方案延伸的是「示例县」2，给的规则集是「示例县」1"),
        (SCORES, ("加分: {主", "考核: {主"), "规则集里已有表「考核」"),
        (SCORES, ("公式: 取小(50 + 合计(加分.分), 100)", "公式: 50.25"), "小数位数细"),
        (SCORES, ("公式: 取小(50 + 合计(加分.分), 100)", "公式: 5元"), "类型或单位不同"),
        (SCORES, ("表: 学校, 当: 校码", "表: 任职, 当: 权重"), "范围"),
        (SCORES, ("任职.工作量\n  公式: 节数 ÷ 4节", "人员.工作量\n  公式: 1 ÷ 4"), "从表「人员」的行看不出"),
        (
            SCORES,
            ("{考核: 考核 按 工号、校码}", "{考核: 考核 按 工号、校码, 上次: 考核 按 工号、校码}"),
            "从表「甲校·加分」到表「考核」有几条路：考核；上次",
        ),
        (SCORES, ('校码 = "A"', "校码 = A"), '校码 的值要加引号：校码 = "A"'),
        (SCORES, ("简称: 甲校", "简称: 甲 校"), "空格"),
        (POOL, ("分配: 学校.其余池", "分配: 学校.别的池"), "没有「别的池」"),
        (POOL, ("项目: 任职.平均奖", "项目: 任职.工作量"), "不是规则集开放给方案的钱"),
        (POOL, ("项目: 任职.平均奖", "项目: 任职.课时费"), "没有去处"),
        (POOL, ("按: 1\n", "按: 1\n  开放: 是\n"), "方案的分配「任职.乙校·平均奖」写了「开放」"),
        (SCORES, ("分: 整数}", "分: 整数 开放}"), "方案的列「甲校·加分.分」写了「开放」"),
        (POOL, ("依据: 方案 二", "依据: 章程 二"), "依据「章程」没有在文件开头声明"),
        (SCORES, ('延伸: {规则集: 示例县, 版本: "1"}\n', ""), "方案缺少「延伸」"),
        (SCORES, ("语言: 1", "语言: 2"), "这个程序只懂语言 1"),
        (SCORES, ("- 列: 考核.得分\n  公式: 取小(50 + 合计(加分.分), 100)", "- 列: 考核.得分\n  汇集: 任职.节数"),
         "开放的列「考核.得分」只能用「公式」来填"),
        (SCORES, ('当: 校码 = "A"', "当: 计数(任职) > 3"), "范围只能看工作簿里的列（表「学校」）"),
        (SCORES, ('表: 学校, 当: 校码 = "A"', "表: 任职, 当: 排名(节数 在 校) = 1"), "范围只能看工作簿里的列（表「任职」）"),
        (SCORES, ('表: 学校, 当: 校码 = "A"', '表: 任职, 当: 校.校码 = "A" 且 人.师德 = 合格'), "从表「考核」的行看不出"),
    ],
)  # fmt: skip
def test_a_scheme_may_not(scheme, slip, told):
    assert slip[0] in scheme
    with pytest.raises(RuleSetError) as caught:
        compiled(scheme.replace(*slip))
    assert told in str(caught.value)
    assert "0.yaml:" in str(caught.value)


GROUPS = """
  校组: {分组: 任职, 按: [校]}
  码组: {分组: 任职, 按: [校.校码]}
  同组: {分组: 任职, 按: [校, 人]}
  德组: {分组: 人员, 按: [师德]}
  德职: {分组: 任职, 按: [人.师德]}
"""


@pytest.mark.parametrize(
    ("range_", "seen", "unseen"),
    [
        ('{表: 学校, 当: 校码 = "A"}', ["校组", "码组", "同组"], ["德组", "德职"]),
        ('{表: 任职, 当: 校.校码 = "A"}', ["校组", "码组", "同组", "学校"], ["德组", "德职"]),
        ('{表: 任职, 当: 校.校码 = "A" 且 人.师德 = 合格}', ["同组"], ["校组", "码组", "德组", "德职"]),
        ('{表: 人员, 当: 师德 = 合格}', ["同组", "德组", "德职"], ["校组", "码组"]),
    ],
)  # fmt: skip
def test_a_table_is_in_the_range_if_its_rows_can_tell_so(range_, seen, unseen):
    parent = PARENT.replace("规则:\n", f"{GROUPS.lstrip(chr(10))}规则:\n", 1)
    rule = "规则:\n- {{列: {group}.人次, 公式: 计数({of}), 依据: 方案 一}}\n"
    for group in (*seen, *unseen):
        text = HEAD.format(short="甲校", code="A").replace('{表: 学校, 当: 校码 = "A"}', range_)
        text += rule.format(group=group, of="人员" if group == "德组" else "任职")
        told = ""
        try:
            load_rule_set(parent, "县.yaml", [(text, "甲校.yaml")])
        except RuleSetError as error:
            told = str(error)
        assert (f"从表「{group}」的行看不出" in told) == (group in unseen), told
        assert bool(told) == (group in unseen), told


def test_ranges_of_two_tables_are_compared_where_one_sees_the_other():
    posts = POOL.replace('{表: 学校, 当: 校码 = "B"}', '{表: 任职, 当: 校.校码 = "B"}')
    assert len(compiled(SCORES, posts).schemes) == len(compiled(posts, SCORES).schemes) == 2
    for both in ((SCORES, posts), (posts, SCORES)):
        with pytest.raises(RuleSetError, match="范围可能有同一行（当 校码 = A 时）"):
            compiled(*(text.replace('"B"', '"A"') for text in both))
    people = POOL.replace('{表: 学校, 当: 校码 = "B"}', "{表: 人员, 当: 师德 = 合格}")
    with pytest.raises(RuleSetError, match="范围可能有同一行（看不到同一张表）"):
        compiled(SCORES, people)


SHARE = (
    HEAD.format(short="乙校", code="B")
    + """
规则:
- 列: 考核.平均奖
  分配: 学校.池
  按: 1
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 一
发放:
- {编号: 平均, 项目: 考核.平均奖, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
)


KNOWN_POSTS = PARENT.replace(
    "    查找: {校: 学校 按 校码}\n",
    "    查找: {校: 学校 按 校码, 人: 人员 按 工号, 职: 任职 按 工号、校码}\n",
)


@pytest.mark.parametrize("when", ["排名(节数 在 校) = 1", "计数(考核 其中 得分 > 1) = 1 且 人.师德 = 不合格"])
def test_a_veto_that_looks_at_other_rows_does_not_follow_to_another_table(when):
    parent = KNOWN_POSTS.replace("当: 人.师德 = 不合格", f"当: '{when}'")
    with pytest.raises(RuleSetError, match="跟不到表「考核」的分配上") as error:
        load_rule_set(parent, "县.yaml", [(SHARE, "乙.yaml")])
    (problem,) = error.value.problems
    assert (problem.place.file, problem.place.line) == (
        "乙.yaml",
        SHARE[: SHARE.index("- 列: 考核")].count("\n") + 1,
    )
    assert "否决读那一列" in problem.remedy


@pytest.mark.parametrize(
    "when", ["人.师德 = 不合格", '人.师德 属于 ("不合格")', "取大(节数, 8节) > 8节 且 校.片区 = 「东」"]
)
def test_a_pool_may_be_handed_out_on_another_table_and_the_veto_follows_there(when):
    parent = KNOWN_POSTS.replace("当: 人.师德 = 不合格", f"当: '{when}'")
    program = load_rule_set(parent, "县.yaml", [(SHARE, "乙.yaml")])
    rows = {k: v for k, v in ROWS.items() if "·" not in k}
    rows["考核"] = [{**row, "得分": row["得分"] or "1"} for row in rows["考核"]]
    assert disagreements(program, sealed(program, rows), SEMESTER) == []
    made = {key: amount for key, amount in paid(calculated(program, rows)).items() if key[0].startswith("B")}
    assert made == {
        ("B0", "乙校·平均"): Fraction("50.01"),
        ("B1", "乙校·平均"): 50,
        ("B2", "乙校·平均"): 0,  # the county's veto
    }
    told = show(program)
    assert "方案 乙校方案　版本 1　范围 学校：校码 = 「B」" in told
    assert "方案自己的名称前面写着「乙校·」" in told
    assert "只分这样的池：校码 = 「B」" in told
    assert "〔办法 一〕" in told.split("考核.乙校·平均奖 =")[1].split("\n")[0], "a clause of the rule set"


def test_two_schools_fill_the_same_column_each_its_own_rows():
    other = SCORES.replace("甲校", "丙校").replace('"A"', '"C"').replace("50 +", "20 +")
    program = compiled(SCORES, other)
    rows = ROWS | {
        "考核": [{**row, "得分": "70" if row["校码"] == "B" else None} for row in ROWS["考核"]],
        "丙校·加分": [{"工号": "C1", "校码": "C", "事": "甲", "分": "20"}],
    }
    made = paid(calculated(program, rows))
    assert [made["C0", "奖励"], made["C1", "奖励"]] == [25, Fraction("50.01")]  # 20 : 40 : 20 of 100.01
    assert [made["A0", "奖励"], made["A1", "奖励"]] == [Fraction("54.55"), Fraction("45.46")]
    assert made["B0", "奖励"] == Fraction("50.01")


GRADES = SCORES.replace(
    "- 列: 考核.得分\n  公式: 取小(50 + 合计(加分.分), 100)",
    '- 列: 考核.等次\n  公式: 如果(得分 ≥ 60, "优", "良")',
)
OPEN_GRADES = PARENT.replace("开放}", "开放, 等次: 选项 优、良 开放}")


def test_a_choice_left_open_is_filled_by_one_of_its_options():
    program = load_rule_set(OPEN_GRADES, "县.yaml", [(GRADES, "甲.yaml")])
    assert "在规定范围内" not in " ".join(check.name for check in program.checks), "a choice has no bounds"
    with pytest.raises(RuleSetError, match=r"填「考核.等次」的选项超出 优、良"):
        load_rule_set(OPEN_GRADES, "县.yaml", [(GRADES.replace('"良"', '"中"'), "甲.yaml")])


@pytest.mark.parametrize(("declared", "told"), [("0至100", "≥ 0 且 甲校·得分 ≤ 100"), ("", "≥ 0")])
def test_a_number_left_open_is_held_to_its_declared_bounds(declared, told):
    parent = PARENT.replace("得分: 小数1位 0至100 开放", f"得分: 小数1位 {declared} 开放")
    program = load_rule_set(parent, "县.yaml", [(SCORES, "甲.yaml")])
    (check,) = (each for each in program.checks if each.name == "甲校·得分在规定范围内")
    assert render(check.condition) == f"甲校·得分 {told}"


def test_only_the_sheets_of_a_scheme_are_checked_for_rows_of_others():
    program = compiled(SCORES.replace("规则:\n", "  事组: {分组: 加分, 按: [事]}\n规则:\n", 1))
    assert [check.table for check in program.checks if "都在方案的范围里" in check.name] == ["甲校·加分"]


def test_a_scheme_cites_its_own_document_even_if_the_rule_set_has_one_of_that_name():
    own = SCORES.replace("依据: {方案: 本校方案}", "依据: {办法: 本校办法}").replace(
        "依据: 方案", "依据: 办法"
    )
    cited = {str(basis) for step in compiled(own).steps for basis in step.head.basis if "甲校" in str(step)}
    assert cited == {"甲校·办法 一", "甲校·办法 二"}


def test_a_scheme_does_not_take_the_name_of_a_rate():
    parent = PARENT.replace("规则:\n", "标准:\n  每分: {值: 2, 依据: 办法 一}\n规则:\n", 1)
    parent = parent.replace("公式: 考核.得分", "公式: 考核.得分 × 每分")
    scheme = SCORES.replace("规则:\n", "标准:\n  每分: {值: 3, 依据: 方案 一}\n规则:\n", 1)
    with pytest.raises(RuleSetError, match="规则集里已有标准「每分」"):
        load_rule_set(parent, "县.yaml", [(scheme, "甲.yaml")])


def test_two_schemes_may_not_share_a_row_and_equal_names_are_refused():
    same = POOL.replace('校码 = "B"', '校码 = "B" 或 校码 = "A"')
    with pytest.raises(RuleSetError, match="范围可能有同一行（当 校码 = A 时）"):
        compiled(SCORES, same)
    with pytest.raises(RuleSetError, match="范围可能有同一行"):
        compiled(SCORES, POOL.replace('校码 = "B"', '片区 = "东"'))
    with pytest.raises(RuleSetError, match="给了两次"):
        compiled(SCORES, SCORES)


def test_a_pool_that_was_not_left_open_cannot_be_handed_out():
    with pytest.raises(RuleSetError, match="不是规则集开放给方案的钱"):
        load_rule_set(PARENT.replace("  开放: 是\n", ""), "县.yaml", [(POOL, "乙.yaml")])


def test_a_scheme_alone_is_no_rule_set():
    with pytest.raises(RuleSetError, match="这是方案，不是规则集"):
        load_rule_set(SCORES, "甲.yaml")


def test_a_bundle_gives_its_documents_back_byte_by_byte():
    parts = [Part("县.yaml", "甲\n"), Part("方案 一.yaml", "12 x.yaml\n#!payroll\n"), Part("空.yaml", "")]
    assert unpacked(packed(parts), "任何") == parts
    assert packed(parts[:1]) == "甲\n".encode()
    with pytest.raises(BrokenBundle):
        unpacked(packed(parts)[:-3], "任何")


def test_the_shipped_schemes_go_together():
    folder = Path(__file__).parents[2] / "rules" / "sets" / "dushan"
    schemes = sorted((folder / "schools").glob("*2020.1.yaml"))
    texts = [(file.read_text(encoding="utf-8"), file.name) for file in schemes]
    program = load_rule_set((folder / "2020.1.yaml").read_text(encoding="utf-8"), "2020.1.yaml", texts)
    assert len(program.schemes) == len(schemes) >= 2


def test_a_table_that_sees_the_range_by_two_lookups_names_them():
    parent = PARENT.replace(
        "人员: {主键: 工号, 收款人: 个人, 列: {工号: 代码,",
        "人员: {主键: 工号, 收款人: 个人, 查找: {现校: 学校 按 现校码, 原校: 学校 按 原校码}, "
        "列: {工号: 代码, 现校码: 代码, 原校码: 代码,",
    )
    scheme = SCORES.replace("任职.工作量\n  公式: 节数 ÷ 4节", "人员.工作量\n  公式: 1 ÷ 4")
    with pytest.raises(RuleSetError) as error:
        load_rule_set(parent, "县.yaml", [(scheme, "甲校.yaml")])
    (problem,) = error.value.problems
    assert "从表「人员」到表「学校」有几条路：现校；原校" in problem.message
    assert problem.place.file == "甲校.yaml"
    assert "请只留一个通向「学校」的查找" in problem.remedy


def test_a_scheme_whose_range_has_no_row_is_a_finding():
    program = compiled(SCORES, POOL.replace('校码 = "B"', '校码 = "BB"'))
    rows = ROWS | {"考核": [{**row, "得分": row["得分"] or "60"} for row in ROWS["考核"]]}
    (finding,) = calculated(program, rows).outcome.findings
    assert (finding.check, finding.level) == ("方案「乙校方案」的范围", "提示")
    assert "「学校」表里没有一行符合 校码 = 「BB」" in finding.sentence
    assert calculated(compiled(SCORES, POOL)).outcome.findings == ()
