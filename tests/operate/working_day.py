"""A bureau's work without end, for processes that are killed: import, run, submission, approval, funding, payment.

Every act is announced before it begins and acknowledged once it is committed, a JSON line each.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from payroll_service.errors import Refused
from payroll_service.store.store import Store, open_store
from payroll_service.workflow.approve_run import approve_run
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.submit_run import submit_run
from tests import acts
from tests.workflow.class_teachers import PEOPLE, TABLES, rules
from tests.workflow.conftest import BUREAU, NOW

MONTHS = ("2009-09", "2009-10", "2009-11", "2009-12", "2010-01", "2010-02")
ACTS = ("import", "run", "submission", "approval", "funding", "draft", "payment")
FUND, DAY = "津贴", NOW.date()
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


@dataclass(frozen=True)
class WorkingDay:
    """`tell` is handed what was done, once it is committed: the act and what it made."""

    store: Store
    tell: Callable[[Sequence[object]], None]

    def end_what_was_begun(self) -> None:
        """Do again whatever might not have come through. What did is refused, and nothing happens twice."""
        with self.store.reading() as session:
            drafts = session.ledger.drafts(BUREAU.bureau)
        for draft in drafts[-3:]:
            self._pay(draft.number)
        for listed in list_runs(self.store, BUREAU.bureau)[-3:]:
            self._grant(listed.run.run_id)

    def one_version(self) -> None:
        version = self.import_next()
        self.grant_and_pay(MONTHS[(version - 1) % len(MONTHS)])

    def import_next(self) -> int:
        version = len(list_snapshots(self.store, BUREAU.bureau)) + 1
        self.tell(("begins", "import"))
        with tempfile.TemporaryDirectory() as folder:
            path = write_workbook(Path(folder), version)
            imported = import_workbook(self.store, BUREAU, rules(), path, "经办", NOW)
        self.tell(("import", imported.snapshot))
        acts.enact(self.store, BUREAU.bureau, rules().program.fingerprint, "启用人", NOW)
        return version

    def grant_and_pay(self, month: str) -> None:
        snapshot = list_snapshots(self.store, BUREAU.bureau)[0].fingerprint
        self.tell(("begins", "run"))
        run = calculate_run(self.store, BUREAU.bureau, snapshot, month, "经办", NOW).run.run_id
        self.tell(("run", run))
        self._grant(run)
        self.tell(("begins", "funding"))
        funding, _ = fund_book(self.store, BUREAU.bureau, Funding(FUND, 10_000_000, DAY), "出纳", NOW)
        self.tell(("funding", funding.number))
        self.tell(("begins", "draft"))
        try:
            draft = prepare_payment(self.store, BUREAU.bureau, PayRequest(DAY), "会计", NOW)
        except Refused:
            return  # nothing is owed
        self.tell(("draft", draft.number))
        self._pay(draft.number)

    def _grant(self, run: str) -> None:
        try:
            self.tell(("begins", "submission"))
            submit_run(self.store, BUREAU.bureau, run, "经办", NOW)
            self.tell(("submission", run))
        except Refused:
            pass  # it is submitted, or further
        try:
            self.tell(("begins", "approval"))
            approve_run(self.store, BUREAU.bureau, run, "局长", NOW)
            self.tell(("approval", run))
        except Refused:
            pass  # it is approved, or another came between

    def _pay(self, draft: int) -> None:
        try:
            self.tell(("begins", "payment"))
            movement = approve_payment(self.store, BUREAU.bureau, draft, "局长", NOW).movement
            assert movement is not None
            self.tell(("payment", movement.number))
        except Refused:
            pass  # it is paid, or the book has moved


def work_without_end(url: str, key_file: Path, told: Path) -> None:
    """The whole life of a process that somebody is going to kill."""
    out = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(words: Sequence[object]) -> None:
        os.write(out, json.dumps(words).encode() + b"\n")

    day = WorkingDay(open_store(url, key_file), tell)
    tell(("begins", "day"))
    day.end_what_was_begun()
    while True:
        day.one_version()


def fund_many(url: str, key_file: Path, times: int) -> None:
    """A process among several that write at the same time."""
    store = open_store(url, key_file)
    for _ in range(times):
        fund_book(store, BUREAU.bureau, Funding(FUND, 1, DAY), "出纳", NOW)
        calculate_run(store, BUREAU.bureau, "", MONTHS[0], "经办", NOW)
    store.close()
