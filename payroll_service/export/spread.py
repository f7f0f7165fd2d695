"""How many get how much less or more, as SVG for a telephone: a bar a part of the spread, with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from payroll_service.book.run_change import STEPS
from payroll_service.export.drawing import FONT, INK, LESS, MORE, PALE, write

WIDTH, EDGE, ROW, BAR = 328, 4, 24, 14
LABELS, FIGURES = 112, 58


def spread_labels() -> list[str]:
    """The parts in words, in their order."""
    less, more = list(_labels("少")), list(_labels("多"))
    return [*reversed(less), "不变", *more]


def spread_svg(title: str, spread: Sequence[int]) -> str:
    """An `svg` element to stand in a page. What it shows is said in words too."""
    labels, middle = spread_labels(), len(STEPS) + 1
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {ROW * len(labels) + EDGE}",
            "role": "img",
            "class": "drawn",
            "font-family": FONT,
            "font-size": "13",
            "fill": INK,
        },
    )
    SubElement(svg, "title").text = title
    parts = zip(labels, spread, strict=True)
    SubElement(svg, "desc").text = "；".join(f"{label} {heads} 人" for label, heads in parts)
    room, most = WIDTH - LABELS - FIGURES, max(1, *spread)
    for place, (label, heads) in enumerate(zip(labels, spread, strict=True)):
        top = ROW * place
        write(svg, LABELS - 8, top + 16, label, {"text-anchor": "end"})
        bar = {
            "x": str(LABELS),
            "y": str(top + 5),
            "width": str(heads and max(1, heads * room // most)),
            "height": str(BAR),
            "fill": PALE if place == middle else LESS if place < middle else MORE,
        }
        SubElement(svg, "rect", bar)
        write(svg, WIDTH - EDGE, top + 16, f"{heads} 人", {"text-anchor": "end"})
    return ElementTree.tostring(svg, encoding="unicode")


def _labels(word: str) -> Iterator[str]:
    yield f"{word} {STEPS[0]} % 以内"
    for low, high in pairwise(STEPS):
        yield f"{word} {low} 到 {high} %"
    yield f"{word} {STEPS[-1]} % 以上"
