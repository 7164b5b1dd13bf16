"""What is done before the server says that it is ready: the first page finds it done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trialwright.adapters.edc.ready import TEMPLATES, make_ready
from trialwright.adapters.edc.work import board


def test_where_everybody_stands_is_known_before_anybody_asks(
    running: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready([running])
    rows, on = board.board_of(running).rows, running.today
    assert all(rows.known(running.trial, running.record, one, on) for one in running.record.subjects)

    def never(*_asked: object) -> None:
        raise AssertionError("worked out by the first who asks")

    monkeypatch.setattr(rows, "_make", never)
    assert client_of("data manager").get(f"/{running.id}/subjects/").status_code == 200


def test_every_template_and_address_is_read_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings
    from django.utils import translation

    from trialwright.adapters.edc import ready

    read, said = set[str](), set[str]()
    monkeypatch.setattr(ready, "get_template", read.add)
    monkeypatch.setattr(translation, "gettext", lambda _words: said.add(translation.get_language()))
    make_ready([])
    assert len(read) == len([*TEMPLATES.rglob("*.html")]) and "edc/base.html" in read
    assert said == {code for code, _name in settings.LANGUAGES}


def test_a_judgement_that_fails_does_not_keep_the_server_from_being_ready(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board.Board, "listed", lambda *_asked: 1 / 0)
    make_ready([running])
