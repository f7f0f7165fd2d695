"""What a job can be, and what it is asked with and leaves behind, as it stands in its `request` and `result`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from payroll_service.audit.evidence import AuditCheck
from payroll_service.snapshot.differences import RowDifference, TableDifference
from payroll_service.workflow.masking import masked
from payroll_service.workflow.replay_run import Replay
from payroll_service.workflow.verify_book import VerifiedBook

IMPORT, PART, ASSEMBLY, RUN = "import", "part", "assembly", "run"
REPLAY, VERIFICATION = "replay", "verification"
IMPORTS = (IMPORT, PART, ASSEMBLY)
PROOFS = (REPLAY, VERIFICATION)
KINDS = {
    IMPORT: "完整的数据",
    PART: "一部分表",
    ASSEMBLY: "合并各份",
    RUN: "核算",
    REPLAY: "复算",
    VERIFICATION: "查账",
}
UPLOAD, SNAPSHOT, PROBLEMS, DIFFERENCES = "upload", "snapshot", "problems", "differences"  # contents


@dataclass(frozen=True)
class AskedImport:
    """`rule_set`: a fingerprint. `file_name`: "" of an assembly, which has no file. `periods`: tried beforehand."""

    rule_set: str
    file_name: str = ""
    periods: Sequence[str] = ()


@dataclass(frozen=True)
class AskedRun:
    """`rule_set`: "" for the one that the snapshot was checked under."""

    snapshot: str
    period: str
    rule_set: str = ""


@dataclass(frozen=True)
class AskedReplay:
    run: str


@dataclass(frozen=True)
class AskedVerification:
    """The whole book of the bureau."""


@dataclass(frozen=True)
class Change:
    """How many rows of a table were there, are there now, came, went, and have cells that changed."""

    table: str
    before: int
    now: int
    added: int
    gone: int
    changed: int


@dataclass(frozen=True)
class PartOf:
    """A table, or one unit's rows of it: of an assembly with the file and sender it came from. `units`: see `Part`."""

    table: str
    unit: str
    rows: int
    units: Mapping[str, str]
    content_hash: str = ""
    file_name: str = ""
    sender: str = ""


@dataclass(frozen=True)
class ImportResult:
    """What examining found. `last`: the snapshot accepted before, "" for none; `changes` since then, None where nothing
    can be compared. `missing`: by table the units that have sent none, [""] where the table itself is missing."""

    errors: int
    hints: int
    content_hash: str = ""
    snapshot: str = ""
    rows: Mapping[str, int] | None = None
    last: str = ""
    changes: tuple[Change, ...] | None = None
    parts: tuple[PartOf, ...] = ()
    missing: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class RunResult:
    run: str


@dataclass(frozen=True)
class ImportProblem:
    """A problem of the data as a clerk sees it: `table` of the rule set, "" where none; `value` of the cell, masked."""

    table: str
    sheet: str
    cell: str
    column: str
    kind: str
    level: Literal["错误", "提示"]
    value: str
    message: str
    remedy: str


def written(record: Any) -> str:
    """A record as JSON."""
    return json.dumps(asdict(record), ensure_ascii=False, sort_keys=True)


def import_result(text: str) -> ImportResult:
    """What `written` wrote."""
    read = json.loads(text)
    changes = None if read["changes"] is None else tuple(Change(**one) for one in read["changes"])
    return ImportResult(
        **(read | {"changes": changes, "parts": tuple(PartOf(**one) for one in read["parts"])})
    )


def replay_of(text: str) -> Replay:
    """What `written` wrote."""
    read = json.loads(text)
    return Replay(read["run"], _checks(read))


def verified_book_of(text: str) -> VerifiedBook:
    """What `written` wrote."""
    read = json.loads(text)
    return VerifiedBook(_checks(read), read["movements"], read["digest"])


def _checks(read: Mapping[str, Any]) -> tuple[AuditCheck, ...]:
    return tuple(AuditCheck(**one) for one in read["checks"])


def change_of(found: TableDifference) -> Change:
    return Change(found.table, found.before, found.now, found.added, found.gone, found.changed)


def written_differences(found: Sequence[TableDifference]) -> bytes:
    """The rows that differ, by table; numbers masked."""
    rows = {each.table: [asdict(_masked(row)) for row in each.first] for each in found}
    return json.dumps(rows, ensure_ascii=False).encode()


def _masked(row: RowDifference) -> RowDifference:
    key = tuple(map(masked, row.key))
    return RowDifference(row.kind, key, row.column, masked(row.before), masked(row.now))


def read_differences(content: bytes) -> dict[str, list[RowDifference]]:
    return {
        table: [RowDifference(**(row | {"key": tuple(row["key"])})) for row in rows]
        for table, rows in json.loads(content).items()
    }
