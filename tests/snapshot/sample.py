"""A small county made by hand: schools, people, posts laid out over months, scores of a semester."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from payroll_service.snapshot.tables import Cell, RawTable
from rules.language import program as p
from rules.language.period import Calendar
from rules.language.units import MONTH, YUAN

TEXT = p.Type(p.TEXT)
CODE = p.Type(p.TEXT, text_form=p.CODE)
ID = p.Type(p.TEXT, text_form=p.ID_NUMBER)
ACCOUNT = p.Type(p.TEXT, text_form=p.ACCOUNT)
DATE = p.Type(p.DATE)
YES_NO = p.Type(p.BOOL)
SIZE = p.Type(p.CHOICE, options=("大", "中", "小"))
SEMESTER = p.Type(p.PERIOD, period_kind="学期")
MONEY = p.Type(p.NUMBER, YUAN / MONTH, step=p.FEN, low=Fraction(0))
SCORE = p.Type(p.NUMBER, step=p.FEN, low=Fraction(0), high=Fraction(120))
WHOLE = p.Type(p.NUMBER, step=Fraction(1), low=Fraction(0), high=Fraction(50))
PERCENT = p.Type(p.NUMBER, step=Fraction(1, 10000), low=Fraction(0), high=Fraction(1), percent=True)


def column(name, kind, **more):
    return p.Column(name, kind, **more)


def table(name, key, columns, **more):
    return p.Table(name, "输入", key, {c.name: c for c in columns}, more.pop("links", {}), **more)


def read(column_name, kind, *path, table_name=""):
    return p.Read(path, table_name, column_name, kind)


def program(*tables, **more):
    """A program that knows these tables and no rules."""
    return p.Program(
        language=1, name="示例县", version="1", start=1, end=2, corrects="", fingerprint="", documents={},
        interpretations={}, unencoded=(), calendar=Calendar(), funds={}, tables={t.name: t for t in tables}, rates={},
        steps=(), returns=(), vetoes=(), payments=(), checks=(), roster=None, approved=None,
        types={(t.name, c.name): c.type for t in tables for c in t.columns.values()}, examples=(), **more,
    )  # fmt: skip


SCHOOLS = table(
    "学校", ("学校代码",), [column("学校代码", CODE), column("学校名称", TEXT), column("规模", SIZE)]
)
PEOPLE = table(
    "人员",
    ("证件号码",),
    [
        column("证件号码", ID),
        column("姓名", TEXT),
        column("卡号", ACCOUNT, optional=True),
        column("比例", PERCENT, default="100%"),
    ],
)
POSTS = table(
    "任职",
    ("证件号码", "学校代码", "起"),
    [
        column("证件号码", ID),
        column("姓名", TEXT, optional=True, matches=read("姓名", TEXT, "人", table_name="人员")),
        column("学校代码", CODE),
        column("起", DATE),
        column("止", DATE, optional=True),
        column("教龄", WHOLE),
        column("绩效标准", MONEY),
        column("班主任", YES_NO),
    ],
    links={
        "人": p.Link("人", "人员", "查找", (read("证件号码", ID),)),
        "校": p.Link("校", "学校", "查找", (read("学校代码", CODE),)),
    },
    no_overlap=("证件号码", "学校代码"),
)
MONTHS = p.Table("任职月", "分月", ("证件号码", "学校代码", "起", "月"), {}, {}, of="任职", span=("起", "止"))
SCORES = table(
    "学期考核",
    ("证件号码", "期间"),
    [column("证件号码", ID), column("期间", SEMESTER), column("得分", SCORE)],
    period_column="期间",
)
COUNTY = program(SCHOOLS, PEOPLE, POSTS, MONTHS, SCORES)

ID_A, ID_B = "11010519491231002X", "440882199101010015"  # the standard's own example, and an invented one


def raw(name, rows, first_row=2):
    """Rows of cells by heading as a raw table whose headings stand in row 1, in columns A, B, C …"""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    columns: dict[str, Sequence[Cell]] = {heading: [row.get(heading) for row in rows] for heading in headings}
    letters = {heading: chr(ord("A") + index) for index, heading in enumerate(headings)}
    return RawTable(name, name, columns, range(first_row, first_row + len(rows)), letters)


def county_rows():
    """Sound cells for every table, to be spoiled by tests."""
    return {
        "学校": [{"学校代码": "A01", "学校名称": "甲小学", "规模": "大"}, {"学校代码": "A02", "学校名称": "乙小学", "规模": "小"}],
        "人员": [
            {"证件号码": ID_A, "姓名": "张三", "卡号": "6222020200001235", "比例": "85%"},
            {"证件号码": ID_B, "姓名": "阿依古丽·买买提", "卡号": None, "比例": None},
        ],
        "任职": [
            {"证件号码": ID_A, "姓名": "张 三", "学校代码": "A01", "起": "2015-09-01", "止": "2020-11-30", "教龄": 5,
             "绩效标准": 4200.75, "班主任": True},
            {"证件号码": ID_A, "姓名": "张三", "学校代码": "A02", "起": "2020年12月1日", "止": None, "教龄": 5.0,
             "绩效标准": "4,200.75", "班主任": "否"},
            {"证件号码": ID_B, "姓名": "阿依古丽•买买提", "学校代码": "A02", "起": "2018/9/1", "止": None, "教龄": 10,
             "绩效标准": 3000, "班主任": "是"},
        ],
        "学期考核": [
            {"证件号码": ID_A, "期间": "2020-2021-1", "得分": 95.5},
            {"证件号码": ID_B, "期间": "2020-2021-1", "得分": 88},
        ],
    }  # fmt: skip


def raw_county(rows=None):
    return [raw(name, cells) for name, cells in (rows or county_rows()).items()]


def without(which, name):
    """The program without one column of a table."""
    tables = dict(which.tables)
    kept = {key: value for key, value in tables[name[0]].columns.items() if key != name[1]}
    tables[name[0]] = replace(tables[name[0]], columns=kept)
    return replace(which, tables=tables)
