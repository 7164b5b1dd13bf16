"""The command line with TRIALWRIGHT_DATABASE_URL: the database is made ready, and every verb answers as from a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest

PASSWORD = "swordfish"
NAMES = ("served", "served_owner", "served_app", "served_verifier")


def trialwright(*arguments, **environment):
    command = [sys.executable, "-m", "trialwright", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)


@pytest.fixture
def served(postgres):
    """The addresses of a database that is not there yet, and of who may make it."""
    yield {
        "TRIALWRIGHT_DATABASE_URL": postgres.url("served", "served_app"),
        "TRIALWRIGHT_ADMIN_URL": postgres.url(),
    }
    with psycopg.connect(postgres.url(), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE IF EXISTS served WITH (FORCE)")
        for role in NAMES[1:]:
            superuser.execute(f"DROP ROLE IF EXISTS {role}")


def test_init_says_what_it_made_and_made_again_changes_nothing(served, postgres, tmp_path):
    first, again = (trialwright("database", "init", "--json", **served) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    said = json.loads(first.stdout)
    assert [said[key] for key in ("database", "owner", "application", "verifier")] == list(NAMES)
    assert [step["made"] for step in said["steps"]] == [True] * 6
    assert [step["made"] for step in json.loads(again.stdout)["steps"]] == [False] * 6
    with psycopg.connect(postgres.url("served", "served_app")) as application, pytest.raises(psycopg.Error):
        application.execute("ALTER TABLE ledger_event DISABLE TRIGGER ALL")
    with psycopg.connect(postgres.url("served", "served_verifier")) as verifier:
        assert verifier.execute("SELECT count(*) FROM ledger_event").fetchone() == (0,)
    assert trialwright("ledger", "verify", tmp_path, **served).returncode == 15


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"TRIALWRIGHT_ADMIN_URL": ""}, "--as"),
        ({"TRIALWRIGHT_DATABASE_URL": ""}, "names no database"),
        (
            {"TRIALWRIGHT_DATABASE_URL": f"mysql://served_app:{PASSWORD}@x/served"},
            "no address of a PostgreSQL database",
        ),
        ({"TRIALWRIGHT_DATABASE_URL": "postgresql:///served"}, "names no role"),
        ({"TRIALWRIGHT_ADMIN_URL": "postgresql://served_app@/postgres?host=/nowhere"}, "Name another login"),
        ({"TRIALWRIGHT_ADMIN_URL": f"postgresql://admin:{PASSWORD}@/postgres?host=/nowhere"}, "The server refused"),
    ],
)
def test_init_that_cannot_be_says_why_and_never_a_password(served, what, told):
    found = trialwright("database", "init", **served | what)
    assert found.returncode in (1, 2) and told in found.stderr
    assert PASSWORD not in found.stdout + found.stderr and "Traceback" not in found.stderr


@pytest.mark.parametrize("right", ["SUPERUSER", "CREATEROLE", "IN ROLE served_owner"])
def test_init_refuses_a_role_that_may_do_too_much(served, postgres, right):
    with psycopg.connect(postgres.url(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE served_owner NOLOGIN")
        superuser.execute(f"CREATE ROLE served_app LOGIN {right}")
    found = trialwright("database", "init", **served)
    assert found.returncode == 1 and ("has" in found.stderr or "member" in found.stderr)


VERBS = (("ledger", "verify"), ("status",), ("ledger", "dump"))


def test_the_same_rehearsal_is_the_same_on_a_server_and_in_a_file(small, fresh, tmp_path, run, postgres, monkeypatch):
    served = fresh(small, tmp_path / "served" / "study")
    answers = {}
    for folder in (small, served):
        if folder == served:
            monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", postgres.new_database("rehearsal"))
            assert run("rehearse", folder, "--patients", "2", "--seed", "5").code == 0
        files = {"dump": [folder.parent / f"{folder.name}.jsonl"]}
        found = [run(*verb, folder, *files.get(verb[-1], []), "--json") for verb in VERBS]
        answers[folder] = [(each.code, each.document) for each in found], files["dump"][0].read_bytes()
    assert answers[small] == answers[served] and answers[small][0][0][0] == 0
    assert not list(served.glob("trial.sqlite3*"))
    again = run("rehearse", served, "--patients", "2", "--seed", "5", "--replace")
    assert again.code == 1 and "already holds a ledger of this study" in again.err
