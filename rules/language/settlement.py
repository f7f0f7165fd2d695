"""Reads what happens to calculated money: 否决, 发放, 检查, 名册, 核定总量."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rules.language import formula as terms
from rules.language.compiler import Compiler
from rules.language.declarations import Declarations
from rules.language.keys import APPROVED, CHECK, PAYMENT, ROSTER, ROSTER_RULE, VETO
from rules.language.mistakes import meant
from rules.language.period import MONTH, PERIOD_KINDS
from rules.language.program import (
    CADENCE,
    CHOICE,
    CODE,
    FEN,
    NUMBER,
    PERIOD,
    TEXT,
    ApprovedTotals,
    Check,
    Payment,
    Read,
    Roster,
    RosterRule,
    RuleHead,
    Share,
    Step,
    VetoEffect,
)
from rules.language.scope import LinkSeen
from rules.language.source import (
    Entries,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    scalar_of,
    text_of,
    word_of,
    yes_of,
)
from rules.language.units import Unit

OWN_ROW = "本行"


class Settlement:
    """Compiles the lists that follow the rules. Problems are collected, one per entry."""

    def __init__(self, compiler: Compiler, steps: list[Step]) -> None:
        self.compiler, self.scopes = compiler, compiler.scopes
        self.shares = {(step.table, step.name): step for step in steps if isinstance(step, Share)}
        self.steps = steps

    @property
    def declared(self) -> Declarations:
        """The document whose entries are being read."""
        return self.compiler.declared

    def _table(self, node: SourceNode) -> str:
        """表 of an entry, as in the program."""
        word = self.scopes.lens.table(text_of(node, "表"))
        return word if word in self.scopes.tables else word_of(node, "表", tuple(self.scopes.tables))

    def _entries(self, node: SourceNode | None, what: str) -> list[Entries]:
        found = []
        for item in items_of(node, what) if node is not None else ():
            with self.declared.collecting():
                found.append(entries_of(item, what))
        return found

    # 否决 ---------------------------------------------------------------------------------------------------------

    def vetoes(self, node: SourceNode | None) -> list[VetoEffect]:
        effects: list[VetoEffect] = []
        for entry in self._entries(node, "否决"):
            with self.declared.collecting():
                effects.extend(self._veto(entry))
        return effects

    def _veto(self, node: Entries) -> list[VetoEffect]:
        fields = fields_of(node, "否决", *VETO)
        table = self._table(fields["表"])
        when = scalar_of(fields["当"], "当")
        basis = self.declared.basis(fields)
        items = entries_of(fields["项目"], "否决的项目")
        effects = []
        for key, value in items.entries.items():
            scalar = Scalar(key if "." in key else f"{table}.{key}", True, items.keys[key])
            there, written = self.compiler.split_column(scalar)
            column = self.scopes.lens.column(there, written)
            there_table = self.scopes.tables[there]
            if there != table and (there_table.kind != "分月" or there_table.of != table):
                fail(
                    scalar,
                    f"否决写在表「{table}」，够不到「{scalar.text}」",
                    f"请在表「{there}」另写一条否决",
                )
            if (there, column) not in self.compiler.maker:
                made = [each for each, name in self.compiler.maker if name == column]
                cure = (
                    f"「{written}」是表「{made[0]}」的列：请把这条否决的「表」改为 {made[0]}" if made else ""
                )
                fail(scalar, f"「{scalar.text}」不是规则得出的列", cure or "否决只能写规则得出的金额列")
            back = scalar_of(value, "否决的去处").text.startswith("回到")
            self.compiler.money_read(there, column, scalar.place, spent=not back)
            condition = self.compiler.expressions.condition(when.text, when.place, there)
            fund = self._veto_fund(scalar_of(value, "否决的去处"), (there, column))
            name = self.scopes.lens.own(text_of(fields["名称"], "名称"))
            effects.append(VetoEffect(name, there, column, condition, fund, basis, node.place.line))
        self.declared.example(fields, f"否决「{text_of(fields['名称'], '名称')}」")
        return effects

    def _veto_fund(self, scalar: Scalar, column: tuple[str, str]) -> str:
        word, _, rest = scalar.text.partition(" ")
        if word == "退回" and rest:
            return self.compiler.fund(rest.strip(), scalar)
        if not word.startswith("回到"):
            fail(scalar, f"看不懂否决的去处「{scalar.text}」", "写法：回到奖励池，或 退回 资金名")
        pool = word.removeprefix("回到") or rest.strip()
        share = self.shares.get(column)
        if share is None or share.pool.column != self.scopes.lens.column(share.pool_table, pool):
            told = f"它分的是「{share.pool.column}」" if share else "它不是分配得来的，请写「退回 资金名」"
            fail(scalar, f"「{'.'.join(column)}」不能回到「{pool}」：{told}", "回到的必须是分配它的那个池")
        return ""

    # 发放 ---------------------------------------------------------------------------------------------------------

    def payments(self, node: SourceNode | None) -> list[Payment]:
        made: list[Payment] = []
        for entry in self._entries(node, "发放"):
            with self.declared.collecting():
                payment = self._payment(entry)
                if any(payment.number == other.number for other in made):
                    fail(entry.entries["编号"], f"发放编号「{payment.number}」重复", "请换一个编号")
                made.append(payment)
        return made

    def _payment(self, node: Entries) -> Payment:
        fields = fields_of(node, "发放", *PAYMENT)
        column = scalar_of(fields["项目"], "项目")
        table, name = self.compiler.split_column(column)
        read = self.compiler.money_read(table, name, column.place)
        earned = word_of(fields["所属"], "所属", PERIOD_KINDS)
        when = word_of(fields["何时"], "何时", tuple(CADENCE.values()))
        self._same_pace(node, table, read, earned, when)
        payee = self._end(fields["给"], table, "给")
        target = self._target(table, payee)
        if not self.scopes.tables[target].payee_kind:
            fail(fields["给"], f"表「{target}」不是收款人", "请在那张表里写「收款人: 个人」（或 学校、学生）")
        head = self._payment_head(node, fields, read)
        return Payment(
            number=self.scopes.lens.own(text_of(fields["编号"], "编号")),
            name=text_of(fields["名称"], "名称") if "名称" in fields else name,
            table=table,
            column=read,
            payee=payee,
            unit=self._end(fields["单位"], table, "单位"),
            earned=earned,
            when=when,
            funds=self._funds(fields["资金"]),
            head=head,
            event=self._event(fields["事件"], table) if "事件" in fields else None,
        )

    def _event(self, node: SourceNode, table: str) -> Read:
        """A column of the workbook that tells events apart; personal numbers are none."""
        scalar = scalar_of(node, "事件")
        read = self.compiler.expressions.path_read(scalar.text, scalar.place, table)
        if not isinstance(read, Read) or read.column not in self.scopes.tables[read.table].columns:
            fail(scalar, f"「事件: {scalar.text}」不是工作簿里的列", "请写要交的表里的一列，如 奖项编号")
        type_ = read.type
        whole = type_.kind == NUMBER and type_.step is not None and type_.step.denominator == 1
        text = type_.kind == TEXT and type_.text_form in (TEXT, CODE)
        if not (whole or text or type_.kind == CHOICE):
            fail(
                scalar,
                f"「{scalar.text}」不能当事件",
                "事件的列要是文字、代码、选项或整数；证件号和账号不能写进结果",
            )
        return read

    def _payment_head(self, node: Entries, fields: dict[str, SourceNode], read: Read) -> RuleHead:
        """A payment rests on its own clause, or on that of the rule that makes its column."""
        if "依据" in fields:
            return self.compiler.head(fields, node, "发放")
        made = self.compiler.maker.get((read.table, read.column))
        if made is None or made.step is None:
            fail(node, "发放没有依据", "请补上「依据: 办法 三」")
        example = self.declared.example(fields, "发放")
        return RuleHead(made.step.head.basis, example, line=node.place.line, file=node.place.file)

    def _same_pace(self, node: Entries, table: str, read: Read, earned: str, when: str) -> None:
        """Units and periods must fit: 元/月 only on month rows, 元/学期 only for 所属 学期, and so on."""
        months = self.scopes.tables[table].kind == "分月"
        if earned == MONTH and not months:
            fail(node, f"所属是月，表「{table}」却不是分月表", "请发放分月表的列，或把所属改为学期、学年")
        kinds = list(CADENCE)
        covered = {"月": ("月",), "学期": ("月", "学期"), "学年": ("月", "学期", "学年"), "年": ("月", "年")}
        due = kinds[list(CADENCE.values()).index(when)]
        if earned not in covered[due]:
            fail(node, f"{when}发放的项目，所属不能是{earned}", f"所属可以是：{'、'.join(covered[due])}")
        unit = read.type.unit
        allowed = {Unit((("元", 1),)), Unit(tuple(sorted((("元", 1), (earned, -1)))))}
        if months:
            allowed.add(Unit((("元", 1), ("月", -1))))
        if unit not in allowed:
            fail(
                node,
                f"「{read.table}.{read.column}」的单位是「{unit}」，不能直接发放",
                "请先合计或乘以月数，得到「元」",
            )

    def _end(self, node: SourceNode, table: str, what: str) -> tuple[str, ...]:
        scalar = scalar_of(node, what)
        seen = (
            LinkSeen((), table)
            if scalar.text == OWN_ROW
            else self.scopes.walk(table, tuple(scalar.text.split(".")), scalar.place)
        )
        if not isinstance(seen, LinkSeen) or self.scopes.tables[seen.target].kind != "输入":
            fail(
                scalar,
                f"「{what}: {scalar.text}」不是通向工作簿里一张表的查找",
                self._cure_of_end(table),
            )
        if len(self.scopes.tables[seen.target].key) != 1:
            fail(scalar, f"表「{seen.target}」的主键有几列，不能当{what}", "收款人和单位的表要有一列主键")
        return seen.path

    def _cure_of_end(self, table: str) -> str:
        own = self.scopes.tables[table]
        inherited = self.scopes.tables[own.of].links if own.kind == "分月" else {}
        links = [name for name, link in (inherited | own.links).items() if link.kind == "查找"]
        known = f"表「{table}」的查找有：{'、'.join(links)}" if links else f"表「{table}」还没有查找"
        return f"{known}；可以一路走上去，如 班.校；就是本行的写「本行」"

    def _target(self, table: str, path: tuple[str, ...]) -> str:
        for name in path:
            table = self.scopes.tables[table].links[name].target
        return table

    def _funds(self, node: SourceNode) -> tuple[tuple[str, Fraction | None], ...]:
        if isinstance(node, Scalar):
            return ((self.compiler.fund(node.text, node), None),)
        parts: list[tuple[str, Fraction | None]] = []
        total = Fraction(0)
        found = entries_of(node, "资金")
        for name, value in found.entries.items():
            scalar = scalar_of(value, "资金的份额")
            fund = self.compiler.fund(name, Scalar(name, True, found.keys[name]))
            if scalar.text == "其余":
                parts.append((fund, None))
                continue
            term = terms.parse_formula(scalar.text, scalar.place)
            if not isinstance(term, terms.Number) or not term.percent:
                fail(scalar, f"资金的份额「{scalar.text}」不是百分比", "写法：{省级: 30%, 县级: 其余}")
            total += term.value
            parts.append((fund, term.value))
        if sum(share is None for _, share in parts) != 1 or total >= 1:
            fail(node, "资金的份额要小于 100%，并有且只有一个「其余」", "写法：{省级: 30%, 县级: 其余}")
        return tuple(parts)

    # 检查, 名册, 核定总量 --------------------------------------------------------------------------------------------

    def checks(self, node: SourceNode | None) -> list[Check]:
        made: list[Check] = []
        for entry in self._entries(node, "检查"):
            with self.declared.collecting():
                made.append(self._check(entry))
        return made

    def _check(self, node: Entries) -> Check:
        fields = fields_of(node, "检查", *CHECK)
        if ("必须" in fields) == ("提示" in fields):
            fail(node, "检查要写「必须」或「提示」中的一个", "必须：不成立就停止；提示：不成立时列出")
        level = "必须" if "必须" in fields else "提示"
        table = self._table(fields["表"])
        condition = scalar_of(fields[level], level)
        where = None
        if "限于" in fields:
            scalar = scalar_of(fields["限于"], "限于")
            where = self.compiler.expressions.condition(scalar.text, scalar.place, table)
        typed = self.compiler.expressions.condition(condition.text, condition.place, table)
        name = self.scopes.lens.own(text_of(fields["名称"], "名称"))
        head = self.compiler.head(fields, node, f"检查「{name}」", (level, "限于"))
        if "说明" in fields:
            head = replace(head, sentence=self.compiler.sentence(fields["说明"], table, False))
        check = Check(name, table, level, typed, where, head)  # type: ignore[arg-type]
        if "列出" in fields and yes_of(fields["列出"], "列出"):
            if not check.told:
                fail(
                    fields["列出"], f"检查「{name}」没有可列出的列", "请在「说明」里用 {列名} 写出要列的各列"
                )
            return replace(check, listed=True)
        return check

    def roster(self, node: SourceNode | None) -> Roster | None:
        if node is None:
            return None
        with self.declared.collecting():
            fields = fields_of(node, "名册", *ROSTER)
            table = word_of(fields["表"], "表", tuple(self.scopes.tables))
            if not self.scopes.tables[table].payee_kind:
                fail(fields["表"], f"表「{table}」不是收款人", "请在表里写「收款人: 个人」")
            rules: list[RosterRule] = []
            for kind in ("不发", "暂缓"):
                for entry in self._entries(fields.get(kind), kind):
                    with self.declared.collecting():
                        rules.append(self._roster_rule(entry, kind, table))
            return Roster(table, tuple(rules))
        return None

    def _roster_rule(self, node: Entries, kind: str, table: str) -> RosterRule:
        fields = fields_of(node, kind, *ROSTER_RULE)
        scalar = scalar_of(fields["当"], "当")
        condition = self.compiler.expressions.condition(scalar.text, scalar.place, table)
        when = word_of(fields["何时"], "何时", tuple(CADENCE.values())) if "何时" in fields else ""
        name = text_of(fields["名称"], "名称")
        self.declared.example(fields, f"{kind}「{name}」")
        basis = self.declared.basis(fields)
        return RosterRule(name, kind, condition, when, basis, node.place.line)  # type: ignore[arg-type]

    def approved(self, node: SourceNode | None) -> ApprovedTotals | None:
        if node is None:
            return None
        with self.declared.collecting():
            fields = fields_of(node, "核定总量", *APPROVED)
            table = self.scopes.tables[word_of(fields["表"], "表", tuple(self.scopes.tables))]
            names = []
            for key in ("单位", "资金", "金额"):
                name = text_of(fields[key], key)
                if name not in table.columns:
                    fail(
                        fields[key], f"表「{table.name}」没有列「{name}」", meant(name, tuple(table.columns))
                    )
                names.append(name)
            amount = table.columns[names[2]].type
            if not amount.unit.is_money or amount.step != FEN:
                fail(fields["金额"], f"「{names[2]}」不是金额列", "请把它的类型写成「金额」")
            if not table.period_column or table.columns[table.period_column].type.kind != PERIOD:
                fail(fields["表"], f"表「{table.name}」没有期间列", "请加一列「期间: 期间」")
            for word in table.columns[names[1]].type.options:
                if word not in self.declared.funds:
                    fail(
                        fields["资金"],
                        f"「{names[1]}」的选项「{word}」不是资金",
                        meant(word, tuple(self.declared.funds)),
                    )
            return ApprovedTotals(table.name, names[0], names[1], names[2], self.declared.basis(fields))
        return None
