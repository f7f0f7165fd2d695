"""Run worked examples: what a finance person signed must come out, to the fen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath

from payroll_service.book.money import fen_text
from payroll_service.book.payouts import Payouts
from payroll_service.calculation.labels import cell_text, key_texts
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.errors import Refused, UnreadableFile
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.snapshot.tables import Cell, Problem, RawTable, Values
from payroll_service.workflow.calculate_period import Calculation, calculate_period, governed_period
from payroll_service.workflow.example_names import unknown_name
from payroll_service.workflow.load_rules import load_rules, read_text, rules_from
from rules.language.bundle import Part, packed
from rules.language.mistakes import Place, meant
from rules.language.program import CADENCE, NUMBER, Program
from rules.language.worked import (
    NOT_APPLICABLE,
    Expectation,
    Row,
    WorkedExample,
    in_full,
    read_examples,
    read_wanted,
)


@dataclass(frozen=True)
class ExampleResult:
    """One worked example: passed if `failures` is empty."""

    file: str
    name: str
    place: Place
    failures: tuple[str, ...]


def example_files(path: Path) -> list[Path]:
    """The files of worked examples at `path`: itself, or below it every YAML file in a folder named examples.

    Raises UnreadableFile if there are none.
    """
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*.yaml") if "examples" in file.resolve().parts)
    if not found:
        raise UnreadableFile(f"{path} 里没有用例文件。", "请指到 rules/examples 或其中的一个文件。")
    return found


def try_examples(
    path: Path,
    progress: Callable[[str], None] = lambda _: None,
    wanted: Callable[[tuple[Path, ...]], bool] = lambda _: True,
) -> Iterator[ExampleResult]:
    """Every worked example at `path`, one result each. `wanted`: whether to try those of a rule set with schemes.

    Raises RuleSetError, UnreadableFile.
    """
    programs: dict[tuple[Path, ...], Program] = {}
    for file in example_files(path):
        read = read_examples(read_text(file), str(file))
        for example in read.examples:
            rules = tuple((file.parent / name).resolve() for name in (read.rule_set, *example.schemes))
            if not wanted(rules):
                continue
            progress(example.name)
            if rules not in programs:
                programs[rules] = load_rules(rules[0], rules[1:]).program
            yield _tried(programs[rules], example, str(file))


def try_texts(rules: Sequence[Part], examples: Sequence[Part]) -> Iterator[ExampleResult]:
    """Every worked example in these texts, of a rule set and schemes that are texts too and known by their file names.

    Raises RuleSetError, UnreadableFile for an example of another rule set or scheme.
    """
    parts = {part.file: part for part in rules}
    programs: dict[tuple[str, ...], Program] = {}
    for text in examples:
        read = read_examples(text.text, text.file)
        for example in read.examples:
            names = tuple(PurePath(name).name for name in (read.rule_set, *example.schemes))
            if names[0] != rules[0].file or not parts.keys() >= set(names):
                raise UnreadableFile(
                    f"{text.file} 的用例“{example.name}”用的是 {'、'.join(names)}，不是这次交的 {'、'.join(parts)}。",
                    "请把用例所用的规则集和方案一起交，文件名要一致。",
                )
            if names not in programs:
                programs[names] = rules_from(packed([parts[name] for name in names]), names[0]).program
            yield _tried(programs[names], example, text.file)


def _tried(program: Program, example: WorkedExample, file: str) -> ExampleResult:
    example = in_full(program, example)
    return ExampleResult(file, example.name, example.place, tuple(_failures(program, example)))


def _failures(program: Program, example: WorkedExample) -> Iterator[str]:
    unknown = [told for each in example.expectations if (told := unknown_name(program, example, each))]
    if unknown:
        yield from unknown
        return
    try:
        calculation = _calculated(program, example)
    except Refused as refused:
        yield from _refused(example, f"{refused.message} {refused.remedy}".strip())
    except CalculationError as error:
        yield from _refused(example, "；".join(map(_row_told, error.problems)))
    else:
        yield from _differences(program, example, calculation)


def _refused(example: WorkedExample, refusal: str) -> Iterator[str]:
    """It was not calculated: the refusals expected hold if its reason has their words, nothing else does."""
    wanted = [expected.wanted for expected in example.expectations if expected.kind == "错误"]
    if not wanted:
        yield f"没有算出来：{refusal}"
    for words in wanted:
        if words not in refusal:
            yield f"拒绝的理由应当提到“{words}”，实际是：{refusal}"
    if wanted and len(wanted) < len(example.expectations):
        yield f"期望的数没有算出来，因为拒绝了：{refusal}"


def _differences(program: Program, example: WorkedExample, calculation: Calculation) -> Iterator[str]:
    for expected in example.expectations:
        if expected.kind == "错误":
            yield f"应当拒绝（{expected.wanted}），却算出了结果（推导：{expected.derivation}）"
            continue
        found = _found(program, calculation, expected)
        if not _agrees(found, expected):
            shown = _shown(found, expected) if found is not None else _absent(program, calculation, expected)
            yield f"{_what(expected)} 应为 {expected.wanted}，实为 {shown}（推导：{expected.derivation}）"
    looked_at = {expected.what for expected in example.expectations if expected.kind == "检查"}
    for check in calculation.broken:
        must = check.name.removeprefix(MUST)
        if check.name.startswith(MUST) and must not in looked_at:
            yield (
                f"必须的检查「{must}」不成立，真正计算时一分钱也不发：{check.detail}。"
                f"本例正要看它的，请加一条期望 {{检查: {must}, 次数: …, 推导: …}}"
            )


def _row_told(problem: RowProblem) -> str:
    told = f"{problem.table}.{problem.column}（{'、'.join(problem.key)}）{problem.message}"
    return f"{told} 改法：{problem.remedy}" if problem.remedy else told


def _calculated(program: Program, example: WorkedExample) -> Calculation:
    period = governed_period(program, example.period)
    raw_tables = [_raw_table(table.name, list(table.columns), example) for table in program.input_tables()]
    tables = [table.name for table in program.input_tables()]
    for name in example.tables:
        if name not in program.tables:
            raise UnreadableFile(f"用例“{example.name}”里的表“{name}”不在规则集里。", meant(name, tables))
    snapshot, problems = check_and_seal(program, raw_tables, strict_ids=False)
    if snapshot is None:
        told = "；".join(map(_problem_told, errors_in(problems)))
        raise UnreadableFile(f"数据有问题：{told}", "")
    calculation = calculate_period(program, snapshot, period)
    wrong = [check for check in calculation.broken if not check.name.startswith(_LEFT_OPEN)]
    if wrong:
        raise UnreadableFile("；".join(f"{check.name}：{check.detail}" for check in wrong), "")
    return calculation


MUST = "必须："
_LEFT_OPEN = ("核定", MUST)  # an example need not bring approved totals, and may show a check that fails


def _problem_told(problem: Problem) -> str:
    """The table, which of its rows in the example, the column, what is wrong."""
    row = problem.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    where = f"第 {int(row) - FIRST_ROW + 1} 行" if row else ""
    told = f"{problem.sheet}{where} {problem.kind} {problem.column} {problem.message}"
    return f"{told} 改法：{problem.remedy}" if problem.remedy else told


FIRST_ROW = 2  # the rows of an example are numbered like those of a sheet with one row of headings


def _raw_table(table: str, columns: list[str], example: WorkedExample) -> RawTable:
    rows: tuple[Row, ...] = example.tables.get(table, ())
    for row in rows:
        for column in row:
            if column not in columns:
                raise UnreadableFile(
                    f"用例“{example.name}”里“{table}”没有列“{column}”。", meant(column, columns)
                )
    cells: dict[str, Sequence[Cell]] = {column: [row.get(column) for row in rows] for column in columns}
    return RawTable(table, table, cells, range(FIRST_ROW, FIRST_ROW + len(rows)), {})


def _found(program: Program, calculation: Calculation, expected: Expectation) -> Fraction | str | None:
    """What came out; None where there is nothing of the kind."""
    if expected.kind == "发放":
        return _paid(calculation.payouts, expected)
    if expected.kind == "退回":
        return _returned(calculation, expected.what)
    if expected.kind == "检查":
        names = {check.name for check in program.checks}
        if expected.what not in names:
            return None
        return Fraction(sum(finding.check == expected.what for finding in calculation.outcome.findings))
    return _column(program, calculation, expected)


def _paid(payouts: Payouts, expected: Expectation) -> Fraction | None:
    wanted = expected.narrowed
    total, lines = 0, 0
    for line in range(len(payouts)):
        facts = {
            "收款人": payouts.payee_keys[payouts.payee[line]],
            "单位": payouts.unit_codes[payouts.unit[line]],
            "所属": payouts.earned_periods[payouts.earned[line]],
            "资金": payouts.funds[payouts.fund[line]],
        }
        if payouts.items[payouts.item[line]].number == expected.what and all(
            facts[key] == value for key, value in wanted.items()
        ):
            total += int(payouts.amount_fen[line])
            lines += 1
    return Fraction(total, 100) if lines else None


def _returned(calculation: Calculation, what: str) -> Fraction | None:
    """All that went back from a column or pool: returned, withheld by a veto for a fund, or left in a pool."""
    outcome = calculation.outcome
    parts = [int(back.amount.sum()) for back in outcome.returned if f"{back.table}.{back.column}" == what]
    parts += [
        int(veto.amount.sum())
        for veto in outcome.withheld
        if veto.fund and f"{veto.table}.{veto.column}" == what
    ]
    parts += [
        int(pools.returned.sum())
        for pools in outcome.pools
        if not pools.trial and f"{pools.pool_table}.{pools.pool_column}" == what
    ]
    return Fraction(sum(parts), 100) if parts else None


def _column(program: Program, calculation: Calculation, expected: Expectation) -> Fraction | str | None:
    table, _, column = expected.what.partition(".")
    computed = calculation.outcome.columns.get((table, column))
    if computed is None:
        return None
    frames = calculation.outcome.frames
    rows = (
        row for row in range(frames[table].size) if key_texts(program, frames, table, row) == expected.row
    )
    row = next(rows, None)
    if row is None:
        return None
    if computed.missing is not None and computed.missing[row]:
        return NOT_APPLICABLE
    type_ = program.types[table, column]
    if type_.kind == NUMBER:
        return int(computed.data[row]) * computed.step
    return cell_text(Values(computed.data, None, computed.words or type_.options), type_, row)


def _agrees(found: Fraction | str | None, expected: Expectation) -> bool:
    wanted = read_wanted(expected.wanted, expected.place)
    if expected.kind == "发放" and found is None:
        return wanted in (0, NOT_APPLICABLE)
    return found is not None and found == wanted


def _what(expected: Expectation) -> str:
    row = "、".join((*expected.row, *expected.narrowed.values()))
    return f"{expected.kind} {expected.what}" + (f"（{row}）" if row else "")


def _absent(program: Program, calculation: Calculation, expected: Expectation) -> str:
    """Why there is nothing to compare with."""
    if expected.kind == "发放":
        when = next(payment.when for payment in program.payments if payment.number == expected.what)
        kind = calculation.outcome.period.kind
        return "没有" if when == CADENCE[kind] else f"没有：它{when}发放，用例算的期间是一个{kind}"
    if expected.kind != "列":
        return "没有"
    table, _, column = expected.what.partition(".")
    if (table, column) not in calculation.outcome.columns:
        return "没有：这次计算用不到这一列"
    shape = program.tables[table]
    key = [each.name for each in shape.by] if shape.kind == "分组" else shape.key
    return f"没有这一行，「行」依次写 {'、'.join(key) or '（全部一组）'}"


def _shown(found: Fraction | str, expected: Expectation) -> str:
    if isinstance(found, str):
        return found
    if expected.kind == "检查":
        return str(found)
    fen = found * 100
    return fen_text(int(fen)) if fen.denominator == 1 else str(found)
