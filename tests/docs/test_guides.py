"""The guides keep their word: the clerk's commands run in order and print what is shown; the API answers every curl line."""

import json
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payroll_service.access.accounts import Client
from payroll_service.access.passwords import hashed
from payroll_service.access.roles import Role, Scope
from payroll_service.access.tokens import new_id, new_token, token_hash
from payroll_service.cli import app
from tests.api.conftest import town, towns  # noqa: F401
from tests.api.test_ledger import approved, owed, prepared  # noqa: F401
from tests.docs.test_pages import ROOT, commands, matches, page  # noqa: F401
from tests.workflow.conftest import BUREAU

CLERK = ROOT / "docs" / "guide-clerk.md"
API = (ROOT / "docs" / "guide-api.md").read_text(encoding="utf-8")
LINES = re.compile(r"^```(curl|problem)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("page", [CLERK], ids=["guide-clerk"], indirect=True)
def test_a_semester_is_done_as_the_guide_tells(page):  # noqa: F811
    for kind in ("sets", "examples"):
        folder = Path("rules") / kind / "dushan"
        shutil.copytree(ROOT / folder, folder, dirs_exist_ok=True)
    for command, shown in commands(page.read_text(encoding="utf-8")):
        result = CliRunner().invoke(app, shlex.split(command)[1:])
        refused = any(line.startswith("怎么办") for line in shown)
        assert result.exit_code == refused, f"{command}\n{result.output}"
        lines = [line.rstrip() for line in result.output.splitlines() if line.strip()]
        assert matches(lines, shown), "\n".join([command, *lines])


SERVER, PASSWORD = "https://payroll.test", "correct horse battery"


def sent(client, line: str):
    """What the API answers to a curl line."""
    words = shlex.split(line)[1:]
    url = next(word for word in words if word.startswith(SERVER))
    options = list(pairwise(words))
    headers = dict(value.split(": ", 1) for flag, value in options if flag == "-H")
    bodies = [value for flag, value in options if flag in ("-d", "--data-urlencode")]
    if not bodies:
        return client.request("POST" if ("-X", "POST") in options else "GET", url, headers=headers)
    if "Content-Type" in headers:
        return client.post(url, content=bodies[0].encode(), headers=headers)
    return client.post(url, data=dict(each.split("=", 1) for each in bodies), headers=headers)


def test_the_api_answers_as_the_guide_tells(approved, prepared):  # noqa: F811
    path = f"/v1/payments/{prepared['number']}/approval"
    approved.of(Role.APPROVER).post(path, headers={"Idempotency-Key": "approve-1"})
    secret, client = new_token(), Client(BUREAU.bureau, new_id(), "核算中心", frozenset(Scope))
    with approved.store.writing() as session:
        session.access.add_client(client, token_hash(secret))
        clerk = approved.people[Role.CLERK]
        session.access.set_password(BUREAU.bureau, clerk.account_id, hashed(PASSWORD))
    known = {"$SERVER": SERVER, "$CLIENT": client.client_id, "$SECRET": secret, "PAYEE": approved.payee}
    known |= {"$LOGIN": clerk.login, "$PASSWORD": PASSWORD}
    person, answers = approved.client(), []
    for kind, block in LINES.findall(API):
        for line in block.splitlines():
            for name, value in known.items():
                line = line.replace(name, value)
            answer = sent(person if "cookies.txt" in line else approved.client(), line)
            answers.append(answer)
            assert (answer.status_code < 400) == (kind == "curl"), (line, answer.text)
            if "/v1/token" in line:
                known = {"$TOKEN": answer.json()["access_token"], **known}
            if answer.status_code == 202:
                known["$JOB"] = answer.json()["id"]
    booked = [one for one in answers if str(one.request.url).endswith("/results")]
    assert len(booked) == 2
    assert booked[0].content == booked[1].content, "the same key, the same answer"
    told = json.loads(re.findall(r"^```json\n(.*?)^```$", API, re.MULTILINE | re.DOTALL)[-1])
    assert told.items() <= answers[-1].json().items()
