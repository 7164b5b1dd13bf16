"""A patient followed over several visits by the four compartments: baselines, smallest values, what each visit keeps.

By hand. Nodes A (4 cm x 2 cm) and B (2 cm x 1 cm) make 10 cm2 at baseline: partial up to 5; after a response it is lost
beyond one and a half times the smallest sum. Blood from 4,000 cells per uL: partial below 2,000; a response is lost
from 5,000 on where that is more than one and a half times the smallest count.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import case, course, day, form, protocol
from olsen_visits import CLEAR, DAYS, FULL, HALF, QUIET, SEZARY, SKIN_ONLY, STUDY, assessed, visit
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.olsen import GlobalResponse
from trialwright.standards.units import UNITS

SMALL = {"A": (1, 1), "B": (1, 1)}  # 2 cm2


def judged(*events, study=STUDY):
    return GlobalResponse().assess(case(*events, protocol=study, concepts=CONCEPTS, units=UNITS), day("2026-01-01"))


def told(one, compartment: str) -> str:
    """What the assessment says of one compartment."""
    part = one.why.split(f"{compartment}: ")[1]
    return part.split(",")[0].split(")")[0]


# --- nodes over time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        # A grows from the smallest sum of 4 cm2: lost beyond 6
        (((4, 1), (6, 1)), "partial response|stable disease"),
        (((4, 1), ("6.1", 1)), "partial response|progression"),
        # no response was reached, so that none can be lost
        (((6, 1), ("9.1", 1)), "stable disease|stable disease"),
        # the smallest sum is the smallest so far, not the last one
        (((4, 1), (5, 1), ("6.1", 1)), "partial response|partial response|progression"),
        # a visit at which a node was not measured leaves no smallest sum behind
        (((4, 1), None, (6, 1)), "partial response|not evaluable|stable disease"),
    ],
)
def test_a_response_of_the_nodes_is_lost_by_the_smallest_sum(sums, expected):
    visits = [
        visit(f"c{n}", on, FULL, nodes={"A": one, "B": (0, 0)} if one else {"B": (0, 0)}, count="4000 /uL")
        for n, (on, one) in enumerate(zip(DAYS, sums, strict=False))
    ]
    found = [told(one, "nodes") for one in assessed(SEZARY, *visits)]
    assert found == expected.split("|")


def test_a_node_that_was_measured_again_counts_by_its_histology():
    fresh = {**SMALL, "N": (2, 2, "benign")}
    proven = {**SMALL, "N": (2, 2, "N3")}
    for nodes, expected in ((fresh, "complete response"), (proven, "progression")):
        [one] = assessed(SEZARY, visit("c1", DAYS[0], CLEAR, nodes=nodes, count="40 /uL"))
        assert told(one, "nodes") == expected


def test_the_baseline_of_the_nodes_is_the_last_visit_at_which_all_of_them_were_measured():
    """Screening: 10 cm2; at baseline B has one diameter, so screening stands: 5 cm2 are half of it."""
    first = visit(
        "screening", "2025-02-10", FULL, nodes={"A": (4, 2), "B": (2, 1)}, count="40 /uL", viscera="not_involved"
    )
    part = visit("baseline", "2025-02-25", FULL, nodes={"A": (8, 4), "B": (2, -1)})
    later = visit("baseline", "2025-02-25", FULL, nodes={"A": (8, 4), "B": (2, 1)})  # 34 cm2
    after = visit("c1", DAYS[0], FULL, nodes={"A": (4, 2), "B": (0, 0)})  # 8 cm2
    for before, expected in ((part, "stable disease"), (later, "partial response")):
        [one] = judged(first, before, course(1, "2025-03-03"), after)
        assert told(one, "nodes") == expected


# --- viscera over time --------------------------------------------------------------------------------------------

ORGANS = visit(
    "baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL",
    lesions={"L": ("liver", 4, 2), "K": ("liver", 1, 2), "S": ("spleen", 3, 2)},
)  # fmt: skip


@pytest.mark.parametrize(
    ("lesions", "size", "expected"),
    [
        # liver 10 and spleen 6 at baseline: together 16
        ({"L": ("liver", 4, 2), "K": ("liver", 1, 2), "S": ("spleen", 3, 2)}, "normal", "stable disease"),
        ({"L": ("liver", 2, 2), "K": ("liver", 0, 0), "S": ("spleen", 2, 2)}, "normal", "partial response"),
        ({"L": ("liver", 2, 2), "K": ("liver", 0, 0), "S": ("spleen", 2, 2)}, "increased", "stable disease"),
        ({"L": ("liver", 0, 0), "K": ("liver", 0, 0), "S": ("spleen", 7, 1)}, "normal", "stable disease"),
        ({"L": ("liver", 0, 0), "K": ("liver", 0, 0), "S": ("spleen", 9, 1)}, "normal", "progression"),
        ({"L": ("liver", "7.4", 2), "K": ("liver", 0, 0), "S": ("spleen", 0, 0)}, "normal", "stable disease"),
        ({"L": ("liver", "7.5", 2), "K": ("liver", 0, 0), "S": ("spleen", 0, 0)}, "normal", "progression"),
        ({"L": ("liver", 0, 0), "K": ("liver", 0, 0), "S": ("spleen", 0, 0)}, "normal", "complete response"),
        # an organ that was not measured in whole
        ({"L": ("liver", 0, 0), "K": ("liver", 0, -1), "S": ("spleen", 0, 0)}, "normal", "not evaluable"),
        ({"L": ("liver", 0, 0), "K": ("liver", 0, 0)}, "normal", "not evaluable"),
        # nobody said anything of liver and spleen
        ({"L": ("liver", 0, 0), "K": ("liver", 0, 0), "S": ("spleen", 0, 0)}, None, "not evaluable"),
    ],
)
def test_the_organs_against_their_baseline(lesions, size, expected):
    said = {"organ_size": size} if size else {}
    [one] = assessed(ORGANS, visit("c1", DAYS[0], CLEAR, lesions=lesions, **said))
    assert told(one, "viscera") == expected


@pytest.mark.parametrize(
    ("third", "expected"),
    [("6", "stable disease"), ("6.1", "progression")],
)
def test_a_response_of_an_organ_is_lost_by_its_smallest_measurement(third, expected):
    before = visit("baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL", lesions={"L": ("liver", 10, 1)})
    sizes = ("4", "5", third)  # the smallest is 4, and one and a half times it 6
    visits = [
        visit(f"c{n}", on, CLEAR, lesions={"L": ("liver", size, 1)}, organ_size="normal")
        for n, (on, size) in enumerate(zip(DAYS, sizes, strict=True))
    ]
    assert told(assessed(before, *visits)[-1], "viscera") == expected


def test_a_visceral_lesion_that_a_biopsy_found_free_counts_nothing_and_one_without_an_organ_is_its_own():
    free = {"visceral_lesion/c1.L/histology": "benign"}
    before = visit("baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL", lesions={"L": ("", 4, 2)})
    after = visit("c1", DAYS[0], CLEAR, lesions={"L": ("", 4, 2)}, organ_size="normal")
    assert [told(one, "viscera") for one in assessed(before, after)] == ["stable disease"]
    assert [told(one, "viscera") for one in assessed(before, after, form(DAYS[0], free))] == ["complete response"]


def test_an_organ_without_a_lesion_at_baseline_is_not_involved_and_a_lesion_in_it_is_new():
    before = visit("baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL", lesions={"L": ("liver", 0, 0)})
    quiet = visit("c1", DAYS[0], CLEAR, organ_size="normal")
    grown = visit("c1", DAYS[0], CLEAR, lesions={"L": ("liver", 1, 1)}, organ_size="normal")
    assert [told(one, "viscera") for one in assessed(before, quiet)] == ["not involved"]
    assert [told(one, "viscera") for one in assessed(before, grown)] == ["progression"]


# --- blood over time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (("1999 /uL", "4999 /uL"), "partial response|stable disease"),
        (("1999 /uL", "5000 /uL"), "partial response|progression"),
        (("2000 /uL", "5000 /uL"), "stable disease|stable disease"),
        (("1000 /uL", "1999 /uL", "5000 /uL"), "partial response|partial response|progression"),
        # after a complete response any return is a relapse
        (("249 /uL", "250 /uL"), "complete response|relapse after a complete response"),
    ],
)
def test_a_response_of_the_blood_is_lost_by_the_smallest_count(counts, expected):
    nodes = {"A": (4, 2), "B": (2, 1)}
    visits = [
        visit(f"c{n}", on, FULL, nodes=nodes, count=count)
        for n, (on, count) in enumerate(zip(DAYS, counts, strict=False))
    ]
    assert [told(one, "blood") for one in assessed(SEZARY, *visits)] == expected.split("|")


def test_a_count_between_two_visits_belongs_to_the_later_one_and_one_of_the_day_before_to_that_day():
    nodes = {"A": (4, 2), "B": (2, 1)}
    between = form("2025-04-10", {"sezary_cells/u1": {"value": "100 /uL", "on": "2025-04-10"}})
    first, second = visit("c1", DAYS[0], FULL, nodes=nodes, count="4000 /uL"), visit("c2", DAYS[1], FULL, nodes=nodes)
    found = assessed(SEZARY, first, between, second)
    assert [told(one, "blood") for one in found] == ["stable disease", "complete response"]
    alone = assessed(SEZARY, first, second)
    assert told(alone[1], "blood") == "not evaluable"  # the count of the first visit is not one of the second


def test_a_count_of_the_day_of_the_first_dose_is_the_baseline_and_the_last_word_on_a_clone_counts():
    later = form("2025-03-03", {"sezary_cells/d1": {"value": "8000 /uL", "on": "2025-03-03"}})
    nodes = {"A": (4, 2), "B": (2, 1)}
    half = visit("c1", DAYS[0], FULL, nodes=nodes, count="3000 /uL")  # less than half of 8,000, not of 4,000
    start = course(1, "2025-03-03")
    assert [told(one, "blood") for one in judged(SEZARY, start, half)] == ["stable disease"]
    assert [told(one, "blood") for one in judged(SEZARY, later, start, half)] == ["partial response"]
    no_clone = form("2025-03-01", {"blood_clone/x": {"value": "no", "on": "2025-03-01"}})
    assert [told(one, "blood") for one in judged(SEZARY, no_clone, later, start, half)] == ["stable disease"]


@pytest.mark.parametrize(("count", "expected"), [("0 /uL", "complete response"), ("-1 /uL", "not evaluable")])
def test_no_cells_at_all_are_a_count_and_a_negative_number_is_none(count, expected):
    [one] = assessed(SEZARY, visit("c1", DAYS[0], FULL, nodes=SMALL, count=count))
    assert told(one, "blood") == expected


# --- skin, and the visit as a whole -------------------------------------------------------------------------------


def test_the_ratio_of_the_skin_to_its_baseline_is_told_where_it_was_scored():
    found = assessed(SKIN_ONLY, visit("c1", DAYS[0], HALF), visit("c2", DAYS[1], None), visit("c3", DAYS[2], CLEAR))
    assert [one.ratio for one in found] == [Fraction(1, 2), None, Fraction(0)]


def test_the_baseline_of_the_skin_is_the_last_one_that_was_scored_in_whole():
    """Screening has 40, the baseline 20: 10 are half of 20; with a region left out at baseline, a quarter of 40."""
    others = {"nodes": {"C": (1, 1)}, "count": "40 /uL", "viscera": "not_involved"}
    screening = visit("screening", "2025-02-10", FULL, **others)
    quarter = visit("c1", DAYS[0], {"thighs": {"plaque": "5 %"}})
    for baseline, ratio in ((visit("baseline", "2025-02-25", HALF), Fraction(1, 2)), (None, Fraction(1, 4))):
        events = [screening, *([baseline] if baseline else []), course(1, "2025-03-03"), quarter]
        assert [one.ratio for one in judged(*events)] == [ratio]


def test_a_skin_that_was_clear_at_baseline_or_never_scored_gives_no_response():
    clear = visit("baseline", "2025-02-25", CLEAR, nodes={"C": (1, 1)}, count="40 /uL", viscera="not_involved")
    never = visit("baseline", "2025-02-25", None, nodes={"C": (1, 1)}, count="40 /uL", viscera="not_involved")
    for before in (clear, never):
        [one] = assessed(before, visit("c1", DAYS[0], CLEAR))
        assert (one.response.name, told(one, "skin"), one.ratio) == ("NE", "not evaluable", None)


@pytest.mark.parametrize(
    ("complete", "skin", "adequate"),
    [({}, CLEAR, True), ({"complete": "yes"}, CLEAR, True), ({"complete": "no"}, CLEAR, False), ({}, None, False)],
)
def test_a_visit_is_adequate_where_it_could_be_judged_and_nobody_called_it_incomplete(complete, skin, adequate):
    [one] = assessed(SKIN_ONLY, visit("c1", DAYS[0], skin, asked={**QUIET, **complete}))
    assert one.adequate is adequate


def test_an_assessment_carries_the_words_of_the_protocol_and_a_visit_of_the_day_of_the_first_dose_is_baseline():
    [one] = assessed(SKIN_ONLY, visit("c1", DAYS[0], CLEAR))
    assert one.words == "response is assessed"
    [bare] = judged(SKIN_ONLY, course(1, "2025-03-03"), visit("c1", DAYS[0], CLEAR), study=protocol())
    assert bare.words == ""
    same_day = visit("d1", "2025-03-03", CLEAR)
    assert [one.on for one in judged(SKIN_ONLY, course(1, "2025-03-03"), same_day)] == []


def test_a_new_tumor_counts_only_in_a_patient_who_had_none():
    tumors = {"thighs": {"tumor": "5 %"}}
    before = visit("baseline", "2025-02-25", tumors, nodes={"C": (1, 1)}, count="40 /uL", viscera="not_involved")
    after = visit("c1", DAYS[0], {"thighs": {"tumor": "1 %"}}, asked={**QUIET, "new_tumor": "yes"})
    assert [told(one, "skin") for one in assessed(before, after)] == ["partial response"]
    assert [told(one, "skin") for one in assessed(SKIN_ONLY, after)] == ["progression"]


def test_a_visit_of_the_day_of_the_first_dose_is_the_baseline_of_every_compartment():
    """Screening: skin 40, nodes 10 cm2, liver 8 cm2, 8,000 cells; the day of the first dose has half of each."""
    screening = visit(
        "screening", "2025-02-10", FULL, nodes={"A": (4, 2), "B": (2, 1)}, count="8000 /uL", clone="yes",
        lesions={"L": ("liver", 4, 2)},
    )  # fmt: skip
    first = visit(
        "d1", "2025-03-03", HALF, nodes={"A": (2, 2), "B": (1, 1)}, count="4000 /uL", lesions={"L": ("liver", 2, 2)}
    )
    same = visit(
        "c1", DAYS[0], HALF, nodes={"A": (2, 2), "B": (1, 1)}, count="3000 /uL", lesions={"L": ("liver", 2, 2)},
        organ_size="enlarged",
    )  # fmt: skip
    start = course(1, "2025-03-03")
    [against_first] = judged(screening, first, start, same)
    [against_screening] = judged(screening, start, same)
    for name in ("skin", "nodes", "viscera", "blood"):
        assert (told(against_first, name), told(against_screening, name)) == ("stable disease", "partial response")


def test_an_organ_that_was_not_measured_in_whole_at_baseline_stands_as_at_screening():
    """Liver of 8 cm2 at screening; at baseline one diameter is missing; 4 cm2 are half of 8."""
    others = {"nodes": {"C": (1, 1)}, "count": "40 /uL"}
    screening = visit("screening", "2025-02-10", FULL, lesions={"L": ("liver", 4, 2)}, **others)
    part = visit("baseline", "2025-02-25", FULL, lesions={"L": ("liver", 2, -1)})
    after = visit("c1", DAYS[0], FULL, lesions={"L": ("liver", 2, 2)}, organ_size="normal")
    [one] = judged(screening, part, course(1, "2025-03-03"), after)
    assert told(one, "viscera") == "partial response"
