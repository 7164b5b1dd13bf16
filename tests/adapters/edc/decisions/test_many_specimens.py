"""The list of specimens goes on page by page, however many there are; what is left out is said."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def two_a_page(monkeypatch: Any) -> None:
    from trialwright.adapters.edc.decisions import specimens

    monkeypatch.setattr(specimens, "PAGE", 2)


def test_a_long_list_of_specimens_is_paged_and_keeps_what_was_asked_for(
    running: Any, client_of: Any, two_a_page: None
) -> None:
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.decisions import custody
    from trialwright.adapters.edc.desk import Desk
    from trialwright.adapters.edc.people import demonstration

    person = demonstration.account_of("monitor", None).person
    desk = Desk(running, person, Role("monitor"), frozenset({Role("monitor")}), running.roster.grants(person))
    lines = custody.worklist(desk).lines
    done = [one for one in lines if not one.row.next]
    assert len(done) > 2
    page = client_of("monitor").get(f"/{running.id}/specimens/").content.decode()
    assert "The first 2 are listed" in page
    assert f"{len(done)} specimens" in page
    assert sum(page.count(f">{one.row.key}<") for one in done) <= 4 * 2
