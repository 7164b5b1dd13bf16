"""Coding: the terms of all patients against a dictionary that was loaded here, and the loading of one.

A dictionary is a CSV that the users are licensed to use; it is kept as a text of the ledger, under its version. Terms
with the same words are offered to be taken over, others are searched for; a person chooses each. Read `coding_page`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.roles import DATA_MANAGER
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.saving import Sent, acting, holds, onwards, save, typed
from trialwright.adapters.edc.oversight.telling import Telling, address, in_blocks
from trialwright.core.ledger import DictionaryLoaded, TermCoded
from trialwright.core.oversight import Dictionary, Term, read_dictionary, suggested, terms_to_code
from trialwright.core.oversight.coding import CODED, Entry, dictionaries, plain_term, wrong_line
from trialwright.core.terms import Finding
from trialwright.store import Text

PAGE, MOST_BYTES, MOST_FOUND = 50, 60_000_000, 30
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Row:
    """A term of a patient, and where it is shown."""

    subject: str
    term: Term
    address: str


@dataclass(frozen=True)
class Group:
    """The same words of the same thing, of however many patients: coded together, and what is offered for them."""

    key: str
    typed: str
    label: str
    rows: tuple[Row, ...]
    offered: tuple[Entry, ...] = ()

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
    sent = _loaded(request, desk) if request.method == "POST" else None
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


def _loaded(request: HttpRequest, desk: Desk) -> Sent:
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
    block, whole = in_blocks(desk, block=request.GET.get("block"))
    sent = _coded(request, desk, dictionary, block.object_list) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(request.get_full_path())
    everything = request.GET.get("show") == "all"
    found = groups(desk, block.object_list, everything)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": [_offered(one, dictionary) for one in page.object_list],
        "total": sum(len(one.rows) for one in found),
        "part": None if whole else block,
        "everything": everything,
        "loaded": loaded,
        "chosen": chosen,
        "dictionary": dictionary,
        "wanted": request.GET.get("q", ""),
        "found": found_in(dictionary, request.GET.get("q", "")),
        "may_code": any(grant.role == DATA_MANAGER.value for grant in desk.grants),
        "against": sent.against if sent else (),
        "key": desk.new_key(),
        "separator": SEPARATOR,
    }
    return render(request, desk, "edc/oversight/coding.html", context, status=sent.status if sent else 200)


def groups(desk: Desk, subjects: Iterable[str], everything: bool = False) -> list[Group]:
    """The terms of these patients, by their words; those without a code, or all."""
    telling, found = Telling(desk), dict[str, list[Row]]()
    for subject in subjects:
        for term in terms_of(desk, subject):
            if everything or term.state != CODED:
                key = f"{term.item.split('/')[0]}|{plain_term(term.typed)}"
                found.setdefault(key, []).append(Row(subject, term, telling.address(subject, term.item)))
    told = [Group(key, rows[0].term.typed, rows[0].term.label, tuple(rows)) for key, rows in found.items()]
    return sorted(told, key=lambda one: (plain_term(one.typed), one.label))


def terms_of(desk: Desk, subject: str) -> tuple[Term, ...]:
    """The terms of a patient that are to be coded; derived once for each state of the record."""
    record = desk.record(subject)
    concepts = desk.standards(subject).concepts
    known = desk.protocol(subject).concepts
    return desk.open.answer(
        ("terms", subject),
        record.events,
        lambda: terms_to_code(record, {**concepts, **{one.id: one for one in known}}),
    )


def _offered(group: Group, dictionary: Dictionary | None) -> Group:
    return replace(group, offered=suggested(dictionary, group.typed)) if dictionary else group


def found_in(dictionary: Dictionary | None, words: str) -> tuple[Entry, ...]:
    """The entries that hold every word that was looked for, the shortest first."""
    wanted = plain_term(words).split()
    if dictionary is None or not wanted:
        return ()
    found = [one for one in dictionary.entries if all(word in plain_term(one.term) for word in wanted)]
    return tuple(sorted(found, key=lambda one: (len(one.term), one.term))[:MOST_FOUND])


def _coded(request: HttpRequest, desk: Desk, dictionary: Dictionary | None, subjects: Iterable[str]) -> Sent:
    """The codes that were chosen, each an entry of the dictionary that is shown, for every term of the same words."""
    if dictionary is None:
        return Sent(422, (wrong_line(_("No dictionary is loaded."), 0),))
    subjects = [subject for subject in subjects if holds(desk, DATA_MANAGER, subject)]
    mine, there = acting(desk, (DATA_MANAGER,)), {one.key: one for one in groups(desk, subjects, everything=True)}
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
    sent = save(request, mine, events)
    if sent.saved:
        messages.success(request, _("Coded: %(count)d.") % {"count": len(events)})
    return sent


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
