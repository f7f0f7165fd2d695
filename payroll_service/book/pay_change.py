"""Why one payout differs from an earlier one: causes in fen, item by item, that add up to the whole difference.

What a run pays a payee is what it calculates, and what clauses on late changes make of that; held back, it is nothing.
Calculated amounts are told apart by states between the two runs, each of which changes one thing more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.money import text_fen
from payroll_service.book.own_rows import OwnChange
from payroll_service.book.payouts import BROUGHT, KEPT, LATE, PUT_OFF

RULES, OWN, OTHERS, LATER, HELD = "rules", "own_data", "others", "late_changes", "held"
CAUSES = {
    RULES: "规则变了",
    OWN: "本人的数据变了",
    OTHERS: "资金池、同事和学校的数据变了",
    LATER: "前期有更正：补前期、不追回、计入下期",
    HELD: "暂缓发放",
}
HOLDS = {
    (True, False): "上一次暂缓发放，这一次不再暂缓",
    (False, True): "这一次暂缓发放",
    (True, True): "两次都暂缓发放",
}
Amounts = Mapping[str, int]  # fen by item


@dataclass(frozen=True)
class Pay:
    """What a stored run says of a payee: fen by item, calculated, and by late changes; whether it is held back.

    `due_fen`: what its approval granted, after what had been granted before; nothing while it is held back.
    """

    calculated: Amounts
    late: Amounts
    names: Mapping[str, str]
    held: str
    due_fen: int

    @property
    def total_fen(self) -> int:
        """What there is to be had: nothing while it is held back."""
        return 0 if self.held else sum(self.calculated.values()) + sum(self.late.values())

    @property
    def withheld(self) -> dict[str, int]:
        """What being held back takes away, by item; negative."""
        if not self.held:
            return {}
        items = dict.fromkeys([*self.calculated, *self.late])
        return {item: -self.calculated.get(item, 0) - self.late.get(item, 0) for item in items}


@dataclass(frozen=True)
class Cause:
    """One cause, or several that cannot be told apart; what it does to every item. `words`: in place of the usual ones."""

    kinds: tuple[str, ...]
    items: Amounts
    words: str = ""

    @property
    def fen(self) -> int:
        return sum(self.items.values())

    @property
    def title(self) -> str:
        return self.words or "；".join(CAUSES[kind] for kind in self.kinds)


@dataclass(frozen=True)
class PayChange:
    """Two runs of one kind of period, or of one period; the causes add up to `now_fen - before_fen`.

    `own`: what of one's own data changed. `due_fen`: what the later run granted; where it corrects the other, that is the
    difference, unless either is `held`.
    """

    before_run: str
    before_period: str
    run: str
    period: str
    before_rules: str
    rules: str
    before_fen: int
    now_fen: int
    due_fen: int
    held: bool
    causes: tuple[Cause, ...]
    own: tuple[OwnChange, ...]
    names: Mapping[str, str]

    @property
    def fen(self) -> int:
        return self.now_fen - self.before_fen

    @property
    def has_other_rules(self) -> bool:
        """The rules changed: to another version, or by the schemes that extend them."""
        return any(RULES in cause.kinds for cause in self.causes)

    @property
    def own_data_count(self) -> bool:
        """One's own data, alone or with others, made a difference."""
        return any(OWN in cause.kinds and cause.items for cause in self.causes)

    @property
    def is_told_apart(self) -> bool:
        """Every cause could be told by itself."""
        return all(len(cause.kinds) == 1 for cause in self.causes)

    @property
    def corrects(self) -> bool:
        """Two runs of one period, the later of which corrects the earlier."""
        return self.period == self.before_period


@dataclass(frozen=True)
class State:
    """What would have been calculated with one thing changed more, of the kinds that were changed since the state before."""

    kinds: tuple[str, ...]
    amounts: Amounts


def read_pay(content: bytes) -> Pay:
    """The stored record of a payee."""
    record = json.loads(content)
    calculated, late, names = dict[str, int](), dict[str, int](), dict[str, str]()
    due = 0
    for line in record["lines"]:
        item = line["item"]
        changes = [text_fen(line.get(name, "0.00")) for name in LATE]
        added = changes[KEPT] + changes[BROUGHT] - changes[PUT_OFF]
        names[item] = line["name"]
        due += text_fen(line.get("due", line["amount"]))
        late[item] = late.get(item, 0) + added
        calculated[item] = calculated.get(item, 0) + text_fen(line["amount"]) - added
    return Pay(calculated, late, names, record["held"], 0 if record["held"] else due)


def causes_of(before: Pay, now: Pay, states: Sequence[State], pending: tuple[str, ...]) -> tuple[Cause, ...]:
    """The causes in the order in which they are told; `pending`: of what was changed after the last state."""
    found = [*_steps(before.calculated, [*states, State(pending, now.calculated)])]
    found.append(Cause((LATER,), _difference(before.late, now.late)))
    held = HOLDS.get((bool(before.held), bool(now.held)), "")
    found.append(Cause((HELD,), _difference(before.withheld, now.withheld), held))
    ordered = tuple(sorted(found, key=lambda cause: list(CAUSES).index(cause.kinds[0])))
    assert sum(cause.fen for cause in ordered) == now.total_fen - before.total_fen, "causes add up"
    return ordered


def _steps(amounts: Amounts, states: Sequence[State]) -> Iterator[Cause]:
    for state in states:
        yield Cause(state.kinds, _difference(amounts, state.amounts))
        amounts = state.amounts


def _difference(before: Amounts, now: Amounts) -> dict[str, int]:
    """By item what is not 0."""
    every = {item: now.get(item, 0) - before.get(item, 0) for item in dict.fromkeys([*before, *now])}
    return {item: fen for item, fen in every.items() if fen}


def in_order(kinds: Iterable[str]) -> tuple[str, ...]:
    """Causes in the order in which they are told."""
    return tuple(sorted(kinds, key=list(CAUSES).index))
