"""Whether the rules of safety can be asked: clocks, stopping rules, gates in stages, and weights of deviations.

A stopping rule that can never be crossed looks like one that was not crossed; each is found with its place.
Read `check_safety`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.loading_shape import near_miss
from trialwright.adapters.study.positions import Path
from trialwright.core.deviations import KINDS
from trialwright.core.protocol import EventIs, Stage, StoppingRule, Variable
from trialwright.core.terms import Finding
from trialwright.core.toxicity.events import CRITERIA
from trialwright.standards.concepts import CONCEPTS

NEVER = "The rule could never speak, and nobody would know."
OUTCOMES = next(field.codes for field in CONCEPTS["adverse_event"].fields if field.id == "outcome")


def check_safety(look: Look) -> Iterator[Finding]:
    """Every rule under `safety`, and the stages of the design."""
    safety = look.protocol.safety
    for number, rule in enumerate(safety.reporting if safety else ()):
        yield from _clock(look, ("safety", "reporting", number, "when"), rule.when)
    for number, stop in enumerate(safety.stopping if safety else ()):
        yield from _stopping(look, ("safety", "stopping", number), stop)
    for number, grade in enumerate(safety.deviations if safety else ()):
        path: Path = ("safety", "deviations", number)
        yield from _word(look, (*path, "kind"), grade.kind, KINDS, "kind of deviation")
        yield from _word(look, (*path, "severity"), grade.severity, ("minor", "major"), "weight")
    before = 0
    for number, stage in enumerate(look.protocol.design.stages):
        yield from _stage(look, ("design", "stages", number), stage, before)
        before = stage.after


def _word(look: Look, path: Path, word: str, known: Iterable[str], what: str) -> Iterator[Finding]:
    words = tuple(known)
    if word not in words:
        yield look.finding(path, f"{word!r} is no {what}.{near_miss(word, words)}", NEVER, f"Write {', '.join(words)}.")


def _clock(look: Look, path: Path, when: EventIs) -> Iterator[Finding]:
    for one in when.outcome:
        yield from _word(look, (*path, "outcome"), one, OUTCOMES, "outcome")
    for one in when.criteria:
        yield from _word(look, (*path, "criteria"), one, CRITERIA.values(), "criterion of seriousness")
    if when == EventIs():
        yield look.finding(path, "The clock asks nothing of an event.", "It would run for each.", "Say `serious: yes`.")


def _stopping(look: Look, path: Path, rule: StoppingRule) -> Iterator[Finding]:
    if rule.counts is None and not rule.deaths:
        yield look.finding(path, f"The rule {rule.id!r} counts nothing.", NEVER, "Give `counts` or `deaths: true`.")
    if (rule.at_least is None) is (rule.share is None):
        says = f"The rule {rule.id!r} has {'both' if rule.share else 'neither'} of at_least and share."
        yield look.finding(path, says, "Its limit cannot be told.", "Keep exactly one of at_least and share.")
    most = rule.first or look.protocol.design.accrual.planned
    if rule.at_least is not None and not 1 <= rule.at_least <= most:
        says = f"The rule {rule.id!r} asks for {rule.at_least} of {most}."
        yield look.finding((*path, "at_least"), says, NEVER, f"Write a number from 1 to {most}.")
    if rule.share is not None and not 0 < rule.share.value <= (100 if rule.share.unit == "%" else 1):
        says = f"{rule.share} is no share that can be reached."
        yield look.finding((*path, "share"), says, NEVER, "Write a share such as 33 %.")


def _stage(look: Look, path: Path, stage: Stage, before: int) -> Iterator[Finding]:
    endpoint = next((one for one in look.protocol.endpoints if one.id == stage.endpoint), None)
    if endpoint is None:
        names = [one.id for one in look.protocol.endpoints]
        says = f"There is no endpoint {stage.endpoint!r}.{near_miss(stage.endpoint, names)}"
        yield look.finding((*path, "endpoint"), says, NEVER, f"Name one of {', '.join(names) or 'none there is'}.")
    elif endpoint.variable not in (Variable.RESPONSE, Variable.PROPORTION):
        says = f"The endpoint {stage.endpoint!r} measures {endpoint.variable.value}, of which nobody is a success."
        yield look.finding((*path, "endpoint"), says, NEVER, "Name an endpoint of best response or a proportion.")
    if not 0 <= stage.continue_if_more_than < stage.after or stage.after <= before:
        says = f"The stage {stage.id!r} asks for more than {stage.continue_if_more_than} among {stage.after}."
        do = "Write stages in order, each with fewer needed than there are subjects."
        yield look.finding(path, says, NEVER, do)
