"""How many examples the property tests try.

In `make test` examples are few and the same each time; `make torture TIMES=20 SEED=7` tries many times as many, by chance.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, Verbosity, settings

TIMES = int(os.environ.get("PAYROLL_EXAMPLES_TIMES", "1"))


def register_profiles() -> None:
    """The profiles of `make test` (loaded), `make torture` and `make mutants`."""
    plain = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    settings.register_profile("test", plain)
    settings.register_profile("torture", plain, max_examples=100 * TIMES, derandomize=False, print_blob=True)
    settings.register_profile(
        "mutants", plain, phases=[Phase.explicit, Phase.generate], verbosity=Verbosity.quiet
    )
    settings.load_profile("torture" if TIMES > 1 else "test")


def examples(count: int) -> settings:
    """Settings for so many examples in `make test`, a multiple of them in `make torture`."""
    return settings(max_examples=count * TIMES)
