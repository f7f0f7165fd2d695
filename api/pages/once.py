"""A form that is sent twice acts once: each that is shown has a key of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.exceptions import RequestValidationError

from api.once import digest_of, done_once
from api.pages.render import go
from api.rights import Caller
from payroll_service.errors import KeyReused, Refused
from payroll_service.workflow.masking import masked

KEY = r"^[A-Za-z0-9_-]{20,100}$"
FormKey = Annotated[str, Form(pattern=KEY)]
SHOWN = 200


def go_once(request: Request, caller: Caller, key: str, asked: object, act: Callable[[], str]) -> Response:
    """Do what a form asks and go where `act` says; sent again, only go there.

    `asked`: what the form says, in words that are always the same. Raises KeyReused, and whatever `act` raises.
    """
    told = asked if isinstance(asked, bytes) else repr(asked).encode()
    return go(form_once(request, caller, key, told, act, 303))


def form_once(
    request: Request, caller: Caller, key: str, told: bytes, act: Callable[[], str], status: int
) -> str:
    """What `act` gives for a form, or gave when it was sent before. Raises KeyReused, and whatever `act` raises."""
    asked = digest_of(request, told)
    found = done_once(request, asked, caller, key, lambda: act().encode(), status)
    if found.request != asked:
        raise KeyReused(
            "这一张表已经交过，内容和这次不同，没有再办。", "请看办过的结果；还要办的，重新打开页面再填。"
        )
    return found.content.decode()


def sent_key(fields: Mapping[str, str]) -> str:
    """The key of a form with a file. Raises RequestValidationError."""
    if not re.fullmatch(KEY, key := fields.get("key", "")):
        raise RequestValidationError([{"loc": ("body", "key"), "type": "missing"}])
    return key


def told(refused: Refused) -> list[str]:
    """A refusal in lines, each wrong thing on its own; the middle of ID and account numbers is hidden."""
    wrong: list[str] = list(getattr(refused, "wrong", ()))
    if not wrong:
        return [masked(refused.message), refused.remedy]
    more = [f"…… 另有 {len(wrong) - SHOWN} 处"] if len(wrong) > SHOWN else []
    return [*map(masked, wrong[:SHOWN]), *more, refused.remedy]
