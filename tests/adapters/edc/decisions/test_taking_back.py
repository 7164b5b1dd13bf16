"""An entry that is taken back is found in the clinic's words, one step from the record it made."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from adapters.edc.decisions.at_work import Site, at_work, stands
from trialwright.core.ledger import Change, FormSubmitted

BORN = "1947-03-05"


@pytest.fixture
def site(running: Any) -> Site:
    """A site of the first study."""
    return at_work(running)


def offered(page: Any) -> dict[str, str]:
    """What may be chosen to be taken back."""
    select = re.search(r'<select[^>]*name="voids".*?</select>', page.content.decode(), re.S)
    assert select
    return {key: unescape(said) for key, said in re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)', select[0])}


def typed(site: Site, subject: str, *items: Change) -> str:
    """An entry of today, and its id."""
    who = {"actor": "an investigator", "role": "investigator", "site": site.site, "subject": subject}
    site._save(f"typed for {subject}", (FormSubmitted(**who, occurred=site.today, form="typed", items=items),))
    found: str = site.events_of(subject)[-1].id
    return found


def event_of(term: str) -> tuple[Change, Change]:
    """An adverse event with its grade."""
    return Change("adverse_event/1/term", None, term), Change("adverse_event/1/grade", None, 2)


def test_a_list_of_entries_says_what_was_typed_and_no_name_of_a_class(site: Site) -> None:
    subject = site.screened()
    entry = typed(site, subject, *event_of("Nausea"))
    said = offered(site.client("coordinator").get(f"/{site.opened.id}/subjects/{subject}/decide/void/"))
    assert "Adverse event, 1" in said[entry] and "Nausea, 2" in said[entry]
    assert not [one for one in said.values() if re.search(r"[a-z][A-Z]|\d{4}-\d\d-\d\d|[a-z]_[a-z]", one)]


def test_a_record_is_one_step_from_being_taken_back_and_then_it_is_gone(site: Site) -> None:
    subject = site.screened()
    entry = typed(site, subject, *event_of("Nausea"))
    records = f"/{site.opened.id}/subjects/{subject}/records/adverse_event/"
    client = site.client("coordinator")
    found = re.search(r'href="([^"]*decide/void/\?voids=[^"]*)"', client.get(f"{records}1/").content.decode())
    assert found and found[1].endswith(entry)
    looked = site.post(client, found[1], why="of another patient")
    assert client.post(found[1], {**stands(looked.content.decode()), "confirmed": "yes"}).status_code == 303
    assert "Nausea" not in client.get(records).content.decode().split("<main")[1]
    assert client.get(f"{records}new/").content.decode().count("decide/void/?voids") == 0


@pytest.mark.parametrize("role", ["data manager", "coordinator"])
def test_an_entry_that_says_who_the_patient_is_does_not_say_it_where_it_is_taken_back(site: Site, role: str) -> None:
    subject = site.screened()
    entry = typed(site, subject, Change("birth_date/screening/value", None, BORN))
    client = signed_in(role, site.site if role == "coordinator" else None)
    page = client.get(f"/{site.opened.id}/subjects/{subject}/decide/void/?voids={entry}").content.decode()
    assert "Date of birth" in page and "kept at the site" in page
    assert not [one for one in (BORN, "5 Mar 1947", "March 5, 1947") if one in page]
