"""Random acts by random people on random days: no state is reached but by its path, nobody does both acts, days hold."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from payroll_service.book.records import Bureau
from payroll_service.book.working_days import china_day
from payroll_service.errors import Refused
from payroll_service.store.errors import NotStored
from payroll_service.workflow.answer_objection import answer_objection, name_correction
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.enact_rules import enact_rules
from payroll_service.workflow.object_to_item import Complaint, object_to_item
from payroll_service.workflow.publish_run import PublishRequest, close_run, publish_run
from payroll_service.workflow.submit_run import submit_run
from tests.acts import PASSED
from tests.workflow.class_teachers import MONTH, receive, rules

PATHS = {
    ("prepared", "calculated"),
    ("calculated", "submitted"),
    ("calculated", "withdrawn"),
    ("submitted", "withdrawn"),
    ("submitted", "approved"),
    ("approved", "published"),
    ("published", "closed"),
}
FINGERPRINT = rules().program.fingerprint
START = datetime.fromisoformat(
    "2025-09-22T09:00:00+08:00"
)  # a Monday; 09-28 is worked, 10-01 to 10-08 are not
BUREAUS = count(1)
PERSON = st.sampled_from(["甲", "乙", "丙"])
RUN = st.integers(0, 1)  # of those there are, from the last
SOMETIMES = st.sampled_from([False, False, True])


class Lives(RuleBasedStateMachine):
    """One bureau. What is checked is read from the records and logs, not from what was asked."""

    def __init__(self, store, folder, reached: set[str]) -> None:
        super().__init__()
        self.store, self.folder, self.reached = store, folder, reached
        self.bureau, self.now = f"县{next(BUREAUS)}", START
        self.runs: list[str] = []
        self.payees: list[str] = []

    @initialize(by=PERSON, other=st.sampled_from(["丙", "乙", "甲"]), stage=st.sampled_from(range(8, -1, -1)))
    def received(self, by, other, stage):
        """A run, and the first acts of its life, tried in order."""
        receive(self.store, self.folder, by, Bureau(self.bureau, self.bureau))
        self.calculated(by)
        with self.store.reading() as session:
            self.payees = sorted(session.payees.ids(self.bureau, "个人").values())
        acts = [
            lambda: self.enact(other, True),
            lambda: self.submit(0, by),
            lambda: self.approve(0, other),
            lambda: self.publish(0, by, 3),
            lambda: self.object_(0, by, 0),
            lambda: self.answer(other, 1, "upheld"),
            lambda: self.time_passes(20),
            lambda: self.close(0, by),
        ]
        for act in acts[:stage]:
            act()

    # Acts, any of which may be refused -----------------------------------------------------------------------------

    @rule(by=PERSON)
    def calculated(self, by):
        if len(self.runs) < 2:
            self.runs.append(calculate_run(self.store, self.bureau, "", MONTH, by, self.now).run.run_id)

    @rule(days=st.sampled_from([14, 1, 0, 5]))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(by=PERSON, checked=SOMETIMES)
    def enact(self, by, checked):
        self._try(enact_rules, FINGERPRINT, by, self.now, PASSED if checked else None)

    @rule(run=RUN, by=PERSON)
    def submit(self, run, by):
        self._try(submit_run, self._run(run), by, self.now)

    @rule(run=RUN, by=PERSON)
    def approve(self, run, by):
        self._try(approve_run, self._run(run), by, self.now)

    @rule(run=RUN, by=PERSON, really=SOMETIMES)
    def withdraw(self, run, by, really):
        self._try(withdraw_run, self._run(run), by, "算错了" if really else " ", self.now)

    @rule(run=RUN, by=PERSON, days=st.integers(0, 3))
    def publish(self, run, by, days):
        self._try(publish_run, self._run(run), by, self.now, PublishRequest(working_days=days))

    @rule(run=RUN, by=PERSON)
    def close(self, run, by):
        self._try(close_run, self._run(run), by, self.now)

    @rule(run=RUN, by=PERSON, payee=st.integers(0, 2))
    def object_(self, run, by, payee):
        complaint = Complaint("班主任", "score", "少算一人")
        self._try(object_to_item, self.payees[payee], self._run(run), complaint, by, self.now)

    @rule(by=PERSON, number=st.integers(1, 2), outcome=st.sampled_from(["upheld", "rejected"]))
    def answer(self, by, number, outcome):
        self._try(answer_objection, number, outcome, "查过了", by, self.now)

    @rule(by=PERSON, number=st.integers(1, 2), run=RUN)
    def correct(self, by, number, run):
        self._try(name_correction, number, self._run(run), by, self.now)

    def _run(self, place: int) -> str:
        return self.runs[-1 - place % len(self.runs)]

    def _try(self, act, *arguments) -> None:
        """Do it; what is refused leaves the book as it was."""
        before = self._logs()
        try:
            act(self.store, self.bureau, *arguments)
        except (Refused, NotStored):
            assert self._logs() == before

    def _logs(self):
        with self.store.reading() as session:
            return (
                session.runs.log(self.bureau),
                session.rule_sets.log(self.bureau),
                session.objections.find(self.bureau),
                session.objections.events(self.bureau),
            )

    # What holds at every moment ------------------------------------------------------------------------------------

    @invariant()
    def no_state_is_reached_but_by_its_path(self):
        with self.store.reading() as session:
            for run in self.runs:
                states = [event.state for event in session.runs.events(self.bureau, run)]
                assert states[0] == "prepared"
                assert set(pairwise(states)) <= PATHS
                self.reached |= set(states)

    @invariant()
    def nobody_does_both_acts(self):
        with self.store.reading() as session:
            for approval in session.runs.approved(self.bureau):
                events = session.runs.events(self.bureau, approval.run_id)
                before = {event.actor for event in events if event.state in ("prepared", "submitted")}
                assert approval.approved_by not in before
                assert approval.prepared_by == session.runs.get(self.bureau, approval.run_id).created_by
                enacted = session.rule_sets.enactments(self.bureau)[FINGERPRINT]
                assert enacted.at <= approval.at
            for enacted in session.rule_sets.enactments(self.bureau).values():
                assert enacted.enacted_by != session.rule_sets.events(self.bureau, FINGERPRINT)[0].actor
            raised = {one.number: one.raised_by for one in session.objections.find(self.bureau)}
            for event in session.objections.events(self.bureau):
                assert event.state == "corrected" or event.actor != raised[event.objection]

    @invariant()
    def days_hold_and_every_objection_is_answered_once_before_the_closing(self):
        with self.store.reading() as session:
            publications = session.objections.publications(self.bureau)
            answers: dict[int, datetime] = {}
            for event in session.objections.events(self.bureau):
                self.reached.add(event.state)
                if event.state == "corrected":
                    assert event.objection in answers
                    assert event.detail in self.runs
                else:
                    assert event.objection not in answers
                    answers[event.objection] = event.at
            objections = session.objections.find(self.bureau)
            for one in objections:
                publication = publications[one.run_id]
                assert publication.first_day <= china_day(one.at) <= publication.last_day
                assert china_day(one.at) < one.answer_by <= publication.answer_by
            for run, publication in publications.items():
                closed = [e for e in session.runs.events(self.bureau, run) if e.state == "closed"]
                for event in closed:
                    assert china_day(event.at) > publication.last_day
                    assert all(answers[one.number] <= event.at for one in objections if one.run_id == run)

    @invariant()
    def an_enactment_rests_on_examples_that_passed(self):
        with self.store.reading() as session:
            for enacted in session.rule_sets.enactments(self.bureau).values():
                events = session.rule_sets.events(self.bureau, FINGERPRINT)
                noted = [json.loads(e.detail)["examples"] for e in events if e.state == "checked"]
                assert noted[-1] == enacted.examples > 0


@pytest.mark.slow
def test_every_life_keeps_the_laws(store, tmp_path):
    is_sqlite = "sqlite" in store.database.url
    reached: set[str] = set()
    profile = settings(
        max_examples=30 if is_sqlite else 4,
        stateful_step_count=40,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Lives(store, tmp_path / "data", reached), settings=profile)  # type: ignore[arg-type]
    if is_sqlite:
        assert reached >= {"withdrawn", "closed", "upheld"}, "the acts come far enough to say something"
