"""Adverse events for the registry: deaths from any cause, serious events, and other events above five per cent.

Counted are events as the investigators entered them, that came or worsened under treatment, as the core has it; one of
which that cannot be told is counted. Laboratory grades stand with the outcome of worst grades.
Everyone registered is at risk of death, everyone treated of events. Read `events_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from trialwright.adapters.exchange.ctgov.results import events as registry
from trialwright.adapters.exchange.ctgov.results.choices import Assessment, Organ
from trialwright.adapters.exchange.ctgov.results.events import AdverseEvents, EventGroup, EventStats
from trialwright.adapters.exchange.ctgov.results.measures import Group
from trialwright.adapters.exchange.ctgov.results.values import Count, Posted, Words
from trialwright.adapters.reports.results.frames import longest
from trialwright.adapters.reports.results.numbers import Arm, columns, participants
from trialwright.adapters.reports.results.organs import organ_of
from trialwright.adapters.reports.text import counted, listed
from trialwright.core.analysis import Gathered, Person, safety_endpoint
from trialwright.core.terms import Finding, Severity, Verdict
from trialwright.core.toxicity import AdverseEvent, ToxicityTable, adverse_events, emergences
from trialwright.standards import load_standards

THRESHOLD = 5
"""Per cent of a group that an other event must exceed; the regulation allows no higher one (42 CFR 11.48(a)(4))."""
NO_TABLE = ToxicityTable("", "", (), ())


@dataclass(frozen=True)
class Told:
    """One event of one participant, as the registry counts it."""

    arm: str
    subject: str
    term: str
    organ: Organ | None
    vocabulary: str
    serious: bool | None
    related: bool | None = None


Key = tuple[str, Organ | None, str]


def events_of(gathered: Gathered, arms: Sequence[Arm]) -> tuple[AdverseEvents, tuple[Finding, ...]]:
    """The registry's three tables, and what must be known of them."""
    told = told_events(gathered, arms)
    serious = [one for one in told if one.serious]
    other = [one for one in told if not one.serious]
    groups = columns("EG", arms)
    told_of = _frequent(other, arms)
    frequent = [one for one in other if _key(one) in told_of]
    made = AdverseEvents(
        frequency_threshold=Posted(str(THRESHOLD)),
        time_frame=_time_frame(gathered),
        description=_description(gathered, told),
        event_groups=tuple(_group(*pair, serious, frequent) for pair in zip(groups, arms, strict=True)),
        serious_events=tuple(_rows(gathered, serious, groups, arms)),
        other_events=tuple(_rows(gathered, frequent, groups, arms)),
    )
    return made, tuple(_findings(told))


def told_events(gathered: Gathered, arms: Sequence[Arm]) -> tuple[Told, ...]:
    """Every adverse event under treatment of everyone treated."""
    return tuple(_told(gathered, arms))


def _told(gathered: Gathered, arms: Sequence[Arm]) -> Iterator[Told]:
    tables = {version: load_standards(one).toxicity for version, one in gathered.versions.items()}
    _, days = safety_endpoint(gathered.protocol)
    for arm in arms:
        for one in arm.treated:
            table = tables.get(one.version)
            emerged = _emerged(one, table or NO_TABLE, gathered, days)
            for event in adverse_events(one.case, table or NO_TABLE, gathered.cut):
                if emerged.get(event.id, _under_treatment(one, event, days)):
                    vocabulary = f"{table.name} ({table.version})" if table else ""
                    organ = organ_of(event.term, table)
                    yield Told(arm.id, one.subject, event.term, organ, vocabulary, event.serious, event.related)


def _emerged(one: Person, table: ToxicityTable, gathered: Gathered, days: int | None) -> dict[str, bool]:
    """Whether each event came or worsened under treatment, as the core has it; what may have, counts."""
    found: dict[str, bool] = {}
    for each in emergences(one.case, table, gathered.cut, days):
        if event := each.toxicity.adverse_event:
            found[event] = found.get(event, False) or each.emergent is not Verdict.NOT_MET
    return found


def _under_treatment(one: Person, event: AdverseEvent, days: int | None) -> bool:
    """By its onset alone, of an event that has no grade to compare: unless it surely was before, or after."""
    first = one.first_dose
    last = one.last_dose + timedelta(days=days) if one.last_dose and days is not None else None
    begun = first is not None and event.onset.on_or_after(first) is not Verdict.NOT_MET
    return begun and (last is None or event.onset.on_or_before(last) is not Verdict.NOT_MET)


# ---- tables --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How often each term came in each group, and in whom."""

    events: Counter[tuple[str, Key]]
    who: Mapping[tuple[str, Key], set[str]]

    def affected(self, arm: Arm, key: Key) -> int:
        """How many of a group had a term."""
        return len(self.who.get((arm.id, key), ()))


def _key(one: Told) -> Key:
    return one.term, one.organ, one.vocabulary


def _tally(told: Iterable[Told]) -> Tally:
    who: dict[tuple[str, Key], set[str]] = {}
    events: Counter[tuple[str, Key]] = Counter()
    for one in told:
        place = one.arm, _key(one)
        events[place] += 1
        who.setdefault(place, set()).add(one.subject)
    return Tally(events, who)


def _frequent(told: Sequence[Told], arms: Sequence[Arm]) -> set[Key]:
    """Terms that more than the threshold of some group had."""
    tally = _tally(told)
    return {
        key
        for key in {_key(one) for one in told}
        for arm in arms
        if 100 * tally.affected(arm, key) > THRESHOLD * len(arm.treated)
    }


def affected(told: Iterable[Told], arm: Arm) -> set[str]:
    """Who of a group had any of these events."""
    return {one.subject for one in told if one.arm == arm.id}


def _group(group: Group, arm: Arm, serious: Sequence[Told], other: Sequence[Told]) -> EventGroup:
    return EventGroup(
        id=group.id,
        title=group.title,
        description=group.description,
        deaths_num_affected=Count.of(sum(one.died is not None for one in arm.people)),
        deaths_num_at_risk=Count.of(len(arm.people)),
        serious_num_affected=Count.of(len(affected(serious, arm))),
        serious_num_at_risk=Count.of(len(arm.treated)),
        other_num_affected=Count.of(len(affected(other, arm))),
        other_num_at_risk=Count.of(len(arm.treated)),
    )


def _rows(
    gathered: Gathered, told: Sequence[Told], groups: Sequence[Group], arms: Sequence[Arm]
) -> Iterator[registry.AdverseEvent]:
    """One row for each term, by organ system and name."""
    assessment = Assessment.SYSTEMATIC_ASSESSMENT if _asked(gathered) else Assessment.NON_SYSTEMATIC_ASSESSMENT
    tally = _tally(told)
    for term, organ, vocabulary in sorted({_key(one) for one in told}, key=_by_organ):
        stats = [_stats(group, arm, tally, (term, organ, vocabulary)) for group, arm in zip(groups, arms, strict=True)]
        shown = organ or Organ.GENERAL
        yield registry.AdverseEvent(term, Words(shown.value, shown), vocabulary, assessment, stats=tuple(stats))


def _asked(gathered: Gathered) -> bool:
    """Whether some encounter asks for adverse events, or whether there were any."""
    return any({"adverse_event", "adverse_event_review"} & {*one.collect} for one in gathered.protocol.encounters)


def _by_organ(key: Key) -> tuple[str, str, str]:
    return (key[1] or Organ.GENERAL).value, key[0], key[2]


def _stats(group: Group, arm: Arm, tally: Tally, key: Key) -> EventStats:
    events, people = tally.events[arm.id, key], tally.affected(arm, key)
    return EventStats(group.id, Count.of(events), Count.of(people), Count.of(len(arm.treated)))


# ---- in words ------------------------------------------------------------------------------------------------------


def _time_frame(gathered: Gathered) -> str:
    """From the first dose to the last safety day, and how long that was at the most."""
    _, days = safety_endpoint(gathered.protocol)
    until = f"{counted(days, 'day')} after the last dose" if days is not None else "the last observation"
    deaths = "deaths from any cause from registration to the end of the study or the data cut-off"
    return f"Events from the first dose to {until}; {deaths}{longest(gathered)}."


def _description(gathered: Gathered, told: Sequence[Told]) -> str:
    """How events were counted, and how many nobody said the seriousness of."""
    words = [
        "Adverse events as entered by the investigators, counted by participant; a participant can have a term more "
        "than once. Laboratory values are graded in the outcome measure of worst grades."
    ]
    if not _asked(gathered):
        words = ["The protocol plans no collection of adverse events; what was entered is told here."]
    unsaid = sum(one.serious is None for one in told)
    if unsaid:
        words.append(f"For {counted(unsaid, 'event')} nobody said whether it was serious; it is among the others.")
    return " ".join(words)


def _findings(told: Sequence[Told]) -> Iterator[Finding]:
    yield from _about(
        told,
        lambda one: one.serious is None,
        "The seriousness of {terms} is not recorded ({who}).",
        "They are counted among other events, below the threshold not at all, and may be serious.",
        "Ask the sites whether they were serious, and export again.",
    )
    yield from _about(
        told,
        lambda one: one.organ is None,
        "No table of grades has {terms} ({who}).",
        "The registry asks for an organ system; they are placed among general disorders.",
        "Give the term its name in the grade table, or change the organ system before posting.",
    )


def _about(told: Sequence[Told], holds: Callable[[Told], bool], says: str, matters: str, do: str) -> Iterator[Finding]:
    found = [one for one in told if holds(one)]
    if found:
        terms = listed(sorted({one.term for one in found}))
        who = participants(len({one.subject for one in found}))
        yield Finding("adverseEventsModule", says.format(terms=terms, who=who), matters, do, severity=Severity.WARNING)
