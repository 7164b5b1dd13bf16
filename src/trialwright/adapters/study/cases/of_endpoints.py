"""The words of `expect` about what is measured in the end: a patient's endpoints, changes and values, and readiness.

A time is told as "event on 2006-05-24" or "censored on 2006-04-26", with its days where they matter ("…, 57 days") and
the situation after them, as `core.endpoints.ROWS` has it; a variant of an endpoint is told by its own id. Who is not in
an endpoint's population, or at none of its sites, is "not counted". Read `ENDPOINT_WORDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from trialwright.adapters.study.cases import readers
from trialwright.adapters.study.cases.comparing import Got, Word, listed
from trialwright.adapters.study.cases.outcome import Outcome
from trialwright.core.endpoints import ROWS, ChangeFromBaseline, Measured, TimeToEvent, analysis_set, is_responder
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Because

NOT_COUNTED, NONE = "not counted", "none"


def _asked(outcome: Outcome, names: Iterable[str]) -> dict[str, Endpoint]:
    each = (one for endpoint in outcome.case.protocol.endpoints for one in endpoint.and_variants())
    return {one.id: one for one in each if one.id in names}


def _endpoints(outcome: Outcome, expected: Mapping[str, str]) -> Got:
    """What each endpoint measures in the patient, in words."""
    found = {name: _told(outcome, one) for name, one in _asked(outcome, expected).items()}
    agrees = all(name in found and f"{found[name]}, ".startswith(f"{text}, ") for name, text in expected.items())
    reasons = tuple(Because(one.clause, "", one.why) for one in outcome.endpoints.times.values())
    return Got(agrees, listed(f"{name}: {text}" for name, text in found.items()), reasons, tuple(expected))


def _told(outcome: Outcome, endpoint: Endpoint) -> str:
    if not analysis_set([outcome.case], endpoint.population, outcome.story.on, endpoint.sites):
        return NOT_COUNTED
    if endpoint.variable is Variable.RESPONSE:
        return "responder" if is_responder(outcome.endpoints.best, endpoint) else "no responder"
    if endpoint.variable is Variable.WORST_GRADE:
        grades = [one.number for one in outcome.endpoints.grades.get(endpoint.id, {}).values() if one]
        return f"grade {max(grades, default=0)}"
    time = {**outcome.endpoints.times, **outcome.endpoints.variants}.get(endpoint.id)
    return _time(time) if time else NONE


def _time(time: TimeToEvent) -> str:
    return f"{'event' if time.event else 'censored'} on {time.end}, {time.days} days, {ROWS[time.row].situation}"


def _changes(outcome: Outcome, expected: Mapping[str, Mapping[str, str]]) -> Got:
    """The change of each variable of an endpoint, all of them and no other."""
    held = outcome.endpoints.changes
    several = {name: len(one.at) > 1 for name, one in _asked(outcome, expected).items()}
    found = {name: {_at(one.at, several[name]): _change(one) for one in held.get(name, ())} for name in several}
    return _tables(found, expected)


def _values(outcome: Outcome, expected: Mapping[str, Mapping[str, str]]) -> Got:
    """The value of each variable of an endpoint, all of them and no other."""
    held = outcome.endpoints.values
    several = {name: len(one.at) > 1 for name, one in _asked(outcome, expected).items()}
    found = {name: {_at(one, several[name]): _value(one) for one in held.get(name, ())} for name in several}
    return _tables(found, expected)


def _tables(found: Mapping[str, Mapping[str, str]], expected: Mapping[str, Mapping[str, str]]) -> Got:
    told = "; ".join(f"{name}: {listed(f'{key} {one}' for key, one in part.items())}" for name, part in found.items())
    agrees = all(found.get(name) == dict(part) for name, part in expected.items())
    return Got(agrees, told or "nothing is measured", proves=tuple(expected))


def _at(one: Measured, several: bool) -> str:
    return f"{one.variable} at {one.encounter}" if several else one.variable


def _value(one: Measured) -> str:
    return str(one.value) if one.value is not None else NONE


def _change(one: ChangeFromBaseline) -> str:
    return NONE if one.change is None else f"{_number(one.change)} {one.unit}".removesuffix(" 1")


def _number(amount: Fraction) -> str:
    """A decimal number as a person writes it.

    >>> _number(Fraction(-41, 2))
    '-20.5'
    """
    return f"{float(amount):.6g}"


def _ready(outcome: Outcome, expected: Mapping[str, bool]) -> Got:
    """Whether the endpoints of the trial are ready on the day."""
    held = {one.endpoint: one for one in outcome.whole_trial.readiness}
    told = [f"{name} {'yes' if held[name].ready else 'no'} ({held[name].needs})" for name in expected if name in held]
    agrees = all(name in held and held[name].ready is ready for name, ready in expected.items())
    return Got(agrees, listed(told), proves=tuple(expected))


def _told_by_variable(value: Any, names: readers.Names) -> dict[str, str]:
    table = readers.table("variable", lambda _: value if isinstance(value, dict) else (), lambda one, _: str(one))
    found: dict[str, str] = table(value, names)
    return found


def _of_endpoints(read: Any) -> Any:
    return readers.table("endpoint", lambda names: names.endpoints, read)


ENDPOINT_WORDS: Mapping[str, Word] = {
    "endpoints": Word("what the endpoints measure", _of_endpoints(lambda one, _: str(one)), _endpoints),
    "changes": Word("changes from baseline, all of an endpoint", _of_endpoints(_told_by_variable), _changes),
    "values": Word("values at the visits of an endpoint, all of them", _of_endpoints(_told_by_variable), _values),
    "ready": Word("whether endpoints are ready", _of_endpoints(readers.read_yes_no), _ready),
}
"""The words of endpoints, in the order of the manual."""
