"""Payroll tables in four sections for finance systems: 期间, 项目, 个人, 明细; the sums of each are those of the others.

The columns are described one by one in docs/files.md. Money: `全额` is the entitlement, `已核定` what approved runs granted
before, `暂缓` what is due and held back, `本次核定` what this run grants; 全额 = 已核定 + 暂缓 + 本次核定.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from payroll_service.book.money import fen_text, totals_by
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import Receipt
from payroll_service.errors import UnsoundFile
from payroll_service.export.csv_text import csv_parts, text_cell
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

MONEY = ("全额", "已核定", "暂缓", "本次核定")
COLUMNS = {
    "期间": ("批次", "期间", "规则集", "版本", "结果指纹", "人数", "笔数", *MONEY),
    "项目": ("批次", "项目编号", "项目", "依据", "资金", "资金全称", "笔数", *MONEY),
    "个人": ("批次", "类别", "证件号码", "姓名", "暂缓原因", "笔数", *MONEY),
    "明细": (
        "批次", "类别", "证件号码", "行号", "单位代码", "单位", "项目编号", "所属期间", "事件", "资金", *MONEY,
    ),
}  # fmt: skip
EXCEL_ROWS = 1_048_575  # below the headings
ROWS_AT_ONCE = 10_000  # as text
Pieces = Callable[[], Iterable[Payouts]]
"""The run from its beginning, whenever it is asked for: pieces that are in order among themselves, at least one."""


@dataclass(frozen=True)
class RunName:
    """Which run: its id, and what its receipt says of rule set and lines."""

    run: str
    rule_set: str
    version: str
    outputs: str

    @classmethod
    def of(cls, run_id: str, receipt: Receipt) -> RunName:
        return cls(run_id, receipt.rule_set.name, receipt.rule_set.version, receipt.outputs)


def tables_xlsx(name: RunName, payouts: Payouts) -> bytes:
    """A workbook of the four sections. Raises UnsoundFile where the lines do not go onto a sheet."""
    if len(payouts) > EXCEL_ROWS:
        raise UnsoundFile(
            f"明细有 {len(payouts)} 行，工作簿一页放不下", [], "请改用 CSV 文件夹，没有行数限制。"
        )
    rows = _sections(name, lambda: [payouts])
    return workbook_bytes([Sheet(section, COLUMNS[section], list(rows[section])) for section in COLUMNS])


def tables_csv(name: RunName, payouts: Payouts) -> dict[str, bytes]:
    """The four sections as CSV files, by file name; money has two decimals."""
    return {file: b"".join(parts) for file, parts in tables_csv_parts(name, lambda: [payouts])}


def tables_csv_parts(name: RunName, pieces: Pieces) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The same files, each in parts, to be taken in turn; one piece of the run is in memory at a time."""
    rows = _sections(name, pieces)  # reads all pieces once, at once
    return (
        (f"{section}.csv", csv_parts(",".join(headings), _together(map(_csv_line, rows[section]))))
        for section, headings in COLUMNS.items()
    )


def _together(lines: Iterator[str]) -> Iterator[str]:
    while some := "".join(islice(lines, ROWS_AT_ONCE)):
        yield some


@dataclass(frozen=True)
class _Whole:
    """What is told of the run as a whole. `words`: any piece, for the words that all have.

    By item and fund, in one row of places: how many lines, and the sums in the order of MONEY.
    """

    words: Payouts
    payees: int
    count: np.ndarray
    sums: np.ndarray

    @classmethod
    def of(cls, pieces: Iterable[Payouts]) -> _Whole:
        found = None
        for piece in pieces:
            places = len(piece.items) * max(1, len(piece.funds))
            count, sums = _sums(piece, piece.item * max(1, len(piece.funds)) + piece.fund, places)
            exact = np.array(sums, object)  # Python's integers
            one = cls(piece, len(piece.payee_keys), count, exact)
            found = one if found is None else found + one
        assert found is not None, "there is at least one piece"
        return found

    def __add__(self, other: _Whole) -> _Whole:
        return _Whole(
            self.words, self.payees + other.payees, self.count + other.count, self.sums + other.sums
        )


def _sections(name: RunName, pieces: Pieces) -> dict[str, Iterator[list[Cell]]]:
    whole = _Whole.of(pieces())
    made = (
        _period(name, whole),
        _items(name, whole),
        chain.from_iterable(_payees(name, piece) for piece in pieces()),
        chain.from_iterable(_lines(name, piece) for piece in pieces()),
    )
    return dict(zip(COLUMNS, made, strict=True))


def _figures(payouts: Payouts) -> tuple[np.ndarray, ...]:
    """By line, in the order of MONEY."""
    held = np.where(payouts.held, payouts.due_fen, 0)
    return payouts.amount_fen, payouts.granted_fen, held, payouts.due_fen - held


def _period(name: RunName, whole: _Whole) -> Iterator[list[Cell]]:
    sums = [Fen(int(fen.sum())) for fen in whole.sums]
    about = [name.run, whole.words.period, name.rule_set, name.version, name.outputs]
    yield [*about, whole.payees, int(whole.count.sum()), *sums]


def _items(name: RunName, whole: _Whole) -> Iterator[list[Cell]]:
    """One row an item and fund that has lines, in the order of the rule set."""
    payouts, funds = whole.words, max(1, len(whole.words.funds))
    for place in np.flatnonzero(whole.count).tolist():
        item, fund = payouts.items[place // funds], place % funds
        words = [name.run, item.number, item.name, item.basis, payouts.funds[fund], payouts.fund_titles[fund]]
        yield [*words, int(whole.count[place]), *(Fen(int(fen[place])) for fen in whole.sums)]


def _payees(name: RunName, payouts: Payouts) -> Iterator[list[Cell]]:
    """One row a payee, ascending by number."""
    count, sums = _sums(payouts, payouts.payee, len(payouts.payee_keys))
    people = zip(payouts.payee_kinds, payouts.payee_keys, payouts.payee_labels, strict=True)
    for place, (kind, key, label) in enumerate(people):
        hold = int(payouts.hold[place])
        reason = payouts.reasons[hold] if hold >= 0 else ""
        words = [name.run, kind, key, label, reason]
        yield [*words, int(count[place]), *(Fen(int(fen[place])) for fen in sums)]


def _lines(name: RunName, payouts: Payouts) -> Iterator[list[Cell]]:
    """One row a line, as the payouts are ordered; the numbers count each payee's lines from 1."""
    codes = (payouts.payee, payouts.unit, payouts.item, payouts.earned, payouts.event, payouts.fund)
    number, before = 0, -1
    for payee, unit, item, earned, event, fund, *fen in zip(
        *(column.tolist() for column in (*codes, *_figures(payouts))), strict=True
    ):
        number, before = (number + 1 if payee == before else 1), payee
        yield [
            name.run,
            payouts.payee_kinds[payee],
            payouts.payee_keys[payee],
            number,
            payouts.unit_codes[unit],
            payouts.unit_labels[unit],
            payouts.items[item].number,
            payouts.earned_periods[earned],
            payouts.events[event],
            payouts.funds[fund],
            *map(Fen, fen),
        ]


def _sums(payouts: Payouts, codes: np.ndarray, count: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """By code: how many lines, and the sums in the order of MONEY."""
    return np.bincount(codes, minlength=count), [totals_by(codes, fen, count) for fen in _figures(payouts)]


def _csv_line(cells: Sequence[Cell]) -> str:
    texts = (fen_text(cell.fen) if isinstance(cell, Fen) else text_cell(str(cell)) for cell in cells)
    return ",".join(texts) + "\r\n"
