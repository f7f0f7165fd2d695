"""A small filled store: one bureau, one rule set, one import, one snapshot, one calculated run of three teachers."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.book.bank_accounts import (
    APPROVED,
    AccountChange,
    AccountDecision,
    BankAccount,
    ChangedAccount,
)
from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import PAYMENT, Draft, Line, Movement
from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import PaidTo, record_of
from payroll_service.book.records import (
    Bureau,
    Objection,
    PayeeRecord,
    PoolRecord,
    RuleSetEnactment,
    RunApproval,
    RunOutcome,
    RunPublication,
    RunRecord,
    StoredImport,
    StoredRuleSet,
    StoredSnapshot,
    TotalRecord,
    sha256,
)
from payroll_service.store import Session, Store

NOON = datetime(2020, 10, 9, 4, 30, 15, 123456, tzinfo=UTC)
BUREAU = Bureau("dushan", "独山县教育局")
RULE_SET = StoredRuleSet(
    "dushan",
    "a" * 64,
    "独山县绩效工资",
    "2020-09",
    date(2020, 9, 1),
    date(2023, 8, 31),
    "规则: 一\n".encode(),
)
IMPORT = StoredImport.received("dushan", "九月.xlsx", "王会计", NOON, b"PK\x03\x04 a workbook" * 50)
TABLES = b"canonical bytes of all tables\x00\xff" * 50
SNAPSHOT = StoredSnapshot("dushan", sha256(TABLES), "a" * 64, TABLES, (IMPORT.content_hash,))
RUN = RunRecord("dushan", "r1", "a" * 64, SNAPSHOT.fingerprint, "2020-09", "月", NOON, "王会计")
TEACHERS = {"520111198001010014": "韦䶮", "520111198001010022": "陆𠮷", "520111198001010030": "王芳"}
POOLS = (PoolRecord("教师.奖励", "学校.奖励池", "S01", "S01", "", 60001, 60001, 0, 3, "12.5"),)
TOTALS = (
    TotalRecord("S02", "101", "县财政", 1, 20000, 20000),
    TotalRecord("S01", "101", "县财政", 2, 40001, 0),
)
OUTCOME = RunOutcome(POOLS, TOTALS, '{"总额":"600.01"}'.encode())
APPROVAL = RunApproval(
    "dushan",
    "r1",
    0,
    "王会计",
    "李局长",
    sha256(OUTCOME.receipt),
    NOON + timedelta(hours=1),
    date(2020, 9, 1),
    date(2020, 9, 30),
)


@dataclass(frozen=True)
class Shelf:
    """What `fill` stored."""

    payee_ids: dict[str, str]
    records: list[PayeeRecord]


def fill(store: Store, bureau: Bureau = BUREAU) -> Shelf:
    with store.writing() as session:
        prepare(session, bureau)
        return calculate(session)


def prepare(session: Session, bureau: Bureau = BUREAU) -> None:
    session.add_bureau(bureau)
    session.rule_sets.save(RULE_SET)
    session.rule_sets.append("dushan", RULE_SET.fingerprint, "stored", NOON, "王会计")
    session.imports.save(IMPORT)
    session.imports.append("dushan", IMPORT.content_hash, "accepted", NOON, "王会计", rule_set="a" * 64)
    session.snapshots.save(SNAPSHOT)
    session.runs.create(RUN)
    session.runs.append("dushan", "r1", "prepared", NOON, "王会计")


def calculate(session: Session) -> Shelf:
    payee_ids = session.payees.enrol("dushan", "个人", TEACHERS)
    records = [
        PayeeRecord.of(payee_id, f'{{"lines":["{number}"]}}'.encode(), 20000 + number)
        for number, payee_id in enumerate(sorted(payee_ids.values()))
    ]
    session.runs.save_outcome("dushan", "r1", records, OUTCOME)
    session.runs.append("dushan", "r1", "calculated", NOON + timedelta(minutes=1), "王会计", "三人")
    return Shelf(payee_ids, records)


def move(store: Store) -> Movement:
    """A payment of 1.00 to one of the shelf's teachers, prepared and approved, and a payee held."""
    payee = Entitlement(next(iter(ids(store).values())), "101", "S01", "县财政", "2020-09")
    paid = PaidTo(payee.payee, (Line(payee, 100),))
    words = ("dushan", 1, PAYMENT, NOON.date(), NOON, "王会计")
    draft = Draft(*words, "", "", "{}", 1, 100, "d")
    movement = Movement(*words, "李局长", 1, None, "", "", "{}", 0, 1, 100, "e")
    with store.writing() as session:
        session.ledger.prepare(draft)
        session.ledger.append(movement, [record_of(paid)], line_postings(PAYMENT, paid.lines))
        session.ledger.note("dushan", payee.payee, "held", NOON, "王会计", "调查")
    return movement


def ids(store: Store) -> dict[str, str]:
    with store.reading() as session:
        return session.payees.ids("dushan", "个人")


def approve(store: Store) -> RunApproval:
    with store.writing() as session:
        return session.runs.approve(APPROVAL)


def enact(store: Store, **other: Any) -> RuleSetEnactment:
    """The shelf's rule set is put in force by somebody else."""
    enactment = RuleSetEnactment("dushan", RULE_SET.fingerprint, 0, 1, "王会计", "李局长", 3, NOON)
    with store.writing() as session:
        return session.rule_sets.enact(replace(enactment, **other))


def publish(store: Store) -> None:
    """The approved run is published; a teacher objects and is answered."""
    days = (NOON.date(), NOON.date() + timedelta(7), 5, 5, NOON.date() + timedelta(14))
    publication = RunPublication("dushan", "r1", 0, "王会计", NOON, *days, "")
    payee = next(iter(ids(store).values()))
    objection = Objection("dushan", 0, "r1", payee, "101", "score", "少一分", NOON, "wang", days[1])
    with store.writing() as session:
        session.objections.publish(publication)
        number = session.objections.add(objection).number
        session.objections.note("dushan", number, "rejected", NOON, "李局长", "无误")


def register(store: Store) -> None:
    """A new bank account of one of the shelf's teachers, proposed and approved."""
    payee_id = next(iter(ids(store).values()))
    changed = ChangedAccount(payee_id, BankAccount("", ""), BankAccount("农业银行", "6228480000000000015"))
    with store.writing() as session:
        session.bank_accounts.propose(AccountChange("dushan", 1, NOON, "王会计", "新开户", 1), [changed])
        session.bank_accounts.decide(AccountDecision("dushan", 1, APPROVED, "王会计", "李局长", NOON, ""))


def admit(store) -> None:
    """An account of the bureau, what was done to it, and a read that was put down."""
    account = Account("dushan", "a1", "wang", "王芳", frozenset({Role.CLERK}))
    with store.writing() as session:
        session.access.add(account, "hash")
        session.access.note(account, "added", NOON, "root")
        session.access.log_read("dushan", NOON, "wang", "payouts r1", "")
