"""A query's life: opened, answered, closed, opened again; by hand, or found by a rule and dealt with by a person.

A query has a name of its own, so that an item can have several. One that was opened without a name is called by its
event's id; an answer or a closing without a name is of every query of the item that is open. A query that a rule finds
in the data is no event: it is there as long as the data are so (`automatic`), and gets into the ledger under the same
name when somebody answers or closes it. Read `asked_queries`, then `queries_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.ledger import Event, QueryAnswered, QueryClosed, QueryOpened
from trialwright.core.subject import SubjectRecord

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATES = (OPEN, ANSWERED, CLOSED)


@dataclass(frozen=True)
class Query:
    """A question about data of a subject: what it asks, where it stands, since when, and what was said so far.

    `rule` is the rule that found it, empty for one asked by hand; `do` and `clause` are that rule's. `still` says
    whether the data are still as they were when a rule found it. `item` is an item's path or what else it is about.
    """

    id: str
    subject: str
    site: str
    item: str
    asks: str
    state: str
    since: date
    said: tuple[Event, ...] = ()
    rule: str = ""
    clause: str = ""
    do: str = ""
    still: bool = True

    @property
    def automatic(self) -> bool:
        """Whether a rule found it."""
        return bool(self.rule)

    @property
    def waits_for(self) -> str:
        """Whose turn it is: the site answers, whoever asked closes."""
        return {OPEN: "the site", ANSWERED: "data management"}.get(self.state, "")

    def age(self, on: date) -> int:
        """For how many days it has been open; 0 for one that is closed."""
        return 0 if self.state == CLOSED else max((on - self.since).days, 0)


def asked_queries(record: SubjectRecord) -> tuple[Query, ...]:
    """The queries about a subject that are in the ledger, each with its life, in the order they were first asked."""
    found: dict[str, Query] = {}
    for event in _about_data(record):
        for name in _named(found, event):
            found[name] = _then(found.get(name), name, record, event)
    return tuple(found.values())


def _about_data(record: SubjectRecord) -> Sequence[Event]:
    kinds = (QueryOpened, QueryAnswered, QueryClosed)
    told = [one for one in record.log or () if isinstance(one, kinds) and one.id not in record.voided]
    return [*reversed(told)]


def _named(found: dict[str, Query], event: Event) -> list[str]:
    """The queries that an event is about, by name."""
    if isinstance(event, QueryOpened):
        return [event.query or event.id or f"{event.item} ({event.seq})"]
    if not isinstance(event, QueryAnswered | QueryClosed):
        return []
    if event.query:
        return [event.query] if event.query in found else []
    return [name for name, one in found.items() if one.item == event.item and one.state != CLOSED]


def _then(known: Query | None, name: str, record: SubjectRecord, event: Event) -> Query:
    """The query after one more event."""
    if known is None:
        assert isinstance(event, QueryOpened), "only what was asked is answered"
        return Query(
            name, record.subject, record.site, event.item, event.asks, OPEN, event.occurred, (event,), rule_of(name)
        )
    said = (*known.said, event)
    if isinstance(event, QueryOpened):
        again = known.state == CLOSED
        since = event.occurred if again else known.since
        return replace(known, state=OPEN, since=since, asks=event.asks or known.asks, said=said)
    return replace(known, state=ANSWERED if isinstance(event, QueryAnswered) else CLOSED, said=said)


def rule_of(name: str) -> str:
    """The rule that a query was found by, told by its name.

    >>> rule_of("implausible:5f2a91c07b3e"), rule_of("0190163d-8694-739b-aea5-966c26f8ad90")
    ('implausible', '')
    """
    rule, colon, digest = name.partition(":")
    return rule if colon and len(digest) == 12 else ""


def queries_of(record: SubjectRecord, found: Iterable[Query] = ()) -> tuple[Query, ...]:
    """Every query about a subject: those in the ledger, and those `found` in the data that nobody dealt with yet."""
    by_rule = {one.id: one for one in found}
    asked = [_known_still(one, by_rule) for one in asked_queries(record)]
    names = {one.id for one in asked}
    return (*asked, *(one for name, one in by_rule.items() if name not in names))


def _known_still(one: Query, found: dict[str, Query]) -> Query:
    if not one.rule:
        return one
    now = found.get(one.id)
    return replace(one, still=now is not None, clause=now.clause if now else "", do=now.do if now else "")
