"""The image and its compose file keep what they promise; where docker works, the image is built and asked."""

import json
import re
import shutil
import subprocess
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


def docker_works() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True).returncode == 0


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


@pytest.mark.parametrize("service", ["app", "migrate"])
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


@pytest.mark.slow
@pytest.mark.skipif(not docker_works(), reason="no docker that could build an image here")
def test_the_image_builds_and_runs_with_a_read_only_root():
    tag = "payroll-service:test"
    subprocess.run(["docker", "build", "--quiet", "--tag", tag, str(HERE)], check=True, timeout=900)
    asked = ["docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp", tag, "runs"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120).stdout
    assert "批次（0 个）" in told
