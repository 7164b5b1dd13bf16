"""What a form would mean before it is saved: what is unlikely and asked about, and what follows by the rules.

A value that cannot be is refused by `conduct.facts`; one that is unlikely is asked about here and saved once somebody
has said why it is right. What follows is the status of the subject with the form against the status without it: the
same judgement as everywhere, made on a record that nobody has saved. Read `unlikely`, then `foreseen`, `CONSEQUENCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.casebook.naming import names_whom, takes_words
from trialwright.core.casebook.plausibility import side_of
from trialwright.core.casebook.reading import finding
from trialwright.core.casebook.values import Form, Item
from trialwright.core.conduct import SubjectStatus, Trial, subject_status
from trialwright.core.dosing import DoseDecision
from trialwright.core.ledger import Change, Event
from trialwright.core.subject import StudyRecord, SubjectRecord, advance
from trialwright.core.terms import Because, Finding, PartialDate, Severity, UnitTable, Verdict

# --- unlikely ---------------------------------------------------------------------------------------------------------


def unlikely(form: Form, changes: Iterable[Change], units: UnitTable) -> tuple[Finding, ...]:
    """Every value that is outside what is plausible for its field, with the range; words that may name the patient.

    A visit before the person came to screening is asked about too: most often the year is that of another visit.
    """
    found = [(item, change) for change in changes if (item := form.by_path.get(change.path)) is not None]
    told = (_too_early(form, item, change) or _unlikely(item, change, units) for item, change in found)
    return tuple(one for one in told if one)


def _too_early(form: Form, item: Item, change: Change) -> Finding | None:
    """The day of a visit before the person came to screening; on that day, or perhaps on it, it is likely."""
    if form.since is None or (item.concept.id, item.name) != ("visit", "on") or not isinstance(change.new, str):
        return None
    day = PartialDate.parse(change.new)
    if day.latest >= form.since:
        return None
    says = f"{day} is unusual; the person came to screening on {form.since}"
    asked = finding(item, says, "Correct it, or say why it is right.")
    return replace(asked, severity=Severity.WARNING, matters="Every value of the form would be of that day.")


def _unlikely(item: Item, change: Change, units: UnitTable) -> Finding | None:
    """Below or above the plausible range, counted in the usual unit; both ends are plausible."""
    if takes_words(item.field):
        return _names(item, change)
    if item.field.plausible is None or not side_of(item.field, change.new, units, item.concept.id):
        return None
    unit = item.field.unit if item.field.unit not in (None, "1") else ""
    usual = f"{item.field.plausible[0]} to {item.field.plausible[1]} {unit}".strip()
    says = f"{change.new} is unusual; {usual} would be usual"
    asked = finding(item, says, "Correct it, or say why it is right.")
    return replace(asked, severity=Severity.WARNING, matters="A slip here would be taken for a finding of the patient.")


def _names(item: Item, change: Change) -> Finding | None:
    """What looks as if it told who the patient is; it is not said again, since others read the question."""
    what = names_whom(change.new) if isinstance(change.new, str) else ""
    if not what:
        return None
    asked = finding(item, f"The words hold what looks like {what}.", "Take it out, or say why it names no patient.")
    matters = "Words of a form are read by people of the whole trial, and stay in its record."
    return replace(asked, severity=Severity.WARNING, matters=matters)


# --- what follows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consequence:
    """One answer that is another with the form: what kind of answer, in words, and the clauses it stands on.

    `verdict` is not met where it stands in the way of something, unknown where it leaves something open.
    """

    kind: str
    about: str
    says: str
    because: tuple[Because, ...] = ()
    verdict: Verdict | None = None


def foreseen(trial: Trial, study: StudyRecord, events: Iterable[Event], on: date) -> Mapping[str, SubjectStatus]:
    """The status of each subject of the events as it would be with them; the study itself stays as it is."""
    subjects: dict[str, SubjectRecord] = {}
    seq = study.last_seq
    for event in events:
        seq += 1
        name = event.subject or ""
        known = subjects.get(name) or study.subjects.get(name)
        if known is not None:
            subjects[name] = advance(known, replace(event, seq=seq, id=event.id or f"typed-{seq}"))
    imagined = replace(study, subjects={**study.subjects, **subjects}, last_seq=seq)
    return {name: subject_status(trial, imagined, name, on) for name in subjects}


def consequences(before: SubjectStatus, after: SubjectStatus) -> tuple[Consequence, ...]:
    """Every answer that is another after than before, what matters most for the patient first."""
    return tuple(dict.fromkeys(one for compare in CONSEQUENCES for one in compare(before, after)))


def _doses(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """Today's dose of each drug, and the course that does or does not start."""
    for drug, said in after.doses.items():
        old = before.doses.get(drug)
        if old is None or dose_words(old) != dose_words(said):
            stands = Verdict.NOT_MET if said.action in ("hold", "stop") else None
            stands = Verdict.UNKNOWN if said.action == "wait" else stands
            yield Consequence("dose", drug, f"{drug}: {dose_words(said)}", said.because, stands)


def dose_words(said: DoseDecision) -> str:
    """A decision about a dose in one line."""
    course = f"course {said.course}" if said.course else ""
    if said.action == "give":
        told = f"{said.dose} {said.frequency}".strip()
        days = f", {said.first_day} to {said.last_day}" if said.first_day and said.last_day else ""
        return ", ".join(part for part in (course, told) if part) + days
    words = {"hold": "hold", "wait": "wait for data", "stop": "stop", "rest": "rest", "none": "not given"}
    does_not = "does not start" if said.starts_course and said.action in ("hold", "wait") else ""
    told = " ".join(part for part in (course, does_not) if part)
    return ": ".join(part for part in (told, words.get(said.action, said.action), said.reason) if part)


def _grades(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """Each toxicity whose grade now is another."""
    were = {one.term: one for one in before.grade_answers}
    for one in after.grade_answers:
        old = were.get(one.term)
        if old is None or (old.current, old.worst, old.now) != (one.current, one.worst, one.now):
            told = str(one.current) if one.current else one.now
            stands = Verdict.UNKNOWN if one.current is None and one.ground.missing else None
            yield Consequence("grade", one.term, f"{one.term}: {told}", one.ground.because, stands)


def _entry(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """Each criterion that is answered otherwise, and what they come to."""
    if after.eligibility is None:
        return
    were = {one.id: one.verdict for one in before.eligibility.criteria} if before.eligibility else {}
    if before.eligibility is None or before.eligibility.word != after.eligibility.word:
        verdict = after.eligibility.verdict
        yield Consequence("eligibility", "eligibility", after.eligibility.word, (), verdict)
    for one in after.eligibility.criteria:
        if were.get(one.id) is not one.verdict:
            old = were[one.id].value if one.id in were else "not asked"
            says = f"{after.labels.get(one.id, one.id.replace('_', ' '))}: {one.verdict.value} (before: {old})"
            yield Consequence("criterion", one.id, says, one.because, one.verdict)


def _treatment(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """Where the subject stands, and whether treatment goes on."""
    if before.disposition.epoch is not after.disposition.epoch or before.disposition.to_end != after.disposition.to_end:
        told = after.disposition.to_end or after.disposition.why
        yield Consequence("treatment", "disposition", f"{after.disposition.epoch.value}: {told}")
    now = after.continuation
    if (before.continuation.action, before.continuation.reason) != (now.action, now.reason):
        told = f"{now.action}: {now.reason}" if now.reason else now.action
        yield Consequence("treatment", "continuation", f"treatment: {told}", now.because)


def _responses(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    were = {(one.encounter, one.on): one.response for one in before.assessments}
    for one in after.assessments:
        if were.get((one.encounter, one.on)) is not one.response:
            because = (Because("response", one.words, one.why),)
            yield Consequence("response", one.encounter, f"response on {one.on}: {one.response.value}", because)


def _clocks(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    were = {one.id: (one.state, one.due) for one in before.clocks}
    for one in after.clocks:
        if were.get(one.id) != (one.state, one.due):
            yield Consequence("clock", one.id, one.says, one.because, Verdict.NOT_MET if one.open else None)


def _visits(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """Visits and samples that are due now and were not."""
    were = {one.key for one in before.due} | {one.key for one in before.samples}
    for visit in after.due:
        if visit.key not in were:
            yield Consequence("visit", visit.key, f"{visit.state}: {visit.encounter.label}", visit.because)
    for sample in after.samples:
        if sample.key not in were:
            yield Consequence("visit", sample.key, f"{sample.state}: {sample.specimen.label}", sample.because)


def _deviations(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    were = {(one.id, one.says) for one in before.deviations}
    for one in after.deviations:
        if (one.id, one.says) not in were:
            yield Consequence("deviation", one.id, one.says, one.because, Verdict.NOT_MET)


def _findings(before: SubjectStatus, after: SubjectStatus) -> Iterator[Consequence]:
    """What contradicts something else, or cannot be used as it was typed."""
    were = {one.says for one in before.findings}
    for one in after.findings:
        if one.says not in were:
            yield Consequence("finding", one.about, one.says, (), Verdict.UNKNOWN)


Compare = Callable[[SubjectStatus, SubjectStatus], Iterator[Consequence]]
CONSEQUENCES: tuple[Compare, ...] = (
    _doses,
    _treatment,
    _grades,
    _entry,
    _responses,
    _clocks,
    _findings,
    _deviations,
    _visits,
)
"""What is compared, in the order in which it is told."""
