"""A bureau's work without end, for processes that are killed: a clerk, who has data stored and calculated, granted and paid,
and a worker beside her, who examines and calculates every other version of the data.

Every act of the clerk is announced before it begins and acknowledged once it is committed, a JSON line each.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from payroll_service.errors import Refused
from payroll_service.store.jobs import DONE, EXAMINED, Job
from payroll_service.store.store import Store, open_store
from payroll_service.workflow.approve_run import approve_run
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.import_workbook import import_workbook, received_file
from payroll_service.workflow.jobs import hold
from payroll_service.workflow.jobs.accept_import import accept_import
from payroll_service.workflow.jobs.ask_job import ask_import, ask_run
from payroll_service.workflow.jobs.kinds import KINDS, RUN
from payroll_service.workflow.jobs.read_job import read_job
from payroll_service.workflow.jobs.work_job import Worker
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.submit_run import submit_run
from tests import acts
from tests.workflow.class_teachers import PEOPLE, TABLES, rules
from tests.workflow.conftest import BUREAU, NOW

MONTHS = ("2009-09", "2009-10", "2009-11", "2009-12", "2010-01", "2010-02")
SEEN = ("examination", "calculation")  # a worker does it
ACTS = (
    "import",
    "run",
    "submission",
    "approval",
    "funding",
    "draft",
    "payment",
    "upload",
    "acceptance",
    "request",
)
FUND, DAY = "津贴", NOW.date()
LATER = timedelta(minutes=2)  # from one life to the next: longer than a lease
LOOKS_EVERY = 0.002  # seconds
DAILY_PUPILS = 30


def boarders(version: int) -> dict[str, int]:
    """Each class's boarders by month in that version of the data: every version has one more, in one month."""
    return {month: (version + len(MONTHS) - 1 - place) // len(MONTHS) for place, month in enumerate(MONTHS)}


def earned_fen(version: int) -> int:
    """What each class teacher has earned by it in all, by hand: 200 + 3 × boarders + 2 × day pupils, a month."""
    return sum(100 * (200 + 3 * count + 2 * DAILY_PUPILS) for count in boarders(version).values())


def write_workbook(folder: Path, version: int) -> Path:
    registered = [
        f"A01,C{place},{month},{count},{DAILY_PUPILS}\n"
        for month, count in boarders(version).items()
        for place in range(len(PEOPLE))
    ]
    tables = TABLES | {"班级登记": "学校代码,班级,期间,住校生,走读生\n" + "".join(registered)}
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder


def all_jobs(store: Store) -> list[Job]:
    """The last asked for first."""
    with store.reading() as session:
        return list(session.jobs.page(BUREAU.bureau, tuple(KINDS), "", "", 1_000).items)


@dataclass(frozen=True)
class WorkingDay:
    """`tell` is handed what was done, once it is committed: the act and what it made."""

    store: Store
    now: datetime
    tell: Callable[[Sequence[object]], None]

    def end_what_was_begun(self) -> None:
        """Do again whatever might not have come through. What did is refused, and nothing happens twice."""
        for job in all_jobs(self.store)[:3]:
            if job.kind == RUN:
                self._see(job, "calculation")
            else:
                self._accept(job)
        with self.store.reading() as session:
            drafts = session.ledger.drafts(BUREAU.bureau)
        for draft in drafts[-3:]:
            self._pay(draft.number)
        for listed in list_runs(self.store, BUREAU.bureau)[-3:]:
            self._grant(listed.run.run_id)

    def one_version(self) -> None:
        version = len(list_snapshots(self.store, BUREAU.bureau)) + 1
        month = MONTHS[(version - 1) % len(MONTHS)]
        if version % 2:
            self.import_version(version)
            run = self.calculate(month)
        else:
            self._upload(version)
            run = self._have_calculated(month)
        if run:
            self.grant_and_pay(run)

    def import_version(self, version: int) -> None:
        self.tell(("begins", "import"))
        with tempfile.TemporaryDirectory() as folder:
            path = write_workbook(Path(folder), version)
            imported = import_workbook(self.store, BUREAU, rules(), path, "经办", self.now)
        self.tell(("import", imported.snapshot))
        self._enact()

    def _upload(self, version: int) -> None:
        self.tell(("begins", "upload"))
        with tempfile.TemporaryDirectory() as folder:
            file = received_file(write_workbook(Path(folder), version))
        rule_set = rules().program.fingerprint
        job = ask_import(self.store, BUREAU.bureau, file, rule_set, False, "", "经办", self.now)
        self.tell(("upload", job.job_id))
        self._accept(job)
        self._enact()

    def _accept(self, job: Job) -> None:
        self._see(job, "examination")
        try:
            self.tell(("begins", "acceptance"))
            accept_import(self.store, BUREAU.bureau, job.job_id, "", "经办", self.now)
            self.tell(("acceptance", job.job_id))
        except Refused:
            pass  # it is accepted, or three workers died of it

    def _see(self, job: Job, act: str) -> Job:
        """The job once a worker is done with it."""
        seen = read_job(self.store, BUREAU.bureau, job.job_id)
        if seen.is_open:
            self.tell(("begins", act))
        while seen.is_open:
            time.sleep(LOOKS_EVERY)
            seen = read_job(self.store, BUREAU.bureau, job.job_id)
        if seen.state in (DONE, EXAMINED):
            self.tell((act, job.job_id))
        return seen

    def _enact(self) -> None:
        acts.enact(self.store, BUREAU.bureau, rules().program.fingerprint, "启用人", self.now)

    def _newest(self) -> str:
        return list_snapshots(self.store, BUREAU.bureau)[0].fingerprint

    def calculate(self, month: str) -> str:
        self.tell(("begins", "run"))
        run = calculate_run(self.store, BUREAU.bureau, self._newest(), month, "经办", self.now).run.run_id
        self.tell(("run", run))
        return run

    def _have_calculated(self, month: str) -> str:
        """The run that a worker made; "" if three died of it."""
        self.tell(("begins", "request"))
        job = ask_run(self.store, BUREAU.bureau, self._newest(), month, "", "经办", self.now)
        self.tell(("request", job.job_id))
        seen = self._see(job, "calculation")
        return json.loads(seen.result)["run"] if seen.state == DONE else ""

    def grant_and_pay(self, run: str) -> None:
        self._grant(run)
        self.tell(("begins", "funding"))
        funding, _ = fund_book(
            self.store, BUREAU.bureau, Funding(FUND, 10_000_000, DAY, reference="财教1号"), "出纳", self.now
        )
        self.tell(("funding", funding.number))
        self.tell(("begins", "draft"))
        try:
            draft = prepare_payment(self.store, BUREAU.bureau, PayRequest(DAY), "会计", self.now)
        except Refused:
            return  # nothing is owed
        self.tell(("draft", draft.number))
        self._pay(draft.number)

    def _grant(self, run: str) -> None:
        try:
            self.tell(("begins", "submission"))
            submit_run(self.store, BUREAU.bureau, run, "经办", self.now)
            self.tell(("submission", run))
        except Refused:
            pass  # it is submitted, or further
        try:
            self.tell(("begins", "approval"))
            approve_run(self.store, BUREAU.bureau, run, "局长", self.now)
            self.tell(("approval", run))
        except Refused:
            pass  # it is approved, or another came between

    def _pay(self, draft: int) -> None:
        try:
            self.tell(("begins", "payment"))
            movement = approve_payment(self.store, BUREAU.bureau, draft, "局长", self.now).movement
            assert movement is not None
            self.tell(("payment", movement.number))
        except Refused:
            pass  # it is paid, or the book has moved


def clerk_without_end(url: str, key_file: Path, now: datetime, told: Path) -> None:
    """The whole life of a clerk's process that somebody is going to kill."""
    out = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(words: Sequence[object]) -> None:
        os.write(out, json.dumps(words).encode() + b"\n")

    day = WorkingDay(open_store(url, key_file), now, tell)
    tell(("begins", "day"))
    day.end_what_was_begun()
    while True:
        day.one_version()


def worker_without_end(url: str, key_file: Path, now: datetime) -> None:
    """And of a worker's, who renews her lease all the time."""
    hold.TOLD_EVERY, hold.RENEWED_EVERY = LOOKS_EVERY, 0
    worker = Worker(open_store(url, key_file), lambda: now)
    while True:
        if not worker.work_one():
            time.sleep(LOOKS_EVERY)


def write_much(url: str, key_file: Path, times: int) -> None:
    """A process among several that write at the same time: money, a run at once, and one by whoever takes it."""
    store = open_store(url, key_file)
    worker = Worker(store, lambda: NOW)
    for _ in range(times):
        fund_book(store, BUREAU.bureau, Funding(FUND, 1, DAY, reference="财教1号"), "出纳", NOW)
        calculate_run(store, BUREAU.bureau, "", MONTHS[0], "经办", NOW)
        ask_run(store, BUREAU.bureau, "", MONTHS[0], "", "经办", NOW)
        worker.work_one()
    store.close()
