"""payroll work: a process that works off imports and runs, beside the service."""

from __future__ import annotations

import gc
import logging
import signal
import traceback

from payroll_service.cli.printing import at_the_door, out
from payroll_service.cli.stored import DatabaseOption, opened
from payroll_service.clock import now
from payroll_service.workflow.jobs.work_job import working


class WithoutWords(logging.Formatter):
    """An exception by its class and the places it came through: its words may quote a cell."""

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name is the library's)
        assert isinstance(ei, tuple), "as logging hands it over"
        places = [f"  {each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(ei[2])]
        return "\n".join([ei[0].__qualname__, *places])


def work(database: DatabaseOption = "") -> None:
    """另起一个进程办理导入和核算，减轻服务进程的负担。可以起几个；按 Ctrl+C 停止，没办完的交还。"""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler])
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    with at_the_door(), opened(database) as store, working(store, now):
        gc.freeze()  # what has been loaded stays, and need not be looked through again
        out.print("等着办理导入和核算；按 Ctrl+C 停止。")
        signal.sigwait(stops)
