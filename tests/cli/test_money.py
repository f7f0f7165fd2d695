"""Money at the door: what a clerk types, what is printed and written, and how a refusal tells what to do."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from payroll_service.cli import app
from payroll_service.store import open_store
from tests.workflow.claims import BUREAU, grant, open_book

A01 = ("奖励", "A01", "绩效", "2020-2021-1")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A database with 1 000.00 owed to P1 and 2 000.00 to P2, and 3 000.00 at hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAYROLL_BUREAU", BUREAU)
    monkeypatch.delenv("PAYROLL_DATABASE_URL", raising=False)
    store = open_store(f"sqlite:///{tmp_path / 'payroll.db'}")
    rules = open_book(store)
    grant(store, "r1", rules, {"P1": [(*A01, 100_000)], "P2": [(*A01, 200_000)]})
    store.close()
    done("fund", "--fund", "绩效", "--amount", "3,000.00", "--reference", "财教1号", "--by", "出纳")
    return tmp_path


def payroll(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def done(*words: object) -> str:
    result = payroll(*words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: object) -> str:
    result = payroll(*words)
    assert result.exit_code == 1, result.output
    assert "怎么办" in result.output
    return result.output


def test_a_payment_list_says_gross_deductions_and_net(book):
    (book / "扣款.csv").write_text("证件号码,个人所得税,社保\nP1,30.50,100\nP2,0,200\n", encoding="utf-8")
    done("pay", "--deductions", "扣款.csv", "--by", "会计", "--out", "清单.csv")
    rows = list(csv.DictReader(io.StringIO((book / "清单.csv").read_text(encoding="utf-8-sig"))))
    assert [
        (row["证件号码"], row["姓名"], row["应发"], row["个人所得税"], row["社保"], row["实发"])
        for row in rows
    ] == [
        ("P1", "张一", "1000.00", "30.50", "100.00", "869.50"),
        ("P2", "李二", "2000.00", "0.00", "200.00", "1800.00"),
    ]
    done("pay", "--approve", 1, "--by", "局长", "--out", "清单.xlsx")
    workbook = CalamineWorkbook.from_path(book / "清单.xlsx")
    assert workbook.sheet_names == ["付款清单", "逐笔", "资金"]
    assert workbook.get_sheet_by_name("付款清单").to_python()[-1][-4:] == [3000.0, 30.5, 300.0, 2669.5]
    assert [row[-1] for row in workbook.get_sheet_by_name("逐笔").to_python()[1:]] == [1000.0, 2000.0]


def test_without_deductions_a_payment_list_says_gross_alone(book):
    assert "实发" not in done("pay", "--by", "会计", "--out", "清单.csv")
    [first, _] = csv.DictReader(io.StringIO((book / "清单.csv").read_text(encoding="utf-8-sig")))
    assert (first["应发"], "实发" in first) == ("1000.00", False)
    done("pay", "--approve", 1, "--by", "局长", "--out", "清单.xlsx")
    sheet = CalamineWorkbook.from_path(book / "清单.xlsx").get_sheet_by_name("付款清单").to_python()
    assert (sheet[0][-1], sheet[-1][-1]) == ("应发", 3000.0)


def test_a_payment_of_one_payee_prints_and_writes_what_it_pays(book):
    """3 000.00 are owed to both; P1 alone is paid 1 000.00, and 2 000.00 stay owed."""
    printed = done("pay", "--payee", "P1", "--by", "会计", "--out", "清单.xlsx")
    row = next(line for line in printed.splitlines() if line.startswith("│绩效"))
    figures = ["3,000.00", "3,000.00", "1,000.00", "2,000.00", "0.00", "0.00"]
    assert row.replace("│", " ").split()[1:] == figures
    sheet = CalamineWorkbook.from_path(book / "清单.xlsx").get_sheet_by_name("资金").to_python()
    assert sheet[1] == ["绩效", 3000.0, 3000.0, 1000.0, 2000.0, 0.0, 0.0]


def test_a_net_below_zero_names_the_person(book):
    (book / "扣款.csv").write_text("证件号码,社保\nP1,1000.01\n", encoding="utf-8")
    assert "张一（P1）" in refused("pay", "--deductions", "扣款.csv", "--by", "会计")


def test_the_same_person_is_refused_and_told_what_to_do(book):
    done("pay", "--by", "会计")
    assert "换一个人" in refused("pay", "--approve", 1, "--by", "会计")
    done("pay", "--approve", 1, "--by", "局长")
    assert "欠" in done("arrears", "--by", "payee", "--out", "欠付.xlsx")
    rows = CalamineWorkbook.from_path(book / "欠付.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0][:6] == ["证件号码", "姓名", "应发", "已付", "欠付", "应追回"]
    assert rows[-1][2:6] == [3000.0, 3000.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("fund", "--fund", "绩笑", "--amount", "1", "--reference", "财教1号"), "绩效"),
        (("fund", "--fund", "绩效", "--amount", "1"), "依据的文号"),
        (("fund", "--fund", "绩效", "--amount", "1.234"), "两位小数"),
        (("fund", "--fund", "绩效", "--amount", "1", "--day", "6月30日"), "2021-06-30"),
        (("fund", "--fund", "绩效", "--amount", "1", "--item", "甲", "--reference", "财教1号"), "奖励"),
        (("pay", "--approve", "9"), "没有编号为 9"),
        (("pay", "--out", "清单.pdf"), ".xlsx"),
        (("adjust", "--payee", "P1"), "写全"),
        (("recover", "--payee", "P1"), "--instalment"),
        (("return", "1", "--payee", "P1", "--reason", "错"), "付款单"),
        (("arrears", "--by", "月亮"), "payee"),
        (("arrears", "--payee", "P9"), "P9"),
        (("hold", "P9", "--reason", "调查"), "P9"),
        (("release", "P1", "--reason", "好了"), "没有停付"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(book, words, told):
    assert told in refused(*words)


def test_a_draft_waits_in_the_list_until_it_is_approved(book):
    done("pay", "--by", "会计")
    assert "未批准：付款单 1" in done("movements")
    done("pay", "--approve", 1, "--by", "局长")
    assert "未批准" not in done("movements")


def test_a_book_that_was_changed_stops_with_its_own_exit_code(book):
    from sqlalchemy import text

    from payroll_service.store.triggers import put_on, take_off

    assert "全部成立" in done("verify-book")
    store = open_store(f"sqlite:///{book / 'payroll.db'}")
    with store.writing() as session:
        take_off(session.connection, "movement")
        session.connection.execute(text("UPDATE movement SET detail = :detail"), {"detail": json.dumps({})})
        put_on(session.connection)
    store.close()
    result = payroll("verify-book")
    assert result.exit_code == 3
    assert "摘要链" in result.output
