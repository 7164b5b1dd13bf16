"""The key that signs: made once, for its owner alone, apart from what it signs, and recorded before it is used."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from trialwright.core.ledger import CheckpointKeyChanged
from trialwright.store import MachineIssuer, open_study, verify
from trialwright.store.checkpoints import keys
from trialwright.store.checkpoints.keys import NoKey, change_key, own_key, record_key, recorded_keys, simulated_key


@pytest.fixture
def key_place(tmp_path, monkeypatch):
    """Where the key lies; the folder is not there yet."""
    place = tmp_path / "settings" / "checkpoint.key"
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(place))
    return place


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


@pytest.fixture
def real(study, trial):
    """A folder with a real study of one event."""
    with open_study(study) as ledger:
        ledger.append(trial.opening("real", at=None), MachineIssuer())
    return study


def test_the_key_is_made_once_for_its_owner_alone(key_place, study):
    first = own_key(study)
    assert own_key(study) == first
    assert stat.S_IMODE(key_place.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_place.parent.stat().st_mode) == 0o700
    assert [path.name for path in key_place.parent.iterdir()] == ["checkpoint.key"]


def test_the_key_is_one_that_other_programs_read(key_place, study):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    made = own_key(study)
    read = load_pem_private_key(key_place.read_bytes(), None)
    assert read.public_key().public_bytes_raw() == made.public


def test_two_processes_that_make_the_key_at_once_end_with_one(key_place, study):
    key_place.parent.mkdir()
    keys.write_key(key_place)
    there = key_place.read_bytes()
    keys.write_key(key_place)  # the other one was faster
    assert key_place.read_bytes() == there
    assert len(list(key_place.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("mode", "refused"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True)]
)
def test_a_key_that_others_may_read_or_write_is_refused(key_place, study, mode, refused):
    own_key(study)
    key_place.chmod(mode)
    assert (keys.mode_problem(key_place) is not None) is refused
    if refused:
        with pytest.raises(NoKey, match=f"mode {mode:04o}.*chmod 600"):
            own_key(study)


@pytest.mark.parametrize("where", ["checkpoint.key", "deeper/checkpoint.key", "../study/checkpoint.key"])
def test_a_key_beside_the_data_is_refused(study, monkeypatch, where):
    monkeypatch.setenv("TRIALWRIGHT_CHECKPOINT_KEY", str(study / where))
    with pytest.raises(NoKey, match="in the study's folder"):
        own_key(study)
    assert not list(study.iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN %s KEY-----\nAAAA\n-----END %s KEY-----\n" % ((b"PRIVATE",) * 2)]
)
def test_a_file_that_is_no_key_is_refused_and_left_alone(key_place, study, content):
    key_place.parent.mkdir()
    key_place.write_bytes(content)
    key_place.chmod(0o600)
    with pytest.raises(NoKey, match="no Ed25519 key"):
        own_key(study)
    assert key_place.read_bytes() == content


def test_a_key_of_another_kind_is_refused(key_place, study):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key_place.parent.mkdir()
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_place.write_bytes(other)
    key_place.chmod(0o600)
    with pytest.raises(NoKey, match="no Ed25519 key"):
        own_key(study)


def test_without_a_key_and_without_leave_to_make_one_it_is_said_so(key_place, study):
    with pytest.raises(NoKey, match="trialwright ledger key"):
        own_key(study, make=False)
    assert not key_place.exists()


def test_a_private_key_is_never_printed(key_place, study):
    key = own_key(study)
    assert key.private.hex() not in repr(key) and repr(key.private) not in repr(key)


def test_a_key_is_recorded_once_in_the_chain_of_the_database(key_place, real):
    with open_study(real) as ledger:
        key = own_key(real)
        assert [record_key(ledger, key), record_key(ledger, key)] == [True, False]
        assert recorded_keys(ledger) == (key.public,)
        changes = [each for each in ledger.events(chain_id="system") if isinstance(each, CheckpointKeyChanged)]
        assert [each.key for each in changes] == [key.name]
        assert ledger.head().seq == 1  # the study's own chain is as it was
    assert verify(real).ok


def test_a_changed_key_is_recorded_after_the_old_one_which_is_set_aside(key_place, real):
    with open_study(real) as ledger:
        old = own_key(real)
        record_key(ledger, old)
        new, aside = change_key(real)
        record_key(ledger, new)
        assert recorded_keys(ledger) == (old.public, new.public)
    assert old != new and own_key(real) == new
    assert keys.read_key(aside) == old and stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_a_key_that_comes_back_is_recorded_again(key_place, real):
    with open_study(real) as ledger:
        old = own_key(real)
        record_key(ledger, old)
        new, aside = change_key(real)
        record_key(ledger, new)
        Path(aside).replace(key_place)
        assert record_key(ledger, own_key(real))
        assert recorded_keys(ledger) == (old.public, new.public, old.public)


def test_an_entry_that_is_no_key_is_passed_over():
    said = {"actor": "system", "role": "operator", "site": None, "occurred": date(2026, 1, 1)}
    events = [CheckpointKeyChanged(**said, key="k", public_key=text) for text in ("", "%%%", "AAAA")]
    assert list(keys.public_keys(events)) == []


def test_the_key_of_a_rehearsal_depends_on_its_first_event_alone():
    assert simulated_key("ab" * 32) == simulated_key("ab" * 32) != simulated_key("cd" * 32)
