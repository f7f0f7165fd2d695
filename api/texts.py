"""What no text may hold, wherever it comes from: refused in one place, before anything is done with it.

PostgreSQL takes no NUL, no encoding takes half a surrogate pair, and nobody sees another control character.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from payroll_service.errors import Refused

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class UnsoundText(Refused):
    """A text holds what cannot be stored or shown. It does not say which text: its name may be the sender's."""

    def __init__(self) -> None:
        super().__init__(
            "有一处文字里含控制字符或残缺的字符，没有办理。", "请删去以后重新填写；从别处粘贴的，请手工输入。"
        )


async def _sound_texts(request: Request) -> None:
    """Path, query and what the framework has read of the body by now: a form with its files' names, or JSON.

    A body that a route reads by itself is that route's to look at.
    """
    refuse_unsound((*request.path_params.values(), *request.query_params.values()))
    if getattr(request.scope.get("route"), "body_field", None) is None:
        return
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORMS:
        refuse_unsound(_of_form(await request.form()))
        return
    with suppress(ValueError, RecursionError):  # what is no JSON is told as such by the framework
        refuse_unsound(_texts(json.loads(await request.body())))


SOUND_TEXTS = Depends(_sound_texts)


def refuse_unsound(texts: Iterable[str]) -> None:
    """Raises UnsoundText."""
    if any(map(UNSOUND.search, texts)):
        raise UnsoundText


def _of_form(form: FormData) -> Iterator[str]:
    for _, value in form.multi_items():
        yield value.filename or "" if isinstance(value, UploadFile) else value


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, names too."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
