"""The watch over what requests write notices a write without its event; every other test of these pages is under it.

Each fault is planted in the view of a page, behind the real door.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest


@pytest.fixture
def planted(
    running: Any, watched: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """What the watch says of one request to a page whose view does this before it answers."""

    def plant(does: Callable[[Any], None], method: str = "post", status: int = 200) -> list[str]:
        from django.http import HttpResponse

        from trialwright.adapters.edc.access.matrix import Page

        def view(request: Any, desk: Any, **ids: str) -> HttpResponse:
            does(desk)
            return HttpResponse(status=status)

        monkeypatch.setattr(Page, "load", lambda page: view)
        client = client_of("data manager")
        getattr(client, method)(f"/{running.id}/audit/")
        found = [*watched.wrong]
        watched.wrong.clear()
        return found

    return plant


def past_the_ledger(desk: Any) -> None:
    """Somebody keeps a note of their own in the ledger's file."""
    import sqlite3

    with closing(sqlite3.connect(desk.open.folder / "trial.sqlite3")) as connection:
        connection.execute("CREATE TABLE note (text)")
        connection.execute("INSERT INTO note VALUES ('x')")
        connection.commit()


def of_another_kind(desk: Any) -> None:
    """The page of the trail opens a query."""
    from trialwright.core.ledger import QueryOpened

    subject = next(iter(desk.open.record.subjects))
    desk.save([desk.event(QueryOpened, subject=subject, item="anc/c1/value", asks="?")], desk.new_key())


def of_its_own_kind(desk: Any) -> None:
    from trialwright.core.ledger import AuditReviewed

    desk.save([desk.event(AuditReviewed, first=1, last=2)], desk.new_key())


def rolled_back(desk: Any) -> None:
    """Something is begun and given up."""
    import sqlite3

    with closing(sqlite3.connect(desk.open.folder / "trial.sqlite3")) as connection:
        connection.execute("CREATE TABLE note (text)")
        connection.execute("INSERT INTO note VALUES ('x')")
        connection.rollback()


@pytest.mark.parametrize(
    ("does", "method", "status", "notices"),
    [
        (past_the_ledger, "post", 200, "were written to without an event"),
        (of_another_kind, "post", 200, "made ['QueryOpened'], which it does not declare"),
        (of_its_own_kind, "get", 200, "reading made ['AuditReviewed']"),
        (of_its_own_kind, "post", 422, "answered 422 and made ['AuditReviewed']"),
    ],
)
def test_a_planted_write_is_noticed(
    planted: Callable[..., list[str]], does: Callable[[Any], None], method: str, status: int, notices: str
) -> None:
    assert any(notices in one for one in planted(does, method, status))


@pytest.mark.parametrize("does", [of_its_own_kind, rolled_back, lambda desk: None])
def test_what_is_declared_or_given_up_is_not(planted: Callable[..., list[str]], does: Callable[[Any], None]) -> None:
    assert planted(does) == []


def test_an_event_that_does_not_say_who_when_or_why_is_noticed(running: Any) -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    from adapters.edc.watching import lacks
    from trialwright.core.ledger import Change, FormCorrected, SubjectScreened

    screened = next(one for one in running.reader().events() if isinstance(one, SubjectScreened))
    mine, another = (SimpleNamespace(user=SimpleNamespace(person=who)) for who in (screened.actor, "u-other"))
    assert list(lacks(screened, mine)) == []
    assert "in the name of" in next(lacks(screened, another))
    for what in ("recorded", "role", "id"):
        assert list(lacks(replace(screened, **{what: None}), mine)) == ["who, when or which is missing"]
    who = {"actor": screened.actor, "role": "x", "site": None, "subject": screened.subject, "id": "1", "seq": 1}
    told = {**who, "occurred": screened.occurred, "recorded": screened.recorded, "form": "f"}
    said = [
        FormCorrected(**told, why=why, items=items)
        for why, items in (("", (Change("a/b/c", "1", "2"),)), ("x", ()), ("x", (Change("a/b/c", "1", "1"),)))
    ]
    found = [next(lacks(one, mine)) for one in said]
    assert found == ["no reason", "a correction of nothing", "a/b/c was corrected to what it was"]
