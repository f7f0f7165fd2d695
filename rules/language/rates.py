"""Rates: dated tables of values by choice, yes/no, text or band, checked against the columns that they are read by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rules.language import formula as terms
from rules.language.bands import order_bands, read_band
from rules.language.declarations import Declarations, check_name, read_day
from rules.language.keys import RATE
from rules.language.mistakes import Mistake, Place, meant
from rules.language.program import BOOL, CHOICE, NUMBER, TEXT, Band, Basis, Rate, RateVersion, Type
from rules.language.source import (
    Entries,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    names_of,
    scalar_of,
    text_of,
)
from rules.language.units import BASE_UNITS, step_of_both

KeyCase = str | bool | Band
MOST_KEYS = 3


@dataclass(frozen=True)
class RateSource:
    name: str
    keys: tuple[str, ...]
    versions: tuple[tuple[int | None, SourceNode], ...]
    basis: tuple[Basis, ...]
    example: bool
    note: str
    place: Place


class Rates:
    """The rates of a rule set; each is built when a formula first reads it, since its keys' types come from there."""

    def __init__(self, declared: Declarations, start: int) -> None:
        self.declared, self.start = declared, start
        self.sources: dict[str, RateSource] = {}
        self.rates: dict[str, Rate] = {}
        self._built: dict[tuple[str, tuple[Type, ...]], Rate] = {}

    def read(self, node: SourceNode) -> None:
        """The rates of the document whose turn it is (`declared`)."""
        found = entries_of(node, "标准")
        lens = self.declared.lens
        lens.rates |= set(found.entries)
        for written, body in found.entries.items():
            with self.declared.collecting():
                check_name(written, found.keys[written], "标准")
                if written in self.sources:
                    fail(
                        found.keys[written], f"规则集里已有标准「{written}」", "请给方案自己的标准换一个名字"
                    )
                self.sources[lens.own(written)] = self._source(lens.own(written), body)

    def _source(self, name: str, body: SourceNode) -> RateSource:
        what = f"标准「{name}」"
        fields = fields_of(body, what, *RATE)
        if sum(key in fields for key in ("档", "分期", "值")) != 1:
            fail(
                body,
                f"{what}要有「档」「分期」「值」中的一个",
                "不分档的写「值: 25元/节」，分档的写「按」和「档」",
            )
        keys = tuple(scalar.text for scalar in names_of(fields["按"], "按")) if "按" in fields else ()
        if len(keys) > MOST_KEYS:
            problem = f"{what}按 {len(keys)} 列查，最多 {MOST_KEYS} 列"
            fail(fields["按"], problem, "请先写一条规则把几列合成一列")
        if ("值" in fields and keys) or ("档" in fields and not keys):
            fail(body, f"{what}的「按」与「档」不配套", "有「按」就写「档」，没有「按」就写「值」")
        undated = fields.get("档") or fields.get("值")
        versions = ((None, undated),) if undated else self._versions(fields["分期"], what)
        return RateSource(
            name,
            keys,
            versions,
            self.declared.basis(fields),
            self.declared.example(fields, what),
            text_of(fields["说明"], "说明") if "说明" in fields else "",
            body.place,
        )

    def _versions(self, node: SourceNode, what: str) -> tuple[tuple[int, SourceNode], ...]:
        """The values of 分期 by their first day; the first of them must reach back to the start of the rule set."""
        found = entries_of(node, "分期")
        versions: dict[int, SourceNode] = {}
        for since, values in found.entries.items():
            place = found.keys[since]
            day = read_day(Scalar(re.sub(r"\s*起$", "", since), True, place), "分期的起日")
            if day in versions:
                fail(place, f"{what}有两期从同一天起", "请删去一期，或改起日")
            versions[day] = values
        if not versions or min(versions) > self.start:
            fail(node, f"{what}的第一期晚于规则集施行日", "请补上施行之日起的标准")
        return tuple(sorted(versions.items(), key=lambda version: version[0]))

    def keys(self, name: str) -> tuple[str, ...]:
        return self.sources[name].keys

    def built(self, name: str, key_types: tuple[Type, ...]) -> Rate:
        """The rate, checked against the types of the keys it is read by. Raises Mistake."""
        if (name, key_types) not in self._built:
            rate = _build(self.sources[name], key_types)
            first = self.rates.setdefault(name, rate)
            if any(a.values != b.values for a, b in zip(first.versions, rate.versions, strict=True)):
                raise Mistake(
                    self.sources[name].place,
                    f"标准「{name}」在两处按不同类型的列查",
                    "请让各处的键同类，或分成两个标准",
                )
            self._built[name, key_types] = rate
        return self._built[name, key_types]


def _build(source: RateSource, key_types: tuple[Type, ...]) -> Rate:
    read = [(start, _cases(source, node, key_types)) for start, node in source.versions]
    numbers = [(number, place) for _, cases in read for number, place in cases.values()]
    told = [number for number, _ in numbers if number.value != 0] or [number for number, _ in numbers]
    unit = told[0].unit  # a 0 may be of any unit
    for number, place in numbers:
        if number.unit != unit and number.value != 0:
            problem = f"「{told[0].text}」与「{number.text}」单位不同"
            raise Mistake(place, f"标准「{source.name}」里{problem}", "各档请用同一单位；没有写单位的请补上")
    step = _common_step([number.value for number, _ in numbers])
    percent = all(number.percent for number in told)
    type_ = Type(NUMBER, unit, step, percent=percent)
    versions = tuple(
        RateVersion(start, {key: number.value for key, (number, _) in cases.items()}) for start, cases in read
    )
    return Rate(source.name, source.keys, type_, versions, source.basis, source.example, source.note)


def _common_step(values: list[Fraction]) -> Fraction:
    step = Fraction(0)
    for value in values:
        step = step_of_both(step, abs(value)) if step else abs(value)  # type: ignore[assignment]
    return step or Fraction(1)


def _cases(
    source: RateSource, node: SourceNode, key_types: tuple[Type, ...]
) -> dict[tuple[KeyCase, ...], tuple[terms.Number, Place]]:
    """All combinations of key cases with their values; every combination must be there."""
    if not key_types:
        return {(): _value(scalar_of(node, "标准的值"))}
    found = entries_of(node, f"标准「{source.name}」的档")
    key = source.keys[len(source.keys) - len(key_types)]
    cases = _key_cases(source, key, key_types[0], found)
    return {
        (case, *rest): value
        for case, inner in cases
        for rest, value in _cases(source, inner, key_types[1:]).items()
    }


def _key_cases(source: RateSource, key: str, type_: Type, found: Entries) -> list[tuple[KeyCase, SourceNode]]:
    what = f"标准「{source.name}」的「{key}」"
    if not found.entries:
        fail(found, f"{what}没有档次", "请写上各档，如 不满5: 0元")
    if type_.kind == NUMBER:
        bands = {text: read_band(text, place, type_.percent) for text, place in found.keys.items()}
        ordered = order_bands([(band, found.keys[text]) for text, band in bands.items()], key, type_)
        return [(band, found.entries[band.text]) for band in ordered]
    if type_.kind == TEXT:
        return list(found.entries.items())
    if type_.kind not in (BOOL, CHOICE):
        fail(found, f"{what}不能用来查标准", "请按选项、是否、数或代码查")
    options = ("是", "否") if type_.kind == BOOL else type_.options
    for text, place in found.keys.items():
        if text not in options:
            fail(place, f"{what}没有「{text}」这一项", meant(text, options))
    missing = [option for option in options if option not in found.entries]
    if missing:
        fail(found, f"{what}漏了：{'、'.join(missing)}", "请补上；不发的也要写 0")
    if type_.kind == BOOL:
        return [(option == "是", found.entries[option]) for option in options]
    return [(option, found.entries[option]) for option in options]


def _value(scalar: Scalar) -> tuple[terms.Number, Place]:
    term = terms.parse_formula(scalar.text, scalar.place)
    negative = isinstance(term, terms.Unary) and term.op == "-"
    number = term.operand if isinstance(term, terms.Unary) and negative else term
    if not isinstance(number, terms.Number):
        units = f"；单位只有：{'、'.join(BASE_UNITS)}" if "/" in scalar.text else ""
        fail(scalar, f"标准的值「{scalar.text}」不是数", f"请写定值，如 300元/月、70%、1.15{units}")
    if negative:
        number = terms.Number(-number.value, number.unit, number.percent, scalar.text, number.at)
    return number, scalar.place
