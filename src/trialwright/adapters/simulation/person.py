"""A virtual patient: the latent truth that a site will see parts of, on any date.

Decided here: the patient's class, baseline values, where each path stands on a day, what the drug does to a value, and
when latent events fall. Nothing is typed here (`typist`) and nothing is judged anywhere in the simulation. Read
`Person`; its clock starts on the day of the first dose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from trialwright.adapters.simulation.chance import Chance, one_of
from trialwright.adapters.simulation.language import Effect, Flag, Path, Rehearsal, Tendency, Value

MONTH = 28
"""Days of the month in which rates are given."""
HIGHEST = 30.0
"""Nothing grows past this many times its baseline."""


@dataclass
class Taking:
    """One run of doses of one drug: from a day to a day, both taken."""

    drug: str
    course: int
    amount: float
    unit: str
    first: date
    last: date


@dataclass
class Person:
    """One patient of the rehearsal: everything about them follows from their chance and what they were given."""

    rehearsal: Rehearsal
    chance: Chance
    screened: date
    arm: str | None = None
    first_dose: date | None = None
    taken: list[Taking] = field(default_factory=list)

    # ---- who they are ---------------------------------------------------------------------------------------------

    @cached_property
    def kind(self) -> str:
        """The class they fare with; asked for only after allocation, on which its chance may rest."""
        shares = {name: kind.by_arm.get(self.arm or "", kind.chance) for name, kind in self.rehearsal.classes.items()}
        return one_of(self.chance.fraction("class"), shares)

    def is_one(self, value: Value) -> bool:
        """Whether the value exists for them, such as a pregnancy test."""
        return all(str(self.own(name)) in words for name, words in value.only.items())

    def own(self, name: str) -> float | str:
        """The value they came with."""
        value = self.rehearsal.baseline.get(name)
        return value.draw(self.chance, "baseline", name) if value else ""

    # ---- where a value stands -------------------------------------------------------------------------------------

    def stands(self, name: str, value: Value, on: date, within: str = "") -> float | str:
        """The true value on a day, with the noise of that day's measurement; a word is not moved."""
        words = ("baseline", name, within)[: 3 if within else 2]
        drawn = value.draw(self.chance, *words, *((on,) if value.again else ()))
        if isinstance(drawn, str):
            return drawn
        moved = drawn * self._moved(name, value, on) * math.exp(value.noise * self.chance.normal("noise", *words, on))
        return value.within(moved)

    def _moved(self, name: str, value: Value, on: date) -> float:
        factor = self.path(value.path, on) ** value.power if value.path else 1.0
        for other, power in value.like.items():
            factor *= self._against_its_middle(other) ** power
        if self.first_dose is not None and on > self.first_dose:
            factor *= value.by_arm.get(self.arm or "", 1.0)
        change = sum(self._change(one, number, on) for number, one in self._effects_on(name))
        return factor * math.exp(change)

    def _against_its_middle(self, name: str) -> float:
        """A value they came with, as a share of what is usual."""
        value, own = self.rehearsal.baseline[name], self.own(name)
        middle = value.middle()
        return max(own, 1e-9) / middle if isinstance(own, float) and middle > 0 else 1.0

    def _effects_on(self, name: str) -> list[tuple[int, Effect]]:
        return [(number, one) for number, one in enumerate(self.rehearsal.effects) if name in one.concepts]

    def _change(self, effect: Effect, number: int, on: date) -> float:
        """What the doses taken so far change of a value's logarithm; the latest run counts."""
        runs = [one for one in self.taken if one.first <= on and (not effect.drugs or one.drug in effect.drugs)]
        if not runs:
            return 0.0
        run, own = runs[-1], math.exp(effect.spread * self.chance.normal("sensitivity", number))
        days, since = (min(on, run.last) - run.first).days + 1, max(0, (on - run.last).days)
        risen = min(1.0, days / max(1, effect.full_by_day))
        left = max(0.0, 1 - since / max(1, effect.recovers_over))
        return effect.log_change * run.amount * own * risen * left

    # ---- natural courses ------------------------------------------------------------------------------------------

    def path(self, name: str, on: date) -> float:
        """How many times its baseline something is on a day; 1 until the first dose."""
        if self.first_dose is None or on <= self.first_dose:
            return 1.0
        days, path, at = (on - self.first_dose).days, self._path(name), self.chance.of("path", name)
        low, over = max(path.to.number(at, "to"), 1e-9), max(1.0, path.over.number(at, "over"))
        stays, grows = path.stays.number(at, "stays"), path.grows.number(at, "grows")
        months = max(0.0, days - over - stays) / MONTH
        factor: float = low ** min(1.0, days / over) * (1 + grows) ** min(months, 500 / MONTH)
        return min(HIGHEST, factor * self._flare(name, days))

    def _path(self, name: str) -> Path:
        return self.rehearsal.paths[name][self.kind]

    def _has_flare(self, name: str) -> bool:
        flare = self._path(name).flare
        return flare is not None and self.chance.happens(flare[0], "flare", name)

    def _flare(self, name: str, days: int) -> float:
        """A passing rise at the start: up to its height in the middle of its days, and down again."""
        flare = self._path(name).flare
        if flare is None or not self._has_flare(name) or not 0 < days < flare[2]:
            return 1.0
        return 1 + (flare[1] - 1) * math.sin(math.pi * days / flare[2])

    def flares(self, name: str, on: date) -> bool:
        """Whether the passing rise is under way."""
        return self.first_dose is not None and self._flare(name, (on - self.first_dose).days) > 1.1

    def finding(self, concept: str, name: str, flag: Flag, since: date, on: date) -> bool:
        """Whether a finding is new at an assessment: it came up after the assessment before, or by the day's chance."""
        if flag.during_flare and self.flares(flag.during_flare, on):
            return True
        if flag.chance is not None:
            return self.chance.happens(flag.chance, concept, name, on)
        latent = (flag.after or {}).get(self.kind) if self.first_dose else None
        if latent is None or self.first_dose is None:
            return False
        day = self.first_dose + days(latent.number(self.chance, concept, name))
        return since < day <= on

    # ---- ends -----------------------------------------------------------------------------------------------------

    def death(self, since: date) -> date | None:
        """The day they would die, counted from registration; None where the file gives their class no death."""
        latent = self.rehearsal.ends.death.get(self.kind)
        return since + days(latent.number(self.chance, "death")) if latent else None

    def leaves(self, rate: float, what: str, since: date) -> date | None:
        """The day of an end that has the same chance every 28 days."""
        if rate <= 0:
            return None
        months = math.log(self.chance.fraction(what)) / math.log(1 - min(rate, 0.999))
        return since + days(months * MONTH) if months < 1000 else None

    # ---- adverse events -------------------------------------------------------------------------------------------

    def severity(self, tendency: Tendency, number: int, run: Taking, piece: int) -> int:
        """The grade an event of this kind reaches in a run of doses; 0 is none."""
        source = self.chance.of("event", tendency.term, number)
        own = tendency.level[0] + tendency.level[1] * source.normal("level")
        if tendency.with_flare and not self._has_flare(tendency.with_flare):
            return 0
        noise = tendency.noise * source.normal(run.course, piece)
        latent = own + tendency.per_dose * run.amount + noise
        return sum(latent > cut for cut in tendency.cuts)


def days(count: float) -> timedelta:
    """So many whole days, rounded down."""
    return timedelta(days=int(min(max(count, 0), 60_000)))
