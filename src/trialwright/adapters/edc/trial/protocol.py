"""The protocol browser: the record on the left, the clauses on the right, each leading to the other.

A search finds words in either. Of a long protocol what each clause says, and of a very long one what it quotes too, is
a page of its own. What it says of a clause is what the file says; nothing is judged. Read `protocol_page`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.browsing import CLASSES, Browser, ClauseCard, Statement, browser, classes_of
from trialwright.adapters.edc.trial.making import Job, TooMany, jobs, start
from trialwright.core.protocol import Clause, Encounter, Endpoint, Specimen, Substudy

LONGEST = 80
"""So many letters of a search are looked for."""


def protocol_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One version of the protocol beside its record."""
    version = request.GET.get("version") or desk.protocol().version
    if version not in desk.trial.versions:
        raise Http404
    if classes_of(desk.open.loaded, version) is None:
        ask_for_classes(desk)
    whole = browser(desk.open.loaded, version, lambda clause: sees(desk, clause))
    wanted, kind = request.GET.get("q", "").strip()[:LONGEST], request.GET.get("class", "")
    alone = request.GET.get("clause", "")
    found = only(whole, alone) if alone else narrowed(whole, wanted, kind if kind in CLASSES else "")
    context = {
        "whole": whole,
        "found": found,
        "alone": alone,
        "versions": list(desk.trial.versions),
        "q": wanted,
        "kind": kind,
        "classes": CLASSES,
        "protocol": desk.trial.versions[version],
        "hash": desk.trial.hashes.get(version, ""),
    }
    for told in FULLNESS:
        page = render(request, desk, "edc/trial/protocol.html", {**context, "told": told})
        if len(page.content) <= MOST:
            break
    return page


FULLNESS = (("quotes", "says"), ("quotes",), ())
"""What is told of each clause besides its name: as much as leaves the page small."""
MOST = 148_000
"""So many bytes a page may have, where it can be smaller."""


def only(whole: Browser, name: str) -> Browser:
    """One clause, and the sentences that it quotes."""
    statements = tuple(one for one in whole.statements if name in one.clauses)
    return replace(whole, statements=statements, cards=tuple(one for one in whole.cards if one.id == name))


def narrowed(whole: Browser, wanted: str, kind: str) -> Browser:
    """What a search finds on either side; the other side keeps what belongs to it."""
    if not wanted and not kind:
        return whole
    word = wanted.casefold()
    statements = tuple(one for one in whole.statements if _says(one, word) and kind in ("", one.kind))
    named = {name for one in statements for name in one.clauses}
    cards = tuple(one for one in whole.cards if (word and word in _words(one)) or one.id in named)
    if word and not kind:
        quoted = {name for one in cards for name in one.sentences if word in _words(one)}
        statements = tuple(one for one in whole.statements if one in statements or one.id in quoted)
    return replace(whole, statements=statements, cards=cards)


def _says(one: Statement, word: str) -> bool:
    return not word or word in one.text.casefold()


def _words(one: ClauseCard) -> str:
    said: Iterable[str] = (part for row in one.says for part in row)
    return " ".join((one.id, one.kind, one.label, *one.clause.quotes, one.source, one.clause.note, *said)).casefold()


def sees(desk: Desk, clause: Clause) -> bool:
    """Whether a clause exists for the person: one of a sub-study, or of other sites alone, does not."""
    if isinstance(clause, Substudy):
        return clause.id in desk.substudies
    if isinstance(clause, Specimen) and clause.substudy:
        return clause.substudy in desk.substudies
    sites = clause.sites if isinstance(clause, Endpoint | Encounter) else ()
    return not sites or bool({*sites} & {*desk.sites})


def ask_for_classes(desk: Desk) -> None:
    """Have the classes made, unless somebody has asked for that already."""
    if any(job.kind == "check" and job.study == desk.open.id and not state.over for job, state in jobs()):
        return
    asked = Job(
        id="", kind="check", study=desk.open.id, folder=str(desk.open.folder), person="", role="", title="",
        asked_at="",
    )  # fmt: skip
    try:
        start(asked)
    except TooMany:
        return
