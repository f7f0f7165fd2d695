"""The receipt: what a run says about itself. No clock and no random id, so that a replay gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

import rfc8785

from payroll_service.book.checks import BalanceCheck
from payroll_service.book.money import fen_text, text_fen
from payroll_service.book.payouts import Item


@dataclass(frozen=True)
class RuleSetName:
    name: str
    version: str
    fingerprint: str


@dataclass(frozen=True)
class Fund:
    name: str
    title: str


@dataclass(frozen=True)
class NettedRun:
    """An approved run whose grants were taken off: its id and the SHA-256 of its receipt."""

    run: str
    receipt: str


@dataclass(frozen=True)
class ItemTotal:
    """All lines of one item and fund; see `TotalRecord`."""

    item: str
    fund: str
    lines: int
    amount_fen: int
    held_fen: int
    granted_fen: int = 0


@dataclass(frozen=True)
class LateTotal:
    """What clauses on late changes did to the lines of one item, fund and earned period. `kind`: see `LATE`.

    `held_lines`: of payees who are held back.
    """

    kind: str
    item: str
    fund: str
    earned: str
    lines: int
    held_lines: int
    amount_fen: int


@dataclass(frozen=True)
class PoolTotal:
    """All pools of one share."""

    rule: str
    pools: int
    amount_fen: int
    shared_fen: int
    returned_fen: int


@dataclass(frozen=True)
class FundReturn:
    """What went to a fund, and why: 退回 of a column, a veto, or a pool that nobody could be given."""

    reason: str
    fund: str
    amount_fen: int


@dataclass(frozen=True)
class Accrued:
    """计提: earned in this run's period, paid by longer runs."""

    column: str
    when: str
    amount_fen: int


@dataclass(frozen=True)
class Reason:
    """So many payees are held back (暂缓) or get nothing (不发) by this rule of the roster."""

    kind: str
    rule: str
    payees: int
    amount_fen: int


@dataclass(frozen=True)
class FindingCount:
    check: str
    level: str
    count: int


@dataclass(frozen=True)
class Receipt:
    """Everything a run states. `inputs`: the snapshot's fingerprint; `outputs`: `lines_fingerprint`.

    `amount_fen` is the full entitlement; `netted` are the runs that granted `granted_fen` of it before, in the order of
    their approval; `carried` is the run, if any, whose closing values this one begins with. `held_fen` is the part of
    what is due now that is held back. `schemes` are the lower documents that were compiled together with `rule_set`,
    each with its own fingerprint; that of `rule_set` covers them all. `late`: what was kept, put off or brought.
    """

    engine: str
    language: int
    rule_set: RuleSetName
    inputs: str
    outputs: str
    period: str
    period_kind: str
    payees: int
    lines: int
    held_lines: int
    amount_fen: int
    held_fen: int
    items: tuple[Item, ...]
    funds: tuple[Fund, ...]
    totals: tuple[ItemTotal, ...]
    pools: tuple[PoolTotal, ...]
    returned: tuple[FundReturn, ...]
    accrued: tuple[Accrued, ...]
    roster: tuple[Reason, ...]
    findings: tuple[FindingCount, ...]
    checks: tuple[BalanceCheck, ...]
    examples: tuple[str, ...]
    netted: tuple[NettedRun, ...] = ()
    carried: tuple[NettedRun, ...] = ()
    granted_fen: int = 0
    schemes: tuple[RuleSetName, ...] = ()
    late: tuple[LateTotal, ...] = ()

    @property
    def due_fen(self) -> int:
        """What is left of the entitlement after earlier grants, held or not."""
        return self.amount_fen - self.granted_fen

    @property
    def grants_fen(self) -> int:
        """What an approval of the run grants."""
        return self.due_fen - self.held_fen


def receipt_bytes(receipt: Receipt) -> bytes:
    """Canonical JSON (RFC 8785); money as text with two decimals, under the field's name without `_fen`.

    What not every run has (earlier runs to net, schemes: fields with a default) is left out where it is not.
    """
    return rfc8785.dumps({"currency": "CNY", **_plain(receipt)})


def read_receipt(content: bytes) -> Receipt:
    """The receipt that `receipt_bytes` wrote. Raises ValueError for anything else."""
    try:
        receipt = _receipt(json.loads(content))
    except (KeyError, TypeError, RecursionError) as why:
        raise ValueError(f"not a receipt: {why}") from why
    if receipt_bytes(receipt) != content:
        raise ValueError("not the canonical bytes of a receipt")
    return receipt


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {}
        for field in fields(value):
            inner = getattr(value, field.name)
            if inner == field.default:
                continue
            if field.name.endswith("_fen"):
                found[field.name.removesuffix("_fen")] = fen_text(inner)
            else:
                found[field.name] = _plain(inner)
        return found
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


PARTS: dict[str, type] = {
    "items": Item,
    "funds": Fund,
    "totals": ItemTotal,
    "pools": PoolTotal,
    "returned": FundReturn,
    "accrued": Accrued,
    "roster": Reason,
    "findings": FindingCount,
    "checks": BalanceCheck,
    "netted": NettedRun,
    "carried": NettedRun,
    "schemes": RuleSetName,
    "late": LateTotal,
}


def _receipt(content: dict[str, Any]) -> Receipt:
    parts = {
        name: tuple(_read(kind, part) for part in content[name])
        for name, kind in PARTS.items()
        if name in content
    }
    parts["rule_set"] = _read(RuleSetName, content["rule_set"])
    parts["examples"] = tuple(content["examples"])
    found: Receipt = _read(Receipt, content, **parts)
    return found


def _read(kind: Any, content: dict[str, Any], **parts: Any) -> Any:
    for field in fields(kind):
        if field.name in parts:
            continue
        name = field.name.removesuffix("_fen")
        if name not in content and field.default is not MISSING:
            continue
        parts[field.name] = text_fen(content[name]) if name != field.name else content[name]
    return kind(**parts)
