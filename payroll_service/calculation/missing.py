"""What a rule lacks on a row, in words: the sheet and the row that nobody handed in, or the cell that is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from payroll_service.calculation.labels import cell_text, key_texts
from payroll_service.calculation.outcome import Frame, Lack
from rules.language.period import Period
from rules.language.plan import made_by
from rules.language.program import Aggregate, CurrentPeriod, Link, Node, Otherwise, Program, Ranking, Read
from rules.language.walking import expressions, inner


def what_is_missing(
    program: Program, frames: Mapping[str, Frame], period: Period, table: str, column: str, row: int
) -> Lack | None:
    """The first input that the rule of `column` does not find on `row`; None if it finds all."""
    for step in program.steps:
        if (table, column) in made_by(step):
            for there, node in expressions(step):
                if there == table:
                    for read in _reads(node):
                        found = _lack(program, frames, period, table, read, row)
                        if found:
                            return found
    return None


def _reads(node: Node) -> Iterator[Read]:
    """Reads that must have a value: outside aggregates, rankings and 否则."""
    if isinstance(node, Read):
        yield node
    elif not isinstance(node, Aggregate | Ranking | Otherwise):
        for part in inner(node):
            yield from _reads(part)


def _lack(
    program: Program, frames: Mapping[str, Frame], period: Period, table: str, read: Read, row: int
) -> Lack | None:
    for name in read.path:
        link, reached = program.tables[table].links[name], int(frames[table].links[name][row])
        if reached < 0:
            return _no_row(program, frames, period, table, link, row) if link.kind == "查找" else None
        table, row = link.target, reached
    cells = frames[table].columns.get(read.column)
    if cells is None or cells.missing is None or not cells.missing[row]:
        return None
    key = "、".join(key_texts(program, frames, table, row))
    return Lack(
        f"「{table}」表的「{read.column}」没有填",
        f"请在「{table}」表 {key} 这一行填上「{read.column}」；本来可以不填的，公式里写「{read.column} 否则 …」",
        table,
    )


def _no_row(
    program: Program, frames: Mapping[str, Frame], period: Period, table: str, link: Link, row: int
) -> Lack:
    names = link.columns or program.tables[link.target].key
    wanted = []
    for name, node in zip(names, link.keys, strict=False):
        if isinstance(node, CurrentPeriod):
            around = program.calendar.around(period, node.type.period_kind or period.kind)
            wanted.append((name, around.text if around else period.text))
        elif not node.path and node.column in frames[table].columns:
            cells = frames[table].columns[node.column]
            if cells.missing is not None and cells.missing[row]:
                return Lack(
                    f"「{table}」表的「{node.column}」没有填，找不到「{link.name}」",
                    f"请填上「{node.column}」",
                    table,
                )
            wanted.append((name, cell_text(cells, node.type, row)))
    if len(wanted) < len(link.keys):
        return Lack(
            f"「{link.target}」表里没有「{table}」表 {'、'.join(key_texts(program, frames, table, row))} 要找的「{link.name}」",
            f"请在「{link.target}」表补上这一行，或核对 {'、'.join(read.column for read in link.reads)}",
            link.target,
        )
    told = "，".join(f"{name} {text}" for name, text in wanted)
    if link.at is not None:
        day = f"「{link.at.column}」那天" if isinstance(link.at, Read) else link.at
        target = program.tables[link.target]
        until = f"，「{target.until}」不早于{day}或不填" if target.until else ""
        return Lack(
            f"「{link.target}」表里没有{day}有效的一行：{told}",
            f"请在「{link.target}」表补上：{told}，「{target.key[-1]}」不晚于{day}{until}",
            link.target,
            tuple(wanted),
        )
    return Lack(
        f"「{link.target}」表里没有这一行：{told}",
        f"请在「{link.target}」表补上：{told}",
        link.target,
        tuple(wanted),
    )
