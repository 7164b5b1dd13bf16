"""What holds for every adverse event and every set of index lesions, in whatever order they were entered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import case, course, form, protocol
from trialwright.core.terms import Grade
from trialwright.core.toxicity import adverse_events, toxicities, worst_grades
from trialwright.core.toxicity.event_grades import holds
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.response.composite import CompositeAssessment
from trialwright.standards.units import UNITS

FIRST, LAST = date(2025, 3, 3), date(2025, 6, 1)
STUDY = protocol(response={"id": "response", "quotes": ["response is assessed"]})


def of(*events: Any):
    return case(course(1, FIRST), *events, protocol=STUDY, concepts=CONCEPTS, units=UNITS)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def events(draw) -> dict[str, Any]:
    """An event with a first grade, changes of it on different days, and perhaps an end after the last of them."""
    start = draw(st.integers(-10, 20))
    days = draw(st.lists(st.integers(start + 1, start + 40), unique=True, max_size=5))
    grades = [draw(st.integers(1, 4)) for _ in (0, *days)]
    told = {"term": "Fatigue", "grade": grades[0], "start": on(start).isoformat(), "related": "no", "serious": "no"}
    if draw(st.booleans()):
        told["end"] = on(max([start, *days]) + draw(st.integers(0, 5))).isoformat()
    rows = {
        f"adverse_event_grade/1.{place}": {"event": "1", "grade": grade, "on": on(number).isoformat()}
        for place, (number, grade) in enumerate(zip(days, grades[1:], strict=True))
    }
    return {"adverse_event/1": told, **rows}


@given(events())
def test_the_spans_of_an_event_tile_its_days_and_its_worst_grade_is_the_highest_of_them(items):
    [event] = adverse_events(of(form(LAST, items)), CTCAE_3, LAST)
    given_grades = [told["grade"] for told in items.values()]
    assert event.worst == Grade(max(given_grades))
    last = event.end.exact if event.end else LAST
    day = event.onset.exact
    while day <= last:
        assert len([span for span in event.spans if holds(span, day)]) == 1
        day += timedelta(days=1)
    assert event.grade_on(event.onset.exact - timedelta(days=1)) == Grade(0)
    if event.end:
        assert event.grade_on(last + timedelta(days=1)) == Grade(0)


@given(events(), st.randoms())
def test_the_order_in_which_rows_were_entered_and_the_forms_they_stood_on_do_not_matter(items, chance):
    rows = [(key, told) for key, told in items.items() if key != "adverse_event/1"]
    chance.shuffle(rows)
    first = form(LAST, {"adverse_event/1": items["adverse_event/1"]})
    split = of(first, *(form(LAST, {key: told}) for key, told in rows))
    together = of(form(LAST, items))

    def told(given) -> list[tuple]:
        return [(one.term, one.grade, one.onset, one.end) for one in toxicities(given, CTCAE_3, LAST)]

    assert told(split) == told(together)


@given(events(), st.integers(1, 5), st.integers(1, 39))
def test_one_more_grade_never_lowers_the_worst_grade_under_treatment(items, grade, later):
    more = {"adverse_event_grade/1.more": {"event": "1", "grade": min(grade, 4), "on": on(20 + later).isoformat()}}
    before = worst_grades(of(form(LAST, items)), CTCAE_3, LAST, None).get("Fatigue", Grade(0))
    after = worst_grades(of(form(LAST, {**items, **more})), CTCAE_3, LAST, None).get("Fatigue", Grade(0))
    assert after is None or after >= before


# --- index lesions ------------------------------------------------------------------------------------------------

SCORES = st.integers(0, 8)
LESION = st.fixed_dictionaries(
    {
        "erythema": SCORES,
        "scaling": SCORES,
        "elevation": SCORES,
        "pigmentation": SCORES,
        "longest": st.integers(0, 30).map(lambda size: f"{size} cm"),
        "perpendicular": st.integers(0, 10).map(lambda size: f"{size} cm"),
    }
)
NOTHING_NEW = {"new_tumor": "no", "new_node": "no", "node_progression": "no", "new_visceral": "no"}


def visit(key: str, day: date, scored: list[dict[str, Any]], order: list[int]):
    items = {
        f"index_lesion/{key}.{place}": {"lesion": f"L{number}", "on": day.isoformat(), **scored[number]}
        for place, number in enumerate(order)
    }
    return form(day, {**items, f"disease_assessment/{key}": {"on": day.isoformat(), **NOTHING_NEW}})


@given(st.lists(st.tuples(LESION, LESION), min_size=1, max_size=5), st.randoms())
def test_the_response_does_not_depend_on_the_order_of_the_lesions(pairs, chance):
    before, after = [one for one, _ in pairs], [one for _, one in pairs]
    orders = [list(range(len(pairs))) for _ in range(4)]
    for order in orders[2:]:
        chance.shuffle(order)

    def response(first: list[int], second: list[int]) -> list[tuple]:
        given = case(
            visit("baseline", FIRST, before, first),
            course(1, FIRST),
            visit("c1", on(28), after, second),
            protocol=STUDY,
            concepts=CONCEPTS,
            units=UNITS,
        )
        return [(one.response, one.ratio, one.adequate) for one in CompositeAssessment().assess(given, LAST)]

    assert response(*orders[:2]) == response(*orders[2:])


@given(st.lists(st.tuples(LESION, LESION), min_size=1, max_size=5), st.data())
def test_a_lesion_left_out_or_cut_out_is_never_a_response(pairs, data):
    """However much the others cleared, what is left is never summed."""
    gone = data.draw(st.integers(0, len(pairs) - 1))
    order = list(range(len(pairs)))
    cut_out = {number: {**one, "state": "excised"} if number == gone else one for number, (_, one) in enumerate(pairs)}
    for second, kept in (
        (cut_out, order),
        ({number: one for number, (_, one) in enumerate(pairs)}, [number for number in order if number != gone]),
    ):
        given = case(
            visit("baseline", FIRST, [one for one, _ in pairs], order),
            course(1, FIRST),
            visit("c1", on(28), second, kept),
            protocol=STUDY,
            concepts=CONCEPTS,
            units=UNITS,
        )
        assert [one.response.name for one in CompositeAssessment().assess(given, LAST)] == ["NE"]
