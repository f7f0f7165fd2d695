"""Read a list of bank accounts: one row a payee."""

from __future__ import annotations

from pathlib import Path

from payroll_service.errors import UnreadableFile, UnsoundFile
from payroll_service.workbook.lists import read_list
from payroll_service.workflow.send_back import ID_NUMBER
from payroll_service.workflow.set_bank_account import WantedAccount

NAME, BANK, ACCOUNT = "姓名", "开户行", "账号"


def read_accounts(path: Path) -> list[WantedAccount]:
    """Columns 证件号码, 开户行, 账号; and 姓名, which is compared if it is there.

    Raises UnreadableFile; UnsoundFile with every cell that cannot be read.
    """
    found, wrong = [], []
    for row in read_list(path, (ID_NUMBER, BANK, ACCOUNT)):
        place = f"第 {row.number} 行"
        try:
            number, account = row.id_number(ID_NUMBER), row.account(ACCOUNT)
        except UnreadableFile as bad:
            wrong.append(f"{bad.message.removesuffix('。')}，{bad.remedy.removesuffix('。')}")
            continue
        found.append(WantedAccount(account, row.text(BANK), number, "", row.text(NAME), place))
    if wrong:
        raise UnsoundFile("账号表有读不了的单元格", wrong, "请改正后重新提出；一处有错就都没有保存。")
    return found
