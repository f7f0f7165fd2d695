"""Versions of one rule set: on every day one is in force, or a later one that corrects an earlier (更正)."""

from __future__ import annotations

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
    ordered = sorted(programs, key=lambda program: (program.name, program.version, program.start))
    return [
        Clash(earlier, later)
        for earlier, later in combinations(ordered, 2)
        if earlier.name == later.name
        and earlier.fingerprint != later.fingerprint
        and earlier.start <= later.end
        and later.start <= earlier.end
        and not _corrects(later, earlier)
    ]


def _corrects(later: Program, earlier: Program) -> bool:
    return later.version != earlier.version and later.corrects == earlier.version
