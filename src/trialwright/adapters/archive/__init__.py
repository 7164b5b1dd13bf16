"""The archive of a study: one file that opens in thirty years, without this program and without a network.

In it: the ledger (as a database and as lines of text), the protocol versions, a verifier of one file, the checkpoints,
and a book of each subject that a person can read and print. `packing` puts it together, `book` says what stands in a
subject's book and in which order, `words` how a value reads, `pages` draws. Read `write_archive`.
"""

from __future__ import annotations

from trialwright.adapters.archive.packing import Archive, write_archive

__all__ = ["Archive", "write_archive"]
