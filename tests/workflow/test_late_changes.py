"""Late changes in the book: approved, brought in by the next semester, replayed; on both databases."""

from datetime import timedelta

import pytest

from payroll_service.errors import NotApprovable
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_payout import explain_own
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import load_rules
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.verify_book import verify_book
from tests import acts
from tests.book.late import RULES, SEMESTERS
from tests.workflow.conftest import BUREAU, NOW

FIRST, SECOND, THIRD = SEMESTERS
PEOPLE = ("11010519491231002X", "110105194912310038", "440524188001010014")
BEFORE, AFTER = (60, 60, 30), (60, 60, 80)  # 40, 40, 20 yuan of each bonus; 30, 30, 40


@pytest.fixture
def book(store, tmp_path):
    """The first semester is run and approved; then the third person's score is corrected, from 30 to 80."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    rules = load_rules(path)
    receive(store, rules, tmp_path / "旧", BEFORE)
    approve(store, run(store, FIRST))
    receive(store, rules, tmp_path / "新", AFTER)
    return store


def receive(store, rules, folder, scores, people=PEOPLE):
    folder.mkdir()
    rows = {
        "学校": ["学校代码,奖金", "A01,300"],
        "人员": ["证件号码,姓名,待核", *(f"{one},某人,否" for one in people)],
        "任职": ["证件号码,学校代码", *(f"{one},A01" for one in people)],
        "学期考核": [
            "证件号码,期间,得分,师德",
            *(
                f"{one},{semester},{score},合格"
                for semester in SEMESTERS
                for one, score in zip(people, scores, strict=True)
            ),
        ],
    }
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert import_workbook(store, BUREAU, rules, folder, "经办", NOW).snapshot


def run(store, semester):
    return calculate_run(store, BUREAU.bureau, "", semester, "经办", NOW)


def approve(store, finished):
    acts.approve(store, BUREAU.bureau, finished.run.run_id, "局长", NOW + timedelta(hours=1))
    return finished


def granted(store, item: str, earned: str) -> dict[tuple[str, str], int]:
    """Fen by ID number and fund, of all approved runs."""
    sums: dict[tuple[str, str], int] = {}
    with store.reading() as session:
        numbers = {who.payee_id: who.number for who in session.payees.all(BUREAU.bureau, "个人")}
        for _, claim, fen in session.runs.granted(BUREAU.bureau):
            if (claim.item, claim.earned) == (item, earned):
                key = numbers[claim.payee], claim.fund
                sums[key] = sums.get(key, 0) + fen
    return sums


def by_fund(fund: str, *fen: int) -> dict[tuple[str, str], int]:
    return {(one, fund): part for one, part in zip(PEOPLE, fen, strict=False)}


def test_the_three_clauses_in_the_book_and_faithful_replays(book):
    second = approve(book, run(book, FIRST))
    assert granted(book, "重分", FIRST) == by_fund("绩效", 3000, 3000, 4000)
    assert granted(book, "不追", FIRST) == by_fund("绩效", 3000, 3000, 4000) | by_fund("机动", 1000, 1000)
    assert granted(book, "下期", FIRST) == by_fund("绩效", 4000, 4000, 2000)
    third = approve(book, run(book, SECOND))
    assert granted(book, "下期", FIRST) == by_fund("绩效", 3000, 3000, 4000)
    assert [one.run for one in third.calculation.receipt.netted] == [second.run.run_id]
    again = approve(book, run(book, FIRST))
    assert [one.run for one in again.calculation.receipt.netted] == [
        f"{FIRST}-r1",
        second.run.run_id,
        third.run.run_id,
    ]
    assert again.calculation.receipt.grants_fen == 0
    runs = (f"{FIRST}-r1", second.run.run_id, third.run.run_id, again.run.run_id)
    assert all(replay_run(book, BUREAU.bureau, each).faithful for each in runs)
    assert [check for check in verify_book(book, BUREAU.bureau).checks if not check.holds] == []


def test_who_has_left_gets_the_back_pay_and_there_is_nothing_to_explain(book, tmp_path):
    approve(book, run(book, FIRST))
    receive(book, load_rules(tmp_path / "rules.yaml"), tmp_path / "走了", AFTER[:2], PEOPLE[:2])
    later = approve(book, run(book, SECOND)).run.run_id
    assert granted(book, "下期", FIRST) == by_fund("绩效", 3000, 3000, 4000)
    assert explain_own(book, BUREAU.bureau, later, PEOPLE[2]) is None
    assert explain_own(book, BUREAU.bureau, later, PEOPLE[0])


def test_a_difference_is_brought_in_by_one_run_alone(book):
    approve(book, run(book, FIRST))
    one, other = run(book, SECOND), run(book, THIRD)
    approve(book, one)
    with pytest.raises(NotApprovable, match="已由别的批次补了"):
        approve(book, other)
    approve(book, run(book, THIRD))
    assert granted(book, "下期", FIRST) == by_fund("绩效", 3000, 3000, 4000)


def test_a_run_that_does_not_know_of_a_late_change_is_not_approved(book):
    early = run(book, SECOND)
    approve(book, run(book, FIRST))
    with pytest.raises(NotApprovable, match=f"{FIRST}-r2"):
        approve(book, early)
