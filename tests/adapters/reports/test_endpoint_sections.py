"""Endpoints in the report: variants side by side, what came first, markers against response; and what is no number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
import small_trial as t

import builders as b
from trialwright.adapters.reports.analysis.correlates import correlates, least_p
from trialwright.adapters.reports.analysis.measures import Measure
from trialwright.adapters.reports.analysis.survival import landmarks_of
from trialwright.core.analysis.people import Person
from trialwright.core.estimation import NotEstimable, estimable
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.response import BestResponse
from trialwright.core.terms import Duration, Quantity, Response

VARIANTS = [
    {"id": "stop", "label": "a stop counts", "intercurrent": [{"event": "treatment stopped", "strategy": "composite"}]},
    {"id": "log", "label": "on the log scale", "interval": "log"},
    {"id": "since", "label": "from registration", "since": "registration", "population": "registered"},
]
PFS = t.PFS | {"landmarks": ["2 months"], "variants": [one | {"source": "label"} for one in VARIANTS]}
TTP = t.PFS | {"id": "ttp", "label": "time to progression", "events": ["progression"]}
DOR = t.PFS | {"id": "dor", "label": "duration of response", "variable": "duration of response"}
TTR = t.PFS | {"id": "ttr", "label": "time to response", "events": ["response"]}
ASKED = [t.RESPONSE, PFS, TTP, DOR, TTR]


def tables(people=None, endpoints=ASKED, cut=t.CUT, **others):
    told = t.analysis(people, cut=cut, version=t.protocol(endpoints=endpoints), **others)
    return {one.name: one for one in t.document(told).tables()}


def column(table, *headings):
    at = [table.headings.index(one) for one in headings]
    return [tuple(row[place] for place in at) for row in table.rows]


# ---- variants -------------------------------------------------------------------------------------------------------


def test_each_variant_stands_beside_the_endpoint_with_numbers_worked_by_hand() -> None:
    """Days: P-1 2 January to 24 April 113 (event), P-2 5 January to 28 February 55, P-3 10 January to 10 February 32.

    Product limit: 2/3 from day 32, 0 from day 113 (3.7 months); at 2 months (60.875 days) 66.7%. Nobody was stopped for
    another reason than progression. From registration on 1 January: 114, 59, 41 days, and P-4 on day 1.
    """
    found = tables()["variants-pfs"]
    assert column(found, "Variant", "Followed", "Events") == [
        ("As planned", "3", "2"),
        ("A stop counts", "3", "2"),
        ("On the log scale", "3", "2"),
        ("From registration", "4", "2"),
    ]
    medians = [row[0] for row in column(found, "Median, months (95% interval)")]
    assert [one.split(" ")[0] for one in medians] == ["3.7", "3.7", "3.7", "3.7"]
    assert column(found, "Without it at 2 months")[0][0].startswith("66.7%")


def test_a_variant_of_the_scale_has_other_limits_and_the_same_times() -> None:
    planned, _, log, _ = column(tables()["variants-pfs"], "Without it at 2 months")
    assert planned != log
    assert planned[0].split(" ")[0] == log[0].split(" ")[0]


def test_what_came_first_is_counted_by_kind_with_its_incidence() -> None:
    death_on = b.form("2025-02-01", {"death/1": {"on": "2025-02-01"}})
    died = t.treated("2025-01-02", t.scan(1, "2025-01-20", "SD", "9/10"), death_on)
    (progression, death) = tables({**t.PEOPLE, "P-6": died})["first-pfs"].rows
    # 4 followed: P-6 dies on day 31, P-3 progresses on day 32: by 2 months each 1 of 4, or 25.0%
    assert progression[:2] == ("Progression", "2") and death[:2] == ("Death", "1")
    assert progression[2].startswith("25.0%") and death[2].startswith("25.0%")


def test_every_participant_is_listed_with_the_row_of_the_guidance_and_the_reason() -> None:
    rows = {row[0]: row for row in tables()["listing-pfs"].rows}
    assert rows["P-1"][-2:] == (
        "A: progression documented at a planned assessment",
        "Progression documented on 24 Apr 2025",
    )
    assert rows["P-2"][-2] == "A: no progression"


@pytest.mark.parametrize(
    ("given", "longest", "expected"),
    [
        (["6 months", "1 year"], 3.0, (6.0, 12.0)),
        ([], 13.0, (6.0, 12.0)),
        ([], 5.9, ()),
        (["487 days"], 0.0, (16.0,)),  # 487 / 30.4375
    ],
)
def test_landmarks_are_those_of_the_endpoint_else_the_usual_ones_anybody_reached(given, longest, expected) -> None:
    asked = Endpoint(
        id="e",
        label="",
        level="",
        variable=Variable.TIME_TO_EVENT,
        landmarks=tuple(Duration.parse(one) for one in given),
    )
    assert landmarks_of(asked, longest) == expected


def test_every_endpoint_is_told_as_an_estimand_with_its_variants() -> None:
    found = tables()
    assert {row[0] for row in found["estimands"].rows} >= {"Response rate", "Progression-free survival"}
    assert column(found["variants"], "Variant", "What is otherwise") == [
        (
            "A stop counts",
            "treatment is stopped before it is completed, for another reason than progression: composite",
        ),
        ("On the log scale", "limits on the log scale"),
        ("From registration", "counted from registration; population: registered"),
    ]


# ---- response -------------------------------------------------------------------------------------------------------


def test_responders_are_told_confirmed_and_as_seen_and_the_best_with_its_days() -> None:
    once = t.treated("2025-01-02", t.scan(1, "2025-01-30", "PR", "2/5"), t.scan(2, "2025-02-10", "PD", "13/10"))
    found = tables({"P-1": t.PEOPLE["P-1"], "P-6": once})
    assert column(found["response-rate"], "Responders")[1] == ("1 of 2",)
    assert column(found["response-rate-other"], "Responders")[1] == ("2 of 2",)
    rows = {row[0]: row[1:6] for row in found["best-response-listing"].rows}
    assert rows["P-1"] == ("PR", "30 Jan 2025", "PR", "30 Jan 2025", "27 Feb 2025")
    assert rows["P-6"] == ("PR", "30 Jan 2025", "SD", "30 Jan 2025", "none")


def test_why_a_response_is_not_evaluable_is_said() -> None:
    early = t.treated("2025-01-02", t.scan(1, "2025-01-10", "SD", "9/10"))
    (row,) = tables({"P-1": early})["best-response-listing"].rows
    assert row[1] == row[3] == "NE"
    assert "too early to be stable disease" in row[-1]


# ---- markers against response ---------------------------------------------------------------------------------------

MARKER = Measure("blood.x", "x, blood", "")
CHANGE = Endpoint(
    id="marker", label="m", level="other", variable=Variable.CHANGE, concepts=("blood",), baseline="start",
    at=("week_1",), against="response",
)  # fmt: skip


def people(*told: tuple[Response, float | None]) -> list[Person]:
    """Each with a confirmed best response, and a marker that goes from 10 by as much; None was not measured."""
    base = t.analysis().gathered.people[0]
    return [
        replace(
            base,
            subject=f"P-{place}",
            best=BestResponse(best, None, True, best, ""),
            values={("start", MARKER.id): Quantity.parse("10")}
            | ({} if change is None else {("week_1", MARKER.id): Quantity.parse(str(10 + change))}),
        )
        for place, (best, change) in enumerate(told)
    ]


PR, SD, PD, NE = Response.PR, Response.SD, Response.PD, Response.NE


def test_the_changes_of_responders_and_others_are_compared_exactly_and_the_least_p_is_told() -> None:
    """Two responders wholly below three others: U is 0, p is 2 of the 10 ways to choose two of five, 0.2.

    Kendall: of 10 pairs 2 are tied in response, the other 8 go against each other: -8 / root of 10 x 8 = -0.8944.
    """
    (one,) = correlates(CHANGE, people((PR, -4), (PR, -5), (SD, 0), (SD, 1), (PD, 2), (SD, None)), [MARKER])
    assert (one.responders, one.others) == ((-4.0, -5.0), (0.0, 1.0, 2.0))
    assert one.test.p == one.least_p == one.adjusted == pytest.approx(0.2)
    assert one.test.shift == pytest.approx(-5.5)  # median of -4, -5, -6 and -5, -6, -7
    assert one.ordered.coefficient == pytest.approx(-8 / 80**0.5)
    assert one.ordered.n == 5


def test_equal_changes_of_decimals_are_tied_whatever_they_started_from() -> None:
    """From 6.2 to 6.3 and from 6.3 to 6.4 are one change: no group is higher, nothing to test."""
    whole = people((PR, 1), (PR, 1), (SD, 1), (SD, 2))
    told = [("6.2", "6.3"), ("6.3", "6.4"), ("1.1", "1.2"), ("0.3", "0.4")]
    exact = [
        replace(one, values={("start", MARKER.id): Quantity.parse(a), ("week_1", MARKER.id): Quantity.parse(b)})
        for one, (a, b) in zip(whole, told, strict=True)
    ]
    (one,) = correlates(CHANGE, exact, [MARKER])
    assert (one.responders, one.others) == ((0.1, 0.1), (0.1, 0.1))
    assert one.test.p == NotEstimable("all values are the same")


def test_who_cannot_be_evaluated_is_no_responder_and_has_no_place_in_the_order() -> None:
    (one,) = correlates(CHANGE, people((PR, -4), (NE, 1), (SD, 2)), [MARKER])
    assert (one.others, one.ordered.n) == ((1.0, 2.0), 2)


def test_without_a_responder_nothing_is_tested_and_the_reason_is_said() -> None:
    (one,) = correlates(CHANGE, people((SD, 1), (PD, 2)), [MARKER])
    for found in (one.test.p, one.least_p, one.adjusted):
        assert isinstance(found, NotEstimable)


@pytest.mark.parametrize(("first", "second", "p"), [(1, 1, 1.0), (2, 3, 0.2), (3, 3, 0.1), (4, 4, 2 / 70)])
def test_the_least_p_of_two_groups(first, second, p) -> None:
    assert least_p(first, second) == pytest.approx(p)


def test_a_change_that_is_not_compared_by_response_has_no_such_table() -> None:
    assert correlates(replace(CHANGE, against="arm"), people((PR, 1), (SD, 2)), [MARKER]) == ()


# ---- what is no number ----------------------------------------------------------------------------------------------

SAME = {f"P-{n}": t.treated("2025-01-02", t.scan(1, "2025-02-13", "PD", "3/2")) for n in range(4)}
NOTHING_SEEN = {f"P-{n}": t.treated("2025-01-02") for n in range(3)}
NO_BASELINE = {
    f"P-{n}": t.treated("2025-01-02", b.form("2025-02-01", {"death/1": {"on": "2025-02-01"}})) for n in range(2)
}


@pytest.mark.parametrize(
    ("case", "cut"),
    [
        ({}, t.CUT),
        (t.PEOPLE, date(2024, 12, 31)),
        (t.PEOPLE, date(2025, 1, 1)),
        (t.PEOPLE, date(2025, 1, 5)),
        ({"P-1": t.PEOPLE["P-1"]}, t.CUT),
        ({"P-4": t.PEOPLE["P-4"]}, t.CUT),
        (NOTHING_SEEN, t.CUT),
        (SAME, t.CUT),
        (NO_BASELINE, t.CUT),
    ],
    ids=["nobody", "before anything", "on registration", "before an event", "one", "never treated", "day 1", "ties",
         "no baseline"],
)  # fmt: skip
@pytest.mark.parametrize("arms", [1, 2])
def test_a_report_of_little_says_what_is_not_estimable_and_never_breaks(case, cut, arms) -> None:
    version = t.protocol(endpoints=ASKED, **({"arms": t.TWO_ARMS} if arms == 2 else {}))
    told = t.analysis(case, cut=cut, version=version)
    cells = [cell for table in t.document(told).tables() for row in table.rows for cell in row]
    assert not [cell for cell in cells if "nan" in cell.lower().split() or "inf" in cell.lower().split()]
    for one in told.times:
        for curve in (*one.curves, *(each for variant in one.variants for each in variant.curves)):
            assert curve.curve.n or not estimable(curve.median.estimate)


def test_all_who_end_on_the_same_day_have_that_median_and_all_censored_on_day_1_have_none() -> None:
    same = t.analysis(SAME, version=t.protocol(endpoints=ASKED)).times[0].curves[0]
    assert same.median.estimate == pytest.approx(float(Fraction(43) / Fraction("30.4375")))  # 2 January to 13 February
    none = t.analysis(NOTHING_SEEN, version=t.protocol(endpoints=ASKED)).times[0].curves[0]
    assert isinstance(none.median.estimate, NotEstimable)
    assert none.events == 0


# ---- a sub-study, and few pairs -------------------------------------------------------------------------------------


def test_of_samples_that_a_sub_study_takes_only_who_joined_it_is_concerned_and_few_pairs_are_told() -> None:
    """Three pairs that all go one way have p 2 / 2 x 2 x 2 = 0.25; the fourth never joined."""
    assay = {"id": "cells", "label": "Cells", "analytes": ["CD4"], "unit": "%"}
    specimen = {"id": "blood", "label": "Blood", "matrix": "blood", "encounters": ["start", "week_1"],
                "assays": [assay], "substudy": "immune", "source": "label"}  # fmt: skip
    design = {**b._DESIGN, "substudies": [{"id": "immune", "label": "immune part", "sites": ["S01"], "target": 1,
                                           "offered_until": 9, "source": "label"}]}  # fmt: skip
    asked = {**t.PAIN_CHANGE, "id": "immune_cells", "concepts": ["cells"], "sites": ["S01"]}
    version = t.protocol(endpoints=[asked], specimens=[specimen], design=design)

    def given(joined: bool, before: str, after: str):
        told = {"specimen": "blood", "assay": "cells", "analyte": "CD4"}
        items = {
            f"assay/{at}": {**told, "encounter": at, "value": value}
            for at, value in (("start", before), ("week_1", after))
        }
        part = (b.joined("immune", "2025-01-01"),) if joined else ()
        return t.treated("2025-01-02", *part, b.form("2025-01-09", items))

    people = {f"P-{n}": given(n < 3, "10 %", f"{11 + n} %") for n in range(4)}
    told = t.analysis(people, version=version, response=False)
    (found,) = told.measured
    assert (found.people, found.joined, found.most_pairs, found.least_p) == (3, ("immune part",), 3, 0.25)
    assert found.pairs[0].test.p == pytest.approx(found.least_p)
    text = " ".join(block.text for block in t.document(told).blocks() if hasattr(block, "text"))
    assert "of those who joined immune part" in text
    assert "At most 3 pairs of before and after" in text
