"""Endpoints that are yes, no or not known in ADRS: a row for each participant, traced to the entry it was judged by."""

from __future__ import annotations

import dataset_study as t
import pytest

from builders import form
from trialwright.adapters.exchange.cdisc import trace

RECOVERED = {
    "id": "recovered",
    "label": "Platelets recovered",
    "level": "secondary",
    "variable": "proportion",
    "condition": {"measure": "platelets", "is": ">= 100000 /mm3"},
}
COMPLETE = {**t.ENDPOINTS[0], "id": "complete", "label": "Complete response", "responders": ["CR"]}
ENDPOINTS = [*t.ENDPOINTS, RECOVERED, COMPLETE]


def platelets(value: str):
    return form("2025-03-21", {"platelets/d8": {"value": value, "on": "2025-03-21"}}, name="day_8")


def of(code: str, *events, **parts):
    told = t.rows("ADRS", *t.treated(*events), endpoints=ENDPOINTS, **parts)
    return [row for row in told if row["PARAMCD"] == code]


@pytest.mark.parametrize(
    ("value", "told"),
    [("99999 /mm3", (0, "N")), ("100000 /mm3", (1, "Y")), ("100001 /mm3", (1, "Y")), (None, (None, ""))],
)
def test_a_proportion_is_yes_no_or_nothing_where_it_is_not_known(value, told) -> None:
    (row,) = of("RECOVERE", *([platelets(value)] if value else []))
    assert (row["AVAL"], row["AVALC"]) == told
    assert (row["PARAM"], row["CLAUSE"], row["RSPREAS"] != "") == ("Platelets recovered", "recovered", True)


def test_a_proportion_leads_back_to_the_entry_it_was_judged_by() -> None:
    asked = t.asked({"P-1": t.treated(platelets("120000 /mm3"))}, endpoints=ENDPOINTS)
    chain = trace(asked, "ADRS.P-1.RECOVERE.AVALC")
    assert (chain.value, chain.clause) == ("Y", "recovered")
    assert ("platelets/d8/value", "120000 /mm3") in [(one.item, one.value) for one in chain.entries]


def test_a_further_endpoint_of_response_has_its_own_row() -> None:
    scan = form("2025-04-10", {"tumor_assessment/c2": {"value": "PR", "on": "2025-04-10"}})
    again = form("2025-05-10", {"tumor_assessment/c3": {"value": "PR", "on": "2025-05-10"}})
    (row,) = of("COMPLETE", scan, again)
    assert (row["AVAL"], row["AVALC"], row["ADT"]) == (0, "N", None)


def test_without_such_endpoints_there_is_no_such_row() -> None:
    told = t.rows("ADRS", *t.treated(platelets("120000 /mm3")))
    assert "RECOVERE" not in {row["PARAMCD"] for row in told}
