"""The door for people at a terminal: the command `payroll`. It translates words to use cases and decides nothing."""

from payroll_service.cli.app import app

__all__ = ["app"]
