"""Files from the book, on both databases: a payment to the bank and its answer back, vouchers, tables; reads are put down."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from payroll_service.book.ledger.movements import CONFIRMATION, REJECT
from payroll_service.errors import AlreadyBooked, NotInBook, UnknownRun, UnsoundFile
from payroll_service.export.account_mapping import read_account_mapping
from payroll_service.export.described import shipped
from payroll_service.export.payroll_tables import tables_csv
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.decide_payee import hold
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.make_files import (
    accrual_vouchers,
    book_bank_answer,
    log_answer,
    make_bank_files,
    payment_vouchers,
    read_tables,
)
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.send_back import Rejects, reject_payees, return_payment
from payroll_service.workflow.verify_book import verify_book
from tests import acts
from tests.export.banks import format_of, result_format
from tests.workflow.claims import BUREAU, DAY, NOW, grant, open_book, owed
from tests.workflow.conftest import BUREAU as COUNTY

A01 = ("奖励", "A01", "绩效", "2020-2021-1")
MAPPING = read_account_mapping(shipped("accounts.yaml"), "accounts.yaml")


@pytest.fixture
def paid(store):
    """An approved payment of 1 000.00 to P1 and 2 000.00 to P2; returns its number. P1 alone has an account."""
    fingerprint = open_book(store)
    grant(store, "r1", fingerprint, {"P1": [(*A01, 100_000)], "P2": [(*A01, 200_000)]})
    fund_book(store, BUREAU, Funding("绩效", 300_000, DAY, reference="财教1号"), "出纳", NOW)
    number = prepare_payment(store, BUREAU, PayRequest(DAY), "会计", NOW).number
    approve_payment(store, BUREAU, number, "局长", NOW)
    register(store, "P1", "6217001")
    return number


def register(store, number: str, account: str) -> None:
    with store.writing() as session:
        found = session.payees.find(BUREAU, "个人", number)
        session.payees.put_right([replace(found, account=account, bank="农信社")])


def bank(store, number):
    return make_bank_files(store, BUREAU, number, format_of("pipe"), "", "会计", NOW)


def answer(store, number, content: str):
    described = result_format("result-pipe")
    return book_bank_answer(store, BUREAU, number, described, content.encode(), DAY, "", "会计", NOW)


def test_whoever_has_no_account_is_told_and_once_registered_the_file_is_the_same_again(store, paid):
    with pytest.raises(UnsoundFile) as refused:
        bank(store, paid)
    assert refused.value.wrong == ["李二（P2）：没有账号"]
    register(store, "P2", "6217002")
    made = bank(store, paid)
    assert made == {
        f"付款{paid}.txt": "1|张一|6217001|1000.00|P1|\r\n2|李二|6217002|2000.00|P2|\r\n".encode()
    }
    assert bank(store, paid) == made


def test_a_rejection_in_the_banks_answer_is_owed_again_and_a_wrong_line_records_nothing(store, paid):
    register(store, "P2", "6217002")
    good = "1|张一|6217001|1000.00|S||\n"
    with pytest.raises(UnsoundFile, match=r"李二（P2） 的金额是 1\.00"):
        answer(store, paid, good + "2|李二|6217002|1.00|E|户名不符|\n")
    assert owed(store)["P2"] == 0
    found, movement = answer(store, paid, good + "2|李二|6217002|2000.00|E|户名不符|\n")
    assert found.rejections == {"P2": "户名不符"}
    assert movement.amount_fen == -200_000
    assert (owed(store)["P1"], owed(store)["P2"]) == (0, 200_000)


def test_a_final_answer_may_name_again_whom_an_interim_one_rejected(store, paid):
    register(store, "P2", "6217002")
    first, second = "1|张一|6217001|1000.00|", "2|李二|6217002|2000.00|"
    answer(store, paid, f"{first}E|户名不符|\n{second}P||\n")
    assert (owed(store)["P1"], owed(store)["P2"]) == (100_000, 0)
    final = f"{first}E|账号户名不符|\n{second}E|已销户|\n"
    found, movement = answer(store, paid, final)
    noted = json.loads(movement.detail)
    assert found.rejections == {"P1": "账号户名不符", "P2": "已销户"}
    assert (list(noted["reasons"].values()), noted["rejected"], noted["known"]) == (["已销户"], 2, 1)
    assert (movement.kind, movement.amount_fen, movement.payees) == (REJECT, -200_000, 1)
    assert (owed(store)["P1"], owed(store)["P2"]) == (100_000, 200_000)
    with pytest.raises(AlreadyBooked, match=f"已经登记过，是第 {movement.number} 号"):
        answer(store, paid, final)
    _, repeated = answer(store, paid, final.replace("已销户", "销户"))
    assert (repeated.kind, json.loads(repeated.detail)["known"]) == (CONFIRMATION, 2), (
        "nothing comes back twice"
    )
    assert (owed(store)["P1"], owed(store)["P2"]) == (100_000, 200_000)
    with pytest.raises(NotInBook, match="已经退回"):
        reject_payees(store, BUREAU, Rejects(paid, DAY, {"P1": "户名不符"}), "会计", NOW)
    assert all(check.holds for check in verify_book(store, BUREAU).checks)


def test_whom_the_bank_says_it_paid_after_it_rejected_them_is_named_and_stays_owed(store, paid):
    register(store, "P2", "6217002")
    first, second = "1|张一|6217001|1000.00|", "2|李二|6217002|2000.00|"
    _, early = answer(store, paid, f"{first}E|户名不符|\n{second}P||\n")
    _, late = answer(store, paid, f"{first}S||\n{second}S||\n")
    assert "disputed" not in json.loads(early.detail)
    assert json.loads(late.detail)["disputed"] == list(json.loads(early.detail)["reasons"])
    assert (late.kind, late.amount_fen, owed(store)["P1"]) == (CONFIRMATION, 0, 100_000)
    assert all(check.holds for check in verify_book(store, BUREAU).checks)


def test_what_a_payee_handed_back_herself_a_bank_cannot_reject(store, paid):
    register(store, "P2", "6217002")
    return_payment(store, BUREAU, paid, "P1", None, DAY, "多领", "会计", NOW)
    with pytest.raises(NotInBook, match="P1 不在付款单 1 里，或者已经退回"):
        answer(store, paid, "1|张一|6217001|1000.00|E|户名不符|\n")


def test_an_answer_without_rejections_is_in_the_book_and_moves_no_money(store, paid):
    fund_book(store, BUREAU, Funding("绩效", 100, DAY, reference="财教1号"), "出纳", NOW)
    with store.reading() as session:
        fingerprint = session.runs.get(BUREAU, "r1").rule_set
    grant(store, "r2", fingerprint, {"P1": [(*A01, 100)]})
    before = owed(store)
    waiting = prepare_payment(store, BUREAU, PayRequest(DAY), "会计", NOW).number
    found, movement = answer(store, paid, "1|张一|6217001|1000.00|P||\n")
    assert [each.name for each in found.silent] == ["李二"]
    assert (movement.kind, movement.amount_fen, movement.payees) == (CONFIRMATION, 0, 0)
    noted = json.loads(movement.detail)
    assert (noted["accepted"], noted["pending"], noted["rejected"], noted["silent"]) == (0, 1, 0, 1)
    assert owed(store) == before
    assert all(check.holds for check in verify_book(store, BUREAU).checks)
    approve_payment(store, BUREAU, waiting, "局长", NOW)  # it waits for what moves money only
    with pytest.raises(AlreadyBooked, match=f"已经登记过，是第 {movement.number} 号"):
        answer(store, paid, "1|张一|6217001|1000.00|P||\n")
    _, later = answer(store, paid, "1|张一|6217001|1000.00|S||\n")
    assert json.loads(later.detail)["accepted"] == 1


def test_a_payment_becomes_a_voucher_of_what_was_paid(store, paid):
    (voucher,) = payment_vouchers(store, BUREAU, paid, MAPPING)
    assert [(each.account, each.debit_fen, each.credit_fen) for each in voucher.lines] == [
        ("应付职工薪酬", 300_000, 0),
        ("财政拨款收入", 0, 300_000),
    ]


def test_what_another_takes_does_not_go_to_the_payees_account(store):
    fingerprint = open_book(store)
    grant(store, "r1", fingerprint, {"P1": [(*A01, 100_000)]})
    fund_book(store, BUREAU, Funding("绩效", 100_000, DAY, reference="财教1号"), "出纳", NOW)
    hold(store, BUREAU, "P1", "已故", "会计", NOW)
    request = PayRequest(DAY, payee="P1", paid_to="张小一", reason="继承")
    number = prepare_payment(store, BUREAU, request, "会计", NOW).number
    with pytest.raises(NotInBook, match="没有编号为"):
        bank(store, number)
    approve_payment(store, BUREAU, number, "局长", NOW)
    with pytest.raises(NotInBook, match="由 张小一 代领"):
        bank(store, number)


def test_an_approved_run_gives_its_tables_and_accrual_and_that_it_was_read_is_put_down(store, imported):
    where = COUNTY.bureau
    calculation = calculate_run(store, where, "", "2020-09", "经办", NOW)
    run_id = calculation.run.run_id
    for refused in (
        lambda: read_tables(store, where, run_id, "会计", NOW),
        lambda: accrual_vouchers(store, where, run_id, MAPPING),
    ):
        with pytest.raises(UnknownRun, match="没有已审批的批次"):
            refused()
    acts.approve(store, where, run_id, "局长", NOW)
    name, payouts = read_tables(store, where, run_id, "会计", NOW)
    assert (name.run, name.version) == (run_id, "2020.1")
    assert tables_csv(name, payouts) == tables_csv(name, calculation.calculation.payouts)
    granted = int(payouts.due_fen[~payouts.held].sum())
    vouchers = accrual_vouchers(store, where, run_id, MAPPING)
    assert sum(line.debit_fen for each in vouchers for line in each.lines) == granted
    with store.reading() as session:
        reads = session.connection.execute(text("SELECT actor, act FROM access")).all()
    assert [tuple(row) for row in reads] == [("会计", f"payroll tables {run_id}")]


def test_whoever_reads_a_banks_answer_is_put_down_even_if_it_does_not_fit(store, paid):
    log_answer(store, BUREAU, paid, "会计", NOW)
    with (
        pytest.raises(UnsoundFile),
        store.writing(),
    ):  # one act with the answer that a door keeps: all is taken back
        answer(store, paid, "9|张一|6217001|1000.00|S||\n")
    with store.reading() as session:
        assert [(one.actor, one.act) for one in session.access.reads(BUREAU)] == [
            ("会计", f"bank result {paid}")
        ]
