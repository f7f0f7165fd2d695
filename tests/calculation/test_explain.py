"""An explanation recomputes to the fen, cites its clauses, and shows nobody else."""

import json
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import assume, given

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import Explainer, explain
from payroll_service.calculation.explanation import ExplainedValue
from payroll_service.calculation.outcome import CalculationError
from payroll_service.export.explanation import to_json, to_text
from tests.calculation.agreement import sealed
from tests.calculation.county import county
from tests.calculation.strategies import county_rows
from tests.calculation.test_two_evaluators import PLAIN, SEMESTER, periods, school
from tests.examples import examples

small = examples(40)


def told(rows, who, item=None, program=PLAIN, at=SEMESTER):
    return explain(program, calculate(program, sealed(program, rows), at), "人员", (who,), item)


def values(root: ExplainedValue) -> Iterator[ExplainedValue]:
    yield root
    for child in root.children:
        yield from values(child)


def found(root, column):
    return next(value for value in values(root) if value.column == column and not value.see)


def three_teachers():
    rows = school(3, 标准="100.05")
    rows["任职"][0] |= {"得分": "95", "止": "2020-10-31"}
    rows["任职"][1] |= {"得分": "90"}
    rows["任职"][2] |= {"得分": "72.50"}
    return rows


def test_a_share_tells_its_pool_its_weight_its_due_and_who_got_the_last_fen():
    """476.28 × 190 ÷ 1168 = 77.47705…; the remainders of a fen are 0.705, 0.795 and 0.5: two fen are left over."""
    (line,) = told(three_teachers(), "P000", "奖励")
    share = line.root.share
    assert (share.pool, share.weight, share.weights, share.members) == ("476.28元", "190个月", "1168个月", 3)
    assert (share.due, share.cut, share.left_over) == ("≈77.4771元", "77.47元", 2)
    assert (share.place, share.got_one_more, line.amount) == (2, True, Fraction("77.48"))
    assert line.root.formula == "奖励组.奖励池 × 权重 ÷ 权重合计"
    assert line.root.substituted == "476.28元 × 190个月 ÷ 1168个月"
    assert [clause.text for clause in line.root.clauses] == ["办法 七", "解释 余分"]
    assert line.root.clauses[1].answer == "给尾数最大的人"
    sentence = "池 476.28 元，权重 190，全组 1168，3 行，应得 77.4771 元，实得 77.48 元。"
    assert line.root.sentence == sentence
    (other,) = told(three_teachers(), "P002", "奖励")
    assert (other.root.share.place, other.root.share.got_one_more) == (3, False)


def test_where_nothing_is_left_over_nobody_has_a_place_in_the_line():
    (line,) = told(school(2, 标准="100"), "P000", "奖励")
    share = line.root.share
    assert (share.left_over, share.place, share.got_one_more) == (0, 0, False)


def test_a_rounded_part_tells_before_and_after_and_a_gathered_pool_only_the_own_months():
    (line,) = told(three_teachers(), "P000", "奖励")
    assert found(line.root, "基础").rounding == "分 四舍五入：66.033元/月 → 66.03元/月"
    pool = found(line.root, "奖励池")
    assert pool.below == ("14 行，合计 476.28元", "其中本人 2 行，合计 68.04元")
    (months,) = (child for child in pool.children if child.column == "额度")
    assert (months.substituted, len(months.also)) == ("100.05元/月 - 66.03元/月", 1)


def test_rates_say_their_keys_value_clause_and_that_they_are_examples():
    (line,) = told(three_teachers(), "P001", "奖励")
    (rate,) = found(line.root, "权重").rates
    assert (rate.name, rate.keys, rate.value, rate.example) == (
        "规模系数",
        ("校.规模 中", "班主任 否"),
        "1",
        True,
    )
    assert [clause.text for clause in rate.clauses] == ["办法 五"]


def test_an_exception_and_a_veto_are_told_with_their_clauses():
    rows = three_teachers()
    rows["任职"][1]["得分"] = "59"
    rows["任职"][2]["得分"] = "9"
    (line,) = told(rows, "P001", "奖励")
    exception = found(line.root, "权重").conditions[-1]
    assert (exception.kind, exception.text, exception.facts) == ("例外", "得分 < 60", "得分为59")
    (line,) = told(rows, "P002", "加奖三")
    assert line.amount == 0
    (veto,) = line.root.conditions
    assert (veto.text, veto.facts) == ("低分：原为 0.47元，转入「津贴」，计 0", "得分为9")
    assert [clause.text for clause in veto.clauses] == ["办法 九"]


def test_a_pool_veto_tells_that_the_weight_does_not_count():
    rows = three_teachers()
    rows["人员"][0]["师德"] = "不合格"
    (line,) = told(rows, "P000", "奖励")
    veto = line.root.conditions[-1]
    assert (veto.text, veto.facts) == ("师德：权重按 0 计算，钱留在池里", "人.师德为不合格")
    assert line.amount == 0


def test_what_is_no_number_stands_behind_its_name():
    (line,) = told(three_teachers(), "P001", "加奖一")
    numbers = "如果(考核.等次（没有值） = 优, 100元, 如果(考核.等次 = 良, 50.5元, 0元)) 否则 1元"
    assert found(line.root, "加奖").substituted == numbers


def test_every_clause_is_told_once_whatever_cites_it():
    lines = told(three_teachers(), "P000")
    text = to_text(lines)
    assert len(lines) > 3
    assert text.count("〔解释 余分〕问：余下的一分给谁") == 1
    assert text.count("  〔办法 八〕") == 1
    assert text.count("汇集：任职月.额度") == 1
    assert "汇集：14 行" not in text


def test_an_item_that_does_not_apply_says_why_in_one_line():
    rows = three_teachers()
    rows["任职"][0]["身份"] = "校长"
    lines = told(rows, "P000", "加奖一")
    assert [(line.amount, line.reason) for line in lines] == [(None, "不符合「身份 = 教师」：身份为校长")]
    rows["任职"] = rows["任职"][1:]
    assert [line.reason for line in told(rows, "P000", "加奖一")] == ["没有「任职」记录"]
    assert told(rows, "nobody") == []


def test_who_is_held_or_excluded_by_the_roster_is_told_so():
    rows = three_teachers()
    rows["人员"][0]["待核"] = "是"
    (line,) = told(rows, "P000", "奖励")
    assert (line.held, line.excluded, line.amount) == ("待核", "", Fraction("77.48"))
    assert "\n暂缓：待核。已计算，暂不发放，不在发放表里。\n" in to_text([line])
    (line,) = told(rows, "P001", "奖励")
    assert (line.held, line.excluded) == ("", "")
    rows["任职"] = rows["任职"][:2]
    (line,) = told(rows, "P002", "奖励")
    assert (line.held, bool(line.excluded), line.amount) == ("", True, None)
    assert f"不发。{line.excluded}。没有「任职」记录" in to_text([line])


def test_all_weights_zero_is_told_as_going_back_or_as_equal_parts():
    rows = school(3, 标准="100.05")
    nothing = {"试算": "0", "试算取整": "整数 去尾"}
    (line,) = told(rows, "P000", "奖励", county(**nothing))
    assert (line.amount, line.root.share.returned_to) == (0, "绩效")
    assert line.root.formula.endswith("全部权重为零，退回「绩效」")
    (line,) = told(rows, "P000", "奖励", county(**nothing, 无权重="平均"))
    assert (line.amount, line.root.share.equally) == (Fraction("204.12"), True)
    assert line.root.formula.endswith("全部权重为零，平均分配")


@given(county_rows(), periods)
@small
def test_every_line_is_explained_to_its_fen_and_shows_nobody_else(rows, at):
    """Every rule on the way is calculated again while it is explained; one that differed would stop it."""
    try:
        outcome = calculate(PLAIN, sealed(PLAIN, rows), at)
    except CalculationError:
        assume(False)
    explainer = Explainer(PLAIN, outcome)
    paid = dict.fromkeys([payment.number for payment in explainer.payments], Fraction(0))
    for person in rows["人员"]:
        lines = explainer.explain("人员", (person["证件号码"],))
        text = to_text(lines) + json.dumps([to_json(line) for line in lines], ensure_ascii=False)
        assert not any(
            word in text
            for other in rows["人员"]
            if other is not person
            for word in (other["证件号码"], other["姓名"])
        )
        for line in lines:
            if line.root is not None and line.amount is not None:
                paid[line.item] += line.amount
                assert line.root.value.removesuffix("/月") == line.amount_text
    for payment in explainer.payments:
        column = outcome.columns[payment.table, payment.column.column]
        assert paid[payment.number] == sum(int(fen) for fen in column.data) * column.step


@given(county_rows())
@small
def test_references_lead_to_values_told_before(rows):
    try:
        outcome = calculate(PLAIN, sealed(PLAIN, rows), SEMESTER)
    except CalculationError:
        assume(False)
    for person in rows["人员"]:
        for line in explain(PLAIN, outcome, "人员", (person["证件号码"],)):
            seen: dict[int, ExplainedValue] = {}
            for value in values(line.root) if line.root else ():
                if value.see:
                    assert (seen[value.see].column, seen[value.see].value) == (value.column, value.value)
                elif value.number:
                    assert value.number not in seen
                    seen[value.number] = value


@pytest.mark.parametrize("who", ["P000", "P001"])
def test_json_holds_text_for_every_value(who):
    for line in told(three_teachers(), who):
        plain = to_json(line)
        assert json.loads(json.dumps(plain)) == plain
        assert isinstance(plain["amount"], str)
        assert plain["root"]["value"].endswith("元")
