"""Signing in and out, and the first administrator: a session of the server, a token for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payroll_service.access.accounts import Account, SignedIn, find_mistakes, login_of
from payroll_service.access.passwords import find_weakness, hashed, matches
from payroll_service.access.roles import Role
from payroll_service.access.throttle import WINDOW, is_blocked
from payroll_service.access.tokens import SESSION_LASTS, SETUP_LASTS, new_id, new_token, token_hash
from payroll_service.book.records import Bureau
from payroll_service.errors import NotAcceptable, SignInRefused
from payroll_service.store.store import Session, Store

WRONG = "登录名或密码不对。"


@dataclass(frozen=True)
class OpenedSession:
    """`token` goes into the holder's cookie and is stored nowhere else."""

    token: str
    session: SignedIn
    account: Account


def sign_in(
    store: Store, bureau: str, login: str, password: str, address: str, now: datetime
) -> OpenedSession:
    """Open a session. Raises SignInRefused, which does not tell whether the login exists.

    Failed tries count per account and per address, over all processes; while either has had too many nobody gets in.
    The password is checked outside the write transaction: it takes a tenth of a second on purpose.
    """
    written = login_of(login)
    keys = {"account": token_hash(f"{bureau} {written}"), "address": token_hash(address)}
    with store.reading() as session:
        if is_blocked(session.access.failures(keys, now - WINDOW)):
            raise SignInRefused("试的次数太多，请过一刻钟再试。", "忘了密码，请找本单位的管理员重设。")
        found = session.access.by_login(bureau, written)
    account, stored = found if found is not None else (None, None)
    right = matches(stored, password)
    with store.writing() as session:
        if account is None or not right or session.access.get(bureau, account.account_id).disabled:
            session.access.failed(keys, now)
            refused = True
        else:
            session.access.forgive("account", keys["account"])
            session.access.sweep(now, now - WINDOW)
            session.access.note(account, "signed-in", now, account.login)
            opened = open_session(session, account, now)
            refused = False
    if refused:
        raise SignInRefused(WRONG, "请核对后再试；试错五次要等一刻钟。")
    return opened


def sign_out(store: Store, token: str) -> None:
    """End the session of a token; a token that is none changes nothing."""
    with store.writing() as session:
        session.access.close(token_hash(token))


def who_is(store: Store, token: str, now: datetime) -> tuple[SignedIn, Account] | None:
    """The open session of a token, and its account as it is at this moment."""
    with store.reading() as session:
        return session.access.session(token_hash(token), now)


def offer_setup(store: Store, now: datetime) -> str | None:
    """The token of a one-time link for the first administrator; None once there is an account."""
    with store.writing() as session:
        if session.access.any_account():
            return None
        token = new_token()
        session.access.offer_setup(token_hash(token), now + SETUP_LASTS)
        return token


def is_open_for_setup(store: Store, token: str, now: datetime) -> bool:
    with store.reading() as session:
        return session.access.setup_is_open(token_hash(token), now)


def set_up(
    store: Store, token: str, bureau: Bureau, login: str, name: str, password: str, now: datetime
) -> OpenedSession:
    """Create the bureau and its first administrator, once. Raises SignInRefused, NotAcceptable."""
    account = Account(bureau.bureau, new_id(), login_of(login), name.strip(), frozenset({Role.ADMIN}))
    mistakes = find_mistakes(account)
    if not bureau.bureau.strip() or not bureau.name.strip():
        mistakes.append("请填教育局的代码和名称")
    if weak := find_weakness(password, account.login, account.name):
        mistakes.append(weak)
    if mistakes:
        raise NotAcceptable(mistakes)
    stored = hashed(password)
    with store.writing() as session:
        if not session.access.setup_is_open(token_hash(token), now):
            raise SignInRefused("这个链接用过了，或已过期。", "请重新启动服务，用新打印的链接。")
        session.add_bureau(bureau)
        session.access.add(account, stored)
        session.access.note(account, "added", now, account.login, "第一个管理员")
        session.access.end_setup()
        return open_session(session, account, now)


def open_session(session: Session, account: Account, now: datetime) -> OpenedSession:
    token = new_token()
    opened = SignedIn(
        account.bureau, token_hash(token), account.account_id, new_token(), now, now + SESSION_LASTS
    )
    session.access.open(opened)
    return OpenedSession(token, opened, account)
