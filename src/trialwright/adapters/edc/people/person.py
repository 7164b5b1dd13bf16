"""One person: roles and duties, trainings, comings and goings; and what an administrator does for them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from trialwright.adapters.edc.access.roles import ADMINISTRATOR, AUDITOR, CENTRAL_ROLES, DATA_MANAGER, SITE_ROLES, Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.words import said
from trialwright.adapters.edc.models import Account
from trialwright.adapters.edc.oversight.looking import since_position
from trialwright.adapters.edc.oversight.meanwhile import AGAIN, Meanwhile, meanwhile
from trialwright.adapters.edc.people import again, giving
from trialwright.adapters.edc.people.inviting import Link
from trialwright.adapters.edc.people.listing import person_seen, roles_seen
from trialwright.core.ledger import (
    AccessRestored,
    Event,
    PersonDeactivated,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
)
from trialwright.core.people import DUTIES, Person
from trialwright.store.chain import SYSTEM_CHAIN

SEES_ACCESS = (ADMINISTRATOR, AUDITOR, DATA_MANAGER)
"""Who sees when a person signed in, and when somebody was refused."""


def person_page(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    """One person."""
    found = person_seen(desk, person)
    if request.method != "POST":
        return _page(request, desk, found)
    link, against, since = giving.act(request, desk, found, partial(_since, request, desk, found))
    if since:
        both = meanwhile(request, desk, since, list(_wanted(request)), keep=AGAIN)
        return _page(request, desk, found, both=both, status=409)
    if against:
        return _page(request, desk, found, against=against, status=422)
    if link is not None:
        return show_link(request, desk, link)
    return HttpResponseRedirect(reverse("edc:person", args=[desk.open.id, person]))


def show_link(request: HttpRequest, desk: Desk, link: Link) -> HttpResponse:
    """A link, shown once, to copy or to send."""
    from base64 import b64encode

    address = request.build_absolute_uri("/")
    letter = b64encode(link.message(address, desk.open.study_id).encode()).decode()
    context = {
        "link": link,
        "address": address + link.path.lstrip("/"),
        "letter": f"data:message/rfc822;base64,{letter}",
    }
    return render(request, desk, "edc/people/link.html", context)


def _since(request: HttpRequest, desk: Desk, person: Person) -> tuple[Event, ...]:
    """What was told of the person since the page was drawn, in the study and beside it."""
    concerns = partial(_concerns, person)
    seen, beside = (request.POST.get(name, "") for name in ("seen", "beside"))
    return (*since_position(desk, seen, concerns), *since_position(desk, beside, concerns, SYSTEM_CHAIN))


def _concerns(person: Person, event: Event) -> bool:
    return getattr(event, "person", "") == person.id and isinstance(event, CHANGES)


CHANGES = (RoleGranted, RoleEnded, PersonDeactivated, PersonReactivated, AccessRestored)
"""What an administrator does for a person; their own comings and goings are in nobody's way."""


def _wanted(request: HttpRequest) -> Iterable[tuple[str, str]]:
    """What the administrator wanted to do, in words."""
    got = request.POST
    label = LABELS.get(got.get("action", ""), "")
    yield gettext("What"), gettext(label) if label else ""
    yield gettext("Role"), said(got.get("role") or got.get("ended"))
    yield gettext("At"), got.get("site", "")
    yield gettext("Why"), got.get("why", "")


LABELS = {
    "grant": gettext_noop("Give the role"),
    "end": gettext_noop("End a role"),
    "deactivate": gettext_noop("Deactivate"),
    "reactivate": gettext_noop("Reactivate"),
    "unlock": gettext_noop("Open a locked login"),
    "password": gettext_noop("New password by a link"),
    "component": gettext_noop("Reset the second component"),
}


def _page(
    request: HttpRequest, desk: Desk, person: Person, *, against: Any = (), status: int = 200,
    both: Meanwhile | None = None,
) -> HttpResponse:  # fmt: skip
    administers = desk.role is ADMINISTRATOR
    account = Account.objects.filter(person=person.id).first() if administers else None
    roster = desk.open.roster
    context = {
        "person": person,
        "roles": [(one, roster.name(one.by)) for one in roles_seen(desk, person)],
        "ends": giving.ends(desk, person) if administers else [],
        "account": account,
        "administers": administers,
        "again": again.asked(request) if account and person.active and person.id != desk.person.id else None,
        "access": comings(person) if desk.role in SEES_ACCESS else None,
        "found": against,
        "meanwhile": both,
        "position": desk.open.record.last_seq,
        "beside": desk.open.reader().sizes(SYSTEM_CHAIN)[0],
        "values": request.POST,
        "key": desk.new_key(),
        **choices(desk),
    }
    return render(request, desk, "edc/people/person.html", context, status)


def comings(person: Person) -> list[dict[str, Any]]:
    """Sign-ins, refusals, help and tokens, the newest first."""
    return [{"kind": type(one).__name__, "event": one} for one in reversed(person.access)]


def choices(desk: Desk) -> dict[str, Any]:
    """What there is to choose from when a role is given."""
    own = {one.site for one in desk.grants if one.role == desk.role.value}
    roles: tuple[Role, ...] = (*SITE_ROLES, *CENTRAL_ROLES)
    sites = [site for site in desk.sites if None in own or site in own]
    return {"all_roles": roles, "all_sites": sites, "every_site": None in own, "duties": DUTIES}
