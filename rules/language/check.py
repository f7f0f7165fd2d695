"""The checker's front door: a document's text in, a compiled program out, or every mistake with its place and cure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rules.language.compiler import Compiler
from rules.language.declarations import Declarations, read_day, read_heads, read_tables
from rules.language.disbursement import read_disbursement
from rules.language.fingerprints import fingerprint_of
from rules.language.keys import RULE_SET
from rules.language.late import find_empty_promises
from rules.language.lookups import settle_lookups
from rules.language.mistakes import Place, RuleProblem, RuleSetError
from rules.language.needs import Needs
from rules.language.openings import find_wrong_openings
from rules.language.order import in_order
from rules.language.plan import behind, ends, expressions, made_by, needed_by, periods_read, plan
from rules.language.pockets import find_leaking_pockets, find_unguarded_reads
from rules.language.program import CADENCE, Node, Program
from rules.language.rates import Rates
from rules.language.rule_sources import read_rule_sources, rule_columns
from rules.language.scheme_sources import is_scheme, read_declarations, read_rules, read_schemes
from rules.language.schemes import Schemes
from rules.language.settlement import Settlement
from rules.language.source import Scalar, SourceNode, fail, fields_of, read_source, scalar_of, text_of
from rules.language.tables import resolve_tables, settle_groups

LANGUAGE = 1
_CONTAINING = {  # the periods that the run's period may lie in
    "月": ("月", "学期", "学年", "年", ""),
    "学期": ("学期", "学年", ""),
    "学年": ("学年", ""),
    "年": ("年", ""),
}


def load_rule_set(text: str, name: str, schemes: Sequence[tuple[str, str]] = ()) -> Program:
    """Compile a rule set, together with the schemes that extend it (text and file name of each).

    `name` stands for the file in messages. Raises RuleSetError with every problem found.
    """
    extending = [(read_source(found, file), file) for found, file in schemes]
    return compile_document(read_source(text, name), name, extending)


def compile_document(
    document: SourceNode, name: str, extending: Sequence[tuple[SourceNode, str]] = ()
) -> Program:
    """The same for documents that have been read already, or mixed from two versions."""
    declared = Declarations(name)
    start = Place(name, 1, 1)
    with declared.collecting():
        program = _load(declared, document, list(extending))
        declared.stop_at_problems()
        declared.problems += find_unguarded_reads(program, start) or find_leaking_pockets(program, start)
        declared.problems += _period_problems(program, start)
        declared.problems += find_empty_promises(program, start)
        if not declared.problems:
            return program
    raise RuleSetError(declared.problems)


def _load(declared: Declarations, document: SourceNode, extending: list[tuple[SourceNode, str]]) -> Program:
    if is_scheme(document):
        fail(document, "这是方案，不是规则集", "请用 --rules 给出它所延伸的规则集，用 --scheme 给出方案")
    fields = fields_of(document, "规则集", *RULE_SET)
    if text_of(fields["语言"], "语言") != str(LANGUAGE):
        fail(fields["语言"], f"这个程序只懂语言 {LANGUAGE}", f"请写「语言: {LANGUAGE}」")
    first, last = _in_force(scalar_of(fields["施行"], "施行"))
    read_heads(declared, fields)
    declared.stop_at_problems()
    sources = read_tables(declared, fields["表"])
    declared.stop_at_problems()
    rates = Rates(declared, first)
    if "标准" in fields:
        rates.read(fields["标准"])
    name, version = text_of(fields["规则集"], "规则集"), text_of(fields["版本"], "版本")
    levels = read_schemes(extending, declared, (name, version))
    for level in levels:
        sources |= read_declarations(level, rates)
    rule_sources = read_rule_sources(declared, fields["规则"])
    for level in levels:
        rule_sources += read_rules(level)
    made = rule_columns(declared, rule_sources)
    declared.stop_at_problems()
    scopes = resolve_tables(declared, sources, made, tuple(rates.sources))
    declared.stop_at_problems()
    compiler = Compiler(declared, scopes, rates, rule_sources)
    schemes = Schemes(compiler, levels)
    schemes.read_ranges()
    steps = [*compiler.steps(), *compiler.helpers]
    settle_groups(declared, scopes, sources)
    settle_lookups(declared, scopes, sources)
    returns = []
    for source in rule_sources:
        if source.kind == "退回":
            with declared.collecting(), compiler.seen_by(source.declared):
                returns.extend(compiler.returns(source))
    settlement = Settlement(compiler, steps)
    vetoes = settlement.vetoes(fields.get("否决"))
    payments, checks = settlement.payments(fields["发放"]), settlement.checks(fields.get("检查"))
    for level in levels:
        with compiler.seen_by(level.declared):
            vetoes += settlement.vetoes(level.fields.get("否决"))
            payments += settlement.payments(level.fields.get("发放"))
            checks += settlement.checks(level.fields.get("检查"))
    program = Program(
        language=LANGUAGE,
        name=name,
        version=version,
        start=first,
        end=last,
        corrects=text_of(fields["更正"], "更正") if "更正" in fields else "",
        fingerprint=fingerprint_of(document, [found for found, _ in extending]),
        documents=declared.documents
        | {level.declared.lens.own(k): v for level in levels for k, v in level.declared.documents.items()},
        interpretations=declared.interpretations
        | {
            level.declared.lens.own(k): replace(v, id=level.declared.lens.own(k))
            for level in levels
            for k, v in level.declared.interpretations.items()
        },
        unencoded=(*declared.unencoded, *(one for level in levels for one in level.declared.unencoded)),
        calendar=declared.calendar,
        funds=declared.funds,
        tables=scopes.tables,
        rates={name: rates.rates[name] for name in rates.sources if name in rates.rates},
        steps=tuple(steps),
        returns=tuple(returns),
        vetoes=tuple(vetoes),
        payments=tuple(payments),
        checks=tuple(checks),
        roster=settlement.roster(fields.get("名册")),
        approved=settlement.approved(fields.get("核定总量")),
        types=compiler.types,
        disbursement=read_disbursement(declared, fields.get("支付"), payments),
        examples=tuple(declared.examples),
    )
    declared.stop_at_problems()
    declared.problems.extend(
        RuleProblem(rate.place, f"标准「{name}」没有规则用到", "请删去，或在规则里用上")
        for name, rate in rates.sources.items()
        if name not in rates.rates
    )
    declared.stop_at_problems()
    program = schemes.put_to_work(program)
    declared.stop_at_problems()
    steps_in_order, chains = in_order(program, declared)
    declared.problems += find_wrong_openings(
        program, {name: source.place for name, source in sources.items()}
    )
    declared.stop_at_problems()
    return replace(program, steps=steps_in_order, chains=chains)


def _in_force(scalar: Scalar) -> tuple[int, int]:
    match = re.fullmatch(r"(\S+)\s*至\s*(\S+)", scalar.text)
    if not match:
        fail(scalar, f"看不懂施行「{scalar.text}」", "写法：2020-09-01 至 2021-08-31")
    first = read_day(replace(scalar, text=match[1]), "施行起日")
    last = read_day(replace(scalar, text=match[2]), "施行止日")
    if last < first:
        fail(scalar, "施行的止日早于起日", "请检查日期")
    return first, last


def _period_problems(program: Program, start: Place) -> list[RuleProblem]:
    """A run reads 本期 rows only of periods that contain it: a yearly item cannot read one semester's scores."""
    problems = []
    for kind, when in CADENCE.items():
        for payment in program.payments:
            if payment.when == when:
                roots = [*expressions(payment), *ends(payment)]
                problems += _outside(
                    program,
                    roots,
                    kind,
                    f"发放「{payment.number}」",
                    payment.head.line,
                    Place(payment.head.file or start.file, 1, 1),
                )
        for rule in plan(program, kind).roster:
            assert program.roster is not None, "its rules are the roster's"
            roots = [(program.roster.table, rule.condition)]
            problems += _outside(program, roots, kind, f"{rule.kind}「{rule.name}」", rule.line, start)
    return problems


def _outside(
    program: Program, roots: list[tuple[str, Node]], kind: str, what: str, line: int, start: Place
) -> list[RuleProblem]:
    needed = needed_by(program, Needs(program), roots)
    steps = [step for step in program.steps if not needed.isdisjoint(made_by(step))]
    read = [*roots, *(root for step in steps for root in behind(program, step))]
    inner = sorted(periods_read(program, read) - set(_CONTAINING[kind]))
    message = (
        f"{what}在{CADENCE[kind]}的计算里读了按{'、'.join(inner)}的「本期」，一个{kind}里有几个，不知用哪一个"
    )
    cure = f"请改「何时」，或把那张表的期间改成{kind}"
    return [RuleProblem(Place(start.file, line, 1), message, cure)] if inner else []
