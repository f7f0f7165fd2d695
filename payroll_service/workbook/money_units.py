"""Units of money that a clerk wrote at a heading or above the headings: 千元, 万元, 分 where yuan are wanted."""

from __future__ import annotations

import re

_MANY = r"(?:[十拾百佰千仟万萬亿億]\s*)+"
_OPEN, _CLOSE = r"[(（\[［【〔]\s*", r"\s*[)）\]］】〕]"
_PER = r"(?:[/／每][\w·]{1,5})"
_SAID = r"(?:(?:金额|货币|计量)?单位\s*[:：为]?\s*|金额\s*[:：]?\s*|人民币\s*)*"

# What follows a column's name: 千元 anyhow, 千 or 分 only set off from it, 元/年 where 元/月 is wanted.
_AFTER_NAME = re.compile(
    rf"{_SAID}(?P<plain>{_MANY}元{_PER}?)[:*]*"
    rf"|[(\[【〔:,/_\-]+{_SAID}"
    rf"(?P<apart>(?:{_MANY}元?|角|分){_PER}?|元[/每](?:年|月|日|天|周|季度?|学期|学年|课时|节))[)\]】〕:*]*"
)
_AT_END = re.compile(rf"{_OPEN}{_SAID}({_MANY}元?|角|分){_PER}?{_CLOSE}[*＊:：]*$")
_ABOVE = re.compile(
    rf"单\s*位\s*[:：]\s*(?:[^\s:：、,，;；]{{1,6}}[、,，;；]\s*)*(?:人民币\s*)?(?:{_OPEN})?{_MANY}(?:元|(?!\w))"
    rf"|单\s*位\s*[:：]\s*(?:人民币\s*)?(?:{_OPEN})?[角分](?!\w)"
    rf"|[以按]\s*{_MANY}元\s*(?:为\s*单位|计)"
)
_BRACKETED = re.compile(rf"{_OPEN}{_SAID}{_MANY}元\s*(?:人民币)?{_PER}?{_CLOSE}|^{_SAID}{_MANY}元{_PER}?$")


def unit_after_name(rest: str) -> str:
    """The unit in what follows a column's name in a heading (its key, without spaces); "" if it is no unit, or plain 元."""
    match = _AFTER_NAME.fullmatch(rest)
    return (match["plain"] or match["apart"]) if match else ""


def ends_in_unit(heading: str) -> bool:
    """A heading that ends in another unit of money than yuan, in brackets."""
    return _AT_END.search(heading.strip()) is not None


def unit_above(text: str, brackets: bool) -> str:
    """What a cell above the headings says of another unit than yuan: `单位：千元`, with `brackets` also `（千元）`."""
    match = _ABOVE.search(text) or (_BRACKETED.search(text.strip()) if brackets else None)
    return match[0].strip() if match else ""
