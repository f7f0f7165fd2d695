"""payroll files: the bank's file out and its answer in, vouchers and tables, and refusals that tell what to do."""

import csv
import io
from dataclasses import replace
from pathlib import Path

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
    done("fund", "--fund", "绩效", "--amount", "3,000.00", "--reference", "财教1号", "--by", "出纳")
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
    assert "记为第 3 号银行退票，退回 1,000.00 元" in told
    again = refused("files", "result", "1", "回盘.txt", "--format", "result-pipe.yaml")
    assert "这份回盘已经登记过，是第 3 号" in again


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


def test_the_whole_way_from_a_list_of_accounts_to_the_banks_file(book):
    """docs/files.md shows it: proposed by one, approved by another; and whoever looked is put down."""
    (book / "账号.csv").write_text(
        "证件号码,姓名,开户行,账号\nP1,张一,农信社,6228480000000000018\n", encoding="utf-8"
    )
    told = done("accounts", "propose", "账号.csv", "--by", "会计", "--reason", "换卡")
    assert "payroll accounts approve 1" in told
    assert "****0018" in told
    assert "6228480000000000018" not in told
    assert "本人不能批准" in refused("accounts", "approve", "1", "--by", "会计")
    assert "待批准" in done("accounts", "list")
    assert "****0018" in done("accounts", "show", "1", "--by", "局长")
    done("accounts", "approve", "1", "--by", "局长")
    assert "局长 批准" in done("accounts", "list")
    assert "已由 局长 批准" in refused("accounts", "withdraw", "1", "--by", "会计", "--reason", "错了")
    done("files", "bank", "1", "--format", "pipe.yaml", "--out", "bank", "--by", "会计")
    sent = (book / "bank" / "付款1.txt").read_text(encoding="utf-8")
    assert sent == "1|张一|6228480000000000018|1000.00|P1|\n2|李二|62170P2|2000.00|P2|\n"
    done("arrears", "--by", "payee", "--as", "局长")
    done("arrears", "--payee", "P1", "--as", "审计")
    store = open_store(f"sqlite:///{book / 'payroll.db'}")
    with store.reading() as session:
        found = [(one.actor, one.act, bool(one.subject)) for one in session.access.reads(BUREAU)]
    store.close()
    assert found[:4] == [
        ("会计", "payment list 1", False),
        ("局长", "payment list 1", False),
        ("局长", "account change 1", True),
        ("会计", "bank files 1", False),
    ]
    assert found[4:] == [("局长", "arrears", False), ("审计", "arrears", True)]


def test_whoever_explains_or_lists_a_run_is_put_down(county, tmp_path):  # noqa: F811
    database = next(Path(word) for word in map(str, county) if word.endswith(".db"))
    store = open_store(f"sqlite:///{database}")
    with store.reading() as session:
        (bureau,) = session.bureaus()
        who = session.payees.all(bureau.bureau, "个人")[0]
    store.close()
    done("explain", "--run", "2020-09-r1", "--payee", who.number, "--by", "会计", *county)
    done("notice", "2020-09-r1", "-o", tmp_path / "公示.xlsx", "--by", "会计", *county)
    store = open_store(f"sqlite:///{database}")
    with store.reading() as session:
        found = [(one.actor, one.act, one.subject) for one in session.access.reads(bureau.bureau)]
    store.close()
    assert found[-2:] == [("会计", "explain 2020-09-r1", who.payee_id), ("会计", "notice 2020-09-r1", "")]
    assert "run files 2020-09-r1" in {act for _, act, _ in found}
