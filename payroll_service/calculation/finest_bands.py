"""The bands of a rate in their finest pieces: no two overlap, whatever bands other versions or other keys have."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

from rules.language.program import Band, Rate

Case = str | bool | Band
Cut = tuple[Fraction, bool]  # before a number, or (True) after it


def finest_values(rate: Rate) -> list[dict[tuple[Case, ...], Fraction]]:
    """The values of every version by combinations of cases of which no two overlap at any key."""
    pieces = [_pieces(rate, place) for place in range(len(rate.keys))]
    return [
        {
            finest: value
            for case, value in version.values.items()
            for finest in product(*(held.get(part, (part,)) for held, part in zip(pieces, case, strict=True)))
        }
        for version in rate.versions
    ]


def _pieces(rate: Rate, place: int) -> dict[Case, tuple[Case, ...]]:
    """Every band that stands at one key, with the pieces that it is made of; nothing for a key without bands."""
    cases = dict.fromkeys(case[place] for version in rate.versions for case in version.values)
    bands = [case for case in cases if isinstance(case, Band)]
    cuts: set[Cut | None] = {cut for band in bands for cut in (_start(band), _end(band)) if cut is not None}
    ordered = [None, *sorted(cut for cut in cuts if cut is not None), None]
    found = [_between(first, last) for first, last in pairwise(ordered)]
    return {band: tuple(piece for piece in found if _holds(band, piece)) for band in bands}


def _start(band: Band) -> Cut | None:
    return None if band.low is None else (band.low, band.low_open)


def _end(band: Band) -> Cut | None:
    return None if band.high is None else (band.high, not band.high_open)


def _between(first: Cut | None, last: Cut | None) -> Band:
    low, after = first or (None, False)
    high, upto = last or (None, True)
    return Band(low, after, high, not upto, "")


def _holds(band: Band, piece: Band) -> bool:
    start, end = _start(band), _end(band)
    first, last = _start(piece), _end(piece)
    return (start is None or (first is not None and first >= start)) and (
        end is None or (last is not None and last <= end)
    )
