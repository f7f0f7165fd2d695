"""Vouchers: each balances to the fen, all of them hold every fen, and what has no account is refused."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import Line
from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.money import text_fen
from payroll_service.book.totals import totals_of
from payroll_service.errors import UnsoundDescription, UnsoundFile
from payroll_service.export.account_mapping import ACCRUAL, PAYMENT, read_account_mapping
from payroll_service.export.described import shipped
from payroll_service.export.vouchers import (
    COLUMNS,
    Amount,
    accrued_amounts,
    make_vouchers,
    paid_amounts,
    vouchers_csv,
    vouchers_xlsx,
)
from tests.book.tiny import run
from tests.examples import examples
from tests.goldens import same_as_golden
from tests.sample_county import county_rules

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2021, 1, 20)
TEXT = shipped("accounts.yaml")
MAPPING = read_account_mapping(TEXT, "accounts.yaml")

amounts = st.lists(
    st.builds(
        Amount,
        unit=st.sampled_from(["A01", "B02"]),
        item=st.sampled_from(sorted(MAPPING.items)),
        fund=st.sampled_from(["绩效", "省级", "县级"]),
        fen=st.integers(-(10**15), 10**15),
    )
)


def of_tiny():
    _, _, payouts = run()
    return accrued_amounts(totals_of(payouts)), payouts


def test_an_accrual_has_these_very_bytes():
    granted, _ = of_tiny()
    vouchers = make_vouchers(ACCRUAL, granted, MAPPING)
    same_as_golden(GOLDEN / "vouchers-accrual.csv", vouchers_csv(vouchers, DAY, "计提 2020-2021-1 绩效工资"))


def test_an_accrual_is_what_the_run_grants_and_no_more():
    granted, payouts = of_tiny()
    debits = sum(line.debit_fen for each in make_vouchers(ACCRUAL, granted, MAPPING) for line in each.lines)
    assert debits == int(payouts.amount_fen[~payouts.held].sum())


def test_a_payment_is_booked_gross_from_the_payable_to_the_appropriation():
    line = Line(Entitlement("p", "奖励", "A01", "绩效", "2020-2021-1"), 12345)
    less = Line(Entitlement("p", "基础", "A01", "绩效", "2020-09"), -345)
    (voucher,) = make_vouchers(PAYMENT, paid_amounts([PaidTo("p", (line, less), (("个税", 100),))]), MAPPING)
    assert [(each.account, each.debit_fen, each.credit_fen) for each in voucher.lines] == [
        ("应付职工薪酬", 12000, 0),
        ("财政拨款收入", 0, 12000),
    ]
    assert {(each.detail, each.code) for each in voucher.lines} == {("绩效工资", "30107")}


@examples(100)
@given(amounts, st.sampled_from([ACCRUAL, PAYMENT]))
def test_each_voucher_balances_and_all_together_hold_every_fen(given_amounts, kind):
    vouchers = make_vouchers(kind, given_amounts, MAPPING)
    for voucher in vouchers:
        debit, credit = (
            sum(getattr(line, side) for line in voucher.lines) for side in ("debit_fen", "credit_fen")
        )
        assert debit == credit
        assert debit == sum(each.fen for each in given_amounts if each.unit == voucher.unit)
        assert all(bool(line.debit_fen) != bool(line.credit_fen) for line in voucher.lines)
    left = {each.unit for each in given_amounts} - {voucher.unit for voucher in vouchers}
    assert all(sum(each.fen for each in given_amounts if each.unit == unit) == 0 for unit in left)


@examples(50)
@given(amounts, st.randoms())
def test_the_order_of_the_amounts_changes_no_byte(given_amounts, random):
    mixed = list(given_amounts)
    random.shuffle(mixed)
    one, other = (
        vouchers_csv(make_vouchers(ACCRUAL, each, MAPPING), DAY, "计提") for each in (given_amounts, mixed)
    )
    assert one == other


def test_the_workbook_has_the_same_lines_their_sums_and_the_same_bytes_again():
    vouchers = make_vouchers(ACCRUAL, of_tiny()[0], MAPPING)
    content = vouchers_xlsx(vouchers, DAY, "=计提")
    assert content == vouchers_xlsx(vouchers, DAY, "=计提")
    heading, *rows, last = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    text = vouchers_csv(vouchers, DAY, "=计提").decode("utf-8-sig")
    lines = [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    assert tuple(heading) == COLUMNS
    assert [row[4] for row in rows] == ["=计提"] * len(lines)
    assert [f"{row[-2]:.2f}" for row in rows] == [line["借方金额"] for line in lines]
    assert f"{last[-1]:.2f}" == f"{last[-2]:.2f}"
    assert text_fen(f"{last[-1]:.2f}") == sum(text_fen(line["贷方金额"]) for line in lines)


def test_items_without_an_account_are_refused_all_at_once():
    with pytest.raises(UnsoundFile) as refused:
        make_vouchers(ACCRUAL, [Amount("A", "课后", "绩效", 1), Amount("A", "班主任", "绩效", 1)], MAPPING)
    assert refused.value.wrong == ["没有项目“班主任”", "没有项目“课后”"]


def test_an_item_may_have_accounts_of_its_own():
    text = TEXT.replace("明细: 奖金,", "明细: 奖金, 支付: {借: 应付职工薪酬, 贷: 事业收入},")
    (voucher,) = make_vouchers(PAYMENT, [Amount("A", "校奖", "绩效", 5)], read_account_mapping(text, "x"))
    assert [line.account for line in voucher.lines] == ["应付职工薪酬", "事业收入"]


def test_the_shipped_mapping_has_every_item_of_the_sample_county():
    assert {payment.number for payment in county_rules().program.payments} <= MAPPING.items.keys()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("明细: 奖金", "明晰: 奖金", "没有「明晰」这个键"),
        ("经济分类: 30103", "经济分类: 3010", "经济分类不能是「3010」"),
        ("编号: 校奖", "编号: 津贴", "项目「津贴」写了两条"),
        ("贷: 财政拨款收入", "贷: 应付职工薪酬", "借方和贷方是同一个科目"),
        ("支付: {借: 应付职工薪酬, 贷: 财政拨款收入}\n", "", "缺少「支付」"),
    ],
)
def test_a_mistake_in_the_mapping_is_told_with_its_place(old, new, told):
    assert old in TEXT
    with pytest.raises(UnsoundDescription) as refused:
        read_account_mapping(TEXT.replace(old, new), "accounts.yaml")
    assert told in refused.value.message
    assert all(problem.remedy and problem.place.line for problem in refused.value.problems)
