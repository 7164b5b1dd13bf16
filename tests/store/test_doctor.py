"""Each check of the doctor says yes to a safe installation and no to the one thing that it is there for."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from trialwright.store import open_study
from trialwright.store.doctor import CHECKS, Seen, State, examine, look
from trialwright.store.doctor.checks import NETWORK, SERVER_MUST
from trialwright.store.doctor.seen import file_system

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def standing(open_events=0, at="2026-06-01T11:55:00.000000Z", sent=("elsewhere",), noted=True):
    note = SimpleNamespace(checkpoint=SimpleNamespace(at=at)) if noted else None
    return SimpleNamespace(chain_id="study:T", last_note=note, sent_to=sent, open_events=open_events)


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0, "secure_delete": 1, "foreign_keys": 1}
ON_SQLITE = Seen(
    engine="SQLite",
    now=NOW,
    folder=Path("/srv/trial"),
    kind="real",
    events=100,
    sqlite=(3, 51, 3),
    pragmas=PRAGMAS,
    written_ahead=True,
    file_system="ext4",
    last_recorded=NOW - timedelta(hours=1),
    standings=(standing(),),
    sinks=2,
    file_mode=0o644,
    free=10 << 30,
    size=1 << 20,
)
ROLLED_BACK = replace(
    ON_SQLITE, sqlite=(3, 51, 2), written_ahead=False, pragmas=PRAGMAS | {"journal_mode": "delete", "synchronous": 3}
)
"""An older library, with the journal that is safe for it."""
SERVER = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on",
          "zero_damaged_pages": "off"}  # fmt: skip
ON_SERVER = replace(
    ON_SQLITE, engine="PostgreSQL", sqlite=None, pragmas=None, written_ahead=None, file_system=None, file_mode=None,
    server=SERVER, rights=(),
)  # fmt: skip

UNSAFE = [
    ("SQLite version", ROLLED_BACK, {}),
    ("journal mode", ON_SQLITE, {"pragmas": PRAGMAS | {"journal_mode": "delete"}}),
    ("journal mode", ON_SQLITE, {"pragmas": PRAGMAS | {"journal_mode": "memory"}}),
    ("journal mode", ROLLED_BACK, {"pragmas": PRAGMAS | {"synchronous": 3}}),
    ("journal mode", ROLLED_BACK, {"written_ahead": True}),
    ("journal mode", ON_SQLITE, {"pragmas": None, "no_pragmas": "unable to open database file"}),
    ("synchronous", ON_SQLITE, {"pragmas": PRAGMAS | {"synchronous": 1}}),
    ("synchronous", ROLLED_BACK, {"pragmas": PRAGMAS | {"journal_mode": "delete"}}),
    ("memory-mapped reading", ON_SQLITE, {"pragmas": PRAGMAS | {"mmap_size": 1 << 28}}),
    ("erasing", ON_SQLITE, {"pragmas": PRAGMAS | {"secure_delete": 0}}),
    *(("local disk", ON_SQLITE, {"file_system": one}) for one in ("nfs4", "cifs", "fuse.sshfs", "9p", "tmpfs")),
    ("known disk", ON_SQLITE, {"file_system": None}),
    ("known disk", ON_SQLITE, {"file_system": "overlay"}),
    ("server", ON_SERVER, {"no_server": "connection refused", "server": None, "rights": None}),
    *(("server settings", ON_SERVER, {"server": SERVER | {one: "off"}}) for one in SERVER_MUST if one[0] != "z"),
    ("server settings", ON_SERVER, {"server": SERVER | {"zero_damaged_pages": "on"}}),
    ("server settings", ON_SERVER, {"server": {"synchronous_commit": "on"}}),
    ("commit", ON_SERVER, {"server": SERVER | {"synchronous_commit": "off"}}),
    ("commit", ON_SERVER, {"server": SERVER | {"synchronous_commit": "local"}}),
    ("rights of the role", ON_SERVER, {"rights": ("SUPERUSER",)}),
    ("rights of the role", ON_SERVER, {"rights": ("UPDATE on ledger_event",)}),
    ("ledger", ON_SQLITE, {"unreadable": "The ledger's file cannot be read (DatabaseError)."}),
    ("locks", ON_SQLITE, {"lost_locks": ("the trigger ledger_event_next was dropped",)}),
    ("file mode", ON_SQLITE, {"file_mode": 0o664}),
    ("file mode", ON_SQLITE, {"file_mode": 0o646}),
    ("clock behind", ON_SQLITE, {"last_recorded": NOW + timedelta(seconds=6)}),
    ("clock steady", ON_SQLITE, {"wall_against_steady": -3600.0}),
    ("clock steady", ON_SQLITE, {"wall_against_steady": 1.5}),
    ("clock went back", ON_SQLITE, {"went_back": (17,)}),
    ("places for checkpoints", ON_SQLITE, {"sinks": 1}),
    ("places for checkpoints", ON_SQLITE, {"sinks": 0}),
    ("places for checkpoints", ON_SQLITE, {"no_sinks": "ftp://x: notes go to a folder, https://… or mailto:…"}),
    ("checkpoint kept elsewhere", ON_SQLITE, {"standings": (standing(noted=False),)}),
    ("checkpoint kept elsewhere", ON_SQLITE, {"standings": (standing(sent=()),)}),
    ("checkpoint kept elsewhere", ON_SQLITE, {"standings": (standing(1, "2026-05-31T11:59:00.000000Z"),)}),
    ("checkpoint key", ON_SQLITE, {"key": "/x/checkpoint.key: others than its owner may read it"}),
    ("debugging", ON_SQLITE, {"debug": ("TRIALWRIGHT_DEBUG",)}),
    ("free space", ON_SQLITE, {"free": (256 << 20) - 1}),
    ("free space", ON_SQLITE, {"free": 1 << 30, "size": (1 << 30) + 1}),
]  # fmt: skip


@pytest.mark.parametrize("seen", [ON_SQLITE, ON_SERVER], ids=["SQLite", "PostgreSQL"])
def test_a_safe_installation_passes_every_check(seen):
    assert [one for one in examine(seen) if one.state in (State.UNSAFE, State.WARNING)] == []
    assert sum(one.state is State.SAFE for one in examine(seen)) >= 14


@pytest.mark.parametrize(("name", "base", "changed"), UNSAFE, ids=lambda value: value if isinstance(value, str) else "")
def test_one_thing_that_is_not_safe_is_found_by_its_own_check(name, base, changed):
    found = [one for one in examine(replace(base, **changed)) if one.state in (State.UNSAFE, State.WARNING)]
    check = next(one for one in found if one.check.name == name)
    assert check.state is (State.UNSAFE if check.check.refuses else State.WARNING)
    told = check.finding()
    assert all((told.says, told.matters, told.do))
    assert [one.check.name for one in found if one.state is State.UNSAFE and one.check.name != name] == []


def test_no_check_is_without_a_case_in_which_it_says_no():
    assert {check.name for check in CHECKS} == {name for name, _, _ in UNSAFE}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("clock behind", {"last_recorded": NOW + timedelta(seconds=5)}),
        ("clock steady", {"wall_against_steady": 1.0}),
        ("checkpoint kept elsewhere", {"standings": (standing(1, "2026-05-31T12:00:00.000000Z"),)}),
        ("checkpoint kept elsewhere", {"standings": (standing(0, "2020-01-01T12:00:00.000000Z"),)}),
        ("free space", {"free": 256 << 20}),
        ("file mode", {"file_mode": 0o644}),
        ("SQLite version", {"sqlite": (3, 51, 3)}),
    ],
)
def test_at_the_limit_it_is_safe(name, changed):
    found = next(one for one in examine(replace(ON_SQLITE, **changed)) if one.check.name == name)
    assert found.state is State.SAFE


@pytest.mark.parametrize(
    "name", ["places for checkpoints", "checkpoint kept elsewhere", "clock behind", "clock went back"]
)
def test_a_rehearsal_is_not_asked_for_what_protects_real_data_alone(name):
    bare = {"kind": "simulated", "sinks": 0, "standings": (standing(noted=False),), "went_back": (3,)}
    seen = replace(ON_SQLITE, **bare, last_recorded=NOW + timedelta(days=9999))
    assert next(one for one in examine(seen) if one.check.name == name).state is State.NOT_ASKED


# --- what is seen ----------------------------------------------------------------------------------------------------

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw shared:9 - nfs4 fileserver:/export rw,vers=4.2
31 30 8:2 / /srv/local\\040disk rw - xfs /dev/sdb1 rw
32 22 0:5 / /dev/shm rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [("/opt/x", "ext4"), ("/srv/trial", "nfs4"), ("/srv/local disk/trial", "xfs"), ("/dev/shm/t", "tmpfs"),
     ("/srvx", "ext4")],
)  # fmt: skip
def test_the_file_system_is_that_of_the_nearest_mount(place, kind):
    assert file_system(Path(place), MOUNTS) == kind
    assert (kind in NETWORK) == (kind == "nfs4")


def test_what_a_connection_of_this_program_comes_up_with_is_safe_and_leaves_nothing_behind(rehearsed):
    before = (rehearsed / "trial.sqlite3").read_bytes()
    seen = look(rehearsed)
    assert seen.pragmas["secure_delete"] == 1
    assert seen.pragmas["mmap_size"] == 0
    assert (seen.kind, seen.events, seen.unreadable, seen.lost_locks) == ("simulated", 12, "", ())
    assert (rehearsed / "trial.sqlite3").read_bytes() == before
    assert {one.name for one in rehearsed.iterdir()} <= {"trial.sqlite3", "trial.sqlite3-wal", "trial.sqlite3-shm"}


def test_a_damaged_ledger_is_seen_as_such(rehearsed):
    file = rehearsed / "trial.sqlite3"
    file.write_bytes(b"something else altogether, and long enough to be looked at")
    assert "not a ledger" in look(rehearsed).unreadable


def test_a_lock_that_was_taken_off_is_seen(rehearsed, tamper):
    with tamper(rehearsed):
        pass
    assert "was dropped" in " ".join(look(rehearsed).lost_locks)


def test_a_clock_that_was_set_back_is_seen_in_the_ledger(rehearsed, trial):
    with open_study(rehearsed) as ledger:
        early = replace(trial.count(50), recorded_at=trial.start - timedelta(hours=1))
        ledger.append(early, trial.issuer)
    assert look(rehearsed).went_back == (13,)


def test_the_environment_is_seen(tmp_path, monkeypatch):
    key = tmp_path / "checkpoint.key"
    key.write_text("x")
    os.chmod(key, 0o644)
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(key))
    monkeypatch.setenv("TRIALWRIGHT_DEBUG", "1")
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(tmp_path / "a"))
    seen = look()
    assert (seen.debug, seen.sinks) == (("TRIALWRIGHT_DEBUG",), 1)
    assert "0644" in seen.key


def test_a_key_in_the_study_folder_is_seen(rehearsed, monkeypatch):
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(rehearsed / "checkpoint.key"))
    assert "study's folder" in look(rehearsed).key


def test_the_verb_refuses_with_exit_code_1_and_says_what_to_do(rehearsed, monkeypatch, capsys):
    import json

    from trialwright.cli import main

    monkeypatch.setenv("TRIALWRIGHT_DEBUG", "1")
    with pytest.raises(SystemExit) as left:
        main(["doctor", str(rehearsed), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (left.value.code, told["safe"]) == (1, False)
    assert {one["check"]: one["state"] for one in told["checks"]}["debugging"] == "unsafe"
    assert len(told["checks"]) == len(CHECKS)


def test_the_reference_page_is_the_table_of_the_program(project):
    import runpy

    written = runpy.run_path(str(project / "docs" / "doctor.py"))
    assert written["PAGE"].read_text(encoding="utf-8") == written["page"](), "run: python docs/doctor.py"


def test_a_server_is_asked_for_its_settings_and_for_what_the_role_may_do(on_postgres, rehearsed, monkeypatch):
    seen = look(rehearsed)
    assert (seen.engine, seen.no_server, seen.rights, seen.unreadable) == ("PostgreSQL", "", (), "")
    assert set(SERVER_MUST) | {"synchronous_commit"} == set(seen.server)
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", on_postgres.replace("trialwright_app@", "postgres@"))
    assert {"SUPERUSER", "DELETE on ledger_event"} <= set(look(rehearsed).rights)


def test_a_server_that_does_not_answer_is_told(rehearsed, monkeypatch):
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    found = {one.check.name: one.state for one in examine(look(rehearsed))}
    assert found["server"] is State.UNSAFE
