"""One spelling for texts that mean the same: normal forms, stray spaces, full-width characters, names."""

from __future__ import annotations

import re
from unicodedata import normalize

ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
STRAY = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ZERO_WIDTH

_WITHOUT_STRAY = {ord(character): None for character in STRAY}
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_IN_NAMES: dict[int, str | None] = {ord(dot): "·" for dot in "・•‧∙⋅･.．"}
_IN_NAMES |= dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))  # variation selectors
_WRITTEN_AS_TEXT = re.compile('[\'‘’](.*)|="(.*)"')
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffd-\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")


def trim(text: str) -> str:
    """Without spaces at both ends, full-width and zero-width ones too."""
    return text.strip(STRAY)


def drop_spaces(text: str) -> str:
    """Without any space at all, full-width and zero-width ones too."""
    return text if text.isascii() and text.isalnum() else text.translate(_WITHOUT_STRAY)


def unwrapped(text: str) -> str:
    """Without what people put around digits so that a spreadsheet keeps them: '0123 or ="0123"."""
    found = _WRITTEN_AS_TEXT.fullmatch(text)
    return text if found is None else found[1] or found[2] or ""


def half_width(text: str) -> str:
    """Full-width ASCII as plain ASCII, and nothing else: the part of NFKC that cannot turn 5² into 52."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def plain(text: str) -> str:
    """NFC and trimmed: how texts are kept. Rare characters stay as they are."""
    return trim(text if text.isascii() else normalize("NFC", text))


def folded(text: str) -> str:
    """NFKC and trimmed: how choices, headings and sheet names are compared."""
    return trim(text if text.isascii() else normalize("NFKC", text))


def name_key(text: str) -> str:
    """Equal for two spellings of one name: spaces, widths, shapes, case and the kind of middle dot do not count."""
    return drop_spaces(normalize("NFKC", text)).translate(_IN_NAMES).casefold()


def has_unusable(text: str) -> bool:
    """True for control characters, lone surrogates and the mark of a failed decoding (�)."""
    return _UNUSABLE.search(text) is not None


def has_private(text: str) -> bool:
    """True for characters of the private area: self-made glyphs that other machines show differently."""
    return not text.isprintable() and _PRIVATE.search(text) is not None
