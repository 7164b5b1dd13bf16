"""Deviations of a patient, and what a person said of each.

They are derived by the core, never typed. Minor or major is the rule's; whether one is important to this trial, and
why, is said by a person and recorded. Those of all patients are `deviations_page`. Read `rows_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import typed, writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.words import code_said
from trialwright.adapters.edc.oversight.meanwhile import Meanwhile, meanwhile
from trialwright.adapters.edc.trial.saving import key_of, record_of, saved
from trialwright.core.deviations import Deviation, Untold
from trialwright.core.ledger import Event
from trialwright.core.people import Roster
from trialwright.core.subject import Observation, observations
from trialwright.core.terms import Finding

CONCEPT = "deviation_assessment"


@dataclass(frozen=True)
class Assessment:
    """What a person said of a deviation: important or not (None: not said), in which words, who, when."""

    important: bool | None
    words: str
    who: str
    role: str
    on: str


@dataclass(frozen=True)
class DeviationRow:
    """A deviation with whose it is, and what was said of it last."""

    subject: str
    site: str
    what: Deviation
    said: Assessment | None


def subject_deviations(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The deviations of one subject, each with what was said of it and room to say more."""
    if request.method == "POST":
        return _say(request, desk, subject)
    return _subject_page(request, desk, subject)


def _subject_page(
    request: HttpRequest, desk: Desk, subject: str, found: Sequence[Finding] = (), status: int = 200,
    both: Meanwhile | None = None,
) -> HttpResponse:  # fmt: skip
    status_of: tuple[Untold, ...] = desk.status(subject).untold
    context = {
        "subject": subject,
        "rows": rows_of(desk, subject),
        "untold": status_of,
        "key": desk.new_key(),
        "version": desk.version(subject),
        "may": desk.page is not None and desk.may(desk.page, write=True),
        "found": found,
        "meanwhile": both,
        "typed": request.POST,
    }
    return render(request, desk, "edc/trial/subject_deviations.html", context, status=status)


def _say(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Record whether a deviation is important, and the words for it."""
    which, important = request.POST.get("deviation", ""), request.POST.get("important", "")
    words = typed.words(request, "words", typed.LONGEST + 1)
    found = list(_wrong(desk, subject, which, important, words))
    if found:
        return _subject_page(request, desk, subject, found, 422)
    told = {"deviation": which, "important": important, "words": words, "on": desk.today.isoformat()}
    event = record_of(desk, subject, CONCEPT, told, key_of(request))

    def again(findings: Sequence[Finding], status: int, since: Sequence[Event]) -> HttpResponse:
        both = meanwhile(request, desk, since, list(_wanted(desk, subject, told)), subject=subject) if since else None
        return _subject_page(request, desk, subject, findings, status, both)

    thanks = gettext("What you said of the deviation is saved.")
    return saved(request, desk, subject, [event], again, thanks)


def _wanted(desk: Desk, subject: str, told: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """What somebody wanted to say of which deviation."""
    of = next((one.what for one in rows_of(desk, subject) if one.what.id == told["deviation"]), None)
    yield gettext("Deviation"), f"{writing.day(of.on)}: {of.says}" if of else told["deviation"]
    yield gettext("Important to the trial or the patient"), code_said(told["important"])
    yield gettext("Why, in words"), told["words"]


def _wrong(desk: Desk, subject: str, which: str, important: str, words: str) -> Iterable[Finding]:
    if which not in {one.what.id for one in rows_of(desk, subject)}:
        yield Finding("deviation", gettext("That deviation is not there any more: the record has changed."))
    if important not in ("yes", "no"):
        yield Finding("important", gettext("Say whether it is important or not."))
    if not words:
        yield Finding("words", gettext("Say why, in a few words: they stand in the report."))
    if len(words) > 2000:
        yield Finding("words", gettext("At most 2,000 letters fit here."))


def rows_of(desk: Desk, subject: str) -> list[DeviationRow]:
    """The deviations of a subject with what was said of each last."""
    record, roster = desk.record(subject), desk.open.roster
    said = {one.text("deviation"): one for one in observations(record, CONCEPT)}
    found = desk.status(subject).deviations
    return [DeviationRow(subject, record.site, one, assessment(said.get(one.id), roster)) for one in found]


def assessment(one: Observation | None, roster: Roster) -> Assessment | None:
    """What a person said of a deviation, with their name."""
    if one is None:
        return None
    return Assessment(
        one.yes("important"), one.text("words"), roster.name(one.event.actor), one.event.role, str(one.on)
    )
