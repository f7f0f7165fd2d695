"""OAuth2 client credentials: a finance system trades its secret for a token that lasts minutes."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from payroll_service.access.accounts import Client
from payroll_service.access.roles import Scope
from payroll_service.access.throttle import WINDOW, is_blocked
from payroll_service.access.tokens import ACCESS_LASTS, new_token, token_hash
from payroll_service.errors import SignInRefused
from payroll_service.store.store import Store


def open_token(
    store: Store,
    bureau: str,
    client_id: str,
    secret: str,
    scopes: frozenset[Scope],
    address: str,
    now: datetime,
) -> tuple[str, frozenset[Scope]]:
    """A bearer token and what it is good for: the scopes asked for that were granted (none asked: all). Raises SignInRefused."""
    keys = {"account": token_hash(f"client {bureau} {client_id}"), "address": token_hash(address)}
    refused = SignInRefused("客户端编号或密钥不对。", "请核对，或请管理员重发密钥。")
    with store.writing() as session:
        if is_blocked(session.access.failures(keys, now - WINDOW)):
            raise SignInRefused("试的次数太多，请过一刻钟再试。", "请核对客户端编号和密钥。")
        found = session.access.client(bureau, client_id)
        known = found is not None and not found[0].disabled
        if found is None or not known or not compare_digest(found[1], token_hash(secret)):
            session.access.failed(keys, now)
        else:
            client = found[0]
            granted = client.scopes & scopes if scopes else client.scopes
            token = new_token()
            session.access.open_token(token_hash(token), client, granted, now + ACCESS_LASTS)
            return token, granted
    raise refused


def caller(store: Store, token: str, now: datetime) -> tuple[Client, frozenset[Scope]] | None:
    """The system that holds a token, and what it may do with it now."""
    with store.reading() as session:
        return session.access.caller(token_hash(token), now)
