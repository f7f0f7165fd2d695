"""How a bank's file is laid out: what its description says, and what its writer and its readers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEPARATED, FIXED, BOOK = "分隔", "定宽", "工作簿"
FORMS = (SEPARATED, FIXED, BOOK)
ENCODINGS = ("UTF-8", "GBK", "GB18030")
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n"}
SEPARATORS = {"竖线": "|", "逗号": ",", "分号": ";", "制表符": "\t"}
UNITS = ("元", "分")

SERIAL, NAME, ACCOUNT, AMOUNT = "序号", "姓名", "账号", "金额"
NUMBER, BANK, NOTE, EMPTY = "证件号码", "开户行", "附言", "空"
OUTCOME, REASON = "结果", "原因"
COUNT, TOTAL, FILE = "笔数", "合计", "份号"
ROW_CONTENTS = (SERIAL, NAME, ACCOUNT, AMOUNT, NUMBER, BANK, NOTE, EMPTY)
RESULT_CONTENTS = (*ROW_CONTENTS, OUTCOME, REASON)
SUM_CONTENTS = (COUNT, TOTAL, FILE, EMPTY)
FIGURES = (SERIAL, AMOUNT, COUNT, TOTAL, FILE)

BY_SERIAL, BY_ACCOUNT = "序号", "账号和金额"
MATCHES = (BY_SERIAL, BY_ACCOUNT)
ACCEPTED, PENDING, REJECTED = "accepted", "pending", "rejected"
OUTCOMES = {"成功": ACCEPTED, "处理中": PENDING, "失败": REJECTED}


@dataclass(frozen=True)
class Field:
    """One field of a line. `content`: which value, or "" for the fixed `text`. `width`: bytes, in a fixed-width file;
    there `right` aligns right and `zeros` fills with zeros instead of spaces."""

    title: str
    content: str
    text: str = ""
    width: int = 0
    right: bool = False
    zeros: bool = False

    def value(self, texts: Mapping[str, str]) -> str:
        """The field's text, from the line's values by content."""
        return texts[self.content] if self.content else self.text


@dataclass(frozen=True)
class Layout:
    """A file: lines of `columns` between `head` and `tail`, either of which may be no line at all.

    `closes`: the separator stands behind the last field too. `in_fen`: amounts are whole fen, else yuan with two decimals.
    Encoding, line end and separator mean nothing in a workbook; its first row are always the titles.
    """

    name: str
    form: str
    extension: str
    columns: tuple[Field, ...]
    head: tuple[Field, ...] = ()
    tail: tuple[Field, ...] = ()
    in_fen: bool = False
    encoding: str = "UTF-8"
    line_end: str = "\n"
    separator: str = ""
    closes: bool = False

    def column(self, content: str) -> Field | None:
        """The column of that content, if there is one."""
        return next((field for field in self.columns if field.content == content), None)


@dataclass(frozen=True)
class BankFormat:
    """What a bank is sent; `rows_per_file`: beyond that the file is split."""

    layout: Layout
    rows_per_file: int


@dataclass(frozen=True)
class ResultFormat:
    """What a bank sends back. `match`: by what a line is told whose it is; `outcomes`: what each code means."""

    layout: Layout
    match: str
    outcomes: Mapping[str, str]
