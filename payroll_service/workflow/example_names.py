"""An expectation speaks of what there is: one of a name that nothing has would hold for ever, above all one of 0."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rules.language.mistakes import meant
from rules.language.program import Program
from rules.language.worked import Expectation, WorkedExample


def unknown_name(program: Program, example: WorkedExample, expected: Expectation) -> str:
    """What the expectation names and neither the rule set nor the example's data have, with the cure; "" if all is known."""
    return next(_unknown(program, example, expected), "")


def _unknown(program: Program, example: WorkedExample, expected: Expectation) -> Iterator[str]:
    known = _known(program, expected.kind)
    reasons = {reason.name for reason in program.roster.rules} if program.roster else set()
    if expected.kind == "检查" and expected.what in reasons:
        yield (
            f"「{expected.what}」是名册的理由，不是检查 改法：用例里看不到谁暂缓、谁不发："
            "请核对金额；暂缓的名单在 payroll calculate 写出的 findings.csv 里"
        )
    elif known is not None and expected.what not in known:
        yield f"规则集里没有{_CALLED[expected.kind]}「{expected.what}」 改法：{meant(expected.what, sorted(known))}"
    cells = {cell for rows in example.tables.values() for row in rows for cell in row.values()}
    for key, name in expected.narrowed.items():
        if key in ("收款人", "单位") and name not in cells:
            yield f"用例的数据里没有{key}「{name}」 改法：请核对，或在「数据」里添上"
        if key == "资金" and name not in program.funds:
            yield f"规则集里没有资金「{name}」 改法：{meant(name, sorted(program.funds))}"
        if key == "所属" and program.calendar.parse(name) is None:
            yield f"所属「{name}」不是期间 改法：写法：月 2020-09，学期 2020-2021-1，学年 2020-2021，年 2020"


_CALLED = {"发放": "发放编号", "列": "这一列：", "退回": "这一列：", "检查": "检查"}


def _known(program: Program, kind: str) -> Collection[str] | None:
    """The names that an expectation of this kind may give; None: it gives none."""
    if kind == "发放":
        return {payment.number for payment in program.payments}
    if kind == "检查":
        return {check.name for check in program.checks}
    if kind in ("列", "退回"):
        return {f"{table}.{column}" for table, column in program.types}
    return None
