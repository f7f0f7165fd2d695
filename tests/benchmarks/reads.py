"""Own breakdowns read over HTTP, beside a bare endpoint that answers the same JSON, under the same load and workers.

    python -m tests.benchmarks.reads FILE       serves the bare endpoints; FILE holds the JSON

`/dict` is what a newcomer writes: a dict, which the framework encodes. `/bytes` hands out ready bytes and is the
quickest answer that the framework can give. The service runs as `payroll serve` starts it, logs and metrics included.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI, Response

CONNECTIONS, SECONDS = 16, 3
OURS = "import sys; from payroll_service.cli import app; app()"


def bare(content: bytes) -> FastAPI:
    app = FastAPI()
    told = json.loads(content)

    @app.get("/healthz")
    async def ready() -> None:
        """Up."""

    @app.get("/dict")
    async def as_dict() -> dict[str, object]:
        return told

    @app.get("/bytes")
    async def as_bytes() -> Response:
        return Response(content, media_type="application/json")

    return app


@contextmanager
def served(*command: str, **variables: str) -> Iterator[int]:
    """The port on which `command` serves; `{port}` in it is filled in."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    filled = [part.replace("{port}", str(port)) for part in command]
    process = subprocess.Popen(
        filled, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except URLError:
                assert process.poll() is None, "the server stopped"
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def bare_server(content: Path) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.reads", str(content), "{port}"]


def our_server(database: str) -> list[str]:
    return [sys.executable, "-c", OURS, "serve", "--port", "{port}", "--database", database]


async def load(port: int, path: str, cookie: str, seconds: float = SECONDS) -> tuple[int, bytes]:
    """(answers, the last one) within so many seconds over some connections that stay open, each asking one at a time."""
    asked = f"GET {path} HTTP/1.1\r\nHost: payroll.test\r\nCookie: {cookie}\r\n\r\n".encode()
    ends = time.perf_counter() + seconds
    count, last = 0, b""

    async def ask() -> None:
        nonlocal count, last
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            last = await reader.readexactly(length)
            assert head.startswith(b"HTTP/1.1 200"), head
            count += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return count, last


def rate(port: int, path: str, cookie: str, content: bytes | None = None) -> float:
    """Answers in a second; every answer is `content`, if it is given."""
    count, last = asyncio.run(load(port, path, cookie))
    assert content is None or last == content
    return count / SECONDS


if __name__ == "__main__":
    uvicorn.run(bare(Path(sys.argv[1]).read_bytes()), port=int(sys.argv[2]), log_level="warning")
