"""Calculate one period: outcome, payouts, balance and receipt, from a program and a snapshot. No database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from payroll_service.book.balance import balance, broken
from payroll_service.book.checks import BalanceCheck
from payroll_service.book.payouts import Payouts, make_payouts
from payroll_service.book.receipt import Receipt, receipt_bytes
from payroll_service.book.records import PoolRecord, TotalRecord
from payroll_service.book.run_receipt import make_receipt
from payroll_service.book.totals import pool_records, totals_of
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import Outcome
from payroll_service.errors import PERIODS_WRITTEN, UnknownPeriod
from payroll_service.export.findings_csv import findings_csv
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.export.summary_xlsx import summary_xlsx
from payroll_service.snapshot.tables import Snapshot
from rules.language.period import Period
from rules.language.plan import plan
from rules.language.program import CADENCE, Program


@dataclass(frozen=True)
class Calculation:
    """One calculated period. Only a balanced one may be paid."""

    program: Program
    snapshot: Snapshot
    outcome: Outcome
    payouts: Payouts
    checks: tuple[BalanceCheck, ...]
    receipt: Receipt

    @property
    def broken(self) -> list[BalanceCheck]:
        """The laws that do not hold; empty for a balanced run."""
        return broken(list(self.checks))

    @property
    def totals(self) -> tuple[TotalRecord, ...]:
        return totals_of(self.payouts)

    @property
    def pools(self) -> tuple[PoolRecord, ...]:
        return pool_records(self.program, self.outcome)


def governed_period(program: Program, text: str) -> Period:
    """The period that `text` names, if this rule set governs it: in force on its last day. Raises UnknownPeriod."""
    period = program.calendar.parse(text)
    if period is None:
        meant = program.calendar.meant(text)
        how = f"是否想写 {meant}？" if meant else ""
        how += PERIODS_WRITTEN
        raise UnknownPeriod(f"不认识期间“{text}”。", how)
    if not program.start <= period.last_day <= program.end:
        first, last = (date.fromordinal(day).isoformat() for day in (program.start, program.end))
        raise UnknownPeriod(
            f"期间 {text} 的最后一天不在本规则集的施行期内（{first} 至 {last}）。",
            "请用当时施行的规则集版本。",
        )
    due = plan(program, period.kind)
    if not program.payments and not due.checks:
        raise UnknownPeriod(
            f"这个规则集只看数，不发钱；期间 {text} 没有可看的检查。", "请换一种期间，如年、学年。"
        )
    if program.payments and not due.payments:
        raise UnknownPeriod(
            f"这个规则集没有{CADENCE[period.kind]}发放的项目，期间 {text} 没有可算的。",
            f"可算的是：{'、'.join(dict.fromkeys(payment.when for payment in program.payments))}发放的期间。",
        )
    return period


def calculate_period(program: Program, snapshot: Snapshot, period: Period) -> Calculation:
    """Same inputs, same outcome, same receipt. Raises CalculationError where the data do not allow it."""
    outcome = calculate(program, snapshot, period)
    payouts = make_payouts(program, outcome)
    checks = balance(program, outcome, payouts)
    receipt = make_receipt(program, snapshot, outcome, payouts, checks)
    return Calculation(program, snapshot, outcome, payouts, tuple(checks), receipt)


def unit_names(payouts: Payouts) -> dict[str, str]:
    return dict(zip(payouts.unit_codes, payouts.unit_labels, strict=True))


def result_files(calculation: Calculation) -> dict[str, bytes]:
    """The files of a run by name; of one that does not balance only what says why."""
    findings = findings_csv(calculation.outcome.findings, calculation.payouts)
    summary = summary_xlsx(
        calculation.receipt,
        calculation.totals,
        calculation.pools,
        unit_names(calculation.payouts),
        calculation.outcome.listings,
    )
    if calculation.broken:
        return {"findings.csv": findings, "summary.xlsx": summary}
    return {
        "payouts.csv": payouts_csv(calculation.payouts),
        "summary.xlsx": summary,
        "findings.csv": findings,
        "receipt.json": receipt_bytes(calculation.receipt),
    }
