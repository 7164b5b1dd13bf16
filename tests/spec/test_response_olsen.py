"""The four compartments of mycosis fungoides and Sezary syndrome and the global score (Olsen et al., 2011).

By hand. Nodes: one of 4 cm x 2 cm and one of 2 cm x 1 cm make 8 + 2 = 10 cm2: partial up to 5, progression from 15.
Blood: from 4,000 cells per uL partial below 2,000; progression needs 5,000 and more than 6,000. Skin: thighs with 19 %
plaque and neck with 2 % patch make 38 + 2 = 40; 10 % plaque make 20, which is half.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from builders import case, course, day, form
from olsen_visits import CLEAR, DAYS, FULL, HALF, QUIET, SEZARY, SKIN_ONLY, STUDY, assessed, names, visit
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.olsen import GlobalResponse
from trialwright.standards.response.olsen_rules import (
    Blood,
    Category,
    Node,
    Viscera,
    blood_category,
    blood_class,
    global_category,
    node_category,
    skin_category,
    visceral_category,
)
from trialwright.standards.units import UNITS

F = Fraction


def categories(*names: str) -> list[Category]:
    return [Category[name] for name in names]


# ---- global score -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skin", "others", "overall"),
    [
        ("CR", "NI NI NI", "CR"), ("CR", "CR NI CR", "CR"), ("CR", "PR NI NI", "PR"), ("CR", "SD CR NI", "PR"),
        ("PR", "NI NI NI", "PR"), ("PR", "CR NI NI", "PR"), ("PR", "SD PR NI", "PR"), ("PR", "SD NI NI", "SD"),
        ("PR", "SD NI SD", "SD"), ("SD", "CR CR CR", "SD"), ("SD", "NI NI NI", "SD"), ("SD", "PR SD NI", "SD"),
        ("PD", "CR CR CR", "PD"), ("CR", "PD NI NI", "PD"), ("PR", "CR NI PD", "PD"),
        ("CR", "NI RELAPSE NI", "RELAPSE"),
        ("RELAPSE", "NI NI NI", "RELAPSE"), ("RELAPSE", "PD NI NI", "PD"),
        ("NE", "CR NI NI", "NE"), ("CR", "NE NI NI", "NE"), ("PR", "CR NE NI", "NE"), ("SD", "NI NI NE", "NE"),
        ("NE", "PD NI NI", "PD"), ("PD", "NE NE NE", "PD"), ("NE", "RELAPSE NE NI", "RELAPSE"),
    ],
)  # fmt: skip
def test_global_score_by_precedence(skin, others, overall):
    assert global_category(Category[skin], categories(*others.split())).name == overall


@pytest.mark.parametrize(
    ("earlier", "now", "tumor", "category"),
    [
        ([], 0, False, "CR"), ([], 50, False, "PR"), ([], 51, False, "SD"), ([], 124, False, "SD"),
        ([], 125, False, "PD"),
        ([], 10, True, "PD"), ([20], 70, False, "SD"), ([20], 71, False, "PD"),
        ([0], 0, False, "CR"), ([0], 1, False, "RELAPSE"), ([0], 0, True, "RELAPSE"), ([1], 2, False, "PR"),
    ],
)  # fmt: skip
def test_skin_from_100(earlier, now, tumor, category):
    assert skin_category(F(100), [F(one) for one in earlier], F(now), tumor).name == category


# ---- nodes --------------------------------------------------------------------------------------------------------


def node(longest: object, perpendicular: object, histology: str = "") -> Node:
    return Node(*(None if one is None else F(str(one)) for one in (longest, perpendicular)), histology)


@pytest.mark.parametrize(
    ("longest", "perpendicular", "histology", "abnormal"),
    [
        ("1.5", "1", "", False), ("1.6", "0.5", "", True), ("1.5", "1.1", "", True), ("1", "1", "", False),
        ("1", "1.1", "", True), ("0.9", "0.9", "", False), ("3", "2", "benign", False), ("3", "2", "N1", True),
        (None, "1", "", False),
    ],
)  # fmt: skip
def test_abnormal_nodes(longest, perpendicular, histology, abnormal):
    assert node(longest, perpendicular, histology).abnormal is abnormal


BEFORE = {"A": node(4, 2, "N3"), "B": node(2, 1), "C": node(1, 1)}


@pytest.mark.parametrize(
    ("now", "category"),
    [
        ((node(1, 1), node("1.5", 1)), "CR"), ((node("1.5", 1), node("1.6", 1)), "PR"),
        ((node(2, 2), node(1, 1)), "PR"), ((node("2.05", 2), node(1, 1)), "SD"),  # 5 and 5.1 cm2
        ((node(4, 3), node(2, "1.4")), "SD"), ((node(4, 3), node(2, "1.5")), "PD"),  # 14.8 and 15 cm2
        ((node(2, 2, "benign"), node(1, 1)), "CR"),
        ((node(2, 2), None), "NE"), ((node(5, 3), None), "PD"), ((node(2, None), node(1, 1)), "NE"),
    ],
)  # fmt: skip
def test_nodes_from_10_square_centimetres(now, category):
    told = {name: one for name, one in zip("AB", now, strict=True) if one}
    assert node_category(BEFORE, F(10), [], told).name == category


@pytest.mark.parametrize(
    ("fresh", "category"),
    [
        (node("1.5", 1), "CR"), (node(2, 1, "N3"), "PD"), (node(2, 1), "NE"), (node(2, 1, "N2"), "SD"),
        (node(2, 1, "benign"), "CR"), (node("1.2", "1.1", "N3"), "PD"),
    ],
)  # fmt: skip
def test_a_new_abnormal_node_is_progression_once_it_is_proven(fresh, category):
    now = {"A": node(1, 1), "B": node(1, 1), "D": fresh}
    assert node_category(BEFORE, F(10), [], now).name == category


@pytest.mark.parametrize(
    ("reached", "lowest", "now", "category"),
    [
        ("PR", 4, node(3, 2), "SD"), ("PR", 4, node("3.05", 2), "PD"), ("PR", 4, node("2.5", 2), "PR"),  # 6, 6.1, 5 cm2
        ("SD", 4, node("3.05", 2), "SD"), ("CR", 1, node("1.6", 1), "PD"), ("CR", "0.5", node(1, 1), "CR"),
        ("CR", 1, node(2, 1, "N3"), "RELAPSE"),
    ],
)  # fmt: skip
def test_a_response_of_the_nodes_that_is_lost(reached, lowest, now, category):
    told = {"A": now, "B": node(0, 0)}
    assert node_category(BEFORE, F(lowest), categories(reached), told).name == category


@pytest.mark.parametrize(
    ("short", "category"), [("1", "CR"), ("1.1", "PR"), ("1.4", "SD")]
)  # 1.4 x 1.4 = 1.96; 1.1 x 0.8 = 0.88 is 45 %
def test_a_node_abnormal_by_its_short_axis_must_be_normal_by_it(short, category):
    before = {"A": node("1.5", "1.4", "N3"), "B": node(2, 1)}  # 2.1 + 2 = 4.1 cm2, half is 2.05
    now = {"A": node("1.4", short), "B": node("0.5", "0.5")}
    assert node_category(before, F("4.1"), [], now).name == category


@pytest.mark.parametrize(("now", "category"), [({}, "NI"), ({"D": node(2, 1, "N3")}, "PD"), ({"D": node(2, 1)}, "NE")])
def test_nodes_that_were_not_involved(now, category):
    assert node_category({"C": node(1, 1)}, F(0), [], now).name == category


# ---- viscera ------------------------------------------------------------------------------------------------------

ORGANS = {"liver": F(8), "lung": F(2)}


@pytest.mark.parametrize(
    ("liver", "lung", "new", "size", "category"),
    [
        (0, 0, False, "normal", "CR"), (0, 0, False, "enlarged", "PR"), (0, 0, False, "", "NE"),
        (4, 1, False, "normal", "PR"), ("4.1", 1, False, "normal", "SD"), (4, 1, False, "increased", "SD"),
        (3, 2, False, "normal", "PR"),
        (0, "2.1", False, "normal", "SD"), (11, 2, False, "normal", "SD"), (12, 2, False, "normal", "PD"),
        (0, 3, False, "normal", "PD"), (None, 0, False, "normal", "NE"), (None, 3, False, "", "PD"),
        (0, 0, True, "normal", "PD"), (0, 0, None, "normal", "NE"), (12, 0, None, "", "PD"),
    ],
)  # fmt: skip
def test_viscera_organ_by_organ(liver, lung, new, size, category):
    organs = {name: None if one is None else F(one) for name, one in (("liver", liver), ("lung", lung))}
    assert visceral_category(ORGANS, ORGANS, [], Viscera(organs, new, size)).name == category


@pytest.mark.parametrize(("liver", "category"), [(3, "PR"), ("3.1", "PD")])
def test_a_response_of_the_viscera_that_is_lost(liver, category):
    lowest = {"liver": F(2), "lung": F(1)}
    now = Viscera({"liver": F(liver), "lung": F(1)}, False, "normal")
    assert visceral_category(ORGANS, lowest, categories("PR"), now).name == category


@pytest.mark.parametrize(("new", "category"), [(False, "NI"), (True, "PD"), (None, "NE")])
def test_viscera_that_were_not_involved(new, category):
    assert visceral_category({}, {}, [], Viscera({}, new)).name == category


def test_a_new_organ_after_a_complete_response_is_a_relapse():
    assert visceral_category(ORGANS, ORGANS, categories("CR"), Viscera({}, True)).name == "RELAPSE"


# ---- blood --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "clone", "grade"),
    [
        (0, None, "B0"), (249, True, "B0"), (250, None, "B1"), (999, True, "B1"), (1000, True, "B2"),
        (1001, True, "B2"), (1000, False, "B1"), (1000, None, None),
    ],
)  # fmt: skip
def test_blood_class_by_the_absolute_count(count, clone, grade):
    assert blood_class(F(count), clone) == grade


@pytest.mark.parametrize(
    ("before", "reached", "lowest", "now", "clone", "category"),
    [
        (4000, "SD", 4000, 249, True, "CR"), (4000, "SD", 4000, 250, True, "PR"), (4000, "SD", 4000, 1999, True, "PR"),
        (4000, "SD", 4000, 2000, True, "SD"), (4000, "SD", 4000, 6000, True, "SD"),
        (4000, "SD", 4000, 6001, True, "PD"),
        (3000, "SD", 3000, 4999, True, "SD"), (3000, "SD", 3000, 5000, True, "PD"),
        (4000, "PR", 1000, 5000, True, "PD"), (4000, "PR", 1000, 4999, True, "SD"),
        (4000, "SD", 3000, 5000, True, "SD"),
        (4000, "CR", 0, 249, True, "CR"), (4000, "CR", 0, 250, True, "RELAPSE"), (4000, "CR", 0, 3000, None, "RELAPSE"),
        (600, "SD", 600, 249, True, "CR"), (600, "SD", 600, 250, True, "SD"), (600, "SD", 600, 4999, True, "SD"),
        (600, "SD", 600, 5000, True, "PD"),
        (100, "NI", 100, 249, True, "NI"), (100, "NI", 100, 250, True, "SD"), (100, "NI", 100, 1000, True, "PD"),
        (100, "NI", 100, 1000, False, "SD"), (100, "NI", 100, 1000, None, "NE"),
    ],
)  # fmt: skip
def test_blood(before, reached, lowest, now, clone, category):
    told = blood_category(Blood(F(before), True), F(lowest), categories(reached), Blood(F(now), clone))
    assert told.name == category


@pytest.mark.parametrize(
    ("before", "category"),
    [(None, "NE"), (Blood(F(100)), "NI"), (Blood(F(600)), "NE"), (Blood(F(4000), True), "NE"), (Blood(F(4000)), "NE")],
)
def test_blood_that_was_not_counted(before, category):
    assert blood_category(before, F(0), [], None).name == category


def test_a_high_count_without_word_of_a_clone_at_baseline_leaves_the_blood_not_evaluable():
    assert blood_category(Blood(F(4000)), F(4000), [], Blood(F(100), True)).name == "NE"


# ---- a patient ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("skin", "response"), [(CLEAR, "CR"), (HALF, "PR"), (FULL, "SD"), (None, "NE")])
def test_a_patient_with_disease_of_the_skin_alone(skin, response):
    assert names(assessed(SKIN_ONLY, visit("c1", DAYS[0], skin))) == [response]


SMALL = {"A": (1, 1), "B": (1, 1)}
SAME = {"A": (4, 2), "B": (2, 1)}


@pytest.mark.parametrize(
    ("skin", "nodes", "count", "response"),
    [
        (CLEAR, SMALL, "40 /uL", "CR"), (CLEAR, SMALL, "4000 /uL", "PR"), (CLEAR, SAME, "4000 /uL", "PR"),
        (HALF, SMALL, "4000 /uL", "PR"), (HALF, SAME, "4000 /uL", "SD"), (HALF, SAME, "1999 /uL", "PR"),
        (FULL, SMALL, "40 /uL", "SD"), (CLEAR, SMALL, "6001 /uL", "PD"), (CLEAR, {**SAME, "B": (5, 2)}, "40 /uL", "PD"),
        (CLEAR, {}, "40 /uL", "NE"), (CLEAR, SMALL, None, "NE"), (None, SMALL, "40 /uL", "NE"),
        (None, {}, "6001 /uL", "PD"),
    ],
)  # fmt: skip
def test_a_patient_with_sezary_syndrome(skin, nodes, count, response):
    told = {"count": count} if count else {}
    assert names(assessed(SEZARY, visit("c1", DAYS[0], skin, nodes=nodes, **told))) == [response]


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (QUIET, "CR"), ({**QUIET, "new_visceral": "yes"}, "PD"), ({**QUIET, "new_tumor": "yes"}, "PD"),
        ({**QUIET, "new_node": "yes"}, "NE"),  # seen, not measured, not proven
        ({"new_tumor": "no", "new_node": "no"}, "NE"), ({"new_visceral": "no"}, "NE"),
    ],
)  # fmt: skip
def test_what_the_disease_assessment_says(asked, response):
    assert names(assessed(SKIN_ONLY, visit("c1", DAYS[0], CLEAR, asked=asked))) == [response]


def test_a_compartment_nobody_assessed_at_baseline_is_not_taken_for_free_of_disease():
    for left_out in ("nodes", "count", "viscera"):
        whole: dict[str, Any] = {"nodes": {"C": (1, 1)}, "count": "40 /uL", "viscera": "not_involved"}
        kept = {name: told for name, told in whole.items() if name != left_out}
        found = assessed(visit("baseline", "2025-02-25", FULL, **kept), visit("c1", DAYS[0], CLEAR))
        assert (left_out, names(found)) == (left_out, ["NE"])


def test_recurrence_after_complete_clearance_is_a_relapse_and_progression():
    found = assessed(SKIN_ONLY, visit("c1", DAYS[0], CLEAR), visit("c2", DAYS[1], {"neck": {"patch": "1 %"}}))
    assert names(found) == ["CR", "PD"]
    assert "relapse" in found[1].why


def test_the_why_tells_every_compartment():
    [one] = assessed(SEZARY, visit("c1", DAYS[0], HALF, nodes=SMALL, count="4000 /uL"))
    for told in ("skin: partial", "nodes: complete", "viscera: not involved", "blood: stable"):
        assert told in one.why


def test_progression_of_a_node_that_was_only_reported_is_told_and_not_counted():
    said = {**QUIET, "node_progression": "yes"}
    small, big = ({"A": (4, 2), "B": (2, 1)}, {"A": (4, 3), "B": (2, "1.5")})
    told = [assessed(SEZARY, visit("c1", DAYS[0], FULL, said, nodes=n, count="4000 /uL"))[0] for n in (small, big)]
    assert names(told) == ["SD", "PD"]
    assert ["do not show" in one.why for one in told] == [True, False]


def test_a_count_before_the_first_dose_is_not_the_count_of_a_later_visit():
    later = form("2025-03-01", {"sezary_cells/extra": {"value": "40 /uL", "on": "2025-03-01"}})
    given = visit("c1", DAYS[0], CLEAR, nodes=SMALL)
    found = GlobalResponse().assess(
        case(SEZARY, later, course(1, "2025-03-03"), given, protocol=STUDY, concepts=CONCEPTS, units=UNITS),
        day("2026-01-01"),
    )
    assert "blood: not involved" in found[0].why  # 40 per uL is the baseline, and no count belongs to the visit


def test_a_flare_of_the_skin_excuses_no_progression_elsewhere():
    worse = {"thighs": {"plaque": "19 %"}, "feet": {"plaque": "7 %"}}  # 52, from 50 on progression
    flare = {**QUIET, "flare_suspected": "yes"}
    assert names(assessed(SKIN_ONLY, visit("c1", DAYS[0], worse, asked=flare))) == ["NE"]
    big = {"A": (4, 3), "B": (2, "1.5")}
    assert names(assessed(SEZARY, visit("c1", DAYS[0], worse, asked=flare, nodes=big, count="4000 /uL"))) == ["PD"]


@pytest.mark.parametrize(
    ("count", "bound", "response"),
    [
        ("0.04 10*9/L", "", "CR"),
        ("250 /uL", "<", "CR"),
        ("300 /uL", "<", "NE"),
        ("200 /uL", ">", "NE"),
        ("4 cm", "", "NE"),
    ],
)  # fmt: skip
def test_a_count_told_only_as_below_or_above_counts_where_it_is_certain(count, bound, response):
    at = visit("c1", DAYS[0], CLEAR, nodes=SMALL, count=count)
    known = form(DAYS[0], {"sezary_cells/c1/bound": bound}) if bound else form(DAYS[0], {})
    assert names(assessed(SEZARY, at, known)) == [response]


def test_viscera_by_organ():
    before = visit("baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL", lesions={"L": ("liver", 4, 2)})
    half = visit("c1", DAYS[0], CLEAR, lesions={"L": ("liver", 2, 2)}, organ_size="normal")
    gone = visit("c2", DAYS[1], CLEAR, lesions={"L": ("liver", 0, 0)}, organ_size="normal")
    other = visit("c3", DAYS[2], CLEAR, lesions={"L": ("liver", 0, 0), "M": ("lung", 1, 1)}, organ_size="normal")
    assert names(assessed(before, half, gone, other)) == ["PR", "CR", "PD"]


def test_measurements_that_cannot_be_used_are_told():
    given = case(SEZARY, visit("c1", DAYS[0], CLEAR, nodes={"A": (1, -1), "B": (1, 1)}), protocol=STUDY,
                 concepts=CONCEPTS, units=UNITS)  # fmt: skip
    [one] = GlobalResponse().findings(given, day("2026-01-01"))
    assert "node measurement A" in one.says


def test_before_the_first_dose_there_is_no_response():
    given = case(SEZARY, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    assert GlobalResponse().assess(given, day("2026-01-01")) == ()
