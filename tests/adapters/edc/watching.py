"""Every statement that a request writes, held against the events it was declared to make.

Statements are heard in the driver of the database itself, of every connection of this process, so that nothing which
writes can go past. A transaction counts once it is committed. Of each request: what was written to a ledger is as many
events as its chains grew by, of kinds its page declares, in the name of who asked; reading and refusals write none.
Requests that overlap are let alone, since one of them may write what waits of the others.
Read `Watch.after`. `test_nothing_is_written_past_an_event` plants faults that this must notice.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.edc.oversight.test_every_write_is_declared import ANY_KIND, MAKES
from trialwright.core.ledger import FormCorrected, Missing

WRITES = re.compile(
    r"\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|REPLACE\s+INTO)\s+\"?(\w+)", re.I
)
LEDGER, EVENTS = "trial.sqlite3", "ledger_event"
WHATEVER_THE_PAGE = {"SignInRefused", "SystemOpened"}
"""A password that is asked for again and is wrong; the opening of the chain that the first of them stands in."""
OF_PEOPLE = {
    "SignedIn", "AccessChanged", "TokenIssued", "TokenEnded", "PersonNamed", "RoleGranted", "StudyOpened",
    "AccessRestored",
}  # fmt: skip
"""What the addresses of signing in, of links and of one's own account make."""
NOBODYS = {"SignInRefused", "SystemOpened", "PersonNamed"}
"""Told by the system itself, of whoever it was."""
SEEN = os.environ.get("TRIALWRIGHT_SEEN_WRITES", "")
"""A file to which each (page, kind or outcome) that was seen is added, for the proof that all were."""


@dataclass
class Heard:
    """What one connection did: the tables written to since its last commit, and whether it is in a transaction."""

    open: bool = False
    last: str = ""
    tables: list[str] = field(default_factory=list)


@dataclass
class Watch:
    """The writes of this process while it is watched, and what was wrong with them."""

    committed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    under_way: set[int] = field(default_factory=set)
    shared: set[int] = field(default_factory=set)

    def listen(self, connection: Any, name: str) -> None:
        """Hear every statement of a connection to a ledger."""
        if Path(name).name.partition("?")[0] != LEDGER:
            return
        heard = Heard()

        def statement(text: str) -> None:
            said = text.lstrip().upper()
            if said.startswith("BEGIN"):
                heard.open, heard.tables = True, []
            elif said.startswith(("COMMIT", "END")):
                self.committed += heard.tables
                heard.open, heard.tables = False, []
            elif said.startswith("ROLLBACK") and " TO " not in said:
                heard.open, heard.tables = False, []
            elif (found := WRITES.match(text)) and text != heard.last:  # a trigger says its statement again
                (heard.tables if heard.open else self.committed).append(found[1])

            heard.last = text

        connection.set_trace_callback(statement)

    # --- one request --------------------------------------------------------------------------------------------------

    def around(self, request: Any, answer: Callable[[Any], Any]) -> Any:
        """The answer to a request, and whatever was wrong with what it wrote."""
        from trialwright.adapters.edc.desk import SERVED

        before = {name: ends_of(one) for name, one in SERVED.items()}
        self.committed.clear()
        self.under_way.add(id(request))
        if len(self.under_way) > 1:
            self.shared |= self.under_way
        try:
            response = answer(request)
        finally:
            self.under_way.discard(id(request))
        if id(request) in self.shared:
            return response
        new = [event for name, one in SERVED.items() if name in before for event in since(one, before[name])]
        self.wrong += [f"{place_of(request)} {request.method}: {one}" for one in self.after(request, response, new)]
        note(place_of(request), response.status_code, request.method, new)
        return response

    def after(self, request: Any, response: Any, new: list[Any]) -> Iterator[str]:
        """What is wrong with the writes of a request, given the events that are new."""
        written = self.committed.count(EVENTS)
        if written != len(new):
            yield f"{written} rows of events were written and {len(new)} events are new"
        if self.committed and not new:
            yield f"{sorted(set(self.committed))} were written to without an event"
        kinds = {type(one).__name__ for one in new}
        if undeclared := kinds - declared(place_of(request)):
            yield f"made {sorted(undeclared)}, which it does not declare"
        if request.method in ("GET", "HEAD", "OPTIONS") and kinds - WHATEVER_THE_PAGE - {"SignedIn"}:
            yield f"reading made {sorted(kinds)}"
        if response.status_code >= 400 and kinds - WHATEVER_THE_PAGE:
            yield f"answered {response.status_code} and made {sorted(kinds)}"
        yield from (f"{type(one).__name__}: {lack}" for one in new for lack in lacks(one, request))


def lacks(event: Any, request: Any) -> Iterator[str]:
    """What an event does not say of who, when, what, the value before and after, and why."""
    person = getattr(getattr(request, "user", None), "person", "")
    if event.actor != person and person and type(event).__name__ not in NOBODYS | {"SignedIn"}:
        yield f"in the name of {event.actor}, asked by {person}"
    if not (event.actor and event.role and event.recorded and event.occurred and event.id and event.seq):
        yield "who, when or which is missing"
    if "why" in event.__dataclass_fields__ and not str(event.why).strip() and type(event).__name__ not in MAY_BE_SILENT:
        yield "no reason"
    if isinstance(event, FormCorrected):
        if not event.items:
            yield "a correction of nothing"
        for one in event.items:
            if one.old == one.new and not isinstance(one.new, Missing):
                yield f"{one.path} was corrected to what it was"


MAY_BE_SILENT = {"ConsentWithdrawn"}
"""Kinds with a field for a reason that need not have one: nobody has to say why they withdraw."""


def declared(place: str) -> set[str]:
    """The kinds that a page may make; those of people at addresses that are no page."""
    if place in ANY_KIND:
        from trialwright.core.ledger import KINDS

        return {*KINDS, *WHATEVER_THE_PAGE}
    return MAKES.get(place, OF_PEOPLE if place.startswith("/") else set()) | WHATEVER_THE_PAGE


def place_of(request: Any) -> str:
    """The page's name, or the first part of an address that is none."""
    match = getattr(request, "resolver_match", None)
    if match is not None and match.view_name and match.view_name.startswith("edc:"):
        return str(match.view_name.removeprefix("edc:"))
    return "/" + request.path.split("/")[1]


def ends_of(opened: Any) -> dict[str, int]:
    """Where the chains of a study's ledger end."""
    from trialwright.store.errors import LedgerError

    try:
        return dict(opened.reader().ends())
    except LedgerError:
        return {}


def since(opened: Any, ends: dict[str, int]) -> list[Any]:
    """The events of each chain since then."""
    now = ends_of(opened)
    grown = [chain for chain, end in now.items() if end > ends.get(chain, 0)]
    return [event for chain in grown for event in opened.reader().events(after_seq=ends.get(chain, 0), chain_id=chain)]


def note(place: str, status: int, method: str, new: list[Any]) -> None:
    """Keep what was seen for the proof that every page was."""
    if not SEEN or method in ("GET", "HEAD"):
        return
    outcome = "refused" if status >= 400 else "nothing new" if not new else "saved"
    with open(SEEN, "a", encoding="utf-8") as file:
        for what in (outcome, *(type(one).__name__ for one in new)):
            file.write(f"{place}\t{what}\n")


# --- being there ------------------------------------------------------------------------------------------------------


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch every request that this process answers, and every connection it opens meanwhile."""
    import sqlite3

    from django.core.handlers.base import BaseHandler

    watch, places = Watch(), {sqlite3, sys.modules["sqlite3.dbapi2"], _of_django()}
    connect, respond = sqlite3.connect, BaseHandler.get_response

    def connected(*given: Any, **options: Any) -> Any:
        connection = connect(*given, **options)
        watch.listen(connection, str(given[0] if given else options["database"]))
        return connection

    def answered(handler: Any, request: Any) -> Any:
        return watch.around(request, lambda asked: respond(handler, asked))

    for place in places:
        place.connect = connected  # type: ignore[attr-defined]
    BaseHandler.get_response = answered  # type: ignore[method-assign]
    try:
        yield watch
    finally:
        BaseHandler.get_response = respond  # type: ignore[method-assign]
        for place in places:
            place.connect = connect  # type: ignore[attr-defined]


def _of_django() -> Any:
    from django.db.backends.sqlite3 import base

    return base.Database
