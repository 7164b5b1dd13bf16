"""For a condition, the data that make it hold and the data that make it fail: the probes of `liveness`.

Nothing is judged here: a witness is a proposal, and whoever uses it asks the one evaluator what it makes of it. Numbers
come from the condition itself (the limit, and the least step beyond it), so that each limit is met at its edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from trialwright.core.conditions import (
    Age,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Condition,
    Elapsed,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Limit,
    Measure,
    Not,
    NumberIs,
    ResponseIs,
    Sex,
    Toxicity,
    parts,
)
from trialwright.core.conditions.constructs import MULTIPLES
from trialwright.core.conditions.values import codes_at
from trialwright.core.ledger import Change, Value
from trialwright.core.protocol import Concept, ConceptSet
from trialwright.core.subject import codes_of
from trialwright.core.terms import Grade, PartialDate, Quantity, Response, Verdict

MOST_ALTERNATIVES = 24
LONG_AGO = 400  # days: past every look-back of weeks or months, so that what was had once is over


@dataclass(frozen=True)
class Scene:
    """Where a witness is put: the day, the concepts and the sets of the protocol."""

    on: date
    concepts: Mapping[str, Concept]
    sets: Mapping[str, ConceptSet]


@dataclass(frozen=True)
class Witness:
    """Data that should give a condition a verdict: items to enter, toxicities, responses, and days to let pass."""

    items: tuple[Change, ...] = ()
    graded: tuple[Toxicity, ...] = ()
    assessed: tuple[tuple[date, Response], ...] = ()
    days_later: int = 0

    def and_(self, other: Witness) -> Witness:
        """Both together; the later one's items come last and so win where they meet."""
        return Witness(
            self.items + other.items,
            self.graded + other.graded,
            self.assessed + other.assessed,
            max(self.days_later, other.days_later),
        )

    def without_episodes(self, condition: Condition, scene: Scene) -> Witness:
        """The same data without the records of the kinds the condition looks for: what is there cannot be unsaid."""
        kinds = {codes_of(part.set, scene.sets).concept for part in parts(condition) if isinstance(part, Had)}
        return replace(self, items=tuple(one for one in self.items if one.path.split("/")[0] not in kinds))


def witnesses(condition: Condition, want: Verdict, scene: Scene) -> tuple[Witness, ...]:
    """Ways in which the condition could come to the verdict wanted, at most `MOST_ALTERNATIVES`."""
    return tuple(islice(_ways(condition, want, scene), MOST_ALTERNATIVES))


def _ways(condition: Condition, want: Verdict, scene: Scene) -> Iterator[Witness]:
    match condition:
        case Not(of=part):
            yield from _ways(part, ~want, scene)
        case IfThen(when, then):
            yield from _ways(AnyOf((Not(when), then)), want, scene)
        case All(of):
            yield from _every(of, want, scene) if want is Verdict.MET else _one(of, want, scene)
        case AnyOf(of):
            yield from _one(of, want, scene) if want is Verdict.MET else _every(of, want, scene)
        case AtLeast(number, of):
            chosen = of[:number] if want is Verdict.MET else of
            yield from _every(chosen, want, scene)
        case FirstKnown(of):
            for part in of:
                yield from _ways(part, want, scene)
        case _:
            yield from _leaf(condition, want is Verdict.MET, scene)


def _every(parts: Sequence[Condition], want: Verdict, scene: Scene) -> Iterator[Witness]:
    """All parts to the verdict; the alternatives of each part in turn, the first way for the others."""
    ways = [list(islice(_ways(part, want, scene), MOST_ALTERNATIVES)) for part in parts]
    if not all(ways):
        return
    yield joined(each[0] for each in ways)
    for place, each in enumerate(ways):
        for way in each[1:]:
            yield joined([*(other[0] for other in ways[:place]), *(other[0] for other in ways[place + 1 :]), way])


def _one(parts: Sequence[Condition], want: Verdict, scene: Scene) -> Iterator[Witness]:
    """One part to the verdict while the others go the other way, so that this one decides."""
    for place, part in enumerate(parts):
        others = [*parts[:place], *parts[place + 1 :]]
        rest = joined(way for other in others for way in islice(_ways(other, ~want, scene), 1))
        for way in _ways(part, want, scene):
            yield rest.and_(way)


def joined(ways: Iterable[Witness]) -> Witness:
    """All of them together, the later ones last."""
    together = Witness()
    for way in ways:
        together = together.and_(way)
    return together


def _leaf(condition: Condition, holds: bool, scene: Scene) -> Iterator[Witness]:
    match condition:
        case Age(limit):
            yield from (Witness(_item("age", Quantity(value.value), scene)) for value in _values(limit, holds))
        case Measure():
            yield from _measure(condition, holds, scene)
        case Had():
            yield _had(condition, holds, scene)
        case GradeIs():
            yield from _grade(condition, holds, scene)
        case ResponseIs(one_of):
            others = tuple(one for one in Response if one not in (*one_of, Response.NE))
            yield from (Witness(assessed=((scene.on, response),)) for response in (one_of if holds else others))
        case Elapsed(_, limit):
            yield Witness(days_later=(limit.after(scene.on) - scene.on).days if holds else 0)
        case NumberIs():
            yield Witness()
        case _:
            yield _said(condition, holds, scene)


def _said(condition: Condition, holds: bool, scene: Scene) -> Witness:
    match condition:
        case Sex(sex):
            other = next((code for code in _codes("sex", scene) if code != sex), "other")
            return Witness(_item("sex", sex if holds else other, scene))
        case Ask(question):
            return Witness(_item(question, "yes" if holds else "no", scene))
    raise TypeError(f"{type(condition).__name__} is no condition that can be witnessed")


def _values(limit: Limit, holds: bool) -> Iterator[Quantity]:
    """Values at the edges of a limit: inside if it should hold, just outside if not."""
    for sign, bound in limit.comparisons:
        step = Decimal(1).scaleb(int(bound.value.as_tuple().exponent))
        strict, lower = sign in (">", "<"), sign in (">", ">=")
        inward = step if lower else -step
        inside = bound.value + inward if strict else bound.value
        outside = bound.value if strict else bound.value - inward
        if sign == "=" and not holds:
            outside = bound.value + step
        yield Quantity(inside if holds else outside, bound.unit)


def _measure(measure: Measure, holds: bool, scene: Scene) -> Iterator[Witness]:
    day = measure.between.nearest.before(scene.on) if measure.between else scene.on
    if measure.limit is None:
        codes = _codes(measure.concept, scene)
        wanted = measure.one_of or (codes_at(codes, measure.rank) if measure.rank else ())
        others = [code for code in codes if code not in wanted]
        for code in wanted if holds else others[:1] or ["none of these"]:
            yield Witness(_item(measure.concept, code, scene, day))
        return
    for value in _values(measure.limit, holds):
        if measure.held_for:
            yield _held(measure, value, holds, scene)
        else:
            yield Witness(_reading(measure.concept, value, day, scene))


def _held(measure: Measure, value: Quantity, holds: bool, scene: Scene) -> Witness:
    assert measure.held_for is not None
    first = _reading(measure.concept, value, measure.held_for.before(scene.on), scene)
    last = _reading(measure.concept, value, scene.on, scene)
    return Witness(first + last if holds else last)


def _reading(concept: str, value: Quantity, on: date, scene: Scene) -> tuple[Change, ...]:
    if value.unit not in MULTIPLES:
        return _item(concept, value, scene, on)
    known = scene.concepts.get(concept)
    unit = (known.value.unit if known else None) or "1"
    if value.unit == "baseline":
        before = _item(concept, Quantity(Decimal(100), unit), scene, on - timedelta(days=LONG_AGO))
        return before + _item(concept, Quantity(value.value * 100, unit), scene, on)
    limits = {"low": Quantity(Decimal(100), unit), "high": Quantity(Decimal(100), unit)}
    return _item(concept, Quantity(value.value * 100, unit), scene, on, **limits)


def _had(had: Had, holds: bool, scene: Scene) -> Witness:
    wanted = codes_of(had.set, scene.sets)
    code = next(iter(sorted((wanted.codes or frozenset()) - wanted.but_not)), "other")
    since = scene.on - timedelta(days=1 if had.within or had.how != "had" else LONG_AGO)
    since = had.between.nearest.before(scene.on) if had.between else since
    review = _item(f"{wanted.concept}_review", "listed" if holds else "none", scene)
    if not holds:
        return Witness(review)
    told: dict[str, Value] = {name: codes[0] for name, codes in had.where}
    told |= {"code": code, "start": since.isoformat(), "ongoing": "yes"}
    if had.how == "had":
        told |= {"end": (since + timedelta(days=1)).isoformat(), "ongoing": "no"}
    codes = sorted((wanted.codes or frozenset()) - wanted.but_not) or [code]
    for number in range(had.at_least_n):
        told["code"] = codes[number % len(codes)]
        place = f"{wanted.concept}/w.{had.set}.{had.how}{f'.{number}' if number else ''}"
        review += tuple(Change(f"{place}/{name}", None, value) for name, value in told.items())
    return Witness(review)


def _grade(wanted: GradeIs, holds: bool, scene: Scene) -> Iterator[Witness]:
    review = _item("adverse_event_review", "listed" if holds else "none", scene)
    if not holds:
        yield Witness(review)
        return
    for value in _values(wanted.limit, True):
        yield Witness(
            review,
            graded=(
                Toxicity(
                    term="a toxicity" if wanted.term == "any" else wanted.term,
                    grade=Grade(max(0, min(5, int(value.value)))),
                    onset=PartialDate.parse(scene.on),
                    end=PartialDate.parse(scene.on - timedelta(days=1)) if wanted.ongoing is False else None,
                    related=True if wanted.related is None else wanted.related,
                    laboratory=bool(wanted.laboratory),
                ),
            ),
        )


def _codes(concept: str, scene: Scene) -> tuple[str, ...]:
    known = scene.concepts.get(concept)
    return known.value.codes if known else ()


def _item(concept: str, value: Value, scene: Scene, on: date | None = None, **more: Value) -> tuple[Change, ...]:
    instance = f"w.{on or scene.on}"
    known = scene.concepts.get(concept)
    name = known.value.id if known else "value"
    told: dict[str, Value] = {name: value, "on": (on or scene.on).isoformat(), **more}
    return tuple(Change(f"{concept}/{instance}/{part}", None, given) for part, given in told.items())
