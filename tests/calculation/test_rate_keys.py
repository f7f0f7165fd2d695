"""Rates by no, one, two or three keys, dated or not; whatever bands stand beside one another, both evaluators agree."""

from fractions import Fraction
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.finest_bands import finest_values
from rules.language.program import Band, Basis, Rate, RateVersion, Type
from rules.language.show import show
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import column, mistake, people, short, value_of

OLD = "- 列: 人.老\n  公式: 起 < 2010-01-01"
READ = "- 列: 人.值\n  公式: 甲"
THREE = """
标准:
  甲:
    按: [身份, 校.名额, 老]
    档:
      教师: {5以下: {是: 1元, 否: 2元}, 超过5: {是: 3元, 否: 4元}}
      校长: {7以下: {是: 5元, 否: 6元}, 超过7: {是: 7元, 否: 8元}}
    依据: 办法 一
"""


def rate(body: str) -> str:
    return f"\n标准:\n  甲: {{{body}, 依据: 办法 一}}\n"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("值: 25元", 25),
        ("分期: {2020-09-01起: 25元, 2021-03-01起: 30元}", 25),
        ("按: [身份], 档: {教师: 1, 校长: 2}", 1),
        ("按: [校号], 档: {B: 1, A: 2}", 2),
        ("按: [校.名额], 档: {不满7: 1, 7以上: 2}", 2),
        ("按: [身份, 校.名额], 档: {教师: {不满7: 1, 7以上: 2}, 校长: {7以下: 3, 超过7: 4}}", 2),
        ("按: [得分, 身份], 档: {不满60: {教师: 1, 校长: 2}, 60以上: {教师: 3, 校长: 4}}", 3),
        (
            "按: [得分, 身份, 校.名额], 分期: {2020-09-01起: "
            "{不满60: {教师: {0至1000: 1}, 校长: {0至1000: 2}}, 60以上: {教师: {0至1000: 3}, 校长: {0至1000: 4}}}}",
            3,
        ),
    ],
)
def test_a_rate_may_have_up_to_three_keys_dated_or_not(body, value):
    assert value_of("甲", people({"得分": "60"}), rates=rate(body)) == value


def test_three_keys_mix_choices_bands_by_path_and_yes_or_no():
    cells = [
        {"身份": who, "校号": at, "起": since}
        for who in ("教师", "校长")
        for at in ("B", "A")
        for since in ("2005-09-01", "2015-09-01")
    ]
    assert column(short(OLD, READ, rates=THREE), "人.值", people(*cells)) == [1, 2, 3, 4, 5, 6, 5, 6]


def test_three_keys_are_shown_and_explained():
    program = short(OLD, READ, rates=THREE, paid="值")
    assert "教师、5以下：是 1.00元，否 2.00元" in show(program)
    assert "校长、超过7：是 7.00元，否 8.00元" in show(program)
    snapshot = sealed(program, people({"起": "2005-09-01"}))
    (line,) = explain(program, calculate(program, snapshot, SEMESTER), "人", ("P000",), "发")
    assert line.root is not None
    assert line.root.rates[0].keys == ("身份 教师", "校.名额 7个：超过5", "老 是")
    assert line.root.rates[0].value == "3.00元"


def test_a_fourth_key_is_refused_and_so_is_a_case_left_out():
    assert mistake("甲", rate("按: [身份, 得分, 老, 节数], 档: {教师: 1}")).startswith(
        "标准「甲」按 4 列查，最多 3 列"
    )
    assert "漏了：校长" in mistake(
        "甲", rate("按: [得分, 身份], 档: {0以上: {教师: 1}, 不满0: {教师: 1, 校长: 2}}")
    )


def test_bands_that_differ_by_version_or_by_another_key_do_not_disturb_one_another():
    dated = rate(
        "按: [得分], 分期: {2020-09-01起: {不满5: 1, 5以上: 2}, 2020-12-01起: {不满10: 3, 10以上: 4}}"
    )
    rule = "- 列: 人.值\n  公式: 甲@期初 × 10 + 甲@期末"
    scores = people({"得分": "7"}, {"得分": "4"}, {"得分": "12"})
    assert column(short(rule, rates=dated), "人.值", scores) == [23, 13, 24]
    by_post = rate("按: [身份, 得分], 档: {教师: {不满5: 1, 5以上: 2}, 校长: {不满10: 3, 10以上: 4}}")
    posts = people({"得分": "7"}, {"得分": "7", "身份": "校长"}, {"得分": "12", "身份": "校长"})
    assert column(short(READ, rates=by_post), "人.值", posts) == [2, 3, 4]


def tiled(edges: list[tuple[int, bool]]) -> list[Band]:
    """Bands that cover every number, one beside the other."""
    cuts = [None, *sorted(edges), None]
    return [
        Band(
            None if first is None else Fraction(first[0]),
            first is not None and first[1],
            None if last is None else Fraction(last[0]),
            last is not None and not last[1],
            f"第{place}档",
        )
        for place, (first, last) in enumerate(pairwise(cuts))
    ]


edges = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), unique=True, max_size=4)


@given(st.lists(edges, min_size=1, max_size=3), st.integers(-8, 8))
@settings(max_examples=300)
def test_every_number_lies_in_one_finest_piece_which_has_the_value_of_its_band(versions, halves):
    number = Fraction(halves, 2)
    tilings = [tiled(one) for one in versions]
    values: list[dict[tuple[str | bool | Band, ...], Fraction]] = [
        {(band,): Fraction(place) for place, band in enumerate(tiles)} for tiles in tilings
    ]
    dated = tuple(RateVersion(day, one) for day, one in enumerate(values))
    finest = finest_values(Rate("甲", ("数",), Type("数"), dated, (Basis("办法", "一"),), False))
    pieces = {piece for one in finest for (piece,) in one}
    (held,) = (piece for piece in pieces if isinstance(piece, Band) and piece.holds(number))
    for one, whole, tiles in zip(finest, values, tilings, strict=True):
        assert one[held,] == next(whole[band,] for band in tiles if band.holds(number))
