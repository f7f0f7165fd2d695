"""Let a child process with limits on memory and time do the dangerous work on one file, and take back bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from payroll_service.workbook.guard import Limits


class ChildFailed(Exception):
    """The limits did not suffice, or the file broke the child."""


def run_child(script: ModuleType, order: Mapping[str, Any], data: bytes, limits: Limits) -> bytes:
    """What the script writes out, given a line of JSON and the file. Raises ChildFailed."""
    assert script.__file__ is not None, "a script stands in a file"
    sent = {**order, "memory": limits.memory_bytes, "seconds": limits.seconds}
    command = [sys.executable, "-P", str(Path(script.__file__).resolve())]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(sent).encode() + b"\n" + data,
            capture_output=True,
            timeout=3 * limits.seconds,  # it may have to wait for a processor; it limits what it uses itself
        )
    except subprocess.TimeoutExpired:
        raise ChildFailed("it took too long") from None
    if done.returncode != 0:
        raise ChildFailed(f"it ended with {done.returncode}")
    return done.stdout
