"""One form, whoever fills it in: shown as recorded, checked while it is typed, saved whole or not at all.

What is wrong stands at its field and what was typed is kept (422). Where somebody else saved meanwhile, both versions
are shown (409). A form sent back as it was shown is no event. What a page shows beside the fields is made only when a
page is shown: saving does without. Read `fill`, then `Filling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as rendered
from django.utils.translation import gettext, gettext_noop, ngettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.definition import definition_of
from trialwright.adapters.edc.entry.posted import Posted, posted
from trialwright.adapters.edc.entry.regions import skin_of
from trialwright.adapters.edc.entry.rows import View, view_of
from trialwright.adapters.edc.entry.stale import stale_page
from trialwright.adapters.edc.look.page import render
from trialwright.core.casebook import REASONS, Form, Typed, lacking, prefilled
from trialwright.core.conduct.trial import bare_case
from trialwright.core.subject import Case
from trialwright.core.terms import Finding
from trialwright.standards.units.table import OFFERED
from trialwright.store import Text
from trialwright.store.errors import Refused, StaleVersion

if TYPE_CHECKING:
    from trialwright.adapters.edc.entry.saving import Entry

SEE_OTHER, UNPROCESSABLE = 303, 422
MEANS = (
    gettext_noop("dose"),
    gettext_noop("treatment"),
    gettext_noop("grade"),
    gettext_noop("eligibility"),
    gettext_noop("criterion"),
    gettext_noop("response"),
    gettext_noop("clock"),
    gettext_noop("finding"),
    gettext_noop("deviation"),
    gettext_noop("visit"),
)
"""The kinds of consequence, as a page says them."""
UNITS = tuple(OFFERED)
"""Units that may be chosen where the usual one converts."""


@dataclass(frozen=True)
class Filling:
    """A form that is filled in: of which subject, how it is made of a case, where it leads, what else its page shows.

    `quick` makes the form of the items that came back, where they are simple enough; `asks` are its concepts.
    """

    desk: Desk
    subject: str
    name: str
    asks: tuple[str, ...]
    make: Callable[[Case], Form]
    address: Callable[[str], str]
    quick: Callable[[Case, Iterable[str]], Form | None] = lambda case, paths: None
    more: Callable[[], Mapping[str, Any]] = dict
    template: str = "edc/entry/form.html"

    @cached_property
    def here(self) -> str:
        """Where the form is sent."""
        return self.address("here")

    @cached_property
    def check(self) -> str:
        """Where it is checked as it is typed."""
        return self.address("check")

    @cached_property
    def back(self) -> str:
        """Where it leads without saving."""
        return self.address("back")

    @cached_property
    def version(self) -> str:
        """The protocol version that the subject is on."""
        return self.desk.version_of(self.subject)

    @cached_property
    def form(self) -> Form:
        """The whole form, as a page shows it."""
        return self.make(self.desk.case(self.subject))

    @cached_property
    def bare(self) -> Case:
        """The subject's record under its protocol, nothing judged: enough to read a form by."""
        desk = self.desk
        record = desk.record(self.subject).on_its_site(desk.today)
        return bare_case(desk.trial, desk.open.record, record, self.version)

    @property
    def unjudged(self) -> Form:
        """The whole form, from the record alone: enough to call its items by their names."""
        return self.make(self.bare)

    def form_of(self, paths: Iterable[str]) -> Form:
        """The form to read what came back by: only these items where they are simple, else the whole of it."""
        return self.quick(self.bare, paths) or self.unjudged

    @cached_property
    def definition(self) -> tuple[Text, str]:
        """What the form asks, as the ledger keeps it, with the digest it is kept under."""
        trial = self.desk.trial
        digest, concepts = trial.hashes.get(self.version, self.version), trial.standards[self.version].concepts

        def make() -> tuple[Text, str]:
            text = definition_of(self.name, self.asks, concepts, digest)
            return text, text.sha256

        return self.desk.open.answer(("definition", digest, self.name, self.asks), (), make)

    @property
    def may_write(self) -> bool:
        """Whether the person may save it at all."""
        return self.desk.page is not None and self.desk.may(self.desk.page, write=True)

    @property
    def shown(self) -> Form:
        """The form as this person may see it."""
        return self.form if self.desk.sees_identifiers else self.form.without_identifiers()


def fill(request: HttpRequest, filling: Filling) -> HttpResponse:
    """Show a form, or save it."""
    if request.method != "POST":
        return show(request, filling, before=prefilled(filling.form, filling.desk.today))
    entry = entry_of(request, filling)
    if entry.nothing or entry.is_retry:
        return _nothing_new(request, filling, entry)
    if entry.hinders and not entry.is_stale:
        return show(request, filling, entry, status=UNPROCESSABLE)
    try:
        entry.save()
    except Refused as wrong:
        return show(request, filling, entry, said=tuple(wrong.findings), status=UNPROCESSABLE)
    except StaleVersion as wrong:
        typed = carried(request, wrong, {one.about for one in entry.sheet.wrong})
        concepts = filling.desk.trial.standards[filling.version].concepts
        called = labels(filling.form_of(_at_the_same(wrong)))
        return stale_page(request, filling.desk, wrong, carried=typed, labels=called, concepts=concepts)
    count = len(entry.sheet.changes)
    told = ngettext("%(count)d item was saved.", "%(count)d items were saved.", count) % {"count": count}
    messages.success(request, told)
    return _saved(filling, entry)


def entry_of(request: HttpRequest, filling: Filling) -> Entry:
    """The form as it came back."""
    from trialwright.adapters.edc.entry.saving import Entry

    return Entry(filling, posted(request.POST))


def _nothing_new(request: HttpRequest, filling: Filling, entry: Entry) -> HttpResponse:
    """The form is as it is recorded: nothing is written, and it says so."""
    new = gettext("Nothing was changed; nothing was saved.")
    messages.info(request, gettext("This was saved before.") if entry.saved_before else new)
    return _saved(filling, entry)


def _saved(filling: Filling, entry: Entry) -> HttpResponse:
    response = HttpResponseRedirect(f"{filling.address('done')}?saved={entry.posted.key[:40] or 'yes'}")
    response.status_code = SEE_OTHER
    return response


def show(
    request: HttpRequest,
    filling: Filling,
    entry: Entry | None = None,
    *,
    before: Mapping[str, Typed] | None = None,
    said: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page of a form: as recorded, or with what was typed and what is wrong with it."""
    desk, told = filling.desk, dict.fromkeys((*(entry.wrong if entry else ()), *said))
    view = view_of(
        filling.shown,
        entry.posted.typed if entry else before,
        remarks=entry.posted.remarks if entry else None,
        confirmed=entry.posted.confirmed if entry else None,
        said=(*told, *_answered(entry)),
        read_only=not filling.may_write,
    )
    context = {
        "view": view,
        "filling": filling,
        "form": filling.form,
        "subject": filling.subject,
        "may_write": filling.may_write,
        "key": entry.posted.key if entry and entry.posted.key else desk.new_key(),
        "version": entry.posted.version if entry else desk.version(filling.subject),
        "reasons": REASONS,
        "posted": entry.posted if entry else Posted({}),
        "meaning": entry.meaning if entry else (),
        "corrects": bool(entry and entry.sheet.corrected),
        "saved": request.GET.get("saved", "") if request.method == "GET" else "",
        "skin": skin_of(view),
        "draft": f"{desk.open.id}|{desk.person.id}|{filling.subject}|{filling.form.id}|{filling.form.encounter}",
        **filling.more(),
    }
    return render(request, desk, filling.template, context, status=status)


def _answered(entry: Entry | None) -> tuple[Finding, ...]:
    """Unusual values that were explained stay marked while the form is not saved."""
    return tuple(one for one in entry.asked if one not in entry.unanswered) if entry else ()


def check(request: HttpRequest, filling: Filling) -> HttpResponse:
    """What the form would mean as typed so far, as fragments of its page; nothing is written."""
    entry = entry_of(request, filling)
    wrong = [one for one in entry.wrong if one.about not in ("reason", "why")]
    view: View = view_of(
        filling.shown,
        entry.posted.typed,
        remarks=entry.posted.remarks,
        confirmed=entry.posted.confirmed,
        said=(*wrong, *_answered(entry)),
    )
    context = {
        "view": view,
        "desk": filling.desk,
        "meaning": entry.meaning,
        "corrects": bool(entry.sheet.corrected),
        "lacking": lacking(filling.form, entry.sheet) if entry.sheet.changes else (),
        "changes": len(entry.sheet.changes),
        "skin": skin_of(view),
    }
    return rendered(request, "edc/entry/checked.html", context)


def carried(request: HttpRequest, wrong: StaleVersion, unread: Set[str] = frozenset()) -> dict[str, str]:
    """Of what was typed, the items that would change what the person saw: the others stay as they are now.

    What could not be read is carried along too, to be mended afterwards.
    """
    mine = {one.path for one in wrong.differences if one.mine != one.base} | unread
    return {
        name: str(request.POST[name])
        for name in request.POST
        if name in ("reason", "why") or name.partition(":")[2] in mine
    }


def _at_the_same(wrong: StaleVersion) -> list[str]:
    """What differs of the visit, or the record, that was to be saved."""
    mine = {path.split("/")[1] for path in wrong.mine}
    return [one.path for one in wrong.differences if one.path.split("/")[1] in mine]


def labels(form: Form) -> Mapping[str, str]:
    """What an item is called on the form, by its path."""
    return {path: item.label for path, item in form.by_path.items()}
