"""How a status reads: for people the answer first, with its clause beside it; for programs one JSON document.

Nothing is decided here. Read `subject_words`, then `subject_document`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trialwright.cli.output import as_data, table
from trialwright.core.conduct import SubjectStatus, TrialStatus
from trialwright.core.conduct.totals import Readiness
from trialwright.core.deviations import Deviation
from trialwright.core.dosing import ContinuationDecision, DoseDecision, RuleOutcome
from trialwright.core.eligibility import Eligibility
from trialwright.core.schedule import Sample, Visit
from trialwright.core.terms import Because, Verdict

WIDTH = 96
AT_LENGTH = 3
"""So many deviations of one kind and day are told at length; more of them by clause."""


# --- for people ----------------------------------------------------------------------------------------------------


def subject_words(said: SubjectStatus, known_to: int, head: str) -> str:
    """One subject on one screen: where it stands, what dose, what is due, what is wrong."""
    parts = [
        *_heading(said, known_to, head),
        *_entry(said.eligibility),
        *(line for decision in said.doses.values() for line in dose_words(decision)),
        *_continuation(said),
        *_due(said),
        *_disease(said),
        *_deviations(said),
        *_next(said),
    ]
    return "\n".join(parts)


def _heading(said: SubjectStatus, known_to: int, head: str) -> Iterator[str]:
    arm = f", arm {said.arm}" if said.arm else ""
    yield f"{said.subject} at {said.site}{arm}, on {said.on}"
    yield f"protocol version {said.version}; known up to event {known_to}; ledger head {head}"
    yield ""
    place = said.disposition
    since = f" since {place.since}" if place.since else ""
    course = f"; course {said.course}, day {said.day}" if said.course and place.off_treatment is None else ""
    yield f"{place.epoch.value.upper()}{since}: {place.why}{course}"
    if place.to_end:
        yield f"TREATMENT IS TO END: {place.to_end}"


def _entry(said: Eligibility | None) -> Iterator[str]:
    if said is None:
        return
    yield ""
    yield f"ELIGIBILITY: {said.word}"
    yield from eligibility_lines(said)


def eligibility_lines(said: Eligibility) -> Iterator[str]:
    """What stands against entry, then what is missing, then how many criteria are met."""
    for verdict in (Verdict.NOT_MET, Verdict.UNKNOWN):
        for one in said.criteria:
            if one.verdict is verdict:
                saw = "; ".join(each.saw for each in one.because if each.saw)
                yield from _folded(f"  {verdict.value:8}{one.id}: {saw}", 10)
                yield from _folded(f'          "{one.because[0].words}"' if one.because else "", 10)
    met = sum(one.verdict is Verdict.MET for one in said.criteria)
    yield f"  met     {met} of {len(said.criteria)} criteria"


def dose_words(said: DoseDecision) -> Iterator[str]:
    """The dose first, why, what is missing, and every rule that was looked at."""
    yield ""
    line = dose_line(said)
    yield from _folded(f"{said.drug}: {line}", 2)
    yield from _reasons(one for one in said.because if one.clause or one.saw not in line)
    if said.missing:
        yield from _folded(f"  missing: {', '.join(said.missing)}", 11)
    if said.next_check:
        yield f"  next: {said.next_check}"
    yield from _rules(said.fired)


def dose_line(said: DoseDecision) -> str:
    """The answer in one line."""
    match said.action:
        case "give":
            begins = (
                f" (starts course {said.course})" if said.starts_course else f" (course {said.course}, day {said.day})"
            )
            how = " ".join(filter(None, (str(said.dose), said.route, said.frequency)))
            return f"GIVE {how}, from {said.first_day} to {said.last_day}{begins}"
        case "rest":
            return f"NO DOSE, rest: {said.reason}; course {(said.course or 0) + 1} not before {said.next_check}"
        case "hold":
            return f"HOLD since {said.since}: {said.reason}"
        case "wait":
            return f"WAIT, no dose yet: {said.reason}"
        case "stop":
            return f"STOP, no further dose: {said.reason}"
    return f"none: {said.reason}"


def _reasons(because: Iterable[Because]) -> Iterator[str]:
    """Each reason with its words; what was seen is said once."""
    said = ""
    for one in because:
        words = f' "{one.words}"' if one.words else ""
        saw = f"; {one.saw}" if one.saw and one.saw != said else ""
        said = one.saw
        yield from _folded(f"  because {one.clause}:{words}{saw}" if one.clause else f"  because {one.saw}", 10)


def _rules(fired: tuple[RuleOutcome, ...]) -> Iterator[str]:
    """What decided or could decide in full; what came out as it should, by name."""
    telling = [
        one for one in fired if one.verdict is Verdict.UNKNOWN or (one.verdict is Verdict.MET) is not is_gate(one)
    ]
    if telling:
        yield "  what was looked at, and speaks against a dose or is unknown:"
    for one in telling:
        yield from _folded(f"    {_mark(one):12}{one.clause} ({one.action}): {one.saw or 'nothing seen'}", 16)
    fine = [one for one in fired if one not in telling]
    for title, some in (("rules not fired", False), ("gates met", True)):
        names = [one.clause for one in fine if is_gate(one) is some]
        if names:
            yield from _folded(f"  {title}: {', '.join(names)}", 4)


def is_gate(one: RuleOutcome) -> bool:
    """A gate opens when it is met; a rule acts when it is."""
    return " only when " in one.action


def _mark(one: RuleOutcome) -> str:
    return "UNKNOWN" if one.verdict is Verdict.UNKNOWN else "NOT MET" if is_gate(one) else "FIRED"


def _continuation(said: SubjectStatus) -> Iterator[str]:
    going: ContinuationDecision = said.continuation
    if said.course is None or said.disposition.off_treatment:
        return
    yield ""
    left = f", {going.courses_left} more" if going.courses_left is not None else ""
    yield f"TREATMENT: {going.action}{left}: {going.reason}"
    yield from _reasons(going.because)
    if going.missing:
        yield f"  missing: {', '.join(going.missing)}"


def _due(said: SubjectStatus) -> Iterator[str]:
    yield ""
    rows = [(one.encounter.label, one.due, f"{one.earliest} to {one.latest}", one.state) for one in said.due]
    rows += [(f"sample: {one.specimen.label}", one.visit.due, "with its visit", one.state) for one in said.samples]
    ahead = [] if rows else list(said.coming[:1])
    rows += [(one.encounter.label, one.due, f"{one.earliest} to {one.latest}", one.state) for one in ahead]
    yield "DUE" if not ahead and rows else "NOTHING DUE"
    if rows:
        yield textwrap.indent(table(["what", "due", "window", "state"], rows), "  ")


def _disease(said: SubjectStatus) -> Iterator[str]:
    if said.assessments:
        yield ""
        last = said.assessments[-1]
        yield from _folded(f"RESPONSE: {last.response.value} on {last.on}: {last.why}", 2)
        if said.best:
            yield from _folded(f"  best: {said.best.why}", 8)
    if said.grades:
        yield ""
        worst = ", ".join(f"{term} {grade or 'unknown'}" for term, grade in sorted(said.grades.items()))
        yield from _folded(f"WORST GRADES under treatment: {worst}", 2)


def _deviations(said: SubjectStatus) -> Iterator[str]:
    if not said.deviations:
        return
    yield ""
    yield f"DEVIATIONS: {len(said.deviations)}"
    alike: dict[tuple[Any, ...], list[Deviation]] = {}
    for one in said.deviations:
        alike.setdefault((one.on, one.severity, one.kind), []).append(one)
    for (on, severity, kind), some in alike.items():
        if len(some) > AT_LENGTH:
            told = ", ".join(one.clause for one in some)
            yield from _folded(f"  {on}  {severity:6}{kind}, {len(some)} times: {told}", 14)
        else:
            for one in some:
                yield from _folded(f"  {on}  {severity:6}{kind} ({one.clause}): {one.says}", 14)


def _next(said: SubjectStatus) -> Iterator[str]:
    yield ""
    changes = said.next_change
    yield f"This changes by itself on {changes}." if changes else "Nothing of this changes by itself."


def _folded(line: str, indent: int) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=" " * indent, drop_whitespace=True, break_long_words=False)


def trial_words(said: TrialStatus, head: str, listed: Sequence[Mapping[str, Any]] = ()) -> str:
    """The trial on one screen, then every subject with where it stands."""
    lines = [
        f"The trial on {said.on}; known up to event {said.known_to}; ledger head {head}",
        "",
        f"{said.registered} of {said.planned} planned subjects registered; {said.screened} screened, "
        f"{said.treated} treated",
    ]
    for title, counts in _counts(said):
        if counts:
            rows = [(name, count) for name, count in counts.items()]
            lines += ["", textwrap.indent(table([title, "subjects"], rows), "  ")]
    if said.readiness:
        ready = [(one.endpoint, _state(one), IN_WORDS.get(one.needs, one.needs)) for one in said.readiness]
        lines += ["", textwrap.indent(table(["endpoint", "data", "time frame"], ready), "  ")]
    if listed:
        people = [(one["subject"], one["epoch"], one["since"], one["why"]) for one in listed]
        lines += ["", textwrap.indent(table(["subject", "stands in", "since", "because"], people), "  ")]
    return "\n".join(lines)


IN_WORDS = {
    "all_progressed": "until all have progressed",
    "all_progressed_or_dead": "until all have progressed or died",
    "last_safety_day": "until the last day of safety follow-up of all",
    "encounter_done": "until the last visit named is behind all",
}
"""What an endpoint waits for, where the record gives it no time frame."""


def _state(one: Readiness) -> str:
    if one.ready:
        return "ready"
    return f"waits for {one.waiting} of {one.treated}" if one.treated else "nobody treated yet"


def _counts(said: TrialStatus) -> tuple[tuple[str, Mapping[str, int]], ...]:
    return (
        ("where they stand", said.by_epoch),
        ("site", said.by_site),
        ("arm", said.by_arm),
        ("not registered because", said.screen_failures),
        ("off treatment because", said.off_treatment),
        ("off study because", said.off_study),
        ("registered in", said.accrual_by_month),
    )


# --- for programs --------------------------------------------------------------------------------------------------


def subject_document(said: SubjectStatus, known_to: int, head: str) -> dict[str, Any]:
    """The status as one JSON document; every answer has its `because`, each with clause and quote."""
    doses = [dose_document(one) for one in said.doses.values()]
    place = said.disposition
    return {
        "subject": said.subject,
        "on": said.on,
        "known_to": known_to,
        "head": head,
        "site": said.site,
        "version": said.version,
        "arm": said.arm,
        "epoch": place.epoch.value,
        "disposition": {**_plain(place), "because": [{"clause": "", "quote": "", "saw": place.why}]},
        "course": said.course,
        "day": said.day,
        "dose": doses[0] if doses else None,
        "doses": doses,
        "eligibility": eligibility_document(said.eligibility) if said.eligibility else None,
        "continuation": {**_plain(said.continuation), "because": reasons(said.continuation.because)},
        "due": [_visit_document(one) for one in said.due] + [_sample_document(one) for one in said.samples],
        "coming": [_visit_document(one) for one in said.coming],
        "grades": {term: None if grade is None else grade.number for term, grade in said.grades.items()},
        "response": _response_document(said),
        "findings": [
            *({**_plain(one), "because": reasons(one.because)} for one in said.deviations),
            *(as_data(one) for one in said.findings),
        ],
        "next_change": said.next_change,
    }


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = as_data(value)
    return found


def reasons(because: Iterable[Because]) -> list[dict[str, str]]:
    """Reasons as data: clause, quote, and what was seen."""
    return [{"clause": one.clause, "quote": one.words, "saw": one.saw} for one in because]


def dose_document(said: DoseDecision) -> dict[str, Any]:
    """A dose decision as data."""
    rules = [{**_plain(one), "verdict": one.verdict.value} for one in said.fired]
    return {**_plain(said), "because": reasons(said.because), "fired": rules, "says": dose_line(said)}


def eligibility_document(said: Eligibility) -> dict[str, Any]:
    """The verdict and every criterion."""
    return {
        "verdict": said.word,
        "criteria": [
            {
                "id": one.id,
                "verdict": one.verdict.value,
                "because": reasons(one.because),
                "evidence": as_data(one.evidence),
                "missing": list(one.missing),
            }
            for one in said.criteria
        ],
        "holds_until": said.holds_until,
    }


def _visit_document(one: Visit) -> dict[str, Any]:
    return {
        "what": one.encounter.label,
        "key": one.key,
        "due": one.due,
        "earliest": one.earliest,
        "latest": one.latest,
        "state": one.state,
        "because": reasons(one.because),
    }


def _sample_document(one: Sample) -> dict[str, Any]:
    visit = one.visit
    return {
        "what": one.specimen.label,
        "key": one.key,
        "due": visit.due,
        "earliest": visit.earliest,
        "latest": visit.latest,
        "state": one.state,
        "because": reasons(one.because),
    }


def _response_document(said: SubjectStatus) -> dict[str, Any] | None:
    if not said.assessments:
        return None
    last = said.assessments[-1]
    return {
        "latest": last.response.name,
        "on": last.on,
        "because": [{"clause": "response", "quote": last.words, "saw": last.why}],
        "best": _plain(said.best) if said.best else None,
        "assessments": [{**_plain(one), "response": one.response.name} for one in said.assessments],
    }


def trial_document(said: TrialStatus, head: str, listed: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The trial's status as one JSON document."""
    return {"head": head, **_plain(said), "subjects": as_data(listed)}
