"""The head of the page: title, identifier, status, dates posted, sponsor and responsible party.

Decided here: which line is the title, when brackets at its end are an acronym, and whose an unlabelled name among the
dates is (by the block Sponsors and Collaborators, for the label may be lost). Read first: `read_header`.
"""

from __future__ import annotations

import re

from trialwright.adapters.registry.blocks import Line, lines_of
from trialwright.adapters.registry.fields import put_code, put_date, put_lines
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import HEADER
from trialwright.adapters.registry.reading import Sheet, Span, trim, words_of
from trialwright.adapters.registry.slots import Slot, scan
from trialwright.adapters.registry.vocabulary import STATUS
from trialwright.core.terms import Finding, Severity

IDENTIFICATION = "protocolSection.identificationModule"
STATUS_MODULE = "protocolSection.statusModule"
SPONSORS = "protocolSection.sponsorCollaboratorsModule"
NCT = re.compile(r"NCT\d{8}(?!\d)")
_BRACKETS = re.compile(r"\s*\(([^()]{1,40})\)\s*\Z")
_SMALL = {"of", "and", "the", "in", "for", "to", "or", "a", "with"}


def read_title(sheet: Sheet, where: Span) -> None:
    """The title is the last paragraph above the disclaimer; menus and banners stand before it."""
    lines = lines_of(sheet.source, where)
    for line in lines:
        _furnish(sheet, line)
    own = [line for line in lines if not line.blank and furniture_at(line.text) is None]
    if own:
        _put_title(sheet, own[-1].span)


def _furnish(sheet: Sheet, line: Line) -> None:
    found = furniture_at(line.text)
    if found:
        sheet.furnish(Span(line.span.start, line.span.start + found[0]), found[1])


def _put_title(sheet: Sheet, span: Span) -> None:
    span = trim(sheet.source, span)
    text = sheet.source[span.start : span.end]
    brackets = _BRACKETS.search(text)
    if brackets and not spells(text[: brackets.start()], brackets[1]):
        sheet.put(f"{IDENTIFICATION}.acronym", Span(span.start + brackets.start(1), span.start + brackets.end(1)))
        span = Span(span.start, span.start + brackets.start())
    sheet.put(f"{IDENTIFICATION}.briefTitle", span)


def spells(before: str, letters: str) -> bool:
    """Whether the letters in brackets only shorten the words just before them; an acronym of the study spells the
    whole title.

    >>> spells("Men With Benign Prostatic Hyperplasia", "BPH"), spells("A Study of Care in Children", "CHAMP")
    (True, False)
    >>> spells("Hairy Cell Leukemia Patient Data Registry", "HCL-PDR")
    False
    """
    wanted = [c for c in letters.lower() if c.isalpha()]
    words = [w for w in re.split(r"[\s/-]+", before.lower()) if w]
    if len(wanted) < 2 or " " in letters.strip():
        return len(letters) > 12 or letters.lower() == letters
    longer = [w for w in words if w not in _SMALL]
    spelled = [w[0] for w in words[-len(wanted) :]], [w[0] for w in longer[-len(wanted) :]]
    plural = wanted[-1] == "s" and wanted[:-1] == [w[0] for w in longer[-len(wanted) + 1 :]]
    return (wanted in spelled or plural) and len(wanted) < len(longer)


def read_header(sheet: Sheet, where: Span) -> None:
    """The labelled lines of the head; a name without a label waits until the sponsors are known."""
    for line in lines_of(sheet.source, where):
        _furnish(sheet, line)
    for slot in scan(sheet.source, where, HEADER):
        _put_slot(sheet, slot)


def _put_slot(sheet: Sheet, slot: Slot) -> None:
    sheet.label(slot.label)
    match slot.key:
        case "identifier":
            put_identifier(sheet, slot.value)
        case "status":
            _put_status(sheet, slot.value)
        case "why_stopped":
            sheet.put(f"{STATUS_MODULE}.whyStopped", slot.value)
        case "sponsor":
            sheet.put(f"{SPONSORS}.leadSponsor.name", slot.value)
        case "collaborators":
            put_lines(sheet, f"{SPONSORS}.collaborators[{{n}}].name", slot.value)
        case "responsible":
            sheet.held["responsible"] = slot.value
        case _:
            put_posted(sheet, slot)


def _put_status(sheet: Sheet, value: Span) -> None:
    """The status, and the reason in brackets after it where a study was stopped."""
    rest = put_code(sheet, f"{STATUS_MODULE}.overallStatus", value, STATUS)
    reason = re.match(r"\s*\((.*)\)\s*\Z", sheet.source[rest.start : rest.end])
    if reason:
        sheet.put(f"{STATUS_MODULE}.whyStopped", Span(rest.start + reason.start(1), rest.start + reason.end(1)))


def put_identifier(sheet: Sheet, value: Span) -> None:
    found = NCT.search(sheet.source, value.start, value.end)
    if found:
        sheet.put(f"{IDENTIFICATION}.nctId", Span(*found.span()), found.group())


POSTED = {
    "first_posted": "studyFirstPostDateStruct.date",
    "results_posted": "resultsFirstPostDateStruct.date",
    "disposition_posted": "dispFirstPostDateStruct.date",
    "update_posted": "lastUpdatePostDateStruct.date",
    "verified": "statusVerifiedDate",
}


def put_posted(sheet: Sheet, slot: Slot) -> None:
    """A date posted stands twice on a page; where the two differ, the first is kept and the difference is a finding."""
    if slot.key in POSTED:
        put_date(sheet, f"{STATUS_MODULE}.{POSTED[slot.key]}", slot.value)


def settle_names(sheet: Sheet, header: Span, taken: list[Span]) -> None:
    """Names in the head whose label is lost: the sponsor or a collaborator named below, else a collaborator by
    place."""
    owned = bytearray(header.end)
    for start, end in taken:
        end = min(end, header.end)
        owned[start:end] = b"\x01" * max(0, end - start)
    known = {words_of(sheet.get(path)): path for path in _name_paths(sheet)}
    for line in lines_of(sheet.source, header):
        span = trim(sheet.source, line.span)
        if not line.blank and not any(owned[span.start : span.end]):
            _settle(sheet, span, line, known)


def _settle(sheet: Sheet, span: Span, line: Line, known: dict[str, str]) -> None:
    name = words_of(line.text)
    if name.lower() in STATUS and not sheet.get(f"{STATUS_MODULE}.overallStatus"):
        sheet.put(f"{STATUS_MODULE}.overallStatus", span, STATUS[name.lower()])
        return
    if name in known:
        sheet.put(known[name], span)
        return
    if not sheet.get(f"{SPONSORS}.collaborators"):
        _assume(sheet, span, name)


def _name_paths(sheet: Sheet) -> list[str]:
    paths = [f"{SPONSORS}.leadSponsor.name"] if sheet.get(f"{SPONSORS}.leadSponsor.name") else []
    return paths + [f"{SPONSORS}.collaborators[{n}].name" for n in range(sheet.count(f"{SPONSORS}.collaborators"))]


def _assume(sheet: Sheet, span: Span, name: str) -> None:
    lead = sheet.get(f"{SPONSORS}.leadSponsor.name")
    path = f"{SPONSORS}.collaborators[0].name" if lead else f"{SPONSORS}.leadSponsor.name"
    sheet.put(path, span)
    sheet.findings.append(
        Finding(
            about=path,
            says=f"“{name}” stands without a label among the dates, and no list of sponsors names it.",
            matters="It was read by its place; sponsor and collaborator may be exchanged.",
            do="Compare with the registry before the name is used in a document.",
            severity=Severity.WARNING,
        )
    )
