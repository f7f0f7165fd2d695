"""Floor 4: all SQL; records in, records out, on SQLite and PostgreSQL alike."""

from payroll_service.store.migrations import migrate
from payroll_service.store.store import Session, Store, open_store

__all__ = ["Session", "Store", "migrate", "open_store"]
