"""Fill a sheet of the level above from what this level calculated and what its book says, so that nobody types a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from payroll_service.book.figures import Column, Figures, all_columns, figures_of
from payroll_service.book.filled import FilledTable, Sources, fill
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.period_sums import Sums, arrived, period_sums
from payroll_service.book.money import fen_text
from payroll_service.errors import UnknownColumn, UnsoundFile
from payroll_service.snapshot.tables import Snapshot
from payroll_service.store.store import Store
from payroll_service.workflow.ledger import read_ledger
from payroll_service.workflow.read_figures import calculate_table, refuse_idle
from rules.language.mistakes import meant
from rules.language.period import Period
from rules.language.program import FEN, NUMBER, Program, Type
from rules.language.units import YUAN

BOOK, OF_UNIT = "账.", "单位账."  # sources in the book: of everybody; of the unit whose code is the row's key
MONEY = Type(NUMBER, YUAN, FEN)


@dataclass(frozen=True)
class Filling:
    """Rows of the own `table` become rows of `target`, an input table of the rule set above; where from says `sources`."""

    table: str
    target: str
    sources: Sources

    def reads(self, prefix: str) -> bool:
        """Whether any column comes from that part of the book."""
        return any(source.startswith(prefix) for source in self.sources.columns.values())


def fill_table(
    program: Program,
    snapshot: Snapshot,
    period: Period,
    above: Program,
    filling: Filling,
    balances: Balances | None = None,
) -> FilledTable:
    """The filled sheet. `balances` are needed where a source is in the book (`账.应发`, `单位账.已发` …).

    Raises UnknownColumn, UnsoundFile with everything that does not fit, CalculationError.
    """
    inputs = {table.name: table for table in above.input_tables()}
    if filling.target not in inputs:
        raise UnknownColumn(
            f"{above.name} 没有工作表“{filling.target}”。", meant(filling.target, tuple(inputs))
        )
    outcome = calculate_table(program, snapshot, period, filling.table)
    given = filling.sources
    asked = (
        given.columns.get(name, name) for name in inputs[filling.target].columns if name not in given.added
    )
    refuse_idle(program, outcome, filling.table, asked)
    figures = figures_of(program, outcome, filling.table, all_columns(program, outcome, filling.table))
    if balances is not None:
        extra = _from_book(program, period, filling, figures, balances)
        figures = replace(figures, columns=(*figures.columns, *extra))
    return fill(inputs[filling.target], above.calendar, figures, filling.sources)


def balances_at(store: Store, bureau: str, day: date) -> Balances:
    """What the book says at the end of a day."""
    with store.reading() as session:
        return read_ledger(session, bureau, day).balances


def _from_book(
    program: Program, period: Period, filling: Filling, figures: Figures, balances: Balances
) -> list[Column]:
    found: list[Column] = []
    if filling.reads(BOOK):
        if len(figures.keys) != 1:
            raise UnsoundFile(
                f"“{figures.table}”有 {len(figures.keys)} 行，“{BOOK}…”是全账的数，只能填一行",
                (),
                f"各单位的数写 {OF_UNIT}…；全县的数请用只有一行的表。",
            )
        by_fund = period_sums(balances, program.calendar, period, lambda claim: claim.fund)
        whole = [
            Sums(sum(each.entitled for each in by_fund.values()), sum(each.paid for each in by_fund.values()))
        ]
        found += _columns(BOOK, whole)
        found.append(_column(f"{BOOK}到位", [arrived(balances, by_fund)]))
    if filling.reads(OF_UNIT):
        by_unit = period_sums(balances, program.calendar, period, lambda claim: claim.unit)
        codes = ["、".join(key) for key in figures.keys]
        strangers = sorted(by_unit.keys() - set(codes))
        if strangers:
            raise UnsoundFile(
                f"账上有“{figures.table}”没有的单位",
                [f"{code}（应发 {fen_text(by_unit[code].entitled)}）" for code in strangers],
                f"请把这些单位补进“{figures.table}”，或换一张以单位代码为主键的表。",
            )
        found += _columns(OF_UNIT, [by_unit.get(code, Sums()) for code in codes])
    return found


def _columns(prefix: str, sums: list[Sums]) -> list[Column]:
    return [
        _column(f"{prefix}应发", [each.entitled for each in sums]),
        _column(f"{prefix}已发", [each.paid for each in sums]),
        _column(f"{prefix}欠发", [each.owed for each in sums]),
    ]


def _column(name: str, fen: list[int]) -> Column:
    return Column(name, MONEY, tuple(Fraction(each, 100) for each in fen))
