"""SIGTERM: what is under way is finished, the process leaves in order, and its output is JSON lines."""

import json
import signal
import socket
import subprocess
import time

import pytest

from tests.api.test_serve import free_port, serving

BODY = b"grant_type=client_credentials&bureau=x&client_id=y&client_secret=z"
HEAD = (
    b"POST /v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)


def connected(port, process):
    for _ in range(300):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            assert process.poll() is None
            time.sleep(0.2)
    raise AssertionError("it never listened")


def listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.slow
def test_a_request_under_way_is_finished_before_the_service_stops(tmp_path):
    """Half a request, the signal, the other half: the answer comes, and nobody new gets in meanwhile."""
    port = free_port()
    process = serving(port, tmp_path / "b.db", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        with connected(port, process) as caller:
            caller.sendall(HEAD + BODY[:10])
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            for _ in range(100):
                if not listening(port):
                    break
                time.sleep(0.1)
            assert not listening(port)
            assert process.poll() is None
            caller.sendall(BODY[10:])
            answer = b"".join(iter(lambda: caller.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert b"application/problem+json" in answer
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["status"] for line in lines if line["event"] == "request"] == [403]
