"""A record as the conditions see it on one day (`conditions.Facts`): readings with limits, episodes, reviews, age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as field_of
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from trialwright.core.conditions import Episode, Reading, Review, Toxicity, age_readings
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Concept, ConceptSet, Field, PersonQuestion
from trialwright.core.subject.answers import last_day_of, why_no_answer
from trialwright.core.subject.derived import with_derived
from trialwright.core.subject.items import Observation
from trialwright.core.subject.possible import why_impossible
from trialwright.core.subject.record import SubjectRecord, observations
from trialwright.core.subject.study import SiteRecord
from trialwright.core.terms import (
    Duration,
    Finding,
    PartialDate,
    Quantity,
    Response,
    Severity,
    UnitTable,
    completed_years,
)


class Person(NamedTuple):
    """What is known of a subject's sex and age on a day: as recorded last."""

    sex: str | None
    born: PartialDate | None
    age: Quantity | None
    age_on: date | None


@dataclass(frozen=True)
class SubjectFacts:
    """A record as known on one day, as the conditions ask for it (`conditions.Facts`).

    `graded` and `assessed` are what `toxicity` and `response` made of the record; `anchors` are dates such as
    first_dose; `numbers` are course, day and dose; `reviews_count` says how long a review of a concept counts. What is
    later than `on` is not seen.
    """

    record: SubjectRecord
    on: date
    units: UnitTable
    concepts: Mapping[str, Concept]
    sets: Mapping[str, ConceptSet]
    site: SiteRecord
    graded: tuple[Toxicity, ...] = ()
    assessed: tuple[tuple[date, Response], ...] = ()
    flares: frozenset[date] = frozenset()
    anchors: Mapping[str, date] = field_of(default_factory=dict)
    numbers: Mapping[str, Quantity | int] = field_of(default_factory=dict)
    questions: Mapping[str, PersonQuestion] = field_of(default_factory=dict)
    reviews_count: Mapping[str, Duration] = field_of(default_factory=dict)
    memo: dict[Any, Any] = field_of(default_factory=dict, repr=False, compare=False)
    """What the sets come to, kept by the case for all its days."""
    _read: dict[str, Sequence[Reading]] = field_of(default_factory=dict, init=False, repr=False, compare=False)

    def readings(self, concept: str) -> Sequence[Reading]:
        """Every reading up to the day, oldest first, with the limits of the site's laboratory."""
        if concept not in self._read:
            self._read[concept] = self._ages() if concept == "age" else self._known_readings(concept)
        return self._read[concept]

    def _known_readings(self, concept: str) -> Sequence[Reading]:
        known = tuple(reading for reading in self._readings_of(concept) if reading.on.earliest <= self.on)
        return with_derived(concept, known, self)

    def _readings_of(self, concept: str) -> Sequence[Reading]:
        """Every reading there is, read once for all days on which as much is known of the subject's sex and age."""
        key = ("readings", concept, self._person)
        if key not in self.memo:
            self.memo[key] = tuple(self._reading(one) for one in observations(self.record, concept))
        found: Sequence[Reading] = self.memo[key]
        return found

    def episodes(self, set_name: str) -> Sequence[Episode]:
        """Every episode of a set, or of a whole repeating concept where no set has this name.

        One without a code, or with a code nobody has classified, may be of any set and is in each.
        """
        key = ("episodes", set_name)
        if key not in self.memo:
            wanted, named = self._codes_of(set_name)
            every = observations(self.record, wanted.concept)
            found = ((one.on.earliest, placed(episode(one), wanted, named)) for one in every)
            self.memo[key] = tuple((day, one) for day, one in found if one)
        return tuple(one for day, one in self.memo[key] if day <= self.on)

    def _codes_of(self, set_name: str) -> tuple[CodeSet, frozenset[str]]:
        """The codes of a set, and all codes of its concept that somebody has classified."""
        if ("codes", set_name) not in self.memo:
            wanted = codes_of(set_name, self.sets)
            self.memo["codes", set_name] = wanted, named_codes(wanted.concept, self.sets, self.concepts)
        found: tuple[CodeSet, frozenset[str]] = self.memo["codes", set_name]
        return found

    def reviewed(self, set_name: str) -> Review | None:
        """The last time someone asked for records of this kind (the concept `<kind>_review`)."""
        return max(self.reviews(set_name), key=lambda one: one.on, default=None)

    def reviews(self, set_name: str) -> tuple[Review, ...]:
        """Every time someone asked for records of this kind; "listed" with nothing listed is no answer yet.

        A review known only to the month was made on its first day at the earliest, and is taken for that.
        """
        concept = self._codes_of(set_name)[0].concept
        listed = bool(observations(self.record, concept))
        counts = self.reviews_count.get(concept)
        return tuple(
            Review(day := one.on.earliest, one.concept, said, one.event.id, counts.after(day) if counts else None)
            for one in observations(self.record, f"{concept}_review", self.on)
            if (said := one.text("value")) and (listed or said != "listed")
        )

    def anchor(self, name: str) -> date | None:
        """The date of an anchor, actual or planned."""
        return self.anchors.get(name)

    def number(self, name: str) -> Quantity | int | None:
        """Course, day or dose."""
        return self.numbers.get(name)

    def toxicities(self) -> Sequence[Toxicity]:
        """Every toxicity up to the day."""
        return [one for one in self.graded if one.onset.earliest <= self.on]

    def responses(self) -> Sequence[tuple[date, Response]]:
        """The response at each assessment up to the day."""
        return [one for one in self.assessed if one[0] <= self.on]

    def may_be_flare(self, day: date) -> bool:
        """Whether the progression assessed on a day may be a flare."""
        return day in self.flares

    @cached_property
    def sex(self) -> str | None:
        """The sex as recorded."""
        given = observations(self.record, "sex", self.on)
        return given[-1].text("value") or None if given else None

    def ages_on(self, day: date) -> frozenset[int]:
        """Every age in completed years the subject can have had on a day; none where neither birth nor age is known.

        Known is the birth date, or the age on the day it was stated: half a year after 64 was stated it is 64 or 65.
        """
        key = ("ages", self._person, day)
        if key not in self.memo:
            self.memo[key] = _ages_of(self._person, day)
        found: frozenset[int] = self.memo[key]
        return found

    @cached_property
    def _person(self) -> Person:
        """What is known of sex and age on the day of these facts."""
        births = [born for one in observations(self.record, "birth_date", self.on) if (born := one.date_of("value"))]
        stated = [one for one in observations(self.record, "age", self.on) if one.quantity() or one.text("value")]
        age = (stated[-1].quantity(), stated[-1].on.exact) if stated else (None, None)
        return Person(self.sex, births[-1] if births else None, *age)

    def _ages(self) -> tuple[Reading, ...]:
        """Age at consent in completed years is the datum; a birth date, where kept, gives it."""
        stated = tuple(self._reading(one) for one in observations(self.record, "age", self.on))
        if stated:
            return tuple(_in_years(reading) for reading in stated)
        consent = self.anchors.get("consent") or self.on
        births = [(one, one.date_of("value")) for one in observations(self.record, "birth_date", self.on)]
        return tuple(age for one, born in births if born for age in age_readings(born, consent, one.event.id))

    def _reading(self, one: Observation) -> Reading:
        known = self.concepts.get(one.concept)
        field, question = known.value if known else None, self.questions.get(one.concept)
        low, high = one.quantity("low"), one.quantity("high")
        if known and known.reference_range and low is None and high is None:
            at = one.on.latest
            low, high = self.site.limits(one.concept, at, self.sex, self.ages_on(at))
        rests_on = known, question, self.units, low, high
        kept = one.kept.get("reading")
        if kept is None or kept[0] != rests_on:
            kept = one.kept["reading"] = rests_on, _reading_of(one, field, question, self.units, low, high)
        read: Reading = kept[1]
        return read


def _reading_of(
    one: Observation,
    field: Field | None,
    question: PersonQuestion | None,
    units: UnitTable,
    low: Quantity | None,
    high: Quantity | None,
) -> Reading:
    """An observation as a reading, with the limits that held for it."""
    value, missing, lacks = _value_of(one, field.id if field else "value", field, question, units)
    return Reading(
        concept=one.concept,
        value=value,
        on=one.on,
        time=one.text("time"),
        low=low,
        high=high,
        bound=one.text("bound"),
        missing=missing,
        event=one.event.id,
        until=last_day_of(one, question) if question else None,
        scale=field.codes if field and field.ordered else (),
        lacks=lacks,
    )


def _value_of(
    one: Observation, name: str, field: Field | None, question: PersonQuestion | None, units: UnitTable
) -> tuple[Quantity | str | None, str, str]:
    """The value, why there is none (not given, no code, impossible, no answer that counts), and what would tell."""
    codes = field.codes if field else ()
    value = _reading_value(one, name, codes)
    if isinstance(value, Quantity) and field and field.possible:
        impossible = why_impossible(value, field, one.concept, units)
        return (None, impossible, "") if impossible else (value, "", "")
    if value is not None and question and (unsigned := why_no_answer(one, question)):
        return None, *unsigned
    return value, "" if value is not None else _why_none(one.values.get(name), codes), ""


def _ages_of(person: Person, day: date) -> frozenset[int]:
    """The ages on a day by the birth date, or by an age in completed years; none where that is no whole number."""
    if person.born:
        return frozenset(
            range(completed_years(person.born.latest, day), completed_years(person.born.earliest, day) + 1)
        )
    given, on = person.age, person.age_on
    if given is None or on is None or given.value != int(given.value) or given.value < 0:
        return frozenset()
    passed = completed_years(on, day) if day >= on else -completed_years(day, on)
    more = 0 if (day.month, day.day) == (on.month, on.day) else 1 if day > on else -1
    return frozenset(max(0, int(given.value) + passed + years) for years in (0, more))


def _in_years(reading: Reading) -> Reading:
    if isinstance(reading.value, Quantity) and reading.value.unit in ("1", "a", "years"):
        return replace(reading, value=Quantity(reading.value.value, "years"))
    return reading


def _reading_value(one: Observation, name: str, codes: tuple[str, ...]) -> Quantity | str | None:
    """The value as a quantity or a code; a code that the concept does not have is no value."""
    value = one.values.get(name)
    if value is None or isinstance(value, Missing):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if codes and str(value) not in codes else one.quantity(name) or str(value)


def _why_none(value: Value, codes: tuple[str, ...]) -> str:
    """Why there is no value, where there is none."""
    if isinstance(value, Missing):
        return value.code.replace("_", " ")
    foreign = codes and value is not None and not isinstance(value, bool) and str(value) not in codes
    return f"{value} is none of {', '.join(codes)}" if foreign else ""


def episode(one: Observation) -> Episode:
    """An observation as an episode: its code or term, when it started, whether it goes on.

    A record without a start keeps None: the date it was written down is not when it began.
    """
    if "episode" not in one.kept:
        one.kept["episode"] = _episode(one)
    found: Episode = one.kept["episode"]
    return found


def _episode(one: Observation) -> Episode:
    ongoing = one.yes("ongoing")
    end = one.date_of("end")
    told = {name: one.text(name) for name in one.values}
    code = one.text("code") or one.text("term")
    return Episode(code, one.date_of("start"), end, False if end else ongoing, told, one.event.id)


@dataclass(frozen=True)
class CodeSet:
    """The codes of a set of one concept; `codes` None is every code but those in `but_not`."""

    concept: str
    codes: frozenset[str] | None = None
    but_not: frozenset[str] = frozenset()

    def __contains__(self, code: str) -> bool:
        return code not in self.but_not and (self.codes is None or code in self.codes)


def codes_of(set_name: str, sets: Mapping[str, ConceptSet], within: tuple[str, ...] = ()) -> CodeSet:
    """The codes a set stands for; a name without a set is every record of the concept of that name.

    `minus` is taken out per event: "no other malignancy except treated skin cancer" is a malignancy minus that cancer.
    Raises ValueError for a set that contains itself.
    """
    known = sets.get(set_name)
    if known is None:
        return CodeSet(set_name)
    if set_name in within:
        raise ValueError(f"the set {set_name} contains itself")
    way = (*within, set_name)
    own = [CodeSet(known.of, frozenset(known.codes) or None)] if known.codes or not known.union else []
    joined = _joined(known.of, [*own, *(codes_of(name, sets, way) for name in known.union)])
    for name in known.minus:
        joined = _without(joined, codes_of(name, sets, way))
    return joined


def named_codes(concept: str, sets: Mapping[str, ConceptSet], concepts: Mapping[str, Concept]) -> frozenset[str]:
    """The codes of a concept that somebody has classified: those any set lists, and the concept's own closed list."""
    listed = [one.codes for one in sets.values() if one.of == concept]
    known = concepts.get(concept)
    closed = [one.codes for one in known.fields if one.id == "code"] if known else []
    return frozenset(code for codes in (*listed, *closed) for code in codes)


def placed(one: Episode, wanted: CodeSet, named: frozenset[str]) -> Episode | None:
    """The episode if it is of the set, or may be: then it is marked as not classified; None where it is another."""
    if not one.code or one.code in wanted:
        return one
    return None if one.code in named or wanted.codes is None else replace(one, classified=False)


def _joined(concept: str, sets: Sequence[CodeSet]) -> CodeSet:
    """What is in any of the sets; with one that is every code, every code but those that none of them has."""
    listed = frozenset[str]().union(*(one.codes - one.but_not for one in sets if one.codes is not None))
    open_ = [one.but_not for one in sets if one.codes is None]
    return CodeSet(concept, None, frozenset.intersection(*open_) - listed) if open_ else CodeSet(concept, listed)


def _without(one: CodeSet, taken: CodeSet) -> CodeSet:
    """What is in the first set and not in the second."""
    if taken.codes is None:
        return replace(one, codes=frozenset(code for code in taken.but_not if code in one), but_not=frozenset())
    return replace(one, but_not=one.but_not | (taken.codes - taken.but_not))


def unreadable_items(record: SubjectRecord, concepts: Mapping[str, Concept]) -> tuple[Finding, ...]:
    """Items of a concept that neither the standards nor the protocol know: kept, shown, and used for nothing."""
    return tuple(
        Finding(
            about=min((entry.event for entry in history), key=lambda event: (event.occurred, event.id)).id,
            says=f"The item {concept} is no concept of the protocol or its standards.",
            matters="It is kept but used for nothing.",
            do="Add the concept to the protocol, or correct the form.",
            severity=Severity.WARNING,
        )
        for concept, history in record.items.items()
        if concept not in concepts
    )
