"""Roles given and ended, access taken and given back: each an event in the administrator's name, then its effect.

The event comes first: what it says holds from then on, whatever becomes of the account. Read `ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from trialwright.adapters.edc.access.roles import Role, role_named
from trialwright.adapters.edc.desk import SERVED, Desk, OpenStudy
from trialwright.adapters.edc.look.typed import cannot_be_kept, sent_key, words
from trialwright.adapters.edc.models import Account
from trialwright.adapters.edc.oversight.looking import Looked, streams_at
from trialwright.adapters.edc.people import again
from trialwright.adapters.edc.people.adapters import open_again
from trialwright.adapters.edc.people.inviting import Link, end_links, new_link
from trialwright.adapters.edc.people.listing import day_of, roles_seen
from trialwright.adapters.edc.people.tokens import end as end_token
from trialwright.adapters.edc.people.tokens import tokens_of
from trialwright.adapters.edc.people.told import said, tell
from trialwright.core.ledger import (
    AccessRestored,
    Event,
    PersonDeactivated,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
)
from trialwright.core.people import DUTIES, Person
from trialwright.core.terms import Finding
from trialwright.store.canonical import NotCanonical
from trialwright.store.chain import SYSTEM_CHAIN
from trialwright.store.encoding import SYSTEM_STREAM
from trialwright.store.errors import NotAuthorised, Refused

NOTHING_DONE = "Nothing was saved."


class Wrong(Exception):
    """What was asked for cannot be done; the finding says why."""

    def __init__(self, says: str, about: str = "", do: str = "") -> None:
        super().__init__(about)
        self.finding = Finding(about, says, gettext(NOTHING_DONE), do)


class SaidFirst(Exception):
    """Something was said of the person first; nothing was saved."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__()
        self.events = events


Later = Callable[[], Sequence[Event]]
"""What was said of a person since the page was drawn, in the study and beside it."""


@dataclass(frozen=True)
class Save:
    """One save about a person under the form's key, while nothing was said of them since the page was drawn."""

    key: str
    later: Later

    def look(self) -> None:
        """Raise what was said first."""
        if found := self.later():
            raise SaidFirst(found)

    def in_study(self, desk: Desk, event: Event) -> None:
        """What the study's chain holds of a person: their roles, at whatever site."""
        looked = Looked(self.later, streams_at(desk, [None]))
        if found := looked.save(desk, lambda now: desk.save([event], self.key, now), self.key):
            raise SaidFirst(found)

    def beside(self, desk: Desk, event: Event) -> None:
        """What the database's own chain holds of them; it is looked once more in the transaction, for the study's."""
        looked = Looked(self.later, (SYSTEM_STREAM,), SYSTEM_CHAIN)
        if found := looked.save(desk, lambda now: tell(desk.open, [event], self.key, partial(self._may, desk), now)):
            raise SaidFirst(found)

    def _may(self, desk: Desk) -> None:
        still_administers(desk)
        self.look()


def role_event(desk: Desk, given: QueryDict, person: str) -> RoleGranted:
    """The role that a form asks for, at one of the administrator's sites."""
    role, site = role_named(given.get("granted", "")), site_of(desk, given.get("site", ""))
    if role is None:
        raise Wrong(gettext("Choose a role."), "granted")
    since, until = given.get("since", "").strip(), given.get("until", "").strip()
    days = {"since": day_of(since) if since else desk.today, "until": day_of(until) if until else None}
    for name, text in (("since", since), ("until", until)):
        if text and days[name] is None:
            raise Wrong(gettext("This is no date."), name, gettext("Write it as 2006-07-05."))
    duties = tuple(one for one in DUTIES if one in given.getlist("duties"))
    more = {"granted": role.value, "duties": duties, "until": days["until"]}
    event: RoleGranted = _at(desk, RoleGranted, site, days["since"], person=person, **more)
    return event


def _at(desk: Desk, kind: type[Any], site: str | None, on: Any, **fields: Any) -> Any:
    """An event at a site or at none; the desk would else put it at the administrator's."""
    return replace(desk.event(kind, site=site, occurred=on, **fields), site=site)


def site_of(desk: Desk, site: str) -> str | None:
    """The site that a form names, "" for every site; the administrator of a site gives roles there alone."""
    own = {grant.site for grant in desk.grants if grant.role == desk.role.value}
    wanted = site or None
    if wanted is not None and wanted not in desk.sites:
        raise Wrong(gettext("Choose one of the sites."), "site")
    if None not in own and wanted not in own:
        raise Wrong(gettext("You give roles at your own site alone."), "site", gettext("Choose your site."))
    return wanted


def grant(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """Give a role."""
    save.in_study(desk, role_event(desk, request.POST, person.id))


def end(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """End a role, with the reason; it holds no more at the next request."""
    site, role = site_of(desk, request.POST.get("site", "")), request.POST.get("ended", "")
    why = words(request, "why")
    if role == Role.ADMINISTRATOR.value and not _others_administer(desk, person):
        says = gettext("Nobody else who has access is administrator now: nobody could give a role any more.")
        raise Wrong(says, "ended", gettext("Give the role to another person first."))
    save.in_study(desk, _at(desk, RoleEnded, site, desk.today, person=person.id, ended=role, why=why))


def _reason(request: HttpRequest) -> str:
    why = words(request, "why")
    if not why:
        raise Wrong(gettext("Say why; it stands in the ledger."), "why")
    return why


def _of_whole_person(desk: Desk, person: Person) -> None:
    """Access is taken and given back by whoever administers all of the person's places."""
    if not administers_all_of(desk, person):
        says = gettext("This person holds roles that you do not administer.")
        raise Wrong(says, "", gettext("Ask an administrator of all of them, or end the roles that are yours to end."))


def administers_all_of(desk: Desk, person: Person) -> bool:
    """Whether whoever asks is administrator of every place that the person holds a role at, in every study."""
    return all(_administers(desk, opened, person) for opened in SERVED.values())


def _administers(desk: Desk, opened: OpenStudy, person: Person) -> bool:
    """Whether whoever asks is administrator of every place that the person holds a role at, in a study."""
    held = opened.roster.grants(desk.person.id, opened.today)
    own = {one.site for one in held if one.role == Role.ADMINISTRATOR.value}
    there = {one.site for one in opened.roster.person(person.id).roles if one.holds()}
    return None in own or there <= own


def _tell(desk: Desk, kind: type[Event], person: Person, save: Save, **fields: Any) -> None:
    event = said(desk.open, kind, desk.person.id, desk.role.value, person=person.id, **fields)
    save.beside(desk, event)


def still_administers(desk: Desk) -> None:
    """Asked inside the transaction: the person still is administrator where they were when the page was opened."""
    wanted = {(one.role, one.site) for one in desk.grants if one.role == desk.role.value}
    held = {(one.role, one.site) for one in desk.open.roster.grants(desk.person.id, desk.open.today)}
    if not wanted & held:
        raise NotAuthorised("Your role was taken back while this page was open. Nothing was saved.")


def deactivate(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """Take all access from a person, from the next request on."""
    why = _reason(request)
    _of_whole_person(desk, person)
    if person.id == desk.person.id or not _others_administer(desk, person):
        says = gettext("Nobody deactivates themselves, nor the last administrator.")
        raise Wrong(says, "", gettext("Another administrator has to do it."))
    _tell(desk, PersonDeactivated, person, save, why=why)
    account = Account.objects.filter(person=person.id).first()
    if account is not None:
        Account.objects.filter(pk=account.pk).update(is_active=False)
        end_sessions(account)
        end_links(account)
        _end_tokens(desk, account)


def reactivate(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """Give access back to a person who was deactivated."""
    why = _reason(request)
    _of_whole_person(desk, person)
    for account in Account.objects.filter(person=person.id):
        _end_tokens(desk, account)
    _tell(desk, PersonReactivated, person, save, why=why)
    Account.objects.filter(person=person.id).update(is_active=True)


def end_sessions(account: Account) -> None:
    """End every session of a person."""
    for one in UserSession.objects.filter(user_id=account.pk):
        one.end()


def _others_administer(desk: Desk, person: Person) -> bool:
    """Whether somebody else who has access is administrator today."""
    return any(one.id != person.id for one in desk.open.roster.holders(Role.ADMINISTRATOR.value, desk.today))


def _end_tokens(desk: Desk, account: Account) -> None:
    """End what lets programs act for a person: it may be why access is taken, and does not come back with it."""
    for token in tokens_of(account):
        end_token(token, desk.person.id, desk.role.value)


def _account(person: Person) -> Account:
    found = Account.objects.filter(person=person.id, is_active=True).first()
    if found is None:
        raise Wrong(gettext("This person has no login."), "", gettext("Invite them first."))
    return found


def unlock(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """Open a login that too many failed attempts had locked."""
    why, account = _reason(request), _account(person)
    _of_whole_person(desk, person)
    _tell(desk, AccessRestored, person, save, what="lock", why=why)
    open_again(request, account)


def _to_somebody_else(request: HttpRequest, desk: Desk, person: Person) -> None:
    """What opens another's login is given by who shows again who they are, as for a signature, and never to oneself."""
    if person.id == desk.person.id:
        says = gettext("Nobody gives this to themselves.")
        raise Wrong(says, "", gettext("Your own password and second component are changed under your account."))
    asked = again.answered(request)
    for wrong, about in ((asked.password_errors, again.PASSWORD), (asked.code_errors, again.CODE)):
        if wrong:
            raise Wrong(wrong[0], about, gettext("Show that it is you, and do it again."))


def password(request: HttpRequest, desk: Desk, person: Person, save: Save) -> Link:
    """A new link to set the password by; the second component stays as it is."""
    why, account = _reason(request), _account(person)
    _of_whole_person(desk, person)
    _to_somebody_else(request, desk, person)
    _tell(desk, AccessRestored, person, save, what="password", why=why)
    return new_link(account)


def component(request: HttpRequest, desk: Desk, person: Person, save: Save) -> None:
    """Forget a second component that was lost; the person sets up a new one after the password."""
    why, account = _reason(request), _account(person)
    _of_whole_person(desk, person)
    _to_somebody_else(request, desk, person)
    _tell(desk, AccessRestored, person, save, what="second step", why=why)
    Authenticator.objects.filter(user_id=account.pk).delete()
    end_sessions(account)


Action = Callable[[HttpRequest, Desk, Person, Save], Link | None]
ACTIONS: Mapping[str, Action] = {
    "grant": grant,
    "end": end,
    "deactivate": deactivate,
    "reactivate": reactivate,
    "unlock": unlock,
    "password": password,
    "component": component,
}
"""What an administrator does for a person, by the button's value."""


Done = tuple[Link | None, Sequence[Finding], Sequence[Event]]
"""A link to show once where one was made, what stood against it, what others said of the person first."""


def act(request: HttpRequest, desk: Desk, person: Person, later: Later) -> Done:
    """Do what the form asks, unless something was said of the person since the page was drawn."""
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return None, [Finding("action", gettext("This page does not know what to do."), gettext(NOTHING_DONE))], ()
    try:
        save = Save(sent_key(request) or desk.new_key(), later)
        if not desk.open.reader().written_under(save.key):
            save.look()
        return action(request, desk, person, save), (), ()
    except SaidFirst as first:
        return None, (), first.events
    except Refused as wrong:
        return None, wrong.findings, ()
    except Wrong as wrong:
        return None, [wrong.finding], ()
    except NotCanonical:
        return None, [cannot_be_kept()], ()


def ends(desk: Desk, person: Person) -> list[Any]:
    """The roles that the administrator may end: those that hold, at their own places."""
    own = {one.site for one in desk.grants if one.role == desk.role.value}
    return [one for one in roles_seen(desk, person) if one.holds() and (None in own or one.site in own)]
