"""The language of rehearsal.yaml: how virtual patients fare and how sites type, as frozen data.

    Draw, Value     one value by chance; a value that is typed: unit, digits, path, noise
    Path, Kind      natural courses: how something falls, stays and grows again, in a class of patients
    Parts, Flags    records with several fields (a lesion), and findings that appear at a time
    History         episodes: prior therapy, medication, diseases
    Effect, Tendency    what the drug does to a value, and adverse events by latent severity
    Ends            death, new therapy, withdrawal, loss
    SiteLife, Habits    accrual, laboratory, staff; late, missed and mistyped
    Rehearsal       all of it, with the calibration: which numbers come from where

The numbers of a trial stand in its own file; there is none here. docs/reference/rehearsal-file.md explains each key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from trialwright.adapters.simulation import chance as by
from trialwright.adapters.simulation.chance import Chance

Pair = tuple[float, float]
DRAWS: Mapping[str, Callable[..., float]] = {
    "normal": by.normal,
    "lognormal": by.lognormal,
    "uniform": by.uniform,
    "weibull": by.weibull,
    "poisson": by.poisson,
}
KINDS = ("fixed", "word", *DRAWS, "chance", "of")
STRICT: dict[str, Any] = {"extra": "forbid"}


class Written:
    """Keys that are not known are refused, in every part of the file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT


@dataclass(frozen=True, kw_only=True)
class Draw(Written):
    """One number, word or yes/no by chance; exactly one of the kinds is written.

    `lognormal` is median and standard deviation of the logarithm, `weibull` median and shape; `chance` is of yes.
    """

    fixed: float | None = None
    word: str | None = None
    normal: Pair | None = None
    lognormal: Pair | None = None
    uniform: Pair | None = None
    weibull: Pair | None = None
    poisson: float | None = None
    chance: float | None = None
    of: Mapping[str, float] | None = None
    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"write exactly one of {', '.join(KINDS)}; here {' and '.join(given) or 'none'} is written"
            )
        self._check(given[0])

    def _check(self, kind: str) -> None:
        if kind == "chance" and not 0 <= (self.chance or 0) <= 1:
            raise ValueError(f"a chance lies between 0 and 1, not at {self.chance}")
        if kind == "of" and (not self.of or min(self.of.values()) < 0 or sum(self.of.values()) <= 0):
            raise ValueError(f"shares are not negative, and not all nothing, as {dict(self.of or {})} are")
        if kind in ("lognormal", "weibull") and getattr(self, kind)[0] <= 0:
            raise ValueError(f"a median of a positive value is above 0, not {getattr(self, kind)[0]}")
        if kind in ("normal", "lognormal", "weibull") and getattr(self, kind)[1] < (0.05 if kind == "weibull" else 0):
            raise ValueError(
                "a spread is not negative, and the shape of a Weibull "
                f"distribution is at least 0.05, not {getattr(self, kind)[1]}"
            )
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least, {self.least}, is above most, {self.most}")

    def draw(self, source: Chance, *words: object) -> float | str:
        """The value for this fraction of chance."""
        fraction = source.fraction(*words)
        if self.word is not None:
            return self.word
        if self.chance is not None:
            return "yes" if fraction < self.chance else "no"
        if self.of is not None:
            return by.one_of(fraction, self.of)
        return self.within(self._number(fraction))

    def number(self, source: Chance, *words: object) -> float:
        """The value as a number, also where it was written as a word; yes is 1."""
        drawn = self.draw(source, *words)
        return float({"yes": "1", "no": "0"}.get(drawn, drawn)) if isinstance(drawn, str) else drawn

    def within(self, number: float) -> float:
        """The number, held between least and most."""
        low = number if self.least is None else max(number, self.least)
        return low if self.most is None else min(low, self.most)

    def middle(self) -> float:
        """The median of a number; 0 for words."""
        return 0.0 if self.word or self.of or self.chance is not None else self.within(self._number(0.5))

    def _number(self, fraction: float) -> float:
        if self.fixed is not None:
            return self.fixed
        name = next(each for each in DRAWS if getattr(self, each) is not None)
        given = getattr(self, name)
        return DRAWS[name](fraction, *(given if isinstance(given, tuple) else (given,)))


@dataclass(frozen=True, kw_only=True)
class Value(Draw):
    """A value that a site types: drawn once for the patient, then moved by path, arm and drug, with noise each time.

    `only` says for whom it exists, such as {sex: [female]}; `digits` are decimals in the site's unit; `again` draws
    anew each time instead of keeping the patient's own. `like` follows other values: the power of each, against its
    middle. `by_worst_grade` is the chance of yes by the worst related adverse event since the last course began.
    """

    unit: str = ""
    digits: int = 0
    noise: float = 0
    path: str | None = None
    power: float = 1
    by_arm: Mapping[str, float] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    again: bool = False
    not_done: float = 0
    like: Mapping[str, float] = field(default_factory=dict)
    by_worst_grade: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Kind(Written):
    """A class of patients that fare alike; the chance of belonging to it may differ by arm."""

    chance: float
    by_arm: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Path(Written):
    """How something moves from its baseline, as a factor: to `to` over `over` days, stays, then grows each 28 days.

    `flare` is a passing rise at the start, with its chance, its height as a factor and its length in days.
    """

    to: Draw
    over: Draw
    stays: Draw
    grows: Draw
    flare: tuple[float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Parts(Written):
    """A record that repeats over parts of the body, such as lesions: how many, and each field's value."""

    count: Draw
    key: str
    fields: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Flag(Written):
    """A yes/no finding of an assessment: a chance each time, or an event at a time after the first dose, by class.

    `during_flare` makes it yes while the flare of this path lasts.
    """

    chance: float | None = None
    after: Mapping[str, Draw] | None = None
    during_flare: str | None = None


@dataclass(frozen=True, kw_only=True)
class History(Written):
    """Episodes a patient brings along, and how often a new one comes up at a visit.

    Times are days before screening; `outcome` and `others` are further fields with their shares.
    """

    count: Draw
    codes: Mapping[str, float]
    ended: Draw
    lasted: Draw
    ongoing: float = 0
    fields: Mapping[str, Draw] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    new_at_visit: float = 0
    new_codes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Effect(Written):
    """What the dose does to a value: the change of its logarithm for one unit of dose, in full from a day on.

    `spread` is how much patients differ; the effect wears off over `recovers_over` days after the last dose.
    """

    concepts: tuple[str, ...]
    log_change: float
    full_by_day: int = 14
    recovers_over: int = 14
    spread: float = 0
    drugs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tendency(Written):
    """An adverse event by its latent severity in each course: the patient's own level, the dose, and chance.

    Severity past the first cut is grade 1, past the second grade 2, and so on; below the first there is no event.
    """

    term: str
    level: Pair
    per_dose: float = 0
    noise: float = 1
    cuts: tuple[float, ...]
    starts_on_day: Draw
    lasts: Draw
    related: float = 0.5
    serious_from: int = 3
    courses: int | None = None
    with_flare: str | None = None
    drugs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ends(Written):
    """How a patient's time in the study ends other than by the protocol; chances are per 28 days, times in days."""

    death: Mapping[str, Draw] = field(default_factory=dict)
    causes: Mapping[str, float] = field(default_factory=dict)
    withdraws: float = 0
    lost: float = 0
    declines: float = 0
    never_starts: float = 0
    new_therapy: float = 0
    new_therapy_after: Draw | None = None
    new_therapy_codes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Limits(Written):
    """A laboratory's limits, for a sex and an age where they differ."""

    low: Decimal | None = None
    high: Decimal | None = None
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Test(Written):
    """How a laboratory reports an analyte: its unit, decimals and limits."""

    unit: str
    digits: int = 0
    limits: tuple[Limits, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InForce(Written):
    """From when a protocol version is in force at a site, and when its ethics board approved it."""

    since: date
    approved: date


@dataclass(frozen=True, kw_only=True)
class Habits(Written):
    """How a site keeps to the plan and how it types; shares of visits, items and forms.

    A number that is off by more than `glaring` times is always found, `glaring_after` so many days.
    """

    late: float = 0
    late_by: Draw = field(default_factory=lambda: Draw(fixed=0))
    early: float = 0
    missed: float = 0
    entry_delay: Draw = field(default_factory=lambda: Draw(fixed=0))
    partial_date: float = 0
    slips: float = 0
    slip_kinds: Mapping[str, float] = field(default_factory=lambda: {"digit": 1.0})
    slips_never_in: tuple[str, ...] = ()
    corrected: float = 1
    corrected_after: Draw = field(default_factory=lambda: Draw(fixed=7))
    glaring: float = 3
    glaring_after: Draw = field(default_factory=lambda: Draw(fixed=3))
    by_query: float = 0
    other_dose: float = 0
    day_missed: float = 0
    specimen_lost: float = 0


@dataclass(frozen=True, kw_only=True)
class SiteLife(Written):
    """A site: patients screened in a month, protocol versions, staff, laboratory and habits of its own."""

    screened_per_month: float
    versions: Mapping[str, InForce]
    staff: Mapping[Literal["coordinator", "investigator", "pharmacist"], int] = field(default_factory=dict)
    laboratory: Mapping[str, Test] = field(default_factory=dict)
    habits: Habits | None = None


@dataclass(frozen=True, kw_only=True)
class Screening(Written):
    """How screening runs: days to the decision, tries, days to the first dose, consent to sub-studies."""

    decision_after: Draw
    asks_again: int = 2
    again_after: Draw
    first_dose_after: Draw
    joins_substudy: float = 1


@dataclass(frozen=True, kw_only=True)
class Assayed(Written):
    """One analyte: its value at first, the factor it changes by afterwards in each class, and the noise."""

    first: Draw
    later: Mapping[str, Draw] = field(default_factory=dict)
    digits: int = 0
    noise: float = 0


@dataclass(frozen=True, kw_only=True)
class Specimens(Written):
    """Assay results by analyte, and how long the laboratory takes; `other` stands for analytes not named.

    `agrees_to_storage` is how many patients agree that specimens are kept, where the protocol asks them.
    """

    analytes: Mapping[str, Assayed] = field(default_factory=dict)
    other: Assayed | None = None
    reported_after: Draw = field(default_factory=lambda: Draw(fixed=30))
    agrees_to_storage: float = 1.0


@dataclass(frozen=True, kw_only=True)
class CalibrationRow(Written):
    """One number of the rehearsal against a published one: calibrated to it, following from the rules, or unable."""

    id: str
    label: str
    published: str
    source: str
    how: Literal["calibrated", "follows", "cannot agree"]
    why: str


@dataclass(frozen=True, kw_only=True)
class Rehearsal(Written):
    """Everything a rehearsal goes by; `seed` is used where none is named."""

    rehearsal: str
    seed: int = 1
    start: date
    end: date
    sites: Mapping[str, SiteLife]
    laboratory: Mapping[str, Test] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    screening: Screening
    baseline: Mapping[str, Value]
    parts: Mapping[str, Parts] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, Flag]] = field(default_factory=dict)
    histories: Mapping[str, History] = field(default_factory=dict)
    classes: Mapping[str, Kind]
    paths: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    adverse_events: tuple[Tendency, ...] = ()
    ends: Ends = field(default_factory=Ends)
    specimens: Specimens = field(default_factory=Specimens)
    invented: str = ""
    calibration: tuple[CalibrationRow, ...] = ()

    def habits_of(self, site: str) -> Habits:
        """A site's own habits, or those of all."""
        return self.sites[site].habits or self.habits

    def test_of(self, site: str, analyte: str) -> Test | None:
        """How a site's laboratory reports an analyte."""
        return self.sites[site].laboratory.get(analyte) or self.laboratory.get(analyte)
