"""Which accounts an item's money is booked on: a description, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from payroll_service.export.described import read_description
from rules.language.source import SourceNode, fail, fields_of, items_of, names_of, text_of

ACCRUAL, PAYMENT = "计提", "支付"
KEYS, OPTIONAL_KEYS = ("名称", ACCRUAL, PAYMENT, "项目"), ("说明",)
ITEM_KEYS, OPTIONAL_ITEM_KEYS = ("编号", "明细", "经济分类"), (ACCRUAL, PAYMENT)
SIDES = ("借", "贷")
_EXPENDITURE_CODE = re.compile(r"[0-9]{3}([0-9]{2})?", re.ASCII)


@dataclass(frozen=True)
class Accounts:
    debit: str
    credit: str


@dataclass(frozen=True)
class ItemAccounts:
    """`detail`: the account's detail; `code`: the economic classification of expenditure; `accounts` by kind of voucher."""

    detail: str
    code: str
    accounts: Mapping[str, Accounts]


@dataclass(frozen=True)
class AccountMapping:
    """`items` by item number."""

    name: str
    items: Mapping[str, ItemAccounts]


def read_account_mapping(text: str, file: str) -> AccountMapping:
    """Raises UnsoundDescription."""
    return read_description(text, file, _mapping)


def _mapping(node: SourceNode) -> AccountMapping:
    entries = fields_of(node, "科目对照", KEYS, OPTIONAL_KEYS)
    usual = {kind: _accounts(entries[kind], kind) for kind in (ACCRUAL, PAYMENT)}
    items: dict[str, ItemAccounts] = {}
    for each in items_of(entries["项目"], "项目"):
        found = fields_of(each, "项目的一条", ITEM_KEYS, OPTIONAL_ITEM_KEYS)
        accounts = usual | {kind: _accounts(found[kind], kind) for kind in usual if kind in found}
        made = ItemAccounts(text_of(found["明细"], "明细"), _code(found["经济分类"]), accounts)
        for number in names_of(found["编号"], "编号"):
            if number.text in items:
                fail(number, f"项目「{number.text}」写了两条", "请删去一条")
            items[number.text] = made
    return AccountMapping(text_of(entries["名称"], "名称"), items)


def _accounts(node: SourceNode, kind: str) -> Accounts:
    found = fields_of(node, kind, SIDES)
    debit, credit = (text_of(found[side], f"{kind}的{side}方") for side in SIDES)
    if debit == credit:
        fail(node, f"{kind}的借方和贷方是同一个科目「{debit}」", "请改其中一个")
    return Accounts(debit, credit)


def _code(node: SourceNode) -> str:
    text = text_of(node, "经济分类")
    if not _EXPENDITURE_CODE.fullmatch(text):
        fail(node, f"经济分类不能是「{text}」", "请写部门预算支出经济分类的编码，3 位或 5 位数字")
    return text
