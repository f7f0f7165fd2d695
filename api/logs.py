"""Log lines: one JSON object each on the error stream, with nothing in them that tells who somebody is.

No path, query, header or body of a request; no message of an exception, which may quote a cell or a parameter: its class
and the places it came through. What libraries tell is logged without the values in it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import traceback
from functools import lru_cache
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from api.rights import Caller

PLACES = 12


def configure_logs(stream: TextIO | None = None) -> None:
    """Everything this process logs goes to `stream` (the error stream), from us and from libraries."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.add_log_level,
            without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = FromLibraries()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class and the places it came through."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
        event["error"] = type(error).__qualname__
        event["where"] = [f"{each.filename}:{each.lineno} {each.name}" for each in frames]
    return event


class FromLibraries(logging.Handler):
    """Hands a library's record on: the text of its programmer, without the values filled in."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        told = structlog.get_logger()
        told.log(record.levelno, str(record.msg), logger=record.name, exc_info=error)


def mark_of(caller: Caller | None) -> dict[str, str]:
    """Whose request it was, for somebody who knows the accounts: the bureau and a hash of the account's id."""
    if caller is None:
        return {}
    who = caller.account.account_id if caller.account else caller.name
    return {"bureau": caller.bureau, "caller": _hash(caller.bureau, who)}


@lru_cache(10_000)
def _hash(bureau: str, who: str) -> str:
    return hashlib.sha256(json.dumps([bureau, who]).encode()).hexdigest()[:16]
