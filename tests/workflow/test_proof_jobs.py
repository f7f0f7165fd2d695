"""Replays and proofs of the book as jobs: what they find is what the use cases find, kept with who asked and when."""

import re
from datetime import timedelta

import pytest

from payroll_service.errors import TooManyOpen, UnknownRun
from payroll_service.store.jobs import DONE, WAITING
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.jobs.ask_job import MOST_PROOFS, ask_replay, ask_run, ask_verification
from payroll_service.workflow.jobs.hold import Hold
from payroll_service.workflow.jobs.read_proof import LAST, page_replays, page_verifications, proof_of
from payroll_service.workflow.jobs.sweep_jobs import KEPT, sweep_jobs
from payroll_service.workflow.jobs.work_job import do
from payroll_service.workflow.masking import masked
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.verify_book import verify_book
from tests import acts
from tests.workflow.claims import DAY
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_jobs import LATER, state, worker
from tests.workflow.test_stored_runs import SEMESTER, tamper
from tests.workflow.test_stored_runs import finished as finished
from tests.workflow.test_verify_book import tamper as forge

OFFICE = BUREAU.bureau
ONE_MORE_FEN = "UPDATE run_total SET amount_fen = amount_fen + 1 WHERE position = 0"


@pytest.fixture
def run(finished) -> str:
    return finished.run.run_id


def done(store, job):
    """The job once a worker has done it, and what came of it."""
    assert worker(store).work_one()
    proof = proof_of(state(store, job))
    assert proof.job.state == DONE, proof.job.message
    return proof


def test_a_replay_job_finds_what_a_replay_finds(store, run):
    proof = done(store, ask_replay(store, OFFICE, run, "审计", NOW))
    replayed = replay_run(store, OFFICE, run)
    assert proof.replay == replayed
    assert (proof.holds, replayed.faithful) == (True, True)
    assert len(replayed.checks) > 10
    assert (proof.job.asked_by, proof.job.asked_at, proof.job.ended_at) == ("审计", NOW, NOW)
    assert (proof.job.done, proof.job.total) == (4, 4)


def test_the_steps_of_a_proof_are_told_one_after_the_other(store, run):
    for prove in (
        lambda tell: replay_run(store, OFFICE, run, tell),
        lambda tell: verify_book(store, OFFICE, tell),
    ):
        told: list[tuple[int, int, str]] = []
        prove(lambda *step: told.append(step))  # noqa: B023
        total = told[0][1]
        assert [(done, of) for done, of, _ in told] == [(step, total) for step in range(total)]
        assert told[0][2] == "读取"
        assert told[-1][2] == "比较"


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("run_total", ONE_MORE_FEN),
        ("run_receipt", "UPDATE run_receipt SET content = 'x'"),
        ("rule_set", "UPDATE rule_set SET document = 'x'"),
        ("snapshot", "UPDATE snapshot SET content = 'x'"),
        ("run", "UPDATE run SET period = '2098-2099-1'"),
        ("run_record", "UPDATE run_record SET content = '{}'"),
    ],
    ids=lambda value: value if " " not in value else "",
)
def test_whatever_was_altered_the_job_is_done_and_tells(store, run, table, statement):
    tamper(store, table, statement)
    proof = done(store, ask_replay(store, OFFICE, run, "审计", NOW))
    assert proof.replay is not None
    assert not proof.holds
    names = [(check.name, check.holds) for check in proof.replay.checks]
    assert names == [(check.name, check.holds) for check in replay_run(store, OFFICE, run).checks]


def test_the_numbers_of_people_are_masked_in_what_is_kept(store, run, finished):
    with store.reading() as session:
        record = next(session.runs.records(OFFICE, run))
    forged = re.sub(rb'\.\d\d"', b'.99"', record.content)
    assert forged != record.content
    forge(
        store,
        "run_record",
        "UPDATE run_record SET content = :content WHERE payee_id = :payee",
        content=forged,
        payee=record.payee_id,
    )
    checks = replay_run(store, OFFICE, run).checks
    keys = finished.calculation.payouts.payee_keys
    named = [key for key in keys if len(key) >= 15 and any(key in check.detail for check in checks)]
    assert named, "a replay names the lines that differ"
    proof = done(store, ask_replay(store, OFFICE, run, "审计", NOW))
    assert [check.detail for check in proof.found.checks] == [masked(check.detail) for check in checks]
    assert not any(key in proof.job.result for key in keys if len(key) >= 15)


def test_a_dead_workers_replay_is_taken_over_once(store, run):
    job = ask_replay(store, OFFICE, run, "审计", NOW)
    dead = worker(store)._take()
    assert dead.job_id == job.job_id
    assert worker(store)._take() is None, "the dead still holds the lease"
    again = worker(store, NOW + LATER)
    assert again.work_one()
    assert not again.work_one()
    over = state(store, job)
    assert (over.state, over.attempts, over.ended_at) == (DONE, 2, NOW + LATER)
    do(Hold(store, dead, lambda: NOW + 2 * LATER))
    assert state(store, job) == over, "who lost the lease ends nothing"


def test_a_replay_that_is_given_back_begins_again(store, run):
    job = ask_replay(store, OFFICE, run, "审计", NOW)
    hold = Hold(store, worker(store)._take(), lambda: NOW)
    hold.give_back(counted=False)
    do(hold)
    assert (state(store, job).state, state(store, job).attempts) == (WAITING, 0)
    done(store, job)


def test_a_run_without_an_outcome_cannot_be_replayed(store, run):
    for name in ("r9", f"{SEMESTER}-r9"):
        with pytest.raises(UnknownRun):
            ask_replay(store, OFFICE, name, "审计", NOW)
    with store.writing() as session:
        record = session.runs.get(OFFICE, run)
        session.runs.create(type(record)(**vars(record) | {"run_id": f"{SEMESTER}-r2"}))
    with pytest.raises(UnknownRun):
        ask_replay(store, OFFICE, f"{SEMESTER}-r2", "审计", NOW)
    assert not worker(store).work_one()


def test_the_last_replays_of_a_run_are_those_of_that_run(store, run, imported):
    ask_run(store, OFFICE, imported.snapshot, SEMESTER, "", "经办", NOW)
    worker(store).work_one()
    other = ask_replay(store, OFFICE, f"{SEMESTER}-r2", "审计", NOW - LATER)
    asked = [ask_replay(store, OFFICE, run, "审计", NOW + timedelta(minutes=place)) for place in range(2)]
    worker(store).work_one()
    tamper(store, "run_total", ONE_MORE_FEN.replace("position = 0", f"position = 0 AND run_id = '{run}'"))
    worker(store).work_one()
    found = page_replays(store, OFFICE, run).items
    assert [one.job.job_id for one in found] == [one.job_id for one in reversed(asked)]
    assert [(one.job.state, one.holds) for one in found] == [(WAITING, False), (DONE, False)]
    assert [(one.job.job_id, one.holds) for one in page_replays(store, OFFICE, f"{SEMESTER}-r2").items] == [
        (other.job_id, True)
    ]
    with pytest.raises(UnknownRun):
        page_replays(store, "libo", run)
    sweep_jobs(store, NOW + 2 * KEPT)
    assert page_replays(store, OFFICE, run).items == found, "what came of them is kept for good"


def test_only_the_last_few_are_listed(store, run):
    with store.writing():
        for place in range(LAST + 1):
            ask_replay(store, OFFICE, run, f"审计{place}", NOW + timedelta(minutes=place))
    assert [one.job.asked_by for one in page_replays(store, OFFICE, run).items] == [
        f"审计{place}" for place in range(LAST, 0, -1)
    ]


def test_nobody_lines_up_proofs_without_end(store, run):
    ask_verification(store, OFFICE, "审计", NOW)
    for _ in range(MOST_PROOFS - 1):
        ask_replay(store, OFFICE, run, "审计", NOW)
    for more in (
        lambda by: ask_replay(store, OFFICE, run, by, NOW + LATER),
        lambda by: ask_verification(store, OFFICE, by, NOW + LATER),
    ):
        with pytest.raises(TooManyOpen):
            more("审计")
        assert more("审计乙").state == WAITING, "each for himself"
    worker(store).work_one()
    assert ask_replay(store, OFFICE, run, "审计", NOW).state == WAITING


def test_the_proof_of_the_book_finds_what_verifying_finds(store, run):
    fund_book(store, OFFICE, Funding("绩效", 300_000, DAY, reference="财教1号"), "出纳", NOW)
    proof = done(store, ask_verification(store, OFFICE, "审计", NOW))
    assert proof.book == verify_book(store, OFFICE)
    assert (proof.holds, proof.book.movements) == (True, 1)
    tamper(store, "movement_posting", "UPDATE movement_posting SET fen = fen + 1 WHERE number = 1")
    altered = done(store, ask_verification(store, OFFICE, "审计", NOW + LATER))
    assert "账：每笔与摘要链相符" in {check.name for check in altered.book.checks if not check.holds}
    assert [one.holds for one in page_verifications(store, OFFICE).items] == [False, True]


def test_a_book_whose_records_cannot_be_read_is_told_as_altered(store, run):
    acts.approve(store, OFFICE, run, "局长", NOW)
    tamper(store, "run_record", "UPDATE run_record SET content = '{}'")
    proof = done(store, ask_verification(store, OFFICE, "审计", NOW))
    assert [check.name for check in proof.book.checks if not check.holds] == ["账：入库的记录可读"]
