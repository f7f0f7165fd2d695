"""Bank files: these very bytes, read back as the same rows, split, summed; or everybody who cannot be written."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import Line
from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.records import PayeeIdentity
from payroll_service.errors import UnsoundFile
from payroll_service.export.bank.files import bank_files
from payroll_service.export.bank.layout import ACCOUNT, NAME, NUMBER
from payroll_service.export.bank.reading import read_rows
from payroll_service.export.bank.transfers import Transfer, in_order, transfers_of
from tests.examples import examples
from tests.export.banks import PEOPLE, format_of, formats, transfers
from tests.goldens import same_as_golden

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", ["pipe", "fixed-gbk"])
def test_a_shipped_format_gives_these_very_bytes(name):
    made = bank_files(format_of(name), PEOPLE, f"bank-{name}")
    assert len(made) == 1
    for file, content in made.items():
        same_as_golden(GOLDEN / file, content)


def test_a_workbook_has_accounts_as_text_and_money_as_numbers_and_the_same_bytes_again():
    (content,) = bank_files(format_of("workbook"), PEOPLE, "x").values()
    assert bank_files(format_of("workbook"), PEOPLE[::-1], "x") == {"x.xlsx": content}
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1] == [1, "张一", "0062170000000000011", "农信社", 5784.38, "2020年秋奖励性绩效"]
    assert [row[4] for row in rows[1:]] == [5784.38, 0.07, 1]


def test_the_pipe_format_holds_5000_lines_a_file_and_numbers_on():
    many = [replace(PEOPLE[0], payee=f"p{n}", number=f"{n:018d}", fen=n) for n in range(1, 10_002)]
    made = bank_files(format_of("pipe"), many, "代发")
    assert list(made) == ["代发-1.txt", "代发-2.txt", "代发-3.txt"]
    lines = [content.decode().splitlines() for content in made.values()]
    assert [len(each) for each in lines] == [5000, 5000, 1]
    assert lines[2][0].startswith("10001|")


@examples(60)
@given(formats, transfers)
def test_what_was_written_is_read_back_and_every_sum_holds(described, sent):
    made = bank_files(described, sent, "代发")
    ordered = in_order(sent)
    assert len(made) == -(-len(sent) // described.rows_per_file)
    read = []
    for content in made.values():
        rows, wrong = read_rows(described.layout, content)  # compares count and total of head and tail
        assert wrong == []
        read += rows
    assert [
        (row.serial, row.texts[NAME], row.texts[ACCOUNT], row.fen, row.texts[NUMBER]) for row in read
    ] == [(n, each.name, each.account, each.fen, each.number) for n, each in enumerate(ordered, 1)]


@examples(40)
@given(formats, transfers, st.randoms())
def test_the_order_of_the_payees_changes_no_byte(described, sent, random):
    mixed = list(sent)
    random.shuffle(mixed)
    assert bank_files(described, mixed, "代发") == bank_files(described, sent, "代发")


@examples(40)
@given(formats.filter(lambda each: each.layout.form == "定宽"), transfers)
def test_every_line_of_a_fixed_width_file_has_the_same_bytes(described, sent):
    layout = described.layout
    ends = len(layout.line_end)
    for content in bank_files(described, sent, "代发").values():
        lines = content.split(layout.line_end.encode())[:-1]
        widths = {sum(field.width for field in layout.columns)}
        assert {len(line) for line in lines[1:-1]} == widths
        assert len(content) == sum(len(line) + ends for line in lines)


@pytest.mark.parametrize("mark", ["䶮", "㐂", "𠮷"])
def test_a_character_outside_gbk_names_the_person_and_goes_through_in_gb18030(mark):
    person = replace(PEOPLE[0], name=f"王{mark}")
    with pytest.raises(UnsoundFile) as refused:
        bank_files(format_of("fixed-gbk"), [person], "x")
    assert refused.value.wrong == [
        f"王{mark}（522726198001010033）：姓名“王{mark}”里的“{mark}”不在 GBK 编码里"
    ]
    described = format_of("fixed-gbk")
    wider = replace(described, layout=replace(described.layout, encoding="GB18030"))
    (content,) = bank_files(wider, [person], "x").values()
    assert content.decode("gb18030").startswith(f"王{mark} ")
    assert b"?" not in content


def test_everybody_who_cannot_be_written_is_told_at_once():
    sent = [
        replace(PEOPLE[0], account=""),
        replace(PEOPLE[1], name="张" * 31, note="一\n二"),
        replace(PEOPLE[2], fen=0),
        Transfer("p4", "522726198001010044", " 赵四", "62", "", -5),
        Transfer("p5", "522726198001010055", "钱五", "62", "", 5),
    ]
    with pytest.raises(UnsoundFile) as refused:
        bank_files(format_of("fixed-gbk"), sent, "x")
    assert refused.value.wrong == [
        f"{'张' * 31}（522726198001010011）：姓名“{'张' * 31}”长 62 字节，只能放 60 字节",
        f"{'张' * 31}（522726198001010011）：附言里有换行或控制字符",
        "买买提·艾力（522726198001010022）：金额不是正数",
        "王三（522726198001010033）：没有账号",
        " 赵四（522726198001010044）：金额不是正数",
        " 赵四（522726198001010044）：姓名“ 赵四”的头尾有空格",
    ]


def test_a_separator_in_a_name_is_refused():
    with pytest.raises(UnsoundFile, match=r"姓名“王\|三”里有分隔符“\|”"):
        bank_files(format_of("pipe"), [replace(PEOPLE[0], name="王|三")], "x")


def test_a_total_too_wide_for_its_field_is_refused():
    described = format_of("fixed-gbk")
    tail = tuple(replace(field, width=min(field.width, 6)) for field in described.layout.tail)
    with pytest.raises(UnsoundFile, match=r"第 1 份：末行合计“5785\.45”长 7 字节，只能放 6 字节"):
        bank_files(replace(described, layout=replace(described.layout, tail=tail)), PEOPLE, "x")


def test_nobody_to_pay_is_refused():
    with pytest.raises(UnsoundFile, match="没有要发的人"):
        bank_files(format_of("pipe"), [], "x")


def test_a_payment_sends_what_is_left_after_deductions_and_skips_who_is_left_nothing():
    who = {n: PayeeIdentity("b", n, "个人", f"N{n}", f"名{n}", f"acc{n}", "农信社") for n in ("a", "z")}
    line = Line(Entitlement("z", "i", "u", "f", "2020"), 1000)
    paid = [PaidTo("z", (line,), (("个税", 30),)), PaidTo("a", (line,), (("个税", 1000),))]
    assert transfers_of(paid, who, "附言") == [Transfer("z", "Nz", "名z", "accz", "农信社", 970, "附言")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1|张一|62|5.00|522726198001010011|多|", "第 1 行：这一行有 6 栏，应是 5 栏"),
        (
            "1|张一|62|5,784.38|522726198001010011|",
            "第 1 行：金额“5,784.38”应是两位小数，不写千分位，如 1234.50",
        ),
        ("一|张一|62|5.00|522726198001010011|", "第 1 行：序号“一”应是整数"),
    ],
)
def test_a_line_that_does_not_fit_the_description_is_told_with_its_number(line, told):
    assert read_rows(format_of("pipe").layout, f"{line}\r\n".encode()) == ([], [told])


@examples(40)
@given(formats, transfers, st.data())
def test_a_tail_of_other_sums_is_noticed(described, sent, data):
    content = next(iter(bank_files(described, sent, "代发").values()))
    layout = described.layout
    lines = content.split(layout.line_end.encode())
    place = data.draw(st.integers(1, len(lines) - 3))  # a row, not head, tail or the end
    _, wrong = read_rows(layout, layout.line_end.encode().join([*lines[:place], *lines[place + 1 :]]))
    assert any("笔数" in each for each in wrong)
    assert any("合计" in each for each in wrong)
