"""payroll admin-link: how an administrator comes in who cannot sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from payroll_service.cli.approvals import WhoOption
from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import BureauOption, DatabaseOption, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.sign_in import offer_bureau, offer_reset

PublicOption = Annotated[
    str, typer.Option("--public-url", metavar="网址", help="浏览器里用的网址，如 https://gongzi.example.cn")
]
LOCAL = "http://localhost:8000"
LoginOption = Annotated[str, typer.Option("--login", metavar="登录名", help="忘了密码的管理员")]


def admin_link(
    by: WhoOption,
    login: LoginOption = "",
    bureau: BureauOption = "",
    public: PublicOption = "",
    database: DatabaseOption = "",
) -> None:
    """打印一个一次性的链接：给还没有管理员的教育局建立第一个；写了 --login 的，给忘了密码的管理员重设密码。"""
    with at_the_door(), opened(database) as store:
        code, at = bureau_of(bureau).bureau, now()
        if login:
            path, token = "reset", offer_reset(store, code, login, by, at)
            what = f"给教育局 {code} 的管理员 {login} 重设密码"
        else:
            path, token = "setup", offer_bureau(store, code, by, at)
            with store.reading() as session:
                is_known = code in {one.bureau for one in session.bureaus()}
            what = f"建立教育局 {code} 的第一个管理员" + (
                "" if is_known else f"；数据库里还没有 {code}，一并建立"
            )
    out.print(f"{what}。请在 24 小时内打开这个链接（只能用一次），只交给本人：", markup=False)
    out.print(f"  {public.rstrip('/') or LOCAL}/{path}/{token}", markup=False)
