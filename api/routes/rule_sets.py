"""Rule sets: drafted with their worked examples, read, compared, enacted by a second person; never edited."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from api.models.base import Digest
from api.models.rule_sets import ChangeAnswer, Changes, Draft, RuleSetAnswer, RuleSets
from api.once import Doing
from api.paging import USUAL, AfterDigest, Limit
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role, Scope
from payroll_service.book.records import Bureau
from payroll_service.workflow.enact_rules import Tried, draft_rules, enact_rules, try_draft
from payroll_service.workflow.list_rule_sets import (
    compare_stored,
    find_rule_set,
    page_rule_sets,
    read_rule_set,
)

router = APIRouter(prefix="/v1/rule-sets", tags=["rule sets"])


@router.get("", operation_id="listRuleSets", summary="Rule sets, the last drafted first")
def list_(
    store: TheStore,
    after: AfterDigest = "",
    limit: Limit = USUAL,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> RuleSets:
    page = page_rule_sets(store, caller.bureau, after, limit)
    return RuleSets(rule_sets=[RuleSetAnswer.of(one) for one in page.items], next=page.next)


@router.post(
    "",
    operation_id="draftRuleSet",
    summary="Store a rule set as a draft, with worked examples that must pass",
    status_code=201,
    response_model=RuleSetAnswer,
)
def draft(
    asked: Draft,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def prove() -> Tried:
        return try_draft([one.part for one in asked.documents], [one.part for one in asked.examples])

    def act(tried: Tried) -> RuleSetAnswer:
        rules, examples = tried
        draft_rules(store, Bureau(caller.bureau, caller.bureau), rules, examples, caller.name, now)
        return RuleSetAnswer.of(find_rule_set(store, caller.bureau, rules.program.fingerprint))

    return doing.once_proved(caller, prove, act)


@router.get(
    "/{fingerprint}",
    operation_id="readRuleSet",
    summary="One rule set and its way into force",
    response_model=RuleSetAnswer,
)
def read(
    fingerprint: Digest,
    store: TheStore,
    known: IfNoneMatch = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> Response:
    """The `ETag` changes with its way into force; enacting may name it in `If-Match`."""
    return tagged(RuleSetAnswer.of(find_rule_set(store, caller.bureau, fingerprint)), known)


@router.get(
    "/{fingerprint}/text",
    operation_id="readRuleSetText",
    summary="The rule set as readable text, in order of calculation, with clauses",
    response_class=PlainTextResponse,
)
def text(
    fingerprint: Digest, store: TheStore, caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT])
) -> str:
    return read_rule_set(store, caller.bureau, fingerprint)[1]


@router.get(
    "/{fingerprint}/changes",
    operation_id="compareRuleSets",
    summary="What changed from another rule set to this one, by clause",
)
def compare(
    fingerprint: Digest,
    since: Annotated[Digest, Query(description="The fingerprint of the other one.")],
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> Changes:
    found = compare_stored(store, caller.bureau, since, fingerprint)
    return Changes(changes=[ChangeAnswer.of(one) for one in found])


@router.post(
    "/{fingerprint}/enactment",
    operation_id="enactRuleSet",
    summary="Put a rule set in force whose worked examples passed, drafted by somebody else",
    status_code=201,
    response_model=RuleSetAnswer,
)
def enact(
    fingerprint: Digest,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def act() -> RuleSetAnswer:
        refuse_changed(seen, lambda: RuleSetAnswer.of(find_rule_set(store, caller.bureau, fingerprint)))
        enact_rules(store, caller.bureau, fingerprint, caller.name, now)
        return RuleSetAnswer.of(find_rule_set(store, caller.bureau, fingerprint))

    return doing.once(caller, act)
