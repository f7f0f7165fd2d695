"""A county of two schools and five people, small enough to do by hand, that pays in every way a rule set can."""

from __future__ import annotations

from functools import cache

from payroll_service.book.balance import balance
from payroll_service.book.payouts import Payouts, make_payouts
from payroll_service.book.receipt import Receipt
from payroll_service.book.records import PayeeIdentity
from payroll_service.book.run_receipt import make_receipt
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import Outcome
from payroll_service.snapshot.tables import Snapshot
from rules.language.check import load_rule_set
from rules.language.program import Program
from tests.calculation.programs import period, snapshot

RULES = """
语言: 1
规则集: 示例县绩效工资
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 示例县绩效工资办法}
资金: {绩效: 县绩效工资总量, 省级: 省级专项, 县级: 县级专项}
表:
  学校: {主键: 学校代码, 称呼: 学校名称, 收款人: 学校, 列: {学校代码: 代码, 学校名称: 文字, 奖金: 金额}}
  人员:
    主键: 证件号码
    收款人: 个人
    称呼: 姓名
    列: {证件号码: 证件号, 姓名: 文字, 师德: 选项 合格、不合格, 待核: 是否}
  任职:
    主键: [证件号码, 学校代码, 起]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码}
    列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 止: 日期 可空, 标准: 金额 元/月, 得分: 小数2位, 津贴: 金额}
  核定总量:
    主键: [学校代码, 资金, 期间]
    列: {学校代码: 代码, 资金: 选项 绩效、省级、县级, 期间: 期间 学年, 金额: 金额}
  任职月: {分月: 任职, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
  本校组: {分组: 任职, 按: [校], 依据: 办法 一}
规则:
- 拆分: 任职月.标准
  各份: {基础性: 66%, 奖励额度: 其余}
  取整: 分 四舍五入
  依据: 办法 二
- 列: 本校组.奖励池
  汇集: 任职月.奖励额度
  依据: 办法 三
- 列: 任职.奖励
  分配: 本校组.奖励池
  按: 得分
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 三
- 拆分: 任职.津贴
  各份: {兑现: 50%, 未兑现: 其余}
  取整: 分 四舍五入
  依据: 办法 四
- 退回: {任职.未兑现: 县级}
  依据: 办法 四
否决:
- {名称: 师德否决, 表: 任职, 当: 人.师德 = 不合格, 项目: {奖励: 回到奖励池, 兑现: 退回 县级}, 依据: 办法 五}
发放:
- {编号: 基础, 名称: 基础性绩效工资, 项目: 任职月.基础性, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}
- {编号: 奖励, 名称: 奖励性绩效工资, 项目: 任职.奖励, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- 编号: 津贴
  名称: 目标津贴
  项目: 任职.兑现
  给: 人
  单位: 校
  所属: 学期
  何时: 学期末
  资金: {省级: 30%, 县级: 其余}
  依据: [办法 四, 办法 六]
- {编号: 校奖, 名称: 学校奖, 项目: 学校.奖金, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效, 依据: 办法 七}
检查:
- {名称: 标准已填, 表: 任职, 必须: 标准 > 0元/月, 依据: 办法 二, 说明: "{人.姓名} 的标准为 0"}
- {名称: 得分偏低, 表: 任职, 提示: 得分 ≥ 60, 依据: 办法 三, 说明: "{人.姓名} 得分 {得分}"}
名册:
  表: 人员
  不发: [{名称: 没有任职, 当: 计数(任职) = 0, 依据: 办法 一}]
  暂缓: [{名称: 账号待核, 当: 待核 = 是, 依据: 办法 八}]
核定总量: {表: 核定总量, 单位: 学校代码, 资金: 资金, 金额: 金额, 依据: 办法 九}
"""

SCHOOLS = [
    {"学校代码": "A01", "学校名称": "甲小学", "奖金": "1000"},
    {"学校代码": "B02", "学校名称": "=乙,中学", "奖金": "0"},
]
PEOPLE = [
    {"证件号码": "P1", "姓名": "张一", "师德": "合格", "待核": False},
    {"证件号码": "P2", "姓名": "李二", "师德": "合格", "待核": True},
    {"证件号码": "P3", "姓名": "王三", "师德": "不合格", "待核": False},
    {"证件号码": "P4", "姓名": "赵四", "师德": "合格", "待核": False},
    {"证件号码": "P5", "姓名": "钱五", "师德": "合格", "待核": False},
]


def post(person: str, school: str, start: str, end: str | None, pay: str, score: str, extra: str) -> dict:
    return {
        "证件号码": person, "学校代码": school, "起": start, "止": end, "标准": pay, "得分": score, "津贴": extra,
    }  # fmt: skip


POSTS = [
    post("P1", "A01", "2015-09-01", None, "4200.75", "90", "0.05"),
    post("P2", "A01", "2015-09-01", None, "1000.25", "60", "100"),
    post("P3", "A01", "2015-09-01", None, "100.05", "80", "10.01"),
    post("P4", "A01", "2015-09-01", "2020-10-31", "3000", "50", "0"),
    post("P4", "B02", "2020-11-01", None, "3000", "70", "3.33"),
]
APPROVED = [
    {"学校代码": school, "资金": fund, "期间": "2020-2021", "金额": "100000"}
    for school in ("A01", "B02")
    for fund in ("绩效", "省级", "县级")
]


@cache
def rules() -> Program:
    return load_rule_set(RULES, "示例.yaml")


def data(**tables: list[dict]) -> Snapshot:
    """The county's data; a table that is named replaces the usual one."""
    usual: dict[str, list[dict]] = {"学校": SCHOOLS, "人员": PEOPLE, "任职": POSTS, "核定总量": APPROVED}
    return snapshot(rules(), **(usual | tables))


def run(text: str = "2020-2021-1", **tables: list[dict]) -> tuple[Program, Outcome, Payouts]:
    """A run of the county: program, outcome, payouts."""
    outcome = calculate(rules(), data(**tables), period(text))
    return rules(), outcome, make_payouts(rules(), outcome)


def lines(payouts: Payouts) -> list[tuple]:
    """(payee, unit, item, earned, fund, fen) of every line."""
    return [
        (
            payouts.payee_keys[payouts.payee[n]],
            payouts.unit_codes[payouts.unit[n]],
            payouts.items[payouts.item[n]].number,
            payouts.earned_periods[payouts.earned[n]],
            payouts.funds[payouts.fund[n]],
            int(payouts.amount_fen[n]),
        )
        for n in range(len(payouts))
    ]


def ids(payouts: Payouts) -> dict[str, dict[str, str]]:
    """Payee ids by kind and key; the store's are random."""
    return {kind: {key: f"id-{key}" for key in labels} for kind, labels in payouts.payees().items()}


def identities(payouts: Payouts) -> dict[str, PayeeIdentity]:
    """Who the payees are, by payee id."""
    return {
        f"id-{key}": PayeeIdentity("县", f"id-{key}", kind, key, label)
        for kind, labels in payouts.payees().items()
        for key, label in labels.items()
    }


def funds(payouts: Payouts) -> dict[str, str]:
    return dict(zip(payouts.funds, payouts.fund_titles, strict=True))


def receipt(text: str = "2020-2021-1", **tables: list[dict]) -> Receipt:
    """The receipt of a run of the county."""
    program, outcome, payouts = run(text, **tables)
    return make_receipt(program, data(**tables), outcome, payouts, balance(program, outcome, payouts))
