"""Whatever was recorded of a subject, sensible or not, its rows are made, told apart, typed and lead back to it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from generating_events import FIRST, SPAN, SUBJECT, events_of, fold_study, in_order
from studies_at_hand import of_each_study, trial_of
from trialwright.adapters.exchange.cdisc import DATASETS, Asked, rows_of, standing_of
from trialwright.adapters.exchange.cdisc.building import subject_named

seeds = st.integers(0, 2**32 - 1)
days = st.integers(0, SPAN + 60).map(lambda number: FIRST + timedelta(days=number))
KINDS = {"text": str, "integer": int, "float": (int, float), "date": date}


@of_each_study
@settings(max_examples=40)
@given(seed=seeds, count=st.integers(0, 60), on=days)
def test_whatever_was_recorded_has_rows_that_can_be_written(folder, seed, count, on) -> None:
    trial = trial_of(folder)
    events = in_order(events_of(trial, seed, count))
    study = fold_study(events)
    asked = Asked(trial, study, standing_of(trial, study, events[-1], "0" * 64, on))
    subject = subject_named(asked, SUBJECT) if SUBJECT in study.subjects else None
    if subject is None:
        return
    own = {event.seq for event in events if event.subject in (SUBJECT, None)}  # a site's limits are nobody's
    for name, layout in DATASETS.items():
        rows = list(rows_of(layout, subject))
        keys = Counter(tuple(str(row.values[key]) for key in layout.keys) for row in rows)
        assert [key for key, n in keys.items() if n > 1] == [], name
        for row in rows:
            assert {origin.seq for origins in (row.origins, *row.of.values()) for origin in origins} <= own
            for one in layout.variables:
                cell = row.values[one.name]
                assert cell is None or isinstance(cell, KINDS[one.type]), (name, one.name, cell)
                assert cell == cell, (name, one.name)  # never NaN
