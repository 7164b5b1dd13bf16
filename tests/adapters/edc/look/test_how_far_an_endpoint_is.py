"""What pages say of an endpoint: whom it waits for, and that others are still to be registered, as the report says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from trialwright.adapters.edc.look.readiness import accruing, readiness_said
from trialwright.core.conduct.totals import Readiness
from trialwright.core.endpoints import Awaited

ONE = Readiness("pfs", True, 0, 15, "")
NEVER = replace(ONE, ready=False, never=(Awaited("a-1", "a", "died", None),))


@pytest.mark.parametrize(
    ("one", "more", "words", "ready"),
    [
        (ONE, False, "ready", True),
        (ONE, True, "waits for nobody of 15; others are still to be registered", False),
        (NEVER, False, "final as it is", False),
        (NEVER, True, "waits for nobody of 15; others are still to be registered", False),
        (replace(ONE, ready=False, waiting=5), True, "waits for 5 of 15", False),
        (replace(ONE, ready=False, waiting=5), False, "waits for 5 of 15", False),
        (Readiness("pfs", False, 0, 0, ""), True, "nobody treated yet", False),
    ],
)
def test_an_endpoint_is_ready_only_when_nobody_more_is_to_come(one, more, words, ready) -> None:
    assert readiness_said(one, more) == (words, ready)


def test_nothing_is_called_ready_in_mid_accrual_and_it_may_be_after_accrual_was_closed(running: Any) -> None:
    from trialwright.core.ledger import StudyStatusDeclared

    pages = [(role, page) for role in ("statistician", "sponsor-investigator") for page in ("trial/", "today/")]
    for role, page in pages:
        assert ">ready<" not in signed_in(role).get(f"/{running.id}/{page}").content.decode().replace("\n", "")
    desk = _desk_of(running)
    assert accruing(desk)
    desk.save((desk.event(StudyStatusDeclared, status="closed to accrual", why="slow"),), desk.new_key())
    running.catch_up()
    assert not accruing(desk)


def _desk_of(running: Any) -> Any:
    """The desk of the sponsor-investigator."""
    from trialwright.adapters.edc.access.roles import role_named
    from trialwright.adapters.edc.desk.desk import unscoped

    grants = ((who, one) for who in running.roster.persons for one in running.roster.grants(who, running.today))
    who, grant = next((who, one) for who, one in grants if one.role == "sponsor-investigator")
    return unscoped(running, who, [grant], role_named(grant.role))
