"""One way of paging for all lists: `after` and `limit` are asked, `next` is answered. What answers a list whole says why.

A page is read by the key that `after` names (`store/paging.py`), so that the first page costs the same however long
the list is, and rows that are added meanwhile neither hide one nor show one twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query

USUAL, MOST = 100, 1000
LISTED = 50  # of a list on a page for people
TOLD = "The `next` of the page before; without it, the list from its beginning."

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
AfterNumber = Annotated[int, Query(ge=0, lt=2**53, description=TOLD)]
AfterRun = Annotated[str, Query(max_length=40, pattern="^([0-9-]+-r[0-9]+)?$", description=TOLD)]
AfterId = Annotated[str, Query(pattern="^([0-9a-f]{32})?$", description=TOLD)]
AfterDigest = Annotated[str, Query(pattern="^([0-9a-f]{64})?$", description=TOLD)]

WHOLE: Mapping[str, str] = {  # by operation, as OpenAPI tells it
    "compareRuleSets": "The clauses of two documents.",
    "compareRuns": "The units, items and funds of two runs of one period.",
    "explainOwnChange": "The items of one person's payout.",
    "explainOwnPayout": "The items of one person's payout.",
    "explainPayout": "The items of one person's payout.",
    "readAccountChange": "A proposal has a thousand payees at most.",
    "readArrears": "One statement: its rows add up to its total.",
    "readImport": "The tables of one workbook, or the units whose parts it is put together from.",
    "readImportDifferences": "Twenty rows of each table and kind at most.",
    "readOwnAccount": "What became of one person's account.",
    "readOwnArrears": "One person's claims: they add up to what is owed.",
    "readPayee": "What became of one payee's account.",
    "readPayeeArrears": "One payee's claims: they add up to what is owed.",
    "readPayment": "The funds that a payment is made from.",
    "readRuleSet": "The schemes of one rule set, and its way into force.",
    "readRunTotals": "The units, items and funds of one run: they add up to its figures.",
    "replayRun": "A replay has a fixed number of checks.",
    "verifyBook": "The proof of the book has a fixed number of checks.",
    "whoAmI": "The roles of one account.",
}
