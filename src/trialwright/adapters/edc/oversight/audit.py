"""The audit trail: everything that was recorded, by whom, when, what it was before and is now, and why.

Filters are chosen from lists; what no list offers is no filter. The trail is taken out as a file in two flavours: the
text as it is, or with a mark before what a spreadsheet would take for a formula; that it was taken out is recorded. Who
reviewed it up to where, and what they found, is recorded as well. What identifies a patient is shown at the site alone.
Read `Filters`, then `audit_page`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from heapq import merge
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from trialwright.adapters.archive.words import FIELD_WORDS
from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.access.roles import CLINICAL
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.paged import Filled
from trialwright.adapters.edc.oversight.pages import ASKING, READ
from trialwright.adapters.edc.oversight.saving import Sent, acting, onwards, save, typed
from trialwright.adapters.edc.oversight.telling import Change, Telling, Verbatim, address, as_recorded
from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.core.ledger import (
    KINDS,
    SYSTEM_KINDS,
    AuditReviewed,
    DataExported,
    Event,
    FormCorrected,
    Value,
    to_changes,
)
from trialwright.core.schedule.naming import spaced
from trialwright.store.chain import SYSTEM_CHAIN

PAGE, LINE = 50, 140
MOST_LISTED, MOST_KEPT = 5_000, 100_000
"""So many events a list goes through, and so long a trail is kept put together."""
ASIDE = ("occurred", "time", "offset", "zone", "why")
WHY = ("why", "although")
FLAVOURS = ("faithful", "spreadsheet")
HEADINGS = (
    "data event recorded_utc occurred who name role site subject kind what path old new reason why protocol id"
).split()


@dataclass(frozen=True)
class Line:
    """One event of the trail, as whoever asks may see it."""

    event: Event
    who: str
    kind: str
    changes: tuple[Change, ...]
    why: str


@dataclass(frozen=True)
class Filters:
    """What of the trail is shown; each from a list, but the two days and the words of an item."""

    who: str = ""
    role: str = ""
    site: str = ""
    subject: str = ""
    kind: str = ""
    chain: str = ""
    item: str = ""
    first: str = ""
    last: str = ""
    corrected: str = ""

    @classmethod
    def read(cls, got: QueryDict, choices: Choices) -> Filters:
        """The filters as they were chosen; what is said of people and the ledger alone is looked for there."""
        said = {each.name: unicodedata.normalize("NFC", got.get(each.name, "")).strip()[:80] for each in fields(cls)}
        listed = {name: said[name] for name in ("who", "role", "site", "subject", "kind", "chain")}
        taken = {name: value for name, value in listed.items() if value in getattr(choices, name)}
        days = {name: said[name] for name in ("first", "last") if _day(said[name])}
        if choices.beside & {taken.get(name, "") for name in ("who", "role", "kind")}:
            taken["chain"] = choices.chain[0]
        return cls(**taken, **days, item=said["item"], corrected="1" if said["corrected"] else "")

    def takes(self, event: Event) -> bool:
        """Whether an event is shown."""
        recorded = event.recorded.date() if event.recorded else event.occurred
        first, last = _day(self.first), _day(self.last)
        return (
            self.who in ("", event.actor)
            and self.role in ("", event.role)
            and self.site in ("", event.site)
            and self.subject in ("", event.subject)
            and self.kind in ("", type(event).__name__)
            and (first is None or first <= recorded)
            and (last is None or recorded <= last)
            and (not self.corrected or isinstance(event, FormCorrected))
            and (not self.item or any(self.item in name for name in _names(event)))
        )

    @property
    def words(self) -> str:
        """The filters as the record of an export has them."""
        told = [f"{each.name} {getattr(self, each.name)}" for each in fields(self) if getattr(self, each.name)]
        return ", ".join(told) or "all that the person sees"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _names(event: Event) -> Iterator[str]:
    """The items an event is about."""
    yield from (change.path for change in getattr(event, "items", ()))
    yield from getattr(event, "paths", ())
    if item := getattr(event, "item", ""):
        yield item


@dataclass(frozen=True)
class Choices:
    """What the filters offer; `beside` is what only the chain of people and the ledger has."""

    who: dict[str, str]
    role: tuple[str, ...]
    site: tuple[str, ...]
    subject: tuple[str, ...]
    kind: tuple[str, ...]
    chain: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()


def trail(desk: Desk) -> Iterable[Event]:
    """Everything of the study that the person sees, the newest first; of a long ledger put together as it is read."""
    if desk.open.record.last_seq > MOST_KEPT:
        return _gathered(desk)
    name = ("trail", desk.sites, desk.central)
    return desk.open.answer(name, desk.open.record.last_seq, lambda: tuple(_gathered(desk)))


def _gathered(desk: Desk) -> Iterator[Event]:
    record = desk.open.record
    own = (one for one in reversed(record.own) if desk.central or one.site in (None, *desk.sites))
    logs = (record.subjects[subject].log or () for subject in desk.subjects())
    return merge(own, *logs, key=lambda one: -one.seq)


def of_system(desk: Desk) -> tuple[Event, ...]:
    """What was recorded of the study's people and of the ledger, for those who see every site; the newest first.

    On a server the database's own chain is of several studies: who never held a role in this one is not told of here.
    """
    if not desk.central:
        return ()
    stands = (desk.open.reader().sizes(SYSTEM_CHAIN)[0], desk.open.common)
    return desk.open.answer("system trail", stands, lambda: tuple(reversed([*_of_own_people(desk)])))


def _of_own_people(desk: Desk) -> Iterator[Event]:
    roster = desk.open.roster
    for event in desk.open.reader().events(chain_id=SYSTEM_CHAIN):
        person = getattr(event, "person", "")
        if not person or roster.person(person).roles:
            yield event


def choices_of(desk: Desk) -> Choices:
    """What there is to choose from, of what the person sees."""
    name = ("trail choices", desk.sites, desk.central)
    stands = (desk.open.record.last_seq, desk.open.reader().sizes(SYSTEM_CHAIN)[0])
    return desk.open.answer(name, stands, lambda: _choices(desk))


def _choices(desk: Desk) -> Choices:
    study, people = [*islice(trail(desk), MOST_KEPT)], of_system(desk)
    told, telling = [*study, *people], Telling(desk)
    who = {one.actor: telling.person(one.actor) for one in told}
    return Choices(
        dict(sorted(who.items(), key=lambda pair: pair[1])),
        tuple(sorted({one.role for one in told})),
        desk.sites,
        desk.subjects(),
        tuple(name for name in (*KINDS, *SYSTEM_KINDS) if name in {type(one).__name__ for one in told}),
        ("system",) if desk.central else (),
        _offered(people) - _offered(study),
    )


def _offered(events: Iterable[Event]) -> frozenset[str]:
    """Who, in which roles, said which kinds of event."""
    return frozenset(word for one in events for word in (one.actor, one.role, type(one).__name__))


def chosen(desk: Desk, filters: Filters) -> Iterator[Event]:
    """The events that the filters let through, the newest first."""
    of: Iterable[Event] = of_system(desk) if filters.chain else trail(desk)
    if filters.subject:
        of = desk.record(filters.subject).log or ()
    return (one for one in of if filters.takes(one))


def line_of(telling: Telling, event: Event) -> Line:
    """An event in words."""
    said = [change for change in to_changes(event) if change.path not in ASIDE and change.new != ""]
    changes = tuple(_change(telling, each.path, each.old, each.new) for each in said)
    why = "; ".join(str(getattr(event, name)) for name in WHY if getattr(event, name, ""))
    if event.subject in telling.desk.open.record.subjects:
        changes, why = discreet(telling.desk, str(event.subject), (changes, why))
    return Line(event, telling.person(event.actor), telling.kind(event), changes, why)


def _change(telling: Telling, path: str, old: Value, new: Value) -> Change:
    if path.count("/") == 2:
        return Change(telling.item(path), path, telling.value(path, old), telling.value(path, new))
    name = FIELD_WORDS.get(path.split("/")[0], spaced(path.split("/")[0]).capitalize())
    if isinstance(telling, Verbatim):
        return Change(name, path, "", as_recorded(new))
    say = OWN_WORDS.get(path)
    return Change(name, path, "", say(telling, str(new)) if say else writing.value(new))


OWN_WORDS: Mapping[str, Callable[[Telling, str], str]] = {
    "person": Telling.person,
    "approved_by": Telling.person,
    "encounter": Telling.encounter,
    "item": Telling.item,
    "form": lambda _telling, name: spaced(name),
}
"""Fields that hold an id, and who says it in words."""


# --- the page --------------------------------------------------------------------------------------------------------


def audit_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The trail, filtered and paged; and saying that it was reviewed."""
    sent = _reviewed(request, desk) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(address("audit", desk.open.id))
    choices, telling = choices_of(desk), Telling(desk)
    filters = Filters.read(request.GET, choices)
    found = [*islice(chosen(desk, filters), MOST_LISTED)]
    page = Filled(found, PAGE, _weight).get_page(request.GET.get("page"))
    reviews = [one for one in desk.open.record.own if isinstance(one, AuditReviewed)]
    context = {
        "page": page,
        "lines": [line_of(telling, one) for one in page.object_list],
        "total": len(found),
        "more": len(found) == MOST_LISTED,
        "filters": filters,
        "choices": choices,
        "kinds": [(name, telling.kind_named(name)) for name in choices.kind],
        "reviews": [(one, telling.person(one.actor)) for one in reversed(reviews)][:20],
        "next": max((one.last for one in reviews), default=0) + 1,
        "last": desk.open.record.last_seq,
        "may_review": desk.page is not None and desk.may(desk.page, write=True),
        "against": sent.against if sent else (),
        "remark": typed(request, "remark"),
        "key": desk.new_key(),
    }
    return render(request, desk, "edc/oversight/audit.html", context, status=sent.status if sent else 200)


def _weight(event: Event) -> int:
    """How much of a page an event takes, about: a line for itself and for each value, and the words of each."""
    changes = (*getattr(event, "items", ()), *getattr(event, "stands", ()))
    lines = 3 + len(changes) + len(getattr(event, "paths", ()))
    said = (getattr(event, "why", ""), *(value for one in changes for value in (one.old, one.new)))
    return lines * LINE + sum(len(one) for one in said if isinstance(one, str))


def _reviewed(request: HttpRequest, desk: Desk) -> Sent:
    first, last = (_place(typed(request, name, 12)) for name in ("first", "last"))
    mine = acting(desk, ASKING)
    event = mine.event(AuditReviewed, first=first, last=last, remark=typed(request, "remark"))
    sent = save(request, mine, (event,))
    if sent.saved:
        messages.success(request, _("The review is recorded."))
    return sent


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


# --- as a file -------------------------------------------------------------------------------------------------------


def export_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The trail as a file, in ledger order; that it was taken out is recorded first."""
    filters = Filters.read(request.POST, choices_of(desk))
    flavour = request.POST.get("flavour", "")
    flavour = flavour if flavour in FLAVOURS else FLAVOURS[0]
    mark = "simulated-" if desk.open.simulated else ""
    name = f"{mark}audit-trail-{desk.open.id}-{desk.open.record.last_seq}-{flavour}.csv"
    found = [*chosen(desk, filters)][::-1]
    content = ("\ufeff" * (flavour == "spreadsheet") + as_csv(desk, found, flavour)).encode()
    mine, digest = acting(desk, (*READ, *CLINICAL)), sha256(content).hexdigest()
    sent = save(request, mine, (mine.event(DataExported, what=name, of=filters.words, sha256=digest),))
    if not sent.saved:
        context = {"against": sent.against}
        return render(request, desk, "edc/oversight/audit_export.html", context, status=sent.status)
    note(desk, content)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_csv(desk: Desk, events: Iterable[Event], flavour: str) -> str:
    """One row for each thing an event said; a correction with what it was before; for a spreadsheet in words."""
    text, telling = io.StringIO(newline=""), Telling(desk) if flavour == "spreadsheet" else Verbatim(desk)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for event in events:
        writer.writerows([_cell(cell, flavour) for cell in row] for row in _rows(telling, event))
    return text.getvalue()


def _rows(telling: Telling, event: Event) -> Iterator[tuple[object, ...]]:
    line, recorded = line_of(telling, event), event.recorded.isoformat() if event.recorded else ""
    head = (
        telling.desk.open.kind, event.seq, recorded, event.occurred.isoformat(), event.actor, line.who, event.role,
        event.site or "", event.subject or "", type(event).__name__,
    )  # fmt: skip
    tail = (event.reason, line.why, event.protocol[:12], event.id)
    for change in line.changes or (Change("", "", "", ""),):
        yield (*head, change.label, change.path, change.old, change.new, *tail)


def _cell(cell: object, flavour: str) -> str:
    """A cell of the file; for a spreadsheet, what it would take for a formula has an apostrophe before it.

    >>> _cell("=1+1", "spreadsheet"), _cell("=1+1", "faithful"), _cell("-3.2", "spreadsheet")
    ("'=1+1", '=1+1', '-3.2')
    """
    return plain_cell(cell, numbers=True) if flavour == "spreadsheet" else str(cell)
