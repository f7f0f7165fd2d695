"""Reads 支付: how claims are paid when there is too little money, how overpayments are recovered, how long is published."""

from __future__ import annotations

from collections.abc import Sequence

from rules.language.declarations import Declarations
from rules.language.keys import DISBURSEMENT
from rules.language.mistakes import meant
from rules.language.program import Disbursement, Payment
from rules.language.source import SourceNode, fail, fields_of, items_of, names_of, text_of, word_of

PRO_RATA, BY_ORDER = "按比例", "按先后"
SHORTAGES = (PRO_RATA, BY_ORDER)
EARNED, ITEM = "所属", "项目"
ORDERS = (EARNED, ITEM)
OFFSET, PLANNED = "抵扣", "按计划"
RECOVERIES = (OFFSET, PLANNED)
LONGEST_PUBLICITY = 60  # working days


def read_disbursement(
    declared: Declarations, node: SourceNode | None, payments: Sequence[Payment]
) -> Disbursement | None:
    """None where the rule set says nothing; then only what can be paid in full can be paid."""
    if node is None:
        return None
    with declared.collecting():
        fields = fields_of(node, "支付", *DISBURSEMENT)
        shortage = word_of(fields["不足"], "不足", SHORTAGES)
        order = _order(fields, node, shortage)
        declared.example(fields, "支付")
        return Disbursement(
            shortage,  # type: ignore[arg-type]
            order,
            _items(fields, node, order, [payment.number for payment in payments]),
            word_of(fields["追回"], "追回", RECOVERIES),  # type: ignore[arg-type]
            declared.basis(fields),
            _publicity(fields),
        )
    return None


def _publicity(fields: dict[str, SourceNode]) -> int:
    """For how many working days a run is published; 0 where nothing is said."""
    if "公示" not in fields:
        return 0
    text = text_of(fields["公示"], "公示")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_PUBLICITY):
        fail(fields["公示"], f"公示的天数不能是「{text}」", f"请写 1 至 {LONGEST_PUBLICITY} 的整数，是工作日")
    return int(text)


def _order(fields: dict[str, SourceNode], node: SourceNode, shortage: str) -> tuple[str, ...]:
    if shortage == PRO_RATA:
        for key in ("先后", "项目次序"):
            if key in fields:
                fail(fields[key], f"按比例支付没有「{key}」", "请删去这一行，或把「不足」改为 按先后")
        return ()
    if "先后" not in fields:
        fail(node, "按先后支付缺少「先后」", "请补上「先后: [所属]」或「先后: [所属, 项目]」")
    names = names_of(fields["先后"], "先后")
    for name in names:
        if name.text not in ORDERS:
            fail(name, f"先后不能是「{name.text}」", meant(name.text, ORDERS))
    return tuple(name.text for name in names)


def _items(
    fields: dict[str, SourceNode], node: SourceNode, order: tuple[str, ...], known: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    if (ITEM in order) != ("项目次序" in fields):
        if ITEM in order:
            fail(node, "先后里有「项目」，却没有「项目次序」", "请补上「项目次序: [编号, [编号, 编号]]」")
        fail(fields["项目次序"], "有「项目次序」，先后里却没有「项目」", "请把「项目」写进先后，或删去这一行")
    if ITEM not in order:
        return ()
    seen: set[str] = set()
    levels = []
    for level in items_of(fields["项目次序"], "项目次序"):
        names = names_of(level, "项目次序")
        for name in names:
            if name.text not in known:
                fail(name, f"没有编号为「{name.text}」的发放", meant(name.text, tuple(known)))
            if name.text in seen:
                fail(name, f"项目次序里「{name.text}」写了两次", "请删去一处")
            seen.add(name.text)
        levels.append(tuple(name.text for name in names))
    return tuple(levels)
