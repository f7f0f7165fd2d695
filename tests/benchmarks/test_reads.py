"""How many breakdowns a second the service hands out, and at what cost a run is stored. Measured by `make bench` only."""

from __future__ import annotations

from statistics import median

import pytest

from api.rights import COOKIE
from payroll_service.access.roles import Role
from payroll_service.clock import now
from payroll_service.store import migrate
from payroll_service.store.store import Store
from payroll_service.workflow.read_payouts import own_payout
from payroll_service.workflow.sign_in import open_session
from tests import acts
from tests.api.conftest import furnish
from tests.benchmarks import reads, storing
from tests.benchmarks.bench import NOISE
from tests.sample_county import write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

ROUNDS, STORED = 5, 100_000
LEAST = {"sqlite": 0.5, "postgresql": 0.33}  # of the bare endpoint's rate

pytestmark = pytest.mark.bench


def test_measure_reads_of_own_breakdowns(database_url, tmp_path):
    migrate(database_url)
    town = furnish(database_url, write_csv_folder(tmp_path / "独山"))
    acts.approve(town.store, BUREAU.bureau, town.run, "复核", NOW)
    with town.store.writing() as session:
        token = open_session(session, town.people[Role.TEACHER], now()).token
    content = own_payout(town.store, BUREAU.bureau, town.payee, town.run)
    kept = tmp_path / "content.json"
    kept.write_bytes(content)
    path, cookie = f"/v1/me/payouts/{town.run}", f"{COOKIE}={token}"
    with (
        reads.served(*reads.bare_server(kept)) as bare,
        reads.served(*reads.our_server(database_url)) as ours,
    ):

        def measured() -> dict[str, float]:
            found: dict[str, list[float]] = {"dict": [], "bytes": [], "ours": []}
            for _ in range(ROUNDS):
                found["dict"].append(reads.rate(bare, "/dict", cookie))
                found["bytes"].append(reads.rate(bare, "/bytes", cookie, content))
                found["ours"].append(reads.rate(ours, path, cookie, content))
            return {name: median(values) for name, values in found.items()}

        tell(town.store, "alone", measured())
        with storing.going_on(database_url, STORED):
            tell(town.store, f"while {STORED} payees are stored", measured())
    town.store.close()


def tell(store: Store, when: str, rates: dict[str, float]) -> None:
    ratios = {name: round(rates["ours"] / rates[name], 2) for name in ("dict", "bytes")}
    shown = {name: round(rate) for name, rate in rates.items()}
    database = store.database.reader.dialect.name
    print(database, when, "ratios", ratios, "answers a second", shown)
    assert ratios["dict"] >= LEAST[database] / NOISE
