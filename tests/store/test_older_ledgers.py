"""A ledger written before a kind of event gained a field, or before a kind existed, reads and verifies as it did.

The head was taken from the program as it was before consent, voiding and transfer were told as events; the same events
under the same seed must give the same bytes for ever.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from trialwright.core.ledger import (
    KINDS,
    ArmAllocated,
    Change,
    CourseStarted,
    DoseReleased,
    FormCorrected,
    FormSubmitted,
    Locked,
    Missing,
    ProtocolActivated,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    ReferenceRangeSet,
    Said,
    ScreeningFailed,
    Signed,
    StudyLeft,
    StudyOpened,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
    TreatmentEnded,
    Unlocked,
)
from trialwright.core.subject import fold_study
from trialwright.core.terms import Quantity
from trialwright.store import SeededIssuer, Submission, Text, open_study

HEAD = "f464e06d85deabbea91dfc4659d782ad077a7a2e61e526a3acd0c87daee3e910"
ROOT = "9f7f2434cfca5f9dd9ec0ab67727b78106403ef95879f2d4e6ada4b8f32a9696"
PROTOCOL = Text("protocol", "protocol: TRIAL-1\n")
SAID = Said("eligible", ("age", "anc"), PROTOCOL.sha256, "0.1.0")
TEN = Quantity.parse("10 mg")


def said(day: str, site: str | None = "S01", subject: str | None = "S01-001", **others: Any) -> dict[str, Any]:
    who = {"actor": "u1", "role": "coordinator", "zone": "America/Chicago", "offset": "-06:00"}
    place = {"site": site, "subject": subject, "occurred": date.fromisoformat(day), "protocol": PROTOCOL.sha256}
    return {**who, **place, **others}


COUNT = Change("anc/scr/value", None, Quantity.parse("1500 /mm3"))
MENDED = Change("anc/scr/value", Quantity.parse("1500 /mm3"), Quantity.parse("1600 /mm3"))
NOT_DONE = Change("platelets/scr/value", None, Missing("not_done"))
EVENTS = (
    StudyOpened(**said("2006-01-10", None, None), study="TRIAL-1", kind="simulated"),
    ProtocolActivated(
        **said("2006-02-01", "S01", None), version="1", file_hash=PROTOCOL.sha256, approved_on=date(2006, 1, 20)
    ),
    ReferenceRangeSet(**said("2006-02-01", "S01", None), analyte="anc", low=Quantity.parse("1500 /mm3")),
    SubjectScreened(**said("2006-02-20"), version="1"),
    FormSubmitted(
        **said("2006-02-21", time="09:30"), form="laboratory", encounter="screening", items=(COUNT, NOT_DONE)
    ),
    FormCorrected(**said("2006-02-22", reason="entry_error"), form="laboratory", why="a zero", items=(MENDED,)),
    ScreeningFailed(**said("2006-02-22", subject="S01-002"), said=SAID, why="low"),
    SubjectRegistered(**said("2006-02-27"), version="1", planned_first_dose=date(2006, 3, 1), said=SAID),
    ArmAllocated(**said("2006-02-27"), arm="A"),
    SubstudyJoined(**said("2006-02-27"), substudy="immune"),
    CourseStarted(**said("2006-03-01"), drug="d", course=1, dose=TEN, said=SAID),
    DoseReleased(**said("2006-03-01"), drug="d", course=1, dose=TEN, days=21, said=SAID),
    SubjectMoved(**said("2006-03-05"), version="2"),
    QueryOpened(**said("2006-03-05"), item="anc/scr/value", asks="?"),
    QueryAnswered(**said("2006-03-06"), item="anc/scr/value", answer="!"),
    QueryClosed(**said("2006-03-07"), item="anc/scr/value"),
    TreatmentEnded(**said("2006-04-01"), why="PD", last_dose=date(2006, 3, 21), said=SAID),
    StudyLeft(**said("2006-05-01"), why="death"),
    Signed(**said("2006-05-02"), meaning="reviewed", content_hash="a" * 64, name="A"),
    Locked(**said("2006-05-03"), what="S01-001"),
    Unlocked(**said("2006-05-04"), what="S01-001", why="late report"),
)
NEWER = {
    "ApprovalEnded", "AccrualSuspended", "AccrualResumed", "StudyStatusDeclared", "ConsentGiven", "ConsentWithdrawn",
    "SubjectTransferred", "SubjectFound", "EventVoided", "PayloadRedacted", "SourceVerified", "DictionaryLoaded",
    "TermCoded", "UnlockRequested", "AuditReviewed", "DataExported", "DataImported", "RoleGranted", "RoleEnded",
    "TrainingRecorded",
}  # fmt: skip
"""Kinds that the first ledgers did not know."""


@pytest.fixture
def written(engine, tmp_path):
    with open_study(tmp_path, "simulated", study="TRIAL-1") as ledger:
        submission = Submission("s1", EVENTS, texts=(PROTOCOL,), recorded_at=datetime(2006, 6, 1, 12, tzinfo=UTC))
        ledger.append_many([submission], SeededIssuer(7))
        yield ledger


def test_the_first_kinds_of_event_are_written_byte_for_byte_as_they_were(written) -> None:
    assert {type(event).__name__ for event in EVENTS} | NEWER == set(KINDS), "a new kind belongs into NEWER"
    assert (written.head().hash, written.head().root) == (HEAD, ROOT)


def test_an_older_ledger_is_read_with_the_newer_fields_at_rest(written) -> None:
    study = fold_study(written.events())
    record = study.subjects["S01-001"]
    assert record.of_kind(SubjectScreened)[0].rescreens == ""
    assert record.of_kind(DoseReleased)[0].capsules == ()
    assert study.sites["S01"].activations[0].approved_until is None
    assert (record.version, record.site, record.voided) == ("2", "S01", {})
