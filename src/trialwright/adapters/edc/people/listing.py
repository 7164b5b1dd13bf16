"""Who works with the study, and the log of what was delegated to whom and who was taught what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from trialwright.adapters.edc.access.roles import ADMINISTRATOR
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.typed import cannot_be_kept, sent_key, words
from trialwright.adapters.edc.people.pages import TEACHES
from trialwright.core.ledger import SignedIn, TrainingRecorded
from trialwright.core.people import Grant, Person
from trialwright.core.terms import Finding
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import Refused


@dataclass(frozen=True)
class Line:
    """One person in the list: the roles that hold now, as far as the reader sees them, and the last sign-in."""

    person: Person
    grants: tuple[Grant, ...]
    last: date | None

    @property
    def standing(self) -> str:
        """Whether the person works with the study now."""
        if not self.person.active:
            return gettext("deactivated")
        return gettext("active") if self.grants else gettext("no role now")


def sees_grant(desk: Desk, grant: Grant) -> bool:
    """Whether a role is one the reader sees: at a site of theirs, or at every site."""
    return desk.central or grant.site is None or grant.site in desk.sites


def roles_seen(desk: Desk, person: Person) -> tuple[Grant, ...]:
    """Every role that a person has or had, as far as the reader sees it."""
    return tuple(one for one in person.roles if sees_grant(desk, one))


def people_seen(desk: Desk) -> Iterator[Person]:
    """The people with a role that the reader sees, by name; whoever sees every site sees also those without one."""
    everybody = sorted(desk.open.roster.persons.values(), key=lambda one: (one.name or one.id).casefold())
    return (one for one in everybody if roles_seen(desk, one) or (desk.central and not one.roles))


def person_seen(desk: Desk, person: str) -> Person:
    """A person of the reader's; Http404 for any other, whether there is one or not."""
    found = next((one for one in people_seen(desk) if one.id == person), None)
    if found is None:
        raise Http404
    return found


def lines(desk: Desk) -> list[Line]:
    """The list: whoever holds a role first, then those who did."""
    today = desk.today
    found = [_line(desk, one, today) for one in people_seen(desk)]
    return sorted(found, key=lambda one: (not one.grants, not one.person.active))


def _line(desk: Desk, person: Person, today: date) -> Line:
    held = tuple(one for one in desk.open.roster.grants(person.id, today) if sees_grant(desk, one))
    signed_in = [one.recorded.date() for one in person.access if isinstance(one, SignedIn) and one.recorded]
    return Line(person, held, max(signed_in, default=None))


def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who works with the study."""
    context = {"lines": lines(desk), "invites": desk.role is ADMINISTRATOR}
    return render(request, desk, "edc/people/people.html", context)


def delegation(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The delegation and training log, to print; a training is entered here."""
    found: list[Finding] = []
    if request.method == "POST":
        found = _teach(request, desk)
        if not found:
            return HttpResponseRedirect(reverse("edc:delegation", args=[desk.open.id]))
    context = {
        "places": places(desk),
        "trainings": trainings(desk),
        "people": [(one.id, one.name or one.id) for one in people_seen(desk) if one.active],
        "teaches": desk.role in TEACHES,
        "key": sent_key(request) or desk.new_key(),
        "values": request.POST,
        "found": found,
    }
    return render(request, desk, "edc/people/delegation.html", context, 422 if found else 200)


def places(desk: Desk) -> list[tuple[str, list[tuple[Person, Grant, str]]]]:
    """What was delegated at each site that the reader sees, and at all sites, oldest first; with who delegated it."""
    roster = desk.open.roster
    told = [
        (person, grant, roster.name(grant.by)) for person in people_seen(desk) for grant in roles_seen(desk, person)
    ]
    sites = [*desk.sites, ""]
    at = {site: sorted((one for one in told if (one[1].site or "") == site), key=_by_day) for site in sites}
    return [(site, rows) for site, rows in at.items() if rows]


def _by_day(one: tuple[Person, Grant, str]) -> tuple[date, str]:
    return one[1].since, one[0].name


def trainings(desk: Desk) -> list[tuple[Person, TrainingRecorded]]:
    """Who was taught what, the newest first."""
    told = [(person, one) for person in people_seen(desk) for one in person.trainings]
    return sorted(told, key=lambda one: (one[1].occurred, one[1].seq), reverse=True)


def _teach(request: HttpRequest, desk: Desk) -> list[Finding]:
    """Record a training; what stands against it."""
    who = person_seen(desk, request.POST.get("person", ""))
    on = day_of(request.POST.get("on", ""))
    if on is None or on > desk.today:
        says = gettext("The day of the training is missing, is no date, or is to come.")
        return [Finding("on", says, "", gettext("Write it as 2006-07-05."))]
    site = next((one.site for one in roles_seen(desk, who)), None)
    event = desk.event(TrainingRecorded, site=site, occurred=on, person=who.id, training=words(request, "training"))
    try:
        desk.save([event], sent_key(request) or desk.new_key())
    except Refused as wrong:
        return list(wrong.findings)
    except NotCanonical:
        return [cannot_be_kept("training")]
    return []


def day_of(text: str) -> date | None:
    """A date as typed, or None where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
