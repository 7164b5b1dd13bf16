"""Discussion, left to the author, and the limits of the analysis: what is missing, open, or rests on a question."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.gaps import Gap, Rest, gaps, rests
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import day, listed, sentence, share
from trialwright.adapters.reports.tied import References, Tied, tell

AUTHOR = (
    "To be written by the author: what the results mean, how they compare with what was known, benefit against harm, "
    "and what follows. This program reckons and does not judge.",
    "What a discussion must not leave out stands in the next two chapters: what was promised and done otherwise, and "
    "on what the analysis rests.",
)


def discussion_section(analysis: Analysis) -> Section:
    """A place for the author's words."""
    return Section(
        "discussion", "Discussion and overall conclusions", tuple(Paragraph(one, "notice") for one in AUTHOR)
    )


def gap_section(analysis: Analysis) -> Section:
    """What the numbers lack, and the queries that are open."""
    blocks: list[Block] = [Paragraph(_readiness_words(analysis)), gap_table(gaps(analysis))]
    if any(one.activity.open_queries for one in analysis.gathered.people):
        blocks.append(_query_table(analysis))
    return Section("gaps", "What is missing or open", tuple(blocks))


def _readiness_words(analysis: Analysis) -> Tied:
    if not analysis.gathered.readiness:
        return tell("No outcome says when it is final.")
    ref = References({"ready": sum(one.ready for one in analysis.gathered.readiness), "analysis": analysis})
    return tell(
        "{ready} of {all} outcomes that say when they are final can be final at the cut-off.",
        ready=ref("ready", str, "readiness"),
        all=ref("analysis.gathered.readiness.count", str, "readiness"),
    )


def gap_table(found: tuple[Gap, ...]) -> Table:
    """Each gap out of what there should be."""
    rows = tuple(
        (one.what, share(one.count, one.of) if one.of else "none asked for", str(one.of), one.means) for one in found
    )
    headings = ("What", "Missing or open", "Of", "What that means")
    return Table("gaps", "Missing data, corrections and open questions of data", headings, rows, "lrrl")


def _query_table(analysis: Analysis) -> Table:
    rows = tuple(
        (each.subject, each.item, day(each.since))
        for one in analysis.gathered.people
        for each in one.activity.open_queries
    )
    return Table("open-queries", "Queries open at the cut-off", ("Participant", "About", "Since"), rows, "lll")


def rest_section(analysis: Analysis) -> Section | None:
    """Which results rest on a reading that nobody has settled."""
    found = rests(analysis.gathered.protocol)
    if not found:
        return None
    ref = References({"open": [one for one in found if not one.question.settled_by], "all": found})
    words = tell(
        "{open} of {all} questions that the record leaves open are settled by nobody yet; the results rest on the "
        "readings chosen.",
        open=ref("open.count", str, "rests"),
        all=ref("all.count", str, "rests"),
    )
    table = Table(
        "rests",
        "Each question, the reading on which this report rests, and what rests on it",
        ("Id", "Question", "Reading chosen", "Outcomes on it", "Rules on it", "Settled"),
        tuple(_rest_row(one) for one in found),
        "llllrl",
    )
    return Section("rests", "Questions the results rest on", (Paragraph(words), table))


def _rest_row(one: Rest) -> tuple[str, ...]:
    told = one.question
    settled = sentence(told.settled_by or "by nobody yet")
    return told.id, told.asks, told.reading, listed(one.endpoints, "none directly"), str(one.clauses), settled
