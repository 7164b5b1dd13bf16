"""The key that signs cookies and links: given by the environment, or made once and kept beside the accounts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

VARIABLE = "TRIALWRIGHT_SECRET_KEY"
FILE_NAME = "accounts.key"


def secret_key(folder: Path | None) -> str:
    """The key; a file that only its owner may read, or the environment's. Nothing served, nothing kept."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    if folder is None or not folder.is_dir():
        return secrets.token_urlsafe(50)
    file = folder / FILE_NAME
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text()
