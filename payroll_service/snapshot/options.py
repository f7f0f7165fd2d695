"""Which option a text surely means though it is spelt otherwise. What may be another thing is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from payroll_service.snapshot.spelling import drop_spaces, folded

_LEAST = 4  # characters of a word in which a slip of the pen can be told from another word
_NUMERALS = "〇一二三四五六七八九"
_STRAY = "。.,、;“”\"'"  # after NFKC
# One of these for another, added or left out: another degree, rank or side, or the opposite.
_TELLING = frozenset(
    _NUMERALS + "十百千万两壹贰叁特高中初低正副助代兼主次优良好差合基上下前后左右内外大小多少长短老新旧"
    "甲乙丙丁不未非无没有免已否是在离退东南西北男女全半单双公私城乡村镇县市省国校班级组年月日教学幼"
)


def surely_meant(text: str, options: Iterable[str]) -> str | None:
    """The one option that differs from the text by spaces, widths, 2 for 二, a last 级 or 等; or by one slip of the pen."""
    word = _word(text)
    if not word or word.isdigit():
        return None
    words = {option: _word(option) for option in options}
    key = _stem(word)
    found = [option for option, other in words.items() if key and _stem(other) == key]
    if not found:
        slips = {option: _slip(word, other) for option, other in words.items()}
        found = [option for option, slip in slips.items() if slip]
        if any(character in _TELLING or character.isascii() for each in found for character in slips[each]):
            return None
    return found[0] if len(found) == 1 else None


def _word(text: str) -> str:
    return drop_spaces(folded(text)).strip(_STRAY)


def _stem(word: str) -> str:
    """Numerals in Chinese, without a last 级 or 等."""
    word = re.sub(r"[1-9]\d?(?!\d)", lambda digits: _numeral(int(digits[0])), word)
    return word[:-1] if word.endswith(("级", "等")) else word


def _numeral(number: int) -> str:
    """一 to 九十九, as one writes them."""
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return ten + (_NUMERALS[ones] if ones else "")


def _slip(one: str, other: str) -> str:
    """The characters of which one is wrong, lacks or is too many, or two are exchanged; "" where more differs.

    Nor is it a slip where one word contains the other: 副校长 is no 校长.
    """
    if min(len(one), len(other)) < _LEAST or one in other or other in one:
        return ""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    exchanged = len(one) == 2 and one == other[::-1]
    return one + other if exchanged or max(len(one), len(other)) == 1 else ""
