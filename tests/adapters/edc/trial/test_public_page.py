"""The page that anybody may read: what the record says, where and whether people can join, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

SECTIONS = ("Can people join now?", "What it is about", "What happens in the study", "Who can take part", "Where")


@pytest.mark.parametrize("which", [0, 1])
def test_the_page_of_each_study_is_open_to_all_in_the_order_of_the_registry(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int
) -> None:
    opened = serve(studies[which])
    answer = Client().get(f"/about/{opened.id}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    places = [text.index(f">{one}</h2>") for one in SECTIONS]
    assert places == sorted(places)
    protocol = opened.trial.versions[opened.trial.latest]
    assert all(site.name.replace("&", "&amp;") in text for site in protocol.design.sites)
    for criterion in protocol.eligibility:
        if criterion.must or criterion.must_not:
            assert unescape(criterion.quotes[-1]) in unescape(text)


def test_nothing_of_a_participant_and_no_count_of_them_is_on_it(running: Any) -> None:
    text = Client().get(f"/about/{running.id}/").content.decode()
    assert not [name for name in running.record.subjects if name in text]
    assert "registered" not in text
    assert not [one for one in running.roster.persons if one in text]


def test_simulated_data_are_marked_there_too(running: Any) -> None:
    assert "Simulated data" in Client().get(f"/about/{running.id}/").content.decode()


def test_a_study_that_is_not_served_is_not_there_and_nothing_can_be_sent(running: Any) -> None:
    assert Client().get("/about/nct00000000/").status_code == 404
    assert Client().post(f"/about/{running.id}/").status_code == 405


def test_the_status_of_each_site_is_what_the_ledger_tells(running: Any) -> None:
    from trialwright.adapters.edc.trial.public import told_by

    told = told_by(running)
    assert {one.status for one in told.places} <= {
        "recruiting",
        "not yet recruiting",
        "suspended",
        "active, not recruiting",
    }
    assert told.status == "recruiting"
