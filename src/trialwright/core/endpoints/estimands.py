"""An endpoint in the words of an estimand (ICH E9(R1), A.3).

Treatment, population, variable, intercurrent events with their strategies, and how it is summed up. What a protocol
leaves unsaid is told as well, as the program takes it, so that nobody has to know the defaults. Every text comes from
the tables below; the rules that follow are in `rows`. Read `estimand`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trialwright.core.protocol import (
    INTERCURRENT,
    PROGRESSION_DAYS,
    Endpoint,
    Strategy,
    StudyProtocol,
    Variable,
)
from trialwright.core.protocol.endpoints import MISSED, asked_of
from trialwright.core.safety import safety_window
from trialwright.core.terms import Response

POPULATION_WORDS: Mapping[str, str] = {
    "registered": "all who were registered",
    "allocated": "all who were given an arm",
    "treated": "all who took at least one dose",
    "evaluable": "all who took at least one dose and whose response could be evaluated at least once afterwards",
}
SINCE_WORDS: Mapping[str, str] = {"first_dose": "the first dose", "last_dose": "the last dose"}
EVENT_WORDS: Mapping[str, str] = {"death": "death from any cause", "response": "the first response"}
FOLLOWS: Mapping[Strategy, str] = {
    Strategy.TREATMENT_POLICY: "passed over: what is observed afterwards counts",
    Strategy.HYPOTHETICAL: "as if it had not happened: the time ends, without the event, at the last adequate "
    "assessment before it",
    Strategy.COMPOSITE: "counts as the event, on its day",
    Strategy.WHILE_ON_TREATMENT: "only what was observed before it counts: the time ends, without the event, at the "
    "last adequate assessment before it",
}
"""What follows from a strategy for a subject's time."""
FOLLOWS_OTHERWISE: Mapping[tuple[str, Strategy], str] = {
    (MISSED, Strategy.HYPOTHETICAL): "the event cannot be dated: the time ends without it, at the last adequate "
    "assessment before the gap",
    (MISSED, Strategy.TREATMENT_POLICY): "passed over: progression and death count on their day, whatever was missed",
}
OF_RESPONSE: Mapping[Strategy, str] = {
    Strategy.WHILE_ON_TREATMENT: "a response that was seen after it is none to the treatment of this trial",
    Strategy.TREATMENT_POLICY: "a response counts whenever it is seen",
}
"""The same for a best response."""
SUMMARIES: Mapping[Variable, str] = {
    Variable.RESPONSE: "share of responders with its exact 95% interval (Clopper and Pearson)",
    Variable.DURATION_OF_RESPONSE: "median with its 95% interval (Kaplan-Meier)",
    Variable.TIME_TO_EVENT: "median with its 95% interval (Kaplan-Meier)",
    Variable.WORST_GRADE: "number and share of subjects with each worst grade, by term",
    Variable.CHANGE: "mean change with its 95% interval",
    Variable.VALUE: "mean with its 95% interval",
    Variable.PROPORTION: "share with its exact 95% interval (Clopper and Pearson)",
}
"""How an endpoint is summed up where the protocol does not say."""
COMPARED: Mapping[str, str] = {
    "response": "; responders against others by the Mann-Whitney test, and along the response by Kendall's tau",
    "arm": "; the difference between the arms with its 95% interval",
}
TIMES = (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE)


@dataclass(frozen=True)
class Handled:
    """One intercurrent event in words, its strategy, and what follows; `stated` is whether the protocol says it."""

    event: str
    strategy: str
    follows: str
    stated: bool


@dataclass(frozen=True)
class Estimand:
    """The attributes of an estimand, each in words."""

    endpoint: str
    label: str
    treatment: str
    population: str
    variable: str
    intercurrent: tuple[Handled, ...]
    summary: str


def estimand(endpoint: Endpoint, protocol: StudyProtocol) -> Estimand:
    """An endpoint, or a variant of one, as an estimand in words."""
    return Estimand(
        endpoint=endpoint.id,
        label=endpoint.label,
        treatment=" against ".join(arm.label for arm in protocol.arms),
        population=_population(endpoint, protocol),
        variable=_VARIABLES[endpoint.variable](endpoint, protocol),
        intercurrent=(*_handled(endpoint), *_death(endpoint), *_without_value(endpoint)),
        summary=endpoint.summary or _summary(endpoint),
    )


def _population(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    words = POPULATION_WORDS[endpoint.population]
    named = [site.name for site in protocol.design.sites if site.id in endpoint.sites]
    return f"{words}, at {' and '.join(named)} only" if named else words


def _handled(endpoint: Endpoint) -> Iterator[Handled]:
    """Every intercurrent event that is asked of this variable, as the protocol says it or as it is taken."""
    stated = {one.event for one in endpoint.intercurrent}
    for event in asked_of(endpoint):
        strategy = endpoint.strategy(event)
        usual = FOLLOWS_OTHERWISE.get((event, strategy), FOLLOWS[strategy])
        if endpoint.events == ("death",):
            usual = usual.replace("at the last adequate assessment before it", "when last known alive before it")
        follows = OF_RESPONSE[strategy] if endpoint.variable is Variable.RESPONSE else usual
        yield Handled(INTERCURRENT[event], strategy.value, follows, event in stated)


def _death(endpoint: Endpoint) -> Iterator[Handled]:
    """Death is an event of the time, or ends it without one."""
    if endpoint.variable in TIMES and endpoint.events != ("death",):
        strategy = Strategy.COMPOSITE if "death" in endpoint.events else Strategy.HYPOTHETICAL
        yield Handled("death from any cause", strategy.value, FOLLOWS[strategy], True)


def _without_value(endpoint: Endpoint) -> Iterator[Handled]:
    """A value that was not measured, whatever the reason, is not put in."""
    if endpoint.variable in (Variable.CHANGE, Variable.VALUE):
        told = "left out and counted; nothing is put in its place"
        yield Handled("a value was not measured, whatever the reason", "no strategy", told, False)


def _summary(endpoint: Endpoint) -> str:
    scale = f", limits on the {endpoint.interval} scale" if endpoint.variable in TIMES else ""
    return f"{SUMMARIES[endpoint.variable]}{scale}{COMPARED.get(endpoint.against or '', '')}"


# --- the variable --------------------------------------------------------------------------------------------------


def _response(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    rules = protocol.response
    days = f" {rules.confirm_after_days} days later or more" if rules else ""
    confirmed = f", confirmed by an assessment{days}" if endpoint.confirmed else ", as first seen"
    return f"best response from the first dose until progression{confirmed}; a responder has {_responders(endpoint)}"


def _responders(endpoint: Endpoint) -> str:
    return " or ".join(Response[name].value for name in endpoint.responders)


def _duration(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    confirmed = "a response that was confirmed" if endpoint.confirmed else "a response, confirmed or not"
    return f"of responders alone, time from the first day of {confirmed} to {_events(endpoint)}"


def _time(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    since = SINCE_WORDS.get(endpoint.since, endpoint.since.replace("_", " "))
    return f"time from {since} to {_events(endpoint)}"


def _events(endpoint: Endpoint) -> str:
    told = [EVENT_WORDS.get(one, one) for one in endpoint.events]
    words = " or ".join(told) + (", whichever comes first" if len(told) > 1 else "")
    if "progression" not in endpoint.events:
        return words
    return f"{words}; progression counts {PROGRESSION_DAYS[endpoint.progression_on]}"


def _grade(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    window = safety_window(protocol)
    days = endpoint.safety_days if endpoint.safety_days is not None else window.days if window else None
    until = f"{days} days after the last" if days is not None else "the last"
    named = f" by {protocol.standards.toxicity}" if protocol.standards.toxicity else ""
    return f"worst grade of each adverse event{named}, from the first dose to {until}"


def _measured(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    labels = {one.id: one.label for one in protocol.concepts}
    labels |= {assay.id: assay.label for one in protocol.specimens for assay in one.assays}
    what = ", ".join(labels.get(name, name.replace("_", " ")) for name in endpoint.concepts)
    at = " and ".join(_encounter(name, protocol) for name in endpoint.at)
    if endpoint.variable is Variable.CHANGE and endpoint.baseline:
        return f"change from “{_encounter(endpoint.baseline, protocol)}” to “{at}” of: {what}"
    return f"value at “{at}” of: {what}"


def _encounter(name: str, protocol: StudyProtocol) -> str:
    return next((one.label for one in protocol.encounters if one.id == name.split(".")[0]), name)


def _holds(endpoint: Endpoint, protocol: StudyProtocol) -> str:
    at = " and ".join(_encounter(name, protocol) for name in endpoint.at)
    return "whether the condition of the clause holds" + (f" at “{at}”" if at else " at the cut-off")


_VARIABLES = {
    Variable.RESPONSE: _response,
    Variable.DURATION_OF_RESPONSE: _duration,
    Variable.TIME_TO_EVENT: _time,
    Variable.WORST_GRADE: _grade,
    Variable.CHANGE: _measured,
    Variable.VALUE: _measured,
    Variable.PROPORTION: _holds,
}
