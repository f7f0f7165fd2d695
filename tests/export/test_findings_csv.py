"""findings.csv byte for byte: what did not hold, and what is held."""

from pathlib import Path

from payroll_service.export.findings_csv import HEADING, findings_csv
from tests.book.tiny import run
from tests.goldens import same_as_golden


def test_the_file_has_these_very_bytes():
    _, outcome, payouts = run()
    same_as_golden(Path(__file__).parent / "golden" / "findings.csv", findings_csv(outcome.findings, payouts))


def test_without_findings_the_heading_stands_alone():
    _, _, payouts = run("2019-2020")
    assert findings_csv([], payouts).decode("utf-8-sig") == HEADING + "\r\n"
