"""Signing in and out, and who comes in by a one-time link: a session of the server, a token for its holder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from payroll_service.access.accounts import Account, OneTimeLink, SignedIn, find_mistakes, login_of
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
    The password is checked outside the write transaction, since it takes a tenth of a second on purpose. So a try counts
    from its beginning: however many are made at once, no more than may fail are looked at.
    """
    written = login_of(login)
    keys = {"account": account_key(bureau, written), "address": token_hash(address)}
    with store.reading() as session:
        _refuse_many(session, keys, now)  # those who go on trying keep no writer waiting
    with store.writing() as session:
        _refuse_many(session, keys, now)
        tries = session.access.failed(keys, now)
        found = session.access.by_login(bureau, written)
    account, stored = found if found is not None else (None, None)
    right = matches(stored, password)
    with store.writing() as session:
        session.access.take_back(tries)
        if account is None or not right or session.access.get(bureau, account.account_id).disabled:
            session.access.failed(keys, now)  # anew: a success meanwhile may have forgiven it
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


def account_key(bureau: str, login: str) -> str:
    """What tries for an account are counted under, whether it exists or not."""
    return token_hash(f"{bureau} {login}")


def _refuse_many(session: Session, keys: Mapping[str, str], now: datetime) -> None:
    if is_blocked(session.access.failures(keys, now - WINDOW)):
        raise SignInRefused(
            "试的次数太多，请过一刻钟再试。",
            "忘了密码，请找本单位的管理员重设；管理员忘了，请找维护服务的人。",
        )


def sign_out(store: Store, token: str) -> None:
    """End the session of a token; a token that is none changes nothing."""
    with store.writing() as session:
        session.access.close(token_hash(token))


def who_is(store: Store, token: str, now: datetime) -> tuple[SignedIn, Account] | None:
    """The open session of a token, and its account as it is at this moment."""
    with store.reading() as session:
        return session.access.session(token_hash(token), now)


def offer_setup(store: Store, now: datetime) -> str | None:
    """The token of a one-time link for the very first administrator; None once there is an account."""
    with store.writing() as session:
        return None if session.access.any_account() else _offer(session, OneTimeLink(), now)


def offer_bureau(store: Store, bureau: str, by: str, now: datetime) -> str:
    """The token of a one-time link for a bureau's first administrator. Raises NotAcceptable where there is one."""
    with store.writing() as session:
        if admins := session.access.administrators(bureau):
            logins = "、".join(admin.login for admin in admins)
            raise NotAcceptable(
                [f"教育局 {bureau} 已有管理员 {logins}"],
                "忘了密码的，用 --login 写明登录名再打印一次；要加管理员，请他在“账号”页新增。",
            )
        return _offer(session, OneTimeLink(bureau, by=by), now)


def offer_reset(store: Store, bureau: str, login: str, by: str, now: datetime) -> str:
    """The token of a one-time link by which an administrator sets a new password. Raises NotAcceptable."""
    written = login_of(login)
    with store.writing() as session:
        admins = {one.login: one for one in session.access.administrators(bureau)}
        account = admins.get(written)
        if account is None:
            others = (
                f"请核对 --login：能用的管理员是 {'、'.join(admins)}；别的账号由管理员在“账号”页重设密码。"
            )
            first = "本局还没有管理员：请核对 --bureau，不写 --login 再打印一次，建立第一个。"
            raise NotAcceptable(
                [f"教育局 {bureau} 没有能用的管理员账号 {login}"], others if admins else first
            )
        session.access.note(account, "reset-link", now, by, "重设密码的一次性链接")
        return _offer(session, OneTimeLink(bureau, account.account_id, by), now)


def find_setup(store: Store, token: str, now: datetime) -> OneTimeLink | None:
    """The link by which a bureau and its first administrator may be set up now, None if there is none."""
    with store.reading() as session:
        return _find_setup(session, token, now)


def find_reset(store: Store, token: str, now: datetime) -> Account | None:
    """Whose password may be set by this link now: an administrator's who lost hers, or one that was never set; else None."""
    with store.reading() as session:
        found = _find_reset(session, token, now)
    return found[1] if found else None


def set_up(
    store: Store, token: str, bureau: Bureau, login: str, name: str, password: str, now: datetime
) -> OpenedSession:
    """Create the bureau and its first administrator, once; the link's bureau, if it names one. Raises SignInRefused,
    NotAcceptable."""
    spent = SignInRefused(
        "这个链接用过了，或已过期。", "请重新启动服务，或用 payroll admin-link 再打印一个。"
    )
    offered = find_setup(store, token, now)
    if offered is None:
        raise spent
    bureau = replace(bureau, bureau=offered.bureau or bureau.bureau)
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
        if _find_setup(session, token, now) is None:
            raise spent
        session.add_bureau(bureau)
        session.access.add(account, stored)
        session.access.note(account, "added", now, offered.by or account.login, "第一个管理员")
        session.access.end_links(offered)
        return open_session(session, account, now)


def reset_by_link(store: Store, token: str, password: str, now: datetime) -> None:
    """Set the password of the link's account, once; its sessions end, and failed tries are forgiven. Raises
    SignInRefused, NotAcceptable."""
    spent = SignInRefused(
        "这个链接用过了，或已过期。", "请找管理员重发；管理员自己的，用 payroll admin-link 再打印一个。"
    )
    account = find_reset(store, token, now)
    if account is None:
        raise spent
    if weak := find_weakness(password, account.login, account.name):
        raise NotAcceptable([weak])
    stored = hashed(password)
    with store.writing() as session:
        found = _find_reset(session, token, now)
        if found is None:
            raise spent
        link, account = found
        session.access.set_password(account.bureau, account.account_id, stored)
        session.access.close_all(account.bureau, account.account_id)
        session.access.forgive("account", account_key(account.bureau, account.login))
        session.access.note(account, "password", now, link.by, "用一次性链接设置")
        session.access.end_links(link)


def _offer(session: Session, link: OneTimeLink, now: datetime) -> str:
    token = new_token()
    session.access.offer(token_hash(token), link, now + SETUP_LASTS)
    return token


def _find_setup(session: Session, token: str, now: datetime) -> OneTimeLink | None:
    link = session.access.link(token_hash(token), now)
    if link is None or link.account_id:
        return None
    taken = session.access.administrators(link.bureau) if link.bureau else session.access.any_account()
    return None if taken else link


def _find_reset(session: Session, token: str, now: datetime) -> tuple[OneTimeLink, Account] | None:
    link = session.access.link(token_hash(token), now)
    if link is None or not link.account_id:
        return None
    account = session.access.get(link.bureau, link.account_id)
    wanting = Role.ADMIN in account.roles or not session.access.has_password(link.bureau, link.account_id)
    return (link, account) if wanting and not account.disabled else None


def open_session(session: Session, account: Account, now: datetime) -> OpenedSession:
    token = new_token()
    opened = SignedIn(
        account.bureau, token_hash(token), account.account_id, new_token(), now, now + SESSION_LASTS
    )
    session.access.open(opened)
    return OpenedSession(token, opened, account)
