"""A signature is bound to exactly what was shown: every byte, this subject, this name; and a lock to its checklist."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from builders import SUBJECT, day, form
from conducting import TRIAL, activated, counted, screened, study, who
from trialwright.core.ledger import (
    ConsentGiven,
    Event,
    EventVoided,
    FormCorrected,
    Locked,
    PayloadRedacted,
    QueryClosed,
    QueryOpened,
    Signed,
    SourceVerified,
    what_stands,
)
from trialwright.core.oversight import checklist, content_of, lapsed, refusals, signatures, study_checklist
from trialwright.core.oversight.signing import JUDGED_ELIGIBLE

COUNT = form("2025-03-10", {"anc/c1d8/value": "1000 /mm3", "ecog/c1d8/value": "1"}, encounter="course_day_8")
OTHER = form("2025-03-11", {"sex": "female"}, encounter="screening")
BEFORE = (activated(), screened(), COUNT, OTHER)
ON = "2025-03-20"
NAMES = ("subject", "course_day_8", "anc/c1d8/value")


def content(what: str = "subject", *more: Event, on: str = ON, trial: Any = TRIAL):
    known = study(*BEFORE, *more)
    return content_of(trial, known, known.subjects[SUBJECT], what, day(on))


def signed(what: str = "subject", digest: str = "", on: str = ON, role: str = "investigator", **others: Any) -> Signed:
    digest = digest or content(what, on=on).sha256
    return Signed(**{**who(on), "role": role, **others}, meaning="m", content_hash=digest, name="A. I.", what=what)


def corrects(path: str, value: str) -> FormCorrected:
    return FormCorrected(**who("2025-03-21"), form="form", why="w", items=form("2025-03-21", {path: value}).items)


def standings(*more: Event):
    known = study(*BEFORE, *more)
    return signatures(TRIAL, known, known.subjects[SUBJECT])


# ---- what is bound --------------------------------------------------------------------------------------------------


def test_every_byte_of_the_content_counts() -> None:
    shown = content()
    for place in range(len(shown.text)):
        altered = shown.text[:place] + chr(ord(shown.text[place]) ^ 1) + shown.text[place + 1 :]
        assert sha256(altered.encode()).hexdigest() != shown.sha256


def test_the_content_holds_every_item_its_value_and_its_event_and_the_protocol_file() -> None:
    shown = content()
    for part in ("anc/c1d8/value", '{"u":"/mm3","v":"1000"}', '"e3"', TRIAL.hashes["1"], SUBJECT, "SubjectScreened"):
        assert part in shown.text
    assert shown.items == 3


@pytest.mark.parametrize(
    "what", ["subject", SUBJECT, "course_day_8", "anc", "anc/c1d8", "anc/c1d8/value", "eligibility"]
)
def test_content_is_the_same_however_often_it_is_made(what) -> None:
    assert content(what).text == content(what).text


@pytest.mark.parametrize(
    ("more", "what", "same"),
    [
        ((corrects("anc/c1d8/value", "900 /mm3"),), "subject", False),
        ((corrects("anc/c1d8/value", "900 /mm3"),), "course_day_8", False),
        ((corrects("anc/c1d8/value", "900 /mm3"),), "anc/c1d8", False),
        ((corrects("anc/c1d8/value", "900 /mm3"),), "screening", True),
        ((corrects("anc/c1d8/value", "1000 /mm3"),), "subject", False),  # said again is said by another event
        ((corrects("anc/c1d8/value", "1000.0 /mm3"),), "subject", False),  # the precision typed is part of it
        ((form("2025-03-21", {"fever": "no"}),), "subject", False),
        ((form("2025-03-21", {"fever": "no"}),), "course_day_8", True),
        ((EventVoided(**who("2025-03-21"), voids="e3", why="w"),), "subject", False),
        ((QueryOpened(**who("2025-03-21"), item="anc/c1d8/value", asks="?"),), "subject", True),
        ((SourceVerified(**who("2025-03-21"), paths=("anc/c1d8/value",)),), "subject", True),
        ((Locked(**who("2025-03-21"), what="subject"),), "subject", True),
        ((ConsentGiven(**who("2025-03-21"), version="1"),), "subject", False),
        ((corrects("anc/c1d8/value", "900 /mm3"),), "eligibility", False),
        ((form("2025-03-21", {"fever": "no"}),), "eligibility", True),
    ],
)
def test_what_makes_the_content_another_one(more, what, same) -> None:
    assert (content(what, *more).sha256 == content(what).sha256) is same


def test_another_protocol_file_is_other_content() -> None:
    other = replace(TRIAL, hashes={"1": "b" * 64})
    assert content(trial=other).sha256 != content().sha256


def test_nothing_is_no_content() -> None:
    with pytest.raises(KeyError, match="course_day_99"):
        content("course_day_99")


# ---- standing -------------------------------------------------------------------------------------------------------


def test_a_signature_holds_until_what_was_signed_changes_and_names_what_broke_it() -> None:
    [holds] = standings(signed())
    assert holds.holds is True and holds.broken_by is None
    [still] = standings(signed("course_day_8"), form("2025-03-21", {"fever": "no"}))
    assert still.holds is True
    [broken] = standings(signed(), form("2025-03-21", {"fever": "no"}), corrects("anc/c1d8/value", "900 /mm3"))
    assert broken.holds is False and broken.broken_by is not None
    assert (broken.broken_by.seq, type(broken.broken_by).__name__) == (6, "FormSubmitted")
    assert [name for name in broken.changed if name.startswith("anc")] == ["anc/c1d8/value"]


def test_a_change_and_its_voiding_restore_a_signature() -> None:
    change = corrects("anc/c1d8/value", "900 /mm3")
    [again] = standings(signed(), change, EventVoided(**who("2025-03-22"), voids="e6", why="w"))
    assert again.holds is True


def test_a_signature_put_elsewhere_holds_nothing() -> None:
    of_count = content("course_day_8").sha256
    [moved] = standings(signed("screening", of_count))
    assert moved.holds is False and "made for something else" in moved.why
    known = study(*BEFORE, screened("S01-002"), form("2025-03-10", {"sex": "female"}))
    other = content_of(TRIAL, known, known.subjects["S01-002"], "subject", day(ON))
    assert other.sha256 != content().sha256


def test_a_signature_that_names_nothing_cannot_be_told() -> None:
    [old] = standings(replace(signed(), what=""))
    assert old.holds is None and "not named" in old.why


def test_redaction_breaks_a_signature_and_says_so() -> None:
    erased = PayloadRedacted(
        **{**who("2025-03-22"), "reason": "x"}, redacts="e3", approved_by="b", approver_role="monitor",
        stands=what_stands(COUNT),
    )  # fmt: skip
    digest = content().sha256
    redacted = replace(COUNT, items=tuple(replace(one, new=erased.stands[-1].new) for one in COUNT.items))
    known = study(activated(), screened(), redacted, OTHER, signed(digest=digest), erased)
    [told] = signatures(TRIAL, known, known.subjects[SUBJECT])
    assert told.holds is False and told.broken_by is not None and "redacted" in told.why


# ---- the door -------------------------------------------------------------------------------------------------------


def says(event: Event, *more: Event) -> str:
    return " | ".join(one.says for one in refusals(TRIAL, study(*BEFORE, *more), event))


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (signed(), ""),
        (signed("course_day_8"), ""),
        (replace(signed(), what="course_day_8"), "is not what was shown to be signed"),
        (signed(digest="a" * 64), "is not what was shown to be signed"),
        (signed("course_day_99", "a" * 64), "(nothing, not aaaaaaaaaaaa)"),
        (replace(signed(), what=""), ""),
        (replace(signed(), name=" "), "A signature needs the name"),
    ],
)
def test_only_what_stands_there_is_signed(event, because) -> None:
    said = says(event)
    assert because in said and bool(said) is bool(because)


@pytest.mark.parametrize("what", ["eligibility", "subject"])
@pytest.mark.parametrize(
    ("counts", "stands"),
    [(("1499",), "not met"), (("1500",), ""), (("1501",), ""), ((), "unknown")],
    ids=["below", "at", "above", "missing"],
)
def test_nobody_signs_that_a_patient_is_eligible_whose_criteria_are_not_met(what, counts, stands) -> None:
    before = (activated(), screened(), OTHER, *(counted(one, on="2025-03-18") for one in counts))
    known = study(*before)
    digest = content_of(TRIAL, known, known.subjects[SUBJECT], what, day(ON)).sha256
    for meaning, against in ((JUDGED_ELIGIBLE, stands), ("I approve", "")):
        found = refusals(TRIAL, known, replace(signed(what, digest), meaning=meaning))
        assert [f"anc is {against}" in one.says for one in found] == ([True] if against else []), found


def test_what_changed_after_it_was_shown_is_not_signed() -> None:
    assert "is not what was shown" in says(signed(), corrects("anc/c1d8/value", "900 /mm3"))


# ---- locking --------------------------------------------------------------------------------------------------------

PATHS = tuple(one.path for one in (*COUNT.items, *OTHER.items))
ALL_VERIFIED = SourceVerified(**who("2025-03-15"), paths=PATHS)
ASKED = QueryOpened(**who("2025-03-16"), item="anc/c1d8/value", asks="1000?")


def locks(what: str = "subject", degree: str = "lock", **own: Any) -> Locked:
    return Locked(**{**who(ON), "role": "data manager"}, what=what, degree=degree, **own)


def open_points(what: str, *more: Event) -> list[str]:
    return [one.name for one in checklist(TRIAL, study(*BEFORE, *more), SUBJECT, what, day(ON)).open]


@pytest.mark.parametrize(
    ("what", "more", "points"),
    [
        ("subject", (), ["verification", "signature"]),
        ("subject", (ALL_VERIFIED,), ["signature"]),
        ("subject", (ALL_VERIFIED, signed()), []),
        ("subject", (ALL_VERIFIED, signed(role="coordinator")), ["signature"]),
        ("subject", (ALL_VERIFIED, signed(), ASKED), ["queries"]),
        ("subject", (ALL_VERIFIED, signed(), ASKED, QueryClosed(**who(ON), item="anc/c1d8/value")), []),
        ("subject", (ALL_VERIFIED, signed(), corrects("anc/c1d8/value", "900 /mm3")), ["verification", "signature"]),
        ("anc/c1d8/value", (), ["verification"]),
        ("anc/c1d8/value", (ALL_VERIFIED,), []),
        ("anc/c1d8/value", (ALL_VERIFIED, ASKED), ["queries"]),
        ("ecog/c1d8/value", (ASKED,), []),  # no rule reads it; the query is about another item
        ("course_day_8", (ALL_VERIFIED, ASKED, signed("course_day_8")), ["queries"]),
        ("course_day_8", (ALL_VERIFIED, signed("course_day_8")), []),
        ("screening", (ALL_VERIFIED, ASKED, signed("screening")), []),
    ],
)
def test_what_is_open_before_a_lock(what, more, points) -> None:
    assert open_points(what, *more) == points


def test_a_lock_with_open_points_is_refused_or_says_why() -> None:
    assert "“What is critical is verified at its present value” does not hold" in says(locks())
    assert says(locks(although="the sponsor accepts it, letter of 2 April")) == ""
    assert says(locks(), ALL_VERIFIED, signed()) == ""
    assert says(locks(degree="freeze")) == ""
    assert says(locks(degree="")) == ""


def test_the_study_asks_the_same_of_every_subject() -> None:
    asked = study_checklist(TRIAL, study(*BEFORE), day(ON))
    assert asked.level == "study" and [one.name for one in asked.open] == ["verification", "signature"]
    assert asked.open[1].open == (f"{SUBJECT}: no investigator signed it",)
    assert study_checklist(TRIAL, study(*BEFORE), day(ON), "S02").fulfilled  # nobody is there
    settled = study(*BEFORE, locks(although="accepted"))
    assert study_checklist(TRIAL, settled, day(ON)).fulfilled, "each subject was locked for good before"
    since = study(*BEFORE, locks(although="accepted"), form("2025-03-21", {"fever": "no"}))
    assert not study_checklist(TRIAL, since, day(ON)).fulfilled
    assert not study_checklist(TRIAL, study(*BEFORE, locks(degree="freeze")), day(ON)).fulfilled
    of_study = Locked(**{**who(ON, None, None), "role": "data manager"}, what="study", degree="lock")  # type: ignore[arg-type]
    assert "does not hold for study" in says(of_study)


# ---- what is to be signed again -------------------------------------------------------------------------------------


def test_what_a_change_broke_is_to_be_signed_again_until_somebody_does() -> None:
    form_of, whole = signed("course_day_8"), signed("subject")
    change = corrects("anc/c1d8/value", "900 /mm3")
    known = study(*BEFORE, form_of, whole, change)
    again = content_of(TRIAL, known, known.subjects[SUBJECT], "course_day_8", day("2025-03-22")).sha256
    renewed = signed("course_day_8", digest=again, on="2025-03-22")
    assert lapsed(standings(form_of, whole)) == ()
    assert [one.signed.what for one in lapsed(standings(form_of, whole, change))] == ["course_day_8", "subject"]
    assert [one.signed.what for one in lapsed(standings(form_of, whole, change, renewed))] == ["subject"]


def test_of_two_that_are_broken_the_newer_one_is_told() -> None:
    twice = (signed("course_day_8"), signed("course_day_8", role="sponsor-investigator", on="2025-03-21"))
    (one,) = lapsed(standings(*twice, corrects("anc/c1d8/value", "900 /mm3")))
    assert one.signed.role == "sponsor-investigator"
