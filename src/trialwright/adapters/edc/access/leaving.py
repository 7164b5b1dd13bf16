"""Data that leave as a file: who took what, and the SHA-256 of exactly those bytes.

A page that is read is no export; a file is. A file about many patients, or the whole book of one, is asked for by a
form and is an event of the study before a byte of it is handed over (`tell`). A print or a calendar about one patient's
care, and a file whose making the ledger tells already, leave a line in the log of files (`note`): care prints all day,
and an address that is only read writes nothing into a ledger. Read both.
"""

from __future__ import annotations

import logging
from hashlib import sha256

from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import DataExported

LOG = logging.getLogger("trialwright.files")
"""One line for each file: ids, a name and a hash, and nothing that was recorded of anybody."""


def tell(desk: Desk, content: bytes, name: str, of: str) -> None:
    """Tell in the ledger that a file leaves; where that cannot be saved it raises, and the file stays."""
    event = desk.event(DataExported, what=name, of=of, sha256=sha256(content).hexdigest())
    desk.save([event], desk.new_key())
    note(desk, content)


def note(desk: Desk, content: bytes, page: str = "") -> None:
    """A line about a file that is handed over now, to whoever keeps the server's log."""
    opened = page or (desk.page.name if desk.page is not None else "")
    LOG.info(
        "file study=%s page=%s person=%s role=%s bytes=%d sha256=%s",
        desk.open.id, opened, desk.person.id, desk.role.value.replace(" ", "-"), len(content),
        sha256(content).hexdigest(),
    )  # fmt: skip
