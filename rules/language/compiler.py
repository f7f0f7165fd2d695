"""From rule entries to typed steps: a rule is compiled when the first expression reads its column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn

from rules.language.declarations import NO_CHAINS, Declarations
from rules.language.expressions import Expressions, either, read_rounding, results, same, summed_unit
from rules.language.guesses import Guesses, Needed, NoStart
from rules.language.keys import CASE
from rules.language.mistakes import Consequence, Mistake, Place, meant
from rules.language.program import (
    FEN,
    NUMBER,
    Case,
    Const,
    Formula,
    Gather,
    Node,
    Part,
    Return,
    Rounding,
    RuleHead,
    Sentence,
    Share,
    ShareFact,
    Split,
    Step,
    Tie,
    Type,
)
from rules.language.program import Read as ReadNode
from rules.language.rates import Rates
from rules.language.rule_sources import RuleSource, split_column
from rules.language.scope import ColumnSeen, Scopes
from rules.language.source import (
    Entries,
    Items,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    scalar_of,
    yes_of,
)
from rules.language.tables import UNKNOWN
from rules.language.units import NO_UNIT

SHARE_FACTS = ("总额", "权重", "权重合计", "人数", "应得", "实得")
REST, KEY = "其余", "主键"
MOST_GUESSES = 4


@dataclass
class _Made:
    """A rule, and its step once it is compiled."""

    source: RuleSource
    step: Step | None = None
    failed: bool = False


class Compiler:
    """Compiles 规则. `types` grows as columns become known."""

    def __init__(
        self, declared: Declarations, scopes: Scopes, rates: Rates, sources: list[RuleSource]
    ) -> None:
        self.declared, self.scopes = declared, scopes
        scopes.column_type = self.column_type
        scopes.type_before = self.type_before
        scopes.opening = self.opening
        self.expressions = Expressions(scopes, rates)
        self.types: dict[tuple[str, str], Type] = {
            (table.name, column.name): column.type
            for table in scopes.tables.values()
            for column in table.columns.values()
            if column.type is not UNKNOWN
        }
        self.formed_by = {
            (table.name, key.name): key.node
            for table in scopes.tables.values()
            for key in table.by
            if key.node is not None
        }
        self.made = [_Made(source) for source in sources if source.kind != "退回"]
        self.maker = {(made.source.table, column): made for made in self.made for column in made.source.makes}
        self.trials = {(one.table, name) for one in sources if one.kind == "试分" for name in one.makes}
        self.complained: set[tuple[str, str]] = set()  # columns that have been told not to be whole-fen money
        self.guesses = Guesses(self.expressions)
        self.placed: Callable[[Step, RuleSource], Step] = lambda step, _: step  # into its scheme's own rows
        self.helpers: list[Step] = []  # steps that no entry stands for

    @contextmanager
    def seen_by(self, declared: Declarations) -> Iterator[None]:
        """Read names and clauses as one document does."""
        before, self.declared = self.declared, declared
        try:
            with self.scopes.seen_by(declared.lens):
                yield
        finally:
            self.declared = before

    def column_type(self, table: str, column: str, place: Place) -> Type:
        """The type of a column. Raises Needed if its rule must be compiled first."""
        return self._type(table, column, place, False)

    def type_before(self, table: str, column: str, place: Place) -> Type:
        """As `column_type`, for a column of the row before: in a circle through it the type is guessed."""
        return self._type(table, column, place, True)

    def opening(self, table: str, column: str, place: Place) -> Node | None:
        """What a first row reads as this column of the row before it (开头), None if its rule does not say."""
        made = self.maker.get((table, column))
        if made is None or "开头" not in made.source.fields:
            return None
        if isinstance(made.step, Formula):
            return made.step.opening
        scalar = scalar_of(made.source.fields["开头"], "开头")
        with self.seen_by(made.source.declared):
            return self.expressions.typed(scalar.text, scalar.place, table)

    def _type(self, table: str, column: str, place: Place, back: bool) -> Type:
        if (table, column) in self.types:
            return self.types[table, column]
        if (table, column) in self.formed_by:
            key = self.formed_by[table, column]
            self.types[table, column] = self._type(key.table, key.column, place, back)
            return self.types[table, column]
        made = self.maker[table, column]
        if made.failed:
            raise Consequence(place, f"「{table}.{column}」的规则有错误", "请先改正那条规则")
        guess = self.guesses.types.get((table, column))
        if back and guess is not None:
            return guess
        raise Needed(made, made.source, column, place, back)

    def steps(self) -> list[Step]:
        """Every rule compiled, in written order; what could not be is among the problems."""
        known, problems, examples = dict(self.types), len(self.declared.problems), len(self.declared.examples)
        found = self._steps()
        for _ in range(MOST_GUESSES):
            if not self.guesses.wrong:
                return found
            self.guesses.wrong = set()
            self.types = dict(known)  # once more, with what came out
            del self.declared.problems[problems:], self.declared.examples[examples:]
            for made in self.made:
                made.step, made.failed = None, False
            found = self._steps()
        for table, column in self.guesses.wrong:
            with self.declared.collecting():
                fail(
                    self.maker[table, column].source.node.place,
                    f"「{table}.{column}」每读一次上一行就多几位小数，没有尽头",
                    "请给它的规则加一行「取整: 分 四舍五入」（金额）或「取整: 2位小数 四舍五入」",
                )
        return found

    def _steps(self) -> list[Step]:
        for made in self.made:
            self._compile_with_all_it_reads(made)
        return [self._told(made.step, made.source) for made in self.made if made.step is not None]

    def _compile_with_all_it_reads(self, made: _Made) -> None:
        """A rule is tried again once what it turned out to need is compiled: no chain of rules is too long."""
        place = made.source.node.place
        waiting = [Needed(made, made.source, column, place, False) for column in made.source.makes[:1]]
        while waiting:
            current = waiting[-1].made
            if current.step is not None or current.failed:
                waiting.pop()
                continue
            with self.declared.collecting():
                try:
                    self._compile(current)
                except Needed as needed:
                    self._wait_for(needed, waiting, current)
                except Mistake:
                    current.failed = True
                    raise

    def _wait_for(self, needed: Needed[_Made], waiting: list[Needed[_Made]], current: _Made) -> None:
        """Compile it first; or, in a circle that runs through a row before, go on with a guess."""
        if all(needed.made is not other.made for other in waiting):
            waiting.append(needed)
            return
        try:
            if not self._has_guessed(needed, waiting):
                _fail_circle(waiting, needed)
        except Mistake:
            current.failed = True
            raise

    def _has_guessed(self, needed: Needed[_Made], waiting: list[Needed[_Made]]) -> bool:
        """Guess the type of a column of the circle that is read in a row before; its reader is tried again.

        False if the circle runs through no row before. Raises NoStart if nothing tells the type.
        """
        start = next(index for index, other in enumerate(waiting) if other.made is needed.made)
        circle = [(len(waiting), needed), *reversed(list(enumerate(waiting))[start + 1 :])]
        back = [(index, entry) for index, entry in circle if entry.back]
        busy = {id(entry.source) for entry in waiting}
        for index, entry in back:
            try:
                if not self.guesses.can_tell(entry.source, entry.column, waiting[index - 1].source, busy):
                    continue
            except Needed as first:
                waiting.append(first)
                return True
            del waiting[index:]
            return True
        if back:
            raise NoStart(needed)
        return False

    def _told(self, step: Step, source: RuleSource) -> Step:
        if "说明" not in source.fields:
            return step
        with self.declared.collecting(), self.seen_by(source.declared):
            sentence = self.sentence(source.fields["说明"], step.table, isinstance(step, Share))
            return replace(step, head=replace(step.head, sentence=sentence))
        return step

    def _compile(self, made: _Made) -> None:
        kinds: dict[str, Callable[[RuleSource], Step]] = {
            "公式": self._formula,
            "拆分": self._split,
            "汇集": self._gather,
            "分配": self._share,
            "试分": self._share,
        }
        with self.seen_by(made.source.declared):
            step = self.placed(kinds[made.source.kind](made.source), made.source)
        made.step = step
        if isinstance(step, Split):
            self.types.update({(step.table, part.name): part.type for part in step.parts})
        else:
            self.types[step.table, step.name] = step.type
        for column in made.source.makes:
            self.guesses.check((made.source.table, column), self.types[made.source.table, column])

    # Kinds of rules ---------------------------------------------------------------------------------------------

    def _formula(self, source: RuleSource) -> Formula:
        fields, table = source.fields, source.table
        where = self._condition(fields, "限于", table)
        formula = scalar_of(fields["公式"], "公式")
        value = self.expressions.typed(formula.text, formula.place, table)
        cases = []
        for node in items_of(fields["例外"], "例外") if "例外" in fields else ():
            entry = fields_of(node, "例外", *CASE)
            when, other = scalar_of(entry["当"], "当"), scalar_of(entry["值"], "值")
            result = self.expressions.typed(other.text, other.place, table)
            value, result = results(value, result, other.place, "公式与例外的值")
            condition = self.expressions.condition(when.text, when.place, table)
            cases.append(Case(condition, result, self.declared.basis(entry)))
        otherwise = None
        if "否则" in fields:
            scalar = scalar_of(fields["否则"], "否则")
            if where is None:
                fail(scalar, "有「否则」而没有「限于」", "没有「限于」时每行都适用，请删去「否则」")
            otherwise = self.expressions.typed(scalar.text, scalar.place, table)
            value, otherwise = results(value, otherwise, scalar.place, "公式与否则的值")
        rounding = None
        if "取整" in fields:
            scalar = scalar_of(fields["取整"], "取整")
            rounding = read_rounding(scalar.text, value.type.unit, scalar.place)
        type_ = self._formula_type([value, *(case.value for case in cases)], otherwise, rounding, formula)
        head = self._head(source, ("公式", "限于", "否则", "开头"))
        ordered = "依次" in fields and yes_of(fields["依次"], "依次")
        name = source.makes[0]
        opening = self._opening(fields, table, value) if "开头" in fields else None
        return Formula(
            table, name, type_, value, where, otherwise, tuple(cases), ordered, rounding, head, opening
        )

    def _opening(self, fields: dict[str, SourceNode], table: str, value: Node) -> Node:
        """开头: of the row that asks, a value as the rule's own."""
        scalar = scalar_of(fields["开头"], "开头")
        shape = self.scopes.tables[table]
        if shape.kind != "分月" and shape.order is None:
            fail(
                scalar,
                f"表「{table}」的行没有先后，不能写「开头」",
                "请在表里写「顺序: {在: […], 按: […]}」，或删去「开头」",
            )
        opening = self.expressions.typed(scalar.text, scalar.place, table)
        return same(value, opening, scalar.place, "公式与开头的值")[1]

    def _formula_type(
        self, values: list[Node], otherwise: Node | None, rounding: Rounding | None, formula: Scalar
    ) -> Type:
        """The type of a rule's column: what 取整 makes of its values, and 否则, which is not rounded."""
        type_ = values[0].type
        for node in values[1:]:
            type_ = either(type_, node.type)
        if rounding is not None:
            if type_.kind != NUMBER:
                fail(formula, "只有数能取整", "请删去「取整」")
            type_ = replace(type_, step=rounding.step)
        if otherwise is not None:
            type_ = either(type_, otherwise.type)
        if type_.kind == NUMBER and type_.step is None:
            fail(
                formula,
                "除法或平均的结果可能除不尽",
                "请加一行「取整: 分 四舍五入」（金额）或「取整: 4位小数 四舍五入」；「否则」的值不取整",
            )
        return replace(type_, low=None, high=None)

    def _split(self, source: RuleSource) -> Split:
        fields, table = source.fields, source.table
        place = source.node.place
        read = self._divisible(table, source.source, fields["拆分"].place)
        unit = FEN if read.type.unit.is_money else Fraction(1)
        parts = entries_of(fields["各份"], "各份")
        rests = [
            name for name, node in parts.entries.items() if isinstance(node, Scalar) and node.text == REST
        ]
        if len(rests) != 1:
            fail(
                fields["各份"],
                f"各份里要有且只有一个「{REST}」，现有 {len(rests)} 个",
                f"请把最后一份写成「{REST}」，分就不会丢",
            )
        rounding = None
        if "取整" in fields:
            scalar = scalar_of(fields["取整"], "取整")
            rounding = read_rounding(scalar.text, read.type.unit, scalar.place)
        made = []
        for own, (name, node) in zip(source.makes, parts.entries.items(), strict=True):
            share = (
                None
                if name in rests
                else self._part(scalar_of(node, "份额"), read, table, rounding is not None)
            )
            made.append(Part(own, share, replace(read.type, step=unit, low=None, high=None)))
        if rounding and (rounding.step / unit).denominator != 1:
            told = ("分", "分") if unit == FEN else ("一个整数", "整数")
            fail(place, f"拆分的取整不能细于{told[0]}", f"请写「取整: {told[1]} 四舍五入」")
        _within_the_whole(made, fields["各份"])
        where = self._condition(fields, "限于", table)
        return Split(table, read, tuple(made), rounding, self._head(source, ("拆分", "限于")), where)

    def _part(self, scalar: Scalar, source: ReadNode, table: str, rounded: bool) -> Node:
        node = self.expressions.typed(scalar.text, scalar.place, table)
        money, part = source.type.unit.is_money, Part("", node, source.type)
        if node.type.kind != NUMBER or node.type.unit not in (NO_UNIT, source.type.unit):
            what = f"「{source.type.unit}」的金额" if money else f"{str(source.type.unit) or '整'}数"
            fail(
                scalar,
                f"份额「{scalar.text}」既不是比例，也不是{what}",
                "写百分比、同单位的金额或名额，或其余",
            )
        step, whole = node.type.step, FEN if money else Fraction(1)
        exact = step is not None and (step * (source.type.step or 0) if part.is_ratio else step)
        if not (rounded and (money or part.is_ratio)) and (not exact or (exact / whole).denominator != 1):
            unit, cure = ("整分", "分") if money else ("整数", "整数")
            cure = f"请给这条拆分加「取整: {cure} 四舍五入」"
            if not (money or part.is_ratio):
                cure = "名额的份额写百分比，如 20%，或整数"
            fail(scalar, f"份额「{scalar.text}」算出来可能不是{unit}", cure)
        if isinstance(node, Const) and isinstance(node.value, Fraction) and node.value < 0:
            fail(scalar, "份额不能是负数", "请检查符号")
        return node

    def _gather(self, source: RuleSource) -> Gather:
        fields, table = source.fields, source.table
        below, column = self.split_column(scalar_of(fields["汇集"], "汇集"))
        read = self.money_read(below, column, fields["汇集"].place)
        via = scalar_of(fields["经"], "经").text if "经" in fields else ""
        path = self.scopes.way_up(below, table, via, fields["汇集"].place)
        where = self._condition(fields, "限于", table)
        months = self.scopes.tables[below].kind == "分月"
        type_ = Type(NUMBER, summed_unit(read.type.unit, months), FEN)
        head = self._head(source, ("汇集", "限于"))
        return Gather(table, source.makes[0], type_, below, read, path, where, head)

    def _share(self, source: RuleSource) -> Share:
        fields, table = source.fields, source.table
        handed = scalar_of(fields[source.kind], source.kind)
        pool_table, pool_column = self.split_column(handed)
        pool = self.money_read(pool_table, pool_column, handed.place)
        via = scalar_of(fields["经"], "经").text if "经" in fields else ""
        path = self.scopes.way_up(table, pool_table, via, handed.place)
        weight_text = scalar_of(fields["按"], "按")
        weight = self.expressions.typed(weight_text.text, weight_text.place, table)
        if weight.type.kind != NUMBER:
            fail(weight_text, "分配要按一个数（权重）", "如 按: 得分，或 按: 得分 × 月数")
        ties = self._ties(fields["余分"], table)
        fallback = self._fallback(scalar_of(fields["无权重"], "无权重"))
        trial = source.kind == "试分"
        late = "" if trial else self._late(scalar_of(fields["迟到更正"], "迟到更正"))
        where = self._condition(fields, "限于", table)
        type_ = Type(NUMBER, pool.type.unit, FEN)
        head = self._head(source, (source.kind, "按", "限于", "至少", "至多"))
        open_ = "开放" in fields and yes_of(fields["开放"], "开放")
        if open_ and source.declared.parent is not None:
            fail(fields["开放"], f"方案的分配「{table}.{source.makes[0]}」写了「开放」", NO_CHAINS)
        lower, upper = (self._limit(fields, key, table, pool) for key in ("至少", "至多"))
        excess = self._excess(source, upper is not None)
        return Share(
            table, source.makes[0], type_, pool_table, pool, path, where, weight, ties, fallback, late, head,
            open=open_, lower=lower, upper=upper, excess=excess, trial=trial,
        )  # fmt: skip

    def _limit(self, fields: dict[str, SourceNode], key: str, table: str, pool: ReadNode) -> Node | None:
        """至少, 至多: money of the row in the pool's unit, in whole fen."""
        if key not in fields:
            return None
        scalar = scalar_of(fields[key], key)
        node = self.expressions.typed(scalar.text, scalar.place, table)
        if node.type.kind != NUMBER:
            fail(scalar, f"「{key}」不是金额", f"写法：{key}: 500元，或一列金额")
        node = same(pool, node, scalar.place, f"总额与「{key}」")[1]
        if not node.type.is_fen_money:
            fail(scalar, f"「{key}」算出来可能不是整分", "请写 舍入(…, 分, 四舍五入)")
        return node

    def _excess(self, source: RuleSource, has_ceiling: bool) -> str:
        """超出: where the money goes that all ceilings together leave."""
        if "超出" not in source.fields:
            if has_ceiling:
                fail(
                    source.node,
                    "有「至多」而没有「超出」",
                    "都到顶了还剩的钱去哪里？请写「超出: 退回 资金名」",
                )
            return ""
        scalar = scalar_of(source.fields["超出"], "超出")
        if not has_ceiling:
            fail(scalar, "有「超出」而没有「至多」", "没有「至多」就不会有剩，请删去「超出」")
        word, _, fund = scalar.text.partition(" ")
        if word != "退回" or not fund:
            fail(scalar, f"看不懂超出「{scalar.text}」", "写法：超出: 退回 资金名")
        return self.fund(fund.strip(), scalar)

    def _ties(self, node: SourceNode, table: str) -> tuple[Tie, ...]:
        scalars = (
            [scalar_of(item, "余分") for item in node.items]
            if isinstance(node, Items)
            else [scalar_of(node, "余分")]
        )
        if not scalars or scalars[-1].text != KEY:
            fail(node, "余分最后要写「主键」", "余下的一分给谁必须说到底：[得分 由高到低, 主键]")
        ties = []
        for scalar in scalars[:-1]:
            name, _, order = scalar.text.partition(" ")
            if order.strip() not in ("由高到低", "由低到高"):
                fail(scalar, f"看不懂余分「{scalar.text}」", "写法：得分 由高到低")
            read = self.expressions.path_read(name, scalar.place, table)
            ties.append(Tie(read, order.strip() == "由高到低"))
        return tuple(ties)

    def _fallback(self, scalar: Scalar) -> str | None:
        if scalar.text == "平均":
            return None
        word, _, fund = scalar.text.partition(" ")
        if word != "退回" or not fund:
            fail(scalar, f"看不懂无权重「{scalar.text}」", "写法：退回 资金名，或 平均")
        return self.fund(fund.strip(), scalar)

    def _late(self, scalar: Scalar) -> str:
        word, _, rest = scalar.text.partition(" ")
        if scalar.text in ("重新分配", "计入下期"):
            return scalar.text
        if word == "不追回" and rest.startswith("由"):
            return f"不追回 由 {self.fund(rest[1:].strip(), scalar)}"
        fail(scalar, f"看不懂迟到更正「{scalar.text}」", "写法：重新分配、计入下期，或 不追回 由 资金名")

    # Parts of rules ---------------------------------------------------------------------------------------------

    def split_column(self, scalar: Scalar) -> tuple[str, str]:
        """`表.列`: the table's name in the program, the column as written."""
        return split_column(scalar, self.scopes.tables, self.scopes.lens)

    def fund(self, name: str, scalar: Scalar) -> str:
        if name not in self.declared.funds:
            fail(scalar, f"没有资金「{name}」", meant(name, tuple(self.declared.funds)))
        return name

    def returns(self, source: RuleSource) -> list[Return]:
        made = []
        entries = entries_of(source.fields["退回"], "退回")
        for key, value in entries.entries.items():
            scalar = Scalar(key, True, entries.keys[key])
            table, column = self.split_column(scalar)
            fund = self.fund(scalar_of(value, "退回").text, scalar_of(value, "退回"))
            made.append(
                Return(
                    table, self.money_read(table, column, scalar.place), fund, self._head(source, ("退回",))
                )
            )
        return made

    def _divisible(self, table: str, column: str, place: Place) -> ReadNode:
        """What a split can divide: money in whole fen, or heads, whole numbers of anything else."""
        seen = self.scopes.walk(table, (column,), place)
        if isinstance(seen, ColumnSeen):
            type_ = self.scopes.column_type(seen.table, seen.column, place)
            whole = type_.step is not None and type_.step.denominator == 1 and not type_.percent
            if type_.kind == NUMBER and whole and not type_.unit.is_money:
                return ReadNode(seen.path, seen.table, seen.column, type_)
        return self.money_read(table, column, place)

    def money_read(self, table: str, column: str, place: Place, spent: bool = True) -> ReadNode:
        """A column of whole-fen money as read in its rows; real money, if it is to be spent."""
        seen = self.scopes.walk(table, (column,), place)
        if not isinstance(seen, ColumnSeen):
            fail(place, f"「{table}.{column}」不是列", "这里要写一列金额")
        type_ = self.scopes.column_type(seen.table, seen.column, place)
        if spent and (seen.table, seen.column) in self.trials:
            fail(place, f"「{table}.{column}」是试分的数，没有真的钱", "要发这笔钱，请把「试分」改成「分配」")
        if not type_.unit.is_money:
            fail(
                place,
                f"「{table}.{column}」不是金额"
                + (f"，它的单位是「{type_.unit}」" if type_.unit.power("元") else ""),
                "汇集、分配、发放的都必须是金额列；拆分的是金额或整数（名额）",
            )
        if not type_.is_fen_money:
            if (table, column) in self.complained:
                raise Consequence(place, "已经指出过")
            self.complained.add((table, column))
            fail(place, f"「{table}.{column}」可能不是整分", "请在算出它的规则里加「取整: 分 四舍五入」")
        return ReadNode(seen.path, seen.table, seen.column, type_)

    def _condition(self, fields: dict[str, SourceNode], key: str, table: str) -> Node | None:
        if key not in fields:
            return None
        scalar = scalar_of(fields[key], key)
        return self.expressions.condition(scalar.text, scalar.place, table)

    def _head(self, source: RuleSource, formulas: tuple[str, ...]) -> RuleHead:
        what = "、".join(f"{source.table}.{name}" for name in source.makes) or "退回"
        return self.head(source.fields, source.node, f"规则「{what}」", formulas)

    def head(
        self, fields: dict[str, SourceNode], node: Entries, what: str, formulas: tuple[str, ...] = ()
    ) -> RuleHead:
        """依据 and 示例 of an entry. Sentences are read later, since they may read any column."""
        written = {}
        for key in formulas:
            found = fields.get(key)
            if isinstance(found, Scalar):
                written[key] = found.text
        return RuleHead(
            basis=self.declared.basis(fields),
            example=self.declared.example(fields, what),
            line=node.place.line,
            file=node.place.file,
            formulas=written,
        )

    def sentence(self, node: SourceNode, table: str, is_share: bool) -> Sentence:
        """说明: text with {names} of the row; in a share also its facts."""
        scalar = scalar_of(node, "说明")
        pieces: list[str | Node | ShareFact] = []
        rest, at = scalar.text, 0
        while "{" in rest:
            text, _, more = rest.partition("{")
            name, closed, after = more.partition("}")
            if not closed:
                fail(scalar, "说明里的「{」没有配「}」", "写法：您的得分 {得分}")
            at += len(text) + 1
            if text:
                pieces.append(text)
            if is_share and name in SHARE_FACTS:
                pieces.append(ShareFact(name))
            else:
                pieces.append(self.expressions.path_read(name, scalar.place.shifted(at), table))
            at += len(name) + 1
            rest = after
        return Sentence((*pieces, rest) if rest else tuple(pieces))


def _fail_circle(waiting: list[Needed[_Made]], last: Needed[_Made]) -> NoReturn:
    """Told at the reading that closes the circle."""
    first = next(index for index, needed in enumerate(waiting) if needed.made is last.made)
    names = [f"{needed.made.source.table}.{needed.column}" for needed in (*waiting[first:], last)]
    fail(last.place, f"规则互相引用，成了一个圈：{' → '.join(names)}", "请去掉其中一处引用")


def _within_the_whole(parts: Sequence[Part], place: SourceNode) -> None:
    """Ratios that are written as numbers leave something for the rest, or nothing."""
    ratios = [part.share for part in parts if part.is_ratio and isinstance(part.share, Const)]
    if sum(one.value for one in ratios if isinstance(one.value, Fraction)) <= 1:
        return
    bare = next((one.text for one in ratios if not one.type.percent), "")
    if bare:
        fail(place, f"各份的比例加起来超过 1（「{bare}」是全数的 {bare} 倍）", f"百分之{bare}要写成 {bare}%")
    fail(place, "各份的百分比加起来超过 100%", f"请改小，「{REST}」不能是负数")
