"""What changed between two documents: entry by entry, by clause; layout and comments do not count, order only where money hangs on it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.errors import UnreadableFile
from payroll_service.workflow.compare_rules import compare_rules
from rules.language.changes import Line, by_clause, changes, mixed, ordered
from rules.language.pieces import composed, pieces_of, text_at
from rules.language.source import read_source

DUSHAN = Path(__file__).parents[2] / "rules" / "sets" / "dushan"
OLD = """
表: {人员: {主键: 工号, 列: {工号: 代码, 教龄: 整数 年}}}
标准: {津贴: {按: [教龄], 档: {不满5: 0元, 5以上: 3元}, 依据: 办法 五}}
规则:
- {列: 人员.津贴额, 公式: 津贴, 依据: 办法 五}
- {拆分: 人员.奖金, 各份: {甲: 60%, 乙: 其余}, 依据: 办法 六}
- {退回: {人员.甲: 专项, 人员.乙: 专项}, 依据: 办法 七}
发放: [{编号: 一, 项目: 人员.津贴额, 资金: 绩效}]
名册: {表: 人员, 不发: [{名称: 退休, 当: 退休 = 是, 依据: 办法 九}]}
"""


def compared(*slips):
    new = OLD
    for old, instead in slips:
        assert old in new
        new = new.replace(old, instead)
    return changes(read_source(OLD, "旧"), read_source(new, "新"))


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (("5以上: 3元", "5以上: 4元"), ("改动", "标准", "津贴", "办法 五", (Line("档.5以上", "3元", "4元"),))),
        (("整数 年", "整数 月"), ("改动", "列", "人员.教龄", "", (Line("类型", "整数 年", "整数 月"),))),
        (("公式: 津贴", "公式: 津贴 × 2"), ("改动", "规则", "人员.津贴额", "办法 五", (Line("公式", "津贴", "津贴 × 2"),))),
        (
            ("甲: 60%", "甲: 70%"),
            ("改动", "规则", "拆分 人员.奖金（甲、乙）", "办法 六", (Line("各份.甲", "60%", "70%"),)),
        ),
        (("人员.乙: 专项", "人员.乙: 绩效"), ("改动", "规则", "退回 人员.乙", "办法 七", (Line("退回.人员.乙", "专项", "绩效"),))),
        (("资金: 绩效}", "资金: 专项}"), ("改动", "发放", "一", "", (Line("资金", "绩效", "专项"),))),
        (("退休 = 是", "退休 = 否"), ("改动", "名册", "不发 退休", "办法 九", (Line("当", "退休 = 是", "退休 = 否"),))),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_entry_its_clause_and_both_texts(slip, told):
    (found,) = compared(slip)
    assert (found.kind, found.section, found.name, found.clause, found.lines) == told


def test_entries_that_are_only_in_one_are_added_or_dropped_whole():
    added = compared(("规则:\n", "规则:\n- {列: 人员.新, 公式: 1, 依据: 办法 十}\n"))
    assert [(each.kind, each.name, each.clause) for each in added] == [("新增", "人员.新", "办法 十")]
    dropped = compared(("- {列: 人员.津贴额, 公式: 津贴, 依据: 办法 五}\n", ""))
    assert [(each.kind, each.name) for each in dropped] == [("删去", "人员.津贴额")]


def test_all_changes_make_the_new_document_of_the_old_and_none_leaves_it():
    new = OLD.replace(
        "- {列: 人员.津贴额, 公式: 津贴, 依据: 办法 五}\n", "- {列: 人员.新, 公式: 1, 依据: 办法 十}\n"
    )
    before, after = read_source(OLD, "旧"), read_source(new.replace("5以上: 3元", "5以上: 4元"), "新")
    found = changes(before, after)
    assert {each.kind for each in found} == {"新增", "删去", "改动"}
    assert changes(mixed(before, after, found), after) == []
    assert changes(before, mixed(before, after, [])) == []
    for one in found:
        assert len(changes(mixed(before, after, [one]), after)) == len(found) - 1


def test_order_layout_and_comments_do_not_count():
    first, second = (
        "- {列: 人员.津贴额, 公式: 津贴, 依据: 办法 五}\n",
        "- {拆分: 人员.奖金, 各份: {甲: 60%, 乙: 其余}, 依据: 办法 六}\n",
    )
    assert compared((first + second, f"# 说明\n{second}{first}")) == []


VETOES = """
否决:
- {名称: 师德, 表: 任职, 当: 人.师德 = 不合格, 项目: {奖励: 回到奖励池}, 依据: 办法 九}
- {名称: 低分, 表: 任职, 当: 得分 < 60, 项目: {奖励: 退回 绩效}, 依据: 办法 十}
- {名称: 安全, 表: 任职, 当: 事故 > 0, 项目: {奖励: 退回 绩效}, 依据: 办法 九}
"""


def vetoes(*names):
    """The vetoes in this order; one that is not in the list is new."""
    lines = {name: line for line in VETOES.splitlines() if (name := line[7:9])}
    extra = "- {名称: %s, 表: 任职, 当: 病假 > 5, 项目: {奖励: 退回 绩效}, 依据: 办法 八}"
    return read_source("\n".join(("否决:", *(lines.get(name, extra % name) for name in names))), "x")


def order_in(document):
    held = document.entries.get("否决")
    return [text_at(item, "名称") for item in held.items] if held else []


def test_the_order_of_vetoes_is_told_for_the_first_one_takes():
    old, new = vetoes("师德", "低分", "安全"), vetoes("低分", "师德", "安全")
    (found,) = changes(old, new)
    assert (found.kind, found.section, found.name) == ("改动", "否决", "先后")
    assert found.lines == (Line("先后", "师德、低分、安全", "低分、师德、安全"),)
    assert order_in(mixed(old, new, [])) == ["师德", "低分", "安全"]
    assert order_in(mixed(old, new, [found])) == ["低分", "师德", "安全"]


def test_a_new_veto_or_a_dropped_one_is_no_other_order():
    old, new = vetoes("师德", "低分", "安全"), vetoes("病假", "师德", "旷工", "安全")
    found = changes(old, new)
    assert [(each.kind, each.name) for each in found] == [
        ("新增", "病假"),
        ("新增", "旷工"),
        ("删去", "低分"),
    ]
    assert order_in(mixed(old, new, found[:1])) == ["病假", "师德", "低分", "安全"]
    assert order_in(mixed(old, new, found[:2])) == ["病假", "师德", "旷工", "低分", "安全"]
    assert order_in(mixed(old, new, found)) == ["病假", "师德", "旷工", "安全"]


NAMES = st.lists(st.sampled_from(["师德", "低分", "安全", "病假", "先后", "师德"]), min_size=1, max_size=6)


@given(NAMES, NAMES, st.randoms())
def test_vetoes_go_from_one_order_to_the_other_whichever_change_is_made_first(old, new, chance):
    before, after = vetoes(*old), vetoes(*new)
    found = changes(before, after)
    chance.shuffle(found)
    for made in range(len(found)):
        assert set(order_in(mixed(before, after, found[:made]))) <= {*old, *new}
    assert order_in(mixed(before, after, found)) == new


@pytest.mark.parametrize(
    ("text", "one", "other", "told"),
    [
        ("规则: [{列: 甲.乙, 分配: 甲.丙, 余分: [%s, %s, 主键]}]", "得分 由高到低", "起", ["余分"]),
        ("规则: [{列: 甲.乙, 公式: 丙, 例外: [{当: %s, 值: 1}, {当: %s, 值: 1}], 依次: 是}]", "丁", "戊",
         ["例外第1条.当", "例外第2条.当"]),
        ("表: {甲: {主键: [%s, %s], 列: {乙: 代码, 丙: 代码}}}", "乙", "丙", ["主键"]),
        ("表: {甲: {主键: 乙, 列: {乙: 代码}, 顺序: {在: [乙], 按: [%s, %s]}}}", "丙", "丁", ["顺序.按"]),
        ("支付: {不足: 按先后, 先后: [%s, %s], 项目次序: [甲, [乙, 丙]]}", "所属", "项目", ["先后"]),
        ("支付: {不足: 按先后, 先后: [项目], 项目次序: [%s, %s]}", "甲", "乙", ["项目次序"]),
    ],
)  # fmt: skip
def test_a_list_inside_an_entry_whose_order_moves_money_is_told(text, one, other, told):
    (found,) = changes(*(read_source(text % pair, "x") for pair in ((one, other), (other, one))))
    assert [line.key for line in found.lines] == told


def test_two_entries_of_one_name_are_two():
    twice = vetoes("师德", "师德")
    (found,) = changes(vetoes("师德"), twice)
    assert (found.kind, found.name) == ("新增", "师德（第2条）")
    assert order_in(composed(pieces_of(twice), twice.place)) == ["师德", "师德"]


def test_the_order_of_the_semesters_is_told_for_the_first_begins_the_school_year():
    old, new = (
        read_source(f"学期: {{{names}}}", "x")
        for names in ("秋: 9月起6个月, 春: 3月起6个月", "春: 3月起6个月, 秋: 9月起6个月")
    )
    (found,) = changes(old, new)
    assert found.lines == (Line("学期", "秋 9月起6个月、春 3月起6个月", "春 3月起6个月、秋 9月起6个月"),)
    assert ordered([found]) == ([], [found])


def test_the_county_changed_one_rate_and_one_rule():
    found = compare_rules(DUSHAN / "2020.1.yaml", DUSHAN / "2021.1.yaml")
    assert [(each.kind, each.section, each.name) for each in found] == [
        ("改动", "文件", "版本"),
        ("改动", "文件", "施行"),
        ("新增", "解释", "不及格"),
        ("改动", "标准", "班主任系数"),
        ("改动", "规则", "任职.权重"),
    ]
    assert list(by_clause(found))[:3] == ["", "解释 不及格", "解释 学期权重"]


def test_a_rule_set_is_not_compared_with_a_scheme():
    with pytest.raises(UnreadableFile, match="一份是规则集，一份是方案"):
        compare_rules(DUSHAN / "2020.1.yaml", next((DUSHAN / "schools").glob("*.yaml")))
