"""How a payout came about, for its payee and for the office: formula, numbers, rates, clauses; who looked is put down."""

import re
from typing import Any

from api.examples import EXPLAINED
from api.models.explanations import (
    CitedClause,
    ItemExplained,
    MetCondition,
    ShareOfPool,
    UsedRate,
    ValueExplained,
)
from payroll_service.access.roles import Role, Scope
from payroll_service.book.money import text_fen
from payroll_service.calculation import explanation
from payroll_service.export.explanation import to_json
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_payout import explain_stored
from tests import acts
from tests.api.conftest import PERIOD
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_personal_data import lived_in
from tests.workflow.conftest import BUREAU, NOW


def own(town) -> str:
    return f"/v1/me/payouts/{town.run}/explanation"


def of(town, payee="") -> str:
    return f"/v1/runs/{town.run}/payees/{payee or town.payee}/explanation"


def number_of(town) -> str:
    with town.store.reading() as session:
        return session.payees.get(BUREAU.bureau, town.payee).number


def reads(town):
    with town.store.reading() as session:
        return [(one.actor, one.act, one.subject) for one in session.access.reads(BUREAU.bureau)]


def approve(town) -> None:
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)


def test_a_teacher_reads_how_every_item_came_about_once_it_is_approved(town):
    teacher = town.of(Role.TEACHER)
    assert teacher.get(own(town)).json()["type"] == "/problems/unknown-payee"
    approve(town)
    answer = teacher.get(own(town)).json()
    told = [to_json(one) for one in explain_stored(town.store, BUREAU.bureau, town.run, number_of(town))]
    assert [{key: each[key] for key in each if key != "sentences"} for each in answer["items"]] == told
    assert (answer["run"], answer["period"], answer["currency"]) == (town.run, PERIOD, "CNY")
    payout = teacher.get(f"/v1/me/payouts/{town.run}").json()
    assert sum(text_fen(one["amount"]) for one in answer["items"] if "amount" in one) == text_fen(
        payout["total"]
    )
    assert any("权重" in said for one in answer["items"] for said in one["sentences"])
    assert number_of(town) not in teacher.get(own(town)).text
    assert reads(town) == [], "one's own is not put down"


def test_the_office_reads_the_same_before_and_after_approval_and_it_is_put_down(town):
    before = [town.of(role).get(of(town)).json() for role in (Role.CLERK, Role.APPROVER, Role.AUDITOR)]
    assert reads(town) == [
        (one, f"explain {town.run}", town.payee) for one in ("clerk", "approver", "auditor")
    ]
    approve(town)
    assert [town.of(Role.TEACHER).get(own(town)).json()] * 3 == before


def test_what_one_may_not_see_is_answered_as_what_does_not_exist(town):
    clerk, system = town.of(Role.CLERK), town.system(Scope.READ_PAYOUTS)
    nobody = clerk.get(of(town, "0" * 32))
    nowhere = clerk.get(of(town).replace(town.run, "2020-2021-1-r9"))
    unapproved = system.get(of(town))
    assert {each.status_code for each in (nobody, nowhere, unapproved)} == {404}
    assert nobody.json() == nowhere.json() == unapproved.json()
    assert town.of(Role.SCHOOL_CLERK).get(of(town)).json()["type"] == "/problems/not-there"
    assert reads(town) == [], "nothing was read"
    approve(town)
    assert system.get(of(town)).status_code == 200
    assert len(reads(town)) == 1


def test_every_field_of_the_records_is_described():
    """The answer takes no field that it does not know; it knows no other either."""
    pairs: dict[Any, Any] = {
        explanation.Explanation: ItemExplained,
        explanation.ExplainedValue: ValueExplained,
        explanation.ShareFacts: ShareOfPool,
        explanation.Condition: MetCondition,
        explanation.RateUse: UsedRate,
        explanation.Citation: CitedClause,
    }
    for record, model in pairs.items():
        assert set(record.__dataclass_fields__) == set(model.model_fields) - {"sentences"}, model


def cut(value, deep=1):
    """As the example is cut: of clauses and of what a value was made from the first."""
    kept = {key: each for key, each in value.items() if key != "children" or deep}
    if "clauses" in kept:
        kept["clauses"] = kept["clauses"][:1]
    if "root" in kept:
        kept["root"] = cut(kept["root"])
    if "children" in kept:
        kept["children"] = [cut(kept["children"][0], deep - 1)]
    return kept


def test_the_example_is_the_sample_countys(town):
    approve(town)
    shown = {
        one["example"]["items"][0]["amount"]
        for path, methods in town.app.openapi()["paths"].items()
        if path.endswith("/explanation")
        for one in methods["get"]["responses"]["200"]["content"].values()
    }
    assert shown == {EXPLAINED["amount"]}
    with town.store.reading() as session:
        people = {who.label: who.payee_id for who in session.payees.all(BUREAU.bureau, "个人")}
    name = str(EXPLAINED["row"]).partition(" ")[0]
    (item,) = town.of(Role.CLERK).get(of(town, people[name])).json()["items"]
    assert cut(item) == EXPLAINED


def test_the_office_sees_the_teachers_breakdown_under_a_name(town):
    approve(town)
    path = f"/runs/{town.run}/payees/{town.payee}"
    html = town.of(Role.AUDITOR).get(path).text
    mine = town.of(Role.TEACHER).get(f"/my/{town.run}").text
    same = html[html.index("<svg") : html.index('<p class="pale">文字是对本人说的')]
    for part in (same[: same.index("</details>")], same[same.index("<h2>每一项怎么算出来的") :]):
        assert part in mine
    assert re.search(r"<h1>2020-2021-1 \S+的发放</h1>", html)
    assert number_of(town) not in html
    assert reads(town) == [("auditor", f"explain {town.run}", town.payee)]
    for role in (Role.SCHOOL_CLERK, Role.TEACHER, Role.ADMIN):
        assert town.of(role).get(path).status_code == 404


def test_where_the_office_reads_of_a_payee_it_is_led_to_the_breakdown(town):
    lived_in(town)
    link = f'href="/runs/{town.run}/payees/{town.payee}"'
    clerk = town.of(Role.CLERK)
    assert link in clerk.get(f"/payees/{town.payee}").text
    assert link in clerk.get("/objections").text
    later = calculate_run(town.store, BUREAU.bureau, town.snapshot, "2020-2021-2", "clerk", NOW).run.run_id
    found = re.findall(r'href="(/runs/[^"]+/payees/[0-9a-f]{32})"', clerk.get(f"/runs/{later}").text)
    one_of_each = {path.split("/")[2]: path for path in found}
    assert set(one_of_each) == {later, town.run}, "who is gone was paid in the run before"
    assert [clerk.get(path).status_code for path in one_of_each.values()] == [200, 200]
