"""A rule set's way into force: drafted by one, its worked examples passed, enacted by another; before any approval."""

import json

import pytest

from payroll_service.book.records import Bureau
from payroll_service.cli.stored import opened
from payroll_service.errors import NotApprovable, NotEnactable, SamePerson
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.enact_rules import PassedExamples, draft_rules, enact_rules, pass_examples
from payroll_service.workflow.submit_run import submit_run
from tests.acts import PASSED
from tests.cli.test_commands import payroll
from tests.workflow import class_teachers
from tests.workflow.class_teachers import MONTH, RULES, own_copy, receive, rules
from tests.workflow.conftest import BUREAU, NOW

FINGERPRINT = rules().program.fingerprint
SHIPPED_EXAMPLES = 3


@pytest.fixture
def run_id(store, tmp_path):
    receive(store, tmp_path / "data")
    return calculate_run(store, BUREAU.bureau, "", MONTH, "经办", NOW).run.run_id


def states(store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(one.state, one.actor) for one in session.rule_sets.events(BUREAU.bureau, FINGERPRINT)]


def test_a_run_is_approved_only_once_it_is_submitted_and_its_rule_set_enacted(store, run_id):
    bureau = BUREAU.bureau
    with pytest.raises(NotApprovable, match="还没有送审"):
        approve_run(store, bureau, run_id, "局长", NOW)
    submit_run(store, bureau, run_id, "经办", NOW)
    with pytest.raises(NotApprovable, match="还是草案"):
        approve_run(store, bureau, run_id, "局长", NOW)
    enact_rules(store, bureau, FINGERPRINT, "局长", NOW, PASSED)
    with pytest.raises(NotApprovable, match="已经送审"):
        submit_run(store, bureau, run_id, "经办", NOW)
    approve_run(store, bureau, run_id, "局长", NOW)
    with pytest.raises(NotApprovable, match="已经审批"):
        submit_run(store, bureau, run_id, "经办", NOW)


def test_who_submits_does_not_approve(store, run_id):
    enact_rules(store, BUREAU.bureau, FINGERPRINT, "局长", NOW, PASSED)
    submit_run(store, BUREAU.bureau, run_id, "另一经办", NOW)
    for person in ("另一经办", "经办"):
        with pytest.raises(SamePerson):
            approve_run(store, BUREAU.bureau, run_id, person, NOW)


def test_a_submitted_run_is_withdrawn_with_a_reason_and_not_approved(store, run_id):
    enact_rules(store, BUREAU.bureau, FINGERPRINT, "局长", NOW, PASSED)
    submit_run(store, BUREAU.bureau, run_id, "经办", NOW)
    withdraw_run(store, BUREAU.bureau, run_id, "局长", "少了一个班", NOW)
    with pytest.raises(NotApprovable, match="已经撤回"):
        approve_run(store, BUREAU.bureau, run_id, "局长", NOW)


def test_drafted_checked_and_enacted_by_a_second_person_once(store, run_id):
    with pytest.raises(SamePerson, match="经办"):
        enact_rules(store, BUREAU.bureau, FINGERPRINT, " 经办 ", NOW, PASSED)
    with pytest.raises(NotEnactable, match="还没有跑过用例"):
        enact_rules(store, BUREAU.bureau, FINGERPRINT, "局长", NOW)
    assert states(store) == [("stored", "经办")], "what is refused leaves nothing"
    draft_rules(store, BUREAU, rules(), pass_examples(RULES), "经办", NOW)
    done = enact_rules(store, BUREAU.bureau, FINGERPRINT, "局长", NOW)
    assert (done.drafted_by, done.enacted_by, done.examples) == ("经办", "局长", SHIPPED_EXAMPLES)
    assert states(store) == [("stored", "经办"), ("checked", "经办"), ("enacted", "局长")]
    with store.reading() as session:
        noted = json.loads(session.rule_sets.events(BUREAU.bureau, FINGERPRINT)[1].detail)
    assert noted == {"examples": SHIPPED_EXAMPLES, "files": {"s12a.yaml": SHIPPED_EXAMPLES}}
    with pytest.raises(NotEnactable, match="已经启用"):
        enact_rules(store, BUREAU.bureau, FINGERPRINT, "局长", NOW)


def test_the_examples_that_lie_beside_a_rule_set_are_found_and_those_of_others_are_not():
    assert pass_examples(RULES) == PassedExamples((("s12a.yaml", SHIPPED_EXAMPLES),))


def test_an_example_that_fails_or_none_at_all_is_told(tmp_path):
    own = own_copy(tmp_path)
    (file,) = (tmp_path / "examples").rglob("*.yaml")
    file.write_text(
        file.read_text(encoding="utf-8").replace("金额: 330.00", "金额: 331.00", 1), encoding="utf-8"
    )
    with pytest.raises(NotEnactable, match=r"3 个用例里有 1 个没有通过.*331\.00"):
        pass_examples(own)
    with pytest.raises(NotEnactable, match="没有用这份规则集的用例"):
        pass_examples(own, examples=class_teachers.EXAMPLES)


def test_at_the_command_line(tmp_path):
    own, where = own_copy(tmp_path), ("--database", tmp_path / "book.db", "--bureau", "b")
    unknown = payroll("rules", "enact", own, "--by", "局长", *where)
    assert (unknown.exit_code, "没有草案可以启用" in unknown.output) == (1, True)
    assert "草案已入库" in payroll("rules", "draft", own, "--by", "起草人", *where).output
    done = payroll("rules", "enact", own, "--by", "局长", *where)
    assert "起草 起草人，启用 局长，3 个用例全部通过" in done.output
    with opened(str(tmp_path / "book.db")) as store, store.reading() as session:
        assert session.bureaus() == [Bureau("b", "b")]
        assert session.rule_sets.is_enacted("b", FINGERPRINT)
