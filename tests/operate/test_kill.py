"""Processes killed at random moments: what was acknowledged is there, whatever is there is whole, nothing is paid twice."""

import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL

import pytest
from sqlalchemy import text

from payroll_service.book.ledger.movements import FUNDING, PAYMENT
from payroll_service.store import migrate, open_store
from payroll_service.store.keys import key_file_of
from payroll_service.store.store import Store
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.verify_book import verify_book
from tests.operate.working_day import (
    ACTS,
    MONTHS,
    WorkingDay,
    earned_fen,
    fund_many,
    work_without_end,
)
from tests.workflow.class_teachers import PEOPLE
from tests.workflow.conftest import BUREAU

KILLS = 10
LONGEST = 1.0  # seconds from the first act to the kill
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
        with self.store.reading() as session:
            states = {run: event.state for run, event in session.runs.latest_events(BUREAU.bureau).items()}
            approved = {each.run_id for each in session.runs.approved(BUREAU.bureau)}
            movements = session.ledger.movements(BUREAU.bureau)
            drafts = [each.number for each in session.ledger.drafts(BUREAU.bureau)]
            log = [each.number for each in session.runs.log(BUREAU.bureau)]
            receipts = {run for run in states if session.runs.receipt(BUREAU.bureau, run)}
        snapshots = {each.fingerprint for each in list_snapshots(self.store, BUREAU.bureau)}
        funded, paid = (
            {each.number for each in movements if each.kind == kind} for kind in (FUNDING, PAYMENT)
        )
        there: dict[str, set] = {
            "import": snapshots,
            "run": receipts,
            "submission": {run for run, state in states.items() if state != "calculated"},
            "approval": approved,
            "funding": funded,
            "draft": set(drafts),
            "payment": paid,
        }
        for act in ACTS:
            said = self.acknowledged(act)
            assert set(said) <= there[act], f"an acknowledged {act} was lost"
            assert len(said) == len(set(said)), f"the same {act} was acknowledged twice"
            assert len(there[act]) <= len(said) + self.in_flight(act), f"a {act} that nobody asked for"
        assert set(states.values()) <= WHOLE
        assert receipts == {listed.run.run_id for listed in list_runs(self.store, BUREAU.bureau)}
        assert approved == {run for run, state in states.items() if state == "approved"}
        assert [each.number for each in movements] == list(range(1, len(movements) + 1))
        assert drafts == list(range(1, len(drafts) + 1))
        assert log == list(range(1, len(log) + 1))
        for run in sorted(set(states) - self.replayed):
            assert replay_run(self.store, BUREAU.bureau, run).faithful, run
        self.replayed |= approved
        assert verify_book(self.store, BUREAU.bureau).sound
        self.check_file()

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


@pytest.fixture
def killed(database_url, tmp_path, processes) -> Iterator[Callable[[int], Witness]]:
    """Lets processes work one after another on the same book and kills each; every death is looked at."""
    key_file = key_file_of(database_url)
    migrate(database_url)
    store = open_store(database_url)

    def kill(seed: int) -> Witness:
        witness = Witness(store, tmp_path / "told")
        for number in range(KILLS):
            wait = random.Random(f"{seed} {number}").uniform(0, LONGEST)
            begun = len(witness.lines())
            process = processes.Process(target=work_without_end, args=(database_url, key_file, witness.told))
            process.start()
            try:
                deadline = time.perf_counter() + 60
                while len(witness.lines()) == begun and process.is_alive():
                    assert time.perf_counter() < deadline
                    time.sleep(0.002)
                time.sleep(wait)
            finally:
                process.kill()
                process.join()
            assert process.exitcode == -SIGKILL, "it died of something else"
            if number or list_snapshots(store, BUREAU.bureau):
                witness.check()
        return witness

    yield kill
    store.close()


def settle(witness: Witness) -> None:
    """A last person ends what was begun, has every month calculated, approved and paid, and each is paid what is earned."""
    day = WorkingDay(witness.store, lambda words: None)
    day.end_what_was_begun()
    version = day.import_next()
    for month in MONTHS:
        day.grant_and_pay(month)
    assert sorted(witness.paid_fen().values()) == [earned_fen(version)] * len(PEOPLE)
    assert verify_book(witness.store, BUREAU.bureau).sound


@pytest.mark.slow
def test_processes_killed_at_random_moments_lose_nothing_and_pay_nothing_twice(killed):
    witness = killed(1)
    assert sum(witness.in_flight(act) for act in ACTS) > KILLS / 2, "most died in the middle of an act"
    assert min(len(witness.acknowledged(act)) for act in ACTS) > 0, "and every act came through before"
    settle(witness)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20))
def test_two_hundred_kills(killed, seed):
    settle(killed(100 + seed))


@pytest.mark.slow
def test_four_processes_that_write_at_the_same_time_lose_nothing(database_url, processes):
    migrate(database_url)
    store = open_store(database_url)
    WorkingDay(store, lambda words: None).import_next()
    arguments = (database_url, key_file_of(database_url), TIMES)
    writers = [processes.Process(target=fund_many, args=arguments) for _ in range(PROCESSES)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    with store.reading() as session:
        movements = session.ledger.movements(BUREAU.bureau)
        log = [each.number for each in session.runs.log(BUREAU.bureau)]
        runs = [each.run_id for each in session.runs.all(BUREAU.bureau)]
    assert [each.number for each in movements] == list(range(1, PROCESSES * TIMES + 1))
    assert sum(each.amount_fen for each in movements) == PROCESSES * TIMES
    assert log == list(range(1, 2 * PROCESSES * TIMES + 1))
    assert sorted(runs) == sorted(f"{MONTHS[0]}-r{number}" for number in range(1, PROCESSES * TIMES + 1))
    assert verify_book(store, BUREAU.bureau).sound
    store.close()
