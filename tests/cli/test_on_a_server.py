"""The command line with TRIALWRIGHT_DATABASE_URL: the database is made ready, and every verb answers as from a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import psycopg
import pytest

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
        ({"TRIALWRIGHT_DATABASE_URL": "mysql://served_app:secret@x/served"}, "no address of a PostgreSQL database"),
        ({"TRIALWRIGHT_DATABASE_URL": "postgresql:///served"}, "names no role"),
        ({"TRIALWRIGHT_ADMIN_URL": "postgresql://served_app@/postgres?host=/nowhere"}, "Name another login"),
        ({"TRIALWRIGHT_ADMIN_URL": "postgresql://admin:secret@/postgres?host=/nowhere"}, "The server refused"),
    ],
)
def test_init_that_cannot_be_says_why_and_never_a_password(served, what, told):
    found = trialwright("database", "init", **served | what)
    assert found.returncode in (1, 2) and told in found.stderr
    assert "secret" not in found.stdout + found.stderr and "Traceback" not in found.stderr


@pytest.mark.parametrize("right", ["SUPERUSER", "CREATEROLE", "IN ROLE served_owner"])
def test_init_refuses_a_role_that_may_do_too_much(served, postgres, right):
    with psycopg.connect(postgres.url(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE served_owner NOLOGIN")
        superuser.execute(f"CREATE ROLE served_app LOGIN {right}")
    found = trialwright("database", "init", **served)
    assert found.returncode == 1 and ("has" in found.stderr or "member" in found.stderr)


def test_the_same_rehearsal_has_the_same_head_on_a_server_and_in_a_file(a_study, tmp_path, postgres):
    server = {"TRIALWRIGHT_DATABASE_URL": postgres.new_database("rehearsal")}
    said = {}
    for name, environment in (("file", {"TRIALWRIGHT_DATABASE_URL": ""}), ("server", server)):
        folder = tmp_path / name / "study"
        shutil.copytree(a_study, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests", "cases"))
        verbs = [
            ("rehearse", folder, "--patients", "1", "--json"),
            ("ledger", "verify", folder, "--json"),
            ("status", folder, "--json"),
            ("ledger", "dump", folder, tmp_path / f"{name}.jsonl", "--json"),
        ]
        found = [trialwright(*verb, **environment) for verb in verbs]
        assert [each.returncode for each in found] == [0] * 4, [each.stderr for each in found]
        said[name] = [json.loads(each.stdout) for each in found]
    assert said["file"] == said["server"]
    assert (tmp_path / "file.jsonl").read_bytes() == (tmp_path / "server.jsonl").read_bytes()
    assert not list((tmp_path / "server" / "study").glob("trial.sqlite3*"))
    again = trialwright("rehearse", tmp_path / "server" / "study", "--replace", **server)
    assert again.returncode == 1 and "already holds a ledger of this study" in again.stderr
