"""Files that a browser or a finance system saves, and long lists that it reads line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
CSV = "text/csv"
LINES = "application/x-ndjson"  # a JSON object a line
LINE_BY_LINE: dict[int | str, dict[str, Any]] = {200: {"content": {LINES: {"schema": {"type": "string"}}}}}
MEDIA = {".xlsx": XLSX, ".zip": ZIP, ".csv": CSV}


def download(name: str, content: bytes) -> Response:
    """What its name's ending says it is; no cache keeps it."""
    return Response(content, media_type=MEDIA[PurePath(name).suffix], headers=_headers(name))


def streamed(name: str, parts: Iterator[bytes]) -> StreamingResponse:
    """The same of a file that is as long as its parts make it; each is sent as it comes."""
    return StreamingResponse(parts, media_type=MEDIA[PurePath(name).suffix], headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
    }


def answers_with(*media: str) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes an answer that is such a file."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"content": {each: {"schema": schema} for each in media}}}
