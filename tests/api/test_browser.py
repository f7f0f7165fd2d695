"""The pages in a real browser: without script, on a telephone, and by axe's rules. Skipped where there is no Chromium."""

import os
import shutil
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright

from payroll_service.access.passwords import hashed
from payroll_service.access.roles import Role
from payroll_service.book.money import fen_text
from payroll_service.book.working_days import china_day
from payroll_service.clock import now
from payroll_service.store import migrate
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.jobs.work_job import working
from payroll_service.workflow.ledger import PAYEE_KINDS
from payroll_service.workflow.set_bank_account import WantedAccount, approve_accounts, propose_accounts
from payroll_service.workflow.survey_payments import survey_payments
from tests import acts
from tests.api.conftest import furnish
from tests.api.test_imports import workbook
from tests.api.test_serve import free_port
from tests.sample_county import county_tables, write_csv_folder
from tests.workflow.conftest import BUREAU

CHROMIUM = os.environ.get("PAYROLL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PASSWORD = "correct horse battery"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TELEPHONE, DESK = {"width": 360, "height": 740}, {"width": 1200, "height": 900}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: the pages were not tried in a browser"
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A served bureau; everybody has the same password."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'payroll.db'}"
    migrate(url)
    town = furnish(url, write_csv_folder(folder / "独山"))
    town.app.state.clock = now
    with town.store.writing() as session:
        for account in town.people.values():
            session.access.set_password(BUREAU.bureau, account.account_id, hashed(PASSWORD))
    wanted = [WantedAccount("6228480000000000018", "农信社", payee_id=town.payee)]
    propose_accounts(town.store, BUREAU.bureau, wanted, "新开户", "clerk", now())
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(town.app, port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    town.address = f"http://localhost:{port}"
    with working(town.store, now):
        yield town
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def signed_in(browser, site, role, viewport=DESK, script=True):
    page = browser.new_context(viewport=viewport, java_script_enabled=script).new_page()
    page.goto(f"{site.address}/sign-in")
    page.fill("#login", role.value)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{site.address}/")
    return page


def test_a_payouts_life_without_any_script(site, browser):
    """Approved, published with days by hand, read and objected to, answered."""
    page = signed_in(browser, site, Role.APPROVER, script=False)
    page.click("text=批次 >> nth=0")
    page.click(f"text={site.run}")
    page.click("button:has-text('审批')")
    page.wait_for_selector("h1:has-text('已审批')")
    teacher = signed_in(browser, site, Role.TEACHER, TELEPHONE, script=False)
    teacher.click("nav >> text=我的工资")
    teacher.click(f"text={site.run}")
    teacher.wait_for_selector("text=每一项怎么算出来的")
    assert "奖励性绩效工资" in teacher.inner_text("main")
    clerk = signed_in(browser, site, Role.CLERK, TELEPHONE, script=False)
    clerk.goto(f"{site.address}/runs/{site.run}")
    clerk.click("summary")
    for place, days in (("until", 7), ("answer_by", 14)):
        clerk.fill(f"#{place}", str(china_day(now()) + timedelta(days)))
    clerk.fill("#by_hand", "放假安排还没有公布")
    clerk.click("button:has-text('公示')")
    clerk.wait_for_selector("h1:has-text('公示中')")
    teacher.reload()
    for words in ("考核应为 95 分", "少算了一个月"):
        teacher.select_option("#cause", "months" if "月" in words else "score")
        teacher.fill("#words", words)
        teacher.click("button:has-text('申诉')")
        teacher.wait_for_selector(f"p:has-text('{words}')")
        if words.startswith("考核"):
            clerk.goto(f"{site.address}/objections")
            clerk.fill("textarea", "登记表上是 90 分，附后")
            clerk.select_option("select", "rejected")
            clerk.click("button:has-text('答复')")
            clerk.wait_for_selector("text=不成立")
    teacher.reload()
    assert "登记表上是 90 分" in teacher.inner_text("main")
    teacher.click("button:has-text('退出')")
    teacher.wait_for_url(f"{site.address}/sign-in")


def looks_right(page, name):
    """No wider than the window, by axe's rules; a picture of it where somebody wants to look."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        f"{page.url} is too wide"
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    if pictures := os.environ.get("PAYROLL_PICTURES"):
        page.screenshot(path=Path(pictures) / f"{name}.png", full_page=True)


def upload(page, content):
    """Choose the file and the rule set, send, and wait for what examining finds."""
    page.click("nav >> text=导入")
    page.set_input_files(
        "#file",
        files=[{"name": "独山县2020.xlsx", "mimeType": "application/octet-stream", "buffer": content}],
    )
    page.click("button:has-text('上传检查')")
    page.wait_for_selector("main table, [role=alert]", timeout=60_000)
    return page.url


def test_a_clerk_mends_a_messy_workbook_and_calculates_without_any_script(site, browser, tmp_path):
    page = signed_in(browser, site, Role.CLERK, TELEPHONE, script=False)
    messy = upload(page, workbook(人员_证件号码="522726198207022315", 任职_绩效标准="三千"))
    assert "522***********2315" in page.inner_text("main")
    with page.expect_download() as download:
        page.click("text=下载标好问题的工作簿")
    download.value.save_as(tmp_path / "检查.xlsx")
    book = load_workbook(tmp_path / "检查.xlsx")
    for table, column in (("人员", "证件号码"), ("任职", "绩效标准")):
        headings = [cell.value for cell in book[table][1]]
        right = next(one for one in county_tables() if one.table == table).columns[column][0]
        book[table].cell(2, headings.index(column) + 1).value = right
    book["学校"].cell(2, 2).value = "百泉镇新小学"
    book.save(tmp_path / "改好.xlsx")
    sound = upload(page, (tmp_path / "改好.xlsx").read_bytes())
    assert "百泉镇新小学" in page.inner_text("main")
    desk = signed_in(browser, site, Role.CLERK)
    desk.goto(sound)
    looks_right(desk, "clerk-import-examined-1200")
    page.click("button:has-text('确认入库')")
    page.wait_for_selector("h1:has-text('已入库')")
    page.click("nav >> text=批次")
    page.fill("#period", "2020-09")
    page.click("button:has-text('核算')")
    page.wait_for_selector("h1:has-text('2020-09-r1：已核算')", timeout=60_000)
    telephone = signed_in(browser, site, Role.CLERK, TELEPHONE)
    for place, name in ((messy, "unsound"), (sound, "accepted"), (f"{site.address}/imports", "imports")):
        for one, width in ((desk, 1200), (telephone, 360)):
            one.goto(place)
            looks_right(one, f"clerk-import-{name}-{width}")


PAGES = {
    Role.SCHOOL_CLERK: ["/", "/imports", "/school", "/school/{run}"],
    Role.TEACHER: ["/", "/my", "/my/{run}", "/password"],
    Role.CLERK: ["/runs", "/rule-sets", "/objections", "/payees", "/payees/{payee}", "/payments"],
    Role.APPROVER: ["/runs", "/runs/{run}", "/rule-sets/{rule_set}", "/account-changes/1"],
    Role.AUDITOR: [
        "/runs/{run}",
        "/runs/{run}/payees/{payee}",
        "/runs/{run}/findings",
        "/access",
        "/payments",
        "/payments/movements",
    ],
    Role.ADMIN: ["/accounts", "/clients", "/docs", "/docs/ledger", "/docs/imports"],
}


@pytest.mark.parametrize("viewport", [TELEPHONE, DESK], ids=["telephone", "desk"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_fits_and_keeps_axes_rules(site, browser, role, viewport):
    page = signed_in(browser, site, role, viewport)
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    for path in PAGES[role]:
        page.goto(site.address + path.format(run=site.run, rule_set=site.rule_set, payee=site.payee))
        short = {"run": "run", "rule_set": "rules", "payee": "payee"}
        name = path.strip("/").partition("?")[0].replace("/", "-").format(**short)
        looks_right(page, f"{role.value}-{name or 'home'}-{viewport['width']}")
    assert said == [], "the browser had nothing to complain of"


def test_an_auditor_has_a_run_replayed_and_the_book_proved_without_any_script(site, browser):
    auditor = signed_in(browser, site, Role.AUDITOR, TELEPHONE, script=False)
    for place, act, name in (
        (f"/runs/{site.run}", "复算", "replay"),
        ("/payments/movements", "查账", "book"),
    ):
        auditor.goto(site.address + place)
        auditor.click(f"main button:has-text('{act}')")
        auditor.wait_for_selector("h1:has-text('：一致')", timeout=60_000)
        done = auditor.url
        auditor.click("main a:has-text('回到')")
        auditor.wait_for_selector("td:has-text('一致')")
        for width, size in ((360, TELEPHONE), (1200, DESK)):
            with_script = signed_in(browser, site, Role.AUDITOR, size)  # for axe
            for path, what in ((done, name), (auditor.url, f"{name}-listed")):
                with_script.goto(path)
                looks_right(with_script, f"auditor-{what}-{width}")


@pytest.mark.parametrize("viewport", [TELEPHONE, DESK], ids=["telephone", "desk"])
def test_an_approver_sees_what_differs_from_the_last_semester(site, browser, viewport):
    two_semesters(site)
    page = signed_in(browser, site, Role.APPROVER, viewport, script=False)
    page.goto(f"{site.address}/runs/2020-2021-2-r1")
    page.click("text=和上一批比")
    page.wait_for_selector("svg.drawn")
    assert "值得再看一眼" in page.inner_text("main")
    page.fill("#school", "0")
    page.click("button:has-text('再比')")
    page.wait_for_selector("text=人均升降超过 0 % 的单位")
    with_script = signed_in(browser, site, Role.APPROVER, viewport)  # for axe
    with_script.goto(page.url)
    with_script.click("summary")
    looks_right(with_script, f"approver-preview-{viewport['width']}")


def two_semesters(site):
    """Both of the year are approved."""
    with site.store.reading() as session:
        runs = {run.run_id for run in session.runs.all(BUREAU.bureau)}
        first = session.runs.is_approved(BUREAU.bureau, site.run)
    if not first:
        acts.approve(site.store, BUREAU.bureau, site.run, "局长", now())
    if "2020-2021-2-r1" not in runs:
        done = calculate_run(site.store, BUREAU.bureau, site.snapshot, "2020-2021-2", "clerk", now())
        acts.approve(site.store, BUREAU.bureau, done.run.run_id, "局长", now())


@pytest.mark.parametrize("viewport", [TELEPHONE, DESK], ids=["telephone", "desk"])
def test_a_teacher_sees_why_this_semester_differs(site, browser, viewport):
    two_semesters(site)
    page = signed_in(browser, site, Role.TEACHER, viewport)
    page.click("nav >> text=我的工资")
    looks_right(page, f"teacher-my-two-{viewport['width']}")
    page.click("text=2020-2021-2-r1")
    page.wait_for_selector("svg.waterfall")
    looks_right(page, f"teacher-my-second-{viewport['width']}")
    page.click("text=和上一次比")
    page.wait_for_selector("h1:has-text('2020-2021-2 和 2020-2021-1 比')")
    looks_right(page, f"teacher-my-change-{viewport['width']}")


def test_a_payments_life_without_any_script(site, browser):
    """Funded, prepared, approved by another, sent to the bank, one rejected, owed and why, paid again."""
    two_semesters(site)
    with site.store.reading() as session:
        people = [one for kind in PAYEE_KINDS for one in session.payees.all(BUREAU.bureau, kind)]
    wanted = [
        WantedAccount(f"9000{place:08}", "农信社", payee_id=each.payee_id)
        for place, each in enumerate(people)
    ]
    opened = propose_accounts(site.store, BUREAU.bureau, wanted, "新开户", "clerk", now())
    approve_accounts(site.store, BUREAU.bureau, opened.change.number, "approver", now())
    (fund,) = survey_payments(site.store, BUREAU.bureau).funds
    clerk = signed_in(browser, site, Role.CLERK, TELEPHONE, script=False)
    approver = signed_in(browser, site, Role.APPROVER, script=False)
    clerk.click("nav >> text=付款")
    clerk.click("summary:has-text('登记拨款')")
    for field, value in (("fund", fund.fund), ("amount", fen_text(fund.owed_fen)), ("reference", "财教1号")):
        clerk.fill(f"#{field}", value)
    clerk.click("button:has-text('登记拨款')")
    clerk.wait_for_selector("text=余 0.00")
    pay(clerk, approver, site, 1)
    clerk.reload()
    clerk.click("summary:has-text('代发文件')")
    clerk.select_option("#bank_format", "pipe")
    with clerk.expect_download() as download:
        clerk.click("button:has-text('下载代发文件')")
    with zipfile.ZipFile(download.value.path()) as archive:
        (name,) = archive.namelist()
        sent = [line.split("|")[:4] for line in archive.read(name).decode().split("\r\n")[:-1]]
    told = [f"{'|'.join(line)}|{'S|' if place else 'E|账号已销户'}|\r\n" for place, line in enumerate(sent)]
    clerk.set_input_files(
        "#file", files=[{"name": "回盘.txt", "mimeType": "text/plain", "buffer": "".join(told).encode()}]
    )
    clerk.select_option("#result_format", "result-pipe")
    clerk.click("button:has-text('交回盘文件')")
    clerk.wait_for_selector(f"text=付成 {len(sent) - 1} 人，退票 1 人")
    clerk.goto(f"{site.address}/payments/1/payees")
    clerk.click("main table a >> nth=0")
    clerk.click("text=这个人还欠什么、为什么")
    assert "银行退票：账号已销户" in clerk.inner_text("main")
    owing = clerk.url.removeprefix(site.address)
    clerk.click("summary:has-text('准备一笔调整')")
    clerk.fill("#amount", "-0.01")
    clerk.fill("#reason", "舍入")
    clerk.click("button:has-text('准备调整')")
    approver.goto(clerk.url)
    approver.click("button:has-text('批准调整')")
    approver.wait_for_selector("h1:has-text('已批准')")
    pay(clerk, approver, site, 3)
    clerk.goto(site.address + owing)
    clerk.click("summary:has-text('停付')")
    clerk.fill("#hold_reason", "账号待核")
    clerk.click("button:has-text('停付')")
    clerk.wait_for_selector("p:has-text('停付：账号待核')")
    person = f"/payments/1/payees/{owing.rpartition('/')[2]}"
    ways = [f"/arrears?by={way}" for way in ("unit", "payee")]
    for width, size in ((360, TELEPHONE), (1200, DESK)):
        desk = signed_in(browser, site, Role.CLERK, size)
        for path in (
            "/payments",
            "/payments/1",
            "/payments/1/payees",
            person,
            owing,
            "/adjustments/2",
            *ways,
        ):
            desk.goto(site.address + path)
            for closed in desk.locator("main summary").all():
                closed.click()
            looks_right(desk, f"money-{path.strip('/').replace('/', '-')[:22]}-{width}")


def pay(clerk, approver, site, number):
    """Prepare a payment of all there is, and have it approved."""
    clerk.goto(f"{site.address}/payments")
    clerk.click("summary:has-text('准备付款单')")
    clerk.click("button:has-text('准备付款单')")
    clerk.wait_for_selector(f"h1:has-text('付款单 {number}：待复核')")
    approver.goto(clerk.url)
    approver.click("button:has-text('批准付款')")
    approver.wait_for_selector(f"h1:has-text('付款单 {number}：已批准')")


@pytest.mark.parametrize("viewport", [TELEPHONE, DESK], ids=["telephone", "desk"])
def test_the_way_in_keeps_axes_rules(site, browser, viewport):
    page = browser.new_context(viewport=viewport).new_page()
    page.goto(f"{site.address}/sign-in")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
