"""Freezing and locking: who may, what follows what, and that a lock for good is lifted by two persons."""

from __future__ import annotations

from typing import Any

import pytest

from builders import SITE, SUBJECT, form
from conducting import TRIAL, activated, counted, screened, study, who
from trialwright.core.conduct import refusals
from trialwright.core.ledger import (
    AuditReviewed,
    Event,
    EventVoided,
    FormCorrected,
    Locked,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    SourceVerified,
    TermCoded,
    Unlocked,
    UnlockRequested,
)

COUNT = form("2025-03-10", {"anc/c1d8/value": "1000 /mm3"}, encounter="course_day_8")
BEFORE = (activated(), screened(), COUNT)


def says(event: Event, *before: Event) -> str:
    return " | ".join(one.says for one in refusals(TRIAL, study(*before), event))


def by(actor: str = "u2", role: str = "data manager", on: str = "2025-05-01", **others: Any) -> dict[str, Any]:
    return {**who(on, **others), "actor": actor, "role": role}


def locked(degree: str, what: str = "subject", **others: Any) -> Locked:
    return Locked(**by(**others), what=what, degree=degree)


def asked(actor: str = "u2", what: str = "subject", **others: Any) -> UnlockRequested:
    return UnlockRequested(**by(actor, **others), what=what, why="a late report")


def unlocked(actor: str = "u1", role: str = "sponsor-investigator", what: str = "subject", **others: Any) -> Unlocked:
    return Unlocked(**by(actor, role, **others), what=what, why="a late report")


@pytest.mark.parametrize(
    ("role", "degree", "because"),
    [
        ("data manager", "freeze", ""),
        ("monitor", "freeze", ""),
        ("sponsor-investigator", "freeze", ""),
        ("coordinator", "freeze", "would freeze subject as coordinator"),
        ("data manager", "lock", ""),
        ("sponsor-investigator", "lock", ""),
        ("monitor", "lock", "would lock subject as monitor"),
        ("investigator", "lock", "would lock subject as investigator"),
        ("coordinator", "", ""),  # a lock from before there were degrees
        ("data manager", "freze", "no degree 'freze' of locking. Is 'freeze' meant?"),
    ],
)
def test_who_freezes_and_who_locks(role, degree, because) -> None:
    said = says(locked(degree, role=role), *BEFORE)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize(
    ("first", "second", "because"),
    [
        ("freeze", "lock", ""),
        ("freeze", "", ""),
        ("freeze", "freeze", "was frozen by u2 on 2025-05-01 already"),
        ("lock", "freeze", "was locked by u2 on 2025-05-01 already"),
        ("lock", "lock", "was locked by u2 on 2025-05-01 already"),
        ("", "lock", "was locked by u2 on 2025-05-01 already"),
    ],
)
def test_what_is_frozen_may_be_locked_and_nothing_twice(first, second, because) -> None:
    said = says(locked(second, on="2025-05-02"), *BEFORE, locked(first))
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize("degree", ["freeze", "lock", ""])
def test_what_is_frozen_or_locked_does_not_change(degree) -> None:
    corrected = FormCorrected(
        **by("u3", "coordinator", "2025-05-02"), form="form", why="typing error",
        items=form("2025-05-02", {"anc/c1d8/value": "900 /mm3"}).items,
    )  # fmt: skip
    assert "anc/c1d8/value was locked by u2" in says(corrected, *BEFORE, locked(degree))
    assert says(corrected, *BEFORE) == ""


@pytest.mark.parametrize(
    ("degree", "then", "event", "because"),
    [
        ("freeze", (), unlocked("u6", "monitor"), ""),
        ("freeze", (), unlocked("u3", "coordinator"), "u3 would unlock subject as coordinator"),
        ("lock", (), unlocked(), "Nobody asked to unlock what u2 locked on 2025-05-01"),
        ("lock", (asked(),), unlocked(), ""),
        ("lock", (asked("u1"),), unlocked("u1"), "u1 asked to unlock subject and would unlock it"),
        ("lock", (asked("u1"),), unlocked(" U1 "), "would unlock it"),
        ("lock", (asked("u1"), asked("u2")), unlocked("u1"), ""),
        ("lock", (asked(),), unlocked("u6", "monitor"), "u6 would unlock subject as monitor"),
        ("lock", (asked(what="anc"),), unlocked(), "Nobody asked to unlock"),
        ("", (), unlocked("u3", "coordinator"), ""),
    ],
)
def test_a_freeze_is_lifted_by_one_and_a_lock_by_two(degree, then, event, because) -> None:
    said = says(event, *BEFORE, locked(degree), *then)
    assert because in said and bool(said) is bool(because)


def test_a_request_from_before_the_lock_or_voided_is_none() -> None:
    again = (locked("lock"), asked(), unlocked(), locked("lock", on="2025-06-01"))
    assert "Nobody asked" in says(unlocked(on="2025-06-02"), *BEFORE, *again)
    void = EventVoided(**by(), voids="e5", why="a slip")
    assert "Nobody asked" in says(unlocked(), *BEFORE, locked("lock"), asked(), void)


def test_the_study_is_unlocked_by_two_as_well() -> None:
    of_study = {"subject": None, "site": None}
    lock, ask = locked("lock", "study", **of_study), asked(what="study", **of_study)
    assert "Nobody asked" in says(unlocked(what="study", **of_study), *BEFORE, lock)
    assert says(unlocked(what="study", **of_study), *BEFORE, lock, ask) == ""


def test_a_site_is_locked_once_and_unlocked_by_itself() -> None:
    of_site = {"subject": None, "site": "S01"}
    lock, ask = locked("lock", "site", **of_site), asked(what="site", **of_site)
    assert "was locked by u2" in says(locked("lock", "site", **of_site), *BEFORE, lock)
    assert says(locked("lock", "site", subject=None, site="S02"), *BEFORE, lock) == ""
    assert says(unlocked(what="site", **of_site), *BEFORE, lock, ask) == ""
    assert "site is not locked" in says(unlocked(what="site", subject=None, site="S02"), *BEFORE, lock, ask)


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (asked(what="platelets"), "platelets is not locked"),
        (UnlockRequested(**by(), what="subject", why=" "), "without a reason"),
        (asked(role="coordinator"), "would ask to unlock subject as coordinator"),
        (asked(), ""),
    ],
)
def test_what_is_asked_to_be_unlocked_is_locked_with_a_reason(event, because) -> None:
    said = says(event, *BEFORE, locked("lock"))
    assert because in said and bool(said) is bool(because)


OPENED = QueryOpened(**by(), item="anc/c1d8/value", asks="1000?", query="q1")


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (QueryAnswered(**by(), item="anc/c1d8/value", answer="yes", query="q1"), ""),
        (QueryAnswered(**by(), item="anc/c1d8/value", answer="yes", query="e4"), ""),
        (QueryAnswered(**by(), item="anc/c1d8/value", answer="yes"), ""),
        (QueryAnswered(**by(), item="anc/c1d8/value", answer=" ", query="q1"), "answered with nothing"),
        (QueryAnswered(**by(), item="anc/c1d8/value", answer="yes", query="q2"), "Nobody asked the query 'q2'"),
        (QueryClosed(**by(), item="anc/c1d8/value", query="q2"), "Nobody asked the query 'q2'"),
        (SourceVerified(**by(), paths=("anc/c1d8/value",)), ""),
        (SourceVerified(**by(), paths=()), "no item"),
        (SourceVerified(**by(), paths=("anc/c1d8/value", "anc/c1d9/value")), "nothing is recorded as anc/c1d9/value"),
        (SourceVerified(**by(), paths=("anc",)), "nothing is recorded as anc"),
        (TermCoded(**by(), item="anc/c1d8/value", dictionary="d", dictionary_version="1", code="1", term="t"),
         "no term is recorded as anc/c1d8/value"),
        (TermCoded(**by(), item="ecog/1/value", dictionary="d", dictionary_version="1", code="", term="t"),
         "lacks code"),
        (TermCoded(**by(), item="ecog/1/value", dictionary="d", dictionary_version="1", code="1", term="t"), ""),
        (AuditReviewed(**by(subject=None, site=None), first=1, last=5), ""),
        (AuditReviewed(**by(subject=None, site=None), first=1, last=6), "no part of a ledger of 5 events"),
        (AuditReviewed(**by(subject=None, site=None), first=3, last=2), "no part of a ledger"),
        (AuditReviewed(**by(subject=None, site=None), first=0, last=2), "no part of a ledger"),
    ],
)  # fmt: skip
def test_what_is_said_of_data_names_data_that_are_there(event, because) -> None:
    text = form("2025-03-10", {"ecog/1/value": "one"})
    said = says(event, *BEFORE, OPENED, text)
    assert because in said and bool(said) is bool(because)


def test_the_fixtures_are_let_in() -> None:
    assert says(counted(), activated(), screened()) == "" and SUBJECT.startswith(SITE)
