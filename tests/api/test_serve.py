"""payroll serve, as an operator starts it: an empty file, a link, a sign-in, a stop."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serving(port: int, database: Path, **pipes: int) -> subprocess.Popen[str]:
    """`payroll serve` in a process of its own."""
    command = [sys.executable, "-c", "from payroll_service.cli import app; app()", "serve"]
    options = ["--port", str(port), "--database", str(database)]
    return subprocess.Popen([*command, *options], text=True, **pipes)  # type: ignore[call-overload]


@pytest.mark.slow
def test_it_starts_on_an_empty_file_prints_the_link_answers_and_stops(tmp_path):
    port = free_port()
    process = serving(port, tmp_path / "工资.db", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            except URLError:
                assert process.poll() is None, process.stdout.read() if process.stdout else ""
                time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode in (0, 130, -signal.SIGINT)
    link = re.search(rf"http://localhost:{port}/setup/\S{{40,}}", told.replace("\n", ""))
    assert link, told
    assert (tmp_path / "工资.db").exists()
