"""The web application under test: a rehearsed trial in mid-course, served in this process, and clients signed in.

`running` is a fresh copy of the trial for each test; `client_of(role, site)` a Django client signed in as the
ready-made person of that role. Django is set up as soon as this file is read (`the_settings`), which is before any
test is run, so that these tests may be asked for together with any others.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from a_survey import survey
from the_settings import start_with_those_of_the_web_application

start_with_those_of_the_web_application()

STUDIES = Path(__file__).resolve().parents[3] / "studies"
FIRST, SECOND = sorted(record.parent.name for record in STUDIES.glob("*/record.txt"))[:2]
SURVEY = "sv-1"
"""The made-up study of one visit without a drug (`a_survey`), for `serve`."""
PATIENTS = "6"
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Made:
    """A study rehearsed into mid-course once for the process, with its accounts; copied for each test."""

    def __init__(self, study: str, place: Path) -> None:
        from trialwright.adapters.edc.desk.opened import OpenStudy
        from trialwright.adapters.study import load_study
        from trialwright.cli import main

        self.folder = place / study
        if study == SURVEY:
            survey(self.folder)
        else:
            shutil.copytree(STUDIES / study, self.folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
        with suppress(SystemExit):  # the command line ends with its exit code
            main(["rehearse", str(self.folder), "--patients", PATIENTS, "--until", "mid-accrual"])
        self.loaded = load_study(self.folder)
        accounts_in(self.folder)
        opened = OpenStudy(self.folder, loaded=self.loaded)
        opened.catch_up()
        from trialwright.adapters.edc.people import demonstration

        demonstration.prepare(opened)
        opened.close()


def accounts_in(folder: Path) -> None:
    """Let `default` be the accounts of a folder, with their tables."""
    from django.db import connections

    from trialwright.adapters.edc.settings import accounts_database
    from trialwright.adapters.edc.starting import prepare_accounts

    connections["default"].close()
    connections.settings["default"] = {**connections.settings["default"], **accounts_database(folder)}
    del connections["default"]
    if not (folder / "accounts.sqlite3").exists():
        prepare_accounts()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """A study in mid-course, made when it is first asked for."""
    place, there = tmp_path_factory.mktemp("made"), dict[str, Made]()

    def make(study: str = FIRST) -> Made:
        if study not in there:
            from django.test import override_settings

            with override_settings(PASSWORD_HASHERS=FAST):
                there[study] = Made(study, place)
        return there[study]

    return make


@pytest.fixture
def watched(made: Callable[[str], Made]) -> Iterator[Any]:
    """Every request of the test is watched: what it writes goes with the events that its page declares."""
    from adapters.edc.watching import watching

    with watching() as watch:
        yield watch
    assert watch.wrong == [], "written without the event that is declared"


@pytest.fixture
def serve(made: Callable[[str], Made], watched: Any, tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """Serve a copy of a study in this process, until the test is over."""
    from django.test import override_settings

    from trialwright.adapters.edc.desk import SERVED, serve_study

    def begin(study: str = FIRST) -> Any:
        one = made(study)
        folder = tmp_path / study
        shutil.copytree(one.folder, folder)
        accounts_in(folder)
        opened = serve_study(folder, loaded=one.loaded)
        opened.catch_up()
        return opened

    with override_settings(PASSWORD_HASHERS=FAST):
        yield begin
    for opened in SERVED.values():
        opened.close()
    SERVED.clear()


@pytest.fixture
def studies() -> tuple[str, str]:
    """The names of the first study and of the second."""
    return FIRST, SECOND


@pytest.fixture
def running(serve: Callable[[str], Any]) -> Any:
    """The first study in mid-course, served: an `OpenStudy`."""
    return serve(FIRST)


@pytest.fixture
def client_of(running: Any) -> Callable[..., Any]:
    """A client signed in as the ready-made person of a role, at a site where the role is of one."""
    return signed_in


def signed_in(role: str, site: str | None = None) -> Any:
    """A Django client of the ready-made person; it is through the second step already."""
    from django.test import Client

    from trialwright.adapters.edc.people import demonstration

    client = Client()
    demonstration.sign_in(client, role, site)
    return client
