"""Processes killed at random moments: what was acknowledged is there, whatever is there is whole, nothing is paid twice."""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest
from sqlalchemy import text

from payroll_service.book.ledger.movements import FUNDING, PAYMENT
from payroll_service.store import migrate, open_store
from payroll_service.store.imports import ACCEPTED
from payroll_service.store.jobs import DONE, EXAMINED, FAILED, Job
from payroll_service.store.keys import key_file_of
from payroll_service.store.store import Store
from payroll_service.workflow.jobs.kinds import IMPORT, RUN, SNAPSHOT, UPLOAD
from payroll_service.workflow.jobs.work_job import ATTEMPTS, Worker
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.verify_book import verify_book
from tests.operate.working_day import (
    ACTS,
    LATER,
    LOOKS_EVERY,
    MONTHS,
    SEEN,
    WorkingDay,
    all_jobs,
    clerk_without_end,
    earned_fen,
    worker_without_end,
    write_much,
)
from tests.workflow.class_teachers import PEOPLE
from tests.workflow.conftest import BUREAU, NOW

KILLS = 10
LONGEST = (
    0.1  # seconds from the beginning of an act to the kill, and from that to the kill of whoever is left
)
PROCESSES, TIMES = 4, 6
WHOLE = {"calculated", "submitted", "approved", "withdrawn"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database_url")


@pytest.fixture(scope="session")
def processes():
    """Starts processes that have the program loaded already; without what this one has open."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.operate.working_day"])
    return context


@dataclass
class Witness:
    """Reads what processes told, and holds the book against it."""

    store: Store
    told: Path
    replayed: set[str] = field(default_factory=set)

    def lines(self) -> list[list]:
        return [json.loads(line) for line in self.told.read_text().splitlines()] if self.told.exists() else []

    def acknowledged(self, act: str) -> list:
        return [made for said, made in self.lines() if said == act]

    def check(self) -> None:
        with self.store.writing():
            pass  # once this is the writer, whatever the dead had sent is over
        jobs = all_jobs(self.store)
        self.check_jobs(jobs)
        with self.store.reading() as session:
            states = {run: event.state for run, event in session.runs.latest_events(BUREAU.bureau).items()}
            approved = {each.run_id for each in session.runs.approved(BUREAU.bureau)}
            movements = session.ledger.movements(BUREAU.bureau)
            drafts = [each.number for each in session.ledger.drafts(BUREAU.bureau)]
            log = [each.number for each in session.runs.log(BUREAU.bureau)]
            receipts = {run for run in states if session.runs.receipt(BUREAU.bureau, run)}
            files = [(each.state, each.detail) for each in session.imports.log(BUREAU.bureau)]
            snapshots = {detail for state, detail in files if state == ACCEPTED}
            for fingerprint in snapshots:
                assert session.snapshots.get(BUREAU.bureau, fingerprint).content
        funded, paid = (
            {each.number for each in movements if each.kind == kind} for kind in (FUNDING, PAYMENT)
        )
        made = made_by(jobs)
        assert set(made) <= snapshots | receipts, "a job is done, and what it made is not there"
        assert len(made) == len(set(made)), "two jobs made the same"
        there: dict[str, set] = {
            "import": snapshots - set(made),
            "run": receipts - set(made),
            "submission": {run for run, state in states.items() if state != "calculated"},
            "approval": approved,
            "funding": funded,
            "draft": set(drafts),
            "payment": paid,
            "upload": {job.job_id for job in jobs if job.kind == IMPORT},
            "acceptance": {job.job_id for job in jobs if job.kind == IMPORT and job.state == DONE},
            "request": {job.job_id for job in jobs if job.kind == RUN},
        }
        for act in ACTS:
            said = self.acknowledged(act)
            assert set(said) <= there[act], f"an acknowledged {act} was lost"
            assert len(said) == len(set(said)), f"the same {act} was acknowledged twice"
            assert len(there[act]) <= len(said) + self.in_flight(act), f"a {act} that nobody asked for"
        assert set(states.values()) <= WHOLE
        assert receipts == {listed.run.run_id for listed in list_runs(self.store, BUREAU.bureau)}
        assert approved == {run for run, state in states.items() if state == "approved"}
        assert [state for state, _ in files] == ["received", ACCEPTED] * len(snapshots), "each once"
        assert [each.number for each in movements] == list(range(1, len(movements) + 1))
        assert drafts == list(range(1, len(drafts) + 1))
        assert log == list(range(1, len(log) + 1))
        for run in sorted(set(states) - self.replayed):
            assert replay_run(self.store, BUREAU.bureau, run).faithful, run
        self.replayed |= approved
        assert verify_book(self.store, BUREAU.bureau).sound
        self.check_file()

    def check_jobs(self, jobs: list[Job]) -> None:
        """Each is still to be done, with all that it needs, or ended, once; what was seen to be done stays so."""
        ended = {job.job_id for job in jobs if job.state in (EXAMINED, DONE)}
        assert {seen for act in SEEN for seen in self.acknowledged(act)} <= ended
        with self.store.reading() as session:
            for job in jobs:
                assert job.is_open or job.job_id in ended or job.attempts == ATTEMPTS, job
                kept = {name for name in (UPLOAD, SNAPSHOT) if session.jobs.content(job, name)}
                needed = {UPLOAD: job.is_open or job.state == EXAMINED, SNAPSHOT: job.state == EXAMINED}
                assert kept == {name for name in needed if needed[name] and job.kind == IMPORT}, job

    def in_flight(self, act: str) -> int:
        """How many were begun and neither acknowledged nor refused: the process died there, and they may be in the book."""
        lines = self.lines()
        follows = [*lines[1:], ["begins", "day"]]
        return sum(
            each == ["begins", act] and after == ["begins", "day"]
            for each, after in zip(lines, follows, strict=True)
        )

    def check_file(self) -> None:
        if self.store.database.url.startswith("sqlite"):
            with self.store.database.reading() as connection:
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []

    def paid_fen(self) -> Counter[str]:
        """What every payee was paid in all, from the records of the payments alone."""
        paid: Counter[str] = Counter()
        with self.store.reading() as session:
            for each in session.ledger.movements(BUREAU.bureau):
                if each.kind == PAYMENT:
                    for record in session.ledger.records(BUREAU.bureau, each.number):
                        paid[record.payee_id] += record.amount_fen
        return paid


def made_by(jobs: list[Job]) -> list[str]:
    """The snapshots and runs of the jobs that are done."""
    results = [(job.kind, json.loads(job.result)) for job in jobs if job.state == DONE]
    return [result["run" if kind == RUN else "snapshot"] for kind, result in results]


@dataclass
class Office:
    """A clerk and a worker on the same book, who die and are followed by others."""

    url: str
    processes: ForkServerContext
    witness: Witness
    draw: Random
    deaths: int = 0

    @property
    def now(self) -> datetime:
        """The leases of whoever is dead are over."""
        return NOW + self.deaths * LATER

    def dies_during(self, act: str) -> None:
        """Both are killed, one a little after the other, while the clerk is at that act; and what they left is looked at."""
        begun, key_file = len(self.witness.lines()), key_file_of(self.url)
        pair = [
            self.processes.Process(
                target=clerk_without_end, args=(self.url, key_file, self.now, self.witness.told)
            ),
            self.processes.Process(target=worker_without_end, args=(self.url, key_file, self.now)),
        ]
        for process in pair:
            process.start()
        try:
            deadline = time.perf_counter() + 120
            while ["begins", act] not in self.witness.lines()[begun:]:
                assert all(process.is_alive() for process in pair)
                assert time.perf_counter() < deadline
                time.sleep(LOOKS_EVERY)
            self.draw.shuffle(pair)
            for process in pair:
                time.sleep(self.draw.uniform(0, LONGEST))
                process.kill()
        finally:
            for process in pair:
                process.kill()
                process.join()
        assert [process.exitcode for process in pair] == [-SIGKILL] * 2, "one died of something else"
        self.deaths += 1
        if self.deaths > 1 or list_snapshots(self.witness.store, BUREAU.bureau):
            self.witness.check()

    def settles(self) -> None:
        """The last end what was begun, have every month calculated, approved and paid; each is paid what is earned."""
        store = self.witness.store
        worker, day = Worker(store, lambda: self.now), WorkingDay(store, self.now, lambda words: None)
        while worker.work_one():
            pass
        day.end_what_was_begun()
        jobs = all_jobs(store)
        self.witness.check_jobs(jobs)
        assert {job.state for job in jobs} <= {DONE, FAILED}
        version = len(list_snapshots(store, BUREAU.bureau)) + 1
        day.import_version(version)
        for month in MONTHS:
            day.grant_and_pay(day.calculate(month))
        assert sorted(self.witness.paid_fen().values()) == [earned_fen(version)] * len(PEOPLE)
        assert verify_book(store, BUREAU.bureau).sound


@pytest.fixture
def office(database_url, tmp_path, processes) -> Iterator[Office]:
    migrate(database_url)
    store = open_store(database_url)
    yield Office(database_url, processes, Witness(store, tmp_path / "told"), Random(1))
    store.close()


@pytest.mark.slow
def test_processes_killed_at_random_moments_lose_nothing_and_pay_nothing_twice(office):
    witness, every = office.witness, ACTS + SEEN
    for act in office.draw.sample(every, KILLS):
        office.dies_during(act)
    while max(job.attempts for job in all_jobs(witness.store)) == 1:
        office.dies_during("calculation")  # until a worker took over from a dead one
    assert sum(map(witness.in_flight, every)) > KILLS / 2, "most died in the middle of an act"
    assert all(map(witness.acknowledged, every)), "and every act came through before"
    office.settles()


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20))
def test_two_hundred_kills(office, seed):
    office.draw = Random(100 + seed)
    for act in office.draw.sample(ACTS + SEEN, KILLS):
        office.dies_during(act)
    office.settles()


@pytest.mark.slow
def test_four_processes_that_write_at_the_same_time_lose_nothing(database_url, processes):
    migrate(database_url)
    store = open_store(database_url)
    WorkingDay(store, NOW, lambda words: None).import_version(1)
    arguments = (database_url, key_file_of(database_url), TIMES)
    writers = [processes.Process(target=write_much, args=arguments) for _ in range(PROCESSES)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    with store.reading() as session:
        movements = session.ledger.movements(BUREAU.bureau)
        log = [each.number for each in session.runs.log(BUREAU.bureau)]
        runs = [each.run_id for each in session.runs.all(BUREAU.bureau)]
    count = PROCESSES * TIMES
    assert [each.number for each in movements] == list(range(1, count + 1))
    assert sum(each.amount_fen for each in movements) == count
    assert log == list(range(1, 2 * len(runs) + 1))
    assert sorted(runs) == sorted(f"{MONTHS[0]}-r{number}" for number in range(1, 2 * count + 1))
    jobs = all_jobs(store)
    assert [(job.state, job.attempts) for job in jobs] == [(DONE, 1)] * count
    assert len(set(made_by(jobs))) == count
    assert verify_book(store, BUREAU.bureau).sound
    store.close()
