"""Queries: the work list of a study, and those about one patient; answered, closed, opened again, several at once.

An automatic query is in the data until somebody deals with it; then the question goes into the ledger with what was
said to it, in one save. The site answers; monitor, data manager and sponsor ask, close and open again.
Read `queries_page`, then `events_for`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.paged import Filled
from trialwright.adapters.edc.oversight.looking import Looked, since_position
from trialwright.adapters.edc.oversight.meanwhile import AGAIN, NOTHING, Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.pages import ANSWERING, ASKING
from trialwright.adapters.edc.oversight.saving import Sent, acting, onwards, save, typed
from trialwright.adapters.edc.oversight.telling import Telling, address, counted, for_everybody
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.core.ledger import Event, QueryAnswered, QueryClosed, QueryOpened
from trialwright.core.oversight import RULES, Query, automatic_queries, items_now, queries_of
from trialwright.core.oversight.queries import CLOSED, OPEN, STATES

PAGE, OF_ONE = 100, 50
"""So many queries on a page of the list, and of those about one patient."""
ACTIONS: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "answer": (gettext_noop("Answer"), ANSWERING),
    "close": (gettext_noop("Close"), ASKING),
    "reopen": (gettext_noop("Open again"), ASKING),
    "ask": (gettext_noop("Ask"), ASKING),
}
"""What can be done with a query, and by whom."""
ORDERS: Mapping[str, Callable[[Query, date], tuple[Any, ...]]] = {
    "age": lambda one, on: (-one.age(on), one.subject, one.id),
    "subject": lambda one, on: (one.subject, -one.age(on), one.id),
    "site": lambda one, on: (one.site, -one.age(on), one.subject, one.id),
    "state": lambda one, on: (STATES.index(one.state), -one.age(on), one.subject, one.id),
}
"""The orders of the list, by name."""


@dataclass(frozen=True)
class Row:
    """A query as the list shows it."""

    query: Query
    age: int
    about: str
    address: str
    said: tuple[tuple[Event, str, str], ...] = ()

    @property
    def pick(self) -> str:
        """What the list sends back of it."""
        return f"{self.query.subject}|{self.query.id}"


# --- the data of the pages -------------------------------------------------------------------------------------------


def queries_about(desk: Desk, subject: str) -> tuple[Query, ...]:
    """Every query about a patient, as the person may read it."""
    return discreet(desk, subject, whole_queries(desk, subject))


def whole_queries(desk: Desk, subject: str) -> tuple[Query, ...]:
    """The same, whoever asks: derived once for each state of the record."""
    record = desk.record(subject)
    return desk.open.answer(
        ("queries", subject),
        (record.events, desk.open.common, desk.today),
        lambda: queries_of(record, automatic_queries(desk.case(subject), desk.whole_status(subject))),
    )


@dataclass(frozen=True)
class Wanted:
    """Which queries are asked for, by the filters of the page; what no list offers is no filter."""

    state: str = ""
    site: str = ""
    rule: str = ""
    waits: str = ""
    older: int = 0
    order: str = "age"

    @classmethod
    def read(cls, request: HttpRequest, desk: Desk) -> Wanted:
        """The filters as they were chosen."""
        got = request.GET
        older = got.get("older", "")
        return cls(
            state=got.get("state", "") if got.get("state") in (*STATES, "all") else "",
            site=got.get("site", "") if got.get("site") in desk.sites else "",
            rule=got.get("rule", "") if got.get("rule") in (*RULES, "hand") else "",
            waits=got.get("waits", "") if got.get("waits") in ("the site", "data management") else "",
            older=int(older) if older.isascii() and older.isdigit() and len(older) < 5 else 0,
            order=got.get("order", "age") if got.get("order") in ORDERS else "age",
        )

    def takes(self, desk: Desk, query: Query) -> bool:
        """Whether the list shows a query."""
        return (
            (query.state != CLOSED if not self.state else self.state in ("all", query.state))
            and (not self.rule or self.rule == (query.rule or "hand"))
            and (not self.waits or query.waits_for == self.waits)
            and query.age(desk.today) >= self.older
        )


def listed(desk: Desk, wanted: Wanted, found: Iterable[Query]) -> list[Query]:
    """Those of the queries that are asked for, in order."""
    on, order = desk.today, ORDERS[wanted.order]
    return sorted((one for one in found if wanted.takes(desk, one)), key=lambda one: order(one, on))


def row_of(desk: Desk, telling: Telling, query: Query, *, whole: bool = False) -> Row:
    """A query in words; `whole` with everything that was said."""
    said = tuple((one, telling.person(one.actor), _said(one)) for one in query.said) if whole else ()
    where = telling.address(query.subject, query.item)
    return Row(query, query.age(desk.today), about(telling, query), where, said)


def about(telling: Telling, query: Query) -> str:
    """What a query is about, in words."""
    if query.item.count("/") == 2:
        return telling.item(query.item)
    return _("a deviation") if query.item.startswith("deviation ") else telling.encounter(query.item)


def _said(event: Event) -> str:
    match event:
        case QueryOpened():
            return event.asks
        case QueryAnswered():
            return event.answer
        case QueryClosed():
            return event.remark
        case _:
            return ""


# --- what a form makes -----------------------------------------------------------------------------------------------


def events_for(desk: Desk, query: Query, action: str, words: str) -> Iterator[Event]:
    """The events by which a query is answered, closed or opened again; one that is not in the ledger is asked first."""
    of, item, name = query.subject, query.item, query.id
    if not query.said:
        yield desk.event(QueryOpened, subject=of, item=item, asks=for_everybody(desk, of, query.asks), query=name)
    if action == "answer":
        yield desk.event(QueryAnswered, subject=of, item=item, answer=words, query=name)
    elif action == "close":
        yield desk.event(QueryClosed, subject=of, item=item, query=name, remark=words)
    elif action == "reopen":
        yield desk.event(QueryOpened, subject=of, item=item, asks=words or query.asks, query=name)


def fits(query: Query, action: str) -> bool:
    """Whether a query is in a state in which this can be done with it."""
    return (query.state == CLOSED) is (action == "reopen") and not (action == "answer" and query.state != OPEN)


def chosen(desk: Desk, picks: Iterable[str]) -> list[Query]:
    """The queries that were picked, of patients whom the person sees; what is not there is left out."""
    found = []
    for pick in picks:
        subject, _mark, name = pick.partition("|")
        if desk.sees(subject):
            found += [one for one in whole_queries(desk, subject) if one.id == name]
    return found


# --- the pages -------------------------------------------------------------------------------------------------------


def queries_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The work list: by site, age, state and rule; several are dealt with at once."""
    sent = _dealt_with(request, desk) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(request.get_full_path())
    wanted = Wanted.read(request, desk)
    told, telling = board_of(desk.open).awaited(desk.open, subjects_at(desk, wanted.site), desk.today), Telling(desk)
    found = listed(desk, wanted, (query for one in told.known for query in one.queries))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row_of(desk, telling, discreet(desk, one.subject, one)) for one in page],
        "wanted": wanted,
        "told": told,
        "sites": desk.sites,
        "rules": tuple(RULES),
        "states": STATES,
        "orders": tuple(ORDERS),
        "open": sum(one.state == OPEN for one in found),
        "total": len(found),
        "actions": actions_of(desk),
        "against": sent.against if sent else (),
        "meanwhile": _meanwhile(request, desk, sent),
        "position": desk.open.record.last_seq,
        "typed": typed(request, "words"),
        "picked": request.POST.getlist("pick") if sent else (),
        "key": request.POST.get("key") or desk.new_key(),
    }
    return render(request, desk, "edc/oversight/queries.html", context, status=sent.status if sent else 200)


def actions_of(desk: Desk, *names: str) -> list[tuple[str, str]]:
    """What the person may do with queries."""
    held = {grant.role for grant in desk.grants}
    told = [(name, label) for name, (label, roles) in ACTIONS.items() if held & {role.value for role in roles}]
    return [(name, label) for name, label in told if name in (names or ("answer", "close", "reopen"))]


def _dealt_with(request: HttpRequest, desk: Desk, subject: str = "") -> Sent:
    action = request.POST.get("action", "")
    label, roles = ACTIONS.get(action, ("", ()))
    picked = chosen(desk, request.POST.getlist("pick"))
    later = partial(since_position, desk, request.POST.get("seen", ""), partial(_concerns, picked))
    streams = tuple(stream_of(name) for name in dict.fromkeys(one.subject for one in picked))
    queries = [one for one in picked if fits(one, action)]
    events: list[Event] = []
    desks = {one.subject: acting(desk, roles, one.subject) for one in queries}
    for one in queries:
        events += events_for(desks[one.subject], one, action, typed(request, "words"))
    saving = next(iter(desks.values()), desk)
    sent = save(request, saving, events, subject, looked=None if subject else Looked(later, streams))
    if sent.saved:
        messages.success(request, _("%(what)s: %(count)d.") % {"what": _(label), "count": len(queries)})
    return sent


def _concerns(picked: Sequence[Query], event: Event) -> bool:
    """Whether an entry says something of one of the queries that were picked."""
    if not isinstance(event, QueryOpened | QueryAnswered | QueryClosed):
        return False
    return any(one.subject == event.subject and (event.query == one.id or event.item == one.item) for one in picked)


def _meanwhile(request: HttpRequest, desk: Desk, sent: Sent | None, subject: str = "") -> Meanwhile | None:
    """Both sides, where somebody else saved first; what is answered by now is not answered again."""
    if sent is None or not sent.since:
        return None
    action, telling = request.POST.get("action", ""), Telling(desk)
    picked = chosen(desk, request.POST.getlist("pick"))
    item = typed(request, "item", 200)
    about_what = [f"{one.subject}: {about(telling, one)}" for one in picked] or [telling.item(item) if item else ""]
    words = typed(request, "asks") or typed(request, "words")
    wanted = [(_(ACTIONS[action][0]), "; ".join(about_what)), (_("In words"), words)] if action in ACTIONS else []
    again = action == "ask" or any(fits(one, action) for one in picked)
    return meanwhile(request, desk, sent.since, wanted, keep=AGAIN if again else NOTHING, subject=subject)


def subject_queries_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Every query about a patient with its life; one is asked here, about an item."""
    sent = None
    if request.method == "POST":
        asks = request.POST.get("action") == "ask"
        sent = _asked(request, desk, subject) if asks else _dealt_with(request, desk, subject)
    if sent is not None and sent.saved:
        return onwards(address("query", desk.open.id, subject))
    item, telling = request.POST.get("item") or request.GET.get("item", ""), Telling(desk)
    rows = [row_of(desk, telling, one, whole=True) for one in queries_about(desk, subject)]
    picked = request.POST.get("pick", "")
    rows.sort(key=lambda row: (row.pick != picked, row.query.item != item, row.query.state == CLOSED, -row.age))
    page = Filled(rows, OF_ONE, _weight).get_page(request.GET.get("page"))
    parts = parts_of(desk, subject)
    part = next((name for name, items in parts.items() if item in items), request.GET.get("of", ""))
    part = part if part in parts else next(iter(parts), "")
    context = {
        "subject": subject,
        "page": page,
        "item": item,
        "part": part,
        "parts": [(name, part_called(telling, name)) for name in parts],
        "items": [(name, telling.item(name)) for name in parts.get(part, ())],
        "actions": (actions := actions_of(desk)),
        "closes": "close" in dict(actions),
        "may_list": desk.may(page_named("queries")),
        "may_ask": bool(actions_of(desk, "ask")),
        "against": sent.against if sent else (),
        "meanwhile": _meanwhile(request, desk, sent, subject),
        "picked": picked,
        "typed": typed(request, "words"),
        "asks": typed(request, "asks"),
        "key": desk.new_key(),
        "version": desk.version(subject),
    }
    return render(request, desk, "edc/oversight/subject_queries.html", context, status=sent.status if sent else 200)


def item_names(desk: Desk, subject: str) -> list[str]:
    """The items of a patient that can be asked about."""
    return sorted(one.name for one in items_now(desk.record(subject)))


def _weight(row: Row) -> int:
    """How much of a page a query takes, about: its forms, and everything that was said."""
    return 1200 + sum(250 + len(words) for _event, _who, words in row.said)


def parts_of(desk: Desk, subject: str) -> dict[str, tuple[str, ...]]:
    """The items of a patient that can be asked about, by the visit they were entered at, else by what they are of."""
    found: dict[str, list[str]] = {}
    for one in items_now(desk.record(subject)):
        of = one.encounters[0] if one.encounters else f"{one.path.concept}/{one.path.instance}"
        found.setdefault(of, []).append(one.name)
    return {of: tuple(sorted(found[of], key=counted)) for of in sorted(found, key=counted)}


def part_called(telling: Telling, name: str) -> str:
    """A visit, or one of several things that are recorded between visits, in words."""
    return telling.labels.observation(name) if "/" in name else telling.encounter(name)


def _asked(request: HttpRequest, desk: Desk, subject: str) -> Sent:
    """A new question about an item that is recorded."""
    item, asks = typed(request, "item", 200), typed(request, "asks")
    if item not in item_names(desk, subject) or not asks:
        return save(request, desk, (), subject)
    mine = acting(desk, ASKING, subject)
    sent = save(request, mine, (mine.event(QueryOpened, subject=subject, item=item, asks=asks),), subject)
    if sent.saved:
        messages.success(request, _("The query is open."))
    return sent
