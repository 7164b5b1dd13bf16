"""A save in few trips to a server: the functions it calls open no lock, and a save stands only after its COMMIT."""

from __future__ import annotations

import os
from dataclasses import replace

import psycopg
import pytest

from postgres_server import APPLICATION, OWNER, VERIFIER
from trialwright.store import open_study, verify
from trialwright.store.engines.roles import initialise
from trialwright.store.engines.trips import TRIPS
from trialwright.store.errors import LedgerDamaged, LedgerError, NoLedger

pytestmark = pytest.mark.usefixtures("on_postgres")
ZEROS = "decode(repeat('00', 32), 'hex')"
RIGHT = {
    "seq": "13", "id": "'new'", "key": "'new'", "part": "part", "version": "stream_version + 1", "prev": "hash",
    "salt": "hash", "body": "'[]'",
}  # fmt: skip


def add(**other):
    """A forged event after the twelfth, by the function that a save calls."""
    it = RIGHT | other
    return (
        f"SELECT public.ledger_add(chain_id, {it['seq']}, {it['id']}, {it['key']}, {it['part']}, stream_id, "
        f"{it['version']}, 'forged', payload_commit, {it['prev']}, hash, {it['salt']}, {it['body']}) "
        "FROM public.ledger_event WHERE seq = 12"
    )


def move(chain="chain_id", seq="12", digest="hash", first="false"):
    """The head moved, by the function that a save calls."""
    return (
        f"SELECT public.ledger_move({chain}, {seq}, {digest}, hash, {first}, stream_id, stream_version, NULL) "
        "FROM public.ledger_event WHERE seq = 12"
    )


REFUSED = [
    add(seq="14"),
    add(seq="12"),
    add(prev=ZEROS),
    add(version="stream_version"),
    add(version="stream_version + 2"),
    add(id="(SELECT event_id FROM public.ledger_event WHERE seq = 5)"),
    add(key="'save-4'"),
    add(salt="NULL"),
    add(body="NULL"),
    add(salt="'\\x00'::bytea"),
    move(),
    move(seq="11"),
    move(seq="13"),
    move(digest=ZEROS),
    move(chain="'study:other'", first="true"),
    move(first="true"),
]
"""Each is what the locks refuse one by one."""
ALWAYS = """
CREATE SCHEMA evil;
CREATE FUNCTION evil.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION evil.always(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION evil.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.always);
CREATE OPERATOR evil.<> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.never);
CREATE OPERATOR evil.<= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.never);
CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.always);
GRANT USAGE ON SCHEMA evil TO PUBLIC; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA evil TO PUBLIC;
"""


def as_role(role):
    """A connection to the test's database."""
    url = os.environ["TRIALWRIGHT_DATABASE_URL"].replace(f"{APPLICATION}@", f"{role}@")
    return psycopg.connect(url, autocommit=True)


def let_through(connection, statements):
    """The statements that the database carried out; each is taken back."""
    through = []
    for statement in statements:
        try:
            with connection.transaction():
                connection.execute(statement)
                through.append(statement)
                raise psycopg.Rollback
        except psycopg.Error:
            pass
    return through


@pytest.mark.parametrize(
    ("role", "setting"),
    [
        (APPLICATION, "SELECT 1"),
        ("postgres", f"SET ROLE {OWNER}"),
        ("postgres", "SELECT 1"),
        ("postgres", "SET session_replication_role = replica"),
    ],
)
def test_what_the_locks_refuse_they_refuse_through_the_functions_of_a_save_too(rehearsed, role, setting):
    with as_role(role) as connection:
        connection.execute(setting)
        assert let_through(connection, REFUSED) == []
        assert let_through(connection, [add()]) == [add()]  # the negative control
    assert verify(rehearsed).ok


def test_the_verifier_may_not_call_them(rehearsed):
    with as_role(VERIFIER) as verifier:
        calls = [add(), move(), "SELECT * FROM public.ledger_end('study:TRIAL-1', 'key', 'study')"]
        assert let_through(verifier, calls) == []


def test_operators_of_ones_own_before_those_of_the_server_open_no_lock(rehearsed):
    """The session says where names are looked up; the locks do not ask it."""
    plain = [
        "INSERT INTO public.ledger_event SELECT chain_id, 14, 'new', 'new', part, stream_id, stream_version + 1, "
        "'forged', payload_commit, hash, hash FROM public.ledger_event ORDER BY seq DESC LIMIT 1",
        f"INSERT INTO public.ledger_payload VALUES ('no event', {ZEROS}, '[]')",
        "UPDATE public.ledger_head SET seq = 11",
    ]
    with as_role("postgres") as superuser:
        superuser.execute(ALWAYS)
    with as_role(APPLICATION) as application:
        application.execute("SET search_path = evil, pg_catalog, public")
        assert application.execute("SELECT 'a'::text = 'b'::text").fetchone() == (True,)  # they are had
        assert let_through(application, [*REFUSED, *plain]) == []
    assert verify(rehearsed).warnings == ()
    with as_role("postgres") as superuser:
        superuser.execute("ALTER FUNCTION public.ledger_event_next() RESET search_path")
    with as_role(APPLICATION) as application:
        application.execute("SET search_path = evil, pg_catalog, public")
        assert add(seq="14") in let_through(application, REFUSED)  # the control: a lock that asks the session
    assert verify(rehearsed).warnings == ("the function ledger_event_next was changed",)


@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: trip.name)
def test_a_function_of_a_save_that_was_changed_is_told(rehearsed, trip):
    assert verify(rehearsed).warnings == ()
    with as_role("postgres") as superuser:
        superuser.execute(trip.made_by().replace("CREATE", "CREATE OR REPLACE", 1).replace("BEGIN", "BEGIN NULL;", 1))
    assert verify(rehearsed).warnings == (f"the function {trip.name} was changed",)


def test_a_server_of_an_earlier_version_is_read_as_it_is_and_written_to_after_database_init(
    postgres, tmp_path, trial, monkeypatch
):
    url = postgres.url("earlier", "earlier_app")
    initialise(url, postgres.url())
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", url)
    with open_study(tmp_path, study="TRIAL-1") as ledger:
        ledger.append_many([trial.opening(), trial.count(1)], trial.issuer)
        before = ledger.head()
    with psycopg.connect(postgres.url("earlier"), autocommit=True) as superuser:
        for trip in TRIPS:
            superuser.execute(f"DROP FUNCTION public.{trip.name}")
        superuser.execute("DELETE FROM django_migrations WHERE name = '0004_trips'")
    assert (verify(tmp_path).ok, verify(tmp_path).warnings) == (True, ())
    with pytest.raises(NoLedger, match=r"0004_trips.*trialwright database init"), open_study(tmp_path):
        pass
    assert any("0004_trips" in step.what and step.made for step in initialise(url, postgres.url()))
    assert not any(step.made for step in initialise(url, postgres.url()))
    with open_study(tmp_path) as ledger:
        assert ledger.head() == before
        assert ledger.append(trial.count(2), trial.issuer).seqs == (3,)
    assert (verify(tmp_path).ok, verify(tmp_path).warnings) == (True, ())


# --- the transaction travels with its statements ------------------------------------------------------------------


def test_a_save_is_five_statements(rehearsed, trial, monkeypatch):
    said, execute = [], psycopg.Cursor.execute
    with open_study(rehearsed) as ledger:
        ledger.append(trial.count(20), trial.issuer)
        monkeypatch.setattr(
            psycopg.Cursor, "execute", lambda *given, **named: said.append(given[1]) or execute(*given, **named)
        )
        ledger.append(trial.count(21), trial.issuer)
    found = [statement.split("(")[0] for statement in said]
    assert found == [
        "BEGIN", "SELECT * FROM public.ledger_end", "SELECT public.ledger_add", "SELECT public.ledger_move", "COMMIT",
    ]  # fmt: skip


def test_a_save_whose_commit_the_server_refuses_is_not_acknowledged(rehearsed, trial):
    with as_role("postgres") as superuser:
        superuser.execute(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION ''too late'' USING ERRCODE = ''restrict_violation''; END';"
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ledger_payload DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION late()"
        )
    with open_study(rehearsed) as ledger:
        with pytest.raises(LedgerDamaged, match="too late"):
            ledger.append(trial.count(20), trial.issuer)
        assert ledger.head().seq == 12
        with as_role("postgres") as superuser:
            superuser.execute("DROP TRIGGER late ON ledger_payload")
        assert ledger.append(trial.count(20), trial.issuer).seqs == (13,)


def test_a_guard_that_lets_an_error_of_the_server_pass_does_not_get_its_save_acknowledged(rehearsed, trial):
    def careless(view, event):
        try:
            view._cursor.execute("SELECT nothing FROM nowhere")
            view._cursor.fetchone()
        except Exception:
            return []
        raise AssertionError("the server answered")

    with open_study(rehearsed) as ledger:
        with pytest.raises(LedgerError):
            ledger.append(trial.count(20), trial.issuer, careless)
        assert ledger.head().seq == 12
        assert ledger.append(trial.count(20), trial.issuer, lambda view, event: []).seqs == (13,)


def test_a_retry_and_a_save_to_several_streams_are_told_apart_in_the_same_trip(rehearsed, trial):
    one, other = trial.count(20), trial.count(20, subject="S01-002", path="anc/c9d1/value")
    both = replace(one, events=(*one.events, *other.events), base_versions={"subject:S01-002": 4})
    with open_study(rehearsed) as ledger:
        saved = ledger.append(both, trial.issuer)
        again = ledger.append(both, trial.issuer)
        assert (saved.seqs, again.seqs, saved.replay, again.replay) == ((13, 14), (13, 14), False, True)
        assert [ledger.version(f"subject:S01-00{number}") for number in (1, 2)] == [5, 5]
    assert verify(rehearsed).ok
