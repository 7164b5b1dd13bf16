"""The life of a registry record, derived: status, dates that turn from estimated to actual, how many were enrolled.

A start is actual from the first registration. The primary completion date is the day on which the last subject was
examined for the final datum of the primary outcome, the study completion date that on which the last was examined or
treated at all (42 CFR 11.10(a)); both are reached only once nobody more is registered. Read `record_life`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialwright.core.conduct import Trial
from trialwright.core.conduct.halting import Monitored, halts_since
from trialwright.core.conduct.trial import case_of
from trialwright.core.disposition import Disposition, disposition
from trialwright.core.endpoints import readiness
from trialwright.core.endpoints.seen import last_known_alive
from trialwright.core.protocol import Endpoint, StudyProtocol
from trialwright.core.registration.standing import Conducted, Halt, Member, stands_at, stands_overall
from trialwright.core.registration.values import OVER, Reached, Recruitment, Stands
from trialwright.core.subject import Case, StudyRecord
from trialwright.core.terms import Finding, Severity

Standing = tuple[Case, Disposition]
"""A subject's case on the day and where it stands."""


@dataclass(frozen=True)
class RecordLife:
    """What the registry record should say on a day; `history` is every status the study ran through, oldest first.

    `closed` is the day since which nobody more is registered, `amended` each later version with the day it was first
    approved. Counts are of registered subjects.
    """

    on: date
    history: tuple[Stands, ...]
    sites: Mapping[str, Stands]
    names: Mapping[str, str]
    planned: int
    registered: int
    closed: date | None
    start: Reached
    primary_completion: Reached
    completion: Reached
    amended: tuple[tuple[str, date], ...] = ()
    findings: tuple[Finding, ...] = ()
    known_to: int = 0
    simulated: bool = False

    @property
    def status(self) -> Stands:
        """The status that holds."""
        return self.history[-1]

    @property
    def began(self) -> bool:
        """Whether anything had happened in the study by the day."""
        return self.status.since is not None

    def site_named(self, place: str) -> str:
        """The id of the site of this name; nothing for a place that the protocol does not name."""
        return next((one for one, name in self.names.items() if _plain(name) == _plain(place)), "")

    def at_place(self, place: str) -> Stands | None:
        """Where the site of this name stands."""
        return self.sites.get(self.site_named(place))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


Final = tuple[date, date]
"""The last day of examination for a datum, and the first on which it was known to be final."""


@dataclass(frozen=True)
class Entered:
    """One registered subject as the record's life looks at it.

    `open` are the primary endpoints to which it can still bring a datum; `final` the last day it was examined for one
    of them and the day since which all were known to be final; None where one is open, and for who was not treated.
    """

    member: Member
    treated: bool
    open: tuple[str, ...] = ()
    final: Final | None = None


def entered(protocol: StudyProtocol, case: Case, on: date) -> Entered | None:
    """A subject by itself, as `life_of` takes it; None for who is not registered."""
    place = disposition(case, on)
    if not place.registered:
        return None
    found = _entered(protocol, case, place, on)
    if not found.treated or found.open:
        return found
    return replace(found, final=_last_of(_final_days(one, case, protocol, on) for one in _primary_ends(protocol)))


def _last_of(finals: Iterable[Final]) -> Final | None:
    """The last day of examination of all, and the last on which one became known to be final."""
    told = list(finals)
    return (max(seen for seen, _ in told), max(known for _, known in told)) if told else None


def _entered(protocol: StudyProtocol, case: Case, place: Disposition, on: date) -> Entered:
    treated = place.first_dose is not None
    open_ = (one.id for one in _primary_ends(protocol) if treated and _open(one, case, protocol, on))
    return Entered(_member(case, place, on), treated, tuple(open_))


def record_life(
    trial: Trial,
    study: StudyRecord,
    on: date,
    people: Iterable[Standing] | None = None,
    monitored: Monitored | None = None,
) -> RecordLife:
    """The record's life up to a day; `people` and `monitored` where somebody has asked for them already."""
    protocol = trial.versions[trial.latest]
    everyone = list(_standings(trial, study, on) if people is None else people)
    registered = [(case, place) for case, place in everyone if place.registered]
    cases = [case for case, place in registered if place.first_dose]
    found = [_entered(protocol, case, place, on) for case, place in registered]
    return life_of(trial, study, on, found, monitored, lambda: _last_final(protocol, cases, on))


def life_of(
    trial: Trial,
    study: StudyRecord,
    on: date,
    everyone: Sequence[Entered],
    monitored: Monitored | None = None,
    last_final: Callable[[], Final | None] | None = None,
) -> RecordLife:
    """The same, of subjects that were each looked at before; `last_final` where their final days are still to come."""
    protocol = trial.versions[trial.latest]
    members = tuple(one.member for one in everyone)
    sites = {one.id: one.name for version in trial.versions.values() for one in version.design.sites}
    halt = _halt(trial, study, on, monitored)
    told = Conducted(study, sites, protocol.design.accrual.planned, members, halt)
    history = stands_overall(told, on)
    closed = next((one.since for one in history if one.status in _NO_MORE), None) if _over(history) else None
    treated = [one for one in everyone if one.treated]
    last = last_final or (lambda: _last_of(one.final for one in treated if one.final))
    return RecordLife(
        on=on,
        history=history,
        sites={one: stands_at(told, one, on)[-1] for one in sites},
        names=sites,
        planned=told.planned,
        registered=len(members),
        closed=closed,
        start=_start(members),
        primary_completion=_primary(protocol, study, treated, last, closed, on),
        completion=_completion(members, history[-1], on),
        amended=_amended(study, on),
        findings=tuple(_contradicted(study, members, history[-1], on)),
        known_to=study.last_seq,
        simulated=study.kind == "simulated",
    )


_NO_MORE = (*OVER, Recruitment.ACTIVE_NOT_RECRUITING)


def _over(history: tuple[Stands, ...]) -> bool:
    return history[-1].status in _NO_MORE


def _standings(trial: Trial, study: StudyRecord, on: date) -> Iterator[Standing]:
    for subject in sorted(study.subjects):
        case = case_of(trial, study, subject, on)
        yield case, disposition(case, on)


def _member(case: Case, place: Disposition, on: date) -> Member:
    assert place.registered is not None
    left, seen = (place.off_study[0], last_examined(case, place, on)) if place.off_study else (None, None)
    return Member(case.record.subject, case.record.site, place.registered, left, seen)


def last_examined(case: Case, place: Disposition, on: date) -> date:
    """The last day on which a subject was treated or examined: its death, or the last that shows it alive."""
    if place.died:
        return place.died
    off = place.off_study[0] if place.off_study else on
    return last_known_alive(case, (), place.registered or off, min(off, on))


def _halt(trial: Trial, study: StudyRecord, on: date, monitored: Monitored | None) -> Halt | None:
    found = halts_since(trial, study, on, monitored)
    return Halt(*found) if found else None


def _amended(study: StudyRecord, on: date) -> tuple[tuple[str, date], ...]:
    """The versions after the first, each with the day on which an ethics board approved it first."""
    told = [one for site in study.sites.values() for one in site.activations if one.occurred <= on]
    first: dict[str, date] = {}
    for one in sorted(told, key=lambda one: one.approved_on):
        first.setdefault(one.version, one.approved_on)
    return tuple(first.items())[1:]


# --- dates -----------------------------------------------------------------------------------------------------------


def _start(members: tuple[Member, ...]) -> Reached:
    first = min(members, key=lambda one: one.registered, default=None)
    if first is None:
        return Reached(None, "nobody is registered yet", ("the first registration",))
    return Reached(first.registered, f"{first.subject} was the first to be registered")


def _primary_ends(protocol: StudyProtocol) -> list[Endpoint]:
    return [one for one in protocol.endpoints if one.level == "primary"]


def _primary(
    protocol: StudyProtocol,
    study: StudyRecord,
    treated: Sequence[Entered],
    last_final: Callable[[], Final | None],
    closed: date | None,
    on: date,
) -> Reached:
    """Declared; or, once nobody more comes, the last day that brought a final datum of a primary endpoint."""
    declared = [one for one in study.declared(on) if one.status == "primary completion"]
    if declared:
        return Reached(declared[-1].occurred, f"declared: {declared[-1].why or 'no reason given'}")
    primary = _primary_ends(protocol)
    if closed is None:
        return Reached(None, "subjects are still to be registered", ("the end of registration",))
    if not primary or not treated:
        lacks = "no primary endpoint is named" if not primary else "nobody was treated"
        return Reached(None, lacks, ("a declaration of primary completion",))
    waiting = {one.member.subject for one in treated if one.open}
    if waiting:
        return Reached(None, f"{len(waiting)} subjects keep a primary outcome open", tuple(sorted(waiting)))
    last, known = last_final() or (closed, closed)
    words = f"on {last} the last subject was examined for the primary outcomes"
    return Reached(last, words, (), max(known, closed))


def _last_final(protocol: StudyProtocol, cases: Sequence[Case], on: date) -> Final | None:
    """The last final days of all; who was final by the last one found moves it no further."""
    found: Final | None = None
    for one, case in ((one, case) for one in _primary_ends(protocol) for case in cases):
        if found is None or _open(one, case, protocol, found[0]):
            found = _last_of([*([found] if found else []), _final_days(one, case, protocol, on)])
    return found


def _final_days(endpoint: Endpoint, case: Case, protocol: StudyProtocol, on: date) -> tuple[date, date]:
    """The last day the subject was examined for the endpoint, and the first on which its datum was known to be final.

    The two differ where it is off study without the datum. What has been reached stays so: the day is found by halving.
    """
    first, last = case.courses(on)[0].day_1, on
    while first < last:
        middle = first + timedelta(days=(last - first).days // 2)
        if _open(endpoint, case, protocol, middle):
            first = middle + timedelta(days=1)
        else:
            last = middle
    lost = readiness(endpoint, [case], protocol, first, accrual_over=True).no_longer
    seen = last_examined(case, disposition(case, first), first) if lost or not endpoint.ready_when else first
    return seen, first


def _open(endpoint: Endpoint, case: Case, protocol: StudyProtocol, on: date) -> bool:
    """Whether the subject can still bring a datum of the endpoint; without a rule, whether it is still on study."""
    if not case.courses(on):  # its treatment is still to come
        return True
    if not endpoint.ready_when:
        return disposition(case, on).off_study is None
    return bool(readiness(endpoint, [case], protocol, on, accrual_over=True).waiting)


def _completion(members: tuple[Member, ...], status: Stands, on: date) -> Reached:
    """The day on which the last subject was treated or examined, once the study is over."""
    waiting = tuple(one.subject for one in members if one.left is None)
    if status.status in (Recruitment.COMPLETED, Recruitment.TERMINATED):
        last = max(one.seen for one in members if one.seen)
        return Reached(last, f"on {last} the last subject was treated or examined", (), status.since)
    if status.status is Recruitment.WITHDRAWN:
        return Reached(None, "nobody was enrolled")
    lacks = f"{len(waiting)} subjects are on study" if waiting else "subjects are still to be registered"
    return Reached(None, lacks, waiting or ("the end of registration",))


def _contradicted(study: StudyRecord, members: tuple[Member, ...], status: Stands, on: date) -> Iterator[Finding]:
    """What was declared and the events say otherwise: the declaration stays, the events decide."""
    left = [one.subject for one in members if one.left is None]
    for one in study.declared(on):
        if one.status in ("completed", "terminated") and left:
            yield Finding(
                about=one.id,
                says=f"The study was declared {one.status} on {one.occurred}; on study are {', '.join(left)}.",
                matters=f"To the registry it is {status.status.value} while anybody is treated or examined.",
                do="Record that they left the study, or void the declaration.",
                severity=Severity.WARNING,
            )
