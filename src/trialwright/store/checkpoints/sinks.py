"""Where checkpoints are sent, out of reach of whoever owns the database: folders elsewhere, web addresses, mail.

TRIALWRIGHT_ANCHORS names them, separated by commas or line ends, or else the file `anchors` of the configuration
folder, one a line: a folder (`/media/anchors`), `https://…` (http on this machine alone), `mailto:somebody@…` (sent
through TRIALWRIGHT_SMTP, such as smtp://host:25, or smtps:// with user and password before the host). Nothing but the
note is sent: sizes, hashes, a time. Two at least are asked for, on different machines. Read `SINKS`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from trialwright.store.checkpoints.keys import configuration_folder, sync_folder
from trialwright.store.checkpoints.notes import Key, NoNote, Note, candidates, newest, read_note

ANCHORS_VARIABLE = "TRIALWRIGHT_ANCHORS"
ANCHORS_FILE = "anchors"
ENOUGH = 2
NOTES, KEYS = ".notes", ".keys"


class NotSent(Exception):
    """A sink did not take a note; the message says why, without what is secret in its address."""


class Sink(Protocol):
    """A place that takes notes; `label` names it without what is secret in its address."""

    @property
    def label(self) -> str:
        """What the place is called in messages and in the ledger."""

    def send(self, note: Note, public: bytes) -> None:
        """Hand over a note, and the key it is signed with; raises NotSent."""


def sinks(study_folder: Path | None = None) -> tuple[Sink, ...]:
    """The places that are set up, in their order; an address that is none is refused with the reason."""
    made = tuple(sink_of(address) for address in addresses())
    for one in made:
        if isinstance(one, Folder) and study_folder and one.place.resolve().is_relative_to(study_folder.resolve()):
            raise ValueError(
                f"{one.place}: this folder for anchors lies in the study's own folder. Whoever can rewrite the ledger "
                "could rewrite the anchors with it. Name a folder elsewhere, best on another machine."
            )
    return made


def addresses() -> tuple[str, ...]:
    """The addresses as they were given; the variable, even an empty one, goes before the file."""
    given = os.environ.get(ANCHORS_VARIABLE)
    if given is None:
        file = configuration_folder() / ANCHORS_FILE
        given = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = (line for line in given.splitlines() if not line.lstrip().startswith("#"))
    return tuple(one.strip() for line in lines for one in line.split(",") if one.strip())


def sink_of(address: str) -> Sink:
    """The place an address names."""
    scheme = urlsplit(address).scheme if "://" in address or address.startswith("mailto:") else "file"
    if scheme not in SINKS:
        raise ValueError(f"{shown(address)}: notes go to a folder, https://… or mailto:…, not to {scheme}.")
    return SINKS[scheme](address)


def shown(address: str) -> str:
    """An address without its user, password and query, which may be secret."""
    parts = urlsplit(address)
    if not parts.netloc:
        return address.partition("?")[0]
    return f"{parts.scheme}://{_host(parts)}{parts.path}"


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


# ---- a folder --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folder:
    """A folder elsewhere: for each chain a file that only grows, and the keys beside it."""

    place: Path

    @property
    def label(self) -> str:
        """The folder."""
        return str(self.place)

    def send(self, note: Note, public: bytes) -> None:
        """Add the note to the chain's file, and wait for the disk; a note that is there already is not added again."""
        origin = note.checkpoint.origin
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            _append(self.file(origin, KEYS), Key(origin, public).text + "\n")
            _append(self.file(origin, NOTES), note.whole)
        except OSError as wrong:
            raise NotSent(f"{self.place}: the note could not be written ({wrong.strerror})") from None

    def file(self, origin: str, ending: str) -> Path:
        """The file for a chain: its origin, with what a file system may not take written as a low line."""
        return self.place / (re.sub(r"[^A-Za-z0-9._-]", "_", origin) + ending)

    def newest(self, origin: str) -> Note | None:
        """The note of the most events that lies there for this chain."""
        try:
            content = self.file(origin, NOTES).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        return newest(note for note in map(_read, candidates(content)) if note and note.checkpoint.origin == origin)


def _read(text: str) -> Note | None:
    try:
        return read_note(text)
    except NoNote:
        return None


def _append(file: Path, text: str) -> None:
    """Add a text to a file that only grows, on a line of its own after whatever was torn off there."""
    there = file.read_bytes() if file.exists() else b""
    if text.encode() in there:
        return
    gap = b"" if not there else b"\n" if there.endswith(b"\n") else b"\n\n"
    with open(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), "ab") as stream:
        stream.write(gap + text.encode())
        stream.flush()
        os.fsync(stream.fileno())
    if not there:
        sync_folder(file.parent)


def _folder(address: str) -> Folder:
    place = Path(unquote(urlsplit(address).path) if address.startswith("file://") else address).expanduser()
    if not place.is_absolute():
        raise ValueError(f"{address}: a folder for anchors is named by its whole path, from the root.")
    return Folder(place)


def _web(address: str) -> Sink:
    from trialwright.store.checkpoints.remote import webhook

    return webhook(address)


def _mail(address: str) -> Sink:
    from trialwright.store.checkpoints.remote import mail

    return mail(address)


SINKS: dict[str, Callable[[str], Sink]] = {"file": _folder, "https": _web, "http": _web, "mailto": _mail}
"""How each kind of address is read."""
