"""Requests and answers about rule sets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.models.base import Answer, Digest, Request
from payroll_service.workflow.list_rule_sets import ListedRuleSet
from rules.language.bundle import Part
from rules.language.changes import Change

FileName = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^[^/\\\x00-\x1f]+\.ya?ml$"),
    Field(examples=["2020.1.yaml"]),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]
STATES = {"stored": "drafted"}  # the log's first word, as the API tells it


class Document(Request):
    file: FileName
    text: Text

    @property
    def part(self) -> Part:
        return Part(self.file, self.text)


class Draft(Request):
    """A rule set and the schemes that extend it, in any order; and worked examples, all of which must pass.

    Uploading the same documents again with other examples puts these down too.
    """

    documents: Annotated[list[Document], Field(min_length=1, max_length=50)]
    examples: Annotated[tuple[Document, ...], Field(max_length=50)] = ()


class RuleSetEventAnswer(Answer):
    state: str
    at: datetime
    actor: str
    detail: str


class RuleSetAnswer(Answer):
    """`state`: drafted, checked (its worked examples passed), enacted."""

    fingerprint: Digest
    name: str
    version: str
    in_force_from: date
    in_force_to: date
    extends: Digest | None
    schemes: list[str]
    state: str = Field(examples=["enacted"])
    examples: int
    drafted_by: str
    drafted_at: datetime
    enacted_by: str | None = None
    enacted_at: datetime | None = None
    events: list[RuleSetEventAnswer]

    @classmethod
    def of(cls, listed: ListedRuleSet) -> RuleSetAnswer:
        rule_set, drafted, enacted = listed.rule_set, listed.drafted, listed.enactment
        events = [
            RuleSetEventAnswer(
                state=STATES.get(one.state, one.state), at=one.at, actor=one.actor, detail=one.detail
            )
            for one in listed.events
        ]
        return cls(
            fingerprint=rule_set.fingerprint,
            name=rule_set.name,
            version=rule_set.version,
            in_force_from=rule_set.in_force_from,
            in_force_to=rule_set.in_force_to,
            extends=rule_set.extends,
            schemes=list(listed.schemes),
            state=STATES.get(listed.state, listed.state),
            examples=listed.examples,
            drafted_by=drafted.actor,
            drafted_at=drafted.at,
            enacted_by=enacted.enacted_by if enacted else None,
            enacted_at=enacted.at if enacted else None,
            events=events,
        )


class RuleSets(Answer):
    """`next` continues the list; null at its end."""

    rule_sets: list[RuleSetAnswer]
    next: Digest | None = None


class ChangedLine(Answer):
    """One text of an entry: what it was and what it is; "" where it is not there."""

    key: str
    old: str
    new: str


class ChangeAnswer(Answer):
    section: str
    name: str
    clause: str
    kind: str
    lines: list[ChangedLine]

    @classmethod
    def of(cls, change: Change) -> ChangeAnswer:
        lines = [ChangedLine(key=line.key, old=line.old, new=line.new) for line in change.lines]
        return cls(
            section=change.section, name=change.name, clause=change.clause, kind=change.kind, lines=lines
        )


class Changes(Answer):
    changes: list[ChangeAnswer]
