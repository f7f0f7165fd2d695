"""ETag and If-Match (RFC 9110): who acts on what was looked at says so, and is refused if it is another by now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from payroll_service.errors import Refused

ETAGS = r'^(\*|(W/)?"[!#-~]*"(\s*,\s*(W/)?"[!#-~]*")*)$'
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        pattern=ETAGS,
        description="The `ETag` of what was looked at; 412 if it is another by now.",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=1000,
        pattern=ETAGS,
        description="The `ETag` of what is known; 304 if it is still so.",
    ),
]


class Changed(Refused):
    """The state is not the one that the caller looked at."""


def etag_of(answer: BaseModel) -> str:
    """A strong validator: the hash of the answer's bytes."""
    return f'"{hashlib.sha256(answer.model_dump_json(by_alias=True).encode()).hexdigest()[:32]}"'


def tagged(answer: BaseModel, known: str | None) -> Response:
    """The answer with its ETag, or 304 if the caller has it."""
    etag = etag_of(answer)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if known is not None and names(known, etag):
        return Response(status_code=304, headers=headers)
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json", headers=headers)


def names(listed: str, etag: str) -> bool:
    return listed.strip() == "*" or etag in [each.strip() for each in listed.split(",")]


def refuse_changed(wanted: str | None, now: Callable[[], BaseModel]) -> None:
    """Raises Changed if the caller named a state and it is another; to be asked within the act's own transaction."""
    if wanted is not None and not names(wanted, etag_of(now())):
        raise Changed("您看到以后，它已经变了，所以没有办。", "请重新读取，核对以后再办。")
