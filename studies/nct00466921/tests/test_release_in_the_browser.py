"""Study drug for a woman who can become pregnant, in the browser: not without the tests that are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, made, serve, watched
from adapters.edc.decisions.at_work import at_work, counted

__all__ = ["made", "serve", "watched"]
STUDY = "nct00466921"


@pytest.fixture
def opened(serve: Callable[[str], Any]) -> Any:
    """The study in mid-course."""
    assert FIRST == STUDY
    return serve(STUDY)


def told(result: str | None) -> dict[str, str]:
    """A pregnancy test of today, where there is one."""
    return {} if result is None else {"pregnancy_test": result}


@pytest.mark.parametrize(("result", "given"), [(None, False), ("positive", False), ("negative", True)])
def test_no_capsule_leaves_the_pharmacy_without_a_negative_test(opened: Any, result: str | None, given: bool) -> None:
    site = at_work(opened)
    subject = site.registered()
    assert site.send("investigator", "start-course", subject).status_code == 303
    site.enter(subject, "female and fertile", sex="female", fertile="yes")
    site.enter(subject, "first test", on=site.today - timedelta(days=12), pregnancy_test_first="negative")
    site.enter(subject, "test", **told(result))
    pharmacist, address = site.client("pharmacist"), f"/{opened.id}/subjects/{subject}/decide/release/"
    page = pharmacist.get(address)
    answer = site.post(pharmacist, address, **(counted(page) or {"days": "21"}))
    if given:
        assert answer.status_code == 303, answer.content.decode()[-4000:]
    else:
        assert answer.status_code == 422
        assert "release_test" in answer.content.decode()
        assert not any(type(one).__name__ == "DoseReleased" for one in site.events_of(subject))
