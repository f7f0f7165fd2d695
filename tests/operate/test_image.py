"""The image and its compose file keep what they promise; where docker or podman works, the image is built and run."""

import json
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((HERE / "compose.yaml").read_text())


def instructions() -> list[tuple[str, str]]:
    """(KEYWORD, rest) in the order they stand; lines that continue are one, comments are gone."""
    text = re.sub(r"^#.*\n", "", (HERE / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    return [(keyword.upper(), rest) for keyword, rest in pairs]


def final_stage() -> dict[str, str]:
    """The last word of each instruction in the last stage."""
    found = instructions()
    start = max(number for number, (keyword, _) in enumerate(found) if keyword == "FROM")
    return dict(found[start:])


def says_yes(*command: str) -> bool:
    return (
        shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True).returncode == 0
    )


def engine() -> str | None:
    """What can build an image here: docker; else podman, if it need not ask a registry for the base."""
    if says_yes("docker", "info"):
        return "docker"
    base = next(rest for keyword, rest in instructions() if keyword == "FROM").split()[0]
    return "podman" if says_yes("podman", "image", "exists", base) else None


def test_every_package_in_the_image_is_installed_by_its_hash():
    installs = [part for _, rest in instructions() for part in rest.split("&&") if "pip install" in part]
    from_lock = [part for part in installs if "--require-hashes" in part]
    own = [part for part in installs if "--require-hashes" not in part]
    assert "requirements.txt" in from_lock[0]
    assert all("--no-deps" in part and "--no-index" in part for part in own), own


def test_the_lock_has_one_hashed_builder():
    lock = (HERE / "requirements-dev.txt").read_text()
    found = re.findall(
        r"^setuptools==[^\n]*\\\n(?:\s+--hash=sha256:[0-9a-f]{64}[ \\]*\n)+", lock, re.MULTILINE
    )
    assert len(found) == 1


def test_the_last_stage_has_its_own_user_a_health_check_and_no_builder():
    stages = [rest for keyword, rest in instructions() if keyword == "FROM"]
    assert len(stages) == 2
    last = final_stage()
    assert int(last["USER"].partition(":")[0]) > 0
    assert "/healthz" in last["HEALTHCHECK"]
    assert "curl" not in last["HEALTHCHECK"]
    assert last["EXPOSE"] == "8000"
    assert last["VOLUME"] == "/data"
    assert json.loads(last["ENTRYPOINT"]) == ["payroll"]
    assert json.loads(last["CMD"])[:3] == ["serve", "--host", "0.0.0.0"]


def test_everything_that_is_copied_is_let_through_to_the_builder():
    allowed = {line[1:] for line in (HERE / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        rest.split()[:-1] for keyword, rest in instructions() if keyword == "COPY" and "--from" not in rest
    ]
    sources = {source for each in copied for source in each}
    assert sources == allowed
    assert all((HERE / source).exists() for source in sources)


@pytest.mark.parametrize("service", ["app", "keys", "migrate", "work"])
def test_our_containers_write_nowhere_but_their_volumes(service):
    found = COMPOSE["services"][service]
    assert found["read_only"] is True
    assert found["tmpfs"] == ["/tmp"]
    assert found["cap_drop"] == ["ALL"]


def test_the_app_waits_for_a_migrated_database():
    services = COMPOSE["services"]
    assert services["db"]["image"] == "postgres:18"
    assert services["migrate"]["entrypoint"] == ["alembic", "upgrade", "head"]
    assert services["migrate"]["restart"] == "no"
    needs = services["app"]["depends_on"]
    assert needs["migrate"] == {"condition": "service_completed_successfully"}
    assert needs["db"] == {"condition": "service_healthy"}
    assert "healthcheck" in services["app"]
    assert "healthcheck" in services["db"]


def test_there_is_no_default_password():
    """`${NAME:?…}` refuses to start without one; no other value stands in a password's place."""
    for service in COMPOSE["services"].values():
        secrets = [text for name, text in service.get("environment", {}).items() if "PASSWORD" in name]
        assert secrets
        assert all(re.fullmatch(r"\$\{PAYROLL_DB_PASSWORD:\?[^}]+\}", text) for text in secrets)
    assert not re.search(r"://[^\s/@:]+:[^\s/@]+@", (HERE / "compose.yaml").read_text())


def test_one_service_builds_the_image_that_all_of_ours_run():
    """Two that build one name side by side collide: "already exists"."""
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "build" in service] == ["app"]
    assert {service["image"] for name, service in services.items() if name != "db"} == {"payroll-service"}


def test_workers_have_what_the_app_has_and_start_when_asked_for():
    app, work = COMPOSE["services"]["app"], COMPOSE["services"]["work"]
    assert work["profiles"] == ["work"]
    assert work["environment"] == app["environment"]
    assert "keys:/keys:ro" in work["volumes"]


@pytest.fixture(scope="module")
def image() -> Iterator[tuple[str, str]]:
    """The engine, and the image that it built."""
    name, tag = engine(), "payroll-service:test"
    if name is None:
        pytest.skip("no docker here that could build an image, nor a podman with the base image at hand")
    own = ["--format", "docker", "--pull=never"] if name == "podman" else []
    subprocess.run([name, "build", "--quiet", *own, "--tag", tag, str(HERE)], check=True, timeout=1500)
    yield name, tag
    subprocess.run([name, "image", "rm", tag], capture_output=True)


@pytest.mark.slow
def test_the_image_serves_with_a_read_only_root_and_stops_when_told(image):
    name, tag = image
    container = f"payroll-test-{uuid.uuid4().hex}"
    safe = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]

    def told(*command: str) -> str:
        done = subprocess.run([name, *command], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told("run", "--detach", "--network", "none", "--name", container, *safe, tag)
    try:
        healthy = json.loads(final_stage()["HEALTHCHECK"].partition("CMD")[2])
        for _ in range(60):
            if says_yes(name, "exec", container, *healthy):
                break
            time.sleep(1)
        told("exec", container, *healthy)
        assert "/setup/" in told("logs", container)
        assert told("exec", container, "id", "-u").strip() == "10001"
        assert "批次（0 个）" in told("exec", container, "payroll", "runs")
        assert not says_yes(name, "exec", container, "touch", "/app/x")
        told("stop", "-t", "30", container)
        assert told("inspect", "--format", "{{.State.ExitCode}}", container).strip() == "0"
    finally:
        subprocess.run([name, "rm", "--force", "--volumes", container], capture_output=True)
