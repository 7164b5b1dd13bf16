"""The web application in a real browser: Debian's Chromium, driven by Playwright, against a served rehearsal.

`make browser` runs these; in `make test`, and where there is no Chromium, each is named as not run. `visit` gives a
page signed in by role and site whose faults are collected and fail the test at its end (`browser.serving`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from the_settings import start_with_those_of_the_web_application

start_with_those_of_the_web_application()

from browser.serving import FIRST, STUDIES, Server, Watched, begin_serving, signed_in  # noqa: E402

ASKED = "TRIALWRIGHT_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


def chromium_here() -> str | None:
    """Where the browser is; None where it is not installed."""
    return os.environ.get("TRIALWRIGHT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; where it was not asked for or is not there, the test is named as not run."""
    if not os.environ.get(ASKED):
        pytest.skip("not run: `make browser` runs the tests in a browser")
    where = chromium_here()
    if where is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium is installed, and in CI every test runs", pytrace=False)
        pytest.skip("not run: no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def rehearsed(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A study rehearsed into mid-course, made once; to be copied."""
    place = tmp_path_factory.mktemp("rehearsed")

    def make(study: str) -> Path:
        folder = place / study
        if not folder.exists():
            shutil.copytree(STUDIES / study, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
            command = [sys.executable, "-m", "trialwright.cli", "rehearse", str(folder)]
            subprocess.run(
                [*command, "--patients", "12", "--until", "mid-accrual"], check=True, stdout=subprocess.DEVNULL
            )
        return folder

    return make


@pytest.fixture(scope="session")
def serving(
    rehearsed: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Serve a fresh copy of a study in a process of its own, as anybody would start it."""
    begun: list[Server] = []

    def begin(study: str = FIRST) -> Server:
        folder = tmp_path_factory.mktemp("served") / study
        shutil.copytree(rehearsed(study), folder)
        begun.append(begin_serving(folder))
        return begun[-1]

    yield begin
    for server in begun:
        server.process.terminate()
        server.process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(serving: Callable[..., Server]) -> Server:
    """The first study, served for every test that only looks."""
    return serving()


@pytest.fixture
def fresh(serving: Callable[..., Server]) -> Server:
    """The first study, served for this test alone."""
    return serving()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Watched]]:
    """A page signed in as the ready-made person of a role, at a site; every fault fails the test at its end."""
    opened: list[tuple[Any, Watched]] = []

    def begin(server: Server, role: str | None, site: str | None = None, **options: Any) -> Watched:
        state = signed_in(chromium, server, role, site) if role else None
        context = chromium.new_context(storage_state=state, **{"locale": "en-GB", **options})
        watched = Watched(context.new_page(), server)
        opened.append((context, watched))
        return watched

    yield begin
    faults = [fault for _, watched in opened for fault in watched.faults]
    for context, _ in opened:
        context.close()
    assert faults == []
