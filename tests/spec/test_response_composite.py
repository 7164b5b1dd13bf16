"""The composite assessment of index lesions: from scores and diameters to the response at each visit.

The expected sums are worked by hand: four scores of 0 to 8 and a size score from the printed table of areas.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from builders import case, correction, course, day, form, protocol
from trialwright.core.ledger import Missing
from trialwright.core.response import Assessment
from trialwright.core.subject import Case
from trialwright.core.terms import Finding
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.composite import CompositeAssessment, response_of_ratio, size_score
from trialwright.standards.units import UNITS

INSTRUMENT = CompositeAssessment()
RULES = {"id": "response", "quotes": ["response is assessed"], "flare_courses": 2}
STUDY = protocol(response=RULES)
BASELINE, START, ASSESSED = "2025-02-25", "2025-03-03", "2025-03-31"
NOTHING_NEW = {"new_tumor": "no", "new_node": "no", "node_progression": "no", "new_visceral": "no"}

# 6 + 6 + 6 + 6 = 24, and 4 cm x 4 cm = 16 cm2 has size score 3: together 27.
# 4 + 3 + 2 + 2 = 11, and 2.5 cm x 2 cm = 5 cm2 has size score 2: together 13. Both lesions: 40.
LARGE = {"erythema": 6, "scaling": 6, "elevation": 6, "pigmentation": 6, "longest": "4 cm", "perpendicular": "4 cm"}
SMALL = {"erythema": 4, "scaling": 3, "elevation": 2, "pigmentation": 2, "longest": "2.5 cm", "perpendicular": "2 cm"}
CLEARED = dict.fromkeys(("erythema", "scaling", "elevation", "pigmentation"), 0) | {
    "longest": "0 cm",
    "perpendicular": "0 cm",
}


def of_sum(total: int) -> dict[str, Any]:
    """A lesion without extent whose four scores add up to a total of at most 32."""
    scores = [min(8, max(0, total - 8 * place)) for place in range(4)]
    return {**CLEARED, **dict(zip(("erythema", "scaling", "elevation", "pigmentation"), scores, strict=True))}


def lesions(visit: str, on: str, *scored: Mapping[str, Any], asked: Mapping[str, Any] | None = NOTHING_NEW):
    """One visit: lesions 1, 2, ... as scored, and what the disease assessment says."""
    items = {f"index_lesion/{visit}.{n}": {"lesion": f"L{n}", "on": on, **one} for n, one in enumerate(scored, 1)}
    said = {f"disease_assessment/{visit}": {"on": on, **asked}} if asked is not None else {}
    return form(on, {**items, **said})


def subject(*events, **others) -> Case:
    given = others.pop("protocol", STUDY)
    return case(*events, protocol=given, concepts=CONCEPTS, units=UNITS, **others)


def followed(*visits, baseline=(LARGE, SMALL)) -> Case:
    """Baseline, course 1 on 3 March, and the visits after it."""
    return subject(lesions("baseline", BASELINE, *baseline), course(1, START), *visits)


def assessed(given: Case, on: str = "2026-01-01") -> tuple[Assessment, ...]:
    return INSTRUMENT.assess(given, day(on))


def found(given: Case, on: str = "2026-01-01") -> tuple[Finding, ...]:
    return INSTRUMENT.findings(given, day(on))


@pytest.mark.parametrize(
    ("area", "score"),
    [
        ("0", 0), ("0.01", 1), ("4", 1), ("4.01", 2), ("10", 2), ("10.01", 3), ("16", 3), ("16.01", 4), ("25", 4),
        ("25.01", 5), ("35", 5), ("45", 6), ("55", 7), ("70", 8), ("70.01", 9), ("90", 9), ("110", 10), ("130", 11),
        ("155", 12), ("180", 13), ("210", 14), ("240", 15), ("270", 16), ("270.01", 17), ("300", 17), ("300.01", 18),
        ("9999", 18),
    ],
)  # fmt: skip
def test_size_score_of_an_area_in_square_centimetres(area, score):
    assert size_score(Fraction(area)) == score


@pytest.mark.parametrize(
    ("now", "response"), [(0, "CR"), (1, "PR"), (20, "PR"), (21, "SD"), (40, "SD"), (49, "SD"), (50, "PD"), (51, "PD")]
)
def test_response_by_the_ratio_to_a_baseline_of_40(now, response):
    assert response_of_ratio(Fraction(now, 40)).name == response
    [one] = assessed(followed(lesions("c1", ASSESSED, of_sum(now // 2), of_sum(now - now // 2))))
    assert (one.response.name, one.ratio, one.adequate) == (response, Fraction(now, 40), True)


def test_the_assessment_says_when_where_and_why():
    [one] = assessed(followed(lesions("c1", ASSESSED, of_sum(10), of_sum(10))))
    assert (one.on, one.encounter, one.words) == (day(ASSESSED), "c1", "response is assessed")
    assert "20 against 40" in one.why


def test_diameters_in_other_units_of_length_are_the_same_size():
    mm = {**LARGE, "longest": "40 mm", "perpendicular": "40 mm"}
    [one] = assessed(followed(lesions("c1", ASSESSED, mm, SMALL)))
    assert one.ratio == 1


@pytest.mark.parametrize("what", ["new_tumor", "new_node", "node_progression", "new_visceral"])
def test_anything_newly_seen_is_progression_whatever_the_ratio(what):
    [one] = assessed(followed(lesions("c1", ASSESSED, CLEARED, CLEARED, asked={**NOTHING_NEW, what: "yes"})))
    assert (one.response.name, one.ratio, len(one.events)) == ("PD", 0, 1)


@pytest.mark.parametrize("what", ["new_tumor", "new_node", "node_progression", "new_visceral"])
@pytest.mark.parametrize(("now", "response"), [(10, "NE"), (50, "PD")])
def test_a_question_nobody_answered_is_not_no(what, now, response):
    asked = {name: said for name, said in NOTHING_NEW.items() if name != what}
    [one] = assessed(followed(lesions("c1", ASSESSED, of_sum(now // 2), of_sum(now // 2), asked=asked)))
    assert (one.response.name, one.adequate) == (response, False)


def test_lesions_without_a_disease_assessment_are_not_a_response():
    [one] = assessed(followed(lesions("c1", ASSESSED, CLEARED, CLEARED, asked=None)))
    assert one.response.name == "NE"
    assert "nobody recorded" in one.why


@pytest.mark.parametrize("field", list(LARGE))
def test_a_missing_score_is_never_left_out_of_the_sum(field):
    part = {name: score for name, score in LARGE.items() if name != field}
    given = followed(lesions("c1", ASSESSED, part, SMALL))
    [one] = assessed(given)
    assert (one.response.name, one.ratio, one.adequate) == ("NE", None, False)
    assert "L1 lacks" in one.why
    assert [finding.severity.value for finding in found(given)] == ["error"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("erythema", 9),
        ("erythema", -1),
        ("erythema", "2.5"),
        ("erythema", "severe"),
        ("erythema", Missing("not_done")),
        ("longest", "-4 cm"),
        ("longest", "4 kg"),
        ("longest", "4"),
        ("longest", Missing("not_done")),
    ],
)
def test_a_score_that_cannot_be_is_missing_and_a_finding(field, value):
    given = followed(lesions("c1", ASSESSED, {**LARGE, field: value}, SMALL))
    assert [one.response.name for one in assessed(given)] == ["NE"]
    assert len(found(given)) == 1


def test_a_lesion_that_was_not_scored_makes_the_visit_not_evaluable():
    [one] = assessed(followed(lesions("c1", ASSESSED, LARGE)))
    assert (one.response.name, one.why) == ("NE", "index lesion L2 was not scored")


def test_a_lesion_that_was_no_index_lesion_is_not_counted_and_is_a_finding():
    given = followed(lesions("c1", ASSESSED, LARGE, SMALL, of_sum(32)))
    [one] = assessed(given)
    assert (one.response.name, one.ratio) == ("SD", 1)
    [finding] = found(given)
    assert "L3 was no index lesion" in finding.says


def test_the_same_lesion_scored_twice_at_a_visit_is_not_summed():
    given = followed(lesions("c1", ASSESSED, LARGE, SMALL, {**SMALL, "lesion": "L2"}))
    assert [one.response.name for one in assessed(given)] == ["NE"]
    assert len(found(given)) == 1


def test_without_a_baseline_there_is_nothing_to_compare_with_and_something_new_is_still_progression():
    events = (
        course(1, START),
        lesions("c1", ASSESSED, LARGE),
        lesions("c2", "2025-04-28", asked={**NOTHING_NEW, "new_tumor": "yes"}),
    )
    first, second = assessed(subject(*events))
    assert (first.response.name, second.response.name) == ("NE", "PD")
    assert "before the first dose" in first.why


def test_an_erythrodermic_patient_without_index_lesion_is_not_evaluable_with_the_reason():
    erythrodermic = form(BASELINE, {"erythroderma/scr/value": "yes"})
    given = subject(erythrodermic, course(1, START), lesions("c1", ASSESSED, LARGE))
    [one] = assessed(given)
    assert one.response.name == "NE"
    assert "erythrodermic" in one.why
    designated = subject(
        erythrodermic, lesions("baseline", BASELINE, LARGE), course(1, START), lesions("c1", ASSESSED, CLEARED)
    )
    assert [one.response.name for one in assessed(designated)] == ["CR"]


def test_a_baseline_of_0_has_no_ratio():
    [one] = assessed(followed(lesions("c1", ASSESSED, CLEARED), baseline=(CLEARED,)))
    assert one.response.name == "NE"


def test_an_incomplete_baseline_is_not_evaluable_for_ever_until_it_is_completed():
    part = {name: score for name, score in LARGE.items() if name != "scaling"}
    events = [lesions("baseline", BASELINE, part), course(1, START), lesions("c1", ASSESSED, CLEARED)]
    assert [one.response.name for one in assessed(subject(*events))] == ["NE"]
    events.append(form("2025-04-02", {"index_lesion/baseline.1/scaling": 6}))
    assert [one.response.name for one in assessed(subject(*events))] == ["CR"]


def test_the_baseline_is_the_last_visit_up_to_the_first_dose_at_which_everything_was_scored():
    given = subject(
        lesions("screening", "2025-02-10", of_sum(10)),
        lesions("baseline", START, of_sum(20)),
        course(1, START),
        lesions("c1", ASSESSED, of_sum(10)),
    )
    assert [one.ratio for one in assessed(given)] == [Fraction(1, 2)]


def test_before_the_first_dose_there_is_no_assessment_and_a_later_one_is_not_known_before_its_day():
    given = followed(lesions("c1", ASSESSED, LARGE, SMALL), lesions("c2", "2025-04-28", CLEARED, CLEARED))
    assert [len(assessed(given, on)) for on in ("2025-03-02", "2025-03-30", ASSESSED, "2025-04-28")] == [0, 0, 1, 2]
    assert assessed(subject(lesions("baseline", BASELINE, LARGE))) == ()


def test_visits_whose_name_holds_dots_are_kept_apart():
    given = followed(
        lesions("course_day_1.2", ASSESSED, LARGE, SMALL), lesions("course_day_1.3", "2025-04-28", CLEARED, CLEARED)
    )
    assert [(one.encounter, one.response.name) for one in assessed(given)] == [
        ("course_day_1.2", "SD"),
        ("course_day_1.3", "CR"),
    ]


def test_a_correction_of_a_score_changes_the_response():
    wrong = lesions("c1", ASSESSED, of_sum(25), of_sum(25))
    right = form("2025-04-01", {"index_lesion/c1.1/erythema": 0, "index_lesion/c1.1/scaling": 0})
    assert [one.response.name for one in assessed(followed(wrong))] == ["PD"]
    assert [one.response.name for one in assessed(followed(wrong, right))] == ["SD"]


def test_a_lesion_entered_by_mistake_and_emptied_by_a_correction_is_none():
    mistaken = lesions("baseline", BASELINE, LARGE, SMALL, LARGE)
    emptied = {f"index_lesion/baseline.3/{name}": None for name in ("lesion", "on", *LARGE)}
    after = (course(1, START), lesions("c1", ASSESSED, of_sum(10), of_sum(10)))
    assert [one.response.name for one in assessed(subject(mistaken, *after))] == ["NE"]
    [one] = assessed(subject(mistaken, correction("2025-03-01", emptied), *after))
    assert (one.response.name, one.ratio) == ("PR", Fraction(1, 2))


def test_a_visit_declared_incomplete_is_not_adequate():
    [one] = assessed(followed(lesions("c1", ASSESSED, LARGE, SMALL, asked={**NOTHING_NEW, "complete": "no"})))
    assert (one.response.name, one.adequate) == ("SD", False)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"flare_suspected": "yes"}, {}, ["PD", "PD"]),
        ({"flare_suspected": "no"}, {}, ["PD", "PD"]),
        ({"flare_suspected": "yes"}, None, ["NE"]),
        ({"flare_suspected": "no"}, None, ["PD"]),
        ({"flare_suspected": "yes", "new_tumor": "yes"}, None, ["PD"]),
    ],
)
def test_progression_by_score_alone_that_may_be_a_flare_waits_for_the_next_visit(first, second, expected):
    worse = (of_sum(25), of_sum(25))
    visits = [lesions("c1", ASSESSED, *worse, asked={**NOTHING_NEW, **first})]
    if second is not None:
        visits += [course(2, ASSESSED), lesions("c2", "2025-04-28", *worse, asked={**NOTHING_NEW, **second})]
    assert [one.response.name for one in assessed(followed(*visits))] == expected


@pytest.mark.parametrize(
    ("on", "response"),
    [
        ("2025-04-28", "NE"),  # day 1 of course 3 looks back on course 2, the last in which a flare may be
        ("2025-04-29", "PD"),
    ],
)
def test_a_flare_is_of_the_course_before_the_assessment(on, response):
    flared = lesions("c3", on, of_sum(25), of_sum(25), asked={**NOTHING_NEW, "flare_suspected": "yes"})
    given = followed(course(2, ASSESSED), course(3, "2025-04-28"), flared)
    assert [one.response.name for one in assessed(given)] == [response]


def test_a_flare_that_went_away_stays_not_evaluable():
    flared = lesions("c1", ASSESSED, of_sum(25), of_sum(25), asked={**NOTHING_NEW, "flare_suspected": "yes"})
    given = followed(flared, course(2, ASSESSED), lesions("c2", "2025-04-28", of_sum(10), of_sum(10)))
    assert [one.response.name for one in assessed(given)] == ["NE", "PR"]


def test_more_lesions_than_the_instrument_has_are_a_finding():
    given = followed(baseline=(SMALL,) * 6)
    assert "6 index lesions" in found(given)[0].says
    assert found(followed(baseline=(SMALL,) * 5)) == ()


# --- frozen index lesions -----------------------------------------------------------------------------------------


def state(name: str) -> dict[str, Any]:
    """A lesion of which only its state was entered."""
    return {"state": name}


@pytest.mark.parametrize(
    ("first", "second", "responses", "severities"),
    [
        # cleared is 0 in each, whether the zeros were typed or not
        (state("cleared"), state("cleared"), "PR PR", ()),
        ({**CLEARED, "state": "cleared"}, CLEARED, "PR PR", ()),
        ({**SMALL, "state": "cleared"}, CLEARED, "NE PR", ("error",)),
        ({"state": "cleared", "erythema": "none"}, CLEARED, "NE PR", ("error",)),
        # for a visit, or for good
        (state("not_assessed"), CLEARED, "NE PR", ("warning",)),
        (state("not_measurable"), CLEARED, "NE PR", ("warning",)),
        (state("ulcerated"), CLEARED, "NE PR", ("warning",)),
        ({**SMALL, "state": "ulcerated"}, CLEARED, "NE PR", ("warning",)),
        (state("excised"), CLEARED, "NE NE", ("warning",)),
        (state("irradiated"), CLEARED, "NE NE", ("warning",)),
        (CLEARED, state("excised"), "PR NE", ("warning",)),
        # scored as it is, and told
        ({**CLEARED, "state": "biopsied"}, CLEARED, "PR PR", ("warning",)),
    ],
)
def test_a_lesion_that_cannot_be_scored_as_at_baseline(first, second, responses, severities):
    """Lesion 1 falls from 27 to 7 of 40 points; what is known of lesion 2, 13 at baseline, decides what can be said."""
    given = followed(
        lesions("c1", ASSESSED, of_sum(7), first),
        lesions("c2", "2025-04-28", of_sum(7), second),
        baseline=(LARGE, SMALL),
    )
    assert " ".join(one.response.name for one in assessed(given)) == responses
    assert tuple(one.severity.value for one in found(given)) == severities


@pytest.mark.parametrize("how", ["ulcerated", "excised"])
def test_a_new_tumor_is_progression_also_where_a_lesion_cannot_be_scored(how):
    given = followed(lesions("c1", ASSESSED, CLEARED, state(how), asked={**NOTHING_NEW, "new_tumor": "yes"}))
    assert [one.response.name for one in assessed(given)] == ["PD"]


def test_a_lesion_excised_before_treatment_is_no_baseline():
    given = followed(lesions("c1", ASSESSED, LARGE, SMALL), baseline=(LARGE, state("excised")))
    assert [(one.response.name, one.why) for one in assessed(given)] == [
        ("NE", "baseline: index lesion L2 could not be scored as at baseline: excised")
    ]


def test_findings_about_index_lesions_name_the_baseline_they_contradict():
    given = followed(lesions("c1", ASSESSED, LARGE, {**SMALL, "lesion": "L9"}))
    newcomer, left_out = found(given)
    assert "L9 was no index lesion at baseline (baseline, 2025-02-25, event e1 has L1, L2)" in newcomer.says
    assert "index lesion L2 of baseline, 2025-02-25, event e1 was not scored" in left_out.says
    assert [one.response.name for one in assessed(given)] == ["NE"]


def test_a_visit_at_which_no_lesion_was_scored_leaves_none_out():
    assert found(followed(lesions("c1", ASSESSED))) == ()


# --- details that decide ------------------------------------------------------------------------------------------

TABLE = "0 4 10 16 25 35 45 55 70 90 110 130 155 180 210 240 270 300".split()


@pytest.mark.parametrize(("score", "bound"), list(enumerate(TABLE)))
def test_every_bound_of_the_size_table_belongs_to_the_lower_score(score, bound):
    assert (size_score(Fraction(bound)), size_score(Fraction(bound) + Fraction(1, 100))) == (score, score + 1)


@pytest.mark.parametrize(
    ("field", "value", "usable"),
    [
        ("erythema", 0, True), ("erythema", 8, True), ("erythema", "8", True), ("erythema", "9", False),
        ("longest", 0, True), ("longest", 1, False), ("longest", "-1", False), ("longest", "0.5 cm", True),
    ],
)  # fmt: skip
def test_which_scores_and_lengths_can_be_used(field, value, usable):
    given = followed(lesions("c1", ASSESSED, {**LARGE, field: value}, SMALL))
    assert ([one.response.name for one in assessed(given)] != ["NE"]) is usable


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"erythema": None}, "index lesion L1 lacks erythema"),
        ({"longest": None}, "index lesion L1 lacks size"),
        ({"scaling": 9, "perpendicular": None}, "index lesion L1 lacks scaling, size"),
        ({"state": "cleared"}, "index lesion L1 is said to have cleared and has erythema, scaling, elevation, "
         "pigmentation, longest, perpendicular"),
        ({"state": "not_measurable"}, "index lesion L1 could not be scored as at baseline: not measurable"),
        ({"state": "excised"}, "index lesion L1 was excised, as told at c1"),
    ],
)  # fmt: skip
def test_why_a_lesion_has_no_sum(change, why):
    assert [one.why for one in assessed(followed(lesions("c1", ASSESSED, {**LARGE, **change}, SMALL)))] == [why]


@pytest.mark.parametrize(("erythroderma", "says"), [("yes", True), ("no", False), (None, False)])
def test_why_there_is_nothing_to_compare_with(erythroderma, says):
    asked = [form(BASELINE, {"erythroderma/scr/value": erythroderma})] if erythroderma else []
    given = subject(*asked, form(BASELINE, {"weight": "70 kg"}), course(1, START), lesions("c1", ASSESSED, LARGE))
    [one] = assessed(given)
    assert one.why.startswith("the patient is erythrodermic and ") is says
    assert one.why.endswith("no index lesion was scored before the first dose, so there is nothing to compare with")


def test_an_assessment_without_rules_of_response_has_no_words_and_a_baseline_says_what_it_lacks():
    bare = subject(
        lesions("baseline", BASELINE, LARGE), course(1, START), lesions("c1", ASSESSED, LARGE), protocol=protocol()
    )
    assert [one.words for one in assessed(bare)] == [""]
    part = {**LARGE, "scaling": None}
    given = subject(lesions("baseline", BASELINE, part), course(1, START), lesions("c1", ASSESSED, LARGE))
    assert [one.why for one in assessed(given)] == ["baseline: index lesion L1 lacks scaling"]


def test_an_excision_told_twice_is_told_as_of_the_first_time():
    given = followed(
        lesions("c1", ASSESSED, CLEARED, state("excised")), lesions("c2", "2025-04-28", CLEARED, state("irradiated"))
    )
    assert [one.why for one in assessed(given)] == ["index lesion L2 was excised, as told at c1"] * 2


def test_a_baseline_that_was_not_scored_in_whole_gives_way_to_the_one_before():
    """33 at screening, 20 at baseline: 16 is no response of 20, and one of 33 where a score is missing at baseline."""
    part = {name: score for name, score in of_sum(20).items() if name != "pigmentation"}
    for baseline, response in ((of_sum(20), "SD"), (part, "PR")):
        given = subject(
            lesions("screening", "2025-02-10", LARGE | {"erythema": 8, "scaling": 8, "elevation": 8}),  # 30 + 3 = 33
            lesions("baseline", BASELINE, baseline),
            course(1, START),
            lesions("c1", ASSESSED, of_sum(16)),  # 16 of 33, and of 20
        )
        assert [one.response.name for one in assessed(given)] == [response]


@pytest.mark.parametrize(("how", "later"), [("excised", True), ("irradiated", True), ("ulcerated", False)])
def test_a_finding_says_whether_later_visits_can_be_judged(how, later):
    [finding] = found(followed(lesions("c1", ASSESSED, LARGE, state(how))))
    assert ("nor at any later visit" in finding.matters) is later


@pytest.mark.parametrize(
    ("asked", "now", "counts"),
    [
        ({**NOTHING_NEW, "new_tumor": "yes"}, 20, "2025-03-29"),  # seen two days before the lesions were measured
        (NOTHING_NEW, 50, ASSESSED),  # by the sum: on the day its last part was measured
        ({**NOTHING_NEW, "new_node": "yes"}, 50, "2025-03-29"),
        (NOTHING_NEW, 20, None),
    ],
)
def test_progression_counts_from_new_disease_when_it_was_seen_and_from_a_sum_when_it_was_measured(asked, now, counts):
    measured = lesions("c1", ASSESSED, of_sum(now // 2), of_sum(now // 2), asked=None)
    said = form("2025-03-29", {"disease_assessment/c1": {"on": "2025-03-29", **asked}})
    [one] = assessed(followed(measured, said))
    assert (str(one.on), one.progressed_on) == (ASSESSED, day(counts) if counts else None)
