"""The office's pages of rule sets: how far each has come, its text, uploading a draft, enacting it, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile

from api.models.base import Digest
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterDigest
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.records import Bureau
from payroll_service.errors import Refused, UnreadableFile
from payroll_service.store.store import Store
from payroll_service.workflow.enact_rules import draft_texts, enact_rules
from payroll_service.workflow.list_rule_sets import compare_stored, page_rule_sets, read_rule_set
from rules.language import RuleSetError
from rules.language.bundle import Part
from rules.language.changes import by_clause

router = APIRouter(prefix="/rule-sets", include_in_schema=False)
LARGEST = 1_000_000  # bytes of one document
SHOWN = 20


@router.get("")
def rule_sets(store: TheStore, after: AfterDigest = "", caller: Caller = allow(*OFFICE)) -> Response:
    return _list(store, caller, after=after)


@router.post("")
def draft(
    documents: Annotated[list[UploadFile], File(max_length=50)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    examples: Annotated[Sequence[UploadFile], File(max_length=50)] = (),
    caller: Caller = allow(Role.CLERK),
) -> Response:
    check_form(caller, form_token)
    try:
        rules, worked = ([_part(file) for file in files if file.filename] for files in (documents, examples))
        if not rules:
            raise UnreadableFile("没有选规则集的文件。", "请选一份 .yaml。")
        bureau = Bureau(caller.bureau, caller.bureau)
        fingerprint = draft_texts(store, bureau, rules, worked, caller.name, now)
    except RuleSetError as error:
        return _list(store, caller, [str(one) for one in error.problems[:SHOWN]])
    except Refused as refused:
        return _list(store, caller, [refused.message, refused.remedy])
    return go(f"/rule-sets/{fingerprint}")


def _part(file: UploadFile) -> Part:
    name, content = file.filename or "", file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnreadableFile(f"{name} 超过 {LARGEST // 1000} KB。", "规则集没有这么大，请核对文件。")
    try:
        return Part(name, content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise UnreadableFile(f"{name} 不是 UTF-8 文本。", "请另存为 UTF-8 编码。") from None


@router.get("/{fingerprint}")
def rule_set(
    fingerprint: Digest,
    store: TheStore,
    since: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = "",
    caller: Caller = allow(*OFFICE),
) -> Response:
    return _page(store, caller, fingerprint, since)


@router.post("/{fingerprint}/enact")
def enact(
    fingerprint: Digest,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    try:
        enact_rules(store, caller.bureau, fingerprint, caller.name, now)
    except Refused as refused:
        return _page(store, caller, fingerprint, mistakes=[refused.message, refused.remedy])
    return go(f"/rule-sets/{fingerprint}")


def _list(store: Store, caller: Caller, mistakes: Sequence[str] = (), after: str = "") -> Response:
    found = page_rule_sets(store, caller.bureau, after, LISTED)
    status = 409 if mistakes else 200
    return page("rule_sets.html", caller, status, rule_sets=found, after=after, mistakes=mistakes)


def _page(
    store: Store, caller: Caller, fingerprint: str, since: str = "", mistakes: Sequence[str] = ()
) -> Response:
    one, text = read_rule_set(store, caller.bureau, fingerprint)
    newest = page_rule_sets(store, caller.bureau, "", LISTED).items
    others = [each for each in newest if each.rule_set != one.rule_set]
    found = compare_stored(store, caller.bureau, since, fingerprint) if since else None
    return page(
        "rule_set.html",
        caller,
        409 if mistakes else 200,
        one=one,
        text=text,
        others=others,
        since=since,
        changes=None if found is None else by_clause(found),
        mistakes=mistakes,
    )
