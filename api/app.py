"""The application, put together. `uvicorn --factory api.app:served` runs it; tests hand in a store and a clock."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from starlette.datastructures import State

from api import problems
from api.bodies import LimitedBodies
from api.contract import tell_contract
from api.examples import show_examples
from api.headers import SafeHeaders
from api.logs import configure_logs
from api.metrics import Metrics
from api.observed import Observed
from api.pages import access, accounts, arrears, documentation, entrance, pay, run_people
from api.pages import clients as client_pages
from api.pages import imports as import_pages
from api.pages import jobs as job_pages
from api.pages import objections as objection_pages
from api.pages import payee_arrears as payee_arrears_page
from api.pages import payees as payee_pages
from api.pages import payment as payment_page
from api.pages import payment_files as payment_file_pages
from api.pages import payments as payment_pages
from api.pages import rule_sets as rule_set_pages
from api.pages import runs as run_pages
from api.pages import school as school_pages
from api.rights import check_rights
from api.routes import (
    audit,
    clients,
    decisions,
    explanations,
    exports,
    findings,
    health,
    imports,
    jobs,
    ledger,
    me,
    objections,
    own_breakdown,
    payees,
    rule_sets,
    runs,
    snapshots,
    token,
)
from api.settings import Settings
from api.state import Clock
from api.texts import SOUND_TEXTS
from payroll_service.clock import now
from payroll_service.store.migrations import newest_revision
from payroll_service.store.store import Store, open_store
from payroll_service.workflow.jobs.ask_job import MOST_OPEN
from payroll_service.workflow.jobs.work_job import working

DESCRIPTION = """Performance pay of an education bureau: runs, approvals, breakdowns, proof.

Money is a string with two decimals and a currency. Errors are problem details (RFC 9457). Every POST that does something
takes an `Idempotency-Key`: sent again, it gets the first answer and nothing happens twice."""


def create_app(
    store: Store,
    clock: Clock = now,
    metrics_token: str = "",
    works: bool = False,
    open_imports: int = MOST_OPEN,
) -> FastAPI:
    """The application over an open store. Raises RuntimeError if a route declares no rights.

    `works`: while it serves, a thread of this process works off imports and runs. `open_imports`: see Settings.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with working(app.state.store, app.state.clock) if works else nullcontext():
            yield
        app.state.store.close()

    app = FastAPI(
        title="Payroll service",
        version="1",
        description=DESCRIPTION,
        docs_url=None,  # the framework's pages load scripts from elsewhere
        redoc_url=None,
        lifespan=life,
        dependencies=[SOUND_TEXTS],
    )
    put_over(app, store, clock, metrics_token, open_imports)
    for routes in (
        own_breakdown,  # the hot read is matched first
        runs,
        explanations,
        findings,
        exports,
        imports,
        jobs,
        ledger,
        decisions,
        snapshots,
        objections,
        rule_sets,
        payees,
        me,
        token,
        audit,
        clients,
        health,
    ):
        app.include_router(routes.router)
    for pages in (
        entrance, pay, import_pages, run_pages, run_people, payment_pages, payment_page, payment_file_pages,
        arrears, payee_arrears_page, objection_pages, rule_set_pages, job_pages, payee_pages, access, accounts,
        client_pages, documentation, school_pages,
    ):  # fmt: skip
        app.include_router(pages.router)
    problems.install(app)
    app.add_middleware(LimitedBodies)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observed)
    check_rights(app)
    tell_contract(app)
    show_examples(app)
    return app


def put_over(
    app: FastAPI, store: Store, clock: Clock, metrics_token: str = "", open_imports: int = MOST_OPEN
) -> None:
    """What every request may use, as if the application had just been put together over this store."""
    used = {"store": store, "clock": clock, "revision": newest_revision(), "open_imports": open_imports}
    app.state = State(used | {"metrics": Metrics(), "metrics_token": metrics_token})


def served() -> FastAPI:
    """The application as an operator's settings want it, logging to the error stream."""
    configure_logs()
    settings = Settings()
    app = create_app(
        open_store(settings.store_url),
        metrics_token=settings.metrics_token,
        works=True,
        open_imports=settings.open_imports,
    )
    gc.freeze()  # what has been loaded stays, and need not be looked through while somebody waits
    return app
