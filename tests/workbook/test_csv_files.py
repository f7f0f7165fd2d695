"""CSV files in folders and archives: UTF-8 or GB18030, and it is said which; an archive is no way around the limits."""

import io
import zipfile

import pytest

from payroll_service.snapshot.sealing import seal
from payroll_service.workbook.guard import Limits, UnreadableWorkbook
from payroll_service.workbook.reader import read_workbook
from tests.snapshot import sample as s

PEOPLE = f"证件号码,姓名,卡号,比例\n{s.ID_A},韦䶮,,\n"
PROGRAM = s.program(s.PEOPLE)


def archive(files, flags=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def kinds(problems):
    return [(problem.kind, problem.level) for problem in problems]


def test_gb18030_is_read_when_it_is_not_utf8_and_the_hint_says_so(tmp_path):
    (tmp_path / "人员.csv").write_text(PEOPLE, encoding="gb18030")
    tables, problems = read_workbook(tmp_path, PROGRAM)
    assert kinds(problems) == [("编码", "提示")]
    assert "GB18030" in problems[0].message
    assert tables[0].columns["姓名"] == ["韦䶮"]


@pytest.mark.parametrize("data", [PEOPLE.encode("utf-16"), PEOPLE.encode() + b"\xff\xff"])
def test_what_is_neither_is_refused_by_name(tmp_path, data):
    (tmp_path / "人员.csv").write_bytes(data)
    with pytest.raises(UnreadableWorkbook, match=r"人员\.csv.*UTF-8"):
        read_workbook(tmp_path, PROGRAM)


def test_an_archive_of_csv_files_is_read_like_the_folder(tmp_path):
    (tmp_path / "人员.csv").write_text(PEOPLE, encoding="utf-8")
    from_folder = read_workbook(tmp_path, PROGRAM)
    rubbish = {"__MACOSX/._人员.csv": b"\x00", ".隐藏.csv": b"x"}
    assert read_workbook(archive({"人员.csv": PEOPLE.encode()} | rubbish), PROGRAM) == from_folder


def test_names_that_windows_wrote_in_its_own_code_page_are_understood():
    data = archive({"RY12.csv": PEOPLE.encode()}).replace(b"RY12", "人员".encode("gb18030"))
    tables, problems = read_workbook(data, PROGRAM)
    assert problems == []
    assert tables[0].source == "人员.csv"


def test_a_folder_for_each_school_gives_one_table():
    other = PEOPLE.replace(s.ID_A, s.ID_B)
    data = archive({"甲小学/人员.csv": PEOPLE.encode(), "乙小学/人员.csv": other.encode()})
    tables, problems = read_workbook(data, PROGRAM)
    assert problems == []
    assert sorted(table.source for table in tables) == ["乙小学/人员.csv", "甲小学/人员.csv"]
    assert seal(PROGRAM, tables).tables["人员"].size == 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"里面.zip": b"PK"}, "压缩包"),
        ({"学校.xlsx": b"PK"}, "解压"),
        ({"readme.txt": b"x"}, "不是 .xlsx"),
        ({"../人员.csv": b"x"}, "结构异常"),
        ({"人员.csv": b"0" * (20 * 2**20)}, "展开后过大"),
    ],
)
def test_an_archive_of_something_else_is_refused(files, words):
    with pytest.raises(UnreadableWorkbook, match=words):
        read_workbook(archive(files), PROGRAM)


def test_too_many_cells_are_refused_while_reading(tmp_path):
    (tmp_path / "人员.csv").write_text("a" + ",a" * 999 + "\n" * 1001)
    with pytest.raises(UnreadableWorkbook, match="行列过多"):
        read_workbook(tmp_path, PROGRAM, Limits(cells=1_000_000))
