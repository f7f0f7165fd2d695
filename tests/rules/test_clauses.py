"""Every clause that an entry cites is kept: by tables and columns as by rules."""

import pytest

from payroll_service.workbook.headings import column_note
from rules.language.changes import changes
from rules.language.show import show
from rules.language.source import read_source
from tests.rules.small import SMALL, changed, compiled

CITED = "依据: [解释 调动当月, 办法 三]"
MONTHS = changed("离任: 当月止, 依据: 解释 调动当月", f"离任: 当月止, {CITED}")
GROUPS = changed("按: [校, 身份]}", f"按: [校, 身份], {CITED}}}")
SHEET = changed("    主键: 学校代码\n", f"    主键: 学校代码\n    {CITED}\n")
COLUMN = changed("班主任: 是否\n", "班主任: {类型: 是否, 缺省: 否, " + CITED + "}\n")


@pytest.mark.parametrize(("text", "table"), [(MONTHS, "任职月"), (GROUPS, "奖励组"), (SHEET, "学校")])
def test_a_table_keeps_every_clause(text, table):
    program = compiled(text)
    assert list(map(str, program.tables[table].basis)) == ["解释 调动当月", "办法 三"]
    assert "〔解释 调动当月；办法 三〕" in next(
        line for line in show(program).splitlines() if line.startswith(f"  {table}")
    )


def test_a_column_keeps_every_clause_in_show_and_in_the_template():
    program = compiled(COLUMN)
    posts = program.tables["任职"]
    column = posts.columns["班主任"]
    assert list(map(str, column.basis)) == ["解释 调动当月", "办法 三"]
    assert "班主任〔是否，不填作 否；解释 调动当月；办法 三〕" in show(program)
    assert "依据：解释 调动当月；办法 三" in column_note(posts, column)


def test_a_second_clause_changes_the_fingerprint_and_stands_in_the_comparison():
    assert compiled(MONTHS).fingerprint != compiled().fingerprint
    (change,) = changes(read_source(SMALL, "前"), read_source(MONTHS, "后"))
    assert "办法 三" in str(change)
