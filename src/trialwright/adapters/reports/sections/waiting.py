"""Who keeps an endpoint from being ready, by what and since when, and who never will let its time frame be reached."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Table
from trialwright.adapters.reports.text import day, sentence
from trialwright.core.endpoints import Readiness


def waiting_table(analysis: Analysis) -> Table:
    """One row for each participant and endpoint, those waited for longest first."""
    labels = {one.id: sentence(one.label) for one in analysis.gathered.protocol.endpoints}
    rows = tuple(
        row for one in analysis.conduct.readiness for row in _rows(labels.get(one.endpoint, one.endpoint), one)
    )
    return Table(
        "readiness-listing",
        "Participants an endpoint waits for, and those of whom it will never be known",
        ("Endpoint", "Participant", "Site", "Waits", "Since", "What has not come"),
        rows,
        "llllll",
        ("Waited for since the day from which it could have come; of who never will, since the day it became so.",),
        stub=True,
        empty="Nobody keeps an endpoint from being ready.",
    )


def _rows(label: str, one: Readiness) -> Iterator[tuple[str, ...]]:
    for waits, people in (("yes", one.awaited), ("never will", one.never)):
        for each in sorted(people, key=lambda person: (str(person.since), person.subject)):
            yield label, each.subject, each.site, waits, day(each.since), sentence(each.because)
