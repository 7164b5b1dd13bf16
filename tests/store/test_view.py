"""What an open ledger remembers of its streams: always what reading them anew would give, and nothing unsaved."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace

import pytest

from trialwright.core.ledger import REDACTED, Change
from trialwright.core.terms import Finding, Severity
from trialwright.store import Ledger, open_study, verify
from trialwright.store import view as views
from trialwright.store.engines import engine_of
from trialwright.store.errors import LedgerDamaged, Refused
from trialwright.store.open import connected
from trialwright.store.redaction import Person, redact
from trialwright.store.view import Memory, Stream
from trialwright.store.writer import transaction_on

SUBJECT = "subject:S01-001"
NO = Finding(about="form", says="It is refused.", matters="It is a test.", do="Nothing.", severity=Severity.ERROR)


def shown(stream, events):
    """A projection in which every value can be seen."""
    return repr([(event.seq, event.id, getattr(event, "items", ())) for event in events])


@pytest.fixture
def two(engine, rehearsed):
    """The same ledger opened twice, as by two processes."""
    with open_study(rehearsed, projection=shown) as one, open_study(rehearsed, projection=shown) as other:
        one.rebuild()
        yield one, other


@pytest.fixture
def read(monkeypatch):
    """The places of the events that were read from their rows for a guard or a projection."""
    places = []

    def noted(found, *args):
        found = [*found]
        places.extend(row[0] for row in found)
        return whole(found, *args)

    whole = views.events_of
    monkeypatch.setattr(views, "events_of", noted)
    return places


def as_read_anew(ledger, stream=SUBJECT):
    """What the projection says of the events as they are read without any memory."""
    return shown(stream, list(ledger.events(stream=stream)))


def as_kept(ledger, stream=SUBJECT):
    """What the ledger's own projection says."""
    with ledger._cursor() as cursor:
        cursor.execute("SELECT status FROM projection_subject WHERE stream_id = %s", [stream])
        return cursor.fetchone()[0]


def remembered(ledger, stream=SUBJECT):
    """The places of the events that the ledger remembers."""
    return [event.seq for event in ledger.memory.recall(ledger.chain, stream).events]


def test_only_what_came_since_is_read(two, trial, read):
    ledger, _ = two
    ledger.append(trial.count(20), trial.issuer)
    assert read == [2, 5, 8, 11, 13]
    read.clear()
    ledger.append(trial.count(21), trial.issuer)
    assert read == [14]
    assert as_kept(ledger) == as_read_anew(ledger)


def test_what_another_process_saved_is_read_on(two, trial, read):
    one, other = two
    one.append(trial.count(20), trial.issuer)
    other.append(trial.count(21, value="900"), trial.issuer)
    read.clear()
    one.append(trial.count(22), trial.issuer)
    assert read == [14, 15]
    assert as_kept(one) == as_read_anew(one) and verify(one.folder, projection=shown).ok


def test_a_save_that_was_rolled_back_leaves_no_trace(two, trial):
    ledger, _ = two
    ledger.append(trial.count(20), trial.issuer)
    known = remembered(ledger)
    ledger.projection = failing
    with pytest.raises(RuntimeError, match="while projecting"):
        ledger.append(trial.count(21, value="1"), trial.issuer)
    ledger.projection = shown
    assert remembered(ledger) == known == [2, 5, 8, 11, 13]
    ledger.append(trial.count(22, value="2"), trial.issuer)
    assert as_kept(ledger) == as_read_anew(ledger) and ledger.head().seq == 14


def failing(stream, events):
    raise RuntimeError("while projecting")


def test_a_refused_save_leaves_no_trace(two, trial):
    ledger, _ = two

    def guard(view, event):
        assert view.events(SUBJECT)
        return [NO] if event.items == both[1].events[0].items else []

    both = [trial.count(20), trial.count(21, value="1")]
    with pytest.raises(Refused):
        ledger.append_many(both, trial.issuer, guard)
    assert remembered(ledger) == []
    ledger.append(both[0], trial.issuer, guard)
    assert remembered(ledger) == [2, 5, 8, 11]  # as stored; what was said in the same save is read back next time
    assert as_kept(ledger) == as_read_anew(ledger)


@pytest.mark.parametrize("by", [0, 1], ids=["the same", "another process"])
def test_a_redacted_event_is_never_remembered_as_it_was(two, trial, by):
    item = Change("adverse_event/1/term", None, "rash, told by Wilhelmina")
    save = trial.count(20)
    save = replace(save, events=(replace(save.events[0], items=(item,)),))
    two[0].append(save, trial.issuer)
    asks, approves = Person("u1", "coordinator"), Person("u2", "data manager")
    redact(two[by], 13, reason="identifying_data", requested_by=asks, approved_by=approves)
    two[0].append(trial.count(21), trial.issuer)
    kept = two[0].memory.recall(two[0].chain, SUBJECT).events
    assert [event.items[0].new for event in kept if event.seq == 13] == [REDACTED]
    assert "Wilhelmina" not in as_kept(two[0]) and as_kept(two[0]) == as_read_anew(two[0])
    assert verify(two[0].folder, projection=shown).ok


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("longer", [0, 1, 2], ids=["an event fewer", "as many events", "an event more"])
def test_another_file_put_in_the_same_place_is_read_anew(engine, rehearsed, trial, longer, tmp_path_factory):
    """Same stream, another history: the hash at the version tells."""
    place = tmp_path_factory.mktemp("earlier")
    shutil.copy(rehearsed / "trial.sqlite3", place)
    with open_study(place) as earlier:
        earlier.append_many([trial.count(30 + number, value="700") for number in range(longer)], trial.issuer)
    with open_study(rehearsed, projection=shown) as ledger:
        ledger.append(trial.count(20), trial.issuer)
        memory = ledger.memory
    shutil.copy(place / "trial.sqlite3", rehearsed)
    with open_study(rehearsed, projection=shown) as ledger:
        ledger.memory = memory
        ledger.append(trial.count(40), trial.issuer)
        assert as_kept(ledger) == as_read_anew(ledger)
        assert len(remembered(ledger)) == 4 + longer + 1


def test_an_altered_last_event_is_found_by_the_next_save_all_the_same(two, trial, tamper):
    ledger, _ = two
    ledger.append(trial.count(20), trial.issuer)
    with tamper(ledger.folder) as owner:
        owner.execute("UPDATE ledger_event SET header = replace(header, 'u1', 'u9') WHERE seq = 8")
        owner.execute(f"UPDATE ledger_event SET hash = x'{'00' * 32}' WHERE seq = 13")
        owner.execute(f"UPDATE ledger_head SET hash = x'{'00' * 32}' WHERE seq = 13")
    with pytest.raises(LedgerDamaged):
        ledger.append(trial.count(21), trial.issuer)


def test_the_memory_is_bounded_by_events_and_forgets_the_stream_longest_not_asked_for():
    memory = Memory(most=5)
    for name, size in (("a", 2), ("b", 2), ("a", 3)):
        memory.keep("chain", name, Stream((None,) * size, b"hash"))
    assert [len(memory.recall("chain", name).events) for name in "ba"] == [2, 3]
    memory.recall("chain", "b")
    memory.keep("chain", "c", Stream((None,) * 2, b"hash"))
    assert [len(memory.recall("chain", name).events) for name in "abc"] == [0, 2, 2]
    memory.keep("chain", "d", Stream((None,) * 6, b"hash"))
    assert [len(memory.recall("chain", name).events) for name in "abcd"] == [0, 0, 0, 0]
    memory.keep("chain", "e", Stream((None,), b"hash"))
    memory.forget()
    assert memory.recall("chain", "e") == Stream()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_server_that_refuses_a_write_leaves_a_connection_that_saves(engine, rehearsed, trial, tamper, caplog):
    """Statements travel together, so that a refusal comes late; and a plan made in a refused save is made again."""
    with open_study(rehearsed, projection=shown) as ledger:
        with tamper(rehearsed) as owner:
            owner.execute("ALTER TABLE ledger_payload ADD CONSTRAINT no CHECK (body NOT LIKE '%13 /mm3%')")
            owner.execute("ALTER TABLE ledger_payload ADD CONSTRAINT nor CHECK (body NOT LIKE '%\"13\"%')")
        for number in range(20, 25):
            with pytest.raises(LedgerDamaged, match="refused the write"):
                ledger.append(trial.count(number, value="13"), trial.issuer)
            assert ledger.head().seq == 12
        for number in range(20, 25):
            ledger.append(trial.count(number), trial.issuer)
        assert ledger.head().seq == 17
        assert caplog.messages == []
        assert as_kept(ledger) == as_read_anew(ledger)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_is_asked_with_the_lock_is_as_it_stands_after_the_wait_for_it(engine, rehearsed, trial):
    """The other's save is in by then: the version, the last event and the key are not those from before the wait."""
    done = []
    waiting = threading.Thread(target=lambda: done.append(save_in_thread(rehearsed, trial)))
    with connected(rehearsed, read_only=False) as alias:
        with transaction_on(alias) as cursor:
            engine_of(alias).lock(cursor, "study:TRIAL-1")
            waiting.start()
            waits_for_a_lock(cursor)
            Ledger(alias, rehearsed, study="TRIAL-1").append(trial.count(50), trial.issuer)
            assert not done
        waiting.join(20)
    assert done == [14]


def waits_for_a_lock(cursor):
    """Until somebody waits."""
    for _ in range(200):
        cursor.execute("SELECT count(*) FROM pg_catalog.pg_locks WHERE NOT granted")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the lock")


def save_in_thread(folder, trial):
    """The place of a save that has to wait for its turn."""
    with open_study(folder) as ledger:
        return ledger.append(trial.count(51), trial.issuer).seqs[0]
