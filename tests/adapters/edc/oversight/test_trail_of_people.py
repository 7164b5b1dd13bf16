"""The audit browser tells of the study's own people; a server's own chain is of several studies."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
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


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ({"kind": "PersonNamed"}, {"PersonNamed"}),
        ({"kind": "PersonNamed", "chain": "system"}, {"PersonNamed"}),
        ({"role": "person"}, {"SignedIn"}),
        ({"kind": "RoleGranted"}, {"RoleGranted"}),
    ],
    ids=["a kind", "a kind and where", "a role", "a kind of the study's own"],
)
def test_whatever_a_filter_offers_is_found_by_it_on_the_page_and_in_the_file(
    running: Any, chosen: dict[str, str], kinds: set[str]
) -> None:
    """Who asks for the trail of sign-ins and reads that there is nothing takes it for a trail without any."""
    from trialwright.adapters.edc.people.adapters import came_in
    from trialwright.adapters.edc.people.demonstration import account_of

    client = signed_in("auditor")
    assert client.get(f"/{running.id}/audit/").status_code == 200
    came_in(account_of("monitor"), "totp")  # later than what the page has put together already
    page = client.get(f"/{running.id}/audit/", chosen).content.decode()
    for name, value in chosen.items():
        assert re.search(rf'<option value="{value}" selected', page), name
    exported = client.post(f"/{running.id}/audit/export/", {**hidden(page), "flavour": "faithful", "key": "an-export"})
    rows = [*csv.DictReader(io.StringIO(exported.content.decode()))]
    assert {row["kind"] for row in rows} == kinds
    told = re.search(r"<h1>[^<]*</h1><span>(\d+) event", page)
    assert told is not None and int(told[1]) == len({row["event"] for row in rows})


def hidden(page: str) -> dict[str, str]:
    """The filters as the form of the file sends them."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page[page.index("audit/export/") :]))
