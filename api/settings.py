"""What an operator sets: environment variables, all with the prefix PAYROLL_."""

from __future__ import annotations

from pathlib import Path

from pydantic import PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

from payroll_service.workflow.jobs.ask_job import MOST_OPEN


class Settings(BaseSettings):
    """`database_url`: PostgreSQL by one setting, else a file here.

    `metrics_token`: who may read /metrics; without one only this machine may. `open_imports`: how many of one sender may
    wait to be examined.
    """

    model_config = SettingsConfigDict(env_prefix="PAYROLL_")

    database_url: str = ""
    metrics_token: str = ""
    open_imports: PositiveInt = MOST_OPEN

    @property
    def store_url(self) -> str:
        place = self.database_url or "payroll.db"
        return place if "://" in place else f"sqlite:///{Path(place).resolve()}"
