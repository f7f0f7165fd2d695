"""One line of arithmetic in the words of the trade: from text to terms, every term with its offset in the text.

Full-width operators, brackets and digits mean the same as ASCII ones, and Excel's English names the same as Chinese ones.
Word operators (且 或 非 属于 否则 其中 经 无则) are words only when they stand apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NoReturn

from rules.language.mistakes import Mistake, Place
from rules.language.units import BASE_UNITS, NO_UNIT, Unit, parse_unit
from rules.language.unknown_functions import function_cure

MAX_LENGTH = 2_000
MAX_DEPTH = 40
MAX_OPERATORS = 100


@dataclass(frozen=True)
class Number:
    value: Fraction
    unit: Unit
    percent: bool
    text: str
    at: int


@dataclass(frozen=True)
class Quoted:
    text: str
    at: int


@dataclass(frozen=True)
class Day:
    ordinal: int
    text: str
    at: int


@dataclass(frozen=True)
class Name:
    """A path of names: `考核.得分`, `本行.x`; `moment` is what follows @ (期初, 期末)."""

    parts: tuple[str, ...]
    moment: str
    at: int


@dataclass(frozen=True)
class Binary:
    op: str
    left: Term
    right: Term
    at: int


@dataclass(frozen=True)
class Unary:
    op: str  # "-" or 非
    operand: Term
    at: int


@dataclass(frozen=True)
class Listed:
    """属于 (甲, 乙)."""

    operand: Term
    options: tuple[Term, ...]
    at: int


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Term, ...]
    at: int


@dataclass(frozen=True)
class Gathered:
    """An aggregate over rows of `table`; `value` is a term of those rows."""

    function: str
    table: str
    value: Term | None
    where: Term | None
    via: str
    if_none: Term | None
    at: int
    table_at: int
    extent: Number | None = None  # how many highest; how many extremes, or what part


@dataclass(frozen=True)
class Ranked:
    """排名(value 在 link 由低到高 连续 其中 where)."""

    value: Term
    link: Name
    descending: bool
    dense: bool
    where: Term | None
    at: int


Term = Number | Quoted | Day | Name | Binary | Unary | Listed | Call | Gathered | Ranked

_ENGLISH_WORDS = {"AND": "且", "OR": "或", "NOT": "非", "IN": "属于"}
_ENGLISH_FUNCTIONS = {
    "IF": "如果", "MIN": "取小", "MAX": "取大", "ROUND": "舍入", "SUM": "合计", "COUNT": "计数", "AVERAGE": "平均", "ANY": "任一",
    "RANK": "排名",
}  # fmt: skip
DATE_FUNCTIONS = {
    "满年": (2, 2),
    "月数": (2, 2),
    "天数": (2, 2),
    "加月": (2, 2),
    "月初": (1, 1),
    "月末": (1, 1),
    "年初": (1, 1),
}
FUNCTIONS: dict[str, tuple[int, int | None]] = {  # the least and the greatest number of arguments
    "如果": (3, 3), "取小": (2, None), "取大": (2, None), "舍入": (3, 3), "分段计": (2, 2), **DATE_FUNCTIONS,
}  # fmt: skip
TOP, TRIMMED, RANKING = "最高", "去极端平均", "排名"
DESCENDING, ASCENDING, DENSE = "由高到低", "由低到高", "连续"
AGGREGATES = ("合计", "平均", "最小", "最大", "计数", "任一", TRIMMED)
NEVER_NOTHING = ("合计", "计数", "任一", TOP)
_TOP_NAME = re.compile(rf"{TOP}([0-9]{{1,4}}|[一二两三四五六七八九十])项")
_NUMERALS = "〇一二三四五六七八九十"
WORDS = ("且", "或", "非", "属于", "否则", "其中", "经", "无则", "在")
RESERVED = (*WORDS, "是", "否", "本行", "本期", "主键", "其余")
_SAME = {
    "*": "×",
    "/": "÷",
    "<>": "≠",
    "!=": "≠",
    "<=": "≤",
    ">=": "≥",
    "==": "=",
    "−": "-",
    "–": "-",
    "、": ",",
}
# What to write for a sign that formulas do not know.
_INSTEAD = {
    "%": "百分号请紧跟在数字后面，如 66%",
    **dict.fromkeys(("=<", "=‹", "≦", "⩽"), "小于或等于请写 ≤ 或 <="),
    **dict.fromkeys(("=>", "=›", "≧", "⩾"), "大于或等于请写 ≥ 或 >="),
    **dict.fromkeys(("‹", "〈"), "小于请写 <"),
    **dict.fromkeys(("›", "〉"), "大于请写 >"),
    **dict.fromkeys(("—", "——", "―"), "减号请写 -"),
}
# What to write for a word between two terms that is none of the language's.
_HOW_IF = "写法：如果(条件, 甲, 乙)，条件成立时取甲，否则取乙"
_AND = "两个条件之间请写「且」；并列的几项用逗号隔开，相加写 +"
_MEANT = {
    **dict.fromkeys(("和", "与", "并", "并且", "而且", "以及", "同时"), _AND),
    **dict.fromkeys(("或者", "或是"), "两个条件之间请写「或」；并列的几项用逗号隔开"),
    **dict.fromkeys(("则", "那么", "就", "THEN"), _HOW_IF),
}
_IFS = ("如果", "若", "IF")
_COMPARISONS = ("=", "≠", "<", "≤", ">", "≥", "属于")
_LEVELS = (
    ("或",),
    ("且",),
    _COMPARISONS,
    ("+", "-"),
    ("×", "÷"),
    ("否则",),
)  # each binds tighter than the one before
_BINDING = {sign: level for level, signs in enumerate(_LEVELS, 1) for sign in signs}
_UNIT = "(?:个月|" + "|".join(sorted(BASE_UNITS, key=len, reverse=True)) + ")"
_TOKEN = re.compile(
    rf"""(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9]))
    |(?P<date>[0-9]{{4}}(?:\s*年\s*[0-9]{{1,2}}\s*月(?:\s*[0-9]{{1,2}}\s*[日号]?)?|\.[0-9]{{1,2}}\.[0-9]{{1,2}}(?![0-9])))
    |(?P<wrong>=[<>‹›]|——)
    |(?P<places>[0-9]{{1,2}}位小数)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<tail>%|{_UNIT}(?:/{_UNIT}(?![\w·]))*(?![\w·]))?
    |(?P<quoted>"[^"]*"|'[^']*'|“[^”]*”|「[^」]*」)
    |(?P<name>[^\W\d][\w·]*)
    |(?P<op><=|>=|<>|!=|==|[-+×÷*/=≠<≤>≥(),、.@−–])
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str  # number, quoted, day, name, word, op, end
    text: str
    at: int
    tail: str = ""


def parse_formula(text: str, place: Place) -> Term:
    """The formula as terms. Raises Mistake at the character that does not fit."""
    if len(text) > MAX_LENGTH:
        raise Mistake(place, f"公式超过 {MAX_LENGTH} 个字", "请分成几条规则，每条一列")
    return _Parser(text, place).whole()


def half_width(text: str) -> str:
    """Full-width ASCII and the full-width space as their usual selves; every other character stays."""
    return text.translate(_HALF_WIDTH)


_HALF_WIDTH = {0xFF00 + code: 0x20 + code for code in range(1, 0x5F)} | {0x3000: 0x20}


def _tokens(text: str, place: Place) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(half_width(text)):
        kind, at, found = match.lastgroup or "", match.start(), match[0]
        written = text[at : match.end()]
        if kind == "space":
            continue
        if kind in ("other", "wrong"):
            hint = _INSTEAD.get(found, "公式里只能有名称、数字、运算符和括号")
            raise Mistake(place.shifted(at), f"公式里不认识「{written}」", hint)
        if kind == "date":
            raise Mistake(place.shifted(at), f"公式里的日期不能写成「{written}」", _date_cure(found))
        if match["number"] is not None:
            if re.match("0[0-9]", found):
                raise Mistake(
                    place.shifted(at), f"数字「{match['number']}」以 0 开头", "数字里不要写千分位逗号和空格"
                )
            tokens.append(_Token("number", match["number"], at, match["tail"] or ""))
        elif kind == "quoted":
            tokens.append(_Token("quoted", written[1:-1], at))
        elif kind == "name":
            word = _ENGLISH_WORDS.get(found.upper(), written)
            tokens.append(_Token("word" if word in WORDS else "name", word, at))
        elif kind == "op":
            tokens.append(_Token("op", _SAME.get(found, found), at))
        else:
            tokens.append(_Token("name" if kind == "places" else kind, found, at))
    return [*tokens, _Token("end", "", len(text))]


def _date_cure(written: str) -> str:
    year, month, *day = re.findall("[0-9]+", written)
    told = f"{year}-{month:0>2}-{day[0] if day else 1:0>2}"
    return f"日期写成 {told}" if day else f"日期写成 2020-09-01 的样子，要写到哪一天，如 {told}"


def is_name(text: str) -> bool:
    """Whether formulas can call something so: one word of letters and digits that is none of the language's own."""
    match = _TOKEN.fullmatch(half_width(text))
    if match is None or match["name"] is None:
        return False
    return text not in RESERVED and text.upper() not in _ENGLISH_WORDS


class _Parser:
    def __init__(self, text: str, place: Place) -> None:
        self.text, self.place = text, place
        self.tokens = _tokens(text, place)
        self.position = 0
        self.depth = self.operators = 0

    def whole(self) -> Term:
        term = self.expression()
        if self.next.kind != "end":
            self.fail(self.next, f"「{self.next.text}」接不上前面的内容", self._cure_of_what_follows())
        return term

    def _cure_of_what_follows(self) -> str:
        """The cure for a word after a whole term."""
        if cure := self._cure_of_a_word():
            return cure
        if self.next.text.lower() == "x":
            return "乘号请写 × 或 *"
        if self.tokens[self.position - 1].kind != "number":
            return "两项之间要有运算符；每条公式只算一个数"
        if self.next.kind == "number":
            return "数字中间不能有空格，也不写千分位：1 200元 写 1200元"
        if self.next.text.startswith("万"):
            return "请写成元：5万元 写 50000元"
        if "每" in self.next.text:
            return "「每」写成 /：68元/节、10元/人/月"
        return f"数字后面可以写单位：{'、'.join(BASE_UNITS)}；运算词两边要有空格"

    def _cure_of_a_word(self) -> str:
        """The cure for a word that stands where an operator should; none for most."""
        if self.tokens[self.position - 1].text.upper() in _IFS:
            return _HOW_IF
        return _MEANT.get(self.next.text.upper(), "")

    @property
    def next(self) -> _Token:
        return self.tokens[self.position]

    def take(self) -> _Token:
        token = self.next
        self.position += token.kind != "end"
        return token

    def fail(self, token: _Token, message: str, remedy: str = "") -> NoReturn:
        raise Mistake(self.place.shifted(token.at), message, remedy)

    def is_op(self, *texts: str) -> bool:
        return self.next.kind in ("op", "word") and self.next.text in texts

    def expect(self, text: str, remedy: str) -> None:
        if not self.is_op(text):
            found = f"这里是「{self.next.text}」" if self.next.text else "公式到此为止"
            self.fail(self.next, f"缺少「{text}」，{found}", self._cure_of_a_word() or remedy)
        self.take()

    def expression(self, above: int = 0) -> Term:
        """What its operators bind tighter than `above`; by itself, all of them."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(self.next, f"公式嵌套超过 {MAX_DEPTH} 层", "请分成几条规则，每条一列")
        left = self.operand()
        while self.next.kind in ("op", "word") and _BINDING.get(self.next.text, 0) > above:
            token = self.operator()
            listed = token.text == "属于"
            left = self.listed(left, token) if listed else self.binary(left, token)
            if token.text in _COMPARISONS and self.is_op(*_COMPARISONS):
                self.fail(self.next, "不能连着比较", "请拆成两个比较，用「且」连接，如 0 < a 且 a < 5")
        self.depth -= 1
        return left

    def operator(self) -> _Token:
        """The next token, an operator; there may be so many that no later walk over the terms runs deep."""
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            self.fail(self.next, f"公式里的运算超过 {MAX_OPERATORS} 个", "请分成几条规则，每条一列")
        return self.take()

    def binary(self, left: Term, token: _Token) -> Term:
        return Binary(token.text, left, self.expression(_BINDING[token.text]), token.at)

    def listed(self, left: Term, token: _Token) -> Term:
        self.expect("(", "写法：身份 属于 (校长, 副校长)")
        options = self.arguments()
        return Listed(left, options, token.at)

    def arguments(self) -> tuple[Term, ...]:
        found = [self.expression()]
        while self.is_op(","):
            self.take()
            found.append(self.expression())
        self.expect(")", "请补上右括号，各项用逗号隔开")
        return tuple(found)

    def operand(self) -> Term:
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "quoted":
            return Quoted(token.text, token.at)
        if token.kind == "day":
            return self.day(token)
        if token.kind == "op" and token.text in ("-", "+"):
            operand = self.expression(_BINDING["×"])
            return Unary("-", operand, token.at) if token.text == "-" else operand
        if token.kind == "word" and token.text == "非":
            return Unary("非", self.expression(_BINDING["且"]), token.at)
        if token.kind == "op" and token.text == "(":
            inner = self.expression()
            self.expect(")", "请补上右括号")
            return inner
        if token.kind == "name":
            return self.call(token) if self.is_op("(") else self.name(token)
        self.fail(
            token,
            f"这里应是数、名称或括号，却是「{token.text or '公式末尾'}」",
            "请检查运算符两边是否都有内容",
        )

    def number(self, token: _Token) -> Number:
        value, unit = Fraction(token.text), NO_UNIT
        if token.tail and token.tail != "%":
            unit = parse_unit(token.tail) or NO_UNIT
        percent = token.tail == "%"
        return Number(value / 100 if percent else value, unit, percent, token.text + token.tail, token.at)

    def day(self, token: _Token) -> Day:
        try:
            return Day(date.fromisoformat(token.text).toordinal(), token.text, token.at)
        except ValueError:
            self.fail(token, f"没有「{token.text}」这一天", "日期写法：2020-09-01")

    def name(self, token: _Token) -> Name:
        parts, moment = [token.text], ""
        while self.is_op("."):
            self.take()
            parts.append(self.word("点号后面要有列名", "写法：查找名.列名，如 校.规模"))
        if self.is_op("@"):
            self.take()
            moment = self.word("@ 后面要写期初或期末", "写法：标准名@期初")
        return Name(tuple(parts), moment, token.at)

    def word(self, message: str, remedy: str) -> str:
        if self.next.kind not in ("name", "word"):
            self.fail(self.next, message, remedy)
        return self.take().text

    def call(self, token: _Token) -> Term:
        function = _ENGLISH_FUNCTIONS.get(half_width(token.text).upper(), token.text)
        if function in AGGREGATES:
            self.take()
            return self.aggregate(function, token)
        if function == RANKING:
            self.take()
            return self.ranking(token)
        if function.startswith(TOP):
            self.take()
            return self.aggregate(TOP, token, self.top(token))
        if function not in FUNCTIONS:
            known = "、".join((*FUNCTIONS, *AGGREGATES, f"{TOP}3项", RANKING))
            self.fail(token, f"没有函数「{token.text}」", function_cure(half_width(token.text), known))
        self.take()
        arguments = self.arguments()
        low, high = FUNCTIONS[function]
        if len(arguments) < low or (high is not None and len(arguments) > high):
            wanted = f"{low} 项" if high is not None else f"至少 {low} 项"
            cure = _HOW_IF if function == "如果" else "各项用逗号隔开"
            self.fail(token, f"「{function}」要 {wanted}，写了 {len(arguments)} 项", cure)
        return Call(function, arguments, token.at)

    def top(self, token: _Token) -> Number:
        """How many, from the name: 最高3项, 最高三项."""
        match = _TOP_NAME.fullmatch(half_width(token.text))
        if match is None:
            self.fail(token, f"没有函数「{token.text}」", "写明几项：最高1项(荣誉.分值)、最高3项(荣誉.分值)")
        digits = match[1].replace("两", "二")
        count = int(digits) if digits.isascii() else _NUMERALS.index(digits)
        if count == 0:
            self.fail(token, "「最高0项」什么也不算", "至少一项：最高1项(荣誉.分值)")
        return Number(Fraction(count), NO_UNIT, False, str(count), token.at)

    def aggregate(self, function: str, token: _Token, extent: Number | None = None) -> Gathered:
        table = self.take()
        name = token.text if function == TOP else function
        how = f"写法：{name}(表.列)，如 {name}(任职月.额度 其中 身份 = 教师)"
        if function == TRIMMED:
            how = f"写法：{TRIMMED}(投票.分, 10%) 去掉高低各 10%，{TRIMMED}(投票.分, 1) 去掉高低各一个"
        if table.kind != "name":
            self.fail(table, f"「{function}」后面要先写表名", how)
        value, where, via, if_none = None, None, "", None
        if self.is_op("."):
            self.take()
            value = self.expression()
        while self.is_op("其中", "经", "无则") or (function == TRIMMED and not extent and self.is_op(",")):
            word = self.take()
            if word.text == ",":
                extent = self.extent(how)
            elif word.text == "其中":
                where = self.expression()
            elif word.text == "无则":
                if_none = self.expression()
            else:
                via = self.word("「经」后面要写查找名", how)
        if function == TRIMMED and extent is None:
            self.fail(self.next, f"「{function}」没有写去掉多少", how)
        self.expect(")", how)
        if (value is None) != (function == "计数"):
            problem = "只数行数，表名后不写列" if value is not None else "要写出算哪一列"
            self.fail(
                token,
                f"「{name}」{problem}",
                "写法：计数(任职 其中 身份 = 校长)" if value is not None else how,
            )
        if if_none is not None and function in NEVER_NOTHING:
            self.fail(
                token, f"「{name}」没有行时就是 {'否' if function == '任一' else '0'}", "请删去「无则」"
            )
        return Gathered(function, table.text, value, where, via, if_none, token.at, table.at, extent)

    def ranking(self, token: _Token) -> Ranked:
        how = (
            "写法：排名(得分 在 校)，也可 排名(得分 在 校 由低到高 连续 其中 身份 = 教师)；「在」两边要有空格"
        )
        value = self.expression()
        if not self.is_op("在"):
            self.fail(self.next, "「排名」没有写在哪一组里排", how)
        self.take()
        link = self.name(_Token("name", self.word("「在」后面要写查找名或分组名", how), self.next.at))
        written: list[str] = []
        while self.next.kind == "name" and self.next.text in (DESCENDING, ASCENDING, DENSE):
            written.append(self.take().text)
        if len(set(written)) < len(written) or {DESCENDING, ASCENDING} <= set(written):
            self.fail(token, f"「排名」里的「{' '.join(written)}」重复或相反", how)
        where = None
        if self.is_op("其中"):
            self.take()
            where = self.expression()
        if self.is_op(","):
            how = "「在」后面只写一个：按几列分开排的，先在「表」里写分组，如 组: {分组: 任职, 按: [校, 身份]}，再写「在 组」"
        self.expect(")", how)
        return Ranked(value, link, ASCENDING not in written, DENSE in written, where, token.at)

    def extent(self, how: str) -> Number:
        """What 去极端平均 takes away at either end: a number of values, or a percentage below 50 %."""
        token = self.take()
        if token.kind != "number":
            self.fail(token, f"这里应是个数或百分比，却是「{token.text or '公式末尾'}」", how)
        number = self.number(token)
        if number.percent and not 0 < number.value < Fraction(1, 2):
            self.fail(token, f"高低各去掉 {number.text}，剩不下数", "请写大于 0、小于 50% 的百分比")
        if not number.percent and (
            number.unit != NO_UNIT or number.value < 1 or number.value.denominator > 1
        ):
            self.fail(token, f"「{number.text}」不是个数", how)
        return number
