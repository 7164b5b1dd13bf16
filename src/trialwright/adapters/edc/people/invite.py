"""An invitation: a person is named, gets a first role, and a link to set a password by.

The person is an event before the account is one's to use: an invitation that fails half-way leaves a name without a
login, and is made again. Whoever signs in here already gets the role and no link; so does whoever was invited by others
and has not come yet, where the link would open more than whoever invites now administers.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.typed import cannot_be_kept, sent_key, words
from trialwright.adapters.edc.models import Account
from trialwright.adapters.edc.people.giving import (
    NOTHING_DONE,
    Wrong,
    administers_all_of,
    role_event,
    still_administers,
)
from trialwright.adapters.edc.people.inviting import Link, new_account, new_link, new_person, stands_in_for_one
from trialwright.adapters.edc.people.person import choices, show_link
from trialwright.adapters.edc.people.told import said, tell
from trialwright.core.ledger import PersonNamed
from trialwright.core.terms import Finding, Severity
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import Refused


def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invite somebody, with their first role."""
    found: list[Finding] = []
    if request.method == "POST":
        try:
            link = invited(request, desk, sent_key(request) or desk.new_key())
        except Refused as wrong:
            found = list(wrong.findings)
        except Wrong as wrong:
            found = [wrong.finding]
        except NotCanonical:
            found = [cannot_be_kept("name")]
        else:
            return show_link(request, desk, link) if link else _to_list(desk)
    key = sent_key(request) or desk.new_key()
    context = {"values": request.POST, "found": found, "key": key, **choices(desk)}
    context["chosen"] = request.POST.getlist("duties")
    return render(request, desk, "edc/people/invite.html", context, 422 if found else 200)


def _to_list(desk: Desk) -> HttpResponse:
    return HttpResponseRedirect(reverse("edc:people", args=[desk.open.id]))


def invited(request: HttpRequest, desk: Desk, key: str) -> Link | None:
    """Name the person, give the role, make the login; None where the login is not the inviter's to open."""
    email, name = words(request, "email").lower(), words(request, "name")
    _refuse_nonsense(email, name)
    known = Account.objects.filter(email__iexact=email).first()
    person = known.person if known else new_person()
    role = role_event(desk, request.POST, person)
    _refuse(desk, role)
    with transaction.atomic():
        account = known or new_account(email, person)
        if not desk.open.roster.person(person).name:
            named = said(desk.open, PersonNamed, desk.person.id, desk.role.value, person=person, name=name)
            tell(desk.open, [named], f"{key}-named", lambda: still_administers(desk))
        desk.save([role], key)
        return new_link(account) if known is None or _waits_for(desk, known) else None


def _waits_for(desk: Desk, known: Account) -> bool:
    """Whether nobody signed in by a login yet, and all that it opens is administered by whoever invites."""
    waits = known.is_active and not known.has_usable_password()
    return waits and administers_all_of(desk, desk.open.roster.person(known.person))


def _refuse(desk: Desk, role: object) -> None:
    """Ask what stands against the role before anybody is named."""
    against = [one for one in desk.try_events([role]) if one.severity is Severity.ERROR]  # type: ignore[list-item]
    if against:
        raise Refused(against)


def _refuse_nonsense(email: str, name: str) -> None:
    if not name:
        raise Wrong(gettext("The name is printed beside what the person does."), "name", gettext(NOTHING_DONE))
    try:
        validate_email(email)
        if stands_in_for_one(email):
            raise ValidationError(validate_email.message)
    except ValidationError as wrong:
        raise Wrong(str(wrong.messages[0]), "email") from None
