"""One cell: what is read exactly, and what is refused with which words."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.cells import read_cell
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.spelling import name_key
from rules.language import program as p
from rules.language.period import Calendar
from tests.snapshot import sample as s

DAY = date(2020, 9, 1).toordinal()
MONTH = p.Type(p.PERIOD, period_kind="月")
YEAR = p.Type(p.PERIOD, period_kind="年")
ANY = p.Type(p.NUMBER, step=Fraction(1, 1000))

READ = [
    (4200.75, s.MONEY, 420075),
    (0.07, s.MONEY, 7),
    (1e7, s.MONEY, 10**9),
    (4200, s.MONEY, 420000),
    ("4,200.75", s.MONEY, 420075),
    (" ４，２００．７５　", s.MONEY, 420075),
    ("\u200b12.5\u200b", s.MONEY, 1250),
    ("4200.7500", s.MONEY, 420075),
    ("1,234,567", s.MONEY, 123456700),
    ("-0.5", ANY, -500),
    ("−0.5", ANY, -500),
    (1e-3, ANY, 1),
    (5.0, s.WHOLE, 5),
    ("85%", s.PERCENT, 8500),
    ("85.25％", s.PERCENT, 8525),
    (0.85, s.PERCENT, 8500),
    ("0.85", s.PERCENT, 8500),
    (1, s.PERCENT, 10000),
    (date(2020, 9, 1), s.DATE, DAY),
    (datetime(2020, 9, 1), s.DATE, DAY),  # noqa: DTZ001 (a cell has no zone)
    ("2020-09-01", s.DATE, DAY),
    ("2020/9/1", s.DATE, DAY),
    ("2020.9.1", s.DATE, DAY),
    ("2020年9月1日", s.DATE, DAY),
    ("２０２０年 ９ 月 １ 日", s.DATE, DAY),
    ("2020年9月1号", s.DATE, DAY),
    ("20200901", s.DATE, DAY),
    (20200901.0, s.DATE, DAY),
    ("2020-09-01 00:00:00", s.DATE, DAY),
    ("2020-9-1 00:00", s.DATE, DAY),
    (True, s.YES_NO, 1),
    ("否 ", s.YES_NO, 0),
    ("FALSE", s.YES_NO, 0),
    (" 大", s.SIZE, "大"),
    ("2020-2021-1", s.SEMESTER, "2020-2021-1"),
    ("２０２０－２０２１－２", s.SEMESTER, "2020-2021-2"),
    ("2020-09", MONTH, "2020-09"),
    (date(2020, 9, 1), MONTH, "2020-09"),
    (2020.0, YEAR, "2020"),
    (s.ID_A.lower(), s.ID, s.ID_A),
    ("１１０１０５ １９４９１２３１ ００２ｘ", s.ID, s.ID_A),
    ("110105491231002", s.ID, s.ID_A),
    (f"\u202a{s.ID_A}\u202c", s.ID, s.ID_A),
    (f"'{s.ID_A}", s.ID, s.ID_A),
    (f"‘{s.ID_A}", s.ID, s.ID_A),
    (f'="{s.ID_A}"', s.ID, s.ID_A),
    ("'0012345678", s.ACCOUNT, "0012345678"),
    ("007", s.CODE, "007"),
    ('="007"', s.CODE, "007"),
    ("Ａ０１", s.CODE, "A01"),
    ("6222 0202 0000 1235", s.ACCOUNT, "6222020200001235"),
    ("0012345678", s.ACCOUNT, "0012345678"),
    ("　䶮㐂𠮷\u200b", s.TEXT, "䶮㐂𠮷"),
    ("阿依古丽•买买提", s.TEXT, "阿依古丽•买买提"),
    ("e\u0301", s.TEXT, "é"),
    (7.0, s.TEXT, "7"),
    (None, s.MONEY, None),
    (" \u3000\u200b", s.ID, None),
]


@pytest.mark.parametrize(("cell", "kind", "value"), READ)
def test_a_sound_cell_is_read_exactly(cell, kind, value):
    assert read_cell(cell, kind, Calendar()) == value


REFUSED = [
    (4200.755, s.MONEY, "小数位", "ROUND"),
    (0.1 + 0.2, s.MONEY, "小数位", "ROUND"),
    (5.5, s.WHOLE, "小数位", "整数"),
    ("85.255%", s.PERCENT, "小数位", "2 位小数"),
    (85, s.PERCENT, "范围", "85%"),
    ("101%", s.PERCENT, "范围", "核对"),
    (-1, s.MONEY, "范围", "核对"),
    (120.01, s.SCORE, "范围", "核对"),
    (1e300, s.MONEY, "范围", "核对"),
    (10**30, ANY, "范围", "核对"),
    (float("nan"), s.MONEY, "类型", "数字"),
    (float("inf"), s.MONEY, "类型", "数字"),
    (True, s.MONEY, "类型", "数字"),
    ("1E+2", s.MONEY, "类型", "数字"),
    ("1_000", s.MONEY, "类型", "数字"),
    ("4,20", s.MONEY, "类型", "数字"),
    ("1,2345", s.MONEY, "类型", "数字"),
    ("4200元", s.MONEY, "类型", "单位"),
    ("5²", s.WHOLE, "类型", "数字"),
    ("٣", s.WHOLE, "类型", "数字"),
    ("9" * 5000, s.MONEY, "类型", "数字"),
    ("#DIV/0!", s.MONEY, "公式错误", "公式"),
    (44075.0, s.DATE, "日期", "2020-09-01 这一天"),
    (5, s.DATE, "日期", "格式"),
    *(
        (cell, s.DATE, "日期", "请填完整日期，如 2020-09-01")
        for cell in (
            1900,
            2020,
            2020.0,
            2020.9,
            2100,
            190001,
            202009.0,
            210012,
            "2020",
            "2020年",
            "2020.9",
            "2020.12",
        )
    ),
    *(
        (cell, s.DATE, "日期", "请填完整日期，如 2020-09-01")
        for cell in ("２０２０．９", "202009", "2020-9", "2020/09", "2020年 9 月")
    ),
    (1899, s.DATE, "日期", "格式"),
    (2101, s.DATE, "日期", "格式"),
    (202013, s.DATE, "日期", "格式"),
    ("2020.13", s.DATE, "日期", "2020/9/1"),
    ("二〇二〇年九月", s.DATE, "日期", "2020/9/1"),
    (float("nan"), s.DATE, "日期", "格式"),
    (float("inf"), s.DATE, "日期", "格式"),
    (20200230, s.DATE, "日期", "核对"),
    ("2020-09-01 08:00:00", s.DATE, "日期", "2020-09-01"),
    (datetime(2020, 9, 1, 8), s.DATE, "日期", "年月日"),  # noqa: DTZ001
    ("2020-02-30", s.DATE, "日期", "核对"),
    ("2020-9", s.DATE, "日期", "2020-09-01"),
    ("2020-9.1", s.DATE, "日期", "2020-09-01"),
    ("9999-12-31", s.DATE, "日期", "留空"),
    ("对", s.YES_NO, "类型", "是 或 否"),
    (1, s.YES_NO, "类型", "是 或 否"),
    ("2020-2021", s.SEMESTER, "期间", "2020-2021-1"),
    ("2020-9", MONTH, "期间", "是否应为“2020-09”？"),
    ("2020-2021学年第2学期", s.SEMESTER, "期间", "请按文字填写"),
    ("2020-2021学年第二学期", s.SEMESTER, "期间", "是否应为“2020-2021-2”？"),
    ("2020-2022-1", s.SEMESTER, "期间", "2020-2021-1"),
    (date(2020, 9, 2), MONTH, "期间", "2020-09"),
    (440882199101010015.0, s.ID, "数字格式的号码", "文本格式"),
    ("4.40882E+17", s.ID, "数字格式的号码", "文本格式"),
    (101, s.CODE, "数字格式的号码", "文本格式"),
    (6222020200001235.0, s.ACCOUNT, "数字格式的号码", "文本格式"),
    ("440882910101997", s.ID, "证件号码", "18 位"),
    ("440882910230001", s.ID, "证件号码", "身份证"),
    ("440882199101010011", s.ID, "证件号码", "每一位"),
    ("440882199102300014", s.ID, "证件号码", "身份证"),
    ("44088219910101001", s.ID, "证件号码", "位数"),
    ("A 1", s.CODE, "代码", "空格"),
    ("建设银行", s.ACCOUNT, "账号", "账号"),
    ("张\ufffd", s.TEXT, "字符", "重新输入"),
    ("张\x00", s.TEXT, "字符", "重新输入"),
    (date(2020, 9, 1), s.TEXT, "类型", "文本"),
]


@pytest.mark.parametrize(("cell", "kind", "fault", "advice"), REFUSED)
def test_a_bad_cell_is_refused_with_a_way_to_mend_it(cell, kind, fault, advice):
    with pytest.raises(BadCell) as refused:
        read_cell(cell, kind, Calendar())
    assert refused.value.kind == fault
    assert advice in refused.value.remedy


RATINGS = ("优秀", "合格", "不合格")
ROLES = ("教师", "校长")
RANKS = ("特级", "一级", "二级", "三级")
AIMS = ("特控上线", "本科上线", "质量监测合格", "教研组建设奖")


def told(cell, options):
    with pytest.raises(BadCell, match="选项") as refused:
        read_cell(cell, p.Type(p.CHOICE, options=options), Calendar())
    return refused.value.remedy


@pytest.mark.parametrize(
    ("cell", "options", "meant"),
    [
        ("优秀。", RATINGS, "优秀"),
        ("教 师", ROLES, "教师"),
        ("２ 级", RANKS, "二级"),
        ("1级", RANKS, "一级"),
        ("二", RANKS, "二级"),
        ("专技12级", ("专技十级", "专技十二级"), "专技十二级"),
        ("二级", ("1级", "2级"), "2级"),
        ("优等", ("优", "良"), "优"),
        ("质量检测合格", AIMS, "质量监测合格"),
        ("质监测合格", AIMS, "质量监测合格"),
        ("质量测监合格", AIMS, "质量监测合格"),
    ],
)
def test_an_option_that_is_surely_meant_is_suggested(cell, options, meant):
    assert f"是否应为“{meant}”？" in told(cell, options)


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("副校长", ROLES),
        ("校医", ROLES),
        ("教师/校长", ROLES),
        ("四级", RANKS),
        ("2", RANKS),
        (1, RANKS),
        ("级", RANKS),
        ("一", ("一级", "一等")),
        ("基本合格", RATINGS),
        ("良好", RATINGS),
        ("质量监测不合格", AIMS),
        ("质量监测", AIMS),
        ("班主任工作", ("副班主任工作", "其他")),
        ("二级教师", ("一级教师", "员级")),
        ("GW02", ("GW01", "GX11")),
        ("本控上线", AIMS),
        ("教研组建社奖", ("教研组建设奖", "教研组建舍奖")),
    ],
)
def test_what_may_mean_something_else_is_not_guessed_at(cell, options):
    remedy = told(cell, options)
    assert remedy == f"请填其中之一：{'、'.join(options)}"


@pytest.mark.parametrize("cell", [s.ID_A, "张三 13800000000 号码填错了列"])
def test_a_personal_value_in_the_wrong_column_is_not_repeated(cell):
    with pytest.raises(BadCell) as refused:
        read_cell(cell, s.SIZE, Calendar())
    assert cell not in refused.value.message + refused.value.remedy


def test_worked_examples_may_use_short_ids():
    assert read_cell("甲", s.ID, Calendar(), strict_ids=False) == "甲"


@given(st.integers(0, 10**13))
def test_money_is_read_to_the_fen_from_text_and_from_a_number_cell(fen):
    text = str(Decimal(fen).scaleb(-2))
    assert read_cell(f"{fen // 100:,}.{fen % 100:02}", s.MONEY, Calendar()) == fen
    assert read_cell(float(text), s.MONEY, Calendar()) == fen


@given(st.text() | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.integers())
def test_any_cell_in_any_column_is_read_or_refused(cell):
    for kind in (s.MONEY, s.PERCENT, s.DATE, s.YES_NO, s.SIZE, s.SEMESTER, s.ID, s.CODE, s.ACCOUNT, s.TEXT):
        with suppress(BadCell):
            value = read_cell(cell, kind, Calendar())
            assert value is None or isinstance(value, int | str)


@pytest.mark.parametrize("other", ["张\ufe00三", "张 三", "张\U000e0101三", "\u202d张三\u202c"])
def test_what_is_not_seen_makes_no_other_name(other):
    assert name_key(other) == name_key("张三")
    assert name_key("张山") != name_key("张三")
