"""The eligibility block: ages, sexes, healthy volunteers, sampling, study population, and the criteria.

Decided here: what an age line says ("18 Years and older" has no maximum; "Child, Adult, Older Adult" has neither),
and where the criteria begin when their heading is lost. Their split into statements: `criteria`. Read first:
`read_eligibility`.
"""

from __future__ import annotations

import re

from trialwright.adapters.registry.blocks import lines_of
from trialwright.adapters.registry.criteria import split_criteria
from trialwright.adapters.registry.fields import put_code, put_codes
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import ELIGIBILITY
from trialwright.adapters.registry.reading import Sheet, Span, trim
from trialwright.adapters.registry.section_design import without_tail
from trialwright.adapters.registry.section_places import first_site, read_locations
from trialwright.adapters.registry.slots import Slot, scan
from trialwright.adapters.registry.vocabulary import AGE_GROUP, SAMPLING, SEX, YES_NO
from trialwright.core.terms import Finding, Severity

MODULE = "protocolSection.eligibilityModule"
_UNIT = r"(?:Year|Month|Week|Day|Hour|Minute)s?"
_AGE = rf"\d+\s+{_UNIT}"
_AGES = (
    re.compile(rf"(?P<min>{_AGE})\s+to\s+(?P<max>{_AGE})"),
    re.compile(rf"(?P<min>{_AGE})\s+and\s+older"),
    re.compile(rf"up\s+to\s+(?P<max>{_AGE})", re.IGNORECASE),
)
_POPULATION = re.compile(r"^[^\S\n]*Study Population[^\S\n]*:?[^\S\n]*$", re.MULTILINE)
_CRITERIA = re.compile(r"^[^\S\n]*Criteria[^\S\n]*:?[^\S\n]*$", re.MULTILINE)
_FIRST_ITEM = re.compile(r"^[^\S\n]*(?:[•*-]\s|\d+\.\s|.{0,30}(?:in|ex)clusion criteria)", re.MULTILINE | re.IGNORECASE)


def read_eligibility(sheet: Sheet, where: Span) -> None:
    """Labelled lines first; what follows the last of them is the study population and the criteria."""
    start = _labelled(sheet, where)
    start = _population(sheet, Span(start, where.end))
    sites = first_site(sheet, Span(start, where.end))
    if sites < where.end:
        read_locations(sheet, Span(sites, where.end))
        sheet.findings.append(_sites_below(sheet.source[sites : sheet.source.find("\n", sites)]))
    end = without_tail(sheet, Span(start, sites))
    body = trim(sheet.source, Span(start, end))
    body = _whole_lines(sheet.source, body)
    sheet.put(f"{MODULE}.eligibilityCriteria", body)
    sheet.criteria, found = split_criteria(sheet.source[body.start : body.end], body.start)
    sheet.findings.extend(found)


def _sites_below(first: str) -> Finding:
    return Finding(
        about=f"{MODULE}.eligibilityCriteria",
        says=f"A list of sites follows the criteria without a heading; the criteria were ended before “{first[:80]}”.",
        matters="Words of the criteria may stand among the sites, or the reverse.",
        do="Compare the last criterion with the registry.",
        severity=Severity.WARNING,
    )


def _whole_lines(source: str, body: Span) -> Span:
    """The stretch from the start of its first line, so that the first bullet keeps its indentation."""
    return Span(source.rfind("\n", 0, body.start) + 1, body.end)


def _labelled(sheet: Sheet, where: Span) -> int:
    """Read the labelled lines; where they end."""
    slots = scan(sheet.source, where, ELIGIBILITY)
    for slot in slots:
        sheet.label(slot.label)
        READERS[slot.key](sheet, slot)
    at = max((slot.value.end for slot in slots), default=where.start)
    for line in lines_of(sheet.source, Span(where.start, at if slots else where.end)):
        found = furniture_at(line.text)
        if found and (slots or line.span.start == where.start):
            sheet.furnish(Span(line.span.start, line.span.start + found[0]), found[1])
            at = max(at, line.span.end)
    return at


def _population(sheet: Sheet, where: Span) -> int:
    """The study population, if its heading stands; where the criteria begin."""
    head = _POPULATION.search(sheet.source, *where)
    criteria = _CRITERIA.search(sheet.source, head.end() if head else where.start, where.end)
    if criteria and sheet.source[where.start : criteria.start()].strip() and not head:
        criteria = None
    if criteria:
        sheet.label(Span(*criteria.span()))
    if not head:
        return criteria.end() if criteria else where.start
    sheet.label(Span(*head.span()))
    end = criteria.start() if criteria else _first_item(sheet.source, Span(head.end(), where.end))
    sheet.put(f"{MODULE}.studyPopulation", Span(head.end(), end))
    return criteria.end() if criteria else end


def _first_item(source: str, where: Span) -> int:
    """Without a heading the criteria begin at the first list item, else after the first paragraph."""
    item = _FIRST_ITEM.search(source, *where)
    whole = trim(source, where)
    paragraph = re.compile(r"\n\s*\n").search(source, *whole)
    return item.start() if item else paragraph.start() if paragraph else where.end


def _put_ages(sheet: Sheet, slot: Slot) -> None:
    for pattern in _AGES:
        found = pattern.search(sheet.source, *slot.value)
        if found:
            sheet.label(Span(*found.span()))
            for key, field in (("min", "minimumAge"), ("max", "maximumAge")):
                if found.groupdict().get(key):
                    sheet.put(f"{MODULE}.{field}", Span(*found.span(key)))
            break
    put_codes(sheet, f"{MODULE}.stdAges", Span(found.end() if found else slot.value.start, slot.value.end), AGE_GROUP)
    unlimited = re.compile(r"N/A(?:\s+(?:to|and older))?").search(sheet.source, *slot.value)
    if unlimited:
        sheet.label(Span(*unlimited.span()))


def _put_sexes(sheet: Sheet, slot: Slot) -> None:
    put_code(sheet, f"{MODULE}.sex", slot.value, SEX)


def _put_gender_based(sheet: Sheet, slot: Slot) -> None:
    put_code(sheet, f"{MODULE}.genderBased", slot.value, YES_NO)


def _put_gender_text(sheet: Sheet, slot: Slot) -> None:
    sheet.put(f"{MODULE}.genderDescription", slot.value)


def _put_healthy(sheet: Sheet, slot: Slot) -> None:
    put_code(sheet, f"{MODULE}.healthyVolunteers", slot.value, YES_NO)


def _put_sampling(sheet: Sheet, slot: Slot) -> None:
    put_code(sheet, f"{MODULE}.samplingMethod", slot.value, SAMPLING)


READERS = {
    "ages": _put_ages,
    "sexes": _put_sexes,
    "gender_based": _put_gender_based,
    "gender_text": _put_gender_text,
    "healthy": _put_healthy,
    "sampling": _put_sampling,
}
