"""Stored sums against the lines they sum, to the fen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from payroll_service.audit.evidence import AuditCheck, proved
from payroll_service.book.money import fen_text, total
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import Receipt
from payroll_service.book.records import PoolRecord, RunOutcome, TotalRecord
from payroll_service.book.run_receipt import item_totals, late_totals, pool_totals
from payroll_service.book.totals import totals_of


def check_pools(pools: Sequence[PoolRecord]) -> AuditCheck:
    """Every pool was handed out or returned, wholly."""
    wrong = [
        f"{pool.rule} {pool.key}：池 {fen_text(pool.amount_fen)}，分出 {fen_text(pool.shared_fen)}，"
        f"退回 {fen_text(pool.returned_fen)}"
        for pool in pools
        if pool.amount_fen != pool.shared_fen + pool.returned_fen
    ]
    return proved("奖励池：每个池等于分出与退回之和", wrong, f"{len(pools)} 个池逐个相符")


def check_totals(payouts: Payouts, totals: Sequence[TotalRecord]) -> AuditCheck:
    """The stored totals by unit, item and fund are the sums of the lines: amounts, held amounts and counts."""
    expected = {(one.unit, one.item, one.fund): one for one in totals_of(payouts)}
    stored = {(one.unit, one.item, one.fund): one for one in totals}
    wrong = [
        f"{'、'.join(key)}：各笔之和 {_said(expected.get(key))}，存档 {_said(stored.get(key))}"
        for key in sorted({*expected, *stored})
        if expected.get(key) != stored.get(key)
    ]
    if len(stored) != len(totals):
        wrong.append("存档的合计有重复")
    return proved("合计：单位、项目、资金的合计等于各笔之和", wrong, f"{len(totals)} 项逐项相符")


def check_receipt_figures(receipt: Receipt, payouts: Payouts, outcome: RunOutcome) -> Iterator[AuditCheck]:
    """The receipt's totals, pools and counts are those of the stored lines, totals and pools."""
    held = payouts.held
    figures = {
        "金额合计": (fen_text(receipt.amount_fen), fen_text(total(payouts.amount_fen))),
        "已核定金额": (fen_text(receipt.granted_fen), fen_text(total(payouts.granted_fen))),
        "暂缓金额": (fen_text(receipt.held_fen), fen_text(total(payouts.due_fen[held]))),
        "收款人数": (str(receipt.payees), str(len(payouts.payee_keys))),
        "笔数": (str(receipt.lines), str(len(payouts))),
        "暂缓笔数": (str(receipt.held_lines), str(int(np.count_nonzero(held)))),
    }
    wrong = [f"{name}：凭据 {said}，记录 {found}" for name, (said, found) in figures.items() if said != found]
    yield proved("凭据：人数、笔数、金额与记录相符", wrong, "相符")
    same = receipt.totals == item_totals(totals_of(payouts), receipt.items)
    yield proved("凭据：项目合计等于各笔之和", [] if same else ["项目合计与记录不符"], "相符")
    same = receipt.totals == item_totals(outcome.totals, receipt.items)
    yield proved("凭据：项目合计等于存档合计", [] if same else ["项目合计与存档合计不符"], "相符")
    same = receipt.late == late_totals(payouts)
    yield proved("凭据：迟到更正的合计等于各笔之和", [] if same else ["迟到更正与记录不符"], "相符")
    same = receipt.pools == pool_totals(outcome.pools)
    yield proved("凭据：池的合计等于各池之和", [] if same else ["池的合计与存档的池不符"], "相符")


def _said(one: TotalRecord | None) -> str:
    if one is None:
        return "无"
    before = f"，已核定 {fen_text(one.granted_fen)}" if one.granted_fen else ""
    return f"{one.lines} 笔 {fen_text(one.amount_fen)}（暂缓 {fen_text(one.held_fen)}{before}）"
