"""What is said of data names data that are there: a query that was asked, items that are recorded, a term to be coded.

A query without a name is of every open one of its item, as before queries had names. Read `settling`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked
from trialwright.core.ledger import ItemPath, QueryOpened
from trialwright.core.subject import SubjectRecord, observations
from trialwright.core.terms import Finding


def settling(asked: Asked) -> Iterator[Finding]:
    """What is answered or closed was asked; an answer says something."""
    event: Any = asked.event
    told = [one for one in asked.record.log or () if isinstance(one, QueryOpened) and one.id not in asked.record.voided]
    if event.query and event.query not in {name for one in told for name in (one.query, one.id) if name}:
        yield asked.no(
            f"Nobody asked the query {event.query!r} about {event.item} of {event.subject}.",
            do="Name a query that is open, or leave its name out to mean every open one of the item.",
        )
    if not getattr(event, "answer", "answered").strip():
        yield asked.no(f"The query about {event.item} is to be answered with nothing.", do="Write the answer.")


def verifying(asked: Asked) -> Iterator[Finding]:
    """What is held against the source is recorded."""
    event: Any = asked.event
    lacking = [path for path in event.paths if not recorded(asked.record, path)]
    if lacking or not event.paths:
        listed = ", ".join(lacking) or "no item"
        yield asked.no(
            f"Of {event.subject} nothing is recorded as {listed}, so that nothing can agree with the source.",
            do="Name items that are recorded, as anc/c1d1/value.",
        )


CODED_BY = ("dictionary", "dictionary_version", "code", "term")
"""What a coding says, none of it empty."""


def coding(asked: Asked) -> Iterator[Finding]:
    """What is coded is recorded as a text, and gets a code with its term of a version of a dictionary."""
    event: Any = asked.event
    if not isinstance(recorded(asked.record, event.item), str):
        yield asked.no(
            f"Of {event.subject} no term is recorded as {event.item}.", do="Name the item that holds the term."
        )
    lacking = [
        name for name in ("dictionary", "dictionary_version", "code", "term") if not getattr(event, name).strip()
    ]
    if lacking:
        says = f"The coding of {event.item} lacks {', '.join(lacking).replace('_', ' ')}."
        yield asked.no(says, do="Name the dictionary, its version, the code and its term.")


def recorded(record: SubjectRecord, path: str) -> Any:
    """The value an item has now; None where it has none."""
    try:
        item = ItemPath.parse(path)
    except ValueError:
        return None
    found = next((one for one in observations(record, item.concept) if one.instance == item.instance), None)
    return found.values.get(item.field) if found else None


def reviewing(asked: Asked) -> Iterator[Finding]:
    """The places that were read are places of the ledger."""
    event: Any = asked.event
    if not 1 <= event.first <= event.last <= max(asked.study.last_seq, 1):
        says = f"Events {event.first} to {event.last} are no part of a ledger of {asked.study.last_seq} events."
        yield asked.no(says, do="Name the first and the last event that were read.")
