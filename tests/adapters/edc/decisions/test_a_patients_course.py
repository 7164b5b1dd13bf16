"""A patient's whole course in the browser, through the roles that take part in it, in every study."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND, signed_in
from trialwright.core.ledger import CourseStarted, FormCorrected, FormSubmitted

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Site:
    """A site at work: clients of its people, and a patient whose data the new one's are like."""

    opened: Any
    site: str
    donor: Any
    today: date

    def client(self, role: str) -> Any:
        from trialwright.core.people import AT_A_SITE

        client = signed_in(role, self.site if role in AT_A_SITE else None)
        session = client.session
        session["trialwright_day"] = self.today.isoformat()
        session.save()
        return client

    @property
    def shift(self) -> timedelta:
        """From the donor's first day of treatment to today."""
        return self.today - self.first_day

    @property
    def first_day(self) -> date:
        """The donor's first day of treatment, as it was or is planned."""
        courses = self.donor.of_kind(CourseStarted)
        planned: date = courses[0].occurred if courses else self.donor.registered.planned_first_dose
        return planned

    def events_of(self, subject: str) -> list[Any]:
        return list(self.opened.reader().events(subject=subject))

    def send(self, role: str, what: str, subject: str = "", **typed: Any) -> Any:
        """Open the form of a decision, fill in what is named, and send the rest as it stands."""
        client = self.client(role)
        address = f"/{self.opened.id}/" + (f"subjects/{subject}/decide/{what}/" if subject else f"decide/{what}/")
        page = client.get(address)
        assert page.status_code == 200, page.status_code
        sent = client.post(address, {**stands(page.content.decode()), **typed})
        if 'name="confirmed"' in sent.content.decode():
            sent = client.post(address, {**stands(sent.content.decode()), **typed, "confirmed": "yes"})
        return sent

    def enter_data(self, subject: str) -> None:
        """Enter for the new patient what was entered for the donor up to the first course, moved in time."""
        from trialwright.adapters.edc.access.roles import Role
        from trialwright.adapters.edc.desk.desk import unscoped

        grants = self.opened.roster.grants(self.coordinator, self.opened.today)
        desk = unscoped(self.opened, self.coordinator, grants, Role.COORDINATOR)
        desk.save(tuple(self._forms(subject)), f"data of {subject}")

    @property
    def coordinator(self) -> str:
        """The id of the ready-made coordinator."""
        for event in self.events_of(self.new):
            return str(event.actor)
        raise AssertionError("nobody was screened")

    new: str = ""

    def _forms(self, subject: str) -> Iterator[Any]:
        until = self.first_day
        for event in self.events_of(self.donor.subject):
            if isinstance(event, FormSubmitted | FormCorrected) and event.occurred <= until:
                items = tuple(replace(one, old=self._moved(one.old), new=self._moved(one.new)) for one in event.items)
                yield replace(
                    event, subject=subject, id="", seq=0, recorded=None,
                    occurred=event.occurred + self.shift, items=items, zone="", offset="", protocol="",
                )  # fmt: skip

    def _moved(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return ISO.sub(lambda found: (date.fromisoformat(found[0]) + self.shift).isoformat(), value)


def stands(page: str) -> dict[str, Any]:
    """What a form would send as it stands."""
    form = page.split("<main")[1]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value, kind = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value", "type"))
        if name and kind and kind[1] in ("hidden", "text") and value and value[1]:
            found[name[1]] = unescape(value[1])
        elif name and kind and kind[1] == "checkbox" and " checked" in tag and value:
            found.setdefault(name[1], []).append(unescape(value[1]))
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        if chosen and chosen[1]:
            found[name] = unescape(chosen[1])
    return found


@pytest.fixture(params=[FIRST, SECOND])
def site(request: Any, serve: Callable[[str], Any]) -> Site:
    """A site of each study, on the day after the last entry."""
    opened = serve(request.param)
    registered = [one for one in opened.record.subjects.values() if one.registered]
    donor = min(registered, key=lambda one: (not one.of_kind(CourseStarted), one.subject))
    return Site(opened, donor.site, donor, opened.today + timedelta(days=1))


def test_one_patient_goes_from_screening_to_the_end_through_every_role(site: Site) -> None:
    donor, opened = site.donor, site.opened
    on = (donor.registered.occurred + site.shift).isoformat()
    screened = donor.milestones[0].occurred + site.shift

    page = site.client("coordinator").get(f"/{opened.id}/decide/screen/").content.decode()
    subject = site.new = stands(page)["subject"]
    answer = site.send("coordinator", "screen", before="never", occurred=screened.isoformat(), document="form 1")
    assert answer.status_code == 303, answer.content.decode()
    assert [type(one).__name__ for one in site.events_of(subject)] == ["SubjectScreened", "ConsentGiven"]

    early = site.send("investigator", "register", subject, planned_first_dose=site.today.isoformat(), occurred=on)
    assert early.status_code == 422
    assert len(site.events_of(subject)) == 2, "a refused registration writes nothing"

    site.enter_data(subject)
    answer = site.send("investigator", "register", subject, planned_first_dose=site.today.isoformat(), occurred=on)
    assert answer.status_code == 303, answer.content.decode()
    made = site.events_of(subject)[-1]
    assert (type(made).__name__, made.said.answer, made.role) == ("SubjectRegistered", "eligible", "investigator")
    assert made.said.clauses and made.said.protocol == opened.trial.hashes[made.version]

    if donor.arm:
        assert site.send("statistician", "allocate", subject, arm=donor.arm, occurred=on).status_code == 303
    answer = site.send("investigator", "start-course", subject)
    assert answer.status_code == 303, answer.content.decode()
    started = site.events_of(subject)[-1]
    first = next(one for one in opened.trial.versions[made.version].regimens_of(donor.arm))
    expected = next((one.dose for one in donor.of_kind(CourseStarted)), first.dose.start)
    assert (started.drug, started.course, started.dose) == (first.drug, 1, expected), "the dose of a patient like this"

    counts = counted(site.client("pharmacist").get(f"/{opened.id}/subjects/{subject}/decide/release/"))
    answer = site.send("pharmacist", "release", subject, **counts)
    assert answer.status_code == 303, answer.content.decode()
    assert site.events_of(subject)[-1].role == "pharmacist"

    assert site.send("investigator", "end-treatment", subject, why="physician decision").status_code == 303
    assert site.send("coordinator", "leave", subject, why="lost to follow-up").status_code == 303
    assert site.send("coordinator", "found", subject, why="answered a letter").status_code == 303
    kinds = [type(one).__name__ for one in site.events_of(subject)]
    assert kinds[-3:] == ["TreatmentEnded", "StudyLeft", "SubjectFound"]


def counted(answer: Any) -> dict[str, str]:
    """What a pharmacist counts: what stands beside each blank."""
    page = answer.content.decode()
    return dict(re.findall(r'id="f-(count-\d+)-hint">\s*(\d+) for', page))
