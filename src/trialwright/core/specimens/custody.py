"""The chain of custody of each specimen of a subject: where it is, what was done with it, what is next, what is wrong.

A specimen that was divided has a line for each aliquot; what was done with the whole belongs to all of them. What is
next is what the protocol asks for and has not been done: its handling, its assays, its storage; once destruction is due
nothing else is. Read `custody_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from trialwright.core.protocol import CUSTODY_STEPS, Handling, Specimen
from trialwright.core.schedule import Sample, samples
from trialwright.core.specimens.checking import Line, findings_of, unsettled
from trialwright.core.specimens.steps import Step, steps_of
from trialwright.core.specimens.storage import Destruction, consent_to_storage, destruction_due
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Because, Evidence, Finding, Severity, Verdict

CUSTODY_STATES: tuple[str, ...] = ("planned", "not collected", *CUSTODY_STEPS, "lost")
"""What a specimen can be on a day."""
OVER = ("not collected", "destroyed", "lost")


@dataclass(frozen=True)
class NextStep:
    """What is to be done with a specimen next, by when where that is told, and whether that time is over.

    `time` is the time of the day in `due`, where the limit is one of hours.
    """

    step: str
    aliquot: str
    due: date | None
    time: str
    overdue: bool
    because: Because


@dataclass(frozen=True)
class Custody:
    """One specimen of a subject: its state, where it is, every step, what is next, what is wrong, what was not told.

    `sample` is what was planned, None for a specimen nobody planned; `aliquots` the state of each.
    """

    key: str
    specimen: Specimen
    sample: Sample | None
    state: str
    place: str
    since: date | None
    steps: tuple[Step, ...]
    next: tuple[NextStep, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    aliquots: Mapping[str, str]
    because: tuple[Because, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The data this stands on."""
        return tuple(one.evidence for one in self.steps)


def custody_of(case: Case, on: date) -> tuple[Custody, ...]:
    """Every specimen of a subject, planned or recorded, as it stands on a day."""
    key = ("custody", on)
    if key not in case.memo:
        case.memo[key] = tuple(_custodies(case, on))
    found: tuple[Custody, ...] = case.memo[key]
    return found


def _custodies(case: Case, on: date) -> Iterator[Custody]:
    steps = steps_of(case, on)
    planned = {one.key: one for one in samples(case, on)}
    refused = {one.instance: one for one in observations(case.record, "specimen", on) if one.yes("collected") is False}
    for key in dict.fromkeys((*planned, *steps)):
        sample = planned.get(key)
        specimen = sample.specimen if sample else specimen_named(case, key)
        falls_away = sample is not None and sample.state == "does not apply" and key not in steps
        if specimen is not None and not falls_away:
            yield _custody(case, key, specimen, sample, steps.get(key, ()), refused.get(key), on)


def specimen_named(case: Case, key: str) -> Specimen | None:
    """The specimen a sample key begins with."""
    return next((one for one in case.protocol.specimens if key.partition(".")[0] == one.id), None)


def _custody(
    case: Case,
    key: str,
    specimen: Specimen,
    sample: Sample | None,
    steps: tuple[Step, ...],
    refused: Observation | None,
    on: date,
) -> Custody:
    lines = tuple(_lines(case, key, specimen, steps, refused, on))
    states = {line.aliquot: _state(line.steps, sample) for line in lines}
    destruction = destruction_due(case, specimen, steps, on)
    last = steps[-1] if steps else None
    saw = last.words if last else _planned_words(sample)
    return Custody(
        key=key,
        specimen=specimen,
        sample=sample,
        state=_joined(states),
        place=_place(steps, case),
        since=last.at.on.exact if last else None,
        steps=steps,
        next=tuple(one for line in lines for one in _next(line, states[line.aliquot], sample, destruction)),
        findings=tuple(dict.fromkeys(one for line in lines for one in findings_of(line))),
        missing=tuple(dict.fromkeys(text for line in lines for text in unsettled(line))),
        aliquots={name: state for name, state in states.items() if name},
        because=(Because(specimen.id, specimen.words, saw),),
    )


def _planned_words(sample: Sample | None) -> str:
    return sample.because[0].saw if sample and sample.because else "nothing is recorded"


def _lines(
    case: Case, key: str, specimen: Specimen, steps: tuple[Step, ...], refused: Observation | None, on: date
) -> Iterator[Line]:
    """The whole specimen as one line, or one line for each aliquot with what was done before it was divided."""
    aliquots = tuple(sorted({one.aliquot for one in steps if one.aliquot}))
    for aliquot in aliquots or ("",):
        own = tuple(one for one in steps if one.aliquot in ("", aliquot))
        yield Line(key, aliquot, specimen, own, case, on, aliquots, refused)


def _state(steps: Sequence[Step], sample: Sample | None) -> str:
    if any(one.step == "destroyed" for one in steps):
        return "destroyed"
    if not steps:
        return "not collected" if sample is None or sample.state in ("missed", "does not apply") else "planned"
    return "lost" if any(one.condition == "lost" for one in steps) else steps[-1].step


def _joined(states: Mapping[str, str]) -> str:
    """The state of a specimen whose aliquots may differ: that of the one that still has to go the farthest."""
    going = [state for state in states.values() if state not in OVER] or list(states.values())
    return min(going, key=CUSTODY_STATES.index)


def _place(steps: Sequence[Step], case: Case) -> str:
    """Where it is: where it was last; on its way to where it was sent; the site while nobody says."""
    for one in reversed(steps):
        if one.step == "shipped":
            return f"on its way to {one.to}" if one.to else "on its way"
        if one.step == "destroyed":
            return ""
        if one.place:
            return one.place
    return case.record.site if steps else ""


# --- what is next --------------------------------------------------------------------------------------------------


def _next(line: Line, state: str, sample: Sample | None, destruction: Destruction | None) -> Iterator[NextStep]:
    if state in OVER:
        return
    if state == "planned":
        yield from _to_collect(sample, line.on)
    elif destruction is not None:
        yield NextStep("destroyed", line.aliquot, destruction.since, "", True, destruction.because)
    else:
        yield from (_step_due(line, step) for step in _open_steps(line))


def _to_collect(sample: Sample | None, on: date) -> Iterator[NextStep]:
    if sample is not None and sample.state in ("due", "overdue"):
        latest = sample.visit.latest
        yield NextStep("collected", "", latest, "", sample.state == "overdue", sample.because[0])


def expected_steps(specimen: Specimen) -> tuple[str, ...]:
    """What the protocol asks to be done with a specimen, in the usual order; how it ends is asked of `storage`."""
    wanted = {"collected", *(one.step for one in specimen.handling if one.step != "destroyed")}
    wanted |= {"assayed"} if specimen.assays else set()
    wanted |= {"stored"} if specimen.stored_for else set()
    return tuple(step for step in CUSTODY_STEPS if step in wanted)


def _open_steps(line: Line) -> tuple[str, ...]:
    """The next step on the way to the laboratory, or what is left to be done there; what is sent must be received."""
    done = {one.step for one in line.steps}
    if line.steps[-1].step == "shipped":
        return ("received",)
    left = [step for step in expected_steps(line.specimen) if step not in done and step != "collected"]
    on_the_way = [step for step in left if step in ("processed", "shipped", "received")]
    return tuple(on_the_way[:1] or left)


def _step_due(line: Line, step: str) -> NextStep:
    for asked in line.asked_of(step):
        start = next((one for one in reversed(line.steps) if one.step == asked.after), None)
        if asked.within is not None and start is not None:
            due, time = start.at.later_by(asked.within.minutes)
            saw = f"to be {step} within {asked.within} after it was {start.words}, by {due}{f' {time}' if time else ''}"
            return NextStep(step, line.aliquot, due, time, line.on > due, Because(asked.id, asked.words, saw))
    clause = next(iter(line.asked_of(step)), None) or _clause_of(line.specimen, step)
    saw = f"not yet {step}; it was {line.steps[-1].words}"
    if step == "stored":
        step, saw = _if_it_may_be_kept(line, saw)
    return NextStep(step, line.aliquot, None, "", False, Because(clause.id, clause.words, saw))


def _if_it_may_be_kept(line: Line, saw: str) -> tuple[str, str]:
    """Kept with the subject's consent; destroyed where it was refused; kept once it is asked for and given."""
    consent = consent_to_storage(line.case, line.specimen, line.on)
    if consent.verdict is Verdict.NOT_MET:
        return "destroyed", f"it may not be kept: {consent.why}"
    ask = f"; first ask whether it may be kept: {consent.why}" if consent.verdict is Verdict.UNKNOWN else ""
    return "stored", f"{saw}{ask}"


def _clause_of(specimen: Specimen, step: str) -> Handling | Specimen:
    return next((one for one in specimen.handling if one.step == step), specimen)


# --- what belongs to no specimen ------------------------------------------------------------------------------------


def custody_findings(case: Case, on: date) -> tuple[Finding, ...]:
    """Everything wrong with the specimens of a subject, and records of custody that belong to none."""
    known = tuple(finding for one in custody_of(case, on) for finding in one.findings)
    return (*known, *_of_no_specimen(case, on))


def _of_no_specimen(case: Case, on: date) -> Iterator[Finding]:
    known = [one.id for one in case.protocol.specimens]
    for one in observations(case.record, "custody", on):
        key, step = one.text("specimen"), one.text("step")
        if step not in CUSTODY_STEPS:
            near = get_close_matches(step, CUSTODY_STEPS, 1)
            says = f"The custody record {one.instance} names the step {step or 'nothing'!r}, which is none."
            yield _stray(one, says, f"Is {near[0]} meant?" if near else f"Write one of {', '.join(CUSTODY_STEPS)}.")
        elif specimen_named(case, key) is None:
            name, _, visit = key.partition(".")
            near = [f"{each}.{visit}" for each in get_close_matches(name, known, 1)]
            says = f"The custody record {one.instance} names the specimen {key or 'nothing'!r}, which nobody planned."
            yield _stray(one, says, f"Is {near[0]} meant?" if near else "Write <specimen>.<visit>.")


def _stray(one: Observation, says: str, do: str) -> Finding:
    matters = "It belongs to no specimen, so that the way of one has a gap."
    return Finding(one.event.id, says, matters, do, severity=Severity.WARNING)
