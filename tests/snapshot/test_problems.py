"""Problems of rows and tables: every one in one pass, each where it stands."""

from dataclasses import replace

import pytest

from payroll_service.snapshot.sealing import check_and_seal, find_problems, seal
from payroll_service.snapshot.tables import RawTable, UnsoundTables
from tests.snapshot import sample as s


def found(rows, program=s.COUNTY):
    problems = find_problems(program, s.raw_county(rows))
    return [(problem.sheet, problem.cell, problem.kind) for problem in problems]


def test_a_sound_county_has_no_problems():
    assert found(s.county_rows()) == []


def test_all_problems_come_in_one_pass_in_the_order_of_the_sheets():
    rows = s.county_rows()
    rows["学校"][0]["规模"] = "大型"
    rows["人员"][1]["比例"] = 85
    rows["任职"][0]["绩效标准"] = "四千"
    rows["任职"][2]["学校代码"] = "A09"
    rows["学期考核"][0]["得分"] = None
    assert found(rows) == [
        ("学校", "C2", "选项"),
        ("人员", "D3", "范围"),
        ("任职", "G2", "类型"),
        ("任职", "C4", "查找不到"),
        ("学期考核", "C2", "空"),
    ]


def test_a_doubled_key_names_both_rows():
    rows = s.county_rows()
    rows["学校"].append({"学校代码": "Ａ０１ ", "学校名称": "另一所", "规模": "小"})
    (problem,) = find_problems(s.COUNTY, s.raw_county(rows))
    assert (problem.cell, problem.kind) == ("A4", "主键重复")
    assert "第 2 行" in problem.message


def test_two_workbooks_with_the_same_table_count_as_one():
    rows = s.county_rows()
    first = s.raw("学校", rows["学校"][:1])
    second = RawTable(
        "学校", "乙校报送", {name: [cell] for name, cell in rows["学校"][0].items()}, [5], {"学校代码": "B"}
    )
    others = [s.raw(name, cells) for name, cells in rows.items() if name != "学校"]
    problems = find_problems(s.COUNTY, [first, second, *others])
    assert ("乙校报送", "B5", "主键重复") in [
        (problem.sheet, problem.cell, problem.kind) for problem in problems
    ]
    assert any("学校 第 2 行" in problem.message for problem in problems)


def test_posts_that_overlap_are_found_and_posts_that_touch_are_not():
    rows = s.county_rows()
    rows["任职"][1] |= {"学校代码": "A01", "起": "2020-12-01"}
    assert found(rows) == []
    rows["任职"][1]["起"] = "2020-11-30"
    assert found(rows) == [("任职", "D3", "重叠")]


def test_a_long_post_overlaps_one_that_starts_after_a_short_one_has_ended():
    rows = s.county_rows()
    post = rows["任职"][2]
    rows["任职"] = [
        post | {"起": "2018-09-01", "止": None},
        post | {"起": "2018-10-01", "止": "2018-10-31"},
        post | {"起": "2020-01-01", "止": None},
    ]
    assert found(rows) == [("任职", "D3", "重叠"), ("任职", "D4", "重叠")]


def test_a_post_that_ends_before_it_starts_is_found():
    rows = s.county_rows()
    rows["任职"][0]["止"] = "2015-08-31"
    assert found(rows) == [("任职", "E2", "起止颠倒")]


def test_names_may_differ_in_spaces_and_dots_and_in_nothing_else():
    rows = s.county_rows()
    rows["任职"][0]["姓名"] = "张　三"
    rows["任职"][2]["姓名"] = "阿依古丽・买买提"
    assert found(rows) == []
    rows["任职"][2]["姓名"] = "阿依古丽·买买堤"
    assert found(rows) == [("任职", "B4", "姓名不一致")]


def test_an_empty_lookup_key_leads_nowhere_and_is_no_problem():
    posts = s.POSTS
    optional = posts.columns | {"学校代码": replace(posts.columns["学校代码"], optional=True)}
    program = replace(s.COUNTY, tables=s.COUNTY.tables | {"任职": replace(posts, columns=optional)})
    rows = s.county_rows()
    rows["任职"][0]["学校代码"] = " "
    assert found(rows, program) == []


def test_a_sheet_of_people_without_any_readable_id_is_not_blamed_on_the_posts():
    rows = s.county_rows()
    for row in rows["人员"]:
        row["证件号码"] = 1.0
    assert {kind for _, _, kind in found(rows)} == {"数字格式的号码"}


def test_rows_that_lost_an_unreadable_row_name_it_instead_of_blaming_themselves_only():
    rows = s.county_rows()
    rows["人员"][1]["证件号码"] = 440882199101010015.0
    problems = find_problems(s.COUNTY, s.raw_county(rows))
    lost = [problem for problem in problems if problem.kind == "查找不到"]
    assert lost
    assert all("“人员”表第 3 行的 证件号码 有误" in problem.remedy for problem in lost)
    rows["人员"].pop(1)
    others = find_problems(s.COUNTY, s.raw_county(rows))
    assert all("有误，也许" not in problem.remedy for problem in others)
    assert [problem.kind for problem in others].count("查找不到") == len(lost)


def test_a_row_whose_number_is_quite_another_is_not_taken_for_the_unreadable_one():
    rows = s.county_rows()
    lost, rows["人员"][0]["证件号码"] = rows["人员"][0]["证件号码"], "110105194912310038"  # a third person's
    rows["人员"][1]["证件号码"] = rows["人员"][1]["证件号码"][:-1]  # a digit is missing, of somebody else
    for row in (row for table in ("任职", "学期考核") for row in rows[table]):
        row.pop("姓名", None)
    problems = find_problems(s.COUNTY, s.raw_county(rows))
    told = {
        problem.message + problem.remedy: rows[problem.sheet][int(problem.cell[1:]) - 2]["证件号码"]
        for problem in problems
        if problem.kind == "查找不到"
    }
    assert {number == lost for number in told.values()} == {True, False}
    assert all(("有误，也许" in text) == (number != lost) for text, number in told.items())


def test_an_empty_sheet_that_rows_look_into_is_one_problem():
    rows = s.county_rows()
    rows["学校"] = []
    assert found(rows) == [("任职", "", "查找不到")]


def test_a_missing_sheet_and_a_missing_column_are_problems_of_the_sheet():
    tables = [table for table in s.raw_county() if table.table != "学期考核"]
    del tables[0].columns["规模"]
    problems = find_problems(s.COUNTY, tables)
    assert [(p.sheet, p.cell, p.column, p.kind) for p in problems] == [
        ("学校", "", "规模", "缺列"),
        ("学期考核", "", "", "缺表"),
    ]


def test_an_empty_sheet_is_sound_and_optional_columns_may_be_left_out():
    rows = s.county_rows()
    for row in rows["人员"]:
        del row["卡号"], row["比例"]
    rows["学期考核"] = []
    snapshot = seal(s.COUNTY, s.raw_county(rows))
    people = snapshot.tables["人员"].columns
    missing = people["卡号"].missing
    assert missing is not None
    assert missing.tolist() == [True, True]
    assert people["比例"].data.tolist() == [10000, 10000]
    assert snapshot.tables["学期考核"].size == 0


def test_hints_do_not_forbid_sealing():
    rows = s.county_rows()
    rows["人员"][0]["卡号"] = "6222020200001236"
    rows["学校"][0]["学校名称"] = "\ue123小学"
    snapshot, problems = check_and_seal(s.COUNTY, s.raw_county(rows))
    assert snapshot is not None
    assert [(p.kind, p.level) for p in problems] == [("生僻字", "提示"), ("账号", "提示")]


def test_unsound_tables_are_not_sealed():
    rows = s.county_rows()
    rows["学校"][0]["规模"] = ""
    with pytest.raises(UnsoundTables) as refused:
        seal(s.COUNTY, s.raw_county(rows))
    assert [problem.cell for problem in refused.value.problems] == ["C2"]
