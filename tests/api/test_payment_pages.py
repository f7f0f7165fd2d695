"""Money on the pages, without script: funded, prepared, approved by another, sent, answered by the bank, owed and paid again."""

import re
from datetime import date
from html import unescape

import pytest

from api.rights import COOKIE
from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.access.tokens import new_id
from payroll_service.book.money import fen_text, grouped, text_fen
from payroll_service.store.runs import Runs
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.ledger import PAYEE_KINDS
from payroll_service.workflow.list_movements import list_movements
from payroll_service.workflow.set_bank_account import WantedAccount, approve_accounts, propose_accounts
from payroll_service.workflow.sign_in import open_session
from tests.api.conftest import ORIGIN
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_exports import accounts, unpacked  # noqa: F401
from tests.api.test_ledger import approved, owed, post  # noqa: F401
from tests.workflow.conftest import BUREAU, NOW


def hidden(html: str, action: str) -> dict[str, str]:
    """What the form that is sent to `action` carries without being seen."""
    found = re.search(rf'<form method="post"[^>]* action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert found, f"no form for {action}"
    carried = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0])
    return {name: unescape(value) for name, value in carried}


def send(client, page: str, action: str, **fields):
    """Fill in a form of a page and send it, as the page would."""
    html = client.get(page).text
    files = {"file": ("", b"")} if f'multipart/form-data" action="{action}"' in html else None
    return client.post(action, data=hidden(html, action) | fields, files=files)


def prepare(client, **fields):
    return send(client, "/payments", "/payments", **({"day": "2021-03-02"} | fields))


def approve(client, number):
    return send(client, f"/payments/{number}", f"/payments/{number}/approve")


def of_both(town):
    """Somebody who is both 经办 and 复核."""
    account = Account(BUREAU.bureau, new_id(), "both", "两职甲", frozenset({Role.CLERK, Role.APPROVER}))
    with town.store.writing() as session:
        session.access.add(account, "-")
        token = open_session(session, account, town.app.state.clock()).token
    client = town.client(**ORIGIN)
    client.cookies.set(COOKIE, token)
    return client


@pytest.fixture
def funded(approved, owed):  # noqa: F811
    """There is money for all that is owed."""
    for name, fen in owed.items():
        assert fund(approved, fen_text(fen), fund=name).status_code == 303
    return approved


@pytest.fixture
def paid(funded):
    """Payment 1, approved."""
    assert prepare(funded.of(Role.CLERK)).headers["location"] == "/payments/1"
    assert approve(funded.of(Role.APPROVER), 1).headers["location"] == "/payments/1"
    return funded


@pytest.fixture
def with_accounts(paid):
    """Payment 1, approved; everybody has an account."""
    with paid.store.reading() as session:
        people = [one for kind in PAYEE_KINDS for one in session.payees.all(BUREAU.bureau, kind)]
    wanted = [
        WantedAccount(f"9000{place:08}", "农信社", payee_id=each.payee_id)
        for place, each in enumerate(people)
    ]
    propose_accounts(paid.store, BUREAU.bureau, wanted, "新开户", "clerk", NOW)
    approve_accounts(paid.store, BUREAU.bureau, 1, "approver", NOW)
    return paid


def bank_file(client, **fields):
    return send(client, "/payments/1", "/payments/1/bank-files", **({"format": "pipe"} | fields))


def answer_of_bank(client, **codes):
    """What a bank answers to payment 1: all is paid, but for the lines whose code and reason are given by place."""
    (sent,) = unpacked(bank_file(client).content).values()
    lines = [line.split("|")[:4] for line in sent.decode().split("\r\n")[:-1]]
    told = [codes.get(f"line{place}", "S|") for place in range(len(lines))]
    return "".join(f"{'|'.join(line)}|{code}|\r\n" for line, code in zip(lines, told, strict=True)).encode()


def hand_in(client, content, **fields):
    sent = hidden(client.get("/payments/1").text, "/payments/1/bank-answer")
    known = {"format": "result-pipe", "day": "2021-03-05", "reference": "银 1"}
    files = {"file": ("回盘.txt", content)}
    return client.post("/payments/1/bank-answer", data=sent | known | fields, files=files)


def adjust(town, **fields):
    path = f"/arrears/{town.payee}"
    html = town.of(Role.CLERK).get(path).text
    claim = re.search(r'<select id="claim" name="claim"><option value="([^"]+)"', html)
    assert claim
    asked = {"claim": unescape(claim[1]), "amount": "5", "day": "2021-03-02", "reason": "漏报"}
    return send(town.of(Role.CLERK), path, f"{path}/adjust", **asked | fields)


def kinds(town) -> list[str]:
    return [each.kind for each in list_movements(town.store, BUREAU.bureau).movements]


def fund(town, amount: str, **fields):
    asked = {"fund": "绩效", "amount": amount, "day": "2021-03-01", "reference": "财教1号"}
    return send(town.of(Role.CLERK), "/payments", "/payments/funding", **asked | fields)


def test_money_that_arrived_is_put_down_and_what_lacks_is_told(approved, owed):  # noqa: F811
    (due,) = owed.values()
    clerk = approved.of(Role.CLERK)
    assert f"差 {grouped(due)}" in clerk.get("/payments").text
    assert fund(approved, "1,000.5").headers["location"] == "/payments"
    shown = clerk.get("/payments").text
    assert "1,000.50" in shown
    assert f"差 {grouped(due - 100_050)}" in shown
    assert f'2020-2021-1</td><td class="n" data-label="应发">{grouped(due)}' in shown
    assert fund(approved, "200", items=["奖励"]).status_code == 303
    assert "其中只用于 奖励性绩效工资" in clerk.get("/payments").text
    assert fund(approved, "-200", corrects="2").status_code == 303
    assert kinds(approved) == ["funding"] * 3
    assert "更正第 2 号" in clerk.get("/payments/movements").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "一千"}, "看不懂金额"),
        ({"amount": "0"}, "拨款金额是 0"),
        ({"amount": "-5"}, "写明冲减第几号"),
        ({"amount": "99999999999999"}, "太大"),
        ({"day": "2021-02-30"}, "看不懂日期"),
        ({"fund": "专项"}, "有的资金：绩效"),
        ({"items": ["没有这项"]}, "有的项目（编号）：奖励"),
    ],
)
def test_what_cannot_be_put_down_is_told_and_what_was_filled_in_is_kept(approved, wrong, told):  # noqa: F811
    answer = fund(approved, **({"amount": "1"} | wrong))
    assert answer.status_code == 409
    assert told in answer.text
    assert 'value="财教1号"' in answer.text
    assert kinds(approved) == []


def test_money_without_a_document_is_not_put_down_by_the_form(approved):  # noqa: F811
    answer = fund(approved, "1000", reference=" ")
    assert (answer.status_code, kinds(approved)) == (409, [])
    assert "要写依据的文号" in answer.text
    assert 'value="1000"' in answer.text


def test_a_form_that_is_sent_twice_acts_once(approved):  # noqa: F811
    clerk = approved.of(Role.CLERK)
    sent = hidden(clerk.get("/payments").text, "/payments/funding") | {
        "fund": "绩效", "amount": "1000", "day": "2021-03-01", "reference": "财教1号",
    }  # fmt: skip
    answers = [clerk.post("/payments/funding", data=sent) for _ in range(2)]
    assert [each.headers["location"] for each in answers] == ["/payments"] * 2
    assert kinds(approved) == ["funding"]
    other = clerk.post("/payments/funding", data=sent | {"amount": "1001"})
    assert (other.status_code, "已经交过" in other.text) == (409, True)
    assert fund(approved, "1000").status_code == 303, "a form that is opened again has a key of its own"
    assert kinds(approved) == ["funding"] * 2


def test_the_movements_are_paged_the_last_first(approved):  # noqa: F811
    for number in range(1, 53):
        fund_book(
            approved.store,
            BUREAU.bureau,
            Funding("绩效", number, date(2021, 3, 1), reference="财教1号"),
            "clerk",
            NOW,
        )
    auditor = approved.of(Role.AUDITOR)
    first = auditor.get("/payments/movements").text
    shown = [int(number) for number in re.findall(r"第 ([0-9]+) 号　", first)]
    older = re.search(r'href="(/payments/movements\?after=[0-9]+)"', first)
    assert older
    shown += [int(number) for number in re.findall(r"第 ([0-9]+) 号　", auditor.get(older[1]).text)]
    assert shown == [*range(52, 0, -1)]


def test_the_auditor_looks_and_has_no_form_but_to_have_the_book_proved(approved):  # noqa: F811
    fund(approved, fen_text(text_fen("5.00")))
    for path, more in (("/payments", []), ("/payments/movements", ["/payments/verifications"])):
        shown = approved.of(Role.AUDITOR).get(path)
        assert shown.status_code == 200
        assert re.findall(r'<form method="post" action="([^"]+)"', shown.text) == ["/sign-out", *more]


def test_a_form_of_another_page_moves_no_money(approved):  # noqa: F811
    sent = hidden(approved.of(Role.CLERK).get("/payments").text, "/payments/funding")
    asked = {"fund": "绩效", "amount": "1000", "day": "2021-03-01"}
    made_up = approved.of(Role.CLERK).post("/payments/funding", data=sent | asked | {"form_token": "made up"})
    assert made_up.status_code == 403
    assert kinds(approved) == []


def test_a_second_person_approves_what_was_shown(funded, owed):  # noqa: F811
    clerk, approver = funded.of(Role.CLERK), funded.of(Role.APPROVER)
    assert prepare(clerk).headers["location"] == "/payments/1"
    shown = approver.get("/payments/1").text
    assert "付款单 1：待复核" in shown
    assert f"应发 {grouped(sum(owed.values()))} 元" in shown
    units = [
        text_fen(fen.replace(",", "")) for fen in re.findall(r'data-label="付">([0-9,.]+)</td></tr>\s', shown)
    ]
    assert sum(units) == sum(owed.values()), "units add up to the payment"
    assert "批准付款</button>" not in clerk.get("/payments/1").text
    assert "待复核" in clerk.get("/payments").text
    assert approve(approver, 1).headers["location"] == "/payments/1"
    assert "付款单 1：已批准" in clerk.get("/payments/1").text
    assert kinds(funded) == ["funding", "payment"]
    assert "余 0.00" in clerk.get("/payments").text


def test_the_payment_of_one_payee_shows_what_it_pays_on_page_and_api(funded, owed):  # noqa: F811
    (due,) = owed.values()
    with funded.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, funded.payee).number
    assert prepare(funded.of(Role.CLERK), payee=number).headers["location"] == "/payments/1"
    approver = funded.of(Role.APPROVER)
    for act in (lambda: None, lambda: approve(approver, 1)):
        act()
        by_api = approver.get("/v1/payments/1").json()
        hers = text_fen(by_api["gross"])
        assert 0 < hers < due
        (fund_,) = by_api["funds"]
        assert [text_fen(fund_[name]) for name in ("claims", "settled", "offset")] == [due, hers, 0]
        shown = re.findall(
            r'data-label="(应付|本次付|付后仍欠)">(?:<span class="bad">)?([0-9.,]+)',
            approver.get("/payments/1").text,
        )
        assert shown == [("应付", grouped(due)), ("本次付", grouped(hers)), ("付后仍欠", grouped(due - hers))]


def test_a_double_click_prepares_and_approves_once(funded):
    clerk, approver = funded.of(Role.CLERK), funded.of(Role.APPROVER)
    sent = hidden(clerk.get("/payments").text, "/payments") | {"day": "2021-03-02"}
    clicks = [clerk.post("/payments", data=sent, files={"file": ("", b"")}) for _ in range(2)]
    assert [each.headers["location"] for each in clicks] == ["/payments/1"] * 2
    assert clerk.get("/payments/2").status_code == 404
    seen = hidden(approver.get("/payments/1").text, "/payments/1/approve")
    clicks = [approver.post("/payments/1/approve", data=seen) for _ in range(2)]
    assert [each.headers["location"] for each in clicks] == ["/payments/1"] * 2
    assert kinds(funded) == ["funding", "payment"]


def test_nobody_approves_what_they_prepared(funded):
    both = of_both(funded)
    prepare(both)
    answer = approve(both, 1)
    assert (answer.status_code, "本人不能批准" in answer.text) == (409, True)
    assert kinds(funded) == ["funding"]


def test_what_moved_since_it_was_seen_is_not_approved(funded):
    prepare(funded.of(Role.CLERK))
    approver = funded.of(Role.APPROVER)
    seen = hidden(approver.get("/payments/1").text, "/payments/1/approve")
    made_up = approver.post("/payments/1/approve", data=seen | {"seen": '"' + "0" * 32 + '"'})
    assert (made_up.status_code, "它已经变了" in made_up.text) == (409, True)
    fund(funded, "1")
    late = approver.post("/payments/1/approve", data=seen)
    assert (late.status_code, "请重新准备" in late.text) == (409, True)
    assert "付款单 1：不能再批" in approver.get("/payments/1").text
    assert "已失效" in approver.get("/payments").text
    assert kinds(funded) == ["funding"] * 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "不够付清"),
        ({"limit": "-1"}, "金额不能是负数"),
        ({"limit": "x"}, "看不懂金额"),
        ({"day": ""}, "看不懂日期"),
        ({"payee": "522726198207022315x"}, "522************315X"),
        ({"paid_to": "李四"}, "付给别人"),
        ({"rule_set": "f" * 64}, "没有，或不止一个规则集"),
    ],
)
def test_a_payment_that_cannot_be_says_why(approved, asked, told):  # noqa: F811
    fund(approved, "1000")
    answer = prepare(approved.of(Role.CLERK), **asked)
    assert answer.status_code == 409
    assert told in answer.text
    assert "还没有付款单" in answer.text


@pytest.mark.parametrize("field", ["fund", "reference", "key"])
def test_what_no_text_holds_is_malformed(approved, field):  # noqa: F811
    assert prepare(approved.of(Role.CLERK), **{field: "a\0" * 20}).status_code == 422
    assert fund(approved, **{"amount": "1", field: "a\0" * 20}).status_code == 422


def test_deductions_are_uploaded_and_their_mistakes_listed(funded):
    clerk = funded.of(Role.CLERK)
    with funded.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, funded.payee).number
    for tax, told in (("1.23", ""), ("99999999", "实发成了负数")):
        sent = hidden(clerk.get("/payments").text, "/payments") | {"day": "2021-03-02"}
        table = f"证件号码,姓名,个人所得税\n{number},某,{tax}\n".encode()
        answer = clerk.post("/payments", data=sent, files={"file": ("扣款.csv", table)})
        assert (answer.status_code, told in answer.text) == (409 if told else 303, True)
        assert number not in answer.text
    people = clerk.get("/payments/1/payees").text
    assert "1.23" in clerk.get(f"/payments/1/payees/{funded.payee}").text
    assert number not in people


def test_the_names_of_a_payment_are_paged_searched_and_put_down(paid):
    auditor = paid.of(Role.AUDITOR)
    names, path = [], "/payments/1/payees"
    while path:
        html = auditor.get(path).text
        names += re.findall(r'<a href="/payments/1/payees/([0-9a-f]+)">', html)
        following = re.search(r'<a href="([^"]+after=[^"]+)">', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(names) == len(set(names)) == list_movements(paid.store, BUREAU.bureau).movements[-1].payees
    with paid.store.reading() as session:
        who = session.payees.get(BUREAU.bureau, paid.payee)
        numbers = {each.number for each in session.payees.all(BUREAU.bureau, "个人")}
    found = send(auditor, "/payments/1/payees", "/payments/1/payees", words=who.number).text
    assert re.findall(r'<a href="/payments/1/payees/([0-9a-f]+)">', found) == [paid.payee]
    html = auditor.get(f"/payments/1/payees/{paid.payee}").text
    assert who.label in html
    assert not [number for number in numbers if number in html]
    with paid.store.reading() as session:
        reads = [(each.act, each.subject) for each in session.access.reads(BUREAU.bureau)]
    assert reads[-1] == ("payment list 1", paid.payee)
    assert ("payment list 1", "") in reads


def test_a_payments_people_and_units_have_names_without_reading_every_run(paid, monkeypatch):
    auditor = paid.of(Role.AUDITOR)
    adjustment = auditor.get(adjust(paid).headers["location"]).text
    units = {
        row["key"]: row["name"] for row in auditor.get("/v1/arrears?by=unit&day=2021-03-31").json()["rows"]
    }
    assert all(name not in ("", code) for code, name in units.items())
    assert any(f"{name}，" in adjustment for name in units.values())
    shown = auditor.get("/payments/1").text
    assert [name for name in units.values() if f">{name}</a>" not in shown] == []
    monkeypatch.setattr(Runs, "records", lambda *_: pytest.fail("every record of a run is read"))
    unit = min(units)
    assert f"{units[unit]}：" in auditor.get("/payments/1/payees", params={"unit": unit}).text
    one = auditor.get(f"/payments/1/payees/{paid.payee}").text
    assert any(name in one for name in units.values())
    assert "奖励性绩效工资" in one


def test_a_list_of_who_is_owed_goes_on_where_it_was_when_the_last_one_is_paid_meanwhile(funded, monkeypatch):
    monkeypatch.setattr("api.pages.arrears.SHOWN", 2)
    auditor, path = funded.of(Role.AUDITOR), "/arrears?by=payee&day=2021-03-31"

    def listed(html):
        return re.findall(r'<a href="/arrears/([0-9a-f]{32})">', html)

    (_, last), onward = listed(html := auditor.get(path).text), re.search(r'href="([^"]+after=[^"]+)"', html)
    assert onward
    expected = listed(auditor.get(unescape(onward[1])).text)
    with funded.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, last).number
    prepare(funded.of(Role.CLERK), payee=number)
    approve(funded.of(Role.APPROVER), 1)
    assert last not in listed(auditor.get(path).text)
    assert listed(auditor.get(unescape(onward[1])).text) == expected


def test_what_waits_for_approval_is_listed_however_much_came_after(funded, monkeypatch):
    monkeypatch.setattr("api.pages.payments.RECENT", 1)
    clerk = funded.of(Role.CLERK)
    for day in ("2021-03-02", "2021-03-03", "2021-03-04"):
        prepare(clerk, day=day)

    def listed():
        return re.findall(r'<a href="/payments/([0-9]+)">付款单', clerk.get("/payments").text)

    assert listed() == ["3", "2", "1"]
    approve(funded.of(Role.APPROVER), 1)
    assert listed() == ["3"], "what nobody can approve any more makes room"


def test_what_comes_back_by_hand_is_owed_again(paid):
    clerk, person = paid.of(Role.CLERK), f"/payments/1/payees/{paid.payee}"
    over = send(clerk, person, f"{person}/return", amount="99999999", reason="多付", day="2021-03-08")
    assert (over.status_code, "没有退回的是" in over.text) == (409, True)
    assert re.findall(r'name="(?:amount|reason)" value="([^"]*)"', over.text) == ["", "99999999", "多付"]
    assert 'id="return_day" name="day" type="date" value="2021-03-08"' in over.text, "nothing typed is lost"
    day = send(clerk, person, f"{person}/reject", reason="销户", day="昨天", reference="银 7")
    assert re.findall(r'name="(?:reference|reason)" value="([^"]*)"', day.text) == ["销户", "银 7", ""]
    part = send(clerk, person, f"{person}/return", amount="0.01", reason="多付", day="2021-03-08")
    assert part.headers["location"] == "/payments/1"
    sent = hidden(clerk.get(person).text, f"{person}/reject") | {"reason": "账号已销户", "day": "2021-03-09"}
    clicks = [clerk.post(f"{person}/reject", data=sent) for _ in range(2)]
    assert [each.status_code for each in clicks] == [303, 303]
    assert kinds(paid) == ["funding", "payment", "return", "reject"]
    assert "已批准，有银行退票" in clerk.get("/payments").text
    assert f"{person}/reject" not in clerk.get(person).text, "nothing is out any more"
    stranger = f"/payments/1/payees/{'0' * 32}"
    assert clerk.get(stranger).status_code == 404
    for act in ("reject", "return"):
        assert paid.of(Role.AUDITOR).post(f"{person}/{act}", data=sent).status_code == 404


def test_a_bank_file_without_accounts_names_everybody(paid):
    answer = bank_file(paid.of(Role.CLERK))
    assert answer.status_code == 409
    assert answer.text.count("：没有账号</li>") == 200
    assert "另有" in answer.text
    assert not re.search(r"[0-9]{15}", answer.text.partition("<h2>")[0].partition('role="alert"')[2])


def test_files_of_a_payment_are_those_of_the_api(with_accounts, accounts):  # noqa: F811
    clerk, auditor = with_accounts.of(Role.CLERK), with_accounts.of(Role.AUDITOR)
    by_api = clerk.post("/v1/payments/1/bank-files", json={"format": "pipe", "note": "秋季"})
    assert bank_file(clerk, note="秋季").content == by_api.content
    assert bank_file(clerk, format="no-such-one").status_code == 409
    wrong = bank_file(clerk, own="名称: 我行\r\n", note="秋季").text
    assert "格式说明有" in wrong
    assert re.search(r'name="note" value="秋季"', wrong), "nothing typed is lost"
    assert "名称: 我行\r\n</textarea>" in wrong
    assert 'action="/payments/1/bank-files"' not in auditor.get("/payments/1").text
    for run, path in (("", "/v1/payments/1"), (with_accounts.run, f"/v1/runs/{with_accounts.run}")):
        asked = {"own": accounts, "format": "accounts", "run": run, "day": "2021-01-20", "form": "csv"}
        made = send(auditor, "/payments/1", "/payments/1/vouchers", **asked)
        written = auditor.post(
            f"{path}/vouchers", json={"accounts": accounts, "day": "2021-01-20", "form": "csv"}
        )
        assert made.content == written.content, run
    lacking = send(auditor, "/payments/1", "/payments/1/vouchers", format="accounts", run="2020-09-r9")
    assert (lacking.status_code, "没有已审批的批次" in lacking.text) == (409, True)
    odd = {"own": "名称: 我的", "day": "2021-01-20", "summary": "补发", "form": "csv"}
    wrong = send(auditor, "/payments/1", "/payments/1/vouchers", format="accounts", **odd).text
    kept = "名称: 我的</textarea>", 'value="2021-01-20"', 'value="补发"', '<option value="csv" selected>'
    assert [value for value in kept if value not in wrong] == []
    assert f'href="/v1/runs/{with_accounts.run}/tables"' in auditor.get("/payments/1").text


def test_mistakes_of_the_banks_answer_stand_beside_it(with_accounts):
    clerk = with_accounts.of(Role.CLERK)
    content = answer_of_bank(clerk, line1="Q|", line3="E|账号已销户")
    answer = hand_in(clerk, content)
    assert answer.status_code == 409
    assert "第 2 行：结果代码“Q”没有写在格式说明里" in answer.text
    kept = 'value="银 1"', 'value="2021-03-05"', '<option value="result-pipe" selected>'
    assert [value for value in kept if value not in answer.text] == [], "nothing typed is lost"
    assert "没有选文件" in hand_in(clerk, b"").text
    assert "看不懂日期" in hand_in(clerk, content, day="昨天").text
    assert kinds(with_accounts) == ["funding", "payment"], "one mistake, and nothing is recorded"
    with with_accounts.store.reading() as session:
        reads = [each.act for each in session.access.reads(BUREAU.bureau)]
    assert reads[-3:] == ["bank result 1"] * 3, "but who read it is put down"


def test_an_answer_without_rejects_is_put_down_once(with_accounts):
    clerk = with_accounts.of(Role.CLERK)
    content = answer_of_bank(clerk)
    taken = hand_in(clerk, content).text
    assert "退票 0 人，0.00 元" in taken
    assert "记为账上第 3 号" in taken
    again = hand_in(clerk, content)
    assert (again.status_code, "已经登记过，是第 3 号" in again.text) == (409, True)
    assert kinds(with_accounts) == ["funding", "payment", "confirmation"]


def test_a_final_answer_after_an_interim_one_says_whom_it_named_before(with_accounts):
    clerk = with_accounts.of(Role.CLERK)
    interim, final = (answer_of_bank(clerk, line0="E|已销户", line1=code) for code in ("P|", "E|户名不符"))
    assert "以前的回盘" not in hand_in(clerk, interim).text
    taken = hand_in(clerk, final)
    assert (taken.status_code, "退票 2 人（其中 1 人以前的回盘已经退票，没有重记）" in taken.text) == (
        200,
        True,
    )
    assert kinds(with_accounts) == ["funding", "payment", "reject", "reject"]
    file = {"file": ("回盘.txt", final.replace("户名不符".encode(), "户名错".encode()), "text/plain")}
    key = {"Idempotency-Key": "a-third-answer"}
    form = {"format": "result-pipe", "day": "2021-03-06"}
    again = clerk.post("/v1/payments/1/bank-answer", files=file, data=form, headers=key).json()
    assert (len(again["rejections"]), again["known"], again["returned"]) == (2, 2, "0.00")
    assert "没有新的退票，账上第 5 号" in clerk.get("/payments/1").text


def test_whom_the_bank_paid_after_rejecting_them_is_named_with_the_way_to_hold_them(with_accounts):
    clerk = with_accounts.of(Role.CLERK)
    interim, final = (answer_of_bank(clerk, line0=code) for code in ("E|已销户", "S|"))
    assert "银行说付成" not in hand_in(clerk, interim).text
    taken = hand_in(clerk, final).text
    (payee,) = re.findall(r'银行说付成.*?<a href="/arrears/([0-9a-f]{32})">', taken, re.DOTALL)
    assert "停付" in clerk.get(f"/arrears/{payee}").text


def test_a_payments_whole_life_on_pages(with_accounts, owed):  # noqa: F811
    """Answered by the bank with a reject, owed again, paid again, and nothing is owed any more."""
    clerk, approver = with_accounts.of(Role.CLERK), with_accounts.of(Role.APPROVER)
    content = answer_of_bank(clerk, line0="E|账号已销户")
    sent = hidden(clerk.get("/payments/1").text, "/payments/1/bank-answer")
    form = sent | {"format": "result-pipe", "day": "2021-03-05", "reference": "银 1"}
    for _ in range(2):
        taken = clerk.post("/payments/1/bank-answer", data=form, files={"file": ("回盘.txt", content)})
        assert taken.status_code == 200
        assert "退票 1 人" in taken.text
        assert "：账号已销户</li>" in taken.text
    assert kinds(with_accounts) == ["funding", "payment", "reject"]
    back = re.search(r"退票 1 人，([0-9.]+) 元", taken.text)
    assert back
    survey = clerk.get("/payments").text
    assert "已批准，有银行退票" in survey
    assert f'data-label="欠付">{grouped(text_fen(back[1]))}' in survey
    assert prepare(clerk, day="2021-03-08").headers["location"] == "/payments/2"
    assert "1 人，应发 " + grouped(text_fen(back[1])) in approver.get("/payments/2").text
    assert approve(approver, 2).status_code == 303
    assert "余 0.00" in clerk.get("/payments").text
    assert post(clerk, "/v1/payments/2/results", day="2021-03-09", rejected=[]).status_code == 201
    assert kinds(with_accounts) == ["funding", "payment", "reject", "payment", "confirmation"]
    assert "已批准，银行没有退票" in clerk.get("/payments").text
    assert "没有退票，账上第 5 号" in clerk.get("/payments/2").text


@pytest.mark.parametrize("way", ["item", "unit", "fund", "age", "payee"])
def test_arrears_say_the_same_as_the_api(paid, way):
    post(paid.of(Role.CLERK), "/v1/payments/1/returns", payee=paid.payee, day="2021-03-03", reason="退")
    auditor = paid.of(Role.AUDITOR)
    by_api = auditor.get("/v1/arrears", params={"by": way, "day": "2021-03-31"}).json()
    shown = auditor.get("/arrears", params={"by": way, "day": "2021-03-31"}).text
    due = [text_fen(row["owed"]) for row in by_api["rows"] if row["owed"] != "0.00" or way != "payee"]
    told = [
        text_fen(fen.replace(",", ""))
        for fen in re.findall(r'data-label="欠付">(?:<span class="bad">)?([0-9.,]+)', shown)
    ]
    assert told == [*due, text_fen(by_api["total"]["owed"])]
    with paid.store.reading() as session:
        reads = [each.act for each in session.access.reads(BUREAU.bureau)]
        number = session.payees.get(BUREAU.bureau, paid.payee).number
    assert ("arrears" in reads) == (way == "payee")
    assert number not in shown
    assert "看不懂日期" in auditor.get("/arrears", params={"by": way, "day": "昨天"}).text
    assert auditor.get("/arrears", params={"by": way, "day": ""}).status_code == 200


def test_payees_who_are_owed_are_paged(approved):  # noqa: F811
    auditor, path, found = approved.of(Role.AUDITOR), "/arrears?by=payee&day=2021-03-31", []
    while path:
        html = auditor.get(path).text
        found += re.findall(r'<a href="/arrears/([0-9a-f]{32})">', html)
        following = re.search(r'<a href="(/arrears[^"]+after=[^"]+)">', html)
        path = unescape(following[1]) if following else ""
    rows = auditor.get("/v1/arrears?by=payee&day=2021-03-31").json()["rows"]
    assert found == [row["key"] for row in rows if row["owed"] != "0.00"]


def test_one_payees_claims_say_why(paid):
    clerk = paid.of(Role.CLERK)
    refused = [{"payee": paid.payee, "reason": "账号已注销"}]
    post(clerk, "/v1/payments/1/results", day="2021-03-05", rejected=refused)
    shown = paid.of(Role.AUDITOR).get(f"/arrears/{paid.payee}").text
    for claim in clerk.get(f"/v1/arrears/payees/{paid.payee}").json()["claims"]:
        assert f"欠 {grouped(text_fen(claim['owed']))}" in shown
        assert all(reason in shown for reason in claim["reasons"])
    assert "准备一笔调整" not in shown
    assert clerk.get(f"/arrears/{'0' * 32}").status_code == 404
    with paid.store.reading() as session:
        reads = [(each.act, each.subject, each.actor) for each in session.access.reads(BUREAU.bureau)]
    assert ("arrears", paid.payee, "auditor") in reads


def test_an_adjustment_needs_a_second_person(approved, owed):  # noqa: F811
    clerk, approver, auditor = (approved.of(role) for role in (Role.CLERK, Role.APPROVER, Role.AUDITOR))
    assert adjust(approved).headers["location"] == "/adjustments/1"
    assert "调整单 1" in approver.get("/payments").text
    assert "<strong>+5.00</strong>" in auditor.get("/adjustments/1").text
    assert "批准调整</button>" not in clerk.get("/adjustments/1").text + auditor.get("/adjustments/1").text
    sent = hidden(approver.get("/adjustments/1").text, "/adjustments/1/approve")
    clicks = [approver.post("/adjustments/1/approve", data=sent) for _ in range(2)]
    assert [each.headers.get("location") for each in clicks] == ["/adjustments/1"] * 2
    assert kinds(approved) == ["adjustment"]
    assert "调整单 1：已批准" in clerk.get("/adjustments/1").text
    assert grouped(sum(owed.values()) + 500) in clerk.get("/arrears", params={"day": "2021-03-31"}).text
    assert 'href="/adjustments/1"' in clerk.get("/payments/movements").text


def test_what_somebody_was_paid_too_much_does_not_hide_what_is_owed(paid):
    adjust(paid, amount="-5")
    clerk, approver = paid.of(Role.CLERK), paid.of(Role.APPROVER)
    assert send(approver, "/adjustments/2", "/adjustments/2/approve").status_code == 303
    survey = clerk.get("/payments").text
    assert "余 0.00" in survey
    arrears = clerk.get("/arrears", params={"day": "2021-03-31"}).text
    assert re.search(r'全部合计.*?data-label="应追回">5\.00', arrears, re.DOTALL)


def test_an_adjustment_that_cannot_be_says_why(approved):  # noqa: F811
    written = {"claim": "", "item": "旧账", "unit": "X001", "fund": "绩效", "earned": "2019"}
    assert adjust(approved, **written).status_code == 303
    for wrong, told in (
        ({"amount": "0"}, "不为 0"),
        ({"reason": " "}, "理由"),
        (written | {"earned": "去年"}, "不认识所属期间"),
        (written | {"unit": " "}, "没有写全是哪一项"),
        ({"claim": '["奖励"]'}, "没有写全是哪一项"),
        ({"claim": "made up"}, "没有写全是哪一项"),
        ({"claim": '["a\\u0000", "b", "c", "d"]'}, "没有写全是哪一项"),
    ):
        answer = adjust(approved, **wrong)
        assert (answer.status_code, told in answer.text) == (409, True), wrong
    fund(approved, "1")
    approver = approved.of(Role.APPROVER)
    assert "调整单 1：已失效" in approver.get("/adjustments/1").text
    sent = hidden(approver.get("/payments").text, "/sign-out") | {"key": "k" * 43}
    late = approver.post("/adjustments/1/approve", data=sent)
    assert (late.status_code, "请重新准备" in late.text) == (409, True)
    assert "待复核的调整" not in approver.get("/payments").text
    assert kinds(approved) == ["funding"]
