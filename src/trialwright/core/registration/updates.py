"""What the posted record says against what is derived now: each difference with its day, its limit and its rule.

Only what the ledger can tell is compared; a date that the record gives less precisely than the ledger agrees where it
covers the day. A limit is kept on its last day and missed on the next. Read `updates_due`, then `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, timedelta

from trialwright.core.registration.life import RecordLife
from trialwright.core.registration.values import (
    OPEN,
    OVER,
    STOPPED,
    Posted,
    PostedDate,
    Reached,
    Recruitment,
    RegistryLimit,
    RegistryLimits,
    Update,
)
from trialwright.core.terms import Finding, PartialDate, Severity, Verdict

NOTHING = "nothing"


@dataclass(frozen=True)
class Compared:
    """The derived life beside the posted record, on a day, under a registry's limits."""

    life: RecordLife
    posted: Posted
    limits: RegistryLimits
    expected: Mapping[str, PartialDate] = dataclass_field(default_factory=dict)

    @property
    def on(self) -> date:
        """The day asked about."""
        return self.life.on

    @property
    def before_the_law(self) -> bool:
        """Whether the study reached its primary completion before the law was in force."""
        reached = self.life.primary_completion.on
        return reached is not None and reached < self.limits.in_force

    def limit(self, name: str) -> RegistryLimit:
        """The limit; for a study that started before it was in force, the one for everything: the next verification."""
        found = self.limits.by[name]
        started = self.life.start.on or (self.posted.start.on.earliest if self.posted.start else None)
        before = found.started_from is not None and started is not None and started < found.started_from
        return self.limits.by["verification"] if before else found

    def update(self, field: str, name: str, says: str, should_say: str, since: date | None, because: str) -> Update:
        """A difference, due so long after its day, or after the law came, as the limit of this name says."""
        limit = self.limit(name)
        due = limit.within.after(max(since, self.limits.in_force)) if since and not self.before_the_law else None
        known = due is not None or self.before_the_law
        late = Verdict.of(due is not None and self.on > due if known else None)
        return Update(field, says, should_say, since, due, late, because, limit.source)


def updates_due(
    life: RecordLife,
    posted: Posted | None,
    limits: RegistryLimits,
    expected: Mapping[str, PartialDate] | None = None,
) -> tuple[Update, ...]:
    """What the registry is to be told, in the order of the record; for a study without a record, to register it.

    `expected` are the sponsor's own estimates, by the field of the date ("completion date").
    """
    if posted is None:
        return tuple(_unregistered(Compared(life, Posted(), limits)))
    told = Compared(life, posted, limits, expected or {})
    return tuple(one for rule in (RULES if life.began else WITHOUT_EVENTS) for one in rule(told))


def late_finding(updates: Sequence[Update], posted: Posted | None, life: RecordLife) -> tuple[Finding, ...]:
    """That something is late, in one finding; nothing of a rehearsal, which no registry is told of."""
    late = [one for one in updates if one.late is Verdict.MET and one.due]
    if not late or life.simulated:
        return ()
    most = max(one.days_late(life.on) for one in late)
    days = "1 day" if most == 1 else f"{most} days"
    binds = posted.applies if posted else Verdict.UNKNOWN
    because = f": {posted.applies_because}" if posted and posted.applies_because else ""
    return (
        Finding(
            about="registry record",
            says=f"Late at the registry by up to {days}: {', '.join(one.field for one in late)}.",
            matters=f"The law sets these days where it binds the study (here {_BINDS[binds]}{because}).",
            do="Update the record at the registry; `trialwright export --format ctgov-updates` has each with its rule.",
            severity=Severity.NOTE if binds is Verdict.NOT_MET else Severity.WARNING,
        ),
    )


_BINDS = {Verdict.MET: "it does", Verdict.NOT_MET: "it does not", Verdict.UNKNOWN: "it is not known"}


def _unregistered(told: Compared) -> Iterator[Update]:
    """A study without a record is registered soon after the first subject, and may be before."""
    start = told.life.start.on
    yield told.update("record", "registration", NOTHING, "the whole record", start, "the study has no registry record")


# --- status ----------------------------------------------------------------------------------------------------------


def _status(told: Compared) -> Iterator[Update]:
    now, posted = told.life.status, told.posted
    says = posted.status.value if posted.status else NOTHING
    if posted.unknown_status:
        says = f"unknown status (last known: {says})"
    if posted.status is not now.status or posted.unknown_status:
        yield told.update("overall status", "overall status", says, now.status.value, now.since, now.because)
    if now.status in STOPPED and not posted.why_stopped:
        yield told.update(
            "why stopped", "overall status", NOTHING, now.why_stopped or now.because, now.since, now.because
        )


def _shown_as_unknown(told: Compared) -> Iterator[Update]:
    """What the registry itself shows of a record that nobody verified for long and whose completion date has passed.

    A record without a completion date counts as past it. So the registry does with each record it shows.
    """
    posted, limit = told.posted, told.limits.by["unknown status"]
    alive = posted.status in (*OPEN, Recruitment.ACTIVE_NOT_RECRUITING) and not posted.unknown_status
    if not alive or posted.verified is None:
        return
    ends, seen = posted.completion, limit.within.after(_seen_last(posted.verified, posted.last_update))
    since = max(ends.on.latest, seen) + timedelta(days=1) if ends else seen + timedelta(days=1)
    if told.on >= since:
        passed = f"its completion date {ends.on} has passed" if ends else "it has no completion date"
        because = f"{passed} and it was last verified in {posted.verified}"
        says = "unknown status, whatever the record says"
        yield Update(
            "shown status", says, told.life.status.status.value, since, None, Verdict.MET, because, limit.source
        )


def _seen_last(verified: PartialDate, updated: PartialDate | None) -> date:
    """The day of the last verification: of the update in its month where there is one, else the end of the month."""
    within = updated is not None and verified.earliest <= updated.latest <= verified.latest
    return updated.latest if updated and within else verified.latest


def _sites(told: Compared) -> Iterator[Update]:
    """A place whose status the record gives otherwise; a site that takes part and is not in the record."""
    posted, life = told.posted, told.life
    for name, says in posted.sites.items():
        now = life.at_place(name)
        if now is not None and says is not None and says is not now.status:
            yield told.update(f"status of {name}", "site status", says.value, now.status.value, now.since, now.because)
    known = {life.site_named(name) for name in posted.sites}
    for site, now in life.sites.items():
        if posted.sites and site not in known and now.status is not Recruitment.NOT_YET_RECRUITING:
            field = f"place {life.names[site]}"
            yield told.update(field, "site status", NOTHING, now.status.value, now.since, "the site takes part")


# --- dates -----------------------------------------------------------------------------------------------------------


def _dates(told: Compared) -> Iterator[Update]:
    yield from _date(told, "start date", told.posted.start, told.life.start)
    yield from _date(told, "primary completion date", told.posted.primary_completion, told.life.primary_completion)
    yield from _date(told, "completion date", told.posted.completion, told.life.completion)


def _date(told: Compared, field: str, says: PostedDate | None, now: Reached) -> Iterator[Update]:
    """Reached: the record gives the day, as actual. Not reached: it gives none as actual, and none that has passed."""
    words = _posted(says)
    if now.on is not None:
        if says is None or says.actual is False or not says.on.earliest <= now.on <= says.on.latest:
            yield told.update(field, field, words, f"{now.on} (actual)", now.since, now.because)
    elif says is not None and says.actual is True and says.on.earliest <= told.on:
        yield told.update(field, "verification", words, _estimate(told, field, "an estimate"), None, _waiting(now))
    elif says is not None and says.on.latest < told.on:
        since, should_say = says.on.latest + timedelta(days=1), _estimate(told, field, "a later estimate")
        yield told.update(field, "verification", words, should_say, since, f"the day has passed: {_waiting(now)}")


def _estimate(told: Compared, field: str, unknown: str) -> str:
    """The sponsor's estimate, where there is one that has not passed; nobody else can make one."""
    expected = told.expected.get(field)
    return unknown if expected is None or expected.latest < told.on else f"{expected} (estimated)"


def _posted(says: PostedDate | None) -> str:
    kind = {True: " (actual)", False: " (estimated)", None: ""}
    return f"{says.on}{kind[says.actual]}" if says else NOTHING


def _waiting(now: Reached) -> str:
    shown = ", ".join(now.waiting[:3]) + (", …" if len(now.waiting) > 3 else "")
    return f"{now.because} ({shown})" if shown else now.because


# --- enrolment, verification, results --------------------------------------------------------------------------------


def _enrollment(told: Compared) -> Iterator[Update]:
    """Actual with the primary completion date; planned as the protocol plans."""
    life, posted = told.life, told.posted
    says = NOTHING if posted.enrolled is None else f"{posted.enrolled}{_posted_kind(posted)}"
    reached = life.primary_completion.since if life.primary_completion.on else None
    if reached is not None and (posted.enrolled_actual is not True or posted.enrolled != life.registered):
        because = f"{life.registered} were registered; the primary completion date is reached"
        yield told.update("enrollment", "enrollment", says, f"{life.registered} (actual)", reached, because)
    elif reached is None and posted.enrolled_actual is not True and posted.enrolled != life.planned:
        because = f"the protocol plans {life.planned}"
        yield told.update("enrollment", "amendment", says, f"{life.planned} (estimated)", None, because)
    elif life.closed is None and posted.enrolled_actual is True:
        because = "registration goes on"
        yield told.update("enrollment", "verification", says, f"{life.planned} (estimated)", None, because)


def _posted_kind(posted: Posted) -> str:
    return {True: " (actual)", False: " (estimated)", None: ""}[posted.enrolled_actual]


def _amendments(told: Compared) -> Iterator[Update]:
    """The last version approved since the record was updated; whether it changes what is posted, a person sees."""
    posted = told.posted.last_update
    later = [(version, on) for version, on in told.life.amended if posted and posted.latest < on]
    for version, on in later[-1:]:
        because = f"protocol version {version} was approved on {on}; due where subjects are told of what it changes"
        says, should_say = f"last updated {posted}", f"what version {version} changed"
        yield told.update("protocol amendment", "amendment", says, should_say, on, because)


def _verification(told: Compared) -> Iterator[Update]:
    """Verified once more within the limit, until the study is over and its results are in; told a month ahead."""
    posted, limit = told.posted, told.limits.by["verification"]
    if posted.status in OVER and (posted.results_submitted or posted.applies is Verdict.NOT_MET):
        return
    if posted.verified is None:
        yield Update(
            "verification date",
            NOTHING,
            "the month of a review",
            None,
            None,
            Verdict.UNKNOWN,
            limit.after,
            limit.source,
        )
        return
    first, last = (limit.within.after(day) for day in (posted.verified.earliest, posted.verified.latest))
    if told.on >= last - timedelta(days=_AHEAD):
        late = Verdict.of(True if told.on > last else None if told.on > first else False)
        because = f"it was last verified in {posted.verified}"
        says, since = str(posted.verified), first
        yield Update("verification date", says, "the month of a review", since, last, late, because, limit.source)


_AHEAD = 30
"""Days before its limit from which a verification is told."""


def _results(told: Compared) -> Iterator[Update]:
    """Results within the limit after the primary completion date, later where the delay was certified in time."""
    reached, posted = told.life.primary_completion.on, told.posted
    if reached is None or posted.results_submitted is not None:
        return
    first = told.update("results", "results", NOTHING, "the results", reached, "the primary completion date is reached")
    certified = posted.delay_certified
    if certified is not None and first.due is not None and certified <= first.due:
        because = f"a delay was certified on {certified}; sooner where the product is approved before"
        yield told.update("results", "results after certification", NOTHING, "the results", certified, because)
    else:
        yield first


RULES: tuple[Callable[[Compared], Iterator[Update]], ...] = (
    _status,
    _shown_as_unknown,
    _sites,
    _dates,
    _enrollment,
    _amendments,
    _verification,
    _results,
)
"""What is compared, in the order of the record."""
WITHOUT_EVENTS = (_shown_as_unknown, _verification)
"""What can be said where the ledger holds nothing by the day."""
