"""Screenings against people, and whose subjects a site's totals are of, on the day before, of and after a transfer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import SUBJECT, day
from conducting import TRIAL, activated, counted, register, screened, study, who
from trialwright.core.conduct import trial_status
from trialwright.core.ledger import ScreeningFailed, SubjectTransferred
from trialwright.core.ledger.events import Said


def again(subject: str, earlier: str, site: str = "S01", on: str = "2025-02-20"):
    return replace(screened(subject, site), rescreens=earlier, occurred=day(on))


def failed(subject: str = SUBJECT):
    return ScreeningFailed(**who("2025-02-22", subject), said=Said("not eligible"), why="anc")


START = (activated(), activated("S02"))


@pytest.mark.parametrize(
    ("events", "screenings", "people"),
    [
        ((screened("a"),), 1, 1),
        ((screened("a"), screened("b")), 2, 2),
        ((screened("a"), again("b", "a")), 2, 1),
        ((screened("a"), again("b", "a"), again("c", "b")), 3, 1),
        ((screened("a"), again("b", "a"), again("c", "a")), 3, 1),  # both times the first id was named
        ((screened("a"), again("b", "a"), screened("c")), 3, 2),
        ((screened("a"), again("b", "a", on="2025-03-02")), 1, 1),  # screened again on a later day
        ((screened("a"), again("b", "unknown")), 2, 2),
    ],
)
def test_the_totals_tell_screenings_and_the_people_they_are_of(events, screenings, people) -> None:
    said = trial_status(TRIAL, study(*START, *events), day("2025-03-01"))
    assert (said.screened, said.persons) == (screenings, people)


def test_a_person_screened_again_is_one_screen_failure_and_one_registration() -> None:
    told = (screened(), failed(), again("S01-002", SUBJECT), counted(subject="S01-002"), register("S01-002"))
    said = trial_status(TRIAL, study(*START, *told), day("2025-03-01"))
    assert (said.screened, said.persons, said.registered, dict(said.by_site)) == (2, 1, 1, {"S01": 1})
    assert sum(said.screen_failures.values()) == 1
    assert sum(said.by_epoch.values()) == said.screened


@pytest.mark.parametrize(("site", "screenings", "people"), [(None, 3, 1), ("S01", 2, 1), ("S02", 1, 1)])
def test_a_person_screened_at_two_sites_is_one_at_each_whatever_ids_lie_between(site, screenings, people) -> None:
    # a and c at the first site, b at the second between them
    told = (screened("a"), again("b", "a", "S02"), again("c", "b"))
    said = trial_status(TRIAL, study(*START, *told), day("2025-03-01"), site)
    assert (said.screened, said.persons) == (screenings, people)


@pytest.mark.parametrize(("on", "first", "second"), [("2025-03-09", 1, 0), ("2025-03-10", 0, 1), ("2025-03-11", 0, 1)])
def test_the_totals_of_a_site_are_of_those_who_belonged_to_it_on_the_day(on, first, second) -> None:
    moved = SubjectTransferred(**who("2025-03-10"), to="S02")
    told = study(*START, screened(), counted(), register(), moved)
    for site, expected in (("S01", first), ("S02", second)):
        said = trial_status(TRIAL, told, day(on), site)
        assert (said.registered, len(said.people)) == (expected, expected)
        assert dict(said.by_site) == ({site: 1} if expected else {})
