"""Garbage goes while little is saved; answers are forgotten before what is new is set aside; who saves is let alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from weakref import ref

import pytest

from trialwright.adapters.edc.memory import CALM, MANY, SOME, Upkeep


class Study:
    """A study with so many events, which forgets when it is told to."""

    def __init__(self) -> None:
        self.record, self.forgotten = SimpleNamespace(last_seq=100), 0

    def forget(self) -> None:
        self.forgotten += 1


class Knot:
    """What refers to itself: only a look for garbage finds that nobody needs it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def by_hand() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def looked(events: tuple[int, ...]) -> tuple[bool, int]:
    """Whether garbage is gone, and how often answers were forgotten, after looks at so many more events each."""
    study: Any = Study()
    upkeep, knot = Upkeep([study], None), Knot()
    gone = ref(knot)
    del knot
    for more in events:
        study.record.last_seq += more
        upkeep.look()
    return gone() is None, study.forgotten


@pytest.mark.parametrize(
    ("events", "gone", "forgotten"),
    [
        ((SOME - 1, 0), False, 0),
        ((SOME, 0), True, 0),
        ((SOME, CALM), True, 0),
        ((SOME, CALM + 1), False, 0),  # people are at work
        ((MANY - 1, 0), True, 0),
        ((MANY, 0), True, 1),
        ((MANY, 0, MANY, 0), True, 2),
        ((MANY, MANY), False, 0),
    ],
)
def test_what_is_done_after_how_many_events(by_hand: None, events: tuple[int, ...], gone: bool, forgotten: int) -> None:
    assert looked(events) == (gone, forgotten)


def test_what_is_forgotten_is_answered_anew(running: Any) -> None:
    made: list[int] = []

    def answer() -> int:
        return int(running.answer("how many", 1, lambda: made.append(1) or len(made)))

    assert (answer(), answer()) == (1, 1)
    running.forget()
    assert answer() == 2
