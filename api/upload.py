"""One uploaded file with the fields beside it: read only once the caller is known, and never more than the limit.

Nothing is written to a disk on the way: uploads hold personal numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.bodies import COUNTS_BY_ITSELF
from api.sent import UPLOAD as SENT_UPLOAD
from api.texts import refuse_unsound
from payroll_service.book.records import sha256
from payroll_service.errors import Refused
from payroll_service.workbook.guard import LIMITS
from payroll_service.workflow.import_workbook import ReceivedFile

MOST_BYTES = LIMITS.file_bytes
AROUND = 64 * 1024  # the fields and what separates them
LONGEST_FIELD, MOST_FIELDS, LONGEST_NAME = 4096, 16, 150


class TooLarge(Refused):
    """More was sent than may be."""

    def __init__(self) -> None:
        most = MOST_BYTES // 2**20
        super().__init__(f"文件超过 {most} MB。", "请删去图片和无关的工作表，或分校提交。")


@dataclass(frozen=True)
class Upload:
    """`fields`: what stood beside the file, the last of each name."""

    file: ReceivedFile
    fields: Mapping[str, str]

    @property
    def periods(self) -> list[str]:
        return periods_in(self.fields.get("period", ""))

    @property
    def told(self) -> bytes:
        """What was asked, for comparing: not the bytes as they came, whose separators are other ones each time."""
        asked = {"file": self.file.name, "content": sha256(self.file.content), "fields": dict(self.fields)}
        return json.dumps(asked, sort_keys=True).encode()


def periods_in(field: str) -> list[str]:
    """What stands in one field between commas or spaces of any kind."""
    return [text for text in re.split(r"[\s,，、;；]+", field) if text]


class _InMemory(MultiPartParser):
    spool_max_size = MOST_BYTES + AROUND


async def _upload(request: Request) -> Upload:
    found = await _sent(request)
    if not found.file.content:
        raise _malformed("file")
    return found


async def _sent(request: Request) -> Upload:
    """With an empty file where none was chosen."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _malformed("content-type")
    parser = _InMemory(
        request.headers, _limited(request), max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
    )
    try:
        form = await parser.parse()
    except MultiPartException:
        raise _malformed("multipart") from None
    try:
        file = form.get("file")
        chosen = file if isinstance(file, UploadFile) else None
        content = await chosen.read() if chosen else b""
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    finally:
        await form.close()
    name = (chosen.filename if chosen else None) or ""
    setattr(request.state, SENT_UPLOAD, (fields | {"file": name}, content))
    refuse_unsound(fields.values())
    return Upload(ReceivedFile(_name(name), content), fields)


async def _limited(request: Request) -> AsyncGenerator[bytes]:
    setattr(request.state, COUNTS_BY_ITSELF, True)
    most = MOST_BYTES + AROUND
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise TooLarge
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise TooLarge
        yield chunk


def _malformed(what: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", what), "type": "missing"}])


def _name(sent: str) -> str:
    """The last part of a path, printable and not too long."""
    last = re.split(r"[/\\]", sent)[-1]
    return "".join(each for each in last if each.isprintable())[-LONGEST_NAME:] or "upload"


PERHAPS_UPLOAD: Upload = Depends(_sent)
UPLOAD: Upload = Depends(_upload)  # after the caller in a signature: then a stranger's body is not read


def described(sample: str, **fields: str) -> dict[str, Any]:
    """How OpenAPI describes a file with these text fields beside it. `sample`: what such a file may be called."""
    texts = {name: {"type": "string", "description": told} for name, told in fields.items()}
    most = f"最多 {MOST_BYTES // 2**20} MB"
    file = {"type": "string", "format": "binary", "description": most, "examples": [f"@{sample}"]}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file} | texts}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
