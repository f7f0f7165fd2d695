"""An explanation as lines of text, in sentences, and as JSON with stable keys and every value as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from payroll_service.calculation.explanation import (
    Citation,
    Condition,
    ExplainedValue,
    Explanation,
    RateUse,
    ShareFacts,
)
from rules.language.render import fixed_text

Json = dict[str, Any]
GATHERED = "汇集"


def to_json(explanation: Explanation) -> Json:
    """Plain data for JSON: keys as the records name them, what is empty left out, no number but counts.

    The amount is text in 元 with two decimals.
    """
    found = _plain(explanation)
    assert isinstance(found, dict), "a record becomes an object"
    if explanation.amount is not None:
        found["amount"] = fixed_text(explanation.amount, 2)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {
            name: _plain(held)
            for name, held in pairs
            if held not in ("", ()) and held is not None and held is not False
        }
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def to_text(explanations: list[Explanation]) -> str:
    """All lines of a payee as one text: a tree below each amount; at the end every clause that is cited, once."""
    lines = [line for one in explanations for line in (*_lines(one), "")]
    if cited := cited_in(explanations):
        lines += ["依据", *(f"  {clause}" for clause in cited), ""]
    return "\n".join(lines)


def sentences(explanation: Explanation) -> list[str]:
    """What the rule set itself says to the payee of this line and of what it is made of, the amount first.

    Where no rule has a sentence, how the amount came about.
    """
    if explanation.root is None:
        rule = f"{explanation.excluded}。" if explanation.excluded else ""
        return [f"不发。{rule}{explanation.reason}"]
    said = dict.fromkeys(value.sentence for value in _values(explanation.root) if value.sentence)
    return [*said] or [*details(explanation.root)]


def cited_in(explanations: Iterable[Explanation]) -> list[str]:
    """Every clause that is cited, once, with the full title of its document."""
    cited = {clause.text: clause for one in explanations if one.root for clause in _cited(one.root)}
    return [f"〔{clause.text}〕{_said(clause)}" for clause in cited.values()]


def _values(value: ExplainedValue) -> Iterator[ExplainedValue]:
    yield value
    for child in value.children:
        yield from _values(child)


def _lines(explanation: Explanation) -> Iterator[str]:
    if explanation.root is None:
        rule = f"{explanation.excluded}。" if explanation.excluded else ""
        yield f"{explanation.name}：不发。{rule}{explanation.reason}{_clauses(explanation.clauses)}"
        return
    where = " ".join(text for text in (explanation.earned, explanation.unit, explanation.event) if text)
    yield f"{explanation.name}  {where}  {explanation.amount_text}（{'、'.join(explanation.funds)}）"
    if explanation.held:
        yield f"暂缓：{explanation.held}。已计算，暂不发放，不在发放表里。"
    yield from _branch(explanation.root, "", "└─ ", "   ")


def _branch(value: ExplainedValue, before: str, first: str, then: str) -> Iterator[str]:
    yield before + first + headline(value)
    inner = before + then
    bar = "│ " if value.children else "  "
    for detail in details(value):
        yield f"{inner}{bar}{detail}"
    for child in value.children:
        last = child is value.children[-1]
        yield from _branch(child, inner, "└─ " if last else "├─ ", "   " if last else "│  ")


def headline(value: ExplainedValue) -> str:
    """Which value it is, what it is, and its clauses; of one that was explained before where."""
    row = f"（{value.row}）" if value.row else ""
    if value.see:
        return f"{value.table}.{value.column}{row} = {value.value}，见 [{value.see}]"
    number = f"[{value.number}] " if value.number else ""
    example = " 示例" if value.example else ""
    return f"{number}{value.table}.{value.column}{row} = {value.value}{_clauses(value.clauses)}{example}"


def details(value: ExplainedValue) -> Iterator[str]:
    """How a value came about, a line each."""
    if value.also:
        yield f"另有 {len(value.also)} 行相同：{'、'.join(_short(value.row, row) for row in value.also)}"
    for condition in value.conditions:
        yield _condition(condition)
    if value.formula:
        below = value.below if value.kind == GATHERED else ()
        yield f"{value.kind}：{'，'.join((value.formula, *below))}"
    if value.substituted not in ("", value.value):
        yield f"代入：{value.substituted}"
    for rate in value.rates:
        yield _rate(rate)
    if value.kind != GATHERED:
        yield from value.below
    if value.share is not None:
        yield from _share(value.share)
    if value.rounding:
        yield f"取整：{value.rounding}"
    if value.sentence:
        yield f"说明：{value.sentence}"


def _short(said: str, row: str) -> str:
    """A row without the words at its beginning that have just been said."""
    words, before = row.split(), said.split()
    while len(words) > 1 and before and words[0] == before[0]:
        words, before = words[1:], before[1:]
    return " ".join(words)


def _condition(condition: Condition) -> str:
    facts = f"（{condition.facts}）" if condition.facts else ""
    return f"{condition.kind}：{condition.text}{facts}{_clauses(condition.clauses)}"


def _rate(rate: RateUse) -> str:
    keys = f"（{'，'.join(rate.keys)}）" if rate.keys else ""
    return f"标准：{rate.name}{keys} = {rate.value}{_clauses(rate.clauses)}{' 示例' if rate.example else ''}"


def _share(share: ShareFacts) -> Iterator[str]:
    yield f"池：{share.pool}，本人权重 {share.weight}，{share.members} 行权重之和 {share.weights}"
    yield f"应得 {share.due}，舍到分 {share.cut}"
    if share.left_over:
        place = f"本行排第 {share.place}" if share.place else "本行不在其中"
        yield f"余下 {share.left_over} 分，每次一分；{place}，{'得一分' if share.got_one_more else '没有余分'}"


def _clauses(clauses: tuple[Citation, ...]) -> str:
    return f" 〔{'；'.join(clause.text for clause in clauses)}〕" if clauses else ""


def _cited(value: ExplainedValue) -> Iterator[Citation]:
    yield from value.clauses
    for condition in value.conditions:
        yield from condition.clauses
    for rate in value.rates:
        yield from rate.clauses
    for child in value.children:
        yield from _cited(child)


def _said(clause: Citation) -> str:
    if clause.question:
        return f"问：{clause.question} 答：{clause.answer}（{clause.decided}）"
    return clause.title
