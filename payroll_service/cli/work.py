"""payroll work: a process that works off imports and runs, beside the service."""

from __future__ import annotations

import signal

from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import DatabaseOption, opened
from payroll_service.clock import now
from payroll_service.workflow.jobs.work_job import working


def work(database: DatabaseOption = "") -> None:
    """另起一个进程办理导入和核算，减轻服务进程的负担。可以起几个；按 Ctrl+C 停止，没办完的交还。"""
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    with at_the_door(), opened(database) as store, working(store, now):
        out.print("等着办理导入和核算；按 Ctrl+C 停止。")
        signal.sigwait(stops)
