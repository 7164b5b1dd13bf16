"""What the registry does with a record nobody keeps, derived, against what it did with each record on its day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from posted_records import studies
from trialwright.adapters.exchange.ctgov.posted import posted_of
from trialwright.adapters.exchange.ctgov.protocol import read_protocol_section
from trialwright.core.registration import Reached, RecordLife, Recruitment, Stands, updates_due
from trialwright.standards.registration import FDAAA_801

NOT_YET = Reached(None, "nothing was recorded", ())


def nothing(on: date) -> RecordLife:
    """A study of which no ledger holds anything."""
    return RecordLife(
        on=on,
        history=(Stands(Recruitment.NOT_YET_RECRUITING, None, "nothing was recorded"),),
        sites={},
        names={},
        planned=0,
        registered=0,
        closed=None,
        start=NOT_YET,
        primary_completion=NOT_YET,
        completion=NOT_YET,
    )


@pytest.mark.corpus
def test_the_records_shown_as_of_unknown_status_are_those_the_registry_shows_so(corpus: Path) -> None:
    """Each record says on which day it was taken; the status the registry had set is taken away and derived again."""
    agrees: Counter[tuple[bool, bool]] = Counter()
    for study in studies(corpus):
        posted = posted_of(read_protocol_section(study["protocolSection"]).value)
        assert posted is not None
        on = date.fromisoformat(study["derivedSection"]["miscInfoModule"]["versionHolder"])
        told = updates_due(nothing(on), replace(posted, unknown_status=False), FDAAA_801)
        agrees[posted.unknown_status, any(one.field == "shown status" for one in told)] += 1
    print(f"{agrees[True, True]} unknown to both, {agrees[False, False]} to neither")
    assert agrees[True, False] == agrees[False, True] == 0
    assert agrees[True, True] > 100
