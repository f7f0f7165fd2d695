"""Which tables a plan works on, and which paths it follows between them."""

from __future__ import annotations

from collections.abc import Iterable

from rules.language.program import Aggregate, Check, Gather, Program, Ranking, Read, Share, Step
from rules.language.walking import expressions, walk

Path = tuple[str, tuple[str, ...]]


def paths_followed(steps: Iterable[Step | Check], program: Program) -> tuple[set[str], set[Path]]:
    """The tables that steps or checks are of or add up; and every path they follow, with its first table."""
    tables: set[str] = set()
    paths: set[Path] = set()
    for step in steps:
        tables.add(step.table)
        roots = list(expressions(step))
        roots += [(veto.table, veto.when) for veto in program.vetoes if veto.table == step.table]
        if isinstance(step, Gather):
            tables.add(step.source_table)
            paths.add((step.source_table, step.path))
        if isinstance(step, Share):
            tables.add(step.pool_table)
            paths.add((step.table, step.path))
        for table, root in roots:
            for inside, node in walk(root, table):
                if isinstance(node, Aggregate | Ranking):
                    tables.add(node.table)
                    paths.add((node.table, node.path))
                elif isinstance(node, Read) and node.path:
                    paths.add((inside, node.path))
    return tables, paths
