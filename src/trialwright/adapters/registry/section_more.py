"""More information: publications, responsible party, identifiers, dates, data sharing, oversight, keywords.

Decided here: which kind of reference a heading announces; how "Name, Title, Affiliation" is parted by comparing it
with "Name, Affiliation" in the head of the page; what an identifier's remark in brackets makes of it. Read first:
`read_more`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trialwright.adapters.registry.blocks import lines_of
from trialwright.adapters.registry.fields import bullets, put_code, put_codes
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import MORE
from trialwright.adapters.registry.reading import Absent, Sheet, Span, trim, words_of
from trialwright.adapters.registry.section_design import without_tail
from trialwright.adapters.registry.section_header import IDENTIFICATION, SPONSORS, put_identifier, put_posted
from trialwright.adapters.registry.slots import Slot, scan
from trialwright.adapters.registry.vocabulary import ID_KIND, IPD, IPD_MATERIAL, YES_NO, code_of
from trialwright.core.terms import Finding, Severity

REFERENCES = "protocolSection.referencesModule"
SHARING = "protocolSection.ipdSharingStatementModule"
OVERSIGHT = "protocolSection.oversightModule"
_LISTS = (
    (re.compile(r"\s*Publications automatically indexed\b.*"), "DERIVED"),
    (re.compile(r"\s*Publications of Results\s*:\s*\Z"), "RESULT"),
    (re.compile(r"\s*(?:Other )?Publications\s*:\s*\Z"), "BACKGROUND"),
    (re.compile(r"\s*Additional Information\s*:\s*\Z"), "LINK"),
)
_KINDED = re.compile(r"\s*(?P<id>\S.*?)\s+\(\s*(?P<kind>[^()]*(?:\([^()]*\)[^()]*)*)\s*\)\s*\Z")


def read_more(sheet: Sheet, where: Span) -> None:
    """Publications first, then the labelled lines; the identifier may share the line of the responsible party."""
    for line in lines_of(sheet.source, where):
        found = furniture_at(line.text)
        if found:
            sheet.furnish(line.span, found[1])
    body = Span(where.start, without_tail(sheet, where))
    slots = scan(sheet.source, body, MORE)
    _read_references(sheet, Span(body.start, slots[0].label.start if slots else body.end))
    for slot in slots:
        sheet.label(slot.label)
        _put_slot(sheet, slot)


def _read_references(sheet: Sheet, where: Span) -> None:
    kind, found = "", dict.fromkeys(("DERIVED", "RESULT", "BACKGROUND", "LINK"), 0)
    announced: list[str] = []
    for line in lines_of(sheet.source, where):
        said = next((k for pattern, k in _LISTS if pattern.match(line.text)), None)
        if said:
            kind = said
            announced.append(line.text.strip())
            sheet.label(line.span)
        elif not line.blank and kind and not furniture_at(line.text):
            found[kind] += 1
            _put_reference(sheet, kind, bullets(sheet, line.span))
    if announced and not any(found.values()):
        sheet.absent.append(Absent(f"{REFERENCES}.references", f"“{announced[-1]}” is followed by no entry"))


def _put_reference(sheet: Sheet, kind: str, span: Span) -> None:
    if kind == "LINK":
        sheet.put(f"{REFERENCES}.seeAlsoLinks[{sheet.count(f'{REFERENCES}.seeAlsoLinks')}].label", span)
        return
    at = f"{REFERENCES}.references[{sheet.count(f'{REFERENCES}.references')}]"
    sheet.put(f"{at}.type", span, kind)
    sheet.put(f"{at}.citation", span)


CODES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "ipd": (f"{SHARING}.ipdSharing", IPD),
    "committee": (f"{OVERSIGHT}.oversightHasDmc", YES_NO),
    "fda_drug": (f"{OVERSIGHT}.isFdaRegulatedDrug", YES_NO),
    "fda_device": (f"{OVERSIGHT}.isFdaRegulatedDevice", YES_NO),
    "unapproved": (f"{OVERSIGHT}.isUnapprovedDevice", YES_NO),
    "export": (f"{OVERSIGHT}.isUsExport", YES_NO),
}
TEXTS = {
    "ipd_text": f"{SHARING}.description",
    "ipd_time": f"{SHARING}.timeFrame",
    "ipd_access": f"{SHARING}.accessCriteria",
    "ipd_url": f"{SHARING}.url",
}


def _put_slot(sheet: Sheet, slot: Slot) -> None:
    if slot.key in CODES:
        put_code(sheet, CODES[slot.key][0], slot.value, CODES[slot.key][1])
    elif slot.key in TEXTS:
        sheet.put(TEXTS[slot.key], slot.value)
    elif slot.key == "ipd_materials":
        put_codes(sheet, f"{SHARING}.infoTypes", slot.value, IPD_MATERIAL)
    elif slot.key == "identifier":
        put_identifier(sheet, slot.value)
    elif slot.key == "responsible":
        sheet.held["responsible_again"] = slot.value
    elif slot.key == "ids":
        _put_ids(sheet, slot.value)
    else:
        put_posted(sheet, slot)


def _put_ids(sheet: Sheet, value: Span) -> None:
    """The first is the organisation's own, the others are secondary, each with its kind in brackets."""
    for n, line in enumerate(one for one in lines_of(sheet.source, value) if not one.blank):
        at = f"{IDENTIFICATION}.orgStudyIdInfo" if n == 0 else f"{IDENTIFICATION}.secondaryIdInfos[{n - 1}]"
        found = _KINDED.match(line.text)
        kind = next((k for k in ID_KIND if found and words_of(found["kind"]).lower().startswith(k)), None)
        if not found or not kind:
            sheet.put(f"{at}.id", line.span)
            continue
        start = line.span.start
        sheet.put(f"{at}.id", Span(start + found.start("id"), start + found.end("id")))
        opened = re.compile(r"\s+".join(map(re.escape, kind.split())), re.IGNORECASE).match(found["kind"].lstrip())
        end = start + found.start("kind") + (opened.end() if opened else 0)
        sheet.put(f"{at}.type", Span(start + found.start("kind"), end), code_of(ID_KIND, kind))
        domain = re.compile(r"\s*:\s*(\S.*)").match(sheet.source, end, start + found.end("kind"))
        if domain:
            sheet.put(f"{at}.domain", Span(*domain.span(1)))


def read_keywords(sheet: Sheet, where: Span) -> None:
    """One keyword to a line under the heading."""
    lines = lines_of(sheet.source, Span(where.start, without_tail(sheet, where)))
    sheet.label(lines[0].span)
    path = "protocolSection.conditionsModule.keywords"
    for line in lines[1:]:
        if not line.blank:
            sheet.put(f"{path}[{sheet.count(path)}]", bullets(sheet, line.span))


def settle_responsible(sheet: Sheet) -> None:
    """The responsible party: an organisation, or a person with title and affiliation."""
    head, again = sheet.held.get("responsible"), sheet.held.get("responsible_again")
    spans = [span for span in (head, again) if span]
    if not spans:
        return
    lead = words_of(sheet.get(f"{SPONSORS}.leadSponsor.name", ""))
    path = f"{SPONSORS}.responsibleParty"
    if any(words_of(_text(sheet, span)) == lead for span in spans) or not any("," in _text(sheet, s) for s in spans):
        for span in spans:
            _put_party(sheet, span)
        return
    _put_person(sheet, path, head, again, lead)


def _put_party(sheet: Sheet, span: Span) -> None:
    """An organisation is the sponsor; if the lead sponsor has no other place on the page, this is it."""
    sheet.put(f"{SPONSORS}.responsibleParty.type", span, "SPONSOR")
    if not sheet.get(f"{SPONSORS}.leadSponsor.name"):
        sheet.put(f"{SPONSORS}.leadSponsor.name", span)


def _put_person(sheet: Sheet, path: str, head: Span | None, again: Span | None, lead: str) -> None:
    """Name, title and affiliation. "Name, Affiliation" in the head says where the title ends."""
    cuts = _cuts(_text(sheet, head), _text(sheet, again), lead)
    for span, cut in ((again, cuts[1]), (head, cuts[0])):
        if span and cut:
            _put_parts(sheet, path, span, cut)
    name = words_of(sheet.get(f"{path}.investigatorFullName", ""))
    own = bool(name) and words_of(lead).lower().startswith(name.lower().split(",")[0])
    sheet.put(f"{path}.type", again or head or Span(0, 0), "SPONSOR_INVESTIGATOR" if own else "PRINCIPAL_INVESTIGATOR")
    if not own:
        sheet.findings.append(_kind_of_person(f"{path}.type"))


def _cuts(head: str, again: str, lead: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where the name ends and where the affiliation starts, in the head's line and in the line below.

    >>> _cuts("Ann Lee, MD, City Hospital", "Ann Lee, MD, Chief, Urology, City Hospital", "")
    ((11, 13), (11, 29))
    """
    fits = [m for m in re.finditer(r",\s+", head) if len(again) > len(head) and _fits(head, again, m)]
    if fits:
        name_end, place = fits[-1].span()
        return (name_end, place), (name_end, len(again) - len(head) + place)
    one = head or again
    cut = len(one) - len(lead) if lead and one.endswith(lead) else (one.find(", ") + 2 if ", " in one else len(one))
    name_end = one.find(", ") if ", " in one else len(one)
    return ((name_end, cut), (name_end, len(again) - len(one) + cut))


def _fits(head: str, again: str, at: re.Match[str]) -> bool:
    return again.startswith(head[: at.start()] + ",") and again.endswith(head[at.end() :])


def _put_parts(sheet: Sheet, path: str, span: Span, cut: tuple[int, int]) -> None:
    name_end, place = span.start + cut[0], span.start + cut[1]
    sheet.put(f"{path}.investigatorFullName", Span(span.start, name_end))
    middle = trim(sheet.source, Span(name_end, place))
    title = sheet.source[middle.start : middle.end].strip(", \n\xa0")
    if title:
        at = sheet.source.index(title, middle.start)
        sheet.put(f"{path}.investigatorTitle", Span(at, at + len(title)))
    sheet.put(f"{path}.investigatorAffiliation", Span(place, span.end))


def _text(sheet: Sheet, span: Span | None) -> str:
    return sheet.source[span.start : span.end] if span else ""


def _kind_of_person(about: str) -> Finding:
    return Finding(
        about=about,
        says="The page names a person as responsible party and does not say whether they are also the sponsor.",
        matters="Read as principal investigator, because the lead sponsor has another name.",
        do="Compare with the registry.",
        severity=Severity.NOTE,
    )
