"""Which descriptions of files a page offers, and what was chosen."""

from __future__ import annotations

from functools import cache

from payroll_service.export.account_mapping import read_account_mapping
from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.described import given, shipped, shipped_names

RESULT, MAPPING = "result-", "accounts"


def described(format_: str, own: str) -> tuple[str, str]:
    """A description and its file's name. Raises UnreadableFile."""
    return given(own.strip().replace("\r\n", "\n") + "\n" if own.strip() else format_)


@cache
def formats() -> dict[str, dict[str, str]]:
    """What is shipped, by what it is for: names and how they call themselves."""
    found: dict[str, dict[str, str]] = {"bank": {}, "result": {}, "accounts": {}}
    for name in shipped_names():
        file = f"{name}.yaml"
        if name.startswith(RESULT):
            found["result"][name] = read_result_format(shipped(file), file).layout.name
        elif name.startswith(MAPPING):
            found["accounts"][name] = read_account_mapping(shipped(file), file).name
        else:
            found["bank"][name] = read_bank_format(shipped(file), file).layout.name
    return found
