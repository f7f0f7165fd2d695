"""Pictures as SVG: bars to both sides of a line, with their figures as text. Same rows, same bytes; no script, no font."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

WIDTH, LINE, MARGIN = 960, 26, 24
LABELS, FIGURES = 330, 170  # room for labels at the left and for figures at the right
MORE, LESS, INK, PALE = "#1f5fa8", "#c2571a", "#1a202c", "#718096"  # told apart without colour vision too
FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


@dataclass(frozen=True)
class Bar:
    """A row: so much to the left (0 or negative), so much to the right, and what is written behind it."""

    label: str
    less: int
    more: int
    figure: str


@dataclass(frozen=True)
class Panel:
    """Bars on one scale, which reaches at least so far to the left and to the right: panels that share it compare."""

    title: str
    bars: Sequence[Bar]
    note: str = ""
    reach: tuple[int, int] = (0, 0)


def picture(title: str, subtitle: str, panels: Sequence[Panel]) -> bytes:
    """All panels one below the other."""
    height = 84 + sum(_height(panel) for panel in panels)
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "font-family": FONT,
            "font-size": "14",
            "fill": INK,
        },
    )
    SubElement(svg, "title").text = title
    SubElement(svg, "rect", {"width": str(WIDTH), "height": str(height), "fill": "#ffffff"})
    write(svg, MARGIN, 38, title, {"font-size": "20", "font-weight": "bold"})
    write(svg, MARGIN, 62, subtitle, {"fill": PALE})
    top = 84
    for panel in panels:
        _draw(svg, panel, top)
        top += _height(panel)
    return ElementTree.tostring(svg, encoding="unicode", xml_declaration=False).encode() + b"\n"


def _height(panel: Panel) -> int:
    return 40 + LINE * max(1, len(panel.bars)) + (LINE if panel.note else 0) + 14


def _draw(svg: Element, panel: Panel, top: int) -> None:
    write(svg, MARGIN, top + 22, panel.title, {"font-size": "16", "font-weight": "bold"})
    left, right = LABELS, WIDTH - FIGURES - MARGIN
    less = max((-bar.less for bar in panel.bars), default=0)
    more = max((bar.more for bar in panel.bars), default=0)
    less, more = max(less, panel.reach[0]), max(more, panel.reach[1])
    scale = (right - left) / max(1, less + more)
    zero = left + less * scale
    top += 40
    for bar in panel.bars:
        write(svg, LABELS - 10, top + 17, shortened(bar.label), {"text-anchor": "end"})
        for amount, start, colour in ((-bar.less, zero + bar.less * scale, LESS), (bar.more, zero, MORE)):
            if amount:
                SubElement(
                    svg,
                    "rect",
                    {
                        "x": f"{start:.1f}",
                        "y": str(top + 4),
                        "width": f"{max(1.0, amount * scale):.1f}",
                        "height": str(LINE - 8),
                        "fill": colour,
                    },
                )
        write(svg, WIDTH - MARGIN, top + 17, bar.figure, {"text-anchor": "end"})
        top += LINE
    end = top if panel.bars else top + LINE
    if not panel.bars:
        write(svg, LABELS, top + 17, "没有变化", {"fill": PALE})
    SubElement(
        svg,
        "line",
        {
            "x1": f"{zero:.1f}",
            "x2": f"{zero:.1f}",
            "y1": str(end - LINE * max(1, len(panel.bars))),
            "y2": str(end),
        }
        | {"stroke": PALE},
    )
    if panel.note:
        write(svg, MARGIN, end + 20, panel.note, {"fill": PALE, "font-size": "12"})


def write(svg: Element, x: int, y: int, text: str, style: dict[str, str]) -> None:
    SubElement(svg, "text", {"x": str(x), "y": str(y)} | style).text = text


def shortened(label: str, room: int = 42) -> str:
    """What fits beside a bar; a Chinese character counts as two of the room."""
    for place, mark in enumerate(label):
        room -= 2 if ord(mark) > 255 else 1
        if room < 0:
            return label[: place - 1] + "…"
    return label
