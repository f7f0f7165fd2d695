"""Checks that do not hold, in a sentence of the rule set with the row's own numbers."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.labels import key_texts, row_label
from payroll_service.calculation.outcome import Finding, Listing
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.statuses import OK, only
from payroll_service.calculation.tracing import array_of, filled
from payroll_service.calculation.vectors import Vector
from rules.language.program import BOOL, NUMBER, Check, Node, ShareFact, Type
from rules.language.render import Value, bare_text, render


def violations(scope: Scope, check: Check) -> np.ndarray:
    """The rows of the check's table (bool by row) where it applies and its condition is not true."""
    applies, holds = _looked_at(scope, check)
    return array_of(applies & ~holds)


def list_rows(scope: Scope, check: Check) -> Listing:
    """The columns of the check's sentence on every row where it applies; the label stands first anyway."""
    applies, holds = _looked_at(scope, check)
    program, frames = scope.sheet.program, scope.sheet.ground.frames
    label = program.tables[check.table].label_column
    told = [node for node in check.told if not (label and render(node) == label)]
    columns = [(scope.full(node), node.type) for node in told]
    rows = [
        (
            row_label(program, frames, check.table, row),
            tuple(value_at(vector, row, kind) for vector, kind in columns),
            bool(holds[row]),
        )
        for row in np.flatnonzero(applies).tolist()
    ]
    types = tuple(kind for _, kind in columns)
    return Listing(check.name, tuple(map(render, told)), types, tuple(rows))


def _looked_at(scope: Scope, check: Check) -> tuple[np.ndarray, np.ndarray]:
    """Where the check applies, and where its condition is true."""
    where = scope.holds(check.where)
    applies = filled(scope.size, True)
    if where is not None:
        applies = where[0]
        scope.sheet.settled(check.table, check.name, where[1], needed=False)
    holds, v = scope.true(check.condition)
    if v.status is not None:
        seen = v.with_status(only(v.status, applies))
        scope.sheet.settled(check.table, check.name, seen, needed=False)
    return applies, holds


def findings(scope: Scope, check: Check, rows: np.ndarray) -> list[Finding]:
    """What is told of the rows that violate a check."""
    program, frames = scope.sheet.program, scope.sheet.ground.frames
    if check.head.sentence is None:
        labels = [row_label(program, frames, check.table, row) for row in rows.tolist()]
        sentences = [f"{label}：{render(check.condition)} 不成立" for label in labels]
    else:
        pieces = [_texts(scope.selected(rows), piece) for piece in check.head.sentence.pieces]
        sentences = ["".join(told) for told in zip(*pieces, strict=True)]
    basis = "；".join(str(one) for one in check.head.basis)
    return [
        Finding(
            check.name,
            check.level,
            check.table,
            key_texts(program, frames, check.table, row),
            sentence,
            basis,
            row,
        )
        for row, sentence in zip(rows.tolist(), sentences, strict=True)
    ]


def _texts(scope: Scope, piece: str | Node | ShareFact) -> list[str]:
    """A piece of a rule's sentence on every row, numbers as people read them."""
    if isinstance(piece, str):
        return [piece] * scope.size
    assert not isinstance(piece, ShareFact), "a check tells no facts of a share"
    v = scope.full(piece)
    return [bare_text(value_at(v, row, piece.type), piece.type) for row in range(scope.size)]


def value_at(v: Vector, row: int, kind: Type) -> Value:
    """One value of a vector that is laid out over its rows; None where it is missing."""
    if v.status is not None and v.status[row] != OK:
        return None
    if v.words:
        return v.words[int(v.data[row])]
    if kind.kind == BOOL:
        return bool(v.data[row])
    if kind.kind == NUMBER:
        return int(v.data[row]) * v.scale / (1 if v.over is None else int(v.over[row]))
    return int(v.data[row])
