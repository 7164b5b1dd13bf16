"""What was voided counts no more and stays in the history; site, consent and approval hold by date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import SITE, SUBJECT, correction, course, day, form, left, limits, registered, screened
from trialwright.core.ledger import (
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    ConsentGiven,
    ConsentWithdrawn,
    EventVoided,
    ProtocolActivated,
    SubjectFound,
    SubjectTransferred,
    TreatmentEnded,
)
from trialwright.core.subject import (
    SiteRecord,
    consent_to_version,
    consented,
    fold_study,
    fold_subject,
    known_on,
    observations,
    treatment_over,
    versions_consented,
    withdrawn,
)
from trialwright.core.subject import left as left_by


def who(on: str, subject: str | None = SUBJECT, site: str | None = SITE) -> dict[str, Any]:
    return {"actor": "a1", "role": "coordinator", "site": site, "subject": subject, "occurred": day(on)}


def told(*events: Any) -> list[Any]:
    """Events as the ledger numbers them: e1, e2, …"""
    return [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(events, 1)]


def record(*events: Any) -> Any:
    return fold_subject(SUBJECT, told(*events))


def void(number: int, on: str = "2025-04-01", **others: Any) -> EventVoided:
    return EventVoided(**{**who(on), **others}, voids=f"e{number}", why="the form of another subject")


def values(one: Any, concept: str) -> list[Any]:
    return [str(each.values.get("value")) for each in observations(one, concept)]


PATH = [screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03")]


# ---- voiding --------------------------------------------------------------------------------------------------------


def test_a_voided_form_counts_no_more_and_stays_in_the_history() -> None:
    one = record(*PATH, form("2025-03-10", {"anc/c1d8/value": "100 /mm3"}), void(4))
    assert values(one, "anc") == [] and "anc" not in one.items
    assert [event.id for event in one.log] == ["e5", "e4", "e3", "e2", "e1"]
    assert (one.events, one.last_seq, one.voided["e4"].id) == (5, 5, "e5")


def test_a_voided_correction_brings_back_what_was_entered_first() -> None:
    entered = form("2025-03-10", {"anc/c1d8/value": "100 /mm3"})
    mended = correction("2025-03-11", {"anc/c1d8/value": "1000 /mm3"})
    assert values(record(entered, mended), "anc") == ["1000 /mm3"]
    assert values(record(entered, mended, void(2)), "anc") == ["100 /mm3"]


def test_a_milestone_is_corrected_by_voiding_it_and_entering_it_again() -> None:
    wrong = TreatmentEnded(**who("2025-05-01"), why="progressive disease", said=PATH[1].said)
    right = replace(wrong, occurred=day("2025-04-01"))
    assert [one.occurred for one in record(*PATH, wrong, right, void(4)).of_kind(TreatmentEnded)] == [day("2025-04-01")]


@pytest.mark.parametrize(("voids", "counts"), [(1, False), (2, True), (3, False), (4, True)])
def test_voiding_a_voiding_restores_what_it_voided(voids, counts) -> None:
    events = [form("2025-03-10", {"anc/c1d8/value": "100 /mm3"}), *(void(number) for number in range(1, voids + 1))]
    assert bool(values(record(*events), "anc")) is counts


def test_a_restored_subject_differs_from_the_first_only_in_its_history() -> None:
    before = record(*PATH, form("2025-03-10", {"anc/c1d8/value": "100 /mm3"}))
    after = record(*PATH, form("2025-03-10", {"anc/c1d8/value": "100 /mm3"}), void(4), void(5))
    assert replace(after, events=before.events, last_seq=before.last_seq) == before


@pytest.mark.parametrize("voided", [(1,), (2,), (3,), (1, 2), (2, 1), (3, 2), (1, 3), (1, 2, 3)])
def test_voided_forms_leave_what_the_other_forms_alone_would_give_in_their_order(voided) -> None:
    forms = [
        form("2025-03-10", {"anc/c1d8/value": "100 /mm3", "hgb/c1d8/value": "9 g/dL"}),
        form("2025-03-17", {"plt/c1d15/value": "90000 /mm3", "anc/c1d15/value": "900 /mm3"}),
        form("2025-03-24", {"hgb/c1d22/value": "10 g/dL", "anc/c1d22/value": "1900 /mm3"}),
    ]
    left_out = fold_subject(SUBJECT, [one for one in told(*forms) if int(one.id[1:]) not in voided])
    after = record(*forms, *(void(number) for number in voided))
    assert (list(after.items), after.items) == (list(left_out.items), left_out.items)
    assert [values(after, name) for name in after.items] == [values(left_out, name) for name in left_out.items]


def test_a_voiding_of_nothing_that_is_known_changes_nothing() -> None:
    before, after = record(*PATH), record(*PATH, void(9), replace(void(9), voids=""))
    assert (after.milestones, after.items, after.voided) == (before.milestones, {}, {})


def test_a_voided_limit_of_a_laboratory_is_as_if_it_had_never_been_set() -> None:
    set_twice = [limits("anc", "1500 /mm3"), limits("anc", "1800 /mm3")]
    voided = EventVoided(**who("2025-04-01", None), voids="e2", why="another laboratory's")
    before, after = (fold_study(told(*set_twice, *more)).sites[SITE] for more in ([], [voided]))
    on = day("2025-04-02")
    assert [str(site.limits("anc", on, None, None)[0]) for site in (before, after)] == ["1800 /mm3", "1500 /mm3"]


# ---- transfer -------------------------------------------------------------------------------------------------------


def transfer(on: str, to: str) -> SubjectTransferred:
    return SubjectTransferred(**who(on), to=to)


@pytest.mark.parametrize(
    ("on", "site"), [("2025-03-09", "S01"), ("2025-03-10", "S02"), ("2025-04-30", "S02"), ("2025-05-01", "S03")]
)
def test_a_subject_belongs_to_a_site_by_date_in_whatever_order_it_was_recorded(on, site) -> None:
    one = record(*PATH, transfer("2025-05-01", "S03"), transfer("2025-03-10", "S02"))
    assert (one.site_on(day(on)), known_on(one, day(on)).site, one.home, one.site) == (site, site, "S01", "S03")


@pytest.mark.parametrize(("on", "low"), [("2025-03-09", "1500 /mm3"), ("2025-03-10", "1800 /mm3")])
def test_a_sample_keeps_the_limits_of_the_site_at_which_it_was_drawn(on, low) -> None:
    elsewhere = replace(limits("anc", "1800 /mm3"), site="S02")
    study = fold_study(told(*PATH, limits("anc", "1500 /mm3"), elsewhere, transfer("2025-03-10", "S02")))
    site = study.site_of(study.subjects[SUBJECT])
    assert (site.site, str(site.limits("anc", day(on), None, None)[0])) == ("S02", low)


def test_a_voided_transfer_leaves_the_subject_where_it_was() -> None:
    assert record(*PATH, transfer("2025-03-10", "S02"), void(4)).site == "S01"


# ---- consent --------------------------------------------------------------------------------------------------------


def given(on: str, version: str = "1", *scope: str) -> ConsentGiven:
    return ConsentGiven(**who(on), version=version, scope=scope or ("study",))


def refused(on: str, *scope: str) -> ConsentWithdrawn:
    return ConsentWithdrawn(**who(on), scope=scope, why="had enough")


@pytest.mark.parametrize(
    ("events", "version", "consented_on"),
    [
        ([], "1", "2025-02-20"),
        ([], "2", None),
        ([given("2025-03-05", "2")], "2", "2025-03-05"),
        ([given("2025-03-05", "2", "stored specimens")], "2", None),
        ([given("2025-03-11", "2")], "2", None),
        ([given("2025-03-10", "2")], "2", "2025-03-10"),
        ([form("2025-02-20", {"consent_date/scr/value": "2025-02-18"})], "1", "2025-02-18"),
        ([form("2025-02-20", {"consent_date/scr/value": "2025-03"})], "1", None),
        ([form("2025-02-20", {"consent_date/scr/value": "2025-03-11"})], "1", None),
        ([refused("2025-03-01", "study")], "1", None),
        ([refused("2025-03-01", "stored specimens")], "1", "2025-02-20"),
    ],
)
def test_a_version_is_consented_to_from_a_day_until_the_consent_is_withdrawn(events, version, consented_on) -> None:
    one = record(screened("2025-02-20"), *events)
    assert consent_to_version(one, version, day("2025-03-10")) == (day(consented_on) if consented_on else None)


@pytest.mark.parametrize(
    ("events", "part", "holds"),
    [
        ([refused("2025-03-01", "treatment")], "treatment", True),
        ([refused("2025-03-01", "treatment")], "follow-up", False),
        ([refused("2025-03-01", "treatment")], "study", False),
        ([refused("2025-03-01", "study")], "follow-up", True),
        ([refused("2025-03-01", "study")], "stored specimens", True),
        ([refused("2025-03-11", "study")], "study", False),
        ([refused("2025-03-01", "study"), given("2025-03-05")], "treatment", False),
        ([refused("2025-03-01", "study"), given("2025-03-05")], "stored specimens", True),
        ([refused("2025-03-01", "study"), given("2025-03-05", "1", "stored specimens")], "stored specimens", False),
        ([given("2025-03-05"), refused("2025-03-01", "study")], "treatment", False),
    ],
)
def test_a_withdrawal_reaches_its_part_and_consent_given_again_takes_it_back(events, part, holds) -> None:
    found = withdrawn(record(screened("2025-02-20"), *events), part, day("2025-03-10"))
    assert (found is not None) is holds


def test_what_is_asked_apart_is_unknown_until_it_was_asked() -> None:
    path, on = [screened("2025-02-20"), given("2025-02-21")], day("2025-03-10")
    assert consented(record(*path), "stored specimens", on) is None
    stored = given("2025-02-22", "1", "stored specimens")
    assert consented(record(*path, stored), "stored specimens", on) is True
    assert consented(record(*path, stored, refused("2025-03-01", "stored specimens")), "stored specimens", on) is False
    assert versions_consented(record(*path, given("2025-03-02", "2")), on) == ("1", "2")


# ---- leaving --------------------------------------------------------------------------------------------------------


def found_again(on: str) -> SubjectFound:
    return SubjectFound(**who(on))


@pytest.mark.parametrize(
    ("events", "gone"),
    [
        ([], None),
        ([left("2025-04-20", "lost to follow-up")], "2025-04-20"),
        ([left("2025-04-20", "lost to follow-up"), found_again("2025-04-25")], None),
        ([found_again("2025-04-19"), left("2025-04-20", "lost to follow-up")], "2025-04-20"),
        ([refused("2025-04-10", "study")], "2025-04-10"),
        ([refused("2025-04-10", "study"), left("2025-04-20")], "2025-04-10"),
        ([refused("2025-04-10", "treatment")], None),
    ],
)
def test_who_left_is_gone_until_found_again(events, gone) -> None:
    found = left_by(record(*PATH, *events), day("2025-05-01"))
    assert (found.occurred if found else None) == (day(gone) if gone else None)


def test_who_is_found_again_is_followed_on_but_not_treated_on() -> None:
    one = record(*PATH, left("2025-04-20", "lost to follow-up"), found_again("2025-04-25"))
    assert left_by(one, day("2025-05-01")) is None
    assert treatment_over(one, day("2025-05-01")).occurred == day("2025-04-20")
    assert treatment_over(record(*PATH, refused("2025-04-10", "treatment")), day("2025-05-01")).scope == ("treatment",)


# ---- approval and accrual -------------------------------------------------------------------------------------------


def active(version: str, on: str, until: str | None = None, seq: int = 1) -> ProtocolActivated:
    ends = day(until) if until else None
    own: dict[str, Any] = {"version": version, "file_hash": "ab", "approved_on": day(on), "approved_until": ends}
    return ProtocolActivated(**who(on, None), **own, seq=seq)


def ends(on: str, version: str = "", seq: int = 9) -> ApprovalEnded:
    return ApprovalEnded(**who(on, None), version=version, why="not renewed", seq=seq)


BOTH = (active("1", "2025-01-01", "2025-12-31"), active("2", "2025-03-01", seq=2))


@pytest.mark.parametrize(
    ("site", "on", "version"),
    [
        (SiteRecord(SITE), "2025-03-01", None),
        (SiteRecord(SITE, BOTH[:1]), "2024-12-31", None),
        (SiteRecord(SITE, BOTH[:1]), "2025-01-01", "1"),
        (SiteRecord(SITE, BOTH[:1]), "2025-12-31", "1"),
        (SiteRecord(SITE, BOTH[:1]), "2026-01-01", None),
        (SiteRecord(SITE, BOTH), "2025-02-28", "1"),
        (SiteRecord(SITE, BOTH), "2025-03-01", "2"),
        (SiteRecord(SITE, BOTH, endings=(ends("2025-06-01", "2"),)), "2025-05-31", "2"),
        (SiteRecord(SITE, BOTH, endings=(ends("2025-06-01", "2"),)), "2025-06-01", "1"),
        (SiteRecord(SITE, BOTH, endings=(ends("2025-06-01"),)), "2025-06-01", None),
        (SiteRecord(SITE, (*BOTH, active("1", "2025-04-01", "2026-12-31", 3))), "2025-04-02", "2"),
        (
            SiteRecord(SITE, (*BOTH, active("2", "2025-07-01", seq=10)), endings=(ends("2025-06-01"),)),
            "2025-07-01",
            "2",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_version_in_force_is_the_newest_whose_approval_runs(site, on, version) -> None:
    assert site.version_in_force(day(on)) == version


@pytest.mark.parametrize(
    ("site", "on", "because"),
    [
        (SiteRecord(SITE), "2025-03-01", "no ethics approval is recorded"),
        (SiteRecord(SITE, BOTH[:1]), "2026-01-01", "lapsed on 2025-12-31"),
        (SiteRecord(SITE, BOTH[:1]), "2024-12-31", "approved on 2025-01-01"),
        (SiteRecord(SITE, BOTH, endings=(ends("2025-06-01"),)), "2025-06-01", "ended on 2025-06-01: not renewed"),
    ],
)
def test_why_nothing_is_in_force_is_said_with_the_date(site, on, because) -> None:
    assert because in site.why_not_approved(None, day(on))


@pytest.mark.parametrize(
    ("on", "at_one", "at_other"),
    [
        ("2025-02-28", False, False),
        ("2025-03-01", True, False),
        ("2025-04-01", True, True),
        ("2025-05-01", True, False),
        ("2025-06-01", False, False),
    ],
)
def test_accrual_is_suspended_at_a_site_or_everywhere_until_it_is_resumed(on, at_one, at_other) -> None:
    pauses = [
        AccrualSuspended(**who("2025-03-01", None), why="monitor"),
        AccrualSuspended(**who("2025-04-01", None, None), why="safety"),
        AccrualResumed(**who("2025-05-01", None, None)),
        AccrualResumed(**who("2025-06-01", None)),
    ]
    study = fold_study(told(*pauses))
    found = (study.suspended(SITE, day(on)), study.suspended("S02", day(on)))
    assert tuple(one is not None for one in found) == (at_one, at_other)
