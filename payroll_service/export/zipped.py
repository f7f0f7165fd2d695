"""Several files in one: same files, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping

MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files by name, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def zip_parts(files: Iterable[tuple[str, Iterable[bytes]]], is_large: bool) -> Iterator[bytes]:
    """A ZIP of files that come in parts, itself in parts as they come: nothing waits in memory or on a disk.

    What is in it is what `zipped` packs; but sizes and checksums stand behind each file (and at the end, as always),
    because they are not known before. `is_large`: one may have more than two thousand million bytes; only then, because
    programs in older Java cannot read such a ZIP as it arrives.
    """
    sent = _Sent()
    with zipfile.ZipFile(sent, "w") as archive:  # type: ignore[call-overload]  # writing is all it needs
        for name, parts in files:
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=is_large) as file:
                for part in parts:
                    file.write(part)
                    if packed := sent.taken():
                        yield packed
    yield sent.taken()


class _Sent:
    """A file to write on, without places to go back to."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, content: bytes) -> int:
        self.waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing waits that could be sent earlier."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        content = b"".join(self.waiting)
        self.waiting.clear()
        return content
