"""Consent, duties, assessments, weights and ids: each kind, its border, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import CONCEPTS, SUBJECT, case, concept, course, day, form, protocol, regimen, registered, screened
from trialwright.core.deviations import KINDS, deviations, untold
from trialwright.core.ledger import ConsentGiven, ProtocolActivated, SubjectMoved
from trialwright.core.subject import SiteRecord

WHO = {"actor": "a", "role": "r", "site": "S01"}


def told(*events, on="2025-06-01", study=None, site=None, **others) -> list[tuple[str, str]]:
    """Every deviation with what was done, and every kind of which nothing can be told."""
    one = case(*events, protocol=study or protocol(), **others)
    one = replace(one, site=site or one.site)
    found = [(each.kind, each.done) for each in deviations(one, day(on))]
    return found + [(each.kind, "cannot be told") for each in untold(one, day(on))]


# --- consent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2025-02-19", []),
        ("2025-02-20", []),
        ("2025-02-21", [("consent late", "2025-02-21")]),
        ("2025-02", [("consent late", "cannot be told")]),
    ],
)
def test_consent_before_on_and_after_the_day_of_the_screening(given, expected) -> None:
    assert told(screened("2025-02-20"), form("2025-02-20", {"consent_date/1/value": given})) == expected


def consented(on: str, version: str = "1") -> ConsentGiven:
    return ConsentGiven(**WHO, subject=SUBJECT, occurred=day(on), version=version)


def activated(version: str, on: str) -> ProtocolActivated:
    return ProtocolActivated(**WHO, occurred=day(on), version=version, file_hash="x", approved_on=day(on))


SITE = SiteRecord("S01", (activated("1", "2025-01-01"), activated("2", "2025-02-10")))


@pytest.mark.parametrize(
    ("on", "version", "wrong"),
    [("2025-02-09", "1", False), ("2025-02-10", "1", True), ("2025-02-10", "2", False), ("2025-02-09", "2", True)],
)
def test_consent_on_the_version_in_force_that_day_and_on_another(on, version, wrong) -> None:
    found = told(consented(on, version), screened("2025-02-20"), site=SITE)
    assert found == ([("consent on the wrong version", f"version {version}")] if wrong else [])


def test_a_registration_under_another_version_than_the_one_consented_to() -> None:
    events = [screened("2025-02-20"), registered("2025-02-28", version="2")]
    assert told(*events) == [("no consent to the version", "consent to version 1")]
    assert told(*events[:1], consented("2025-02-27", "2"), *events[1:]) == []


def test_a_move_without_consent_to_the_new_version() -> None:
    moved = SubjectMoved(**WHO, subject=SUBJECT, occurred=day("2025-03-10"), version="2")
    events = [screened("2025-02-20"), registered("2025-02-28")]
    assert told(*events, moved) == [("no consent to the version", "consent to version 1")]
    assert told(*events, consented("2025-03-10", "2"), moved) == []


# --- duties -----------------------------------------------------------------------------------------------------------

ASKS = [{"id": "fertile", "asks": "Fertile?"}, {"id": "promise", "asks": "Contraception?"}]
DUTY = {
    "id": "duty",
    "quotes": ["contraception"],
    "commitment": "promise",
    "applies_when": {"ask": "fertile"},
    "before": "4 weeks",
}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"fertile": "yes", "promise": "yes"}, []),
        ({"fertile": "no"}, []),
        ({"fertile": "yes", "promise": "no"}, [("duty not promised", "not promised")]),
        ({"fertile": "yes"}, [("duty not promised", "cannot be told")]),
        ({"promise": "no"}, [("duty not promised", "cannot be told")]),
    ],
)
def test_a_duty_that_binds_and_was_not_promised(answers, expected) -> None:
    study = protocol(asks=ASKS, obligations=[DUTY])
    events = [
        screened("2025-02-20"),
        form("2025-02-20", {f"{name} on 2025-02-20": each for name, each in answers.items()}),
    ]
    events += [registered("2025-02-28"), course(1, "2025-03-31")]
    concepts = {**CONCEPTS, "fertile": concept("fertile"), "promise": concept("promise")}
    assert told(*events, study=study, concepts=concepts, on="2025-04-01") == expected


# --- assessments ------------------------------------------------------------------------------------------------------

VISIT = {"id": "day_15", "quotes": ["day 15"], "label": "day 15", "epoch": "treatment", "anchor": "course",
         "courses": "1", "day": 15, "window": [2, 2], "collect": ["anc", "weight"]}  # fmt: skip
STARTED = (screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03"))


def visited(on: str, **items: str):
    done = {"visit/day_15.1": {"encounter": "day_15", "on": on, "done": "yes"}}
    return form(
        on, done | {f"{name} on {each.partition(' ')[0]}": each.partition(" ")[2] for name, each in items.items()}
    )


@pytest.mark.parametrize(
    ("anc", "missed"),
    [
        ("2025-03-14 2000 /mm3", True),
        ("2025-03-15 2000 /mm3", False),
        ("2025-03-19 2000 /mm3", False),
        ("2025-03-20 2000 /mm3", True),
        (None, True),
    ],
)
def test_an_assessment_before_in_and_after_the_window_of_its_visit_and_none(anc, missed) -> None:
    items = {"weight": "2025-03-17 70 kg", **({"anc": anc} if anc else {})}
    one = case(*STARTED, visited("2025-03-17", **items), protocol=protocol(encounters=[VISIT]))
    kinds = [each.kind for each in deviations(one, day("2025-03-23"))]
    assert kinds == (["assessment missed"] if missed else [])


@pytest.mark.parametrize(("on", "count"), [("2025-03-19", 0), ("2025-03-20", 2)])
def test_nothing_is_missed_while_the_window_is_open(on, count) -> None:
    one = case(*STARTED, visited("2025-03-17"), protocol=protocol(encounters=[VISIT]))
    assert len(deviations(one, day(on))) == count


def test_what_a_gate_of_the_dose_asks_for_weighs_more() -> None:
    gate = {"id": "gate", "quotes": ["1,000"], "first_course": False, "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
    study = protocol(encounters=[VISIT], regimen=[regimen(start_course_when=[gate])])
    one = case(*STARTED, visited("2025-03-17"), protocol=study)
    found = {each.about: (each.kind, each.severity) for each in deviations(one, day("2025-03-23"))}
    assert found == {
        "day_15.anc": ("assessment of a gate missed", "major"),
        "day_15.weight": ("assessment missed", "minor"),
    }


@pytest.mark.parametrize(("sex", "missed"), [("male", False), ("female", True)])
def test_what_no_condition_asks_of_this_subject_was_not_missed(sex, missed) -> None:
    test = {"if": {"sex": "female"}, "then": {"measure": "anc", "is": ">= 1000 /mm3"}}
    criterion = {"id": "test", "quotes": ["women"], "must": test}
    study = protocol(encounters=[{**VISIT, "collect": ["anc"]}], eligibility=[criterion])
    events = [form("2025-02-20", {"sex": sex, "anc on 2025-02-20": "2000 /mm3"}), *STARTED, visited("2025-03-17")]
    one = case(*events, protocol=study)
    assert bool(deviations(one, day("2025-03-23"))) is missed


def test_a_visit_that_may_not_concern_the_subject_cannot_be_told_missed() -> None:
    study = protocol(encounters=[{**VISIT, "applies_when": {"sex": "female"}}])
    for sex, expected in [
        ("female", [("visit missed", "not done")]),
        ("male", []),
        ("", [("visit missed", "cannot be told")]),
    ]:
        known = [form("2025-02-20", {"sex": sex})] if sex else []
        assert told(*known, *STARTED, study=study, on="2025-03-23") == expected


# --- weights and ids --------------------------------------------------------------------------------------------------


def late(days: int):
    return visited(str(day("2025-03-19").replace(day=19 + days)), anc="2025-03-17 2000 /mm3", weight="2025-03-17 70 kg")


@pytest.mark.parametrize(("days", "severity"), [(6, "minor"), (7, "major"), (8, "major")])
def test_a_protocol_may_weigh_a_kind_otherwise_from_so_many_days_late(days, severity) -> None:
    own = {"id": "late_week", "quotes": ["a week"], "kind": "late visit", "severity": "major", "from_days": 7}
    study = protocol(encounters=[VISIT], safety={"deviations": [own]})
    (found,) = deviations(case(*STARTED, late(days), protocol=study), day("2025-04-01"))
    assert (found.kind, found.days_late, found.severity) == ("late visit", days, severity)
    assert ("late_week" in found.graded) is (severity == "major")


def test_a_rule_of_weight_holds_for_the_clauses_it_names_alone() -> None:
    own = {"id": "own", "quotes": ["x"], "kind": "late visit", "severity": "major", "of": ["other"]}
    study = protocol(encounters=[VISIT], safety={"deviations": [own]})
    assert deviations(case(*STARTED, late(3), protocol=study), day("2025-04-01"))[0].severity == "minor"


def test_an_id_stays_when_the_date_is_corrected_and_no_two_are_the_same() -> None:
    study = protocol(encounters=[VISIT])
    ids = {deviations(case(*STARTED, late(days), protocol=study), day("2025-04-01"))[0].id for days in (1, 5)}
    assert ids == {"late_visit:day_15"}
    nothing = case(*STARTED, visited("2025-03-17"), protocol=study)
    found = [each.id for each in deviations(nothing, day("2025-04-01"))]
    assert len(found) == len(set(found)) == 2


def test_the_entry_that_shows_a_late_visit_is_named() -> None:
    (found,) = deviations(case(*STARTED, late(3), protocol=protocol(encounters=[VISIT])), day("2025-04-01"))
    assert (found.event, found.planned, found.done) == ("e4", "2025-03-17 (2025-03-15 to 2025-03-19)", "2025-03-22")


def test_every_kind_has_its_weight_and_its_reason() -> None:
    assert all(severity in ("minor", "major") and why for severity, why in KINDS.values())


def test_what_cannot_be_told_says_so_and_is_a_note() -> None:
    one = case(screened("2025-02-20"), form("2025-02-20", {"consent_date/1/value": "2025-02"}))
    (found,) = untold(one, day("2025-03-01"))
    assert "cannot be told, because the consent is dated 2025-02" in found.says
    assert found.as_finding(SUBJECT).severity.value == "note"
