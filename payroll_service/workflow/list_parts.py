"""Which schools and tables are in, and which are missing."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.snapshot.parts import unit_column
from payroll_service.store.store import Session, Store
from payroll_service.workflow.import_part import StoredPart, newest_parts
from rules.language.program import Program


@dataclass(frozen=True)
class PartsOverview:
    """`parts`: the newest of each table and unit. `missing`: by table the units that have sent none; [""] where the table
    itself is missing. `units`: code and label, as far as the table of units is in."""

    parts: dict[tuple[str, str], StoredPart]
    missing: dict[str, list[str]]
    units: dict[str, str]


def list_parts(store: Store, bureau: str, program: Program) -> PartsOverview:
    with store.reading() as session:
        return overview(session, bureau, program)


def overview(session: Session, bureau: str, program: Program) -> PartsOverview:
    parts = newest_parts(session, bureau, program.fingerprint)
    units = {code: label for stored in parts.values() for code, label in sorted(stored.part.units.items())}
    missing: dict[str, list[str]] = {}
    for table in program.input_tables():
        sent = {unit for name, unit in parts if name == table.name}
        if not sent:
            missing[table.name] = [""]
        elif unit_column(program, table) and set(units) - sent:
            missing[table.name] = sorted(set(units) - sent)
    return PartsOverview(parts, missing, units)
