"""Hostile files, really made: refused within 10 s of processor time and 512 MiB, in this process and in the child."""

import io
import random
import subprocess
import sys
import zipfile

import pytest
from xlwt.CompoundDoc import XlsDoc

from payroll_service.workbook.template import write_tables
from tests.snapshot import sample as s
from tests.workbook.books import old_workbook, repacked, workbook

SECONDS, MEMORY = 10, 512
SHEET = "xl/worksheets/sheet2.xml"

MEASURED = """
import resource, sys
from payroll_service.workbook.guard import UnreadableWorkbook
from payroll_service.workbook.reader import read_workbook
from tests.snapshot import sample
at_first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_workbook(sys.stdin.buffer.read(), sample.COUNTY)
    print("read")
except UnreadableWorkbook as refused:
    print(refused.message)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(sum(each.ru_utime + each.ru_stime for each in used))
print(max(used[0].ru_maxrss - at_first, used[1].ru_maxrss) // 1024)
"""


def measured(data):
    """What is said, seconds of processor time, and the MiB of the hungrier of the two processes."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=data, capture_output=True, check=True, timeout=120
    )
    said, seconds, memory = done.stdout.decode().splitlines()
    return said, float(seconds), int(memory)


def sound():
    return write_tables(s.COUNTY, s.raw_county())


def in_sheet(content):
    """The sound workbook with more in its first table's sheet."""
    return repacked(sound(), {SHEET: lambda xml: xml.replace(b"</sheetData>", content + b"</sheetData>")})


def random_bytes(count):
    return random.Random(1).randbytes(count).hex().encode()


def noise(count):
    """A comment that cannot be packed well, so that the whole is not suspiciously dense."""
    return b"<!--" + random_bytes(count) + b"-->"


def lying_size():
    """A sheet of 80 MB that says it is small."""
    name = SHEET.encode()
    data = bytearray(repacked(sound(), {SHEET: lambda xml: xml + b" " * 80_000_000}))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(name))
    data[at + 24 : at + 28] = (5000).to_bytes(4, "little")
    local = data.find(b"PK\x03\x04", data.find(name) - 30)
    data[local + 22 : local + 26] = (5000).to_bytes(4, "little")
    return bytes(data)


def overlapping():
    """Two entries that are the same bytes of the archive."""
    data = bytearray(sound())
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def shared_strings():
    many = b"<si><t>a</t></si>" * 15_000_000
    return repacked(
        sound(),
        {"xl/sharedStrings.xml": lambda xml: xml.replace(b"</sst>", many + noise(800_000) + b"</sst>")},
    )


def dense_rows():
    """More rows than a sheet has, without a cell."""
    rows = b"".join(b'<row r="%d"></row>' % (number % 1000 + 4) for number in range(4_000_000))
    return in_sheet(rows + noise(300_000))


def merged_ranges():
    ranges = b'<mergeCell ref="A1:XFD20"/>' * 2_000_000
    return repacked(
        sound(),
        {
            SHEET: lambda xml: xml.replace(
                b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>" + noise(400_000)
            )
        },
    )


def failed_formulas():
    cells = b"".join(
        b'<c r="A%d" t="e"><f>1/0</f><v>#DIV/0!</v></c>' % (row % 1000 + 5) for row in range(1_000_000)
    )
    return in_sheet(b'<row r="5">' + cells + b"</row>")


def hidden_columns():
    columns = b"".join(b'<col min="1" max="%d" hidden="1"/>' % (number % 16384) for number in range(200_000))
    return repacked(sound(), {SHEET: lambda xml: xml.replace(b"<sheetData>", columns + b"<sheetData>")})


def entity_in(part, encoding="utf-8"):
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

    def change(xml):
        return xml.decode().replace("?>", "?>" + bomb, 1).encode(encoding)

    return repacked(sound(), {part: change})


def with_part(name):
    return repacked(sound(), more={name: b"<x/>"})


def old_stream(stream):
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    return out.getvalue()


def record(kind, body=b""):
    return kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body


BEGIN, END = record(0x0809, bytes(16)), record(0x000A)


def old_sheet(offset, name=b"t", sort=0):
    return record(0x0085, offset.to_bytes(4, "little") + bytes([0, sort, len(name), 0]) + name)


def old_far_cells():
    return old_workbook(学校=lambda sheet: (sheet.write(0, 0, "a"), sheet.write(65535, 255, "b")))


def old_many_records():
    head = BEGIN + old_sheet(0) + END
    return old_stream(
        head.replace(bytes(4), len(head).to_bytes(4, "little"), 1) + BEGIN + record(1) * 6_000_000
    )


def old_sheets_in_one_place():
    return old_stream(BEGIN + old_sheet(0) * 5000 + END + record(1) * 1_000_000)


def old_circle():
    data = bytearray(old_workbook(学校=[["学校代码"]] * 3000))
    table = (int.from_bytes(data[76:80], "little") + 1) * 512
    data[table : table + 4] = bytes(4)
    return bytes(data)


def csv_commas():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("人员.csv", b"," * 9_000_000 + random_bytes(40_000))
    return out.getvalue()


HOSTILE = {
    "a bomb": (lambda: in_sheet(b" " * 60_000_000), "展开后过大"),
    "a part that lies about its size": (lying_size, "损坏"),
    "overlapping entries": (overlapping, "结构异常"),
    "a path that leads elsewhere": (lambda: with_part("xl/../../etc/passwd"), "结构异常"),
    "too many shared strings": (shared_strings, "内存"),
    "very many empty rows": (dense_rows, ""),
    "very many merged ranges": (merged_ranges, "合并单元格"),
    "very many failed formulas": (failed_formulas, "出错的公式"),
    "very many hidden columns": (hidden_columns, ""),
    "a far cell": (lambda: in_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "范围过大"),
    "deep elements in a sheet": (lambda: in_sheet(b"<a>" * 3_000_000), ""),
    "deep elements in the book": (
        lambda: repacked(sound(), {"xl/workbook.xml": lambda xml: xml.replace(b"<sheets>", b"<a>" * 300_000)}), "",
    ),
    "entities in the strings": (lambda: entity_in("xl/sharedStrings.xml"), "结构异常"),
    "entities in the styles": (lambda: entity_in("xl/styles.xml"), "结构异常"),
    "entities in another encoding": (lambda: entity_in("xl/workbook.xml", "utf-16"), "结构异常"),
    "macros": (lambda: with_part("xl/vbaProject.bin"), "宏"),
    "a sheet of macros": (lambda: with_part("xl/macrosheets/sheet1.xml"), "宏表"),
    "links to other files": (lambda: with_part("xl/externalLinks/externalLink1.xml"), "别的文件"),
    "embedded files": (lambda: with_part("xl/embeddings/oleObject1.bin"), "嵌入"),
    "controls": (lambda: with_part("xl/activeX/activeX1.xml"), "控件"),
    "connections": (lambda: with_part("xl/connections.xml"), "连接"),
    "far cells in an .xls": (old_far_cells, "范围过大"),
    "very many records in an .xls": (old_many_records, "损坏"),
    "sheets of an .xls in one place": (old_sheets_in_one_place, "损坏"),
    "a circle of sectors in an .xls": (old_circle, "损坏"),
    "a password in an .xls": (lambda: old_stream(BEGIN + record(0x2F, bytes(54)) + END), "密码"),
    "a sheet of macros in an .xls": (lambda: old_stream(BEGIN + old_sheet(99, sort=1) + END), "宏表"),
    "very many commas": (csv_commas, "行列过多"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_time_and_within_its_memory(name):
    make, words = HOSTILE[name]
    said, seconds, memory = measured(make())
    assert said != "read" or not words
    assert words in said
    assert seconds < SECONDS
    assert memory < MEMORY


def test_a_sound_file_is_read_under_the_same_measure():
    said, seconds, memory = measured(workbook(说明=[["x"]]))
    assert said == "read"
    assert seconds < SECONDS
    assert memory < MEMORY
