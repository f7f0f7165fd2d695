"""The public list (公示) of a stored run, by unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payroll_service.errors import NothingToPublish
from payroll_service.export.notice_xlsx import notice_xlsx, unit_lists
from payroll_service.store.store import Store
from payroll_service.workflow.stored_runs import load_stored_run, stored_payouts


@dataclass(frozen=True)
class Notice:
    """The workbook, and how many units, entries and people held back it has (these are not listed)."""

    content: bytes
    units: int
    people: int
    held: int


def make_notice(store: Store, bureau: str, run_id: str, unit: str = "") -> Notice:
    """The lists of all units, or of one. Raises UnknownRun, NothingToPublish."""
    with store.reading() as session:
        stored = load_stored_run(session, bureau, run_id)
    payouts = stored_payouts(stored)
    ids = {(one.kind, one.number): one.payee_id for one in (stored.identities or {}).values()}
    order = [ids[who] for who in zip(payouts.payee_kinds, payouts.payee_keys, strict=True)]
    if unit and unit not in payouts.unit_codes:
        known = "、".join(payouts.unit_codes[:20])
        raise NothingToPublish(
            f"批次 {run_id} 里没有单位“{unit}”。", "请核对单位代码。", f"有的单位：{known}。"
        )
    lists = unit_lists(payouts, order, [unit] if unit else payouts.unit_codes)
    if not lists:
        raise NothingToPublish(f"批次 {run_id} 没有要公示的金额。", "全部为零，或都暂缓了。")
    names = [item.name for item in payouts.items]
    content = notice_xlsx(lists, names, "姓名（差额）" if payouts.nets else "姓名")
    held = int(np.count_nonzero(payouts.hold >= 0))
    return Notice(content, len(lists), sum(len(one.people) for one in lists), held)
