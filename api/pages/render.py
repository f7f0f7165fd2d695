"""Templates to answers; what every page knows: who is signed in, and the secret of its forms."""

from __future__ import annotations

import re
from fractions import Fraction
from hmac import compare_digest
from pathlib import Path
from typing import Annotated, Any

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.rights import Caller, FromElsewhere
from payroll_service.access.roles import Role
from payroll_service.access.tokens import new_token
from payroll_service.book import objection_states, rule_set_states
from payroll_service.book.ledger.movements import KINDS
from payroll_service.book.money import grouped, text_fen
from payroll_service.book.payouts import LATE_WORDS
from payroll_service.book.run_states import STATES
from payroll_service.book.working_days import china_day, china_moment
from rules.language.render import fixed_text

FOLDER = Path(__file__).resolve().parents[1]
YUAN = re.compile(r"(?<![\d.])\d{4,}(?=(\.\d+)? ?元)")  # in a text, whole yuan that take commas
FormToken = Annotated[str, Form(max_length=100)]


def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["money"] = grouped
    found.filters["more"] = lambda fen: f"+{grouped(fen)}" if fen > 0 else grouped(fen)
    found.filters["percent"] = percent
    found.filters["amount"] = lambda text: grouped(text_fen(text))  # money as it is stored and sent
    found.filters["in_words"] = lambda text: YUAN.sub(lambda number: f"{int(number[0]):,}", text)
    found.globals["late_words"] = LATE_WORDS
    found.globals["new_key"] = new_token
    found.filters["movement"] = KINDS.__getitem__
    found.filters["state"] = lambda code: STATES.get(code, code)
    found.filters["objection_state"] = objection_states.STATES.__getitem__
    found.filters["cause"] = objection_states.CAUSES.__getitem__
    found.filters["rule_set_state"] = rule_set_states.STATES.__getitem__
    found.filters["moment"] = china_moment
    found.filters["day"] = lambda at: china_day(at).isoformat()
    found.filters["role"] = lambda code: Role(code).label
    return found


def percent(part: Fraction | None) -> str:
    """Signed, with two decimals; a dash where there is nothing to be a part of."""
    return "—" if part is None else f"{'+' if part > 0 else ''}{fixed_text(part, 2)} %"


TEMPLATES = _environment()


def page(name: str, caller: Caller | None, status: int = 200, **content: Any) -> Response:
    """A page for whoever looks at it; None before signing in."""
    html = TEMPLATES.get_template(name).render(caller=caller, Role=Role, **content)
    return HTMLResponse(html, status)


def go(path: str) -> Response:
    """See what became of it: a page that is loaded again does nothing twice."""
    return RedirectResponse(path, 303)


def check_form(caller: Caller, form_token: str) -> None:
    """The form was one of this session's own pages. Raises FromElsewhere."""
    if not compare_digest(caller.form_token.encode(), form_token.encode()):
        raise FromElsewhere
