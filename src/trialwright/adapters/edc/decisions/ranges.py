"""The limits of a site's laboratory: what holds now, and new ones typed or pasted as a table, looked at before saving.

A line is analyte, low, high, unit, sex, age from, age to, parted by tabs, semicolons or commas. Every line is read and
asked of `core` before any is saved; what is wrong stands at its line. Read `lines_of`, then `ranges_page`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind, Filled, key_of, read, words_of
from trialwright.adapters.edc.decisions.scene import sites_of
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.looking import Looked, since_position, streams_at
from trialwright.adapters.edc.oversight.meanwhile import meanwhile
from trialwright.core.ledger import Event, ReferenceRangeSet
from trialwright.core.protocol import Concept
from trialwright.core.subject import SiteRecord, by_day
from trialwright.core.terms import Finding, Quantity, Severity
from trialwright.store.errors import Refused, SubmissionConflict

COLUMNS = ("analyte", "low", "high", "unit", "sex", "age from", "age to")
SEXES = ("female", "male")
MOST_LINES = 500
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One line as it was typed, read: its limits, or what is wrong with it."""

    number: int
    text: str
    said: Mapping[str, Any]
    wrong: tuple[str, ...] = ()


def lines_of(text: str, concepts: Mapping[str, Concept]) -> tuple[Line, ...]:
    """Every line of a pasted table; a first line of headings is passed over."""
    typed = [one for one in enumerate(text.splitlines(), 1) if one[1].strip()]
    if typed and cells_of(typed[0][1])[0].casefold() == COLUMNS[0]:
        typed = typed[1:]
    found = tuple(_line(number, one, concepts) for number, one in typed[:MOST_LINES])
    says = _("At most %(most)s lines are read at a time.") % {"most": MOST_LINES}
    return (*found, *(Line(number, one, {}, (says,)) for number, one in typed[MOST_LINES:][:1]))


def cells_of(line: str) -> list[str]:
    """The cells of a line, by the mark that parts them: a tab, else a semicolon, else a comma.

    >>> cells_of("alt; 7; 56; U/L")
    ['alt', '7', '56', 'U/L']
    """
    mark = next((one for one in ("\t", ";") if one in line), ",")
    return [cell.strip() for cell in line.split(mark)]


def _line(number: int, text: str, concepts: Mapping[str, Concept]) -> Line:
    cells = [*cells_of(text), *[""] * len(COLUMNS)]
    told = dict(zip(COLUMNS, cells, strict=False))
    wrong = [*_wrong_shape(text), *_wrong_analyte(told["analyte"], concepts), *_wrong_values(told)]
    if wrong:
        return Line(number, text, {}, tuple(wrong))
    unit = told["unit"]
    limits = {name: Quantity(Decimal(told[name]), unit) if told[name] else None for name in ("low", "high")}
    ages = {name: int(told[word]) if told[word] else None for name, word in AGES.items()}
    return Line(number, text, {"analyte": told["analyte"], **limits, "sex": told["sex"] or None, **ages})


AGES = {"age_from": "age from", "age_to": "age to"}


def _wrong_shape(text: str) -> Sequence[str]:
    number = len(cells_of(text))
    return (
        () if number <= len(COLUMNS) else (_("There are %(number)s cells; at most 7 are read.") % {"number": number},)
    )


def _wrong_analyte(name: str, concepts: Mapping[str, Concept]) -> Sequence[str]:
    """A concept that has limits."""
    if name in concepts:
        return ()
    near = get_close_matches(name, concepts, 1)
    meant = _(" Is %(near)s meant?") % {"near": near[0]} if near else ""
    return (_("No analyte with limits is called %(name)s.") % {"name": name or "…"} + meant,)


def _wrong_values(told: Mapping[str, str]) -> Sequence[str]:
    found = []
    if not told["low"] and not told["high"]:
        found.append(_("Neither a low nor a high limit is given."))
    for name in ("low", "high"):
        if told[name] and not NUMBER.fullmatch(told[name]):
            found.append(_("%(typed)s is no number with a decimal point.") % {"typed": told[name][:40]})
    if not told["unit"]:
        found.append(_("The unit is missing."))
    if told["sex"] and told["sex"] not in SEXES:
        found.append(_("Sex is %(typed)s; write female, male or nothing.") % {"typed": told["sex"][:40]})
    for word in AGES.values():
        if told[word] and not re.fullmatch(r"\d{1,3}", told[word], re.ASCII):
            found.append(_("%(typed)s is no age in years.") % {"typed": told[word][:40]})
    return found


# --- the page --------------------------------------------------------------------------------------------------------


def ranges_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The limits that hold at a site, and a table of new ones."""
    site = _site(request, desk)
    blanks = _blanks(desk, site)
    if request.method != "POST":
        return _shown(request, desk, site, Filled(blanks), desk.new_key())
    filled, key = read(blanks, dict(request.POST.lists())), key_of(request.POST.get("key", ""))
    lines = lines_of(str(filled.values.get("table", "")), concepts_with_limits(desk))
    if not filled.good or not key or not lines or any(one.wrong for one in lines):
        return _shown(request, desk, site, filled, key or desk.new_key(), 422, lines=lines)
    events = tuple(_event(desk, site, filled.values, one) for one in lines)
    if request.POST.get("confirmed") != "yes" and (later := _later(request, desk, events)):
        return _late(request, desk, site, filled, lines, later)
    against = [one for one in desk.try_events(events) if one.severity is Severity.ERROR]
    if against or request.POST.get("confirmed") != "yes":
        more: dict[str, Any] = {"lines": lines, "against": against, "confirms": not against}
        return _shown(request, desk, site, filled, key, 422 if against else 200, **more)
    try:
        looked = Looked(partial(_later, request, desk, events), streams_at(desk, [site]))
        later = looked.save(desk, lambda now: desk.save(events, key, now), key)
    except Refused as wrong:
        return _shown(request, desk, site, filled, key, 422, against=wrong.findings)
    except SubmissionConflict:
        messages.warning(request, _("This form was saved before. What was changed in it since was not saved."))
    else:
        if later:
            return _late(request, desk, site, filled, lines, later)
        messages.success(request, _("%(number)s limits were saved.") % {"number": len(events)})
    return HttpResponseRedirect(f"{reverse('edc:ranges', args=(desk.open.id,))}?site={site}", status=303)


def _later(request: HttpRequest, desk: Desk, mine: Sequence[ReferenceRangeSet]) -> Sequence[Event]:
    """The limits of the same analytes at the site that were set since the page was drawn."""
    named = {(one.site, one.analyte) for one in mine}

    def concerns(event: Event) -> bool:
        return isinstance(event, ReferenceRangeSet) and (event.site, event.analyte) in named

    return since_position(desk, request.POST.get("seen", ""), concerns)


def _late(
    request: HttpRequest, desk: Desk, site: str, filled: Filled, lines: Sequence[Line], later: Sequence[Event]
) -> HttpResponse:
    """Both sides, and the table below as it was typed."""
    wanted = [(_("New limits"), "; ".join(one.text.strip() for one in lines)), *_from(filled)]
    both = meanwhile(request, desk, later, wanted, leave=f"{request.path}?site={site}")
    return _shown(request, desk, site, filled, desk.new_key(), 409, meanwhile=both)


def _from(filled: Filled) -> list[tuple[str, str]]:
    return [(str(one.label), words_of(one)) for one in filled.blanks if one.name == "occurred"]


def _event(desk: Desk, site: str, values: Mapping[str, Any], line: Line) -> ReferenceRangeSet:
    made = desk.event(ReferenceRangeSet, site=site, occurred=values["occurred"], **line.said)
    return replace(made, subject=None)


def _blanks(desk: Desk, site: str) -> tuple[Blank, ...]:
    return (
        Blank(
            name="occurred",
            label=gettext_lazy("They hold from"),
            kind=BlankKind.DAY,
            value=(desk.today.isoformat(),),
            not_after=desk.today,
        ),
        Blank(
            name="table",
            label=gettext_lazy("New limits"),
            kind=BlankKind.LONG,
            longest=MOST_LINES * 100,
            help=gettext_lazy(
                "A line each: analyte, low, high, unit, sex, age from, age to. Paste it from a spreadsheet."
            ),
        ),
        Blank(name="site", label=gettext_lazy("Site"), kind=BlankKind.KEPT, value=(site,)),
    )


def _site(request: HttpRequest, desk: Desk) -> str:
    """The site that is asked for: of those the person sees, to save of those they may act at."""
    page = page_named("ranges")
    sites = sites_of(desk, page.write) if request.method == "POST" else desk.sites
    asked = request.POST.get("site") or request.GET.get("site") or desk.home
    return asked if asked in sites else sites[0] if sites else desk.home


def concepts_with_limits(desk: Desk) -> Mapping[str, Concept]:
    """What a laboratory gives limits for."""
    return {one.id: one for one in desk.standards().concepts.values() if one.reference_range}


def holding(desk: Desk, site: str) -> tuple[ReferenceRangeSet, ...]:
    """The newest limits of each analyte for each sex and age that hold today."""
    record = desk.open.record.sites.get(site, SiteRecord(site))
    last: dict[tuple[Any, ...], ReferenceRangeSet] = {}
    for one in sorted(record.ranges, key=by_day):
        if one.occurred <= desk.today:
            last[one.analyte, one.sex, one.age_from, one.age_to] = one
    return tuple(sorted(last.values(), key=lambda one: (one.analyte, one.sex or "", one.age_from or 0)))


def _shown(
    request: HttpRequest, desk: Desk, site: str, filled: Filled, key: str, status: int = 200, **more: Any
) -> HttpResponse:
    found: Sequence[Finding] = more.pop("against", ())
    context = {
        "site": site,
        "filled": filled,
        "key": key,
        "position": _position(request, desk, status),
        "against": found,
        "holding": holding(desk, site),
        "concepts": concepts_with_limits(desk),
        "may": desk.may(page_named("ranges"), write=True),
        **more,
    }
    return render(request, desk, "edc/decisions/ranges.html", context, status=status)


def _position(request: HttpRequest, desk: Desk, status: int) -> str:
    """Up to where of the ledger the page was first drawn, kept while the lines are looked at; anew after both sides."""
    return str(desk.open.record.last_seq if status == 409 else request.POST.get("seen") or desk.open.record.last_seq)
