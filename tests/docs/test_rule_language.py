"""docs/rule-language.md keeps its word: all its rule sets, examples, messages, results and commands are tried here.

To renew a quoted message, empty its block and run the test twice; then read the difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payroll_service.cli import app
from payroll_service.snapshot.cells import read_cell
from payroll_service.snapshot.faults import BadCell
from payroll_service.workflow.try_examples import try_examples
from rules.language import RuleSetError, keys, load_rule_set
from rules.language.bands import read_band
from rules.language.column_types import read_type
from rules.language.formula import AGGREGATES, FUNCTIONS, WORDS
from rules.language.mistakes import Place
from rules.language.period import PERIOD_KINDS, Calendar, month_text
from rules.language.program import CADENCE, Program
from rules.language.source import Scalar
from rules.language.units import BASE_UNITS
from tests.docs.page import Block, Page, Row

PAGE = Page(Path(__file__).parents[2] / "docs" / "rule-language.md")
YAML = PAGE.of("yaml")
WRONG = [block for block in YAML if block.is_wrong and not block.is_examples]
EXAMPLES = [block for block in YAML if block.is_examples and not block.is_wrong]
SCHEMES = [block for block in YAML if block.extended and not block.is_wrong]
RULE_SETS = [block for block in YAML if not block.is_wrong and not block.is_examples and not block.extended]
HERE = Place("rule-language.md", 1, 1)
ENGLISH = ["IF", "MIN", "MAX", "ROUND", "SUM", "COUNT", "AVERAGE", "ANY", "AND", "OR", "NOT", "IN"]


def by_line(things: Iterable[Block | Row]) -> Iterable[object]:
    return [pytest.param(thing, id=f"line {thing.line}") for thing in things]


@cache
def compiled(block: Block) -> Program:
    return loaded(block, block.name or f"line {block.line}")


def loaded(block: Block, name: str) -> Program:
    """A block's rule set; a scheme with the rule set that it extends."""
    if block.extended:
        return load_rule_set(PAGE.rule_set(block.extended), block.extended, [(block.text, name)])
    return load_rule_set(PAGE.whole(block), name)


def rows(first_heading: str) -> list[Row]:
    return [row for table in PAGE.tables(first_heading) for row in table[1:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every named file of the page, as a reader would have saved it."""
    folder = tmp_path_factory.mktemp("page")
    for block in YAML:
        if block.name:
            (folder / block.name).write_text(PAGE.whole(block), encoding="utf-8")
    return folder


def refused(text: str, name: str = "x") -> list[str]:
    """What the checker says, without the places."""
    with pytest.raises(RuleSetError) as error:
        load_rule_set(text, name)
    return told(error.value)


def told(error: RuleSetError) -> list[str]:
    """Message and cure of each problem; `第 … 行` for the lines of the whole that a fragment was laid over."""
    texts = [
        problem.message + (f" 改法：{problem.remedy}" if problem.remedy else "") for problem in error.problems
    ]
    return [re.sub(r"第 \d+ 行", "第 … 行", text) for text in texts]


def failures(folder: Path, text: str, name: str) -> list[str]:
    """What does not come out of a text of worked examples."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [failure for result in try_examples(path) for failure in result.failures]


# Rule sets, mistakes, examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", by_line(RULE_SETS))
def test_a_rule_set_of_the_page_compiles(block):
    assert compiled(block).payments


@pytest.mark.parametrize("block", by_line(SCHEMES))
def test_a_scheme_of_the_page_extends_its_rule_set(block):
    assert compiled(block).schemes


@pytest.mark.parametrize("block", by_line(block for block in RULE_SETS if block.result))
def test_the_new_lines_of_a_step_make_of_the_step_before_the_whole_that_is_shown(block):
    whole = next(other for other in RULE_SETS if other.name == block.result)
    assert compiled(block).fingerprint == compiled(whole).fingerprint


@pytest.mark.parametrize("block", by_line(WRONG))
def test_a_mistake_is_told_in_the_words_that_the_page_quotes(block):
    quoted = PAGE.after(block)
    assert quoted.language == "text"
    with pytest.raises(RuleSetError) as error:
        loaded(block, "x")
    now = told(error.value)
    if not quoted.text:
        PAGE.fill(quoted, "\n".join(now) + "\n")
        pytest.fail("the quoted message was empty and has been written: read it, then run the test again")
    assert now == quoted.text.splitlines()


@pytest.mark.parametrize("block", by_line(EXAMPLES))
def test_a_worked_example_comes_out(block, folder):
    assert failures(folder, block.text, f"例 {block.line}.yaml") == []


def test_every_rule_set_of_part_one_has_worked_examples():
    named = {block.name for block in RULE_SETS if re.fullmatch(r"第.步\.yaml", block.name)}
    tried = {
        found[1] for block in EXAMPLES if (found := re.search(r"^规则集: (\S+)$", block.text, re.MULTILINE))
    }
    assert len(named) == 9
    assert named <= tried


# Tables of results -----------------------------------------------------------------------------------------------


def checked(folder: Path, base: str, data: str, checks: list[tuple[str, str, str]]) -> list[str]:
    """Conditions (table, which rows, what must hold there) that do not hold on worked data."""
    entries = [
        {"名称": f"第 {n} 条", "表": table, "限于": where, "必须": condition, "依据": "办法 一"}
        for n, (table, where, condition) in enumerate(checks)
    ]
    listed = "\n".join(f"- {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
    tried = Block("yaml", f"# 接在: {base}\n检查:\n{listed}\n", 0)
    (folder / "试算.yaml").write_text(PAGE.whole(tried), encoding="utf-8")
    wanted = "".join(
        f"  - {{检查: {entry['名称']}, 次数: 0, 推导: {json.dumps(entry['必须'], ensure_ascii=False)}}}\n"
        for entry in entries
    )
    examples = re.sub(r"^规则集: .*$", "规则集: 试算.yaml", data, flags=re.MULTILINE)
    examples = examples[: examples.index("  期望:\n")] + "  期望:\n" + wanted
    return failures(folder, examples, "试算-用例.yaml")


def test_formulas_give_what_the_page_says(folder):
    data = next(block for block in EXAMPLES if "算式用的数据" in block.text)
    checks = []
    for table in PAGE.tables("在「"):
        name = table[0].cells[0].removeprefix("在「").removesuffix("」里写")
        for row in table[1:]:
            formula, result = row.cells[:2]
            where = {"任职": '证件号码 = "P1"', "学校": '学校代码 = "A01"'}[name]
            checks.append((name, where, f"({formula}) = {result}"))
    assert len(checks) > 40
    assert checked(folder, "参考.yaml", data.text, checks) == []


def test_rounding_does_what_the_page_says(folder):
    data = next(block for block in EXAMPLES if "算式用的数据" in block.text)
    checks = []
    for table in PAGE.tables("取整前"):
        for row in table[1:]:
            for mode, result in zip(table[0].cells[1:], row.cells[1:], strict=True):
                checks.append(("学校", '学校代码 = "A01"', f"舍入({row.cells[0]}, 整数, {mode}) = {result}"))
    for row in rows("取整到"):
        step, number, result = row.cells
        word, mode = step.split()
        checks.append(("学校", '学校代码 = "A01"', f"舍入({number}, {word}, {mode}) = {result}"))
    assert len(checks) > 30
    assert checked(folder, "参考.yaml", data.text, checks) == []


def test_months_are_counted_as_in_the_table_of_dates(folder):
    people, posts, scores, checks = [], [], [], []
    for number, row in enumerate(rows("起")):
        start, end, late, early = row.cells
        key = f"R{number:02d}"
        people.append(f"{{证件号码: {key}, 姓名: 某, 去向: 退休}}")
        posts.append(f"{{证件号码: {key}, 起: {start}" + (f", 止: {end}" if end else "") + "}")
        scores.append(f"{{证件号码: {key}, 得分: 90}}")
        for table, cell in (("任职月", late), ("另月", early)):
            count = cell.partition("（")[0]
            checks.append(("任职", f'证件号码 = "{key}"', f"计数({table}) = {count}月"))
    data = next(block for block in EXAMPLES if "算式用的数据" in block.text).text
    head = data[: data.index("  数据:\n")]
    lists = {"人员": people, "任职": posts, "学期考核": scores}
    body = "".join(f"    {name}: [{', '.join(items)}]\n" for name, items in lists.items())
    text = head + "  数据:\n    学校: [{学校代码: A01}]\n" + body + "  期望:\n"
    assert len(checks) > 16
    assert checked(folder, "另月.yaml", text, checks) == []


@pytest.mark.parametrize("row", by_line(rows("档次")))
def test_a_band_holds_what_the_page_says(row):
    band, inside, outside = row.cells
    read = read_band(band, HERE)
    assert all(read.holds(Fraction(text)) for text in inside.split("、"))
    assert not any(read.holds(Fraction(text)) for text in outside.split("、"))


@pytest.mark.parametrize("row", by_line(rows("类型")))
def test_a_column_type_takes_and_refuses_what_the_page_says(row):
    written, good, bad = row.cells[:3]
    spec = read_type(Scalar(written, True, HERE))
    for cell in filter(None, re.split("[、]", good.replace("`", ""))):
        read_cell(cell, spec.type, Calendar(), strict_ids=False)
    for cell in filter(None, re.split("[、]", bad.replace("`", ""))):
        with pytest.raises(BadCell):
            read_cell(cell, spec.type, Calendar(), strict_ids=False)


@pytest.mark.parametrize("row", by_line(rows("期间写法")))
def test_a_period_is_written_as_the_page_says(row):
    text, kind, first, last = row.cells[:4]
    period = Calendar().parse(text)
    assert period is not None
    assert (period.kind, month_text(period.months[0]), month_text(period.months[-1])) == (kind, first, last)


# Words -----------------------------------------------------------------------------------------------------------


def tried_text() -> str:
    blocks = [block.text for block in YAML if not block.is_wrong]
    return "\n".join([*blocks, *(" ".join(row.cells) for table in PAGE.tables("在「") for row in table)])


@pytest.mark.parametrize(
    "words",
    [FUNCTIONS, AGGREGATES, WORDS, ENGLISH, PERIOD_KINDS, CADENCE.values()],
    ids=["functions", "aggregates", "words", "English", "periods", "cadences"],
)
def test_every_word_of_the_language_is_shown_in_something_that_is_tried(words):
    text = tried_text()
    assert [word for word in words if word not in text] == []


def test_every_key_is_shown_in_something_that_is_tried():
    text = tried_text()
    lists = [value for name, value in vars(keys).items() if name.isupper() and not name.startswith("_")]
    kinds = [kind for each in lists for kind in (each.values() if isinstance(each, dict) else [each])]
    wanted = {key for required, optional in kinds for key in (*required, *optional)}
    assert len(wanted) > 50
    assert [
        key for key in sorted(wanted) if not re.search(rf"(^|[{{,\s]){key}:(\s|$)", text, re.MULTILINE)
    ] == []


def test_every_unit_is_named():
    named = next(line for line in PAGE.text.splitlines() if line.startswith("基本单位："))
    assert re.findall("`(.+?)`", named) == list(BASE_UNITS)


def test_the_required_keys_are_just_those_that_the_page_says():
    whole = PAGE.rule_set("第九步.yaml")
    for row in rows("顶层的键"):
        key, needed = row.cells[:2]
        cut = re.sub(rf"^{key}:.*\n(?:[ -].*\n|\n)*", "", whole, flags=re.MULTILINE)
        if needed == "必填":
            assert f"规则集缺少「{key}」 改法：请补上「{key}: …」" in refused(cut)
        else:
            assert re.search(rf"^\"?{key}\"?:", "\n".join(block.text for block in RULE_SETS), re.MULTILINE)


# Commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", by_line(PAGE.of("console")))
def test_a_command_prints_what_the_page_shows(block, folder, monkeypatch):
    monkeypatch.chdir(folder)
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        result = CliRunner().invoke(app, command.split()[1:])
        printed, wanted = (
            [line for line in text.splitlines() if line.strip()] for text in (result.output, shown)
        )
        assert len(printed) == len(wanted), printed
        for line, expected in zip(printed, wanted, strict=True):
            assert line.startswith(expected[:-1]) if expected.endswith("…") else line == expected
