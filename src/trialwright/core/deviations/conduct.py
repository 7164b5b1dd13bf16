"""Visits outside their window or missed, samples not taken or taken where they are not planned, duties, medication.

Whether a visit belonged to this subject, whether a drug is prohibited, whether it was taken under treatment: where data
are missing for that, nothing is held against anybody and `untold` says what is missing. Read `conduct_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from trialwright.core.conditions import Episode, judge_condition
from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.ledger import Event
from trialwright.core.protocol import Encounter, MedicationRule, Specimen
from trialwright.core.schedule import Duty, Sample, Visit, duties, sample_called, samples, visit_called, visits
from trialwright.core.specimens import custody_findings
from trialwright.core.subject import Case, codes_of, known_on, observations
from trialwright.core.terms import Answer, Because, Verdict


def conduct_deviations(case: Case, on: date) -> Iterator[Found]:
    """What is wrong with visits, samples, duties and medication."""
    facts = case.facts(on)
    applies = cache(lambda encounter: judge_condition(encounter.applies_when, facts))
    for visit in visits(case, on):
        yield from _visit(case, visit, applies(visit.encounter))
    for sample in samples(case, on):
        yield from _sample(case, sample, applies(sample.visit.encounter))
    yield from _samples_elsewhere(case, on)
    yield from _custody(case, on)
    for duty in duties(case, on):
        yield from _duty(case, duty, on)
    for rule in case.protocol.medication:
        yield from _medication(case, rule, on)


# --- visits and samples -----------------------------------------------------------------------------------------------


def _visit(case: Case, one: Visit, applies: Answer) -> Iterator[Found]:
    window = _window(one)
    name = visit_called(case.protocol, one.key)
    if one.state == "missed" and applies.verdict is Verdict.UNKNOWN:
        yield _unknown_whether(one.encounter, "visit missed", one.latest, one.key, applies)
    elif one.state == "missed":
        says = f"{name} was due on {one.due}, {window}, and was not done."
        yield _of_visit("visit missed", one.latest, says, one, "not done", _event(case, one), do="Say why, if known.")
    elif one.done_on and one.done_on > one.latest:
        says = f"{name} was done on {one.done_on}, outside its window: {window}."
        late = (one.done_on - one.latest).days
        yield _of_visit("late visit", one.done_on, says, one, str(one.done_on), _event(case, one), days_late=late)
    elif one.done_on and one.done_on < one.earliest and not _before_a_delay(case, one, one.done_on):
        says = f"{name} was done on {one.done_on}, outside its window: {window}."
        yield _of_visit("early visit", one.done_on, says, one, str(one.done_on), _event(case, one))


def _before_a_delay(case: Case, one: Visit, done_on: date) -> bool:
    """Whether a visit was in its window by the day the course was planned for, before that was put off."""
    number = 1 if one.encounter.anchor == "first_dose" else one.course
    if number is None or one.encounter.anchor not in ("first_dose", "course"):
        return False
    begun = {course.number: course.day_1 for course in reversed(case.courses(date.max))}
    planned = _planned_day_1(case, number, begun.get(number - 1))
    if number not in begun or planned is None:
        return False
    delay = begun[number] - planned
    return delay.days > 0 and one.earliest - delay <= done_on


def _planned_day_1(case: Case, course: int, before: date | None) -> date | None:
    """The day a course was planned for: the first one at registration, another by the day 1 of the one before."""
    if course == 1:
        registered = case.record.registered
        return registered.planned_first_dose if registered else None
    regimens = case.protocol.regimens_of(case.record.arm)
    return regimens[0].cycle.after(before) if regimens and before else None


def _of_visit(
    kind: str, on: date, says: str, one: Visit, done: str, event: str, do: str = "", days_late: int | None = None
) -> Deviation:
    planned = f"{one.due} ({_window(one)})"
    return Deviation(
        kind,
        on,
        says,
        one.encounter.id,
        because=one.because,
        do=do,
        about=one.key,
        planned=planned,
        done=done,
        event=event,
        days_late=days_late,
    )


def _window(one: Visit) -> str:
    return f"{one.earliest} to {one.latest}" if one.earliest < one.latest else f"{one.due} alone"


def _event(case: Case, one: Visit) -> str:
    """The entry that says the visit was done or not; nothing where only the calendar says it."""
    keys = (one.key, f"{one.key}.{one.course}")
    told = [seen.event.id for seen in observations(case.record, "visit") if seen.instance in keys]
    there = (event for key in dict.fromkeys(keys) for event in _forms_by_encounter(case).get(key, ()))
    first = min(there, key=lambda event: (event.occurred, event.id), default=None)
    return told[-1] if told else first.id if first else ""


def _forms_by_encounter(case: Case) -> Mapping[str, Sequence[Event]]:
    """The forms that brought something, by the encounter they name."""
    if ("forms by encounter",) not in case.memo:
        found: dict[str, list[Event]] = {}
        for form in case.record.forms:
            found.setdefault(form.encounter, []).append(form)
        case.memo["forms by encounter",] = found
    known: Mapping[str, Sequence[Event]] = case.memo["forms by encounter",]
    return known


def _unknown_whether(encounter: Encounter, kind: str, on: date, about: str, applies: Answer) -> Untold:
    because = f"it is not known whether {encounter.label} applies to this subject: {applies.why}"
    return Untold(kind, on, because, encounter.id, about, applies.missing)


def _sample(case: Case, one: Sample, applies: Answer) -> Iterator[Found]:
    if one.state != "missed":
        return
    if applies.verdict is Verdict.UNKNOWN:
        yield _unknown_whether(one.visit.encounter, "sample not taken", one.visit.latest, one.key, applies)
        return
    says = f"{sample_called(case.protocol, one.key)} was planned for {one.visit.due} and was not taken."
    told = [seen.event.id for seen in observations(case.record, "specimen") if seen.instance == one.key]
    yield Deviation(
        "sample not taken",
        one.visit.latest,
        says,
        one.specimen.id,
        because=one.because,
        about=one.key,
        planned=f"{one.visit.due} ({_window(one.visit)})",
        done="not taken",
        event=told[-1] if told else "",
    )


def _samples_elsewhere(case: Case, on: date) -> Iterator[Found]:
    """A sample of a sub-study that was taken at a site which has no part in it."""
    sites = {one.id: one.sites for one in case.protocol.design.substudies}
    planned = {one.id: one for one in case.protocol.specimens if one.substudy}
    for taken in observations(case.record, "specimen", on):
        specimen: Specimen | None = planned.get(taken.text("specimen"))
        at = sites.get(specimen.substudy or "", ()) if specimen else ()
        if specimen and taken.yes("collected") and at and case.record.site not in at:
            says = f"{specimen.label} was taken at site {case.record.site}; its sub-study is for {', '.join(at)} alone."
            yield Deviation(
                "sample outside its sites",
                taken.on.earliest,
                says,
                specimen.id,
                because=(Because(specimen.id, specimen.words, says),),
                about=taken.instance,
                planned=", ".join(at),
                done=case.record.site,
                event=taken.event.id,
            )


def _custody(case: Case, on: date) -> Iterator[Found]:
    """What went wrong on a specimen's way, as `specimens` finds it, each from the entry that says it."""
    for found in custody_findings(case, on):
        clause = case.protocol.clause(found.clause) if found.clause else None
        if clause is None:
            continue
        event = case.record.event(found.about)
        yield Deviation(
            "specimen handled otherwise",
            event.occurred if event else on,
            found.says,
            clause.id,
            because=(Because(clause.id, clause.words, found.says),),
            do=found.do,
            about=f"{clause.id}.{found.about}",
            done=found.says,
            event=found.about,
        )


# --- duties -----------------------------------------------------------------------------------------------------------


def _duty(case: Case, one: Duty, on: date) -> Iterator[Found]:
    """A duty that has begun, such as contraception, and was not promised."""
    if one.start is None or one.start > on or known_on(case.record, on).registered is None:
        return
    clause, kind = one.obligation, "duty not promised"
    if one.applies & ~one.promised is Verdict.MET:
        saw = f"It binds from {one.start}, and the answer to {clause.commitment} is no."
        yield Deviation(
            kind,
            one.start,
            f"{clause.id}: {saw}",
            clause.id,
            because=(Because(clause.id, clause.words, saw),),
            do="Tell the investigator before the next dose.",
            about=clause.id,
            planned=f"promised by {one.start}",
            done="not promised",
        )
    elif one.applies & ~one.promised is Verdict.UNKNOWN:
        lacks = (
            "whether it binds this subject" if one.applies is Verdict.UNKNOWN else f"the answer to {clause.commitment}"
        )
        yield Untold(kind, one.start, f"{lacks} is not known", clause.id, clause.id, (clause.commitment,))


# --- medication -------------------------------------------------------------------------------------------------------


def _medication(case: Case, rule: MedicationRule, on: date) -> Iterator[Found]:
    period = _period(case, rule, on)
    if period is None:
        return
    recorded = observations(case.record, _concept(case, rule), on)
    instances = {(one.event.id, one.text("code")): one.instance for one in recorded}
    for one in case.facts(on).episodes(rule.prohibits):
        verdict = _overlaps(one, *period)
        if verdict is not Verdict.NOT_MET and not (one.code and _is_allowed(case, rule, one.code)):
            about = f"{rule.id}.{instances.get((one.event, one.code), one.code)}"
            yield _taken(rule, one, verdict, period, about)


def _taken(rule: MedicationRule, one: Episode, verdict: Verdict, period: tuple[date, date], about: str) -> Found:
    end = one.end or ("now" if one.ongoing else "an unknown date")
    told = f"{one.code or 'an agent without a code'} from {one.start or 'an unknown date'} to {end}"
    day = max(one.start.earliest if one.start else period[0], period[0])
    if not one.code or not one.classified:
        why = f"no set of the protocol names {one.code}" if one.code else "its code is not recorded"
        because = f"{told} may be prohibited: {why} ({rule.words})"
        return Untold("prohibited medication", day, because, rule.id, about, ("what kind of agent it is",))
    if verdict is Verdict.UNKNOWN:
        because = f"{told} may or may not have been taken from {period[0]} to {period[1]}, while it was prohibited"
        return Untold("prohibited medication", day, because, rule.id, about, (f"dates of {one.code}",))
    says = f"{told}: prohibited from {period[0]} on ({rule.words})."
    return Deviation(
        "prohibited medication",
        day,
        says,
        rule.id,
        because=(Because(rule.id, rule.words, told),),
        about=about,
        planned=f"none from {period[0]}",
        done=told,
        event=one.event,
    )


def _concept(case: Case, rule: MedicationRule) -> str:
    return codes_of(rule.prohibits, {one.id: one for one in case.protocol.sets}).concept


def _period(case: Case, rule: MedicationRule, on: date) -> tuple[date, date] | None:
    """The days on which the rule holds: from first dose to the end of treatment, or from registration on."""
    anchors, courses = case.anchors(on), case.courses(on)
    first = courses[0].day_1 if courses else None
    start = first if rule.during == "treatment" else anchors.get("registration")
    return (start, min(on, anchors.get("end_of_treatment", on))) if start else None


def _overlaps(one: Episode, start: date, end: date) -> Verdict:
    begun = one.start.on_or_before(end) if one.start else Verdict.UNKNOWN
    if one.end is not None:
        return begun & one.end.on_or_after(start)
    inside = one.start.on_or_after(start) if one.start else Verdict.UNKNOWN
    return begun & (Verdict.of(True if one.ongoing else None) | inside)


def _is_allowed(case: Case, rule: MedicationRule, code: str) -> bool:
    sets = {one.id: one for one in case.protocol.sets}
    return any(code == name or (name in sets and code in codes_of(name, sets)) for name in rule.allowed)
