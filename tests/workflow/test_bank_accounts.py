"""A bank account is set by two persons, by the database itself; a list is stored wholly or not at all."""

from dataclasses import asdict

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from payroll_service.book.bank_accounts import APPROVED, AccountDecision, BankAccount, masked
from payroll_service.errors import (
    NotAcceptable,
    NotInBook,
    Overtaken,
    SamePerson,
    UnreadableFile,
    UnsoundFile,
)
from payroll_service.store.bank_account_tables import AccountChangeEntryRow, AccountDecisionRow
from payroll_service.store.errors import StoredBytesChanged
from payroll_service.store.rows import sql_table
from payroll_service.store.triggers import put_on, take_off
from payroll_service.workflow.read_accounts import read_accounts
from payroll_service.workflow.read_payees import (
    find_payees,
    list_changes,
    own_account,
    read_change,
    read_payee,
)
from payroll_service.workflow.set_bank_account import (
    WantedAccount,
    approve_accounts,
    propose_accounts,
    withdraw_accounts,
)
from tests.workflow.claims import BUREAU, NOW, open_book, person

CARD, OTHER, WRONG_CARD = "6228480000000000018", "6217000000000000", "6228480000000000019"


@pytest.fixture
def book(store):
    open_book(store)
    return store


def wanted(number, account, **more):
    return WantedAccount(account, more.pop("bank", "农信社"), number, **more)


def propose(store, *accounts, by="会计"):
    return propose_accounts(store, BUREAU, accounts, "新开户", by, NOW)


def accounts(store):
    with store.reading() as session:
        return {each.number: each.account for each in session.payees.all(BUREAU, "个人") if each.account}


def test_it_holds_when_another_person_has_approved_it(book):
    shown = propose(book, wanted("P1", f" {CARD[:4]} {CARD[4:]} "), wanted("P2", "001-22334455"))
    assert shown.change.number == 1
    assert accounts(book) == {}, "nothing holds before it is approved"
    with pytest.raises(SamePerson):
        approve_accounts(book, BUREAU, 1, "会计", NOW)
    done = approve_accounts(book, BUREAU, 1, "局长", NOW)
    assert accounts(book) == {"P1": CARD, "P2": "001-22334455"}
    assert done.decision == AccountDecision(BUREAU, 1, APPROVED, "会计", "局长", NOW, "")
    with pytest.raises(NotInBook, match="已由 局长 批准"):
        approve_accounts(book, BUREAU, 1, "局长", NOW)
    with pytest.raises(NotInBook, match="已由 局长 批准"):
        withdraw_accounts(book, BUREAU, 1, "会计", "x", NOW)
    card = own_account(book, BUREAU, person(book, "P1"))
    assert card.account == BankAccount("农信社", CARD)
    (made,) = card.changes
    assert (made.change.prepared_by, made.decision) == ("会计", done.decision)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"decided_by": "会计"}, "two_persons"),
        ({"prepared_by": "别人"}, "foreign key"),
        ({"state": "settled"}, "two_persons"),
        ({"number": 7}, "foreign key"),
    ],
)
def test_the_database_itself_wants_two_persons(book, changes, name):
    propose(book, wanted("P1", CARD))
    decision = AccountDecision(BUREAU, 1, APPROVED, "会计", "局长", NOW, "")
    row = asdict(decision) | changes
    with pytest.raises(IntegrityError, match=f"(?i){name}"), book.writing() as session:
        session.connection.execute(insert(sql_table(AccountDecisionRow)), row)
    with book.writing() as session:
        session.connection.execute(insert(sql_table(AccountDecisionRow)), asdict(decision))


def test_a_withdrawn_proposal_changes_nothing(book):
    propose(book, wanted("P1", CARD))
    with pytest.raises(NotAcceptable):
        withdraw_accounts(book, BUREAU, 1, "会计", " ", NOW)
    withdraw_accounts(book, BUREAU, 1, "会计", "写错了", NOW)
    with pytest.raises(NotInBook, match="撤回"):
        approve_accounts(book, BUREAU, 1, "局长", NOW)
    assert accounts(book) == {}
    assert own_account(book, BUREAU, person(book, "P1")).changes == ()
    assert [each.decision and each.decision.state for each in list_changes(book, BUREAU)] == ["withdrawn"]


def test_everything_wrong_is_named_at_once_and_nothing_is_stored(book):
    rows = [
        wanted("P9", CARD, place="第 2 行"),
        wanted("P1", "12", place="第 3 行"),
        wanted("P2", OTHER, place="第 4 行", name="张一"),
        wanted("P2", "70000001", place="第 5 行"),
        wanted("P3", OTHER, place="第 6 行"),
        wanted("P4", "70000002", place="第 7 行", bank=" "),
    ]
    with pytest.raises(UnsoundFile) as refused:
        propose(book, *rows)
    assert [each.partition("，")[0] for each in refused.value.wrong] == [
        "第 2 行：账上没有这个证件号码或代码的收款人",
        "第 3 行：不像银行账号",
        "第 4 行：姓名与账上的（李二）不同",
        "第 5 行：李二在第 4 行写过一次",
        "第 7 行：请写开户行",
        "第 4 行 李二（****）和第 6 行 王三（****）是同一个账号",
    ]
    assert "请先从表里删去" in refused.value.remedy, "what to do about a person whom no run has paid"
    assert list_changes(book, BUREAU) == []
    with pytest.raises(NotAcceptable):
        propose_accounts(book, BUREAU, [wanted("P1", CARD)], " ", "会计", NOW)


def test_an_account_is_one_persons_also_when_two_proposals_are_open(book):
    propose(book, wanted("P1", CARD))
    propose(book, wanted("P2", CARD))
    approve_accounts(book, BUREAU, 1, "局长", NOW)
    with pytest.raises(Overtaken, match=r"李二.*张一.*同一个账号"):
        approve_accounts(book, BUREAU, 2, "局长", NOW)
    with pytest.raises(UnsoundFile, match=r"李二.*张一.*同一个账号"):
        propose(book, wanted("P2", CARD))
    assert accounts(book) == {"P1": CARD}


def test_two_may_exchange_their_accounts_in_one_proposal(book):
    propose(book, wanted("P1", CARD), wanted("P2", OTHER))
    approve_accounts(book, BUREAU, 1, "局长", NOW)
    propose(book, wanted("P1", OTHER), wanted("P2", CARD))
    approve_accounts(book, BUREAU, 2, "局长", NOW)
    assert accounts(book) == {"P1": OTHER, "P2": CARD}


def test_what_was_changed_meanwhile_is_not_written_over(book):
    propose(book, wanted("P1", CARD))
    propose(book, wanted("P1", OTHER))
    approve_accounts(book, BUREAU, 2, "局长", NOW)
    with pytest.raises(Overtaken, match="张一"):
        approve_accounts(book, BUREAU, 1, "局长", NOW)
    assert accounts(book) == {"P1": OTHER}


def test_whoever_has_that_account_already_is_left_out(book):
    propose(book, wanted("P1", CARD))
    approve_accounts(book, BUREAU, 1, "局长", NOW)
    shown = propose(book, wanted("P1", CARD), wanted("P2", OTHER))
    assert [shown.payees[each.payee_id].number for each in shown.entries] == ["P2"]
    with pytest.raises(UnsoundFile, match="没有要改的"):
        propose(book, wanted("P1", CARD))


@pytest.mark.parametrize(
    ("account", "hints"), [(CARD, 0), (WRONG_CARD, 1), ("2201234567890123", 0), (WRONG_CARD[:-4], 0)]
)
def test_a_cards_check_digit_is_a_hint_and_no_more(book, account, hints):
    assert len(propose(book, wanted("P1", account)).hints) == hints
    approve_accounts(book, BUREAU, 1, "局长", NOW)
    assert accounts(book) == {"P1": account}


def test_entries_that_changed_places_are_named_as_altered(book):
    propose(book, wanted("P1", CARD))
    propose(book, wanted("P1", OTHER))
    table = sql_table(AccountChangeEntryRow)
    with book.writing() as session:
        take_off(session.connection, "account_change_entry")
        first = session.connection.scalar(
            table.select().with_only_columns(table.c.sealed).where(table.c.number == 1)
        )
        session.connection.execute(table.update().where(table.c.number == 2).values(sealed=first))
        put_on(session.connection)
    with pytest.raises(StoredBytesChanged, match=person(book, "P1")):
        approve_accounts(book, BUREAU, 2, "局长", NOW)


def test_whoever_looks_at_payees_is_put_down(book):
    payee = person(book, "P1")
    propose(book, wanted("P1", CARD))
    assert [card.who.label for card in find_payees(book, BUREAU, "p1", "会计", NOW)] == ["张一"]
    assert [card.who.label for card in find_payees(book, BUREAU, "三", "会计", NOW)] == ["王三"]
    assert find_payees(book, BUREAU, "没有的人", "会计", NOW) == []
    with pytest.raises(NotAcceptable):
        find_payees(book, BUREAU, " ", "会计", NOW)
    assert read_payee(book, BUREAU, payee, "复核", NOW).changes[0].change.number == 1
    assert read_change(book, BUREAU, 1, "复核", NOW).entries[0].after.masked == "****0018"
    with pytest.raises(NotInBook):
        read_change(book, BUREAU, 9, "复核", NOW)
    with book.reading() as session:
        found = [(each.actor, each.act, each.subject) for each in session.access.reads(BUREAU)]
    assert found == [
        ("会计", "payees", payee),
        ("会计", "payees", person(book, "P3")),
        ("复核", "payee", payee),
        ("复核", "account change 1", payee),
    ]


@pytest.mark.parametrize(
    ("number", "shown"), [("", ""), ("1234567", "****"), ("12345678", "****5678"), (CARD, "****0018")]
)
def test_a_masked_number_shows_four_signs_at_most(number, shown):
    assert masked(number) == shown


def test_a_list_is_read_strictly_and_every_bad_cell_is_named(tmp_path):
    path = tmp_path / "账号.csv"
    path.write_text(
        f"姓名,证件 号码,开户行,账号\n张一,p1,农信社,{CARD}\n,P2,农信社,０１２３４５６７\n", encoding="utf-8"
    )
    first, second = read_accounts(path)
    assert first == WantedAccount(CARD, "农信社", "P1", "", "张一", "第 2 行")
    assert second == WantedAccount("01234567", "农信社", "P2", "", "", "第 3 行")
    path.write_text(
        "证件号码,开户行,账号\nP1,农信社,6.22E+18\nP2,农信社,\nP3,农信社,70000001\n", encoding="utf-8"
    )
    with pytest.raises(UnsoundFile) as refused:
        read_accounts(path)
    assert [each.partition("：")[0] for each in refused.value.wrong] == [
        "账号.csv 第 2 行“账号”",
        "账号.csv 第 3 行“账号”",
    ]
    path.write_text("证件号码,账号\nP1,70000001\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="开户行"):
        read_accounts(path)
