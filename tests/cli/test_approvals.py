"""Two clerks at the command line: run, approve, correct, notice."""

import io
import zipfile

import pytest

from payroll_service.cli.printing import out
from tests.cli.test_commands import payroll
from tests.sample_county import RULES, county_tables, write_csv_folder

MONTH = "2020-09"
MONTHLY = RULES.parents[2] / "examples" / "dushan" / "monthly.yaml"


@pytest.fixture
def place(tmp_path):
    """The options that name a book with the sample county and one run of September."""
    where = ("--database", tmp_path / "book.db", "--bureau", "dushan")
    folder = write_csv_folder(tmp_path / "独山")
    assert payroll("import", "--rules", RULES, "--input", folder, *where, "--by", "经办", "-y").exit_code == 0
    enacted = payroll("rules", "enact", RULES, "--examples", MONTHLY, "--by", "局长", *where)
    assert enacted.exit_code == 0, enacted.output
    done = payroll("run", "--period", MONTH, *where, "--by", "经办", "--out", tmp_path / "r1", "--submit")
    assert "已送审" in done.output
    return where


def test_the_clerk_runs_and_the_chief_approves_and_a_second_run_grants_nothing(place, tmp_path, monkeypatch):
    refused = payroll("approve", "2020-09-r1", "--by", "经办", *place)
    assert refused.exit_code == 1
    assert "不能由同一个人审批" in refused.output
    approved = payroll("approve", "2020-09-r1", "--by", "局长", *place)
    assert approved.exit_code == 0, approved.output
    assert "经办 经办，审批 局长，核定" in approved.output
    again = payroll("run", "--period", MONTH, *place, "--by", "经办", "--out", tmp_path / "r2")
    assert "（2020-09-r1），本次核定 0.00 元" in again.output
    assert "应发全额,已核定,本次核定" in (tmp_path / "r2" / "payouts.csv").read_text(encoding="utf-8-sig")
    assert payroll("withdraw", "2020-09-r2", "--by", "经办", "--reason", "没有差额", *place).exit_code == 0
    monkeypatch.setattr(out, "width", 80)
    narrow = payroll("runs", *place).output
    assert max(len(line) for line in narrow.splitlines()) <= 80
    assert "…" not in narrow, "moments are folded, not cut off"
    monkeypatch.setattr(out, "width", 160)
    wide = payroll("runs", *place).output
    for word in ("已审批", "应发全额", "已核定", "本次核定", "局长"):
        assert word in narrow
        assert word in wide
    assert "已撤回：没有差额" in wide
    assert payroll("replay", "2020-09-r1", *place).exit_code == 0
    assert payroll("replay", "2020-09-r2", *place).exit_code == 0


def test_a_run_is_seen_beside_the_last_month_before_it_is_approved(place, tmp_path, monkeypatch):
    assert "没有可比的" in payroll("preview", "2020-09-r1", "--by", "局长", *place).output
    assert payroll("approve", "2020-09-r1", "--by", "局长", *place).exit_code == 0
    assert (
        payroll("run", "--period", "2021-03", *place, "--by", "经办", "--out", tmp_path / "r2").exit_code == 0
    )
    monkeypatch.setattr(out, "width", 100)
    seen = payroll("preview", "2021-03-r1", "--person", "0", "--least", "0", "--by", "局长", *place)
    assert seen.exit_code == 0, seen.output
    for words in (
        "批次 2021-03-r1 和 2020-09-r1 比",
        "各项目（元）",
        "各单位（元）",
        "变化最大的",
        "升降超过 0 %",
    ):
        assert words in seen.output
    assert payroll("preview", "2021-03-r1", "--with", "2021-03-r9", *place).exit_code == 1


def test_a_correcting_version_is_named_on_the_command_line(place, tmp_path):
    assert payroll("approve", "2020-09-r1", "--by", "局长", *place).exit_code == 0
    text = RULES.read_text(encoding="utf-8").replace('版本: "2020.1"', '版本: "2020.2"\n更正: "2020.1"')
    (tmp_path / "更正.yaml").write_text(
        text.replace("{基础性绩效: 66%", "{基础性绩效: 67%"), encoding="utf-8"
    )
    options = ("--period", MONTH, "--rules", tmp_path / "更正.yaml", "--out", tmp_path / "r2")
    done = payroll("run", *options, *place, "--by", "经办")
    assert done.exit_code == 0, done.output
    assert "2020.2" in done.output
    assert "本次核定 0.00" not in done.output


def test_a_notice_has_a_sheet_a_school_and_no_id_or_account_number(place, tmp_path):
    path = tmp_path / "公示.xlsx"
    done = payroll("notice", "2020-09-r1", "-o", path, *place)
    assert done.exit_code == 0, done.output
    assert "7 个单位" in done.output
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8")
    people = next(table for table in county_tables() if table.table == "人员").columns
    assert sum(str(name) in content for name in people["姓名"]) > 600
    assert not any(str(number) in content for column in ("证件号码", "银行账号") for number in people[column])
    assert payroll("notice", "2020-09-r1", "--unit", "X001", "-o", path, *place).exit_code == 0
    assert payroll("notice", "2020-09-r1", "--unit", "Z", "-o", path, *place).exit_code == 1
