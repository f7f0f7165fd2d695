"""Long lists: more rows of everything that is listed, written straight into the tables of a filled book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from payroll_service.book.records import sha256
from payroll_service.store.store import Session
from payroll_service.store.tables import Row

CLERK, CHIEF = "clerk", "chief"


@dataclass
class Lists:
    """Adds to the lists of one bureau; what the rows refer to is stored already. `of(name)(count)` adds to one list."""

    session: Session
    bureau: str
    run: str
    payee: str
    rule_set: str
    snapshot: str
    content_hash: str
    receipt: bytes
    record: bytes
    at: datetime

    @property
    def connection(self) -> Connection:
        return self.session.connection

    def runs(self, count: int) -> None:
        """Approved and published, each with a record of the payee."""
        first, event = self.count("run"), self.next("run_event")
        ids = [f"2019-{first + place:05d}-r1" for place in range(count)]
        who = {
            "prepared": CLERK,
            "calculated": CLERK,
            "submitted": CLERK,
            "approved": CHIEF,
            "published": CLERK,
        }
        sources = {"rule_set": self.rule_set, "snapshot": self.snapshot, "corrects": None}
        made = {"period": "2019-09", "kind": "月", "created_at": self.at, "created_by": CLERK}
        self.put("run", [{"run_id": one, **sources, **made} for one in ids])
        events = [(run, state, actor) for run in ids for state, actor in who.items()]
        numbers = {(run, state): event + place for place, (run, state, _) in enumerate(events)}
        self.put(
            "run_event",
            [
                {"number": numbers[run, state], "run_id": run, "state": state, "actor": actor, **self.said}
                for run, state, actor in events
            ],
        )
        digest, record = sha256(self.receipt), {"content": self.record, "amount_fen": 1, "digest": "d"}
        self.put("run_receipt", [{"run_id": one, "content": self.receipt, "digest": digest} for one in ids])
        self.put("run_record", [{"run_id": one, "payee_id": self.payee, **record} for one in ids])
        days = {"first_day": date(2020, 9, 1), "last_day": date(2020, 9, 30)}
        persons = {"prepared_by": CLERK, "approved_by": CHIEF, "receipt": digest, "at": self.at}
        self.put(
            "run_approval",
            [{"run_id": one, "number": numbers[one, "approved"], **persons, **days} for one in ids],
        )
        view = {"published_by": CLERK, "at": self.at, "working_days": 5, "answer_days": 5, "reason": ""}
        self.put(
            "run_publication",
            [
                {
                    "run_id": one,
                    "number": numbers[one, "published"],
                    **view,
                    **days,
                    "answer_by": date(2020, 10, 9),
                }
                for one in ids
            ],
        )

    def run_events(self, count: int) -> None:
        first = self.next("run_event")
        rows = [{"number": first + place, "run_id": self.run, "state": "published"} for place in range(count)]
        self.put("run_event", [one | self.said | {"actor": CLERK} for one in rows])

    def snapshots(self, count: int) -> None:
        """Accepted, each from one file, that came before."""
        first = self.next("import_event")
        came = {"content_hash": self.content_hash, "rule_set": self.rule_set, "actor": CLERK, "at": self.at}
        rows = [
            {"number": first + place, "state": "accepted", "detail": sha256(str(first + place).encode())}
            for place in range(count)
        ]
        self.put("import_event", [one | came for one in rows])

    def accept_again(self) -> None:
        """The snapshot that was accepted first, once more."""
        events = self.table("import_event")
        accepted = (events.c.bureau == self.bureau, events.c.state == "accepted")
        first = select(events).where(*accepted).order_by(events.c.number).limit(1)
        row = dict(self.connection.execute(first).mappings().one())
        self.put("import_event", [row | {"number": self.next("import_event")}])

    def rule_sets(self, count: int) -> None:
        """Drafted."""
        stored = self.session.rule_sets.get(self.bureau, self.rule_set)
        first = self.next("rule_set_event")
        prints = [sha256(f"rule set {first + place}".encode()) for place in range(count)]
        days = {"in_force_from": date(2020, 9, 1), "in_force_to": date(2021, 8, 31), "extends": None}
        rows = [{"fingerprint": one, "version": one[:8], **days} for one in prints]
        self.put("rule_set", [one | {"name": stored.name, "document": stored.document} for one in rows])
        events = [
            {"number": first + place, "fingerprint": one, "state": "stored"}
            for place, one in enumerate(prints)
        ]
        self.put("rule_set_event", [one | self.said | {"actor": CLERK} for one in events])

    def objections(self, count: int) -> None:
        """Of every ten one open, one upheld, four rejected, four corrected."""
        first, event = self.next("objection"), self.next("objection_event")
        words = {
            "run_id": self.run,
            "payee_id": self.payee,
            "item": "奖励",
            "cause": "score",
        }
        rows: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        pending: list[dict[str, Any]] = []
        for number in range(first, first + count):
            due = {"number": number, "answer_by": date(2020, 10, 1) + timedelta(number % 30)}
            rows.append(due | words | {"at": self.at, "raised_by": "teacher"})
            kind = number % 10
            states = ["upheld", "corrected"] if kind > 5 else ["rejected"] if kind > 1 else ["upheld"] * kind
            for state in states:
                noted = {"number": event + len(events), "objection": number, "state": state, "actor": CHIEF}
                events.append(noted | {"at": self.at})
            if kind < 2:
                pending.append(due | {"state": "upheld" if kind else "open"})
        self.put("objection", self.sealed("objection", rows))
        self.put("objection_event", self.sealed("objection_event", events))
        self.put("objection_pending", pending)

    def account_changes(self, count: int) -> None:
        first = self.next("account_change")
        rows = [{"number": first + place, "prepared_by": CLERK} for place in range(count)]
        told = {"at": self.at, "reason": "新开户"}
        self.put("account_change", [one | told | {"payees": 1} for one in rows])
        self.put(
            "account_decision", [one | told | {"state": "approved", "decided_by": CHIEF} for one in rows]
        )

    def clients(self, count: int) -> None:
        first = self.count("client")
        names = [f"系统{first + place}" for place in range(count)]
        known = {"scopes": "ledger:read", "secret_hash": "-", "disabled": False}
        self.put("client", [{"client_id": sha256(one.encode())[:32], "name": one, **known} for one in names])

    def accounts(self, count: int) -> None:
        first = self.count("account")
        logins = [f"t{first + place:06d}" for place in range(count)]
        known = {
            "roles": "teacher",
            "unit": "",
            "payee_id": self.payee,
            "disabled": False,
            "password_hash": "-",
        }
        rows = [{"account_id": sha256(one.encode())[:32], "login": one, "name": one} for one in logins]
        self.put("account", [one | known for one in rows])

    def jobs(self, count: int) -> None:
        """Imports of one school that are over."""
        asked = f'{{"rule_set": "{self.rule_set}", "file_name": "表.xlsx"}}'
        self.put_jobs(count, kind="part", request=asked, unit="A01", state="expired")

    def replays(self, count: int) -> None:
        """Of the run, each of them done."""
        found = f'{{"run": "{self.run}", "checks": []}}'
        asked = f'{{"run": "{self.run}"}}'
        self.put_jobs(count, kind="replay", request=asked, unit="", state="done", result=found)

    def verifications(self, count: int) -> None:
        found = '{"movements": 0, "digest": "", "checks": []}'
        self.put_jobs(count, kind="verification", request="{}", unit="", state="done", result=found)

    def put_jobs(self, count: int, **told: str) -> None:
        first = self.count("job")
        words = dict.fromkeys(("worker", "words", "result", "message", "remedy"), "")
        known = {"asked_by": CLERK} | words | told
        counted = {"attempts": 1, "done": 0, "total": 0, "lease_until": None, "ended_at": self.at}
        rows = [
            {
                "job_id": sha256(str(first + place).encode())[:32],
                "asked_at": self.at + timedelta(seconds=first + place),
            }
            for place in range(count)
        ]
        self.put("job", [one | known | counted for one in rows])

    def movements(self, count: int) -> None:
        """Money that arrived, and a draft each that is approved."""
        first = self.next("movement")
        told = {"day": self.at.date(), "at": self.at, "prepared_by": CLERK, "reason": "", "reference": ""}
        money = {"payees": 0, "amount_fen": 100, "digest": "0" * 64}
        nobody = {"approved_by": None, "draft": None, "answers": None, "detail": "{}", "approvals": 0}
        rows = [{"number": first + place, "kind": "funding"} for place in range(count)]
        self.put("movement", [one | told | money | nobody for one in rows])

    def reads(self, count: int) -> None:
        first = self.next("access")
        told = {"at": self.at, "actor": CLERK, "act": "payees", "subject": ""}
        self.put("access", [{"number": first + place, **told} for place in range(count)])

    def of(self, name: str) -> Callable[[int], None]:
        return getattr(self, name)

    # Rows ----------------------------------------------------------------------------------------

    @property
    def said(self) -> dict[str, Any]:
        return {"at": self.at, "detail": ""}

    def sealed(self, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of a table with words that are sealed there."""
        words = [("少一分".encode(), (name, self.bureau, str(one["number"]))) for one in rows]
        contents = self.session.vault.seal_all(words)
        return [one | {"sealed": content} for one, content in zip(rows, contents, strict=True)]

    def table(self, name: str) -> Any:
        return Row.metadata.tables[name]

    def next(self, name: str) -> int:
        table = self.table(name)
        return (
            self.connection.scalar(select(func.max(table.c.number)).where(table.c.bureau == self.bureau)) or 0
        ) + 1

    def count(self, name: str) -> int:
        return self.connection.scalar(select(func.count()).select_from(self.table(name))) or 0

    def put(self, name: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(
                insert(self.table(name)), [{"bureau": self.bureau, **one} for one in rows]
            )
