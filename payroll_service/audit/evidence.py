"""What an auditor is handed about one run, and what a check says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.records import (
    PayeeIdentity,
    PayeeRecord,
    RuleSetEnactment,
    RunApproval,
    RunOutcome,
    RunRecord,
    StoredRuleSet,
    StoredSnapshot,
)


@dataclass(frozen=True)
class StoredRun:
    """A run as the book has it. `identities` by payee id, or None where they are not shown or have been erased.

    `noted_receipt` and `noted_records` are the hashes that the log noted when the run was calculated (the receipt's
    SHA-256 and `records_fingerprint`); "" where it noted none. `approval` is there once the run is approved, `enactment`
    once somebody put its rule set in force.
    """

    run: RunRecord
    rule_set: StoredRuleSet
    snapshot: StoredSnapshot
    outcome: RunOutcome
    records: Sequence[PayeeRecord]
    identities: Mapping[str, PayeeIdentity] | None = None
    noted_receipt: str = ""
    noted_records: str = ""
    approval: RunApproval | None = None
    enactment: RuleSetEnactment | None = None


@dataclass(frozen=True)
class AuditCheck:
    """One thing that was proved or found broken. What could not be checked is not in the list."""

    name: str
    holds: bool
    detail: str


def proved(name: str, wrong: Sequence[str], fine: str) -> AuditCheck:
    """A check that found `wrong`; up to twenty are said."""
    more = f" 等 {len(wrong)} 处" if len(wrong) > 20 else ""
    return AuditCheck(name, not wrong, "；".join(wrong[:20]) + more if wrong else fine)
