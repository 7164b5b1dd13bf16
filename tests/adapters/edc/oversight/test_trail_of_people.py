"""The audit browser tells of the study's own people; a server's own chain is of several studies."""

from __future__ import annotations

from typing import Any

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.oversight.audit import of_system
from trialwright.adapters.edc.people.told import said, tell
from trialwright.core.ledger import PersonNamed, SignedIn


def desk_of(opened: Any, role: str, site: str | None) -> Desk:
    from trialwright.adapters.edc.people import demonstration

    person = demonstration.account_of(role, site).person
    return Desk(opened, person, Role(role), frozenset({Role(role)}), opened.roster.grants(person))


def test_the_trail_tells_of_the_studys_people_and_of_nobody_who_never_worked_with_it(running: Any) -> None:
    monitor = desk_of(running, "monitor", None)
    own = monitor.person.id
    tell(running, [said(running, PersonNamed, person="of-another-study", name="Somebody Else")])
    tell(running, [said(running, SignedIn, person="of-another-study"), said(running, SignedIn, person=own)])
    told = {getattr(one, "person", "") for one in of_system(desk_of(running, "monitor", None))}
    assert own in told
    assert "of-another-study" not in told


def test_whoever_sees_one_site_is_told_nothing_of_the_servers_own_chain(running: Any) -> None:
    assert of_system(desk_of(running, "coordinator", running.site_ids[0])) == ()
