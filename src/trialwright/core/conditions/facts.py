"""What a condition may ask of a subject's data: readings, episodes, toxicities, responses, anchors.

`Facts` is the whole interface; `subject` implements it for a subject as known on a date, so that a condition never
sees where a datum came from. Absence is knowledge only where `reviewed` says that someone looked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from trialwright.core.terms import Grade, PartialDate, Quantity, Response, UnitTable, completed_years


@dataclass(frozen=True)
class Reading:
    """One recorded value of a concept, with the laboratory's limits of that day where they are known.

    `bound` is "<" or ">" where the laboratory gave only a limit ("< 5"); `value` is None where none was given:
    `missing` says why, `lacks` what would tell, `how` what a value was worked out from. `until` is the last day on
    which an answer counts, `scale` the order of the codes it is one of, `baseline` the subject's own value before
    treatment, or why there is none.
    """

    concept: str
    value: Quantity | str | None
    on: PartialDate
    time: str = ""
    low: Quantity | None = None
    high: Quantity | None = None
    bound: str = ""
    missing: str = ""
    event: str = ""
    until: date | None = None
    scale: tuple[str, ...] = ()
    baseline: Quantity | str = ""
    lacks: str = ""
    how: str = ""

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was worked out of it and of what else is named beside, by whoever worked it out."""
        return {}


@dataclass(frozen=True)
class Review:
    """Someone asked whether there was anything of a kind, and on that day, or the earliest it can have been, was told.

    It speaks for the time up to its day, and for absence until `until`, where the protocol says how long it counts.
    """

    on: date
    concept: str = ""
    said: str = ""
    event: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Episode:
    """Something that started and may have ended: a therapy, a disease, a medication. `end` None is unknown."""

    code: str
    start: PartialDate | None
    end: PartialDate | None
    ongoing: bool | None
    fields: Mapping[str, str]
    event: str = ""
    classified: bool = True


@dataclass(frozen=True)
class Toxicity:
    """One graded toxicity: a laboratory value, or a reported event (`adverse_event`) while it had a grade.

    Where the grade could not be determined it is None, and `possible` are the grades it can have, if that is known.
    `standard` is the table it was graded under: "CTCAE 3.0".
    """

    term: str
    grade: Grade | None
    onset: PartialDate
    end: PartialDate | None = None
    related: bool | None = None
    serious: bool | None = None
    laboratory: bool = False
    event: str = ""
    possible: tuple[Grade, ...] = ()
    adverse_event: str = ""
    standard: str = ""


class Facts(Protocol):
    """A subject's data as they stood on one day; later data are not in it."""

    @property
    def on(self) -> date: ...
    @property
    def units(self) -> UnitTable: ...
    def readings(self, concept: str) -> Sequence[Reading]:
        """Every reading up to the day, oldest first."""
        ...

    def episodes(self, set_name: str) -> Sequence[Episode]:
        """Every episode of a concept set that started on or before the day, or whose start is unknown."""
        ...

    def reviewed(self, set_name: str) -> Review | None:
        """The last time someone asked for episodes of this kind; None when nobody did."""
        ...

    def anchor(self, name: str) -> date | None:
        """The date of registration, first_dose, course_day_1, last_dose or end_of_treatment, actual or planned."""
        ...

    def number(self, name: str) -> Quantity | int | None:
        """A number of the course: `course`, `day` or `dose`."""
        ...

    def toxicities(self) -> Sequence[Toxicity]:
        """Every toxicity up to the day."""
        ...

    def responses(self) -> Sequence[tuple[date, Response]]:
        """The response at each assessment up to the day, oldest first."""
        ...

    def may_be_flare(self, day: date) -> bool:
        """Whether the progression assessed on a day may be a flare, so that it is none until it is confirmed."""
        ...


def age_readings(birth: PartialDate, at: date, event: str = "") -> tuple[Reading, ...]:
    """Age at a date from a birth date that may be partial: each age it can be; a rule must hold for all of them."""
    ages = sorted({completed_years(birth.latest, at), completed_years(birth.earliest, at)})
    lacks = "birth_date, to the day" if len(ages) > 1 else ""
    on = PartialDate.parse(at)
    return tuple(Reading("age", Quantity(Decimal(age), "years"), on, event=event, lacks=lacks) for age in ages)
