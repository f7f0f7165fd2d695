"""What a bank is to do: one amount to one account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.records import PayeeIdentity


@dataclass(frozen=True)
class Transfer:
    """`payee`: the id in the book; `number`: ID number or code; `fen`: what is sent."""

    payee: str
    number: str
    name: str
    account: str
    bank: str
    fen: int
    note: str = ""

    @property
    def who(self) -> str:
        """For messages."""
        return f"{self.name}（{self.number}）"


def transfers_of(
    payees: Iterable[PaidTo], identities: Mapping[str, PayeeIdentity], note: str = ""
) -> list[Transfer]:
    """What a payment sends to accounts, in the order of the files; who is sent nothing is left out."""
    return in_order(
        [_transfer(identities[paid.payee], paid.net_fen, note) for paid in payees if paid.net_fen]
    )


def in_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Ascending by number: the place, counted from 1, is the serial number, through all files of a payment."""
    return sorted(transfers, key=lambda each: (each.number, each.payee))


def total_fen(transfers: Sequence[Transfer]) -> int:
    return sum(each.fen for each in transfers)


def _transfer(who: PayeeIdentity, fen: int, note: str) -> Transfer:
    return Transfer(who.payee_id, who.number, who.label, who.account, who.bank, fen, note)
