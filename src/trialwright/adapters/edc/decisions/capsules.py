"""Capsules of a patient: handed out, brought back, reported taken, not accounted for; the return as it is counted.

The account is `core.dosing.account_of`; those of all patients are `accounts`. A return is counted strength by strength;
that nothing came back is an answer. Read `subject_capsules_page`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind, Filled, key_of, read, version_of, words_of
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.meanwhile import meanwhile
from trialwright.adapters.edc.oversight.saving import since_version
from trialwright.core.ledger import Change, FormSubmitted
from trialwright.core.protocol import Regimen
from trialwright.core.subject import observations
from trialwright.core.terms import Quantity
from trialwright.store.errors import Refused, StaleVersion

CONCEPT, FORM = "drug_return", "drug return"


def subject_capsules_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """A patient's accounts, and the return to be entered."""
    blanks = return_blanks(desk, subject)
    if request.method != "POST":
        return _shown(request, desk, subject, Filled(blanks), desk.new_key(), desk.version(subject))
    filled = _counted(read(blanks, dict(request.POST.lists())))
    key, seen = key_of(request.POST.get("key", "")), version_of(request.POST.get("version", ""))
    if not filled.good or not key or seen is None:
        now = desk.version(subject) if seen is None else seen
        return _shown(request, desk, subject, filled, key or desk.new_key(), now, 422)
    try:
        desk.save((_returned(desk, subject, filled.values),), key, {stream_of(subject): seen})
    except Refused as wrong:
        return _shown(request, desk, subject, filled, key, seen, 422, against=wrong.findings)
    except StaleVersion as wrong:
        wanted = [(_("What"), _("Drug brought back")), *((str(one.label), words_of(one)) for one in filled.blanks)]
        both = meanwhile(request, desk, since_version(desk, subject, wrong.base), wanted, subject=subject)
        return _shown(request, desk, subject, filled, desk.new_key(), desk.version(subject), 409, meanwhile=both)
    messages.success(request, _("The return was saved."))
    return HttpResponseRedirect(reverse("edc:capsules-of", args=(desk.open.id, subject)), status=303)


def _shown(
    request: HttpRequest, desk: Desk, subject: str, filled: Filled, key: str, version: int, status: int = 200,
    **more: object,
) -> HttpResponse:  # fmt: skip
    accounts = desk.status(subject).accounts
    may = bool(desk.page and desk.may(desk.page, write=True))
    context = {"subject": subject, "accounts": accounts, "filled": filled, "key": key, "version": version, "may": may}
    return render(request, desk, "edc/decisions/subject_capsules.html", {**context, **more}, status=status)


def _counted(filled: Filled) -> Filled:
    """A return counts something; that nothing came back is a 0."""
    if not filled.good or any(name.startswith("count-") for name in filled.values):
        return filled
    says = _("Count at least one strength; write 0 where nothing came back.")
    marked = (replace(one, wrong=says) if one.name.startswith("count-") else one for one in filled.blanks)
    return replace(filled, blanks=tuple(marked))


# --- the return ------------------------------------------------------------------------------------------------------


def return_blanks(desk: Desk, subject: str) -> tuple[Blank, ...]:
    """The day, the course, and how many of each strength came back."""
    courses = desk.case(subject).courses(desk.today)
    options = tuple((f"{one.drug}|{one.number}", f"{one.drug}, {one.number}") for one in reversed(courses))
    return (
        Blank(
            name="on",
            label=gettext_lazy("Day of the return"),
            kind=BlankKind.DAY,
            value=(desk.today.isoformat(),),
            not_after=desk.today,
        ),
        Blank(
            name="course",
            label=gettext_lazy("Of the course"),
            kind=BlankKind.CHOICE,
            options=options,
            value=(options[0][0],) if options else (),
        ),
        *_counts(desk, subject),
    )


def _counts(desk: Desk, subject: str) -> Iterator[Blank]:
    for place, strength in enumerate(_strengths(desk, subject)):
        yield Blank(
            name=f"count-{place}",
            label=_("Brought back, of %(strength)s") % {"strength": strength},
            kind=BlankKind.NUMBER,
            help=gettext_lazy("0 where none of it came back; empty where it was not handed out."),
            needed=False,
        )


def _strengths(desk: Desk, subject: str) -> tuple[Quantity, ...]:
    """Every strength that the patient's drugs come in."""
    regimens: tuple[Regimen, ...] = desk.protocol(subject).regimens_of(desk.record(subject).arm)
    return tuple(dict.fromkeys(strength for one in regimens for strength in one.strengths))


def _returned(desk: Desk, subject: str, values: Mapping[str, Any]) -> FormSubmitted:
    """The return as it was counted: one record for each strength."""
    drug, course = str(values["course"]).rsplit("|", 1)
    known = {one.instance for one in observations(desk.record(subject), CONCEPT)}
    stem = f"return.c{course}.{values['on'].isoformat()}"
    free = (
        f"{stem}.{number}" for number in range(1, 1000) if not any(n.startswith(f"{stem}.{number}.") for n in known)
    )
    stem = next(free)
    items: list[Change] = []
    for place, strength in enumerate(_strengths(desk, subject)):
        number = values.get(f"count-{place}")
        if number is not None:
            told = {"drug": drug, "course": int(course), "strength": strength, "capsules": number}
            told["on"] = values["on"].isoformat()
            items += [Change(f"{CONCEPT}/{stem}.{place + 1}/{name}", None, value) for name, value in told.items()]
    return desk.event(FormSubmitted, subject=subject, occurred=values["on"], form=FORM, items=tuple(items))
