"""The first study's protocol against facts from outside: its registry record, worked calendars, published reports.

The study is the folder this file stands in, whatever it and its drug are called. The dates and
limits here were worked by hand from the record's sentences, which are quoted beside them.
"""

from __future__ import annotations

import pytest
from people import DRUG, ELIGIBLE, GOING_ON, SITE, V1, V2, WOMAN, subject

from builders import case, course, day, ended, form, registered
from trialwright.core.dosing import decide_dose
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.protocol import StudyProtocol, clauses
from trialwright.core.schedule import duties, samples, visits
from trialwright.core.subject import Case
from trialwright.core.terms import Response, Verdict
from trialwright.standards import load_standards

# --- what the record counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [V1, V2], ids=["1", "2"])
def test_the_protocol_has_what_the_record_counts(version):
    assert version.design.accrual.planned == 35, "A total of 35 patients will be accrued for this study."
    assert [site.name.split()[0] for site in version.design.sites] == ["Stanford", "Robert", "M."]
    assert [site.id for site in version.design.sites if site.lead] == [SITE]
    assert len(version.eligibility) == 25
    assert [one.id for one in version.questions] == [f"A{number}" for number in range(1, 25)]
    assert all(question.reading and question.settled_by is None for question in version.questions)
    substudy = version.design.substudies[0]
    assert (substudy.sites, substudy.target, substudy.offered_until) == ((SITE,), 5, 10), "from 5-10 patients"
    assert len(version.arms) == 1


def test_every_question_is_one_that_a_clause_rests_on_or_that_quotes_the_record():
    resting = {name for _, clause in clauses(V2) for name in clause.rests_on}
    assert [one.id for one in V2.questions if one.id not in resting and not one.about] == []


def test_the_protocol_before_the_amendment_departs_from_the_record_in_the_dose_alone():
    departures = [words for _, clause in clauses(V1) for words in clause.departs_from]
    assert departures == ["10 mg daily orally administered on days 1 - 21", "increasing dose by 5 mg every cycle"]
    assert [words for _, clause in clauses(V2) for words in clause.departs_from] == []
    assert V1.eligibility == V2.eligibility
    assert V1.endpoints == V2.endpoints


# --- eligibility at its borders -----------------------------------------------------------------------------------


def verdict(items, criterion: str) -> str:
    one = subject(registered("2025-02-24", "2025-03-03"), items={**ELIGIBLE, **items})
    answer = judge_eligibility(one, day("2025-02-24"))
    return next(each.verdict for each in answer.criteria if each.id == criterion).value


def test_a_subject_with_every_datum_is_eligible():
    answer = judge_eligibility(subject(registered("2025-02-24", "2025-03-03"), items=ELIGIBLE), day("2025-02-24"))
    assert [(one.id, one.because) for one in answer.criteria if one.verdict is not Verdict.MET] == []
    assert answer.word == "eligible"


def test_a_fertile_woman_with_every_datum_is_eligible():
    one = subject(registered("2025-02-24", "2025-03-03"), items={**ELIGIBLE, **WOMAN})
    assert judge_eligibility(one, day("2025-02-24")).word == "eligible"


@pytest.mark.parametrize(
    ("criterion", "items", "wanted"),
    [
        ("anc", {"anc": "1499 /mm3"}, "not met"),
        ("anc", {"anc": "1500 /mm3"}, "met"),
        ("anc", {"anc": "1.5 10*9/L"}, "met"),
        ("anc", {"anc on 2025-02-09": "4000 /mm3", "anc": None}, "unknown"),  # 15 days before
        ("wbc", {"wbc": "2999 /mm3"}, "not met"),
        ("wbc", {"wbc": "3000 /mm3"}, "met"),
        ("platelets", {"platelets": "99999 /mm3"}, "not met"),
        ("platelets", {"platelets": "100000 /mm3"}, "met"),
        ("creatinine", {"creatinine": "2.0 mg/dL"}, "met"),
        ("creatinine", {"creatinine": "2.01 mg/dL"}, "not met"),
        ("bilirubin", {"bilirubin": "2.2 mg/dL"}, "met"),
        ("bilirubin", {"bilirubin": "2.21 mg/dL"}, "not met"),
        ("ast_alt", {"ast": "80 U/L"}, "met"),  # exactly 2 x 40
        ("ast_alt", {"alt": "81 U/L"}, "not met"),
        ("ecog", {"ecog": "2"}, "met"),
        ("ecog", {"ecog": "3"}, "not met"),
        ("age", {"age": "17"}, "not met"),
        ("age", {"age": "18"}, "met"),
        ("age", {"age": "120"}, "met"),
        ("age", {"age": "121"}, "not met"),
        ("stage", {"stage": "IVB"}, "met"),
        ("measurable", {"indicator_lesion": "no"}, "not met"),
        ("measurable", {"indicator_lesion": "no", "erythroderma": "yes"}, "met"),
        ("prior_topical", {"failed_topical": "no"}, "met"),  # the record shows a failed steroid
        ("infection", {"acute_infection": "yes"}, "not met"),
        ("no_concurrent_topical", {"medication/1": {**GOING_ON, "code": "emollient"}}, "met"),
        ("no_concurrent_topical", {"medication/1": {**GOING_ON, "code": "topical_steroid"}}, "not met"),
        ("no_concurrent_systemic", {"medication/1": {**GOING_ON, "code": "thalidomide"}}, "not met"),
    ],
)
def test_each_limit_of_the_record_is_met_at_its_border(criterion, items, wanted):
    assert verdict(items, criterion) == wanted


@pytest.mark.parametrize(("end", "wanted"), [("2025-02-02", "met"), ("2025-02-03", "not met"), ("", "unknown")])
def test_more_than_4_weeks_since_prior_therapy_is_strict_and_counts_to_the_first_dose(end, wanted):
    # The first dose is planned for 3 March; 4 weeks before it is 3 February.
    therapy = {"code": "interferon", "start": "2024-11", **({"end": end} if end else {})}
    assert verdict({"prior_therapy/2": therapy}, "washout") == wanted


@pytest.mark.parametrize(
    ("malignancy", "wanted"),
    [
        ({"code": "other_malignancy", "start": "2018", "end": "2020-02-23"}, "met"),  # 5 years and a day ago
        ({"code": "other_malignancy", "start": "2018", "end": "2020-02-24"}, "not met"),
        ({"code": "basal_cell_carcinoma_of_skin", "start": "2024", "end": "2024-05", "treated": "yes"}, "met"),
        ({"code": "basal_cell_carcinoma_of_skin", "start": "2024", "end": "2024-05", "treated": "no"}, "not met"),
        ({"code": "basal_cell_carcinoma_of_skin", "start": "2024", "end": "2024-05"}, "unknown"),
        (
            {
                "code": "melanoma_in_situ_of_skin",
                "start": "2024",
                "end": "2024-05",
                "treated": "yes",
                "margins_free": "yes",
                "disease_free": "no",
            },
            "not met",
        ),
    ],
)
def test_another_malignancy_excludes_unless_it_is_one_of_the_exceptions(malignancy, wanted):
    assert verdict({"malignancy_review": "listed", "malignancy/1": malignancy}, "other_cancer") == wanted


@pytest.mark.parametrize(
    ("criterion", "items", "wanted"),
    [
        ("pregnancy", {"pregnant": "yes"}, "not met"),
        ("pregnancy", {"nursing": "yes"}, "not met"),
        ("pregnancy_test_negative", {"pregnancy_test": "positive"}, "not met"),
        ("pregnancy_test_negative", {"pregnancy_test": None}, "unknown"),
        ("pregnancy_test_negative", {"pregnancy_test": None, "fertile": "no"}, "met"),
        ("contraception_women", {"double_contraception": "no"}, "not met"),
        ("contraception_of_men", {}, "met"),
    ],
)
def test_what_is_asked_of_fertile_women(criterion, items, wanted):
    assert verdict({**WOMAN, **items}, criterion) == wanted


# --- dose and calendar --------------------------------------------------------------------------------------------

FINE = {
    "anc": "4000 /mm3",
    "platelets": "250000 /mm3",
    "temperature": "36.8 Cel",
    "creatinine_clearance": "90 mL/min",
    "adverse_event_review": "none",
    "severe_skin_reaction": "no",
    "unacceptable_toxicity": "no",
    "dose_tolerated": "yes",
}
DAYS_1 = ("2025-03-03", "2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23")


def treated(doses: str, on: str, version: StudyProtocol = V2, **others) -> Case:
    """A man given these doses, whose data were fine on day 1 of every course before, and whose disease is stable."""
    given = doses.split()
    visited = [each for each in DAYS_1 if each <= on]
    events = [registered("2025-02-24", "2025-03-03", version=version.version), form("2025-02-24", ELIGIBLE)]
    for number, when in enumerate(visited, 1):
        events.append(
            form(
                when, {f"{name} on {when}": value for name, value in {**FINE, **(others if when == on else {})}.items()}
            )
        )
        if number <= len(given):
            events.append(course(number, when, f"{given[number - 1]} mg", DRUG))
    stable = tuple((day(when), Response.SD) for when in ("2025-03-30", "2025-04-27", "2025-05-25", "2025-06-22"))
    return subject(*events, version=version, assessed=tuple(one for one in stable if str(one[0]) <= on))


@pytest.mark.parametrize(
    ("version", "doses", "on", "dose", "last"),
    [
        # 10 mg, then "increasing dose by 5 mg every cycle, up to a maximum of 25 mg"; days 1-21
        (V2, "", "2025-03-03", "10 mg", "2025-03-23"),
        (V2, "10", "2025-03-31", "15 mg", "2025-04-20"),
        (V2, "10 15", "2025-04-28", "20 mg", "2025-05-18"),
        (V2, "10 15 20", "2025-05-26", "25 mg", "2025-06-15"),
        (V2, "10 15 20 25", "2025-06-23", "25 mg", "2025-07-13"),
        # before the amendment: 25 mg from the start
        (V1, "", "2025-03-03", "25 mg", "2025-03-23"),
        (V1, "25 25", "2025-04-28", "25 mg", "2025-05-18"),
    ],
)
def test_the_dose_of_each_course(version, doses, on, dose, last):
    said = decide_dose(treated(doses, on, version), version.regimen[0], day(on))
    assert (said.action, str(said.dose), str(said.last_day)) == ("give", dose, last), said


@pytest.mark.parametrize(
    ("data", "doses", "on", "action", "dose"),
    [
        ({"creatinine_clearance": "59 mL/min"}, "10", "2025-03-31", "give", "10 mg"),  # no step up past 10 mg
        ({"creatinine_clearance": "60 mL/min"}, "10", "2025-03-31", "give", "15 mg"),
        ({"anc": "999 /mm3", "temperature": "38.5 Cel"}, "10", "2025-03-31", "hold", "None"),
        ({"platelets": "49999 /mm3"}, "10", "2025-03-31", "hold", "None"),
        ({"unacceptable_toxicity": "yes"}, "10", "2025-03-31", "stop", "None"),
        ({"severe_skin_reaction": "yes"}, "10", "2025-03-31", "stop", "None"),
    ],
)
def test_what_changes_the_dose(data, doses, on, action, dose):
    said = decide_dose(treated(doses, on, **data), V2.regimen[0], day(on))
    assert (said.action, str(said.dose)) == (action, dose), said


def test_follow_up_the_safety_visit_and_contraception_count_from_the_last_dose():
    # "patients are followed every 3 months for 1 year"; "up to 30 days after ... the last study treatment";
    # "for >= 4 weeks after completion": last dose on 15 June 2025
    one = subject(
        registered("2025-02-24", "2025-03-03"),
        form("2025-02-24", {**ELIGIBLE, **WOMAN}),
        course(1, "2025-03-03", drug=DRUG),
        ended("2025-06-15", last_dose="2025-06-15"),
    )
    due = {visit.key: str(visit.due) for visit in visits(one, day("2025-06-20"))}
    assert [due[f"follow_up.{number}"] for number in (1, 2, 3, 4)] == [
        "2025-09-15",
        "2025-12-15",
        "2026-03-15",
        "2026-06-15",
    ]
    assert "follow_up.5" not in due
    assert due["safety"] == "2025-07-15"
    women = next(duty for duty in duties(one, day("2025-06-20")) if duty.obligation.before)
    assert (str(women.start), str(women.until), women.applies) == ("2025-02-03", "2025-07-13", Verdict.MET)


def test_the_visits_of_course_1_and_the_pregnancy_tests_of_a_fertile_woman():
    one = subject(
        registered("2025-02-10", "2025-03-03"),
        form("2025-02-10", {**ELIGIBLE, **WOMAN}),
        course(1, "2025-03-03", drug=DRUG),
    )
    found = {visit.key: visit for visit in visits(one, day("2025-03-03"))}
    assert str(found["course_1_day_15"].due) == "2025-03-17", "day 15 of course 1"
    first = found["first_pregnancy_test"]
    assert (str(first.earliest), str(first.latest)) == ("2025-02-17", "2025-02-21"), "10 to 14 days before 3 March"
    weekly = [str(found[f"weekly_pregnancy_test.{number}"].due) for number in (1, 2, 3, 4)]
    assert weekly == ["2025-03-10", "2025-03-17", "2025-03-24", "2025-03-31"]


def test_blood_is_drawn_at_one_site_and_biopsies_at_all():
    events = (registered("2025-02-24", "2025-03-03"), course(1, "2025-03-03", drug=DRUG))
    taken = {sample.specimen.id for sample in samples(subject(*events), day("2025-03-17"))}
    assert "biopsy" in taken
    elsewhere = case(
        *events, protocol=V2, site="stanford", units=load_standards(V2).units, concepts=load_standards(V2).concepts
    )
    assert "immune_blood" not in {
        sample.specimen.id for sample in samples(elsewhere, day("2025-03-17")) if sample.state != "does not apply"
    }
