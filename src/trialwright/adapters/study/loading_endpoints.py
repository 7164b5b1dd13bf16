"""Whether an endpoint can be worked out: what it needs is there, and its strategies and variants mean something.

An intercurrent event named twice, a strategy that nothing follows from, a variant in which nothing is otherwise: each
is found with its place, since each would print a number that is not what its words say. Read `check_endpoints`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.positions import Path
from trialwright.core.protocol import INTERCURRENT, Endpoint, Intercurrent, Variable, Variant
from trialwright.core.protocol.endpoints import VARIED, asked_of
from trialwright.core.terms import Finding

NEEDS: dict[Variable, tuple[str, ...]] = {
    Variable.TIME_TO_EVENT: ("events",),
    Variable.DURATION_OF_RESPONSE: ("events",),
    Variable.CHANGE: ("concepts", "baseline", "at"),
    Variable.VALUE: ("concepts", "at"),
    Variable.PROPORTION: ("condition",),
}
"""What an endpoint of each kind cannot do without."""
TIMES = (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE)
RATES = (Variable.RESPONSE, Variable.PROPORTION)
OTHER_NUMBER = "The number printed would not be what its words say."


def check_endpoints(look: Look) -> Iterator[Finding]:
    """Every endpoint: what it lacks, what it says for nothing, and its variants."""
    for number, endpoint in enumerate(look.protocol.endpoints):
        path: Path = ("endpoints", number)
        yield from _lacking(look, path, endpoint)
        yield from _events(look, path, endpoint)
        yield from _null_rate(look, (*path, "null_rate"), endpoint)
        yield from _intercurrent(look, path, endpoint, endpoint.intercurrent)
        for place, variant in enumerate(endpoint.variants):
            yield from _variant(look, (*path, "variants", place), endpoint, variant)


def _lacking(look: Look, path: Path, endpoint: Endpoint) -> Iterator[Finding]:
    for key in NEEDS.get(endpoint.variable, ()):
        if not getattr(endpoint, key):
            yield look.finding(
                (*path, "variable"),
                f"The endpoint {endpoint.id!r} ({endpoint.variable.value}) lacks {key!r}.",
                "It cannot be reckoned.",
                f"Add {key!r}.",
            )


def _null_rate(look: Look, path: Path, endpoint: Endpoint) -> Iterator[Finding]:
    """A rate strictly between none and all, of an endpoint that has a rate to test."""
    null = endpoint.null_rate
    if null is None:
        return
    if endpoint.variable not in RATES:
        yield look.finding(
            path,
            f"The endpoint {endpoint.id!r} ({endpoint.variable.value}) has a null_rate, and is no rate.",
            "Nothing would be tested against it.",
            "Take null_rate out, or write an endpoint of best response or a proportion.",
            null.id,
        )
    if null.rate.unit not in ("%", "1", "") or not 0 < null.share < 1:
        yield look.finding(
            (*path, "rate"),
            f"{null.rate} is no rate that an inactive treatment can have.",
            "No test against it could be made.",
            "Write a rate between 0 and 100 %, such as 10 %.",
            null.id,
        )


def _events(look: Look, path: Path, endpoint: Endpoint) -> Iterator[Finding]:
    """A first response is no first of response and death: each is a time of its own."""
    if "response" in endpoint.events and endpoint.events != ("response",):
        yield look.finding(
            (*path, "events"),
            f"The endpoint {endpoint.id!r} counts response together with {_others(endpoint)}.",
            "A response is good and the others are not, so no one can say what their first means.",
            "Write two endpoints, one with events: [response].",
        )


def _others(endpoint: Endpoint) -> str:
    return " and ".join(one for one in endpoint.events if one != "response")


def _intercurrent(look: Look, path: Path, endpoint: Endpoint, said: Sequence[Intercurrent]) -> Iterator[Finding]:
    """Each event once, with a strategy from which something follows for what is measured."""
    possible = asked_of(endpoint)
    for number, one in enumerate(said):
        place = (*path, "intercurrent", number)
        if one.event in [earlier.event for earlier in said[:number]]:
            yield look.finding(
                (*place, "event"),
                f"The intercurrent event {one.event!r} stands twice.",
                "Nobody could say which strategy holds.",
                "Keep one of the two.",
            )
        elif one.event in INTERCURRENT and one.strategy not in possible.get(one.event, ()):
            words = ", ".join(each.value for each in possible.get(one.event, ()))
            yield look.finding(
                (*place, "strategy"),
                f"For {endpoint.id!r}, nothing follows from {one.strategy.value!r} for {one.event!r}.",
                OTHER_NUMBER,
                f"Write one of {words}." if words else "Take it out: it is not asked of this endpoint.",
            )


def _variant(look: Look, path: Path, endpoint: Endpoint, variant: Variant) -> Iterator[Finding]:
    """A variant is of a time, and something in it is otherwise."""
    if endpoint.variable not in TIMES:
        yield look.finding(
            path,
            f"The endpoint {endpoint.id!r} ({endpoint.variable.value}) has a variant, and is no time.",
            "Nothing is worked out from it; a response is told on every population, confirmed and as seen.",
            "Take the variant out, or write an endpoint of its own.",
            variant.id,
        )
    elif not variant.intercurrent and all(getattr(variant, name) in (None, getattr(endpoint, name)) for name in VARIED):
        yield look.finding(
            path,
            f"Nothing is otherwise in the variant {variant.id!r} of {endpoint.id!r}.",
            "The same number would stand twice, as if it had been tried in two ways.",
            f"Write what is otherwise ({', '.join((*VARIED, 'intercurrent'))}), or take it out.",
            variant.id,
        )
    yield from _intercurrent(look, path, endpoint, variant.intercurrent)
