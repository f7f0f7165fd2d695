"""Connections that are cut when a commit is on its way, or when an answer is; and many who ask for the same: one effect."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
import uvicorn
from sqlalchemy import make_url

from api.app import create_app
from api.rights import COOKIE
from payroll_service.access.roles import Role
from payroll_service.store import open_store
from tests.api.test_serve import free_port
from tests.workflow.conftest import BUREAU

CLIENTS = 50
KEY = "the-same-key-for-all"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database_url")


class Wire:
    """Between a store and its PostgreSQL. When `armed`, both ends are cut once, at the COMMIT of an approval: after it was
    handed on, or instead."""

    def __init__(self, url: str, hands_on: bool) -> None:
        real = make_url(url)
        self.host = str(real.query.get("host") or real.host)
        self.port, self.hands_on = real.port or 5432, hands_on
        self.armed, self.cuts = threading.Event(), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        own = real.difference_update_query(["host", "port"]).set(host="127.0.0.1")
        own = own.set(port=self.listener.getsockname()[1]).update_query_dict({"sslmode": "disable"})
        self.url = own.render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = self._connect()
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _connect(self) -> socket.socket:
        if self.host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self.host}/.s.PGSQL.{self.port}")
            return server
        return socket.create_connection((self.host, self.port))

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        approves = False
        while content := received(client):
            approves = approves or b"INSERT INTO run_approval" in content
            if self.armed.is_set() and approves and b"COMMIT" in content:
                self.armed.clear()
                self.cuts += 1
                client.shutdown(socket.SHUT_RDWR)
                if self.hands_on:
                    server.sendall(content)
                break
            server.sendall(content)
        if not self.hands_on:
            server.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        while content := received(server):
            try:
                client.sendall(content)
            except OSError:
                return


def received(end: socket.socket) -> bytes:
    try:
        return end.recv(65536)
    except OSError:
        return b""


@contextmanager
def served(app) -> Iterator[int]:
    """The application behind a real server; its port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join(30)


def approval(town):
    """What an approver's browser would send: path, body, headers."""
    receipt = town.of(Role.APPROVER).get(f"/v1/runs/{town.run}").json()["receipt"]
    cookie = town.of(Role.APPROVER).cookies[COOKIE]
    headers = {
        "Idempotency-Key": KEY,
        "Cookie": f"{COOKIE}={cookie}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
    }
    return f"/v1/runs/{town.run}/approval", json.dumps({"receipt": receipt}), headers


def sent(port, path, body, headers):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def approvals(town):
    with town.store.reading() as session:
        return [each.run_id for each in session.runs.approved(BUREAU.bureau)]


@pytest.mark.slow
@pytest.mark.parametrize("hands_on", [True, False])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_cut_at_the_commit_and_a_second_try_have_one_effect(town, database_url, hands_on):
    path, body, headers = approval(town)
    wire = Wire(database_url, hands_on)
    store = open_store(wire.url)
    with closing(wire.listener), closing(store), served(create_app(store, town.app.state.clock)) as port:
        wire.armed.set()
        status, problem = sent(port, path, body, headers)
        assert wire.cuts == 1
        assert (status, json.loads(problem)["type"]) == (503, "/problems/connection-lost")
        deadline = time.perf_counter() + 10
        while hands_on and not approvals(town):
            assert time.perf_counter() < deadline
            time.sleep(0.01)
        assert approvals(town) == [town.run] * hands_on
        status, first = sent(port, path, body, headers)
        assert status == 201, first
        assert sent(port, path, body, headers) == (201, first)
        assert approvals(town) == [town.run]


@pytest.mark.slow
def test_a_caller_who_lost_the_answer_asks_again_and_gets_it(town):
    path, body, headers = approval(town)
    with served(town.app) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", path, body, headers)
        deadline = time.perf_counter() + 30
        while not approvals(town):
            assert time.perf_counter() < deadline
            time.sleep(0.01)
        connection.close()
        status, first = sent(port, path, body, headers)
        assert (status, json.loads(first)["run"]) == (201, town.run)
        assert sent(port, path, body, headers) == (201, first)
    assert approvals(town) == [town.run]


@pytest.mark.slow
def test_fifty_callers_with_one_key_have_one_effect_and_one_answer(town):
    path, body, headers = approval(town)
    together = threading.Barrier(CLIENTS)

    def ask(_):
        together.wait(60)
        return sent(port, path, body, headers)

    with served(town.app) as port, ThreadPoolExecutor(CLIENTS) as callers:
        answers = set(callers.map(ask, range(CLIENTS)))
    ((status, _),) = answers
    assert status == 201
    assert approvals(town) == [town.run]
