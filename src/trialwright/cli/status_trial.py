"""How the trial's status reads: accrual first, then who is due this week and who waits for what.

Nothing is decided here. Read `trial_words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from trialwright.adapters.exchange.answers.trial import dose_words
from trialwright.cli.paging import page, shortened
from trialwright.core.conduct import TrialStatus
from trialwright.core.conduct.grounds import Ground
from trialwright.core.conduct.sites import SiteVersion
from trialwright.core.conduct.totals import Readiness
from trialwright.core.conduct.week import ON_STUDY, SubjectLine
from trialwright.core.monitoring import StageAnswer, StoppingAnswer

Lines = Iterator[str]


def trial_words(said: TrialStatus, head: str, site: str | None = None) -> str:
    """The trial, or one site of it, on one page."""
    lines = [
        *_heading(said, head, site),
        *_versions(said),
        *_week(said),
        *_missing(said),
        *_monitored(said),
        *_counts(said),
        *_substudies(said),
    ]
    lines += [*_readiness(said), *_off_study(said)]
    return page(lines, said.labels)


def _heading(said: TrialStatus, head: str, site: str | None) -> Lines:
    simulated = "; SIMULATED DATA" if said.simulated else ""
    of = f", site {site}" if site else ""
    yield f"{said.study}{of} on {said.on}: {said.title}"
    yield f"known up to event {said.known_to}; ledger head {head}{simulated}"
    yield ""
    yield f"{said.registered} of {said.planned} planned subjects registered; {_screened(said)}, {said.treated} treated"
    ground = said.grounds.get("accrual", Ground(()))
    for one in ground.because:
        yield f'  because {one.clause}: "{shortened(one.words)}"'
    last = max((one.on for one in ground.evidence), default="")
    if last:
        yield f"  last registration on {last}; by month: {_by_month(said.accrual_by_month)}"


def _screened(said: TrialStatus) -> str:
    """Screenings; and people, where somebody was screened again."""
    if said.persons == said.screened:
        return f"{said.screened} screened"
    people = "one person" if said.persons == 1 else f"{said.persons} people"
    return f"{said.screened} screenings of {people}"


def _versions(said: TrialStatus) -> Lines:
    """The version in force at each site, and where nobody may be registered now."""
    if said.versions:
        yield ""
        yield "VERSION IN FORCE"
    for one in said.versions:
        yield f"  {one.name} ({one.site}): {_in_force(one)}"
        if one.suspended:
            yield f"      ACCRUAL IS SUSPENDED since {one.suspended}: {one.suspended_why}"


def _in_force(one: SiteVersion) -> str:
    if one.version is None:
        return f"none: {one.why}"
    approved = f"approved until {one.until}" if one.until else "no end of the approval is recorded"
    return f"version {one.version} since {one.since}, {approved}"


def _by_month(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{month} {count}" for month, count in counts.items())


# --- people ----------------------------------------------------------------------------------------------------------


def _week(said: TrialStatus) -> Lines:
    """Everyone on study, by site: what is due within a week."""
    here = [one for one in said.people if one.epoch in ON_STUDY]
    yield ""
    yield "THIS WEEK" if here else "THIS WEEK: nobody is on study"
    for site in dict.fromkeys(one.site for one in here):
        yield f"  {site}"
        for one in here:
            if one.site == site:
                yield from _person(one)


def _person(one: SubjectLine) -> Lines:
    yield f"    {one.subject}  {_stands(one)}"
    for visit in one.visits:
        yield f"        {visit.encounter.label}: {visit.state}, on {visit.due} ({visit.earliest} to {visit.latest})"
    for sample in one.samples:
        yield f"        sample of {sample.specimen.label}: {sample.state}, by {sample.visit.latest}"
    if one.wanted:
        data = "one datum" if len(one.wanted) == 1 else f"{len(one.wanted)} data"
        yield f"        waits for {data}: see MISSING"


def _stands(one: SubjectLine) -> str:
    """The epoch, the course and the doses, or the eligibility."""
    if one.eligibility:
        return f"{one.epoch.value} since {one.since}: {one.eligibility}"
    course = f", course {one.course} day {one.day}" if one.course else ""
    doses = "; ".join(f"{each.drug} {dose_words(each)}" for each in one.doses)
    return f"{one.epoch.value}{course}" + (f": {doses}" if doses else f": {one.why}")


def _missing(said: TrialStatus) -> Lines:
    """Who waits for what, by the person who can give it."""
    by_giver: dict[str, dict[str, list[str]]] = {}
    for one in said.people:
        for datum in one.wanted:
            by_giver.setdefault(datum.who, {}).setdefault(datum.label, []).append(one.subject)
    if by_giver:
        yield ""
        yield "MISSING, by who can give it"
    for who, data in by_giver.items():
        yield f"  {who}"
        for label, subjects in data.items():
            yield f"    {label}: {', '.join(subjects)}"


def _off_study(said: TrialStatus) -> Lines:
    """Everyone who is not on study, with the day and the reason."""
    gone = [one for one in said.people if one.epoch not in ON_STUDY]
    if gone:
        yield ""
        yield "NO LONGER ON STUDY, OR NEVER"
    for one in gone:
        yield f"  {one.subject:17} {one.epoch.value}{f' since {one.since}' if one.since else ''}: {one.why}"


# --- counts ----------------------------------------------------------------------------------------------------------


def _counts(said: TrialStatus) -> Lines:
    for title, counts in (
        ("where they stand", said.by_epoch),
        ("registered at", said.by_site),
        ("arm", said.by_arm),
        ("not registered because", said.screen_failures),
        ("off treatment because", said.off_treatment),
        ("off study because", said.off_study),
    ):
        if counts:
            yield ""
            yield title.upper()
            told = said.as_written.get(title.removesuffix(" because"), {})
            yield from (f"  {count:5}  {name}{_written(name, told)}" for name, count in counts.items())


def _written(name: str, told: Mapping[str, Mapping[str, int]]) -> str:
    """The words a reason was written in, where they are others than its own."""
    words = told.get(name, {})
    if not set(words) - {name, name.removeprefix("other: ")}:
        return ""
    each = words if len(words) == 1 else [f"{one} ({count})" for one, count in words.items()]
    return f": {'; '.join(each)}"


def _substudies(said: TrialStatus) -> Lines:
    for one in said.substudies:
        yield ""
        whether = "still offered" if one.offered else "no longer offered"
        yield f"SUB-STUDY {one.substudy.label}: {one.because.saw}; {whether}"
        yield f'  because {one.because.clause}: "{shortened(one.because.words)}"'


def _monitored(said: TrialStatus) -> Lines:
    """The trial's own stopping rules and gates in stages, as they stand."""
    rules: list[StoppingAnswer | StageAnswer] = []
    if said.monitored:
        rules += [*said.monitored.stopping, *said.monitored.stages]
    if rules:
        yield ""
        yield "STOPPING RULES AND STAGES"
    for one in rules:
        yield f"  {one.says}"
        yield from (f'  because {each.clause}: "{shortened(each.words)}"' for each in one.because[:1])


def _readiness(said: TrialStatus) -> Lines:
    if said.readiness:
        yield ""
        yield "ENDPOINTS"
        for one in said.readiness:
            yield f"  {_state(one):18}  {one.label}: {IN_WORDS.get(one.needs, one.needs)}"
            yield from (f"  {'':18}    {told}" for told in _held_up(one))


def _held_up(one: Readiness) -> Lines:
    """Who has kept an endpoint waiting for longest, and how many never will let it."""
    longest = sorted(one.awaited, key=lambda each: (each.since or date.max, each.subject))[:1]
    for each in longest:
        since = f" since {each.since}" if each.since else ""
        yield f"longest{since}: {each.subject}, {each.because}"
    if one.never:
        named = ", ".join(each.subject for each in one.never[:MOST_NAMED])
        more = f" and {len(one.never) - MOST_NAMED} more" if len(one.never) > MOST_NAMED else ""
        yield f"{len(one.never)} never will: {named}{more}"


MOST_NAMED = 5


IN_WORDS = {
    "all_progressed": "until all have progressed",
    "all_progressed_or_dead": "until all have progressed or died",
    "last_safety_day": "until the last day of safety follow-up of all",
    "encounter_done": "until the last visit named is behind all",
}
"""What an endpoint waits for, where the record gives it no time frame."""


def _state(one: Readiness) -> str:
    if one.ready:
        return "ready"
    if one.never and not one.waiting:
        return "final as it is"
    return f"waits for {one.waiting} of {one.treated}" if one.treated else "nobody treated yet"
