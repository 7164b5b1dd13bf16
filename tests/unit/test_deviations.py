"""What was done otherwise than the protocol asks: each kind below, at and above its limit, from the record alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import case, correction, course, day, ended, form, protocol, regimen, registered, screened, taken
from trialwright.core.deviations import Deviation, deviations, untold

ANC = {"id": "anc", "quotes": ["ANC at least 1,500"], "must": {"measure": "anc", "is": ">= 1500 /mm3"}}
STUDY = protocol(regimen=[regimen(dose={"start": "10 mg", "step": "5 mg", "maximum": "25 mg"})])


def kinds(*events, on="2025-06-01", study=STUDY, **others) -> dict[str, str]:
    one = case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=study, **others)
    return {found.kind: found.severity for found in deviations(one, day(on))}


def weights(*events, on="2025-06-01", study=STUDY, **others) -> dict[str, str]:
    """Every kind found with its weight, and those of which nothing can be told."""
    one = case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=study, **others)
    told = {found.kind: "cannot be told" for found in untold(one, day(on))}
    return told | {found.kind: found.severity for found in deviations(one, day(on))}


def the_one(*events, on="2025-06-01", study=STUDY, **others) -> Deviation:
    """The only deviation there is."""
    one = case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=study, **others)
    (found,) = deviations(one, day(on))
    return found


def test_a_course_as_decided_is_no_deviation() -> None:
    events = [
        course(1, "2025-03-03"),
        taken(1, "2025-03-03", "2025-03-23", days_taken=21),
        course(2, "2025-03-31", "15 mg"),
    ]
    assert weights(*events, on="2025-04-01") == {}


@pytest.mark.parametrize(("begun", "early"), [("2025-03-30", True), ("2025-03-31", False)])
def test_a_course_begun_before_its_day_1(begun, early) -> None:
    found = kinds(course(1, "2025-03-03"), course(2, begun, "15 mg"), on="2025-03-31")
    assert found == ({"course begun too early": "major"} if early else {})


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ("5 mg", {"dose below what was decided": "minor"}),
        ("10 mg", {}),
        ("0.010 g", {}),
        ("15 mg", {"dose above what was decided": "major"}),
    ],
)
def test_a_dose_taken_against_the_one_decided(dose, expected) -> None:
    assert kinds(course(1, "2025-03-03"), taken(1, "2025-03-03", dose=dose), on="2025-03-20") == expected


@pytest.mark.parametrize(("decided", "severity"), [("10 mg", "minor"), ("15 mg", None), ("20 mg", "major")])
def test_a_dose_decided_otherwise_than_the_rules_give_now(decided, severity) -> None:
    found = kinds(course(1, "2025-03-03"), course(2, "2025-03-31", decided))
    way = {"minor": "below", "major": "above"}.get(severity or "")
    assert found == ({f"dose decided {way} the rules": severity} if severity else {})


def test_a_dose_without_decision_or_before_registration() -> None:
    assert kinds(taken(1, "2025-03-03")) == {"dose without a decision": "major"}
    assert kinds(taken(1, "2025-02-27")) == {"dose without a decision": "major", "dose before registration": "major"}


@pytest.mark.parametrize(("last", "rest"), [("2025-03-22", False), ("2025-03-23", False), ("2025-03-24", True)])
def test_a_dose_on_a_day_of_rest(last, rest) -> None:
    found = kinds(course(1, "2025-03-03"), taken(1, "2025-03-03", last), on="2025-03-30")
    assert ("dose on a day of rest" in found) is rest


def test_a_corrected_count_shows_that_a_course_was_begun_against_the_rules() -> None:
    gate = {"id": "gate", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
    study = protocol(regimen=[regimen(start_course_when=[gate])])
    events = [form("2025-03-03", {"anc/c1/value": "3000 /mm3", "anc/c1/on": "2025-03-03"}), course(1, "2025-03-03")]
    assert kinds(*events, study=study) == {}
    events.append(correction("2025-03-20", {"anc/c1/value": "300 /mm3"}))
    assert kinds(*events, study=study) == {"course begun against the rules": "major"}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("1499 /mm3", {"registered with a criterion not met": "major"}),
        ("1500 /mm3", {}),
        ("1501 /mm3", {}),
        (None, {}),
    ],
)
def test_a_criterion_at_registration_by_what_is_known_now(count, expected) -> None:
    items = [form("2025-02-27", {"anc on 2025-02-27": count})] if count else []
    one = case(screened("2025-02-20"), *items, registered("2025-02-28"), protocol=protocol(eligibility=[ANC]))
    assert {found.kind: found.severity for found in deviations(one, day("2025-03-01"))} == expected
    assert [found.missing for found in untold(one, day("2025-03-01"))] == ([] if count else [("anc",)])


def test_what_was_said_at_registration_stays_said_beside_what_derives_now() -> None:
    events = [
        screened("2025-02-20"),
        form("2025-02-27", {"anc/scr/value": "1600 /mm3", "anc/scr/on": "2025-02-27"}),
        registered("2025-02-28"),
        correction("2025-03-10", {"anc/scr/value": "1400 /mm3"}),
    ]
    (found,) = deviations(case(*events, protocol=protocol(eligibility=[ANC])), day("2025-03-11"))
    assert "1400" in found.says and "it was said: eligible" in found.says and found.clause == "anc"
    assert (found.kind, found.event) == ("eligibility found wrong later", "e4")


@pytest.mark.parametrize(("end", "late"), [(28, "criterion not met at the first dose"), (29, None)])
def test_a_washout_is_judged_again_at_the_actual_first_dose(end, late) -> None:
    washout = {
        "id": "washout",
        "quotes": ["more than 4 weeks since"],
        "must_not": {"active_since": "prior_therapy", "within": "28 days", "before": "first_dose"},
    }
    therapy = {"code": "old", "start": "2024-01-01", "end": str(day("2025-03-03") - timedelta(days=end))}
    one = case(
        screened("2025-02-20"),
        form("2025-02-20", {"prior_therapy/1": therapy, "prior_therapy_review on 2025-02-20": "listed"}),
        registered("2025-02-28", planned_first_dose="2025-03-20"),
        course(1, "2025-03-03"),
        protocol=protocol(eligibility=[washout]),
    )
    assert [found.kind for found in deviations(one, day("2025-03-03"))] == ([late] if late else [])


@pytest.mark.parametrize(
    ("start", "end", "ongoing", "severity"),
    [
        ("2025-01-01", "2025-03-02", None, None),
        ("2025-01-01", "2025-03-03", None, "major"),
        ("2025-03-20", None, "yes", "major"),
        ("2025-06-02", "2025-06-05", None, None),
        ("2025-01-01", None, None, "cannot be told"),
        (None, "2025-04-01", None, "cannot be told"),
    ],
)
def test_prohibited_medication_while_treatment_lasts(start, end, ongoing, severity) -> None:
    study = protocol(
        medication=[{"id": "no_steroid", "quotes": ["no steroids"], "prohibits": "steroids"}],
        sets=[{"id": "steroids", "of": "medication", "codes": ["prednisone"]}],
    )
    told = {"code": "prednisone", "start": start, "end": end, "ongoing": ongoing}
    events = [course(1, "2025-03-03"), ended("2025-06-01", last_dose="2025-06-01")]
    events.append(form("2025-06-01", {"medication/1": {key: each for key, each in told.items() if each}}))
    assert weights(*events, study=study, on="2025-07-01").get("prohibited medication") == severity


def test_an_allowed_agent_is_no_deviation() -> None:
    rule = {"id": "topical", "quotes": ["except emollients"], "prohibits": "medication", "allowed": ["emollient"]}
    events = [
        course(1, "2025-03-03"),
        form("2025-03-10", {"medication/1": {"code": "emollient", "start": "2025-03-10"}}),
    ]
    assert kinds(*events, study=protocol(medication=[rule])) == {}


VISIT = {"id": "day_15", "quotes": ["day 15"], "label": "day 15", "epoch": "treatment", "anchor": "course",
         "courses": "1", "day": 15, "window": [2, 2]}  # fmt: skip


@pytest.mark.parametrize(
    ("done", "kind"),
    [
        ("2025-03-14", "early visit"),
        ("2025-03-15", None),
        ("2025-03-19", None),
        ("2025-03-20", "late visit"),
        (None, "visit missed"),
    ],
)
def test_a_visit_before_in_and_after_its_window_and_missed(done, kind) -> None:
    events = [course(1, "2025-03-03")]
    if done:
        events.append(form(done, {"visit/day_15.1": {"encounter": "day_15", "on": done, "done": "yes"}}))
    assert list(kinds(*events, study=protocol(encounters=[VISIT]))) == ([kind] if kind else [])


def test_what_was_missed_is_called_by_its_label_and_course_and_never_by_its_key() -> None:
    sample = {"id": "draw", "quotes": ["blood"], "label": "Blood", "matrix": "blood", "encounters": ["day_15"]}
    study = protocol(specimens=[sample], encounters=[VISIT])
    events = screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03")
    found = deviations(case(*events, protocol=study), day("2025-04-20"))
    says = {one.kind: one.says for one in found}
    assert says["sample not taken"].startswith("Blood, day 15 was planned for ")
    assert not [one for one in says.values() if "day_15" in one or "draw." in one]


def test_a_sample_of_a_sub_study_outside_its_sites() -> None:
    design = {
        "id": "design",
        "accrual": {"id": "accrual", "planned": 10},
        "sites": [{"id": site, "name": site, "time_zone": "UTC"} for site in ("S01", "S02")],
        "substudies": [{"id": "blood", "label": "b", "sites": ["S02"], "target": 5, "offered_until": 10}],
    }
    sample = {"id": "draw", "quotes": ["S02 only"], "label": "blood", "matrix": "blood", "encounters": ["day_15"],
              "substudy": "blood"}  # fmt: skip
    study = protocol(design=design, specimens=[sample], encounters=[VISIT])
    drawn = form("2025-03-17", {"specimen/draw.day_15": {"specimen": "draw", "on": "2025-03-17", "collected": "yes"}})
    assert kinds(course(1, "2025-03-03"), drawn, study=study, on="2025-03-17") == {"sample outside its sites": "major"}
    assert kinds(course(1, "2025-03-03"), drawn, study=study, site="S02", on="2025-03-17") == {}
