"""Each night the ledger is verified by itself, once, whatever the number of processes that serve."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NIGHT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


@pytest.fixture
def begun(running: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The verifications that are begun, none of which is made; the lead site lives by universal time."""
    from trialwright.adapters.edc.oversight import checks

    found: list[Any] = []
    monkeypatch.setattr(checks, "begin", lambda opened, by="": found.append((opened, by)) or "a process")
    monkeypatch.setattr(type(running), "zones", {running.lead: "UTC"})
    return found


def looked(running: Any, *, at: datetime, since: datetime = NIGHT - timedelta(hours=8)) -> Any:
    from trialwright.adapters.edc.oversight.checks import tonights

    return tonights(running, since, at)


def test_a_verification_begins_once_the_hour_has_passed_and_no_second_that_night(
    running: Any, begun: list[Any]
) -> None:
    assert looked(running, at=NIGHT - timedelta(minutes=1)) is None
    assert looked(running, at=NIGHT + timedelta(minutes=1)) == "a process"
    assert looked(running, at=NIGHT + timedelta(minutes=11)) is None, "or another process of the server"
    assert looked(running, at=NIGHT + timedelta(days=1)) == "a process"
    assert begun == [(running, ""), (running, "")]


def test_a_server_that_began_after_the_hour_looked_at_its_ledger_then(running: Any, begun: list[Any]) -> None:
    began = NIGHT + timedelta(hours=7)
    assert looked(running, at=began + timedelta(hours=2), since=began) is None
    assert looked(running, at=NIGHT + timedelta(days=1), since=began) == "a process"
    assert len(begun) == 1


def test_none_is_begun_where_somebody_asked_for_one_after_the_hour(running: Any, begun: list[Any]) -> None:
    from trialwright.adapters.edc.oversight import checks

    asked = checks.asked(running, "Data manager") | {"started": (NIGHT + timedelta(minutes=3)).isoformat()}
    checks.write(checks.state_file(running), asked | {"state": "done"})
    assert looked(running, at=NIGHT + timedelta(minutes=5)) is None
    assert begun == []


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("America/Los_Angeles", "2026-03-04T10:00+00:00"), ("Asia/Tokyo", "2026-03-03T17:00+00:00")],
)
def test_the_hour_is_that_of_the_lead_site(
    running: Any, begun: list[Any], monkeypatch: pytest.MonkeyPatch, zone: str, hour: str
) -> None:
    from trialwright.adapters.edc.oversight.checks import last_hour

    monkeypatch.setattr(type(running), "zones", {running.lead: zone})
    passed = datetime.fromisoformat(hour)
    assert last_hour(running, passed) == passed
    assert last_hour(running, passed - timedelta(seconds=1)) == passed - timedelta(days=1)


def test_of_a_verification_of_the_night_the_page_says_that_nobody_asked_for_it(running: Any) -> None:
    from adapters.edc.conftest import signed_in
    from trialwright.adapters.edc.oversight import checker, checks

    state = checks.state_file(running)
    checks.write(state, checks.asked(running))
    checker.main(running.folder, state)
    page = signed_in("data manager").get(f"/{running.id}/ledger/").content.decode()
    assert "by itself, as each night" in page
    assert "as it was written" in page
