"""Today, the patient's page, the forms and both calendars say the same of a visit, before and after its window ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from trialwright.adapters.edc.look.writing import day
from trialwright.adapters.edc.work.board import board_of
from trialwright.core.conduct import case_of
from trialwright.core.schedule import Visit, visits

PAGES = ("today/", "subjects/{s}/", "subjects/{s}/forms/", "subjects/{s}/calendar/", "calendar/?on={on}")


def a_visit_to_come(running: Any) -> tuple[str, Visit]:
    """A visit of a patient on study that is planned, that needs no other before it, and whose window is to open."""
    on = running.today
    for subject in sorted(running.record.subjects):
        for visit in visits(case_of(running.trial, running.record, subject, on), on):
            if visit.state == "coming" and visit.course is None and visit.latest > visit.due > on:
                return subject, visit
    raise AssertionError("the rehearsal has no visit to come")


@pytest.mark.parametrize(
    ("after", "word", "says"),
    [(-1, "due", "window until {last}"), (0, "due", "window until {last}"), (1, "overdue", "since {next}")],
    ids=["the day before the last", "the last day", "the day after"],
)
def test_every_page_says_due_until_the_window_is_over_and_overdue_from_then_on(
    running: Any, client_of: Callable[..., Any], after: int, word: str, says: str
) -> None:
    subject, visit = a_visit_to_come(running)
    client = client_of("coordinator", running.record.subjects[subject].site)
    on = visit.latest + timedelta(days=after)
    client.post("/language/", {"day": on.isoformat(), "next": "/"})
    told = says.format(last=day(visit.latest), next=day(visit.latest + timedelta(days=1)))
    for page in PAGES:
        address = f"/{running.id}/" + page.format(s=subject, on=visit.due)
        text = client.get(address).content.decode()
        assert re.search(rf"{word}</span>\s*(<span class=\"soft\">)?{told}", text), (address, told)
    assert named(running, subject, visit, on) == word


def named(running: Any, subject: str, visit: Visit, on: date) -> str:
    """The state of the visit among what waits for the site."""
    waiting = board_of(running).waiting.of(running.trial, running.record, subject, on)
    return next(state for one, state in waiting.visits if one.key == visit.key)
