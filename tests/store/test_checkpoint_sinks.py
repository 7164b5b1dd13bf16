"""Where notes are sent: folders, web addresses and mail, each on this machine, each with its ways to fail."""

from __future__ import annotations

import email
import email.policy
import importlib.util
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from trialwright.store.checkpoints import remote, sinks
from trialwright.store.checkpoints.anchors import read_anchors
from trialwright.store.checkpoints.keys import public_half
from trialwright.store.checkpoints.notes import Checkpoint, Key, signed
from trialwright.store.checkpoints.sinks import Folder, NotSent, sink_of

_SPEC = importlib.util.spec_from_file_location("loopback", Path(__file__).with_name("loopback.py"))
assert _SPEC and _SPEC.loader
loopback = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(loopback)

SECRET = "secret"  # put in here, so that no line looks like a password in an address
PRIVATE = b"\x07" * 32
PUBLIC = public_half(PRIVATE)
ORIGIN = "trialwright/study:T-1/3f9a3f9a3f9a3f9a"


def note(size: int = 120, origin: str = ORIGIN):
    at = f"2006-03-01T15:04:05.{size:06d}Z"
    return signed(Checkpoint(origin, size, bytes([size % 256]) * 32, "cd" * 32, at, "0.1.0"), PRIVATE)


# ---- which places there are ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        ("", []),
        ("/media/a", ["/media/a"]),
        ("/media/a b,/media/c", ["/media/a b", "/media/c"]),
        ("/media/a\n  # the other one\nhttps://example.org/x?token=secret\n", ["/media/a", "https://example.org/x"]),
        ("file:///media/a%20b", ["/media/a b"]),
        (f"https://me:{SECRET}@example.org:8443/x#y", ["https://example.org:8443/x"]),
        ("http://127.0.0.1:8000/x", ["http://127.0.0.1:8000/x"]),
        ("mailto:dm@example.org", ["mailto:dm@example.org"]),
    ],
)
def test_places_are_named_in_one_variable(monkeypatch, given, labels):
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", given)
    assert [place.label for place in sinks.sinks()] == labels


def test_places_are_named_in_a_file_where_the_variable_is_not_there(monkeypatch, tmp_path):
    monkeypatch.delenv("TRIALWRIGHT_ANCHORS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert sinks.addresses() == ()
    (tmp_path / "trialwright").mkdir()
    (tmp_path / "trialwright" / "anchors").write_text("# ours\n/media/a\nmailto:dm@example.org\n")
    assert sinks.addresses() == ("/media/a", "mailto:dm@example.org")
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", "")
    assert sinks.addresses() == ()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("anchors", "whole path"),
        ("./anchors", "whole path"),
        ("ftp://example.org/x", "not to ftp"),
        ("http://example.org/x", "only to this machine"),
        (f"http://user:{SECRET}@example.org/x?token=secret", "only to this machine"),
        ("https://", "names no host"),
        ("mailto:", "no mail address"),
        ("mailto:dm", "no mail address"),
        ("mailto:a@example.org%0ACc:b@example.org", "no mail address"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_secrets(address, says):
    with pytest.raises(ValueError, match=says) as refused:
        sink_of(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("below", ["", "anchors", "a/b"])
def test_a_folder_in_the_studys_own_folder_is_refused(monkeypatch, tmp_path, below):
    monkeypatch.setenv("TRIALWRIGHT_ANCHORS", str(tmp_path / below))
    with pytest.raises(ValueError, match="elsewhere"):
        sinks.sinks(tmp_path)


# ---- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_gets_a_file_of_notes_for_each_chain_and_its_key(tmp_path):
    place, system = Folder(tmp_path / "new" / "anchors"), "trialwright/system/3f9a3f9a3f9a3f9a"
    for one in (note(1), note(2), note(2), note(1, system)):
        place.send(one, PUBLIC)
    files = {path.name: path.read_text() for path in place.place.iterdir()}
    assert files == {
        "trialwright_study_T-1_3f9a3f9a3f9a3f9a.notes": note(1).whole + "\n" + note(2).whole,
        "trialwright_study_T-1_3f9a3f9a3f9a3f9a.keys": Key(ORIGIN, PUBLIC).text + "\n",
        "trialwright_system_3f9a3f9a3f9a3f9a.notes": note(1, system).whole,
        "trialwright_system_3f9a3f9a3f9a3f9a.keys": Key(system, PUBLIC).text + "\n",
    }
    assert place.newest(ORIGIN) == note(2)
    read = read_anchors(place.place)
    assert set(read.notes) == {note(1), note(2), note(1, system)} and read.keys == (PUBLIC,) and not read.unread


@pytest.mark.parametrize("torn", [1, 30, 60, 200, -90, -1])
def test_a_note_that_was_torn_off_by_a_power_failure_spoils_no_other(tmp_path, torn):
    place = Folder(tmp_path)
    place.send(note(1), PUBLIC)
    place.send(note(2), PUBLIC)
    file = place.file(ORIGIN, ".notes")
    whole = file.read_text()
    file.write_text(whole[: len(note(1).whole) + 1] + note(2).whole[:torn])
    place.send(note(3), PUBLIC)
    assert {note(1), note(3)} <= set(read_anchors(tmp_path).notes)
    assert place.newest(ORIGIN) == note(3)


def test_the_notes_are_on_the_disk_before_the_folder_says_it_has_them(tmp_path, monkeypatch):
    synced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append((os.fstat(handle).st_dev, os.fstat(handle).st_ino)))
    Folder(tmp_path).send(note(), PUBLIC)
    wanted = [Folder(tmp_path).file(ORIGIN, ".notes").stat(), tmp_path.stat()]
    assert synced[-2:] == [(one.st_dev, one.st_ino) for one in wanted]  # the file, then its name


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent, match="could not be written"):
        Folder(tmp_path / "file" / "below").send(note(), PUBLIC)


# ---- web addresses --------------------------------------------------------------------------------------------------


def test_a_web_address_gets_the_note_and_nothing_else():
    with loopback.serving(loopback.Web()) as web:
        sink_of(web.address).send(note(), PUBLIC)
        assert web.bodies == [note().whole.encode()]
        assert web.headers[0]["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("answer", [301, 302, 307, 308, 400, 403, 404, 500, 503])
def test_any_answer_but_success_is_a_failure_and_a_redirection_is_not_followed(answer):
    with loopback.serving(loopback.Web()) as elsewhere, loopback.serving(loopback.Web()) as web:
        web.answer, web.location = answer, elsewhere.address
        with pytest.raises(NotSent, match=f"answer was {answer}"):
            sink_of(web.address + "?token=secret").send(note(), PUBLIC)
        assert elsewhere.bodies == []


def test_a_web_address_that_nobody_answers_at_is_a_failure():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotSent, match="could not be reached") as failed:
        sink_of(f"http://127.0.0.1:{port}/x?token=secret").send(note(), PUBLIC)
    assert "secret" not in str(failed.value)


def test_a_web_address_that_does_not_answer_in_time_is_a_failure(monkeypatch):
    monkeypatch.setattr(remote, "SECONDS", 0.2)
    with loopback.serving(loopback.Web()) as web:
        web.wait = threading.Event()
        began = time.monotonic()
        with pytest.raises(NotSent):
            sink_of(web.address).send(note(), PUBLIC)
        assert time.monotonic() - began < 5
        web.wait.set()


# ---- mail -----------------------------------------------------------------------------------------------------------


def test_a_person_gets_the_note_by_mail_and_the_saved_mail_is_an_anchor(monkeypatch, tmp_path):
    with loopback.serving(loopback.MailHost()) as host:
        monkeypatch.setenv("TRIALWRIGHT_SMTP", host.address)
        sink_of("mailto:dm@example.org").send(note(), PUBLIC)
        mail = email.message_from_bytes(host.messages[0], policy=email.policy.default)
    assert mail["To"] == "dm@example.org"
    assert mail["Subject"] == f"Checkpoint of {ORIGIN} at event 120"
    assert mail.get_body().get_content() == note().whole
    (tmp_path / "saved.eml").write_bytes(bytes(mail))
    assert read_anchors(tmp_path).notes == (note(),)


def test_mail_without_a_host_and_mail_that_is_refused_are_failures(monkeypatch):
    monkeypatch.delenv("TRIALWRIGHT_SMTP", raising=False)
    with pytest.raises(NotSent, match="TRIALWRIGHT_SMTP"):
        sink_of("mailto:dm@example.org").send(note(), PUBLIC)
    with loopback.serving(loopback.MailHost()) as host:
        host.refuses = True
        monkeypatch.setenv("TRIALWRIGHT_SMTP", host.address.replace("smtp://", "smtp://"))
        with pytest.raises(NotSent, match="did not take it"):
            sink_of("mailto:dm@example.org").send(note(), PUBLIC)
        assert host.messages == []


def test_mail_to_another_machine_is_encrypted_or_not_sent(monkeypatch):
    monkeypatch.setattr(remote, "LOOPBACK", ())  # this machine taken for another one
    with loopback.serving(loopback.MailHost()) as host:
        monkeypatch.setenv("TRIALWRIGHT_SMTP", host.address.replace("smtp://", f"smtp://me:{SECRET}@"))
        with pytest.raises(NotSent) as failed:
            sink_of("mailto:dm@example.org").send(note(), PUBLIC)
        assert host.messages == [] and not any("AUTH" in line or "MAIL" in line for line in host.said)
    assert "secret" not in str(failed.value)
