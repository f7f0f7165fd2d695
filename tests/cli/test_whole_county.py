"""A county's book as its finance people keep it: four kinds of runs side by side, paid in parts, corrected, clawed back.

Three teachers of one school. By hand:

- month 2020-09, 66 %: 3 000, 3 000 and 2 000 give 1 980 + 1 980 + 1 320 = 5 280;
- semester: the pool is 34 % × 8 000 × 6 = 16 320, by 90, 80 × 1.15 and 85: 5 501.12 + 5 623.37 + 5 195.51;
  with 1.3 instead of 1.15 (the correcting version): 5 264.52 + 6 083.44 + 4 972.04, so -236.60, +460.07, -223.47;
- year: 21 000, half of 19 000, and 17 000 × 6 ÷ 12;
- one-off: 66.67 % and 33.33 % of 10 000, and 50 000 for the school.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payroll_service.cli import app, printing

ROOT = Path(__file__).parents[2] / "rules"
WEI, MO, YANG = "522726197003010018", "522726198506120037", "522726199008220048"
PAYING = """
支付: {不足: 按比例, 追回: 按计划, 依据: 解释 迟到更正, 示例: 是}
"""
EXAMPLE = """规则集: ../{version}.yaml
用例:
- 名称: 一个月
  期间: 2020-09
  来源: 手算
  数据:
    学校: [{{学校代码: A01, 学校名称: 示例小学, 乡镇: 示例镇, 学段: 小学, 规模: 中}}]
    人员: [{{证件号码: P1, 姓名: 甲, 师德: 合格, 账号待核: 否}}]
    任职: [{{证件号码: P1, 姓名: 甲, 学校代码: A01, 起: 2015-09-01, 身份: 教师, 基础工资: 4000, 绩效标准: 3000, 班主任: 否}}]
  期望:
  - {{发放: 基础, 收款人: P1, 金额: 1980.00, 推导: "3 000 × 66 %"}}
"""
TABLES = {
    "绩效/学校": "学校代码,学校名称,乡镇,学段,规模\nA01,甲小学,甲镇,小学,中\n",
    "绩效/人员": f"证件号码,姓名,师德,银行账号,账号待核\n{WEI},韦文,合格,,否\n{MO},莫永忠,合格,,否\n{YANG},杨芳,合格,,否\n",
    "绩效/任职": "证件号码,姓名,学校代码,起,止,身份,职级,基础工资,绩效标准,班主任\n"
    f"{WEI},韦文,A01,2015-09-01,,教师,,4000,3000,否\n"
    f"{MO},莫永忠,A01,2015-09-01,,教师,,4000,3000,是\n"
    f"{YANG},杨芳,A01,2015-09-01,,教师,,3500,2000,否\n",
    "绩效/学期考核": "证件号码,姓名,学校代码,期间,得分\n"
    f"{WEI},韦文,A01,2020-2021-1,90\n{MO},莫永忠,A01,2020-2021-1,80\n{YANG},杨芳,A01,2020-2021-1,85\n",
    "绩效/年度考核": "证件号码,姓名,期间,得分\n",
    "绩效/核定总量": "学校代码,资金,期间,金额\nA01,绩效,2020-2021,96000\n",
    "年补/学校": "学校代码,学校名称\nA01,甲小学\n",
    "年补/人员": "证件号码,姓名,学校代码,起,止,职称\n"
    f"{WEI},韦文,A01,2015-09-01,,高级\n{MO},莫永忠,A01,2015-09-01,,中级\n{YANG},杨芳,A01,2020-06-02,,初级\n",
    "年补/年度考核": f"证件号码,期间,等次\n{WEI},2020,合格\n{MO},2020,基本合格\n{YANG},2020,优秀\n",
    "奖励/学校": "学校代码,学校名称,农村\nA01,甲小学,是\n",
    "奖励/人员": "证件号码,姓名,学校代码,教龄,农村年数\n"
    f"{WEI},韦文,A01,20,10\n{MO},莫永忠,A01,15,10\n{YANG},杨芳,A01,2,1\n",
    "奖励/推荐": "证件号码,期间,推荐分\n",
    "奖励/教学成果": "成果号,成果名称,期间,等级\nC1,识字教学,2020-2021,三等奖\n",
    "奖励/成果完成人": f"成果号,期间,证件号码,排名,贡献\nC1,2020-2021,{MO},1,66.67%\nC1,2020-2021,{YANG},2,33.33%\n",
    "奖励/特色办学": "学校代码,期间,等级\nA01,2020-2021,优秀\n",
}
OLD, NEW, YEARLY, AWARDS = (
    "绩效规则/2020.1.yaml",
    "绩效规则/2020.2.yaml",
    "年补规则/1.yaml",
    "奖励规则/1.yaml",
)


@pytest.fixture
def county(tmp_path, monkeypatch):
    """The county's folder: its rule sets with worked examples, its tables, no database yet."""
    monkeypatch.chdir(tmp_path)
    for name in ("PAYROLL_DATABASE_URL", "PAYROLL_BUREAU"):
        monkeypatch.delenv(name, raising=False)
    for console in (printing.out, printing.err):
        monkeypatch.setattr(console, "_width", 200)
    for name, text in TABLES.items():
        write(f"{name}.csv", text)
    first = (ROOT / "sets" / "dushan" / "2020.1.yaml").read_text(encoding="utf-8") + PAYING
    second = first.replace('版本: "2020.1"', '版本: "2020.2"\n更正: "2020.1"').replace(
        "{是: 1.15,", "{是: 1.3,"
    )
    for version, text in (("2020.1", first), ("2020.2", second)):
        write(f"绩效规则/{version}.yaml", text)
        write(f"绩效规则/examples/{version}.yaml", EXAMPLE.format(version=version))
    for folder, name in (("年补规则", "yearly-bonus"), ("奖励规则", "awards")):
        Path(folder).mkdir()
        shutil.copy(ROOT / "sets" / "systems" / name / "1.yaml", folder)
        examples = (ROOT / "examples" / "systems" / f"{name}.yaml").read_text(encoding="utf-8")
        write(f"{folder}/examples/1.yaml", re.sub("^规则集: .*$", "规则集: ../1.yaml", examples, flags=re.M))


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def payroll(command: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code == code, f"{command}\n{result.output}"
    return re.sub(r"\s+", " ", result.output)


def brought_in(rules: str, tables: str) -> str:
    return payroll(f"import --rules {rules} --input {tables} --by 会计 --yes")


def granted(period: str, rules: str, run: str, amount: str) -> str:
    said = payroll(f"run --period {period} --rules {rules} --by 会计 --submit --out 结果")
    assert f"核定 {amount} 元" in payroll(f"approve {run} --by 局长")
    return said


def paid(number: int, day: str, fund: str, amount: str, more: str = "") -> str:
    said = payroll(f"pay --day {day} --fund {fund} --by 会计 {more}")
    assert f"应发合计 {amount} 元" in said
    payroll(f"pay --approve {number} --by 局长")
    return said


def owed(day: str) -> dict[str, tuple[str, ...]]:
    """Entitled, paid, owed and to be recovered by ID number, and of all."""
    said = payroll(f"arrears --by payee --day {day}")
    rows = re.findall(r"│ ?(\w+) │[^│]*│ ([\d,.]+) │ ([\d,.]+) │ ([\d,.]+) │ ([\d,.]+) │", said)
    return {key: tuple(amounts) for key, *amounts in rows}


@pytest.mark.slow
def test_monthly_semester_yearly_and_one_off_items_in_one_book(county):
    for rules, tables in ((OLD, "绩效"), (YEARLY, "年补"), (AWARDS, "奖励")):
        assert "这是第一次入库" in brought_in(rules, tables)
        payroll(f"rules enact {rules} --by 局长")
    granted("2020-09", OLD, "2020-09-r1", "5,280.00")
    granted("2020-2021-1", OLD, "2020-2021-1-r1", "16,320.00")
    granted("2020", YEARLY, "2020-r1", "39,000.00")
    granted("2020-2021", AWARDS, "2020-2021-r1", "60,000.00")

    # In parts: 13 000 of 21 600 pro rata; a fund whose rule set does not say who waits keeps nobody else waiting.
    payroll("fund --fund 绩效 --amount 13000 --day 2021-03-01 --reference 财教1号 --by 出纳")
    payroll("fund --fund 奖励 --amount 60000 --day 2021-03-01 --reference 财教2号 --by 出纳")
    payroll("fund --fund 补贴 --amount 100 --day 2021-03-01 --reference 财教3号 --by 出纳")
    refused = payroll("pay --day 2021-03-02 --by 会计", 1)
    assert "资金“补贴”可用 100.00，应付 39,000.00，不够付清" in refused
    assert "别的资金可以先付，只选那一笔（--fund）" in refused
    first = paid(1, "2021-03-02", "绩效", "13,000.00")
    assert [part in first for part in ("4,502.53", "4,576.10", "3,921.37")] == [True] * 3
    assert "本人不能批准" in payroll("pay --day 2021-03-02 --fund 奖励 --by 会计") + payroll(
        "pay --approve 2 --by 会计", 1
    )
    payroll("pay --approve 2 --by 局长")

    # Money that came back is sent again, and only to whom it was sent before.
    write("退票.csv", f"证件号码,原因\n{MO},账号与户名不符\n")
    assert "-4,576.10 元，1 人" in payroll("bank-result 1 退票.csv --day 2021-03-04 --by 出纳")
    payroll(f"return 1 --payee {YANG} --reason 付错账户 --amount 100 --day 2021-03-05 --by 出纳")
    payroll("fund --fund 绩效 --amount 8600 --day 2021-03-06 --reference 财教4号 --by 出纳")
    paid(3, "2021-03-07", "绩效", "13,276.10")
    assert owed("2021-03-07")["合计"] == ("120,600.00", "81,600.00", "39,000.00", "0.00")

    # A correcting version gives one back pay and takes something from two; the old version is told at import.
    brought_in(NEW, "绩效")
    payroll(f"rules enact {NEW} --by 局长")
    said = granted("2020-2021-1", NEW, "2020-2021-1-r2", "0.00")
    assert "其中补发 460.07 元，追回 460.07 元" in said
    assert "提示：批次 2020-2021-1-r2 已经按更正的 2020.2 审批" in brought_in(OLD, "绩效")
    assert "会把更正退回去" in payroll("run --period 2020-2021-1 --by 会计 --out 结果", 1)
    granted("2020-10", NEW, "2020-10-r1", "5,280.00")

    # A deduction, instalments, one person held and then released.
    for number in (WEI, YANG):
        payroll(f"recover --payee {number} --instalment 50 --reason 协商分期 --by 会计")
    payroll(f"hold {WEI} --reason 调查 --by 会计")
    payroll("fund --fund 绩效 --amount 20000 --day 2021-03-10 --reference 财教5号 --by 出纳")
    write("扣款.csv", f"证件号码,姓名,个人所得税\n{MO},莫永忠,12.34\n")
    said = paid(4, "2021-03-11", "绩效", "3,710.07", "--deductions 扣款.csv")
    assert "2,440.07 │ 12.34 │ 2,427.73" in said
    assert "实发合计 3,697.73 元" in said
    payroll(f"release {WEI} --reason 调查结束 --by 会计")
    paid(5, "2021-03-12", "绩效", "1,930.00")

    assert owed("2021-03-17") == {
        WEI: ("30,224.52", "9,411.12", "21,000.00", "186.60"),
        MO: ("26,210.44", "16,710.44", "9,500.00", "0.00"),
        YANG: ("19,445.04", "11,118.51", "8,500.00", "173.47"),
        "A01": ("50,000.00", "50,000.00", "0.00", "0.00"),
        "合计": ("125,880.00", "87,240.07", "39,000.00", "360.07"),
    }
    told = payroll(f"arrears --payee {WEI}")
    assert "还欠您 21,000.00 元，应追回 186.60 元。" in told
    assert "怎样追回：从资金“绩效”以后的付款里抵扣，或本人交回，约定每次最多 50.00" in told
    assert "2021-03-07 付款单 3 付 5,623.37" in payroll(f"arrears --payee {MO}")
    assert "账上 12 笔，全部成立" in payroll("verify-book")
    for run in ("2020-09-r1", "2020-2021-1-r2", "2020-r1", "2020-2021-r1"):
        assert "复算一致" in payroll(f"replay {run}")
