"""What every test may ask for, and how a test that could not run is made visible.

The data folder named by TRIALWRIGHT_CORPUS holds other people's records and reference answers; it is never
part of the project. A test that reads it uses the `corpus` fixture (or the `corpus` mark). Without the folder
such tests are listed by name at the end of the run as not run; where CI=true they fail instead.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import postgres_server

PROJECT = Path(__file__).resolve().parent.parent
# Whichever studies there are: no test outside studies/ knows one by name.
STUDIES = tuple(sorted(record.parent for record in (PROJECT / "studies").glob("*/record.txt")))
NOT_RUN = "not run: TRIALWRIGHT_CORPUS does not name the data folder"

# No test reads or writes the settings of whoever runs it: no key of theirs signs, and no note goes to their addresses.
os.environ["TRIALWRIGHT_ANCHORS"] = ""
os.environ["XDG_CONFIG_HOME"] = os.environ["APPDATA"] = tempfile.mkdtemp(prefix="trialwright-settings-")
os.environ.pop("TRIALWRIGHT_CHECKPOINT_KEY", None)

# Slow machines must not turn a true property into a failure; the same examples on every run in CI.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("project")


def corpus_folder(environment: os._Environ[str] | dict[str, str] = os.environ) -> Path | None:
    """The data folder, or None where no folder is named; a name that is no folder is a mistake, not an absence."""
    named = environment.get("TRIALWRIGHT_CORPUS", "")
    if named and not Path(named).is_dir():
        pytest.fail(f"TRIALWRIGHT_CORPUS names {named!r}, which is not a folder", pytrace=False)
    return Path(named).resolve() if named else None


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root folder."""
    return PROJECT


@pytest.fixture(scope="session", params=STUDIES, ids=lambda folder: folder.name)
def every_study(request: pytest.FixtureRequest) -> Path:
    """Each study folder of the project in turn; to be copied, never written to."""
    return Path(request.param)


@pytest.fixture(scope="session")
def a_study() -> Path:
    """One study folder, the first by name; to be copied, never written to."""
    return STUDIES[0]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The data folder named by TRIALWRIGHT_CORPUS; tests that ask for it are marked `corpus` by themselves."""
    folder = corpus_folder()
    assert folder is not None, "the `corpus` mark keeps a test from running without the folder"
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A PostgreSQL server for this test process; where there is none the tests that ask for it are named as not run."""
    if why := postgres_server.missing():
        pytest.skip(why)
    with postgres_server.server() as server:
        server.prepare()
        yield server


@pytest.fixture
def on_postgres(postgres: postgres_server.Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new database on the server, in which every ledger of the test is kept; its address."""
    url = postgres.new_database(f"trial_{next(_databases)}")
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", url)
    return url


_databases = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each database in which a ledger can be kept, in turn."""
    if request.param == "postgresql":
        request.getfixturevalue("on_postgres")
    return str(request.param)


@pytest.hookimpl(tryfirst=True)  # before `-m corpus` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "corpus" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.corpus)


@pytest.hookimpl(tryfirst=True)  # before fixtures are made
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("corpus") is None or corpus_folder() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{NOT_RUN}, and in CI every test runs", pytrace=False)
    pytest.skip(NOT_RUN)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that did not run, whatever the reason: a skipped test must not look like a pass."""
    not_run = sorted({(report.nodeid, str(report.longrepr)) for report in terminalreporter.stats.get("skipped", [])})
    if not not_run:
        return
    terminalreporter.section("not run")
    for name, _ in not_run:
        terminalreporter.write_line(name)
    if any(NOT_RUN in reason for _, reason in not_run):
        terminalreporter.write_line("Set TRIALWRIGHT_CORPUS to the data folder to run those marked `corpus`.")
