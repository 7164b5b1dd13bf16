"""Casebooks as PDF: every form of a protocol version, blank; and one subject's, filled, with all that became of it.

Blank forms come from `core.casebook`, filled ones from `archive.book`, so that paper, archive and pages agree. Direct
identifiers stay at the site: a central role's copy says so in their place. Read `blank_sheet`, then `filled_sheet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trialwright import __version__
from trialwright.adapters.archive.book import Book, Cell, Entry, Shelf, Thing, book_of
from trialwright.adapters.archive.words import Tongue
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.words import code_said
from trialwright.adapters.edc.look.words import said as told
from trialwright.adapters.edc.trial.sheets import Grid, Part, Row, Sheet, as_pdf
from trialwright.adapters.edc.trial.telling import visit_words
from trialwright.core.casebook import KEPT, Form, Item, Shape, form_at, form_of_record, logs_of
from trialwright.core.conduct import Trial
from trialwright.core.conduct.trial import bare_case, case_of
from trialwright.core.deviations import Deviation, Untold, deviations, untold
from trialwright.core.ledger import (
    Change,
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
)
from trialwright.core.people import Roster, RosterFold
from trialwright.core.protocol import Concept, Encounter
from trialwright.core.schedule.naming import Labels
from trialwright.core.subject import Case, StudyRecord, SubjectRecord
from trialwright.standards.units.printed import printed_unit

if TYPE_CHECKING:
    from trialwright.adapters.edc.trial.worker import Making

LINE = "_" * 24
DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
UNSAFE = re.compile(r"[^\w.-]+")


def file_name(*parts: str, simulated: bool) -> str:
    """A name for a download, of letters that every machine takes."""
    told = UNSAFE.sub("-", "-".join(parts)).strip("-.")
    return f"{'simulated-' if simulated else ''}{told}"


def made_by(stands: str) -> str:
    """What stands at the foot: as of when, and which program made it."""
    return f"{stands} · Trialwright {__version__}"


def filled_casebooks(making: Making) -> Iterator[tuple[str, bytes, int]]:
    """The casebook of every subject that was asked for: its file's name, the file, and how many there are."""
    from pathlib import Path

    from trialwright.adapters.study import load_study
    from trialwright.core.subject import fold_study
    from trialwright.store import open_study
    from trialwright.store.chain import SYSTEM_CHAIN

    folder = Path(making.job.folder)
    trial = load_study(folder).trial
    if trial is None:
        return
    with open_study(folder, read_only=True) as ledger:
        events, kind = list(ledger.events()), ledger.kind
        people = RosterFold()
        for event in (*events, *ledger.events(chain_id=SYSTEM_CHAIN)):
            people.take(event)
    roster = people.roster
    study = fold_study(events)
    on = max(event.occurred for event in events)
    sites = making.job.sites
    wanted = [name for name, one in sorted(study.subjects.items()) if sites is None or one.site in sites]
    own: dict[str, list[Event]] = {name: [] for name in wanted}
    for event in events:
        if event.subject in own:
            own[event.subject].append(event)
    for name in wanted:
        told = (trial, study, on, kind == "simulated")
        sheet = filled_sheet(name, own[name], *told, identifiers=making.job.identifiers, roster=roster)
        yield f"{file_name('casebook', name, simulated=kind == 'simulated')}.pdf", as_pdf(sheet), len(wanted)


# --- blank ------------------------------------------------------------------------------------------------------------


def blank_sheet(trial: Trial, version: str, home: str, sites: Sequence[str], on: date, simulated: bool) -> Sheet:
    """The forms of every visit and every log, with room to write; those of a site's own sub-study for that site."""
    protocol = trial.versions[version]
    case = bare_case(trial, StudyRecord({}, {}), SubjectRecord("", home), version)
    planned = [one for one in protocol.encounters if not one.sites or {*one.sites} & {*sites}]
    forms = [(one, form) for one in planned if (form := form_at(case, one.id, on, blanks=3))]
    logs, of, site = logs_of(protocol, case.concepts), {"version": version}, _("Site")
    return Sheet(
        title=_("Casebook of %(of)s") % {"of": protocol.protocol},
        subtitle=protocol.title,
        simulated=False,
        dated=(on.year, on.month, on.day),
        facts=(
            (_("Protocol version"), version),
            (_("SHA-256 of the protocol file"), trial.hashes.get(version, "")),
            (_("Subject"), f"{LINE}    {site} {LINE}"),
        ),
        parts=(*(_blank_form(one, form) for one, form in forms), *(_blank_log(case, one, on) for one in logs)),
        stands=made_by(_("Blank forms of protocol version %(version)s") % of),
        running=" · ".join((protocol.protocol, _("casebook, version %(version)s") % of)),
        contents=True,
        notices=(_("What is not done, not known or does not apply is written in those words: a blank is no answer."),),
    )


def _blank_form(encounter: Encounter, form: Form) -> Part:
    rows = [row for section in form.sections for row in _blank_rows(section.shape, section.label, section.items)]
    note = f"{visit_words(encounter).capitalize()}. {form.words}"
    return Part(told(form.label), tuple(rows), note=note, new_page=True)


def _blank_rows(shape: Shape, label: str, items: Sequence[Item]) -> Iterator[Row]:
    if shape is Shape.LOG:
        yield Row(told(label), _("in the log of that name, at the end of this book"))
        return
    for one in items:
        if not one.aside and not one.fixed:
            name = told(one.label) if one.label.casefold() == label.casefold() else f"{told(label)}: {told(one.label)}"
            yield Row(name if one.label else told(label), hint=_hint(one), write=True)


def _hint(one: Item) -> str:
    """What helps to fill in a field: its unit, its choices, when it is asked."""
    unit = printed_unit(one.units[0]) if one.units else ""
    hints = [unit] if unit else []
    if one.choices:
        hints.append(_("one of: %(which)s") % {"which": ", ".join(code_said(each.label) for each in one.choices[:14])})
    elif one.field.kind.value in ("yes/no", "date"):
        hints.append({"yes/no": _("yes / no"), "date": _("as precise as it is known")}[one.field.kind.value])
    if one.asked_when:
        wanted = _(" or ").join(map(code_said, one.asked_when.values)) or _("more than 0")
        hints.append(_("asked where %(what)s is %(that)s") % {"what": told(one.asked_when.label), "that": wanted})
    return "; ".join(hints)


def _blank_log(case: Case, concept: Concept, on: date) -> Part:
    form = form_of_record(case, concept, "1", on)
    rows = [
        row for section in form.sections if section.concept is concept
        for row in _blank_rows(Shape.AT_VISIT, concept.label, section.items)
    ]  # fmt: skip
    title = _("Log: %(of)s") % {"of": told(concept.label)}
    return Part(title, tuple(rows), note=_("One sheet for each record."), new_page=True)


# --- filled -----------------------------------------------------------------------------------------------------------


def filled_sheet(
    subject: str,
    events: Sequence[Event],
    trial: Trial,
    study: StudyRecord,
    on: date,
    simulated: bool,
    *,
    identifiers: bool,
    roster: Roster,
) -> Sheet:
    """Everything recorded of a subject, what became of each entry, and what follows by the protocol."""
    case = case_of(trial, study, subject, on)
    shown = [replace(_without(event, identifiers, case.concepts), actor=roster.name(event.actor)) for event in events]
    versions = {file_hash: version for version, file_hash in trial.hashes.items()}
    labels = Labels(_concepts(trial), trial.versions.values(), told)
    shelf = Shelf(labels, versions, {}, Tongue(told, value_told, writing.day, instant_told))
    book = book_of(subject, case.record.site, shown, shelf, deviations(case, on), untold(case, on))
    protocol = case.protocol
    of = {
        "events": len(book.trail),
        "forms": len(book.forms),
        "day": writing.day(on),
        "position": study.last_seq,
    }
    return Sheet(
        title=_("Casebook of %(of)s") % {"of": subject},
        subtitle=f"{protocol.protocol}: {protocol.title}",
        simulated=simulated,
        dated=(on.year, on.month, on.day),
        facts=(
            (_("Site"), case.record.site),
            (_("Protocol version"), protocol.version),
            (_("Entries"), _("%(events)s events, %(forms)s of them forms and corrections") % of),
            (_("Stands as of"), _("%(day)s, ledger position %(position)s") % of),
            (_("Direct identifiers"), _("as recorded") if identifiers else _(KEPT)),
        ),
        parts=tuple(_parts(book)),
        stands=made_by(_("As recorded up to ledger position %(position)s on %(day)s") % of),
        running=f"{protocol.protocol} · {subject}",
        contents=True,
        notices=(_("A value that was corrected is followed by what it was corrected to, by whom, when and why."),),
    )


WORDS_CODED = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


def value_told(value: object) -> str:
    """A value as it was typed, in the reader's language: a day as a day, a code in words."""
    if isinstance(value, tuple):
        return ", ".join(map(value_told, value))
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, str) and DAY.fullmatch(value):
        return writing.day(value)
    return code_said(value) if isinstance(value, str) and WORDS_CODED.fullmatch(value) else told(writing.value(value))


def instant_told(at: datetime | None) -> str:
    """When something was recorded, in UTC."""
    return "" if at is None else f"{writing.day(at.date())}, {at:%H:%M:%S} UTC"


def _concepts(trial: Trial) -> Mapping[str, Concept]:
    return {name: one for standards in trial.standards.values() for name, one in standards.concepts.items()}


def _without(event: Event, identifiers: bool, concepts: Mapping[str, Concept]) -> Event:
    """The event without what the copy is not to hold."""
    if identifiers or not isinstance(event, FormSubmitted | FormCorrected):
        return event
    items = tuple(_kept(one) if _identifies(one.path, concepts) else one for one in event.items)
    return replace(event, items=items)


def _kept(one: Change) -> Change:
    return Change(one.path, KEPT if one.old is not None else None, KEPT)


def _identifies(path: str, concepts: Mapping[str, Concept]) -> bool:
    """Whether an item tells who the person is, by what its concept says of the field."""
    item = ItemPath.parse(path)
    concept = concepts.get(item.concept)
    return any(field.id == item.field and field.identifies for field in concept.fields) if concept else False


def _parts(book: Book) -> Iterator[Part]:
    course = tuple((one.when, one.title, _own(one), f"{one.who}, {one.recorded}") for one in book.course)
    headings = (_("Date"), _("What"), _("As recorded"), _("By, and when recorded"))
    yield Part(_("Course in the trial"), grid=Grid(headings, course, _("Nothing is recorded.")))
    counted = _("%(count)s, in the order of their dates.") % {"count": len(book.forms)}
    yield Part(_("Forms"), note=counted, new_page=True)
    yield from (_entry(one) for one in book.forms)
    yield from _deviations(book.deviations or (), book.untold)
    others = (
        (_("Queries"), book.queries),
        (_("Voided and redacted"), book.undone),
        (_("Signatures and locks"), book.seals),
    )
    for title, some in others:
        yield Part(title, note="" if some else _("None."), new_page=bool(some))
        yield from (_entry(one) for one in some)
    trail = tuple((str(one.seq), one.recorded, one.who, f"{one.what}, {one.on}") for one in book.trail)
    grid = Grid((_("Event"), _("Recorded"), _("By"), _("What, of which date")), trail)
    yield Part(_("Every event, in the order of the ledger"), grid=grid, new_page=True)


def _own(one: Entry) -> str:
    return "; ".join([*(f"{name}: {told}" for name, told in one.rows), *one.notices]) or _("no more")


def _entry(one: Entry) -> Part:
    of = {"when": one.when, "who": one.who, "recorded": one.recorded, "event": one.seq, "version": one.version}
    note = _("%(when)s, by %(who)s. Recorded %(recorded)s as event %(event)s.") % of
    note += " " + _("Under protocol version %(version)s.") % of if one.version else ""
    state = [_("VOIDED: it counts no more.")] if one.voided else []
    rows = [Row(name, told) for name, told in one.rows] + [_thing(each) for each in one.things]
    return Part(f"{one.title}, {one.when}", tuple(rows), note=" ".join([note, *state, *one.notices]), level=2)


def _thing(one: Thing) -> Row:
    label = f"{one.label} {one.which}".strip()
    return Row(label, "; ".join(_cell(each) for each in one.cells))


def _cell(one: Cell) -> str:
    label = f"{one.label}: " if one.label else ""
    before = f"{one.before} → " if one.before else ""
    corrected = _("corrected to %(value)s (%(by)s)")
    later = (corrected % {"value": each.value, "by": each.told} for each in one.later)
    return " → ".join((f"{label}{before}{one.value}", *later))


def _deviations(found: Sequence[Deviation], open_: Sequence[Untold]) -> Iterator[Part]:
    rows = tuple((writing.day(one.on), writing.dated(one.says), told(one.severity), one.clause) for one in found)
    grid = Grid((_("Date"), _("What"), _("Weight"), _("Clause")), rows, _("None that can be told."))
    yield Part(_("Deviations from the protocol"), grid=grid, new_page=True)
    if open_:
        unknown = tuple((writing.day(one.on), writing.dated(one.says)) for one in open_)
        yield Part(_("What cannot be told"), grid=Grid((_("Date"), _("Whether there was")), unknown), level=2)
