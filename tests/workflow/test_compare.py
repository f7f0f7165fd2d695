"""Two versions on one workbook: every figure by hand, and the effects of the changes add up for everyone."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payroll_service.book.comparison import compare
from payroll_service.errors import UnknownPeriod
from payroll_service.export.comparison import comparison_svg, comparison_xlsx
from payroll_service.workflow.compare_payouts import compare_versions
from tests.book.tiny import run

OLD = """\
语言: 1
规则集: 例县津贴
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 例县津贴办法（虚构）}
资金: {津贴: 县财政津贴}
表:
  学校: {主键: 学校代码, 称呼: 学校名称, 列: {学校代码: 代码, 学校名称: 文字}}
  人员:
    主键: 证件号码
    收款人: 个人
    称呼: 姓名
    查找: {校: 学校 按 学校代码}
    列: {证件号码: 证件号, 姓名: 文字, 学校代码: 代码, 教龄: 整数 0至60, 班主任: 是否}
标准:
  教龄津贴: {按: [教龄], 档: {不满10: 100元/学期, 10以上: 200元/学期}, 依据: 办法 二}
  班主任费: {值: 300元/学期, 依据: 办法 三}
规则:
- {列: 人员.教龄补贴, 公式: 教龄津贴, 依据: 办法 二}
- {列: 人员.班主任补贴, 限于: 班主任, 公式: 班主任费, 依据: 办法 三}
发放:
- {编号: 甲, 项目: 人员.教龄补贴, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 津贴}
- {编号: 乙, 项目: 人员.班主任补贴, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 津贴}
"""
# Two independent changes, and two that only go together: a new item needs its rate and its rule.
NEW = (
    OLD.replace('"1"', '"2"')
    .replace("2020-09-01 至 2021-08-31", "2021-09-01 至 2022-08-31")
    .replace("10以上: 200元/学期", "10以上: 250元/学期")
    .replace("300元/学期", "280元/学期")
    .replace("规则:\n", "  新人费: {值: 50元/学期, 依据: 办法 四}\n规则:\n")
    .replace("发放:\n", "- {列: 人员.新人补贴, 限于: 教龄 < 10, 公式: 新人费, 依据: 办法 四}\n发放:\n")
    + "- {编号: 丙, 项目: 人员.新人补贴, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 津贴}\n"
)
PEOPLE = """\
证件号码,姓名,学校代码,教龄,班主任
11010519491231002X,甲,A01,9,否
110105194912310038,乙,A01,10,是
110105194912310046,丙,B02,30,否
"""


@pytest.fixture
def county(tmp_path):
    for name, text in (("old.yaml", OLD), ("new.yaml", NEW)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "学校.csv").write_text("学校代码,学校名称\nA01,甲小学\nB02,乙中学\n", encoding="utf-8")
    (folder / "人员.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def compared(county, period="2020-2021-1", whole=False):
    return compare_versions(county / "old.yaml", county / "new.yaml", county / "data", period, whole)


def test_everyone_every_school_every_item_by_hand(county):
    money = compared(county).money
    people = {line.label: (line.old, line.new, line.effects) for line in money.by_payee()}
    assert people == {
        "甲": (100_00, 150_00, (0, 0, 50_00)),  # below ten years: the newcomer's 50 only
        "乙": (500_00, 530_00, (50_00, -20_00, 0)),  # ten years exactly: 200 -> 250; class teacher 300 -> 280
        "丙": (200_00, 250_00, (50_00, 0, 0)),
    }
    assert {line.label: line.change for line in money.by_unit()} == {"甲小学": 80_00, "乙中学": 50_00}
    assert {line.label: line.change for line in money.by_item()} == {
        "教龄补贴": 100_00,
        "班主任补贴": -20_00,
        "新人补贴": 50_00,
    }
    assert (money.total.old, money.total.new) == (800_00, 930_00)


def test_changes_that_only_go_together_are_one_step(county):
    result = compared(county)
    assert [step.title for step in result.steps] == [
        "标准 教龄津贴",
        "标准 班主任费",
        "标准 新人费、规则 人员.新人补贴、发放 丙",
    ]
    assert result.moved() == [(100_00, 0, 2), (0, -20_00, 1), (50_00, 0, 1)]
    second = next(line for line in result.money.by_payee() if line.label == "乙")
    assert result.cause(second) == "标准 教龄津贴"


SHARE = "分配: 全体.补贴池, 按: 教龄, 余分: [主键], 无权重: 退回 津贴, 迟到更正: 重新分配"
VETOES = """\
否决:
- {名称: 新人, 表: 人员, 当: 教龄 < 10, 项目: {教龄补贴: 回到补贴池}, 依据: 办法 五}
- {名称: 班主任, 表: 人员, 当: 班主任, 项目: {教龄补贴: 退回 津贴}, 依据: 办法 六}
发放:
"""


def test_vetoes_in_another_order_are_a_cause_of_their_own(county):
    """甲 is new and a class teacher: first comes who takes; back to the pool the money is the colleagues', to a fund nobody's."""
    shared = (
        OLD.replace("公式: 教龄津贴, 依据", f"{SHARE}, 依据")
        .replace("标准:\n", "  全体: {分组: 人员, 按: []}\n标准:\n")
        .replace("规则:\n", "规则:\n- {列: 人员.份, 公式: 教龄津贴, 依据: 办法 二}\n- {列: 全体.补贴池, 公式: 合计(人员.份), 依据: 办法 二}\n")
        .replace("发放:\n", VETOES)
    )  # fmt: skip
    first, second = VETOES.splitlines(keepends=True)[1:3]
    swapped = shared.replace(first + second, second + first).replace('"1"', '"2"')
    swapped = swapped.replace("300元/学期", "310元/学期")
    people = PEOPLE.replace("甲,A01,9,否", "甲,A01,9,是").replace("乙,A01,10,是", "乙,A01,10,否")
    (county / "data" / "人员.csv").write_text(people, encoding="utf-8")
    for name, text in (("old.yaml", shared), ("new.yaml", swapped)):
        (county / name).write_text(text, encoding="utf-8")
    result = compared(county)
    assert [step.title for step in result.steps] == ["标准 班主任费", "否决 先后"]
    told = {
        line.label: (line.old, line.new, line.effects, result.cause(line)) for line in result.money.by_payee()
    }
    # The pool: 100 + 200 + 200 = 500. To 乙 and 丙 by 10 : 30; or by 9 : 10 : 30, and the 91.84 of 甲 to the fund.
    assert told == {
        "甲": (300_00, 310_00, (10_00, 0), "标准 班主任费"),
        "乙": (125_00, 102_04, (0, -22_96), "否决 先后"),
        "丙": (375_00, 306_12, (0, -68_88), "否决 先后"),
    }


def test_an_item_is_known_by_its_number_whatever_it_is_called(county):
    renamed = (
        OLD.replace("教龄补贴", "教龄津贴额")
        .replace("编号: 乙,", "编号: 乙, 名称: 带班费,")
        .replace('"1"', '"2"')
    )
    (county / "new.yaml").write_text(renamed, encoding="utf-8")
    result = compared(county)
    assert {line.code: (line.label, line.old, line.change) for line in result.money.by_item()} == {
        ("甲",): ("教龄津贴额", 500_00, 0),
        ("乙",): ("带班费", 300_00, 0),
    }
    assert result.steps == ()


def test_a_school_year_counts_every_run_in_it(county):
    whole = compared(county, "2020-2021", whole=True)
    assert whole.periods == ("2020-2021-1", "2020-2021-2")
    assert whole.money.total.change == 2 * 130_00


def test_a_version_against_itself_changes_nothing(county):
    result = compare_versions(county / "old.yaml", county / "old.yaml", county / "data", "2020-2021-1")
    assert result.changes == ()
    assert not result.steps
    assert not result.quiet
    assert result.money.total.effects == ()
    assert comparison_svg(result)


@pytest.mark.parametrize("period", ["2020-2021", "2020-09", "2019-2020-1", "2020_1"])
def test_a_period_that_neither_pays_or_governs_is_refused(county, period):
    with pytest.raises(UnknownPeriod):
        compared(county, period)


def test_the_workbook_and_the_picture_are_the_same_bytes_each_time(county):
    first, second = compared(county), compared(county)
    assert comparison_xlsx(first) == comparison_xlsx(second)
    assert comparison_svg(first) == comparison_svg(second)


def test_the_workbook_tells_every_line(county):
    book = CalamineWorkbook.from_filelike(BytesIO(comparison_xlsx(compared(county))))
    assert book.sheet_names == ["概要", "改动", "各项改动的影响", "按项目", "按单位", "按收款人"]
    people = book.get_sheet_by_name("按收款人").to_python()
    assert people[0][-1] == "主要原因"
    assert people[-1][:6] == ["合计", "", "", 800.0, 930.0, 130.0]
    assert {row[2]: row[5] for row in people[1:-1]} == {"甲": 50.0, "乙": 30.0, "丙": 50.0}
    effects = book.get_sheet_by_name("各项改动的影响").to_python()
    assert [row[1:] for row in effects[1:4]] == [[2, 100, 0, 100], [1, 0, -20, -20], [1, 50, 0, 50]]


def test_the_picture_says_what_it_draws(county):
    texts = [
        node.text for node in ElementTree.fromstring(comparison_svg(compared(county))).iter() if node.text
    ]
    assert "例县津贴 1 → 例县津贴 2" in texts
    assert "+100.00 / 0.00" in texts
    assert "甲小学" in texts
    assert "不变的 0 人，共 3 人。" in texts


@given(st.lists(st.sampled_from(["2020-2021-1", "2020-2021"]), min_size=2, max_size=5))
def test_effects_add_up_to_the_difference_for_every_line(periods):
    """Whatever is compared: each row, column and total."""
    money = compare([[run(period)[2]] for period in periods])
    for lines in (money.by_payee(), money.by_unit(), money.by_item()):
        assert all(sum(line.effects) == line.change for line in lines)
        assert sum(line.change for line in lines) == money.total.change
        assert sum(line.new for line in lines) == money.total.new
        assert money.total.new == int(run(periods[-1])[2].amount_fen.sum())
