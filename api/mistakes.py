"""What a place of a request breaks, in a sentence: Chinese and English for each code that pydantic has for the API's types.

A test walks the types of every operation and fails when a code has no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BOUNDS = (
    "min_length",
    "max_length",
    "ge",
    "gt",
    "le",
    "lt",
    "expected",
)  # of our types, and nothing that was sent
OTHERWISE = ("写法不合接口文档。", "It is not written as the description of the API says.")
SENTENCES = {
    "missing": ("没有填。", "It is missing."),
    "extra_forbidden": ("没有这一项，请核对名称。", "There is no such field; check its name."),
    "json_invalid": ("不是 JSON。", "It is not JSON."),
    "json_type": ("不是 JSON。", "It is not JSON."),
    "model_type": ("要写成 JSON 对象。", "It has to be a JSON object."),
    "model_attributes_type": ("要写成 JSON 对象。", "It has to be a JSON object."),
    "list_type": ("要写成列表。", "It has to be a list."),
    "set_type": ("要写成列表。", "It has to be a list."),
    "set_item_not_hashable": (
        "列表里的每一项要写成一个值。",
        "Each item of the list has to be a single value.",
    ),
    "tuple_type": ("要写成列表。", "It has to be a list."),
    "too_short": ("至少要有 {min_length} 项。", "At least {min_length} items are needed."),
    "too_long": ("最多 {max_length} 项。", "At most {max_length} items are accepted."),
    "string_type": ("要写成文字（加引号）。", "It has to be a string."),
    "string_unicode": ("不是 UTF-8 文字。", "It is not text in UTF-8."),
    "string_not_ascii": ("只能写英文字母、数字和半角符号。", "Only ASCII is accepted."),
    "string_too_short": (
        "太短，至少 {min_length} 个字。",
        "It is too short: at least {min_length} characters.",
    ),
    "string_too_long": ("太长，最多 {max_length} 个字。", "It is too long: at most {max_length} characters."),
    "string_pattern_mismatch": (
        "写法不对，请照接口文档里的样例写。",
        "It is written otherwise than the pattern in the description of the API.",
    ),
    "int_type": ("要写成整数。", "It has to be a whole number."),
    "int_parsing": ("要写成整数。", "It has to be a whole number."),
    "int_parsing_size": ("这个整数太大。", "The whole number is too large."),
    "int_from_float": ("要写成整数，不带小数。", "It has to be a whole number, without a fraction."),
    "greater_than": ("要大于 {gt}。", "It has to be more than {gt}."),
    "greater_than_equal": ("不能小于 {ge}。", "It cannot be less than {ge}."),
    "less_than": ("要小于 {lt}。", "It has to be less than {lt}."),
    "less_than_equal": ("不能大于 {le}。", "It cannot be more than {le}."),
    "bool_type": ("要写 true 或 false。", "It has to be true or false."),
    "bool_parsing": ("要写 true 或 false。", "It has to be true or false."),
    "literal_error": ("只能写 {expected} 当中的。", "It has to be {expected}."),
    "enum": ("只能写 {expected} 当中的。", "It has to be {expected}."),
    "date_type": ("要写成日期，如 2025-09-30。", "It has to be a date such as 2025-09-30."),
    "date_parsing": ("不是日期，请写成 2025-09-30 这样。", "It is no date; write it as 2025-09-30."),
    "date_from_datetime_parsing": (
        "不是日期，请写成 2025-09-30 这样。",
        "It is no date; write it as 2025-09-30.",
    ),
    "date_from_datetime_inexact": (
        "只写日期，不写时刻，如 2025-09-30。",
        "Write the date alone, without a time, as 2025-09-30.",
    ),
    "date_past": ("日期要在今天以前。", "The date has to be in the past."),
    "date_future": ("日期要在今天以后。", "The date has to be in the future."),
    "value_error": (
        "值不合要求：不能是负数，也不能有重复的。",
        "The value is not accepted: nothing negative, and nothing twice.",
    ),
}


def sentence_of(code: str, told: Mapping[str, Any], in_english: bool) -> str:
    """What the code means, with the bounds of our type that pydantic tells; nothing that was sent."""
    sentence = SENTENCES.get(code, OTHERWISE)[in_english]
    bounds = {name: str(told[name]) for name in BOUNDS if name in told}
    if not in_english:
        bounds = {name: text.replace(" or ", "、").replace(", ", "、") for name, text in bounds.items()}
    try:
        return sentence.format_map(bounds)
    except KeyError:  # the bound is not told
        return OTHERWISE[in_english]
