"""The Lugano classification of lymphoma (Cheson et al., J Clin Oncol 2014;32:3059, Table 3), by worked cases.

Baseline here: node A 4 cm x 3 cm and extranodal B 2 cm x 2 cm, 12 + 4 = 16 cm2: partial up to 8. The spleen of 15 cm is
the publication's own example: it must grow to more than 16 cm; half of its excess is lost below 14 cm.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from builders import case, course, day, form, protocol
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.lugano import Lugano
from trialwright.standards.response.lugano_rules import (
    Lesion,
    Smallest,
    lesion_progressed,
    pet_response,
    spleen_progressed,
    spleen_responded,
)
from trialwright.standards.units import UNITS

F = Fraction
STUDY = protocol(response={"id": "response", "quotes": ["response is assessed"]})
DAYS = ("2025-04-28", "2025-06-23", "2025-08-18")
QUIET = {"new_lesion": "no", "marrow": "not_involved", "unmeasured": "none", "spleen": "12 cm"}


# ---- by PET -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "uptake", "new", "marrow", "response"),
    [
        (1, "", False, False, "CR"), (2, "", False, False, "CR"), (3, "", False, False, "CR"),
        (3, "increased", False, False, "CR"), (4, "reduced", False, False, "PR"), (5, "reduced", False, False, "PR"),
        (4, "unchanged", False, False, "SD"), (5, "unchanged", False, False, "SD"),
        (4, "increased", False, False, "PD"), (5, "increased", False, False, "PD"), (4, "", False, False, "NE"),
        (1, "", True, False, "PD"), (4, "reduced", True, False, "PD"), (None, "", True, False, "PD"),
        (1, "", None, False, "NE"), (None, "reduced", False, False, "NE"), (5, "increased", None, False, "PD"),
        (3, "", False, True, "PR"),
    ],
)  # fmt: skip
def test_by_pet(score, uptake, new, marrow, response):
    assert pet_response(score, uptake, new, marrow).name == response


# ---- one lesion ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("smallest", "now", "progressed"),
    [
        ((1, 1), ("1.5", "1.5"), False),  # 225 %, 0.5 cm longer, but of normal length
        ((1, 1), ("1.6", "1"), True),  # 160 %, 0.6 cm longer
        (("1.2", "1.2"), ("1.6", "1.6"), False),  # 178 %, but 0.4 cm longer
        (("1.2", "1.2"), ("1.7", "1.2"), False),  # 0.5 cm longer, but 142 %
        (("1.2", "1.2"), ("1.8", "1.2"), True),  # 150 %
        ((2, 2), ("2.5", "2.4"), True),  # 2 cm is still small: 0.5 cm
        ((2, 2), ("2.4", "2.49"), False),  # 149 %
        (("2.1", 2), ("3", "2.9"), False),  # 0.9 cm of 1 cm
        (("2.1", 2), ("3.1", "2.1"), True),  # 155 %, 1 cm
        (("2.1", 2), ("2.2", 3), True),  # across
        ((0, 0), ("1.6", "0.5"), True), ((0, 0), ("1.5", "1.5"), False),
    ],
)  # fmt: skip
def test_one_node_that_grows(smallest, now, progressed):
    longest, across = (F(one) for one in smallest)
    told = Lesion(*(F(one) for one in now))
    assert lesion_progressed(Smallest(longest * across, longest, across), told) is progressed


@pytest.mark.parametrize(("now", "progressed"), [("1", False), ("1.1", True), ("0.5", False)])
def test_an_extranodal_lesion_that_was_gone_is_back(now, progressed):
    assert lesion_progressed(Smallest(F(0), F(0), F(0)), Lesion(F(now), F(now), node=False)) is progressed


def test_a_lesion_that_was_not_measured_has_not_been_seen_to_grow():
    assert lesion_progressed(Smallest(F(1), F(1), F(1)), Lesion(F(9), None)) is False


@pytest.mark.parametrize(
    ("baseline", "smallest", "now", "progressed"),
    [
        (15, 15, 16, False), (15, 15, "16.1", True), (15, 12, "13.9", False), (15, 12, 14, True),
        (12, 12, "13.9", False), (12, 12, 14, True), (10, 10, 13, False), (10, 10, "13.1", True),
    ],
)  # fmt: skip
def test_the_spleen_grows(baseline, smallest, now, progressed):
    assert spleen_progressed(F(baseline), F(smallest), F(now)) is progressed


@pytest.mark.parametrize(("baseline", "now", "responded"), [(15, "13.9", True), (15, 14, False), (13, 13, True)])
def test_the_spleen_responds(baseline, now, responded):
    assert spleen_responded(F(baseline), F(now)) is responded


# ---- a patient ----------------------------------------------------------------------------------------------------


def visit(key: str, on: str, a: Any, b: Any, **said: str | None):
    """Node A and extranodal B as (longest, perpendicular) or fields; None for not entered; what else was said."""
    told = {**QUIET, **said}
    items: dict[str, Any] = {f"lymphoma_assessment/{key}": {"on": on, **{k: v for k, v in told.items() if v}}}
    for name, size, node in (("A", a, "yes"), ("B", b, "no")):
        if size is not None:
            sizes = size if isinstance(size, dict) else dict(
                zip(("longest", "perpendicular"), (f"{one} cm" for one in size), strict=True)
            )  # fmt: skip
            items[f"lymphoma_lesion/{key}.{name}"] = {"lesion": name, "node": node, "on": on, **sizes}
    return form(on, items)


def assessed(*visits, **said):
    baseline = visit("baseline", "2025-02-25", (4, 3), (2, 2), **said)
    given = case(baseline, course(1, "2025-03-03"), *visits, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    assert Lugano().findings(given, day("2025-03-03")) == ()
    return Lugano().assess(given, day("2026-01-01"))


def names(found):
    return [one.response.name for one in found]


@pytest.mark.parametrize(
    ("a", "b", "response"),
    [
        (("1.5", 1), (0, 0), "CR"), (("1.6", 1), (0, 0), "PR"), (("1.5", 1), {"too_small": "yes"}, "PR"),
        ((3, 2), (2, 1), "PR"), ((3, 2), ("2.05", 1), "SD"),  # 8 and 8.05 cm2
        ((4, 3), (2, 2), "SD"), ((5, "3.6"), (0, 0), "PD"), ((5, "3.5"), (0, 0), "SD"),  # 18 and 17.5 of 12 cm2
        ((2, 2), ("2.4", "2.4"), "SD"), ((2, 2), ("2.5", "2.4"), "PD"),  # 5.76 and 6 of 4 cm2
        ((1, 1), None, "NE"), (None, (0, 0), "NE"), (None, (3, 3), "PD"), ((1, {}), (0, 0), "NE"),
    ],
)  # fmt: skip
def test_by_ct(a, b, response):
    assert names(assessed(visit("w8", DAYS[0], a, b))) == [response]


@pytest.mark.parametrize(
    ("said", "response"),
    [
        ({}, "CR"), ({"new_lesion": "yes"}, "PD"), ({"new_lesion": None}, "NE"), ({"unmeasured": "absent"}, "CR"),
        ({"unmeasured": "not_increased"}, "PR"), ({"unmeasured": "progressed"}, "PD"),
        ({"unmeasured": "unknown"}, "NE"),
        ({"unmeasured": None}, "NE"), ({"marrow": "involved"}, "PD"), ({"marrow": None}, "CR"),
        ({"spleen": None}, "NE"),
        ({"spleen": "13 cm"}, "CR"), ({"spleen": "13.1 cm"}, "PR"), ({"spleen": "14 cm"}, "PD"),
        ({"spleen": "130 mm"}, "CR"),
    ],
)  # fmt: skip
def test_what_else_a_complete_response_by_ct_needs(said, response):
    assert names(assessed(visit("w8", DAYS[0], (1, 1), (0, 0), **said))) == [response]


@pytest.mark.parametrize(("marrow", "response"), [("not_involved", "CR"), ("involved", "PR"), ("unknown", "PR")])
def test_marrow_that_was_involved_must_be_seen_free(marrow, response):
    assert names(assessed(visit("w8", DAYS[0], (1, 1), (0, 0), marrow=marrow), marrow="involved")) == [response]


@pytest.mark.parametrize(
    ("spleen", "response"), [("13.9 cm", "PR"), ("14 cm", "SD"), ("13 cm", "CR"), ("16.1 cm", "PD")]
)
def test_an_enlarged_spleen(spleen, response):
    assert names(assessed(visit("w8", DAYS[0], (1, 1), (0, 0), spleen=spleen), spleen="15 cm")) == [response]


def test_a_node_is_compared_with_its_own_smallest():
    found = assessed(
        visit("w8", DAYS[0], (2, 1), (1, 1)),  # 3 of 16: partial
        visit("w16", DAYS[1], ("2.4", "1.2"), (1, 1)),  # 2.88 of 2 is 144 %
        visit("w24", DAYS[2], ("2.5", "1.2"), (1, 1)),  # 3 of 2 is 150 %, 0.5 cm longer
    )
    assert names(found) == ["PR", "PR", "PD"]


@pytest.mark.parametrize(
    ("said", "response"),
    [
        ({"deauville": "3"}, "CR"), ({"deauville": "4", "uptake": "reduced"}, "PR"),
        ({"deauville": "4", "uptake": "unchanged"}, "SD"), ({"deauville": "5", "uptake": "increased"}, "PD"),
        ({"deauville": "5"}, "NE"), ({"deauville": "2", "new_lesion": "yes"}, "PD"),
        ({"deauville": "2", "marrow": "involved"}, "PD"), ({"deauville": "2", "new_lesion": None}, "NE"),
        ({"deauville": "X"}, "NE"), ({"deauville": "12", "uptake": "reduced"}, "NE"), ({}, "SD"),
    ],
)  # fmt: skip
def test_a_visit_with_a_score_is_judged_by_pet_and_tells_both(said, response):
    [one] = assessed(visit("w8", DAYS[0], (4, 3), (2, 2), **said))
    assert one.response.name == response
    assert "by CT" in one.why
    assert ("by PET" in one.why) is ("deauville" in said)


def test_without_a_baseline_only_a_new_lesion_and_pet_can_be_judged():
    def alone(**said):
        given = case(course(1, "2025-03-03"), visit("w8", DAYS[0], (1, 1), (0, 0), **said), protocol=STUDY,
                     concepts=CONCEPTS, units=UNITS)  # fmt: skip
        return names(Lugano().assess(given, day("2026-01-01")))

    assert [alone(), alone(new_lesion="yes"), alone(deauville="2")] == [["NE"], ["PD"], ["CR"]]


def test_lesions_that_cannot_be_used_are_told():
    first = visit("baseline", "2025-02-25", (4, 3), None)
    given = case(first, course(1, "2025-03-03"), visit("w8", DAYS[0], (1, -1), (1, 1)), protocol=STUDY,
                 concepts=CONCEPTS, units=UNITS)  # fmt: skip
    told = [one.says for one in Lugano().findings(given, day("2026-01-01"))]
    assert ["lesion A has no two diameters" in told[0], "lesion B was none at baseline" in told[1]] == [True, True]


@pytest.mark.parametrize(("count", "findings"), [(6, 0), (7, 1)])
def test_more_than_six_lesions_are_told(count, findings):
    lesions = {
        f"lymphoma_lesion/baseline.L{n}": {
            "node": "yes",
            "longest": "2 cm",
            "perpendicular": "2 cm",
            "on": "2025-02-25",
        }
        for n in range(count)
    }
    given = case(form("2025-02-25", lesions), course(1, "2025-03-03"), protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    assert len(Lugano().findings(given, day("2026-01-01"))) == findings


# ---- details that decide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "a", "adequate"),
    [({}, (4, 3), True), ({"complete": "yes"}, (4, 3), True), ({"complete": "no"}, (4, 3), False), ({}, None, False)],
)
def test_a_visit_is_adequate_where_it_could_be_judged_and_nobody_called_it_incomplete(said, a, adequate):
    [one] = assessed(visit("w8", DAYS[0], a, (2, 2), **said))
    assert one.adequate is adequate


def test_the_reason_by_ct_tells_both_sums_and_the_ratio():
    """4 x 3 + 2 x 2 = 16 at baseline; 2 x 3 + 1 x 2 = 8."""
    [one] = assessed(visit("w8", DAYS[0], (2, 3), (1, 2)))
    assert one.why == "by CT: partial response, sum of products 8 cm2 against 16 at baseline"
    assert (one.ratio, one.words, one.events) == (F(1, 2), "response is assessed", ())
    [part] = assessed(visit("w8", DAYS[0], (2, 3), None))
    assert "sum of products not measured in whole cm2 against 16" in part.why
    assert part.ratio is None


@pytest.mark.parametrize(
    ("new", "events", "asked"), [("no", (), True), ("yes", ("new lesion",), True), (None, (), False)]
)
def test_a_new_lesion_is_told_and_one_nobody_asked_for_as_well(new, events, asked):
    [one] = assessed(visit("w8", DAYS[0], (4, 3), (2, 2), new_lesion=new))
    assert one.events == events
    assert ("nobody recorded whether there was a new lesion" not in one.why) is asked


@pytest.mark.parametrize(
    ("before", "now", "response"),
    [
        ("not_involved", "involved", "PD"), ("involved", "involved", "PR"), ("unknown", "involved", "PR"),
        ("not_involved", "not_involved", "CR"),
    ],
)  # fmt: skip
def test_marrow_that_takes_up_by_pet_is_new_only_where_it_was_free_before(before, now, response):
    baseline = visit("baseline", "2025-02-25", (4, 3), (2, 2), marrow=before)
    after = visit("w8", DAYS[0], (1, 1), (0, 0), deauville="2", uptake="reduced", marrow=now)
    given = case(baseline, course(1, "2025-03-03"), after, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    [one] = Lugano().assess(given, day("2026-01-01"))
    assert (one.response.name == "PD") is (response == "PD")


def test_the_baseline_is_the_last_visit_up_to_the_first_dose_at_which_every_lesion_was_measured():
    screening, after = visit("screening", "2025-02-10", (4, 3), (2, 2)), visit("w8", DAYS[0], (2, 2), (1, 2))
    for baseline, ratio in (
        (visit("baseline", "2025-02-25", (4, 1), (2, 2)), F(3, 4)),
        (visit("baseline", "2025-03-03", (4, 1), (2, 2)), F(3, 4)),
        (visit("baseline", "2025-02-25", (4, 1), (2, -1)), F(3, 8)),
    ):
        given = case(
            screening, baseline, course(1, "2025-03-03"), after, protocol=STUDY, concepts=CONCEPTS, units=UNITS
        )
        assert [one.ratio for one in Lugano().assess(given, day("2026-01-01"))] == [ratio]


def test_without_rules_of_response_there_are_no_words_and_before_a_dose_no_assessment():
    baseline, after = visit("baseline", "2025-02-25", (4, 3), (2, 2)), visit("w8", DAYS[0], (4, 3), (2, 2))
    bare = case(baseline, course(1, "2025-03-03"), after, concepts=CONCEPTS, units=UNITS)
    assert [one.words for one in Lugano().assess(bare, day("2026-01-01"))] == [""]
    undosed = case(baseline, after, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    assert Lugano().assess(undosed, day("2026-01-01")) == ()
