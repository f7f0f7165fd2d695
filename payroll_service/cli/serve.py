"""payroll serve: the service for browsers and finance systems."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from payroll_service.cli.links import PublicOption
from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import DATABASE_VARIABLE, DatabaseOption, opened, place_of
from payroll_service.clock import now
from payroll_service.workflow.sign_in import offer_setup

APPLICATION = "api.app:served"  # named, not imported: the door beside this one
GRACE_SECONDS = 20


def serve(
    port: Annotated[
        int, typer.Option("--port", metavar="端口", help="在哪个端口等浏览器", min=1, max=65535)
    ] = 8000,
    host: Annotated[str, typer.Option("--host", metavar="地址", help="默认只让本机访问")] = "127.0.0.1",
    public: PublicOption = "",
    database: DatabaseOption = "",
) -> None:
    """启动服务：浏览器页面和 /v1 接口。第一次启动打印一个一次性的链接，用它建立教育局和第一个管理员。"""
    with at_the_door():
        place = place_of(database)
        with opened(place) as store:
            token = offer_setup(store, now())
    address = public.rstrip("/") or f"http://localhost:{port}"
    if token is not None:
        out.print("还没有账号。请在 24 小时内打开这个链接（只能用一次），建立教育局和第一个管理员：")
        out.print(f"  {address}/setup/{token}", markup=False, soft_wrap=True)
    out.print(f"服务在 {address}，接口说明在 {address}/docs；按 Ctrl+C 停止。", markup=False)
    os.environ[DATABASE_VARIABLE] = place
    import uvicorn  # a third of a second that no other command needs

    uvicorn.run(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        access_log=False,  # the application logs its requests, without what was asked
        log_config=None,
    )
