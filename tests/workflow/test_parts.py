"""Schools send their tables one by one; put together they are the same snapshot as one workbook of all."""

import pytest

from payroll_service.errors import NothingToAssemble, Overtaken, UnsoundInput
from payroll_service.snapshot.parts import only_rows, unit_column, unit_tables, units_of
from payroll_service.workbook.template import write_tables
from payroll_service.workflow.assemble_parts import examine_assembly, store_assembly
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.import_part import examine_part, store_part
from payroll_service.workflow.import_workbook import received_file
from payroll_service.workflow.list_parts import list_parts
from payroll_service.workflow.replay_run import replay_run
from tests.sample_county import county_rules, county_snapshot, county_tables
from tests.workflow.conftest import BUREAU, NOW

PROGRAM = county_rules().program
TABLES = {table.table: table for table in county_tables()}
OF_SCHOOLS = ("任职", "学期考核")
UNITS = sorted(set(units_of(PROGRAM, TABLES["任职"])))


def book(folder, name, tables):
    path = folder / f"{name}.xlsx"
    path.write_bytes(write_tables(PROGRAM, tables))
    return path


def rows_of(table, units):
    return only_rows(TABLES[table], [unit in units for unit in units_of(PROGRAM, TABLES[table])], table)


def county_book(folder):
    return book(folder, "局", [table for name, table in TABLES.items() if name not in OF_SCHOOLS])


def school_book(folder, *units):
    return book(folder, "、".join(units), [rows_of(table, units) for table in OF_SCHOOLS])


def send(store, path, unit=""):
    examined = examine_part(store, BUREAU.bureau, county_rules(), received_file(path), unit)
    store_part(store, BUREAU, examined, "经办", NOW)
    return examined


def assemble(store):
    assembly = examine_assembly(store, BUREAU.bureau, PROGRAM)
    return store_assembly(store, BUREAU, PROGRAM, assembly, "经办", NOW)


def test_the_rule_set_itself_says_which_column_leads_to_a_unit():
    assert unit_tables(PROGRAM) == ["学校"]
    assert unit_column(PROGRAM, PROGRAM.tables["任职"]) == "学校代码"
    assert unit_column(PROGRAM, PROGRAM.tables["人员"]) == ""


def test_parts_put_together_are_the_snapshot_of_the_whole(store, tmp_path):
    send(store, county_book(tmp_path))
    for unit in UNITS[:2]:
        send(store, school_book(tmp_path, unit), unit)
    send(store, school_book(tmp_path, *UNITS[2:]))
    assert "任职" not in list_parts(store, BUREAU.bureau, PROGRAM).missing
    imported = assemble(store)
    assert imported.snapshot == county_snapshot().fingerprint
    run = calculate_run(store, BUREAU.bureau, "", "2020-09", "经办", NOW).run
    assert replay_run(store, BUREAU.bureau, run.run_id).faithful


def test_who_is_missing_is_told_and_the_newest_part_counts(store, tmp_path):
    send(store, county_book(tmp_path))
    send(store, school_book(tmp_path, *UNITS[1:]))
    found = list_parts(store, BUREAU.bureau, PROGRAM)
    assert UNITS[0] in found.missing["任职"]
    assert not set(UNITS[1:]) & set(found.missing["任职"])
    before = assemble(store).rows["任职"]
    short = only_rows(rows_of("任职", UNITS[1:2]), [True], "任职")
    assert send(store, book(tmp_path, "再交", [short])).before["任职", UNITS[1]] > 1
    after = examine_assembly(store, BUREAU.bureau, PROGRAM)
    assert before - after.snapshot.tables["任职"].size == len(rows_of("任职", UNITS[1:2]).rows) - 1
    gone = next(each.gone for each in after.differences or () if each.table == "任职")
    assert gone == before - after.snapshot.tables["任职"].size


def test_a_table_that_nobody_sent_is_missing_as_a_whole(store, tmp_path):
    send(store, county_book(tmp_path))
    assert list_parts(store, BUREAU.bureau, PROGRAM).missing["任职"] == [""]


def test_a_school_cannot_send_rows_of_another(store, tmp_path):
    with pytest.raises(UnsoundInput) as refused:
        send(store, school_book(tmp_path, *UNITS[:2]), UNITS[0])
    assert {problem.kind for problem in refused.value.problems if problem.level == "错误"} == {"不是本单位"}


def test_a_school_sends_no_more_of_the_table_of_schools_than_its_own_row(store, tmp_path):
    schools = book(tmp_path, "学校", [TABLES["学校"]])
    with pytest.raises(UnsoundInput) as refused:
        send(store, schools, UNITS[0])
    foreign = [problem for problem in refused.value.problems if problem.kind == "不是本单位"]
    assert len(foreign) == len(TABLES["学校"].rows) - 1


def test_what_shows_only_in_the_whole_names_the_file(store, tmp_path):
    send(store, school_book(tmp_path, UNITS[0]), UNITS[0])
    with pytest.raises(UnsoundInput) as refused:
        examine_assembly(store, BUREAU.bureau, PROGRAM)
    assert any(problem.sheet == f"{UNITS[0]}.xlsx：任职" for problem in refused.value.problems)


def test_nothing_is_assembled_from_nothing(store):
    with pytest.raises(NothingToAssemble):
        examine_assembly(store, BUREAU.bureau, PROGRAM)


def test_a_part_that_comes_between_is_noticed(store, tmp_path):
    send(store, county_book(tmp_path))
    send(store, school_book(tmp_path, *UNITS))
    assembly = examine_assembly(store, BUREAU.bureau, PROGRAM)
    send(store, school_book(tmp_path, UNITS[0]), UNITS[0])
    with pytest.raises(Overtaken):
        store_assembly(store, BUREAU, PROGRAM, assembly, "经办", NOW)
