"""A small sample county for tests of the upper floors: the shipped rule set and description, an eighth of the people."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import RawTable, Snapshot
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.load_rules import LoadedRules, load_rules, rules_from

COUNTY = Path(__file__).parents[1] / "rules" / "sets" / "dushan"
RULES = COUNTY / "2020.1.yaml"
PERIODS = ("2020-09", "2020-2021-1", "2020-2021-2", "2020-2021")


@cache
def county_rules() -> LoadedRules:
    return load_rules(RULES)


@cache
def county_tables(scale: Fraction = Fraction(1, 8)) -> tuple[RawTable, ...]:
    description = (COUNTY / "sample.yaml").read_text(encoding="utf-8")
    return tuple(make_sample(county_rules().program, description, seed=7, scale=scale))


@cache
def county_snapshot() -> Snapshot:
    return seal(county_rules().program, county_tables())


def write_csv_folder(
    folder: Path, change: dict[tuple[str, str, int], str] | None = None, scale: Fraction = Fraction(1, 8)
) -> Path:
    """The county as a folder of CSV files; `change` replaces cells: (table, column, row from 0) -> text."""
    return write_tables(folder, county_tables(scale), change)


@cache
def next_county_rules() -> LoadedRules:
    """The same rules as another county's own document."""
    return rules_from(RULES.read_text(encoding="utf-8").replace("独山县", "荔波县").encode(), "荔波.yaml")


@cache
def next_county_tables() -> tuple[RawTable, ...]:
    """Other people, fewer of them, at schools of other names."""
    description = (COUNTY / "sample.yaml").read_text(encoding="utf-8").replace("独山县", "荔波县")
    return tuple(make_sample(next_county_rules().program, description, seed=8, scale=Fraction(1, 16)))


def write_tables(
    folder: Path, tables: tuple[RawTable, ...], change: dict[tuple[str, str, int], str] | None = None
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        lines = [",".join(table.columns)]
        for row in range(len(table.rows)):
            cells = [
                (change or {}).get((table.table, column, row), text(cells[row]))
                for column, cells in table.columns.items()
            ]
            lines.append(",".join(cells))
        (folder / f"{table.table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return folder


def text(cell: object) -> str:
    return "" if cell is None else str(cell)
