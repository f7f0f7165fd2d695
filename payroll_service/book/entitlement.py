"""What a payee is entitled to: the key under which grants, payments and debts of all years are added up."""

from __future__ import annotations

from typing import NamedTuple


class Entitlement(NamedTuple):
    """One payee's claim: item number, paying unit, fund, the period it was earned in, and the event it is for, if any.

    `payee` is the random id of the book. Whatever is granted, paid, returned or owed under equal keys adds up, whichever
    run, rule set version or movement it came from; so nothing is granted or paid twice. A tuple, since a book hashes and sorts hundreds of thousands.
    """

    payee: str
    item: str
    unit: str
    fund: str
    earned: str
    event: str = ""
