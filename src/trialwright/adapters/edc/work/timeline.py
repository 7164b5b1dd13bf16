"""One subject's course as it is drawn: doses, holds, responses, toxicities, visits, specimens and milestones by day.

Decided here: what of the record is drawn and in which words; nothing about the patient, which `conduct`, `dosing`,
`schedule`, `response` and `toxicity` decide. Where it goes on the paper is in `picture`; the same in words in `tables`.
Read `timeline`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.look.standing import overdue_since, sample_state, standing
from trialwright.adapters.edc.look.writing import day as day_words
from trialwright.adapters.edc.look.writing import quantity as quantity_words
from trialwright.adapters.edc.look.writing import span as range_words
from trialwright.core.conditions import Toxicity
from trialwright.core.conduct import SubjectStatus
from trialwright.core.dosing import HoldPeriod, hold_periods
from trialwright.core.protocol import Epoch, Regimen
from trialwright.core.schedule import Sample, Visit, samples, visits
from trialwright.core.subject import Case, Course, Observation, course_by, planned_last_day
from trialwright.core.terms import Quantity

DAY = timedelta(days=1)
AHEAD = timedelta(days=42)
"""So far ahead of today planned visits are drawn."""
BEFORE = timedelta(days=400)
"""So long before the subject came into the study nothing is drawn; a day mistyped long ago shrinks no picture."""


@dataclass(frozen=True)
class Bar:
    """One dose over some days of a course; `height` is its share of the drug's highest, `taken` whether it is told."""

    course: int
    first: date
    last: date
    dose: str
    height: float
    taken: bool
    changed: bool
    says: str


@dataclass(frozen=True)
class Span:
    """Some days, both ends included, with a short label and a sentence."""

    first: date
    last: date
    label: str
    says: str


@dataclass(frozen=True)
class Graded:
    """A toxicity at one grade over some days; `grade` None is not known."""

    first: date
    last: date
    grade: int | None
    says: str


@dataclass(frozen=True)
class Mark:
    """Something on one day: how it looks, labels from long to short, and a sentence."""

    on: date
    look: str
    says: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrugLane:
    """One drug: its doses and the times it was held."""

    drug: str
    bars: tuple[Bar, ...]
    holds: tuple[Span, ...]


@dataclass(frozen=True)
class ToxicityLane:
    """One term with its grades over time, none overlapping."""

    term: str
    worst: int | None
    spans: tuple[Graded, ...]


@dataclass(frozen=True)
class Timeline:
    """All that is drawn of one subject.

    `entered` is the day the subject came into the study, `courses` are the first days of courses, `settled` is the day
    treatment ended, `over` says that the subject is off study.
    """

    subject: str
    today: date
    over: bool
    entered: date
    drugs: tuple[DrugLane, ...] = ()
    responses: tuple[Mark, ...] = ()
    toxicities: tuple[ToxicityLane, ...] = ()
    visits: tuple[Mark, ...] = ()
    specimens: tuple[Mark, ...] = ()
    milestones: tuple[Mark, ...] = ()
    courses: tuple[tuple[int, date], ...] = ()
    settled: date | None = None

    @property
    def first(self) -> date:
        """The first day drawn: the earliest milestone, course or visit, not long before the subject was screened."""
        days = [one.on for one in (*self.milestones, *self.visits)] + [day for _number, day in self.courses]
        days += [one.first for lane in self.drugs for one in lane.bars]
        return max(min(days, default=self.today), self.entered - BEFORE)

    @property
    def last(self) -> date:
        """The last day drawn: today, or for a subject who is off study the last thing that happened."""
        told = (self.visits, self.milestones, self.responses, self.specimens)
        days = [one.on for some in told for one in some if one.look != "coming" or not self.over]
        days += [min(one.last, self.today) for lane in self.drugs for one in lane.bars]
        return max([*days, *([] if self.over and days else [self.today])])


def timeline(case: Case, status: SubjectStatus, hidden: Collection[str] = ()) -> Timeline:
    """The course of a subject as known on the day of its status, without the specimens that are hidden."""
    on, place = status.on, status.disposition
    ended = place.off_treatment[0] if place.off_treatment else None
    last = min(day for day in (ended, place.died, on) if day)
    regimens = case.protocol.regimens_of(case.record.arm) or case.protocol.regimen
    given = [(one, case.courses(on, one.drug)) for one in regimens]
    treated = [(regimen, courses) for regimen, courses in given if courses]
    return Timeline(
        subject=status.subject,
        today=on,
        over=place.epoch in (Epoch.OFF_STUDY, Epoch.NOT_REGISTERED),
        entered=min(day for day in (place.screened, place.registered, place.first_dose, on) if day),
        drugs=tuple(_drug_lane(case, regimen, courses, on, last) for regimen, courses in treated),
        responses=tuple(_responses(status)),
        toxicities=toxicity_lanes(case.facts(on).toxicities(), place.off_study[0] if place.off_study else on),
        visits=tuple(one for visit in visits(case, on) if (one := visit_mark(case, visit, on))),
        specimens=tuple(
            mark for one in samples(case, on) if one.specimen.id not in hidden and (mark := sample_mark(one, on))
        ),
        milestones=tuple(_milestones(case, status)),
        courses=tuple({one.number: (one.number, one.day_1) for one in reversed(case.courses(on))}.values())[::-1],
        settled=ended or place.died or (place.off_study[0] if place.off_study else None),
    )


# --- doses and holds -------------------------------------------------------------------------------------------------


def _drug_lane(case: Case, regimen: Regimen, courses: Sequence[Course], on: date, last: date) -> DrugLane:
    known = [course_by(one, on) for one in courses]
    doses = [dose for one in known for dose in (one.dose, *_doses_of(one.exposures))]
    bars: list[Bar] = []
    for course in known:
        bars += _bars(course, regimen, last, doses, bars[-1].dose if bars else "")
    held = [one for one in hold_periods(case, regimen, on) if one.since <= last]
    return DrugLane(regimen.drug, tuple(bars), tuple(_holds(held, last)))


def _doses_of(exposures: Iterable[Observation]) -> Iterator[Quantity]:
    yield from (dose for one in exposures if (dose := one.quantity("dose")))


def _bars(course: Course, regimen: Regimen, last: date, doses: Sequence[Quantity], before: str) -> Iterator[Bar]:
    """Each exposure of a course; one without any is drawn for the days it is planned to be taken, as not yet told."""
    planned = planned_last_day(course.day_1, regimen.days.last)
    if not course.exposures:
        yield _bar(course, course.day_1, min(planned, max(last, course.day_1)), course.dose, doses, before, None)
    for exposure in course.exposures:
        begun, ended = exposure.date_of("first_dose"), exposure.date_of("last_dose")
        dose, first = exposure.quantity("dose") or course.dose, begun.earliest if begun else course.day_1
        end = ended.latest if ended else min(planned, max(last, first))
        if exposure.text("days_taken") != "0":
            yield _bar(course, first, max(end, first), dose, doses, before, exposure if ended else None)
            before = quantity_words(dose)


def _bar(
    course: Course,
    first: date,
    last: date,
    dose: Quantity,
    doses: Sequence[Quantity],
    before: str,
    taken: Observation | None,
) -> Bar:
    highest = max((one.value for one in doses if one.unit == dose.unit), default=dose.value)
    words = quantity_words(dose)
    said = _("Course %(course)s of %(drug)s: %(dose)s, %(days)s") % {
        "course": course.number,
        "drug": course.drug,
        "dose": words,
        "days": range_words(first, last),
    }
    height = float(dose.value / highest) if highest else 0.0
    return Bar(
        course.number,
        first,
        last,
        words,
        height,
        taken is not None,
        words != before,
        f"{said}; {_taken(taken)}",
    )


def _taken(exposure: Observation | None) -> str:
    """How much of it was taken, where anybody recorded it."""
    if exposure is None:
        return _("what was taken is not recorded yet")
    told = exposure.quantity("days_taken")
    return _days_taken(told.value) if told else _("the days taken are not recorded")


def _days_taken(days: Decimal) -> str:
    return ngettext("taken on %(count)s day", "taken on %(count)s days", int(days)) % {"count": days}


def _holds(periods: Iterable[HoldPeriod], last: date) -> Iterator[Span]:
    """Times without the drug, those that touch drawn as one."""
    ends = [(one.since, min(one.until - DAY if one.until else last, last), one) for one in periods]
    spans = sorted(ends, key=lambda span: span[:2])
    together: list[tuple[date, date, list[HoldPeriod]]] = []
    for first, end, period in spans:
        if together and first <= together[-1][1] + DAY:
            since, until, some = together.pop()
            together.append((since, max(until, end), [*some, period]))
        else:
            together.append((first, max(first, end), [period]))
    for first, end, some in together:
        days = (end - first).days + 1
        why = "; ".join(dict.fromkeys(one.saw or one.words for one in some))
        said = _("Held %(days)s: %(why)s") % {"days": range_words(first, end), "why": why}
        yield Span(first, end, ngettext("%(count)s d", "%(count)s d", days) % {"count": days}, said)


# --- responses and toxicities ----------------------------------------------------------------------------------------


def _responses(status: SubjectStatus) -> Iterator[Mark]:
    for one in status.assessments:
        said = f"{day_words(one.on)}: {_(one.response.value)}" + (f"; {one.why}" if one.why else "")
        yield Mark(one.on, one.response.name, said, (one.response.name,))


def toxicity_lanes(toxicities: Iterable[Toxicity], until: date) -> tuple[ToxicityLane, ...]:
    """Each term that was ever above grade 0 or not known, the highest grade first."""
    by_term: dict[str, list[Toxicity]] = {}
    for one in toxicities:
        if one.onset.earliest <= until:
            by_term.setdefault(one.term, []).append(one)
    lanes = [_toxicity_lane(term, some, until) for term, some in by_term.items()]
    return tuple(sorted((one for one in lanes if one.worst != 0), key=_by_weight))


def _by_weight(lane: ToxicityLane) -> tuple[int, str]:
    return (-(9 if lane.worst is None else lane.worst), lane.term)


def _toxicity_lane(term: str, some: Sequence[Toxicity], until: date) -> ToxicityLane:
    grades = [None if one.grade is None else one.grade.number for one in some]
    known = [one for one in grades if one is not None]
    highest = max(known, default=0)
    may_be = [max(one.possible).number if one.possible else 5 for one in some if one.grade is None]
    worst = None if any(one > highest for one in may_be) else highest
    return ToxicityLane(term, worst, tuple(_joined(term, list(_by_days(some, until)))))


def _by_days(some: Sequence[Toxicity], until: date) -> Iterator[tuple[date, date, int | None]]:
    """The grade of each stretch of days: the highest of those that hold, not known where one of them is not."""
    spans = [(one.onset.earliest, min(one.end.latest if one.end else until, until), one.grade) for one in some]
    starts = sorted({first for first, _last, _grade in spans} | {last + DAY for _first, last, _grade in spans})
    for first, following in pairwise(starts):
        held = [grade for begun, end, grade in spans if begun <= first <= end]
        if held:
            numbers = [grade.number for grade in held if grade is not None]
            yield first, following - DAY, max(numbers) if len(numbers) == len(held) else None


def _joined(term: str, stretches: Sequence[tuple[date, date, int | None]]) -> Iterator[Graded]:
    """Stretches of one grade that follow each other, as one."""
    begun: tuple[date, date, int | None] | None = None
    for first, last, grade in stretches:
        if begun and begun[2] == grade and begun[1] + DAY == first:
            begun = (begun[0], last, grade)
            continue
        if begun:
            yield _graded(term, *begun)
        begun = (first, last, grade)
    if begun:
        yield _graded(term, *begun)


def _graded(term: str, first: date, last: date, grade: int | None) -> Graded:
    told = _("grade not known") if grade is None else _("grade %(number)s") % {"number": grade}
    return Graded(first, last, grade, f"{term}: {told}, {range_words(first, last)}")


# --- visits and specimens --------------------------------------------------------------------------------------------

DRAWN = ("done", "due", "overdue", "missed", "coming")
"""The states in which a visit is drawn, each with a look of its own; one that does not apply is not."""


def visit_mark(case: Case, visit: Visit, on: date) -> Mark | None:
    """A visit on the day it was made, else on the day it is due; one done out of its window says by how many days."""
    if visit.state not in DRAWN or (visit.state == "coming" and visit.due > on + AHEAD):
        return None
    made = visit.done_on or (visit.done_in.earliest if visit.done_in else None)
    name, window = visit.encounter.label, range_words(visit.earliest, visit.latest)
    stands = standing(case, visit, on)
    on_day = overdue_since(visit) if stands.state == "overdue" else made or visit.due
    told = {"what": name, "day": day_words(on_day), "window": window}
    if visit.state == "done":
        return _made(visit, made or visit.due, told)
    said = {
        "due": _("%(what)s: due on %(day)s, window %(window)s"),
        "overdue": _("%(what)s: overdue since %(day)s, window %(window)s"),
        "missed": _("%(what)s: missed, was due on %(day)s, window %(window)s"),
        "coming": _("%(what)s: planned for %(day)s, window %(window)s"),
    }[stands.state]
    labels = {"overdue": (_("overdue"),), "missed": (_("missed"),)}.get(stands.state, ())
    return Mark(visit.due, stands.state, said % told, labels)


def _made(visit: Visit, made: date, told: Mapping[str, str]) -> Mark:
    if visit.in_window is not False:
        return Mark(made, "done", _("%(what)s: done on %(day)s, window %(window)s") % told)
    late, early = (made - visit.latest).days, (visit.earliest - made).days
    if late > 0:
        how = ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    else:
        how = ngettext("%(count)s day early", "%(count)s days early", early) % {"count": max(early, 0)}
    said = _("%(what)s: done on %(day)s, %(how)s, window %(window)s") % {**told, "how": how}
    short = ("+" if late > 0 else "\N{MINUS SIGN}") + str(max(late, early)) + _(" d")
    return Mark(made, "late", said, (how, short))


SAMPLE_STATES: Mapping[str, str] = {"taken": "done", "due": "due", "overdue": "overdue", "missed": "missed"}


def sample_mark(sample: Sample, on: date) -> Mark | None:
    """A specimen on the day it was taken, else on the day of its visit."""
    state = sample_state(sample, on)
    if state not in SAMPLE_STATES:
        return None
    day = sample.taken_on or sample.visit.done_on or sample.visit.due
    said = {
        "taken": _("%(what)s: taken on %(day)s"),
        "due": _("%(what)s: to be taken, due on %(day)s"),
        "overdue": _("%(what)s: not taken yet, was due on %(day)s"),
        "missed": _("%(what)s: missed, was due on %(day)s"),
    }[state]
    name = sample.specimen.label
    return Mark(day, SAMPLE_STATES[state], said % {"what": name, "day": day_words(day)}, (name, name.split()[0]))


# --- milestones ------------------------------------------------------------------------------------------------------


def _milestones(case: Case, status: SubjectStatus) -> Iterator[Mark]:
    """Consent, screening, registration, the ends and death, each on its day; those of one day told together."""
    place, anchors = status.disposition, case.anchors(status.on)
    found = [
        (anchors.get("consent"), _("consent"), _("consent"), "milestone"),
        (place.screened, _("screened"), _("scr."), "milestone"),
        (place.registered, _("registered"), _("reg."), "milestone"),
        (place.off_treatment[0] if place.off_treatment else None, _("off treatment"), _("off tr."), "end"),
        (place.off_study[0] if place.off_study else None, _("off study"), _("off st."), "end"),
        (place.since if place.epoch is Epoch.NOT_REGISTERED else None, _("not registered"), _("not reg."), "end"),
        (place.died, _("death"), _("death"), "death"),
    ]
    why = {_("not registered"): place.why}
    why |= {_("off treatment"): place.off_treatment[1]} if place.off_treatment else {}
    why |= {_("off study"): place.off_study[1]} if place.off_study else {}
    days: dict[date, list[tuple[str, str, str]]] = {}
    for day, label, short, look in found:
        if day:
            days.setdefault(day, []).append((label, short, look))
    for day, some in sorted(days.items()):
        words = [f"{label} ({why[label]})" if label in why else label for label, _short, _look in some]
        labels = (", ".join(one[0] for one in some), ", ".join(one[1] for one in some), some[-1][1])
        yield Mark(day, some[-1][2], f"{day_words(day)}: {', '.join(words)}", labels)
