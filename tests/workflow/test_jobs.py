"""Jobs: done once by whoever holds the lease, whole or not at all, and taken over from the dead."""

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from payroll_service.clock import now
from payroll_service.errors import NotExamined, Overtaken, TooManyOpen, UnknownPeriod
from payroll_service.store import open_store
from payroll_service.store.errors import NotStored
from payroll_service.store.jobs import DONE, EXAMINED, EXPIRED, FAILED, RUNNING, UNSOUND, WAITING, Job
from payroll_service.workflow.import_workbook import last_accepted, received_file, save_rules
from payroll_service.workflow.jobs import work_job
from payroll_service.workflow.jobs.accept_import import accept_import
from payroll_service.workflow.jobs.ask_job import ask_assembly, ask_import, ask_run
from payroll_service.workflow.jobs.calculate_job import calculate_job
from payroll_service.workflow.jobs.hold import Hold, LostLease
from payroll_service.workflow.jobs.kinds import PROBLEMS, RUN, UPLOAD, AskedRun, import_result, written
from payroll_service.workflow.jobs.read_job import read_findings, read_job
from payroll_service.workflow.jobs.sweep_jobs import KEPT, sweep_jobs
from payroll_service.workflow.jobs.work_job import ATTEMPTS, Worker, do, working
from payroll_service.workflow.load_rules import load_rules
from tests.sample_county import COUNTY, county_rules, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_parts import UNITS, county_book, school_book

PERIOD = "2020-2021-1"
LATER = timedelta(minutes=2)  # longer than a lease

WORK = [sys.executable, "-c", "from payroll_service.cli import app; app()", "work", "--database"]


@pytest.fixture
def run_asked(store, imported):
    return ask_run(store, BUREAU.bureau, imported.snapshot, PERIOD, "", "经办", NOW)


def worker(store, at=NOW):
    return Worker(store, lambda: at)


def state(store, job):
    return read_job(store, BUREAU.bureau, job.job_id)


def runs(store):
    with store.reading() as session:
        return [event.state for event in session.runs.log(BUREAU.bureau)]


def upload(store, path, is_part=False, unit="", rules="", at=NOW):
    rule_set = rules or county_rules().program.fingerprint
    return ask_import(store, BUREAU.bureau, received_file(path), rule_set, is_part, unit, "经办", at)


def test_a_run_is_done_once_and_its_job_ends_with_it(store, run_asked):
    assert worker(store).work_one()
    done = state(store, run_asked)
    assert (done.state, done.done, done.total) == (DONE, 4, 4)
    assert json.loads(done.result) == {"run": f"{PERIOD}-r1"}
    assert not worker(store).work_one()
    assert runs(store) == ["prepared", "calculated"]


def test_two_workers_at_once_do_one_job_once(store, run_asked, database_url):
    other = open_store(database_url)
    threads = [threading.Thread(target=worker(one).work_one) for one in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert runs(store) == ["prepared", "calculated"]
    assert state(store, run_asked).attempts == 1


def test_who_lost_the_lease_commits_nothing(store, run_asked):
    late, next_one = worker(store), worker(store, NOW + LATER)
    taken = late._take()
    again = next_one._take()
    assert again.attempts == 2
    do(Hold(store, taken, lambda: NOW))
    assert runs(store) == [], "all of its work was rolled back"
    do(Hold(store, again, lambda: NOW))
    assert runs(store) == ["prepared", "calculated"]
    do(Hold(store, taken, lambda: NOW))
    assert runs(store) == ["prepared", "calculated"], "not after the end either"
    assert state(store, run_asked).state == DONE


def test_a_lease_that_was_taken_is_noticed_while_working(store, run_asked):
    taken = worker(store)._take()
    with Hold(store, taken, lambda: NOW) as hold:
        hold.progress(1, 4, "核算")
        deadline = time.perf_counter() + 20
        while state(store, run_asked).words != "核算" and time.perf_counter() < deadline:
            time.sleep(0.05)
        assert state(store, run_asked).done == 1, "progress is committed apart from the work"
        worker(store, NOW + LATER)._take()
        hold.progress(2, 4, "入库")
        assert hold.lost.wait(20)
        with pytest.raises(LostLease):
            hold.progress(3, 4, "入库")


def test_the_lease_is_renewed_while_the_worker_lives(store, run_asked, monkeypatch):
    monkeypatch.setattr("payroll_service.workflow.jobs.hold.RENEWED_EVERY", 0)
    moments = iter(NOW + timedelta(seconds=second) for second in range(1000))
    taken = worker(store)._take()
    with Hold(store, taken, lambda: next(moments)):
        deadline = time.perf_counter() + 20
        while state(store, run_asked).lease_until == taken.lease_until:
            assert time.perf_counter() < deadline
            time.sleep(0.05)


def test_after_three_attempts_a_job_fails_and_says_so(store, run_asked):
    for attempt in range(ATTEMPTS):
        assert worker(store, NOW + attempt * LATER)._take() is not None
    assert worker(store, NOW + ATTEMPTS * LATER)._take() is None
    failed = state(store, run_asked)
    assert failed.state == FAILED
    assert "3 次" in failed.message
    assert failed.remedy


def test_a_mistake_of_ours_is_tried_again_and_then_told(store, run_asked, monkeypatch):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("payroll_service.workflow.jobs.work_job.calculate_job", broken)
    for _ in range(ATTEMPTS):
        assert worker(store).work_one()
        assert state(store, run_asked).state == WAITING
    assert not worker(store).work_one()
    assert state(store, run_asked).state == FAILED


def test_what_a_use_case_refuses_is_told_at_once(store, imported):
    asked = AskedRun(imported.snapshot, "2019-09", "")
    job = Job(BUREAU.bureau, "a" * 32, RUN, written(asked), "经办", "", NOW)
    with store.writing() as session:
        session.jobs.add(job)
    worker(store).work_one()
    failed = state(store, job)
    assert failed.state == FAILED
    assert "施行期" in failed.message
    assert runs(store) == []


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("period", "told"), [("2020-13", "不认识"), ("2020-09-r1", "不认识"), ("2019-09", "施行期")]
)
def test_a_run_is_not_asked_for_where_its_rule_set_governs_no_such_period(
    store, imported, period, told, named
):
    """Be the rule set named, or the one that the snapshot was checked under."""
    rule_set = county_rules().program.fingerprint if named else ""
    with pytest.raises(UnknownPeriod, match=told):
        ask_run(store, BUREAU.bureau, imported.snapshot, period, rule_set, "经办", NOW)
    assert not worker(store).work_one(), "nothing was put down"


def test_a_period_is_governed_by_the_rule_set_that_is_named_not_by_the_one_of_the_check(store, imported):
    later = load_rules(COUNTY / "2021.1.yaml")
    with store.writing() as session:
        save_rules(session, BUREAU.bureau, later, "经办", NOW)
    named = later.program.fingerprint
    asked = ask_run(store, BUREAU.bureau, imported.snapshot, "2021-2022-1", named, "经办", NOW)
    assert json.loads(asked.request)["period"] == "2021-2022-1"
    for period, rule_set in ((PERIOD, named), ("2021-2022-1", "")):
        with pytest.raises(UnknownPeriod, match="施行期"):
            ask_run(store, BUREAU.bureau, imported.snapshot, period, rule_set, "经办", NOW)


def test_a_worker_that_stops_gives_back_what_it_has(store, run_asked, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    calculate = calculate_job

    def slow(hold, asked) -> None:
        begun.set()
        go_on.wait(30)
        calculate(hold, asked)

    monkeypatch.setattr("payroll_service.workflow.jobs.work_job.calculate_job", slow)
    monkeypatch.setattr(work_job, "GRACE_SECONDS", 0.1)
    with working(store, lambda: NOW):
        assert begun.wait(30)
    assert (state(store, run_asked).state, state(store, run_asked).attempts) == (WAITING, 0)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "jobs":
            thread.join(30)
    assert runs(store) == []
    assert state(store, run_asked).state == WAITING


@pytest.mark.slow
def test_a_dead_workers_job_is_whole_or_not_there_and_done_once_by_the_next(store, imported, database_url):
    """Real processes, killed at moments spread over the work."""
    mid_work = 0
    for round_, wait in enumerate((0, 0.15, 0.4, 0.8)):
        job = ask_run(store, BUREAU.bureau, imported.snapshot, PERIOD, "", "经办", now())
        process = subprocess.Popen([*WORK, database_url])
        try:
            deadline = time.perf_counter() + 60
            while state(store, job).state == WAITING:
                assert process.poll() is None
                assert time.perf_counter() < deadline
                time.sleep(0.005)
            time.sleep(wait)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        left = state(store, job)
        whole = ["prepared", "calculated"] * (round_ + (left.state == DONE))
        assert runs(store) == whole, "nothing half there"
        mid_work += left.state == RUNNING
        if left.state == RUNNING:
            assert not Worker(store, now).work_one(), "the dead still hold the lease"
            assert Worker(store, lambda: now() + LATER).work_one()
            assert state(store, job).attempts == 2
        assert state(store, job).state == DONE
        assert runs(store) == ["prepared", "calculated"] * (round_ + 1)
    assert mid_work, "some were killed while they worked"


@pytest.mark.slow
def test_payroll_work_does_what_was_asked_and_stops_when_told(store, run_asked, database_url):
    process = subprocess.Popen([*WORK, database_url])
    try:
        deadline = time.perf_counter() + 60
        while state(store, run_asked).state != DONE:
            assert process.poll() is None
            assert time.perf_counter() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert runs(store) == ["prepared", "calculated"]


def test_an_import_is_examined_seen_and_accepted(store, imported, tmp_path):
    changed = write_csv_folder(tmp_path / "改", {("学校", "学校名称", 0): "改了名的学校"})
    job = upload(store, changed)
    worker(store).work_one()
    examined = state(store, job)
    found = import_result(examined.result)
    assert (examined.state, found.errors) == (EXAMINED, 0)
    assert found.changes is not None
    assert [(one.table, one.changed) for one in found.changes if one.changed] == [("学校", 1)]
    with store.reading() as session:
        assert last_accepted(session, BUREAU.bureau) == imported.snapshot, "nothing is stored before"
    accepted = accept_import(store, BUREAU.bureau, job.job_id, "", "经办", NOW)
    assert accepted.state == DONE
    with store.reading() as session:
        assert last_accepted(session, BUREAU.bureau) == found.snapshot
        assert session.jobs.content(accepted, UPLOAD) is None
        assert session.imports.get(BUREAU.bureau, found.content_hash).file_name == "改"
    with pytest.raises(NotExamined, match="已经入库"):
        accept_import(store, BUREAU.bureau, job.job_id, "", "经办", NOW)


def test_an_import_that_another_overtook_is_not_accepted(store, imported, tmp_path):
    jobs = [
        upload(store, write_csv_folder(tmp_path / name, {("学校", "学校名称", 0): name}))
        for name in ("甲", "乙")
    ]
    assert worker(store).work_one()
    assert worker(store).work_one()
    accept_import(store, BUREAU.bureau, jobs[0].job_id, "", "经办", NOW)
    with pytest.raises(Overtaken):
        accept_import(store, BUREAU.bureau, jobs[1].job_id, "", "经办", NOW)
    assert state(store, jobs[1]).state == EXAMINED


def test_a_messy_file_is_unsound_and_its_numbers_are_masked(store, imported, tmp_path):
    number = "522726199001011234"
    messy = write_csv_folder(tmp_path / "乱", {("人员", "证件号码", 0): number})
    job = upload(store, messy)
    worker(store).work_one()
    assert state(store, job).state == UNSOUND
    found, _ = read_findings(store, BUREAU.bureau, job.job_id, "", "局长", NOW)
    with store.reading() as session:
        assert [(one.actor, one.act) for one in session.access.reads(BUREAU.bureau)] == [
            ("局长", f"import {job.job_id}")
        ]
    wrong = next(one for one in found if one.column == "证件号码")
    assert (wrong.table, wrong.cell[-1]) == ("人员", "2")
    assert wrong.value == "522***********1234"
    assert wrong.remedy
    assert number not in str(found)
    with pytest.raises(NotExamined, match="有错误"):
        accept_import(store, BUREAU.bureau, job.job_id, "", "经办", NOW)


def test_a_sender_waits_once_so_many_of_hers_wait_to_be_examined(store, imported, tmp_path):
    whole = county_book(tmp_path)

    def ask(by: str) -> Job:
        return ask_import(store, BUREAU.bureau, received_file(whole), "", False, "", by, NOW, most_open=2)

    def put_together(by: str) -> Job:
        return ask_assembly(store, BUREAU.bureau, county_rules().program.fingerprint, by, NOW, most_open=2)

    ask("经办")
    put_together("经办")
    for more in (ask, put_together):
        with pytest.raises(TooManyOpen, match="最多 2 份"):
            more("经办")
    ask("报账员")
    while worker(store).work_one():
        pass
    assert ask("经办").state == WAITING


def test_parts_of_schools_are_accepted_and_assembled(store, imported, tmp_path):
    whole = county_book(tmp_path)
    sent = [upload(store, whole, is_part=True)]
    sent += [upload(store, school_book(tmp_path, unit), unit=unit) for unit in UNITS]
    while worker(store).work_one():
        pass
    for job in sent:
        accept_import(store, BUREAU.bureau, job.job_id, job.unit, "经办", NOW)
    put_together = ask_assembly(store, BUREAU.bureau, county_rules().program.fingerprint, "经办", NOW)
    worker(store).work_one()
    examined = state(store, put_together)
    assert examined.state == EXAMINED
    assert import_result(examined.result).snapshot == imported.snapshot
    assert not import_result(examined.result).missing
    late = upload(store, school_book(tmp_path, UNITS[0]), unit=UNITS[0])
    worker(store).work_one()
    accept_import(store, BUREAU.bureau, late.job_id, UNITS[0], "报账员", NOW)
    with pytest.raises(Overtaken):
        accept_import(store, BUREAU.bureau, put_together.job_id, "", "经办", NOW)


def test_a_unit_sees_and_accepts_its_own_alone(store, imported, tmp_path):
    job = upload(store, school_book(tmp_path, UNITS[0]), unit=UNITS[0])
    assert read_job(store, BUREAU.bureau, job.job_id, UNITS[0]).state == WAITING
    with pytest.raises(NotStored):
        read_job(store, BUREAU.bureau, job.job_id, UNITS[1])
    with pytest.raises(NotStored):
        read_findings(store, BUREAU.bureau, job.job_id, UNITS[1], "报账员", NOW)
    with pytest.raises(NotStored):
        accept_import(store, BUREAU.bureau, job.job_id, UNITS[1], "报账员", NOW)


def test_what_nobody_accepted_is_dropped_after_thirty_days(store, imported, county_folder):
    job = upload(store, county_folder)
    worker(store).work_one()
    sweep_jobs(store, NOW + KEPT)
    assert state(store, job).state == EXAMINED
    sweep_jobs(store, NOW + KEPT + timedelta(seconds=1))
    with store.reading() as session:
        gone = session.jobs.find(BUREAU.bureau, job.job_id)
        assert gone.state == EXPIRED
        assert [session.jobs.content(gone, name) for name in (UPLOAD, PROBLEMS)] == [None, None]


def test_a_job_in_other_hands_cannot_be_changed(store, run_asked):
    taken = worker(store)._take()
    with store.writing() as session:
        assert session.jobs.change(replace(taken, worker="another"), words="x") is None
        assert session.jobs.change(replace(taken, attempts=2), words="x") is None
        assert session.jobs.change(taken, words="x").words == "x"
