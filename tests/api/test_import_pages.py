"""The pages of imports and runs, without script: they wait by themselves, tell what is wrong, and act only for their own forms."""

import re

import pytest

from payroll_service.access.roles import Role
from tests.api.conftest import school_clerk
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_imports import work_off, workbook
from tests.api.test_pages import form_token, post
from tests.sample_county import county_rules
from tests.workflow.test_parts import UNITS, school_book

REFRESHES = '<meta http-equiv="refresh"'


def upload(client, content, name="独山.xlsx", **fields):
    """Where the page of the new import is."""
    known = {"form_token": form_token(client.get("/").text), "rule_set": county_rules().program.fingerprint}
    answer = client.post("/imports", files={"file": (name, content)}, data=known | fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_page_waits_and_then_tells_why_a_file_cannot_be_read(town):
    clerk = town.of(Role.CLERK)
    path = upload(clerk, b"no workbook", name="<b>表</b>.xlsx")
    waiting = clerk.get(path).text
    assert REFRESHES in waiting
    assert "排队中" in waiting
    work_off(town)
    told = clerk.get(path).text
    assert REFRESHES not in told
    assert "没有成功" in told
    assert "另存为" in told
    assert "<b>表" not in told, "a file's name is never markup"
    assert "没有成功" in clerk.get("/imports").text


def test_a_period_that_is_tried_is_told_on_the_page_and_a_wrong_one_refused_there(town):
    clerk = town.of(Role.CLERK)
    path = upload(clerk, workbook(任职_绩效标准="0"), period="2020-09")
    work_off(town)
    told = clerk.get(path).text
    for words in ("按 2020-09 试算", "个错误，改好才能入库", "的绩效标准为 0"):
        assert words in told
    known = {"form_token": form_token(clerk.get("/").text), "rule_set": county_rules().program.fingerprint}
    wrong = clerk.post("/imports", files={"file": ("表.xlsx", b"x")}, data=known | {"period": "2020年秋"})
    assert (wrong.status_code, "不认识期间" in wrong.text) == (422, True)
    assert 'name="period" value="2020年秋"' in wrong.text, "what was filled in is not lost"
    assembly = post(clerk, "/imports/assembly", rule_set=town.rule_set, period="x")
    assert (assembly.status_code, assembly.text.count('name="period" value="x"')) == (422, 1)


def test_accepting_a_page_that_was_overtaken_says_so_there(town):
    clerk = town.of(Role.CLERK)
    first, second = (upload(clerk, workbook(学校_学校名称=name)) for name in ("甲校", "乙校"))
    work_off(town)
    assert "百泉镇中心小学 → 甲校" in clerk.get(first).text
    assert post(clerk, f"{first}/accept").status_code == 303
    late = post(clerk, f"{second}/accept")
    assert late.status_code == 409
    assert "请重新导入" in late.text
    done = clerk.get(first).text
    assert "已入库" in done
    assert "确认入库</button>" not in done
    assert "甲校" not in done, "what was found is dropped with the file"


def test_an_auditor_looks_and_has_no_buttons(town):
    path = upload(town.of(Role.CLERK), workbook(学校_学校名称="甲校"))
    work_off(town)
    auditor = town.of(Role.AUDITOR)
    assert "甲校" in auditor.get(path).text
    for page in (path, "/imports", "/runs"):
        assert not re.search(r"确认入库|上传检查|核算</button>", auditor.get(page).text)


def test_a_schools_clerk_uploads_on_the_same_page_for_that_school(town, tmp_path):
    own, other = (school_clerk(town, unit) for unit in UNITS[:2])
    assert "只能有本校的行" in own.get("/imports").text
    path = upload(own, school_book(tmp_path, UNITS[0]).read_bytes())
    work_off(town)
    assert "交给局里" in own.get(path).text
    assert other.get(path).status_code == 404
    assert path not in other.get("/imports").text
    assert post(own, f"{path}/accept").status_code == 303


@pytest.mark.parametrize("path", ["/imports", "/imports/assembly", "/runs"])
def test_a_form_that_is_not_from_our_page_asks_for_nothing(town, path):
    clerk = town.of(Role.CLERK)
    sent = {"form_token": "made up", "rule_set": "0" * 64, "snapshot": "0" * 64, "period": "2020-09"}
    files = {"file": ("a.xlsx", b"x")} if path == "/imports" else None
    assert clerk.post(path, data=sent, files=files).status_code == 403


def test_a_run_is_asked_for_watched_and_shown(town):
    clerk = town.of(Role.CLERK)
    asked = post(clerk, "/runs", snapshot=town.snapshot, period=" 2020-09 ")
    job = asked.headers["location"]
    assert REFRESHES in clerk.get(job).text
    work_off(town)
    assert clerk.get(job).headers["location"] == "/runs/2020-09-r1"
    wrong = post(clerk, "/runs", snapshot=town.snapshot, period="2030-09")
    assert wrong.status_code == 422
    assert "施行期" in wrong.text
