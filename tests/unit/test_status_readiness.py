"""What a trial's status prints of an endpoint: who has kept it waiting for longest, and who never will let it."""

from __future__ import annotations

from datetime import date

import pytest

from trialwright.cli.status_trial import _held_up, _state
from trialwright.core.conduct.totals import Readiness
from trialwright.core.endpoints import Awaited


def waits(subject: str, since: str | None = None) -> Awaited:
    return Awaited(subject, "S01", "no progression documented", date.fromisoformat(since) if since else None)


def readiness(awaited=(), never=(), treated: int = 9) -> Readiness:
    reached = bool(treated) and not awaited and not never
    return Readiness("pfs", reached, len(awaited), treated, "all_progressed", "PFS", tuple(awaited), tuple(never))


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (readiness(), "ready"),
        (readiness([waits("A", "2025-03-03")]), "waits for 1 of 9"),
        (readiness([waits("A", "2025-03-03")], [waits("B")]), "waits for 1 of 9"),
        (readiness([], [waits("B")]), "final as it is"),
        (readiness(treated=0), "nobody treated yet"),
    ],
)
def test_the_state_of_an_endpoint_in_a_word(one, state) -> None:
    assert _state(one) == state


def test_the_one_who_is_waited_for_longest_is_named_with_the_reason() -> None:
    told = list(_held_up(readiness([waits("B", "2025-04-01"), waits("A", "2025-03-03"), waits("C")])))
    assert told == ["longest since 2025-03-03: A, no progression documented"]
    assert list(_held_up(readiness([waits("C")]))) == ["longest: C, no progression documented"]


def test_who_never_will_is_counted_and_named_up_to_a_handful() -> None:
    assert list(_held_up(readiness([], [waits("B")]))) == ["1 never will: B"]
    (told,) = _held_up(readiness([], [waits(name) for name in "ABCDEFG"]))
    assert told == "7 never will: A, B, C, D, E and 2 more"
