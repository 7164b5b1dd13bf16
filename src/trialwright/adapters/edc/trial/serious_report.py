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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.words import code_said
from trialwright.adapters.edc.look.words import said as told
from trialwright.adapters.edc.trial.casebook_sheets import file_name, made_by, value_told
from trialwright.adapters.edc.trial.casebooks import handed_over
from trialwright.adapters.edc.trial.seeing import masked, sees_arms
from trialwright.adapters.edc.trial.sheets import NOT_KNOWN, Grid, Part, Row, Sheet, as_pdf
from trialwright.core.subject import Case, Course, Observation, observations
from trialwright.core.terms import Grade, PartialDate

if TYPE_CHECKING:
    from trialwright.adapters.edc.trial.safety import SeriousRow

AROUND = timedelta(days=14)
"""How far from the onset laboratory values are told."""
BEFORE = timedelta(days=30)
"""How long before the onset medication counts as taken with it."""
SIGNED = (gettext_noop("Reporter"), gettext_noop("Investigator"))


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
    of = {
        "version": case.protocol.version,
        "number": row.event.id,
        "day": writing.day(on),
        "who": f"{desk.person.name} ({told(desk.role.value)})",
        "position": desk.open.record.last_seq,
    }
    return Sheet(
        title=_("Report of a serious adverse event"),
        subtitle=f"{case.protocol.protocol}: {case.protocol.title}",
        simulated=desk.open.simulated,
        dated=(on.year, on.month, on.day),
        facts=(
            (_("Protocol"), ", ".join((case.protocol.protocol, _("version %(version)s") % of))),
            (_("Site"), _site_name(case, row.site)),
            (_("Subject"), row.subject),
            (_("Event"), ", ".join((row.event.reported or row.event.term, _("number %(number)s") % of))),
            (_("Printed"), _("%(day)s, by %(who)s") % of),
        ),
        parts=tuple(_parts(case, row, desk, arms)),
        stands=made_by(_("As recorded up to ledger position %(position)s on %(day)s") % of),
        running=" · ".join((case.protocol.protocol, row.subject, _("serious adverse event %(number)s") % of)),
        signed=tuple(map(_, SIGNED)),
    )


def _site_name(case: Case, site: str) -> str:
    named = case.protocol.site(site)
    return named.name if named else site


def _parts(case: Case, row: SeriousRow, desk: Desk, arms: bool) -> Iterator[Part]:
    yield Part(_("A. The subject"), tuple(_subject(case, row)))
    yield Part(_("B. The event"), tuple(_event(row)), grid=_grades(row))
    yield Part(_("C. Study treatment"), tuple(_treatment(case, row, arms)), grid=_doses(case, row, arms))
    yield Part(_("Relation to each drug, and what was done with it"), grid=_drugs(row, arms), level=2)
    yield Part(_("D. Other medication in the 30 days before"), grid=_medication(case, row))
    yield Part(_("Diseases in the history"), grid=_history(case), level=2)
    yield Part(_("E. Laboratory values within 14 days of the onset"), grid=_laboratory(case, row))
    yield Part(_("F. What is owed to whom"), grid=_clocks(row))
    yield Part(_("G. What happened, in words"), note=_("To be written by who reports."), lines=9)


def _subject(case: Case, row: SeriousRow) -> Iterator[Row]:
    onset = row.event.onset.latest
    named = ((_("Sex"), "sex"), (_("Age at consent"), "age"), (_("Race"), "race"), (_("Ethnicity"), "ethnicity"))
    for label, concept in named:
        yield Row(label, _latest(case, concept, onset))
    yield Row(_("Weight"), _latest(case, "weight", onset))
    yield Row(_("Height"), _latest(case, "height", onset))


def _latest(case: Case, concept: str, by: date) -> str:
    """The last value of a concept by a day; the last there is where none was before."""
    told = [one for one in observations(case.record, concept) if one.values.get("value") is not None]
    before = [one for one in told if one.on.earliest <= by]
    found = (before or told)[-1:]
    return value_told(found[0].values["value"]) if found else _(NOT_KNOWN)


def _event(row: SeriousRow) -> Iterator[Row]:
    one = row.event
    yield Row(_("As reported"), one.reported or _(NOT_KNOWN))
    yield Row(_("Term"), one.term)
    yield Row(_("Onset"), _partial(one.onset))
    yield Row(_("End"), _partial(one.end) if one.end else _("still going on, or not known"))
    yield Row(_("Worst grade"), _grade(one.worst))
    yield Row(_("Serious"), _yes(one.serious))
    yield Row(_("Serious because of"), ", ".join(map(code_said, one.criteria)) or _(NOT_KNOWN))
    yield Row(_("Related to study treatment"), _yes(one.related))
    yield Row(_("Expected"), _yes(one.entered.yes("expected") if one.entered else None))
    yield Row(_("Outcome"), code_said(one.outcome) or _(NOT_KNOWN))
    yield Row(_("Action taken"), code_said(one.action) or _(NOT_KNOWN))
    yield Row(_("Comes back as an earlier event"), one.recurrence_of or _("not said"))
    for label, name in ((_("The site knew of it"), "aware"), (_("The site knew that it was serious"), "aware_serious")):
        on, at = (one.entered.text(name), one.entered.text(f"{name}_time")) if one.entered else ("", "")
        yield Row(label, " ".join(part for part in (value_told(on) if on else "", at) if part) or _(NOT_KNOWN))


def _grades(row: SeriousRow) -> Grid:
    rows = [
        (
            _partial(one.since),
            _partial(one.until) if one.until else _("still, or not known"),
            _grade(one.grade),
            one.standard or _(NOT_KNOWN),
        )
        for one in row.event.spans
    ]
    return Grid((_("From"), _("Until"), _("Grade"), _("By")), tuple(rows), _("No grade is recorded."))


def _treatment(case: Case, row: SeriousRow, arms: bool) -> Iterator[Row]:
    onset = row.event.onset.latest
    courses = case.courses(onset)
    arm = next((one.label for one in case.protocol.arms if one.id == case.record.arm), "")
    if len(case.protocol.arms) > 1:
        yield Row(_("Arm"), (arm or _("none yet")) if arms else _("masked"))
    yield Row(_("First dose"), writing.day(courses[0].day_1) if courses else _("none before the onset"))
    if courses:
        last = courses[-1]
        yield Row(
            _("Course and day at the onset"),
            _("course %(course)s, day %(day)s") % {"course": last.number, "day": last.day(onset)},
        )
        yield Row(_("Last dose recorded"), writing.day(last.last_dose))


def _doses(case: Case, row: SeriousRow, arms: bool) -> Grid:
    rows = [_dose(one, arms) for one in case.courses(row.event.onset.latest)]
    return Grid(
        (_("Course"), _("Drug"), _("Day 1"), _("Dose"), _("Last dose")),
        tuple(rows),
        _("No course had begun by the onset."),
    )


def _dose(one: Course, arms: bool) -> tuple[str, ...]:
    drug, dose = (one.drug, value_told(one.dose)) if arms else (_("masked"), _("masked"))
    return str(one.number), drug, writing.day(one.day_1), dose, writing.day(one.last_dose)


def _drugs(row: SeriousRow, arms: bool) -> Grid:
    rows = [
        (
            one.drug if arms else _("masked"),
            code_said(one.relation) or _(NOT_KNOWN),
            code_said(one.action) or _(NOT_KNOWN),
        )
        for one in row.event.attributions
    ]
    return Grid((_("Drug"), _("Relation"), _("Action")), tuple(rows), _("Nothing is recorded by drug."))


def _medication(case: Case, row: SeriousRow) -> Grid:
    onset = row.event.onset
    taken = [one for one in observations(case.record, "medication") if _taken_around(one, onset)]
    rows = [
        (_what(one), value_told(one.values.get("start")), _until(one), one.text("reason") or _("not said"))
        for one in taken
    ]
    return Grid((_("Medication"), _("From"), _("Until"), _("For")), tuple(rows), _("None is recorded."))


def _taken_around(one: Observation, onset: PartialDate) -> bool:
    start, end = one.date_of("start") or one.on, one.date_of("end")
    return start.earliest <= onset.latest and (end is None or end.latest >= onset.earliest - BEFORE)


def _history(case: Case) -> Grid:
    told = observations(case.record, "medical_history")
    rows = [(_what(one), value_told(one.values.get("start")), _until(one)) for one in told]
    return Grid((_("Disease"), _("From"), _("Until")), tuple(rows), _("None is recorded."))


def _what(one: Observation) -> str:
    return one.text("term") or code_said(one.text("code")) or _(NOT_KNOWN)


def _until(one: Observation) -> str:
    end = one.date_of("end")
    if end is not None:
        return _partial(end)
    return _("still going on") if one.yes("ongoing") else _(NOT_KNOWN)


def _laboratory(case: Case, row: SeriousRow) -> Grid:
    """Every laboratory value on the days around the onset, oldest first."""
    first, last = row.event.onset.earliest - AROUND, row.event.onset.latest + AROUND
    rows: list[tuple[str, tuple[str, ...]]] = []
    for name, concept in case.concepts.items():
        if not concept.reference_range or name not in case.record.items:
            continue
        for one in observations(case.record, name):
            if first <= one.on.latest and one.on.earliest <= last and one.values.get("value") is not None:
                limits = [value_told(one.values[end]) for end in ("low", "high") if one.values.get(end) is not None]
                result = value_told(one.values["value"])
                rows.append(
                    (str(one.on), (_partial(one.on), told(concept.label), result, " – ".join(limits) or _("not told")))
                )
    ordered = tuple(cells for _day, cells in sorted(rows))
    return Grid(
        (_("Date"), _("Value of"), _("Result"), _("Limits on the report")),
        ordered,
        _("None is recorded within these days."),
    )


def _clocks(row: SeriousRow) -> Grid:
    rows = [
        (
            told(one.to),
            told(one.report),
            f"{one.due:%Y-%m-%d %H:%M %z}" if one.due else _(NOT_KNOWN),
            told(one.state) + (_(", sent %(day)s") % {"day": writing.day(one.reported)} if one.reported else ""),
            one.clause,
        )
        for one in row.clocks
    ]
    return Grid(
        (_("To"), _("Report"), _("Due"), _("State"), _("Clause")),
        tuple(rows),
        _("The protocol sets no clock for this event."),
    )


def _partial(on: PartialDate | None) -> str:
    return writing.day(on)


def _grade(grade: Grade | None) -> str:
    return _("grade %(number)s") % {"number": grade.number} if grade else _(NOT_KNOWN)


def _yes(said: bool | None) -> str:
    return _(NOT_KNOWN) if said is None else _("yes") if said else _("no")
