"""A ledger held against notes that were kept elsewhere: what its owner can do to it, and which exit code says so.

Each attack is carried out as somebody who knows this program would: with every trigger dropped, every later event
hashed again, head row, tree and projections mended, so that the file by itself is in order.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trialwright.store import MachineIssuer, SeededIssuer, open_study, verify
from trialwright.store import chain as hashing
from trialwright.store.checkpoints.emitting import emit
from trialwright.store.checkpoints.keys import change_key, key_file, own_key, record_key, simulated_key
from trialwright.store.checkpoints.notes import Checkpoint, Key, read_note, signed
from trialwright.store.checkpoints.sinks import Folder


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Where a study that was made once is kept, to be copied with its key."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    """A key of this test alone."""
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "settings" / "key"))


@pytest.fixture
def anchors(tmp_path):
    return tmp_path / "anchors"


@pytest.fixture(params=["simulated", "real"])
def anchored(request, tmp_path, trial, anchors, shelf):
    """A study of 12 events, of either kind, with notes at 4, 8 and 12 in a folder elsewhere."""
    kept = shelf / request.param
    if not kept.exists():
        make(tmp_path / "study", anchors, trial, request.param)
        shutil.copytree(tmp_path, kept)
    else:
        shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return tmp_path / "study"


def make(study, anchors, trial, kind):
    study.mkdir()
    real = kind == "real"
    issuer = MachineIssuer() if real else SeededIssuer("seed")
    with open_study(study) as ledger:
        ledger.append(trial.opening(kind, at=None if real else trial.start), issuer)
        for number in range(1, 12):
            ledger.append(save(trial, number, real), issuer)
            if number in (3, 7, 11):
                emit(ledger, "the test", [Folder(anchors)])


def save(trial, number, real=False, value="1500"):
    from dataclasses import replace

    one = trial.count(number, f"S01-00{number % 3}", value)
    return replace(one, recorded_at=None) if real else one


def rows_of(connection, chain="study:TRIAL-1"):
    return connection.execute(
        "SELECT seq, event_id, header FROM ledger_event WHERE chain_id = ? ORDER BY seq", (chain,)
    ).fetchall()


def cut(connection, last, chain="study:TRIAL-1"):
    """Cut the end off and mend everything that told of it."""
    where = "chain_id = ? AND seq > ?"
    ids = f"(SELECT event_id FROM ledger_event WHERE {where})"
    connection.execute(f"DELETE FROM ledger_payload WHERE event_id IN {ids}", (chain, last))
    connection.execute(f"DELETE FROM ledger_event WHERE {where}", (chain, last))
    connection.execute("DELETE FROM ledger_checkpoint WHERE chain_id = ? AND size > ?", (chain, last))
    mend(connection, chain)


def rewrite(connection, seq, change, chain="study:TRIAL-1", keep_checkpoints=False):
    """Change a header and hash everything after it again."""
    previous = b""
    for place, event_id, header in rows_of(connection, chain):
        if place == seq:
            header = change(header)
        if place > seq:
            head, _, rest = header.partition('"prev":"')
            header = f'{head}"prev":"{previous.hex()}{rest[64:]}'
        digest = hashing.event_hash(header)
        if place >= seq:
            connection.execute(
                "UPDATE ledger_event SET header = ?, hash = ?, prev_hash = ? WHERE event_id = ?",
                (header, digest, previous or hashing_prev(connection, event_id), event_id),
            )
        previous = digest
    if not keep_checkpoints:
        connection.execute("DELETE FROM ledger_checkpoint WHERE chain_id = ? AND size >= ?", (chain, seq))
    mend(connection, chain)


def hashing_prev(connection, event_id):
    return connection.execute("SELECT prev_hash FROM ledger_event WHERE event_id = ?", (event_id,)).fetchone()[0]


def mend(connection, chain):
    """Head row, frontier and projections as the events now give them."""
    frontier, digest = (), b""
    found = connection.execute(
        "SELECT seq, hash FROM ledger_event WHERE chain_id = ? ORDER BY seq", (chain,)
    ).fetchall()
    for seq, digest in found:
        frontier = hashing.grow(frontier, seq - 1, digest)
    connection.execute("DELETE FROM ledger_head WHERE chain_id = ?", (chain,))
    if found:
        row = (chain, found[-1][0], digest, hashing.pack(frontier))
        connection.execute("INSERT INTO ledger_head (chain_id, seq, hash, frontier) VALUES (?, ?, ?, ?)", row)
    connection.execute("DELETE FROM projection_subject")
    connection.execute(
        "INSERT INTO projection_subject SELECT chain_id, stream_id, max(stream_version), seq, hash, NULL "
        "FROM ledger_event GROUP BY chain_id, stream_id"
    )


def code(study, anchors, **others):
    found = verify(study, anchors=anchors, **others)
    return found.code, found.first_bad and found.first_bad.seq


def test_a_ledger_that_is_as_it_was_is_borne_out(anchored, anchors):
    found = verify(anchored, anchors=anchors)
    assert (found.code, found.warnings) == (0, ())
    assert found.anchors["newest"]["study:TRIAL-1"]["size"] == 12
    assert verify(anchored).anchors is None


def test_events_after_the_newest_anchor_are_counted(anchored, anchors, trial):
    with open_study(anchored, read_only=True) as ledger:
        real = ledger.kind == "real"
    with open_study(anchored) as ledger:
        ledger.append(save(trial, 20, real), MachineIssuer() if real else SeededIssuer("seed"))
    found = verify(anchored, anchors=anchors)
    assert (found.code, found.anchors["newest"]["study:TRIAL-1"]["events_after"]) == (0, 1)


@pytest.mark.parametrize("last", [11, 9, 8, 5, 1])
def test_an_end_that_was_cut_off_is_11_at_the_first_event_that_is_gone(anchored, anchors, tamper, last):
    with tamper(anchored) as connection:
        cut(connection, last)
    assert verify(anchored).ok  # the limit of a chain alone
    assert code(anchored, anchors) == (11, last + 1)


@pytest.mark.parametrize(("seq", "place"), [(2, 1), (4, 1), (5, 5), (8, 5), (9, 9), (12, 9)])
def test_a_rewritten_event_is_10_between_the_anchors_around_it(anchored, anchors, tamper, seq, place):
    with tamper(anchored) as connection:
        rewrite(connection, seq, lambda header: header.replace('"actor":"u1"', '"actor":"u2"'))
    assert verify(anchored).ok
    assert code(anchored, anchors) == (10, place)


def test_a_time_of_recording_that_was_put_back_is_10(anchored, anchors, tamper):
    with tamper(anchored) as connection:
        rewrite(connection, 6, lambda header: header.replace('"at":"20', '"at":"19'))
    assert code(anchored, anchors) == (10, 5)


def test_a_rewritten_ledger_with_its_old_checkpoints_left_in_is_found_without_anchors_too(anchored, anchors, tamper):
    with tamper(anchored) as connection:
        rewrite(connection, 6, lambda header: header.replace('"u1"', '"u2"'), keep_checkpoints=True)
    assert verify(anchored).code == 10 and code(anchored, anchors) == (10, 5)


def test_a_study_that_went_on_from_an_older_state_is_a_fork(anchored, anchors, tamper, trial):
    with open_study(anchored, read_only=True) as ledger:
        real = ledger.kind == "real"
    with tamper(anchored) as connection:
        cut(connection, 8)
    issuer = MachineIssuer() if real else SeededIssuer("seed")
    with open_study(anchored) as ledger:
        for number in range(30, 36):
            ledger.append(save(trial, number, real, "900"), issuer)
    assert verify(anchored).ok
    assert code(anchored, anchors) == (12, 9)


def test_two_signed_histories_are_a_fork_whatever_their_times(anchored, anchors, tmp_path, trial):
    with open_study(anchored, read_only=True) as ledger:
        real = ledger.kind == "real"
    other = tmp_path / "other"
    shutil.copytree(anchored, other)
    issuer = MachineIssuer() if real else SeededIssuer("seed")
    for folder, value in ((anchored, "900"), (other, "1900")):
        with open_study(folder) as ledger:
            ledger.append(save(trial, 20, real, value), issuer)
            emit(ledger, "the test", [Folder(tmp_path / folder.name)])
    shutil.copytree(tmp_path / "other", anchors / "other")
    assert code(other, anchors) == (0, None)
    assert code(anchored, anchors) == (12, 13)
    shutil.copytree(tmp_path / "study", anchors / "study")
    assert (code(anchored, anchors)[0], code(other, anchors)[0]) == (12, 12)


def test_a_ledger_that_was_written_anew_under_the_same_name_never_passes(tmp_path, trial, anchors):
    codes = {}
    for kind in ("real", "simulated"):
        for name, value in ((kind, "1500"), (f"{kind} anew", "900")):
            (tmp_path / name).mkdir()
            issuer = MachineIssuer() if kind == "real" else SeededIssuer(value)
            with open_study(tmp_path / name) as ledger:
                ledger.append(trial.opening(kind, at=None if kind == "real" else trial.start), issuer)
                ledger.append(save(trial, 1, kind == "real", value), issuer)
                if name == kind:
                    emit(ledger, "the test", [Folder(anchors / kind)])
        codes[kind] = code(tmp_path / f"{kind} anew", anchors / kind)
    assert codes == {"real": (12, 1), "simulated": (15, None)}


def test_an_emptied_ledger_never_passes(anchored, anchors, tamper):
    with tamper(anchored) as connection:
        for table in ("ledger_event", "ledger_payload", "ledger_head", "ledger_checkpoint", "ledger_meta",
                      "stored_text", "projection_subject"):  # fmt: skip
            connection.execute(f"DELETE FROM {table}")
    assert verify(anchored).ok
    assert code(anchored, anchors)[0] in (11, 15)


# ---- the chain of the database, which holds the keys -----------------------------------------------------------------


@pytest.fixture
def real(tmp_path, trial, anchors):
    """A real study of 3 events with its notes."""
    study = tmp_path / "study"
    study.mkdir()
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
        for number in (1, 2):
            ledger.append(save(trial, number, real=True), MachineIssuer())
        emit(ledger, "the test", [Folder(anchors)])
    return study


def test_a_chain_of_the_database_that_was_cut_off_is_found(real, anchors, tamper, trial):
    with tamper(real) as connection:
        cut(connection, 1, "system")
        connection.execute("DELETE FROM ledger_checkpoint")
    assert verify(real).ok
    assert verify(real, anchors=anchors).code == 11


def test_a_chain_of_the_database_that_was_taken_out_whole_is_found(real, anchors, tamper):
    with tamper(real) as connection:
        cut(connection, 0, "system")
        connection.execute("DELETE FROM ledger_checkpoint")
    assert verify(real).ok
    found = verify(real, anchors=anchors)
    assert (found.code, found.first_bad.what) == (11, "system")


def test_a_forger_with_a_key_of_their_own_never_passes(real, anchors, tamper, monkeypatch, tmp_path):
    """History rewritten, an own key recorded in the place of the right one, and new notes signed with it."""
    with tamper(real) as connection:
        rewrite(connection, 2, lambda header: header.replace('"u1"', '"u2"'))
        cut(connection, 0, "system")
        connection.execute("DELETE FROM ledger_checkpoint")
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "forged" / "key"))
    with open_study(real) as ledger:
        emit(ledger, "the forger", [])
    assert verify(real).ok
    assert verify(real, anchors=anchors).code in (10, 12)
    for keys in anchors.glob("*.keys"):
        keys.unlink()
    assert verify(real, anchors=anchors).code == 15  # nobody is left to vouch for the notes: it cannot be told


def test_notes_of_an_earlier_key_count_after_it_was_changed(real, anchors, trial):
    with open_study(real) as ledger:
        change_key(real)
        ledger.append(save(trial, 9, real=True), MachineIssuer())
        assert emit(ledger, "the test", [Folder(anchors)]).findings == ()
    for keys in anchors.glob("*.keys"):
        keys.unlink()
    found = verify(real, anchors=anchors)
    assert (found.code, found.anchors["counted"], found.warnings) == (0, 4, ())


# ---- what does not count ---------------------------------------------------------------------------------------------


@pytest.fixture
def note(rehearsed):
    """The note of a rehearsal of 12 events, which lies nowhere yet."""
    with open_study(rehearsed) as ledger:
        return emit(ledger, "the test", []).notes[0]


def lay(anchors: Path, *texts: str) -> Path:
    anchors.mkdir(parents=True, exist_ok=True)
    (anchors / "notes").write_text("\n".join(texts))
    return anchors


def test_a_single_file_is_enough(rehearsed, note, anchors):
    assert code(rehearsed, lay(anchors, note.whole) / "notes") == (0, None)


def test_anchors_without_a_match_never_pass_in_silence(rehearsed, note, anchors):
    stranger = signed(
        Checkpoint("trialwright/study:X/00000000", 3, b"\0" * 32, "00" * 32, note.checkpoint.at, "1"), b"\1" * 32
    )
    for texts in ((), ("Dear all,\n",), (stranger.whole,), (note.whole[:-20],)):
        found = verify(rehearsed, anchors=lay(anchors, *texts))
        assert (found.code, found.first_bad.what, len(found.warnings)) == (15, "anchors", 1), texts
    found = verify(rehearsed, anchors=lay(anchors, stranger.whole, note.whole))
    assert (found.code, found.anchors["counted"], len(found.warnings)) == (0, 1, 1)
    assert "another ledger" in found.warnings[0]


def test_a_bad_signature_is_said_and_counts_for_nothing(rehearsed, note, anchors):
    forged = note.whole.replace("at 2006", "at 2007")
    found = verify(rehearsed, anchors=lay(anchors, forged))
    assert found.code == 15 and "signature is not that of its text" in found.warnings[0]
    found = verify(rehearsed, anchors=lay(anchors, forged, note.whole))
    assert found.code == 0 and len(found.warnings) == 1


@pytest.mark.parametrize(("old", "new"), [("\n12\n", "\n13\n"), ("\n12\n", "\n11\n")])
def test_a_note_that_cannot_be_verified_and_speaks_against_the_ledger_is_no_pass(rehearsed, note, anchors, old, new):
    found = verify(rehearsed, anchors=lay(anchors, note.whole, note.whole.replace(old, new)))
    assert (found.code, found.first_bad.what) == (15, "anchors")


def test_a_note_of_an_unknown_key_is_said_and_counts_once_its_key_is_handed_in(real, anchors, tmp_path):
    other, where = b"\x05" * 32, tmp_path / "others"
    mine = read_note(next(anchors.glob("*study*.notes")).read_text())
    theirs = signed(mine.checkpoint, other)
    found = verify(real, anchors=lay(where, theirs.whole))
    assert found.code == 15 and "no key that is known" in found.warnings[0]
    key = Key(mine.checkpoint.origin, simulated_key("").public)
    assert verify(real, anchors=where, keys=[key.text]).code == 15
    own = Key(mine.checkpoint.origin, own_key(real).public)
    assert verify(real, anchors=lay(where, mine.whole), keys=[own.text]).code == 0


def test_a_rehearsals_note_never_passes_for_a_real_ledger(real, rehearsed, note, anchors, tmp_path):
    assert code(real, lay(tmp_path / "x", note.whole)) == (15, None)
    with open_study(real, read_only=True) as ledger:
        first = ledger.hash_at(1)
        head = ledger.head()
    for log in ("trialwright", "trialwright-simulated"):
        origin = f"{log}/study:TRIAL-1/{first[:16]}"
        made = Checkpoint(origin, 3, bytes.fromhex(head.root), head.hash, note.checkpoint.at, "0.1.0")
        forged = signed(made, simulated_key(first).private)
        assert code(real, lay(tmp_path / "x", forged.whole)) == (15, None)


def test_anchors_that_are_not_there_and_a_key_that_is_none_are_wrong_use(rehearsed, tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        verify(rehearsed, anchors=tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no Ed25519 key"):
        verify(rehearsed, anchors=tmp_path, keys=["x"])


# ---- the checkpoints that the database holds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "root = zeroblob(32)",
        "note = ''",
        "note = replace(note, 'at 2', 'at 3')",
        "note = substr(note, 1, length(note) - 3) || 'AA' || char(10)",
        "note = CAST(note AS BLOB)",
        "size = size - 1",
        "anchored_at = '2020-01-01T00:00:00.000000Z'",
        "anchored_at = NULL",
        "anchored_to = NULL",
    ],
)
def test_a_checkpoint_in_the_database_that_was_altered_is_10(anchored, tamper, change):
    with tamper(anchored) as connection:
        where = "chain_id = 'study:TRIAL-1' AND size = 8"
        assert connection.execute(f"UPDATE ledger_checkpoint SET {change} WHERE {where}").rowcount == 1
    assert verify(anchored).code == 10


def test_a_checkpoint_of_a_key_that_nobody_recorded_is_10(real, tamper):
    with tamper(real) as connection:
        ((size, note),) = connection.execute(
            "SELECT size, note FROM ledger_checkpoint WHERE chain_id LIKE 'study%'"
        ).fetchall()
        forged = signed(read_note(note).checkpoint, b"\x09" * 32).whole
        connection.execute(
            "UPDATE ledger_checkpoint SET note = ? WHERE size = ? AND chain_id LIKE 'study%'", (forged, size)
        )
    assert verify(real).code == 10


def test_the_key_file_is_used_and_recorded(real):
    with open_study(real) as ledger:
        assert key_file().exists() and record_key(ledger, own_key(real)) is False
