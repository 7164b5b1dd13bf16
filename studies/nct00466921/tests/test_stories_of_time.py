"""What is recorded of a later day changes no answer of an earlier one: a whole treatment, asked day by day."""

from __future__ import annotations

from datetime import timedelta

from builders import day

FATIGUE = "Fatigue (asthenia, lethargy, malaise)"
COUNTED = {"anc": "4000 /mm3", "platelets": "250000 /mm3", "temperature": "36.8 Cel", "adverse_event_review": "none"}


def _treated(story):
    """Held in course 1, a flare after it, a grade 2 in course 2, a partial response, the end, a death."""
    told = story().entered("2025-03-03").start("2025-03-03").note("2025-03-10", {**COUNTED, "anc": "400 /mm3"})
    told.note("2025-03-17", COUNTED).take(1, "2025-03-03", "2025-03-23")
    told.assess("2025-03-31", 26, flare_suspected="yes").start("2025-03-31").event("2025-04-05", 1, FATIGUE, 2)
    told.note("2025-04-09", {"adverse_event/1/grade": 1, "adverse_event_review": "listed"})
    told.note("2025-04-12", {"adverse_event/1/end": "2025-04-12", "adverse_event_review": "listed"})
    told.assess("2025-04-28", 18).start("2025-04-28").assess("2025-05-26", 10).start("2025-05-26")
    told.assess("2025-06-23", 5).note("2025-06-23", told.fine).end("2025-06-23", "patient's wish", "2025-06-15")
    return told.note("2025-07-20", {"death/1": {"on": "2025-07-20"}})


def _answers(told, on: str) -> tuple[object, ...]:
    status = told.status(on)
    dose = next(iter(status.doses.values()))
    visits = tuple((one.key, one.state) for one in (*status.due, *status.coming))
    deviations = tuple((one.kind, one.on, one.says) for one in status.deviations)
    said = (dose.action, dose.dose, dose.reason, dose.missing, dose.first_day, dose.last_day)
    return said, status.disposition, status.continuation, status.grades, status.assessments, visits, deviations


def test_the_answers_of_a_day_are_the_same_with_and_without_what_came_later(story):
    told = _treated(story)
    whole, on = list(told.events), day("2025-02-24")
    while on <= day("2025-07-22"):
        told.events = whole
        with_later = _answers(told, str(on))
        told.events = [one for one in whole if one.occurred <= on]
        assert _answers(told, str(on)) == with_later, on
        on += timedelta(days=3)
