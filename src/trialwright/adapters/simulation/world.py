"""The simulated calendar: what happens is queued by date, and every event is folded as soon as it happens.

Decided here: the order of the days, who signs an event and at what time, and how much later it is recorded. The fold is
the core's own, so that the rules are asked about exactly what the ledger will hold. Read `World.run` and `World.say`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from trialwright.adapters.simulation.answers import Answers
from trialwright.adapters.simulation.chance import Chance
from trialwright.adapters.simulation.language import Rehearsal
from trialwright.core.ledger import Event
from trialwright.core.protocol import Concept, StudyProtocol
from trialwright.core.subject import SiteRecord, StudyFold, StudyRecord, SubjectRecord
from trialwright.core.terms import UnitTable

Action = Callable[[date], None]
FIRST_HOUR, MINUTES_OF_A_DAY, MINUTES_APART = 8, 6 * 60, 6


SATURDAY = 5


def not_on_weekend(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


@dataclass(frozen=True)
class Setting:
    """What is rehearsed: the protocol's versions with their files' hashes, units, concepts and the rules."""

    rehearsal: Rehearsal
    versions: Mapping[str, StudyProtocol]
    hashes: Mapping[str, str]
    texts: Mapping[str, str]
    units: UnitTable
    concepts: Mapping[str, Mapping[str, Concept]]
    answers: Answers


@dataclass(frozen=True)
class Page:
    """One event and when it is meant to be entered; pages of one stream are entered in their order."""

    event: Event
    happened: datetime
    entered: datetime
    group: int


@dataclass
class World:
    """Everything that has happened so far in one rehearsal."""

    setting: Setting
    chance: Chance
    wanted: int
    pages: list[Page] = field(default_factory=list)
    fold: StudyFold = field(default_factory=StudyFold)
    screened: int = 0
    registered: int = 0
    treated: int = 0
    told: Callable[[int], None] = lambda steps: None
    _queue: list[tuple[date, int, Action]] = field(default_factory=list)
    _ticks: Any = field(default_factory=count)
    _groups: Any = field(default_factory=count)
    _clock: dict[tuple[str, date], int] = field(default_factory=dict)

    @property
    def rehearsal(self) -> Rehearsal:
        """What the rehearsal goes by."""
        return self.setting.rehearsal

    @property
    def study(self) -> StudyRecord:
        """The study as recorded so far."""
        return self.fold.study

    @property
    def subjects(self) -> Mapping[str, SubjectRecord]:
        """The records of the subjects, by id."""
        return self.fold.subjects

    @property
    def sites(self) -> Mapping[str, SiteRecord]:
        """The records of the sites, by id."""
        return self.fold.sites

    @property
    def full(self) -> bool:
        """Whether as many are registered as wanted."""
        return self.registered >= self.wanted

    def at(self, day: date, action: Action) -> None:
        """Queue something for a day; what is queued for one day happens in the order it was queued."""
        if day <= self.rehearsal.end:
            heapq.heappush(self._queue, (day, next(self._ticks), action))

    def run(self) -> None:
        """Day after day, until nothing is left to happen."""
        while self._queue:
            day, _, action = heapq.heappop(self._queue)
            action(day)

    # ---- events ---------------------------------------------------------------------------------------------------

    def group(self) -> int:
        """A new save: the events that share it are written together."""
        return int(next(self._groups))

    def say(
        self,
        what: type[Event],
        day: date,
        who: Mapping[str, Any],
        delay: float = 0,
        group: int | None = None,
        **own: Any,
    ) -> Event:
        """An event happens: it is stamped, folded, and put down to be entered `delay` days later."""
        event = self.stamped(what(**who, occurred=day, **own))
        happened = datetime.fromisoformat(f"{event.occurred}T{event.time}:00{event.offset}")
        event = replace(event, seq=len(self.pages) + 1, id=f"e{len(self.pages) + 1}")
        entered = happened + timedelta(minutes=int(max(delay, 0) * 1440) + 2)
        self.pages.append(Page(event, happened, entered, self.group() if group is None else group))
        self.fold.take(event)
        return event

    def refused(self, what: type[Event], day: date, who: Mapping[str, Any], **own: Any) -> bool:
        """Whether the rules refuse a decision; a refused decision is not taken."""
        event = self.stamped(what(**who, occurred=day, **own), peek=True)
        return bool(self.setting.answers.refused(self.study, replace(event, seq=len(self.pages) + 1)))

    def stamped(self, event: Event, peek: bool = False) -> Event:
        """The event with its local time, offset and zone, and the protocol it stands under."""
        zone = self.zone(event.site)
        minutes = self._minutes(event.subject or event.site or "", event.occurred, peek)
        time = f"{FIRST_HOUR + minutes // 60:02}:{minutes % 60:02}"
        local = datetime.fromisoformat(f"{event.occurred}T{time}").replace(tzinfo=ZoneInfo(zone))
        offset = f"{local:%z}"
        offset = f"{offset[:3]}:{offset[3:5]}"
        return replace(event, time=time, zone=zone, offset=offset, protocol=event.protocol or self._hash(event))

    def _minutes(self, whose: str, day: date, peek: bool) -> int:
        """Minutes since the doors opened; each event of a day comes after the one before."""
        start = int(self.chance.fraction("time", whose, day) * MINUTES_OF_A_DAY)
        now = min(self._clock.get((whose, day), start - MINUTES_APART) + MINUTES_APART, 15 * 60)
        if not peek:
            self._clock[whose, day] = now
        return now

    def zone(self, site: str | None) -> str:
        """The time zone of a site; the study as a whole goes by its leading site."""
        first = next(iter(self.setting.versions.values()))
        places = [one for one in first.design.sites if one.id == site] or [
            *(one for one in first.design.sites if one.lead),
            *first.design.sites,
        ]
        return places[0].time_zone if places else "UTC"

    def _hash(self, event: Event) -> str:
        """The file of the version the subject is on, else the one in force at the site, else the first."""
        record = self.subjects.get(event.subject or "")
        site = self.sites.get(event.site or "")
        version = record.version if record else getattr(event, "version", None)
        version = version or (site.version_in_force(event.occurred) if site else None)
        return self.setting.hashes[version or next(iter(self.setting.versions))]

    # ---- who ------------------------------------------------------------------------------------------------------

    def person_at(self, site: str | None, role: str, *words: object) -> dict[str, Any]:
        """Who signs at a site in a role: one of its staff, under an opaque id."""
        life = self.rehearsal.sites.get(site or "")
        staff = life.staff.get(role, 1) if life else 1  # type: ignore[call-overload]
        number = self.chance.days(1, max(1, staff), "staff", site, role, *words)
        return {"actor": f"u{self.chance.tag('person', site, role, number)}", "role": role, "site": site}
