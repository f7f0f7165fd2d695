"""Accounts for all teachers at once: everybody who is paid and has none gets one, with a link to set a password by.

Their names stay sealed: the accounts have the role in place of a name, and only the list that is handed out, and a search
that is put down, say whose is whose. The secrets are in the list alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from payroll_service.access.accounts import Account, OneTimeLink, login_of
from payroll_service.access.roles import Role
from payroll_service.access.tokens import HANDOUT_LASTS, new_id, new_login, new_slip, token_hash
from payroll_service.book.payee_records import paying_units, units_of
from payroll_service.errors import NotAcceptable
from payroll_service.export.handouts_xlsx import Handout
from payroll_service.store.paging import AT_ONCE, walk
from payroll_service.store.store import Session, Store

PERSON = "个人"
MOST = 50  # found by name


@dataclass(frozen=True)
class Waiting:
    """How many people have no account, and how many have one that they never set a password for."""

    without_account: int
    without_password: int
    days: int = HANDOUT_LASTS.days


def count_waiting(store: Store, bureau: str) -> Waiting:
    """As things stand."""
    with store.reading() as session:
        without = session.handouts.without_account(bureau, PERSON)
        return Waiting(len(without), len(session.handouts.without_password(bureau)))


def open_teachers_accounts(
    store: Store, bureau: str, by: str, now: datetime, unit: str = ""
) -> list[Handout]:
    """An account of their own for every person of the book who has none, or of one unit; by unit and name.

    Asked again, or by two at once, nobody gets a second one. Raises NotAcceptable where all have one.
    """
    with store.writing() as session:
        people = _people(session, bureau, session.handouts.without_account(bureau, PERSON), unit)
        if not people:
            raise NotAcceptable(
                [
                    f"{unit or '账上'}没有还没有账号的教职工；新来的人要先在一次核算里出现",
                    "名单丢了的，给还没有设密码的重发链接",
                ]
            )
        logins = _new_logins(session.handouts.logins(bureau))
        role = Role.TEACHER
        accounts = [
            Account(bureau, new_id(), next(logins), role.label, frozenset({role}), payee=person.payee)
            for person in people
        ]
        session.handouts.add(bureau, accounts)
        session.handouts.note(bureau, accounts, "added", now, by, "批量开户")
        return _hand_out(session, bureau, accounts, people, by, now)


def renew_teachers_links(store: Store, bureau: str, by: str, now: datetime, unit: str = "") -> list[Handout]:
    """A new link for everybody, or of one unit, who never set a password; the old one no longer works.

    Raises NotAcceptable where nobody is left.
    """
    with store.writing() as session:
        unused = {account.payee: account for account in session.handouts.without_password(bureau)}
        people = _people(session, bureau, unused, unit)
        if not people:
            raise NotAcceptable([f"{unit or '账上'}没有开了户还没有设密码的教职工"])
        accounts = [unused[person.payee] for person in people]
        session.handouts.note(bureau, accounts, "reset-link", now, by, "批量重发一次性链接")
        return _hand_out(session, bureau, accounts, people, by, now)


def find_accounts(store: Store, bureau: str, asked: str, by: str, now: datetime) -> list[Account]:
    """Of this login, of the person with this ID number, or of people whose name has these words: at most fifty, with
    their names; put down in the log."""
    words = asked.strip()
    if not words:
        raise NotAcceptable(["请写登录名、证件号码，或姓名里的字"])
    with store.writing() as session:
        names = {each.payee_id: each.label for each in session.payees.all(bureau, PERSON)}
        everybody = walk(lambda after: session.access.page(bureau, after, AT_ONCE), "")
        known = (replace(each, name=names.get(each.payee, each.name)) for each in everybody)
        holder = session.payees.find(bureau, PERSON, words.upper())
        login, payee = login_of(words), holder.payee_id if holder else None
        found = [each for each in known if words in each.name or each.login == login or each.payee == payee][
            :MOST
        ]
        if found:
            session.access.log_read(bureau, now, by, "accounts", found[0].payee if len(found) == 1 else "")
    return found


@dataclass(frozen=True)
class _Person:
    payee: str
    unit: str
    name: str


def _people(session: Session, bureau: str, payees: Collection[str], unit: str) -> list[_Person]:
    """These payees by unit and name: all, or those of one unit by its code or name.

    Who has a namesake in the book is told by the last marks of her ID number, too: nobody is handed another's link.
    """
    everybody = session.payees.all(bureau, PERSON)
    asked, alike = frozenset(payees), Counter(each.label for each in everybody)
    units = _units(session, bureau, asked)
    found = []
    for each in everybody:
        at = sorted(units.get(each.payee_id, {}).items())
        if each.payee_id in asked and (not unit or any(unit in place for place in at)):
            more = f"（证件号码末四位 {each.number[-4:]}）" if alike[each.label] > 1 else ""
            names = "、".join(name or code for code, name in at)
            found.append((at, _Person(each.payee_id, names, each.label + more)))
    found.sort(key=lambda one: (one[0], one[1].name))
    return [person for _, person in found]


def _units(session: Session, bureau: str, payees: Collection[str]) -> dict[str, dict[str, str]]:
    """Code -> name of the units that pay each of these, in the last run that has her."""
    found: dict[str, dict[str, str]] = {}
    left = set(payees)
    for run in reversed(session.runs.all(bureau)):
        if not left:
            break
        for record in session.runs.records(bureau, run.run_id):
            if record.payee_id in left:
                found[record.payee_id] = paying_units(record.content) or units_of(record.content)
        left -= found.keys()
    return found


def _new_logins(taken: set[str]) -> Iterator[str]:
    """Without end, none twice."""
    while True:
        if (login := new_login()) not in taken:
            taken.add(login)
            yield login


def _hand_out(
    session: Session,
    bureau: str,
    accounts: Sequence[Account],
    people: Sequence[_Person],
    by: str,
    now: datetime,
) -> list[Handout]:
    """Lines for these accounts, each of the person in the same place; their links work from now on."""
    tokens, ends_at = [new_slip() for _ in accounts], now + HANDOUT_LASTS
    links = (OneTimeLink(bureau, account.account_id, by) for account in accounts)
    session.handouts.offer(bureau, dict(zip(map(token_hash, tokens), links, strict=True)), ends_at)
    session.access.log_read(bureau, now, by, "accounts", "")
    return [
        Handout(person.unit, person.name, account.login, token, ends_at)
        for person, account, token in zip(people, accounts, tokens, strict=True)
    ]
