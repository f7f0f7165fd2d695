"""Both evaluators can do what the language can say, and nothing else."""

from __future__ import annotations

import pytest

from payroll_service.calculation.columns import COLUMN_PRIMITIVES
from payroll_service.calculation.primitives import Registry, differences, signatures
from payroll_service.calculation.rows import ROW_PRIMITIVES


@pytest.mark.parametrize("registry", [COLUMN_PRIMITIVES, ROW_PRIMITIVES], ids=["columns", "rows"])
def test_every_primitive_of_the_language_has_its_function(registry: Registry):
    assert differences(registry) == (set(), set())


def test_the_signatures_name_nodes_steps_aggregates_and_roundings():
    names = {item if isinstance(item, str) else item.__name__ for item in signatures()}
    assert {"Read", "Share", "合计", "四舍五入"} <= names
