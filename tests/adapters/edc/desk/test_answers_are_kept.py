"""What was answered is kept while it stands on the same, once for each name: memory grows by patients, not by saves."""

from __future__ import annotations

from typing import Any

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import QueryOpened


def desk_of(opened: Any, subject: str) -> Desk:
    from trialwright.adapters.edc.people import demonstration

    person = demonstration.account_of("coordinator", opened.record.subjects[subject].site).person
    role = Role("coordinator")
    return Desk(opened, person, role, frozenset({role}), opened.roster.grants(person))


def test_a_save_puts_a_new_answer_in_the_place_of_the_old_one(running: Any) -> None:
    subject = min(running.record.subjects)
    before = desk_of(running, subject).status(subject)
    assert desk_of(running, subject).status(subject) is before, "judged once while nothing is recorded"
    kept = len(running._answers)
    for place in range(5):
        desk = desk_of(running, subject)
        desk.save(
            [desk.event(QueryOpened, subject=subject, item="anc/c1d1/value", asks=f"Is it {place}?")], f"k{place}"
        )
        after = desk_of(running, subject).status(subject)
        assert after is not before
        before = after
    assert len(running._answers) == kept
