"""The report of one serious event: what the record holds of it, in the order of the usual forms, to print and send.

The parts are those that MedWatch (FDA 3500A), CIOMS I and the NCI's expedited report ask for. Everything comes from the
record; what nobody recorded says "not known", and the story in words is left to be written. Direct identifiers are
never in it; in a masked trial neither are drug and dose, since a report leaves the site. Read `report_sheet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from trialwright import __version__
from trialwright.adapters.archive.words import value_words
from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.trial.casebook_sheets import file_name
from trialwright.adapters.edc.trial.casebooks import handed_over
from trialwright.adapters.edc.trial.seeing import masked, sees_arms
from trialwright.adapters.edc.trial.sheets import NOT_KNOWN, Grid, Part, Row, Sheet, as_pdf
from trialwright.adapters.reports.text import code_words, day
from trialwright.core.subject import Case, Course, Observation, observations
from trialwright.core.terms import Grade, PartialDate

if TYPE_CHECKING:
    from trialwright.adapters.edc.trial.safety import SeriousRow

AROUND = timedelta(days=14)
"""How far from the onset laboratory values are told."""
BEFORE = timedelta(days=30)
"""How long before the onset medication counts as taken with it."""
SIGNED = ("Reporter", "Investigator")


def serious_report(request: HttpRequest, desk: Desk, subject: str, event: str) -> HttpResponse:
    """The report as a file to print and send."""
    from trialwright.adapters.edc.trial.safety import row_of

    row = row_of(desk, subject, event)
    name = file_name("serious-event", subject, event, simulated=desk.open.simulated)
    content = as_pdf(report_sheet(desk, row))
    note(desk, content)
    return handed_over(content, name)


def report_sheet(desk: Desk, row: SeriousRow) -> Sheet:
    """What stands on the report."""
    case, on = desk.case(row.subject), desk.today
    arms = not masked(case.protocol) or sees_arms(desk)
    return Sheet(
        title="Report of a serious adverse event",
        subtitle=f"{case.protocol.protocol}: {case.protocol.title}",
        simulated=desk.open.simulated,
        dated=(on.year, on.month, on.day),
        facts=(
            ("Protocol", f"{case.protocol.protocol}, version {case.protocol.version}"),
            ("Site", _site_name(case, row.site)),
            ("Subject", row.subject),
            ("Event", f"{row.event.reported or row.event.term}, number {row.event.id}"),
            ("Printed", f"{day(on)}, by {desk.person.name} ({desk.role.value})"),
        ),
        parts=tuple(_parts(case, row, desk, arms)),
        stands=(
            f"As recorded up to ledger position {desk.open.record.last_seq} on {day(on)} · Trialwright {__version__}"
        ),
        running=f"{case.protocol.protocol} · {row.subject} · serious adverse event {row.event.id}",
        signed=SIGNED,
    )


def _site_name(case: Case, site: str) -> str:
    named = case.protocol.site(site)
    return named.name if named else site


def _parts(case: Case, row: SeriousRow, desk: Desk, arms: bool) -> Iterator[Part]:
    yield Part("A. The subject", tuple(_subject(case, row)))
    yield Part("B. The event", tuple(_event(row)), grid=_grades(row))
    yield Part("C. Study treatment", tuple(_treatment(case, row, arms)), grid=_doses(case, row, arms))
    yield Part("Relation to each drug, and what was done with it", grid=_drugs(row, arms), level=2)
    yield Part("D. Other medication in the 30 days before", grid=_medication(case, row))
    yield Part("Diseases in the history", grid=_history(case), level=2)
    yield Part("E. Laboratory values within 14 days of the onset", grid=_laboratory(case, row))
    yield Part("F. What is owed to whom", grid=_clocks(row))
    yield Part("G. What happened, in words", note="To be written by who reports.", lines=9)


def _subject(case: Case, row: SeriousRow) -> Iterator[Row]:
    onset = row.event.onset.latest
    named = (("Sex", "sex"), ("Age at consent", "age"), ("Race", "race"), ("Ethnicity", "ethnicity"))
    for label, concept in named:
        yield Row(label, _latest(case, concept, onset))
    yield Row("Weight", _latest(case, "weight", onset))
    yield Row("Height", _latest(case, "height", onset))


def _latest(case: Case, concept: str, by: date) -> str:
    """The last value of a concept by a day; the last there is where none was before."""
    told = [one for one in observations(case.record, concept) if one.values.get("value") is not None]
    before = [one for one in told if one.on.earliest <= by]
    found = (before or told)[-1:]
    return value_words(found[0].values["value"]) if found else NOT_KNOWN


def _event(row: SeriousRow) -> Iterator[Row]:
    one = row.event
    yield Row("As reported", one.reported or NOT_KNOWN)
    yield Row("Term", one.term)
    yield Row("Onset", _partial(one.onset))
    yield Row("End", _partial(one.end) if one.end else "still going on, or not known")
    yield Row("Worst grade", _grade(one.worst))
    yield Row("Serious", _yes(one.serious))
    yield Row("Serious because of", ", ".join(one.criteria) or NOT_KNOWN)
    yield Row("Related to study treatment", _yes(one.related))
    yield Row("Expected", _yes(one.entered.yes("expected") if one.entered else None))
    yield Row("Outcome", code_words(one.outcome) or NOT_KNOWN)
    yield Row("Action taken", code_words(one.action) or NOT_KNOWN)
    yield Row("Comes back as an earlier event", one.recurrence_of or "not said")
    for label, name in (("The site knew of it", "aware"), ("The site knew that it was serious", "aware_serious")):
        on, at = (one.entered.text(name), one.entered.text(f"{name}_time")) if one.entered else ("", "")
        yield Row(label, " ".join(part for part in (value_words(on) if on else "", at) if part) or NOT_KNOWN)


def _grades(row: SeriousRow) -> Grid:
    rows = [
        (
            _partial(one.since),
            _partial(one.until) if one.until else "still, or not known",
            _grade(one.grade),
            one.standard or NOT_KNOWN,
        )
        for one in row.event.spans
    ]
    return Grid(("From", "Until", "Grade", "By"), tuple(rows), "No grade is recorded.")


def _treatment(case: Case, row: SeriousRow, arms: bool) -> Iterator[Row]:
    onset = row.event.onset.latest
    courses = case.courses(onset)
    arm = next((one.label for one in case.protocol.arms if one.id == case.record.arm), "")
    if len(case.protocol.arms) > 1:
        yield Row("Arm", (arm or "none yet") if arms else "masked")
    yield Row("First dose", day(courses[0].day_1) if courses else "none before the onset")
    if courses:
        last = courses[-1]
        yield Row("Course and day at the onset", f"course {last.number}, day {last.day(onset)}")
        yield Row("Last dose recorded", day(last.last_dose))


def _doses(case: Case, row: SeriousRow, arms: bool) -> Grid:
    rows = [_dose(one, arms) for one in case.courses(row.event.onset.latest)]
    return Grid(("Course", "Drug", "Day 1", "Dose", "Last dose"), tuple(rows), "No course had begun by the onset.")


def _dose(one: Course, arms: bool) -> tuple[str, ...]:
    drug, dose = (one.drug, value_words(one.dose)) if arms else ("masked", "masked")
    return str(one.number), drug, day(one.day_1), dose, day(one.last_dose)


def _drugs(row: SeriousRow, arms: bool) -> Grid:
    rows = [
        (one.drug if arms else "masked", code_words(one.relation) or NOT_KNOWN, code_words(one.action) or NOT_KNOWN)
        for one in row.event.attributions
    ]
    return Grid(("Drug", "Relation", "Action"), tuple(rows), "Nothing is recorded by drug.")


def _medication(case: Case, row: SeriousRow) -> Grid:
    onset = row.event.onset
    taken = [one for one in observations(case.record, "medication") if _taken_around(one, onset)]
    rows = [
        (_what(one), value_words(one.values.get("start")), _until(one), one.text("reason") or "not said")
        for one in taken
    ]
    return Grid(("Medication", "From", "Until", "For"), tuple(rows), "None is recorded.")


def _taken_around(one: Observation, onset: PartialDate) -> bool:
    start, end = one.date_of("start") or one.on, one.date_of("end")
    return start.earliest <= onset.latest and (end is None or end.latest >= onset.earliest - BEFORE)


def _history(case: Case) -> Grid:
    told = observations(case.record, "medical_history")
    rows = [(_what(one), value_words(one.values.get("start")), _until(one)) for one in told]
    return Grid(("Disease", "From", "Until"), tuple(rows), "None is recorded.")


def _what(one: Observation) -> str:
    return one.text("term") or code_words(one.text("code")) or NOT_KNOWN


def _until(one: Observation) -> str:
    end = one.date_of("end")
    if end is not None:
        return _partial(end)
    return "still going on" if one.yes("ongoing") else NOT_KNOWN


def _laboratory(case: Case, row: SeriousRow) -> Grid:
    """Every laboratory value on the days around the onset, oldest first."""
    first, last = row.event.onset.earliest - AROUND, row.event.onset.latest + AROUND
    rows: list[tuple[str, tuple[str, ...]]] = []
    for name, concept in case.concepts.items():
        if not concept.reference_range or name not in case.record.items:
            continue
        for one in observations(case.record, name):
            if first <= one.on.latest and one.on.earliest <= last and one.values.get("value") is not None:
                limits = [value_words(one.values[end]) for end in ("low", "high") if one.values.get(end) is not None]
                result = value_words(one.values["value"])
                rows.append((str(one.on), (_partial(one.on), concept.label, result, " – ".join(limits) or "not told")))
    ordered = tuple(told for _, told in sorted(rows))
    return Grid(("Date", "Value of", "Result", "Limits on the report"), ordered, "None is recorded within these days.")


def _clocks(row: SeriousRow) -> Grid:
    rows = [
        (
            one.to,
            one.report,
            f"{one.due:%Y-%m-%d %H:%M %z}" if one.due else NOT_KNOWN,
            one.state + (f", sent {one.reported}" if one.reported else ""),
            one.clause,
        )
        for one in row.clocks
    ]
    return Grid(("To", "Report", "Due", "State", "Clause"), tuple(rows), "The protocol sets no clock for this event.")


def _partial(on: PartialDate | None) -> str:
    return day(on)


def _grade(grade: Grade | None) -> str:
    return f"grade {grade.number}" if grade else NOT_KNOWN


def _yes(said: bool | None) -> str:
    return NOT_KNOWN if said is None else "yes" if said else "no"
