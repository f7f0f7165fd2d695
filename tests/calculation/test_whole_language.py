"""The laws, on a rule set that uses the constructs of the language at once, whatever the data."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payroll_service.book.balance import balance, broken
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation import blocks
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import Explainer
from payroll_service.calculation.outcome import CalculationError, Outcome
from payroll_service.snapshot.tables import Snapshot
from rules.language import keys
from rules.language.formula import AGGREGATES, FUNCTIONS, RANKING, WORDS
from rules.language.late import HARMLESS, NEXT_PERIOD, SHARED_AGAIN
from rules.language.period import MONTH, Period
from rules.language.program import CADENCE, FEN, Program, Share
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.test_blocks import same
from tests.calculation.whole_county import GAPS, SCHEME, TEXT, whole_county
from tests.calculation.whole_rows import CEILINGS, FLOORS, approved, whole_gaps, whole_rows
from tests.examples import examples

TESTS = Path(__file__).parents[1]
PLAIN = whole_county()
RUNS = [period(text) for text in ("2020-2021-1", "2020-2021-2", "2020-10", "2020-2021", "2020")]
runs = st.sampled_from([*RUNS[:2], *RUNS])
TRIED_ELSEWHERE = {
    "不重叠": "snapshot/test_problems.py::test_posts_that_overlap_are_found_and_posts_that_touch_are_not",
    "更正": "workflow/test_versions.py::test_a_correction_may_itself_be_corrected_but_one_version_only_once",
    "公示": "rules/test_disbursement.py::test_how_long_is_published_is_a_whole_number_of_working_days",
} | dict.fromkeys(
    ("支付", "不足", "先后", "项目次序", "追回"),
    "workflow/test_ledger_laws.py::test_every_history_keeps_the_laws_of_the_book",
)


def calculated(program: Program, data: Snapshot, run: Period) -> Outcome:
    """What the columns say; data they refuse are another law's."""
    try:
        return calculate(program, data, run)
    except CalculationError:
        assume(False)
        raise


def no_fen_is_lost(program: Program, outcome: Outcome) -> None:
    """Every law of the balance; but a month may leave out people, whose posts have no such month."""
    checks = broken(balance(program, outcome, make_payouts(program, outcome)))
    assert [one for one in checks if outcome.period.kind != MONTH or not one.name.startswith("名册")] == []
    for pools in outcome.pools:
        assert (pools.amount == pools.shared + pools.returned).all()
        assert (pools.returned >= 0).all()


def a_higher_weight_never_earns_less(outcome: Outcome, limited: bool) -> None:
    """Among the rows of one school whom no veto touches, and who have the same floor and ceiling if there are any."""
    if ("任职", "奖励") not in outcome.columns:
        return  # a month shares nothing yet
    posts = outcome.frames["任职"]
    vetoed = np.zeros(posts.size, bool)
    for taken in outcome.withheld:
        vetoed |= taken.rows if taken.column == "奖励" else False
    paid, weight = outcome.columns["任职", "奖励"], outcome.columns["任职", "权重"]
    alike = defaultdict(list)
    for row in range(posts.size):
        if vetoed[row] or (paid.missing is not None and paid.missing[row]):
            continue
        limits = [str(posts.columns[name].data[row]) for name in (("底", "顶", "标准") if limited else ())]
        alike[posts.links["校"][row], *limits].append((int(weight.data[row]), int(paid.data[row])))
    for members in alike.values():
        for (less, earns), (more, also) in pairwise(sorted(members)):
            assert earns <= also if less < more else abs(earns - also) * paid.step <= FEN


def explanations_come_to_what_is_paid(program: Program, outcome: Outcome, people: list[dict]) -> None:
    """Every rule on the way is calculated again while it is explained; one that differed would stop it."""
    explainer = Explainer(program, outcome)
    told: dict[str, Fraction] = defaultdict(Fraction)
    for person in people:
        for line in explainer.explain("人员", (person["证件号码"],)):
            told[line.item] += line.amount or 0
    for payment in explainer.payments:
        column = outcome.columns[payment.table, payment.column.column]
        assert told[payment.number] == sum(int(fen) for fen in column.data) * column.step


def test_every_key_and_word_of_the_language_is_here_or_in_a_named_test():
    text = "\n".join((TEXT, SCHEME, *GAPS.values(), *FLOORS, *CEILINGS))
    lists = [value for name, value in vars(keys).items() if name.isupper() and not name.startswith("_")]
    kinds = [kind for each in lists for kind in (each.values() if isinstance(each, dict) else [each])]
    named = {key for required, optional in kinds for key in (*required, *optional)}
    absent = {key for key in named if not re.search(rf"(^|[{{,\s]){key}:(\s|$)", text, re.MULTILINE)}
    assert absent == set(TRIED_ELSEWHERE)
    assert [name for name in (*FUNCTIONS, *AGGREGATES, RANKING) if f"{name}(" not in text] == []
    assert [word for word in WORDS if not re.search(rf"[ (]{word} ", text)] == []
    assert {payment.when for payment in PLAIN.payments} == set(CADENCE.values())
    late = {step.late.partition(" ")[0] for step in PLAIN.steps if isinstance(step, Share)}
    assert late >= {SHARED_AGAIN, NEXT_PERIOD, HARMLESS}


@pytest.mark.parametrize("where", TRIED_ELSEWHERE.values(), ids=TRIED_ELSEWHERE)
def test_what_is_tried_elsewhere_still_is(where):
    file, _, name = where.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text("utf-8")


@given(whole_gaps(), whole_rows(), runs)
@examples(30)
def test_whatever_the_rules_and_the_data_both_evaluators_agree_and_the_laws_hold(gaps, rows, run):
    program = whole_county(**gaps)
    data = sealed(program, rows)
    assert disagreements(program, data, run) == []
    outcome = calculated(program, data, run)
    no_fen_is_lost(program, outcome)
    a_higher_weight_never_earns_less(outcome, limited=bool(gaps.get("保底封顶")))
    explanations_come_to_what_is_paid(program, outcome, rows["人员"])


@given(whole_rows(), st.randoms(use_true_random=False), runs)
@examples(10)
def test_the_order_of_rows_changes_nothing(rows, chance, run):
    shuffled = {table: chance.sample(held, len(held)) for table, held in rows.items()}
    same(*(calculated(PLAIN, sealed(PLAIN, each), run) for each in (rows, shuffled)))


@given(whole_rows(), runs, st.integers(1, 40), st.sampled_from([1, 2]))
@examples(20)
def test_blocks_and_threads_change_nothing(rows, run, size, threads):
    data = sealed(PLAIN, rows)
    whole = calculated(PLAIN, data, run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", size)
        same(whole, calculate(PLAIN, data, run, threads))


def alike(count: int, **cells: str) -> dict[str, list[dict]]:
    """One school of so many people, the same but for their keys."""
    post = {"学校代码": "A", "起": "2015-09-01", "身份": "教师", "标准": "100.05", "课时": "30"} | cells
    people = [f"P{number:03d}" for number in range(count)]
    return {
        "学校": [{"学校代码": "A", "类别": "村", "名额": 0, "奖金": "0.01"}],
        "核定总量": approved("A"),
        "人员": [
            {"证件号码": who, "姓名": who, "师德": "合格", "生日": "1980-02-28", "应扣": "0"}
            for who in people
        ],
        "任职": [{"证件号码": who} | post for who in people],
        "学期考核": [{"证件号码": who, "期间": "2020-2021-1", "得分": "90"} for who in people],
    }


@pytest.mark.parametrize("limits", ["", "  至少: 0.01元", "  至多: 30元\n  超出: 退回 专项"])
@pytest.mark.parametrize("fallback", ["平均", "退回 绩效"])
@pytest.mark.parametrize(
    "rows",
    [
        {},
        alike(0),
        alike(1),
        alike(30),
        alike(7, 起="2021-02-02"),
        alike(3, 标准="0"),
        alike(9) | {"学期考核": []},
    ],
    ids=["nothing", "nobody", "one", "one fen for thirty", "no month", "empty pool", "no weight"],
)
def test_the_edges(rows, limits, fallback):
    program = whole_county(保底封顶=limits, 无权重=fallback)
    data = sealed(program, rows)
    assert disagreements(program, data, RUNS[0]) == []
    try:
        outcome = calculate(program, data, RUNS[0])
    except CalculationError as error:
        told = " ".join(problem.message for problem in error.problems)
        assert "至少" in told or "没有可以平均分给的人" in told
    else:
        no_fen_is_lost(program, outcome)


def test_one_fen_for_a_hundred_people_goes_to_the_first_in_line():
    program = whole_county()
    outcome = calculate(program, sealed(program, alike(100)), RUNS[0])
    assert outcome.columns["任职", "奖金份"].data.tolist() == [1] + [0] * 99


@pytest.mark.torture
@pytest.mark.parametrize("run", RUNS[:2], ids=lambda run: run.text)
def test_thousands_of_people_agree(run):
    """Many rows, ties everywhere, long histories: the same laws, and blocks of any size."""
    rows = alike(4000)
    for number, post in enumerate(rows["任职"]):
        post |= {
            "学校代码": "ABCDEFGH"[number % 8],
            "标准": f"{number * 7 % 9001 / 100:.2f}",
            "课时": f"{number % 1001 / 10}",
        }
        post["身份"] = "校长" if number % 97 == 0 else "教师"
        post["止"] = None if number % 5 else "2020-12-31"
    rows["学校"] = [
        {
            "学校代码": code,
            "类别": "村镇城"[number % 3],
            "名额": number * 13,
            "奖金": f"{number * 1001 / 100:.2f}",
        }
        for number, code in enumerate("ABCDEFGH")
    ]
    rows["核定总量"] = approved("ABCDEFGH")
    for number, mark in enumerate(rows["学期考核"]):
        mark["得分"] = f"{number * 31 % 12001 / 100:.2f}"
    rows["年度考核"] = [
        {"证件号码": f"P{number % 50:03d}", "学年": str(2000 + number // 50), "优秀": number % 7 != 3, "票": f"{number % 101}"}
        for number in range(5000)
    ]  # fmt: skip
    data = sealed(PLAIN, rows)
    assert disagreements(PLAIN, data, run) == []
    outcome = calculate(PLAIN, data, run)
    no_fen_is_lost(PLAIN, outcome)
    a_higher_weight_never_earns_less(outcome, limited=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", 777)
        same(outcome, calculate(PLAIN, data, run, 2))
