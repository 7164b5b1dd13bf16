"""What a page of the trial does with a save: back with thanks, or the page again with what was refused.

Nothing typed is lost: on a refusal the page comes again with the values, on a save by somebody else since with the
difference beside it. Read `saved`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.core.ledger import Change, Event, FormSubmitted
from trialwright.core.subject import SubjectRecord
from trialwright.core.terms import Finding
from trialwright.store.errors import Refused, StaleVersion

Again = Callable[[Sequence[Finding], int], HttpResponse]
"""The page again, with findings and a status."""


def saved(
    request: HttpRequest, desk: Desk, subject: str, events: Sequence[Event], again: Again, thanks: str
) -> HttpResponse:
    """Save what concerns a subject and go back to the page; or show it again with the reason."""
    try:
        desk.save(events, request.POST.get("key", "") or desk.new_key(), _seen(request, subject))
    except Refused as wrong:
        return again(wrong.findings, 422)
    except StaleVersion as wrong:
        return again((stale(wrong),), 409)
    messages.success(request, thanks)
    answer = HttpResponseRedirect(request.get_full_path())
    answer.status_code = 303
    return answer


def _seen(request: HttpRequest, subject: str) -> dict[str, int]:
    told = request.POST.get("version", "")
    return {stream_of(subject): int(told)} if told.isdecimal() else {}


def stale(wrong: StaleVersion) -> Finding:
    """That somebody saved to the same subject meanwhile."""
    return Finding(
        about="version",
        says=gettext("Somebody saved to this subject since you opened the page; what they saved is shown now."),
        matters=gettext("Nothing of yours was saved. Your words are still in the form."),
        do=gettext("Look at what is there now, then save again."),
    )


def record_of(desk: Desk, subject: str, concept: str, told: dict[str, str]) -> FormSubmitted:
    """A new row of a repeating record, numbered after those there are."""
    number = next_number(desk.record(subject), concept)
    items = tuple(Change(f"{concept}/{number}/{name}", None, value) for name, value in told.items() if value)
    return desk.event(FormSubmitted, subject=subject, form=concept, items=items)


def next_number(record: SubjectRecord, concept: str) -> str:
    """The number of the next row: one more than the greatest, whoever entered it and whether it was voided."""
    history = record.items.get(concept)
    link, numbers = history, [0]
    while link is not None:
        if link.newest.path.instance.isdecimal():
            numbers.append(int(link.newest.path.instance))
        link = link.before
    return str(max(numbers) + 1)
