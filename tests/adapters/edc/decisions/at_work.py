"""A site at work in the browser: its people, and a new patient whose data are like those of an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from typing import Any

from trialwright.core.ledger import Change, CourseStarted, FormCorrected, FormSubmitted

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Site:
    """A site at work: clients of its people, and a patient whose data the new one's are like."""

    opened: Any
    site: str
    donor: Any
    today: date

    def client(self, role: str) -> Any:
        """The ready-made person of a role, on today."""
        from django.test import Client

        from trialwright.adapters.edc.models import Account
        from trialwright.adapters.edc.people.demonstration import enter
        from trialwright.core.people import AT_A_SITE

        place = self.site if role in AT_A_SITE else None
        held = self.opened.roster.grants
        ready = Account.objects.filter(demonstration=True).order_by("pk")
        who = next(one for one in ready if any((g.role, g.site) == (role, place) for g in held(one.person)))
        client = Client()
        enter(client, who)
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
        """What is recorded of a patient."""
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

    def post(self, client: Any, address: str, **typed: Any) -> Any:
        """Open a form and send it as it stands, but for what is named."""
        page = client.get(address)
        assert page.status_code == 200, page.status_code
        return client.post(address, {**stands(page.content.decode()), **typed})

    def screened(self) -> str:
        """A new patient, screened and with all data, waiting for registration."""
        page = self.client("coordinator").get(f"/{self.opened.id}/decide/screen/").content.decode()
        subject = stands(page)["subject"]
        day = (self.donor.milestones[0].occurred + self.shift).isoformat()
        assert self.send("coordinator", "screen", before="never", occurred=day).status_code == 303
        self.enter_data(subject)
        return subject

    @property
    def registration_day(self) -> str:
        """The day on which a new patient is registered."""
        return (self.donor.registered.occurred + self.shift).isoformat()

    def registered(self) -> str:
        """A new patient, registered and in an arm, waiting for the first course."""
        subject, day = self.screened(), self.registration_day
        planned = self.today.isoformat()
        assert (
            self.send("investigator", "register", subject, planned_first_dose=planned, occurred=day).status_code == 303
        )
        if self.donor.arm:
            assert self.send("statistician", "allocate", subject, arm=self.donor.arm, occurred=day).status_code == 303
        return subject

    def enter(self, subject: str, form: str, on: date | None = None, **values: Any) -> None:
        """Enter values of today, or of another day, by concept, as an investigator's form."""
        if not values:
            return
        items = tuple(Change(f"{name}/today/value", None, value) for name, value in values.items())
        who = {"actor": "an investigator", "role": "investigator", "site": self.site, "subject": subject}
        event = FormSubmitted(**who, occurred=on or self.today, form=form, items=items)
        self._save(f"{form} of {subject}", (event,))

    def enter_data(self, subject: str) -> None:
        """Enter for the new patient what was entered for the donor up to the first course, moved in time."""
        self._save(f"data of {subject}", tuple(self._forms(subject)))

    def _save(self, key: str, events: tuple[Any, ...]) -> None:
        """Save what was entered on the way here: what is entered is under test elsewhere."""
        from trialwright.store import Submission

        at = self.opened.last_recorded
        self.opened.save(Submission(key, self.opened.resolved(events), recorded_at=at))

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


def counted(answer: Any) -> dict[str, str]:
    """What a pharmacist counts: what stands beside each blank."""
    page = answer.content.decode()
    return dict(re.findall(r'id="f-(count-\d+)-hint">\s*(\d+) for', page))


def at_work(opened: Any, like: Any = None) -> Site:
    """A site on the day after the last entry; new patients are like the first one treated there, or like another."""
    registered = [one for one in opened.record.subjects.values() if one.registered]
    donor = like or min(registered, key=lambda one: (not one.of_kind(CourseStarted), one.subject))
    return Site(opened, donor.site, donor, opened.today + timedelta(days=1))
