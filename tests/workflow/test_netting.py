"""Nothing is granted twice: a month of the sample county is run, approved, corrected, run again; on both databases."""

import csv
import io
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from sqlalchemy import text

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.money import text_fen
from payroll_service.book.receipt import NettedRun, receipt_bytes
from payroll_service.book.records import sha256
from payroll_service.errors import (
    AlteredBook,
    NotApprovable,
    Overtaken,
    SamePerson,
    UnknownRun,
    VersionsClash,
)
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.store.triggers import put_on, take_off
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.calculate_period import calculate_period, result_files
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.replay_run import replay_run
from tests import acts
from tests.sample_county import RULES, county_rules, county_tables, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

MONTH, SEMESTER = "2020-09", "2020-2021-1"
LATER = datetime(2021, 4, 1, 8, tzinfo=UTC)

pytestmark = pytest.mark.slow


def run(store, period=MONTH, snapshot="", rules=None):
    return calculate_run(store, BUREAU.bureau, snapshot, period, "经办", NOW, rules)


def approve(store, finished, by="局长"):
    return acts.approve(store, BUREAU.bureau, finished.run.run_id, by, LATER)


def granted(store) -> dict[Entitlement, int]:
    """What stands granted in the book; where it cancels out, nothing."""
    sums: dict[Entitlement, int] = {}
    with store.reading() as session:
        for _, entitlement, fen in session.runs.granted(BUREAU.bureau):
            sums[entitlement] = sums.get(entitlement, 0) + fen
    return {entitlement: fen for entitlement, fen in sums.items() if fen}


def full(store, finished) -> dict[Entitlement, int]:
    """The run's whole entitlement, but for those it holds back."""
    payouts = finished.calculation.payouts
    with store.reading() as session:
        ids = {kind: session.payees.ids(BUREAU.bureau, kind) for kind in set(payouts.payee_kinds)}
    return {
        Entitlement(
            ids[payouts.payee_kinds[payouts.payee[n]]][payouts.payee_keys[payouts.payee[n]]],
            payouts.items[payouts.item[n]].number,
            payouts.unit_codes[payouts.unit[n]],
            payouts.funds[payouts.fund[n]],
            payouts.earned_periods[payouts.earned[n]],
        ): int(payouts.amount_fen[n])
        for n in range(len(payouts))
        if payouts.amount_fen[n] and not payouts.held[n]
    }


def faithful(store, finished) -> bool:
    return replay_run(store, BUREAU.bureau, finished.run.run_id).faithful


@pytest.fixture
def first(store, imported):
    """September is run and approved."""
    finished = run(store)
    approve(store, finished)
    return finished


def teacher_row() -> int:
    """A post that is paid all through September, of a teacher who is not held."""
    tables = {table.table: table for table in county_tables()}
    posts, people = tables["任职"].columns, tables["人员"].columns
    held = {key for key, wait in zip(people["证件号码"], people["账号待核"], strict=True) if wait == "是"}
    return next(
        row
        for row in range(len(tables["任职"].rows))
        if str(posts["起"][row]) < "2020-08-01"
        and posts["止"][row] is None
        and posts["身份"][row] == "教师"
        and posts["证件号码"][row] not in held
    )


def import_changed(store, folder, change) -> str:
    return import_workbook(
        store, BUREAU, county_rules(), write_csv_folder(folder, change), "经办", LATER
    ).snapshot


def post(column: str, row: int):
    return next(table for table in county_tables() if table.table == "任职").columns[column][row]


def due_lines(finished) -> list[tuple[str, str, str, int]]:
    """(ID number, item, earned, due fen) of the lines that are due something."""
    payouts = finished.calculation.payouts
    return [
        (
            payouts.payee_keys[payouts.payee[n]],
            payouts.items[payouts.item[n]].number,
            payouts.earned_periods[payouts.earned[n]],
            int(payouts.due_fen[n]),
        )
        for n in np.flatnonzero((payouts.due_fen != 0) & ~payouts.held)
    ]


def test_what_is_approved_is_granted_to_the_fen(store, first):
    assert granted(store) == full(store, first)


def test_a_second_run_of_the_same_data_grants_nothing_more(store, first):
    again = run(store)
    receipt = again.calculation.receipt
    assert (receipt.due_fen, receipt.grants_fen) == (receipt.held_fen, 0)
    assert again.run.corrects == first.run.run_id
    approve(store, again)
    assert granted(store) == full(store, first)


def test_late_data_give_only_the_difference_for_the_month_it_belongs_to(store, first, tmp_path):
    row = teacher_row()
    more = {("任职", "绩效标准", row): str(post("绩效标准", row) + 100)}
    import_changed(store, tmp_path / "迟到", more)
    second = run(store)
    # 66% of the 100 yuan a month that were missing
    assert due_lines(second) == [(post("证件号码", row), "基础", MONTH, 6600)]
    approve(store, second)
    third = run(store)
    assert due_lines(third) == []
    assert third.calculation.receipt.netted == tuple(
        NettedRun(each.run.run_id, sha256(receipt_bytes(each.calculation.receipt)))
        for each in (first, second)
    )
    approve(store, third)
    assert granted(store) == full(store, third)
    assert all(faithful(store, each) for each in (first, second, third))


def test_the_payouts_of_a_correction_say_full_granted_and_due(store, first, tmp_path):
    row = teacher_row()
    import_changed(store, tmp_path / "迟到", {("任职", "绩效标准", row): str(post("绩效标准", row) + 100)})
    second = run(store)
    assert "应发全额" not in payouts_csv(first.calculation.payouts).decode()
    content = result_files(second.calculation)["payouts.csv"].decode("utf-8-sig")
    rows = [each for each in csv.DictReader(io.StringIO(content)) if each["本次核定"] != "0.00"]
    assert [(each["证件号码"], each["本次核定"]) for each in rows] == [(post("证件号码", row), "66.00")]
    [line] = rows
    assert text_fen(line["应发全额"]) - text_fen(line["已核定"]) == 6600


def test_somebody_who_should_not_have_been_paid_is_asked_back_all_of_it(store, first, tmp_path):
    row = teacher_row()
    before = {line[0]: line[3] for line in due_lines(first)}[post("证件号码", row)]
    gone = {("任职", "止", row): "2020-08-15"}
    import_changed(store, tmp_path / "离任", gone)
    second = run(store)
    assert due_lines(second) == [(post("证件号码", row), "基础", MONTH, -before)]
    approve(store, second)
    assert granted(store) == full(store, second)
    assert due_lines(run(store)) == []
    assert faithful(store, second)


def test_who_was_held_is_granted_in_full_once_the_hold_is_lifted(store, first, tmp_path):
    people = next(table for table in county_tables() if table.table == "人员").columns
    row = list(people["账号待核"]).index("是")
    who = people["证件号码"][row]
    payouts = first.calculation.payouts
    mine = payouts.payee == payouts.payee_keys.index(who)
    assert payouts.held[mine].all()
    import_changed(store, tmp_path / "已核", {("人员", "账号待核", row): "否"})
    second = run(store)
    assert due_lines(second) == [(who, "基础", MONTH, int(payouts.amount_fen[mine].sum()))]
    approve(store, second)
    assert granted(store) == full(store, second)


def test_a_corrected_rule_set_grants_the_difference_and_older_runs_stay_faithful(store, first, tmp_path):
    document = RULES.read_text(encoding="utf-8")
    document = document.replace('版本: "2020.1"', '版本: "2020.2"\n更正: "2020.1"')
    document = document.replace("{基础性绩效: 66%", "{基础性绩效: 67%")
    (tmp_path / "更正.yaml").write_text(document, encoding="utf-8")
    second = run(store, rules=load_rules(tmp_path / "更正.yaml"))
    who, pay = post("证件号码", teacher_row()), Decimal(str(post("绩效标准", teacher_row())))
    more = sum(sign * (pay * part).quantize(Decimal(1), ROUND_HALF_UP) for sign, part in ((1, 67), (-1, 66)))
    assert [line for line in due_lines(second) if line[0] == who] == [(who, "基础", MONTH, int(more))]
    assert second.calculation.receipt.grants_fen == sum(line[3] for line in due_lines(second)) > 0
    approve(store, second)
    assert granted(store) == full(store, second)
    with pytest.raises(VersionsClash, match=r"2020\.2 审批"):
        run(store)  # late data under the version that was corrected would silently take the correction back
    back = run(
        store, rules=load_rules(RULES)
    )  # the first version on purpose: what it gave more is asked back
    assert sum(line[3] for line in due_lines(back)) == -second.calculation.receipt.grants_fen
    assert all(faithful(store, each) for each in (first, second, back))


def test_a_semester_of_other_items_nets_no_months(store, first):
    semester = run(store, SEMESTER)
    assert semester.calculation.receipt.netted == ()
    assert not semester.calculation.payouts.nets


def test_one_person_cannot_prepare_and_approve(store, imported):
    finished = run(store)
    for name in ("经办", " 经办 "):
        with pytest.raises(SamePerson, match="2020-09-r1"):
            approve(store, finished, by=name)
    with pytest.raises(NotApprovable, match="审批人"):
        approve(store, finished, by=" ")
    assert granted(store) == {}


def test_a_run_is_approved_once_and_not_after_it_was_withdrawn(store, first):
    with pytest.raises(NotApprovable, match="已经审批"):
        approve(store, first)
    with pytest.raises(NotApprovable, match="已经审批"):
        withdraw_run(store, BUREAU.bureau, first.run.run_id, "经办", "算错了", LATER)
    second = run(store)
    with pytest.raises(NotApprovable, match="原因"):
        withdraw_run(store, BUREAU.bureau, second.run.run_id, "经办", " ", LATER)
    withdraw_run(store, BUREAU.bureau, second.run.run_id, "经办", "数据还没有齐", LATER)
    with pytest.raises(NotApprovable, match="已经撤回"):
        approve(store, second)
    listed = {each.run.run_id: each for each in list_runs(store, BUREAU.bureau)}
    assert listed[second.run.run_id].last.detail == "数据还没有齐"
    approval = listed[first.run.run_id].approval
    assert approval is not None
    assert (approval.prepared_by, approval.approved_by) == ("经办", "局长")


def test_two_runs_that_both_grant_the_month_are_not_both_approved(store, imported):
    one, other = run(store), run(store)
    approve(store, one)
    with pytest.raises(NotApprovable, match=one.run.run_id):
        approve(store, other)
    assert granted(store) == full(store, one)


def test_a_failed_run_and_an_unknown_one_are_refused(store, imported, tmp_path):
    import_changed(store, tmp_path / "零", {("任职", "绩效标准", 3): "0"})
    failed = run(store)
    assert failed.state == "failed"
    with pytest.raises(NotApprovable, match="没有通过检查"):
        approve(store, failed)
    with pytest.raises(UnknownRun):
        approve_run(store, BUREAU.bureau, "r9", "局长", LATER)


def tamper(store, run_id: str) -> None:
    """One record of a run altered, with a digest that fits."""
    with store.writing() as session:
        record = next(iter(session.runs.records(BUREAU.bureau, run_id)))
        forged = type(record).of(record.payee_id, record.content.replace(b"0", b"1"), record.amount_fen)
        take_off(session.connection, "run_record")
        session.connection.execute(
            text("UPDATE run_record SET content = :c, digest = :d WHERE payee_id = :p AND run_id = :r"),
            {"c": forged.content, "d": forged.digest, "p": record.payee_id, "r": run_id},
        )
        put_on(session.connection)


def test_what_was_altered_is_neither_approved_nor_netted(store, imported):
    finished = run(store)
    tamper(store, finished.run.run_id)
    with pytest.raises(AlteredBook, match="记录"):
        approve(store, finished)


def test_an_approved_run_that_was_altered_is_not_netted_and_named_by_replays_of_later_ones(store, first):
    second = run(store)
    approve(store, second)
    tamper(store, first.run.run_id)
    with pytest.raises(AlteredBook, match=first.run.run_id):
        run(store)
    broken = [
        check.name for check in replay_run(store, BUREAU.bureau, second.run.run_id).checks if not check.holds
    ]
    assert f"已核定：{first.run.run_id} 的凭据和记录未被改动" in broken


def test_a_calculation_that_an_approval_overtakes_is_not_stored(store, imported, monkeypatch):
    waiting = run(store)

    def approved_meanwhile(*arguments):
        approve(store, waiting)
        return calculate_period(*arguments)

    monkeypatch.setattr("payroll_service.workflow.calculate_run.calculate_period", approved_meanwhile)
    with pytest.raises(Overtaken, match="重新核算"):
        run(store)
    assert [each.run.run_id for each in list_runs(store, BUREAU.bureau)] == [waiting.run.run_id]
