"""What was redacted is unknown: no rule takes it for a no, and no deviation is told of what it may have been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import CONCEPTS, SUBJECT, case, course, day, form, protocol, registered, screened
from trialwright.core.deviations import Deviation, deviations, untold
from trialwright.core.deviations.redacted import OF_ALL_BEFORE, TOLD_BY_WHAT_IS_THERE, unless_redacted
from trialwright.core.ledger import KINDS as EVENTS
from trialwright.core.ledger import REDACTED, PayloadRedacted, as_redacted, own_fields, what_stands
from trialwright.core.ledger.redaction import NEVER_REDACTED, TYPED
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import observations

VISIT = {"id": "day_15", "quotes": ["day 15"], "label": "day 15", "epoch": "treatment", "anchor": "course",
         "courses": "1", "day": 15, "window": [2, 2], "collect": ["anc"]}  # fmt: skip
STARTED = (screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03"))
NOTE = Concept(id="note", label="Note", fields=(Field(id="text", label="Text", kind=Kind.TEXT),))
DOSES = "doses missed"
"""What cannot be told of a subject whose doses nobody wrote down."""
DONE = {"visit/day_15.1": {"encounter": "day_15", "on": "2025-03-17", "done": "yes"}}


def with_redacted(*events, at: int, only=(), on="2025-06-01"):
    """The case whose event at a place was redacted."""
    told = list(events)
    number = at % len(told)
    gone = replace(told[number], id=f"e{number + 1}", seq=number + 1)
    who = {"actor": "a", "role": "sponsor", "site": "S01", "subject": SUBJECT, "occurred": day(on)}
    by = PayloadRedacted(
        **who, redacts=gone.id, approved_by="b", approver_role="monitor", reason="x", stands=what_stands(gone, only)
    )
    common = {name: getattr(gone, name) for name in ("actor", "role", "site", "subject", "reason", "id", "seq")}
    told[number] = as_redacted(type(gone).__name__, by, common)
    return case(*told, by, protocol=protocol(encounters=[VISIT]), concepts={**CONCEPTS, "note": NOTE})


def kinds(one) -> tuple[list[str], list[str]]:
    at = day("2025-04-15")
    return [each.kind for each in deviations(one, at)], [each.kind for each in untold(one, at)]


VISITED = form("2025-03-17", {**DONE, "anc on 2025-03-17": "2000 /mm3", "note/1/text": "told by a neighbor"})


def test_without_a_redaction_there_is_no_deviation_and_without_the_form_the_visit_is_missed() -> None:
    """The two controls."""
    assert kinds(case(*STARTED, VISITED, protocol=protocol(encounters=[VISIT]))) == ([], [DOSES])
    assert kinds(case(*STARTED, protocol=protocol(encounters=[VISIT])))[0] == ["visit missed"]


def test_what_was_redacted_is_not_told_as_missed_but_as_what_cannot_be_told() -> None:
    told, open_ = kinds(with_redacted(*STARTED, VISITED, at=-1))
    assert told == []
    assert set(open_) - {DOSES}, "and it is said that it cannot be told"


def test_a_text_that_no_rule_reads_leaves_every_deviation_told() -> None:
    without = form("2025-03-17", {**DONE, "note/1/text": "told by a neighbor"})
    assert kinds(with_redacted(*STARTED, without, at=-1, only=["note/1/text"])) == (["assessment missed"], [DOSES])


def test_what_cannot_be_told_names_the_redacted_event_and_its_day() -> None:
    open_ = untold(with_redacted(*STARTED, VISITED, at=-1), day("2025-04-15"))
    one = next(each for each in open_ if each.kind != DOSES)
    assert "what was recorded on 2025-03-17 is redacted (event 5)" in one.says


def test_a_redacted_value_says_that_it_is_redacted() -> None:
    one = with_redacted(*STARTED, VISITED, at=-1)
    (count,) = observations(one.record, "anc")
    assert count.values["value"] == REDACTED
    (reading,) = one.facts(day("2025-04-15")).readings("anc")
    assert (reading.value, reading.missing) == (None, "redacted")


@pytest.mark.parametrize(
    ("kind", "on", "told"),
    [
        ("doses missed", "2025-01-19", True),
        ("doses missed", "2025-01-20", False),
        ("doses missed", "2025-05-12", False),
        ("doses missed", "2025-05-13", True),
        ("dose while held", "2025-01-19", True),
        ("dose while held", "2025-05-13", False),
        ("prohibited medication", "2025-03-17", True),
    ],
)
def test_only_a_deviation_that_the_redacted_form_of_17_march_may_explain_is_left_open(kind, on, told) -> None:
    """Two cycles of 28 days before and after a visit or a dose; for a hold, anything recorded before."""
    one = Deviation(kind, day(on), "says", "clause")
    (found,) = unless_redacted([one], with_redacted(*STARTED, VISITED, at=-1), day("2025-12-31"))
    assert (found is one) == told


def test_the_kinds_that_stay_are_kinds_there_are() -> None:
    from trialwright.core.deviations import KINDS

    assert set(KINDS) > TOLD_BY_WHAT_IS_THERE | OF_ALL_BEFORE
    assert not TOLD_BY_WHAT_IS_THERE & OF_ALL_BEFORE


@pytest.mark.parametrize("name", sorted(set(EVENTS) - set(NEVER_REDACTED)))
def test_each_field_of_each_kind_of_event_is_said_to_stay_or_to_go(name) -> None:
    """Whoever adds a field of words to an event finds here that it must be decided."""
    staying = {
        "version", "rescreens", "scope", "to", "said", "planned_first_dose", "arm", "stratum", "position", "substudy",
        "form", "encounter", "items", "drug", "course", "dose", "days", "capsules", "last_dose", "voids",
        "entered_again_as", "item", "meaning", "content_hash", "what", "analyte", "low", "high", "sex", "age_from",
        "age_to", "status", "query", "paths", "code", "term", "dictionary", "dictionary_version", "text_hash", "terms",
        "degree", "first", "last", "of", "definition", "source_hash", "map_name", "map_hash", "person", "granted",
        "ended", "duties", "until", "training", "sha256",
    }  # fmt: skip
    assert set(own_fields(EVENTS[name])) <= staying | TYPED
