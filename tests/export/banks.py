"""What the tests of bank files share: people to pay, and descriptions of every kind."""

from __future__ import annotations

from hypothesis import strategies as st

from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.bank.layout import BankFormat, ResultFormat
from payroll_service.export.bank.transfers import Transfer
from payroll_service.export.described import shipped

PEOPLE = [
    Transfer("p3", "522726198001010033", "王三", "6217000000000000033", "建行独山支行", 100, "2020年秋奖励性绩效"),
    Transfer("p1", "522726198001010011", "张一", "0062170000000000011", "农信社", 578438, "2020年秋奖励性绩效"),
    Transfer("p2", "522726198001010022", "买买提·艾力", "6217-0000-0022", "", 7, ""),
]  # fmt: skip

ANY = """
名称: 各式各样
形式: {form}
扩展名: txt
编码: {encoding}
换行: {line_end}
{separator}单位: {unit}
每份行数: {rows}
首行: {head}
列:
- {{标题: 序, 内容: 序号{serial}}}
- {{标题: 名, 内容: 姓名{wide}}}
- {{标题: 账, 内容: 账号{wide}}}
- {{标题: 钱, 内容: 金额{figure}}}
- {{标题: 固定, 文字: 工资{wide}}}
- {{标题: 证, 内容: 证件号码{wide}}}
末行:
- {{文字: 计{wide}}}
- {{内容: 笔数{serial}}}
- {{内容: 合计{figure}}}
- {{内容: 份号{serial}}}
"""


def format_of(name: str) -> BankFormat:
    return read_bank_format(shipped(f"{name}.yaml"), name)


def result_format(name: str) -> ResultFormat:
    return read_result_format(shipped(f"{name}.yaml"), name)


def described(
    form: str, encoding: str, line_end: str, separator: str, closes: bool, unit: str, rows: int, titles: bool
) -> BankFormat:
    """A description with a head, a tail and a fixed text, in this form."""
    fixed = form == "定宽"
    wide = ", 宽度: 60" if fixed else ""
    own = f"分隔符: {separator}\n行末分隔: {'是' if closes else '否'}\n"
    serial = ", 宽度: 9, 对齐: 右, 填充: 零" if fixed else ""
    figure = ", 宽度: 18, 对齐: 右" if fixed else ""
    head = "标题" if titles else f"[{{内容: 合计{figure}}}, {{内容: 笔数{serial}}}]"
    text = ANY.format(
        form=form, encoding=encoding, line_end=line_end, separator="" if fixed else own, unit=unit, rows=rows,
        head=head, wide=wide, serial=serial, figure=figure,
    )  # fmt: skip
    return read_bank_format(text, "各式.yaml")


formats = st.builds(
    described,
    form=st.sampled_from(["分隔", "定宽"]),
    encoding=st.sampled_from(["UTF-8", "GBK", "GB18030"]),
    line_end=st.sampled_from(["LF", "CRLF"]),
    separator=st.sampled_from(["竖线", "逗号", "分号", "制表符"]),
    closes=st.booleans(),
    unit=st.sampled_from(["元", "分"]),
    rows=st.integers(1, 4),
    titles=st.booleans(),
)
names = st.text(
    "张王李赵欧阳娜·aZ丂磡烍", min_size=1, max_size=12
)  # 2nd bytes of the last in GBK: @ (0x40) to | (0x7C)
transfers = st.lists(
    st.builds(
        Transfer,
        payee=st.uuids().map(str),
        number=st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
        name=names,
        account=st.from_regex(r"[0-9-]{6,30}", fullmatch=True),
        bank=st.just(""),
        fen=st.integers(1, 10**12),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda each: each.number,
)
