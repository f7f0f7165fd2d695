"""Accounts as an administrator keeps them, and one's own password."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from payroll_service.access.accounts import Account, Client, OneTimeLink, find_mistakes
from payroll_service.access.passwords import find_weakness, hashed, matches
from payroll_service.access.roles import Role, Scope
from payroll_service.access.tokens import new_id, new_token, token_hash
from payroll_service.errors import NotAcceptable, SignInRefused
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store


def add_account(store: Store, account: Account, password: str, by: Account, now: datetime) -> Account:
    """A new account; whoever uses it sets a password of their own at the first chance. Raises NotAcceptable."""
    new = replace(account, account_id=new_id(), bureau=by.bureau)
    _accept(new, password)
    stored = hashed(password)
    with store.writing() as session:
        _known_payee(session, new)
        session.access.add(new, stored)
        session.access.note(new, "added", now, by.login, _told(new))
    return new


def change_account(store: Store, account: Account, by: Account, now: datetime) -> None:
    """New name, roles, unit, payee or state; open sessions and links end. Nobody shuts out or demotes themselves."""
    if mistakes := find_mistakes(account):
        raise NotAcceptable(mistakes)
    if account.account_id == by.account_id and (account.disabled or Role.ADMIN not in account.roles):
        raise NotAcceptable(["不能停用自己，也不能去掉自己的管理员角色，请由另一位管理员来做"])
    with store.writing() as session:
        _known_payee(session, account)
        session.access.change(account)
        session.access.close_all(account.bureau, account.account_id)
        session.access.end_links(OneTimeLink(account.bureau, account.account_id))
        session.access.note(account, "changed", now, by.login, _told(account))


def reset_password(store: Store, account: Account, password: str, by: Account, now: datetime) -> None:
    """An administrator gives somebody a new password; open sessions end."""
    _accept(account, password)
    stored = hashed(password)
    with store.writing() as session:
        session.access.set_password(account.bureau, account.account_id, stored)
        session.access.close_all(account.bureau, account.account_id)
        session.access.note(account, "password", now, by.login, "管理员重设")


def change_password(store: Store, account: Account, old: str, new: str, now: datetime) -> None:
    """One's own password; every session of the account ends, this one too. Raises SignInRefused, NotAcceptable."""
    with store.reading() as session:
        found = session.access.by_login(account.bureau, account.login)
    if found is None or not matches(found[1], old):
        raise SignInRefused("原来的密码不对。", "请核对后再试。")
    _accept(account, new)
    stored = hashed(new)
    with store.writing() as session:
        session.access.set_password(account.bureau, account.account_id, stored)
        session.access.close_all(account.bureau, account.account_id)
        session.access.note(account, "password", now, account.login, "本人修改")


def get_account(store: Store, bureau: str, account_id: str) -> Account:
    """Raises NotStored."""
    with store.reading() as session:
        return session.access.get(bureau, account_id)


def payee_of(store: Store, bureau: str, number: str) -> str:
    """The book's id of the person with this ID number. Raises NotAcceptable, which does not repeat it."""
    with store.reading() as session:
        found = session.payees.find(bureau, "个人", number.strip().upper())
    if found is None:
        raise NotAcceptable(["没有这个证件号码的收款人：请核对号码；新来的人要先在一次核算里出现"])
    return found.payee_id


def find_account(store: Store, bureau: str, login: str) -> Account | None:
    """The account of that login, None if there is none."""
    with store.reading() as session:
        found = session.access.by_login(bureau, login)
    return found[0] if found else None


def page_accounts(store: Store, bureau: str, after: str, limit: int) -> Page[Account]:
    """By login, those after one."""
    with store.reading() as session:
        return session.access.page(bureau, after, limit)


def add_client(
    store: Store, name: str, scopes: frozenset[Scope], by: Account, now: datetime
) -> tuple[Client, str]:
    """A finance system and its secret, which is shown this once. Raises NotAcceptable."""
    if not name.strip() or not scopes:
        raise NotAcceptable(["请填系统名称，并至少给一项权限"])
    client, secret = Client(by.bureau, new_id(), name.strip(), scopes), new_token()
    with store.writing() as session:
        if client.name in {one.name for one in session.access.clients(by.bureau)}:
            raise NotAcceptable(["已经有一个系统叫这个名称（停用的也算），账上按名称分清是谁办的，请换一个"])
        session.access.add_client(client, token_hash(secret))
        session.access.note(by, "client-added", now, by.login, f"{client.client_id} {client.name}")
    return client, secret


def page_clients(store: Store, bureau: str, after: str, limit: int) -> Page[Client]:
    """By id, those after one."""
    with store.reading() as session:
        return session.access.page_of_clients(bureau, after, limit)


def disable_client(store: Store, client_id: str, by: Account, now: datetime) -> Client:
    """It may not call any more, for good: who is let in again gets a new secret. Raises NotStored."""
    with store.writing() as session:
        session.access.disable_client(by.bureau, client_id)
        session.access.note(by, "client-disabled", now, by.login, client_id)
        found = session.access.client(by.bureau, client_id)
        assert found is not None, "it was disabled just now"
        return found[0]


def _accept(account: Account, password: str) -> None:
    mistakes = find_mistakes(account)
    if weak := find_weakness(password, account.login, account.name):
        mistakes.append(weak)
    if mistakes:
        raise NotAcceptable(mistakes)


def _known_payee(session: Session, account: Account) -> None:
    if account.payee:
        session.payees.get(account.bureau, account.payee)


def _told(account: Account) -> str:
    roles = "、".join(role.label for role in sorted(account.roles))
    return f"{account.login} {roles}{' ' + account.unit if account.unit else ''}{'（停用）' if account.disabled else ''}"
