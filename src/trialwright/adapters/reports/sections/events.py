"""Serious adverse events: counted by term, each one, and the clock of every report they asked for."""

from __future__ import annotations

from datetime import datetime

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.events import Clock, Event, EventAnalysis, SeriousCount
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import code_words, counted, day, listed, sentence, share
from trialwright.adapters.reports.tied import References, Tied, joined, tell
from trialwright.core.safety import STATES

UNSAID = "nobody said"
NO_EVENT = "No adverse event was recorded by the cut-off."
ANSWERS = {True: "yes", False: "no", None: UNSAID}


def serious_section(analysis: Analysis) -> Section | None:
    """Serious events, where the study records adverse events at all."""
    told = analysis.events
    if not told.events and not asks_for_events(analysis):
        return None
    blocks: list[Block] = [Paragraph(serious_words(analysis)), _count_table(told), serious_table(told)]
    if told.clocks or (analysis.gathered.protocol.safety and analysis.gathered.protocol.safety.reporting):
        blocks += [_state_table(told), _clock_table(told)]
    return Section("serious", "Serious adverse events", tuple(blocks))


def asks_for_events(analysis: Analysis) -> bool:
    """Whether an encounter of the protocol collects adverse events."""
    return any("adverse_event" in one.collect for one in analysis.gathered.protocol.encounters)


def serious_words(analysis: Analysis) -> Tied:
    """How many serious events in how many participants, and of how many nobody said."""
    ref = References(analysis)
    told = tell(
        "{events} in {people}.",
        events=ref("events.serious.count", lambda n: counted(n, "serious adverse event"), "serious-events"),
        people=ref("events.who_serious.count", lambda n: counted(n, "participant"), "serious-events"),
    )
    if not analysis.events.unsaid:
        return told
    unsaid = ref("events.unsaid.count", lambda n: counted(n, "event"))
    return joined([told, tell("Of {unsaid} more nobody said whether it was serious.", unsaid=unsaid)])


def _count_table(told: EventAnalysis) -> Table:
    return Table(
        "serious-by-term",
        "Serious adverse events by term",
        ("Term", "Group", "Participants", "Events", "Participants, related", "Participants, fatal"),
        tuple(_count_row(one) for one in told.serious_counts),
        "llrrrr",
        ("Percentages are of the treated participants of the group.",),
        empty="No serious adverse event was recorded by the cut-off.",
    )


def _count_row(one: SeriousCount) -> tuple[str, ...]:
    term = sentence(code_words(one.term))
    return term, one.group, share(one.participants, one.n), str(one.events), str(one.related), str(one.fatal)


def serious_table(told: EventAnalysis) -> Table:
    """Each serious event, with why it is serious and what became of it."""
    return Table(
        "serious-events",
        "Each serious adverse event",
        ("Participant", "Group", "Term", "Began", "Day", "Worst grade", "Serious because", "Related", "Outcome"),
        tuple(_serious_row(one) for one in told.serious),
        "llllrrlll",
        ("Day is the day of treatment; the day before the first dose is day minus one.",),
        stub=True,
        empty="No serious adverse event was recorded by the cut-off.",
    )


def _serious_row(one: Event) -> tuple[str, ...]:
    event = one.event
    return (
        one.subject,
        one.group,
        sentence(event.term),
        day(event.onset),
        study_day(one),
        grade_words(one),
        listed(event.criteria, "no criterion recorded"),
        ANSWERS[event.related],
        code_words(event.outcome) or "not recorded",
    )


def study_day(one: Event) -> str:
    """The day of treatment on which it began."""
    return "not known" if one.study_day is None else str(one.study_day).replace("-", "\u2212")


def grade_words(one: Event) -> str:
    """The worst grade it had."""
    return "not known" if one.event.worst is None else str(one.event.worst.number)


# ---- reports owed ---------------------------------------------------------------------------------------------------


def _state_table(told: EventAnalysis) -> Table:
    rows = tuple(
        (one.clause, f"{sentence(one.report)} report to the {one.to}", *(str(one.states.get(s, 0)) for s in STATES))
        for one in told.clock_counts
    )
    return Table(
        "reports-owed",
        "Reports of adverse events by what became of them",
        ("Rule", "Report", *(sentence(state) for state in STATES)),
        rows,
        "ll" + "r" * len(STATES),
        empty="No event asked for a report by the cut-off.",
    )


def _clock_table(told: EventAnalysis) -> Table:
    return Table(
        "report-clocks",
        "Each report of an adverse event and its clock",
        ("Participant", "Term", "Report to", "Rule", "Since", "Due", "Sent", "State"),
        tuple(_clock_row(one) for one in told.clocks),
        "llllllll",
        ("Times are those of the site's clock; of a time that nobody told, the earliest it can have been.",),
        stub=True,
        empty="No event asked for a report by the cut-off.",
    )


def _clock_row(one: Clock) -> tuple[str, ...]:
    clock = one.clock
    sent = sentence(clock.reported) or "not sent"
    to = f"{clock.to}, {clock.report}"
    times = (_moment(clock.started), _moment(clock.due))
    return one.subject, sentence(clock.term), to, clock.clause, *times, sent, sentence(clock.state)


def _moment(at: datetime | None) -> str:
    return f"{day(at.date())} {at:%H:%M}" if at else "not known"
