"""Golden files: bytes that were read by a person once and must not change unnoticed."""

from pathlib import Path


def same_as_golden(path: Path, content: bytes) -> None:
    """Compare with the golden file. To renew one, delete it and run its test twice; then read the difference."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        raise AssertionError(f"{path.name} did not exist and was written: read it, then run the test again")
    assert content == path.read_bytes()
