"""Floor 4: all SQL; records in, records out, on SQLite and PostgreSQL alike."""
