"""Cell styles whose number format shows another number than the cell holds: looked up once by style, not by cell."""

from __future__ import annotations

import re
import zipfile
from html import unescape

from payroll_service.workbook.guard import read_part
from payroll_service.workbook.number_formats import BUILT_IN, scales
from payroll_service.workbook.sheets import styles_part

_MOST = 64 * 2**20  # bytes; books that were copied together for years hold up to 64 000 styles
_VALUE = rb"\s*=\s*(?:\"([^\"<]{0,2000})\"|'([^'<]{0,2000})')"
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s((?:[^\"'<>]|\"[^\"<]{0,2000}\"|'[^'<]{0,2000}')*)")
_CODE, _ID = re.compile(rb"formatCode" + _VALUE), re.compile(rb"numFmtId" + _VALUE)
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs[\s>]")
_STYLES_END = re.compile(rb"</(?:\w+:)?cellXfs\s*>")
_STYLE = re.compile(rb"<(?:\w+:)?xf(?=[\s/>])([^<>]*)")


def scaling_styles(package: zipfile.ZipFile) -> dict[bytes, str]:
    """The number format by the number of the style, as cells name it."""
    part = styles_part(package)
    if part is None:
        return {}
    data = read_part(package, part, most=_MOST)
    formats = {str(number).encode(): code for number, code in BUILT_IN.items()}
    for attributes in _FORMAT.findall(data):
        number, code = _value(_ID, attributes), _value(_CODE, attributes)
        formats[number] = unescape(code.decode("utf-8", "replace"))
    wanted = {number: code for number, code in formats.items() if scales(code)}
    start = _STYLES.search(data)
    if not wanted or not start:
        return {}
    end = _STYLES_END.search(data, start.end())
    styles = _STYLE.findall(data[start.end() : end.start() if end else len(data)])
    return {
        str(place).encode(): wanted[number]
        for place, attributes in enumerate(styles)
        if (number := _value(_ID, attributes)) in wanted
    }


def _value(name: re.Pattern[bytes], attributes: bytes) -> bytes:
    match = name.search(attributes)
    return (match[1] or match[2] or b"") if match else b""
