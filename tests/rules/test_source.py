"""The strict reader: every slip of form with its place and cure, and an identity that only the content decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.fingerprints import fingerprint_of
from rules.language.mistakes import RuleSetError
from rules.language.source import MAX_CHARACTERS, MAX_DEPTH, Entries, Items, Scalar, read_source
from tests.rules.small import FILE, SMALL, changed, compiled


def scalar(text):
    """The value of the one key of a document."""
    document = read_source(text, FILE)
    assert isinstance(document, Entries)
    [value] = document.entries.values()
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("", 1, 1, "空的"),
        ("甲: 1\n甲: 2\n", 2, 1, "重复"),
        ("甲: &x 1\n", 1, 4, "锚点"),
        ("甲: &x [1]\n乙: *x\n", 1, 4, "锚点"),
        ("甲: *x\n", 1, 4, "引用"),
        ("甲: !!int 1\n", 1, 4, "!!int"),
        ("甲: 1\n---\n乙: 2\n", 2, 1, "几份文档"),
        ("甲:\n\t乙: 1\n", 2, 1, "Tab"),
        ("\n甲: 1\t2\n", 2, 5, "Tab"),
        ("\n\t甲: 1\n", 2, 1, "Tab"),
        ("甲: 1 # 注\t释\n", 1, 9, "Tab"),
        ("甲: 一\x00二\n", 1, 5, "U+0000"),
        ("甲: 1\n乙: 一\u200b二\n", 2, 5, "U+200B"),
        ("甲: \ud800\n", 1, 4, "U+D800"),
        ("甲：1\n乙: 2\n", 1, 2, "全角冒号"),
        ("甲: {乙：1, 丙: 2}\n", 1, 6, "全角冒号"),
        ("甲:\n- 乙：1\n  丙: 2\n", 2, 4, "全角冒号"),
        ("甲:1\n乙: 2\n", 1, 2, "没有空格"),
        ("甲: {乙:1, 丙: 2}\n", 1, 6, "没有空格"),
        ("甲:\u30001\n乙: 2\n", 1, 3, "全角空格"),
        ("甲: {乙} 二\n", 1, 4, "没有加引号"),
        ("甲: 一: 二\n", 1, 5, "两个"),
        ("甲:\n  乙: 1\n   丙: 2\n    丁: 3\n", 3, 4, "这一行前面有 3 个空格，应有 2 个"),
        ("甲:\n   乙: 1\n  丙: *x\n", 2, 4, "这一行前面有 3 个空格，应有 2 个"),
        ("甲:\n   乙: 1\n  丙: &x\n  丁 2\n", 2, 4, "这一行前面有 3 个空格，应有 2 个"),
        ("甲: [1, 2\n", 2, 1, "不成对"),
        ("? [1]\n: 2\n", 1, 3, "键必须是一个词"),
        ("甲: " + "[" * (MAX_DEPTH + 2), 1, MAX_DEPTH + 4, "层"),
        ("#" * (MAX_CHARACTERS + 1), 1, 1, "字符"),
    ],
)
def test_a_slip_of_form_is_told_where_it_stands(text, line, column, word):
    with pytest.raises(RuleSetError) as caught:
        read_source(text, FILE)
    [problem] = caught.value.problems
    assert (problem.place.line, problem.place.column) == (line, column)
    assert word in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("2021.1", True),
        ('"2021.1"', False),
        ("'2021.1'", False),
        ("|\n  2021.1", False),
        (">\n  2021.1", False),
    ],
)
def test_a_text_knows_whether_it_was_quoted(written, plain):
    assert scalar(f"甲: {written}\n") == Scalar("2021.1", plain, scalar(f"甲: {written}\n").place)


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("一二三X", 1, 7),
        ('"一二三X"', 1, 8),
        ("'一''二X'", 1, 9),
        ('"\\u4e00二三X"', 1, 13),
        ("|\n  一二三X", 2, 6),
        ("|\n  一\n  二X", 3, 4),
        (">-\n  一\n  二X", 3, 4),
        ("一\n  二三X", 2, 5),
        ('"一\n  二三X"', 2, 5),
        ("|-\n  -X", 2, 4),
    ],
)
def test_every_character_of_a_text_has_its_place_in_the_document(written, line, column):
    value = scalar(f"甲: {written}\n")
    place = value.place.shifted(value.text.index("X"))
    assert (place.line, place.column) == (line, column)


def test_a_byte_order_mark_shifts_nothing():
    assert scalar("\ufeff甲: 1").place == scalar("甲: 1").place


TEXT = st.text("甲乙丙x1 。、", min_size=1, max_size=6).map(str.strip).filter(bool)
DOCUMENT = st.recursive(
    TEXT,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text("甲乙丙丁", min_size=1, max_size=3), inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


def flow(value, quote):
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{quote}{key}{quote}: {flow(item, quote)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(flow(item, quote) for item in value) + "]"
    return f"'{value}'"


def block(value, indent=0):
    pad = "\n" + "  " * indent
    if isinstance(value, dict):
        return "".join(
            f"{pad}{key}:   {block(item, indent + 1)}   # 注释" for key, item in reversed(value.items())
        )
    if isinstance(value, list):
        return "".join(f"{pad}- {block(item, indent + 1)}" for item in value)
    return f'"{value}"'


@given(DOCUMENT)
def test_layout_comments_quotes_and_the_order_of_keys_leave_the_fingerprint_alone(value):
    spelled = (flow(value, ""), flow(value, '"'), block(value))
    assert len({fingerprint_of(read_source(text, FILE)) for text in spelled}) == 1


@given(DOCUMENT, DOCUMENT)
def test_different_content_has_different_fingerprints(one, other):
    same = fingerprint_of(read_source(flow(one, ""), FILE)) == fingerprint_of(
        read_source(flow(other, ""), FILE)
    )
    assert same == (one == other)


def test_the_fingerprint_of_a_rule_set_knows_every_fen():
    assert compiled("# 注释\n" + SMALL.replace("\n\n", "\n\n\n")).fingerprint == compiled().fingerprint
    assert compiled(changed("3元/月", "3.01元/月")).fingerprint != compiled().fingerprint
    assert compiled(changed("问: 谁发", "问: 由谁发")).fingerprint != compiled().fingerprint


def test_lists_keep_their_order():
    document = read_source("[乙, 甲]", FILE)
    assert isinstance(document, Items)
    assert [item.text for item in document.items if isinstance(item, Scalar)] == ["乙", "甲"]
