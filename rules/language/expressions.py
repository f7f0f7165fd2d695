"""From terms to typed expressions: every name resolved, every unit checked, every step known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn, assert_never

from rules.language import formula as terms
from rules.language.functions import PERIOD_DAYS, date_function, sliced, slices_type
from rules.language.mistakes import Mistake, Place, meant
from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    NUMBER,
    PERIOD,
    PRIOR,
    TEXT,
    Aggregate,
    Among,
    Arithmetic,
    Choose,
    Compare,
    Const,
    Extreme,
    Logic,
    Negate,
    Node,
    Not,
    Otherwise,
    PeriodDay,
    Ranking,
    RateRead,
    Read,
    Round,
    Rounding,
    Slices,
    Type,
)
from rules.language.rates import Rates
from rules.language.scope import ColumnSeen, LinkSeen, RateSeen, Scopes
from rules.language.unit_cures import unit_cure
from rules.language.units import NO_UNIT, Unit, step_of_both

YES_NO = Type(BOOL)
CURRENT, OUTER = "本期", "本行"
MODES = ("四舍五入", "四舍六入五成双", "去尾", "进一")
_STEPS = {"分": Fraction(1, 100), "角": Fraction(1, 10), "元": Fraction(1), "整数": Fraction(1)}


@dataclass(frozen=True)
class Setting:
    """Where an expression stands: its rows, and inside an aggregate the outer rows with the way to them."""

    table: str
    outer: tuple[str, tuple[str, ...]] | None = None


class Expressions:
    """Types terms."""

    def __init__(self, scopes: Scopes, rates: Rates) -> None:
        self.scopes, self.rates = scopes, rates

    def typed(self, text: str, place: Place, table: str) -> Node:
        """The formula `text` as an expression of the rows of `table`. Raises Mistake."""
        return self._node(terms.parse_formula(text, place), Setting(table), place)

    def typed_term(self, term: terms.Term, place: Place, table: str) -> Node:
        """As `typed`, of a part of a formula."""
        return self._node(term, Setting(table), place)

    def condition(self, text: str, place: Place, table: str) -> Node:
        node = self.typed(text, place, table)
        if node.type.kind != BOOL:
            raise Mistake(
                place, f"「{text}」不是条件，而是{_told(node.type)}", "条件要能回答是或否，如 身份 = 校长"
            )
        return node

    def path_read(self, text: str, place: Place, table: str) -> Node:
        """A name or path alone, as in a sentence or a lookup key."""
        term = terms.parse_formula(text, place)
        if not isinstance(term, terms.Name):
            raise Mistake(place, f"「{text}」不是列名", "这里只能写列名或「查找.列」；要计算请先写一条规则")
        return self._node(term, Setting(table), place)

    # Terms ------------------------------------------------------------------------------------------------------

    def _node(self, term: terms.Term, setting: Setting, place: Place) -> Node:
        match term:
            case terms.Number():
                type_ = Type(NUMBER, term.unit, abs(term.value) or Fraction(1), percent=term.percent)
                return Const(term.value, type_, term.text)
            case terms.Quoted():
                return Const(term.text, Type(TEXT), term.text)
            case terms.Day():
                return Const(term.ordinal, Type(DATE), term.text)
            case terms.Name():
                return self._name(term, setting, place)
            case terms.Unary():
                return self._unary(term, setting, place)
            case terms.Binary():
                return self._binary(term, setting, place)
            case terms.Listed():
                return self._listed(term, setting, place)
            case terms.Call():
                return self._call(term, setting, place)
            case terms.Gathered():
                return self._aggregate(term, setting, place)
            case terms.Ranked():
                return self._ranking(term, setting, place)
            case _:
                assert_never(term)

    def _name(self, term: terms.Name, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        if term.parts in (("是",), ("否",)) and self.scopes.find(setting.table, term.parts[0]) is None:
            return Const(term.parts[0] == "是", YES_NO, term.parts[0])
        if (
            len(term.parts) == 1
            and term.parts[0] in PERIOD_DAYS
            and not self._names(setting.table, term.parts[0])
        ):
            return PeriodDay(term.parts[0], Type(DATE))  # type: ignore[arg-type]
        if term.parts[0] == OUTER:
            return self._outer(term, setting, at)
        parts = term.parts
        if (
            self.scopes.lens.table(parts[0]) == setting.table
            and len(parts) > 1
            and self.scopes.find(setting.table, parts[0]) is None
        ):
            parts = parts[1:]  # inside an aggregate the rows' own table may be named
        seen = self.scopes.walk(setting.table, parts, at)
        if isinstance(seen, RateSeen):
            return self._rate(seen.rate, term, setting, at)
        if term.moment:
            _fail(
                at,
                f"「{term.parts[-1]}」不是标准，不能写 @{term.moment}",
                "@期初、@期末 只用于按日期变动的标准",
            )
        return self._read(seen, setting.table, ".".join(term.parts), at)

    def _names(self, table: str, name: str) -> bool:
        """A name of the table's own scope."""
        return self.scopes.find(table, name) is not None

    def _read(self, seen: ColumnSeen | LinkSeen, table: str, name: str, at: Place) -> Read:
        if isinstance(seen, LinkSeen):
            known = self.scopes.names(seen.target)
            _fail(at, f"「{name}」是查找，不是列", f"请写「{name}.列名」。{meant('', known)}")
        scopes = self.scopes
        if not scopes.goes_back(table, seen.path):
            return Read(seen.path, seen.table, seen.column, scopes.column_type(seen.table, seen.column, at))
        type_ = scopes.type_before(seen.table, seen.column, at)
        if scopes.link_kind(table, seen.path) not in PRIOR:
            return Read(seen.path, seen.table, seen.column, type_)
        opening = scopes.opening(seen.table, seen.column, at)
        if opening is not None and opening.type.kind == NUMBER == type_.kind:
            type_ = either(type_, replace(opening.type, unit=type_.unit))
        return Read(seen.path, seen.table, seen.column, type_, opening)

    def _outer(self, term: terms.Name, setting: Setting, at: Place) -> Node:
        if setting.outer is None or len(term.parts) < 2:
            _fail(
                at,
                "「本行」只能在 合计(…) 等里面用，后面要有列名",
                "写法：合计(任职.金额 其中 等级 = 本行.等级)",
            )
        table, path = setting.outer
        seen = self.scopes.walk(table, term.parts[1:], at)
        if isinstance(seen, RateSeen):
            _fail(at, "「本行」后面不能是标准", "标准请直接写名称")
        read = self._read(seen, table, ".".join(term.parts), at)
        return replace(read, path=(*path, *read.path))

    def _rate(self, name: str, term: terms.Name, setting: Setting, at: Place) -> Node:
        keys = tuple(self._rate_key(key, name, setting, at) for key in self.rates.keys(name))
        rate = self.rates.built(name, tuple(key.type for key in keys))
        moment, month = self._moment(term, setting, at)
        return RateRead(name, keys, moment, month, rate.type)  # type: ignore[arg-type]

    def _moment(self, term: terms.Name, setting: Setting, at: Place) -> tuple[str, Read | None]:
        """Which day of a row's span counts for a rate; on month rows the month, read here."""
        month: Read | None = None
        moment = term.moment
        if moment not in ("", "期初", "期末"):
            _fail(at, f"「@{moment}」不对", "请写 @期初 或 @期末")
        own = self.scopes.tables[setting.table]
        if own.kind == "分月" and not moment:
            moment = "月"
            month = Read((), setting.table, "月", own.columns["月"].type)
        return moment, month

    def _rate_key(self, key: str, rate: str, setting: Setting, at: Place) -> Node:
        try:
            seen = self.scopes.walk(setting.table, tuple(key.split(".")), at)
        except Mistake as mistake:
            found = mistake.problem.message
            _fail(
                at,
                f"标准「{rate}」要按「{key}」查，这里读不到：{found}",
                "请在这张表里用同名的列，或先写一条规则算出来",
            )
        if isinstance(seen, RateSeen):
            _fail(at, f"标准「{rate}」的键「{key}」是另一个标准", "请先写一条规则把它算成一列")
        return self._read(seen, setting.table, key, at)

    def _unary(self, term: terms.Unary, setting: Setting, place: Place) -> Node:
        operand = self._node(term.operand, setting, place)
        at = place.shifted(term.at)
        if term.op == "非":
            return Not(_expect(operand, BOOL, at, "「非」后面"), YES_NO)
        _expect(operand, NUMBER, at, "负号后面")
        if isinstance(operand, Const) and isinstance(operand.value, Fraction):
            return replace(operand, value=-operand.value, text="-" + operand.text)
        return Negate(operand, _bare(operand.type))

    def _binary(self, term: terms.Binary, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        if term.op in ("=", "≠", "<", "≤", ">", "≥"):
            return self._compare(term, setting, place)
        if term.op == "否则":
            return self._otherwise(term, setting, place)
        left = self._node(term.left, setting, place)
        right = self._node(term.right, setting, place)
        if term.op in ("且", "或"):
            _expect(left, BOOL, at, f"「{term.op}」左边")
            _expect(right, BOOL, at, f"「{term.op}」右边")
            return Logic(term.op, left, right, YES_NO)  # type: ignore[arg-type]
        _expect(left, NUMBER, at, f"「{term.op}」左边")
        _expect(right, NUMBER, at, f"「{term.op}」右边")
        return _arithmetic(term.op, left, right, at)

    def _otherwise(self, term: terms.Binary, setting: Setting, place: Place) -> Node:
        left = self._node(term.left, setting, place)
        right = self._side(term.right, term.left, setting, place)
        left, right = results(left, right, place.shifted(term.at), "「否则」两边")
        return Otherwise(left, right, either(left.type, right.type))

    def _compare(self, term: terms.Binary, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        left = self._side(term.left, term.right, setting, place)
        right = self._side(term.right, term.left, setting, place)
        left, right = _as_choice(left, right, at), _as_choice(right, left, at)
        left, right = same(left, right, at, f"「{term.op}」两边")
        if term.op not in ("=", "≠") and left.type.kind not in (NUMBER, DATE, PERIOD):
            _fail(at, f"{_told(left.type)}不能比大小", "请用 = 或 ≠，几个之一用「属于 (甲, 乙)」")
        return Compare(term.op, left, right, YES_NO)  # type: ignore[arg-type]

    def _side(self, term: terms.Term, other: terms.Term, setting: Setting, place: Place) -> Node:
        """One side of a comparison: a bare word that names an option of the other side is that option."""
        if isinstance(term, terms.Name) and len(term.parts) == 1 and not term.moment:
            self._refuse_unquoted(term, other, setting, place)
            options = self._options(other, setting, place)
            if term.parts[0] in options:
                if self.scopes.find(setting.table, term.parts[0]) is not None:
                    at = place.shifted(term.at)
                    _fail(
                        at, f"「{term.parts[0]}」既是选项又是列名", f"是选项的要加引号：「{term.parts[0]}」"
                    )
                return Const(term.parts[0], Type(CHOICE, options=options), term.parts[0])
            if options and self.scopes.find(setting.table, term.parts[0]) is None:
                cure = self.scopes.glued_word(setting.table, term.parts[0], options)
                at = place.shifted(term.at)
                _fail(at, f"没有选项「{term.parts[0]}」", cure or meant(term.parts[0], options))
        return self._node(term, setting, place)

    def _refuse_unquoted(self, term: terms.Name, other: terms.Term, setting: Setting, place: Place) -> None:
        """A word that names nothing beside a column of texts or codes is a text without its quotes."""
        word = term.parts[0]
        if not isinstance(other, terms.Name) or self.scopes.find(setting.table, word) is not None:
            return
        if self.scopes.find(setting.table, other.parts[0]) is None:
            return
        if self._node(other, setting, place).type.kind == TEXT:
            told = ".".join(other.parts)
            cure = f'{told} 的值要加引号：{told} = "{word}"'
            _fail(place.shifted(term.at), f"没有「{word}」这个名称", cure)

    def _options(self, term: terms.Term, setting: Setting, place: Place) -> tuple[str, ...]:
        if isinstance(term, terms.Binary) and term.op == "否则":
            return self._options(term.left, setting, place)
        if not isinstance(term, terms.Name):
            return ()
        known = self.scopes.find(setting.table, term.parts[0]) is not None
        if not known and self.scopes.lens.table(term.parts[0]) not in (setting.table, OUTER):
            return ()
        return self._node(term, setting, place).type.options

    def _listed(self, term: terms.Listed, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        operand = self._node(term.operand, setting, place)
        options = []
        for option in term.options:
            other = self._side(option, term.operand, setting, place)
            node = same(operand, _as_choice(other, operand, at), at, "「属于」两边")[1]
            if not isinstance(node, Const):
                _fail(at, "「属于」的括号里只能写定值", "写法：身份 属于 (校长, 副校长)")
            options.append(node)
        return Among(operand, tuple(options), YES_NO)

    def _call(self, term: terms.Call, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        if term.function == "舍入":
            return self._round(term, setting, place)
        if term.function == "分段计":
            return self._slices(term, setting, place)
        nodes = [self._node(argument, setting, place) for argument in term.arguments]
        if term.function == "如果":
            condition = _expect(nodes[0], BOOL, at, "「如果」的第一项")
            then, other = results(nodes[1], nodes[2], at, "「如果」的两个结果")
            return Choose(condition, then, other, either(then.type, other.type))
        if term.function in terms.DATE_FUNCTIONS:
            return date_function(term.function, nodes, at)
        first = nodes[0]
        for index in range(1, len(nodes)):
            first, nodes[index] = same(first, nodes[index], at, f"「{term.function}」各项")
        nodes[0] = first
        if first.type.kind not in (NUMBER, DATE):
            _fail(at, f"「{term.function}」不能用于{_told(first.type)}", "请给数或日期")
        nodes = [same(first, node, at, f"「{term.function}」各项")[1] for node in nodes]
        type_ = nodes[0].type
        for node in nodes[1:]:
            type_ = either(type_, node.type)
        return Extreme(term.function, tuple(nodes), type_)  # type: ignore[arg-type]

    def _round(self, term: terms.Call, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        operand = _expect(self._node(term.arguments[0], setting, place), NUMBER, at, "「舍入」的第一项")
        words = [_word(argument) for argument in term.arguments[1:]]
        rounding = read_rounding(" ".join(words), operand.type.unit, at)
        return Round(operand, rounding, replace(_bare(operand.type), step=rounding.step))

    def _slices(self, term: terms.Call, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        number = _expect(self._node(term.arguments[0], setting, place), NUMBER, at, "「分段计」的第一项")
        named = term.arguments[1]
        seen = None
        if isinstance(named, terms.Name):
            seen = self.scopes.walk(setting.table, named.parts, place.shifted(named.at))
        if not isinstance(named, terms.Name) or not isinstance(seen, RateSeen):
            _fail(at, f"「{_word(named)}」不是标准", "写法：分段计(课时, 课时单价)，第二项是「标准」里的名称")
        rate, step = sliced(self.rates, seen.rate, number.type, at)
        moment, month = self._moment(named, setting, at)
        type_ = slices_type(number.type, rate.type, step, at)
        return Slices(number, rate.name, step, moment, month, type_)  # type: ignore[arg-type]

    def _aggregate(self, term: terms.Gathered, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        lower = self.scopes.lens.table(term.table)
        if lower not in self.scopes.tables:
            _fail(
                place.shifted(term.table_at),
                f"没有表「{term.table}」",
                meant(term.table, tuple(self.scopes.tables)),
            )
        path = self.scopes.way_up(lower, setting.table, term.via, at)
        inner = Setting(lower, (setting.table, path))
        value = self._node(term.value, inner, place) if term.value is not None else None
        where = None
        if term.where is not None:
            where = _expect(self._node(term.where, inner, place), BOOL, at, "「其中」后面")
        table = self.scopes.tables[lower]
        type_ = self._aggregate_type(term.function, value, table.count_unit, table.kind == "分月", at)
        if_none = None
        if term.if_none is not None:
            assert value is not None, "only counting has no value, and it takes no 无则"
            if_none = self._node(term.if_none, setting, place)
            if_none = same(replace(value, type=type_), if_none, at, "「无则」两边")[1]
            type_ = either(type_, if_none.type)
        extent = None
        if term.extent is not None:
            given = term.extent
            extent = Const(given.value, Type(NUMBER, step=given.value, percent=given.percent), given.text)
        return Aggregate(term.function, lower, path, value, where, if_none, type_, extent)  # type: ignore[arg-type]

    def _ranking(self, term: terms.Ranked, setting: Setting, place: Place) -> Node:
        at = place.shifted(term.at)
        own = Setting(setting.table)
        value = self._node(term.value, own, place)
        if value.type.kind not in (NUMBER, DATE):
            _fail(at, f"「排名」不能按{_told(value.type)}排", "请按数或日期排")
        seen = self.scopes.walk(setting.table, term.link.parts, place.shifted(term.link.at))
        if not isinstance(seen, LinkSeen):
            links = "、".join(self.scopes.tables[setting.table].links) or "没有"
            told = ".".join(term.link.parts)
            _fail(
                at,
                f"「在 {told}」：「{told}」不是查找，也不是分组",
                f"表「{setting.table}」的查找和分组：{links}",
            )
        where = None
        if term.where is not None:
            where = _expect(self._node(term.where, own, place), BOOL, at, "「其中」后面")
        type_ = Type(NUMBER, step=Fraction(1))
        return Ranking(value, setting.table, seen.path, term.descending, term.dense, where, type_)

    def _aggregate_type(self, op: str, value: Node | None, counted: Unit, months: bool, at: Place) -> Type:
        if op == "计数":
            return Type(NUMBER, counted, Fraction(1))
        assert value is not None, "the parser asks for a value"
        if op == "任一":
            _expect(value, BOOL, at, "「任一」里面")
            return YES_NO
        if op in ("最小", "最大") and value.type.kind == DATE:
            return value.type
        _expect(value, NUMBER, at, f"「{op}」里面")
        type_ = _bare(value.type)
        if op in ("合计", terms.TOP):
            return replace(type_, unit=summed_unit(type_.unit, months))
        return replace(type_, step=None) if op in ("平均", terms.TRIMMED) else type_


def summed_unit(unit: Unit, over_months: bool) -> Unit:
    """The unit of a sum: 元/月 over month rows is 元."""
    return unit * Unit((("月", 1),)) if over_months and unit.power("月") == -1 else unit


def read_rounding(text: str, unit: Unit, place: Place) -> Rounding:
    """`分 四舍五入`, `整数 去尾`, `2位小数 四舍五入`, `50元 去尾`."""
    words = text.split()
    how = "写法：分 四舍五入（也可 角、元、整数、2位小数、50元；四舍六入五成双、去尾、进一）"
    if len(words) != 2 or words[1] not in MODES:
        _fail(place, f"看不懂取整「{text}」", how)
    word, mode = words
    money = unit.is_money
    if word in _STEPS:
        if (word in ("分", "角", "元")) != money:
            told = "金额" if money else "不是金额的数"
            _fail(place, f"{told}不能按「{word}」取整", "金额用 分、角、元；其他数用 整数、N位小数")
        return Rounding(_STEPS[word], mode)  # type: ignore[arg-type]
    if word.endswith("位小数") and word[:-3].isdigit() and int(word[:-3]) <= 12:
        return Rounding(Fraction(1, 10 ** int(word[:-3])), mode)  # type: ignore[arg-type]
    number = word.removesuffix("元") if money else word
    try:
        step = Fraction(number)
    except ValueError:
        _fail(place, f"看不懂取整「{text}」", how)
    if step <= 0:
        _fail(place, "取整的单位要大于 0", how)
    return Rounding(step, mode)  # type: ignore[arg-type]


# Types of results ------------------------------------------------------------------------------------------------


def _arithmetic(op: str, left: Node, right: Node, at: Place) -> Node:
    if op in ("+", "-"):
        left, right = same(left, right, at, f"「{op}」两边")
        type_ = replace(either(left.type, right.type), low=None, high=None)
        return Arithmetic(op, left, right, type_)  # type: ignore[arg-type]
    if op == "×":
        unit = left.type.unit * right.type.unit
        if unit.power("元") > 1:
            _fail(
                at,
                f"{_told(left.type)}不能乘{_told(right.type)}",
                "金额只能乘以没有「元」的数，如系数、月数、百分比",
            )
        step = left.type.step * right.type.step if left.type.step and right.type.step else None
        return Arithmetic("×", left, right, Type(NUMBER, unit, step))
    unit = left.type.unit / right.type.unit
    step = None
    if isinstance(right, Const) and isinstance(right.value, Fraction):
        if right.value == 0:
            _fail(at, "除数是 0", "请检查除数")
        step = left.type.step / abs(right.value) if left.type.step else None
    return Arithmetic("÷", left, right, Type(NUMBER, unit, step))


def either(left: Type, right: Type) -> Type:
    if left.kind != NUMBER:
        return replace(left, options=tuple(dict.fromkeys((*left.options, *right.options))))
    return Type(
        NUMBER, left.unit, step_of_both(left.step, right.step), percent=left.percent and right.percent
    )


def _bare(type_: Type) -> Type:
    """The type of a derived value: no declared range."""
    return replace(type_, low=None, high=None)


def _is_nothing_of(node: Node, other: Node) -> bool:
    """A 0 that can be 0 of the other: no money beside months, say."""
    if not isinstance(node, Const) or node.value != 0:
        return False
    units = node.type.unit, other.type.unit
    return NO_UNIT in units or units[0].is_money == units[1].is_money


def same(left: Node, right: Node, at: Place, where: str) -> tuple[Node, Node]:
    """Both sides with one kind and unit; a 0 takes the other side's unit, but 0元 only that of money."""
    if left.type.kind == NUMBER and right.type.kind == NUMBER:
        if _is_nothing_of(left, right):
            left = _zero_like(left, right)
        elif _is_nothing_of(right, left):
            right = _zero_like(right, left)
        if left.type.unit != right.type.unit:
            told = f"{_told(left.type)}与{_told(right.type)}"
            _fail(at, f"{where}单位不同：{told}", unit_cure(left, right))
        return left, right
    left, right = _as_choice(left, right, at), _as_choice(right, left, at)
    if left.type.kind != right.type.kind:
        kinds = (left.type.kind, right.type.kind)
        remedy = "两边要是同一类的值"
        if DATE in kinds:
            remedy = "日期写成 2020-09-01"
        elif PERIOD in kinds:
            remedy = "期间只能与另一个期间列比；本期的行用查找「… 按 …、本期」取"
        elif set(kinds) == {CHOICE, NUMBER}:
            remedy += '；像数的选项要加引号，如 = "985"'
        _fail(at, f"{where}类型不同：{_told(left.type)}与{_told(right.type)}", remedy)
    return left, right


def results(left: Node, right: Node, at: Place, where: str) -> tuple[Node, Node]:
    """As `same`, for values a rule may come to: quoted texts are the options of a choice, together with the other's."""
    options = _as_option(left), _as_option(right)
    if all(node.type.kind == CHOICE for node in options):
        return options
    return same(left, right, at, where)


def _as_option(node: Node) -> Node:
    if isinstance(node, Const) and node.type.kind == TEXT:
        return replace(node, type=Type(CHOICE, options=(str(node.value),)))
    return node


def _zero_like(zero: Node, other: Node) -> Const:
    assert isinstance(zero, Const)
    step = other.type.step or Fraction(1)
    return Const(Fraction(0), Type(NUMBER, other.type.unit, step, percent=other.type.percent), zero.text)


def _as_choice(node: Node, other: Node, at: Place) -> Node:
    """A quoted text beside a choice is one of its options."""
    if other.type.kind == CHOICE and isinstance(node, Const) and node.type.kind == TEXT:
        if node.value not in other.type.options:
            _fail(at, f"没有选项「{node.value}」", meant(str(node.value), other.type.options))
        return Const(node.value, Type(CHOICE, options=other.type.options), node.text)
    return node


def _expect(node: Node, kind: str, at: Place, where: str) -> Node:
    if node.type.kind != kind:
        wanted = "数" if kind == NUMBER else "条件（是或否）"
        cure = "请检查列名和运算符"
        if kind == NUMBER and node.type.kind == DATE:
            cure = "日期不能加减：推几个月写 加月(日期, 3)，相隔几天写 天数(起, 止)"
        _fail(at, f"{where}应是{wanted}，却是{_told(node.type)}", cure)
    return node


def _told(type_: Type) -> str:
    """A type in words, for messages."""
    if type_.kind == NUMBER:
        if type_.unit != NO_UNIT:
            return f"「{type_.unit}」"
        return "百分比" if type_.percent else "没有单位的数"
    return {BOOL: "是否", CHOICE: "选项", DATE: "日期", TEXT: "文字", PERIOD: "期间"}[type_.kind]


def _word(term: terms.Term) -> str:
    if isinstance(term, terms.Name):
        return ".".join(term.parts)
    return term.text if isinstance(term, terms.Number | terms.Quoted) else "?"


def _fail(at: Place, message: str, remedy: str) -> NoReturn:
    raise Mistake(at, message, remedy)
