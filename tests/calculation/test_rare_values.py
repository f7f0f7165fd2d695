"""What data seldom have: periods in formulas, empty keys and days, one rate for a few words, numbers without end."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from payroll_service.calculation import applicability, arithmetic, matching, scales
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.labels import row_of_key
from payroll_service.calculation.outcome import CalculationError, Computed
from payroll_service.calculation.sheets import MANY_FAULTS
from payroll_service.calculation.statuses import FIRST_FAULT, OK
from payroll_service.calculation.vectors import Vector
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.short import column as column_of
from tests.calculation.short import people, short, value_of
from tests.calculation.small_sets import column, fractions, outcome_of, rule_set
from tests.calculation.test_blocks import same
from tests.calculation.test_vectors import numbers, told
from tests.calculation.test_whole_language import PLAIN, calculated, runs
from tests.calculation.whole_county import whole_county
from tests.calculation.whole_rows import whole_rows
from tests.examples import examples

RUN = "2020-2021-1"
MARKS = """
表:
  人员:
    主键: 号
    收款人: 个人
    查找: {职: 职称史 按 号 在 评定日}
    列: {号: 证件号, 期间: 期间 学期, 评定日: 日期 可空, 在编: 是否, 级: 文字 可空, 比例: 小数2位 0至2 可空, 补贴: 金额}
  职称史: {主键: [号, 自], 列: {号: 证件号, 自: 日期, 岗贴: 金额}}
规则:
- {列: 人员.评过, 公式: '如果((评定日 否则 期初) < 期初, 1, 0)', 依据: 办法 一}
- {列: 人员.在册, 公式: '如果(在编 属于 (是), 1, 0)', 依据: 办法 一}
- {列: 人员.岗贴, 公式: 职.岗贴 否则 0元, 依据: 办法 一}
- {列: 人员.甲级, 公式: '如果("甲" = (级 否则 "乙"), 1, 0)', 依据: 办法 一}
- 拆分: 人员.补贴
  各份: {先发: 比例, 后发: 其余}
  取整: 分 四舍五入
  依据: 办法 一
发放:
- {编号: 先, 项目: 人员.先发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 后, 项目: 人员.后发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
检查:
- 名称: 都看
  表: 人员
  提示: 评过 + 在册 + 甲级 > 2
  说明: "{号} {级} {在编} {期间} {评定日} {岗贴}"
  依据: 办法 一
"""


def marked(number: int, **cells: str | None) -> dict:
    return {"号": f"P{number}", "期间": RUN, "在编": "是", "比例": "0.5", "补贴": "10.01"} | cells


def test_periods_words_and_yes_or_no_are_compared_on_every_row():
    program = rule_set(MARKS)
    rows = {
        "人员": [
            marked(0, 在编="否", 级="甲", 评定日="2020-01-01"),
            marked(1, 级="丙", 评定日="2018-12-31"),
            marked(2),
        ],
        "职称史": [{"号": f"P{number}", "自": "2019-01-01", "岗贴": "8.00"} for number in range(3)],
    }
    outcome = outcome_of(program, rows, RUN)
    found = {
        name: [*column(program, outcome, "人员", name).values()] for name in ("评过", "在册", "甲级", "岗贴")
    }
    assert found == {
        "评过": fractions("1", "1", "0"),
        "在册": fractions("0", "1", "1"),
        "甲级": fractions("1", "0", "0"),
        "岗贴": fractions("8", "0", "0"),
    }
    assert [finding.sentence for finding in outcome.findings] == [
        "P0 甲 否 2020-2021-1 2020-01-01 8.00",
        "P1 丙 是 2020-2021-1 2018-12-31 0.00",
        "P2 （无） 是 2020-2021-1 （无） 0.00",
    ]


def test_a_part_of_a_split_that_is_not_known_is_refused_by_both():
    program = rule_set(MARKS)
    rows = {"人员": [marked(0, 比例=None)]}
    assert disagreements(program, sealed(program, rows), period(RUN)) == []
    with pytest.raises(CalculationError):
        calculate(program, sealed(program, rows), period(RUN))


def test_a_row_is_found_by_a_key_that_is_no_word():
    program = rule_set(MARKS)
    rows = {
        "人员": [marked(0)],
        "职称史": [{"号": "P0", "自": day, "岗贴": "1"} for day in ("2019-01-01", "2020-02-02")],
    }
    frames = calculate(program, sealed(program, rows), period(RUN)).frames
    assert row_of_key(program, frames, "职称史", ("P0", "2020-02-02")) == 1
    assert row_of_key(program, frames, "职称史", ("P0", "2020-02-03")) is None


def test_more_kinds_of_faults_than_a_status_can_number_are_told_together():
    """Each rate has its own fault; a hundred and thirty of them, on as many people."""
    count = 130
    rates = "标准:\n" + "\n".join(
        f"  档{number}: {{按: [号], 档: {{没有人: 1元}}, 依据: 办法 一}}" for number in range(count)
    )
    parts = [
        f"- 列: 人.值{part}\n  公式: "
        + "".join(f"如果(节数 = {number}节, 档{number}, " for number in range(part * 10, part * 10 + 10))
        + "0元"
        + ")" * 10
        for part in range(count // 10)
    ]
    program = short(
        "- 列: 人.全\n  公式: " + " + ".join(f"值{part}" for part in range(count // 10)), *parts, rates=rates
    )
    rows = people(*({"节数": f"{number}"} for number in range(count)))
    with pytest.raises(CalculationError) as error:
        column_of(program, "人.全", rows)
    messages = {problem.message for problem in error.value.problems}
    assert MANY_FAULTS.message in messages


@given(whole_rows(), runs)
@examples(15)
def test_rules_for_some_rows_give_the_same_when_calculated_on_these_alone(rows, run):
    whole = calculated(PLAIN, sealed(PLAIN, rows), run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applicability, "SMALL", 1)
        patch.setattr(applicability, "SPARSE", 1)
        program = whole_county()
        same(whole, calculate(program, sealed(program, rows), run))


@given(numbers(), numbers(), numbers(), numbers())
def test_quotients_of_quotients_are_exact(a: Vector, b: Vector, c: Vector, d: Vector):
    four = zip(*(told(v) for v in (a, b, c, d)), strict=True)
    above, below = (arithmetic.divide(x, y, FIRST_FAULT) for x, y in ((a, b), (c, d)))
    found = arithmetic.divide(above, below, FIRST_FAULT)
    status = np.zeros(4, np.int8) if found.status is None else np.broadcast_to(found.status, 4)
    for row, (x, y, z, w) in enumerate(four):
        if 0 in (y, z, w):
            assert status[row] == FIRST_FAULT
        else:
            assert status[row] == OK
            over = 1 if found.over is None else int(np.broadcast_to(found.over, 4)[row])
            assert int(np.broadcast_to(found.data, 4)[row]) * found.scale / over == (x / y) / (z / w)


def test_hundreds_of_fen_are_whole_yuan_and_one_fen_is_not():
    fen = Vector(np.array([100, 25_000]), Fraction(1, 100), 100, 25_000)
    assert arithmetic.conformed(fen, Fraction(1)).data.tolist() == [1, 250]
    odd = Vector(np.array([100, 25_001]), Fraction(1, 100), 100, 25_001)
    assert arithmetic.conformed(odd, Fraction(1)) is odd


def test_scales_are_right_however_many_are_remembered(monkeypatch):
    monkeypatch.setattr(scales, "MOST", 2)
    for below in range(1, 9):
        assert scales.product(Fraction(1, below), Fraction(3)) == Fraction(3, below)
        assert scales.common(Fraction(1, below), Fraction(1, 6)) % Fraction(1, below * 6) == 0


def test_a_score_that_is_missing_hits_no_band():
    rates = "标准:\n  档: {按: [得分], 档: {不满60: 1元, 60以上: 2元}, 依据: 办法 一}"
    for score, value in ((None, 7), ("59.99", 1), ("60", 2)):
        assert value_of("档 否则 7元", people({"得分": score}), rates=rates) == value


def test_a_rate_whose_key_is_missing_is_not_told_as_used():
    rates = "标准:\n  档: {按: [得分], 档: {不满60: 1元, 60以上: 2元}, 依据: 办法 一}"
    program = short("- 列: 人.应得\n  公式: 档 否则 7元", rates=rates, paid="应得")
    told = {}
    for score in (None, "60"):
        rows = people({"得分": score})
        outcome = calculate(program, sealed(program, rows), period(RUN))
        root = explain(program, outcome, "人", ("P000",))[0].root
        assert root is not None
        told[score] = root.value, [use.keys for use in root.rates]
    assert told == {None: ("7.00元", []), "60": ("2.00元", [("得分 60：60以上",)])}


NAMELESS = """
表:
  学校: {主键: 校号, 称呼: 校名, 列: {校号: 代码, 校名: 文字 可空}}
  人员: {主键: 号, 收款人: 个人, 查找: {校: 学校 按 校号}, 列: {号: 证件号, 校号: 代码, 补贴: 金额}}
规则:
- {列: 人员.应得, 公式: 补贴, 依据: 办法 一}
发放:
- {编号: 补, 项目: 人员.应得, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


def test_a_school_without_a_name_is_said_to_have_none():
    program = rule_set(NAMELESS)
    rows = {"学校": [{"校号": "A"}], "人员": [{"号": "P0", "校号": "A", "补贴": "1"}]}
    outcome = calculate(program, sealed(program, rows), period(RUN))
    assert explain(program, outcome, "人员", ("P0",))[0].unit == "（无）"


def test_a_column_without_rows_is_within_nothing():
    assert Computed(np.zeros(0, np.int64), Fraction(1)).bounds == (0, 0)


def test_a_pool_below_zero_is_refused_by_both():
    program = rule_set(OWING)
    rows = {"学校": [{"校号": "A", "拨款": "1.00", "欠款": "2.00"}], "人员": [{"号": "P0", "校号": "A"}]}
    assert disagreements(program, sealed(program, rows), period(RUN)) == []
    with pytest.raises(CalculationError, match="为负"):
        calculate(program, sealed(program, rows), period(RUN))


OWING = """
表:
  学校: {主键: 校号, 列: {校号: 代码, 拨款: 金额, 欠款: 金额}}
  人员: {主键: 号, 收款人: 个人, 查找: {校: 学校 按 校号}, 列: {号: 证件号, 校号: 代码}}
规则:
- {列: 学校.池, 公式: 拨款 - 欠款, 依据: 办法 一}
- 列: 人员.应得
  分配: 学校.池
  按: 1
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 一
发放:
- {编号: 补, 项目: 人员.应得, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


IN_PART = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 证件号, 身份: 选项 教师、校长, 补贴: 金额}}
规则:
- {列: 人员.应得, 公式: 补贴, 依据: 办法 一}
- 拆分: 人员.应得
  限于: 身份 = 教师
  各份: {学期发: 其余}
  依据: 办法 一
- 拆分: 人员.应得
  限于: 身份 = 校长
  各份: {学年发: 其余}
  依据: 办法 一
发放:
- {编号: 师, 项目: 人员.学期发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 长, 项目: 人员.学年发, 给: 本行, 单位: 本行, 所属: 学年, 何时: 学年末, 资金: 绩效}
"""


def test_what_a_run_leaves_to_a_longer_one_is_the_rows_that_it_does_not_empty():
    program = rule_set(IN_PART)
    rows = {
        "人员": [
            {"号": f"P{number}", "身份": rank, "补贴": f"{number + 1}"}
            for number, rank in enumerate(("教师", "校长", "教师", "校长"))
        ]
    }
    outcome = outcome_of(program, rows, RUN)
    assert [(one.column, one.when, one.amount) for one in outcome.accruals] == [("应得", "学年末", 600)]


FAR_APART = """
表:
  档次:
    主键: [大, 小]
    列: {大: 整数 0至1000000000000, 小: 整数 0至1000000000000, 价: 金额}
  人员:
    主键: 号
    收款人: 个人
    查找: {档: 档次 按 甲、乙}
    列: {号: 证件号, 甲: 整数 0至1000000000000 可空, 乙: 整数 0至1000000000000}
规则:
- {列: 人员.应得, 公式: 档.价 否则 0元, 依据: 办法 一}
发放:
- {编号: 补, 项目: 人员.应得, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


@pytest.mark.parametrize("most", [2**62, 3])
@pytest.mark.parametrize("factor", [1, 10**9])
def test_rows_are_found_by_keys_close_together_or_far_apart(most: int, factor: int, monkeypatch):
    monkeypatch.setattr(matching, "MAX_CODE", most)
    program = rule_set(FAR_APART)
    held = [(1, 1), (1, 4), (3, 2), (4, 4)]
    asked = [(1, 1), (1, 4), (3, 2), (4, 4), (None, 1)]
    rows: dict[str, list[dict]] = {
        "档次": [{"大": f"{a * factor}", "小": f"{b * factor}", "价": f"{a}{b}"} for a, b in held],
        "人员": [
            {"号": f"P{number}", "甲": None if a is None else f"{a * factor}", "乙": f"{b * factor}"}
            for number, (a, b) in enumerate(asked)
        ],
    }
    outcome = outcome_of(program, rows, RUN)
    assert [*column(program, outcome, "人员", "应得").values()] == fractions("11", "14", "32", "44", "0")


NEVER = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 证件号, 身份: 选项 教师、校长, 额: 金额}}
规则:
- {列: 人员.津贴, 限于: 身份 = 教师, 公式: 额, 依据: 办法 一}
- {退回: {人员.津贴: 绩效}, 依据: 办法 二}
- {拆分: 人员.津贴, 限于: 身份 = 校长, 各份: {先发: 70%, 后发: 其余}, 取整: 分 四舍五入, 依据: 办法 三}
发放:
- {编号: 先, 项目: 人员.先发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 后, 项目: 人员.后发, 给: 本行, 单位: 本行, 所属: 学年, 何时: 学年末, 资金: 绩效}
"""


def test_money_that_is_returned_waits_for_no_later_run_though_a_rule_that_never_applies_would_keep_it():
    program = rule_set(NEVER)
    rows = {"人员": [{"号": "P1", "身份": "教师", "额": "3"}, {"号": "P2", "身份": "校长", "额": "5"}]}
    outcome = outcome_of(program, rows, RUN)
    assert outcome.accruals == ()
    (back,) = outcome.returned
    assert (back.column, back.amount.tolist()) == ("津贴", [300, 0])
