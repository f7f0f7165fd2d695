"""Coming in and going out: first start, signing in, signing out, one's password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from api.pages.render import FOLDER, FormToken, check_form, go, page
from api.rights import ANYONE_SIGNED_IN, COOKIE, PUBLIC, Caller, NotThere, allow, refuse_from_elsewhere
from api.state import Address, Now, TheStore
from payroll_service.book.records import Bureau
from payroll_service.errors import NotAcceptable, SignInRefused
from payroll_service.workflow.manage_accounts import change_password
from payroll_service.workflow.sign_in import (
    OpenedSession,
    find_reset,
    find_setup,
    reset_by_link,
    set_up,
    sign_in,
    sign_out,
)

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=500)]
Ours = Depends(refuse_from_elsewhere)


@router.get("/static/style.css", dependencies=[PUBLIC])
def style() -> Response:
    return FileResponse(FOLDER / "static" / "style.css", headers={"Cache-Control": "max-age=300"})


@router.get("/")
def home(caller: Caller = allow(*ANYONE_SIGNED_IN)) -> Response:
    return page("home.html", caller)


@router.get("/setup/{token}", dependencies=[PUBLIC])
def set_up_page(token: str, store: TheStore, now: Now) -> Response:
    link = find_setup(store, token, now)
    if link is None:
        raise NotThere
    nothing = dict.fromkeys(("bureau", "bureau_name", "login", "name"), "")
    return page("set_up.html", None, mistakes=[], given=nothing, bureau=link.bureau)


@router.post("/setup/{token}", dependencies=[PUBLIC, Ours])
def set_up_form(
    token: str,
    store: TheStore,
    now: Now,
    bureau: Text = "",
    bureau_name: Text = "",
    login: Text = "",
    name: Text = "",
    password: Text = "",
) -> Response:
    """What is not filled in is told with everything else that is wrong."""
    link = find_setup(store, token, now)
    try:
        opened = set_up(store, token, Bureau(bureau.strip(), bureau_name.strip()), login, name, password, now)
    except NotAcceptable as refused:
        given = {"bureau": bureau, "bureau_name": bureau_name, "login": login, "name": name}
        fixed = link.bureau if link else ""
        return page("set_up.html", None, 422, mistakes=refused.mistakes, given=given, bureau=fixed)
    return _with_cookie(opened)


@router.get("/reset/{token}", dependencies=[PUBLIC])
def reset_page(token: str, store: TheStore, now: Now) -> Response:
    account = find_reset(store, token, now)
    if account is None:
        raise NotThere
    return page("reset.html", None, mistakes=[], account=account)


@router.post("/reset/{token}", dependencies=[PUBLIC, Ours])
def reset_form(token: str, store: TheStore, now: Now, password: Text = "") -> Response:
    account = find_reset(store, token, now)
    try:
        reset_by_link(store, token, password, now)
    except NotAcceptable as refused:
        return page("reset.html", None, 422, mistakes=refused.mistakes, account=account)
    return go("/sign-in")


@router.get("/sign-in", dependencies=[PUBLIC])
def sign_in_page(store: TheStore) -> Response:
    with store.reading() as session:
        bureaus = session.bureaus()
    return page("sign_in.html", None, mistakes=[], bureaus=bureaus)


@router.post("/sign-in", dependencies=[PUBLIC, Ours])
def sign_in_form(
    bureau: Text, login: Text, password: Text, store: TheStore, now: Now, address: Address
) -> Response:
    try:
        opened = sign_in(store, bureau.strip(), login, password, address, now)
    except SignInRefused as refused:
        with store.reading() as session:
            bureaus = session.bureaus()
        return page("sign_in.html", None, 403, mistakes=[refused.message, refused.remedy], bureaus=bureaus)
    return _with_cookie(opened)


@router.post("/sign-out")
def sign_out_form(
    request: Request, form_token: FormToken, store: TheStore, caller: Caller = allow(*ANYONE_SIGNED_IN)
) -> Response:
    check_form(caller, form_token)
    sign_out(store, request.cookies[COOKIE])
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


@router.get("/password")
def password_page(caller: Caller = allow(*ANYONE_SIGNED_IN)) -> Response:
    return page("password.html", caller, mistakes=[])


@router.post("/password")
def password_form(
    old: Text,
    new: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*ANYONE_SIGNED_IN),
) -> Response:
    check_form(caller, form_token)
    assert caller.account is not None, "roles belong to accounts"
    try:
        change_password(store, caller.account, old, new, now)
    except NotAcceptable as refused:
        return page("password.html", caller, 422, mistakes=refused.mistakes)
    except SignInRefused as refused:
        return page("password.html", caller, 403, mistakes=[refused.message, refused.remedy])
    return go("/sign-in")


def _with_cookie(opened: OpenedSession) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, opened.token, path="/", secure=True, httponly=True, samesite="strict")
    return answer
