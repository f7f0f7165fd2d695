"""Several files in one: same files, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files by name, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
