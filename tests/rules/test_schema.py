"""The JSON Schema for editors: what the checker takes, it takes; a wrong key is found where it stands."""

from pathlib import Path

import pytest

from rules.language.schema import schema
from rules.language.source import plain, read_source
from tests.rules.test_schemes import PARENT, POOL, SCORES

jsonschema = pytest.importorskip("jsonschema")
SETS = Path(__file__).parents[2] / "rules" / "sets"
SHIPPED = sorted(file for file in SETS.rglob("*.yaml") if file.name != "sample.yaml")


def complaints(text):
    found = jsonschema.Draft202012Validator(schema()).iter_errors(plain(read_source(text, "文件")))
    return ["/".join(map(str, error.absolute_path)) + " " + error.message for error in found]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_document_is_valid(file):
    assert complaints(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [PARENT, SCORES, POOL])
def test_small_documents_are_valid(text):
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("text", "slip", "told"),
    [
        (PARENT, ("公式: 考核.得分", "公示: 考核.得分"), "规则/0 "),
        (PARENT, ("无权重: 退回 绩效", "无权重的: 退回 绩效"), "规则/1 "),
        (PARENT, ("何时: 学期末", "何时: 期末"), "发放/0/何时 "),
        (PARENT, ("资金: {绩效: 县财政}", "基金: {绩效: 县财政}"), "基金"),
        (PARENT, ("  学校: {主键: 校码, 列", "  学校: {主健: 校码, 列"), "表/学校 "),
        (SCORES, ("简称: 甲校", "简写: 甲校"), "简写"),
        (SCORES, ("当: 校码", "条件: 校码"), "范围 "),
    ],
)
def test_a_wrong_key_or_word_is_found_where_it_stands(text, slip, told):
    found = complaints(text.replace(*slip))
    assert any(told in each for each in found)
