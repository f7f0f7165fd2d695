"""Commands on the keys that personal data are sealed with: payroll keys …"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import DatabaseOption, opened
from payroll_service.store.keys import VARIABLE
from payroll_service.workflow.rotate_keys import new_key_file, rotate_keys

app = typer.Typer(help="加密证件号码、姓名、账号的密钥；见 docs/operate.md。", no_args_is_help=True)


@app.command(short_help="新建一份密钥文件")
def new(
    file: Annotated[Path, typer.Argument(metavar="文件", help="写到哪里；已有的不覆盖")],
    unless_there: Annotated[bool, typer.Option("--unless-there", help="已经有了就什么也不做")] = False,
) -> None:
    """为一个新的 PostgreSQL 数据库新建密钥文件（SQLite 第一次使用时自己建）。"""
    with at_the_door():
        if unless_there and file.exists():
            return
        new_key_file(file)
    out.print(f"已写好 {file}，只有您能读。请设 {VARIABLE}={file}。", markup=False)
    out.print(
        "请马上另存一份在别处，与数据库的备份分开：密钥丢了，证件号码、账号和收到的文件就再也读不出来。"
    )


@app.command(short_help="换一个新密钥")
def rotate(database: DatabaseOption = "") -> None:
    """加一个新密钥，把全部收款人的身份和账号改用它加密；旧密钥留在文件里，入库的文件和快照还要用。"""
    with at_the_door(), opened(database) as store:
        people = rotate_keys(store)
        file, current = store.vault.file, store.vault.keys.current
    out.print(f"已换成密钥 {current}：{people} 个收款人重新加密。", markup=False)
    out.print(f"密钥文件 {file} 多了一个密钥，请重新另存一份；正在运行的服务请重启。", markup=False)
