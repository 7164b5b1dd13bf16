"""What holds for any course of a disease: a time ends between start and cut, and an event is what happened."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders import case, course, day, ended, form, protocol, registered
from trialwright.core.endpoints import ROWS, subject_endpoints
from trialwright.core.response import Assessment
from trialwright.core.schedule import STATES, visits
from trialwright.core.terms import Response

START, LAST = day("2025-03-03"), day("2026-12-31")
COLLECT = ["disease_assessment"]
VARIANTS = [
    {"id": "counts", "label": "C", "intercurrent": [{"event": "new treatment", "strategy": "composite"}]},
    {"id": "stops", "label": "S", "intercurrent": [{"event": "treatment stopped", "strategy": "composite"}]},
    {"id": "treated", "label": "T", "intercurrent": [{"event": "treatment stopped", "strategy": "while on treatment"}]},
    {"id": "missed", "label": "M", "intercurrent": [{"event": "missed assessments", "strategy": "treatment policy"}]},
    {"id": "moved", "label": "N", "progression_on": "next visit"},
    {"id": "since", "label": "R", "since": "registration", "population": "registered"},
]
STUDY = protocol(
    encounters=[
        {"id": "assessment", "label": "A", "epoch": "treatment", "anchor": "course", "day": 28, "window": [3, 3],
         "collect": COLLECT},
        {"id": "follow_up", "label": "F", "epoch": "follow-up", "anchor": "last_dose", "every": "3 months",
         "until": "1 year", "window": [14, 14], "collect": COLLECT},
    ],
    endpoints=[
        {"id": "pfs", "label": "P", "level": "primary", "variable": "time to event",
         "events": ["progression", "death"], "variants": VARIANTS},
        {"id": "os", "label": "O", "level": "primary", "variable": "time to event", "events": ["death"]},
        {"id": "dor", "label": "D", "level": "primary", "variable": "duration of response",
         "events": ["progression", "death"]},
    ],
)  # fmt: skip
DAYS = st.integers(1, 600).map(lambda days: START + timedelta(days=days))
ASSESSMENTS = st.lists(
    st.builds(Assessment, DAYS, st.just("a"), st.sampled_from(list(Response)), adequate=st.booleans()), max_size=6
)
MAYBE = st.none() | DAYS
CUTS = st.integers(0, 660).map(lambda days: START + timedelta(days=days))


def subject(died, therapy, stopped):
    events = [registered("2025-02-26", "2025-03-03"), course(1, START)]
    events += [ended(stopped, last_dose=stopped.isoformat())] if stopped else []
    items = {"disease_assessment/baseline": {"on": "2025-02-26", "complete": "yes"}}
    items |= {"death/1": {"on": died.isoformat()}} if died else {}
    items |= {"new_therapy/1": {"code": "x", "start": therapy.isoformat()}} if therapy else {}
    return case(*events, form("2025-02-26", items), protocol=STUDY)


@given(ASSESSMENTS, MAYBE, MAYBE, MAYBE, CUTS)
def test_a_time_ends_between_its_start_and_the_cut_and_an_event_is_something_that_happened(
    assessments, died, therapy, stopped, cut
) -> None:
    happened = {one.on for one in assessments if one.response is Response.PD} | {died}
    for time in subject_endpoints(subject(died, therapy, stopped), assessments, cut).times.values():
        assert START <= time.start <= time.end <= cut
        assert time.days >= 1
        assert not time.event or time.end in happened
        assert time.why


@given(ASSESSMENTS, MAYBE, MAYBE, MAYBE, CUTS)
def test_nobody_progresses_after_death_and_survival_is_never_shorter_than_the_time_without_progression(
    assessments, died, therapy, stopped, cut
) -> None:
    alive = [one for one in assessments if died is None or one.on <= died]
    times = subject_endpoints(subject(died, therapy, stopped), alive, cut).times
    assert times["pfs"].end <= times["os"].end
    assert times["os"].event == (died is not None and died <= cut)


@given(ASSESSMENTS, MAYBE, MAYBE, CUTS)
def test_what_comes_after_the_cut_changes_nothing(assessments, died, therapy, cut) -> None:
    seen = [one for one in assessments if one.on <= cut]
    known = [day_ if day_ and day_ <= cut else None for day_ in (died, therapy)]
    whole = subject_endpoints(subject(died, therapy, None), assessments, cut).times
    assert whole == subject_endpoints(subject(*known, None), seen, cut).times


@given(MAYBE, MAYBE, CUTS)
def test_every_visit_is_in_one_state_and_a_window_holds_its_day(died, stopped, on) -> None:
    for visit in visits(subject(died, None, stopped), on):
        assert visit.state in STATES
        assert visit.earliest <= visit.due <= visit.latest
        assert (visit.state == "done") == (visit.done_on is not None)
        assert not (visit.state == "missed" and on <= visit.latest)


def every_time(died, therapy, stopped, assessments, cut):
    answer = subject_endpoints(subject(died, therapy, stopped), assessments, cut)
    return {**answer.times, **answer.variants}


@given(ASSESSMENTS, MAYBE, MAYBE, MAYBE, CUTS)
def test_no_variant_ends_after_the_cut_or_before_its_start(assessments, died, therapy, stopped, cut) -> None:
    for time in every_time(died, therapy, stopped, assessments, cut).values():
        assert time.start <= time.end <= cut
        assert time.event is ROWS[time.row].event


@given(ASSESSMENTS, MAYBE, MAYBE, MAYBE, CUTS, st.integers(0, 300))
def test_a_later_cut_never_undoes_an_event(assessments, died, therapy, stopped, cut, more) -> None:
    alive = [one for one in assessments if died is None or one.on <= died]
    before = every_time(died, therapy, stopped, alive, cut)
    after = every_time(died, therapy, stopped, alive, cut + timedelta(days=more))
    for name, time in before.items():
        if time.event and name != "dor":  # a response that begins later has another duration
            assert after[name].event, name
            assert after[name].end == time.end or (name == "moved" and after[name].end > time.end)


@given(ASSESSMENTS, MAYBE, CUTS)
def test_where_nothing_distinguishes_the_variants_they_agree(assessments, died, cut) -> None:
    """Nobody was given another treatment or stopped: the strategies for these say nothing."""
    times = every_time(died, None, None, assessments, cut)
    for name in ("counts", "stops", "treated"):
        assert (times[name].end, times[name].event) == (times["pfs"].end, times["pfs"].event)


@given(ASSESSMENTS, MAYBE, MAYBE, MAYBE, CUTS)
def test_what_counts_more_as_an_event_never_ends_later(assessments, died, therapy, stopped, cut) -> None:
    alive = [one for one in assessments if died is None or one.on <= died]
    times = every_time(died, therapy, stopped, alive, cut)
    assert not times["pfs"].event or times["stops"].event
    assert not times["pfs"].event or times["moved"].event
    assert times["moved"].end >= times["pfs"].end
    assert times["treated"].end <= times["pfs"].end
    if times["pfs"].event and times["missed"].event:
        assert times["missed"].end == times["pfs"].end
