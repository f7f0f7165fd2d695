"""A waterfall as SVG, drawn for a telephone: each step under its name and amount, from where the one before it ended.

Same steps, same text; no script, no style sheet; whole numbers only. What it shows is said in words too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from payroll_service.book.money import grouped
from payroll_service.book.payout_steps import PayoutStep
from payroll_service.export.drawing import FONT, INK, LESS, MORE, PALE, shortened, write

WIDTH, EDGE, ROW, BAR = 328, 4, 46, 14
ROOM = 26  # for a name beside its amount


def waterfall_svg(title: str, steps: Sequence[PayoutStep]) -> str:
    """An `svg` element to stand in a page, of one step or more. Sums start at zero, the others where the last step ended."""
    spans = _spans(steps)
    low = min(0, *map(min, spans))
    reach = max(1, max(0, *map(max, spans)) - low)
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {ROW * len(steps) + EDGE}",
            "role": "img",
            "class": "waterfall",
            "font-family": FONT,
            "font-size": "14",
            "fill": INK,
        },
    )
    SubElement(svg, "title").text = title
    SubElement(svg, "desc").text = "；".join(f"{step.label} {_amount(step)}" for step in steps)
    places = [tuple(_place(fen - low, reach) for fen in span) for span in spans]
    for number, (step, (start, end)) in enumerate(zip(steps, places, strict=True)):
        _draw(svg, step, start, end, ROW * number)
    for number, ((_, end), _) in enumerate(pairwise(places)):
        _join(svg, end, ROW * number + ROW // 2)
    return ElementTree.tostring(svg, encoding="unicode")


def _spans(steps: Sequence[PayoutStep]) -> list[tuple[int, int]]:
    """From where to where each step goes, in fen."""
    found, at = list[tuple[int, int]](), 0
    for step in steps:
        found.append((0, step.fen) if step.is_sum else (at, at + step.fen))
        at = found[-1][1]
    return found


def _place(fen: int, reach: int) -> int:
    return EDGE + fen * (WIDTH - 2 * EDGE) // reach


def _draw(svg: Element, step: PayoutStep, start: int, end: int, top: int) -> None:
    bold = {"font-weight": "bold"} if step.is_sum else {}
    write(svg, EDGE, top + 16, shortened(step.label, ROOM), bold)
    write(svg, WIDTH - EDGE, top + 16, _amount(step), {"text-anchor": "end"} | bold)
    bar = {
        "x": str(min(start, end)),
        "y": str(top + 23),
        "width": str(max(1, abs(end - start))),
        "height": str(BAR),
        "fill": INK if step.is_sum else LESS if step.fen < 0 else MORE,
    }
    SubElement(svg, "rect", bar)


def _join(svg: Element, x: int, top: int) -> None:
    """A thin line from the end of a step down to the next."""
    line = {"x1": str(x), "x2": str(x), "y1": str(top + BAR), "y2": str(top + ROW), "stroke": PALE}
    SubElement(svg, "line", line | {"stroke-dasharray": "2 2"})


def _amount(step: PayoutStep) -> str:
    return grouped(step.fen) if step.is_sum or step.fen < 0 else f"+{grouped(step.fen)}"
