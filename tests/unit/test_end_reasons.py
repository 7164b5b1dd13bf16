"""Why treatment or study ended: words of one meaning are counted as one reason; unknown words are kept and told."""

from __future__ import annotations

import json

import pytest

from builders import case, course, day, ended, left, protocol, regimen, registered, screened
from status_study import PROTOCOL, RECORD
from trialwright.adapters.study import load_study
from trialwright.core.conduct.ending import unknown_reasons
from trialwright.core.conduct.totals import as_written
from trialwright.core.disposition import disposition
from trialwright.core.ledger import ConsentWithdrawn
from trialwright.core.protocol import EndReason, Reason
from trialwright.core.protocol.reasons import WORDS, plain

PATH = [screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03")]
STUDY = protocol(
    reasons={"severe skin reaction": EndReason.ADVERSE_EVENT, "completed": EndReason.PHYSICIAN_DECISION},
    continuation=[
        {"id": "cr", "quotes": ["2 more"], "when": {"response": "CR"}, "off_treatment": "two more", "courses_more": 2},
        {"id": "own", "quotes": ["ends"], "when": {"response": "PD"}, "off_treatment": "our own words"},
    ],
)


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        # the reasons of CDISC's list C66727, and what sites write for them
        ("death", "death"),
        ("died", "death"),
        ("Died.", "death"),
        ("the patient did not wish to continue", "withdrawal by subject"),
        ("by the patient's decision", "withdrawal by subject"),
        ("withdrew before treatment", "withdrawal by subject"),
        ("withdrew consent", "withdrawal of consent"),
        ("toxicity", "adverse event"),
        ("unacceptable  TOXICITY", "adverse event"),
        ("lost_to_follow-up", "lost to follow-up"),
        ("follow-up complete", "completed"),
        ("toxicity; unacceptable toxicity", "adverse event"),
        # several reasons, and words that nobody knows, are never guessed
        ("toxicity; pregnancy", "other: toxicity; pregnancy"),
        ("progresive disease", "other: progresive disease"),
        ("moved abroad", "other: moved abroad"),
        ("death of a relative", "other: death of a relative"),
        ("", "other"),
    ],
)
def test_words_are_counted_as_the_reason_they_are_known_for_and_never_guessed(words, counted) -> None:
    assert protocol().end_reason(words).counted == counted


@pytest.mark.parametrize(
    ("words", "counted", "known"),
    [
        ("severe skin reaction", "adverse event", True),  # the protocol says so
        ("completed", "physician decision", True),  # also against the list
        ("two more", "completed", True),  # courses counted out
        ("our own words", "other: our own words", True),  # the protocol's, and no reason of the list
        ("other words", "other: other words", False),
    ],
)
def test_a_protocol_says_which_reason_its_own_words_are(words, counted, known) -> None:
    said = STUDY.end_reason(words)
    assert (said.counted, said.known) == (counted, known)


def test_each_reason_of_the_list_is_known_by_its_own_name_and_no_words_are_of_two() -> None:
    assert all(WORDS[plain(one.value)] is one for one in EndReason)


def test_the_last_course_that_a_limit_allows_is_treatment_completed() -> None:
    limit = {"id": "one_year", "quotes": ["for a year"], "courses": 13, "reason": "one year of it"}
    assert protocol(regimen=[regimen(limits=[limit])]).end_reason("one year of it").category is EndReason.COMPLETED


def test_an_unknown_reason_is_accepted_counted_as_other_and_told_with_the_near_miss() -> None:
    one = case(
        *PATH, ended("2025-05-01", "progresive disease"), left("2025-06-01", "moved to the moon"), protocol=STUDY
    )
    place = disposition(one, day("2025-06-02"))
    assert place.off_treatment == (day("2025-05-01"), "progresive disease")
    assert place.treatment_reason.category is EndReason.OTHER
    near, far = unknown_reasons(one, day("2025-06-02"))
    assert "Is 'progressive disease' meant?" in near.says
    assert "moved to the moon" in far.says and "meant" not in far.says
    assert [found.says for found in unknown_reasons(one, day("2025-05-31"))] == [near.says]
    assert not list(unknown_reasons(one, day("2025-04-30")))


def test_a_reason_of_the_list_or_of_the_protocol_is_no_finding() -> None:
    one = case(*PATH, ended("2025-05-01", "our own words"), left("2025-06-01", "died"), protocol=STUDY)
    assert not list(unknown_reasons(one, day("2025-06-02")))


def test_who_withdraws_consent_is_counted_so_whatever_the_words() -> None:
    gone = ConsentWithdrawn(**_who("2025-05-01"), scope=("treatment",), why="toxicity")
    place = disposition(case(*PATH, gone), day("2025-05-02"))
    assert place.treatment_reason.counted == "withdrawal of consent"
    assert place.treatment_reason.words == "consent withdrawn (treatment): toxicity"
    assert place.study_reason is None


def test_words_of_one_reason_are_kept_apart_beside_its_count() -> None:
    said = [protocol().end_reason(one) for one in ("died", "death", "died", "moved")]
    assert as_written(said) == {"death": {"died": 2, "death": 1}, "other: moved": {"moved": 1}}
    assert Reason("", EndReason.OTHER).counted == "other"


@pytest.mark.parametrize(
    ("category", "says"),
    [("adverse event", []), ("adverse evnt", ["'adverse evnt' in reasons is no word of its list. Is 'adverse event'"])],
)
def test_a_protocol_file_names_a_reason_of_the_list_and_a_misspelt_one_is_told_with_the_near_miss(
    tmp_path, category, says
) -> None:
    (tmp_path / "protocol").mkdir()
    (tmp_path / "record.txt").write_text(RECORD)
    (tmp_path / "protocol" / "1.yaml").write_text(json.dumps({**PROTOCOL, "reasons": {"rash": category}}))
    study = load_study(tmp_path)
    told = [one.says for one in study.findings if one.about == "rash"]
    assert [start for start in says if not any(one.startswith(start) for one in told)] == [] and len(told) == len(says)
    assert study.usable is not bool(says)


def _who(on: str) -> dict:
    one = left(on)
    return {name: getattr(one, name) for name in ("id", "seq", "actor", "role", "site", "subject", "occurred")}
