"""Decisions about one payee's payments: held, released, instalments of what is recoverable, money handed back."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.models.decisions import AgreeInstalments, Decision, HoldPayee, ReleasePayee, Repay
from api.models.ledger import MovementAnswer
from api.models.payees import PayeeId
from api.once import Doing
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.store.store import Store
from payroll_service.workflow import decide_payee
from payroll_service.workflow.ledger import numbers_of
from payroll_service.workflow.send_back import repay

router = APIRouter(prefix="/v1/arrears/payees/{payee}", tags=["ledger"])


@router.post(
    "/hold",
    operation_id="holdPayee",
    summary="Skip a payee in payments until released",
    status_code=201,
    response_model=Decision,
)
def hold(
    payee: PayeeId,
    asked: HoldPayee,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> Decision:
        who = _number(store, caller, payee)
        return Decision.of(decide_payee.hold(store, caller.bureau, who, asked.reason, caller.name, now))

    return doing.once(caller, act)


@router.post(
    "/release",
    operation_id="releasePayee",
    summary="Pay a payee again who was held",
    status_code=201,
    response_model=Decision,
)
def release(
    payee: PayeeId,
    asked: ReleasePayee,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> Decision:
        who = _number(store, caller, payee)
        return Decision.of(decide_payee.release(store, caller.bureau, who, asked.reason, caller.name, now))

    return doing.once(caller, act)


@router.post(
    "/instalments",
    operation_id="agreeInstalments",
    summary="How much is withheld from each payment at most, of what was paid too much",
    status_code=201,
    response_model=Decision,
)
def instalments(
    payee: PayeeId,
    asked: AgreeInstalments,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> Decision:
        who = _number(store, caller, payee)
        agreed = (asked.fen, asked.reason, caller.name, now)
        return Decision.of(decide_payee.agree_instalments(store, caller.bureau, who, *agreed))

    return doing.once(caller, act)


@router.post(
    "/repayments",
    operation_id="bookRepayment",
    summary="A payee handed back what was paid too much from a fund",
    status_code=201,
    response_model=MovementAnswer,
)
def repayments(
    payee: PayeeId,
    asked: Repay,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> MovementAnswer:
        who, where = _number(store, caller, payee), caller.bureau
        fund, fen, day, reference = asked.fund, asked.fen, asked.day, asked.reference
        return MovementAnswer.of(repay(store, where, who, fund, fen, day, reference, caller.name, now))

    return doing.once(caller, act)


def _number(store: Store, caller: Caller, payee: str) -> str:
    return numbers_of(store, caller.bureau, [payee])[payee]
