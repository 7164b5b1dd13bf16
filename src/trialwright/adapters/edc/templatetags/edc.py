"""The tags of the pages: verdicts, reasons, findings, controls, cards, wide tables, paging; dates and quantities.

    {{ on|day }}  {{ says|dated }}  {{ dose|quantity }}  {{ item|value }}  {{ "10*9/L"|unit }}  {{ first|span:last }}
    {% verdict v %}  {% status_word "overdue" %}  {% because ground.because %}  {% findings list %}  {% grade g %}
    {% field control %}  or  {% field name="why" label=_("Reason") kind="textarea" %}      {% submission key version %}
    {% card title=_("Due") class="half" %} … {% endcard %}       {% scroll label=_("Visits") %} <table>… {% endscroll %}
    {% table table %}  {% paging page %}  {% empty _("Nothing is due.") %}  {% quote words %}  {% icon "print" %}

Core's sentences and the words of the protocol are English and are marked so. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page as Paged
from django.http import QueryDict
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import SERVED
from trialwright.adapters.edc.look import words, writing
from trialwright.adapters.edc.look.called import called as labels_called
from trialwright.adapters.edc.look.controls import Control
from trialwright.adapters.edc.look.patient import pages_of
from trialwright.adapters.edc.look.signs import SEVERITY_TONE, SIGNS, Sign, sign_of
from trialwright.core.specimens import SpecimenDue
from trialwright.core.terms import Because, Finding, Grade, PartialDate, Quantity, Verdict
from trialwright.standards.units.printed import printed_unit

register = template.Library()
NOTHING = SafeString("")


# ---- filters ---------------------------------------------------------------------------------------------------------


@register.filter
def day(on: date | datetime | PartialDate | str | None) -> str:
    """A date as 5 Jul 2006."""
    return writing.day(on)


@register.filter
def dated(sentence: object) -> str:
    """A sentence of the core with its dates as 5 Jul 2006 and its codes as words."""
    return writing.dated(sentence)


@register.filter
def iso(on: date | datetime | PartialDate | None) -> str:
    """A date as 2006-07-05, for a time element and for a control."""
    return on.isoformat() if isinstance(on, date) else str(on or "")


@register.filter
def span(first: date | str | None, last: date | str | None) -> str:
    """Two dates as 17 – 21 Jul 2006."""
    return writing.span(first, last)


@register.filter
def late(specimen: SpecimenDue, on: date) -> bool:
    """Whether what is to be done with a specimen is late on a day."""
    return specimen.is_late(on)


@register.filter
def quantity(of: Quantity | None) -> str:
    """A quantity with its unit."""
    return writing.quantity(of) if isinstance(of, Quantity) else writing.value(of)


@register.filter
def value(of: object) -> str:
    """Any value of an item."""
    return writing.value(of)


@register.filter
def unit(code: str) -> str:
    """A UCUM code as it is printed."""
    return printed_unit(code or "")


@register.filter
def told(word: object) -> str:
    """A word of a standard, of a role or of a state in the reader's language, where the catalogue has it."""
    return words.said(word)


@register.filter
def label(code: object, labels: Any) -> str:
    """The label of an id, where there is one, in the reader's language."""
    return words.said((labels or {}).get(code, code))


@register.filter
def get(mapping: Any, key: object) -> Any:
    """The entry of a mapping."""
    return mapping.get(key) if mapping else None


# ---- verdicts, states, reasons ---------------------------------------------------------------------------------------


@register.simple_tag
def verdict(said: Verdict | bool | None, word: str = "") -> SafeString:
    """A verdict as sign, word and colour; a missing one is unknown."""
    return _pill(sign_of(said, word))


@register.simple_tag
def status_word(said: object, word: str = "") -> SafeString:
    """A state such as overdue or signed, with its sign and colour."""
    return _pill(sign_of(said, word)) if said not in (None, "") else NOTHING


@register.simple_tag
def grade(of: Grade | int | None, term: str = "") -> SafeString:
    """A toxicity grade in its colour, with its number."""
    if of is None:
        return _pill(sign_of(Verdict.UNKNOWN))
    number = of.number if isinstance(of, Grade) else int(of)
    words = gettext("grade %(number)d") % {"number": number}
    return format_html('<span class="v g{}">{}{}</span>', number, f"{term} " if term else "", words)


def _pill(one: Sign) -> SafeString:
    if not one.sign:
        return format_html('<span class="v {}">{}</span>', one.tone, one.word)
    return format_html('<span class="v {}"><span aria-hidden="true">{}</span> {}</span>', one.tone, one.sign, one.word)


@register.simple_tag(takes_context=True)
def because(context: RequestContext, reasons: Iterable[Because] | None, limit: int = 0, said: str = "") -> SafeString:
    """The clauses an answer stands on: the quote, the clause, what was seen, once. A `limit` folds away the rest.

    What the answer `said` itself is not told again.
    """
    lines, told = [], {"", said}
    for one in reasons or ():
        if one.words or one.clause or one.saw not in told:
            lines.append(_reason(context, one, "" if one.saw in told else one.saw))
        told.add(one.saw)
    shown, folded = (lines[:limit], lines[limit:]) if limit else (lines, [])
    first = format_html_join("", "{}", ((line,) for line in shown))
    if not folded:
        return first
    more = gettext("%(count)d more reasons") % {"count": len(folded)} if len(folded) > 1 else gettext("one more reason")
    rest = format_html_join("", "{}", ((line,) for line in folded))
    return format_html("{}<details><summary>{}</summary>{}</details>", first, more, rest)


def _reason(context: RequestContext, one: Because, seen: str) -> SafeString:
    words = format_html('<q lang="en">{}</q> ', one.words) if one.words else NOTHING
    saw = format_html('<span class="saw" lang="en">{}</span>', writing.dated(seen)) if seen else NOTHING
    return format_html('<div class="why">{}{}{}</div>', words, clause_link(context, one.clause), saw)


@register.simple_tag(takes_context=True)
def clause_link(context: RequestContext, clause: str, subject: str = "", version: str = "") -> SafeString:
    """A clause as a link into the version that the patient of the page is on; its name alone where no page shows it."""
    desk = context.get("desk")
    if not clause:
        return NOTHING
    try:
        at = reverse("edc:protocol", kwargs={"study": desk.open.id}) if desk else ""
    except NoReverseMatch:
        at = ""
    place = _place_of(desk, clause, subject or context.get("subject"), version) if desk is not None and at else ""
    if not place:
        return format_html('<span class="clause">{}</span> ', clause)
    return format_html('<a class="clause" href="{}{}-{}">{}</a> ', at, SafeString(place), clause, clause)


def _place_of(desk: Any, name: str, subject: object, wanted: str) -> str:
    """Where the protocol page shows a clause or a question: in the patient's version, else in one that has it."""
    here, versions = desk.version_of(), desk.trial.versions
    of_a_patient = isinstance(subject, str) and subject in desk.open.record.subjects
    theirs = desk.version_of(subject) if of_a_patient else here
    for version in (wanted or theirs, theirs, here, *reversed([*versions])):
        asked = "" if version == here else f"?{urlencode({'version': version})}"
        if versions[version].clause(name) is not None:
            return f"{asked}#clause"
        if any(one.id == name for one in versions[version].questions):
            return f"{asked}#question"
    return ""


@register.simple_tag
def quote(words: str) -> SafeString:
    """Words of the record or of the protocol, as they stand there."""
    return format_html('<q lang="en">{}</q>', words) if words else NOTHING


@register.inclusion_tag("edc/parts/findings.html", takes_context=True)
def findings(context: RequestContext, found: Iterable[Finding] | None, title: str = "") -> dict[str, Any]:
    """Findings with their severity as a word: what, why it matters, what to do, which clause."""
    told = (by_name(one, context.get("desk")) for one in found or ())
    rows = [(one, SEVERITY_TONE[one.severity], SIGNS[SEVERITY_TONE[one.severity]]) for one in told]
    return {"rows": rows, "title": title, "desk": context.get("desk"), "subject": context.get("subject")}


def by_name(finding: Finding, desk: Any) -> Finding:
    """The finding with the printed names of people where the words of the core have their ids."""
    if desk is None or not PERSON.search(finding.says):
        return finding
    return replace(finding, says=PERSON.sub(lambda found: desk.open.roster.name(found[0]) or found[0], finding.says))


PERSON = re.compile(r"\bu[0-9a-f]{8}\b")
"""The id of a person, as it is made for them."""


# ---- forms -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("edc/parts/field.html", takes_context=True)
def field(context: RequestContext, control: Control | None = None, **parts: Any) -> dict[str, Any]:
    """One control with its label, unit, hint and error; give a `Control`, or its parts."""
    return {"control": control or Control(**parts), "desk": context.get("desk")}


@register.simple_tag(takes_context=True)
def submission(context: RequestContext, key: str, version: object = "") -> SafeString:
    """The hidden fields of a save: the forgery token, the key that is kept across retries, the version seen."""
    token = context.get("csrf_token", "")
    fields = [("csrfmiddlewaretoken", token), ("key", key), *([("version", version)] if version != "" else [])]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)


# ---- blocks ----------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2, **more: str) -> SafeString:
    """A card with its heading; `class` is half, third, now, due or wide, `id` what a link leads to."""
    classes, own = "card " + more.get("class", "wide"), more.get("id", "")
    inside: SafeString = mark_safe(content)  # noqa: S308 - what the template itself rendered
    if not title:
        return format_html('<section class="{}"{}>{}</section>', classes, _id(own), inside)
    name = own or "c-" + "".join(letter if letter.isalnum() else "-" for letter in str(title).lower())
    heading = format_html('<h{} id="{}-h">{}</h{}>', level, name, title, level)
    opening = format_html('<section class="{}" aria-labelledby="{}-h"{}>', classes, name, _id(own))
    return format_html("{}{}{}</section>", opening, heading, inside)


def _id(name: str) -> SafeString:
    return format_html(' id="{}"', name) if name else NOTHING


@register.simple_block_tag
def scroll(content: str, label: str = "") -> SafeString:
    """A wide table or picture that scrolls inside its card, from the keyboard too; the page never does."""
    inside: SafeString = mark_safe(content)  # noqa: S308 - what the template itself rendered
    return format_html('<div class="scroll" role="group" tabindex="0" aria-label="{}">{}</div>', label, inside)


@register.inclusion_tag("edc/parts/table.html")
def table(
    headings: Iterable[str], rows: Iterable[Iterable[Any]], caption: str = "", numeric: str = ""
) -> dict[str, Any]:
    """A table of texts; `numeric` names the columns (1, 2, …) that are right-aligned, as "2 3"."""
    right = {int(one) for one in numeric.split()}
    return {"headings": list(headings), "rows": [list(row) for row in rows], "caption": caption, "right": right}


@register.inclusion_tag("edc/parts/paging.html", takes_context=True)
def paging(context: RequestContext, page: Paged[Any], **besides: str) -> dict[str, Any]:
    """Links to the pages of a list; the filters stay as they are, and what the links say `besides` is added."""
    near = [n for n in page.paginator.page_range if abs(n - page.number) <= 2 or n in (1, page.paginator.num_pages)]
    request = context.get("request")
    asked = request.GET.copy() if request else QueryDict(mutable=True)
    for name, said in besides.items():
        asked[name] = said
    return {"page": page, "near": near, "asked": asked}


@register.simple_tag
def empty(says: str, do: str = "", left: int = 0) -> SafeString:
    """What stands where there is nothing: why, and what to do; while some are `left` to judge, nothing is denied."""
    if left:
        says, do = gettext("Nothing so far. Not everybody is judged yet."), ""
    return format_html('<p class="empty">{}{}</p>', says, format_html(" {}", do) if do else NOTHING)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside words that say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("edc/icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def where(context: RequestContext, name: str, *ids: str) -> str:
    """The address of a page by its name; nothing where there is none, or the person may not open it.

    Within a study its id goes before.
    """
    desk = context.get("desk")
    if desk and not _may_open(desk, name):
        return ""
    for arguments in ((desk.open.id, *ids), ids) if desk else (ids,):
        for full in (f"edc:{name}", name):
            try:
                return reverse(full, args=arguments)
            except NoReverseMatch:
                continue
    return ""


@register.inclusion_tag("edc/parts/pages.html", takes_context=True)
def patient_pages(context: RequestContext) -> dict[str, Any]:
    """The pages about the patient that the page is about, where it is about one whom the person sees."""
    desk, match = context.get("desk"), getattr(context.get("request"), "resolver_match", None)
    subject = match.kwargs.get("subject", "") if match else ""
    return {"links": pages_of(desk, subject) if desk and subject and desk.sees(subject) else (), "subject": subject}


@register.simple_tag(takes_context=True)
def who(context: RequestContext, person: str) -> str:
    """The printed name of a person by the id in the records; what is nobody's id stays as it is."""
    desk = context.get("desk")
    return (desk.open.roster.name(person) if desk and person else "") or person


@register.simple_tag(takes_context=True)
def called(context: RequestContext, key: str) -> str:
    """A visit or a sample by its label and course, in place of its key."""
    return labels_called(context["desk"], key)


def _may_open(desk: Any, name: str) -> bool:
    """Whether the person may open the page of this name; one that no table declares is everybody's."""
    try:
        page = page_named(name)
    except KeyError:
        return True
    return bool(desk.may(page) or desk.may(page, write=True))


@register.simple_tag
def public_studies() -> list[tuple[str, str, str]]:
    """Every study that is served, with its title and the address of the page that anybody may read."""
    found = ((one, one.trial.versions[one.trial.latest].title) for one in SERVED.values())
    return [(one.study_id, title, reverse("about", args=(one.id,))) for one, title in found]


@register.filter
def code(of: object) -> str:
    """A code in words, in the reader's language."""
    return words.code_said(of)
