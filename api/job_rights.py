"""Who may see which jobs: whoever may ask for one of that kind, or see what it makes."""

from __future__ import annotations

from api.rights import OFFICE, Caller
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.jobs.kinds import IMPORTS, REPLAY, RUN, VERIFICATION

READERS = (*OFFICE, Role.SCHOOL_CLERK)


def kinds_for(caller: Caller) -> tuple[str, ...]:
    """None for whom there are none. A school's clerk sees that school's alone, besides."""
    audits = Scope.READ_AUDIT in caller.scopes
    found: tuple[str, ...] = (*IMPORTS, RUN) if caller.has(*READERS) else ()
    if audits or caller.has(*OFFICE):
        found += (REPLAY,)
    if audits or caller.has(Role.AUDITOR):
        found += (VERIFICATION,)
    return found
