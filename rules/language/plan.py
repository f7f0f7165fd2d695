"""What a run of one kind evaluates: the items due in it, what they read, and the checks on these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rules.language.needs import Needs
from rules.language.openings import closing_reads
from rules.language.period import PERIOD_KINDS
from rules.language.program import (
    BOOL,
    CADENCE,
    Aggregate,
    Check,
    CurrentPeriod,
    Gather,
    Link,
    Node,
    Payment,
    Program,
    Ranking,
    Read,
    Return,
    RosterRule,
    Share,
    Split,
    Step,
    Type,
)
from rules.language.walking import ColumnId as ColumnId
from rules.language.walking import Roots, sentence, values_read
from rules.language.walking import expressions as expressions
from rules.language.walking import made_by as made_by
from rules.language.walking import walk as walk


@dataclass(frozen=True)
class Plan:
    """In order of calculation. `accruals`: pockets that longer runs (named) will empty, wholly or in part."""

    steps: tuple[Step, ...]
    returns: tuple[Return, ...]
    payments: tuple[Payment, ...]
    checks: tuple[Check, ...]
    roster: tuple[RosterRule, ...]
    accruals: tuple[tuple[ColumnId, str], ...]


_plans: WeakKeyDictionary[Program, dict[str, Plan]] = WeakKeyDictionary()


def read_by(needs: Needs, roots: Roots) -> set[ColumnId]:
    """The columns that expressions read, and those that decide their rows and the ways between them."""
    roots = list(roots)
    found = values_read(roots)
    return found | needs.of(roots)


def read_by_step(needs: Needs, step: Step, more: Roots = ()) -> set[ColumnId]:
    """As `read_by`, for a step and the expressions that belong to it."""
    return read_by(needs, [*expressions(step), *more]) | needs.of_step(step)


def periods_read(program: Program, roots: Iterable[tuple[str, Node]]) -> set[str]:
    """The kinds of 本期 that the links on the way need: a run must lie inside one period of each."""
    return {
        key.type.period_kind
        for root_table, root in roots
        for table, node in walk(root, root_table)
        for link in _links_used(program, table, node)
        for key in link.keys
        if isinstance(key, CurrentPeriod)
    }


def _links_used(program: Program, table: str, node: Node) -> Iterator[Link]:
    path: tuple[str, ...] = ()
    if isinstance(node, Read):
        path = node.path
    elif isinstance(node, Aggregate | Ranking):
        table, path = node.table, node.path
    for name in path:
        link = program.tables[table].links[name]
        yield link
        table = link.target


def _reading(program: Program, column: ColumnId) -> tuple[str, Node]:
    table, name = column
    return table, Read((), table, name, program.types[column])


def needed_by(program: Program, needs: Needs, roots: Roots) -> set[ColumnId]:
    """The columns of rules that expressions need: what they read, what the rules of these read, and so on.

    Parts of a split come together; a veto's condition and a rule's sentence are needed with the rule's column.
    """
    maker = {column: step for step in program.steps for column in made_by(step)}
    needed: set[ColumnId] = set()
    waiting = list(read_by(needs, roots))
    while waiting:
        column = waiting.pop()
        if column in maker and column not in needed:
            step = maker[column]
            needed.update(made_by(step))
            waiting.extend(read_by_step(needs, step, [*behind(program, step), *sentence(step)]))
    return needed


def behind(program: Program, step: Step) -> list[tuple[str, Node]]:
    """What a step's outcome rests on: its expressions and the conditions of its vetoes."""
    made = made_by(step)
    vetoes = [(veto.table, veto.when) for veto in program.vetoes if (veto.table, veto.column) in made]
    return [*expressions(step), *vetoes]


def emptied_by(thing: Step | Return | Payment) -> ColumnId | None:
    """The pocket that a step, return or payment empties, as (table of the rows, column); heads and trials empty none.

    A split or payment of an inherited column empties it on its own rows: the pocket belongs to these.
    """
    if isinstance(thing, Split) and not thing.source.type.unit.is_money:
        return None
    if isinstance(thing, Share) and thing.trial:
        return None
    if isinstance(thing, Split | Return):
        return (thing.table, thing.source.column)
    if isinstance(thing, Gather):
        return (thing.source_table, thing.source.column)
    if isinstance(thing, Share):
        return (thing.pool_table, thing.pool.column)
    if isinstance(thing, Payment):
        return (thing.table, thing.column.column)
    return None


def cadences(program: Program, pocket: ColumnId) -> frozenset[str]:
    """The runs (每月 …) that in the end pay what is in a pocket, followed through splits, gatherings and shares."""
    found: set[str] = {payment.when for payment in program.payments if emptied_by(payment) == pocket}
    for step in program.steps:
        if emptied_by(step) == pocket:
            for made in made_by(step):
                found |= cadences(program, made)
    return frozenset(found)


def plan(program: Program, kind: str) -> Plan:
    """What a run over a period of `kind` (月, 学期, 学年, 年) evaluates. Made once a program.

    A rule set that pays nothing at all only looks: its checks are due in every run that can tell their 本期.
    """
    plans = _plans.setdefault(program, {})
    if kind not in plans:
        plans[kind] = _plan(program, kind)
    return plans[kind]


def _plan(program: Program, kind: str) -> Plan:
    when = CADENCE[kind]
    order = list(CADENCE.values())
    maker = {column: step for step in program.steps for column in made_by(step)}
    payments = tuple(payment for payment in program.payments if payment.when == when)
    roster_rules = program.roster.rules if program.roster and payments else ()
    roster = tuple(rule for rule in roster_rules if rule.when in ("", when))
    needs = Needs(program)
    roots = [root for payment in payments for root in (*expressions(payment), *ends(payment))]
    if program.roster:
        roots += [(program.roster.table, rule.condition) for rule in roster]
    needed = needed_by(program, needs, roots)

    def inside(roots: list[tuple[str, Node]]) -> bool:
        kinds = [PERIOD_KINDS.index(name) for name in periods_read(program, roots)]
        return all(index >= PERIOD_KINDS.index(kind) for index in kinds) and not (
            kind == "学年" and 3 in kinds
        )

    def tried(step: Step) -> bool:
        if not isinstance(step, Share) or not step.trial:
            return False
        pool = (step.pool_table, step.pool.column)
        return pool in needed or (bool(payments) and pool not in maker and inside(list(expressions(step))))

    roots += [
        _reading(program, (step.table, step.name))
        for step in program.steps
        if isinstance(step, Share) and tried(step)
    ]
    needed = needed_by(program, needs, roots)
    lone = [[*expressions(check), *sentence(check)] for check in _lone_checks(program, needs)]
    for asked in (*lone, *closing_reads(program)) if payments or not program.payments else ():
        closure = needed_by(program, needs, asked)
        steps = [step for step in program.steps if not closure.isdisjoint(made_by(step))]
        if inside([*asked, *(root for step in steps for root in behind(program, step))]):
            needed |= closure

    def ends_now(pocket: ColumnId) -> bool:
        """Whether a pocket that no run pays is emptied in this one: with its siblings of a split, or where it is made."""
        step = maker.get(pocket)
        siblings = [cadences(program, made) for made in made_by(step)] if step else []
        return pocket in needed and (not any(siblings) or any(when in found for found in siblings))

    for step in program.steps:  # in order: what is gathered may be split again
        pocket, made = emptied_by(step), made_by(step)
        if pocket is None or any(cadences(program, column) for column in made):
            continue
        runs = cadences(program, pocket)
        if (when in runs and (pocket in needed or pocket not in maker)) or (not runs and ends_now(pocket)):
            needed |= needed_by(program, needs, [_reading(program, column) for column in made])

    def current(check: Check) -> bool:
        roots = [*expressions(check), *sentence(check)]
        return inside(roots) and all(
            column in needed or column not in maker for column in read_by(needs, roots)
        )

    accruals = []
    for column in sorted(needed):
        later = sorted(cadences(program, column), key=order.index)
        if later and order.index(later[0]) >= order.index(when) and later != [when]:
            accruals.append((column, "、".join(name for name in later if name != when)))
    return Plan(
        steps=tuple(step for step in program.steps if any(column in needed for column in made_by(step))),
        returns=tuple(back for back in program.returns if ends_now((back.source.table, back.source.column))),
        payments=payments,
        checks=tuple(check for check in program.checks if current(check)),
        roster=roster,
        accruals=tuple(accruals),
    )


def _lone_checks(program: Program, needs: Needs) -> list[Check]:
    """Checks on columns that nothing paid in any run needs: they are calculated for the check's own sake."""
    roots = [root for payment in program.payments for root in (*expressions(payment), *ends(payment))]
    paid = needed_by(program, needs, roots)
    made = {column for step in program.steps for column in made_by(step)}
    return [
        check
        for check in program.checks
        if (read_by(needs, [*expressions(check), *sentence(check)]) & made) - paid
    ]


def ends(payment: Payment) -> list[tuple[str, Node]]:
    """The paths to payee, unit and event, as reads, so that their links' keys count as needed."""
    yes_no = Type(BOOL)
    event = payment.event.path if payment.event else ()
    paths = (payment.payee, payment.unit, event)
    return [(payment.table, Read(path, "", "", yes_no)) for path in paths if path]
