"""Several who send in the same instant: each in a thread, its first append held until all have come to theirs."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

Answer = TypeVar("Answer")


def at_once(
    running: Any, monkeypatch: pytest.MonkeyPatch, sends: Sequence[Callable[[], Answer]], seconds: float = 60
) -> list[Answer]:
    """What each is answered, in the order in which they are named."""
    from django.db import connections

    from trialwright.adapters.edc.desk import OpenStudy

    meeting, here, real = threading.Barrier(len(sends), timeout=20), threading.local(), OpenStudy.save
    answers: dict[int, Answer] = {}

    def save(self: Any, *given: Any) -> Any:
        if getattr(here, "waits", False):
            here.waits = False
            meeting.wait()
        return real(self, *given)

    def one(place: int) -> None:
        here.waits = True
        try:
            answers[place] = sends[place]()
        finally:
            running.close()
            connections.close_all()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(sends))]
    with monkeypatch.context() as held:
        held.setattr(OpenStudy, "save", save)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds)
    gc.collect()
    assert len(answers) == len(sends), "an answer is missing"
    running.catch_up()
    return [answers[place] for place in range(len(sends))]
