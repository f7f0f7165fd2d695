"""The description of the API shows an example of everything, each as its schema has it, with the sample county's figures."""

import csv
import io
import json

import pytest

from api.examples import ANSWERS, OF, VALUES, is_file
from payroll_service.access.roles import Role, Scope
from payroll_service.export.vouchers import COLUMNS
from tests import acts
from tests.workflow.conftest import BUREAU, NOW

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture
def description(town):
    return town.client().get("/openapi.json").json()


def contents(description):
    """(operation, where, media, content) of every body and answer."""
    for methods in description["paths"].values():
        for operation in methods.values():
            places = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for where, place in places.items():
                if where == "body" or where.startswith("2"):
                    for media, content in place.get("content", {}).items():
                        yield operation["operationId"], where, media, content


def faults(description, schema, example):
    whole = schema | {"components": description["components"]}
    return [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(example)]


def test_every_body_and_answer_has_an_example_that_its_schema_accepts(description):
    wrong, bare = [], []
    for operation, where, media, content in contents(description):
        if "example" in content:
            wrong += [
                (operation, where, one)
                for one in faults(description, content.get("schema", {}), content["example"])
            ]
        elif not is_file(content.get("schema", {})):
            bare.append((operation, where, media))
    assert (wrong, bare) == ([], [])


def test_every_operation_shows_something(description):
    """A body, an answer or a parameter; or it needs none of them."""
    shown = {operation for operation, _, _, content in contents(description) if "example" in content}
    for path, methods in description["paths"].items():
        for operation in methods.values():
            needed = [each for each in operation.get("parameters", ()) if each["required"]]
            assert all("example" in each for each in needed), (path, needed)
            empty = {status for status in operation["responses"] if status[0] == "2"} == {"204"}
            assert operation["operationId"] in shown or needed or empty, path


def test_the_examples_of_parameters_are_what_is_accepted(description):
    for path, methods in description["paths"].items():
        for operation in methods.values():
            for each in operation.get("parameters", ()):
                if "example" in each:
                    assert faults(description, each["schema"], each["example"]) == [], (path, each["name"])


def test_operations_are_told_apart(description):
    named = [one["operationId"] for methods in description["paths"].values() for one in methods.values()]
    assert len(set(named)) == len(named)
    assert all(one.isalnum() for one in named)


def test_no_example_is_of_a_field_or_an_operation_that_is_no_more(description):
    fields = {
        f"{model}.{field}"
        for model, schema in description["components"]["schemas"].items()
        for field in schema.get("properties", {})
    }
    assert set(OF) - fields == set()
    named = {one["operationId"] for methods in description["paths"].values() for one in methods.values()}
    assert set(ANSWERS) - named == set()
    parameters = {
        each["name"]
        for methods in description["paths"].values()
        for one in methods.values()
        for each in one.get("parameters", ())
    }
    inline = {
        name
        for _, _, _, content in contents(description)
        for name in content.get("schema", {}).get("properties", {})
    }
    assert set(VALUES) - {field.partition(".")[2] for field in fields} - parameters - inline == set()


def test_the_figures_are_those_of_the_sample_county(town, description):
    acts.approve(town.store, BUREAU.bureau, town.run, "approver", NOW)
    examples = {
        (operation, where): content["example"]
        for operation, where, _, content in contents(description)
        if "example" in content
    }
    clerk = town.of(Role.CLERK)
    shown = examples["readRun", "200"]
    run = clerk.get(f"/v1/runs/{town.run}").json()
    for field in ("id", "period", "rule_set", "snapshot", "receipt"):
        assert shown[field] == run[field], field
    assert shown["figures"] == run["figures"]
    totals = clerk.get(f"/v1/runs/{town.run}/totals").json()["totals"]
    assert examples["readRunTotals", "200"]["totals"][0] in totals
    (rules,) = clerk.get("/v1/rule-sets").json()["rule_sets"]
    for field in ("fingerprint", "name", "version", "in_force_from", "in_force_to"):
        assert examples["listRuleSets", "200"]["rule_sets"][0][field] == rules[field]
    system = town.system(Scope.READ_PAYOUTS, Scope.READ_LEDGER)
    lines = [json.loads(line) for line in system.get(f"/v1/runs/{town.run}/payouts").text.splitlines()]
    example = json.loads(ANSWERS["readRunPayouts"])
    (line,) = [one for one in lines if one["number"] == example["number"]]
    assert line | {"payee": example["payee"]} == example
    rows = system.get(f"/v1/runs/{town.run}/payouts.csv").text.splitlines()
    heading, row = ANSWERS["downloadPayouts"].splitlines()
    assert heading == rows[0].removeprefix("\ufeff")
    assert row in rows
    claim = json.loads(ANSWERS["readEntitlements"])
    assert json.loads(system.get("/v1/entitlements").text.splitlines()[0]).keys() == claim.keys()
    for name in ("writeAccrualVouchers", "writePaymentVouchers"):
        written = [*csv.DictReader(io.StringIO(ANSWERS[name]))]
        assert tuple(written[0]) == COLUMNS
        for side in ("借方金额", "贷方金额"):
            assert {row[side] for row in written} == {"254018.78", "0.00"}
