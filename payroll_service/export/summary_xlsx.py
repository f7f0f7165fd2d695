"""summary.xlsx: a run on a few sheets, for finance and for the approval: schools, funds, pools, accruals, checks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from payroll_service.book.payouts import LATE_WORDS
from payroll_service.book.receipt import Receipt
from payroll_service.book.records import PoolRecord, TotalRecord
from payroll_service.calculation.outcome import Listing
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes
from rules.language.program import NUMBER, Type
from rules.language.render import Value, bare_text

LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


def summary_xlsx(
    receipt: Receipt,
    totals: Sequence[TotalRecord],
    pools: Sequence[PoolRecord],
    unit_names: Mapping[str, str],
    listings: Sequence[Listing] = (),
) -> bytes:
    """The workbook from what the book keeps of a run; same records, same bytes. `unit_names`: label by unit."""
    return workbook_bytes(
        [
            _overview(receipt),
            _units(receipt, totals, unit_names),
            *_netted(receipt, totals, unit_names),
            _funds(receipt),
            *_late(receipt),
            _returns(receipt),
            _pools(pools, unit_names),
            Sheet(
                "计提",
                ["栏目", "由哪次发放", "金额"],
                [[one.column, one.when, Fen(one.amount_fen)] for one in receipt.accrued],
            ),
            Sheet(
                "名册",
                ["类别", "理由", "人数", "金额"],
                [[one.kind, one.rule, one.payees, Fen(one.amount_fen)] for one in receipt.roster],
            ),
            _checks(receipt),
            *(_listing(number, one) for number, one in enumerate(listings, 1)),
            Sheet("示例数字", ["文件没有给出、为演示拟定的数字"], [[text] for text in receipt.examples]),
        ]
    )


def _overview(receipt: Receipt) -> Sheet:
    before: list[list[Cell]] = [["以前批次已核定", Fen(receipt.granted_fen)]] if receipt.netted else []
    rows: list[list[Cell]] = [
        ["规则集", receipt.rule_set.name],
        ["版本", receipt.rule_set.version],
        ["期间", receipt.period],
        ["收款人", receipt.payees],
        ["笔数", receipt.lines],
        ["其中暂缓笔数", receipt.held_lines],
        ["金额合计", Fen(receipt.amount_fen)],
        *before,
        ["其中暂缓金额", Fen(receipt.held_fen)],
        ["本次核定", Fen(receipt.grants_fen)],
        ["规则集指纹", receipt.rule_set.fingerprint],
        ["数据指纹", receipt.inputs],
        ["结果指纹", receipt.outputs],
        ["语言与引擎版本", f"{receipt.language} / {receipt.engine}"],
    ]
    return Sheet("概要", ["事项", "内容"], rows)


def _netted(receipt: Receipt, totals: Sequence[TotalRecord], unit_names: Mapping[str, str]) -> list[Sheet]:
    """Of a run that nets others: what it grants now by school and item, and which runs it nets."""
    if not receipt.netted:
        return []
    runs: list[list[Cell]] = [[one.run, one.receipt] for one in receipt.netted]
    return [
        _units(receipt, totals, unit_names, now=True),
        Sheet("已核定的批次", ["批次", "凭据摘要"], runs),
    ]


def _units(
    receipt: Receipt, totals: Sequence[TotalRecord], unit_names: Mapping[str, str], now: bool = False
) -> Sheet:
    """School × item, with sums both ways; `now`: what the run grants, else the full amounts."""
    items = [item.number for item in receipt.items]
    cells: dict[tuple[str, str], int] = {}
    for one in totals:
        fen = one.amount_fen - (one.granted_fen + one.held_fen if now else 0)
        cells[one.unit, one.item] = cells.get((one.unit, one.item), 0) + fen
    units = sorted({one.unit for one in totals})
    rows = [
        [unit, unit_names.get(unit, ""), *_row([cells.get((unit, item), 0) for item in items])]
        for unit in units
    ]
    sums = [sum(cells.get((unit, item), 0) for unit in units) for item in items]
    headings = ["单位代码", "单位名称", *(item.name for item in receipt.items), "合计"]
    return Sheet(
        "本次核定" if now else "单位与项目", headings, [*rows, ["合计", "", *_row(sums)]], bold_last=True
    )


def _row(amounts: Sequence[int]) -> list[Cell]:
    return [Fen(fen) for fen in (*amounts, sum(amounts))]


def _funds(receipt: Receipt) -> Sheet:
    names = {item.number: item.name for item in receipt.items}
    titles = {fund.name: fund.title for fund in receipt.funds}
    rows: list[list[Cell]] = [
        [
            names[one.item],
            one.fund,
            titles[one.fund],
            one.lines,
            Fen(one.amount_fen),
            *([Fen(one.granted_fen)] if receipt.netted else []),
            Fen(one.held_fen),
            Fen(one.amount_fen - one.granted_fen - one.held_fen),
        ]
        for one in receipt.totals
    ]
    last: list[Cell] = [
        "合计",
        "",
        "",
        receipt.lines,
        Fen(receipt.amount_fen),
        *([Fen(receipt.granted_fen)] if receipt.netted else []),
        Fen(receipt.held_fen),
        Fen(receipt.grants_fen),
    ]
    before = ["已核定"] if receipt.netted else []
    headings = ["项目", "资金", "资金全称", "笔数", "金额", *before, "其中暂缓", "本次核定"]
    return Sheet("项目与资金", headings, [*rows, last], bold_last=True)


def _late(receipt: Receipt) -> list[Sheet]:
    """What late changes left to colleagues, put off and brought in."""
    names = {item.number: item.name for item in receipt.items}
    rows: list[list[Cell]] = [
        [LATE_WORDS[one.kind], names[one.item], one.fund, one.earned, one.lines, Fen(one.amount_fen)]
        for one in receipt.late
    ]
    headings = ["怎样处理", "项目", "资金", "所属期间", "笔数", "金额"]
    return [Sheet("迟到更正", headings, rows)] if rows else []


def _returns(receipt: Receipt) -> Sheet:
    rows: list[list[Cell]] = [[one.reason, one.fund, Fen(one.amount_fen)] for one in receipt.returned]
    return Sheet("退回", ["事由", "退回资金", "金额"], rows)


def _pools(pools: Sequence[PoolRecord], unit_names: Mapping[str, str]) -> Sheet:
    headings = [
        "分配",
        "池",
        "池的范围",
        "单位代码",
        "单位名称",
        "池金额",
        "分出",
        "退回",
        "退回资金",
        "人次",
        "权重合计",
    ]
    rows: list[list[Cell]] = [
        [
            one.rule,
            one.pool,
            one.key,
            one.unit,
            unit_names.get(one.unit, ""),
            Fen(one.amount_fen),
            Fen(one.shared_fen),
            Fen(one.returned_fen),
            one.fund,
            one.members,
            one.weight,
        ]
        for one in pools
    ]
    return Sheet("奖励池", headings, rows)


def _listing(number: int, listing: Listing) -> Sheet:
    """What a check looked at, a sheet of its own; the number keeps apart names that Excel would cut to the same."""
    rows = [
        [label, *map(_figure, values, listing.types), "成立" if holds else "不成立"]
        for label, values, holds in listing.rows
    ]
    name = f"列表{number} {_NOT_IN_SHEET_NAMES.sub('', listing.check)}"[:LONGEST_SHEET_NAME]
    return Sheet(name, ["对象", *listing.headings, "检查"], rows)


def _figure(value: Value, kind: Type) -> Cell:
    """Money as a number of two decimals where it is whole fen, whole numbers as such, all else as people read it."""
    if kind.kind == NUMBER and value is not None:
        assert isinstance(value, int | Fraction), "a number is exact"
        number = Fraction(value)
        if kind.unit.is_money and (number * 100).denominator == 1:
            return Fen(int(number * 100))
        if number.denominator == 1 and kind.step is not None and kind.step.denominator == 1:
            return int(number)
    return bare_text(value, kind)


def _checks(receipt: Receipt) -> Sheet:
    rows: list[list[Cell]] = [
        ["平衡", check.name, "通过" if check.holds else "不通过", check.expected, check.actual, check.detail]
        for check in receipt.checks
    ]
    rows += [[one.level, one.check, f"{one.count} 条", "", "", "见 findings.csv"] for one in receipt.findings]
    return Sheet("检查", ["类别", "名称", "结果", "应为", "实为", "说明"], rows)
