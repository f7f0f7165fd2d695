"""payroll preview: a run beside the last one of its kind, before it is submitted or approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

import typer
from rich.table import Table

from payroll_service.book.run_change import Change, PayeeChange, Thresholds
from payroll_service.cli.printing import at_the_door, money, out, progress
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.compare_runs import EXAMPLES, ComparedRuns
from payroll_service.workflow.preview_run import preview_run
from payroll_service.workflow.read_payees import PayeeCard
from rules.language.render import fixed_text

Row = tuple[Sequence[str], Change]
AMOUNTS = ("上次", "本次", "差额", "升降")


def preview(
    run_id: Annotated[str, typer.Argument(metavar="批次", help="批次编号，见 payroll runs")],
    other: Annotated[
        str, typer.Option("--with", metavar="批次", help="和这一批比；默认更正的那一批，或上一个同类期间的")
    ] = "",
    person: Annotated[
        int, typer.Option(metavar="百分比", min=0, help="个人升降超过这么多的列出来（示例）")
    ] = EXAMPLES.person_percent,
    least: Annotated[int, typer.Option(metavar="元", min=0, help="并且至少这么多元（示例）")] = (
        EXAMPLES.person_fen // 100
    ),
    school: Annotated[
        int, typer.Option(metavar="百分比", min=0, help="单位人均升降超过这么多的列出来（示例）")
    ] = EXAMPLES.unit_percent,
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """一个批次和上一批比：合计、人数、变化最大的人、值得再看一眼的。看了谁，记在日志里。"""
    limits = Thresholds(person, least * 100, school)
    with at_the_door(), opened(database) as store, progress() as bar:
        bar.add_task(f"比较 {run_id}", total=None)
        found = preview_run(store, bureau_of(bureau).bureau, run_id, actor(by), now(), other, limits)
    if found.compared is None:
        out.print("没有可比的：这个期间以前，还没有审批过同类期间的批次。")
    else:
        _show(found.compared, found.people)


def _show(compared: ComparedRuns, people: Mapping[str, PayeeCard]) -> None:
    change, total = compared.change, compared.change.total
    heads, limits = change.heads, change.thresholds
    out.print(
        f"批次 {compared.now.run_id} 和 {compared.before.run_id} 比：全部应发 {money(total.before_fen)} 元变成 "
        f"{money(total.now_fen)} 元，差 {money(total.fen)} 元（{_percent(total)}）。",
        markup=False,
    )
    out.print(
        f"{heads.before} 人变成 {heads.now} 人：新增 {heads.new} 人，不再发的 {heads.gone} 人；"
        f"{heads.more} 人多，{heads.less} 人少，{heads.same} 人不变。",
        markup=False,
    )
    items = [
        ((compared.items.get(item, item), fund), one)
        for (item, fund), one in change.by("item", "fund").items()
    ]
    out.print(_table("各项目（元）", ("项目", "资金"), items))
    units = [((one.name, f"{one.heads_before} → {one.heads_now}"), one) for one in change.units]
    out.print(_table("各单位（元）", ("单位", "人数"), units))
    if averages := [((one.name,), one.average) for one in change.odd_units if one.average]:
        out.print(_table(f"人均升降超过 {limits.unit_percent} % 的单位（元）", ("单位",), averages))
    lists = (
        ("变化最大的", change.largest),
        (
            f"升降超过 {limits.person_percent} %、至少 {money(limits.person_fen)} 元的 {heads.odd} 人",
            change.odd,
        ),
        (f"新增的 {heads.new} 人", change.new),
        (f"不再发的 {heads.gone} 人", change.gone),
    )
    for title, listed in lists:
        if listed:
            out.print(
                _table(f"{title}，列出 {len(listed)} 人（元）", ("姓名", "号码"), _named(listed, people))
            )


def _named(listed: Sequence[PayeeChange], people: Mapping[str, PayeeCard]) -> Iterator[Row]:
    for one in listed:
        card = people[one.payee_id]
        yield (card.who.label, card.number), one


def _table(title: str, words: Sequence[str], rows: Iterable[Row]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in AMOUNTS:
        table.add_column(heading, justify="right", no_wrap=True)
    for key, one in rows:
        table.add_row(*key, money(one.before_fen), money(one.now_fen), money(one.fen), _percent(one))
    return table


def _percent(one: Change) -> str:
    return "—" if one.percent is None else f"{fixed_text(one.percent, 2)} %"
