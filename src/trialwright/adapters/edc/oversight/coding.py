"""Coding: the terms of all patients against a dictionary that was loaded here, and the loading of one.

A dictionary is a CSV that the users are licensed to use; it is kept as a text of the ledger, under its version. Terms
with the same words are offered to be taken over, others are searched for; a person chooses each. Read `coding_page`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.access.roles import DATA_MANAGER
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.looking import Looked, since_position
from trialwright.adapters.edc.oversight.meanwhile import AGAIN, Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.saving import Sent, acting, holds, onwards, save, typed
from trialwright.adapters.edc.oversight.telling import Telling, address
from trialwright.adapters.edc.work.board import board_of
from trialwright.adapters.edc.work.judged import Watched
from trialwright.core.ledger import DictionaryLoaded, Event, TermCoded
from trialwright.core.oversight import Dictionary, Term, read_dictionary, suggested
from trialwright.core.oversight.coding import CODED, Entry, dictionaries, plain_term, wrong_line
from trialwright.core.terms import Finding
from trialwright.store import Text

PAGE, MOST_BYTES, MOST_FOUND = 50, 60_000_000, 30
ENTRIES, NAMED, MOST_AT_ONCE = 100, 12, 500
"""So many entries of the same words are on a page of their own, are named in the list, and are coded at once."""
SEPARATOR = "\x1f"


class Row(NamedTuple):
    """A term of a patient."""

    subject: str
    term: Term


@dataclass(frozen=True)
class Group:
    """The same words of the same thing, of however many patients: coded together, and what is offered for them.

    `named` are the first of the entries with where each is shown.
    """

    key: str
    typed: str
    label: str
    rows: tuple[Row, ...]
    named: tuple[tuple[Row, str], ...] = ()
    offered: tuple[Entry, ...] = ()

    @property
    def more(self) -> int:
        """How many entries are not named."""
        return len(self.rows) - len(self.named)

    @property
    def states(self) -> list[str]:
        """The states the terms are in, each once."""
        return sorted({row.term.state for row in self.rows})

    @property
    def codes(self) -> list[TermCoded]:
        """The codes that were chosen, each once."""
        told = {(row.term.by.code, row.term.by.dictionary_version): row.term.by for row in self.rows if row.term.by}
        return list(told.values())


# --- dictionaries ----------------------------------------------------------------------------------------------------


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with their lines; raises csv.Error where it is none."""
    heading = text.partition("\n")[0]
    delimiter = max(",;\t$", key=heading.count)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    for row in reader:
        yield reader.line_num, row


def read(text: str, name: str, version: str) -> tuple[Dictionary | None, list[Finding]]:
    """A dictionary from the text of its file, or everything that is wrong with it."""
    if "\0" in text:
        return None, [wrong_line(_("The file is no text."), 1)]
    try:
        return read_dictionary(rows_of(text), name, version)
    except csv.Error as wrong:
        return None, [wrong_line(_("The file cannot be read as CSV: %(wrong)s.") % {"wrong": wrong}, 1)]


@lru_cache(maxsize=4)
def _kept(text_hash: str, text: str, name: str, version: str) -> Dictionary | None:
    return read(text, name, version)[0]


def dictionary_of(desk: Desk, loaded: DictionaryLoaded) -> Dictionary | None:
    """A dictionary that was loaded, from its text in the ledger."""
    text = desk.open.reader().text(loaded.text_hash)
    return _kept(loaded.text_hash, text, loaded.dictionary, loaded.dictionary_version) if text else None


def dictionaries_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The versions of dictionaries that were loaded, and the loading of another."""
    sent = load_sent(request, desk) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(address("dictionaries", desk.open.id))
    telling = Telling(desk)
    context = {
        "loaded": [(one, telling.person(one.actor)) for one in dictionaries(desk.open.record)],
        "may_load": any(grant.role == DATA_MANAGER.value for grant in desk.grants),
        "against": sent.against if sent else (),
        "name": typed(request, "name", 80),
        "version_typed": typed(request, "dictionary_version", 40),
        "key": desk.new_key(),
    }
    return render(request, desk, "edc/oversight/dictionaries.html", context, status=sent.status if sent else 200)


def load_sent(request: HttpRequest, desk: Desk) -> Sent:
    name, version = typed(request, "name", 80), typed(request, "dictionary_version", 40)
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > MOST_BYTES:
        says = _("There is no file, or it is larger than %(most)d MB.") % {"most": MOST_BYTES // 10**6}
        return Sent(422, (wrong_line(says, 0),))
    try:
        text = unicodedata.normalize("NFC", file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Sent(422, (wrong_line(_("The file is not UTF-8 text."), 0),))
    known, faults = read(text, name, version)
    if known is None:
        return Sent(422, tuple(_with_line(one) for one in faults))
    if any((one.dictionary, one.dictionary_version) == (name, version) for one in dictionaries(desk.open.record)):
        return Sent(422, (wrong_line(_("This version of the dictionary is loaded already."), 0),))
    mine, kept = acting(desk, (DATA_MANAGER,)), Text("dictionary", text)
    event = mine.event(
        DictionaryLoaded, dictionary=name, dictionary_version=version, text_hash=kept.sha256, terms=len(known.entries)
    )
    sent = save(request, mine, (event,), texts=(kept,))
    if sent.saved:
        messages.success(request, _("Loaded: %(count)d terms.") % {"count": len(known.entries)})
    return sent


def _with_line(one: Finding) -> Finding:
    return replace(one, says=f"{one.where.capitalize()}: {one.says}") if one.where else one


# --- terms -----------------------------------------------------------------------------------------------------------


def coding_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The terms that have no code, with what a dictionary offers for each; several are coded at once."""
    loaded = dictionaries(desk.open.record)
    chosen = next(
        (one for one in loaded if one.text_hash == request.GET.get("dictionary")), loaded[0] if loaded else None
    )
    dictionary = dictionary_of(desk, chosen) if chosen else None
    told = board_of(desk.open).looked_after(desk.open, desk.subjects(), desk.today)
    sent = _coded(request, desk, dictionary, told.known) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(request.get_full_path())
    everything = request.GET.get("show") == "all"
    found = groups(told.known, everything)
    alone = next((one for one in found if one.key == request.GET.get("term")), None)
    page, telling = Paginator([alone] if alone else found, PAGE).get_page(request.GET.get("page")), Telling(desk)
    context = {
        "page": page,
        "groups": [_offered(telling, each, dictionary) for each in page.object_list],
        "alone": alone,
        "entries": _entries(request, telling, alone) if alone else None,
        "total": sum(len(each.rows) for each in found),
        "told": told,
        "everything": everything,
        "loaded": loaded,
        "chosen": chosen,
        "dictionary": dictionary,
        "wanted": request.GET.get("q", ""),
        "found": found_in(dictionary, request.GET.get("q", "")),
        "may_code": any(grant.role == DATA_MANAGER.value for grant in desk.grants),
        "against": sent.against if sent else (),
        "meanwhile": _meanwhile(request, desk, sent),
        "position": desk.open.record.last_seq,
        "key": desk.new_key(),
        "separator": SEPARATOR,
    }
    return render(request, desk, "edc/oversight/coding.html", context, status=sent.status if sent else 200)


def groups(known: Iterable[Watched], everything: bool = False) -> list[Group]:
    """The terms of these patients, by their words; those without a code, or all."""
    found: dict[str, list[Row]] = {}
    for one in known:
        for key, row in keyed(one):
            if everything or row.term.state != CODED:
                found.setdefault(key, []).append(row)
    told = [Group(key, rows[0].term.typed, rows[0].term.label, tuple(rows)) for key, rows in found.items()]
    return sorted(told, key=lambda one: (one.key.partition("|")[2], one.label, one.key))


def keyed(one: Watched) -> tuple[tuple[str, Row], ...]:
    """The terms of a patient, each under its thing and its words as they are compared."""
    if "keyed" not in one.memo:
        told = ((f"{term.item.split('/')[0]}|{plain_term(term.typed)}", term) for term in one.terms)
        one.memo["keyed"] = tuple((key, Row(one.subject, term)) for key, term in told)
    found: tuple[tuple[str, Row], ...] = one.memo["keyed"]
    return found


def _offered(telling: Telling, group: Group, dictionary: Dictionary | None) -> Group:
    """The group with what the dictionary has for it, and the addresses of its first entries."""
    offered = suggested(dictionary, group.typed) if dictionary else ()
    return replace(group, named=_named(telling, group.rows[:NAMED]), offered=offered)


def _named(telling: Telling, rows: Iterable[Row]) -> tuple[tuple[Row, str], ...]:
    return tuple((row, telling.address(row.subject, row.term.item)) for row in rows)


def _entries(request: HttpRequest, telling: Telling, group: Group) -> tuple[Page[Row], tuple[tuple[Row, str], ...]]:
    """A page of the entries of one group, each with where it is shown."""
    page = Paginator(group.rows, ENTRIES).get_page(request.GET.get("page"))
    return page, _named(telling, page.object_list)


def found_in(dictionary: Dictionary | None, words: str) -> tuple[Entry, ...]:
    """The entries that hold every word that was looked for, the shortest first."""
    wanted = plain_term(words).split()
    if dictionary is None or not wanted:
        return ()
    found = [one for one in dictionary.entries if all(word in plain_term(one.term) for word in wanted)]
    return tuple(sorted(found, key=lambda one: (len(one.term), one.term))[:MOST_FOUND])


def _coded(request: HttpRequest, desk: Desk, dictionary: Dictionary | None, known: Iterable[Watched]) -> Sent:
    """The codes that were chosen, each an entry of the dictionary that is shown, for every term of the same words."""
    if dictionary is None:
        return Sent(422, (wrong_line(_("No dictionary is loaded."), 0),))
    known = [one for one in known if holds(desk, DATA_MANAGER, one.subject)]
    mine, there = acting(desk, (DATA_MANAGER,)), {one.key: one for one in groups(known, everything=True)}
    events: list[TermCoded] = []
    for name, said in request.POST.items():
        group = there.get(name.removeprefix("code:")) if name.startswith("code:") else None
        code, _mark, term = str(said).partition(SEPARATOR)
        if group is None or not said:
            continue
        entry = dictionary.entry(code, term)
        if entry is None:
            return Sent(422, (wrong_line(_("%(code)s is no code of the dictionary.") % {"code": code[:40]}, 0),))
        events += [_event(mine, row, dictionary, entry) for row in group.rows if not _same(row, dictionary, entry)]
    now, left = events[:MOST_AT_ONCE], len(events[MOST_AT_ONCE:])
    touched = {(one.subject, one.item) for one in now}
    later = partial(since_position, desk, request.POST.get("seen", ""), partial(_codes, touched))
    streams = tuple(dict.fromkeys(stream_of(str(one.subject)) for one in now))
    sent = save(request, mine, now, looked=Looked(later, streams))
    if sent.saved:
        messages.success(request, _("Coded: %(count)d.") % {"count": len(now)})
        if left:
            messages.warning(request, _left(left))
    return sent


def _codes(touched: Set[tuple[str | None, str]], event: Event) -> bool:
    """Whether an entry codes one of the terms that are touched."""
    return isinstance(event, TermCoded) and (event.subject, event.item) in touched


def _meanwhile(request: HttpRequest, desk: Desk, sent: Sent | None) -> Meanwhile | None:
    """Both sides, where somebody else coded one of the terms first."""
    if sent is None or not sent.since:
        return None
    chosen = (
        (name.removeprefix("code:"), str(said)) for name, said in request.POST.items() if name.startswith("code:")
    )
    wanted = [(name.partition("|")[2], said.replace(SEPARATOR, " ")) for name, said in chosen]
    return meanwhile(request, desk, sent.since, wanted, keep=AGAIN)


def _left(count: int) -> str:
    """That some could not be coded at once."""
    return ngettext(
        "%(n)d entry of the same words is left: choose the code again and save.",
        "%(n)d entries of the same words are left: choose the code again and save.",
        count,
    ) % {"n": count}


def _event(desk: Desk, row: Row, dictionary: Dictionary, entry: Entry) -> TermCoded:
    return desk.event(
        TermCoded,
        subject=row.subject,
        item=row.term.item,
        dictionary=dictionary.name,
        dictionary_version=dictionary.version,
        code=entry.code,
        term=entry.term,
    )


def _same(row: Row, dictionary: Dictionary, entry: Entry) -> bool:
    """Whether the term has this code already."""
    by = row.term.by if row.term.state == CODED else None
    chosen = (dictionary.name, dictionary.version, entry.code, entry.term)
    return by is not None and (by.dictionary, by.dictionary_version, by.code, by.term) == chosen
