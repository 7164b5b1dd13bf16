"""Rules of safety that could never speak are found when the protocol is read, each with its place and the near miss."""

from __future__ import annotations

import pytest
from small_study import PROTOCOL, study_folder

from trialwright.adapters.study import load_study

RULE = "{id: stop, counts: {measure: anc, is: '< 500 /mm3'}, first: 6, at_least: 2, rests_on: Q1}"
CLOCK = "{id: clock, when: {serious: yes}, to: sponsor, within: 24 hours, rests_on: Q1}"
WEIGHT = "{id: weight, kind: late visit, severity: major, rests_on: Q1}"


def found(root, section: str, entry: str) -> list[str]:
    """What is said of a protocol with one more rule of safety."""
    added = f"safety:\n  {section}:\n    - {entry}\nendpoints:"
    assert PROTOCOL.count("endpoints:") == 1
    return [one.says for one in load_study(study_folder(root, PROTOCOL.replace("endpoints:", added))).findings]


@pytest.mark.parametrize(("section", "entry"), [("stopping", RULE), ("reporting", CLOCK), ("deviations", WEIGHT)])
def test_a_rule_that_can_be_asked_is_read_without_a_word(tmp_path, section, entry):
    assert found(tmp_path, section, entry) == []


@pytest.mark.parametrize(
    ("section", "entry", "old", "new", "says"),
    [
        ("stopping", RULE, "at_least: 2", "at_least: 7", "asks for 7 of 6"),
        ("stopping", RULE, "at_least: 2", "at_least: 0", "asks for 0 of 6"),
        ("stopping", RULE, ", at_least: 2", "", "neither of at_least and share"),
        ("stopping", RULE, "at_least: 2", "at_least: 2, share: 33 %", "both of at_least and share"),
        ("stopping", RULE, "at_least: 2", "share: 120 %", "no share that can be reached"),
        ("stopping", RULE, "counts: {measure: anc, is: '< 500 /mm3'}, ", "", "counts nothing"),
        ("stopping", RULE, "measure: anc", "measure: ancc", "ancc"),
        ("reporting", CLOCK, "24 hours", "1 month", "no time limit"),
        ("reporting", CLOCK, "24 hours", "0 hours", "no time limit"),
        ("reporting", CLOCK, "to: sponsor", "to: sponsr", "Is 'sponsor' meant?"),
        ("reporting", CLOCK, "{serious: yes}", "{outcome: [fatl]}", "Is 'fatal' meant?"),
        ("reporting", CLOCK, "{serious: yes}", "{criteria: [deth]}", "Is 'death' meant?"),
        ("reporting", CLOCK, "{serious: yes}", "{}", "asks nothing"),
        ("deviations", WEIGHT, "late visit", "late vist", "Is 'late visit' meant?"),
        ("deviations", WEIGHT, "severity: major", "severity: grave", "'grave' is no weight"),
    ],
)
def test_a_rule_that_could_never_speak_is_found(tmp_path, section, entry, old, new, says):
    assert entry.count(old) == 1
    told = found(tmp_path, section, entry.replace(old, new))
    assert any(says in one for one in told), told
