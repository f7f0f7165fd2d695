"""The API keeps what OpenAPI promises: requests made up from the description, by everybody, never end in an error of ours."""

import json
import re
from contextlib import suppress
from itertools import count

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.bodies import MOST_BYTES
from api.examples import PAYEE
from api.rights import COOKIE, rights_of, routes_of
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.pay_claims import PayRequest, prepare_payment
from payroll_service.workflow.submit_run import submit_run
from tests import acts
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_personal_data import fund, lived_in
from tests.api.test_rights import filled, ids
from tests.api.test_rights import town as town
from tests.examples import examples
from tests.workflow.conftest import BUREAU, NOW

jsonschema = pytest.importorskip("jsonschema")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WITHOUT_KEY = {
    "openToken",  # a new one each time
    "findPayees",  # stores nothing but that somebody looked
    "writeAccrualVouchers", "writePaymentVouchers", "writeBankFiles",  # made anew from what is stored
}  # fmt: skip


@pytest.fixture
def described(town):
    return town.client().get("/openapi.json").json()


def operations(described):
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_whatever_does_something_takes_an_idempotency_key(described):
    for path, method, operation in operations(described):
        asked = [
            one["name"]
            for one in operation.get("parameters", ())
            if one["in"] == "header" and one["required"]
        ]
        does = method not in ("get", "head") and operation["operationId"] not in WITHOUT_KEY
        assert ("Idempotency-Key" in asked) == does, (method, path)


def test_every_operation_has_a_name_a_summary_and_a_tag(described):
    assert described["openapi"].startswith("3.1")
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(described):
        assert re.fullmatch("[a-z]+([A-Z][a-z]*)*", operation["operationId"]), (method, path)
        assert operation["summary"], (method, path)
        assert len(operation["tags"]) == 1, (method, path)


def test_every_operation_tells_who_may_call_it_and_its_problems(town, described):
    for route in routes_of(town.app):
        if not route.path.startswith("/v1/"):
            continue
        for method in route.methods or ():
            operation = described["paths"][route.path][method.lower()]
            (rights,) = rights_of(route)
            told = [name for one in operation["security"] for name in one]
            assert told == ["session"] * bool(rights.roles) + ["system"] * len(rights.scopes), route.path
            assert rights.public or "401" in operation["responses"], route.path


def test_whatever_takes_a_body_tells_what_it_answers_to_too_much(town, described):
    takes = [
        (path, method) for path, method, operation in operations(described) if "requestBody" in operation
    ]
    assert all("413" in described["paths"][path][method]["responses"] for path, method in takes)
    headers = {"Idempotency-Key": "much-too-much", "content-type": "application/json"}
    answer = town.of(Role.CLERK).post("/v1/rule-sets", content=b" " * (MOST_BYTES + 1), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_the_events_of_a_job_are_those_that_are_described(town, described):
    path = "/v1/jobs/{job_id}/events"
    content = described["paths"][path]["get"]["responses"]["200"]["content"]["text/event-stream"]
    schema = content["schema"]["contentSchema"] | {"components": described["components"]}
    answer = town.of(Role.CLERK).get(filled(town, path))
    assert answer.headers["content-type"].startswith("text/event-stream")
    (event,) = answer.text.strip().split("\n\n")
    fields = dict(line.split(": ", 1) for line in event.split("\n"))
    assert fields.keys() == {"id", "event", "data"}
    assert fields["event"] == "end"
    job = json.loads(fields["data"])
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(job)) == []
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(job | {"state": 1})) != []


def test_a_service_that_is_not_ready_answers_as_described(town, described):
    told = described["paths"]["/readyz"]["get"]["responses"]
    assert town.client().get("/readyz").status_code == 204
    town.app.state.revision = "9999"
    answer = town.client().get("/readyz")
    assert (str(answer.status_code) in told, answer.status_code) == (True, 503)
    assert answer.headers["content-type"].partition(";")[0] in told["503"]["content"]


def begin_more(town) -> str:
    """A month is approved, its payment, the second, is prepared; the next month's run is submitted."""
    store, bureau = town.store, BUREAU.bureau
    months = [
        calculate_run(store, bureau, town.snapshot, month, "clerk", NOW).run.run_id
        for month in ("2020-09", "2020-10")
    ]
    acts.approve(store, bureau, months[0], "approver", NOW)
    fund(town)
    assert prepare_payment(store, bureau, PayRequest(NOW.date()), "clerk", NOW).number == 2
    submit_run(store, bureau, months[1], "clerk", NOW)
    return months[1]


@pytest.mark.slow
@pytest.mark.hypothesis  # more examples in torture
def test_made_up_requests_get_the_answers_that_are_described(town, database_url):
    """Ten an operation: most fit its description, some are those that are shown, some do not fit. On PostgreSQL half."""
    lived_in(town)
    people = {role.value: {COOKIE: town.of(role).cookies[COOKIE]} for role in Role}
    system = town.system(*Scope).headers["authorization"]
    known, keys = ids(town), count()
    begun = known | {"run_id": begin_more(town), "number": "2"}
    rights = {
        f"{method} {route.path}": rights_of(route)[0]
        for route in routes_of(town.app)
        for method in route.methods or ()
    }
    api = schemathesis.openapi.from_asgi("/openapi.json", town.app)

    def ours(case):
        """What is shown, about somebody of this town."""
        if isinstance(case.body, dict) and case.media_type == "application/json":
            case.body = json.loads(json.dumps(case.body).replace(PAYEE, town.payee))
        return case

    def one_operation(operation):
        fitting, unfitting = (
            operation.as_strategy(generation_mode=mode)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        )
        shown = [each.map(ours) for each in operation.get_strategies_from_examples()]
        times = 2 if "sqlite" in database_url else 1
        one_kind(operation, fitting, 3 * times)
        one_kind(operation, st.one_of(shown or [fitting]), times)
        with suppress(Unsatisfiable):  # of what asks for nothing, everything fits
            one_kind(operation, unfitting, times)

    def one_kind(operation, cases, number):
        may = rights[operation.label]
        welcome = [*sorted(may.roles), *(["system"] if may.scopes else [])]
        callers = st.sampled_from([*welcome * 10, *people, "system", "nobody"])

        @examples(number)
        @given(cases, callers, st.sampled_from([known, begun, {}]), st.booleans())
        def asks(case, caller, there, is_again):
            if there:
                case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
            if not is_again and "Idempotency-Key" in (case.headers or {}):
                case.headers["Idempotency-Key"] = f"made-up-{next(keys)}"
            headers = {"sec-fetch-site": "same-origin"}
            if caller == "system":
                headers["authorization"] = system
            answer = case.call(headers=headers, cookies=people.get(caller))
            is_stream = (
                answer.headers["content-type"][0].startswith("text/event-stream")
                if "content-type" in answer.headers
                else False
            )
            checks = [each for each in CHECKS if not (is_stream and each is response_schema_conformance)]
            case.validate_response(answer, checks=checks)  # a stream is described as the text that it is

        asks()

    found = [one.ok() for one in api.get_all_operations() if isinstance(one, Ok)]
    assert len(found) == len(operations(town.app.openapi()))
    wrong = []
    for operation in found:
        try:
            one_operation(operation)
        except (Exception, FailureGroup) as error:
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n".join(wrong)
