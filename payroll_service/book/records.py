"""What the book holds, as plain records: who may trust what. No SQL here, and no way to change a record.

Everything but `PayeeIdentity` is written once and never changed; a state is an event that was added. Money is whole
fen, hashes are SHA-256 in hex, moments are UTC and aware of it. Personal numbers stand in `PayeeIdentity` alone (and
in the received bytes and sealed snapshots), which the store encrypts; everywhere else a person is a random `payee_id`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Bureau:
    """An education bureau: the first part of every key."""

    bureau: str
    name: str


@dataclass(frozen=True)
class StoredRuleSet:
    """A rule set's document as stored, addressed by bureau and the compiled program's fingerprint.

    `extends`: fingerprint of the document that this one extends. In force from its first to its last day inclusive.
    """

    bureau: str
    fingerprint: str
    name: str
    version: str
    in_force_from: date
    in_force_to: date
    document: bytes
    extends: str | None = None


@dataclass(frozen=True)
class RuleSetEnactment:
    """A second person put a rule set in force. `number`: of the log's event; `drafted`: of the event that stored it.

    `examples`: how many worked examples had passed.
    """

    bureau: str
    fingerprint: str
    number: int
    drafted: int
    drafted_by: str
    enacted_by: str
    examples: int
    at: datetime


@dataclass(frozen=True)
class StoredImport:
    """A received file. `content_hash` is the SHA-256 of `content`; what became of it says its `ImportEvent`s."""

    bureau: str
    content_hash: str
    file_name: str
    sender: str
    received_at: datetime
    content: bytes

    @classmethod
    def received(cls, bureau: str, file_name: str, sender: str, at: datetime, content: bytes) -> StoredImport:
        return cls(bureau, sha256(content), file_name, sender, at, content)


@dataclass(frozen=True)
class StoredSnapshot:
    """Canonical bytes of a snapshot; `fingerprint` is their SHA-256.

    `rule_set` is the fingerprint of the rule set whose types were used first; `imports` are the content hashes, in
    order, of the files that it was first made from.
    """

    bureau: str
    fingerprint: str
    rule_set: str
    content: bytes
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a rule set, an import or a run. `number` counts a bureau's events of that kind from 1,
    without gaps, in the order in which they were committed; `detail` is text or JSON for people and proofs."""

    bureau: str
    number: int
    state: str
    at: datetime
    actor: str
    detail: str


@dataclass(frozen=True)
class RuleSetEvent(Event):
    """`state`: stored as a draft, checked (`detail`: JSON of the worked examples that passed), enacted."""

    fingerprint: str


@dataclass(frozen=True)
class ImportEvent(Event):
    """`state`: received, accepted, refused … (`detail`: the problems). `rule_set`: by which it was judged, if by any."""

    content_hash: str
    rule_set: str | None


@dataclass(frozen=True)
class RunEvent(Event):
    """`state`: prepared, calculated, failed, submitted, approved, withdrawn …"""

    run_id: str


@dataclass(frozen=True)
class PayeeEvent(Event):
    """`state`: held, released, or plan (`detail`: JSON of reason and instalment)."""

    payee_id: str


@dataclass(frozen=True)
class ObjectionEvent(Event):
    """`state`: upheld or rejected (`detail`: the answer's words), or corrected (`detail`: the run that does it)."""

    objection: int


@dataclass(frozen=True)
class RunRecord:
    """One rule set on one snapshot for one period. `corrects`: the run that this one puts right."""

    bureau: str
    run_id: str
    rule_set: str
    snapshot: str
    period: str
    kind: str
    created_at: datetime
    created_by: str
    corrects: str | None = None


@dataclass(frozen=True)
class RunApproval:
    """A second person granted what a run is due to grant. `number`: of the log's event, so approvals have an order.

    `receipt`: SHA-256 of the receipt that was approved. The run's period is from `first_day` to `last_day` inclusive.
    """

    bureau: str
    run_id: str
    number: int
    prepared_by: str
    approved_by: str
    receipt: str
    at: datetime
    first_day: date
    last_day: date


@dataclass(frozen=True)
class RunPublication:
    """An approved run on public view. `number`: of the log's event.

    Payees may object until `last_day` inclusive: so many `working_days` after `first_day`, or 0 where somebody set the
    day by hand, for `reason`. An objection is answered within `answer_days` working days, and never after `answer_by`.
    """

    bureau: str
    run_id: str
    number: int
    published_by: str
    at: datetime
    first_day: date
    last_day: date
    working_days: int
    answer_days: int
    answer_by: date
    reason: str


@dataclass(frozen=True)
class Objection:
    """What a payee has against one item of a published run. `number`: from 1 in a bureau; `cause`: see objection_states.

    What became of it say its `ObjectionEvent`s.
    """

    bureau: str
    number: int
    run_id: str
    payee_id: str
    item: str
    cause: str
    words: str
    at: datetime
    raised_by: str
    answer_by: date


@dataclass(frozen=True)
class PayeeRecord:
    """All lines of one payee in one run: `content` is JSON in the very bytes that the payee is sent.

    `amount_fen` is the sum of its lines, `digest` the SHA-256 of `content`.
    """

    payee_id: str
    content: bytes
    amount_fen: int
    digest: str

    @classmethod
    def of(cls, payee_id: str, content: bytes, amount_fen: int) -> PayeeRecord:
        return cls(payee_id, content, amount_fen, sha256(content))


@dataclass(frozen=True)
class PoolRecord:
    """What one pool of one share did: amount = shared + returned. `rule` and `pool` are named 表.列.

    `key` names the pool's row (key values joined by 、); `weight` is the exact sum of all weights as text; `fund` is
    where money went that nobody could be given, or "".
    """

    rule: str
    pool: str
    key: str
    unit: str
    fund: str
    amount_fen: int
    shared_fen: int
    returned_fen: int
    members: int
    weight: str


@dataclass(frozen=True)
class TotalRecord:
    """The sum of a run's lines of one unit, item and fund.

    `granted_fen`: what approved runs granted before; the rest is due, and `held_fen` is the part of it that is held back.
    """

    unit: str
    item: str
    fund: str
    lines: int
    amount_fen: int
    held_fen: int
    granted_fen: int = 0


@dataclass(frozen=True)
class RunOutcome:
    """What one calculation leaves in the book beside the payees' records, which may be a million."""

    pools: tuple[PoolRecord, ...]
    totals: tuple[TotalRecord, ...]
    receipt: bytes


@dataclass(frozen=True)
class PayeeIdentity:
    """Who a payee is: the guarded part, which may be put right or erased. Unique by bureau, kind and number.

    `kind`: 个人, 学校 or 学生; `number`: an ID number or a code; `label`: a name; `account` at `bank`: "" until known.
    """

    bureau: str
    payee_id: str
    kind: str
    number: str
    label: str
    account: str = ""
    bank: str = ""


def sha256(content: bytes) -> str:
    """SHA-256 in hex, as every hash in the book."""
    return hashlib.sha256(content).hexdigest()
