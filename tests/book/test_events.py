"""事件: two prizes of one payee in one period stay two lines, and only the one that goes is asked back."""

import json

import pytest

from payroll_service.book.earlier import Earlier
from payroll_service.book.lines_digest import canonical_lines
from payroll_service.book.netting import check_netting, net
from payroll_service.book.payee_records import records_of
from payroll_service.book.payouts import make_payouts
from payroll_service.book.receipt import NettedRun
from payroll_service.book.stored_lines import payouts_from
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.export.explanation import to_text
from payroll_service.export.payouts_csv import payouts_csv
from rules.language import RuleSetError
from rules.language.check import load_rule_set
from rules.language.show import show
from tests.book.tiny import funds, identities, ids
from tests.calculation.programs import period, snapshot

RULES = """
语言: 1
规则集: 示例县奖金
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 示例县奖金办法}
资金: {奖金: 县奖金}
表:
  学校: {主键: 学校代码, 列: {学校代码: 代码}}
  人员: {主键: 证件号码, 收款人: 个人, 列: {证件号码: 证件号, 姓名: 文字, 账号: 账号}}
  奖项: {主键: 奖项编号, 列: {奖项编号: 代码, 等次: 选项 一等、二等, 届: 整数, 分: 小数1位, 名目: 文字 可空}}
  获奖:
    主键: [证件号码, 序号]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码, 奖: 奖项 按 奖项编号}
    列: {证件号码: 证件号, 序号: 整数, 学校代码: 代码, 奖项编号: 代码, 奖金: 金额}
规则:
- 列: 获奖.实发
  公式: 奖金
  依据: 办法 一
发放:
- {编号: 奖, 项目: 获奖.实发, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 奖金, 事件: 奖项编号}
"""
PRIZES = [
    {"奖项编号": "甲", "等次": "一等", "届": 3, "分": "1.5", "名目": None},
    {"奖项编号": "乙", "等次": "二等", "届": 3, "分": "2.5", "名目": "论文"},
]
WON = [("P1", 1, "甲", "300"), ("P1", 2, "乙", "200"), ("P1", 3, "乙", "50"), ("P2", 1, "甲", "300")]


def prizes(event: str = "奖项编号", won=WON):
    program = load_rule_set(
        RULES.replace("事件: 奖项编号", f"事件: {event}" if event else "示例: 否"), "奖.yaml"
    )
    rows = [
        {"证件号码": who, "序号": number, "学校代码": "A01", "奖项编号": prize, "奖金": fen}
        for who, number, prize, fen in won
    ]
    people = [{"证件号码": key, "姓名": f"某{key}", "账号": "6222"} for key in ("P1", "P2")]
    data = snapshot(program, 学校=[{"学校代码": "A01"}], 人员=people, 奖项=PRIZES, 获奖=rows)
    outcome = calculate(program, data, period("2020-2021-1"))
    return program, outcome, make_payouts(program, outcome)


def lines(payouts):
    return [
        (payouts.payee_keys[p], payouts.events[e], fen, due)
        for p, e, fen, due in zip(
            *(
                column.tolist()
                for column in (payouts.payee, payouts.event, payouts.amount_fen, payouts.due_fen)
            ),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("奖项编号", [("P1", "乙", 25000), ("P1", "甲", 30000), ("P2", "甲", 30000)]),
        ("奖.等次", [("P1", "一等", 30000), ("P1", "二等", 25000), ("P2", "一等", 30000)]),
        ("奖.届", [("P1", "3", 55000), ("P2", "3", 30000)]),
        ("奖.名目", [("P1", "", 30000), ("P1", "论文", 25000), ("P2", "", 30000)]),
        ("", [("P1", "", 55000), ("P2", "", 30000)]),
    ],
)
def test_rows_of_one_event_are_one_line(event, expected):
    assert [line[:3] for line in lines(prizes(event)[2])] == expected


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("证件号码", "不能当事件"),
        ("人.账号", "不能当事件"),
        ("奖.分", "不能当事件"),
        ("实发", "不是工作簿里的列"),
        ("奖", "是查找，不是列"),
    ],
)
def test_other_columns_are_refused(event, told):
    with pytest.raises(RuleSetError, match=told):
        prizes(event)


def test_only_the_prize_that_goes_is_asked_back():
    program, _, before = prizes()
    _, _, after = prizes(won=[row for row in WON if row[:2] != ("P1", 1)])
    earlier = [Earlier(NettedRun("r1", ""), before)]
    netted = net(program, after, earlier)
    assert lines(netted) == [("P1", "乙", 25000, 0), ("P1", "甲", 0, -30000), ("P2", "甲", 30000, 0)]
    assert check_netting(program, netted, earlier).holds


def test_the_event_stands_in_records_files_digests_and_explanations():
    program, outcome, payouts = prizes()
    records = [*records_of(payouts, ids(payouts))]
    assert [line["event"] for line in json.loads(records[0].content)["lines"]] == ["乙", "甲"]
    back = payouts_from(records, identities(payouts), payouts.period, payouts.items, funds(payouts))
    assert lines(back) == lines(payouts)
    assert payouts_csv(payouts).decode("utf-8-sig").splitlines()[1].endswith(",个人,乙")
    assert b"".join(canonical_lines(payouts)).splitlines()[0].endswith('"","乙",0]'.encode())
    explained = explain(program, outcome, "人员", ("P1",))
    assert [one.event for one in explained] == ["甲", "乙", "乙"]
    assert "A01 甲" in to_text(explained)
    assert "每个「奖项编号」一笔" in show(program)
