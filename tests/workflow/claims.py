"""A small book of money: a stored rule set with 支付, payees, and approved runs that grant just what a test says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.money import fen_text
from payroll_service.book.records import (
    Bureau,
    PayeeRecord,
    RunApproval,
    RunOutcome,
    RunRecord,
    StoredRuleSet,
    StoredSnapshot,
    sha256,
)
from payroll_service.store import Session, Store
from payroll_service.workflow.ledger import Ledger, read_ledger
from rules.language.check import load_rule_set
from tests.book.tiny import RULES

BUREAU = "县"
NOW = datetime(2021, 3, 1, 8, tzinfo=UTC)
DAY = date(2021, 3, 1)
PRO_RATA = "支付: {不足: 按比例, 追回: 抵扣, 依据: 办法 十}\n"
PEOPLE = {"P1": "张一", "P2": "李二", "P3": "王三", "P4": "赵四", "P5": "钱五"}
TABLES = b"tables"

Grant = tuple[str, str, str, str, int]  # item, unit, fund, earned, fen


def open_book(store: Store, disbursement: str = PRO_RATA, bureau: str = BUREAU) -> str:
    """Bureau, rule set, snapshot and payees; returns the rule set's fingerprint."""
    with store.writing() as session:
        session.add_bureau(Bureau(bureau, "某县教育局"))
        fingerprint = save_rule_set(session, disbursement, bureau=bureau)
        session.snapshots.save(StoredSnapshot(bureau, sha256(TABLES), fingerprint, TABLES, ()))
        session.payees.enrol(bureau, "个人", PEOPLE)
    return fingerprint


def save_rule_set(session: Session, disbursement: str, version: str = "1", bureau: str = BUREAU) -> str:
    document = RULES.replace('版本: "1"', f'版本: "{version}"') + disbursement
    program = load_rule_set(document, "示例.yaml")
    start, end = (date.fromordinal(day) for day in (program.start, program.end))
    stored = StoredRuleSet(bureau, program.fingerprint, "示例县", version, start, end, document.encode())
    session.rule_sets.save(stored)
    return program.fingerprint


def grant(
    store: Store, run_id: str, rule_set: str, lines: Mapping[str, Sequence[Grant]], bureau: str = BUREAU
) -> None:
    """An approved run that grants these lines, by ID number."""
    with store.writing() as session:
        ids = session.payees.ids(bureau, "个人")
        run = RunRecord(bureau, run_id, rule_set, sha256(TABLES), "2020-2021-1", "学期", NOW, "制表人")
        session.runs.create(run)
        records = [_record(ids[number], given) for number, given in lines.items()]
        session.runs.save_outcome(bureau, run_id, records, RunOutcome((), (), b"{}"))
        session.runs.approve(
            RunApproval(
                bureau, run_id, 0, "制表人", "局长", sha256(b"{}"), NOW, date(2020, 9, 1), date(2021, 2, 28)
            )
        )


def _record(payee: str, lines: Sequence[Grant]) -> PayeeRecord:
    names = ("item", "unit", "fund", "earned")
    content = {
        "held": "",
        "lines": [dict(zip(names, line[:4], strict=True)) | {"amount": fen_text(line[4])} for line in lines],
    }
    return PayeeRecord.of(payee, json.dumps(content).encode(), sum(line[4] for line in lines))


def book(store: Store, bureau: str = BUREAU) -> Ledger:
    with store.reading() as session:
        return read_ledger(session, bureau)


def person(store: Store, number: str) -> str:
    with store.reading() as session:
        found = session.payees.find(BUREAU, "个人", number)
    assert found is not None
    return found.payee_id


def owed(store: Store) -> dict[str, int]:
    """What each person is owed in all, by ID number; overpayments are negative."""
    ledger = book(store)
    return {
        number: sum(ledger.balances.owed(each) for each in _of(ledger, person(store, number)))
        for number in PEOPLE
    }


def _of(ledger: Ledger, payee: str) -> list[Entitlement]:
    return [each for each in ledger.balances.entitlements() if each.payee == payee]
