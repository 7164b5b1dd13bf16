"""Checkpoints as signed notes, held to the published form and to notes of other programs.

The key and signature of PeterNeumann are the example of golang.org/x/mod/sumdb/note; the key ids and lines were not
made here.
"""

from __future__ import annotations

from base64 import b64decode

import pytest

from trialwright.store.checkpoints.notes import (
    Checkpoint,
    Key,
    NoNote,
    candidates,
    newest,
    origin_of,
    read_note,
    signed,
    verifies,
)

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_LINE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
PRIVATE = bytes(range(32))
AT = "2006-03-01T15:04:05.000678Z"
CHECKPOINT = Checkpoint("trialwright/study:T-1/3f9a3f9a3f9a3f9a", 120, b"\xab" * 32, "cd" * 32, AT, "0.1.0")


def public(private: bytes = PRIVATE) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def test_a_key_and_a_signature_of_another_program_are_read_and_verified():
    key = Key.read(NEUMANN)
    made = b64decode(NEUMANN_LINE)
    assert (key.text, key.id, made[:4]) == (NEUMANN, bytes.fromhex("c74f20a3"), bytes.fromhex("c74f20a3"))
    assert verifies(key.public, made[4:], NEUMANN_TEXT)
    assert not verifies(key.public, made[4:], NEUMANN_TEXT.replace("problem is", "problem was"))


def test_a_note_is_text_a_blank_line_and_signatures():
    note = signed(CHECKPOINT, PRIVATE)
    lines = note.whole.split("\n")
    assert lines[:7] == [
        "trialwright/study:T-1/3f9a3f9a3f9a3f9a",
        "120",
        "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=",
        "head " + "cd" * 32,
        "at 2006-03-01T15:04:05.000678Z",
        "app 0.1.0",
        "",
    ]
    assert lines[7].startswith("— trialwright/study:T-1/3f9a3f9a3f9a3f9a ") and lines[8:] == [""]


def test_a_note_that_was_read_says_the_same_and_verifies_under_its_own_key_alone():
    note = read_note(signed(CHECKPOINT, PRIVATE).whole)
    assert (note.checkpoint, note.whole) == (CHECKPOINT, signed(CHECKPOINT, PRIVATE).whole)
    assert note.signed_by(public()) is True
    assert note.signed_by(public(b"\x01" * 32)) is None  # no signature says it is of that key


@pytest.mark.parametrize("place", range(0, len(CHECKPOINT.text) - 1, 3))
def test_no_character_of_the_text_can_be_changed_unseen(place):
    whole = signed(CHECKPOINT, PRIVATE).whole
    changed = whole[:place] + ("1" if whole[place] != "1" else "2") + whole[place + 1 :]
    try:
        note = read_note(changed)
    except NoNote:
        return
    assert note.signed_by(public()) is not True


WHOLE = signed(CHECKPOINT, PRIVATE).whole
NOT_NOTES = {
    "nothing": "",
    "no signature": CHECKPOINT.text,
    "no blank line": WHOLE.replace("\n\n", "\n"),
    "the last line cut off": WHOLE[:-1],
    "the signature cut off": WHOLE[:-20] + "\n",
    "a signature that is no base64": WHOLE[:-10] + "%%%%%%%%%\n",
    "a size with a zero before it": WHOLE.replace("\n120\n", "\n0120\n"),
    "a size that is none": WHOLE.replace("\n120\n", "\nmany\n"),
    "no events": WHOLE.replace("\n120\n", "\n0\n"),
    "a root that is too short": WHOLE.replace("q6ur", "", 1),
    "a root spelt otherwise": WHOLE.replace("q6s=", "q6t="),
    "a head that is none": WHOLE.replace("head cd", "head xy"),
    "an instant that is none": WHOLE.replace("15:04", "15h04"),
    "an instant in other digits": WHOLE.replace("2006", "٢٠٠٦"),
    "a line more": WHOLE.replace("\n120\n", "\n120\nmore\n"),
    "a control character": WHOLE.replace("0.1.0", "0.1\t0"),
    "Windows line ends": WHOLE.replace("\n", "\r\n"),
    "a line that is no signature": WHOLE + "yours truly\n",
    "an origin with a blank": WHOLE.replace("study:T-1/", "study:T 1/", 1),
    "a book": WHOLE + "— x AAAAAAAA\n" * 2000,
}


@pytest.mark.parametrize("what", NOT_NOTES)
def test_what_is_no_note_is_refused_with_the_reason(what):
    with pytest.raises(NoNote, match=r"\w+ \w+"):
        read_note(NOT_NOTES[what])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN[:-4],
        NEUMANN.replace("+ARpc", "+AhpC"),
        "a b" + NEUMANN,
    ],
)
def test_what_is_no_key_is_refused(line):
    with pytest.raises(NoNote):
        Key.read(line)


def test_a_signature_of_a_stranger_beside_the_own_one_changes_nothing_and_a_wrong_own_one_does():
    note = signed(CHECKPOINT, PRIVATE)
    stranger = signed(Checkpoint("example.org/witness", 120, b"\xab" * 32, "cd" * 32, AT, "1"), b"\x02" * 32)
    both = read_note(note.whole + stranger.whole.rpartition("\n\n")[2])
    assert both.signed_by(public()) is True
    own = note.whole.rpartition("\n\n")[2]
    wrong = own[:-20] + ("A" if own[-20] != "A" else "B") + own[-19:]
    assert read_note(note.whole + wrong).signed_by(public()) is False


def test_notes_in_one_file_are_told_apart():
    notes = [signed(CHECKPOINT, bytes([number]) * 32).whole for number in range(3)]
    assert list(candidates("\n".join(notes))) == notes
    assert list(candidates("".join(notes))) == notes
    assert list(candidates("\n\n" + notes[0])) == notes[:1]
    assert list(candidates("")) == list(candidates("Dear all,\n\nnothing today.\n")) == []


def test_a_note_is_found_in_a_saved_mail():
    mail = f"From: a@example.org\nSubject: checkpoint\n\n{WHOLE}\n-- \nThe data manager\n"
    assert list(candidates(mail)) == list(candidates(mail.replace("\n", "\r\n"))) == [WHOLE]


def test_a_torn_note_loses_neither_the_one_before_it_nor_the_one_after():
    one, two, three = (signed(CHECKPOINT, bytes([number]) * 32).whole for number in range(3))
    for cut in range(1, len(two)):
        found = list(candidates(f"{one}\n{two[:cut]}\n\n{three}"))
        assert (found[0], found[-1]) == (one, three), cut


def test_the_newest_note_is_that_of_the_most_events_then_the_latest():
    def note(size, at=AT):
        return signed(Checkpoint("o", size, b"\0" * 32, "00" * 32, at, "1"), PRIVATE)

    later = AT.replace("2006", "2007")
    found = newest([note(3), note(7), note(7, later), note(5, later)])
    assert found and (found.checkpoint.size, found.checkpoint.at) == (7, later)
    assert newest([]) is None


@pytest.mark.parametrize(
    ("chain", "simulated", "origin"),
    [
        ("study:T-1", False, "trialwright/study:T-1/3f9a3f9a3f9a3f9a"),
        ("study:T-1", True, "trialwright-simulated/study:T-1/3f9a3f9a3f9a3f9a"),
        ("system", False, "trialwright/system/3f9a3f9a3f9a3f9a"),
        ("study:a b+c/d\n", False, "trialwright/study:a%20b%2Bc%2Fd%0A/3f9a3f9a3f9a3f9a"),
        ("study:µ", False, "trialwright/study:%C2%B5/3f9a3f9a3f9a3f9a"),
    ],
)
def test_the_origin_names_the_chain_and_its_first_event_and_can_be_a_keys_name(chain, simulated, origin):
    assert origin_of(chain, "3f9a" * 16, simulated) == origin
    assert (
        read_note(signed(Checkpoint(origin, 1, b"\0" * 32, "00" * 32, AT, "1"), PRIVATE).whole).checkpoint.origin
        == origin
    )
