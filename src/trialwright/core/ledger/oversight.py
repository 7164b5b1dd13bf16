"""The kinds of event by which data are watched over: asked about, held against the source, coded, signed, locked.

Who read the audit trail, and what left the system, is said here too. What these add up to (which query is open, what is
verified, which signature still holds) is `core.oversight`; which of them is refused is `conduct.refusing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.ledger.events import Event
from trialwright.core.ledger.values import later

LOCK_DEGREES = ("freeze", "lock")
"""How firmly data are locked: while they are looked at, lifted by one person; for good, lifted by two."""


@dataclass(frozen=True, kw_only=True)
class QueryOpened(Event):
    """A question about an item; `query` tells it from others of the item, and opens one again that was closed.

    An automatic query has its name from what it was found by, and is in the ledger once somebody has dealt with it.
    """

    item: str
    asks: str
    query: str = later("")


@dataclass(frozen=True, kw_only=True)
class QueryAnswered(Event):
    """An answer to a question about an item; without `query`, to every open one."""

    item: str
    answer: str
    query: str = later("")


@dataclass(frozen=True, kw_only=True)
class QueryClosed(Event):
    """A question about an item is settled; without `query`, every open one is."""

    item: str
    query: str = later("")
    remark: str = later("")


@dataclass(frozen=True, kw_only=True)
class SourceVerified(Event):
    """Items, by their paths, were held against the source and agree with it, at the values they have just then."""

    paths: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DictionaryLoaded(Event):
    """A dictionary of terms was loaded for coding; `text_hash` is the SHA-256 of its text in the ledger."""

    dictionary: str
    dictionary_version: str
    text_hash: str
    terms: int = 0


@dataclass(frozen=True, kw_only=True)
class TermCoded(Event):
    """A person chose the code of a term as it was typed, from a version of a dictionary."""

    item: str
    dictionary: str
    dictionary_version: str
    code: str
    term: str


@dataclass(frozen=True, kw_only=True)
class Signed(Event):
    """Decision: a person signed this content, with this meaning; `what` names it, as a lock names what it locks."""

    meaning: str
    content_hash: str
    name: str
    what: str = later("")


@dataclass(frozen=True, kw_only=True)
class Locked(Event):
    """Decision: data may no longer change.

    `what` is "study" or, of the event's subject, "subject" (or the subject's id), the key of an encounter
    ("course_day_1.2"), or an item path ("anc/c1d1/value"), or the first one or two parts of one. `degree` is one of
    `LOCK_DEGREES`; a lock without one is from before there were any. `although` says why it is locked with points of
    the checklist open.
    """

    what: str
    degree: str = later("")
    although: str = later("")


@dataclass(frozen=True, kw_only=True)
class UnlockRequested(Event):
    """A person asks that locked data may change again, and says why; another has to agree (`Unlocked`)."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Unlocked(Event):
    """Decision: data may change again, and why; `what` is what was locked."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AuditReviewed(Event):
    """A person read the audit trail from the `first` to the `last` of these places, and what they found."""

    first: int
    last: int
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class DataImported(Event):
    """A file of others was read into the record: `what` kind of file, its SHA-256, and by which map of its columns.

    `map_hash` is the SHA-256 of the map's text in the ledger, under which name it is used again. What the file said
    stands in the forms of the same save.
    """

    what: str
    source_hash: str
    map_name: str = ""
    map_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class DataExported(Event):
    """Data left the system: `what` was taken out (the name of the file), and `of` whom and until when.

    `sha256` is that of the file, where it was made when this was told.
    """

    what: str
    of: str = ""
    sha256: str = later("")
