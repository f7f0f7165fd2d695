"""summary.xlsx: the same bytes each time, the figures of the run, and no live formula."""

from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from payroll_service.book.earlier import Earlier
from payroll_service.book.netting import net
from payroll_service.book.receipt import NettedRun
from payroll_service.book.run_receipt import make_receipt
from payroll_service.book.totals import pool_records, totals_of
from payroll_service.calculation.outcome import Listing
from payroll_service.export.summary_xlsx import summary_xlsx
from rules.language.program import NUMBER, TEXT, Type
from rules.language.units import Unit
from tests.book.tiny import POSTS, data, receipt, rules, run


def summary(period: str = "2020-2021-1") -> bytes:
    program, outcome, payouts = run(period)
    names = dict(zip(payouts.unit_codes, payouts.unit_labels, strict=True))
    return summary_xlsx(receipt(period), totals_of(payouts), pool_records(program, outcome), names)


def sheet(content: bytes, name: str) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(name).to_python()


def test_made_twice_the_bytes_are_the_same():
    assert summary() == summary()


def test_schools_and_items_add_up_both_ways():
    rows = sheet(summary(), "单位与项目")
    assert rows[0] == ["单位代码", "单位名称", "奖励性绩效工资", "目标津贴", "学校奖", "合计"]
    assert rows[1] == ["A01", "甲小学", 12854.10, 50.03, 1000.0, 13904.13]
    assert rows[2] == ["B02", "=乙,中学", 4080.0, 1.67, 0.0, 4081.67]
    assert rows[3] == ["合计", "", 16934.10, 51.70, 1000.0, 17985.80]


def test_funds_pools_returns_and_checks_are_there():
    content = summary()
    assert sheet(content, "项目与资金")[-1] == ["合计", "", "", 17.0, 17985.80, 3906.23, 14079.57]
    assert sheet(content, "奖励池")[1][:9] == [
        "任职.奖励", "本校组.奖励池", "A01", "A01", "甲小学", 12854.10, 12854.10, 0.0, "绩效",
    ]  # fmt: skip
    assert sheet(content, "退回")[1] == ["退回 任职.未兑现", "县级", 56.68]
    assert {row[2] for row in sheet(content, "检查")[1:]} == {"通过", "1 条"}
    assert sheet(content, "名册")[1:] == [["暂缓", "账号待核", 1.0, 3906.23], ["不发", "没有任职", 1.0, 0.0]]


def test_what_a_month_has_earned_for_the_semester_is_shown_as_accrued():
    rows = sheet(summary("2020-10"), "计提")
    assert ["任职月.奖励额度", "学期末", 2822.35] in rows


def test_a_listed_check_shows_every_row_it_looked_at():
    money = Type(NUMBER, Unit((("元", 1),)), Fraction(1, 100))
    rows = (("甲校", (Fraction(1200), "=1+1", Fraction(1, 3)), True), ("乙校", (None, "小", 2), False))
    listing = Listing("差距/[县]", ("平均", "规模", "比"), (money, Type(TEXT), Type(NUMBER)), rows)
    content = summary_xlsx(receipt("2020-2021-1"), (), (), {}, [listing])
    assert sheet(content, "列表1 差距县") == [
        ["对象", "平均", "规模", "比", "检查"],
        ["甲校", 1200.0, "=1+1", "≈0.3333", "成立"],
        ["乙校", "（无）", "小", "2", "不成立"],
    ]


def test_no_cell_is_a_formula():
    with ZipFile(BytesIO(summary())) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert len(sheets) == 9
    assert not any(b"<f>" in part for part in sheets)


def test_a_run_that_nets_another_says_what_it_grants_now_and_which_it_nets():
    _, _, before = run()
    posts = [*POSTS[:-1], {**POSTS[-1], "津贴": "103.33"}]
    program, outcome, full = run(任职=posts)
    netted = NettedRun("2020-2021-1-r1", "d" * 64)
    payouts = net(rules(), full, [Earlier(netted, before)])
    made = make_receipt(program, data(任职=posts), outcome, payouts, [], [netted])
    names = dict(zip(payouts.unit_codes, payouts.unit_labels, strict=True))
    content = summary_xlsx(made, totals_of(payouts), pool_records(program, outcome), names)
    assert sheet(content, "本次核定")[2:] == [
        ["B02", "=乙,中学", 0, 50, 0, 50],
        ["合计", "", 0, 50, 0, 50],
    ]
    assert sheet(content, "已核定的批次")[1:] == [["2020-2021-1-r1", "d" * 64]]
    assert ["以前批次已核定", 14079.57] in sheet(content, "概要")
    assert sheet(content, "项目与资金")[-1] == ["合计", "", "", 17, 18035.80, 14079.57, 3906.23, 50.0]
