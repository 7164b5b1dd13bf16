"""What every page of oversight does with a form that was sent: the role that acts, whom it reaches, what went wrong.

Read `Sent`, then `save`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import at_site, stream_of
from trialwright.adapters.edc.look.typed import cannot_be_kept, sent_key, words
from trialwright.adapters.edc.oversight.looking import Looked
from trialwright.core.ledger import Event
from trialwright.core.terms import Finding
from trialwright.store import Text
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import Refused, StaleVersion, SubmissionConflict

SEEN_OTHER = 303


@dataclass(frozen=True)
class Sent:
    """What became of a form: saved, or why not, with the status of the answer; `since` is what others saved first."""

    status: int = 200
    against: Sequence[Finding] = field(default_factory=tuple)
    since: Sequence[Event] = field(default_factory=tuple)

    @property
    def saved(self) -> bool:
        """Whether it is in the ledger."""
        return self.status == 200


def acting(desk: Desk, roles: Sequence[Role], subject: str = "", site: str = "") -> Desk:
    """The desk in the first of the roles that the person holds where the data are; PermissionDenied without one."""
    role = next((one for one in roles if holds(desk, one, subject, site)), None)
    if role is None:
        raise PermissionDenied("none of the roles that do this is held here")
    return desk if desk.role is role else at_site(desk, role)


def holds(desk: Desk, role: Role, subject: str = "", site: str = "") -> bool:
    """Whether the person holds a role where the data are: at the subject's site, at this site, or anywhere."""
    record = desk.open.record.subjects.get(subject) if subject else None
    where = record.site if record is not None else site
    return any(grant.role == role.value and (not where or grant.site in (None, where)) for grant in desk.grants)


def save(
    request: HttpRequest, desk: Desk, events: Sequence[Event], subject: str = "", texts: Sequence[Text] = (),
    looked: Looked | None = None,
) -> Sent:  # fmt: skip
    """Save the events under the form's key, on the version that was seen of the subject, or after it was `looked`."""
    key, version = sent_key(request), request.POST.get("version", "")
    if subject and not (version.isascii() and version.isdigit() and len(version) < 10):
        return Sent(422, (_lacks(),))
    looked = looked or Looked(tuple, ())
    if not key or not events:
        since = since_version(desk, subject, int(version)) if key and subject else looked.later()
        return Sent(409, since=since) if since else Sent(422, (_lacks(),))
    seen = {stream_of(subject): int(version)} if subject else {}
    try:
        later = looked.save(desk, lambda now: desk.save(events, key, {**now, **seen}, texts), key)
    except Refused as wrong:
        return Sent(422, wrong.findings)
    except StaleVersion as wrong:
        return Sent(409, since=since_version(desk, subject, wrong.base))
    except SubmissionConflict:
        return Sent(409, (_said_before(),))
    except NotCanonical:
        return Sent(422, (cannot_be_kept(),))
    return Sent(409, since=later) if later else Sent()


def since_version(desk: Desk, subject: str, version: int) -> tuple[Event, ...]:
    """What was recorded of a patient since the version that was seen, in the order of the ledger."""
    return tuple(sorted(desk.events(subject), key=lambda one: one.seq)[version:])


def _lacks() -> Finding:
    says = _("Nothing was chosen, or the form was not complete.")
    return Finding("form", says, _("Nothing was saved."), _("Choose what is meant and send the form again."))


def _said_before() -> Finding:
    says = _("This form was saved before with other contents.")
    return Finding("form", says, _("What was changed in it since was not saved."), _("Open the page again."))


def typed(request: HttpRequest, name: str, most: int = 2000) -> str:
    """What was typed in a field, without blanks around it and no longer than it may be."""
    return words(request, name, most)


def onwards(address: str) -> HttpResponse:
    """After a save: on to a page that is read."""
    return HttpResponseRedirect(address, status=SEEN_OTHER)
