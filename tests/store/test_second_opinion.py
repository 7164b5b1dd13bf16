"""The standalone verifier against the program: hundreds of tampered ledgers, one exit code, one first bad event.

The two share no code. RFC 8032's vectors and another implementation stand for the signatures.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from trialwright.core.ledger import KINDS, SYSTEM_KINDS
from trialwright.store import MachineIssuer, SeededIssuer, open_study, verifier, verify
from trialwright.store.checkpoints.emitting import emit
from trialwright.store.checkpoints.sinks import Folder

FILE = Path(verifier.__file__)


# ---- signatures -----------------------------------------------------------------------------------------------------

# RFC 8032 §7.1: TEST 1, 2, 3 and SHA(abc): public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_verify_and_no_flipped_bit_of_them_does(public, message, signature):
    key, text, made = (bytes.fromhex(each) for each in (public, message, signature))
    assert verifier.signature_holds(key, made, text)
    for place in range(0, 512, 37):
        flipped = bytearray(made)
        flipped[place // 8] ^= 1 << place % 8
        assert not verifier.signature_holds(key, bytes(flipped), text)
    assert not verifier.signature_holds(key, made, text + b"x")


def test_signatures_are_judged_as_another_implementation_judges_them():
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    chance = random.Random(8032)
    order = 2**252 + 27742317777372353535851937790883648493
    for number in range(40):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, text = private.public_key().public_bytes_raw(), chance.randbytes(number)
        made = private.sign(text)
        scalar = int.from_bytes(made[32:], "little") + order  # malleable: the same modulo the order
        odd = [made[:32] + scalar.to_bytes(32, "little"), chance.randbytes(64), b"\0" * 64, made[:63], b"\xff" * 64]
        for key, signature in [(public, made), *((public, each) for each in odd), (chance.randbytes(32), made)]:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
                right = True
            except (InvalidSignature, ValueError):
                right = False
            assert verifier.signature_holds(key, signature, text) is right


# ---- tampered ledgers -----------------------------------------------------------------------------------------------


def save(trial, number, real):
    from dataclasses import replace

    one = trial.count(number, f"S01-00{number % 3}", str(1000 + number))
    return replace(one, recorded_at=None) if real else one


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Where each kind of study is kept once it was made."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(params=["simulated", "real"])
def kept(request, tmp_path, trial, shelf, monkeypatch):
    """A study of 12 events with notes at 6 and 12, in the shelf; its folder and that of its anchors."""
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(tmp_path / "key"))
    place = shelf / request.param
    if not place.exists():
        (place / "study").mkdir(parents=True)
        real = request.param == "real"
        issuer = MachineIssuer() if real else SeededIssuer("seed")
        with open_study(place / "study") as ledger:
            ledger.append(trial.opening(request.param, at=None if real else trial.start), issuer)
            for number in range(1, 12):
                ledger.append(save(trial, number, real), issuer)
                if number in (5, 11):
                    emit(ledger, "the test", [Folder(place / "anchors")])
    return place


@pytest.fixture
def copy(kept, tmp_path):
    """A copy of the study, to be tampered with."""
    shutil.copytree(kept / "study", tmp_path / "study")
    return tmp_path / "study"


def both(study, anchors=None):
    """What the program and the standalone verifier say: exit code and first bad event of each."""
    program = verify(study, anchors=anchors)
    other = verifier.verify(study, verifier.Anchors(anchors, []) if anchors else None)
    first, second = program.first_bad, other["first_bad"]
    return (
        (program.code, first and first.seq),
        (other["code"], second and second["seq"]),
        (first and (first.what, first.why), second),
    )


def agree(study, anchors=None):
    program, other, why = both(study, anchors)
    assert program == other, why
    return program


COLUMNS = {
    "ledger_event": "chain_id seq event_id submission_id part stream_id stream_version header payload_commit "
    "prev_hash hash",
    "ledger_payload": "event_id salt body",
    "ledger_head": "chain_id seq hash frontier",
    "ledger_checkpoint": "chain_id size root note anchored_at",
    "ledger_meta": "key value",
    "stored_text": "sha256 kind text",
    "projection_subject": "chain_id stream_id stream_version last_seq last_hash status",
}
VALUES = [
    "NULL", "''", "'x'", "0", "1", "7", "-1", "1.5", "x''", "x'00'", "zeroblob(32)", "{column} || 'x'",
    "'x' || {column}", "{column} + 1", "{column} - 1", "hex({column})", "CAST({column} AS BLOB)", "CAST(x'ff' AS TEXT)",
    "replace({column}, 'u1', 'u2')", "replace({column}, '2', '3')", "char(0)", "'e' || char(769)",
]  # fmt: skip


def mutations():
    """Every column of every table with values of every kind, at a place that chance chooses."""
    chance = random.Random(12)
    for table, columns in COLUMNS.items():
        for column in columns.split():
            for value in VALUES:
                yield table, column, value, chance.random()


def apply(study, table, column, value, place):
    """Tamper with one value as the owner of the file could; whether anything changed."""
    connection = sqlite3.connect(study / "trial.sqlite3")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    row = f"rowid = (SELECT rowid FROM {table} LIMIT 1 OFFSET {int(place * count)})"
    try:
        connection.execute(f"UPDATE {table} SET {column} = {value.format(column=column)} WHERE {row}")
        connection.commit()
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return False
    finally:
        connection.close()
    return True


@pytest.mark.parametrize("part", range(2))
def test_both_agree_on_hundreds_of_changed_values(kept, copy, part):
    whole = (copy / "trial.sqlite3").read_bytes()
    done, unseen = 0, []
    for number, (table, column, value, place) in enumerate(mutations()):
        if number % 8 != 2 * part + 4 * (kept.name == "real"):
            continue
        (copy / "trial.sqlite3").write_bytes(whole)
        if apply(copy, table, column, value, place):
            done += 1
            program, other, why = both(copy)
            assert program == other, (table, column, value, why)
            code = program[0]
            if code == 0:
                unseen.append((table, column, value))
    assert done > 40
    assert all(same_value(kept, *each) for each in unseen), unseen


def same_value(kept, table, column, value):
    """Whether the change may have left every value as it was."""
    connection = sqlite3.connect(kept / "study" / "trial.sqlite3")
    changed = value.format(column=column)
    (same,) = connection.execute(f"SELECT count(*) FROM {table} WHERE {column} IS {changed}").fetchone()
    connection.close()
    return same > 0


STATEMENTS = [
    "DELETE FROM ledger_event WHERE seq = {seq}",
    "DELETE FROM ledger_event WHERE seq > {seq}",
    "DELETE FROM ledger_payload WHERE event_id IN (SELECT event_id FROM ledger_event WHERE seq = {seq})",
    "UPDATE ledger_payload SET salt = NULL, body = NULL WHERE event_id IN "
    "(SELECT event_id FROM ledger_event WHERE seq = {seq})",
    "DELETE FROM ledger_head", "DELETE FROM ledger_checkpoint", "DELETE FROM stored_text",
    "DELETE FROM ledger_meta WHERE key = 'kind'", "INSERT INTO ledger_meta VALUES ('x', 'y')",
    "INSERT INTO ledger_payload VALUES ('x', x'00', '[]')", "INSERT INTO stored_text VALUES ('x', 'protocol', 'y')",
    "INSERT INTO ledger_head VALUES ('study:x', 1, x'00', x'')",
    "DELETE FROM projection_subject WHERE stream_id LIKE 's%'",
    "INSERT INTO ledger_checkpoint VALUES ('study:TRIAL-1', {seq}, x'00', '', NULL, NULL)",
    "INSERT INTO ledger_checkpoint VALUES ('study:TRIAL-1', 50, x'00', '', NULL, NULL)",
    "DROP TABLE ledger_payload", "DROP TABLE ledger_meta", "DELETE FROM ledger_event",
    "UPDATE ledger_event SET seq = seq + 100",
]  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS)
def test_both_agree_on_rows_that_were_taken_out_and_put_in(kept, copy, tamper, statement):
    whole = (copy / "trial.sqlite3").read_bytes()
    for seq in (1, 7, 12):
        (copy / "trial.sqlite3").write_bytes(whole)
        with tamper(copy) as connection:
            try:
                connection.execute(statement.format(seq=seq))
            except sqlite3.IntegrityError:
                continue
        agree(copy, kept / "anchors")
        if "{seq}" not in statement:
            break


def test_both_agree_on_flipped_bits_of_the_file(copy):
    file, chance = copy / "trial.sqlite3", random.Random(5)
    whole = file.read_bytes()
    differ = []
    for _ in range(30):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        file.write_bytes(flipped)
        program, other, why = both(copy)
        if (program[0] == 0) != (other[0] == 0):
            differ.append((program, other, why))
    assert differ == []


def test_both_agree_on_a_sound_ledger_with_and_without_anchors(kept, copy):
    assert agree(copy) == agree(copy, kept / "anchors") == (0, None)
    told = verifier.verify(copy, verifier.Anchors(kept / "anchors", []))
    program = verify(copy, anchors=kept / "anchors")
    assert told["anchors"]["counted"] == program.anchors["counted"] >= 2
    assert [(each["head"], each["root"]) for each in told["chains"]] == [
        (each.head, each.root) for each in program.chains
    ]


def test_the_kinds_of_event_are_all_known_to_both():
    assert (set(KINDS), set(SYSTEM_KINDS)) == (verifier.STUDY, verifier.SYSTEM)


def run(*arguments):
    """The file by itself, with nothing of this project to import."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_file_runs_alone_and_says_what_it_found(kept, copy, tmp_path, tamper):
    alone = tmp_path / "verifier.py"
    shutil.copy(FILE, alone)
    code, out, err = run(alone, copy, "--anchors", kept / "anchors")
    assert (code, err) == (0, "") and "0: as it was written" in out
    with tamper(copy) as connection:
        connection.execute("UPDATE ledger_payload SET body = replace(body, '1007', '1008')")
    code, out, err = run(alone, copy / "trial.sqlite3", "--json")
    assert (code, err, json.loads(out)["first_bad"]["seq"]) == (10, "", 8)
    assert run(alone, tmp_path / "nowhere")[0] == 15 and run(alone)[0] == 2
    assert run(alone, copy, "--anchors", tmp_path / "nowhere")[0] == 2


def test_a_dump_is_verified_as_the_ledger_it_was_made_of(kept, copy, tmp_path):
    from trialwright.store.moving import dump

    dump(copy, tmp_path / "dump.jsonl")
    told = verifier.verify(tmp_path / "dump.jsonl", verifier.Anchors(kept / "anchors", []))
    assert told["code"] == 0, told
    assert told["chains"] == verifier.verify(copy)["chains"]
    lines = (tmp_path / "dump.jsonl").read_text().splitlines(keepends=True)
    broken = {
        "a value": "".join(lines).replace("1007", "1008"),
        "a line": "".join(lines[:5] + lines[6:]),
        "the end": "".join(lines[:-1]),
        "half a line": "".join(lines)[:-30],
        "nothing": "",
        "no dump": "Dear all,\n",
    }
    for what, text in broken.items():
        (tmp_path / "broken").write_text(text)
        assert verifier.verify(tmp_path / "broken")["code"] in (10, 11, 13, 15), what


# ---- redaction ------------------------------------------------------------------------------------------------------


@pytest.fixture
def redacted(copy):
    """The study with event 5 redacted under two persons' approval."""
    from trialwright.store.redaction import Person, redact

    asks, approves = Person("u1", "coordinator"), Person("u2", "data manager")
    with open_study(copy) as ledger:
        connection = sqlite3.connect(copy / "trial.sqlite3")
        body, salt = connection.execute(f"SELECT body, salt FROM ledger_payload WHERE {of_event(5)}").fetchone()
        connection.close()
        redact(ledger, 5, reason="identifying_data", requested_by=asks, approved_by=approves)
    return copy, body, salt


def of_event(seq):
    return f"event_id = (SELECT event_id FROM ledger_event WHERE chain_id = 'study:TRIAL-1' AND seq = {seq})"


@pytest.mark.parametrize(
    ("what", "statement", "code"),
    [
        ("nothing", None, 0),
        ("a payload put back", "UPDATE ledger_payload SET body = ?, salt = ? WHERE " + of_event(5), 10),
        ("half a payload put back", "UPDATE ledger_payload SET body = ? WHERE ? IS NOT NULL AND " + of_event(5), 13),
        ("another one taken", "UPDATE ledger_payload SET body = NULL, salt = NULL WHERE " + of_event(7), 13),
        ("the first one taken", "UPDATE ledger_payload SET body = NULL, salt = NULL WHERE " + of_event(1), 13),
        ("the redaction's own taken", "UPDATE ledger_payload SET body = NULL, salt = NULL WHERE " + of_event(13), 13),
        ("its row taken", "DELETE FROM ledger_payload WHERE " + of_event(5), 13),
    ],
)
def test_both_agree_on_what_was_redacted_and_on_what_was_only_erased(redacted, tamper, kept, what, statement, code):
    study, body, salt = redacted
    if statement:
        with tamper(study) as connection:
            connection.execute(statement, (body, salt) if "?" in statement else ())
    assert agree(study, kept / "anchors")[0] == code, what


def test_a_dump_with_a_redacted_payload_verifies_alone(redacted, tmp_path):
    from trialwright.store.moving import dump

    dump(redacted[0], tmp_path / "dump.jsonl")
    assert verifier.verify(tmp_path / "dump.jsonl")["code"] == 0
