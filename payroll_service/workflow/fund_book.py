"""Record money that was appropriated to a fund, perhaps for named items only; or take a mistaken entry back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from payroll_service.book.ledger.movements import FUNDING, SEPARATOR, Movement, Pot
from payroll_service.book.ledger.postings import funding_postings
from payroll_service.book.ledger.settlement import crossing
from payroll_service.errors import NotAcceptable, NotInBook
from payroll_service.store.store import Store
from payroll_service.workflow.ledger import Act, Ledger, append, find_movement, read_ledger


@dataclass(frozen=True)
class Funding:
    """`items`: the only items that the money may be spent on; none: any. `corrects`: the entry that this one, negative,
    takes back in whole or in part; any other needs the `reference`, the number of the document that it rests on."""

    fund: str
    fen: int
    day: date
    items: Sequence[str] = ()
    reference: str = ""
    reason: str = ""
    corrects: int | None = None


def fund_book(store: Store, bureau: str, funding: Funding, by: str, now: datetime) -> tuple[Movement, int]:
    """Record it; returns the movement and what is now in the pot. Raises NotInBook, NotAcceptable, MoneyShort."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        pot = _pot(ledger, funding)
        act = Act(
            FUNDING,
            funding.day,
            by,
            funding.reason,
            funding.reference,
            funding.corrects,
            json.dumps({"fund": pot.fund, "earmark": pot.earmark}, ensure_ascii=False, sort_keys=True),
        )
        movement = append(session, ledger, act, (), funding_postings(pot, funding.fen), funding.fen, now)
        return movement, ledger.balances.cash[pot]


def _pot(ledger: Ledger, funding: Funding) -> Pot:
    if not funding.fen:
        raise NotInBook("拨款金额是 0。", "请写实际到账的金额。")
    if funding.corrects is not None:
        return _corrected(ledger, funding, funding.corrects)
    if funding.fen < 0:
        raise NotInBook("拨款不能是负数。", "要冲减记错的拨款，请写明冲减第几号（--corrects）。")
    if not funding.reference.strip():
        raise NotAcceptable(["登记拨款要写依据的文号：拨款文件的号码，没有文件的写到账凭证的号码"])
    _refuse_unknown(ledger, funding)
    pot = Pot(funding.fund, SEPARATOR.join(sorted(set(funding.items))))
    if others := crossing(ledger.balances, pot):
        told = "；".join(other.earmark for other in others)
        raise NotInBook(
            f"指定的项目与已有的指定（{told}）部分重叠。",
            "请拆成几笔，使指定的项目互不重叠，或一个包含另一个。",
        )
    return pot


def _corrected(ledger: Ledger, funding: Funding, number: int) -> Pot:
    """The pot of the entry that is taken back, which must have that much left of it."""
    first = find_movement(ledger, number, FUNDING, "拨款")
    left = first.amount_fen + sum(each.amount_fen for each in ledger.movements if each.answers == number)
    if not 0 < -funding.fen <= left:
        raise NotInBook(
            f"冲减的金额要写成负数，而且不超过第 {number} 号拨款余下的部分。", "请核对金额和号码。"
        )
    noted = json.loads(first.detail)
    return Pot(noted["fund"], noted["earmark"])


def _refuse_unknown(ledger: Ledger, funding: Funding) -> None:
    """A misspelt fund or item would hold money that pays nobody; before anything is granted, nothing is known."""
    granted = list(ledger.balances.entitlements())
    funds = {each.fund for each in granted}
    if funds and funding.fund not in funds:
        raise NotInBook(
            f"批准的批次里没有资金“{funding.fund}”。",
            "请写规则集里的简称。",
            f"有的资金：{'、'.join(sorted(funds))}。",
        )
    items = {each.item for each in granted if each.fund == funding.fund}
    wrong = [item for item in funding.items if item not in items]
    if items and wrong:
        raise NotInBook(
            f"资金“{funding.fund}”没有项目“{'、'.join(wrong)}”。",
            "请写项目的编号。",
            f"有的项目（编号）：{'、'.join(sorted(items))}。",
        )
