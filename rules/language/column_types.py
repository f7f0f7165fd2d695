"""Column types as written in a rule set: `金额 元/月`, `整数 年 0至50`, `选项 大、中、小`, `小数2位 0至120 开放`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rules.language.mistakes import Mistake, meant
from rules.language.period import PERIOD_KINDS
from rules.language.program import (
    ACCOUNT,
    BOOL,
    CHOICE,
    CODE,
    DATE,
    FEN,
    ID_NUMBER,
    NUMBER,
    PERIOD,
    TEXT,
    Type,
)
from rules.language.source import Scalar
from rules.language.units import BASE_UNITS, NO_UNIT, YUAN, parse_unit

_WORDS = (
    "证件号",
    "文字",
    "代码",
    "账号",
    "日期",
    "是否",
    "选项",
    "金额",
    "整数",
    "小数2位",
    "百分比",
    "期间",
)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)%?至(-?\d+(?:\.\d+)?)%?")
MAX_PLACES = 9


@dataclass(frozen=True)
class TypeSpec:
    """What stands behind a column's name: its type, and the words after it."""

    type: Type
    optional: bool
    open: bool
    matches: str  # the path after 核对, or ""


def read_type(scalar: Scalar) -> TypeSpec:
    """Read a type. Raises Mistake with the known words."""
    words = scalar.text.split()
    optional = open_ = False
    matches = ""
    rest = []
    ahead = iter(words[1:])
    for word in ahead:
        if word == "可空":
            optional = True
        elif word == "开放":
            open_ = True
        elif word == "核对":
            matches = next(ahead, "")
            if not matches:
                raise Mistake(scalar.place, "「核对」后面没有写与哪一列核对", "写法：文字 核对 人.姓名")
        else:
            rest.append(word)
    return TypeSpec(_typed(scalar, words[0], rest), optional, open_, matches)


def check_default(scalar: Scalar, type_: Type) -> None:
    """Raises Mistake if an empty cell cannot stand for this text."""
    allowed = {BOOL: ("是", "否"), CHOICE: type_.options}.get(type_.kind, ())
    if allowed and scalar.text not in allowed:
        raise Mistake(scalar.place, f"缺省值不能是「{scalar.text}」", meant(scalar.text, allowed))
    if type_.kind == NUMBER and not _fits(scalar.text, type_):
        sample = "85%" if type_.percent else "只写数字，不写单位"
        raise Mistake(
            scalar.place, f"缺省值「{scalar.text}」不合列的类型", f"要在范围内，位数不超过列的类型；{sample}"
        )


def _fits(text: str, type_: Type) -> bool:
    found = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?)(%?)", text)
    if not found or bool(found[2]) != type_.percent:
        return False
    value = Fraction(found[1]) / (100 if type_.percent else 1)
    return (
        (type_.low is None or value >= type_.low)
        and (type_.high is None or value <= type_.high)
        and (type_.step is None or (value / type_.step).denominator == 1)
    )


def _typed(scalar: Scalar, word: str, rest: list[str]) -> Type:
    if word in (TEXT, CODE, ACCOUNT, ID_NUMBER):
        return _without(scalar, rest, Type(TEXT, text_form=word))
    if word in (DATE, BOOL):
        return _without(scalar, rest, Type(word))
    if word == CHOICE:
        options = tuple(part for part in re.split("[、，,]", "".join(rest)) if part)
        if not options or len(set(options)) < len(options):
            raise Mistake(scalar.place, "选项没有列出，或有重复", "写法：选项 大、中、小")
        return Type(CHOICE, options=options)
    if word == PERIOD:
        if len(rest) > 1 or (rest and rest[0] not in PERIOD_KINDS):
            raise Mistake(scalar.place, f"期间后面不能是「{' '.join(rest)}」", meant(rest[0], PERIOD_KINDS))
        return Type(PERIOD, period_kind=rest[0] if rest else "")
    return _number(scalar, word, rest)


def _without(scalar: Scalar, rest: list[str], type_: Type) -> Type:
    if rest:
        raise Mistake(
            scalar.place, f"「{scalar.text}」里的「{rest[0]}」多余", meant(rest[0], ("可空", "开放", "核对"))
        )
    return type_


def _number(scalar: Scalar, word: str, rest: list[str]) -> Type:
    unit, low, high = NO_UNIT, None, None
    for item in rest:
        if found := _RANGE.fullmatch(item):
            low, high = Fraction(found[1]), Fraction(found[2])
            if low > high:
                raise Mistake(scalar.place, f"范围「{item}」前大后小", f"请写 {found[2]}至{found[1]}")
        elif (parsed := parse_unit(item)) is not None:
            unit = parsed
        else:
            raise Mistake(
                scalar.place,
                f"不认识「{item}」",
                f"类型后面可写范围（0至120）、可空、开放、核对 查找.列，和单位（{'、'.join(BASE_UNITS)}，"
                "元/月 这样合起来写）；没有的单位（周、米）不写，数照样算",
            )
    places = re.fullmatch(r"(小数|百分比)(\d)位", word)
    if word == "金额":
        unit = unit if unit != NO_UNIT else YUAN
        if not unit.is_money:
            raise Mistake(scalar.place, f"金额的单位不能是「{unit}」", "请写 元、元/月、元/学期 等")
        return Type(NUMBER, unit, FEN, Fraction(0) if low is None else low, high)
    if word == "整数":
        return Type(NUMBER, unit, Fraction(1), Fraction(0) if low is None else low, high)
    if places and places[1] == "小数":
        return Type(
            NUMBER, unit, Fraction(1, 10 ** int(places[2])), Fraction(0) if low is None else low, high
        )
    if word == "百分比" or places:
        step = Fraction(1, 10 ** (2 + (int(places[2]) if places else 2)))
        return Type(
            NUMBER,
            unit,
            step,
            (low or Fraction(0)) / 100,
            (Fraction(100) if high is None else high) / 100,
            percent=True,
        )
    cure = "数写 整数、小数2位（要写几位）、金额 或 百分比" if word.startswith("数") else meant(word, _WORDS)
    raise Mistake(scalar.place, f"没有类型「{word}」", cure)
