"""Money in the book, on both databases: two persons, no pot below zero, nothing paid twice, worked by hand."""

import json
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from payroll_service.errors import (
    MoneyShort,
    NotAcceptable,
    NotInBook,
    Overtaken,
    SamePerson,
    UnsoundDeductions,
)
from payroll_service.store.runs import Runs
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.decide_payee import agree_instalments, hold, release
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.ledger import all_payees, read_ledger
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.read_payment import payment_payees, read_payment
from payroll_service.workflow.send_back import Rejects, reject_payees, repay, return_payment
from payroll_service.workflow.show_adjustment import show_adjustment
from payroll_service.workflow.show_payment import granting_runs, list_paid, read_paid
from payroll_service.workflow.state_arrears import explain_arrears
from payroll_service.workflow.verify_book import verify_book
from tests.workflow.claims import (
    BUREAU,
    DAY,
    NOW,
    PRO_RATA,
    book,
    grant,
    open_book,
    owed,
    person,
    save_rule_set,
)

A01 = ("奖励", "A01", "绩效", "2020-2021-1")


@pytest.fixture
def rules(store):
    """Three people, 1 000.00 owed to each, and one of them twice that."""
    fingerprint = open_book(store)
    grant(
        store,
        "r1",
        fingerprint,
        {"P1": [(*A01, 100_000)], "P2": [(*A01, 100_000)], "P3": [(*A01, 200_000)]},
    )
    return fingerprint


def fund(store, fen, *items, fund="绩效", **more):
    return fund_book(store, BUREAU, Funding(fund, fen, DAY, items, "财预〔2021〕1 号", **more), "出纳", NOW)


def prepare(store, by="会计", **request):
    return prepare_payment(store, BUREAU, PayRequest(DAY, **request), by, NOW)


def approve(store, number, by="局长"):
    return approve_payment(store, BUREAU, number, by, NOW)


def pay(store, **request):
    return approve(store, prepare(store, **request).number)


def amounts(store, payment):
    numbers = {person(store, number): number for number in ("P1", "P2", "P3", "P4", "P5")}
    return {numbers[paid.payee]: paid.net_fen for paid in payment.payees}


def adjust(store, number, fen, item="奖励"):
    change = Change(number, item, "A01", "绩效", "2020-2021-1", fen)
    draft = prepare_adjustment(store, BUREAU, change, DAY, "复核更正", "", "会计", NOW)
    return approve_adjustment(store, BUREAU, draft.number, "局长", NOW)


def test_too_little_is_paid_pro_rata_to_the_fen_and_the_rest_stays_owed(store, rules):
    fund(store, 100_003)
    paid = pay(store)
    # 1 000.03 × 1/4 = 250.007 5 twice, × 1/2 = 500.015: the fen goes to the largest remainder, 0.75 of a fen before 0.5
    assert sorted(amounts(store, paid).values()) == [25_001, 25_001, 50_001]
    assert amounts(store, paid)["P3"] == 50_001
    assert owed(store) == {"P1": 74_999, "P2": 74_999, "P3": 149_999, "P4": 0, "P5": 0}
    assert book(store).balances.cash_of("绩效") == 0


def test_a_slip_in_the_year_of_a_day_is_refused_and_nothing_is_stored(store, rules):
    fund(store, 400_000)
    before = book(store)
    far = date(2022, 3, 3)  # a year and two days after NOW
    with pytest.raises(NotAcceptable, match="2022-03-03 在一年以后"):
        fund_book(store, BUREAU, Funding("绩效", 1, far, reference="财教1号"), "出纳", NOW)
    with pytest.raises(NotAcceptable, match="在一年以后"):
        prepare_payment(store, BUREAU, PayRequest(far), "会计", NOW)
    assert book(store) == before
    assert prepare_payment(store, BUREAU, PayRequest(date(2022, 3, 2)), "会计", NOW).number == 1


def test_one_person_does_not_do_both(store, rules):
    fund(store, 400_000)
    prepared = prepare(store)
    with pytest.raises(SamePerson):
        approve(store, prepared.number, by="会计")
    assert approve(store, prepared.number).movement.approved_by == "局长"
    with pytest.raises(NotInBook, match="局长"):
        approve(store, prepared.number, by="副局长")


def test_the_database_itself_wants_two_persons(store, rules):
    fund(store, 400_000)
    movement = pay(store).movement
    assert movement is not None
    same_person = replace(movement, number=movement.number + 1, approved_by=movement.prepared_by)
    nobody = replace(same_person, draft=None, approved_by=None)
    unprepared = replace(same_person, draft=99, approved_by="局长")
    for wrong in (replace(same_person, draft=None), nobody, unprepared):
        with pytest.raises(IntegrityError), store.writing() as session:
            session.ledger.append(wrong, (), ())


def test_two_approvals_at_once_pay_once(store, rules):
    fund(store, 400_000)
    number = prepare(store).number
    barrier, done, refused = Barrier(2), [], []

    def attempt(by):
        barrier.wait()
        try:
            done.append(approve(store, number, by=by))
        except (NotInBook, Overtaken) as why:
            refused.append(why)

    threads = [Thread(target=attempt, args=(by,)) for by in ("局长", "副局长")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert sum(owed(store).values()) == 0


def test_a_book_that_has_moved_needs_a_new_draft(store, rules):
    fund(store, 100_000)
    first, second = prepare(store, limit_fen=1_000).number, prepare(store, limit_fen=1_000).number
    approve(store, first)
    with pytest.raises(Overtaken):
        approve(store, second)
    third = prepare(store).number
    hold(store, BUREAU, "P2", "调查", "会计", NOW)
    with pytest.raises(Overtaken):
        approve(store, third)


def test_money_that_suffices_needs_no_rule_and_money_that_does_not_asks_for_one(store):
    silent = open_book(store, "")
    grant(store, "r1", silent, {"P1": [(*A01, 100)], "P2": [(*A01, 100)]})
    fund(store, 100)
    with pytest.raises(MoneyShort, match="先付谁") as short:
        prepare(store)
    assert "支付" in short.value.remedy
    fund(store, 100)
    assert amounts(store, pay(store)) == {"P1": 100, "P2": 100}


def test_another_stored_rule_set_may_be_named(store):
    silent = open_book(store, "")
    grant(store, "r1", silent, {"P1": [(*A01, 100)], "P2": [(*A01, 100)]})
    fund(store, 100)
    with store.writing() as session:
        save_rule_set(session, PRO_RATA, "2")
    assert amounts(store, pay(store, rule_set="2")) == {"P1": 50, "P2": 50}


def test_a_fund_that_no_run_uses_needs_a_rule_set_to_be_named(store, rules):
    for number in ("P1", "P2"):
        change = Change(number, "津贴", "A01", "县级", "2018", 100)
        draft = prepare_adjustment(store, BUREAU, change, DAY, "历年旧账", "", "会计", NOW)
        approve_adjustment(store, BUREAU, draft.number, "局长", NOW)
    fund(store, 100, fund="县级")
    with pytest.raises(MoneyShort, match="批次") as short:
        prepare(store, fund="县级")
    assert "--rules" in short.value.remedy
    assert amounts(store, pay(store, fund="县级", rule_set=rules[:12])) == {"P1": 50, "P2": 50}


def test_a_bank_reject_is_owed_again_and_can_be_paid_again_but_not_rejected_twice(store, rules):
    fund(store, 400_000)
    number = pay(store).number
    rejects = Rejects(number, DAY, {"P2": "账号错误"})
    reject_payees(store, BUREAU, rejects, "出纳", NOW)
    assert owed(store)["P2"] == 100_000
    assert book(store).balances.cash_of("绩效") == 100_000
    with pytest.raises(NotInBook):
        reject_payees(store, BUREAU, rejects, "出纳", NOW)
    assert amounts(store, pay(store)) == {"P2": 100_000}
    with pytest.raises(NotInBook, match="P4"):
        reject_payees(store, BUREAU, Rejects(number, DAY, {"P1": "销户", "P4": "销户"}), "出纳", NOW)
    assert owed(store)["P1"] == 0


def test_what_a_bank_sent_back_is_kept_for_whom_it_was_sent_to(store, rules):
    fund(store, 200_000)
    number = pay(store).number  # half of everything: 500.00, 500.00, 1 000.00
    reject_payees(store, BUREAU, Rejects(number, DAY, {"P3": "销户"}), "出纳", NOW)
    hold(store, BUREAU, "P3", "账号待核", "会计", NOW)
    with pytest.raises(NotInBook):
        prepare(store)
    release(store, BUREAU, "P3", "账号已改", "会计", NOW)
    assert amounts(store, pay(store)) == {"P3": 100_000}
    assert owed(store)["P3"] == 100_000


def test_taxes_stay_paid_when_a_bank_rejects(store, rules):
    fund(store, 400_000)
    number = pay(store, deductions={"P1": (("个人所得税", 3_000), ("社保", 7_000))}).number
    reject_payees(store, BUREAU, Rejects(number, DAY, {"P1": "销户"}), "出纳", NOW)
    assert owed(store)["P1"] == 90_000


def test_deductions_may_not_exceed_the_pay_and_belong_to_somebody_paid(store, rules):
    fund(store, 400_000)
    with pytest.raises(UnsoundDeductions) as wrong:
        prepare(store, deductions={"P1": (("社保", 100_001),), "P4": (("社保", 1),)})
    assert [text[:2] for text in wrong.value.wrong] == ["赵四", "张一"]


def test_a_return_in_part_is_owed_again(store, rules):
    fund(store, 400_000)
    number = pay(store).number
    return_payment(store, BUREAU, number, "P3", 50_000, DAY, "重复", "出纳", NOW)
    assert owed(store)["P3"] == 50_000
    with pytest.raises(NotInBook, match=r"1500\.00"):
        return_payment(store, BUREAU, number, "P3", 150_001, DAY, "重复", "出纳", NOW)


def test_overpaid_money_is_withheld_from_the_next_payment_of_the_fund(store, rules):
    fund(store, 400_000)
    pay(store)
    adjust(store, "P1", -30_000)
    assert owed(store)["P1"] == -30_000
    grant(store, "r2", rules, {"P1": [("基础", "A01", "绩效", "2021-03", 50_000)]})
    fund(store, 50_000)
    assert amounts(store, pay(store)) == {"P1": 20_000}
    assert owed(store)["P1"] == 0
    assert book(store).balances.cash_of("绩效") == 30_000


def test_what_another_fund_makes_up_for_is_not_withheld_until_it_has_paid(store, rules):
    """不追回: of 1 000.00 paid, 100.00 move to another fund, which is empty."""
    fund(store, 400_000)
    pay(store)
    grant(
        store,
        "r2",
        rules,
        {
            "P1": [
                ("奖励", "A01", "绩效", "2020-2021-1", -10_000),
                ("奖励", "A01", "省级", "2020-2021-1", 10_000),
            ]
        },
    )
    grant(store, "r3", rules, {"P1": [("基础", "A01", "绩效", "2021-03", 50_000)]})
    fund(store, 50_000)
    assert amounts(store, pay(store, fund="绩效")) == {"P1": 50_000}
    (moved,) = [each for each in explain_arrears(store, BUREAU, "P1").claims if each.owed_fen < 0]
    assert (moved.owed_fen, moved.overpaid_fen, moved.reasons) == (
        -10_000,
        0,
        ("资金“省级”还要补 100.00，付清以前不抵扣",),
    )
    grant(store, "r4", rules, {"P1": [("基础", "A01", "绩效", "2021-04", 50_000)]})
    fund(store, 50_000)
    fund(store, 10_000, fund="省级")
    assert amounts(store, pay(store)) == {"P1": 50_000}, "100.00 from the one, and back to the other"
    assert owed(store)["P1"] == 0


def test_instalments_limit_what_is_withheld(store, rules):
    fund(store, 500_000)
    pay(store)
    adjust(store, "P1", -30_000)
    agree_instalments(store, BUREAU, "P1", 10_000, "家庭困难", "会计", NOW)
    grant(store, "r2", rules, {"P1": [("基础", "A01", "绩效", "2021-03", 50_000)]})
    assert amounts(store, pay(store)) == {"P1": 40_000}
    repay(store, BUREAU, "P1", "绩效", 20_000, DAY, "收据 7", "出纳", NOW)
    assert owed(store)["P1"] == 0
    with pytest.raises(NotInBook):
        repay(store, BUREAU, "P1", "绩效", 1, DAY, "收据 8", "出纳", NOW)


def test_another_funds_money_pays_nobody_here(store, rules):
    fund(store, 400_000, fund="绩效")
    grant(store, "r2", rules, {"P4": [("津贴", "A01", "省级", "2020-2021-1", 5_000)]})
    assert "P4" not in amounts(store, pay(store, fund="绩效"))
    fund(store, 1)
    with pytest.raises(NotInBook):
        prepare(store)
    assert owed(store)["P4"] == 5_000


def test_earmarked_money_is_spent_on_its_items_first_and_never_on_others(store, rules):
    grant(store, "r2", rules, {"P1": [("基础", "A01", "绩效", "2020-09", 60_000)]})
    fund(store, 70_000, "基础")
    assert amounts(store, pay(store)) == {"P1": 60_000}
    assert book(store).balances.cash_of("绩效") == 10_000
    fund(store, 40_000)
    assert sum(amounts(store, pay(store)).values()) == 40_000
    assert book(store).balances.cash_of("绩效") == 10_000


def test_earmarks_nest_or_stay_apart(store, rules):
    grant(
        store,
        "r2",
        rules,
        {"P1": [("基础", "A01", "绩效", "2020-09", 1), ("校奖", "A01", "绩效", "2020", 1)]},
    )
    fund(store, 100, "基础", "奖励")
    fund(store, 100, "基础")
    with pytest.raises(NotInBook, match="重叠"):
        fund(store, 100, "基础", "校奖")


def test_a_mistaken_funding_is_taken_back_by_an_entry_that_names_it(store, rules):
    first, _ = fund(store, 100_000)
    with pytest.raises(NotInBook, match="负数"):
        fund(store, -1)
    _, left = fund(store, -40_000, corrects=first.number)
    assert left == 60_000
    with pytest.raises(NotInBook):
        fund(store, -60_001, corrects=first.number)
    pay(store)
    with pytest.raises(MoneyShort):
        fund(store, -1, corrects=first.number)


def test_who_is_held_is_skipped_stays_owed_and_may_be_paid_through_somebody_named(store, rules):
    fund(store, 400_000)
    hold(store, BUREAU, "P3", "去世，待定继承人", "会计", NOW)
    assert "P3" not in amounts(store, pay(store))
    assert owed(store)["P3"] == 200_000
    with pytest.raises(NotInBook, match="去世"):
        prepare(store, payee="P3")
    with pytest.raises(NotInBook, match="理由"):
        prepare(store, payee="P3", paid_to="王小三")
    paid = pay(store, payee="P3", paid_to="王小三", reason="公证书 12 号")
    assert paid.movement is not None
    assert ("王小三" in paid.movement.detail, paid.movement.reason) == (True, "公证书 12 号")
    assert owed(store)["P3"] == 0


def test_one_payee_alone_gets_no_more_than_with_all_the_others(store, rules):
    fund(store, 100_000)
    assert amounts(store, pay(store, payee="P3")) == {"P3": 50_000}


def test_what_one_payee_alone_gets_is_all_that_her_payment_is_shown_to_pay(store, rules):
    """1 000.00, 1 000.00 and 2 000.00 are owed, 1 000.00 is there: P3 alone gets her half of it, 3 500.00 stays owed."""
    fund(store, 100_000)
    prepared = prepare(store, payee="P3")
    as_shown = read_payment(store, BUREAU, prepared.number)
    paid = approve(store, prepared.number)
    again = read_payment(store, BUREAU, prepared.number)
    for payment in (prepared, as_shown, paid, again):
        (result,) = payment.results
        assert (result.cash_fen, result.claims_fen, result.settled_fen) == (100_000, 400_000, 50_000)
        assert result.short
    assert paid.movement is not None
    (stored,) = json.loads(paid.movement.detail)["funds"]
    assert stored["settled_fen"] == 100_000, "what the fund could do for everybody is what every book holds"
    assert sum(owed(store).values()) == 400_000 - 50_000
    assert all(check.holds for check in verify_book(store, BUREAU).checks)


def test_what_is_withheld_from_another_is_not_shown_in_the_payment_of_one(store, rules):
    """300.00 are to be withheld from P1. 500.00 are owed to P1 and 500.00 to P2; P2 alone gets 500.00."""
    fund(store, 500_000)
    pay(store)
    adjust(store, "P1", -30_000)
    more = [("基础", "A01", "绩效", "2021-03", 50_000)]
    grant(store, "r2", rules, {"P1": more, "P2": more})
    (of_one,) = prepare(store, payee="P2").results
    assert (of_one.claims_fen, of_one.settled_fen, of_one.offset_fen) == (100_000, 50_000, 0)
    (of_all,) = prepare(store).results
    assert (of_all.claims_fen, of_all.settled_fen, of_all.offset_fen) == (100_000, 100_000, 30_000)


def test_what_another_alone_was_paid_is_no_reason_why_somebody_is_owed(store, rules):
    fund(store, 100_000)
    pay(store, payee="P3")

    def reasons(number):
        return explain_arrears(store, BUREAU, number).claims[0].reasons

    assert reasons("P1") == ("批准以来，资金“绩效”只单独付过别人", "资金“绩效”现有 500.00")
    assert "可用 1,000.00，应付 4,000.00，能付 1,000.00，不够付清" in reasons("P3")[0]
    pay(store)
    assert "可用 500.00，应付 3,500.00，付了 500.00，不够付清" in reasons("P1")[0]


def test_others_write_while_somebody_looks_and_the_look_is_put_down(store, rules, monkeypatch):
    """A look goes over everybody in the book: it would keep every bureau from writing."""
    fund(store, 400_000)
    number, payee = pay(store).number, person(store, "P1")
    change = Change("P1", "奖励", "A01", "绩效", "2020-2021-1", 1)
    draft = prepare_adjustment(store, BUREAU, change, DAY, "复核更正", "", "会计", NOW).number

    def beside(read):
        def reading(*given):
            with store.database.writing() as another:
                another.execute(text("SELECT 1"))
            return read(*given)

        return reading

    monkeypatch.setattr("payroll_service.workflow.read_payment.all_payees", beside(all_payees))
    monkeypatch.setattr("payroll_service.workflow.show_adjustment.read_ledger", beside(read_ledger))
    list_paid(store, BUREAU, number, "审计", NOW)
    read_paid(store, BUREAU, number, payee, "审计", NOW)
    payment_payees(store, BUREAU, number, "审计", NOW)
    show_adjustment(store, BUREAU, draft, "审计", NOW)
    with store.reading() as session:
        reads = [(each.act, each.subject) for each in session.access.reads(BUREAU)]
    paid = f"payment list {number}"
    assert reads == [(paid, ""), (paid, payee), (paid, ""), (f"adjustment {draft}", payee)]


def test_the_runs_that_granted_what_is_paid_are_found_without_reading_older_ones(store, rules, monkeypatch):
    def granting(payment):
        return granting_runs(store, BUREAU, payment.movement, payment.payees)

    fund(store, 1_000_000)
    first = pay(store)
    grant(store, "r2", rules, {"P1": [(*A01, 500)]})
    grant(store, "r3", rules, {"P2": [(*A01, 100)], "P3": [("基础", "A01", "绩效", "2021-03", 7)]})
    second = pay(store)
    grant(store, "r4", rules, {"P1": [(*A01, -200)]})
    grant(store, "r5", rules, {"P1": [(*A01, 250)]})
    third = pay(store)  # of the 2.50 that r5 grants again, 0.50 was not paid before
    adjust(store, "P4", 900)
    fourth = pay(store)
    read, records = [], Runs.records

    def noted(runs, bureau, run_id):
        read.append(run_id)
        return records(runs, bureau, run_id)

    monkeypatch.setattr(Runs, "records", noted)
    assert granting(first) == ("r1",), "what was granted later did not grant what was paid"
    assert granting(second) == ("r2", "r3")
    assert granting(third) == ("r5",)
    assert granting(fourth) == ()
    assert read == ["r1", "r3", "r2", "r5"], "each back to what it paid, and none twice"


def test_a_released_payee_is_paid_again(store, rules):
    fund(store, 400_000)
    hold(store, BUREAU, "P3", "调查", "会计", NOW)
    release(store, BUREAU, "P3", "调查结束", "会计", NOW)
    assert amounts(store, pay(store))["P3"] == 200_000


def test_the_oldest_period_or_the_first_item_comes_first_if_the_rule_set_says_so(store):
    by_order = "支付: {不足: 按先后, 先后: [所属, 项目], 项目次序: [基础], 追回: 抵扣, 依据: 办法 十}\n"
    rules = open_book(store, by_order)
    grant(
        store,
        "r1",
        rules,
        {
            "P1": [("基础", "A01", "绩效", "2020-10", 100), ("校奖", "A01", "绩效", "2020-09", 100)],
            "P2": [("基础", "A01", "绩效", "2020-09", 100), ("奖励", "A01", "绩效", "2020-09", 300)],
        },
    )
    fund(store, 300)
    paid = {
        (line.entitlement.item, line.entitlement.earned): line.fen
        for payee in pay(store).payees
        for line in payee.lines
    }
    # 2020-09 first: 基础 100 in full, then 校奖 and 奖励 share 200 as 100 : 300
    assert paid == {("基础", "2020-09"): 100, ("校奖", "2020-09"): 50, ("奖励", "2020-09"): 150}
