"""What must hold of the fold, for every list of events: it never fails, and it gives back what was taken back.

Events are drawn without sense on purpose: courses before a registration, two deaths, voidings of voidings, locks
without anything to lock. The ledger refuses many of them; a fold that fails on one would lose the whole subject.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import DRUG, SITE, SUBJECT, UNITS, changes, protocol
from trialwright.core.conduct.orders import contradictions
from trialwright.core.disposition import disposition
from trialwright.core.ledger import (
    CONSENT_SCOPES,
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    Locked,
    Said,
    ScreeningFailed,
    StudyLeft,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    TreatmentEnded,
    Unlocked,
)
from trialwright.core.subject import Case, StudyFold, SubjectRecord, advance, fold_study, fold_subject, observations
from trialwright.core.terms import Quantity

FIRST, SAID, TEN = date(2025, 1, 1), Said("said"), Quantity.parse("10 mg")
days = st.integers(0, 120).map(lambda number: FIRST + timedelta(days=number))
scopes = st.lists(st.sampled_from(CONSENT_SCOPES), min_size=1, max_size=2, unique=True).map(tuple)
sites, versions = st.sampled_from(["S01", "S02"]), st.sampled_from(["1", "2"])
PATHS = (
    "anc/a/value", "anc/b/value", "anc/b/on", "exposure/1/first_dose", "exposure/1/last_dose", "exposure/1/course",
    "exposure/1/drug", "death/1/on", "vital_status/u/value", "consent_date/scr/value", "birth_date/scr/value",
    "visit/v/on", "visit/v/done", "adverse_event/1/start", "adverse_event/1/end",
)  # fmt: skip
VALUES = ("2025-02-03", "2025-02", "1950", "1500 /mm3", "dead", "alive", "yes", "no", "1", DRUG, "?")
items = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(VALUES), min_size=1, max_size=4)


def who(on: date, site: str = SITE) -> dict[str, Any]:
    return {"actor": "a", "role": "r", "site": site, "subject": SUBJECT, "occurred": on}


def form(on: date, told: dict[str, str]) -> FormSubmitted:
    return FormSubmitted(**who(on), form="f", items=changes(told))


def corrected(on: date, told: dict[str, str]) -> FormCorrected:
    return FormCorrected(**who(on), form="f", why="w", items=changes(told))


def kinds(on: date) -> tuple[st.SearchStrategy[Event], ...]:
    at, course = who(on), {"drug": DRUG, "course": 1, "dose": TEN, "said": SAID}
    return (
        st.builds(lambda told: form(on, told), items),
        st.builds(lambda told: corrected(on, told), items),
        st.builds(lambda version: SubjectScreened(**at, version=version), versions),
        st.builds(lambda version: SubjectRegistered(**at, version=version, said=SAID), versions),
        st.builds(lambda version: SubjectMoved(**at, version=version), versions),
        st.builds(lambda version, scope: ConsentGiven(**at, version=version, scope=scope), versions, scopes),
        st.builds(lambda scope: ConsentWithdrawn(**at, scope=scope), scopes),
        st.builds(lambda to: SubjectTransferred(**at, to=to), sites),
        st.builds(lambda number: EventVoided(**at, voids=f"e{number}", why="w"), st.integers(0, 12)),
        st.sampled_from(
            [
                ScreeningFailed(**at, said=SAID), ArmAllocated(**at, arm="A"), CourseStarted(**at, **course),
                DoseReleased(**at, **course, days=21), TreatmentEnded(**at, why="w", said=SAID),
                StudyLeft(**at, why="lost to follow-up"), SubjectFound(**at), Locked(**at, what="subject"),
                Unlocked(**at, what="subject", why="w"),
            ]
        ),
    )  # fmt: skip


def told(events: list[Event]) -> list[Event]:
    return [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(events, 1)]


one_event = days.flatmap(lambda on: st.one_of(*kinds(on)))
histories = st.lists(one_event, max_size=12).map(told)


@given(histories, days)
def test_a_fold_of_any_prefix_never_fails_and_can_be_asked_anything(events, on) -> None:
    for length in range(len(events) + 1):
        study = fold_study(events[:length])
        if SUBJECT in study.subjects:
            record = study.subjects[SUBJECT].on_its_site(on)
            case = Case(record, protocol(), UNITS, {}, study.site_of(record))
            assert disposition(case, on).epoch is not None
            assert all(one.about for one in contradictions(case, on))


@given(histories)
def test_one_event_after_the_other_gives_the_same_record_as_all_at_once(events) -> None:
    fold, record = StudyFold(), SubjectRecord(SUBJECT, SITE)
    for event in events:
        fold.take(event)
        record = advance(record, event)
    assert fold_study(events).subjects.get(SUBJECT, record) == record == fold.subjects.get(SUBJECT, record)
    assert (record.events, fold.events) == (len(events), len(events))


@given(histories, one_event)
def test_what_is_entered_and_voided_is_as_if_it_had_never_been_entered(events, mistake) -> None:
    entered = told([*events, mistake])
    void = EventVoided(**who(FIRST), voids=entered[-1].id, why="by mistake")
    after = fold_subject(SUBJECT, told([*entered, void]))
    assert same(after, fold_subject(SUBJECT, told([*events])))
    assert after.events == len(events) + 2 and after.event(entered[-1].id) == entered[-1]


@given(histories, st.integers(0, 12))
def test_voiding_a_voiding_restores_everything_but_the_history(events, number) -> None:
    void = EventVoided(**who(FIRST), voids=f"e{number}", why="by mistake")
    again = EventVoided(**who(FIRST), voids=f"e{len(events) + 1}", why="it was right")
    assert same(fold_subject(SUBJECT, told([*events, void, again])), fold_subject(SUBJECT, events))


@given(st.lists(one_event, max_size=12).map(told))
def test_a_correction_back_restores_every_value(events) -> None:
    before = fold_subject(SUBJECT, events)
    values = [
        (f"{concept}/{one.instance}/{name}", value)
        for concept in before.items
        for one in observations(before, concept)
        for name, value in one.values.items()
    ]
    wrong = [corrected(FIRST, {path: "?"}) for path, _ in values]
    right = [replace(corrected(FIRST, {path: "?"}), items=changes({path: value})) for path, value in values]
    after = fold_subject(SUBJECT, told([*events, *wrong, *right]))
    assert {key: told_of(after, key) for key in after.items} == {key: told_of(before, key) for key in before.items}


def told_of(record: SubjectRecord, concept: str) -> list[tuple[str, dict[str, Any], Any]]:
    """What is observed of a concept: each instance with its values and its day."""
    found = [(one.instance, dict(one.values), one.on) for one in observations(record, concept)]
    return sorted(found, key=lambda one: one[0])


@given(st.dictionaries(st.sampled_from(PATHS), st.tuples(st.sampled_from(VALUES), days), max_size=10), st.randoms())
def test_first_entries_of_a_subject_give_the_same_observations_in_whatever_order_they_come(entries, random) -> None:
    forms = [form(on, {path: value}) for path, (value, on) in entries.items()]
    mixed = [*forms]
    random.shuffle(mixed)
    one, other = (fold_subject(SUBJECT, told(list(order))) for order in (forms, mixed))
    assert {key: told_of(one, key) for key in one.items} == {key: told_of(other, key) for key in other.items}


def same(one: SubjectRecord, other: SubjectRecord) -> bool:
    """Whether two records say the same, whatever their histories."""
    if not one.milestones and not one.items and not other.milestones and not other.items:
        return True
    plain = [replace(each, events=0, last_seq=0, log=None, voided={}) for each in (one, other)]
    return plain[0] == plain[1]
