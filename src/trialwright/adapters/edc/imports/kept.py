"""An upload between two pages: kept for an hour, encrypted, found only by the person who brought it.

It lies in the machine's folder for temporary files, under a random name that no upload chooses, in a folder that only
this program's user may open. The key is of the name and of the key that signs cookies, so a file alone tells nothing.
Read `keep`, `fetch`.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import stat
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

HOLDS_FOR = 60 * 60
MOST_AT_ONCE = 200
NAME = re.compile(r"[0-9a-f]{40}")


class NoUpload(Exception):
    """There is no such upload of this person, or its hour is over."""


@dataclass
class Kept:
    """What was uploaded: its files by their part, the map as chosen so far, and the key of the save it becomes."""

    source: str
    person: str
    study: str
    key: str
    files: dict[str, bytes]
    map: dict[str, Any] = field(default_factory=dict)
    reviewed: bool = False
    done: str = ""
    report: list[list[str]] = field(default_factory=list)


def keep(upload: Kept, name: str = "") -> str:
    """Keep it under a new random name, or again under its own; returns the name."""
    folder = _folder()
    _sweep(folder)
    name = name or secrets.token_hex(20)
    sealed = _seal(name).encrypt(json.dumps(_plain(upload)).encode())
    place = folder / f"{name}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(sealed)
    place.replace(folder / name)
    return name


def fetch(name: str, person: str, study: str) -> Kept:
    """The upload of this name; NoUpload where it is somebody else's, of another study, or gone."""
    if not NAME.fullmatch(name):
        raise NoUpload(name)
    try:
        sealed = (_folder() / name).read_bytes()
        told = json.loads(_seal(name).decrypt(sealed, ttl=HOLDS_FOR))
    except (OSError, InvalidToken):
        raise NoUpload(name) from None
    if (told["person"], told["study"]) != (person, study):
        raise NoUpload(name)
    told["files"] = {part: base64.b64decode(content) for part, content in told["files"].items()}
    return Kept(**told)


def drop(name: str) -> None:
    """Forget an upload."""
    if NAME.fullmatch(name):
        (_folder() / name).unlink(missing_ok=True)


def _plain(upload: Kept) -> dict[str, Any]:
    files = {part: base64.b64encode(content).decode() for part, content in upload.files.items()}
    return {**vars(upload), "files": files}


def _seal(name: str) -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(sha256("|".join(("upload", name, str(settings.SECRET_KEY))).encode()).digest())
    )


def _folder() -> Path:
    """The folder of this program's user; one that another user made is refused."""
    folder = Path(tempfile.gettempdir()) / f"trialwright-uploads-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if hasattr(os, "getuid") and (
        not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077
    ):
        raise PermissionError(f"{folder}: is not a folder of this user alone, so no upload is kept there.")
    return folder


def _sweep(folder: Path) -> None:
    """Remove what is older than its hour, and the oldest beyond a number."""
    ages: dict[Path, float] = {}
    for one in folder.iterdir():
        with suppress(FileNotFoundError):  # another process sweeps too
            ages[one] = time.time() - one.stat().st_mtime
    for place, one in enumerate(sorted(ages, key=ages.__getitem__)):
        if place >= MOST_AT_ONCE or ages[one] > HOLDS_FOR:
            one.unlink(missing_ok=True)
