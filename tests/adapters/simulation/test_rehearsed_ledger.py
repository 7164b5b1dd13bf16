"""What a rehearsal leaves behind: a ledger like a real one, marked simulated, with slips and their corrections."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from trialwright.core.ledger import (
    ArmAllocated,
    CourseStarted,
    DoseReleased,
    Event,
    FormCorrected,
    FormSubmitted,
    ProtocolActivated,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    ReferenceRangeSet,
    ScreeningFailed,
    StudyOpened,
    SubjectRegistered,
    SubjectScreened,
    TreatmentEnded,
)
from trialwright.core.terms import Quantity
from trialwright.store import MachineIssuer, Submission, open_study, verify
from trialwright.store.errors import WrongKind


@pytest.fixture(scope="session")
def both(oncology, surgery) -> list[list[Event]]:
    return [events_of(oncology[0]), events_of(surgery[0])]


def events_of(folder: Path) -> list[Event]:
    with open_study(folder, read_only=True) as ledger:
        return list(ledger.events())


def of_kind(events: list[Event], kind: type[Event]) -> list:
    return [event for event in events if isinstance(event, kind)]


# ---- simulated, everywhere ------------------------------------------------------------------------------------------


def test_the_ledger_says_from_its_first_event_that_it_is_simulated(oncology, surgery) -> None:
    for folder, _ in (oncology, surgery):
        with open_study(folder, read_only=True) as ledger:
            assert ledger.kind == "simulated"
        first = events_of(folder)[0]
        assert isinstance(first, StudyOpened) and first.kind == "simulated"


def test_a_rehearsal_takes_no_real_data(oncology) -> None:
    folder, answer = oncology
    extra = of_kind(events_of(folder), SubjectScreened)[0]
    with open_study(folder) as ledger, pytest.raises(WrongKind):
        ledger.append(Submission("real", (extra,)), MachineIssuer())
    assert len(events_of(folder)) == answer["events"]


def test_the_ledger_is_whole(oncology, surgery) -> None:
    for folder, answer in (oncology, surgery):
        found = verify(folder)
        assert found.ok and found.events == answer["events"] and answer["head"] in str(found.head)


# ---- people ---------------------------------------------------------------------------------------------------------


def test_the_answer_counts_what_is_in_the_ledger(oncology, surgery) -> None:
    for folder, answer in (oncology, surgery):
        events = events_of(folder)
        counts = Counter(type(event) for event in events)
        assert answer["screened"] == counts[SubjectScreened]
        assert answer["registered"] == counts[SubjectRegistered]
        assert answer["treated"] == len({event.subject for event in of_kind(events, CourseStarted)})
        assert answer["treated"] <= answer["registered"] < answer["screened"]


def test_patients_counts_registrations_and_screening_failures_come_on_top(surgery) -> None:
    folder, answer = surgery
    failed = of_kind(events_of(folder), ScreeningFailed)
    assert answer["registered"] == 40
    assert len(failed) == answer["screened"] - 40 > 0
    assert all(event.said.answer in ("not eligible", "undetermined", "eligible") and event.why for event in failed)
    assert all(event.said.clauses for event in failed if event.said.answer == "not eligible")


def test_no_one_is_registered_without_the_word_eligible(both) -> None:
    for events in both:
        assert {event.said.answer for event in of_kind(events, SubjectRegistered)} == {"eligible"}
        assert all(event.said.program and event.said.protocol for event in of_kind(events, SubjectRegistered))


def test_arms_come_from_permuted_blocks(surgery) -> None:
    arms = [event.arm for event in of_kind(events_of(surgery[0]), ArmAllocated)]
    blocks = [arms[start : start + 4] for start in range(0, len(arms), 4)]
    assert len(arms) == 40
    assert all(Counter(block) == Counter({"gabapentin": 2, "pregabalin": 2}) for block in blocks)
    assert len({tuple(block) for block in blocks}) > 1


# ---- treatment ------------------------------------------------------------------------------------------------------


def test_each_course_carries_the_answer_it_rests_on(both) -> None:
    for events in both:
        for event in [*of_kind(events, CourseStarted), *of_kind(events, DoseReleased)]:
            assert event.said.answer.startswith(str(event.dose))
            assert event.said.clauses and event.said.protocol == event.protocol


def test_every_treated_subject_ends_or_goes_on_to_the_last_day(both) -> None:
    for events in both:
        treated = {event.subject for event in of_kind(events, CourseStarted)}
        ended = Counter(event.subject for event in of_kind(events, TreatmentEnded))
        assert set(ended) <= treated and max(ended.values()) == 1
        assert all(event.why for event in of_kind(events, TreatmentEnded))


def test_no_decision_would_be_refused_at_the_real_door(oncology) -> None:
    from trialwright.adapters.study import load_study
    from trialwright.core.conduct import refusals
    from trialwright.core.ledger import DECISIONS
    from trialwright.core.subject import fold_study

    trial = load_study(oncology[0]).trial
    events = events_of(oncology[0])
    for number, event in enumerate(events):
        if isinstance(event, DECISIONS):
            assert refusals(trial, fold_study(events[:number]), event) == [], f"event {event.seq}"


def test_no_form_holds_what_cannot_be_a_fact(both, oncology, surgery) -> None:
    from trialwright.adapters.study import load_study
    from trialwright.core.conduct.facts import impossible

    for events, (folder, _) in zip(both, (oncology, surgery), strict=True):
        standards = next(iter(load_study(folder).trial.standards.values()))
        for event in events:
            assert list(impossible(event, standards.concepts, standards.units)) == []


# ---- slips and corrections ------------------------------------------------------------------------------------------


def test_errors_are_made_and_a_correction_keeps_the_value_it_replaces(careless) -> None:
    events = careless
    typed = {}
    corrections = 0
    for event in events:
        if isinstance(event, FormCorrected):
            corrections += 1
            assert event.why
            for item in event.items:
                assert item.old == typed[event.subject, item.path] != item.new
        if isinstance(event, FormSubmitted | FormCorrected):
            typed |= {(event.subject, item.path): item.new for item in event.items}
    assert corrections > 0


@pytest.fixture(scope="session")
def careless(tmp_path_factory: pytest.TempPathFactory, copy_of, rehearse_in) -> list[Event]:
    """A site that mistypes one item in ten, where every slip is found by a query."""
    folder = copy_of("nct02120703", tmp_path_factory.mktemp("careless") / "study")
    file = folder / "rehearsal.yaml"
    told = file.read_text().replace("slips: 0.006", "slips: 0.1").replace("by_query: 0.5", "by_query: 1")
    file.write_text(told.replace("corrected: 0.9", "corrected: 1"))
    assert rehearse_in(folder, "--patients", "5", "--seed", "3").returncode == 0
    return events_of(folder)


def test_a_query_is_opened_answered_and_closed_in_that_order(careless) -> None:
    events = careless
    opened = of_kind(events, QueryOpened)
    assert len(opened) > 3
    for event in opened:
        mine = [one for one in events if getattr(one, "item", None) == event.item and one.subject == event.subject]
        kinds = [type(one) for one in mine]
        assert kinds == [QueryOpened, QueryAnswered, QueryClosed][: len(kinds)]


# ---- sites and times ------------------------------------------------------------------------------------------------


def test_sites_report_in_their_own_units_with_their_own_limits(oncology) -> None:
    events = events_of(oncology[0])
    limits = of_kind(events, ReferenceRangeSet)
    units = {event.site: event.high.unit for event in limits if event.analyte == "anc"}
    assert len(set(units.values())) == 3
    assert {event.sex for event in limits if event.analyte == "hemoglobin"} == {"female", "male"}
    for event in of_kind(events, FormSubmitted):
        for item in event.items:
            if item.path.startswith("anc/") and isinstance(item.new, Quantity):
                assert item.new.unit == units[event.site] or corrected(events, event.subject, item.path)


def corrected(events: list[Event], subject: str | None, path: str) -> bool:
    return any(
        event.subject == subject and any(item.path == path for item in event.items)
        for event in of_kind(events, FormCorrected)
    )


def test_versions_come_into_force_by_the_calendar_and_approval_comes_first(oncology) -> None:
    activations = of_kind(events_of(oncology[0]), ProtocolActivated)
    assert all(event.approved_on <= event.occurred for event in activations)
    for site in {event.site for event in activations}:
        versions = [event.version for event in activations if event.site == site]
        assert versions == sorted(versions)


def test_every_event_has_its_local_time_resolved_and_is_recorded_after_it_happened(both) -> None:
    for events in both:
        last: dict[str | None, datetime] = {}
        for event in events:
            happened = datetime.fromisoformat(f"{event.occurred}T{event.time}:00{event.offset}")
            assert happened.utcoffset() == ZoneInfo(event.zone).utcoffset(happened.replace(tzinfo=None))
            assert event.recorded is not None and happened <= event.recorded
            assert event.recorded - happened < timedelta(days=60)
            assert last.get(event.subject, event.recorded) <= event.recorded
            last[event.subject] = event.recorded
