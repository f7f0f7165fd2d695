"""What governs a payment: the 支付 of the rule set that the fund's claims come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.language.period import Calendar
from rules.language.program import Disbursement


@dataclass(frozen=True)
class Terms:
    """What governs the payments of one fund: the rule set (by fingerprint), its 支付 if it has one, its calendar."""

    rule_set: str
    rule: Disbursement | None
    calendar: Calendar = field(default_factory=Calendar)
