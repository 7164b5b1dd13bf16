"""What whoever starts the web application reads: where to open it, and of the server only what is to be mended."""

from __future__ import annotations

import logging
from typing import Any

import pytest


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Start the server of a machine with one core, as far as its own words go."""
    from granian.server import Server
    from granian.server.common import AbstractServer

    from trialwright.cli import serve

    monkeypatch.setattr("multiprocessing.cpu_count", lambda: 1)

    def start(also: str = "", threads: int = serve.THREADS) -> None:
        def in_place_of_serving(self: Any, *more: Any) -> None:
            if also:
                logging.getLogger("_granian").warning(also)

        monkeypatch.setattr(AbstractServer, "serve", in_place_of_serving)
        monkeypatch.setattr(Server, "__init__", with_threads(Server.__init__, threads))
        serve._run("127.0.0.1", 8000, 1)

    yield start
    logger = logging.getLogger("_granian")
    for one in [*logger.filters]:
        logger.removeFilter(one)


def with_threads(made: Any, threads: int) -> Any:
    def make(self: Any, *more: Any, **named: Any) -> None:
        made(self, *more, **{**named, "blocking_threads": threads})

    return make


def test_the_start_says_nothing_of_threads(started: Any, capfd: pytest.CaptureFixture[str]) -> None:
    started()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("also", "threads", "says"),
    [("Worker-1 exited unexpectedly", 8, "exited unexpectedly"), ("", 80, "80 Python threads")],
    ids=["another warning", "threads that nobody meant"],
)
def test_what_else_the_server_warns_of_is_read(
    started: Any, capfd: pytest.CaptureFixture[str], also: str, threads: int, says: str
) -> None:
    started(also, threads)
    assert says in capfd.readouterr().out
