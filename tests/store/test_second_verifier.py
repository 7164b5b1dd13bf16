"""A second verifier, written from docs/reference/ledger-format.md with the standard library alone.

It shares no code with the program. Both must agree on a sound ledger and on altered ones.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3

import pytest

from trialwright.store import open_study, verify
from trialwright.store.issuer import MachineIssuer

KEYS = "v chain seq id prev pc sub part stream sv type actor role site session-hash at tz reason proto-hash app"


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def merkle(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", merkle(leaves[:half]), merkle(leaves[half:]))


def second_opinion(folder):
    """(sound, events, head, root), from the documented format."""
    database = sqlite3.connect(f"file:{folder / 'trial.sqlite3'}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT e.*, p.salt, p.body FROM ledger_event e LEFT JOIN ledger_payload p USING (event_id) ORDER BY seq"
    ).fetchall()
    (head_seq, head_hash) = database.execute("SELECT seq, hash FROM ledger_head").fetchone()
    database.close()
    leaves: list[bytes] = []
    for place, row in enumerate(rows, start=1):
        (chain, seq, event_id, sub, part, stream, sv, text, pc, prev, digest, salt, body) = row
        header = json.loads(text)
        follows = leaves[-1] if leaves else sha(b"genesis", bytes.fromhex(header["proto-hash"]))
        columns = [chain, seq, event_id, sub, part, stream, sv, pc.hex(), prev.hex()]
        sound = (
            set(header) - {"signature-meaning"} == set(KEYS.split())
            and text == json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            and columns == [header[k] for k in ("chain", "seq", "id", "sub", "part", "stream", "sv", "pc", "prev")]
            and seq == place
            and prev == follows
            and pc == sha(b"\x02", salt, body.encode())
            and digest == sha(b"\x00", text.encode())
        )
        if not sound:
            return False, place - 1, None, None
        leaves.append(digest)
    return (head_seq, head_hash) == (len(leaves), leaves[-1]), len(leaves), leaves[-1].hex(), merkle(leaves).hex()


def test_both_verifiers_agree_on_a_sound_ledger(rehearsed):
    with open_study(rehearsed, read_only=True) as ledger:
        head = ledger.head()
    assert second_opinion(rehearsed) == (True, 12, head.hash, head.root)
    assert (verify(rehearsed).ok, verify(rehearsed).head) == (True, head.hash)


def test_both_verifiers_agree_on_a_real_ledger(tmp_path, trial):
    with open_study(tmp_path) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
    assert second_opinion(tmp_path)[:3] == (True, 1, verify(tmp_path).head)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_event SET header = replace(header, 'coordinator', 'investigator') WHERE seq = 7",
        "UPDATE ledger_event SET stream_id = 'study' WHERE seq = 7",
        "UPDATE ledger_event SET prev_hash = zeroblob(32) WHERE seq = 7",
        "UPDATE ledger_payload SET salt = zeroblob(32) "
        "WHERE event_id = (SELECT event_id FROM ledger_event WHERE seq = 7)",
        "DELETE FROM ledger_event WHERE seq = 7",
    ],
)
def test_both_verifiers_agree_on_where_a_ledger_was_altered(rehearsed, tamper, change):
    with tamper(rehearsed) as connection:
        connection.execute(change)
    assert second_opinion(rehearsed)[:2] == (False, 6)
    assert verify(rehearsed).first_bad.seq == 7
