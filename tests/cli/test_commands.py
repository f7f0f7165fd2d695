"""The command line as a clerk uses it: what it writes, what it says, how it leaves."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from payroll_service.cli import app
from payroll_service.workbook.template import write_tables
from tests.sample_county import PERIODS, RULES, county_rules, county_tables, write_csv_folder

SEMESTER = "2020-2021-1"


def payroll(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "工作簿.xlsx"
    path.write_bytes(write_tables(county_rules().program, county_tables()))
    return path


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return write_csv_folder(tmp_path_factory.mktemp("csv") / "独山")


def calculate(book, out, period=SEMESTER):
    return payroll("calculate", "--rules", RULES, "--input", book, "--period", period, "--out", out)


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_check_tells_name_version_dates_and_fingerprint():
    done = payroll("rules", "check", RULES)
    assert done.exit_code == 0
    for word in ("2020.1", "2020-09-01", "2021-08-31", county_rules().program.fingerprint):
        assert word in done.output


def test_the_help_speaks_chinese():
    for command in ("calculate", "run", "import", "explain"):
        help_ = payroll(command, "--help").output
        assert "选项" in help_
        for english in ("Options", "[required]", "[default"):
            assert english not in help_
    assert "默认 build/批次编号" in payroll("run", "--help").output


def test_check_of_a_workbook_says_that_it_is_one_and_what_to_do(book):
    done = payroll("rules", "check", book)
    assert done.exit_code != 0
    assert "是工作簿" in done.output
    assert "payroll calculate" in done.output


def test_a_slip_in_the_period_is_told_with_the_right_spelling(book, tmp_path):
    done = calculate(book, tmp_path, period="２０２０-9")
    assert done.exit_code != 0
    assert "是否想写 2020-09？" in done.output


def test_check_names_file_line_column_and_cure(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        RULES.read_text(encoding="utf-8").replace("公式: 考核.得分", "公式: 考核.得份"), encoding="utf-8"
    )
    done = payroll("rules", "check", wrong)
    assert done.exit_code == 2
    assert f"{wrong}:" in done.output
    assert "得份" in done.output
    assert "「得分」" in done.output


def test_worked_examples_end_with_their_count():
    folder = RULES.parents[2] / "examples" / "dushan"
    written = sum(file.read_text(encoding="utf-8").count("\n- 名称: ") for file in folder.glob("*.yaml"))
    done = payroll("rules", "test", folder)
    assert done.exit_code == 0
    assert done.output.rstrip().splitlines()[-1] == f"用例 {written} 个，通过 {written}，失败 0"


def test_show_gives_every_rule_with_its_clause():
    done = payroll("rules", "show", RULES)
    assert done.exit_code == 0
    for step in county_rules().program.steps:
        for basis in step.head.basis:
            assert str(basis) in done.output
    assert len(done.output.splitlines()) < 200


def test_the_template_has_a_sheet_per_table_with_the_declared_headings(tmp_path):
    path = tmp_path / "空白.xlsx"
    assert payroll("template", "--rules", RULES, "-o", path).exit_code == 0
    workbook = CalamineWorkbook.from_path(path)
    for table in county_rules().program.input_tables():
        assert workbook.get_sheet_by_name(table.name).to_python()[0] == list(table.columns)


def test_an_empty_workbook_is_no_payout_of_nothing(tmp_path):
    path = tmp_path / "空白.xlsx"
    payroll("template", "--rules", RULES, "-o", path)
    done = calculate(path, tmp_path / "out")
    assert done.exit_code == 2
    assert "没有数据" in done.output


def test_the_sample_is_the_same_for_the_same_seed(tmp_path):
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    for path, seed in zip(paths, (3, 3, 4), strict=True):
        assert payroll("sample", "--county", "dushan", "--seed", seed, "-o", path).exit_code == 0
    first, same, other = (path.read_bytes() for path in paths)
    assert first == same != other


def test_calculate_tells_hints_though_there_is_no_error(book, tmp_path):
    noted = load_workbook(book)
    noted["任职"].cell(1, noted["任职"].max_column + 1, "备注")
    noted.save(tmp_path / "备注.xlsx")
    done = calculate(tmp_path / "备注.xlsx", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "提示：任职" in done.output
    assert done.output.index("提示：任职") < done.output.index("结果在")


def test_who_has_left_is_not_paid_on_because_the_column_that_says_so_was_renamed(book, tmp_path):
    renamed = load_workbook(book)
    (heading,) = (cell for cell in renamed["任职"][1] if cell.value == "止")
    heading.value = "离任日期"
    renamed.save(tmp_path / "改名.xlsx")
    done = calculate(tmp_path / "改名.xlsx", tmp_path / "out")
    assert done.exit_code == 2
    assert not (tmp_path / "out" / "payouts.csv").exists()
    line = rows(tmp_path / "out" / "problems.csv")[0]
    assert (line["表"], line["单元格"], line["列"]) == ("任职", heading.coordinate, "止")
    assert f"{heading.coordinate}“离任日期”像是它的，请改列名" in line["怎样改"]


@pytest.mark.parametrize("period", PERIODS)
def test_calculate_writes_files_that_agree_with_the_receipt(book, tmp_path, period):
    done = calculate(book, tmp_path, period)
    assert done.exit_code == 0, done.output
    lines = rows(tmp_path / "payouts.csv")
    assert list(lines[0]) == [
        "期间",
        "证件号码",
        "姓名",
        "单位代码",
        "项目",
        "金额",
        "资金来源",
        "依据",
        "所属期间",
        "收款人类别",
    ]
    receipt = json.loads((tmp_path / "receipt.json").read_bytes())
    fen = sum(int(line["金额"].replace(".", "")) for line in lines)
    held = int(receipt["held"].replace(".", ""))
    assert fen + held == int(receipt["amount"].replace(".", ""))
    assert len(lines) + receipt["held_lines"] == receipt["lines"]
    assert "以前批次" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {
        "payouts.csv",
        "summary.xlsx",
        "findings.csv",
        "receipt.json",
    }


def test_a_workbook_and_a_folder_of_csv_give_the_same_bytes(book, folder, tmp_path):
    for name, source in (("xlsx", book), ("csv", folder)):
        assert calculate(source, tmp_path / name).exit_code == 0
    for name in ("payouts.csv", "summary.xlsx", "findings.csv", "receipt.json"):
        assert (tmp_path / "xlsx" / name).read_bytes() == (tmp_path / "csv" / name).read_bytes()


def test_problems_are_listed_with_their_cells_and_old_results_are_taken_away(book, tmp_path):
    out = tmp_path / "out"
    assert calculate(book, out).exit_code == 0
    bad = write_csv_folder(
        tmp_path / "坏",
        {
            ("任职", "起", 0): "昨天",
            ("任职", "身份", 1): "老师",
            ("学期考核", "得分", 2): "121",
            ("学校", "规模", 0): "",
        },
    )
    done = calculate(bad, out)
    assert done.exit_code == 2
    assert {path.name for path in out.iterdir()} == {"problems.csv", "problems.xlsx"}
    found = {(line["表"], line["单元格"]) for line in rows(out / "problems.csv")}
    assert {("任职.csv", "D2"), ("任职.csv", "F3"), ("学期考核.csv", "E4"), ("学校.csv", "E2")} <= found
    assert all(line["怎样改"] for line in rows(out / "problems.csv"))


def test_a_missing_score_is_a_problem_that_names_the_row(tmp_path):
    scores = next(table for table in county_tables() if table.table == "学期考核")
    bad = write_csv_folder(tmp_path / "缺")
    lines = (bad / "学期考核.csv").read_text(encoding="utf-8-sig").splitlines()
    number = str(scores.columns["证件号码"][0])
    kept = [line for line in lines if not (line.startswith(number) and SEMESTER in line)]
    assert len(kept) < len(lines)
    (bad / "学期考核.csv").write_text("\n".join(kept), encoding="utf-8-sig")
    done = calculate(bad, tmp_path / "out")
    assert done.exit_code == 2
    found = [line for line in rows(tmp_path / "out" / "problems.csv") if number in line["问题"]]
    assert found
    assert all(line["表"] == "任职.csv" and line["单元格"] for line in found)


def test_a_missing_score_is_told_together_with_bad_cells(tmp_path):
    bad = write_csv_folder(tmp_path / "乱", {("任职", "绩效标准", 5): "三千"})
    sheet = bad / "学期考核.csv"
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    gone = next(line for line in lines if SEMESTER in line).split(",")[0]
    sheet.write_text("\n".join(line for line in lines if not line.startswith(gone)), encoding="utf-8-sig")
    done = calculate(bad, tmp_path / "out")
    assert done.exit_code == 2
    kinds = {line["类别"] for line in rows(tmp_path / "out" / "problems.csv")}
    assert kinds == {"类型", "无法计算", "还要一行", "改好以后核对"}
    assert any(gone in line["问题"] for line in rows(tmp_path / "out" / "problems.csv"))


def test_a_check_that_must_hold_stops_the_payout(tmp_path):
    bad = write_csv_folder(tmp_path / "零", {("任职", "绩效标准", 0): "0"})
    done = calculate(bad, tmp_path / "out")
    assert done.exit_code == 3
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert "findings.csv" in names
    assert not names & {"payouts.csv", "receipt.json"}
    assert "绩效标准已填" in done.output
    assert any(line["类别"] == "必须" for line in rows(tmp_path / "out" / "findings.csv"))
    [told] = rows(tmp_path / "out" / "problems.csv")
    assert (told["表"], told["类别"]) == ("任职.csv", "必须")
    assert (tmp_path / "out" / "problems.xlsx").is_file()


def test_paying_beyond_the_approved_total_stops_the_payout(tmp_path):
    bad = write_csv_folder(tmp_path / "超", {("核定总量", "金额", 0): "1.00"})
    done = calculate(bad, tmp_path / "out", "2020-09")
    assert done.exit_code == 3
    assert "核定" in done.output
    assert not (tmp_path / "out" / "payouts.csv").exists()


def test_explain_adds_up_in_words_and_in_json(book, tmp_path):
    calculate(book, tmp_path)
    payee = rows(tmp_path / "payouts.csv")[0]["证件号码"]
    paid = sum(
        int(line["金额"].replace(".", ""))
        for line in rows(tmp_path / "payouts.csv")
        if line["证件号码"] == payee
    )
    common = ("explain", "--rules", RULES, "--input", book, "--period", SEMESTER, "--payee", payee)
    told = payroll(*common)
    assert told.exit_code == 0
    assert "〔解释 学期权重〕" in told.output
    items = json.loads(payroll(*common, "--json").output)
    assert sum(int(item["amount"].replace(".", "")) for item in items if "amount" in item) == paid
    assert payroll(*common, "--item", "没有这项").exit_code == 1


def test_the_stored_way_imports_runs_lists_replays_and_explains(book, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAYROLL_DATABASE_URL", f"sqlite:///{tmp_path / '账.db'}")
    assert payroll("import", "--rules", RULES, "--input", book, "--by", "甲").exit_code == 0
    done = payroll("run", "--period", SEMESTER, "--by", "甲")
    assert done.exit_code == 0, done.output
    stored = tmp_path / "build" / f"{SEMESTER}-r1" / "payouts.csv"
    calculate(book, tmp_path / "out")
    assert stored.read_bytes() == (tmp_path / "out" / "payouts.csv").read_bytes()
    assert f"{SEMESTER}-r1" in payroll("runs").output
    assert payroll("replay", f"{SEMESTER}-r1").exit_code == 0
    payee = rows(stored)[0]["证件号码"]
    assert payroll("explain", "--run", f"{SEMESTER}-r1", "--payee", payee).exit_code == 0
    assert payroll("replay", "r7").exit_code == 1


RUBBISH = {
    "空.xlsx": b"",
    "文本.xlsx": "不是工作簿".encode(),
    "半个.xlsx": b"PK\x03\x04" + b"\x00" * 40,
    "二进制.yaml": bytes(range(256)),
    "空.yaml": b"",
    "列表.yaml": b"- 1\n- 2\n",
    "括号.yaml": "规则集: {a: [1, 2\n".encode(),
    "锚点.yaml": b"a: &x 1\nb: *x\n",
    "深.yaml": b"[" * 500,
    "别的.yaml": "语言: 2\n规则集: 一\n".encode(),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused_in_words_and_never_with_a_traceback(book, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(RUBBISH[name])
    attempts = [
        ("rules", "check", path),
        ("rules", "test", path),
        ("calculate", "--rules", path, "--input", book, "--period", SEMESTER, "--out", tmp_path / "o"),
        ("calculate", "--rules", RULES, "--input", path, "--period", SEMESTER, "--out", tmp_path / "o"),
        ("template", "--rules", path, "-o", tmp_path / "t.xlsx"),
        ("import", "--rules", RULES, "--input", path, "--database", tmp_path / "x.db"),
    ]
    for attempt in attempts:
        done = payroll(*attempt)
        assert done.exit_code in (1, 2), (attempt, done.output)
        assert isinstance(done.exception, SystemExit)
        assert any("一" <= char <= "鿿" for char in done.output), attempt


@pytest.mark.parametrize(
    "words",
    [
        ("rules", "check", "没有.yaml"),
        ("rules", "test", "没有"),
        ("sample", "--county", "没有", "-o", "x.xlsx"),
        ("calculate", "--rules", RULES, "--input", "没有.xlsx", "--period", SEMESTER, "--out", "o"),
        ("calculate", "--rules", RULES, "--input", RULES, "--period", "2021", "--out", "o"),
        ("calculate", "--rules", RULES, "--input", RULES, "--period", "去年", "--out", "o"),
        ("explain", "--payee", "甲"),
        ("run", "--period", SEMESTER, "--database", "空.db"),
        ("replay", "r1", "--database", "空.db"),
    ],
)
def test_what_is_not_there_is_refused_with_the_next_step(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = payroll(*words)
    assert done.exit_code == 1, done.output
    assert "怎么办" in done.output


def test_a_mistake_in_worked_examples_is_not_told_as_one_of_the_rule_set(tmp_path):
    path = tmp_path / "用例.yaml"
    path.write_text("规则集: 一.yaml\n缺省: {}\n用例: []\n", encoding="utf-8")
    done = payroll("rules", "test", path)
    assert done.exit_code == 2
    assert "用例文件有 1 处错误：" in done.output
    assert "用例文件没有「缺省」这个键" in done.output
