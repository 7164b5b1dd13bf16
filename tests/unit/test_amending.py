"""What an amendment means for the people: who is on which version, who would be judged differently, what they need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import course, day, ended, left, protocol, regimen
from conducting import DOSE, RELEASE, STUDY, activated, counted, register, screened, study, trial, who
from trialwright.core.conduct import amendment
from trialwright.core.ledger import ConsentGiven, Event, ProtocolActivated, SubjectMoved

TOLERANCE = {"id": "tolerance", "quotes": ["asks"], "label": "Tolerance", "epoch": "treatment", "anchor": "course",
             "courses": "2-", "day": 1, "window": [1, 3], "collect": ["fever"]}  # fmt: skip
DAY_15 = {"id": "day_15", "quotes": ["15"], "label": "Day 15", "epoch": "treatment", "anchor": "course", "day": 15,
          "collect": ["anc"]}  # fmt: skip


def version(name: str, anc: int = 1500, start: str = "10 mg", *visits: dict, **parts):
    criterion = {"id": "anc", "quotes": ["ANC"], "must": {"measure": "anc", "is": f">= {anc} /mm3"}}
    dose = {**DOSE, "start": start}
    told = {"version": name, "eligibility": [criterion], "encounters": [*visits], **parts}
    return replace(
        protocol(regimen=[regimen(dose=dose, release_when=[RELEASE])], **told), design=STUDY.design, arms=STUDY.arms
    )


BOTH = trial(version("1"), version("2", 2500, "20 mg", TOLERANCE))
READY = (activated(), activated("S02"), screened(), counted("2000"))


def later(version_: str, on: str = "2025-02-01") -> ProtocolActivated:
    return ProtocolActivated(**who(on, None), version=version_, file_hash="a" * 64, approved_on=day(on))


def consent(on: str, version_: str = "2") -> ConsentGiven:
    return ConsentGiven(**who(on), version=version_)


def the_one(*events: Event, on: str, under=BOTH):
    (found,) = amendment(under, study(*events), "1", "2", day(on)).subjects
    return found


def told(*events: Event, on: str, under=BOTH) -> dict[str, tuple[str, str]]:
    return {each.what: (each.old, each.new) for each in the_one(*events, on=on, under=under).changes}


def test_in_screening_every_criterion_that_would_be_answered_otherwise_is_told() -> None:
    assert told(*READY, on="2025-02-26") == {
        "eligibility": ("eligible", "not eligible"),
        "criterion anc": ("met", "not met"),
    }


def test_before_the_first_course_the_dose_of_today_would_be_another() -> None:
    found = told(*READY, register(), on="2025-03-03")
    assert found["examplinib today"] == (
        "10 mg once daily, 2025-03-03 to 2025-03-23",
        "20 mg once daily, 2025-03-03 to 2025-03-23",
    )


def test_visits_that_come_new_are_told_with_what_they_collect() -> None:
    found = told(*READY, register(), course(1, "2025-03-03"), on="2025-03-10")
    assert found["visit Tolerance, course 2"] == ("none", "2025-03-31 (2025-03-30 to 2025-04-03), collects fever")


@pytest.mark.parametrize(
    ("visit", "what", "new"),
    [
        ({**DAY_15, "collect": ["anc", "fever"]}, "form at Day 15, course 1", "also fever"),
        ({**DAY_15, "collect": []}, "form at Day 15, course 1", "no longer anc"),
        (
            {**DAY_15, "window": [1, 1]},
            "visit Day 15, course 1",
            "2025-03-17 (2025-03-16 to 2025-03-18), collects anc",
        ),
    ],
)
def test_a_visit_that_changes_is_told_by_its_form_or_its_window(visit, what, new) -> None:
    under = trial(version("1", 1500, "10 mg", DAY_15), version("2", 1500, "10 mg", visit))
    assert told(*READY, register(), course(1, "2025-03-03"), on="2025-03-10", under=under)[what][1] == new


@pytest.mark.parametrize(
    ("events", "needs"),
    [
        ((), "version 2 is not approved and activated at S01 yet"),
        ((later("2", "2025-03-04"),), "consent to version 2 is needed first"),
        ((later("2", "2025-03-04"), consent("2025-03-09")), "consented to version 2 on 2025-03-09; may be moved"),
        ((later("2", "2025-03-11"), consent("2025-03-09")), "version 2 is not approved and activated at S01 yet"),
        ((later("2", "2025-03-04"), consent("2025-03-11")), "consent to version 2 is needed first"),
    ],
)
def test_what_stands_between_a_subject_and_the_new_version(events, needs) -> None:
    assert the_one(*READY, register(), course(1, "2025-03-03"), *events, on="2025-03-10").consent == needs


def test_who_was_moved_or_has_left_is_compared_no_more() -> None:
    treated = (*READY, register(), course(1, "2025-03-03"), later("2", "2025-03-04"))
    moved = the_one(*treated, consent("2025-03-05"), SubjectMoved(**who("2025-03-06"), version="2"), on="2025-03-10")
    assert (moved.version, moved.changes, moved.consent) == ("2", (), "")
    gone = the_one(*treated, ended("2025-03-08"), left("2025-03-09"), on="2025-03-10")
    assert (gone.version, gone.changes, gone.consent) == ("1", (), "")


def test_subjects_stay_on_the_version_of_their_registration_when_a_new_one_is_activated() -> None:
    early = [*READY, register()]
    late = [screened("S01-002"), counted("3000", subject="S01-002"), register("S01-002", version="2", on="2025-03-05")]
    found = amendment(BOTH, study(*early, later("2", "2025-03-04"), *late), "1", "2", day("2025-03-10"))
    assert [one.subject for one in found.on_version("1")] == ["S01-001"]
    assert [one.subject for one in found.on_version("2")] == ["S01-002"]


def test_each_site_has_its_own_day_of_activation() -> None:
    found = amendment(BOTH, study(*READY, later("2", "2025-03-04")), "1", "2", day("2025-03-10"))
    dates = {one.site: (one.in_force, {name: str(on) for name, on in one.activated.items()}) for one in found.sites}
    assert dates == {
        "S01": ("2", {"1": "2025-01-01", "2": "2025-03-04"}),
        "S02": ("1", {"1": "2025-01-01"}),
    }


def test_two_versions_that_say_the_same_touch_nobody() -> None:
    same = trial(version("1"), version("2"))
    assert told(*READY, register(), course(1, "2025-03-03"), on="2025-03-10", under=same) == {}
