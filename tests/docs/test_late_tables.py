"""The page's tables on late changes, which a finance officer signs, are what runs of the book come to."""

from pathlib import Path

import numpy as np
import pytest

from payroll_service.book.money import fen_text
from payroll_service.book.payouts import KEPT, PUT_OFF, Payouts
from tests.book.late import SEMESTERS, Book, Granted, due, rules
from tests.docs.page import Page, Row

FIRST, SECOND, _ = SEMESTERS
PEOPLE = {"甲": "P1", "乙": "P2", "丙": "P3"}
LOW, HIGH = {"P1": 60, "P2": 60, "P3": 30}, {"P1": 60, "P2": 60, "P3": 80}
TABLES = [
    rows
    for rows in Page(Path(__file__).parents[2] / "docs" / "rule-language.md").tables("")
    if "原来核定" in rows[0].cells
]


def test_the_page_shows_every_clause():
    assert [_item(rows[0].cells) for rows in TABLES] == ["重分", "不追", "不追", "下期"]


@pytest.mark.parametrize("rows", TABLES, ids=lambda rows: f"line{rows[0].line}")
def test_a_table_is_what_the_runs_come_to(rows: list[Row]):
    headings, *lines = (row.cells for row in rows)
    before, after = (LOW, HIGH) if lines[2][1] == "20.00" else (HIGH, LOW)
    book = Book(rules())
    book.approve(book.calculate(FIRST, before))
    had = book.granted()
    run = book.calculate(FIRST, after)
    book.approve(run)
    later = due(book.calculate(SECOND, before)[0])
    columns = [_column(heading, _item(headings), had, run[0], later) for heading in headings[1:]]
    wanted = [[name, *(fen_text(column[one]) for column in columns)] for name, one in PEOPLE.items()]
    wanted.append(["合计", *(fen_text(sum(column.values())) for column in columns)])
    assert [list(cells) for cells in lines] == wanted


def _item(headings: tuple[str, ...]) -> str:
    return "不追" if "不追回" in headings else "下期" if "计入下期" in headings else "重分"


def _column(heading: str, item: str, had: Granted, payouts: Payouts, later: Granted) -> dict[str, int]:
    """Fen by person."""
    kept, put_off = payouts.late[KEPT], payouts.late[PUT_OFF]
    by_line = {"改后分得": payouts.amount_fen - kept + put_off, "不追回": kept, "计入下期": put_off}
    if heading in by_line:
        number = [one.number for one in payouts.items].index(item)
        lines = [
            (payouts.payee == place) & (payouts.item == number) for place in range(len(payouts.payee_keys))
        ]
        return {
            one: int(np.sum(by_line[heading][mine]))
            for one, mine in zip(payouts.payee_keys, lines, strict=True)
        }
    granted = {"原来核定": had, "下一期补": later}.get(heading, due(payouts))
    fund = heading.partition("（")[2].rstrip("）")
    return {
        one: sum(
            fen
            for key, fen in granted.items()
            if key[:3] == (one, item, FIRST) and (not fund or key[3] == fund)
        )
        for one in PEOPLE.values()
    }
