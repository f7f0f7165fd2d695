"""payroll files: the bank's file out and its answer in, vouchers and tables, and refusals that tell what to do."""

import csv
import io
from dataclasses import replace

import pytest

from payroll_service.export.described import shipped
from payroll_service.export.payroll_tables import COLUMNS
from payroll_service.store import open_store
from tests.cli.test_approvals import place as county  # noqa: F401
from tests.cli.test_commands import payroll
from tests.workflow.claims import BUREAU, grant, open_book

A01 = ("奖励", "A01", "绩效", "2020-2021-1")


def done(*words: object) -> str:
    result = payroll(*words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: object) -> str:
    result = payroll(*words)
    assert result.exit_code == 1, result.output
    assert "怎么办" in result.output
    return result.output


@pytest.fixture
def book(tmp_path, monkeypatch):
    """An approved payment, number 1, of 1 000.00 to P1 and 2 000.00 to P2, who have accounts; the shipped formats."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAYROLL_BUREAU", BUREAU)
    monkeypatch.delenv("PAYROLL_DATABASE_URL", raising=False)
    store = open_store(f"sqlite:///{tmp_path / 'payroll.db'}")
    grant(store, "r1", open_book(store), {"P1": [(*A01, 100_000)], "P2": [(*A01, 200_000)]})
    with store.writing() as session:
        people = session.payees.all(BUREAU, "个人")
        session.payees.put_right([replace(each, account=f"62170{each.number}") for each in people])
    store.close()
    for name in ("pipe", "result-pipe", "accounts"):
        (tmp_path / f"{name}.yaml").write_text(shipped(f"{name}.yaml"), encoding="utf-8")
    done("fund", "--fund", "绩效", "--amount", "3,000.00", "--by", "出纳")
    done("pay", "--by", "会计")
    done("pay", "--approve", "1", "--by", "局长")
    return tmp_path


def test_a_payment_goes_to_the_bank_and_its_answer_comes_back(book):
    told = done("files", "bank", "1", "--format", "pipe.yaml", "--out", "bank")
    assert "付款1.txt" in told
    sent = (book / "bank" / "付款1.txt").read_text(encoding="utf-8")
    assert sent == "1|张一|62170P1|1000.00|P1|\n2|李二|62170P2|2000.00|P2|\n"
    (book / "回盘.txt").write_text("1|张一|62170P1|1000.00|E|账号已销户|\n", encoding="utf-8")
    told = done("files", "result", "1", "回盘.txt", "--format", "result-pipe.yaml")
    assert "成功 0 人，处理中 0 人，失败 1 人" in told
    assert "回盘里没有的 1 人：李二" in told
    assert "第 3 号退票：-1,000.00 元" in told
    again = refused("files", "result", "1", "回盘.txt", "--format", "result-pipe.yaml")
    assert "已经退回" in again


def test_vouchers_of_a_payment_balance(book):
    done(
        "files",
        "vouchers",
        "--payment",
        "1",
        "--accounts",
        "accounts.yaml",
        "--day",
        "2021-01-20",
        "-o",
        "v.csv",
    )
    rows = [*csv.DictReader(io.StringIO((book / "v.csv").read_text(encoding="utf-8-sig")))]
    assert [(row["日期"], row["科目"], row["借方金额"], row["贷方金额"]) for row in rows] == [
        ("2021-01-20", "应付职工薪酬", "3000.00", "0.00"),
        ("2021-01-20", "财政拨款收入", "0.00", "3000.00"),
    ]


def test_refusals_tell_the_place_and_the_cure(book):
    (book / "坏.yaml").write_text(shipped("pipe.yaml").replace("编码", "编马"), encoding="utf-8")
    assert "坏.yaml:6:1" in refused("files", "bank", "1", "--format", "坏.yaml", "--out", "bank")
    assert "没有编号为 9" in refused("files", "bank", "9", "--format", "pipe.yaml", "--out", "bank")
    assert "读不了 无.yaml" in refused("files", "bank", "1", "--format", "无.yaml", "--out", "bank")
    vouchers = ("files", "vouchers", "--accounts", "accounts.yaml")
    assert "二者之一" in refused(*vouchers, "-o", "v.csv")
    assert "不知道怎样写 v.pdf" in refused(*vouchers, "--payment", "1", "-o", "v.pdf")
    assert not (book / "bank").exists()


def test_an_approved_run_is_written_in_four_sections(county, tmp_path):  # noqa: F811
    assert "没有已审批的批次" in refused("files", "tables", "2020-09-r1", "-o", tmp_path / "t", *county)
    done("approve", "2020-09-r1", "--by", "局长", *county)
    done("files", "tables", "2020-09-r1", "-o", tmp_path / "t", *county)
    assert {path.name for path in (tmp_path / "t").iterdir()} == {f"{section}.csv" for section in COLUMNS}
    done("files", "tables", "2020-09-r1", "-o", tmp_path / "t.xlsx", *county)
    assert (tmp_path / "t.xlsx").stat().st_size > 10_000
