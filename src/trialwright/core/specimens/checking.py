"""What went wrong with a specimen on its way: each finding names the clause and the earlier event it goes against.

A step is never refused for being out of order: it happened. Only what is certain is found; where a time that was not
told would decide, `unsettled` says which. CHECKS reads as the table of contents. Read `Line`, then CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from trialwright.core.protocol import Handling, Specimen
from trialwright.core.schedule import sample_called
from trialwright.core.specimens.steps import REPORT, Step
from trialwright.core.specimens.storage import consent_to_storage, is_kept, moment_of, withdrawn_on
from trialwright.core.subject import Case, Observation
from trialwright.core.terms import Finding, Quantity, Severity, UnitMismatch, Verdict

SOUND = ("", "good")
"""Conditions of a specimen that say nothing is wrong with it."""


@dataclass(frozen=True)
class Line:
    """One specimen, or one aliquot of it, on its way: its steps in order, and what its protocol asks of each.

    `aliquots` are all of the specimen's; `refused` is the record that it was not collected, where there is one.
    """

    key: str
    aliquot: str
    specimen: Specimen
    steps: tuple[Step, ...]
    case: Case
    on: date
    aliquots: tuple[str, ...] = ()
    refused: Observation | None = None

    @property
    def name(self) -> str:
        """The specimen as a person calls it."""
        return sample_called(self.case.protocol, self.key) + (f", aliquot {self.aliquot}" if self.aliquot else "")

    @property
    def collected(self) -> Step | None:
        """The collection, where it is recorded."""
        return next((one for one in self.steps if one.step == "collected"), None)

    def asked_of(self, step: str) -> tuple[Handling, ...]:
        """What the protocol asks of a step."""
        return tuple(one for one in self.specimen.handling if one.step == step)

    def finding(self, step: Step, says: str, matters: str, do: str, clause: str = "") -> Finding:
        """Something wrong with a step of this line."""
        return Finding(
            about=step.event.id,
            says=f"{self.name} was {says}",
            matters=matters,
            do=do,
            clause=clause or self.specimen.id,
            severity=Severity.WARNING,
        )


def told(step: Step) -> str:
    """A step as the earlier event another one goes against."""
    return f"{step.words} (event {step.event.id})"


# --- order ---------------------------------------------------------------------------------------------------------

ORDER = "Nobody can say what became of it in between."


def never_collected(line: Line) -> Iterator[Finding]:
    """Something was done with a specimen that was not collected, or of which nobody recorded that it was."""
    if line.collected is not None or not line.steps:
        return
    first, no = line.steps[0], line.refused
    known = f"recorded as not collected (event {no.event.id} of {no.event.occurred})" if no else "never collected"
    says = f"{first.words}, and {known}."
    yield line.finding(first, says, "Nobody knows what a result of it is of.", "Correct the step or the collection.")


def before_collection(line: Line) -> Iterator[Finding]:
    """A step that was done before the specimen was collected."""
    collected = line.collected
    for one in line.steps:
        if collected and one is not collected and one.at.before(collected.at) is Verdict.MET:
            says = f"{one.words}, before it was {told(collected)}."
            yield line.finding(one, says, "One of the two times is wrong.", "Correct the time that is wrong.")


def collected_twice(line: Line) -> Iterator[Finding]:
    """Two records of one collection that differ in the day."""
    found = [one for one in line.steps if one.step == "collected" and one.aliquot in ("", line.aliquot)]
    for first, second in pairwise(found):
        if first.at.on != second.at.on:
            says = f"{second.words}, and {told(first)}."
            yield line.finding(second, says, "A specimen is collected once.", "Correct the record that is wrong.")


def received_without_shipping(line: Line) -> Iterator[Finding]:
    """Received somewhere without having been sent."""
    for before, one in pairwise((None, *line.steps)):
        if one is None or one.step != "received" or (before and before.step == "shipped") or _way_unclear(line, one):
            continue
        earlier = f"; before that it was {told(before)}" if before else ""
        says = f"{one.words} and nobody recorded that it was shipped{earlier}."
        yield line.finding(one, says, ORDER, "Record the shipment, with who sent it and when.")


def _way_unclear(line: Line, step: Step) -> bool:
    """Whether a shipment or a receipt may have come before or after the step, for want of a time."""
    moves = [one for one in line.steps if one.step in ("shipped", "received") and one is not step]
    return any(one.at.before(step.at) is Verdict.UNKNOWN for one in moves)


def elsewhere_than_sent(line: Line) -> Iterator[Finding]:
    """Received at another place than it was sent to."""
    for before, one in pairwise(line.steps):
        if before.step == "shipped" and one.step == "received" and before.to and one.place and before.to != one.place:
            says = f"{one.words}, though {told(before)}."
            yield line.finding(one, says, "It may be another specimen.", "Find out which one was received.")


def on_its_way(line: Line) -> Iterator[Finding]:
    """Something was done with a specimen that was on its way, or it was sent a second time."""
    for before, one in pairwise(line.steps):
        sent = before.step == "shipped" and one.step not in ("received", "collected")
        if sent and before.at.before(one.at) is Verdict.MET:
            says = f"{one.words} while it was on its way: it was {told(before)} and not yet received."
            yield line.finding(one, says, ORDER, "Record its receipt, or correct the step.")


def two_places(line: Line) -> Iterator[Finding]:
    """At a second place without having been sent there: it cannot be at two places at once."""
    here: Step | None = None
    for one in line.steps:
        moved = one.step in ("collected", "received")
        if here and one.place and not moved and one.place != here.place and not _way_unclear(line, one):
            says = f"{one.words}, though it was {told(here)} and was not sent from there."
            yield line.finding(one, says, "It cannot be at two places at once.", "Correct the place or record the way.")
        here = None if one.step == "shipped" else one if one.place else here


def after_destruction(line: Line) -> Iterator[Finding]:
    """Anything done with a specimen that no longer exists."""
    destroyed = next((one for one in line.steps if one.step == "destroyed"), None)
    for one in line.steps:
        known = one is not destroyed and one.told_by != REPORT
        if destroyed and known and destroyed.at.before(one.at) is Verdict.MET:
            says = f"{one.words}, after it was {told(destroyed)}."
            yield line.finding(one, says, "It did not exist any more.", "Correct the step that is wrong.")


# --- handling ------------------------------------------------------------------------------------------------------

MAY_BE_WRONG, STILL_USED = "What is measured in it may be wrong.", "Say whether it is still used."


def temperature(line: Line) -> Iterator[Finding]:
    """Warmer or colder than the protocol allows, or not measured where it asks."""
    for one, asked in _asked(line):
        if asked.temperature is None or one.temperature is None:
            continue
        side = outside(one.temperature, asked, line.case)
        if side:
            says = f"{one.words} at {one.temperature}, {side} ({asked.words})."
            yield line.finding(one, says, MAY_BE_WRONG, STILL_USED, asked.id)


def outside(measured: Quantity, asked: Handling, case: Case) -> str:
    """How a temperature lies outside its range; empty where it lies inside, both ends included."""
    assert asked.temperature is not None
    low, high = asked.temperature.low, asked.temperature.high
    unit = (low or high or measured).unit
    try:
        value = measured.in_unit(unit, case.units)
    except UnitMismatch as problem:
        return f"which cannot be compared with {asked.temperature}: {problem}"
    if low is not None and value < low.value:
        return f"below {asked.temperature}"
    return f"above {asked.temperature}" if high is not None and value > high.value else ""


def too_slow(line: Line) -> Iterator[Finding]:
    """Later than the protocol allows after an earlier step."""
    for one, asked in _asked(line):
        earlier = latest_before(line, asked.after, one)
        if asked.within is None or earlier is None:
            continue
        least, _ = earlier.at.minutes_until(one.at)
        if least > asked.within.minutes:
            says = f"{one.words}, more than {asked.within} after it was {told(earlier)} ({asked.words})."
            yield line.finding(one, says, MAY_BE_WRONG, STILL_USED, asked.id)


def latest_before(line: Line, step: str, later: Step) -> Step | None:
    """The last step of a kind that comes before another one in the line."""
    found = [one for one in line.steps[: line.steps.index(later)] if one.step == step]
    return found[-1] if found else None


def wrong_place(line: Line) -> Iterator[Finding]:
    """Done elsewhere than the protocol says."""
    for one, asked in _asked(line):
        if asked.place and one.place and one.place != asked.place:
            says = f"{one.words}; it was to be {one.step} at {asked.place} ({asked.words})."
            yield line.finding(one, says, "It was handled where nobody planned it.", "Say why.", asked.id)


def bad_condition(line: Line) -> Iterator[Finding]:
    """Thawed, damaged, too little, or lost."""
    for one in line.steps:
        if one.condition not in SOUND:
            says = f"{one.words}: {one.condition}{f' ({one.reason})' if one.reason else ''}."
            yield line.finding(one, says, "It may not be evaluable.", "Say of each assay whether it can be evaluated.")


def too_few_aliquots(line: Line) -> Iterator[Finding]:
    """Fewer aliquots than the protocol asks for; told once, on the line of the first."""
    planned, processed = line.specimen.aliquots, [one for one in line.steps if one.step == "processed"]
    if planned is None or not processed:
        return
    named = line.aliquots
    if named and len(named) < planned and line.aliquot == named[0]:
        says = f"divided into {len(named)} aliquots ({', '.join(named)}) of {planned} that are planned."
        yield line.finding(processed[0], says, "Some assays may lack material.", "Say why, or record the others.")


def _asked(line: Line) -> Iterator[tuple[Step, Handling]]:
    return ((one, asked) for one in line.steps for asked in line.asked_of(one.step))


# --- consent -------------------------------------------------------------------------------------------------------


def kept_without_consent(line: Line) -> Iterator[Finding]:
    """Stored without the subject's consent to it, or with consent that was given only later."""
    for one in line.steps:
        if one.step != "stored":
            continue
        consent = consent_to_storage(line.case, line.specimen, one.at.on.latest)
        if consent.verdict is not Verdict.MET:
            why = consent.why or "no consent is recorded"
            data = "".join(f" (event {each.event})" for each in consent.evidence if each.event)
            says = f"{one.words} without consent to that: {why}{data}."
            matters = "Nobody may keep it without the subject's consent."
            yield line.finding(one, says, matters, "Ask for the consent, or destroy the specimen.")


def used_after_withdrawal(line: Line) -> Iterator[Finding]:
    """Anything but its destruction, after consent to keep it was withdrawn."""
    withdrawn = withdrawn_on(line.case, line.on)
    if withdrawn is None or not is_kept(line.specimen, line.steps):
        return
    for one in line.steps:
        if (
            one.step not in ("destroyed", "collected")
            and one.told_by != REPORT
            and moment_of(withdrawn).before(one.at) is Verdict.MET
        ):
            says = f"{one.words}, after consent was withdrawn on {withdrawn.occurred} (event {withdrawn.id})."
            yield line.finding(
                one, says, "The subject no longer agrees to it.", "Use nothing that came of it; destroy it."
            )


Check = Callable[[Line], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    never_collected,
    before_collection,
    collected_twice,
    received_without_shipping,
    elsewhere_than_sent,
    on_its_way,
    two_places,
    after_destruction,
    temperature,
    too_slow,
    wrong_place,
    bad_condition,
    too_few_aliquots,
    kept_without_consent,
    used_after_withdrawal,
)
"""Everything that is looked for on the way of one specimen."""


def findings_of(line: Line) -> tuple[Finding, ...]:
    """What went wrong on a line, in the order of CHECKS."""
    return tuple(finding for check in CHECKS for finding in check(line))


def unsettled(line: Line) -> tuple[str, ...]:
    """What was not told and would decide whether a limit was kept: a time, a temperature, the earlier step."""
    over = withdrawn_on(line.case, line.on) or any(one.step == "destroyed" for one in line.steps)
    if over and any(one.told_by == REPORT for one in line.steps):
        return ("day of the assay",)
    return tuple(dict.fromkeys(text for one, asked in _asked(line) for text in _not_told(line, one, asked)))


def _not_told(line: Line, one: Step, asked: Handling) -> Iterator[str]:
    if asked.temperature is not None and one.temperature is None:
        yield f"temperature when {one.step}"
    if asked.within is None:
        return
    earlier = latest_before(line, asked.after, one)
    if earlier is None:
        yield f"when it was {asked.after}"
        return
    least, most = earlier.at.minutes_until(one.at)
    if least <= asked.within.minutes < most:
        yield f"times of day when it was {asked.after} and {one.step}"
