"""What a clerk must know of a column, in words: for the notes and formats of a template."""

from __future__ import annotations

from payroll_service.snapshot.numbers import decimal_places, range_text
from rules.language.program import (
    ACCOUNT,
    BOOL,
    CHOICE,
    CODE,
    DATE,
    ID_NUMBER,
    NUMBER,
    PERIOD,
    Column,
    Table,
    Type,
)

_TEXT_FORMS = {
    ID_NUMBER: "18 位公民身份号码，文本格式",
    CODE: "代码，文本格式，保留前面的 0",
    ACCOUNT: "银行账号，文本格式",
}
_PERIODS = {"月": "2020-09", "学期": "2020-2021-1", "学年": "2020-2021", "年": "2020"}


def type_text(kind: Type) -> str:
    """The type in words: `金额，元/月，最多 2 位小数`."""
    if kind.kind == NUMBER:
        return _number_text(kind)
    if kind.kind == DATE:
        return "日期，如 2020-09-01"
    if kind.kind == BOOL:
        return "是 或 否"
    if kind.kind == CHOICE:
        return "选项：" + "、".join(kind.options)
    if kind.kind == PERIOD:
        return f"期间（{kind.period_kind or '月、学期、学年或年'}），如 {_PERIODS.get(kind.period_kind, '2020-2021-1')}"
    return _TEXT_FORMS.get(kind.text_form, "文字")


def _number_text(kind: Type) -> str:
    assert kind.step is not None, "an input column of numbers always declares its places"
    places = decimal_places(kind.step)
    if kind.percent:
        return f"百分数，如 85%，最多 {max(places - 2, 0)} 位小数"
    named = "金额" if kind.unit.is_money else "数"
    unit = f"，{kind.unit}" if str(kind.unit) else ""
    return f"{named}{unit}，最多 {places} 位小数" if places else f"整数{unit}"


def column_note(table: Table, column: Column) -> str:
    """All that the rule set says of a column, a line each."""
    kind = column.type
    lines = [f"类型：{type_text(kind)}"]
    if kind.kind == NUMBER and (kind.low is not None or kind.high is not None):
        lines.append(f"范围：{range_text(kind)}")
    lines.append(_emptiness(column))
    if column.synonyms:
        lines.append(f"列名也可以是：{'、'.join(column.synonyms)}")
    if column.name in table.key:
        lines.append(f"主键：每行的{'、'.join(table.key)}不能重复")
    if column.matches:
        lines.append(f"须与“{column.matches.table}”表的“{column.matches.column}”一致")
    if column.note:
        lines.append(f"说明：{column.note}")
    if column.basis:
        lines.append(f"依据：{'；'.join(map(str, column.basis))}")
    return "\n".join(lines)


def _emptiness(column: Column) -> str:
    marks = f"；写 {'、'.join(column.empty_marks)} 也算没有填" if column.empty_marks else ""
    if column.default is not None:
        return f"可以不填，不填作 {column.default}{marks}"
    return f"可以不填{marks}" if column.optional else "必填"
