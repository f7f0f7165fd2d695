"""Fingerprints of documents: SHA-256 of the canonical form, which comments and layout do not change and a fen does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import rfc8785

from rules.language.source import SourceNode, plain


def fingerprint_of(document: SourceNode, schemes: Sequence[SourceNode] = ()) -> str:
    """Of a rule set alone, or of it with every scheme used, in whatever order these were given."""
    content = plain(document)
    if schemes:
        content = {"规则集": content, "方案": sorted((plain(one) for one in schemes), key=_canonical)}
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(content: object) -> bytes:
    return rfc8785.dumps(content)  # type: ignore[arg-type]
