"""Sums of a run: by unit, item and fund; and what each pool of each share did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from payroll_service.book.amounts import path_rows
from payroll_service.book.money import totals_by
from payroll_service.book.payouts import Payouts
from payroll_service.book.records import PoolRecord, TotalRecord
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import Outcome, Pools
from rules.language.program import Program


def totals_of(payouts: Payouts) -> tuple[TotalRecord, ...]:
    """One record per unit, item and fund that has lines, in the order of the lines; zero lines count too."""
    shape = (max(1, len(payouts.unit_codes)), max(1, len(payouts.items)), max(1, len(payouts.funds)))
    codes = np.ravel_multi_index((payouts.unit, payouts.item, payouts.fund), shape)
    found, place, lines = np.unique(codes, return_inverse=True, return_counts=True)
    amounts = totals_by(place, payouts.amount_fen, len(found))
    held = totals_by(place, np.where(payouts.held, payouts.due_fen, 0), len(found))
    granted = totals_by(place, payouts.granted_fen, len(found))
    unit, item, fund = np.unravel_index(found, shape)
    return tuple(
        TotalRecord(
            payouts.unit_codes[u],
            payouts.items[i].number,
            payouts.funds[f],
            int(n),
            int(amount),
            int(back),
            int(before),
        )
        for u, i, f, n, amount, back, before in zip(
            unit, item, fund, lines, amounts, held, granted, strict=True
        )
    )


def pool_records(program: Program, outcome: Outcome) -> tuple[PoolRecord, ...]:
    """One record per pool of each share that is no trial, in the order of calculation, then of the pools' rows."""
    return tuple(
        record for pools in outcome.pools for record in _records(program, outcome, pools) if not pools.trial
    )


def sum_by(records: Iterable[TotalRecord], field: str) -> dict[str, int]:
    """The totals summed by `unit`, `item` or `fund`, in fen."""
    sums: dict[str, int] = {}
    for record in records:
        key = getattr(record, field)
        sums[key] = sums.get(key, 0) + record.amount_fen
    return sums


def exact_text(value: Fraction) -> str:
    """A decimal where it ends, else a fraction: nothing is rounded."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > 20:
            return f"{value.numerator}/{value.denominator}"
    whole = abs(value.numerator * 10**places // value.denominator)
    sign, digits = "-" if value < 0 else "", str(whole).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _records(program: Program, outcome: Outcome, pools: Pools) -> Iterator[PoolRecord]:
    units = unit_keys(program, outcome, pools.pool_table)
    for row in np.flatnonzero((pools.amount != 0) | (pools.members != 0) | (pools.returned != 0)).tolist():
        yield PoolRecord(
            rule=f"{pools.table}.{pools.column}",
            pool=f"{pools.pool_table}.{pools.pool_column}",
            key="、".join(key_texts(program, outcome.frames, pools.pool_table, row)),
            unit=units[row],
            fund=pools.fund_of(row),
            amount_fen=int(pools.amount[row]),
            shared_fen=int(pools.shared[row]),
            returned_fen=int(pools.returned[row]),
            members=int(pools.members[row]),
            weight=exact_text(int(pools.weight[row]) * pools.weight_step),
        )


def unit_keys(program: Program, outcome: Outcome, table: str) -> list[str]:
    """The unit that each row of a table belongs to: the row itself or what one of its links leads to; "" for none."""
    units = {program.target(payment.table, payment.unit) for payment in program.payments}
    links, made = program.tables[table].links, outcome.frames[table].links
    path = () if table in units else next(((name,) for name in made if links[name].target in units), None)
    if path is None:
        return [""] * outcome.frames[table].size
    unit_table = program.target(table, path)
    rows = path_rows(program, outcome, table, path).tolist()
    return [
        "、".join(key_texts(program, outcome.frames, unit_table, row)) if row >= 0 else "" for row in rows
    ]
