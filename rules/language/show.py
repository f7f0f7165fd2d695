"""A rule set as text that a reader who knows Excel follows: tables, rates, rules in order of calculation, clauses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rules.language.plan import cadences, made_by
from rules.language.program import (
    NUMBER,
    Band,
    Basis,
    Column,
    Formula,
    Gather,
    Link,
    Node,
    Payment,
    Program,
    Rate,
    Read,
    Return,
    RuleHead,
    Sentence,
    Share,
    ShareFact,
    Split,
    Step,
    Table,
    Type,
)
from rules.language.render import number_text, render, rounding_words

_PERCENT = Type(NUMBER, percent=True)


def show(program: Program) -> str:
    """The whole rule set as lines of Chinese text, ending with a line break."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Program) -> Iterator[str]:
    first, last = (date.fromordinal(day).isoformat() for day in (program.start, program.end))
    yield f"{program.name}　版本 {program.version}　施行 {first} 至 {last}"
    yield f"指纹 {program.fingerprint}"
    for scheme in program.schemes:
        yield f"方案 {scheme.name}　版本 {scheme.version}　范围 {scheme.table}：{render(scheme.condition)}"
        yield f"  方案自己的名称前面写着「{scheme.short}·」；方案的指纹 {scheme.fingerprint}"
    yield ""
    yield "依据文件"
    yield from (f"  {name}：{title}" for name, title in program.documents.items())
    yield from _section("资金", (f"  {name}：{title}" for name, title in program.funds.items()))
    yield from _section("一、要交的表（工作簿里的工作表）和由它们得出的表", _tables(program))
    yield from _section("二、标准", _rates(program))
    yield from _section("三、规则（按计算的先后）", _steps(program))
    yield from _section("四、否决", _vetoes(program))
    yield from _section(
        "五、发放", (line for payment in program.payments for line in _payment(program, payment))
    )
    yield from _section("六、检查、名册、核定总量和支付", _checks(program))
    yield from _section("七、文件没有规定、由解释定下的", _interpretations(program))
    yield from _section(
        "八、没有编入的条款", (f"  {clause}：{reason}" for clause, reason in program.unencoded)
    )
    yield from _section(
        "九、示例（文件没有给出的数字，正式使用前须核定）", (f"  {name}" for name in program.examples)
    )


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from found


def _tables(program: Program) -> Iterator[str]:
    for table in program.tables.values():
        if table.kind == "输入":
            yield f"  {table.name}（主键 {'、'.join(table.key)}）{table.note}{_bases(table.basis)}"
            yield "    " + "，".join(_column(column) for column in table.columns.values())
            if table.unique:
                yield f"    唯一：{'；'.join('、'.join(columns) for columns in table.unique)}"
            if table.carries:
                yield f"    上期：上一次核准的核算里「{table.carries}」的结果，由系统带入；第一次没有的可以填"
            if table.until:
                yield f"    每行从 {table.key[-1]} 起有效，至 {table.until}"
        else:
            yield f"  {table.name}：{_derived(table)}{_bases(table.basis)}"
        lookups = [
            _lookup(link) for link in table.links.values() if link.kind == "查找" and table.kind != "分组"
        ]
        if table.order is not None:
            within = "、".join(table.order.within) or "全体"
            yield f"    顺序：{within} 相同的各行按 {'、'.join(table.order.by)} 排，上一行可读"
        if lookups:
            yield f"    查找：{'，'.join(lookups)}"


def _lookup(link: Link) -> str:
    against = f"（对 {'、'.join(link.columns)}）" if link.columns and link.at is None else ""
    day = link.at.column if isinstance(link.at, Read) else link.at
    return f"{link.name} → {link.target}{against}" + (f"（{day} 有效的一行）" if day else "")


def _column(column: Column) -> str:
    more = f"，不填作 {column.default}" if column.default is not None else ""
    more += f"，别名 {'、'.join(column.synonyms)}" if column.synonyms else ""
    more += f"，写 {'、'.join(column.empty_marks)} 等于没有填" if column.empty_marks else ""
    basis = "".join(f"；{clause}" for clause in column.basis)
    return f"{column.name}〔{column.declared}{more}{basis}〕"


def _derived(table: Table) -> str:
    if table.kind == "分月":
        span = f"{table.span[0]}至{table.span[1]}"
        own = "、".join(table.columns)
        return f"「{table.of}」在本期内每月一行（{span}；到任{table.arrive}，离任{table.leave}），有列 {own}"
    return f"「{table.of}」按 {'、'.join(key.name for key in table.by) or '全体'} 分组，每组一行"


def _rates(program: Program) -> Iterator[str]:
    for rate in program.rates.values():
        mark = "（示例）" if rate.example else ""
        by = f"，按 {' × '.join(rate.keys)}" if rate.keys else ""
        yield f"  {rate.name}{by}{mark}{_bases(rate.basis)}"
        for version in rate.versions:
            since = f"{date.fromordinal(version.start).isoformat()} 起：" if version.start else ""
            yield from (f"    {since}{line}" for line in _cases(rate, version.values))


def _cases(rate: Rate, values: dict[tuple[str | bool | Band, ...], Fraction]) -> Iterator[str]:
    rows: dict[str, list[str]] = {}
    for case, value in values.items():
        *outer, last = [_case(part) for part in case] or [""]
        rows.setdefault("、".join(outer), []).append(f"{last} {number_text(value, rate.type)}".lstrip())
    for name, cells in rows.items():
        yield (f"{name}：" if name else "") + "，".join(cells)


def _case(part: str | bool | Band) -> str:
    if isinstance(part, Band):
        return part.text
    return ("是" if part else "否") if isinstance(part, bool) else part


def _steps(program: Program) -> Iterator[str]:
    returned = {(back.source.table, back.source.column): back for back in program.returns}
    for number, step in enumerate(program.steps, 1):
        yield f"  {number}. {_step(step)}{_mark(step.head)}{_bases(step.head.basis)}"
        yield from (f"       {line}" for line in _details(step))
        yield from (
            f"       从第一行起逐行计算（每行要读{chain.link}）"
            for chain in program.chains
            if made_by(step)[0] in chain.columns
        )
        yield from (f"       {_return(returned.pop(made))}" for made in made_by(step) if made in returned)
        paid = [name for made in made_by(step) for name in sorted(cadences(program, made))]
        if step.head.sentence:
            yield f"       说明：{_sentence(step.head.sentence)}"
        if paid and isinstance(step, Gather):
            yield f"       归 {'、'.join(dict.fromkeys(paid))} 发放"
    yield from (f"  {_return(back)}" for back in returned.values())


def _return(back: Return) -> str:
    return f"{back.table}.{back.source.column} 退回 {back.fund}{_bases(back.head.basis)}"


def _step(step: Step) -> str:
    if isinstance(step, Split):
        return f"{step.table}：{step.source.column} 拆分为 {'、'.join(part.name for part in step.parts)}"
    if isinstance(step, Gather):
        return f"{step.table}.{step.name} = {step.source_table}.{step.source.column} 之和"
    if isinstance(step, Share):
        return f"{step.table}.{step.name} = {step.pool_table}.{step.pool.column} 按 {render(step.weight)} {'试分' if step.trial else '分配'}"
    return f"{step.table}.{step.name} = {render(step.value)}"


def _details(step: Step) -> Iterator[str]:
    where = getattr(step, "where", None)
    if isinstance(where, Node):
        yield f"限于 {render(where)}"
    if isinstance(step, Split):
        shares = (f"{part.name} = {render(part.share) if part.share else '其余'}" for part in step.parts)
        yield "，".join(shares)
    if isinstance(step, Formula):
        for case in step.cases:
            yield f"例外：当 {render(case.when)}，为 {render(case.value)}{_bases(case.basis)}"
        if step.opening is not None:
            yield f"开头 {render(step.opening)}"
        if step.otherwise is not None:
            yield f"否则 {render(step.otherwise)}"
    if isinstance(step, Split | Formula) and step.rounding is not None:
        rounded = step.source.type if isinstance(step, Split) else step.value.type
        yield f"取整：{rounding_words(step.rounding, rounded)}"
    if isinstance(step, Share):
        ties = "，".join(
            f"{render(tie.node)} {'由高到低' if tie.descending else '由低到高'}" for tie in step.ties
        )
        yield f"余分给尾数最大的；相同的按 {ties + '，' if ties else ''}主键"
        if step.pool_where is not None:
            yield f"只分这样的池：{render(step.pool_where)}"
        if step.open:
            yield "开放：学校或集团的方案可以在自己的范围里另行分配"
        limits = [("至少", step.lower), ("至多", step.upper)]
        told = [f"{word} {render(node)}" for word, node in limits if node is not None]
        if told:
            yield f"每行{'，'.join(told)}" + (f"；都到顶后剩的退回 {step.excess}" if step.excess else "")
        late = f"；迟到更正：{step.late}" if step.late else ""
        yield f"无权重时{'退回 ' + step.fallback if step.fallback else '平均'}{late}"


def _sentence(sentence: Sentence) -> str:
    pieces = []
    for piece in sentence.pieces:
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            pieces.append("{" + (piece.name if isinstance(piece, ShareFact) else render(piece)) + "}")
    return "".join(pieces)


def _vetoes(program: Program) -> Iterator[str]:
    for veto in program.vetoes:
        goes = f"退回 {veto.fund}" if veto.fund else "权重为零，钱回到池里"
        yield f"  {veto.name}：当 {render(veto.when)}，{veto.table}.{veto.column} {goes}{_bases(veto.basis)}"


def _payment(program: Program, payment: Payment) -> Iterator[str]:
    funds = "、".join(
        name
        + (
            f" {number_text(share, _PERCENT)}"
            if share is not None
            else (" 其余" if len(payment.funds) > 1 else "")
        )
        for name, share in payment.funds
    )
    payee = program.tables[program.target(payment.table, payment.payee)]
    event = f"，每个「{render(payment.event)}」一笔" if payment.event else ""
    yield (
        f"  {payment.number}　{payment.name}：{payment.table}.{payment.column.column}，发给{payee.payee_kind}{event}，"
        f"所属{payment.earned}，{payment.when}，资金 {funds}{_bases(payment.head.basis)}"
    )


def _checks(program: Program) -> Iterator[str]:
    for check in program.checks:
        where = f"（限于 {render(check.where)}）" if check.where is not None else ""
        yield f"  {check.level}　{check.name}：{check.table}{where} {render(check.condition)}{_bases(check.head.basis)}"
        if check.listed:
            yield f"    列出：{'，'.join(map(render, check.told))}"
    if program.roster:
        yield f"  名册：{program.roster.table} 的每一行都要发放、暂缓或列明不发的原因"
        for rule in program.roster.rules:
            when = f"（{rule.when}）" if rule.when else ""
            yield f"    {rule.kind}　{rule.name}{when}：{render(rule.condition)}{_bases(rule.basis)}"
    yield from _disbursement(program)
    if program.approved:
        amount = f"表「{program.approved.table}」的{program.approved.amount}"
        yield f"  核定总量：每个单位每项资金的发放不得超过{amount}{_bases(program.approved.basis)}"


def _disbursement(program: Program) -> Iterator[str]:
    if (rule := program.disbursement) is None:
        return
    told = "资金不够时各笔按同一比例付" if rule.shortage == "按比例" else "资金不够时分级先后付，同级按比例"
    recovered = "从同一资金的下次付款中抵扣" if rule.recovery == "抵扣" else "按登记的分期抵扣"
    yield f"  支付：{told}；多发的{recovered}{_bases(rule.basis)}"
    if rule.order:
        yield f"    先后：{'，'.join(rule.order)}（所属的期间先结束的在前）"
    if rule.items:
        yield f"    项目次序：{'，'.join('、'.join(level) for level in rule.items)}，其余在后"
    if rule.publicity:
        yield f"    公示：{rule.publicity} 个工作日"


def _interpretations(program: Program) -> Iterator[str]:
    for entry in program.interpretations.values():
        since = f"，自 {entry.since}" if entry.since else ""
        yield f"  {entry.id}：{entry.question}"
        yield f"    {entry.answer}（{entry.decided}{since}）"


def _bases(basis: tuple[Basis, ...]) -> str:
    return f"　〔{'；'.join(map(str, basis))}〕" if basis else ""


def _mark(head: RuleHead) -> str:
    return "（示例）" if head.example else ""
