"""An enactment takes two persons and a worked example, by the database itself; an older approval counts as one."""

import pytest
from sqlalchemy.exc import DBAPIError

from payroll_service.store.errors import AlreadyStored
from tests.store.shelf import RULE_SET, approve, enact

FINGERPRINT = RULE_SET.fingerprint


def is_enacted(store) -> bool:
    with store.reading() as session:
        return session.rule_sets.is_enacted("dushan", FINGERPRINT)


def test_an_enactment_comes_out_with_the_number_of_its_event(store, shelf):
    assert not is_enacted(store)
    enactment = enact(store)
    assert is_enacted(store)
    with store.reading() as session:
        assert session.rule_sets.enactments("dushan") == {FINGERPRINT: enactment}
        last = session.rule_sets.events("dushan", FINGERPRINT)[-1]
    assert (last.number, last.state, last.actor) == (enactment.number, "enacted", "李局长")
    with pytest.raises(AlreadyStored, match="启用"):
        enact(store)


@pytest.mark.parametrize(
    "wrong",
    [
        {"enacted_by": "王会计"},  # one person
        {"drafted_by": "张会计"},  # somebody else is said to have drafted it
        {"drafted": 9},  # nothing in the log
        {"examples": 0},
        {"fingerprint": "b" * 64},  # no such rule set
    ],
)
def test_the_database_itself_refuses(store, shelf, wrong):
    with pytest.raises(DBAPIError):
        enact(store, **wrong)
    assert not is_enacted(store)


def test_what_was_approved_before_there_were_enactments_counts_as_enacted(store, shelf):
    approve(store)
    assert is_enacted(store)
