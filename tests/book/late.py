"""A school whose bonuses are shared under all three clauses on late changes, and a book that keeps its runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from payroll_service.book.balance import balance
from payroll_service.book.earlier import Earlier
from payroll_service.book.lines_digest import lines_fingerprint
from payroll_service.book.netted_runs import netted_runs
from payroll_service.book.netting import net, netted_checks
from payroll_service.book.payee_records import records_of
from payroll_service.book.payouts import Payouts, make_payouts
from payroll_service.book.receipt import NettedRun, Receipt, read_receipt, receipt_bytes
from payroll_service.book.records import RunApproval, sha256
from payroll_service.book.run_receipt import make_receipt
from payroll_service.book.stored_lines import payouts_from
from payroll_service.calculation.columns import calculate
from rules.language.check import load_rule_set
from rules.language.program import Program
from tests.book.tiny import funds, identities, ids
from tests.calculation.programs import period, snapshot

SEMESTERS = ("2020-2021-1", "2020-2021-2", "2021-2022-1")
POOL = 100_00  # fen, of each bonus
KEPT, PUT_OFF, SHARED_AGAIN = "不追", "下期", "重分"
RULES = """
语言: 1
规则集: 示例县绩效工资
版本: "1"
施行: 2020-09-01 至 2022-08-31
依据: {办法: 示例县绩效工资办法}
资金: {绩效: 县绩效工资总量, 机动: 县机动经费}
表:
  学校: {主键: 学校代码, 列: {学校代码: 代码, 奖金: 金额}}
  人员:
    主键: 证件号码
    收款人: 个人
    称呼: 姓名
    列: {证件号码: 证件号, 姓名: 文字, 待核: 是否}
  任职:
    主键: 证件号码
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码, 考核: 学期考核 按 证件号码、本期}
    列: {证件号码: 证件号, 学校代码: 代码}
  学期考核:
    主键: [证件号码, 期间]
    列: {证件号码: 证件号, 期间: 期间 学期, 得分: 整数 0至100, 师德: 选项 合格、不合格}
规则:
- {拆分: 学校.奖金, 各份: {甲: 33.3333%, 乙: 33.3333%, 丙: 其余}, 取整: 分 四舍五入, 依据: 办法 二}
- 列: 任职.不追份
  分配: 学校.甲
  按: 考核.得分
  余分: 主键
  无权重: 退回 绩效
  迟到更正: 不追回 由 机动
  依据: 办法 三
- 列: 任职.下期份
  分配: 学校.乙
  按: 考核.得分
  余分: 主键
  无权重: 退回 绩效
  迟到更正: 计入下期
  依据: 办法 三
- 列: 任职.重分份
  分配: 学校.丙
  按: 考核.得分
  余分: 主键
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 三
否决:
- {名称: 师德否决, 表: 任职, 当: 考核.师德 = 不合格, 项目: {不追份: 退回 绩效}, 依据: 办法 五}
发放:
- {编号: 不追, 项目: 任职.不追份, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 下期, 项目: 任职.下期份, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 重分, 项目: 任职.重分份, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
名册:
  表: 人员
  暂缓: [{名称: 账号待核, 当: 待核 = 是, 依据: 办法 八}]
"""

NUMBERS = ("不追", "下期", "重分")

Granted = Mapping[tuple[str, str, str, str], int]  # fen by person, item, earned period and fund


@cache
def rules() -> Program:
    return load_rule_set(RULES, "示例.yaml")


@cache
def other_rules(shares_numbers: bool) -> Program:
    """The same under another name, with the same item numbers or with others."""
    text = RULES.replace("规则集: 示例县绩效工资", "规则集: 示例县奖励")
    for number in () if shares_numbers else NUMBERS:
        text = text.replace(f"编号: {number}", f"编号: 别{number}")
    return load_rule_set(text, "别的.yaml")


class Book:
    """A bureau's runs as the store keeps them: written as records and receipts, and read back."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.approved: dict[RunApproval, tuple[Receipt, Earlier]] = {}

    def calculate(
        self,
        semester: str,
        scores: Mapping[str, int],
        held: frozenset[str] = frozenset(),
        vetoed: frozenset[str] = frozenset(),
    ) -> tuple[Payouts, Receipt]:
        """A run of a semester in which these people have these scores. Every check of it holds."""
        own = period(semester)
        sealed = snapshot(
            self.program,
            学校=[{"学校代码": "A01", "奖金": "300"}],
            人员=[{"证件号码": one, "姓名": f"某{one}", "待核": one in held} for one in scores],
            任职=[{"证件号码": one, "学校代码": "A01"} for one in scores],
            学期考核=[
                {
                    "证件号码": one,
                    "期间": semester,
                    "得分": str(score),
                    "师德": "不合格" if one in vetoed else "合格",
                }
                for one, score in scores.items()
            ],
        )
        outcome = calculate(self.program, sealed, own)
        full = make_payouts(self.program, outcome)
        receipts = {one: receipt for one, (receipt, _) in self.approved.items()}
        earlier = [self.approved[one][1] for one in netted_runs(self.program, own, receipts)]
        payouts = net(self.program, full, earlier)
        checks = tuple(balance(self.program, outcome, full))
        if earlier:
            checks = netted_checks(self.program, outcome, full, payouts, earlier, checks)
        assert [check for check in checks if not check.holds] == []
        named = [one.run for one in earlier]
        receipt = make_receipt(self.program, sealed, outcome, payouts, checks, named)
        return payouts, receipt

    def approve(self, run: tuple[Payouts, Receipt]) -> None:
        payouts, receipt = run
        records = [*records_of(payouts, ids(payouts))]
        stored = payouts_from(records, identities(payouts), payouts.period, payouts.items, funds(payouts))
        assert lines_fingerprint(stored) == lines_fingerprint(payouts)
        content = receipt_bytes(receipt)
        own = period(payouts.period)
        name = f"{payouts.period}-r{len(self.approved) + 1}"
        days = date.fromordinal(own.first_day), date.fromordinal(own.last_day)
        at = datetime(2021, 3, 1, tzinfo=UTC)
        number = len(self.approved) + 1
        approval = RunApproval("县", name, number, "经办", "局长", sha256(content), at, *days)
        earlier = Earlier(NettedRun(name, sha256(content)), stored)
        self.approved[approval] = read_receipt(content), earlier

    def granted(self) -> Granted:
        """What all approved runs together granted; nothing of zero."""
        sums: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
        for _, one in self.approved.values():
            for key, fen in due(one.payouts).items():
                sums[key] += fen
        return {key: fen for key, fen in sums.items() if fen}


def due(payouts: Payouts) -> Granted:
    """What a run grants now."""
    return {
        (
            payouts.payee_keys[payouts.payee[n]],
            payouts.items[payouts.item[n]].number,
            payouts.earned_periods[payouts.earned[n]],
            payouts.funds[payouts.fund[n]],
        ): int(payouts.due_fen[n])
        for n in range(len(payouts))
        if payouts.due_fen[n] and not payouts.held[n]
    }
