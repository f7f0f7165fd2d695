"""The pages as people use them, without script: set up, sign in, accounts, approve, my pay, replay."""

import re
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from api.headers import ALWAYS
from api.pages.render import TEMPLATES
from payroll_service.access.roles import Role
from payroll_service.book.money import grouped, text_fen
from payroll_service.book.receipt import read_receipt
from payroll_service.book.run_states import FAILED, STATES
from payroll_service.book.working_days import china_moment
from payroll_service.cli import app
from payroll_service.clock import now
from payroll_service.store import migrate, open_store
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.compare_runs import compare_runs
from payroll_service.workflow.list_snapshots import page_snapshots
from payroll_service.workflow.log_read import page_reads
from payroll_service.workflow.sign_in import offer_setup, set_up
from tests import acts
from tests.api.conftest import ORIGIN, PERIOD, Town, school_clerk
from tests.api.sqlite_first import database_url as database_url
from tests.workflow.class_teachers import EXAMPLES, RULES
from tests.workflow.conftest import BUREAU, NOW

PASSWORD, OTHER = "correct horse battery", "staple battery horse"


def form_token(html: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', html)
    assert found, html
    return found[1]


def post(client, path, **fields):
    return client.post(path, data={"form_token": form_token(client.get("/").text)} | fields)


@pytest.fixture
def empty(database_url, towns):
    """The application over an empty book."""
    migrate(database_url)
    store = open_store(database_url)
    with towns.application(store, lambda: NOW) as app:
        yield Town(store, app, "", "", {}, now)


def test_from_the_one_time_link_to_an_account_that_signs_in(empty):
    client, path = empty.client(**ORIGIN), f"/setup/{offer_setup(empty.store, NOW)}"
    assert "第一个管理员" in client.get(path).text
    first = {"bureau": "dushan", "bureau_name": "独山县教育局", "login": "root", "name": "管理员甲"}
    weak = client.post(path, data=first | {"password": "short"})
    assert weak.status_code == 422
    assert "12" in weak.text
    assert 'value="独山县教育局"' in weak.text, "what was filled in is not lost"
    empty_handed = client.post(path, data={"name": "管理员甲", "login": "", "password": ""})
    assert empty_handed.status_code == 422
    for wrong in ("教育局的代码和名称", "登录名写 2 到 64", "密码要有 12"):
        assert wrong in empty_handed.text, "all at once"
    assert 'value="管理员甲"' in empty_handed.text
    assert client.get(path).status_code == 200, "the link is not spent"
    done = client.post(path, data=first | {"password": PASSWORD})
    assert done.status_code == 303, done.text
    assert done.headers["location"] == "/"
    assert "管理员甲，您好" in client.get("/").text
    assert client.get(path).status_code == 404, "the link is spent"
    new = {"login": "wang", "name": "王芳", "roles": "clerk", "password": PASSWORD}
    assert post(client, "/accounts", **new).status_code == 303
    assert "王芳" in client.get("/accounts").text
    taken = post(client, "/accounts", **new)
    assert taken.status_code == 409
    assert "登录名“wang”已经有人用" in taken.text
    assert post(client, "/accounts", **new | {"login": "li", "roles": "teacher"}).status_code == 422
    other = empty.client(**ORIGIN)
    wrong = other.post("/sign-in", data={"bureau": "dushan", "login": "wang", "password": "wrong"})
    assert wrong.status_code == 403
    assert "登录名或密码不对" in wrong.text
    signed = other.post("/sign-in", data={"bureau": "dushan", "login": "wang", "password": PASSWORD})
    cookie = signed.headers["set-cookie"]
    for word in ("__Host-payroll=", "HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert word in cookie
    assert "Domain" not in cookie
    assert "王芳，您好" in other.get("/").text
    assert post(other, "/sign-out").headers["location"] == "/sign-in"
    assert other.get("/").headers["location"] == "/sign-in"


def test_a_second_bureau_and_a_lost_password_by_the_printed_links(empty, database_url, monkeypatch):
    """Both links as the operator's command prints them, on the pages behind them."""
    monkeypatch.setattr("payroll_service.cli.links.now", lambda: NOW)

    def printed(*options: str) -> str:
        common = ["--by", "信息员", "--bureau", "libo", "--database", database_url]
        done = CliRunner().invoke(
            app, ["admin-link", *common, "--public-url", "https://payroll.test/", *options]
        )
        assert done.exit_code == 0, done.output
        (link,) = re.findall(r"https://payroll\.test(/\S+)", done.output)
        return link

    store, client = empty.store, empty.client(**ORIGIN)
    set_up(store, offer_setup(store, NOW) or "", BUREAU, "root", "管理员甲", PASSWORD, NOW)
    link, first = printed(), {"bureau_name": "荔波县教育局", "login": "boss", "name": "管理员乙"}
    assert 'name="bureau"' not in client.get(link).text, "the link says which bureau"
    weak = client.post(link, data=first | {"password": "short"})
    assert (weak.status_code, "libo" in weak.text) == (422, True)
    assert (
        client.post(link, data=first | {"bureau": "dushan", "password": PASSWORD}).headers["location"] == "/"
    )
    page = client.get("/accounts").text
    assert ("boss" in page, "root" in page) == (True, False), "in a bureau of its own"
    assert client.get(link).status_code == 404

    link, other = printed("--login", "boss"), empty.client(**ORIGIN)
    assert "boss" in other.get(link).text
    assert other.post(link, data={"password": "short"}).status_code == 422
    assert other.post(link, data={"password": OTHER}).headers["location"] == "/sign-in"
    assert client.get("/").headers["location"] == "/sign-in", "her sessions are over"
    signs = {"bureau": "libo", "login": "boss"}
    assert other.post("/sign-in", data=signs | {"password": PASSWORD}).status_code == 403
    assert other.post("/sign-in", data=signs | {"password": OTHER}).headers["location"] == "/"
    assert other.get(link).status_code == 404
    assert other.post(link, data={"password": PASSWORD}).status_code == 403
    for bureau, login, cure in (
        ("libo", "", "--login"),
        ("libo", "bos", "管理员是 boss"),
        ("sandu", "boss", "不写 --login"),
    ):
        common = ["admin-link", "--by", "信息员", "--database", database_url, "--bureau", bureau]
        refused = CliRunner().invoke(app, [*common, *(["--login", login] if login else [])])
        told = "".join(refused.output.split())
        assert (refused.exit_code, cure.replace(" ", "") in told) == (1, True), refused.output
        assert "改好后再提交" not in told


def test_finance_approves_and_the_teacher_sees_each_item_explained(town):
    teacher, clerk, approver = (town.of(role) for role in (Role.TEACHER, Role.CLERK, Role.APPROVER))
    assert "还没有审批过的发放" in teacher.get("/my").text
    assert "审批</button>" not in clerk.get(f"/runs/{town.run}").text, "the clerk cannot approve"
    html = approver.get(f"/runs/{town.run}").text
    digest = re.search(r'name="receipt" value="([0-9a-f]{64})"', html)
    assert digest
    old = approver.post(
        f"/runs/{town.run}/approve", data={"form_token": form_token(html), "receipt": "0" * 64}
    )
    assert old.status_code == 409
    assert "不是您看到的那一份" in old.text
    done = approver.post(
        f"/runs/{town.run}/approve", data={"form_token": form_token(html), "receipt": digest[1]}
    )
    assert done.headers["location"] == f"/runs/{town.run}"
    assert "已审批" in approver.get(f"/runs/{town.run}").text
    assert town.run in teacher.get("/my").text
    mine = teacher.get(f"/my/{town.run}").text
    with town.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, town.payee).number
    for words in ("奖励性绩效工资", "合计", "依据", "权重"):
        assert words in mine
    assert number not in mine, "no ID number on a page"


def test_a_run_shows_what_approving_it_grants_and_what_is_held_back(town):
    with town.store.reading() as session:
        receipt = read_receipt(session.runs.receipt(BUREAU.bureau, town.run))
    assert receipt.held_fen > 0, "else the two figures are the same"
    granted = grouped(receipt.amount_fen - receipt.granted_fen - receipt.held_fen)
    approver = town.of(Role.APPROVER)
    html = approver.get(f"/runs/{town.run}").text
    figure = re.search(r"本次核定</th><td[^>]*>([\d,.]+)<", html)
    assert figure is not None
    assert figure[1] == granted
    assert f"本次核定的 {granted} 元成为应付" in html
    assert f">{granted}</td>" in approver.get("/runs").text, "as the list says it"


def test_a_page_that_is_not_there_says_what_to_do(town):
    html = town.of(Role.CLERK).get("/nowhere").text
    assert "请核对网址" in html
    assert "<p></p>" not in html


def test_every_moment_is_told_as_a_clock_in_china_shows_it(town):
    clerk = town.of(Role.CLERK)
    (sent,) = page_snapshots(town.store, BUREAU.bureau, "", 10).items
    shown = china_moment(sent.at)
    assert shown in clerk.get("/imports").text
    assert shown in clerk.get("/runs").text, "among the data to choose from"
    clerk.get(f"/v1/runs/{town.run}/notice")
    (reading, *_) = page_reads(town.store, BUREAU.bureau, 0, 1).items
    listed = town.of(Role.AUDITOR).get("/access").text
    assert china_moment(reading.at) in listed
    assert "UTC" not in listed + clerk.get("/imports").text


def test_a_teacher_compares_two_semesters(town):
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
    teacher = town.of(Role.TEACHER)
    alone = teacher.get(f"/v1/me/payouts/{town.run}/change")
    assert (alone.status_code, "没有可比的" in alone.text) == (404, True)
    assert "<h1>没有可比的</h1>" in teacher.get(f"/my/{town.run}/change").text
    done = calculate_run(town.store, BUREAU.bureau, town.snapshot, "2020-2021-2", "clerk", NOW)
    later = done.run.run_id
    assert teacher.get(f"/v1/me/payouts/{later}/change").status_code == 404, "not approved yet"
    acts.approve(town.store, BUREAU.bureau, later, "局长", NOW)
    told = teacher.get(f"/v1/me/payouts/{later}/change").json()
    totals = {one["run"]: one["total"] for one in teacher.get("/v1/me/payouts").json()["payouts"]}
    assert (told["before"], told["now"]) == (totals[town.run], totals[later])
    change = text_fen(told["change"])
    assert change == text_fen(told["now"]) - text_fen(told["before"])
    assert change == sum(text_fen(cause["amount"]) for cause in told["causes"])
    for cause in told["causes"]:
        assert text_fen(cause["amount"]) == sum(text_fen(item["amount"]) for item in cause["items"])
    page = teacher.get(f"/my/{later}/change").text
    for words in ("2020-2021-2 和 2020-2021-1 比", grouped(change), "学期考核·得分"):
        assert words in page


def test_before_approving_a_run_stands_beside_the_last_semester(town):
    path = f"/runs/{town.run}"
    assert "没有可比的" in town.of(Role.APPROVER).get(path).text
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
    done = calculate_run(town.store, BUREAU.bureau, town.snapshot, "2020-2021-2", "clerk", NOW)
    later, change = (
        f"/runs/{done.run.run_id}",
        compare_runs(town.store, BUREAU.bureau, done.run.run_id).change,
    )
    clerk, auditor = town.of(Role.CLERK), town.of(Role.AUDITOR)
    html = clerk.get(later).text
    for words in (
        grouped(change.total.now_fen),
        grouped(change.total.fen),
        f"{change.heads.less} 人少",
        "示例",
    ):
        assert words in html
    number, label = shown(town, change.largest[0].payee_id)
    assert (label in html, number in html) == (True, False)
    assert town.of(Role.APPROVER).get(path, params={"compare": 0}).text.count("和上一批比") == 1, "a link"
    assert "没有可比的" in auditor.get(path, params={"compare": 1}).text
    strict = clerk.get(later, params={"compare": 1, "person": 0, "least": 0, "school": 0}).text
    assert f"（{change.heads.more + change.heads.less} 人，" in strict
    wrong = clerk.get(later, params={"compare": 1, "other": "2020-09-r1"})
    assert wrong.status_code == 404
    assert post(clerk, f"{later}/submit").status_code == 303
    with town.store.reading() as session:
        acts_read = [one.act for one in session.access.reads(BUREAU.bureau)]
    assert acts_read.count(f"preview {done.run.run_id}") == 2


def shown(town, payee):
    with town.store.reading() as session:
        who = session.payees.get(BUREAU.bureau, payee)
    return who.number, who.label


def test_a_correction_is_told_from_a_second_payment(town):
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
    again = calculate_run(town.store, BUREAU.bureau, town.snapshot, PERIOD, "clerk", NOW).run.run_id
    acts.approve(town.store, BUREAU.bureau, again, "局长", NOW)
    teacher = town.of(Role.TEACHER)
    assert f"更正 {town.run}，不是再发一次" in teacher.get("/my").text
    page = teacher.get(f"/my/{again}/change").text
    for words in ("更正以后和更正以前比", "登记的数据没有变", "只核定差额 0.00"):
        assert words in page


def test_amounts_are_grouped_wherever_a_teacher_reads_them(town):
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
    teacher = town.of(Role.TEACHER)
    total = teacher.get("/v1/me/payouts").json()["payouts"][0]["total"]
    assert text_fen(total) >= 1000_00, "the interface is plain"
    for page in ("/my", f"/my/{town.run}"):
        html = teacher.get(page).text
        assert grouped(text_fen(total)) in html
        assert re.findall(r"\d{4,}\.\d\d(?=\d* ?元|<)", html) == []


@pytest.mark.parametrize(
    ("said", "grouped_"),
    [
        ("池 265583.96元，应得 6738.3223 元", "池 265,583.96元，应得 6,738.3223 元"),
        ("权重 23293.65，999.00元，2020-2021-1", "权重 23293.65，999.00元，2020-2021-1"),
        ("-1234元/月 × 0.12345元", "-1,234元/月 × 0.12345元"),
    ],
)
def test_yuan_in_a_sentence_take_commas_and_other_numbers_none(said, grouped_):
    assert TEMPLATES.filters["in_words"](said) == grouped_


def test_a_run_is_withdrawn_with_its_reason(town):
    clerk = town.of(Role.CLERK)
    assert post(clerk, f"/runs/{town.run}/withdraw", reason=" ").status_code == 409
    assert post(clerk, f"/runs/{town.run}/withdraw", reason="漏了 <一所>").status_code == 303
    assert "已撤回" in clerk.get("/runs").text
    assert "已撤回：漏了 &lt;一所&gt;" in town.of(Role.AUDITOR).get(f"/runs/{town.run}").text


def test_a_period_that_the_rule_set_does_not_govern_is_told_on_the_form_with_what_was_filled_in(town):
    clerk = town.of(Role.CLERK)
    for period, told in (("2020-2021-9", "不认识期间"), ("2031-09", "施行期")):
        answer = post(clerk, "/runs", snapshot=town.snapshot, period=period, rule_set=town.rule_set)
        assert answer.status_code == 422
        assert told in answer.text
        assert f'value="{period}"' in answer.text
        assert re.search(rf'value="{town.rule_set}" selected', answer.text)
    assert post(clerk, "/runs", snapshot=town.snapshot, period=" 2020-09 ").status_code == 303


def test_a_schools_clerk_sees_what_approved_runs_come_to_in_her_school(town):
    totals = f"/v1/runs/{town.run}/totals"
    everything = town.of(Role.CLERK).get(totals).json()["totals"]
    unit = everything[0]["unit"]
    clerk = school_clerk(town, unit)
    assert 'href="/school"' in clerk.get("/").text
    assert 'href="/school"' not in town.of(Role.CLERK).get("/").text
    assert town.run not in clerk.get("/school").text, "it is not approved"
    acts.approve(town.store, BUREAU.bureau, town.run, "approver", NOW)
    assert f'href="/school/{town.run}"' in clerk.get("/school").text
    shown = clerk.get(f"/school/{town.run}").text
    own = clerk.get(totals).json()["totals"]
    assert own
    for one in own:
        cells = (one["fund"], one["lines"], grouped(text_fen(one["amount"])))
        assert '<td>{}</td><td class="n">{}</td><td class="n">{}</td>'.format(*cells) in shown
    assert f">{grouped(sum(text_fen(one['amount']) for one in own))}</td>" in shown
    rest = [one for one in everything if one["unit"] != unit]
    assert rest
    for one in rest:
        assert f">{grouped(text_fen(one['amount']))}</td>" not in shown, "another school's"
    assert "奖励性绩效工资" in shown, "items have their names"
    assert clerk.get("/school/2020-2021-1-r9").status_code == 404


def test_a_failed_run_says_why(town):
    with town.store.writing() as session:
        session.runs.append(BUREAU.bureau, town.run, FAILED, NOW, "clerk", "3 行无法计算")
    assert f"{STATES[FAILED]}：3 行无法计算" in town.of(Role.APPROVER).get(f"/runs/{town.run}").text


def test_a_form_that_is_not_from_our_page_does_nothing(town):
    approver = town.of(Role.APPROVER)
    answer = approver.post(f"/runs/{town.run}/approve", data={"form_token": "made up", "receipt": "0" * 64})
    assert answer.status_code == 403


def test_passwords_are_changed_and_reset_and_accounts_disabled(town):
    admin, clerk = town.of(Role.ADMIN), town.of(Role.CLERK)
    assert post(clerk, "/password", old="x", new=PASSWORD).status_code == 403
    account = town.people[Role.CLERK].account_id
    assert post(admin, "/accounts/password", account_id=account, fresh="short").status_code == 422
    assert post(admin, "/accounts/password", account_id=account, fresh=PASSWORD).status_code == 303
    assert clerk.get("/").headers["location"] == "/sign-in"
    again = town.client(**ORIGIN)
    signed = again.post("/sign-in", data={"bureau": BUREAU.bureau, "login": "clerk", "password": PASSWORD})
    assert signed.status_code == 303
    assert (
        post(again, "/password", old=PASSWORD, new="staple battery horse").headers["location"] == "/sign-in"
    )
    assert post(admin, f"/accounts/{account}/disable").status_code == 303
    assert "恢复</button>" in admin.get("/accounts").text
    assert post(admin, f"/accounts/{account}/enable").status_code == 303
    own = town.people[Role.ADMIN].account_id
    assert post(admin, f"/accounts/{own}/disable").status_code == 422


def test_what_somebody_is_called_is_never_markup(empty):
    client = empty.client(**ORIGIN)
    first = {
        "bureau": "b",
        "bureau_name": "b",
        "login": "root",
        "name": "<script>alert(1)</script>",
        "password": PASSWORD,
    }
    client.post(f"/setup/{offer_setup(empty.store, NOW)}", data=first)
    html = client.get("/").text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_every_answer_keeps_the_browser_at_home(town):
    client = town.of(Role.CLERK)
    for path in ("/", "/runs", "/v1/runs", "/nowhere", "/static/style.css", "/healthz", "/readyz"):
        headers = client.get(path).headers
        own = {b"cache-control": b"max-age=300"} if path.startswith("/static") else {}
        said = [(name, own.get(name, value)) for name, value in ALWAYS]
        assert [headers[name.decode()] for name, _ in said] == [value.decode() for _, value in said], path
    assert "http" not in client.get("/static/style.css").text


def test_a_run_is_published_objected_to_answered_and_closed(town):
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW)
    clerk, teacher, auditor = (town.of(role) for role in (Role.CLERK, Role.TEACHER, Role.AUDITOR))
    assert "申诉" not in teacher.get(f"/my/{town.run}").text
    bad = post(clerk, f"/runs/{town.run}/publish", until="2021-02-30", reason="x")
    assert (bad.status_code, "不是日期" in bad.text) == (409, True)
    assert post(clerk, f"/runs/{town.run}/publish", working_days="5").status_code == 303
    assert "2021-03-01 至 2021-03-08（5 个工作日）" in clerk.get(f"/runs/{town.run}").text
    mine = f"/my/{town.run}"
    html = teacher.get(mine).text
    assert html.count("到 2021-03-08 当天为止") == 2, "above all, and at the form"
    assert html.count("最迟 2021-03-15") == 2
    assert "申诉到 03-08" in teacher.get("/my").text
    item = re.search(r'<select id="item" name="item"><option value="([^"]+)"', html)
    assert item, html
    told = {"item": item[1], "cause": "score", "words": "我的考核是 <95> 分"}
    assert post(teacher, f"{mine}/objections", **told | {"cause": "x"}).status_code == 409
    assert post(teacher, f"{mine}/objections", **told).headers["location"] == f"{mine}#objections"
    again = post(teacher, f"{mine}/objections", **told)
    assert "还没有答复" in again.text
    assert again.text.count("我的考核是 &lt;95&gt; 分") == 2, (
        "in the list, and what was filled in is not lost"
    )
    page = auditor.get("/objections").text
    assert "我的考核是 &lt;95&gt; 分" in page
    assert "答复</button>" not in page, "the auditor reads"
    assert "还没有期满" in post(clerk, f"/runs/{town.run}/close").text
    answer = {"outcome": "rejected", "words": "登记表是 90 分"}
    assert post(clerk, "/objections/1/answer", **answer).status_code == 303
    late = post(clerk, "/objections/1/answer", outcome="upheld", words="两个人同时答复，我写的")
    assert (late.status_code, "您刚才写的：两个人同时答复，我写的" in late.text) == (409, True)
    assert "登记表是 90 分" in teacher.get(mine).text
    town.app.state.clock = lambda: NOW + timedelta(days=8)
    assert post(town.of(Role.CLERK), f"/runs/{town.run}/close").status_code == 303
    html = town.of(Role.TEACHER).get(mine).text
    assert ("公示已经结束" in html, "看我的申诉" in html, "<textarea" in html) == (True, True, False)
    assert "公示已结束" in town.of(Role.AUDITOR).get("/runs").text


def test_a_rule_set_is_uploaded_with_its_examples_compared_and_enacted(town):
    clerk, approver = town.of(Role.CLERK), town.of(Role.APPROVER)
    files = {
        "documents": (RULES.name, RULES.read_bytes()),
        "examples": (EXAMPLES.name, EXAMPLES.read_bytes()),
    }
    token = {"form_token": form_token(clerk.get("/rule-sets").text)}
    alone = clerk.post("/rule-sets", data=token, files={"documents": files["documents"]})
    path = alone.headers["location"]
    assert "还没有跑过用例" in post(approver, f"{path}/enact").text
    assert clerk.post("/rule-sets", data=token, files=files).headers["location"] == path
    assert "3 个用例已全部通过" in approver.get(path).text
    assert "启用</button>" not in clerk.get(path).text
    assert post(approver, f"{path}/enact").status_code == 303
    html = approver.get(path, params={"since": town.rule_set}).text
    assert "已启用" in html
    assert "改了什么" in html
    broken = files | {
        "documents": (RULES.name, RULES.read_bytes().replace("基本津贴 +".encode(), "津帖 +".encode()))
    }
    refused = clerk.post("/rule-sets", data=token, files=broken)
    assert (refused.status_code, f"{RULES.name}:" in refused.text) == (409, True)
    assert "不是 UTF-8" in clerk.post("/rule-sets", data=token, files={"documents": ("x.yaml", b"\xff")}).text
