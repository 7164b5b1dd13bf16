"""The key that signs checkpoints: outside the database, outside the study folder, for its owner's eyes alone.

One Ed25519 key serves every ledger of an installation. It lies in the configuration folder (`checkpoint.key`, mode
0600) or where TRIALWRIGHT_CHECKPOINT_KEY says, and is made when it is first needed. Its public half is recorded in the
database's own chain, and again when it was changed, so that notes of every key stay verifiable. A rehearsal signs with
a key that anybody can work out from its first event: its notes are the same each time and protect nobody.
Read `own_key`.
"""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.store.chain import HASH_BYTES
from trialwright.store.errors import LedgerError

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

KEY_VARIABLE = "TRIALWRIGHT_CHECKPOINT_KEY"
KEY_FILE = "checkpoint.key"
FOR_OTHERS = 0o077
KEEPER = "operator"
"""The role in which a key is recorded."""


class NoKey(LedgerError):
    """There is no key that may sign checkpoints."""


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private key; what it is called by is worked out from its public half, and it is never printed."""

    private: bytes

    @property
    def public(self) -> bytes:
        """The public half."""
        return public_half(self.private)

    @property
    def name(self) -> str:
        """The name under which it is recorded."""
        return key_name(self.public)


def key_name(public: bytes) -> str:
    """What a key is called: the beginning of its public half's SHA-256.

    >>> key_name(bytes(32))
    'checkpoint-key-66687aadf862bd77'
    """
    return f"checkpoint-key-{sha256(public).hexdigest()[:16]}"


def public_half(private: bytes) -> bytes:
    """The public half of a private key (RFC 8032)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def configuration_folder() -> Path:
    """Where this installation's own settings lie: beside no study."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "trialwright"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "trialwright"


def key_file() -> Path:
    """The file of the key."""
    named = os.environ.get(KEY_VARIABLE)
    return Path(named).expanduser() if named else configuration_folder() / KEY_FILE


def own_key(study_folder: Path, *, make: bool = True) -> SigningKey:
    """The key of this installation, made if there is none yet; one that others could read or use is refused."""
    file = key_file()
    refuse_beside_the_data(file, study_folder)
    if not file.exists():
        if not make:
            raise NoKey(f"{file}: there is no checkpoint key yet. Run: trialwright ledger key {study_folder}")
        write_key(file)
    return read_key(file)


def refuse_beside_the_data(file: Path, study_folder: Path) -> None:
    """Whoever can rewrite the ledger must not find the key beside it."""
    if file.resolve().is_relative_to(study_folder.resolve()):
        raise NoKey(
            f"{file}: the checkpoint key would lie in the study's folder. Whoever can rewrite the ledger could sign "
            f"what they wrote. Name another place in {KEY_VARIABLE}."
        )


def read_key(file: Path) -> SigningKey:
    """The key of a file (PKCS #8, PEM) that nobody but its owner may read."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if problem := mode_problem(file):
        raise NoKey(problem)
    try:
        found = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as wrong:
        raise NoKey(f"{file}: the checkpoint key cannot be read ({wrong.strerror}).") from None
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise NoKey(f"{file}: is no Ed25519 key (PKCS #8, PEM, without a password). Put the right file in its place.")
    return SigningKey(found.private_bytes_raw())


def mode_problem(file: Path) -> str | None:
    """Why a key file may not be used as it lies: others can read it."""
    if sys.platform == "win32" or not file.exists():
        return None
    mode = file.stat().st_mode
    if not mode & FOR_OTHERS:
        return None
    return (
        f"{file}: others than its owner may read or write the checkpoint key (mode {mode & 0o777:04o}). Whoever has it "
        f"can sign in this installation's name. Run: chmod 600 {file}; and change the key if somebody may have read it."
    )


def write_key(file: Path) -> None:
    """Make a key and put it there whole, unless another process was faster."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.generate()
    text = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(whole, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        with suppress(FileExistsError):
            os.link(whole, file)
    finally:
        whole.unlink()
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power failure; where a folder cannot be opened the system sees to it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def change_key(study_folder: Path) -> tuple[SigningKey, Path]:
    """Put a new key in the place of the old one, which is kept beside it under its name until somebody removes it."""
    old, file = own_key(study_folder, make=False), key_file()
    aside = file.with_name(f"{file.name}.{old.name}")
    os.replace(file, aside)
    write_key(file)
    return read_key(file), aside


def simulated_key(first_event: str) -> SigningKey:
    """The key of a rehearsal, from the hash of its first event: anybody can work it out, so it proves nothing."""
    return SigningKey(sha256(f"trialwright simulated checkpoints {first_event}".encode()).digest())


def record_key(ledger: Ledger, key: SigningKey) -> bool:
    """Say in the database's own chain that this key signs from here on; nothing is said twice in a row."""
    from trialwright.core.ledger import CheckpointKeyChanged
    from trialwright.store.submission import Submission

    known = recorded_keys(ledger)
    if known and known[-1] == key.public:
        return False
    if ledger.read_only:
        raise NoKey(f"{key.name} is not recorded in this ledger, which was opened for reading.")
    at = datetime.now(UTC)
    event = CheckpointKeyChanged(
        actor="system",
        role=KEEPER,
        site=None,
        occurred=at.date(),
        key=key.name,
        public_key=b64encode(key.public).decode(),
    )
    ledger.append(Submission(f"{key.name}-{len(known) + 1}", (event,)))
    return True


def recorded_keys(ledger: Ledger) -> tuple[bytes, ...]:
    """Every public key that the database's own chain names, in their order."""
    from trialwright.store.chain import SYSTEM_CHAIN

    if ledger.head(SYSTEM_CHAIN) is None:
        return ()
    return tuple(public_keys(ledger.events(chain_id=SYSTEM_CHAIN)))


def public_keys(events: Any) -> Iterator[bytes]:
    """The keys that events of the database's own chain name; one that is none is passed over."""
    from trialwright.core.ledger import CheckpointKeyChanged

    for event in events:
        if isinstance(event, CheckpointKeyChanged) and (found := decoded_key(event.public_key)):
            yield found


def decoded_key(text: str) -> bytes | None:
    """A public key from its base64, or None."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        return None
    return found if len(found) == HASH_BYTES else None
