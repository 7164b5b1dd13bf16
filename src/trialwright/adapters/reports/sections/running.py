"""How the trial was run: deviations, protocol versions, readiness of the endpoints, and what the record leaves open."""

from __future__ import annotations

from collections import Counter

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.sections.waiting import waiting_table
from trialwright.adapters.reports.text import code_words, counted, day, listed, sentence, share
from trialwright.adapters.reports.tied import References, Tied, tell
from trialwright.core.endpoints import Readiness

MOST_NAMED = 12
"""So many participants are named in a cell; the others are counted."""


def deviation_section(analysis: Analysis) -> Section:
    """Deviations by kind and clause, and by site; each one is in the listings."""
    told = analysis.conduct
    blocks: list[Block] = [Paragraph(deviation_words(analysis)), _kind_table(analysis)]
    blocks.append(_deviations_by_site(analysis))
    if told.untold:
        blocks.append(_untold_table(analysis))
    return Section("deviations", "Deviations", tuple(blocks))


def deviation_words(analysis: Analysis) -> Tied:
    """How many deviations in how many participants, and how many of them major."""
    ref = References(analysis)
    return tell(
        "{deviations} in {people}, {major} of them major; each is derived from the record by its clause, none typed.",
        deviations=ref("conduct.deviations.count", lambda n: counted(n, "deviation"), "deviations"),
        people=ref("conduct.who_deviated.count", lambda n: counted(n, "participant"), "deviations"),
        major=ref("conduct.major.count", str, "deviations"),
    )


def _kind_table(analysis: Analysis) -> Table:
    rows = tuple(
        (
            sentence(one.kind),
            one.clause or "none",
            sentence(one.words) or "no words",
            str(one.count),
            str(one.participants),
            str(one.major),
        )
        for one in analysis.conduct.by_kind
    )
    return Table(
        "deviations",
        "Deviations by kind and clause",
        ("Kind", "Clause", "Its words", "Deviations", "Participants", "Major"),
        rows,
        "lllrrr",
        stub=True,
        empty="No deviation was found by the cut-off.",
    )


def _deviations_by_site(analysis: Analysis) -> Table:
    rows = tuple(
        (one.site, sentence(one.kind), str(one.count), share(one.participants, one.registered), str(one.major))
        for one in analysis.conduct.by_site
    )
    return Table(
        "deviations-by-site",
        "Deviations by site and kind",
        ("Site", "Kind", "Deviations", "Participants", "Major"),
        rows,
        "llrrr",
        ("Percentages are of the participants registered at the site.",),
        stub=True,
        empty="No deviation was found by the cut-off.",
    )


def deviation_listing(analysis: Analysis) -> Table:
    """Every deviation by participant and day."""
    rows = tuple(
        (
            one.subject,
            day(one.on),
            one.severity,
            sentence(one.kind),
            "does not apply" if one.days_late is None else str(one.days_late),
            sentence(one.says),
            one.clause or "none",
        )
        for one in sorted(analysis.conduct.deviations, key=lambda one: (one.subject, one.on, one.kind, one.clause))
    )
    headings = ("Participant", "Day", "Weight", "Kind", "Days late", "What", "Clause")
    empty = "No deviation was found by the cut-off."
    return Table("deviation-listing", "Every deviation", headings, rows, "llllrll", stub=True, empty=empty)


def _untold_table(analysis: Analysis) -> Table:
    """What cannot be told, by kind and clause; who and why stands in each participant's status."""
    counts = Counter((one.kind, one.clause) for one in analysis.conduct.untold)
    people = {key: {one.subject for one in analysis.conduct.untold if (one.kind, one.clause) == key} for key in counts}
    rows = tuple(
        (sentence(kind), clause, str(count), str(len(people[kind, clause])))
        for (kind, clause), count in sorted(counts.items())
    )
    return Table(
        "deviations-untold",
        "Whether there was a deviation cannot be told, because data are missing",
        ("Kind", "Clause", "Times", "Participants"),
        rows,
        "llrr",
        stub=True,
    )


def version_section(analysis: Analysis) -> Section:
    """Which version is in force where, and who is on it."""
    rows = tuple(
        (
            one.version,
            one.file_hash[:16] or "not known",
            listed([f"{site} from {day(since)}" for site, since in one.sites], "nowhere by the cut-off"),
            str(one.participants),
        )
        for one in analysis.conduct.versions
    )
    table = Table(
        "protocol-versions",
        "Protocol versions in force",
        ("Version", "File hash (SHA-256, first 16)", "In force at", "Participants on it"),
        rows,
        "lllr",
        ("A participant stays on the version of the registration until moved; whole hashes: first page.",),
    )
    return Section("versions", "Protocol versions", (table,))


def readiness_section(analysis: Analysis) -> Section | None:
    """What each endpoint waits for."""
    if not analysis.conduct.readiness:
        return None
    rows = tuple(_readiness_row(analysis, one) for one in analysis.conduct.readiness)
    table = Table(
        "readiness",
        "Whether each endpoint can be final, and who keeps it from it",
        ("Endpoint", "Final when", "Ready", "Waiting for", "Never will", "Of", "Still to register"),
        rows,
        "lllllrr",
        (
            "Who can no longer get there (follow-up over, died, left) does not keep an endpoint waiting, and is named "
            'under "never will".',
        ),
    )
    return Section("readiness", "Readiness of the endpoints", (table, waiting_table(analysis)))


def _readiness_row(analysis: Analysis, one: Readiness) -> tuple[str, ...]:
    label = next((each.label for each in analysis.gathered.protocol.endpoints if each.id == one.endpoint), one.endpoint)
    ready = "yes" if one.ready else "no"
    return sentence(label), one.rule, ready, _named(one.waiting), _named(one.no_longer), str(one.of), str(one.to_accrue)


def _named(subjects: tuple[str, ...]) -> str:
    if not subjects:
        return "nobody"
    shown = ", ".join(subjects[:MOST_NAMED])
    more = f" and {len(subjects) - MOST_NAMED} more" if len(subjects) > MOST_NAMED else ""
    return f"{len(subjects)}: {shown}{more}"


def open_section(analysis: Analysis) -> Section | None:
    """Departures from the record and contradictions inside it; its open questions stand with what rests on them."""
    told = analysis.conduct
    if not (told.departures or told.contradictions):
        return None
    blocks: list[Block] = [_departure_table(analysis)] if told.departures else []
    if told.contradictions:
        rows = tuple((str(place), words) for place, words in enumerate(told.contradictions, 1))
        blocks.append(Table("contradictions", "Contradictions inside the record", ("No.", "What"), rows, "ll"))
    return Section("open-questions", "Departures from the record, and its contradictions", tuple(blocks))


def _departure_table(analysis: Analysis) -> Table:
    rows = tuple(
        (one.clause, one.record_says, sentence(one.protocol_says), code_words(one.grounds))
        for one in analysis.conduct.departures
    )
    headings = ("Clause", "The record says", "The protocol does", "On the ground of")
    return Table("departures", "Departures from the record", headings, rows, "llll")
