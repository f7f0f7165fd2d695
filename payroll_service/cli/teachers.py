"""payroll account-teachers: accounts for everybody who is paid, and the list by which they come in."""

from __future__ import annotations

from typing import Annotated

import typer

from payroll_service.cli.approvals import WhoOption
from payroll_service.cli.files import OutputOption, write_file
from payroll_service.cli.links import LOCAL, PublicOption
from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import BureauOption, DatabaseOption, bureau_of, opened
from payroll_service.clock import now
from payroll_service.export.handouts_xlsx import handouts_xlsx
from payroll_service.workflow.open_accounts import open_teachers_accounts, renew_teachers_links


def account_teachers(
    by: WhoOption,
    output: OutputOption,
    unit: Annotated[
        str, typer.Option("--unit", metavar="学校", help="只要这个单位的，写代码或名称；默认全部")
    ] = "",
    renew: Annotated[bool, typer.Option("--renew", help="给开了户还没有设密码的人换新链接")] = False,
    public: PublicOption = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """给账上还没有账号的教职工开户，写一份名单（.xlsx）：学校、姓名、登录名、设密码的一次性链接、有效至。"""
    act = renew_teachers_links if renew else open_teachers_accounts
    with at_the_door(), opened(database) as store, store.writing():  # no account without its line in the file
        handouts = act(store, bureau_of(bureau).bureau, by, now(), unit)
        write_file(output, handouts_xlsx(handouts, public or LOCAL))
    done = "换了新链接" if renew else "开了户"
    out.print(
        f"{done} {len(handouts)} 人，名单在 {output}。链接只在这份名单里，请按学校交给本人，发完删掉。",
        markup=False,
    )
