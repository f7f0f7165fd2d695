"""A payout's life through the API: rule set, submission, approval, publication, objection, answer, closing."""

from datetime import UTC, datetime

import pytest

from payroll_service.access.roles import Role
from payroll_service.workflow.calculate_run import calculate_run
from tests import acts
from tests.api.conftest import PERIOD
from tests.api.test_runs import approve
from tests.workflow.class_teachers import EXAMPLES, RULES
from tests.workflow.conftest import BUREAU

KEYS = (f"one-key-for-each-act-{number}" for number in range(1000))
DOCUMENT = {"file": RULES.name, "text": RULES.read_text(encoding="utf-8")}
WORKED = {"file": EXAMPLES.name, "text": EXAMPLES.read_text(encoding="utf-8")}
FRIDAY, LAST, AFTER = (
    datetime(2025, month, day, 2, tzinfo=UTC) for month, day in ((9, 26), (10, 10), (10, 11))
)


def post(town, role, path, status=201, **asked):
    """The answer; it must have this status."""
    answer = town.of(role).post(path, json=asked, headers={"Idempotency-Key": next(KEYS)})
    assert answer.status_code == status, answer.text
    return answer.json()


def be(town, moment) -> None:
    town.app.state.clock = lambda: moment


@pytest.fixture
def item(town):
    """The number of an item that the town's teacher is paid by the approved run."""
    assert approve(town).status_code == 201
    return town.of(Role.TEACHER).get(f"/v1/me/payouts/{town.run}").json()["lines"][0]["item"]


def test_from_approval_to_closing_with_an_objection_upheld_and_corrected(town, item):
    be(town, FRIDAY)
    run = f"/v1/runs/{town.run}"
    published = post(town, Role.CLERK, f"{run}/publication")
    assert (published["first_day"], published["last_day"]) == ("2025-09-26", "2025-10-10")
    assert town.of(Role.AUDITOR).get(run).json()["publication"] == published
    asked = {"item": item, "cause": "score", "words": "我的考核是 95 分"}
    raised = post(town, Role.TEACHER, f"/v1/me/payouts/{town.run}/objections", **asked)
    assert (raised["state"], raised["answer_by"], raised["item"]) == ("open", "2025-10-10", item)
    again = post(town, Role.TEACHER, f"/v1/me/payouts/{town.run}/objections", status=409, **asked)
    assert again["type"] == "/problems/not-objectable"
    be(town, LAST)
    assert post(town, Role.APPROVER, f"{run}/closing", status=409)["type"] == "/problems/not-publishable"
    be(town, AFTER)
    assert "申诉没有答复" in post(town, Role.APPROVER, f"{run}/closing", status=409)["detail"]
    (late,) = town.of(Role.AUDITOR).get("/v1/objections", params={"overdue": True}).json()["objections"]
    assert late["overdue"]
    answered = post(
        town, Role.CLERK, f"/v1/objections/{raised['number']}/answer", outcome="upheld", words="漏登了 5 分"
    )
    assert (answered["state"], answered["answered_by"]) == ("upheld", "clerk")
    assert town.of(Role.CLERK).get("/v1/objections?state=open").json()["objections"] == []
    correction = calculate_run(town.store, BUREAU.bureau, "", PERIOD, "clerk", AFTER).run.run_id
    acts.approve(town.store, BUREAU.bureau, correction, "approver", AFTER)
    path = f"/v1/objections/{raised['number']}/correction"
    assert post(town, Role.CLERK, path, run=correction)["correction"] == correction
    (own,) = town.of(Role.TEACHER).get("/v1/me/objections").json()["objections"]
    assert (own["state"], own["correction"]) == ("corrected", correction)
    assert post(town, Role.APPROVER, f"{run}/closing")["closed_by"] == "approver"
    assert town.of(Role.CLERK).get(run).json()["state"] == "closed"
    assert town.of(Role.AUDITOR).get(f"{run}/payment").json() == {"run": town.run, "paid": False}
    assert "没有付清" in town.of(Role.CLERK).get(f"/runs/{town.run}?payment=1").text


def test_a_rule_set_is_drafted_with_its_examples_read_and_enacted_by_another(town):
    drafted = post(town, Role.CLERK, "/v1/rule-sets", documents=[DOCUMENT])
    path = f"/v1/rule-sets/{drafted['fingerprint']}"
    assert (drafted["state"], drafted["examples"], drafted["drafted_by"]) == ("drafted", 0, "clerk")
    assert "还没有跑过用例" in post(town, Role.APPROVER, f"{path}/enactment", status=409)["detail"]
    checked = post(town, Role.CLERK, "/v1/rule-sets", documents=[DOCUMENT], examples=[WORKED])
    assert (checked["state"], checked["examples"]) == ("checked", 3)
    enacted = post(town, Role.APPROVER, f"{path}/enactment")
    assert (enacted["state"], enacted["enacted_by"]) == ("enacted", "approver")
    assert post(town, Role.APPROVER, f"{path}/enactment", status=409)["type"] == "/problems/not-enactable"
    auditor = town.of(Role.AUDITOR)
    assert auditor.get(path).json() == enacted
    assert [one["state"] for one in enacted["events"]] == ["drafted", "checked", "enacted"]
    assert auditor.get("/v1/rule-sets").json()["rule_sets"][0] == enacted
    assert "班主任津贴" in auditor.get(f"{path}/text").text


def test_what_changed_between_two_rule_sets_is_told_by_clause(town):
    first = post(town, Role.CLERK, "/v1/rule-sets", documents=[DOCUMENT])
    text = (
        DOCUMENT["text"]
        .replace('版本: "2009.1"', '版本: "2009.2"\n更正: "2009.1"')
        .replace("200元/月", "220元/月")
    )
    second = post(town, Role.CLERK, "/v1/rule-sets", documents=[DOCUMENT | {"text": text}])
    path = f"/v1/rule-sets/{second['fingerprint']}/changes"
    found = town.of(Role.AUDITOR).get(path, params={"since": first["fingerprint"]}).json()["changes"]
    (rate,) = [one for one in found if one["name"] == "基本津贴"]
    assert rate["clause"] == "方案 津贴"
    assert [(line["old"], line["new"]) for line in rate["lines"]] == [("200元/月", "220元/月")]


def test_what_does_not_compile_or_does_not_come_out_is_not_stored(town):
    broken = DOCUMENT | {"text": DOCUMENT["text"].replace("基本津贴 +", "基本津帖 +")}
    answer = post(town, Role.CLERK, "/v1/rule-sets", status=422, documents=[broken])
    assert answer["errors"][0]["at"].startswith("body.documents.0.file:")
    wrong = WORKED | {"text": WORKED["text"].replace("330.00", "331.00")}
    failed = post(town, Role.CLERK, "/v1/rule-sets", status=409, documents=[DOCUMENT], examples=[wrong])
    assert "没有通过" in failed["detail"]
    of_another = WORKED | {"text": WORKED["text"].replace("2009.1.yaml", "2010.1.yaml")}
    strange = post(town, Role.CLERK, "/v1/rule-sets", status=422, documents=[DOCUMENT], examples=[of_another])
    assert "不是这次交的" in strange["detail"]
    bundle = DOCUMENT | {"text": "#!payroll rule set with schemes, 1\n9 x\n"}
    assert post(town, Role.CLERK, "/v1/rule-sets", status=422, documents=[bundle])
    assert len(town.of(Role.CLERK).get("/v1/rule-sets").json()["rule_sets"]) == 1
