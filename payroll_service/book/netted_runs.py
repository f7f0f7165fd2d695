"""Which approved runs a run builds on: whose grants count against it, and those by which late changes were put off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from payroll_service.book.earlier import begins_after, inside, parsed
from payroll_service.book.payouts import BROUGHT, LATE, PUT_OFF
from payroll_service.book.receipt import LateTotal, Receipt
from payroll_service.book.records import RunApproval
from rules.language.period import Period
from rules.language.plan import plan
from rules.language.program import Program


def netted_runs(
    program: Program, period: Period, approved: Mapping[RunApproval, Receipt]
) -> tuple[RunApproval, ...]:
    """Of all approved runs, in the order of their approval, which a run of this period has to know.

    Of those under a rule set of its name, in any version: whose days overlap and that are of the same period or have an
    item in common; those that put off (计入下期) what is still to be brought in, and those that have brought some of it
    in, of this period too. What a rule set of another name granted is none of its business.
    """
    ours = {one: receipt for one, receipt in approved.items() if receipt.rule_set.name == program.name}
    found = {one for one, receipt in ours.items() if _concerns(program, period, one, receipt)}
    for put_off in _waiting(program, period, ours):
        found |= {put_off, *_bringing(program, ours, parsed(program, ours[put_off].period))}
    if any(_late(receipt, PUT_OFF) for receipt in ours.values() if receipt.period == period.text):
        found |= {*_bringing(program, ours, period)}
    return tuple(one for one in approved if one in found)


def overlaps(period: Period, approval: RunApproval) -> bool:
    """Whether an approved run has a day in common with a period."""
    first, last = approval.first_day.toordinal(), approval.last_day.toordinal()
    return first <= period.last_day and period.first_day <= last


def _concerns(program: Program, period: Period, approval: RunApproval, receipt: Receipt) -> bool:
    """Whether the grants of an approved run count: its days overlap, and it is of the same period, or pays the same."""
    due = {payment.number for payment in plan(program, period.kind).payments}
    same = receipt.period == period.text or not due.isdisjoint(item.number for item in receipt.items)
    return overlaps(period, approval) and same


def _waiting(
    program: Program, period: Period, approved: Mapping[RunApproval, Receipt]
) -> Iterator[RunApproval]:
    """The last runs of earlier periods, by item that is due now, whose changes no run has wholly brought in."""
    due = {payment.number for payment in plan(program, period.kind).payments}
    last: dict[tuple[str, str], RunApproval] = {}
    for one, receipt in approved.items():
        if one.last_day.toordinal() < period.first_day and program.calendar.parse(receipt.period):
            last |= {(receipt.period, item.number): one for item in receipt.items if item.number in due}
    for (_, item), one in last.items():
        put_off = any(each.item == item for each in _late(approved[one], PUT_OFF))
        if put_off and not any(_settles(program, receipt, one, item) for receipt in approved.values()):
            yield one


def _settles(program: Program, receipt: Receipt, put_off: RunApproval, item: str) -> bool:
    """A run knew what was put off, and brought it in for everybody."""
    knew = any(one.run == put_off.run_id for one in receipt.netted)
    later = begins_after(program, receipt.period, put_off.last_day.toordinal())
    brought = [each for each in _late(receipt, BROUGHT) if each.item == item]
    return knew and later and bool(brought) and not any(each.held_lines for each in brought)


def _bringing(
    program: Program, approved: Mapping[RunApproval, Receipt], period: Period
) -> Iterator[RunApproval]:
    """The runs of later periods that have brought something in of this one."""
    for one, receipt in approved.items():
        later = one.first_day.toordinal() > period.last_day
        if later and any(inside(program, period, each.earned) for each in _late(receipt, BROUGHT)):
            yield one


def _late(receipt: Receipt, kind: int) -> list[LateTotal]:
    return [one for one in receipt.late if one.kind == LATE[kind]]
