"""The pages of the API's description: everything in them, nothing loaded from elsewhere, curl lines that the API takes."""

import html
import json
import re
import shlex

from payroll_service.access.roles import Role, Scope
from tests import acts
from tests.api.sqlite_first import database_url as database_url
from tests.workflow.conftest import BUREAU, NOW


def pages(town):
    client = town.client()
    front = client.get("/docs")
    assert front.status_code == 200
    return {path: client.get(path).text for path in sorted(set(re.findall(r'"(/docs/[a-z-]+)"', front.text)))}


def test_every_operation_stands_on_a_page_with_its_example(town):
    description = town.client().get("/openapi.json").json()
    whole = html.unescape("".join(pages(town).values()))
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in whole, path
            assert f"{method.upper()} {path}" in whole
            for place in (operation.get("requestBody", {}), operation["responses"].get("200", {})):
                for content in place.get("content", {}).values():
                    if isinstance(content.get("example"), dict):
                        assert json.dumps(content["example"], ensure_ascii=False, indent=2) in whole, path


def test_nothing_is_loaded_from_elsewhere_and_no_script_runs(town):
    for path, text in pages(town).items():
        assert "<script" not in text, path
        assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', text)) == set(), path


def test_no_such_part_is_not_found(town):
    assert town.client().get("/docs/nothing").status_code == 404
    assert "退出" in town.of(Role.CLERK).get("/docs").text


def test_every_curl_line_that_reads_is_answered(town):
    """As a finance system that may read everything tries them."""
    acts.approve(town.store, BUREAU.bureau, town.run, "approver", NOW)
    system = town.system(*Scope)
    lines = [
        html.unescape(found)
        for text in pages(town).values()
        for found in re.findall(r'<pre class="mono">(curl .*?)</pre>', text, re.DOTALL)
    ]
    reads = [line for line in lines if " -d " not in line and " -X " not in line and " -F " not in line]
    answered = 0
    for line in reads:
        (url,) = [word for word in shlex.split(line) if word.startswith("$SERVER")]
        answer = system.get(url.removeprefix("$SERVER"))
        assert answer.status_code in (200, 204, 404, 405), (line, answer.text)
        answered += answer.status_code == 200
    assert answered >= 12


def test_a_line_shows_whoever_may_call(town):
    """A token where one lets in; else the session of a person, who acts as from one of our own pages."""
    description = town.client().get("/openapi.json").json()
    whole = html.unescape("".join(pages(town).values()))
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            (section,) = re.findall(
                rf'<section class="card" id="{operation["operationId"]}".*?</section>', whole, re.DOTALL
            )
            (line,) = re.findall(r'<pre class="mono">(curl .*?)</pre>', section, re.DOTALL)
            rights = operation.get("security", [])
            takes_token = any("system" in each for each in rights)
            assert ("Authorization: Bearer" in line) == takes_token, path
            assert ("-b cookies.txt" in line) == (bool(rights) and not takes_token), path
            assert ("Origin: $SERVER" in line) == ("-b cookies.txt" in line and method == "post"), path
            assert "例：None" not in section
