"""What an amendment means for the people in the trial: who is on which version, and who would be judged differently.

The same subject is judged under both versions on one day: entry while it is screened, today's dose, the visits that are
planned, what each collects, the samples. Nobody is moved by an amendment: a subject stays on its version until an event
moves it, after consent to the new one. Read `amendment`, then `COMPARED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.conduct.trial import Trial, assessed_case, bare_case
from trialwright.core.disposition import disposition
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.protocol import Epoch
from trialwright.core.schedule import Visit, sample_called, samples, visit_called, visits
from trialwright.core.subject import (
    Case,
    StudyRecord,
    SubjectRecord,
    consent_to_version,
    criteria_called,
    labels_of,
)
from trialwright.core.terms import Verdict


@dataclass(frozen=True)
class AnswerChange:
    """One answer that would be another under the new version: what is asked, both answers, and the clause of it."""

    what: str
    old: str
    new: str
    clause: str = ""


@dataclass(frozen=True)
class Touched:
    """One subject: the version it is on, where it stands, the answers that would change, and the consent needed.

    `consent` is empty where nothing is needed: the subject is on the new version, or has left.
    """

    subject: str
    site: str
    version: str
    epoch: str
    changes: tuple[AnswerChange, ...] = ()
    consent: str = ""


@dataclass(frozen=True)
class SiteVersions:
    """A site: the version in force, and the day on which each of the two was activated and approved there."""

    site: str
    name: str
    in_force: str | None
    activated: Mapping[str, date]
    approved: Mapping[str, date]


@dataclass(frozen=True)
class Amendment:
    """Two versions on a day: the sites, and every subject that was screened."""

    old: str
    new: str
    on: date
    sites: tuple[SiteVersions, ...]
    subjects: tuple[Touched, ...]

    def on_version(self, version: str) -> tuple[Touched, ...]:
        """The registered subjects on a version."""
        entered = [one for one in self.subjects if one.epoch not in ENTERING]
        return tuple(one for one in entered if one.version == version)


ENTERING = (Epoch.SCREENING.value, Epoch.NOT_REGISTERED.value)


def amendment(trial: Trial, study: StudyRecord, old: str, new: str, on: date) -> Amendment:
    """What two versions mean for the sites and the subjects of a trial on a day."""
    sites = tuple(_site(study, name, label, old, new, on) for name, label in _sites(trial, old, new).items())
    seen = [record for _, record in sorted(study.subjects.items())]
    return Amendment(old, new, on, sites, tuple(_touched(trial, study, one, old, new, on) for one in seen))


def _sites(trial: Trial, old: str, new: str) -> dict[str, str]:
    return {one.id: one.name for version in (old, new) for one in trial.versions[version].design.sites}


def _site(study: StudyRecord, site: str, name: str, old: str, new: str, on: date) -> SiteVersions:
    known = study.sites.get(site)
    told = [one for one in known.activations if one.occurred <= on] if known else []
    first = {one.version: one for one in reversed(told)}
    return SiteVersions(
        site,
        name,
        known.version_in_force(on) if known else None,
        {one: first[one].occurred for one in (old, new) if one in first},
        {one: first[one].approved_on for one in (old, new) if one in first},
    )


def _touched(trial: Trial, study: StudyRecord, record: SubjectRecord, old: str, new: str, on: date) -> Touched:
    """One subject under both versions; who has left, or is on the new one already, is compared no more."""
    version = trial.version_of(study, record, on)
    case = _case(trial, study, record, version, on)
    place = disposition(case, on)
    told = Touched(record.subject, record.site_on(on), version, place.epoch.value)
    if version != old or place.epoch in (Epoch.OFF_STUDY, Epoch.NOT_REGISTERED):
        return told
    before, after = (case if one == version else _case(trial, study, record, one, on) for one in (old, new))
    changes = tuple(change for compare in COMPARED for change in compare(before, after, on))
    consent = _consent(study, record, new, on)
    return Touched(told.subject, told.site, version, told.epoch, changes, consent)


def _case(trial: Trial, study: StudyRecord, record: SubjectRecord, version: str, on: date) -> Case:
    return assessed_case(bare_case(trial, study, record, version), trial.standards[version], on)[0]


def _consent(study: StudyRecord, record: SubjectRecord, new: str, on: date) -> str:
    """What stands between the subject and the new version: approval at its site, consent, the move itself."""
    given = consent_to_version(record, new, on)
    approved = study.site_of(record).approved(new, on)
    if approved is None:
        return f"version {new} is not approved and activated at {record.site_on(on)} yet"
    if given is None:
        return f"consent to version {new} is needed first"
    return f"consented to version {new} on {given}; may be moved"


# --- what is compared -------------------------------------------------------------------------------------------------


def _entry(before: Case, after: Case, on: date) -> Iterator[AnswerChange]:
    """Eligibility, while the subject is screened: each criterion that would be answered otherwise."""
    if disposition(before, on).epoch is not Epoch.SCREENING:
        return
    old, new = judge_eligibility(before, on), judge_eligibility(after, on)
    if old.word != new.word:
        yield AnswerChange("eligibility", old.word, new.word)
    were, are = ({one.id: one.verdict for one in each.criteria} for each in (old, new))
    labels = {**criteria_called(before), **criteria_called(after)}
    for name in dict.fromkeys((*were, *are)):
        ones = [_verdict(each.get(name)) for each in (were, are)]
        if ones[0] != ones[1]:
            yield AnswerChange(f"criterion {labels.get(name, name)}", ones[0], ones[1], name)


def _verdict(verdict: Verdict | None) -> str:
    return "not asked" if verdict is None else verdict.value


def _doses(before: Case, after: Case, on: date) -> Iterator[AnswerChange]:
    """Today's dose of each drug of either version, with the clause that decides under the new one."""
    were, are = _decisions(before, on), _decisions(after, on)
    for drug in dict.fromkeys((*were, *are)):
        old, new = were.get(drug), are.get(drug)
        if _dose_words(old) != _dose_words(new):
            yield AnswerChange(f"{drug} today", _dose_words(old), _dose_words(new), new.won or "" if new else "")


def _decisions(case: Case, on: date) -> dict[str, DoseDecision]:
    return {one.drug: decide_dose(case, one, on) for one in case.protocol.regimens_of(case.record.arm)}


def _dose_words(said: DoseDecision | None) -> str:
    if said is None:
        return "not given"
    if said.action == "give":
        return f"{said.dose} {said.frequency}, {said.first_day} to {said.last_day}"
    return f"{said.action}: {said.reason}" if said.reason else said.action


OPEN = ("due", "overdue", "coming")
"""Visits that are still to be made."""


def _visits(before: Case, after: Case, on: date) -> Iterator[AnswerChange]:
    """Visits that would be added, dropped or moved, and what a visit would collect more or less."""
    were, are = (_open_visits(case, on) for case in (before, after))
    for key in dict.fromkeys((*were, *are)):
        old, new = were.get(key), are.get(key)
        one = new or old
        if old and new:
            yield from _same_visit(before, after, old, new)
        elif one:
            told = _visit_words(before, old), _visit_words(after, new)
            yield AnswerChange(_name(after if new else before, one), *told, one.encounter.id)


def _open_visits(case: Case, on: date) -> dict[str, Visit]:
    return {one.key: one for one in visits(case, on) if one.state in OPEN}


def _same_visit(before: Case, after: Case, old: Visit, new: Visit) -> Iterator[AnswerChange]:
    if (old.due, old.earliest, old.latest) != (new.due, new.earliest, new.latest):
        told = _visit_words(before, old), _visit_words(after, new)
        yield AnswerChange(_name(after, new), *told, new.encounter.id)
    collected = [set(one.encounter.collect) for one in (old, new)]
    more, less = _labels(after, collected[1] - collected[0]), _labels(before, collected[0] - collected[1])
    if more or less:
        told = f"no longer {less}" if less else "", f"also {more}" if more else ""
        form = f"form at {visit_called(after.protocol, new.key)}"
        yield AnswerChange(form, "as it is", "; ".join(one for one in told if one), new.encounter.id)


def _name(case: Case, one: Visit) -> str:
    return f"visit {visit_called(case.protocol, one.key)}"


def _labels(case: Case, concepts: Iterable[str]) -> str:
    """What is collected, as people call it."""
    labels = labels_of(case)
    return ", ".join(labels.get(name, name) for name in sorted(concepts))


def _visit_words(case: Case, one: Visit | None) -> str:
    if one is None:
        return "none"
    window = f" ({one.earliest} to {one.latest})" if one.earliest < one.latest else ""
    collects = f", collects {_labels(case, one.encounter.collect)}" if one.encounter.collect else ""
    return f"{one.due}{window}{collects}"


def _samples(before: Case, after: Case, on: date) -> Iterator[AnswerChange]:
    were, are = ({one.key: one for one in samples(case, on) if one.state in OPEN} for case in (before, after))
    for key in dict.fromkeys((*were, *are)):
        if (key in were) != (key in are):
            protocol = (after if key in are else before).protocol
            at = f"due at {visit_called(protocol, key.partition('.')[2])}"
            told = [at if key in each else "none" for each in (were, are)]
            what = f"sample {sample_called(protocol, key)}"
            yield AnswerChange(what, told[0], told[1], (are.get(key) or were[key]).specimen.id)


Compare = Callable[[Case, Case, date], Iterator[AnswerChange]]
COMPARED: tuple[Compare, ...] = (_entry, _doses, _visits, _samples)
"""What is asked under both versions."""
