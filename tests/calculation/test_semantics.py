"""The settled semantics of the language, point by point; and where each of its ideas is tried.

`ELSEWHERE` names the tests that already hold a point; the others stand here, one a point.
"""

from pathlib import Path

import pytest

from payroll_service.snapshot.tables import UnsoundTables
from rules.language.mistakes import RuleSetError
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import F, column, mistake, people, person, short, value_of, with_awards

TESTS = Path(__file__).parents[1]
PRINCIPAL = "- 列: 人.津\n  限于: 身份 = 校长\n  公式: 得分"
TWO = people({"得分": "30", "身份": "校长"}, {"得分": "50"})

ELSEWHERE = {
    "semantics 4, of nothing": "calculation/test_of_nothing.py::test_nothing_is_an_error_at_once_that_names_the_row_and_no_otherwise_catches_it",
    "semantics 4, 0 of nothing": "calculation/test_of_nothing.py::test_sum_count_and_the_highest_of_nothing_are_0",
    "semantics 7, several ways": "rules/test_cures.py::test_a_path_that_another_lookup_makes_ambiguous_names_both",
    "semantics 8, members": "calculation/test_shares.py::test_rows_that_lead_nowhere_and_weigh_nothing_get_nothing",
    "semantics 8, negative": "calculation/test_columns.py::test_negative_weights_and_money_that_leads_nowhere_are_named",
    "semantics 9, arrive and leave": "calculation/test_frames.py::test_arrival_counts_from_the_next_full_month_and_leaving_to_the_end_of_the_month",
    "semantics 9, posts tile": "calculation/test_frames.py::test_consecutive_posts_tile_the_months",
    "semantics 9, full years": "calculation/test_dates.py::test_spans",
    "semantics 9, overlap": "snapshot/test_problems.py::test_posts_that_overlap_are_found_and_posts_that_touch_are_not",
    "semantics 9, the last day of a shorter month": "calculation/test_dates.py::test_spans",
    "semantics 11, places": "calculation/test_rankings.py::test_places",
    "semantics 11, the top 20 %": "calculation/test_rankings.py::test_the_top_fifth_is_rank_over_heads",
    "semantics 11, a split of heads": "calculation/test_heads.py::test_the_best_get_the_quota",
    "semantics 12, each line": "book/test_payouts.py::test_the_parts_of_a_line_add_up_to_the_line",
    "semantics 12, no negative rest": "calculation/test_columns.py::test_a_part_larger_than_the_whole_is_refused",
    "semantics 13, from its snapshot": "workflow/test_stored_runs.py::test_every_kind_of_period_is_stored_and_replayed_to_the_byte",
    "semantics 13, opening values": "workflow/test_carry_over.py::test_what_is_not_approved_is_not_carried_over",
    "idea 1, strict": "rules/test_source.py::test_a_slip_of_form_is_told_where_it_stands",
    "idea 1, identity": "rules/test_source.py::test_the_fingerprint_of_a_rule_set_knows_every_fen",
    "idea 1, versions": "workflow/test_versions.py::test_versions_go_together_in_a_folder_and_in_the_book",
    "idea 2, lookups": "calculation/test_frames.py::test_lookups_match_words_of_different_tables_and_the_current_period",
    "idea 2, the order of rules": "rules/test_plan.py::test_every_step_stands_after_all_that_it_reads",
    "idea 2, a circle": "calculation/test_order.py::test_slips_in_lines_are_told_with_their_cure",
    "idea 2, the row in force": "calculation/test_computed_links.py::test_the_row_in_force_is_the_latest_not_after_the_day",
    "idea 3, groups": "calculation/test_frames.py::test_groups_are_the_combinations_that_occur_in_ascending_order",
    "idea 3, ordered tables": "calculation/test_order.py::test_a_deduction_is_carried_from_month_to_month_until_nothing_is_left",
    "idea 3, across runs": "workflow/test_carry_over.py::test_1200_yuan_are_taken_over_three_months_each_run_on_its_own",
    "idea 4, dated rates": "calculation/test_rows.py::test_a_rate_that_changes_needs_to_be_told_which_end_counts",
    "idea 4, other periods": "calculation/test_frames.py::test_a_run_sees_only_rows_of_periods_that_meet_its_own",
    "idea 4, what a run evaluates": "rules/test_plan.py::test_a_run_evaluates_what_its_payments_need",
    "idea 4, 计提": "rules/test_plan.py::test_a_pocket_knows_the_runs_that_will_pay_it",
    "idea 4, 计提 of some rows": "calculation/test_rare_values.py::test_what_a_run_leaves_to_a_longer_one_is_the_rows_that_it_does_not_empty",
    "idea 4, semesters tile": "rules/test_period.py::test_semesters_tile_the_school_year",
    "idea 5, exact": "calculation/test_columns.py::test_averages_are_exact_until_they_are_rounded",
    "idea 5, units": "rules/test_units.py::test_yuan_per_month_times_months_is_yuan",
    "idea 5, rounding": "calculation/test_exact.py::test_exact_halves_go_where_the_mode_says_and_the_same_below_zero",
    "idea 5, division by zero": "calculation/test_columns.py::test_division_by_zero_is_not_caught_and_not_looked_at_is_no_error",
    "idea 6, pockets": "rules/test_pockets.py::test_a_pocket_that_exists_on_some_rows_must_be_emptied_on_these",
    "idea 6, the rest": "calculation/test_columns.py::test_parts_are_rounded_on_the_half_and_the_rest_is_exact",
    "idea 6, heads": "calculation/test_heads.py::test_nobody_is_lost",
    "idea 6, 限于 of a gathering": "rules/test_pockets.py::test_gatherings_that_share_out_every_row_are_sound",
    "idea 6, 限于 tests the receiving row": "calculation/test_rare_rules.py::test_money_is_gathered_for_the_few_groups_of_a_rule",
    "idea 7, largest remainder": "calculation/test_shares.py::test_shares_add_up_to_the_pool_and_are_those_of_the_largest_remainder",
    "idea 7, no weights": "calculation/test_columns.py::test_a_pool_without_weights_goes_back_and_says_so",
    "idea 7, floor and ceiling": "calculation/test_limits.py::test_both_evaluators_agree_and_the_laws_hold",
    "idea 7, ties": "calculation/test_shares.py::test_equal_remainders_go_by_the_tie_then_by_the_row",
    "idea 7, late change": "book/test_late_changes.py::test_a_late_score_does_what_each_clause_says",
    "idea 8, exceptions": "calculation/test_columns.py::test_two_cases_at_once_are_an_error_unless_ordered",
    "idea 8, back to the pool": "calculation/test_columns.py::test_a_veto_gives_the_share_to_the_colleagues_and_shows_what_it_took",
    "idea 8, to a fund": "calculation/test_columns.py::test_a_veto_to_a_fund_leaves_the_colleagues_alone_and_readers_see_nothing",
    "idea 8, the first veto takes": "workflow/test_compare.py::test_vetoes_in_another_order_are_a_cause_of_their_own",
    "idea 8, a number survives renaming": "workflow/test_compare.py::test_an_item_is_known_by_its_number_whatever_it_is_called",
    "idea 8, what was granted under another name": "book/test_netting.py::test_order_of_lines_and_of_runs_and_renaming_change_nothing",
    "idea 8, funds in parts": "book/test_payouts.py::test_the_parts_of_a_line_add_up_to_the_line",
    "idea 9, clauses": "rules/test_show.py::test_every_clause_is_cited",
    "idea 9, 未编入": "rules/test_declared.py::test_what_is_not_encoded_is_kept_with_its_reason_and_shown",
    "idea 9, 示例": "rules/test_declared.py::test_a_figure_that_no_document_gives_is_marked_wherever_it_stands",
    "idea 9, 解释": "rules/test_show.py::test_every_table_rate_rule_fund_and_payment_is_named",
    "idea 10, schemes": "rules/test_schemes.py::test_each_school_is_paid_its_own_way_and_both_evaluators_agree",
    "idea 10, their rows alone": "rules/test_schemes.py::test_other_schools_are_paid_as_without_schemes",
    "idea 10, only what is open": "rules/test_schemes.py::test_a_scheme_may_not",
    "idea 10, fingerprint": "rules/test_schemes.py::test_the_fingerprint_covers_every_scheme_in_any_order_and_a_rule_set_alone_keeps_its_own",
    "idea 11, spellings": "rules/test_formula.py::test_other_spellings_mean_the_same",
    "idea 11, bands": "rules/test_bands.py::test_statute_words_include_or_exclude_their_number",
    "idea 11, slips of form": "rules/test_source.py::test_a_slip_of_form_is_told_where_it_stands",
    "idea 12, caps": "rules/test_fuzz.py::test_any_text_is_told",
    "idea 12, no order of rows": "calculation/test_two_evaluators.py::test_the_order_of_rows_changes_nothing",
    "idea 12, missing values": "calculation/test_columns.py::test_every_row_without_a_needed_value_is_named",
    "idea 12, defaults": "rules/test_column_types.py::test_a_default_fits_its_column",
}  # fmt: skip


@pytest.mark.parametrize("where", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_point_that_is_held_elsewhere_still_is(where):
    file, _, name = where.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text("utf-8")


def test_every_point_has_a_test():
    here = Path(__file__).read_text("utf-8")
    held = {point.split(",")[0] for point in ELSEWHERE}
    held |= {f"semantics {n}" for n in range(1, 14) if f"def test_semantics_{n}_" in here}
    wanted = {f"semantics {n}" for n in range(1, 14)} | {f"idea {n}" for n in range(1, 13)}
    assert held == wanted


def test_semantics_1_names_inside_an_aggregate_belong_to_its_rows_and_never_fall_through():
    rows = with_awards("3", "8", 得分="5")
    assert "表「荣誉」里没有「得分」" in mistake("合计(荣誉.分值 其中 分值 > 得分)")
    assert value_of("合计(荣誉.分值 其中 分值 > 本行.得分)", rows) == 8


def test_semantics_2_a_name_has_one_meaning_in_a_table_and_a_rates_keys_are_read_where_it_is_used():
    rates = "标准:\n  甲: {按: [分值], 档: {不满5: 1, 5以上: 2}, 依据: 办法 一}"
    assert "既是规则得出的列又是标准" in _mistakes("- 列: 荣誉.甲\n  公式: 甲", rates=rates)
    assert "这里读不到" in mistake("甲", rates)
    awards = "- 列: 荣誉.值\n  公式: 甲"
    read = "- 列: 人.和\n  公式: 合计(荣誉.值)"
    assert column(short(awards, read, rates=rates), "人.和", with_awards("3", "8")) == [3]


def _mistakes(*rules: str, rates: str = "") -> str:
    with pytest.raises(RuleSetError) as error:
        short(*rules, rates=rates)
    return str(error.value)


def test_semantics_3_a_rule_does_not_apply_elsewhere_aggregates_skip_and_reading_needs_otherwise():
    mean = "- 列: 全体.均\n  公式: 平均(人.津 无则 0)\n  取整: 2位小数 四舍五入"
    assert column(short(PRINCIPAL, mean), "全体.均", TWO) == [30]  # not 15, over both
    assert column(short(PRINCIPAL, "- 列: 人.值\n  公式: 津 否则 -1"), "人.值", TWO) == [30, -1]
    assert "只在一部分行适用" in _mistakes(PRINCIPAL, "- 列: 人.值\n  公式: 津")


def test_semantics_5_a_group_knows_what_it_is_formed_by_and_its_members_through_aggregates_alone():
    assert "表「校组」里没有「得分」" in mistake("得分", table="校组")
    own = "- 列: 校组.高\n  公式: 最大(人.得分)", "- 列: 校组.值\n  公式: 高 + 校.名额 ÷ 1个"
    assert column(short(*own), "校组.值", TWO) == [57]


def test_semantics_6_a_filled_key_without_a_match_is_a_problem_and_an_empty_optional_key_does_not_apply():
    program = short("- 列: 人.值\n  公式: 校.名额 否则 -1个")
    assert column(program, "人.值", people({"校号": None}, {})) == [-1, 7]
    with pytest.raises(UnsoundTables):
        sealed(program, {"人": [person(0, 校号="Z")]})


def test_semantics_7_down_goes_one_path_and_through_a_group_only_when_it_is_named():
    count = "- 列: 学校.值\n  公式: 计数(人{via})"
    for via in ("", " 经 校"):
        assert column(short(count.format(via=via)), "学校.值", people({}, {}, {"校号": "B"})) == [2, 1]
    by_group = "- 列: 学校.值\n  公式: 计数(人 经 校组)"
    assert column(short(by_group), "学校.值", people({}, {}, {"校号": "B"})) == [2, 1]


def test_semantics_8_where_then_exceptions_then_value_then_rounding():
    rule = (
        "- 列: 人.值\n  限于: 身份 = 教师\n  公式: 得分 ÷ 3\n"
        "  例外: [{当: 得分 > 100, 值: 得分 ÷ 7, 依据: 办法 二}]\n  取整: 整数 四舍五入"
    )
    rule += "\n  依据: 办法 一"
    rows = people({"得分": "8"}, {"得分": "200"}, {"得分": "200", "身份": "校长"})
    assert column(short(rule), "人.值", rows) == [3, 29, None]
    share = "- 列: 人.值\n  分配: 学校.金\n  例外: []\n  按: 1\n  余分: 主键\n  无权重: 平均\n  迟到更正: 重新分配"
    assert "分配规则没有「例外」这个键" in _mistakes("- 列: 学校.金\n  公式: 1元", share)


def test_semantics_10_a_percentage_is_a_part_of_a_hundred_and_is_never_added_to_money():
    assert value_of("金额 × 15%", people({"金额": "200"})) == 30
    assert value_of("得分 × 100%", people({"得分": "8.5"})) == F("8.5")
    assert "百分比要先乘以金额" in mistake("金额 + 15%")


def test_semantics_13_event_rows_belong_to_a_period_by_their_date():
    rows = people({"日": "2020-09-01"}, {"日": "2021-02-28"}, {"日": "2021-03-01"}, {"日": None})
    count = "- 列: 全体.值\n  公式: 计数(人 其中 日 ≥ 期初 且 日 ≤ 期末)"
    assert column(short(count), "全体.值", rows, SEMESTER) == [2]
