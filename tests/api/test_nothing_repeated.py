"""Whatever is sent wherever, no problem repeats it; and what one may not list, no problem lists."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from api.rights import routes_of
from api.sent import Sent
from payroll_service.access.roles import Role, Scope
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_contract import begin_more
from tests.api.test_personal_data import lived_in
from tests.api.test_rights import ids
from tests.api.test_rights import town as town
from tests.api.test_texts import client_of, with_leaf

NUMBER, NAME = "522722199001010011", "韦小草"
WIDE = {ord("0") + digit: ord("０") + digit for digit in range(10)}
FULL_WIDTH = NUMBER.translate(WIDE)
WHOLE = int(NUMBER[:15])
IDS = (
    f"{NUMBER}-r1",
    NUMBER.ljust(32, "0"),
    NUMBER.ljust(64, "0"),
    str(WHOLE),
    NAME,
)  # of what fits some pattern
TEXTS = (*IDS, NUMBER, FULL_WIDTH, f"{NUMBER[:13]}.00", f"{NAME}: {NUMBER}")
TRACES = (NUMBER[:13], NAME, FULL_WIDTH[:13])
DRAFT = {
    "documents": [{"file": f"{NAME}.yaml", "text": f"规则集: {NAME}\n{NAME}: {NUMBER}\n"}],
    "examples": [],
}


def requests_of(described, path, method) -> Iterator[dict[str, Any]]:
    """What is shown in the description, with a marker in one place after the other."""
    told = described["paths"][path][method]
    content = told.get("requestBody", {}).get("content", {})
    shown: dict[str, Any] = {}
    for kind, one in content.items():
        if kind == "application/json":
            shown = {"json": one["example"]}
            yield from ({"json": body} for body in marked(one["example"]))
        else:
            ref = one["schema"].get("$ref", "").rpartition("/")[2]
            names = {**one["schema"], **described["components"]["schemas"].get(ref, {})}["properties"]
            fields = {name: "1" for name in names if name != "file"}
            files = {"file": (f"{NAME}.txt", f"{NAME}|{NUMBER}|1".encode())}
            shown = {"data": fields} | ({"files": files} if kind == "multipart/form-data" else {})
            for name in (*fields, NAME, NUMBER):
                yield from (shown | {"data": fields | {name: text}} for text in TEXTS)
            yield shown | {"data": {}}
    for one in told.get("parameters", ()):
        texts = [NUMBER] if one["in"] == "header" else IDS
        yield from (shown | {one["in"]: {one["name"]: text}} for text in texts)
    if told.get("parameters") or not content:
        yield shown | {"query": {NUMBER: NAME, NAME: NUMBER}}


def marked(body) -> Iterator[Any]:
    """The body with a marker in place of every value, and among the names of every object."""
    for place in places(body):
        for text in (*TEXTS, WHOLE):
            yield with_leaf(body, place, text)
    for place in ((), *places(body)):
        inner = body
        for key in place:
            inner = inner[key]
        if isinstance(inner, dict):
            yield with_leaf(body, place, inner | {NUMBER: 1, NAME: NUMBER})


def places(body, path=()) -> Iterator[tuple[Any, ...]]:
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def own(count: int) -> dict[str, str]:
    """Other markers for each request: what an earlier one had stored may be told."""
    number = f"{NUMBER[:8]}{count:05}"
    return dict(
        zip(TRACES, (number, f"{NAME[:2]}{chr(0x4E00 + count)}", number.translate(WIDE)), strict=True)
    )


def remarked(value: Any, markers: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {remarked(name, markers): remarked(inner, markers) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(remarked(inner, markers) for inner in value)
    if isinstance(value, bytes):
        return remarked(value.decode(), markers).encode()
    if not isinstance(value, str):
        return int(remarked(str(value), markers)) if value == WHOLE else value
    for old, new in markers.items():
        value = value.replace(old, new)
    return value


def repeats(answer, traces=TRACES) -> bool:
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return is_problem and any(trace in answer.text for trace in traces)


@pytest.mark.slow
def test_a_marker_in_any_parameter_name_or_text_of_any_operation_is_in_no_problem(town):
    lived_in(town)
    begin_more(town)
    described = town.client().get("/openapi.json").json()
    wrong, asked, kinds = [], 0, set()
    for route in routes_of(town.app):
        if not route.path.startswith("/v1/") or route.path.endswith("/events"):
            continue
        method = min(route.methods or ("",))
        client = client_of(town, route)
        for one in requests_of(described, route.path, method.lower()):
            asked += 1
            sent = remarked(one, markers := own(asked))
            mine = {name: quote(text, safe="") for name, text in sent.pop("path", {}).items()}
            path = route.path.format_map(ids(town) | mine)
            headers = {"Idempotency-Key": f"marked-{asked}"} | sent.pop("header", {})
            answer = client.request(method, path, params=sent.pop("query", {}), headers=headers, **sent)
            kinds |= {answer.json()["type"]} if "problem" in answer.headers.get("content-type", "") else set()
            if repeats(answer, markers.values()) or answer.status_code >= 500:
                wrong.append((method, path, sent, answer.text))
    assert wrong == []
    assert len(kinds) > 15, "more was refused than forms"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_known_to_have_been_repeated_is_not(town, language):
    lived_in(town)
    headers = {"Idempotency-Key": "k" * 12, "Accept-Language": language}
    clerk, teacher = town.of(Role.CLERK), town.of(Role.TEACHER)
    pay = {"day": "2021-03-05", NUMBER: 1, "deductions": [{NAME: "1.00"}]}
    format_ = {"format": f"{NAME}: {NUMBER}\n"}
    answers = [
        clerk.post("/v1/payments", json=pay, headers=headers),
        clerk.post("/v1/imports/assembly", json={"periods": [NUMBER]}, headers=headers),
        clerk.get(f"/v1/runs/{town.run}/notice?unit={NUMBER}", headers=headers),
        clerk.get(f"/v1/runs/{NUMBER}-r1/totals", headers=headers),
        teacher.get(f"/v1/me/payouts/{NUMBER}-r1", headers=headers),
        clerk.post("/v1/payments/1/bank-files", json=format_, headers=headers),
        clerk.post("/v1/rule-sets", json=DRAFT, headers=headers),
        clerk.post(
            "/v1/payments/1/bank-answer",
            data={"format": "result-pipe"},
            files={"file": (f"{NAME}.txt", f"1|{NUMBER}|{NAME}|1.00|9".encode())},
            headers=headers,
        ),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert not repeats(answer), answer.text
    assert [one["at"] for one in answers[0].json()["errors"]][-2:] == ["body.deductions.0.?", "body.?"]


def test_a_sentence_names_the_place_of_what_was_sent():
    sent = Sent(
        [
            ("path.run_id", "2020-09-r9"),
            ("body.unit", "县一中"),
            ("body.text", "栏:\n  韦草: 12\n  户名: ab 5227221990010100x\n"),
            ("body.periods.0", "韦草"),
            ("query.limit", "20"),
            ("body.format", "pipe-of-mine"),
        ]
    )
    for said, told in (
        ("没有编号为“2020-09-r9”的批次。", "没有编号为“〔path.run_id〕”的批次。"),
        ("批次 2020-09-R9 还没有。", "批次 〔path.run_id〕 还没有。"),
        ("批次 2020-09-r91 还没有。", "批次 〔path.run_id〕1 还没有。"),
        ("县一中没有人", "〔body.unit〕没有人"),
        ("没有「户名」、「姓名」", "没有「〔body.text〕」、「姓名」"),
        ("要有“姓名、户名”", "要有“姓名、〔body.text〕”"),
        ("韦草和“韦草”", "韦草和“〔body.text〕”"),
        ("号码 5227221990010100X 不对，共 20 处", "号码 〔body.text〕 不对，共 20 处"),
        ("附带的有：pipe、result-pipe", "附带的有：pipe、result-pipe"),
        ("写法：2020-10，共 201 处", "写法：2020-10，共 201 处"),
    ):
        assert sent.left_out(said) == told


def test_what_there_is_is_told_to_whoever_may_list_it(town):
    """The API has lists for that; a page tells the office."""
    for role in (Role.SCHOOL_CLERK, Role.CLERK, Role.AUDITOR):
        for path in ("totals", "notice", "payouts"):
            answer = town.of(role).get(f"/v1/runs/2020-2021-1-r9/{path}")
            assert answer.status_code == 404
            assert town.run not in answer.text
    system = town.system(Scope.WRITE_PAYMENTS)
    assert town.run not in system.get("/v1/runs/2020-2021-1-r9/payouts").text
    page = town.of(Role.CLERK).get(f"/runs/{town.run}?other=2020-2021-1-r9")
    assert (page.status_code, town.run in page.text) == (404, True)
