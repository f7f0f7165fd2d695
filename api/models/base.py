"""What every request and answer of the API is made of. Money is a string with two decimals; the currency stands beside it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Money = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RunId = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9-]+-r[0-9]+$"), Field(examples=["2020-2021-1-r1"])
]
Number = Annotated[
    int, Path(ge=1, lt=2**53, examples=[1])
]  # in an address: of a draft, a change, an objection
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]+$")
]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """Unknown fields are refused: a misspelt one would be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
