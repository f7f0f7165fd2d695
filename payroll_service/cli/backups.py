"""Commands on the whole database: backup, restore."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from payroll_service.book.working_days import china_moment
from payroll_service.cli.printing import STOPPED, at_the_door, err, out, progress
from payroll_service.cli.stored import DatabaseOption, place_of
from payroll_service.clock import now
from payroll_service.store.keys import VARIABLE, key_file_of
from payroll_service.workflow.back_up import back_up
from payroll_service.workflow.restore_backup import CheckedBackup, check_backup, restore_backup

FileArgument = Annotated[Path, typer.Argument(metavar="文件", help="备份文件")]


def backup(file: FileArgument, database: DatabaseOption = "") -> None:
    """把整个数据库备份到一个文件，带清单（结构版本、各表行数和摘要）；别人可以继续用。"""
    with at_the_door(), progress() as bar:
        bar.add_task("备份", total=None)
        made = back_up(place_of(database), file, now())
    out.print(f"已备份到 {file}：{len(made.tables)} 张表，{made.rows} 行。", markup=False)
    out.print(
        "证件号码、姓名、账号和收到的文件在里面是加密的，密钥不在里面：请把密钥文件另存在别处，丢了就再也读不出来。"
        "发放明细没有加密，请妥善保管；用 payroll restore 文件 --check 检查它能不能恢复。"
    )


def restore(
    file: FileArgument,
    check: Annotated[
        bool, typer.Option("--check", help="只检查：恢复到临时的地方，核对、验账、复算，不动现有数据库")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有内容的数据库")] = False,
    database: DatabaseOption = "",
) -> None:
    """从备份恢复到一个空的数据库；或加 --check，只证明这份备份能恢复。"""
    with at_the_door(), progress() as bar:
        bar.add_task("检查备份" if check else "恢复", total=None)
        place = place_of(database)
        done = check_backup(file, place) if check else restore_backup(file, place, force)
    show(done)
    if not done.sound:
        raise typer.Exit(STOPPED)
    at = china_moment(datetime.fromisoformat(done.manifest.made_at))
    made = f"{at} 的备份，{len(done.manifest.tables)} 张表，{done.manifest.rows} 行"
    told = "可以恢复" if check else "已恢复"
    out.print(f"{told}：{made}，{len(done.checks)} 项检查全部成立。", markup=False)
    if not check and not (keys := key_file_of(place)).exists():
        out.print(
            f"打开它还要原来的密钥文件，备份里没有：请把它放到 {keys}，或用 {VARIABLE} 写明。", markup=False
        )


def show(done: CheckedBackup) -> None:
    for each in done.checks:
        if not each.holds:
            err.print(f"不成立　{each.name}：{each.detail}", style="bold red", markup=False)
