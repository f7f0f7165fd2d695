"""Publication, objections, closing and what may be paid meanwhile; on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from payroll_service.book.money import grouped
from payroll_service.errors import (
    NotApprovable,
    NotInBook,
    NotObjectable,
    NotPublishable,
    Overtaken,
    SamePerson,
    UnknownCalendar,
    UnknownPayee,
)
from payroll_service.store.errors import NotStored
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.answer_objection import answer_objection, name_correction
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.list_objections import page_objections, page_own_objections
from payroll_service.workflow.list_runs import list_runs, paid_runs
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.object_to_item import Complaint, object_to_item
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.publish_run import PublishRequest, close_run, publish_run
from payroll_service.workflow.state_arrears import explain_arrears
from tests import acts
from tests.workflow.class_teachers import MONTH, PEOPLE, RULES, receive, rules
from tests.workflow.conftest import BUREAU, NOW

CODE = BUREAU.bureau
ITEM = "班主任"
TOTAL_FEN = 3 * 260_00 + (0 + 1 + 2) * 3_00  # 200 + 2 × 30, and 3 for each of 0, 1, 2 boarders
FRIDAY = datetime(
    2025, 9, 26, 2, tzinfo=UTC
)  # before Sunday 09-28, which is worked, and eight days of holiday
COMPLAINT = Complaint(ITEM, "score", "住校生应为 31 人")


@pytest.fixture
def run_id(store, tmp_path):
    """An approved run of three people."""
    receive(store, tmp_path / "data")
    run = calculate_run(store, CODE, "", MONTH, "经办", NOW).run
    acts.approve(store, CODE, run.run_id, "局长", NOW)
    return run.run_id


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def payee(store, place=0) -> str:
    with store.reading() as session:
        return session.payees.find(CODE, "个人", PEOPLE[place]).payee_id


def publish(store, run_id, now=FRIDAY, **asked):
    return publish_run(store, CODE, run_id, "经办", now, PublishRequest(**asked))


def object_(store, run_id, day="2025-09-29", place=0, complaint=COMPLAINT):
    return object_to_item(store, CODE, payee(store, place), run_id, complaint, "teacher", at(day))


def pay(store):
    prepared = prepare_payment(store, CODE, PayRequest(date(2025, 10, 10)), "会计", FRIDAY)
    return approve_payment(store, CODE, prepared.number, "局长", FRIDAY)


def test_the_days_are_counted_by_working_days_and_stored(store, run_id):
    publication = publish(store, run_id)
    assert (publication.first_day, publication.last_day) == (date(2025, 9, 26), date(2025, 10, 10))
    assert publication.answer_by == date(2025, 10, 16), "Saturday the 11th is worked"
    (listed,) = list_runs(store, CODE)
    assert (listed.last.state, listed.publication) == ("published", publication)
    with pytest.raises(NotApprovable, match="正在公示"):
        publish(store, run_id)


@pytest.mark.parametrize(("said", "last"), [("公示: 2, ", "2025-09-29"), ("", "2025-10-10")])
def test_the_rule_set_says_for_how_long(store, tmp_path, said, last):
    path = tmp_path / "rules.yaml"
    text = RULES.read_text(encoding="utf-8").replace('版本: "2009.1"', '版本: "2009.2"\n更正: "2009.1"')
    path.write_text(f"{text}支付: {{不足: 按比例, 追回: 抵扣, {said}依据: 方案 津贴}}\n", encoding="utf-8")
    receive(store, tmp_path / "data")
    run = calculate_run(store, CODE, "", MONTH, "经办", NOW, load_rules(path)).run
    acts.approve(store, CODE, run.run_id, "局长", NOW)
    assert publish(store, run.run_id).last_day == date.fromisoformat(last)


def test_only_what_is_approved_is_published_by_the_database_itself(store, run_id):
    publication = publish(store, run_id)
    again = calculate_run(store, CODE, "", MONTH, "经办", NOW).run
    with pytest.raises(NotApprovable, match="还没有送审"):
        publish(store, again.run_id)
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), store.writing() as session:
        session.objections.publish(replace(publication, run_id=again.run_id))


def test_a_year_that_the_calendar_does_not_know_takes_days_by_hand_and_a_reason(store, run_id):
    late = datetime(2098, 12, 30, tzinfo=UTC)
    with pytest.raises(UnknownCalendar, match="2098"):
        publish(store, run_id, late)
    by_hand = {"until": date(2099, 1, 8), "answer_by": date(2099, 1, 15)}
    with pytest.raises(NotPublishable, match="理由"):
        publish(store, run_id, late, **by_hand)
    with pytest.raises(NotPublishable, match="以后"):
        publish(store, run_id, late, **by_hand | {"until": date(2098, 12, 30)}, reason="手数")
    with pytest.raises(NotPublishable, match="早于"):
        publish(store, run_id, late, **by_hand | {"answer_by": date(2099, 1, 7)}, reason="手数")
    publication = publish(store, run_id, late, **by_hand, reason="按放假通知手数")
    assert (publication.last_day, publication.working_days) == (date(2099, 1, 8), 0)
    raised = object_(store, run_id, "2099-01-02")
    assert raised.answer_by == date(2099, 1, 15), "no calendar, so the publication's own last day"


def test_what_is_on_public_view_is_not_paid_and_what_was_never_published_is(store, run_id):
    fund_book(store, CODE, Funding("津贴", 1_000_00, date(2025, 9, 1), reference="财教1号"), "出纳", FRIDAY)
    early = prepare_payment(store, CODE, PayRequest(date(2025, 10, 10)), "会计", FRIDAY)
    assert early.gross_fen == TOTAL_FEN
    publish(store, run_id)
    with pytest.raises(Overtaken):
        approve_payment(store, CODE, early.number, "局长", FRIDAY)
    with pytest.raises(NotInBook, match=f"{run_id} 正在公示"):
        pay(store)
    steps = explain_arrears(store, CODE, PEOPLE[0]).claims[0].steps
    assert "公示中" in steps[0].text
    close_run(store, CODE, run_id, "局长", at("2025-10-11"))
    assert paid_runs(store, CODE) == frozenset()
    assert pay(store).gross_fen == TOTAL_FEN
    assert paid_runs(store, CODE) == {run_id}


def test_why_something_is_owed_is_that_it_is_on_public_view_and_not_that_money_lacks(store, run_id):
    """50.00 more of the very claim, put right by hand, wait for nothing but the next payment."""
    fund_book(store, CODE, Funding("津贴", 1_000_00, date(2025, 9, 1), reference="财教1号"), "出纳", FRIDAY)

    def told():
        return explain_arrears(store, CODE, PEOPLE[0]).claims[0]

    assert told().reasons[-1] == "资金“津贴”现有 1,000.00"
    publish(store, run_id)
    owed = told().owed_fen
    waits = f"批次 {run_id} 正在公示，{grouped(owed)} 结束以后才付"
    assert told().reasons == (waits,)
    claim = told().entitlement
    change = Change(PEOPLE[0], claim.item, claim.unit, claim.fund, claim.earned, 50_00)
    draft = prepare_adjustment(store, CODE, change, date(2025, 10, 1), "漏发", "", "会计", FRIDAY)
    approve_adjustment(store, CODE, draft.number, "局长", FRIDAY)
    assert told().reasons == (waits, "批准以来，资金“津贴”还没有付过款", "资金“津贴”现有 1,000.00")


def test_what_was_paid_before_it_came_on_public_view_is_not_recovered(store, run_id):
    """She is granted 50.00 for another month meanwhile, and gets them whole."""
    fund_book(store, CODE, Funding("津贴", 1_000_00, date(2025, 9, 1), reference="财教1号"), "出纳", FRIDAY)
    claims = [line.entitlement for paid in pay(store).payees for line in paid.lines]
    publish(store, run_id)
    claim = next(one for one in claims if one.payee == payee(store))
    change = Change(PEOPLE[0], claim.item, claim.unit, claim.fund, "2009-11", 50_00)
    draft = prepare_adjustment(store, CODE, change, date(2025, 10, 1), "漏发", "", "会计", FRIDAY)
    approve_adjustment(store, CODE, draft.number, "局长", FRIDAY)
    assert [each.gross_fen for each in pay(store).payees] == [50_00]


def test_it_is_closed_after_its_last_day_once_every_objection_is_answered(store, run_id):
    with pytest.raises(NotApprovable, match="已经审批"):
        close_run(store, CODE, run_id, "经办", at("2025-10-11"))
    publish(store, run_id)
    raised = object_(store, run_id, "2025-10-10")
    with pytest.raises(NotPublishable, match="公示到 2025-10-10"):
        close_run(store, CODE, run_id, "经办", at("2025-10-10"))
    with pytest.raises(NotPublishable, match=f"第 {raised.number} 号"):
        close_run(store, CODE, run_id, "经办", at("2025-10-11"))
    answer_objection(store, CODE, raised.number, "rejected", "登记表上是 30 人", "局长", at("2025-10-13"))
    close_run(store, CODE, run_id, "经办", at("2025-10-13"))
    with pytest.raises(NotApprovable, match="公示已经结束"):
        close_run(store, CODE, run_id, "经办", at("2025-10-13"))


@pytest.mark.parametrize("day", ["2025-09-25", "2025-10-11"])
def test_an_objection_is_taken_within_the_days_alone(store, run_id, day):
    with pytest.raises(NotObjectable, match="没有公示"):
        object_(store, run_id)
    publish(store, run_id)
    with pytest.raises(NotObjectable, match="公示期是 2025-09-26 至 2025-10-10"):
        object_(store, run_id, day)
    assert object_(store, run_id, "2025-10-10").number == 1


def test_an_answer_is_due_by_working_days_and_what_is_late_is_told(store, run_id):
    publish(store, run_id)
    first, last = object_(store, run_id, "2025-09-26"), object_(store, run_id, "2025-10-10", place=1)
    assert (first.answer_by, last.answer_by) == (date(2025, 10, 10), date(2025, 10, 16))
    listed = page_objections(store, CODE, "局长", at("2025-10-11"), 0, 10).items
    assert [(one.objection.number, one.is_overdue) for one in listed] == [(2, False), (1, True)]
    answer_objection(store, CODE, 1, "upheld", "漏登一人", "局长", at("2025-10-11"))
    listed = page_objections(store, CODE, "局长", at("2025-10-11"), 0, 10).items
    assert not any(one.is_overdue for one in listed)


def test_one_objects_to_ones_own_lines_once_at_a_time(store, run_id):
    publish(store, run_id)
    with pytest.raises(UnknownPayee):
        object_to_item(store, CODE, "somebody", run_id, COMPLAINT, "teacher", at("2025-09-29"))
    for wrong, told in (
        (replace(COMPLAINT, item="奖励"), "没有您的这个项目"),
        (replace(COMPLAINT, cause="taste"), "类型"),
        (replace(COMPLAINT, words=" "), "写明"),
        (replace(COMPLAINT, words="长" * 1001), "1000"),
    ):
        with pytest.raises(NotObjectable, match=told):
            object_(store, run_id, complaint=wrong)
    object_(store, run_id)
    with pytest.raises(NotObjectable, match="第 1 号申诉还没有答复"):
        object_(store, run_id)
    answer_objection(store, CODE, 1, "rejected", "无误", "局长", at("2025-09-30"))
    assert object_(store, run_id, "2025-09-30").number == 2
    own = page_own_objections(store, CODE, payee(store), at("2025-09-30"), 0, 10)
    assert [one.objection.number for one in own.items] == [2, 1]
    assert page_own_objections(store, CODE, payee(store, 1), at("2025-09-30"), 0, 10).items == ()


def test_an_upheld_objection_leads_to_a_correction_that_is_a_later_run_of_the_period(store, run_id):
    publish(store, run_id)
    object_(store, run_id)
    for outcome, words in (("perhaps", "x"), ("upheld", " ")):
        with pytest.raises(NotObjectable, match="写明"):
            answer_objection(store, CODE, 1, outcome, words, "局长", at("2025-09-30"))
    with pytest.raises(SamePerson):
        answer_objection(store, CODE, 1, "upheld", "对", "teacher", at("2025-09-30"))
    with pytest.raises(NotStored):
        answer_objection(store, CODE, 9, "upheld", "对", "局长", at("2025-09-30"))
    with pytest.raises(NotObjectable, match="待更正"):
        name_correction(store, CODE, 1, run_id, "经办", at("2025-09-30"))
    assert answer_objection(store, CODE, 1, "upheld", "漏登一人", "局长", at("2025-09-30")).state == "upheld"
    with pytest.raises(NotObjectable, match="已经答复"):
        answer_objection(store, CODE, 1, "rejected", "错了", "局长", at("2025-09-30"))
    with pytest.raises(NotObjectable, match="不能更正"):
        name_correction(store, CODE, 1, run_id, "经办", at("2025-09-30"))
    later = calculate_run(store, CODE, "", MONTH, "经办", at("2025-10-09")).run
    with pytest.raises(NotObjectable, match="已审批"):
        name_correction(store, CODE, 1, later.run_id, "经办", at("2025-10-09"))
    acts.approve(store, CODE, later.run_id, "局长", at("2025-10-09"))
    done = name_correction(store, CODE, 1, later.run_id, "经办", at("2025-10-09"))
    assert (done.state, done.correction, later.corrects) == ("corrected", later.run_id, run_id)


def test_a_correction_on_public_view_neither_pays_nor_recovers_what_it_takes_back(store, run_id, tmp_path):
    """The first run is unpaid; a second grants less to one person and is on public view: the less is what is paid."""
    fund_book(store, CODE, Funding("津贴", 1_000_00, date(2025, 9, 1), reference="财教1号"), "出纳", FRIDAY)
    folder = tmp_path / "less"
    receive(store, folder)
    register = folder / "班级登记.csv"
    register.write_text(
        register.read_text(encoding="utf-8").replace("C0,2009-10,0,30", "C0,2009-10,0,20"), encoding="utf-8"
    )
    import_workbook(store, BUREAU, rules(), folder, "经办", NOW)
    second = calculate_run(store, CODE, "", MONTH, "经办", NOW + timedelta(hours=1)).run
    acts.approve(store, CODE, second.run_id, "局长", NOW + timedelta(hours=1))
    publish(store, second.run_id)
    assert pay(store).gross_fen == TOTAL_FEN - 20_00
    close_run(store, CODE, second.run_id, "局长", at("2025-10-11"))
    assert paid_runs(store, CODE) == {run_id, second.run_id}
