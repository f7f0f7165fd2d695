"""A run in the book, on both databases: stored whole or not at all, replayed to the byte, altered by nobody unseen."""

import pytest
from sqlalchemy import text

from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.errors import UnknownPeriod, UnknownRun, UnknownSnapshot, UnsoundInput
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.store.triggers import put_on, take_off
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_payout import explain_stored
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.replay_run import replay_run
from tests.sample_county import PERIODS, county_rules, county_snapshot, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

SEMESTER = "2020-2021-1"


@pytest.fixture
def finished(store, imported):
    return calculate_run(store, BUREAU.bureau, imported.snapshot[:12], SEMESTER, "经办", NOW)


def tamper(store, table: str, statement: str) -> None:
    """Change the book as somebody would who owns the database."""
    with store.writing() as session:
        take_off(session.connection, table)
        assert session.connection.execute(text(statement)).rowcount > 0
        put_on(session.connection)


def broken(store, run_id: str) -> set[str]:
    return {check.name for check in replay_run(store, BUREAU.bureau, run_id).checks if not check.holds}


def test_the_stored_snapshot_is_the_one_that_was_sealed(imported):
    assert imported.snapshot == county_snapshot().fingerprint
    assert imported.is_new


def test_a_second_import_of_the_same_data_adds_no_snapshot(store, imported, county_folder):
    again = import_workbook(store, BUREAU, county_rules(), county_folder, "别人", NOW)
    assert (again.snapshot, again.content_hash, again.is_new) == (
        imported.snapshot,
        imported.content_hash,
        False,
    )


def test_every_kind_of_period_is_stored_and_replayed_to_the_byte(store, imported):
    for period in PERIODS:
        run = calculate_run(store, BUREAU.bureau, "", period, "经办", NOW).run
        assert broken(store, run.run_id) == set()
    states = [(each.run.run_id, each.last.state) for each in list_runs(store, BUREAU.bureau)]
    assert states == [(f"{period}-r1", "calculated") for period in PERIODS]


def test_what_is_stored_is_what_was_calculated(store, finished):
    outcome = calculate(county_rules().program, county_snapshot(), finished.calculation.outcome.period)
    assert payouts_csv(make_payouts(county_rules().program, outcome)) == payouts_csv(
        finished.calculation.payouts
    )


def test_runs_of_one_period_are_numbered(store, imported, finished):
    again = calculate_run(store, BUREAU.bureau, "", SEMESTER, "经办", NOW)
    assert (finished.run.run_id, again.run.run_id) == (f"{SEMESTER}-r1", f"{SEMESTER}-r2")


@pytest.mark.parametrize(
    ("table", "statement", "named"),
    [
        (
            "run_pool",
            "UPDATE run_pool SET amount_fen = amount_fen + 1 WHERE position = 0",
            "奖励池：每个池等于分出与退回之和",
        ),
        (
            "run_pool",
            "UPDATE run_pool SET amount_fen = amount_fen + 1, shared_fen = shared_fen + 1 WHERE position = 0",
            "凭据：池的合计等于各池之和",
        ),
        (
            "run_total",
            "UPDATE run_total SET amount_fen = amount_fen + 1 WHERE position = 0",
            "合计：单位、项目、资金的合计等于各笔之和",
        ),
        (
            "run_record",
            "UPDATE run_record SET amount_fen = amount_fen + 1 WHERE payee_id = (SELECT MIN(payee_id) FROM run_record)",
            "记录：可读且与重写逐字节相符",
        ),
        (
            "run_event",
            "UPDATE run_event SET detail = REPLACE(detail, '\"records\":\"', '\"records\":\"0') WHERE state = 'calculated'",
            "日志：记录与计算时登记的指纹相符",
        ),
        (
            "run",
            "UPDATE run SET period = '2020-2021-2'",
            "凭据：与批次、规则集、快照、期间一致",
        ),
    ],
)
def test_a_change_by_one_fen_is_named_by_the_replay(store, finished, table, statement, named):
    tamper(store, table, statement)
    assert named in broken(store, finished.run.run_id)


def test_a_payout_changed_inside_a_record_is_named_even_with_a_new_digest(store, finished):
    with store.reading() as session:
        record = next(session.runs.records(BUREAU.bureau, finished.run.run_id))
    forged = type(record).of(
        record.payee_id,
        record.content.replace(b'.00"', b'.01"').replace(b'.50"', b'.51"').replace(b'1"', b'2"', 1),
        record.amount_fen,
    )
    assert forged.content != record.content
    with store.writing() as session:
        take_off(session.connection, "run_record")
        session.connection.execute(
            text("UPDATE run_record SET content = :content, digest = :digest WHERE payee_id = :payee"),
            {"content": forged.content, "digest": forged.digest, "payee": record.payee_id},
        )
        put_on(session.connection)
    assert "日志：记录与计算时登记的指纹相符" in broken(store, finished.run.run_id)


def test_an_unsound_workbook_leaves_nothing_behind(store, tmp_path):
    folder = write_csv_folder(tmp_path / "坏", {("任职", "绩效标准", 3): "三千"})
    with pytest.raises(UnsoundInput) as refused:
        import_workbook(store, BUREAU, county_rules(), folder, "经办", NOW)
    assert [(each.cell, each.column) for each in refused.value.problems] == [("I5", "绩效标准")]
    with store.reading() as session:
        assert session.bureaus() == []
        assert session.imports.log(BUREAU.bureau) == []


def test_a_run_that_does_not_balance_is_on_record_as_failed_without_an_outcome(store, tmp_path):
    folder = write_csv_folder(tmp_path / "零", {("任职", "绩效标准", 3): "0"})
    import_workbook(store, BUREAU, county_rules(), folder, "经办", NOW)
    finished = calculate_run(store, BUREAU.bureau, "", SEMESTER, "经办", NOW)
    assert finished.state == "failed"
    [listed] = list_runs(store, BUREAU.bureau)
    assert (listed.last.state, listed.receipt) == ("failed", None)
    assert "绩效标准已填" in listed.last.detail
    with pytest.raises(UnknownRun):
        replay_run(store, BUREAU.bureau, finished.run.run_id)


def test_one_persons_breakdown_adds_up_and_has_no_number(store, finished):
    payouts = finished.calculation.payouts
    with store.reading() as session:
        identity = session.payees.find(BUREAU.bureau, payouts.payee_kinds[0], payouts.payee_keys[0])
        assert identity is not None
        record = session.runs.record(BUREAU.bureau, finished.run.run_id, identity.payee_id)
    assert record is not None
    assert record.amount_fen == int(payouts.amount_fen[payouts.payee == 0].sum())
    assert payouts.payee_keys[0].encode() not in record.content


def test_explanations_of_a_stored_run_add_up_to_what_is_paid(store, finished):
    payouts = finished.calculation.payouts
    for number in range(0, len(payouts.payee_keys), 40):
        explained = explain_stored(store, BUREAU.bureau, finished.run.run_id, payouts.payee_keys[number])
        total = sum(each.amount or 0 for each in explained)
        assert total * 100 == int(payouts.amount_fen[payouts.payee == number].sum())


def test_unknown_periods_runs_and_snapshots_are_refused_by_name(store, imported):
    with pytest.raises(UnknownPeriod, match="2019-09"):
        calculate_run(store, BUREAU.bureau, "", "2019-09", "经办", NOW)
    with pytest.raises(UnknownPeriod, match="2020-13"):
        calculate_run(store, BUREAU.bureau, "", "2020-13", "经办", NOW)
    with pytest.raises(UnknownSnapshot, match="zzzz"):
        calculate_run(store, BUREAU.bureau, "zzzz", SEMESTER, "经办", NOW)
    with pytest.raises(UnknownRun, match="r9"):
        replay_run(store, BUREAU.bureau, "r9")
