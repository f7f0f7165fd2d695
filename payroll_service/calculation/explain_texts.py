"""Texts of an explanation: formulas with names and with numbers, clauses with their titles, the reason for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from fractions import Fraction

from payroll_service.calculation.explanation import Citation
from payroll_service.calculation.ownership import Viewer
from payroll_service.calculation.row_shares import SharedPool
from payroll_service.calculation.rows import RowEvaluator
from rules.language.period import month_text
from rules.language.program import (
    BOOL,
    CHOICE,
    TEXT,
    Aggregate,
    Basis,
    Formula,
    Gather,
    Node,
    Program,
    Ranking,
    RateRead,
    Read,
    Rounding,
    Share,
    ShareFact,
    Slices,
    Split,
    Step,
    Type,
)
from rules.language.render import (
    MISSING,
    Value,
    decimal_text,
    fixed_text,
    number_text,
    render,
    rounding_words,
    said,
    value_text,
)

Looked = Read | RateRead | Aggregate | Ranking
Leaf = Looked | Slices
INTERPRETATION = "解释"
WORDS = (BOOL, CHOICE, TEXT)
HIDDEN = "（他人的数据，不显示）"


def leaves(node: Node | None) -> Iterator[Leaf]:
    """What an expression reads on its own row, in order; the keys of a rate before it, aggregates as a whole."""
    if node is None:
        return
    if isinstance(node, Read | Aggregate):
        yield node
        node = node.if_none if isinstance(node, Aggregate) else None
        yield from leaves(node)
    elif isinstance(node, RateRead):
        for key in node.keys:
            yield from leaves(key)
        yield node
    elif isinstance(node, Ranking):
        yield from leaves(node.value)
        yield node
    elif isinstance(node, Slices):
        yield from leaves(node.number)
        yield node
    else:
        for field in fields(node):
            inner = getattr(node, field.name)
            for item in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(item, Node):
                    yield from leaves(item)


def own_name(program: Program, node: Looked) -> str | None:
    """A read as people write it: what a month row has from the row above it goes by its bare name."""
    months = {table.of for table in program.tables.values() if table.kind == "分月"}
    if isinstance(node, Read) and node.path and node.path[0] in months:
        return ".".join((*node.path[1:], node.column))
    return None


def shown_value(program: Program, table: str, column: str, value: Value) -> str:
    """A column's value as text; the month of a month row as 2020-09."""
    shape = program.tables[table]
    if shape.kind == "分月" and column in shape.columns and isinstance(value, Fraction):
        return month_text(int(value))
    return value_text(value, program.types[table, column])


def named(program: Program, node: Node) -> str:
    return render(node, lambda leaf: own_name(program, leaf))


def substituted(program: Program, node: Node, shown: Mapping[int, str]) -> str:
    """The formula with a row's numbers (by id of the read) where it looked, names where it did not.

    What is no number stands behind its name: 身份（校长） = 校长.
    """

    def show(leaf: Looked) -> str | None:
        text = shown.get(id(leaf))
        if text is None:
            return own_name(program, leaf)
        if text == MISSING or leaf.type.kind in WORDS:
            return f"{named(program, leaf)}（{'没有值' if text == MISSING else text}）"
        return f"({text})" if text.startswith("-") else text

    return render(node, show)


def facts(program: Program, node: Node, shown: Mapping[int, str]) -> str:
    """What a condition found on a row, a statement for everything it looked at: 身份为校长，得分为59."""
    looked = ((named(program, leaf), shown[id(leaf)]) for leaf in leaves(node) if id(leaf) in shown)
    told = (f"{name}没有值" if text == MISSING else f"{name}为{text}" for name, text in looked)
    return "，".join(dict.fromkeys(told))


def rounding_text(rounding: Rounding, before: Fraction, after: Value, type_: Type) -> str:
    """What rounding did; nothing where there was nothing to round."""
    if before == after:
        return ""
    return f"{rounding_words(rounding, type_)}：{number_text(before, type_)} → {value_text(after, type_)}"


def citations(program: Program, basis: Iterable[Basis]) -> tuple[Citation, ...]:
    """Each clause once, with its document's title or its interpretation."""
    return tuple(_citation(program, one) for one in dict.fromkeys(basis))


def _citation(program: Program, basis: Basis) -> Citation:
    if basis.document == INTERPRETATION and basis.clause in program.interpretations:
        found = program.interpretations[basis.clause]
        return Citation(str(basis), "", found.question, found.answer, found.decided)
    return Citation(str(basis), program.documents.get(basis.document, ""))


def sentence_text(rows: RowEvaluator, viewer: Viewer, step: Step, row: int, pool: SharedPool | None) -> str:
    """The rule's own sentence with the row's values; in a share also the facts of its pool."""
    pieces = step.head.sentence.pieces if step.head.sentence else ()
    texts: list[str] = []
    for place, piece in enumerate(pieces):
        after = next((text for text in pieces[place + 1 : place + 2] if isinstance(text, str)), "")
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, ShareFact):
            assert pool is not None, "only a share has these facts"
            assert isinstance(step, Share), "only a share has these facts"
            texts.append(_share_fact(rows, step, row, pool, piece.name, after))
        elif isinstance(piece, Read) and leads_to_another(rows, viewer, piece, step.table, row):
            texts.append(HIDDEN)
        else:
            texts.append(said(rows.evaluate(piece, step.table, row), piece.type, after))
    return "".join(texts)


def leads_to_another(rows: RowEvaluator, viewer: Viewer, read: Read, table: str, row: int) -> bool:
    """A read whose value belongs to another person."""
    end = rows.follow(table, read.path, row)
    return end >= 0 and viewer.is_hidden(read.table, end)


def _share_fact(rows: RowEvaluator, step: Share, row: int, pool: SharedPool, name: str, after: str) -> str:
    if name == "应得":
        return fixed_text(pool.due(row), 4)
    if name == "人数":
        return str(len(pool.weights))
    if name == "总额":
        return said(pool.amount, step.type, after)
    if name == "实得":
        return said(rows.value(step.table, step.name, row), step.type, after)
    return decimal_text(pool.weights[row] if name == "权重" else pool.weight)


def missing_reason(rows: RowEvaluator, viewer: Viewer, table: str, column: str, row: int) -> str:
    """Why a column has no value on a row, in one line."""
    step = rows.makers.get((table, column))
    if step is None:
        return f"没有填写「{column}」"
    if isinstance(step, Formula | Gather):
        assert step.where is not None, "only a condition makes a rule not applicable"
        return _not_met(rows, viewer, step.where, step.head.formulas, (table, row))
    if isinstance(step, Split):
        if step.where is not None and not rows.holds(step.where, table, row):
            return _not_met(rows, viewer, step.where, step.head.formulas, (table, row))
        return _missing_read(rows, viewer, step.source, table, row)
    return _missing_share(rows, viewer, step, row)


def _missing_read(rows: RowEvaluator, viewer: Viewer, read: Read, table: str, row: int) -> str:
    return missing_reason(rows, viewer, read.table, read.column, rows.follow(table, read.path, row))


def _missing_share(rows: RowEvaluator, viewer: Viewer, step: Share, row: int) -> str:
    if step.where is not None and not rows.holds(step.where, step.table, row):
        return _not_met(rows, viewer, step.where, step.head.formulas, (step.table, row))
    pool_row = rows.follow(step.table, step.path, row)
    if pool_row < 0:
        return f"不在任何「{step.pool_table}」里"
    if step.pool_where is not None and not rows.holds(step.pool_where, step.pool_table, pool_row):
        return _not_met(rows, viewer, step.pool_where, {}, (step.pool_table, pool_row))
    why = _missing_read(rows, viewer, step.pool, step.pool_table, pool_row)
    return f"没有「{step.pool.column}」：{why}"


def _not_met(
    rows: RowEvaluator, viewer: Viewer, where: Node, formulas: Mapping[str, str], at: tuple[str, int]
) -> str:
    shown = {
        id(leaf): HIDDEN
        if isinstance(leaf, Read) and leads_to_another(rows, viewer, leaf, *at)
        else value_text(rows.evaluate(leaf, *at), leaf.type)
        for leaf in leaves(where)
        if not isinstance(leaf, RateRead | Slices)
    }
    written = formulas.get("限于") or named(rows.program, where)
    return f"不符合「{written}」：{facts(rows.program, where, shown)}"
