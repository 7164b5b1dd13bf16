"""RECIST 1.1: from diameters, non-target and new lesions to the response at each visit.

Expected responses are worked by hand from Eisenhauer et al., Eur J Cancer 2009;45:228. Baseline here: T1 60 mm and a
node T2 of 40 mm, together 100 mm: partial response up to 70, progression from 120; from a smallest sum of 20 mm
progression begins at 25 (24 is 20 % more, and only 4 mm), from one of 50 at 60.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from builders import case, course, day, form, protocol
from trialwright.core.response import best_response
from trialwright.core.terms import Response
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.recist import Recist
from trialwright.standards.response.recist_rules import (
    State,
    Target,
    nontarget_response,
    overall_response,
    progressed,
    target_response,
)
from trialwright.standards.units import UNITS

INSTRUMENT = Recist()
STUDY = protocol(response={"id": "response", "quotes": ["response is assessed"], "stable_from_day": 42})
START = "2025-03-03"
NODES = {"T2"}


def scan(
    visit: str,
    on: str,
    *sizes: object,
    nontarget: Mapping[str, str] | None = None,
    new: str | None = "no",
    **others: Any,
):
    """One visit: target lesions T1, T2, ... in mm (None: not entered), non-target lesions by name, new lesions."""
    items: dict[str, Any] = {}
    for name, size in zip(("T1", "T2", "T3", "T4", "T5", "T6"), sizes, strict=False):
        if size is not None:
            told = size if isinstance(size, dict) else {"diameter": f"{size} mm"}
            node = "yes" if name in NODES else "no"
            items[f"target_lesion/{visit}.{name}"] = {"lesion": name, "node": node, "on": on, **told}
    for name, state in (nontarget or {}).items():
        items[f"nontarget_lesion/{visit}.{name}"] = {"lesion": name, "state": state, "on": on}
    said = {"new_lesion": new} if new else {}
    return form(on, {**items, f"tumor_assessment/{visit}": {"on": on, **said, **others}})


def followed(*visits, baseline=None):
    first = baseline or scan("baseline", "2025-02-25", 60, 40)
    return case(first, course(1, START), *visits, protocol=STUDY, concepts=CONCEPTS, units=UNITS)


def assessed(*visits, baseline=None):
    return INSTRUMENT.assess(followed(*visits, baseline=baseline), day("2026-06-01"))


def findings(*visits, baseline=None):
    return INSTRUMENT.findings(followed(*visits, baseline=baseline), day("2026-06-01"))


def names(found):
    return [one.response.name for one in found]


# ---- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nadir", "now", "is_one"),
    [
        (100, 119, False), (100, 120, True), (100, 121, True),
        (20, 24, False), (20, "24.9", False), (20, 25, True),
        (25, 29, False), (25, 30, True),
        (26, 31, False), (26, "31.2", True),  # 5 mm are not yet 20 % of 26
        (0, 4, False), (0, 5, True),
    ],
)  # fmt: skip
def test_progression_needs_a_fifth_and_five_millimetres_above_the_smallest_sum(nadir, now, is_one):
    assert progressed(Fraction(nadir), Fraction(now)) is is_one


@pytest.mark.parametrize(
    ("sizes", "response"),
    [
        ((0, 0), "CR"), ((0, 9), "CR"), ((0, "9.9"), "CR"), ((0, 10), "PR"), ((1, 0), "PR"),
        ((40, 29), "PR"), ((40, 30), "PR"), ((40, 31), "SD"), ((60, 59), "SD"), ((60, 60), "PD"), ((60, 61), "PD"),
        ((None, 40), "NE"), ((60, None), "NE"), ((None, 120), "PD"), ((None, 119), "NE"), ((0, None), "NE"),
    ],
)  # fmt: skip
def test_target_lesions_from_a_baseline_of_100(sizes, response):
    found = [
        Target(name, None if size is None else Fraction(size), name in NODES)
        for name, size in zip(("T1", "T2"), sizes, strict=True)
    ]
    assert target_response(Fraction(100), Fraction(100), found).name == response


@pytest.mark.parametrize(
    ("states", "response"),
    [
        (["absent", "absent"], "CR"), (["absent", "present"], "SD"), (["absent", None], "NE"),
        (["present", None], "NE"), (["unequivocal_progression", None], "PD"),
        (["present", "unequivocal_progression"], "PD"),
    ],
)  # fmt: skip
def test_nontarget_lesions(states, response):
    assert nontarget_response([State(one) if one else None for one in states]).name == response


# Tables 1 and 2 of the publication, row by row; "-" stands for no lesion of that kind at baseline, "?" for not asked.
TABLES = """
    CR CR no  CR | CR -  no  CR | CR SD no  PR | CR NE no  PR | PR CR no  PR | PR SD no  PR | PR NE no  PR | PR - no PR
    SD CR no  SD | SD SD no  SD | SD NE no  SD | SD -  no  SD | NE CR no  NE | NE SD no  NE | NE NE no  NE | NE - no NE
    PD CR no  PD | PD NE no  PD | PD -  no  PD | CR PD no  PD | NE PD no  PD | SD PD yes PD | CR CR yes PD | NE - yes PD
    -  CR no  CR | -  SD no  SD | -  NE no  NE | -  PD no  PD | -  CR yes PD | -  -  yes PD | -  -  no  NE | NE CR ? NE
    CR CR ?   NE | PR CR ?   NE | SD SD ?   NE | PD CR ?   PD | CR PD ?   PD | -  CR ?   NE | - - ? NE | SD CR yes PD
"""


@pytest.mark.parametrize("row", TABLES.strip().replace("\n", "|").split("|"))
def test_overall_response(row):
    target, nontarget, new, overall = row.split()
    given = [None if one == "-" else Response[one] for one in (target, nontarget)]
    assert overall_response(*given, {"no": False, "yes": True, "?": None}[new]).name == overall


# ---- a patient ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "response", "ratio"),
    [((0, 8), "CR", Fraction(2, 25)), ((35, 35), "PR", Fraction(7, 10)), ((36, 35), "SD", Fraction(71, 100)),
     ((79, 40), "SD", Fraction(119, 100)), ((80, 40), "PD", Fraction(6, 5))],
)  # fmt: skip
def test_response_of_a_visit(sizes, response, ratio):
    [one] = assessed(scan("w6", "2025-04-14", *sizes))
    assert (one.response.name, one.ratio, one.adequate, one.words) == (response, ratio, True, "response is assessed")


def test_other_units_of_length_are_the_same_size():
    [one] = assessed(scan("w6", "2025-04-14", {"diameter": "3.5 cm"}, {"diameter": "35 mm"}))
    assert (one.response.name, one.ratio) == ("PR", Fraction(7, 10))


def test_a_lesion_too_small_to_measure_counts_five_millimetres():
    [one] = assessed(scan("w6", "2025-04-14", {"too_small": "yes"}, 8))
    assert (one.response.name, one.ratio) == ("PR", Fraction(13, 100))


def test_progression_is_measured_from_the_smallest_sum_and_response_from_baseline():
    visits = [
        scan("w6", "2025-04-14", 30, 20),  # 50: partial
        scan("w12", "2025-05-26", 35, 24),  # 59: partial still, 18 % above 50
        scan("w18", "2025-07-07", 36, 24),  # 60: a fifth and 10 mm above 50
    ]
    assert names(assessed(*visits)) == ["PR", "PR", "PD"]


def test_a_visit_at_which_a_lesion_was_not_measured_sets_no_smallest_sum():
    visits = [scan("w6", "2025-04-14", 30, None), scan("w12", "2025-05-26", 70, 40), scan("w18", "2025-07-07", 119, 0)]
    assert names(assessed(*visits)) == ["NE", "SD", "SD"]


@pytest.mark.parametrize(
    ("back", "response"), [((0, 9), "CR"), ((0, 10), "PD"), ((1, 0), "PD"), (({"too_small": "yes"}, 0), "PD")]
)
def test_after_a_complete_response_a_lesion_that_is_there_again_is_progression(back, response):
    found = assessed(scan("w6", "2025-04-14", 0, 8), scan("w12", "2025-05-26", *back))
    assert names(found) == ["CR", response]


def test_after_a_partial_response_a_cleared_lesion_that_is_there_again_is_only_added():
    found = assessed(scan("w6", "2025-04-14", 0, 30), scan("w12", "2025-05-26", 4, 30))
    assert names(found) == ["PR", "PR"]


@pytest.mark.parametrize(
    ("state", "response"),
    [("absent", "CR"), ("present", "PR"), ("not_evaluated", "PR"), ("unequivocal_progression", "PD")],
)
def test_nontarget_lesions_hold_back_a_complete_response(state, response):
    first = scan("baseline", "2025-02-25", 60, 40, nontarget={"N1": "present"})
    assert names(assessed(scan("w6", "2025-04-14", 0, 0, nontarget={"N1": state}), baseline=first)) == [response]


def test_a_nontarget_lesion_nobody_looked_at_is_not_absent():
    first = scan("baseline", "2025-02-25", 60, 40, nontarget={"N1": "present"})
    assert names(assessed(scan("w6", "2025-04-14", 0, 0), baseline=first)) == ["PR"]


@pytest.mark.parametrize(
    ("state", "response"),
    [("absent", "CR"), ("present", "SD"), ("not_evaluated", "NE"), ("unequivocal_progression", "PD")],
)
def test_a_patient_without_target_lesion(state, response):
    first = scan("baseline", "2025-02-25", nontarget={"N1": "present"})
    [one] = assessed(scan("w6", "2025-04-14", nontarget={"N1": state}), baseline=first)
    assert one.response.name == response
    assert ("non-CR/non-PD" in one.why) is (state == "present")


@pytest.mark.parametrize(("new", "response"), [("no", "PR"), (None, "NE"), ("equivocal", "PR"), ("unequivocal", "PD")])
def test_new_lesions(new, response):
    [one] = assessed(scan("w6", "2025-04-14", 30, 20, new=new))
    assert (one.response.name, one.events) == (response, ("new lesion",) if new == "unequivocal" else ())


@pytest.mark.parametrize(
    ("later", "responses"),
    [
        (("unequivocal",), ["PD", "PD"]), (("equivocal", "unequivocal"), ["PD", "PD", "PD"]),
        (("no",), ["PR", "PR"]), ((None,), ["PR", "NE"]), (("no", "unequivocal"), ["PR", "PR", "PD"]),
    ],
)  # fmt: skip
def test_an_equivocal_lesion_that_proves_new_is_progression_from_the_day_it_was_first_seen(later, responses):
    days = ("2025-05-26", "2025-07-07")
    visits = [scan(f"w{n}", on, 30, 20, new=new) for n, (on, new) in enumerate(zip(days, later, strict=False), 2)]
    assert names(assessed(scan("w1", "2025-04-14", 30, 20, new="equivocal"), *visits)) == responses


def test_nothing_was_measured_before_the_first_dose():
    found = assessed(scan("w6", "2025-04-14", 30, 20), baseline=form("2025-02-25", {"sex": "female"}))
    assert names(found) == ["NE"]
    assert "nothing to compare with" in found[0].why


def test_a_new_lesion_is_progression_even_without_a_baseline():
    first = form("2025-02-25", {"sex": "female"})
    assert names(assessed(scan("w6", "2025-04-14", new="unequivocal"), baseline=first)) == ["PD"]


def test_a_target_lesion_not_measured_at_baseline_leaves_nothing_to_compare_with():
    found = assessed(scan("w6", "2025-04-14", 0, 0), baseline=scan("baseline", "2025-02-25", 60, {"diameter": "4 kg"}))
    assert names(found) == ["NE"]


def test_the_best_response_confirmed_and_not():
    visits = [
        scan("w6", "2025-04-14", 30, 20),
        scan("w10", "2025-05-11", 30, 20),  # 27 days later
        scan("w18", "2025-07-07", 80, 60, new="unequivocal"),
    ]
    best = best_response(assessed(*visits), STUDY.response, day(START))
    assert (best.response.name, best.confirmed, best.confirmed_response.name) == ("PR", False, "SD")
    later = [visits[0], scan("w10", "2025-05-12", 30, 20), visits[2]]  # 28 days later
    best = best_response(assessed(*later), STUDY.response, day(START))
    assert (best.response.name, best.confirmed, best.on) == ("PR", True, day("2025-04-14"))


# ---- findings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "count"),
    [({"diameter": "40 mm"}, 0), ({"diameter": "-1 mm"}, 1), ({"diameter": "40 kg"}, 1), ({"diameter": 40}, 1),
     ({"diameter": 0}, 0), ({"too_small": "yes"}, 0), ({"too_small": "no"}, 1)],
)  # fmt: skip
def test_a_diameter_that_cannot_be_used_is_told(told, count):
    assert len(findings(scan("w6", "2025-04-14", told, 40))) == count


@pytest.mark.parametrize(
    ("sizes", "says"),
    [((10, 15), ""), (("9.9", 15), "T1 measures 9.9 mm"), ((10, "14.9"), "T2 measures 14.9 mm"),
     ((10, 15, 10, 10, 10), ""), ((10, 15, 10, 10, 10, 10), "6 target lesions were chosen")],
)  # fmt: skip
def test_target_lesions_the_standard_would_not_take_are_told(sizes, says):
    found = findings(baseline=scan("baseline", "2025-02-25", *sizes))
    assert [one.says for one in found if says in one.says] == [one.says for one in found]
    assert len(found) == bool(says)


def test_three_lesions_of_one_organ_are_told():
    liver = [{"diameter": "20 mm", "organ": "liver"}] * 3
    [one] = findings(baseline=scan("baseline", "2025-02-25", *liver))
    assert "3 target lesions lie in liver" in one.says


@pytest.mark.parametrize(("on", "count"), [("2025-02-04", 0), ("2025-02-03", 0), ("2025-02-02", 1)])
def test_a_baseline_more_than_28_days_before_the_first_dose_is_told(on, count):
    assert len(findings(baseline=scan("baseline", on, 60, 40))) == count


def test_a_lesion_that_was_none_at_baseline_is_told_and_not_counted():
    visit = scan("w6", "2025-04-14", 30, 20, 50)
    assert names(assessed(visit)) == ["PR"]
    assert ["T3" in one.says for one in findings(visit)] == [True]


# --- details that decide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "sizes", "adequate"),
    [({}, (60, 40), True), ({"complete": "yes"}, (60, 40), True), ({"complete": "no"}, (60, 40), False),
     ({}, (60, None), False), ({"complete": "no"}, (60, None), False)],
)  # fmt: skip
def test_a_visit_is_adequate_where_it_could_be_judged_and_nobody_called_it_incomplete(said, sizes, adequate):
    [one] = assessed(scan("w6", "2025-04-14", *sizes, **said))
    assert one.adequate is adequate


@pytest.mark.parametrize(
    ("new", "told", "events"),
    [
        ("no", (False, False, False), ()),
        (None, (True, False, False), ()),
        ("equivocal", (False, True, False), ()),
        ("unequivocal", (False, False, True), ("new lesion",)),
    ],
)
def test_the_reason_tells_what_was_said_of_new_lesions(new, told, events):
    [one] = assessed(scan("w6", "2025-04-14", 60, 40, new=new))
    said = (
        "nobody recorded whether there was a new lesion" in one.why,
        "an equivocal new lesion, to be looked at again" in one.why,
        one.why.startswith("new lesion; "),
    )
    assert (said, one.events) == (told, events)


def test_the_baseline_is_the_last_scan_up_to_the_first_dose_at_which_every_target_was_measured():
    """100 at screening and 50 at baseline: 30 is no partial response of 50, and one of 100 where 50 is not whole."""
    screening, after = scan("screening", "2025-02-10", 60, 40), scan("w6", "2025-04-14", 20, 10)
    for baseline, ratio in (
        (scan("baseline", "2025-02-25", 30, 20), "3/5"),
        (scan("baseline", START, 30, 20), "3/5"),
        (scan("baseline", "2025-02-25", 30, {"diameter": "-1 mm"}), "3/10"),
        (form("2025-02-25", {"tumor_assessment/b": {"on": "2025-02-25", "new_lesion": "no"}}), "3/10"),
    ):
        given = case(screening, baseline, course(1, START), after, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
        assert [str(one.ratio) for one in INSTRUMENT.assess(given, day("2026-06-01"))] == [ratio]


def test_a_diameter_that_was_measured_counts_although_the_lesion_is_called_too_small():
    both = {"diameter": "8 mm", "too_small": "yes"}
    [one] = assessed(scan("w6", "2025-04-14", both, 10))
    assert str(one.ratio) == "9/50"


@pytest.mark.parametrize(("count", "told"), [(2, 0), (3, 1)])
def test_two_lesions_of_an_organ_are_the_most(count, told):
    liver = [{"diameter": "20 mm", "organ": "liver"}] * count
    assert len(findings(baseline=scan("baseline", "2025-02-25", *liver))) == told
