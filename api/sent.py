"""What a request brought with it, so that no problem repeats it: where a sentence would, it names the place instead.

    "没有编号为“522722199001010011-r1”的核算批次。"  ->  "没有编号为“〔path.run_id〕”的核算批次。"

A place is written as in a problem's `errors`: `path.run_id`, `query.unit`, `body.documents.0.text`. What OpenAPI does not
declare is the sender's own word, and stands as `?`. See docs/decisions/0028-problems-name-the-place.md.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, get_args
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.dependencies.models import Dependant

BODY = "sent_body"  # in a request's state: the parts of its body as they came
UPLOAD = "sent_upload"  # there, of an upload, which is not kept twice: its fields by name, and its file
SHORTEST = 3  # what is shorter, and not in quotation marks, tells nothing of anybody
SHORTEST_QUOTED = 2
SHORTEST_PART = 8  # of a number or hash: so much of it is masked even where more letters or digits go on
BETWEEN = "\0"  # texts; none has it, or nothing would have been done
QUOTED = re.compile("(?<=“)[^“”]+(?=”)|(?<=「)[^「」]+(?=」)")
LISTED = re.compile("[^、]+")
JOINED = "0-9A-Za-z._:/@+-"  # in one word
WORD = re.compile(r"[0-9A-Za-z]+(?:[._:/@+-]+[0-9A-Za-z]+)*")
OURS = frozenset({"path", "query", "header", "cookie", "body", "file", "multipart", "content-type"})


class Sent:
    """Path, query and body of a request, as texts with their places."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        alike = [
            (place, each) for place, text in texts for each in dict.fromkeys((text.lower(), _folded(text)))
        ]
        found = [(place, text.strip()) for place, text in alike if len(text.strip()) >= SHORTEST_QUOTED]
        self.places, self.texts = [place for place, _ in found], [text for _, text in found]
        self._all = BETWEEN.join(self.texts)
        self._begins = list(accumulate((len(text) + 1 for text in self.texts), initial=0))

    def left_out(self, sentence: str) -> str:
        """The sentence with the place of whatever was sent instead of it."""
        told, end = "", 0
        for begins, ends, place in _apart(self._found(sentence)):
            told += f"{sentence[end:begins]}〔{place}〕"
            end = ends
        return told + sentence[end:]

    def place(self, text: str) -> str:
        """Where exactly this text was sent; "?" if it was not."""
        folded = _folded(text)
        return next(
            (place for place, each in zip(self.places, self.texts, strict=True) if each == folded), "?"
        )

    def _found(self, sentence: str) -> Iterator[tuple[int, int, str]]:
        """Begin, end and place of every part that was sent; they may overlap."""
        lowered = sentence.lower()
        for place, text in zip(self.places, self.texts, strict=True):
            if len(text) >= SHORTEST and text in lowered:
                for one in re.finditer(_alone(text), sentence, re.IGNORECASE):
                    yield *one.span(), place
        for quoted in QUOTED.finditer(sentence):
            for part in (quoted, *LISTED.finditer(sentence, *quoted.span())):
                if len(part[0]) >= SHORTEST_QUOTED:
                    yield from self._within(part)
        for word in WORD.finditer(sentence):
            if len(word[0]) >= SHORTEST:
                yield from self._within(word)

    def _within(self, part: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        """The part, if it stands somewhere in what was sent."""
        text = _folded(part[0])
        if text in self._all and (at := re.search(_alone(text), self._all)):
            yield *part.span(), self.places[bisect(self._begins, at.start()) - 1]


def sent_with(request: Request) -> Sent:
    return Sent(_texts_of(request))


def declared_place(request: Request, loc: Iterable[int | str]) -> str:
    """A place as the framework tells it, without the sender's own names."""
    known = OURS | _declared(request)
    return ".".join(str(part) if isinstance(part, int) or part in known else "?" for part in loc)


def _texts_of(request: Request) -> Iterator[tuple[str, str]]:
    known = _declared(request)
    for name, value in request.path_params.items():
        yield f"path.{name}", str(value)
    for name, value in request.query_params.multi_items():
        yield f"query.{name if name in known else '?'}", value
        yield from _name("query", name, known)
    state = request.scope.get("state", {})
    if UPLOAD in state:
        fields, content = state[UPLOAD]
        yield from _leaves(fields, known)
        yield "body.file", _text(content)
    elif body := b"".join(state.get(BODY, ())):
        yield from _leaves(_read(request, body), known)


def _read(request: Request, body: bytes) -> object:
    """A form or JSON; the whole text where it is neither."""
    if "urlencoded" in request.headers.get("content-type", ""):
        form: dict[str, list[str]] = {}
        for name, value in parse_qsl(_text(body), keep_blank_values=True):
            form.setdefault(name, []).append(value)
        return form
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _text(body)


def _leaves(value: object, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every text and number in a JSON value, and every name that is not declared."""
    waiting = [("body", value)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, dict):
            for name, inner in one.items():
                yield from _name(place, name, known)
                waiting.append((f"{place}.{name if name in known else '?'}", inner))
        elif isinstance(one, list):
            waiting += [(f"{place}.{number}", inner) for number, inner in enumerate(one)]
        elif isinstance(one, str | int | float) and not isinstance(one, bool):
            yield place, str(one)


def _name(place: str, name: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    if name not in known:
        yield f"{place}.?", name


def _declared(request: Request) -> frozenset[str]:
    """The names of all parameters and fields of the route, as OpenAPI tells them."""
    route = request.scope.get("route")
    if route is None or not hasattr(route, "dependant"):
        return frozenset()
    described = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    extra = [name for one in described.values() for name in one["schema"].get("properties", ())]
    return frozenset((*extra, *_names(route.dependant)))


def _names(dependant: Dependant) -> Iterator[str]:
    params = (dependant.path_params, dependant.query_params, dependant.header_params, dependant.body_params)
    for param in (one for each in params for one in each):
        yield param.alias
        yield from _fields(param.field_info.annotation)
    for inner in dependant.dependencies:
        yield from _names(inner)


def _fields(kind: Any) -> Iterator[str]:
    """The fields of a model, and of every model in it."""
    for inner in get_args(kind):
        yield from _fields(inner)
    for name, field in getattr(kind, "model_fields", {}).items():
        yield field.alias or name
        yield from _fields(field.annotation)


def _apart(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """What overlaps becomes one, at the place of the first and longest."""
    last: tuple[int, int, str] | None = None
    for begins, ends, place in sorted(found, key=lambda one: (one[0], -one[1])):
        if last is None or begins >= last[1]:
            if last is not None:
                yield last
            last = begins, ends, place
        else:
            last = last[0], max(last[1], ends), last[2]
    if last is not None:
        yield last


def _alone(text: str) -> str:
    """A pattern for a text that is no piece of a longer word or number; but a long number's beginning or end may be."""
    if len(text) >= SHORTEST_PART and re.search("[0-9]", text):
        return re.escape(text)
    goes_on = JOINED if text.isalpha() else "0-9A-Za-z"
    before = f"(?<![{goes_on}])" if text[0].isascii() and text[0].isalnum() else ""
    after = f"(?![{goes_on}])" if text[-1].isascii() and text[-1].isalnum() else ""
    return f"{before}{re.escape(text)}{after}"


def _folded(text: str) -> str:
    """Full width and half width, upper and lower case alike."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()


def _text(content: bytes) -> str:
    """As UTF-8, or else as GB18030."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
