"""Casebooks as PDF: every form of a protocol version, blank; and one subject's, filled, with all that became of it.

Blank forms come from `core.casebook`, filled ones from `archive.book`, so that paper, archive and pages agree. Direct
identifiers stay at the site: a central role's copy says so in their place. Read `blank_sheet`, then `filled_sheet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from trialwright import __version__
from trialwright.adapters.archive.book import Book, Cell, Entry, Shelf, Thing, book_of
from trialwright.adapters.archive.words import Labels
from trialwright.adapters.edc.trial.sheets import Grid, Part, Row, Sheet, as_pdf
from trialwright.adapters.edc.trial.telling import visit_words
from trialwright.adapters.reports.text import day
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
from trialwright.core.subject import Case, StudyRecord, SubjectRecord
from trialwright.standards.units.printed import printed_unit

if TYPE_CHECKING:
    from trialwright.adapters.edc.trial.worker import Making

UNSAFE = re.compile(r"[^\w.-]+")


def file_name(*parts: str, simulated: bool) -> str:
    """A name for a download, of letters that every machine takes."""
    told = UNSAFE.sub("-", "-".join(parts)).strip("-.")
    return f"{'simulated-' if simulated else ''}{told}"


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
    logs = logs_of(protocol, case.concepts)
    return Sheet(
        title=f"Casebook of {protocol.protocol}",
        subtitle=protocol.title,
        simulated=False,
        dated=(on.year, on.month, on.day),
        facts=(
            ("Protocol version", version),
            ("SHA-256 of the protocol file", trial.hashes.get(version, "")),
            ("Subject", "________________________    Site ________________________"),
        ),
        parts=(*(_blank_form(one, form) for one, form in forms), *(_blank_log(case, one, on) for one in logs)),
        stands=f"Blank forms of protocol version {version} · Trialwright {__version__}",
        running=f"{protocol.protocol} · casebook, version {version}",
        contents=True,
        notices=("What is not done, not known or does not apply is written in those words: a blank is no answer.",),
    )


def _blank_form(encounter: Encounter, form: Form) -> Part:
    rows = [row for section in form.sections for row in _blank_rows(section.shape, section.label, section.items)]
    note = f"{visit_words(encounter).capitalize()}. {form.words}"
    return Part(form.label, tuple(rows), note=note, new_page=True)


def _blank_rows(shape: Shape, label: str, items: Sequence[Item]) -> Iterator[Row]:
    if shape is Shape.LOG:
        yield Row(label, "in the log of that name, at the end of this book")
        return
    for one in items:
        if not one.aside and not one.fixed:
            name = one.label if one.label.casefold() == label.casefold() else f"{label}: {one.label}"
            yield Row(name if one.label else label, hint=_hint(one), write=True)


def _hint(one: Item) -> str:
    """What helps to fill in a field: its unit, its choices, when it is asked."""
    unit = printed_unit(one.units[0]) if one.units else ""
    told = [unit] if unit else []
    if one.choices:
        told.append("one of: " + ", ".join(each.label for each in one.choices[:14]))
    elif one.field.kind.value in ("yes/no", "date"):
        told.append({"yes/no": "yes / no", "date": "as precise as it is known"}[one.field.kind.value])
    if one.asked_when:
        told.append(f"asked where {one.asked_when.label} is {' or '.join(one.asked_when.values) or 'more than 0'}")
    return "; ".join(told)


def _blank_log(case: Case, concept: Concept, on: date) -> Part:
    form = form_of_record(case, concept, "1", on)
    rows = [
        row for section in form.sections if section.concept is concept
        for row in _blank_rows(Shape.AT_VISIT, concept.label, section.items)
    ]  # fmt: skip
    return Part(f"Log: {concept.label}", tuple(rows), note="One sheet for each record.", new_page=True)


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
    shelf = Shelf(Labels(_concepts(trial), trial.versions.values()), versions, {})
    book = book_of(subject, case.record.site, shown, shelf, deviations(case, on), untold(case, on))
    protocol = case.protocol
    return Sheet(
        title=f"Casebook of {subject}",
        subtitle=f"{protocol.protocol}: {protocol.title}",
        simulated=simulated,
        dated=(on.year, on.month, on.day),
        facts=(
            ("Site", case.record.site),
            ("Protocol version", protocol.version),
            ("Entries", f"{len(book.trail)} events, {len(book.forms)} of them forms and corrections"),
            ("Stands as of", f"{day(on)}, ledger position {study.last_seq}"),
            ("Direct identifiers", "as recorded" if identifiers else KEPT),
        ),
        parts=tuple(_parts(book)),
        stands=f"As recorded up to ledger position {study.last_seq} on {day(on)} · Trialwright {__version__}",
        running=f"{protocol.protocol} · {subject}",
        contents=True,
        notices=("A value that was corrected is followed by what it was corrected to, by whom, when and why.",),
    )


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
    headings = ("Date", "What", "As recorded", "By, and when recorded")
    yield Part("Course in the trial", grid=Grid(headings, course, "Nothing is recorded."))
    yield Part("Forms", note=f"{len(book.forms)}, in the order of their dates.", new_page=True)
    yield from (_entry(one) for one in book.forms)
    yield from _deviations(book.deviations or (), book.untold)
    others = (("Queries", book.queries), ("Voided and redacted", book.undone), ("Signatures and locks", book.seals))
    for title, some in others:
        yield Part(title, note="" if some else "None.", new_page=bool(some))
        yield from (_entry(one) for one in some)
    trail = tuple((str(one.seq), one.recorded, one.who, f"{one.what}, {one.on}") for one in book.trail)
    grid = Grid(("Event", "Recorded", "By", "What, of which date"), trail)
    yield Part("Every event, in the order of the ledger", grid=grid, new_page=True)


def _own(one: Entry) -> str:
    return "; ".join([*(f"{name}: {told}" for name, told in one.rows), *one.notices]) or "no more"


def _entry(one: Entry) -> Part:
    version = f", under protocol version {one.version}" if one.version else ""
    note = f"{one.when}, by {one.who}. Recorded {one.recorded} as event {one.seq}{version}."
    state = ["VOIDED: it counts no more."] if one.voided else []
    rows = [Row(name, told) for name, told in one.rows] + [_thing(each) for each in one.things]
    return Part(f"{one.title}, {one.when}", tuple(rows), note=" ".join([note, *state, *one.notices]), level=2)


def _thing(one: Thing) -> Row:
    label = f"{one.label} {one.which}".strip()
    return Row(label, "; ".join(_cell(each) for each in one.cells))


def _cell(one: Cell) -> str:
    label = f"{one.label}: " if one.label else ""
    before = f"{one.before} → " if one.before else ""
    later = "".join(f" → corrected to {each.value} ({each.told})" for each in one.later)
    return f"{label}{before}{one.value}{later}"


def _deviations(found: Sequence[Deviation], open_: Sequence[Untold]) -> Iterator[Part]:
    rows = tuple((day(one.on), one.says, one.severity, one.clause) for one in found)
    grid = Grid(("Date", "What", "Weight", "Clause"), rows, "None that can be told.")
    yield Part("Deviations from the protocol", grid=grid, new_page=True)
    if open_:
        told = tuple((day(one.on), one.says) for one in open_)
        yield Part("What cannot be told", grid=Grid(("Date", "Whether there was"), told), level=2)
