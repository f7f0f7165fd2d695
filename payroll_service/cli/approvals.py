"""Commands on a calculated run: submit, approve, withdraw, notice, publish, close."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from payroll_service.cli.files import OutputOption, write_file
from payroll_service.cli.printing import at_the_door, money, out, progress
from payroll_service.cli.stored import BureauOption, ByOption, DatabaseOption, actor, bureau_of, opened
from payroll_service.clock import now
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.list_runs import read_run
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.make_notice import make_notice
from payroll_service.workflow.publish_run import (
    ANSWER_DAYS,
    WORKING_DAYS,
    PublishRequest,
    close_run,
    publish_run,
)
from payroll_service.workflow.submit_run import submit_run

RunArgument = Annotated[str, typer.Argument(metavar="批次", help="批次编号，见 payroll runs")]
WhoOption = Annotated[str, typer.Option("--by", metavar="姓名", help="谁在操作，记入日志")]


def submit(
    run_id: RunArgument, by: WhoOption, database: DatabaseOption = "", bureau: BureauOption = ""
) -> None:
    """把一个已核算的批次送审。"""
    with at_the_door(), opened(database) as store:
        submit_run(store, bureau_of(bureau).bureau, run_id, by, now())
    out.print(f"批次 {run_id} 已送审，请另一个人用 payroll approve {run_id} 审批。", markup=False)


def approve(
    run_id: RunArgument, by: WhoOption, database: DatabaseOption = "", bureau: BureauOption = ""
) -> None:
    """审批一个已送审的批次：核对没有被改动，由经办以外的人批准，核定本次的金额。"""
    with at_the_door(), opened(database) as store:
        code = bureau_of(bureau).bureau
        with progress() as bar:
            bar.add_task(f"核对 {run_id}", total=None)
            approval = approve_run(store, code, run_id, by, now())
        approved = read_run(store, code, run_id)
    assert approved is not None, "it was approved just now"
    receipt = approved.receipt
    assert receipt is not None, "an approved run has a receipt"
    out.print(
        f"批次 {run_id} 已审批：经办 {approval.prepared_by}，审批 {approval.approved_by}，"
        f"核定 {money(receipt.grants_fen)} 元。",
        markup=False,
    )
    if receipt.held_lines:
        out.print(f"暂缓的 {receipt.held_lines} 笔没有核定，解除以后重新核算即可。")
    out.print(f"凭据摘要 {approval.receipt}")


def withdraw(
    run_id: RunArgument,
    by: WhoOption,
    reason: Annotated[str, typer.Option("--reason", metavar="原因", help="为什么撤回")],
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """撤回一个还没有审批的批次，写明原因。"""
    with at_the_door(), opened(database) as store:
        withdraw_run(store, bureau_of(bureau).bureau, run_id, by, reason, now())
    out.print(f"批次 {run_id} 已撤回。", markup=False)


def notice(
    run_id: RunArgument,
    output: OutputOption,
    unit: Annotated[
        str, typer.Option("--unit", metavar="代码", help="只要这个单位的；默认每个单位一页")
    ] = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
    by: ByOption = "",
) -> None:
    """写公示表：一个单位一页，序号、姓名、各项目和合计；没有证件号码，没有账号。"""
    with at_the_door(), opened(database) as store:
        where = bureau_of(bureau).bureau
        made = make_notice(store, where, run_id, unit)
        log_read(store, where, f"notice {run_id}", actor(by), now())
        write_file(output, made.content)
    out.print(f"已写好 {output}：{made.units} 个单位，{made.people} 人次。", markup=False)
    if made.held:
        out.print(f"暂缓的 {made.held} 人不在公示表里。")


def publish(
    run_id: RunArgument,
    by: WhoOption,
    working_days: Annotated[
        int | None,
        typer.Option(
            "--days",
            metavar="N",
            help=f"公示几个工作日，从明天数起；默认照规则集的支付，没有写的 {WORKING_DAYS} 个",
        ),
    ] = None,
    answer_days: Annotated[
        int, typer.Option("--answer-days", metavar="N", help="申诉几个工作日内答复")
    ] = ANSWER_DAYS,
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="日期", formats=["%Y-%m-%d"], help="自己定公示的最后一天，要写理由"),
    ] = None,
    answer_by: Annotated[
        datetime | None,
        typer.Option("--answer-by", metavar="日期", formats=["%Y-%m-%d"], help="自己定答复的最后一天"),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么自己定日期")] = "",
    database: DatabaseOption = "",
    bureau: BureauOption = "",
) -> None:
    """公示一个已审批的批次：按国务院办公厅的放假和调休数工作日；公示期内可以申诉，结束以前不付款。"""
    asked = PublishRequest(
        working_days, answer_days, until and until.date(), answer_by and answer_by.date(), reason
    )
    with at_the_door(), opened(database) as store:
        done = publish_run(store, bureau_of(bureau).bureau, run_id, by, now(), asked)
    counted = f"{done.working_days} 个工作日" if done.working_days else f"自定：{done.reason}"
    out.print(
        f"批次 {run_id} 公示 {done.first_day} 至 {done.last_day}（{counted}），申诉最迟 {done.answer_by} 答复。",
        markup=False,
    )


def close(
    run_id: RunArgument, by: WhoOption, database: DatabaseOption = "", bureau: BureauOption = ""
) -> None:
    """结束公示：期满、申诉都已答复以后；结束了才能付款。"""
    with at_the_door(), opened(database) as store:
        close_run(store, bureau_of(bureau).bureau, run_id, by, now())
    out.print(f"批次 {run_id} 的公示已结束，可以付款。", markup=False)
