"""The worked examples that finance people sign must come out to the fen, and the runner must notice when one does not."""

from pathlib import Path

import pytest

from payroll_service.workflow.try_examples import try_examples

ROOT = Path(__file__).parents[2]


def test_every_worked_example_in_the_repository_comes_out():
    results = list(try_examples(ROOT / "rules"))
    assert len(results) >= 15
    assert [(result.name, result.failures) for result in results if result.failures] == []


@pytest.mark.parametrize(
    ("wanted", "instead", "told"),
    [
        ("金额: 2772.50", "金额: 2772.49", "应为 2772.49，实为 2772.50"),
        ("收款人: P1", "收款人: P9", "没有"),
        ("发放: 基础", "发放: 不存在", "没有"),
    ],
)
def test_a_wrong_expectation_fails_and_says_what_came_out(tmp_path, wanted, instead, told):
    source = (ROOT / "rules" / "examples" / "dushan" / "monthly.yaml").read_text(encoding="utf-8")
    source = source.replace(
        "../../sets/dushan/2020.1.yaml", str(ROOT / "rules" / "sets" / "dushan" / "2020.1.yaml")
    )
    assert wanted in source
    file = tmp_path / "examples.yaml"
    file.write_text(source.replace(wanted, instead, 1), encoding="utf-8")
    failures = [failure for result in try_examples(file) for failure in result.failures]
    assert failures
    assert all(told in failure for failure in failures[:1])
