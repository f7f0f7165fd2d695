"""What late changes did is told in the files of a run, to payees and to finance."""

import json

from payroll_service.book.payee_records import records_of
from payroll_service.book.totals import totals_of
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.export.summary_xlsx import summary_xlsx
from tests.book.late import SEMESTERS, Book, rules
from tests.book.tiny import ids
from tests.export.test_summary_xlsx import sheet

FIRST, SECOND, _ = SEMESTERS
BEFORE, AFTER = {"P1": 60, "P2": 60, "P3": 30}, {"P1": 60, "P2": 60, "P3": 80}


def corrected() -> Book:
    book = Book(rules())
    book.approve(book.calculate(FIRST, BEFORE))
    return book


def test_payouts_csv_says_what_was_kept_put_off_and_brought():
    book = corrected()
    run = book.calculate(FIRST, AFTER)
    heading, *lines = payouts_csv(run[0]).decode("utf-8-sig").splitlines()
    assert heading.endswith(
        ",应发全额,已核定,本次核定,资金来源,依据,所属期间,收款人类别,不追回,计入下期,补前期"
    )
    money = [line.split(",")[4:8] + line.split(",")[-3:] for line in lines if line.split(",")[1] == "P1"]
    assert money == [
        ["不追份", "30.00", "40.00", "-10.00", "0.00", "0.00", "0.00"],
        ["不追份", "10.00", "0.00", "10.00", "10.00", "0.00", "0.00"],
        ["下期份", "40.00", "40.00", "0.00", "0.00", "-10.00", "0.00"],
        ["重分份", "30.00", "40.00", "-10.00", "0.00", "0.00", "0.00"],
    ]
    book.approve(run)
    brought = payouts_csv(book.calculate(SECOND, BEFORE)[0]).decode("utf-8-sig").splitlines()
    assert [line.split(",")[-1] for line in brought if FIRST in line] == ["-10.00", "-10.00", "20.00"]


def test_a_run_without_late_changes_has_the_columns_it_always_had():
    assert "不追回" not in payouts_csv(Book(rules()).calculate(FIRST, BEFORE)[0]).decode()


def test_the_summary_lists_late_changes():
    payouts, receipt = corrected().calculate(FIRST, AFTER)
    rows = sheet(summary_xlsx(receipt, totals_of(payouts), (), {}), "迟到更正")
    assert rows[1:] == [
        ["不追回", "不追份", "机动", FIRST, 2, 20],
        ["计入下期", "下期份", "绩效", FIRST, 3, 0],
    ]


def test_a_payee_is_told_on_her_line():
    payouts, _ = corrected().calculate(FIRST, AFTER)
    mine = json.loads(next(records_of(payouts, ids(payouts))).content)
    told = [(line.get("kept"), line.get("put_off"), line.get("due")) for line in mine["lines"]]
    assert told == [
        (None, None, "-10.00"),
        ("10.00", None, None),
        (None, "-10.00", "0.00"),
        (None, None, "-10.00"),
    ]
    assert mine["due"] == "-10.00"
