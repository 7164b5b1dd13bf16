"""Who works with the study: persons, the roles they hold and where, duties delegated to them, what they were taught.

Folded from the study's chain (roles, trainings) and the database's own (names, deactivations), so that a right is never
kept beside the ledger. A role holds from its day, at one site or at all of them, until it is ended or its last day is
over; an end counts from the moment it is told. Whoever was deactivated holds none. What a role may do is not decided
here. Read `Roster`, then `RosterFold`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from trialwright.core.ledger import (
    REFUSED_FOR,
    AccessChanged,
    AccessRestored,
    Event,
    EventVoided,
    PersonDeactivated,
    PersonNamed,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
    SignedIn,
    SignInRefused,
    TokenEnded,
    TokenIssued,
    TrainingRecorded,
)
from trialwright.core.subject import voidings

ROLES = (
    "coordinator", "investigator", "pharmacist", "specimen laboratory", "monitor", "data manager", "statistician",
    "sponsor-investigator", "auditor", "administrator",
)  # fmt: skip
"""The roles of a trial; the first four belong to a site (`AT_A_SITE`)."""
AT_A_SITE = ROLES[:4]
DUTIES = (
    "informed consent", "eligibility", "medical history", "physical examination", "assessment of response",
    "grading of adverse events", "causality", "prescribing", "dispensing and accountability", "blood samples",
    "handling of specimens", "data entry", "answering queries", "signing forms", "reporting serious events",
    "essential documents", "contact with the ethics committee",
)  # fmt: skip
"""What an investigator delegates to the staff of a site, in the words of the delegation log (ICH E6(R3) 2.3)."""

STUDY_KINDS = (RoleGranted, RoleEnded, TrainingRecorded, EventVoided)
SYSTEM_KINDS = (
    PersonNamed, PersonDeactivated, PersonReactivated, AccessRestored, AccessChanged, SignedIn, SignInRefused,
    TokenIssued, TokenEnded,
)  # fmt: skip


@dataclass(frozen=True)
class Grant:
    """A role that a person was given: where (None: at every site), from when, with which duties, and how it ended."""

    role: str
    site: str | None
    since: date
    duties: tuple[str, ...] = ()
    until: date | None = None
    by: str = ""
    event: str = ""
    ended: RoleEnded | None = None

    def holds(self, on: date | None = None) -> bool:
        """Whether it holds now, `on` being today; without a date, whether it was not ended."""
        return self.ended is None and (on is None or (self.since <= on and (self.until is None or on <= self.until)))

    @property
    def last_day(self) -> date | None:
        """The last day it held, as the delegation log prints it; None while no end is known."""
        told = [day for day in (self.until, self.ended and self.ended.occurred) if day]
        return min(told, default=None)


@dataclass(frozen=True)
class Person:
    """One person who works with the study: id, printed name, every role ever held, trainings, and standing.

    `standing` is the newest word on it: None or a reactivation while active.
    """

    id: str
    name: str = ""
    roles: tuple[Grant, ...] = ()
    trainings: tuple[TrainingRecorded, ...] = ()
    standing: PersonDeactivated | PersonReactivated | None = None
    access: tuple[Event, ...] = field(default=(), repr=False)

    @property
    def active(self) -> bool:
        """Whether the person has access at all."""
        return not isinstance(self.standing, PersonDeactivated)


NOBODY = Person("")


@dataclass(frozen=True)
class Roster:
    """Everybody who works with the study, by id."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    strangers: tuple[SignInRefused, ...] = field(default=(), repr=False)
    """The last attempts with logins that nobody has."""

    def person(self, person: str) -> Person:
        """A person; of one nobody named, the id alone."""
        return self.persons.get(person) or replace(NOBODY, id=person)

    def name(self, person: str) -> str:
        """The printed name; the id where no name was told."""
        return self.person(person).name or person

    def active(self, person: str) -> bool:
        """Whether the person is known and was not deactivated."""
        return person in self.persons and self.persons[person].active

    def grants(self, person: str, on: date | None = None) -> tuple[Grant, ...]:
        """The roles that hold, `on` being today; none of a person who was deactivated or is not known."""
        return tuple(one for one in self.persons[person].roles if one.holds(on)) if self.active(person) else ()

    def roles(self, person: str, site: str | None, on: date | None = None) -> frozenset[str]:
        """The roles that a person holds at a site: those given there, and those given at every site."""
        return frozenset(one.role for one in self.grants(person, on) if one.site in (None, site))

    def sites(self, person: str, on: date | None = None) -> frozenset[str | None]:
        """The sites at which a person holds a role; None among them stands for every site."""
        return frozenset(one.site for one in self.grants(person, on))

    def holders(self, role: str, on: date | None = None) -> tuple[Person, ...]:
        """Everybody who holds a role anywhere, by id."""
        found = (name for name in sorted(self.persons) if any(one.role == role for one in self.grants(name, on)))
        return tuple(self.persons[name] for name in found)


@dataclass
class RosterFold:
    """The roster while events come in, of the study's chain and of the database's own, in any mixture."""

    people: dict[str, Person] = field(default_factory=dict)
    own: list[Event] = field(default_factory=list)
    strangers: tuple[SignInRefused, ...] = ()
    _snapshot: Roster | None = None

    def take(self, event: Event) -> None:
        """One more event; what says nothing of people is passed over."""
        if isinstance(event, EventVoided) and event.subject is None:
            self._again(event)
        elif isinstance(event, STUDY_KINDS) and not isinstance(event, EventVoided):
            self.own.append(event)
            self._take(event)
        elif isinstance(event, SYSTEM_KINDS) and event.person:
            self._take(event)
        elif isinstance(event, SignInRefused):
            self.strangers, self._snapshot = (*self.strangers[-MOST_REMEMBERED:], event), None

    @property
    def roster(self) -> Roster:
        """The roster as it stands."""
        if self._snapshot is None:
            self._snapshot = Roster(dict(self.people), self.strangers)
        return self._snapshot

    def _again(self, event: EventVoided) -> None:
        """Roles and trainings without what was voided; names and standing are not voided."""
        self.own.append(event)
        voided = voidings(self.own)
        for name, person in self.people.items():
            self.people[name] = replace(person, roles=(), trainings=())
        for one in self.own:
            if one.id not in voided and not isinstance(one, EventVoided):
                self._take(one)
        self._snapshot = None

    def _take(self, event: Event) -> None:
        known = self.people.get(event.person) or Person(event.person)  # type: ignore[attr-defined]
        self.people[known.id] = advanced(known, event)
        self._snapshot = None


def advanced(person: Person, event: Event) -> Person:
    """A person after one more event that names them."""
    match event:
        case PersonNamed():
            return replace(person, name=event.name)
        case PersonDeactivated() | PersonReactivated():
            return replace(person, standing=event)
        case RoleGranted():
            return replace(person, roles=(*person.roles, _granted(event)))
        case RoleEnded():
            return replace(person, roles=tuple(_ended(one, event) for one in person.roles))
        case TrainingRecorded():
            return replace(person, trainings=(*person.trainings, event))
        case _:
            return replace(person, access=(*person.access[-MOST_REMEMBERED:], event))


MOST_REMEMBERED = 99
"""So many sign-ins, refusals, tokens and restorations of a person are at hand; the ledger has them all."""


@dataclass(frozen=True)
class RefusedLately:
    """Sign-ins of one login that were refused of late: how often, when last, and whether somebody came in since.

    `person` is empty for logins that nobody has.
    """

    person: str
    times: int
    last: date
    came_in: bool


_, _, _, DEACTIVATED, _ = REFUSED_FOR
LATELY, ALARMING = timedelta(days=7), 5
"""How long a refused sign-in is looked at, and how many of one login are no slip of the finger: as many as lock it."""


def refused_lately(roster: Roster, on: date) -> tuple[RefusedLately, ...]:
    """The logins somebody should look after: refused five times within a week, or tried after a deactivation.

    Who came in after all is told too: it may not have been the person.
    """
    tried = {name: person.access for name, person in roster.persons.items()} | {"": roster.strangers}
    found = (_refused(name, access, on) for name, access in tried.items())
    return tuple(sorted((one for one in found if one), key=lambda one: (-one.times, one.person)))


def _refused(person: str, access: Sequence[Event], on: date) -> RefusedLately | None:
    of_late = [one for one in access if on - LATELY < one.occurred <= on]
    refused = [one for one in of_late if isinstance(one, SignInRefused)]
    if len(refused) < ALARMING and all(one.why != DEACTIVATED for one in refused):
        return None
    after = of_late[of_late.index(refused[-1]) :]
    return RefusedLately(person, len(refused), refused[-1].occurred, any(isinstance(one, SignedIn) for one in after))


def fold_roster(events: Iterable[Event]) -> Roster:
    """The roster of these events, oldest first."""
    fold = RosterFold()
    for event in events:
        fold.take(event)
    return fold.roster


def _granted(event: RoleGranted) -> Grant:
    return Grant(event.granted, event.site, event.occurred, event.duties, event.until, event.actor, event.id)


def _ended(grant: Grant, event: RoleEnded) -> Grant:
    """An end is of the role at its own site; one at every site is ended as such."""
    meant = grant.ended is None and (grant.role, grant.site) == (event.ended, event.site)
    return replace(grant, ended=event) if meant else grant
