"""What a page of the trial does with a save: back with thanks, or the page again with what was refused.

Nothing typed is lost: on a refusal the page comes again with the values, on a save by somebody else since with the
difference beside it. Read `saved`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.look.typed import cannot_be_kept, sent_key
from trialwright.adapters.edc.oversight.saving import since_version
from trialwright.core.ledger import Change, Event, FormSubmitted
from trialwright.core.terms import Finding
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import Refused, StaleVersion

Again = Callable[[Sequence[Finding], int, Sequence[Event]], HttpResponse]
"""The page again, with findings, a status, and what somebody else saved first."""


def saved(
    request: HttpRequest, desk: Desk, subject: str, events: Sequence[Event], again: Again, thanks: str
) -> HttpResponse:
    """Save what concerns a subject and go back to the page; or show it again with the reason."""
    told = request.POST.get("version", "")
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        return again((_lacks(),), 422, ())
    try:
        desk.save(events, key_of(request), {stream_of(subject): int(told)})
    except Refused as wrong:
        return again(wrong.findings, 422, ())
    except StaleVersion as wrong:
        return again((), 409, since_version(desk, subject, wrong.base))
    except NotCanonical:
        return again((cannot_be_kept(),), 422, ())
    messages.success(request, thanks)
    answer = HttpResponseRedirect(request.get_full_path())
    answer.status_code = 303
    return answer


def key_of(request: HttpRequest) -> str:
    """The key that the form was rendered with; without one, the save is one of its own."""
    return sent_key(request) or Desk.new_key()


def _lacks() -> Finding:
    says = _("Nothing was chosen, or the form was not complete.")
    return Finding("form", says, _("Nothing was saved."), _("Choose what is meant and send the form again."))


def record_of(desk: Desk, subject: str, concept: str, told: dict[str, str], key: str) -> FormSubmitted:
    """A new row of a repeating record; it is named by the key of the save, so that a retry is the same row."""
    name = sha256(f"{concept} {key}".encode()).hexdigest()[:8]
    items = tuple(Change(f"{concept}/{name}/{field}", None, value) for field, value in told.items() if value)
    return desk.event(FormSubmitted, subject=subject, form=concept, items=items)
