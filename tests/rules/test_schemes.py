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
from tests.calculation.agreement import disagreements, sealed
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
        (POOL, ("依据: 方案 二", "依据: 章程 二"), "依据「章程」没有在文件开头声明"),
    ],
)
def test_a_scheme_may_not(scheme, slip, told):
    assert slip[0] in scheme
    with pytest.raises(RuleSetError) as caught:
        compiled(scheme.replace(*slip))
    assert told in str(caught.value)
    assert "0.yaml:" in str(caught.value)


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
