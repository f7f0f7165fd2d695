"""The bytes of a snapshot: the same rows, the same bytes; one fen, another fingerprint."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.canonical import UnreadableSnapshot, raw_tables, to_bytes
from payroll_service.snapshot.sealing import from_bytes, seal
from payroll_service.snapshot.tables import UnsoundTables
from rules.language import program as p
from tests.snapshot import sample as s

COLUMNS = [
    s.column("代码", s.CODE),
    s.column("名称", s.TEXT, optional=True),
    s.column("起", s.DATE),
    s.column("金额", p.Type(p.NUMBER, s.MONEY.unit, step=p.FEN)),
    s.column("系数", p.Type(p.NUMBER, step=Fraction(1, 1000)), optional=True),
    s.column("比例", s.PERCENT),
    s.column("规模", s.SIZE, optional=True),
    s.column("班主任", s.YES_NO),
    s.column("期间", s.SEMESTER),
]
PROGRAM = s.program(s.table("杂项", ("规模", "代码", "起"), COLUMNS))

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co"], exclude_characters="\ufffd\ufffe\uffff"))
rows = st.fixed_dictionaries(
    {
        "代码": st.from_regex("[0-9A-Z]{1,3}", fullmatch=True),
        "名称": texts.filter(lambda text: not text.startswith("#")),
        "起": st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        "金额": st.integers(-(10**15), 10**15).map(
            lambda fen: f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02}"
        ),
        "系数": st.none() | st.decimals(-5, 5, places=3).map(str),
        "比例": st.integers(0, 10000).map(lambda n: n / 10000),
        "规模": st.sampled_from(["大", "中", "小", None]),
        "班主任": st.booleans(),
        "期间": st.sampled_from(["2020-2021-1", "2020-2021-2"]),
    }
)
tables = st.lists(rows, max_size=8, unique_by=lambda row: (row["规模"], row["代码"], row["起"]))


def assert_equal(one, other):
    assert one.fingerprint == other.fingerprint
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        assert table.size == other.tables[name].size
        for column, values in table.columns.items():
            there = other.tables[name].columns[column]
            assert values.words == there.words
            np.testing.assert_array_equal(values.data, there.data)
            np.testing.assert_equal(values.missing, there.missing)


@given(tables)
def test_a_snapshot_read_back_from_its_bytes_is_the_same(cells):
    snapshot = seal(PROGRAM, [s.raw("杂项", cells)])
    data = to_bytes(PROGRAM, snapshot)
    again = from_bytes(PROGRAM, data)
    assert_equal(snapshot, again)
    assert to_bytes(PROGRAM, again) == data
    assert snapshot.fingerprint == sha256(data).hexdigest()


@given(tables.flatmap(lambda cells: st.tuples(st.just(cells), st.permutations(cells))))
def test_the_order_of_rows_changes_nothing(both):
    one, other = (seal(PROGRAM, [s.raw("杂项", cells)]) for cells in both)
    assert one.fingerprint == other.fingerprint


@given(tables.filter(bool), st.data())
def test_one_fen_changes_the_fingerprint(cells, data):
    changed = deepcopy(cells)
    row = data.draw(st.sampled_from(changed))
    whole, fen = row["金额"].split(".")
    row["金额"] = f"{whole}.{(int(fen) + 1) % 100:02}"
    assert (
        seal(PROGRAM, [s.raw("杂项", cells)]).fingerprint
        != seal(PROGRAM, [s.raw("杂项", changed)]).fingerprint
    )


def test_rows_stand_in_the_order_of_their_keys():
    school = {"名称": "", "起": "2020-09-01", "金额": 1, "比例": 1, "班主任": True, "期间": "2020-2021-1"}
    keys = [("小", "B"), ("大", "B"), (None, "C"), ("大", "A"), ("中", "A")]
    snapshot = seal(PROGRAM, [s.raw("杂项", [school | {"规模": size, "代码": code} for size, code in keys])])
    (table,) = raw_tables(to_bytes(PROGRAM, snapshot))
    in_order = list(zip(table.columns["规模"], table.columns["代码"], strict=True))
    assert in_order == [(None, "C"), ("中", "A"), ("大", "A"), ("大", "B"), ("小", "B")]


def test_the_bytes_of_a_county_are_these():
    data = to_bytes(s.COUNTY, seal(s.COUNTY, s.raw_county()))
    assert data.decode().splitlines()[:7] == [
        '["payroll-snapshot",1]',
        '{"table":"人员","columns":["卡号","姓名","比例","证件号码"],"rows":2}',
        '["6222020200001235","张三","0.8500","11010519491231002X"]',
        '[null,"阿依古丽·买买提","1.0000","440882199101010015"]',
        '{"table":"任职","columns":["姓名","学校代码","教龄","止","班主任","绩效标准","证件号码","起"],"rows":3}',
        '["张 三","A01","5","2020-11-30","是","4200.75","11010519491231002X","2015-09-01"]',
        '["张三","A02","5",null,"否","4200.75","11010519491231002X","2020-12-01"]',
    ]


def test_a_program_with_fewer_columns_reads_the_same_snapshot_by_the_same_fingerprint():
    snapshot = seal(s.COUNTY, s.raw_county())
    narrower = from_bytes(s.without(s.COUNTY, ("学校", "规模")), to_bytes(s.COUNTY, snapshot))
    assert narrower.fingerprint == snapshot.fingerprint
    assert "规模" not in narrower.tables["学校"].columns


def test_a_program_that_the_rows_do_not_fit_is_told_every_cell():
    data = to_bytes(s.COUNTY, seal(s.COUNTY, s.raw_county()))
    school = s.COUNTY.tables["学校"]
    columns = school.columns | {"规模": s.column("规模", p.Type(p.CHOICE, options=("大", "中")))}
    program = replace(s.COUNTY, tables=s.COUNTY.tables | {"学校": replace(school, columns=columns)})
    with pytest.raises(UnsoundTables) as refused:
        from_bytes(program, data)
    assert [problem.kind for problem in refused.value.problems] == ["选项"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: data.rindex(b"[")],
        lambda data: data.replace(b'"rows":2', b'"rows":1', 1),
        lambda data: data.replace(b",1]", b",2]", 1),
        lambda data: data.replace(b'"table"', b'"tafel"', 1),
        lambda data: b"\xff" + data,
    ],
)
def test_spoiled_bytes_are_refused(spoil):
    data = to_bytes(s.COUNTY, seal(s.COUNTY, s.raw_county()))
    with pytest.raises(UnreadableSnapshot):
        raw_tables(spoil(data))
