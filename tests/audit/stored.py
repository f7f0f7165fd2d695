"""A stored run of the tiny county, as the store would hand it to an auditor."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

from payroll_service.audit.evidence import StoredRun
from payroll_service.book.earlier import Earlier
from payroll_service.book.netting import check_netting, net
from payroll_service.book.payee_records import records_fingerprint, records_of
from payroll_service.book.receipt import NettedRun, receipt_bytes
from payroll_service.book.records import RunOutcome, RunRecord, StoredRuleSet, StoredSnapshot, sha256
from payroll_service.book.run_receipt import make_receipt
from payroll_service.book.totals import pool_records, totals_of
from tests.book.tiny import POSTS, RULES, data, identities, ids, post, receipt, run

SNAPSHOT = b"a snapshot's canonical bytes"


def stored_run(period: str = "2020-2021-1", noted: bool = True, nets: bool = False) -> StoredRun:
    """A run as stored; `nets`: what an earlier run granted where P4 had 1.00 less, and P5 worked too."""
    program, outcome, payouts = run(period)
    fingerprint = hashlib.sha256(SNAPSHOT).hexdigest()
    made = receipt_bytes(replace(receipt(period), inputs=fingerprint))
    if nets:
        earlier = [earlier_run(period)]
        payouts = net(program, payouts, earlier)
        checks = [check_netting(program, payouts, earlier)]
        netting = make_receipt(program, data(), outcome, payouts, checks, [one.run for one in earlier])
        made = receipt_bytes(replace(netting, inputs=fingerprint))
    records = tuple(records_of(payouts, ids(payouts)))
    at = datetime(2021, 3, 1, tzinfo=UTC)
    return StoredRun(
        RunRecord("县", "run-1", program.fingerprint, fingerprint, period, outcome.period.kind, at, "制表"),
        StoredRuleSet(
            "县",
            program.fingerprint,
            program.name,
            program.version,
            date.fromordinal(program.start),
            date.fromordinal(program.end),
            RULES.encode(),
        ),
        StoredSnapshot("县", fingerprint, program.fingerprint, SNAPSHOT, ()),
        RunOutcome(pool_records(program, outcome), totals_of(payouts), made),
        records,
        identities(payouts),
        noted_receipt=sha256(made) if noted else "",
        noted_records=records_fingerprint(records) if noted else "",
    )


def earlier_run(period: str) -> Earlier:
    """An approved run of other data: P4's last post brings less, and P5 has one too."""
    posts = [
        *POSTS[:-1],
        {**POSTS[-1], "津贴": "1.33"},
        post("P5", "B02", "2015-09-01", None, "100", "60", "7"),
    ]
    _, _, payouts = run(period, 任职=posts)
    return Earlier(NettedRun("run-0", "e" * 64), payouts)
