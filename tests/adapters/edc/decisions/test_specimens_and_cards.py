"""Specimens from hand to hand, cards on paper, calendars, capsules and a laboratory's limits, in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND, signed_in
from adapters.edc.decisions.at_work import Site, at_work, counted, stands
from trialwright.core.ledger import SubstudyJoined


@pytest.fixture
def site(running: Any) -> Site:
    """A site of the first study."""
    return at_work(running)


def laboratory_of(opened: Any) -> str:
    """The site that leads, whose laboratory analyses."""
    return str(opened.lead)


# --- specimens -------------------------------------------------------------------------------------------------------


def a_specimen(site: Site) -> tuple[str, str]:
    """A specimen on the worklist of a patient who was registered just now."""
    site.registered()
    page = site.client("coordinator").get(f"/{site.opened.id}/specimens/").content.decode()
    name = re.search(r'name="specimen" value="([^"]+)"', page)
    assert name, "nothing is on the worklist"
    subject, _, key = name[1].partition("/")
    return subject, key


def step(client: Any, opened: Any, name: str, what: str, **typed: Any) -> Any:
    """One step of a specimen, with the form as it stands but for what is named."""
    address = f"/{opened.id}/specimens/step/"
    page = client.get(address, {"specimen": name, "step": what})
    assert page.status_code == 200
    return client.post(address, {**stands(page.content.decode()), **typed})


def test_a_specimen_goes_from_the_site_to_the_laboratory_and_each_sees_it(site: Site) -> None:
    opened = site.opened
    subject, key = a_specimen(site)
    name, lead = f"{subject}/{key}", laboratory_of(opened)
    assert opened.record.subjects[subject].site == site.site
    coordinator, laboratory = site.client("coordinator"), signed_in("specimen laboratory", lead)

    assert step(coordinator, opened, name, "collected", time="09:10").status_code == 303
    if lead != site.site:
        assert name not in laboratory.get(f"/{opened.id}/specimens/").content.decode()
    shipped = step(coordinator, opened, name, "shipped", time="14:00", to=lead, tracking="parcel 17")
    assert shipped.status_code == 303
    assert name in laboratory.get(f"/{opened.id}/specimens/").content.decode()
    received = step(laboratory, opened, name, "received", condition="good", time="10:00")
    assert received.status_code == 303
    told = [one.new for event in site.events_of(subject)[-3:] for one in event.items if one.path.endswith("/step")]
    assert told == ["collected", "shipped", "received"]
    assert all(event.actor and event.role for event in site.events_of(subject)[-3:])

    manifest = coordinator.get(f"/{opened.id}/specimens/parcels/parcel 17.pdf")
    assert manifest.status_code == 200
    assert manifest.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"time": "25:00"}, "Write the time"),
        ({"temperature": "4,5"}, "decimal point"),
        ({"on": "2199-01-01"}, "has not come yet"),
        ({"place": "elsewhere"}, "none of those offered"),
        ({"tracking": ""}, "This is needed."),
    ],
)
def test_a_step_that_cannot_be_read_saves_nothing(site: Site, typed: dict[str, str], says: str) -> None:
    subject, key = a_specimen(site)
    before = len(site.events_of(subject))
    given = {"to": laboratory_of(site.opened), "tracking": "p1", **typed}
    answer = step(site.client("coordinator"), site.opened, f"{subject}/{key}", "shipped", **given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert len(site.events_of(subject)) == before


def test_a_specimen_of_another_site_cannot_be_named_in_a_step(site: Site) -> None:
    subject, key = a_specimen(site)
    other = next(one for one in site.opened.site_ids if one not in (site.site, laboratory_of(site.opened)))
    page = signed_in("coordinator", other).get(
        f"/{site.opened.id}/specimens/step/", {"specimen": f"{subject}/{key}", "step": "shipped"}
    )
    assert "No specimen was chosen." in page.content.decode()
    assert key not in page.content.decode().split("<main")[1]


def test_a_substudy_is_not_there_for_other_sites(site: Site) -> None:
    version = next(iter(site.opened.trial.versions.values()))
    for substudy in version.design.substudies:
        address = f"/{site.opened.id}/substudies/{substudy.id}/specimens/"
        assert signed_in("coordinator", substudy.sites[0]).get(address).status_code == 200
        other = next(one for one in site.opened.site_ids if one not in substudy.sites)
        assert signed_in("coordinator", other).get(address).status_code == 404
        for subject, record in site.opened.record.subjects.items():
            page = signed_in("coordinator", record.site).get(f"/{site.opened.id}/subjects/{subject}/decide/join/")
            there = page.status_code == 200 and substudy.label in page.content.decode()
            assert there == (record.site in substudy.sites and not record.of_kind(SubstudyJoined))


# --- paper and calendars ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_checklist_and_dose_card_are_printed_for_everybody_and_say_that_they_are_simulated(
    serve: Callable[[str], Any], study: str
) -> None:
    from trialwright.adapters.edc.decisions import checklist, dose

    opened = serve(study)
    subject = next(name for name, one in opened.record.subjects.items() if one.registered)
    site = opened.record.subjects[subject].site
    client = signed_in("investigator", site)
    for name in ("eligibility", "dose"):
        answer = client.get(f"/{opened.id}/subjects/{subject}/{name}.pdf")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert "simulated" in answer["Content-Disposition"]
    desk = desk_of(opened, site)
    printed = checklist.checklist_document(
        desk, checklist.scene_for(desk, subject), checklist.checklist(checklist.scene_for(desk, subject))
    )
    criteria = opened.trial.versions[opened.record.subjects[subject].version].eligibility
    assert len(next(printed.tables()).rows) == len(criteria)
    assert printed.simulated
    card = dose.dose_document(desk, dose.scene_today(desk, subject), dose.dose_panels(dose.scene_today(desk, subject)))
    assert card.notices, "the answer stands in large on the card"


def test_nobody_signs_for_a_dose_that_is_not_given_or_for_a_patient_who_may_not_enter(site: Site) -> None:
    from trialwright.adapters.edc.decisions import checklist, dose

    def signed(subject: str) -> list[str]:
        site.opened.catch_up()
        desk = desk_of(site.opened, site.site)
        scene = dose.Scene(desk.trial, desk.open.record, site.today, site.today, subject=subject, sites=desk.sites)
        return [one.role for one in dose.dose_document(desk, scene, dose.dose_panels(scene)).signatures]

    def entering(subject: str) -> str:
        site.opened.catch_up()
        desk = desk_of(site.opened, site.site)
        scene = checklist.scene_for(desk, subject)
        return checklist.checklist_document(desk, scene, checklist.checklist(scene)).signatures[0].means

    page = site.client("coordinator").get(f"/{site.opened.id}/decide/screen/").content.decode()
    nobody = stands(page)["subject"]
    assert site.send("coordinator", "screen", before="never").status_code == 303
    assert "may enter" not in entering(nobody), "nothing is known of this patient"
    assert signed(nobody) == []
    subject = site.registered()
    assert "may enter" in entering(subject)
    assert signed(subject) == ["Investigator", "Pharmacist"]
    assert site.send("investigator", "start-course", subject).status_code == 303
    release = f"/{site.opened.id}/subjects/{subject}/decide/release/"
    pharmacist = site.client("pharmacist")
    assert site.post(pharmacist, release, **counted(pharmacist.get(release))).status_code == 303
    assert signed(subject) == ["Investigator"], "the supply of the course is in hand"


def desk_of(opened: Any, site: str) -> Any:
    """The desk of an investigator of a site."""
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped

    held = ((person, opened.roster.grants(person, opened.today)) for person in opened.roster.persons)
    person, grants = next(
        (person, grants)
        for person, grants in held
        if [(one.role, one.site) for one in grants] == [("investigator", site)]
    )
    return unscoped(opened, person, grants, Role.INVESTIGATOR)


def test_a_calendar_address_shows_the_visits_without_a_sign_in_until_it_is_ended(site: Site) -> None:
    from django.test import Client

    opened, client = site.opened, site.client("coordinator")
    subject = site.registered()
    address = f"/{opened.id}/calendar/address/"
    refused = client.post(address, {"do": "make", "again_password": "wrong"})
    assert refused.status_code == 422
    made = client.post(address, {"do": "make", **confirmed(client, address)})
    found = re.search(r"https?://[^/]+(/feed/[^<\s]+)", made.content.decode())
    assert found, made.content.decode()[-3000:]
    outside = Client()
    told = outside.get(found[1])
    assert told.status_code == 200
    assert subject in told.content.decode().replace("\r\n ", "")
    assert "SIMULATED" in told.content.decode()
    others = [name for name, one in opened.record.subjects.items() if one.site != site.site]
    assert not any(name in told.content.decode() for name in others)
    secret = found[1].rsplit("/", 1)[1].removesuffix(".ics")
    assert (
        outside.get(f"/api/v1/{opened.id}/subjects", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    )
    assert outside.get(found[1].replace(secret, "x" + secret)).status_code == 404
    assert client.post(address, {"do": "end"}).status_code == 303
    assert outside.get(found[1]).status_code == 404


def confirmed(client: Any, address: str) -> dict[str, str]:
    """The password and the code of a ready-made person, where they are asked for."""
    from trialwright.adapters.edc.people import demonstration

    return {"again_password": demonstration.PASSWORD, "again_code": demonstration.CODE}


def test_a_months_calendar_has_each_visit_on_its_due_day(site: Site) -> None:
    subject = site.registered()
    client = site.client("coordinator")
    page = client.get(f"/{site.opened.id}/calendar/", {"on": site.today.isoformat()}).content.decode()
    assert subject in page
    assert f'<time datetime="{site.today.isoformat()}">' in page
    for odd in ("2026-99-01", "x", "0001-01-01", "9999-12-31"):
        assert client.get(f"/{site.opened.id}/calendar/", {"on": odd, "show": "week"}).status_code == 200


# --- capsules and limits ---------------------------------------------------------------------------------------------


def test_capsules_that_came_back_are_counted_strength_by_strength(site: Site) -> None:
    subject = site.registered()
    assert site.send("investigator", "start-course", subject).status_code == 303
    pharmacist = site.client("pharmacist")
    release = f"/{site.opened.id}/subjects/{subject}/decide/release/"
    assert site.post(pharmacist, release, **counted(pharmacist.get(release))).status_code == 303
    address = f"/{site.opened.id}/subjects/{subject}/capsules/"
    assert "Count at least one strength" in site.post(pharmacist, address).content.decode()
    assert site.post(pharmacist, address, **{"count-0": "two"}).status_code == 422
    assert site.post(pharmacist, address, **{"count-0": "2"}).status_code == 303
    items = {one.path.rsplit("/", 1)[1]: one.new for one in site.events_of(subject)[-1].items}
    assert (items["capsules"], items["course"]) == (2, 1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("alt;7;56", "The unit is missing."),
        ("alt;7,5;56;U/L", "decimal point"),
        ("alt;;;U/L", "Neither a low nor a high"),
        ("al;7;56;U/L", "is called al"),
        ("alt;7;56;U/L;man", "write female, male or nothing"),
        ("alt;56;7;U/L", "Not saved"),
        ("alt;7;56;mg/dL", "Not saved"),
    ],
)
def test_a_wrong_line_of_limits_saves_none_of_them(site: Site, line: str, says: str) -> None:
    client, address = site.client("data manager"), f"/{site.opened.id}/laboratory/?site={site.site}"
    before = len(site.opened.record.sites[site.site].ranges)
    answer = site.post(client, address, table=f"ast;5;40;U/L\n{line}")
    assert answer.status_code == 422
    assert says in answer.content.decode()
    site.opened.catch_up()
    assert len(site.opened.record.sites[site.site].ranges) == before


def test_limits_are_looked_at_and_then_saved_for_the_site_chosen(site: Site) -> None:
    client, address = site.client("data manager"), f"/{site.opened.id}/laboratory/?site={site.site}"
    before = len(site.opened.record.sites[site.site].ranges)
    looked = site.post(client, address, table="analyte\tlow\thigh\tunit\tsex\nalt\t7\t56\tU/L\tfemale\nast\t5\t40\tU/L")
    assert looked.status_code == 200
    done = client.post(
        address,
        {**stands(looked.content.decode()), "table": "alt\t7\t56\tU/L\tfemale\nast\t5\t40\tU/L", "confirmed": "yes"},
    )
    assert done.status_code == 303
    site.opened.catch_up()
    ranges = site.opened.record.sites[site.site].ranges
    assert len(ranges) == before + 2
    assert {(one.analyte, one.sex) for one in ranges[-2:]} == {("alt", "female"), ("ast", None)}
