"""What must hold of deviations whatever the dates: a plan kept is none, later is never less late, ids are one each."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import case, course, day, form, protocol, regimen, registered, screened, taken
from trialwright.core.deviations import deviations, untold

FIRST = day("2025-03-03")
VISITS = [
    {"id": name, "quotes": [name], "label": name, "epoch": "treatment", "anchor": "course", "day": number,
     "window": [before, after], "collect": ["anc"]}
    for name, number, before, after in [("day_1", 1, 1, 3), ("day_15", 15, 2, 2)]
]  # fmt: skip
DOSE = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg"}
STUDY = protocol(encounters=VISITS, regimen=[regimen(dose=DOSE)])
ENTRY = (screened("2025-02-20"), registered("2025-02-28"))


def seen(name: str, number: int, on):
    """A visit with its count."""
    done = {f"visit/{name}.{number}": {"encounter": name, "on": str(on), "done": "yes"}}
    return form(on, done | {f"anc on {on}": "3000 /mm3"}, encounter=f"{name}.{number}")


def perfect(courses: int, shifts: list[int]):
    """Somebody who does everything as planned; each visit may fall on any day of its window."""
    events = [*ENTRY]
    for number in range(1, courses + 1):
        day_1 = FIRST + timedelta(days=28 * (number - 1))
        dose = f"{min(10 + 5 * (number - 1), 25)} mg"
        events += [seen("day_1", number, day_1), course(number, day_1, dose)]
        last = day_1 + timedelta(days=20)
        events.append(taken(number, str(day_1), str(last), dose=dose, days_taken=21))
        events.append(seen("day_15", number, day_1 + timedelta(days=14 + shifts[number - 1])))
    return events


@settings(max_examples=40)
@given(st.integers(1, 5), st.lists(st.integers(-2, 2), min_size=5, max_size=5), st.integers(0, 27))
def test_who_does_everything_as_planned_has_no_deviation_on_any_day(courses, shifts, later) -> None:
    on = FIRST + timedelta(days=28 * (courses - 1) + later)
    one = case(*perfect(courses, shifts), protocol=STUDY)
    assert deviations(one, on) == ()
    if later > 20:
        assert untold(one, on) == ()


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_later_visit_is_never_fewer_days_late(first, second) -> None:
    lateness = []
    for days in sorted((first, second)):
        events = [
            *ENTRY,
            seen("day_1", 1, FIRST),
            course(1, FIRST),
            seen("day_15", 1, FIRST + timedelta(days=14 + days)),
        ]
        found = deviations(case(*events, protocol=STUDY), FIRST + timedelta(days=90))
        lateness.append(sum(one.days_late or 0 for one in found if one.kind == "late visit"))
    assert lateness[0] <= lateness[1]
    assert lateness == [max(0, days - 2) for days in sorted((first, second))]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["visit", "count", "dose", "course"]), max_size=4, unique=True), st.integers(0, 60))
def test_every_id_is_of_one_deviation_and_stays_from_day_to_day(left_out, later) -> None:
    events = [*ENTRY]
    if "course" not in left_out:
        events.append(course(1, FIRST))
    if "dose" not in left_out:
        events.append(taken(1, str(FIRST), str(FIRST + timedelta(days=25)), dose="15 mg", days_taken=26))
    if "visit" not in left_out:
        events.append(form(FIRST, {"visit/day_1.1": {"encounter": "day_1", "on": str(FIRST), "done": "yes"}}))
    if "count" not in left_out:
        events.append(form(FIRST, {f"anc on {FIRST}": "3000 /mm3"}))
    one = case(*events, protocol=STUDY)
    earlier, now = (deviations(one, FIRST + timedelta(days=days)) for days in (later, later + 1))
    assert len({each.id for each in now}) == len(now)
    assert {each.id for each in earlier} <= {each.id for each in now}, (
        "nothing that was done is undone by a day passing"
    )
