"""What a new version of a rule set would change, in money: the same workbook under both, and under every step between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from payroll_service.book.comparison import ComparedVersions, Step, compare, told_apart
from payroll_service.book.payouts import Payouts
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import PERIODS_WRITTEN, UnknownPeriod, UnsoundInput
from payroll_service.snapshot.tables import Snapshot
from payroll_service.workflow.calculate_period import calculate_period
from payroll_service.workflow.load_rules import read_text
from payroll_service.workflow.read_input import read_input
from rules.language.changes import Change, changes, mixed, ordered
from rules.language.check import compile_document
from rules.language.mistakes import RuleSetError
from rules.language.period import PERIOD_KINDS, Calendar, Period, month
from rules.language.plan import plan
from rules.language.program import Program
from rules.language.source import Entries, Scalar, SourceNode, read_source

IN_FORCE = "施行"
Tell = Callable[[str, int, int], None]


def compare_versions(
    old: Path, new: Path, source: Path, period: str, whole: bool = False, tell: Tell = lambda *_: None
) -> ComparedVersions:
    """Full entitlements of the period under both versions, and what each change of the rules does to them.

    Either version is taken as if it were in force; with `whole`, all periods inside count too (a school year with its
    months and semesters). `tell` hears what is being done: words, steps done, steps in all. Raises RuleSetError,
    UnsoundInput, CalculationError, UnknownPeriod, UnreadableFile.
    """
    files = [(read_source(read_text(path), str(path)), str(path)) for path in (old, new)]
    versions = [compile_document(document, name) for document, name in files]
    periods = list(_periods(versions, period, whole))
    before, after = (_in_force(document, versions) for document, _ in files)
    calculator = _Calculator(source, periods, files[1][1])
    ground, others = ordered(changes(before, after))
    taken, pending, steps = list(ground), list[Change](), list[Step]()
    tell("核算旧版", 0, len(others) + 1)
    states = [calculator.state(compile_document(before, files[0][1]))]
    for number, change in enumerate(others[:-1], 1):
        tell(f"改动 {change.section} {change.name}", number, len(others) + 1)
        taken.append(change)
        pending.append(change)
        if (state := calculator.tried(mixed(before, after, taken))) is not None:
            states.append(state)
            steps.append(Step(tuple(pending)))
            pending = []
    tell("核算新版", len(others), len(others) + 1)
    states.append(calculator.state(compile_document(after, files[1][1])))
    steps.append(Step((*pending, *others[-1:]) or tuple(ground)))
    moving, quiet, money = told_apart(steps, compare([state.payouts for state in states]))
    return ComparedVersions(
        old=_name(versions[0]),
        new=_name(versions[1]),
        periods=tuple(one.text for one in periods),
        changes=tuple(changes(*(document for document, _ in files))),
        steps=moving,
        quiet=(*quiet, *(ground if others else ())),
        money=money,
        warnings=tuple(
            f"{_name(version)}：{name}"
            for version, state in zip(versions, (states[0], states[-1]), strict=True)
            for name in state.broken
        ),
    )


@dataclass(frozen=True)
class _State:
    """All periods under one version."""

    payouts: list[Payouts]
    broken: tuple[str, ...]


@dataclass
class _Calculator:
    """Calculates programs on one workbook, which is read once for all that ask for the same tables."""

    source: Path
    periods: Sequence[Period]
    name: str
    read: list[tuple[Program, Snapshot]] = field(default_factory=list)

    def tried(self, document: SourceNode) -> _State | None:
        """None where the changes made so far do not go together yet, or not with the workbook."""
        try:
            return self.state(compile_document(document, self.name))
        except (RuleSetError, CalculationError, UnsoundInput):
            return None

    def state(self, program: Program) -> _State:
        snapshot, payouts, broken = self.snapshot(program), [], []
        for period in self.periods:
            if plan(program, period.kind).payments:
                found = calculate_period(program, snapshot, period)
                payouts.append(found.payouts)
                broken += [f"{period.text} {check.name}" for check in found.broken]
        return _State(payouts, tuple(broken))

    def snapshot(self, program: Program) -> Snapshot:
        for other, snapshot in self.read:
            if other.tables == program.tables:
                return snapshot
        snapshot = read_input(program, self.source).snapshot
        self.read.append((program, snapshot))
        return snapshot


def _periods(versions: Sequence[Program], text: str, whole: bool) -> Iterator[Period]:
    """The period, or with `whole` all that lie in it, of kinds that either version pays. Raises UnknownPeriod."""
    old, new = versions
    period = new.calendar.parse(text)
    if period is None or old.calendar.parse(text) != period:
        raise UnknownPeriod(f"两版都要认识期间“{text}”。", PERIODS_WRITTEN)
    if not any(version.start <= period.last_day <= version.end for version in versions):
        raise UnknownPeriod(f"期间 {text} 的最后一天，两版都没有施行。", "请用其中一版施行时的期间。")
    wanted = _inside(new.calendar, period) if whole else [period]
    paid = [one for one in wanted if any(plan(version, one.kind).payments for version in versions)]
    if not paid:
        raise UnknownPeriod(
            f"两版在期间 {text} 都没有发放的项目。",
            "请换一个期间；要把期间里的各月、各学期一起算，请加 --whole。",
        )
    yield from paid


def _inside(calendar: Calendar, period: Period) -> list[Period]:
    months = [month(number // 12, number % 12 + 1) for number in period.months]
    found = [calendar.around(one, kind) for kind in PERIOD_KINDS for one in months]
    return list(dict.fromkeys(one for one in found if one is not None and period.contains(one)))


def _in_force(document: SourceNode, versions: Sequence[Program]) -> SourceNode:
    """The document in force from the first day of either version to the last day of either."""
    assert isinstance(document, Entries), "a rule set is a map"
    first, last = min(one.start for one in versions), max(one.end for one in versions)
    text = " 至 ".join(date.fromordinal(day).isoformat() for day in (first, last))
    scalar = document.entries[IN_FORCE]
    return replace(document, entries=document.entries | {IN_FORCE: Scalar(text, True, scalar.place)})


def _name(program: Program) -> str:
    return f"{program.name} {program.version}"
