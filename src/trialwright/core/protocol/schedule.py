"""What is planned and when: epochs, encounters with their windows, specimens and what is measured in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.conditions.constructs import ANCHORS
from trialwright.core.protocol.clause import Clause
from trialwright.core.terms import Duration, Quantity, Written


class Epoch(Enum):
    """Where in the study a subject is; stage is data."""

    SCREENING = "screening"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"
    OFF_STUDY = "off study"
    NOT_REGISTERED = "not registered"


ENCOUNTER_ANCHORS: tuple[str, ...] = ("course", *ANCHORS)
"""What an encounter can count from."""


@dataclass(frozen=True, kw_only=True)
class Encounter(Clause):
    """A planned contact: anchored on a course, or on a date that conditions know as well (`ENCOUNTER_ANCHORS`).

    In a course it lies on `day` of the `courses` named ("1", "2-", "2-4", "all"); elsewhere `offset` after the anchor
    (`before: true` turns it round), repeated `every` so long up to `until` after the anchor. The window is days before
    and after. `through_delay`: only in a delay of the next course, repeated until that begins. `instead_of` another
    encounter: planned once treatment ended before the course of that one began.
    """

    label: str
    epoch: Epoch
    anchor: str
    courses: str = "all"
    day: int | None = None
    offset: Duration | None = None
    before: bool = False
    every: Duration | None = None
    until: Duration | None = None
    window: tuple[int, int] = (0, 0)
    collect: tuple[str, ...] = ()
    applies_when: Condition = ALWAYS
    sites: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    through_delay: bool = False
    instead_of: str | None = None


CUSTODY_STEPS: tuple[str, ...] = ("collected", "processed", "shipped", "received", "assayed", "stored", "destroyed")
"""What can be done with a specimen, in the usual order."""


@dataclass(frozen=True)
class TimeLimit(Written):
    """A time within which something is done, in minutes, hours, days or weeks that always have the same length.

    >>> TimeLimit.parse("4 hours").minutes
    240
    """

    count: int
    unit: str

    @classmethod
    def parse(cls, text: object) -> TimeLimit:
        """Read "30 minutes", "4 hours", "2 days" or "1 week"."""
        found = re.fullmatch(r"\s*(\d+)\s+(minute|hour|day|week)s?\s*", str(text))
        if not found:
            raise ValueError(f"{text!r} is no time limit; write whole minutes, hours, days or weeks, such as 4 hours")
        return cls(int(found[1]), found[2] + "s")

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    @property
    def minutes(self) -> int:
        """The same time in minutes."""
        return self.count * {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}[self.unit]


@dataclass(frozen=True)
class TemperatureRange(Written):
    """The temperatures a specimen may have, both ends included.

    >>> str(TemperatureRange.parse("-90 to -60 Cel"))
    '-90 to -60 Cel'
    """

    low: Quantity | None
    high: Quantity | None

    @classmethod
    def parse(cls, text: object) -> TemperatureRange:
        """Read "2 to 8 Cel", "at most -60 Cel" or "at least 15 Cel"."""
        number = r"([+-]?\d+(?:\.\d+)?)"
        both = re.fullmatch(rf"\s*{number}\s+to\s+{number}\s+(\S+)\s*", str(text))
        one = re.fullmatch(rf"\s*at (most|least)\s+{number}\s+(\S+)\s*", str(text))
        if both and Decimal(both[1]) <= Decimal(both[2]):
            return cls(Quantity(Decimal(both[1]), both[3]), Quantity(Decimal(both[2]), both[3]))
        if one:
            limit = Quantity(Decimal(one[2]), one[3])
            return cls(limit, None) if one[1] == "least" else cls(None, limit)
        raise ValueError(f"{text!r} is no range of temperature; write 2 to 8 Cel, at most -60 Cel or at least 15 Cel")

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"at most {self.high}" if self.low is None else f"at least {self.low}"
        return f"{self.low.value} to {self.high}"


@dataclass(frozen=True, kw_only=True)
class Handling(Clause):
    """What is asked of one step of a specimen's custody: where, at which temperature, within how long after another.

    `within` counts `after` an earlier step; without that, after the collection.
    """

    step: str
    within: TimeLimit | None = None
    after: str = "collected"
    temperature: TemperatureRange | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Assay(Clause):
    """What is measured in a specimen: its analytes and the method; `extensible`: the analytes are examples."""

    label: str
    analytes: tuple[str, ...] = ()
    method: str = ""
    unit: str = "1"
    extensible: bool = False


@dataclass(frozen=True, kw_only=True)
class Specimen(Clause):
    """A sample that is planned: matrix, the encounters it is taken at, the assays, and how it is handled and kept.

    `stored_for` is what it is kept for, `storage_consent` the question that must be answered yes for that, `keep_for`
    how long after its collection; each is left open where nobody says it.
    """

    label: str
    matrix: str
    encounters: tuple[str, ...]
    substudy: str | None = None
    assays: tuple[Assay, ...] = ()
    stored_for: str | None = None
    stored_at: str = ""
    storage_consent: str | None = None
    keep_for: Duration | None = None
    aliquots: int | None = None
    handling: tuple[Handling, ...] = ()
