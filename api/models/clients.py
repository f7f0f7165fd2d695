"""Requests and answers about finance systems that call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.models.base import Answer, Request, Words
from payroll_service.access.accounts import Client
from payroll_service.access.roles import Scope

ClientId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class ClientAnswer(Answer):
    client_id: ClientId
    name: str = Field(examples=["核算中心"])
    scopes: list[Scope]
    disabled: bool

    @classmethod
    def of(cls, client: Client) -> ClientAnswer:
        return cls(
            client_id=client.client_id,
            name=client.name,
            scopes=sorted(client.scopes),
            disabled=client.disabled,
        )


class NewClientAnswer(ClientAnswer):
    """`client_secret`: in the first answer alone; null when the same request is sent again."""

    client_secret: str | None = None


class Clients(Answer):
    """`next` continues the list; null at its end."""

    clients: list[ClientAnswer]
    next: ClientId | None = None


class AddClient(Request):
    name: Words
    scopes: Annotated[set[Scope], Field(min_length=1)]
