"""Pictures of the trial: labels that never cover each other, boxes that never overlap, counts that are the record's."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.adapters.edc.trial.accrual import (
    SiteLine,
    accrual_picture,
    accrual_table,
    month_rows,
    pauses_of,
    ticks,
)
from trialwright.adapters.edc.trial.drawing import moved_apart, wrapped
from trialwright.adapters.edc.trial.flow import flow_picture, flow_rows
from trialwright.adapters.reports.analysis.flow import Flow, FlowColumn
from trialwright.core.ledger import AccrualResumed, AccrualSuspended, Said, SubjectRegistered, SubjectScreened
from trialwright.core.subject import StudyRecord, fold_study

heights = st.lists(st.floats(0, 300), min_size=1, max_size=12)


@given(heights, st.floats(1, 40))
def test_labels_stand_apart_within_the_picture_and_in_their_order(wanted: list[float], gap: float) -> None:
    found = moved_apart(wanted, gap, 0, 300)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    apart = min(gap, 300 / max(len(wanted) - 1, 1))
    assert all(-1e-6 <= one <= 300 + 1e-6 for one in found)
    for above, below in pairwise(order):
        assert found[below] - found[above] >= apart - 1e-6


def test_a_label_that_has_room_stays_where_it_belongs() -> None:
    assert moved_apart([10, 100, 200], 16, 0, 300) == [10, 100, 200]


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1, [0, 1]), (7, [0, 1, 2, 3, 4, 5, 6, 7]), (8, [0, 2, 4, 6, 8]), (35, [0, 5, 10, 15, 20, 25, 30, 35]),
        (78, [0, 20, 40, 60]), (10_000, [0, 2000, 4000, 6000, 8000, 10000]),
    ],
)  # fmt: skip
def test_an_axis_has_few_whole_numbers(most: int, expected: list[int]) -> None:
    assert ticks(most) == expected


def test_words_too_long_for_a_box_end_in_an_ellipsis() -> None:
    lines = wrapped("one two three four five six seven eight nine ten", 80, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


# --- accrual ----------------------------------------------------------------------------------------------------------


def study_of(*days: tuple[str, str]) -> StudyRecord:
    """Subjects registered at a site on a day."""
    events = []
    for number, (site, day) in enumerate(days, 1):
        who = {"actor": "p", "role": "coordinator", "site": site, "subject": f"{site}-{number}"}
        on = date.fromisoformat(day)
        events.append(SubjectScreened(**who, occurred=on, version="1", seq=2 * number, id=f"a{number}"))
        events.append(
            SubjectRegistered(
                **who, occurred=on, version="1", said=Said("eligible"), seq=2 * number + 1, id=f"b{number}"
            )
        )
    return fold_study(events)


def test_months_without_a_registration_are_rows_too() -> None:
    study = study_of(("A", "2006-11-30"), ("B", "2007-02-01"), ("A", "2007-02-28"))
    table = accrual_table(study, {"A": "Site A", "B": "Site B"}, 35, study.subjects, date(2007, 3, 1))
    told = [(one.month, one.by_site, one.registered, one.so_far) for one in table.months]
    assert told == [
        ((2006, 11), (1, 0), 1, 1),
        ((2006, 12), (0, 0), 0, 1),
        ((2007, 1), (0, 0), 0, 1),
        ((2007, 2), (1, 1), 2, 3),
    ]


@pytest.mark.parametrize(("on", "count"), [("2006-01-31", 0), ("2006-02-01", 1), ("2006-02-02", 1)])
def test_a_registration_counts_from_its_day(on: str, count: int) -> None:
    study = study_of(("A", "2006-02-01"))
    assert accrual_table(study, {"A": "A"}, 35, study.subjects, date.fromisoformat(on)).registered == count


def test_nobody_registered_is_a_picture_too() -> None:
    table = accrual_table(fold_study([]), {"A": "A"}, 35, (), date(2006, 1, 1))
    assert table.months == ()
    assert "0 of 35 planned" in accrual_picture(table).says


def test_the_total_is_told_beside_each_site_and_the_plan() -> None:
    study = study_of(("A", "2006-02-01"), ("B", "2006-03-01"), ("B", "2006-04-01"))
    table = accrual_table(study, {"A": "A", "B": "B"}, 35, study.subjects, date(2006, 5, 1))
    labels = [one.text for one in accrual_picture(table).shapes if one.kind == "text" and ": " in one.text]
    assert labels == ["planned at all sites: 35", "A: 1", "B: 2", "registered: 3"]


def test_the_picture_is_as_wide_as_its_longest_label_needs() -> None:
    long = "a-site-with-a-very-long-name-of-its-own"
    study = study_of((long, "2006-02-01"), ("B", "2006-03-01"))
    picture = accrual_picture(accrual_table(study, {long: long, "B": "B"}, 35, study.subjects, date(2006, 5, 1)))
    for one in picture.shapes:
        if one.kind == "text" and "text-anchor" not in one.attributes:
            assert float(one.attributes["x"]) + 7.2 * len(one.text) <= picture.width


def test_a_suspension_lasts_until_it_is_resumed_and_a_second_one_within_it_is_the_same() -> None:
    told = {"actor": "p", "role": "sponsor", "site": None}
    events = [
        AccrualSuspended(**told, occurred=date(2006, 1, 1), why="toxicity", seq=1, id="1"),
        AccrualSuspended(**told, occurred=date(2006, 1, 5), why="again", seq=2, id="2"),
        AccrualResumed(**told, occurred=date(2006, 2, 1), seq=3, id="3"),
        AccrualSuspended(**{**told, "site": "A"}, occurred=date(2006, 3, 1), why="no staff", seq=4, id="4"),
    ]
    found = list(pauses_of(fold_study(events), ["A"], date(2006, 4, 1)))
    assert [(one.since, one.until, one.site, one.why) for one in found] == [
        (date(2006, 1, 1), date(2006, 2, 1), "", "toxicity"),
        (date(2006, 3, 1), None, "A", "no staff"),
    ]
    assert list(pauses_of(fold_study(events), ["A"], date(2005, 12, 31))) == []


def test_rows_of_months_end_with_all_registrations() -> None:
    sites = [SiteLine("A", "A", (date(2006, 12, 31), date(2007, 1, 1)))]
    assert [one.so_far for one in month_rows(sites)] == [1, 2]


# --- flow -------------------------------------------------------------------------------------------------------------

words = st.text("abcdefghij ", min_size=1, max_size=60)
reasons = st.lists(st.tuples(words, st.integers(1, 99)), max_size=9).map(tuple)
columns = st.builds(
    FlowColumn,
    label=words,
    registered=st.integers(0, 99),
    treated=st.integers(0, 99),
    untreated=reasons,
    on_treatment=st.integers(0, 9),
    off_treatment=reasons,
    in_follow_up=st.integers(0, 9),
    off_study=reasons,
    evaluable=st.integers(0, 99),
    not_evaluable=reasons,
)
flows = st.builds(
    Flow,
    planned=st.integers(1, 999),
    screened=st.integers(0, 999),
    in_screening=st.integers(0, 9),
    failed=st.integers(0, 99),
    failures=reasons,
    registered=st.integers(0, 99),
    treated=st.integers(0, 99),
    evaluable=st.integers(0, 99),
    columns=st.lists(columns, min_size=1, max_size=5).map(tuple),
)


@given(flows)
def test_boxes_of_the_flow_never_overlap_and_stay_inside(flow: Flow) -> None:
    picture = flow_picture(flow)
    boxes = [one.attributes for one in picture.shapes if one.kind == "rect"]
    places = [tuple(float(one[name]) for name in ("x", "y", "width", "height")) for one in boxes]
    for x, y, width, height in places:
        assert 0 <= x <= x + width <= picture.width
        assert 0 <= y <= y + height <= picture.height
    for (x, y, width, height), (x2, y2, width2, height2) in combinations(places, 2):
        beside = x + width <= x2 or x2 + width2 <= x
        assert beside or y + height <= y2 or y2 + height2 <= y


@given(flows)
def test_the_table_has_every_reason_with_its_count(flow: Flow) -> None:
    rows = {(one.what, one.count) for one in flow_rows(flow)}
    told = [*flow.failures, *(each for one in flow.columns for each in (*one.untreated, *one.off_treatment))]
    assert {*told} <= rows
    assert ("Screened", flow.screened) in rows
