"""Registrations and courses against the ethics approval at the site: the day before, on and after its last day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import SITE, SUBJECT, case, course, day, protocol, regimen, registered, screened, taken
from trialwright.core.deviations import Deviation, deviations
from trialwright.core.ledger import ApprovalEnded, ProtocolActivated, SubjectMoved, SubjectTransferred
from trialwright.core.subject import SiteRecord

STUDY = protocol(regimen=[regimen(dose={"start": "10 mg"})])


def who(on: str, subject: str | None = None, site: str = SITE, seq: int = 1) -> dict:
    return {
        "actor": "someone",
        "role": "coordinator",
        "site": site,
        "subject": subject,
        "occurred": day(on),
        "seq": seq,
    }


def active(on: str, until: str | None = None, version: str = "1", seq: int = 1, site: str = SITE) -> ProtocolActivated:
    ends = day(until) if until else None
    return ProtocolActivated(
        **who(on, site=site, seq=seq), version=version, file_hash="ab", approved_on=day(on), approved_until=ends
    )


def over(on: str, version: str = "", seq: int = 9) -> ApprovalEnded:
    return ApprovalEnded(**who(on, seq=seq), version=version, why="closed")


def found(*events, activations=(), endings=(), site: SiteRecord | None = None) -> dict[str, Deviation]:
    one = case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=STUDY)
    one = replace(one, site=site or SiteRecord(SITE, tuple(activations), endings=tuple(endings)))
    return {each.kind: each for each in deviations(one, day("2025-06-01")) if "without approval" in each.kind}


FIRST = course(1, "2025-03-03")


@pytest.mark.parametrize(
    ("activations", "endings", "kinds"),
    [
        ([active("2025-01-01")], [], []),
        ([active("2025-01-01", "2025-03-04")], [], []),
        ([active("2025-01-01", "2025-03-03")], [], []),  # its last day counts
        ([active("2025-01-01", "2025-03-02")], [], ["course begun without approval"]),
        ([active("2025-01-01", "2025-03-02"), active("2025-03-03", seq=2)], [], []),  # renewed on the day
        ([active("2025-01-01", "2025-03-02"), active("2025-03-04", seq=2)], [], ["course begun without approval"]),
        ([active("2025-01-01")], [over("2025-03-04")], []),
        ([active("2025-01-01")], [over("2025-03-03")], ["course begun without approval"]),
        ([active("2025-01-01")], [over("2025-02-28")],
         ["course begun without approval", "registered without approval"]),
        ([active("2025-01-01")], [over("2025-03-03", "2")], []),  # that of another version ended
        ([active("2025-01-01", "2025-03-02"), active("2025-02-01", version="2", seq=2)], [],
         ["course begun without approval"]),  # approved is a version the subject is not on
        ([], [], []),  # no approval is recorded at all: a finding of the move, or nobody was let in
    ],
)  # fmt: skip
def test_a_course_begun_or_a_subject_registered_while_the_approval_does_not_hold(activations, endings, kinds) -> None:
    assert sorted(found(FIRST, activations=activations, endings=endings)) == kinds


def test_a_course_without_approval_is_major_and_says_version_site_and_since_when() -> None:
    one = found(FIRST, activations=[active("2025-01-01", "2025-03-02")])["course begun without approval"]
    assert (one.severity, one.on, one.clause) == ("major", day("2025-03-03"), "approval")
    assert one.says == (
        "Course 1 of examplinib is of 2025-03-03, and version 1 was not approved at S01: "
        "the approval of version 1 lapsed on 2025-03-02."
    )


def test_a_course_that_was_taken_and_never_decided_counts_from_its_first_dose() -> None:
    activations = [active("2025-01-01", "2025-03-02")]
    assert "course begun without approval" in found(taken(1, "2025-03-03", dose="10 mg"), activations=activations)


def test_a_subject_who_moved_is_held_against_the_version_of_the_day() -> None:
    moved = SubjectMoved(**who("2025-03-20", SUBJECT, seq=3), version="2")
    second = course(2, "2025-03-31")
    plan = [active("2025-01-01", "2025-03-10"), active("2025-03-15", version="2", seq=2)]
    assert not found(FIRST, moved, second, activations=plan)
    assert found(FIRST, second, activations=plan)["course begun without approval"].on == day("2025-03-31")


def test_a_transferred_subject_is_held_against_the_approval_of_the_site_of_the_day() -> None:
    moved = SubjectTransferred(**who("2025-03-20", SUBJECT, seq=3), to="S02")
    first = SiteRecord(SITE, (active("2025-01-01", "2025-03-10"),))
    second = SiteRecord("S02", (active("2025-03-15", site="S02"),), earlier=((day("2025-03-20"), first),))
    assert not found(FIRST, moved, course(2, "2025-03-31"), site=second)
    late = replace(second, activations=(active("2025-04-15", site="S02"),))
    assert found(FIRST, moved, course(2, "2025-03-31"), site=late)["course begun without approval"].on == day(
        "2025-03-31"
    )
