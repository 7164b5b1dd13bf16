"""The mSWAT of the whole skin: from percents of body surface by region to the skin response.

Golden values by hand: the whole body covered by plaque is 100 x 2 = 200, by tumor 100 x 4 = 400. From a baseline of 100
a response holds up to 50 and progression begins at 125; once a response was reached with a lowest value of 20,
progression begins beyond 20 + 50 = 70.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import case, course, day, form, protocol
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.mswat import REGIONS, SkinAssessment, skin_response, skin_sum
from trialwright.standards.units import UNITS

NOTHING_NEW = {"new_tumor": "no", "new_node": "no", "node_progression": "no", "new_visceral": "no"}
NONE = {"patch": "0 %", "plaque": "0 %", "tumor": "0 %"}
INSTRUMENT = SkinAssessment()


def test_the_regions_make_up_the_whole_body():
    assert sum(REGIONS.values()) == 100
    assert len(REGIONS) == 12


@pytest.mark.parametrize(("kind", "total"), [("patch", 100), ("plaque", 200), ("tumor", 400)])
def test_a_whole_body_of_one_kind(kind, total):
    assert skin_sum({region: {kind: Fraction(share)} for region, share in REGIONS.items()}) == total


@pytest.mark.parametrize(
    ("earlier", "now", "response"),
    [
        ([], 0, "CR"), ([], 1, "PR"), ([], 50, "PR"), ([], 51, "SD"), ([], 100, "SD"), ([], 124, "SD"), ([], 125, "PD"),
        ([20], 20, "PR"), ([20], 50, "PR"), ([20], 70, "SD"), ([20], 71, "PD"),
        ([20, 60], 70, "SD"), ([20, 60], 71, "PD"),
        ([51], 124, "SD"),  # no response was reached, so none can be lost
        ([50], 100, "SD"), ([50], 101, "PD"),
        ([0], 50, "PR"), ([0], 51, "PD"),
    ],
)  # fmt: skip
def test_response_from_a_baseline_of_100(earlier, now, response):
    assert skin_response(Fraction(100), [Fraction(one) for one in earlier], Fraction(now)).name == response


def test_a_new_tumor_is_progression_whatever_the_sum():
    assert skin_response(Fraction(100), [], Fraction(0), new_tumor=True).name == "PD"


def skin(visit, on, asked=NOTHING_NEW, **regions):
    items = {
        f"skin_region/{visit}.{name}": {"region": name, "on": on, **NONE, **(regions.get(name) or {})}
        for name in REGIONS
    }
    left_out = [f"skin_region/{visit}.{name}" for name, told in regions.items() if told is None]
    kept = {key: told for key, told in items.items() if key not in left_out}
    return form(on, {**kept, f"disease_assessment/{visit}": {"on": on, **asked}})


def assessed(*visits):
    given = case(
        skin("baseline", "2025-02-25", thighs={"plaque": "19 %"}, neck={"patch": "2 %"}),  # 38 + 2 = 40
        course(1, "2025-03-03"),
        *visits,
        protocol=protocol(response={"id": "response", "quotes": ["response is assessed"]}),
        concepts=CONCEPTS,
        units=UNITS,
    )
    return INSTRUMENT.assess(given, day("2026-01-01")), INSTRUMENT.findings(given, day("2026-01-01"))


@pytest.mark.parametrize(
    ("regions", "response", "ratio"),
    [
        ({}, "CR", Fraction(0)),
        ({"thighs": {"plaque": "10 %"}}, "PR", Fraction(1, 2)),
        ({"thighs": {"plaque": "10.5 %"}}, "SD", Fraction(21, 40)),
        ({"thighs": {"plaque": "19 %"}, "feet": {"plaque": "6 %"}}, "PD", Fraction(5, 4)),
        ({"feet": {"tumor": "0.5 %"}}, "PD", Fraction(1, 20)),  # a tumor where there was none
    ],
)
def test_response_of_a_visit(regions, response, ratio):
    [one], findings = assessed(skin("c1", "2025-03-31", **regions))
    assert (one.response.name, one.ratio, findings) == (response, ratio, ())


@pytest.mark.parametrize(
    ("regions", "why"),
    [
        ({"neck": None}, "neck was not scored"),
        ({"neck": {"patch": "3 %"}}, "more than its 2%"),
        ({"neck": {"patch": "1 %", "plaque": "1.5 %"}}, "more than its 2%"),
        ({"neck": {"patch": "-1 %"}}, "neck was not scored"),
        ({"neck": {"patch": "1 cm"}}, "neck was not scored"),
    ],
)
def test_a_region_that_is_missing_or_impossible_makes_the_visit_not_evaluable(regions, why):
    [one], findings = assessed(skin("c1", "2025-03-31", **regions))
    assert (one.response.name, one.adequate) == ("NE", False)
    assert why in one.why
    assert len(findings) == 1


@pytest.mark.parametrize(
    ("visits", "responses"),
    [
        # 40 at baseline; 10 % plaque are 20, half of it; from a lowest of 4 a response is lost beyond 4 + 20 = 24
        (("2 %", "12 %"), "PR SD"),
        (("2 %", "12.5 %"), "PR PD"),
        (("2 %", "10 %"), "PR PR"),
        # after complete clearance any recurrence is a relapse, which is progression
        (("0 %", "0 %"), "CR CR"),
        (("0 %", "0.5 %"), "CR PD"),
        (("0 %", "10 %"), "CR PD"),
    ],
)
def test_a_lost_response_and_a_relapse_are_progression(visits, responses):
    days = ("2025-03-31", "2025-04-28")
    found, _ = assessed(
        *(skin(f"c{n}", on, thighs={"plaque": share}) for n, (on, share) in enumerate(zip(days, visits, strict=True)))
    )
    assert " ".join(one.response.name for one in found) == responses
    assert ("recurrence after complete clearance" in found[1].events) == (responses == "CR PD")


@pytest.mark.parametrize(
    ("baseline", "regions", "asked", "response"),
    [
        # tumors on 5 % of the thighs weigh 20, and 10 % of patch on them 10: 30 at baseline
        ({"thighs": {"tumor": "5 %", "patch": "10 %"}}, {"thighs": {"tumor": "1 %"}}, "yes", "PR"),
        ({"thighs": {"tumor": "5 %", "patch": "10 %"}}, {"feet": {"tumor": "1 %"}}, "no", "PR"),
        ({"thighs": {"tumor": "5 %", "patch": "10 %"}}, {"thighs": {"tumor": "1 %"}}, None, "PR"),
        ({"thighs": {"plaque": "15 %"}}, {"thighs": {"plaque": "1 %"}}, "yes", "PD"),
        ({"thighs": {"plaque": "15 %"}}, {"thighs": {"plaque": "1 %"}}, None, "NE"),
        ({"thighs": {"plaque": "15 %"}}, {"feet": {"tumor": "1 %"}}, "no", "PD"),
    ],
)
def test_a_new_tumor_is_progression_only_where_the_patient_had_none(baseline, regions, asked, response):
    given = case(
        skin("baseline", "2025-02-25", **baseline),
        course(1, "2025-03-03"),
        skin("c1", "2025-03-31", asked={**NOTHING_NEW, "new_tumor": asked}, **regions),
        protocol=protocol(response={"id": "response", "quotes": ["response is assessed"]}),
        concepts=CONCEPTS,
        units=UNITS,
    )
    assert [one.response.name for one in INSTRUMENT.assess(given, day("2026-01-01"))] == [response]


def test_a_new_node_is_progression_and_a_question_nobody_answered_is_not_no():
    [one], _ = assessed(skin("c1", "2025-03-31", asked={**NOTHING_NEW, "new_node": "yes"}))
    assert one.response.name == "PD"
    [one], _ = assessed(skin("c1", "2025-03-31", asked={"new_tumor": "no"}))
    assert one.response.name == "NE"


@pytest.mark.parametrize(
    ("share", "why"),
    [
        ("10 %", "mSWAT 20 against 40 at baseline"),
        ("10.25 %", "mSWAT 20.5 against 40 at baseline"),
    ],
)
def test_the_reason_tells_both_sums(share, why):
    [one], _ = assessed(skin("c1", "2025-03-31", thighs={"plaque": share}))
    assert (one.why, one.words) == (why, "response is assessed")


def before_and_after(baseline, **rules):
    told = [skin("baseline", "2025-02-25", **baseline)] if baseline is not None else []
    given = case(
        *told, course(1, "2025-03-03"), skin("c1", "2025-03-31"), protocol=protocol(**rules), concepts=CONCEPTS,
        units=UNITS,
    )  # fmt: skip
    return INSTRUMENT.assess(given, day("2026-01-01"))


def test_without_a_whole_baseline_there_is_no_response_and_the_reason_is_told():
    said = {
        "never": (None, "the skin was not scored before the first dose, so there is nothing to compare with"),
        "part": ({"neck": None}, "baseline: neck was not scored"),
        "clear": ({}, "the sum at baseline is 0, so there is no ratio to it"),
    }
    for baseline, why in said.values():
        [one] = before_and_after(baseline)
        assert (one.response.name, one.ratio, one.why, one.words) == ("NE", None, why, "")


@pytest.mark.parametrize(("share", "usable"), [(0, True), ("0", True), ("1", False), ("-1", False), ("0.5 %", True)])
def test_a_bare_number_is_a_percent_only_where_it_is_zero(share, usable):
    [one], findings = assessed(skin("c1", "2025-03-31", neck={"patch": share}))
    assert (one.response.name != "NE") is usable
    assert bool(findings) is not usable


def test_a_region_scored_twice_is_not_scored_and_a_region_may_be_full():
    twice = form("2025-03-31", {"skin_region/c1.again": {"region": "neck", "on": "2025-03-31", **NONE}})
    [one], _ = assessed(skin("c1", "2025-03-31"), twice)
    assert one.why == "neck was not scored"
    [full], findings = assessed(skin("c1", "2025-03-31", neck={"patch": "1 %", "plaque": "1 %"}))
    assert (full.ratio, findings) == (Fraction(3, 40), ())


def test_a_visit_at_which_the_skin_was_not_scored_is_no_finding():
    asked = form("2025-03-31", {"disease_assessment/c1": {"on": "2025-03-31", **NOTHING_NEW}})
    [one], findings = assessed(asked)
    assert (one.response.name, findings) == ("NE", ())


def test_a_baseline_that_was_not_scored_in_whole_gives_way_to_the_one_before():
    """40 at screening; 20 at baseline: 20 is half of 40, and no response of 20."""
    after = skin("c1", "2025-03-31", thighs={"plaque": "10 %"})
    for neck, response in (({"patch": "0 %"}, "SD"), (None, "PR")):
        given = case(
            skin("screening", "2025-02-10", thighs={"plaque": "19 %"}, neck={"patch": "2 %"}),
            skin("baseline", "2025-02-25", thighs={"plaque": "10 %"}, neck=neck),
            course(1, "2025-03-03"),
            after,
            protocol=protocol(response={"id": "response", "quotes": ["response is assessed"]}),
            concepts=CONCEPTS,
            units=UNITS,
        )
        assert [one.response.name for one in INSTRUMENT.assess(given, day("2026-01-01"))] == [response]
