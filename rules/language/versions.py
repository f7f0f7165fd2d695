"""Versions of one rule set: on every day one is in force, or a later one that corrects an earlier (更正)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rules.language.program import Program


@dataclass(frozen=True)
class Clash:
    """Two versions that are in force on the same days although neither corrects the other."""

    earlier: Program
    later: Program

    @property
    def message(self) -> str:
        both = f"「{self.later.name}」"
        if self.earlier.version == self.later.version:
            return f"{both}的版本 {self.later.version} 有两份不同的内容"
        return f"{both}的版本 {self.earlier.version} 和 {self.later.version} 同时施行，哪一版也没有更正另一版"

    @property
    def remedy(self) -> str:
        if self.earlier.version == self.later.version:
            return "请给改过的一份新的版本号，并写「更正」所改的版本"
        return f'请改「施行」的日期，或在 {self.later.version} 里写「更正: "{self.earlier.version}"」'


def find_clashes(programs: Sequence[Program]) -> list[Clash]:
    """Every pair of versions of one rule set that may not stand beside each other."""
    ordered = sorted(programs, key=lambda program: (program.name, _numbers(program.version), program.start))
    return [
        Clash(earlier, later)
        for earlier, later in combinations(ordered, 2)
        if earlier.name == later.name
        and earlier.fingerprint != later.fingerprint
        and earlier.start <= later.end
        and later.start <= earlier.end
        and not corrects(later, earlier, programs)
        and not corrects(earlier, later, programs)
    ]


def corrects(later: Program, earlier: Program, programs: Sequence[Program]) -> bool:
    """Whether `later` puts `earlier` right: itself, or by way of versions among `programs` that it corrects."""
    named = {each.version: each for each in programs if each.name == later.name}
    version, seen = later.corrects, {later.version}
    while version and version not in seen:
        if version == earlier.version:
            return later.name == earlier.name
        seen.add(version)
        version = named[version].corrects if version in named else ""
    return False


def _numbers(version: str) -> tuple[list[int], str]:
    """2020.9 comes before 2020.10."""
    return [int(digits) for digits in re.findall("[0-9]+", version)], version
