"""What must hold of every calendar: it moves with its anchor, ends with the subject, and never depends on the order."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import case, course, ended, form, left, protocol, registered, taken
from trialwright.core.protocol import TimeLimit
from trialwright.core.schedule import undated, visits
from trialwright.core.specimens import Moment, custody_findings, custody_of
from trialwright.core.subject import Case
from trialwright.core.terms import Duration, PartialDate, Verdict

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
SHIFTS = st.integers(-400, 400)
LENGTHS = st.builds(Duration, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years"]))


def encounter(id_: str, anchor: str, **parts) -> dict:
    return {"id": id_, "quotes": [id_], "label": id_, "epoch": "treatment", "anchor": anchor, **parts}


IN_COURSE = [encounter(f"day_{number}", "course", day=number, window=[1, 2]) for number in (1, 8, 15, 28)]
WEEKLY = encounter("weekly", "course", every="1 week", day=1)
BY_DAYS = encounter("by_days", "last_dose", offset="30 days", every="2 weeks", until="20 weeks")
BY_MONTHS = encounter("by_months", "end_of_treatment", every="3 months", until="1 year")
STUDY = protocol(encounters=[*IN_COURSE, WEEKLY, BY_DAYS, BY_MONTHS])


def treated(first: date, courses: int, stop: date | None = None, *events) -> Case:
    told = [registered(first - timedelta(days=7), str(first))]
    told += [course(number + 1, first + timedelta(days=28 * number)) for number in range(courses)]
    told += [ended(stop, last_dose=str(stop))] if stop else []
    return case(*told, *events, protocol=STUDY)


@given(first=DAYS, shift=SHIFTS, courses=st.integers(0, 4), horizon=st.integers(0, 200))
def test_moving_the_first_dose_moves_every_visit_of_a_course_as_far(first, shift, courses, horizon) -> None:
    on = first + timedelta(days=28 * max(courses - 1, 0) + 3)
    days = timedelta(days=shift)
    here = visits(treated(first, courses), on, on + timedelta(days=horizon))
    there = visits(treated(first + days, courses), on + days, on + days + timedelta(days=horizon))
    assert [(one.key, one.due + days, one.earliest + days, one.latest + days, one.state) for one in here] == [
        (one.key, one.due, one.earliest, one.latest, one.state) for one in there
    ]


@given(last=DAYS, shift=SHIFTS)
def test_what_counts_in_days_moves_with_the_last_dose_and_what_counts_in_months_keeps_its_day(last, shift) -> None:
    first, days = last - timedelta(days=10), timedelta(days=shift)
    here = {one.key: one.due for one in visits(treated(first, 1, last), last)}
    there = {one.key: one.due for one in visits(treated(first + days, 1, last + days), last + days)}
    assert set(here) == set(there)
    for key, due in there.items():
        if key.startswith("by_days"):
            assert due == here[key] + days
        if key.startswith("by_months"):
            number = int(key.rpartition(".")[2])
            moved = last + days
            assert (due.year * 12 + due.month) - (moved.year * 12 + moved.month) == 3 * number
            assert due.day == moved.day or (due.day < moved.day and (due + timedelta(days=1)).day == 1)


@given(first=DAYS, courses=st.integers(0, 3), gone=st.integers(0, 300), asked=st.integers(0, 400), dead=st.booleans())
def test_nothing_is_planned_after_death_or_leaving(first, courses, gone, asked, dead) -> None:
    day = first + timedelta(days=gone)
    end = form(day, {"death/1": {"on": str(day)}}) if dead else left(day)
    on = day + timedelta(days=asked if dead else asked + 1)  # who leaves may still be seen on that day
    of = treated(first, courses, None, end)
    open_ = [one for one in visits(of, on, on + timedelta(days=90)) if one.state in ("coming", "due", "overdue")]
    assert open_ == []
    assert undated(of, on) == ()


@given(first=DAYS, stop=st.integers(0, 60), asked=st.integers(0, 500))
def test_once_treatment_has_ended_no_visit_of_a_later_day_of_treatment_is_open(first, stop, asked) -> None:
    last = first + timedelta(days=stop)
    of = treated(first, 1 + stop // 28, last)
    for one in visits(of, last + timedelta(days=asked)):
        if one.course is not None and one.due > last:
            assert one.state == "does not apply"
            assert one.because[0].saw.startswith("off treatment")


@given(start=DAYS, length=LENGTHS, times=st.integers(1, 12))
def test_a_repetition_is_counted_from_its_anchor_so_that_no_day_is_lost_on_the_way(start, length, times) -> None:
    each = encounter("x", "last_dose", every=str(length), until=str(length.times(times)))
    told = (registered(start - timedelta(days=9), str(start - timedelta(days=9))), ended(start, last_dose=str(start)))
    found = visits(case(*told, protocol=protocol(encounters=[each])), start)
    assert [one.due for one in found] == [length.times(number).after(start) for number in range(1, times + 1)]


@given(first=DAYS, data=st.data())
def test_the_order_in_which_visits_are_recorded_changes_nothing(first, data) -> None:
    keys = data.draw(st.lists(st.sampled_from(["day_8", "weekly", "u1", "u2", "day_1.1", "weekly.1.2"]), unique=True))
    told = [
        form(first + timedelta(days=data.draw(st.integers(0, 40))), {f"visit/{key}": {
            "done": "yes", "on": str(first + timedelta(days=data.draw(st.integers(0, 40)))),
            **({"encounter": "weekly"} if key.startswith("u") else {}),
        }})
        for key in keys
    ]  # fmt: skip
    on = first + timedelta(days=60)
    one, other = (treated(first, 2, None, *events) for events in (told, data.draw(st.permutations(told))))
    assert [(each.key, each.state, each.done_on) for each in visits(one, on)] == [
        (each.key, each.state, each.done_on) for each in visits(other, on)
    ]


# ---- specimens ----

PLACES = ("Clinic", "Central")
STEPS = ("collected", "processed", "shipped", "received", "assayed", "stored", "destroyed")
BLOOD = {
    "id": "blood", "quotes": ["blood"], "label": "Blood", "matrix": "blood", "encounters": ["day_15"],
    "handling": [{"id": "fast", "quotes": ["soon"], "step": "processed", "within": "4 hours"}],
}  # fmt: skip
CUSTODY = protocol(encounters=IN_COURSE, specimens=[BLOOD])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"step": st.sampled_from([*STEPS, "?"]), "on": st.sampled_from(["2025-03", "2025-03-17", "2025-03-18"])},
        optional={
            "time": st.sampled_from(["00:00", "12:00", "23:59", "noon"]),
            "offset": st.sampled_from(["-06:00", "+01:00", "?"]),
            "place": st.sampled_from(PLACES),
            "aliquot": st.sampled_from(["a", "b"]),
            "temperature": st.sampled_from(["-70 Cel", "4 kg", "cold"]),
            "condition": st.sampled_from(["good", "lost", "odd"]),
        },
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(records=RECORDS)
def test_custody_of_whatever_was_recorded_has_a_state_and_only_certain_faults(records) -> None:
    items = {f"custody/{number}": {"specimen": "blood.day_15.1", **each} for number, each in enumerate(records)}
    events = [registered("2025-02-24", "2025-03-03"), course(1, "2025-03-03")]
    of = case(*events, protocol=CUSTODY, items=items or None, on="2025-03-18")
    (one,) = [each for each in custody_of(of, date(2025, 4, 1)) if each.key == "blood.day_15.1"]
    known = [each for each in records if each["step"] in STEPS]
    assert len(one.steps) == len(known)
    assert (one.state == "not collected") == (not known)
    assert len(custody_findings(of, date(2025, 4, 1))) >= len(records) - len(known)


MOMENTS = st.builds(
    Moment,
    st.builds(PartialDate.parse, st.dates(date(2025, 3, 1), date(2025, 3, 4))),
    st.sampled_from(["", "00:00", "11:59", "12:00", "23:59"]),
    st.sampled_from(["", "-06:00", "+00:00", "+05:30"]),
)


@given(one=MOMENTS, other=MOMENTS)
def test_of_two_moments_at_most_one_is_before_the_other_and_the_distances_agree(one, other) -> None:
    assert not (one.before(other) is Verdict.MET and other.before(one) is Verdict.MET)
    least, most = one.minutes_until(other)
    back_least, back_most = other.minutes_until(one)
    assert (least, most) == (-back_most, -back_least)
    assert least <= most


@given(count=st.integers(0, 500), unit=st.sampled_from(["minutes", "hours", "days", "weeks"]))
def test_a_time_limit_reads_back_as_it_is_told(count, unit) -> None:
    limit = TimeLimit(count, unit)
    assert TimeLimit.parse(str(limit)) == limit


@given(first=DAYS, last=st.integers(1, 21))
def test_a_last_dose_that_is_told_leaves_nothing_without_a_date(first, last) -> None:
    stop = first + timedelta(days=last)
    told = (registered(first - timedelta(days=7), str(first)), course(1, first), taken(1, str(first), str(stop)))
    of = case(*told, ended(stop), protocol=STUDY)
    assert undated(of, stop) == ()
