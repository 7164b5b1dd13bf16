"""Visits outside their window or missed, samples not taken or taken where they are not planned, medication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.conditions import Episode
from trialwright.core.deviations.values import Deviation
from trialwright.core.protocol import MedicationRule, Specimen
from trialwright.core.schedule import samples, visits
from trialwright.core.subject import Case, codes_of, observations
from trialwright.core.terms import Because, Verdict


def conduct_deviations(case: Case, on: date) -> Iterator[Deviation]:
    """What is wrong with visits, samples and medication."""
    yield from _visits(case, on)
    yield from _samples(case, on)
    yield from _samples_elsewhere(case, on)
    for rule in case.protocol.medication:
        yield from _medication(case, rule, on)


def _visits(case: Case, on: date) -> Iterator[Deviation]:
    for one in visits(case, on):
        window = f"{one.earliest} to {one.latest}"
        if one.state == "missed":
            says = f"{one.encounter.label} ({one.key}) was due on {one.due}, {window}, and was not done."
            yield Deviation(
                "visit missed", one.latest, says, one.encounter.id, "minor", one.because, "Say why, if known."
            )
        elif one.done_on and not one.in_window:
            says = f"{one.encounter.label} ({one.key}) was done on {one.done_on}; its window was {window}."
            yield Deviation("visit outside its window", one.done_on, says, one.encounter.id, "minor", one.because)


def _samples(case: Case, on: date) -> Iterator[Deviation]:
    for one in samples(case, on):
        if one.state == "missed":
            says = f"{one.specimen.label} ({one.key}) was planned for {one.visit.due} and was not taken."
            yield Deviation("sample not taken", one.visit.latest, says, one.specimen.id, "minor", one.because)


def _samples_elsewhere(case: Case, on: date) -> Iterator[Deviation]:
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
                "major",
                (Because(specimen.id, specimen.words, says),),
            )


def _medication(case: Case, rule: MedicationRule, on: date) -> Iterator[Deviation]:
    period = _period(case, rule, on)
    if period is None:
        return
    for one in case.facts(on).episodes(rule.prohibits):
        verdict = _overlaps(one, *period)
        if not one.code or verdict is Verdict.NOT_MET or _is_allowed(case, rule, one.code):
            continue
        surely = verdict is Verdict.MET and one.classified
        end = one.end or ("now" if one.ongoing else "an unknown date")
        told = f"{one.code} from {one.start or 'an unknown date'} to {end}"
        says = f"{told}: {_judged(surely, one)} ({rule.words})."
        day = max(one.start.earliest if one.start else period[0], period[0])
        because = (Because(rule.id, rule.words, told),)
        yield Deviation("prohibited medication", day, says, rule.id, "major" if surely else "minor", because)


def _judged(surely: bool, one: Episode) -> str:
    if surely:
        return "prohibited"
    if not one.classified:
        return "no set of the protocol names it, so that it may be prohibited"
    return "it may have been taken while it was prohibited"


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
