"""Gates of a design in stages (Simon 1989), asked of the data on a day: continue, stop, or wait for these subjects.

After so many subjects the trial goes on only with more successes than the gate asks for. The answer is given as soon as
it is certain, also before the last of them is known. What the whole came to, for the estimate after it, is `attained`.
Read `stages`, then `StageAnswer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.endpoints import subject_endpoints
from trialwright.core.estimation.designs import SimonDesign
from trialwright.core.monitoring.counting import (
    Candidate,
    Counted,
    Watched,
    belongs,
    in_order,
    last_day,
    possible,
    progressed_or_over,
)
from trialwright.core.protocol import Endpoint, Stage, StudyProtocol, Variable
from trialwright.core.response import BestResponse
from trialwright.core.terms import Because, Response, Verdict


@dataclass(frozen=True)
class StageAnswer:
    """One gate on a day: the successes among its subjects, who is waited for, and the decision.

    `decision` is continue, stop, wait (enough were registered, and these decide it), or open (more are to come).
    `least` and `most` are the successes there will be in any case, and at best. `final` is the end of the design, where
    to continue means that the drug is called active.
    """

    stage: str
    after: int
    more_than: int
    decision: str
    of: int
    successes: tuple[str, ...]
    waiting: tuple[str, ...]
    least: int
    most: int
    final: bool
    pause: bool
    says: str
    because: tuple[Because, ...] = ()

    @property
    def halts(self) -> bool:
        """Whether nobody may be registered: the trial is to stop, or it waits and pauses meanwhile."""
        return self.decision == "stop" or (self.decision == "wait" and self.pause and not self.final)


def stages(protocol: StudyProtocol, watched: Sequence[Watched], on: date) -> tuple[StageAnswer, ...]:
    """Every gate of the design, as the registered subjects stand on a day."""
    entered = [(one.entered, gate_candidates(protocol, one, on)) for one in watched]
    return stages_of(protocol, [Counted(place, found) for place, found in entered if place])


def stages_of(protocol: StudyProtocol, counted: Sequence[Counted]) -> tuple[StageAnswer, ...]:
    """Every gate of the design, of subjects that were each looked at before."""
    entered, gates = in_order(counted), protocol.design.stages
    return tuple(_answered(protocol, gate, entered, gate is gates[-1]) for gate in gates)


def gate_candidates(protocol: StudyProtocol, one: Watched, on: date) -> dict[str, Candidate]:
    """A subject as each gate counts it on a day."""
    endpoints = {endpoint.id: endpoint for endpoint in protocol.endpoints}
    return {gate.id: _candidate(gate, endpoints[gate.endpoint], one, on) for gate in protocol.design.stages}


@dataclass(frozen=True)
class Attained:
    """What a design in stages came to, as its last gate counts: also with more or fewer subjects than it planned.

    `first` are the successes among those of the first gate; `waiting` of whom it is not known whether they count or are
    a success; `open` is whether others can still be registered that the design counts.
    """

    first: int
    successes: int
    evaluated: int
    waiting: tuple[str, ...]
    open: bool


def attained(protocol: StudyProtocol, counted: Sequence[Counted], accrual_over: bool = False) -> Attained:
    """What the design came to, of subjects that were each looked at before; after a stop, of its first stage alone."""
    entered, gates = in_order(counted), protocol.design.stages
    told = [one.candidates[gates[-1].id] for one in entered]
    may = [one for one in told if one.member is not Verdict.NOT_MET]
    stopped = _answered(protocol, gates[0], entered, len(gates) == 1).decision == "stop" and len(gates) > 1
    taken = may[: gates[0].after] if stopped else may
    planned = gates[0].after if stopped else gates[-1].after
    known = [one for one in taken if Verdict.UNKNOWN not in (one.member, one.event)]
    return Attained(
        first=sum(one.event is Verdict.MET for one in known if one in may[: gates[0].after]),
        successes=sum(one.event is Verdict.MET for one in known),
        evaluated=len(known),
        waiting=tuple(one.subject for one in taken if one not in known),
        open=len(taken) < planned and not accrual_over and len(entered) < protocol.design.accrual.planned,
    )


def simon_stages(design: SimonDesign, endpoint: str, **others: str) -> tuple[dict[str, object], ...]:
    """The two gates of a design in the words of a protocol file; `others` go into each, such as a source.

    >>> simon_stages(SimonDesign(1, 10, 5, 29, 0.047, 0.805, 0.736, 15.0), "response_rate")[0]
    {'id': 'stage_1', 'after': 10, 'endpoint': 'response_rate', 'continue_if_more_than': 1}
    """
    sizes = ((design.n1, design.r1), (design.n, design.r))
    return tuple(
        {"id": f"stage_{number}", "after": size, "endpoint": endpoint, "continue_if_more_than": most, **others}
        for number, (size, most) in enumerate(sizes, 1)
    )


def _answered(protocol: StudyProtocol, gate: Stage, entered: Sequence[Counted], final: bool) -> StageAnswer:
    candidates = [one.candidates[gate.id] for one in entered]
    planned = protocol.design.accrual.planned
    ever = possible(candidates, gate.after, max(planned - len(entered), 0))
    may_count = [one for one in candidates if one.member is not Verdict.NOT_MET]
    enough = len(may_count) >= gate.after
    decision = _decision(gate, ever.least, ever.most, enough)
    surely = [one for one in may_count if one.member is Verdict.MET][: gate.after]
    successes = tuple(one.subject for one in surely if one.event is Verdict.MET)
    open_ = [one.subject for one in may_count[: gate.after] if Verdict.UNKNOWN in (one.member, one.event)]
    waiting = tuple(open_) if decision == "wait" else ()
    says = f"{len(successes)} successes among {len(surely)} of the first {gate.after} {gate.of.value}"
    says += f"; more than {gate.continue_if_more_than} are needed: {_told(decision, final)}"
    says += f" {', '.join(waiting)}" if waiting else ""
    return StageAnswer(
        stage=gate.id,
        after=gate.after,
        more_than=gate.continue_if_more_than,
        decision=decision,
        of=len(surely),
        successes=successes,
        waiting=waiting,
        least=ever.least,
        most=ever.most,
        final=final,
        pause=gate.pause,
        says=f"{says}.",
        because=(Because(gate.id, gate.words, says),),
    )


def _decision(gate: Stage, least: int, most: int, enough: bool) -> str:
    if least > gate.continue_if_more_than:
        return "continue"
    if most <= gate.continue_if_more_than:
        return "stop"
    return "wait" if enough else "open"


def _told(decision: str, final: bool) -> str:
    if final and decision in ("continue", "stop"):
        return "the drug is called active" if decision == "continue" else "the drug is called inactive"
    return {"wait": "wait for", "open": "open, more are to be registered"}.get(decision, decision)


def _candidate(gate: Stage, endpoint: Endpoint, one: Watched, on: date) -> Candidate:
    """One subject: whether it counts among those asked, and whether it is a success."""
    success = _success(gate, endpoint, one, last_day(one, gate.within, on))
    over = progressed_or_over(one, gate.within, on)
    coming = success is Verdict.NOT_MET and not over
    event = Verdict.UNKNOWN if coming else success
    return Candidate(one.subject, belongs(one, gate.of, on), event, coming)


def _success(gate: Stage, endpoint: Endpoint, one: Watched, until: date) -> Verdict:
    told = subject_endpoints(one.case, [each for each in one.assessments if each.on <= until], until)
    if endpoint.variable is Variable.RESPONSE:
        return Verdict.of(_responded(told.best, endpoint.responders, confirmed=gate.confirmed))
    answer = told.answers.get(endpoint.id)
    return answer.verdict if answer else Verdict.UNKNOWN


def _responded(best: BestResponse | None, responders: tuple[str, ...], *, confirmed: bool) -> bool:
    if best is None:
        return False
    response: Response = best.confirmed_response if confirmed else best.response
    return response.name in responders
