"""Files through the API: the same bytes as the commands write, from approved runs and payments alone, and who took them."""

import asyncio
import csv
import io
import zipfile
from fractions import Fraction

import pytest

from payroll_service.access.roles import Role, Scope
from payroll_service.book.money import fen_text, text_fen
from payroll_service.export import payroll_tables
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.export.payroll_tables import COLUMNS, tables_csv, tables_xlsx
from payroll_service.export.vouchers import COLUMNS as VOUCHER_COLUMNS
from payroll_service.workflow import stream_run
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.make_files import read_tables
from payroll_service.workflow.set_bank_account import WantedAccount, approve_accounts, propose_accounts
from tests import acts
from tests.api.conftest import PERIOD
from tests.api.test_ledger import approved, owed, prepared  # noqa: F401
from tests.workflow.conftest import BUREAU, NOW

KEY = {"Idempotency-Key": "the-banks-answer-1"}


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]


def acts_read(town) -> list[str]:
    with town.store.reading() as session:
        return [one.act for one in session.access.reads(BUREAU.bureau)]


@pytest.fixture
def payment(approved, prepared):  # noqa: F811
    """An approved payment, its number; everybody has an account."""
    with approved.store.reading() as session:
        people = [one for kind in ("个人", "学校", "学生") for one in session.payees.all(BUREAU.bureau, kind)]
    wanted = [
        WantedAccount(f"9000{place:08}", "农信社", payee_id=each.payee_id)
        for place, each in enumerate(people)
    ]
    propose_accounts(approved.store, BUREAU.bureau, wanted, "新开户", "clerk", NOW)
    approve_accounts(approved.store, BUREAU.bureau, 1, "approver", NOW)
    number = prepared["number"]
    answer = approved.of(Role.APPROVER).post(f"/v1/payments/{number}/approval", headers=KEY)
    assert answer.status_code == 201, answer.text
    return number


@pytest.fixture
def accounts(approved):  # noqa: F811
    """A mapping that has every item of the run."""
    totals = approved.of(Role.CLERK).get(f"/v1/runs/{approved.run}/totals").json()["totals"]
    items = "、".join(dict.fromkeys(one["item"] for one in totals))
    return (
        "名称: 对照\n计提: {借: 业务活动费用, 贷: 应付职工薪酬}\n支付: {借: 应付职工薪酬, 贷: 财政拨款收入}\n"
        f"项目:\n- {{编号: {items}, 明细: 绩效工资, 经济分类: 30107}}\n"
    )


def test_the_files_of_a_run_are_those_that_the_commands_write(approved):  # noqa: F811
    name, found = read_tables(approved.store, BUREAU.bureau, approved.run, "clerk", NOW)
    system, path = approved.system(Scope.READ_PAYOUTS), f"/v1/runs/{approved.run}"
    assert system.get(f"{path}/payouts.csv").content == payouts_csv(found)
    assert system.get(f"{path}/tables").content == tables_xlsx(name, found)
    packed = system.get(f"{path}/tables", params={"format": "csv"})
    assert unpacked(packed.content) == tables_csv(name, found)
    assert set(unpacked(packed.content)) == {f"{section}.csv" for section in COLUMNS}
    accepted = system.get(f"{path}/tables", headers={"Accept": "application/zip"})
    assert accepted.content == packed.content
    assert accepted.headers["content-type"] == "application/zip"
    assert acts_read(approved)[1:] == [f"payouts {approved.run}", *[f"payroll tables {approved.run}"] * 3]


def fetch(town, path: str, parts: int) -> list[bytes]:
    """The parts of an answer's body as the server sends them; whoever asks goes away after so many."""
    token = town.system(Scope.READ_PAYOUTS).headers["authorization"]
    got: list[bytes] = []

    async def talk() -> None:
        gone = asyncio.Event()
        asked = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            if asked:
                return asked.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message) -> None:
            if message.get("body"):
                got.append(message["body"])
            if len(got) == parts:
                gone.set()
                await asyncio.sleep(0.01)

        headers = [(b"host", b"payroll.test"), (b"authorization", token.encode())]
        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1"}
        place = {
            "scheme": "https",
            "server": ("payroll.test", 443),
            "client": ("10.0.0.1", 1),
            "root_path": "",
        }
        asks = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"format=csv"}
        await town.app(scope | place | asks | {"headers": headers}, receive, send)

    asyncio.run(talk())
    return got


@pytest.mark.parametrize("file", ["payouts.csv", "tables"])
def test_long_files_arrive_in_parts_and_whoever_goes_away_leaves_nothing_open(
    approved,  # noqa: F811
    monkeypatch,
    file,
):
    monkeypatch.setattr(stream_run, "AT_ONCE", 20)
    monkeypatch.setattr(payroll_tables, "ROWS_AT_ONCE", 20)
    path = f"/v1/runs/{approved.run}/{file}"
    parts = fetch(approved, path, parts=-1)
    assert len(parts) > (10 if file == "payouts.csv" else 3)
    if file == "payouts.csv":
        _, found = read_tables(approved.store, BUREAU.bureau, approved.run, "clerk", NOW)
        assert b"".join(parts) == payouts_csv(found)
    assert 2 <= len(fetch(approved, path, parts=2)) < len(parts)
    database = approved.store.database
    assert [engine.pool.checkedout() for engine in (database.reader, database.writer)] == [0, 0]


def test_nothing_goes_out_of_a_run_that_is_not_approved(town):
    for file in ("payouts.csv", "tables"):
        answer = town.of(Role.CLERK).get(f"/v1/runs/{town.run}/{file}")
        assert answer.json()["type"] == "/problems/unknown-run"
    assert acts_read(town) == []


def test_the_notice_lists_names_by_unit_and_is_put_down(town):
    clerk = town.of(Role.CLERK)
    everybody = clerk.get(f"/v1/runs/{town.run}/notice").content
    assert unpacked(everybody)
    unit = clerk.get(f"/v1/runs/{town.run}/totals").json()["totals"][0]["unit"]
    one = clerk.get(f"/v1/runs/{town.run}/notice", params={"unit": unit})
    assert one.status_code == 200
    assert len(one.content) < len(everybody)
    nowhere = clerk.get(f"/v1/runs/{town.run}/notice", params={"unit": "Z99"})
    assert nowhere.json()["type"] == "/problems/nothing-to-publish"
    assert acts_read(town) == [f"notice {town.run}"] * 2


def test_vouchers_balance_and_say_what_was_granted_and_paid(approved, payment, owed, accounts):  # noqa: F811
    system = approved.system(Scope.READ_LEDGER)
    for path in (f"/v1/runs/{approved.run}", f"/v1/payments/{payment}"):
        asked = {"accounts": accounts, "day": "2021-01-20", "form": "csv"}
        written = rows(system.post(f"{path}/vouchers", json=asked).content)
        assert tuple(written[0]) == VOUCHER_COLUMNS
        sums = {side: sum(text_fen(row[side]) for row in written) for side in ("借方金额", "贷方金额")}
        assert set(sums.values()) == {sum(owed.values())}
        assert {row["日期"] for row in written} == {"2021-01-20"}
    workbook = system.post(f"/v1/payments/{payment}/vouchers", json={"accounts": accounts})
    assert workbook.content.startswith(b"PK")
    broken = system.post(
        f"/v1/payments/{payment}/vouchers", json={"accounts": accounts.replace("贷", "货", 1)}
    )
    assert broken.json()["type"] == "/problems/unsound-description"
    unknown = system.post(f"/v1/payments/{payment}/vouchers", json={"accounts": "accounts-of-mine"})
    assert "附带的有：accounts" in unknown.json()["detail"] + unknown.json()["remedy"]


def test_a_payment_goes_to_the_bank_and_its_answer_becomes_a_movement(approved, payment):  # noqa: F811
    system, path = approved.system(Scope.WRITE_PAYMENTS), f"/v1/payments/{payment}"
    (sent,) = unpacked(system.post(f"{path}/bank-files", json={"format": "pipe"}).content).values()
    lines = sent.decode().split("\r\n")[:-1]
    first = lines[0].split("|")
    answers = [f"{'|'.join(line.split('|')[:4])}|S||" for line in lines[1:-1]]
    answers.insert(0, f"{'|'.join(first[:4])}|E|账号已销户|")
    file = {"file": ("回盘.txt", "".join(f"{line}\r\n" for line in answers).encode(), "text/plain")}
    form = {"format": "result-pipe", "day": "2021-03-05", "reference": "银 1"}
    taken = system.post(f"{path}/bank-answer", files=file, data=form, headers=KEY)
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert (told["accepted"], told["pending"], len(told["silent"])) == (len(lines) - 2, 0, 1)
    assert [one["reason"] for one in told["rejections"]] == ["账号已销户"]
    assert told["returned"] == fen_text(text_fen(first[3]))
    again = system.post(f"{path}/bank-answer", files=file, data=form, headers=KEY)
    assert again.content == taken.content, "the same key, the same answer"
    last = approved.of(Role.CLERK).get("/v1/movements").json()["movements"][-1]
    assert (last["number"], last["kind"], last["reference"]) == (told["movement"], "reject", "银 1")
    assert acts_read(approved)[-3:] == [f"bank files {payment}", *[f"bank result {payment}"] * 2]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"format": "result-pipe"}, "unsound-file"),
        ({"format": "no-such-one"}, "unreadable-file"),
        ({}, "unsound-description"),
        ({"format": "result-pipe", "day": "yesterday"}, "malformed"),
    ],
)
def test_an_answer_that_does_not_fit_records_nothing(approved, payment, form, told):  # noqa: F811
    file = {"file": ("回盘.txt", "1|某人|1|1.00|S||\r\n".encode(), "text/plain")}
    path = f"/v1/payments/{payment}/bank-answer"
    answer = approved.system(Scope.WRITE_PAYMENTS).post(path, files=file, data=form, headers=KEY)
    assert answer.json()["type"] == f"/problems/{told}"
    kinds = [one["kind"] for one in approved.of(Role.CLERK).get("/v1/movements").json()["movements"]]
    assert "reject" not in kinds
    if told == "unsound-file":  # says what a payee was sent: whoever asks is put down all the same
        assert acts_read(approved)[-1] == f"bank result {payment}"


def test_two_runs_of_a_period_stand_side_by_side(approved):  # noqa: F811
    system = approved.system(Scope.READ_PAYOUTS)
    found = system.get(f"/v1/runs/{approved.run}/comparison", params={"other": approved.run}).json()
    totals = approved.of(Role.CLERK).get(f"/v1/runs/{approved.run}/totals").json()["totals"]
    assert {(one["unit"], one["item"], one["fund"]): one["now"] for one in found["totals"]} == {
        (one["unit"], one["item"], one["fund"]): one["amount"] for one in totals
    }
    assert {one["change"] for one in found["totals"]} == {"0.00"}
    for params, kind in (({"other": "2020-2021-1-r9"}, "unknown-run"), ({}, "nothing-to-compare")):
        none = system.get(f"/v1/runs/{approved.run}/comparison", params=params)
        assert none.json()["type"] == f"/problems/{kind}"


def test_a_run_stands_beside_the_semester_before_and_nobody_is_named(approved):  # noqa: F811
    done = calculate_run(approved.store, BUREAU.bureau, approved.snapshot, "2020-2021-2", "clerk", NOW)
    system, path = approved.system(Scope.READ_AUDIT), f"/v1/runs/{done.run.run_id}/comparison"
    found = system.get(path).json()
    assert (found["other"], found["other_period"], found["period"]) == (approved.run, PERIOD, "2020-2021-2")
    amounts = {name: text_fen(found[name]) for name in ("before", "now", "change")}
    assert amounts["change"] == amounts["now"] - amounts["before"] != 0
    exact = Fraction(amounts["change"] * 100, amounts["before"])
    assert abs(Fraction(found["percent"]) - exact) <= Fraction(1, 200)
    for name, fen in amounts.items():
        for part in ("totals", "units"):
            assert sum(text_fen(one[name]) for one in found[part]) == fen
    payees = found["payees"]
    assert payees["before"] + payees["new"] - payees["gone"] == payees["now"]
    assert payees["more"] + payees["less"] + payees["same"] == payees["before"] - payees["gone"]
    assert approved.payee not in str(found)
    month = calculate_run(approved.store, BUREAU.bureau, approved.snapshot, "2020-09", "clerk", NOW)
    other = system.get(path, params={"other": month.run.run_id})
    assert other.json()["type"] == "/problems/unknown-period"


def test_the_page_of_an_approved_run_offers_its_files(town):
    link = f"/v1/runs/{town.run}/payouts.csv"
    assert link not in town.of(Role.CLERK).get(f"/runs/{town.run}").text
    acts.approve(town.store, BUREAU.bureau, town.run, "approver", NOW)
    assert link in town.of(Role.CLERK).get(f"/runs/{town.run}").text
