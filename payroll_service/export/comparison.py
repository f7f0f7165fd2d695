"""Two versions compared, for people: a workbook with every line, and a picture for the director."""

from __future__ import annotations

from collections.abc import Sequence

from payroll_service.book.comparison import ComparedVersions, Line
from payroll_service.book.money import grouped
from payroll_service.export.drawing import Bar, Panel, picture
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

SHOWN_UNITS = 20
STEPS_YUAN = (1, 50, 100, 200, 500, 1000, 2000, 5000)  # where the groups of people begin, in yuan


def comparison_xlsx(compared: ComparedVersions) -> bytes:
    """Sheets: overview, changes by clause, effect of every step, by item, by unit, by payee; same records, same bytes."""
    money = compared.money
    total = money.total
    overview: list[list[Cell]] = [
        ["旧版", compared.old],
        ["新版", compared.new],
        ["期间", "、".join(compared.periods)],
        ["旧版应发合计", Fen(total.old)],
        ["新版应发合计", Fen(total.new)],
        ["净变化", Fen(total.change)],
    ]
    overview += [["注意", warning] for warning in compared.warnings]
    lines: list[list[Cell]] = [
        [one.clause or "文件本身", one.kind, one.section, one.name, line.key, line.old, line.new]
        for one in compared.changes
        for line in one.lines
    ]
    steps: list[list[Cell]] = [
        [step.title, people, Fen(more), Fen(less), Fen(more + less)]
        for step, (more, less, people) in zip(compared.steps, compared.moved(), strict=True)
    ]
    steps += [[f"{one.section} {one.name}", 0, Fen(0), Fen(0), Fen(0)] for one in compared.quiet]
    return workbook_bytes(
        [
            Sheet("概要", ["事项", "内容"], overview),
            Sheet("改动", ["依据", "改动", "种类", "名称", "栏", "旧", "新"], lines),
            Sheet("各项改动的影响", ["改动", "涉及人数", "增加合计", "减少合计", "净变化"], steps),
            _lines(compared, "按项目", ["项目编号", "项目"], money.by_item(), 1),
            _lines(compared, "按单位", ["单位代码", "单位"], money.by_unit(), 1),
            _lines(compared, "按收款人", ["类别", "证件号码或代码", "姓名"], money.by_payee(), 2),
        ]
    )


def comparison_svg(compared: ComparedVersions) -> bytes:
    """What each change moves, what each unit gains or loses, and how many people gain or lose how much."""
    total = compared.money.total
    return picture(
        f"{compared.old} → {compared.new}",
        f"期间 {_span(compared.periods)}　应发合计 {grouped(total.old)} → {grouped(total.new)} 元（{_signed(total.change)}）",
        [
            Panel(
                "每项改动：有人增加，有人减少（元）",
                [
                    Bar(step.title, less, more, f"{_signed(more)} / {_signed(less)}")
                    for step, (more, less, _) in zip(compared.steps, compared.moved(), strict=True)
                ],
            ),
            _units(compared),
            _people(compared),
        ],
    )


def _units(compared: ComparedVersions) -> Panel:
    changed = sorted(
        (line for line in compared.money.by_unit() if line.change),
        key=lambda line: (-abs(line.change), line.code),
    )
    bars = [
        Bar(f"{line.label}", min(0, line.change), max(0, line.change), _signed(line.change))
        for line in changed[:SHOWN_UNITS]
    ]
    rest = f"另有 {len(changed) - SHOWN_UNITS} 个单位，见工作簿。" if len(changed) > SHOWN_UNITS else ""
    return Panel("各单位净变化（元）", bars, rest)


def _people(compared: ComparedVersions) -> Panel:
    """How many payees lie in which group of change, the largest loss first."""
    found = [line.change for line in compared.money.by_payee()]
    bars = []
    for sign in (-1, 1):
        counts = {}
        for low, high in zip(STEPS_YUAN, (*STEPS_YUAN[1:], None), strict=True):
            floor = low * 100 if low > 1 else 1
            people = sum(floor <= sign * fen and (high is None or sign * fen < high * 100) for fen in found)
            words = (
                f"{low} 元以上"
                if high is None
                else f"{low} 至不满 {high} 元"
                if low > 1
                else f"不满 {high} 元"
            )
            counts[f"{'增加' if sign > 0 else '减少'} {words}"] = people
        named = list(counts.items()) if sign > 0 else list(reversed(counts.items()))
        bars += [
            Bar(label, -people if sign < 0 else 0, people if sign > 0 else 0, f"{people} 人")
            for label, people in named
            if people
        ]
    same = sum(fen == 0 for fen in found)
    return Panel("多少人增加或减少多少（每人合计）", bars, f"不变的 {same} 人，共 {len(found)} 人。")


def _lines(
    compared: ComparedVersions, name: str, headings: Sequence[str], lines: Sequence[Line], codes: int
) -> Sheet:
    ranked = sorted(lines, key=lambda line: (-abs(line.change), line.code))
    rows = [_row([*line.code, line.label], line, compared.cause(line)) for line in ranked]
    rows.append(_row(["合计", *[""] * codes], compared.money.total, ""))
    titles = [step.title for step in compared.steps]
    return Sheet(name, [*headings, "旧版", "新版", "变化", *titles, "主要原因"], rows, bold_last=True)


def _row(words: Sequence[str], line: Line, cause: str) -> list[Cell]:
    return [*words, *(Fen(fen) for fen in (line.old, line.new, line.change, *line.effects)), cause]


def _span(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[-1]}（含其中 {len(periods)} 次发放）"


def _signed(fen: int) -> str:
    return ("+" if fen > 0 else "") + grouped(fen)
