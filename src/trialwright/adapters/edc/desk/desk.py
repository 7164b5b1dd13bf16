"""A desk: what one person sees and may do in one study, at the object of the page they opened.

Everything a view reads goes through it, so that nothing is shown which the person's roles do not reach; everything a
view saves goes through it, in the person's name and acting role, asked again inside the transaction whether they still
may. Read `Desk`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

from django.http import HttpRequest

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.access.matrix import Page
from trialwright.adapters.edc.access.roles import SITE_ROLES, Role
from trialwright.adapters.edc.desk.discretion import discreet, refuse_unseen, unseen
from trialwright.adapters.edc.desk.opened import OpenStudy
from trialwright.core.bundle import Standards
from trialwright.core.conduct import SubjectStatus, Trial, TrialStatus, case_and_status, case_of, trial_status
from trialwright.core.conduct.totals import Standing
from trialwright.core.conduct.week import SubjectLine, subject_line
from trialwright.core.disposition import disposition
from trialwright.core.ledger import Event
from trialwright.core.people import Grant
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import Case, SubjectRecord
from trialwright.core.terms import Finding
from trialwright.store import Receipt, Submission, Text
from trialwright.store.encoding import SUBJECT_STREAM
from trialwright.store.errors import NotAuthorised

DAY = "trialwright_day"
"""Where a session keeps the day that a person stands on in a demonstration."""
E = TypeVar("E", bound=Event)
OF_A_LABORATORY = ("custody", Role.LABORATORY.value)
"""The form on which a laboratory enters what it does with specimens, and its role."""
OF_A_SITE = frozenset(role.value for role in SITE_ROLES)


@dataclass(frozen=True)
class Person:
    """Who is signed in: an opaque id, as events carry it, and the printed name."""

    id: str
    name: str


class Desk:
    """One person at one page of one study.

    `role` is the role they act in, `roles` all they hold at this page's object, `grants` how they came by them.
    """

    def __init__(
        self,
        opened: OpenStudy,
        person: str,
        role: Role,
        roles: frozenset[Role],
        grants: tuple[Grant, ...],
        page: Page | None = None,
        request: HttpRequest | None = None,
    ) -> None:
        self.open, self.role, self.roles, self.grants, self.page, self.request = (
            opened, role, roles, grants, page, request,
        )  # fmt: skip
        self.person = Person(person, opened.roster.name(person) or person)

    # --- who and when -------------------------------------------------------------------------------------------------

    @property
    def trial(self) -> Trial:
        """The protocol versions and their standards."""
        return self.open.trial

    @cached_property
    def now(self) -> datetime:
        """The instant at which what is saved will have been recorded."""
        chosen = self.request.session.get(DAY) if self.request is not None and self.open.simulated else None
        day = date.fromisoformat(chosen) if chosen else None
        return clock.instant(self.open.kind, self.open.last_recorded, day)

    @cached_property
    def today(self) -> date:
        """The date where the person's site is; for whoever sees every site, where the lead site is."""
        return clock.today(self.now, self.open.zones.get(self.home, ""))

    @cached_property
    def home(self) -> str:
        """The site that the person belongs to, or else the lead site."""
        own = next((grant.site for grant in self.grants if grant.site), None)
        return own or self.open.lead

    @cached_property
    def all_grants(self) -> tuple[Grant, ...]:
        """Every role the person holds in the study, wherever."""
        return tuple(self.open.roster.grants(self.person.id, self.open.today))

    def grants_in_study(self) -> tuple[Grant, ...]:
        """The same."""
        return self.all_grants

    @cached_property
    def central(self) -> bool:
        """Whether the person sees every site."""
        return any(grant.site is None for grant in self.all_grants)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The sites whose data the person sees."""
        if self.central:
            return self.open.site_ids
        own = {grant.site for grant in self.all_grants}
        return tuple(site for site in self.open.site_ids if site in own)

    @cached_property
    def sees_identifiers(self) -> bool:
        """Whether what identifies a person directly is shown: to the site's own people alone."""
        return any(grant.site and grant.role in OF_A_SITE for grant in self.grants)

    @cached_property
    def substudies(self) -> tuple[str, ...]:
        """The sub-studies that exist for the person: those of their sites."""
        found = (one for version in self.trial.versions.values() for one in version.design.substudies)
        return tuple(dict.fromkeys(one.id for one in found if self.central or {*one.sites} & {*self.sites}))

    def may(self, page: Page, *, write: bool = False) -> bool:
        """Whether the person may come to another page at the same object."""
        held = {grant.role for grant in (self.grants or self.all_grants)}
        return any(role.value in held for role in (page.write if write else page.read))

    # --- reading ------------------------------------------------------------------------------------------------------

    def subjects(self) -> tuple[str, ...]:
        """The subjects the person sees, by id."""
        there = self.open.record.subjects
        return tuple(sorted(name for name, record in there.items() if self.central or record.site in self.sites))

    def sees(self, subject: str) -> bool:
        """Whether the person sees this subject."""
        record = self.open.record.subjects.get(subject)
        return record is not None and (self.central or record.site in self.sites)

    def record(self, subject: str) -> SubjectRecord:
        """What is recorded of a subject; KeyError for one the person does not see."""
        if not self.sees(subject):
            raise KeyError(subject)
        return self.open.record.subjects[subject]

    def protocol(self, subject: str = "") -> StudyProtocol:
        """The protocol a subject is on, or, of nobody, the one in force at the person's site."""
        return self.trial.versions[self.version_of(subject)]

    def standards(self, subject: str = "") -> Standards:
        """The standards that the same protocol names."""
        return self.trial.standards[self.version_of(subject)]

    def version_of(self, subject: str = "") -> str:
        """The protocol version a subject is on, or the one in force at the person's site."""
        if subject:
            return self.trial.version_of(self.open.record, self.record(subject), self.today)
        site = self.open.record.sites.get(self.home)
        return (site.version_in_force(self.today) if site else None) or self.trial.latest

    def case(self, subject: str, on: date | None = None) -> Case:
        """A subject under its protocol, graded and assessed as known on a day."""
        day = on or self.today
        stands = (*self._stands(subject), day)
        judged = self.open.answered(("judged", subject, on), stands)
        if judged is not None:
            found: Case = judged[0]
            return found
        return self.open.answer(
            ("case", subject, on), stands, lambda: case_of(self.trial, self.open.record, subject, day)
        )

    def status(self, subject: str, on: date | None = None) -> SubjectStatus:
        """Everything that holds for a subject on a day; judged once for each state of the record.

        Who does not work at the subject's site gets it without the words that tell who the person is.
        """
        status = self._judged(subject, on)[1]
        return status if self.sees_identifiers else self._discreet(subject, on, status)

    def whole_status(self, subject: str, on: date | None = None) -> SubjectStatus:
        """The same whoever asks, for what is derived from it and named by it; what is shown goes through `discreet`."""
        return self._judged(subject, on)[1]

    def _discreet(self, subject: str, on: date | None, status: SubjectStatus) -> SubjectStatus:
        stands = (*self._stands(subject), on or self.today)
        return self.open.answer(("discreet", subject, on), stands, lambda: discreet(self, subject, status))

    def _judged(self, subject: str, on: date | None) -> tuple[Case, SubjectStatus]:
        """A subject's case and its status, judged together."""
        day = on or self.today
        stands = (*self._stands(subject), day)
        make = partial(case_and_status, self.trial, self.open.record, subject, day)
        return self.open.answer(("judged", subject, on), stands, make)

    def line(self, subject: str) -> SubjectLine:
        """One line about a subject: where it stands and what is due within a week."""
        day = self.today
        return self.open.answer(("line", subject), (*self._stands(subject), day), lambda: self._line(subject, day))

    def lines(self) -> tuple[SubjectLine, ...]:
        """The same of every subject the person sees."""
        return tuple(self.line(subject) for subject in self.subjects())

    def trial_status(self, site: str | None = None) -> TrialStatus:
        """Where the trial stands, of what the person sees: every site, or one of theirs."""
        scope = site if site in self.sites else None if self.central else self.sites[0]
        day = self.today
        stands = (self.open.record.last_seq, day)

        def told() -> TrialStatus:
            everyone = [one for one in self.standings() if scope in (None, one.case.record.site_on(day))]
            return trial_status(self.trial, self.open.record, day, scope, everyone)

        return self.open.answer(("trial", scope, self.sites), stands, told)

    def standings(self) -> tuple[Standing, ...]:
        """Everybody the person sees, as the figures and lists count them."""
        return tuple(self._standing(subject, self.today) for subject in self.subjects())

    def events(self, subject: str | None = None) -> list[Event]:
        """What was recorded, of a subject or of all the person sees, in ledger order."""
        if subject is not None:
            return [*self.open.reader().events(subject=subject)] if self.sees(subject) else []
        seen = (event for event in self.open.reader().events() if self.in_sight(event))
        return [*seen]

    def version(self, subject: str) -> int:
        """The version that a subject's stream is at: what a form remembers and hands back."""
        return self.open.reader().version(SUBJECT_STREAM + subject)

    def _standing(self, subject: str, day: date) -> Standing:
        def made() -> Standing:
            case = self.case(subject)
            return Standing(case, disposition(case, day), day)

        return self.open.answer(("standing", subject), (*self._stands(subject), day), made)

    def _line(self, subject: str, day: date) -> SubjectLine:
        standing = self._standing(subject, day)
        return subject_line(standing.case, standing.place, day)

    def in_sight(self, event: Event) -> bool:
        """Whether the person sees an event: of a subject or a site of theirs, or of the study."""
        if event.subject is not None:
            return self.sees(event.subject)
        return self.central or event.site is None or event.site in self.sites

    def _stands(self, subject: str) -> tuple[int, int]:
        """What an answer about a subject rests on."""
        return self.record(subject).events, self.open.common

    # --- saving -------------------------------------------------------------------------------------------------------

    @staticmethod
    def new_key() -> str:
        """The key of a save, minted when its form is rendered and kept across retries."""
        return str(uuid4())

    def event(
        self, kind: type[E], *, subject: str | None = None, site: str | None = None, occurred: date | None = None,
        **said: Any,
    ) -> E:  # fmt: skip
        """An event in the person's name and acting role, at the subject's site, or theirs; of today without a day."""
        record = self.open.record.subjects.get(subject or "")
        where = site or (record.site if record is not None else None) or self._site_of_role()
        return kind(
            actor=self.person.id,
            role=self.role.value,
            site=where,
            subject=subject,
            occurred=occurred or self.today,
            **said,
        )

    def resolved(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The events as the door lets them in: with protocol, zone and offset."""
        return self.open.resolved(events)

    def try_events(self, events: Sequence[Event]) -> list[Finding]:
        """What would be said against a save at this moment; nothing is written."""
        found: list[Finding] = [*unseen(self, events)]
        if found:
            return found
        known: list[Event] = []
        judging = self.open.judging()
        for event in (replace(one, recorded=one.recorded or self.now) for one in self.resolved(events)):
            found += judging(known, event)
            known.append(event)
        return found

    def save(
        self,
        events: Sequence[Event],
        key: str,
        seen: Mapping[str, int] | None = None,
        texts: Sequence[Text] = (),
    ) -> Receipt:
        """Write a save, whole or not at all; `seen` are the versions of streams that the person saw.

        Raises what `store.errors` names: Refused with findings, StaleVersion with both sides, LedgerBusy, DiskFull.
        """
        refuse_unseen(self, events)
        said = self.resolved(events)
        submission = Submission(
            key,
            said,
            base_versions=dict(seen or {}),
            texts=(*texts, *self.open.texts_of(said)),
            session=self._session(),
            recorded_at=self.now if self.open.simulated else None,
        )
        return self.open.save(submission, lambda: self._may_say(said))

    def _may_say(self, events: Iterable[Event]) -> None:
        """Asked inside the transaction, of each event: it is in the person's own name, in a role held there now."""
        held = self.open.roster.grants(self.person.id, self.open.today)
        for event in events:
            here = [grant for grant in held if grant.role == event.role and grant.site in (None, self._place_of(event))]
            if event.actor != self.person.id or not here:
                raise NotAuthorised(
                    f"You do not hold the role of {event.role} {self._where(event)}: it was taken back, or was never "
                    "given there. Nothing was saved. Ask the study's administrator."
                )

    def _place_of(self, event: Event) -> str | None:
        """The site an event belongs to: that of its subject, where it is of one that is known.

        A laboratory tells of specimens that were sent to it, of whichever site (`decisions.custody` says which).
        """
        if (getattr(event, "form", ""), event.role) == OF_A_LABORATORY:
            return event.site
        record = self.open.record.subjects.get(event.subject or "")
        return record.site if record is not None else event.site

    def _where(self, event: Event) -> str:
        place = self._place_of(event)
        return f"at {place}" if place else "for the whole study"

    def _site_of_role(self) -> str | None:
        return next((grant.site for grant in self.grants if grant.role == self.role.value), None)

    def _session(self) -> str | None:
        key = getattr(getattr(self.request, "session", None), "session_key", None)
        return sha256(key.encode()).hexdigest()[:16] if key else None


def at_site(desk: Desk, role: Role) -> Desk:
    """The same desk in another role that the person holds here; NotAuthorised where they do not."""
    if role not in desk.roles:
        raise NotAuthorised(f"You do not hold the role of {role.value} here. Nothing was saved.")
    return Desk(desk.open, desk.person.id, role, desk.roles, desk.grants, desk.page, desk.request)


def stream_of(subject: str) -> str:
    """The stream of a subject, as `seen` names it."""
    return SUBJECT_STREAM + subject


def unscoped(opened: OpenStudy, person: str, grants: Sequence[Grant], role: Role) -> Desk:
    """A desk outside a request: for work that a process does in a person's name."""
    return Desk(opened, person, role, frozenset({role}), tuple(grants))
