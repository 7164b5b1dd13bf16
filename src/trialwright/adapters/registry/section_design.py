"""Summary, conditions table and the block of study information.

Decided here: how the three columns of the conditions table are told apart when they run together in one line
(interventions begin with their type, phases are known words, conditions are what stands before), and where several
conditions in one line are parted. Read first: `read_design`, then `read_conditions`.
"""

from __future__ import annotations

import re

from trialwright.adapters.registry.blocks import lines_of
from trialwright.adapters.registry.fields import put_code, put_codes, put_date, put_number
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import DESIGN
from trialwright.adapters.registry.reading import Sheet, Span, trim, words_of
from trialwright.adapters.registry.run_together import part
from trialwright.adapters.registry.slots import Slot, scan
from trialwright.adapters.registry.vocabulary import (
    ALLOCATION,
    DATE_KIND,
    INTERVENTION_MODEL,
    INTERVENTION_TYPE,
    MASKING,
    OBSERVATIONAL_MODEL,
    PHASE,
    PURPOSE,
    RETENTION,
    STUDY_TYPE,
    TIME_PERSPECTIVE,
    WHO_MASKED,
    code_of,
    word_pattern,
)
from trialwright.core.terms import Finding, Severity

DESCRIPTION = "protocolSection.descriptionModule"
DESIGN_MODULE = "protocolSection.designModule"
INFO = f"{DESIGN_MODULE}.designInfo"
STATUS_MODULE = "protocolSection.statusModule"
CONDITIONS = "protocolSection.conditionsModule.conditions"
INTERVENTIONS = "protocolSection.armsInterventionsModule.interventions"
TYPED = re.compile(
    r"(?<!\S)(?P<type>Behavioral|Biological|Combination Product|Device|Diagnostic Test|Dietary Supplement|Drug|Genetic"
    r"|Procedure|Radiation|Other)\s*:\s+(?=\S)"
)
_SENTENCES = (
    "identificationModule.briefTitle",
    "identificationModule.officialTitle",
    "descriptionModule.briefSummary",
    "descriptionModule.detailedDescription",
    "eligibilityModule.eligibilityCriteria",
)
_COLUMN = re.compile(r"[^\S\n]{2,}|\n|\t")


def read_text(sheet: Sheet, where: Span, path: str) -> None:
    """A block of running text: its first label, then everything down to the site's own lines at the end."""
    opens = re.compile(r"\s*[^\n:]*:").match(sheet.source, where.start)
    start = opens.end() if opens else where.start
    sheet.label(Span(where.start, start))
    sheet.put(path, Span(start, without_tail(sheet, Span(start, where.end))))


def without_tail(sheet: Sheet, where: Span) -> int:
    """Where a stretch ends when headings and menus of the site at its end are taken off."""
    for line in reversed(lines_of(sheet.source, where)):
        found = furniture_at(line.text)
        if not line.blank and not found:
            return line.span.end
        if found:
            sheet.furnish(line.span, found[1])
    return where.start


def read_conditions(sheet: Sheet, where: Span) -> None:
    """The table with its three columns; several rows or several entries in one row are read alike."""
    head = re.compile(r"[^\n]*").match(sheet.source, where.start)
    body = Span(head.end() if head else where.start, where.end)
    sheet.label(Span(where.start, body.start))
    body = trim(sheet.source, Span(body.start, without_tail(sheet, body)))
    body = _take_phases(sheet, body)
    typed = list(TYPED.finditer(sheet.source, body.start, body.end))
    _put_conditions(sheet, Span(body.start, typed[0].start() if typed else body.end))
    ends = [m.start() for m in typed[1:]] + [body.end]
    for n, (found, end) in enumerate(zip(typed, ends, strict=False)):
        sheet.put(f"{INTERVENTIONS}[{n}].type", Span(*found.span("type")), code_of(INTERVENTION_TYPE, found["type"]))
        sheet.put(f"{INTERVENTIONS}[{n}].name", Span(found.end(), end))


def _take_phases(sheet: Sheet, body: Span) -> Span:
    """The phases stand last; they are taken off the end one by one."""
    start = body.end
    for found in reversed(list(word_pattern(PHASE).finditer(sheet.source, *body))):
        if sheet.source[found.end() : start].strip(" \t\r\n\xa0/,|"):
            break
        if start < body.end and _opens_line(sheet.source, start) and not _opens_line(sheet.source, found.start()):
            break  # the last word of a name, above a line of phases
        start = found.start()
    if start == body.end:
        return body
    put_codes(sheet, f"{DESIGN_MODULE}.phases", Span(start, body.end), PHASE)
    return trim(sheet.source, Span(body.start, start))


def _opens_line(source: str, at: int) -> bool:
    return not source[source.rfind("\n", 0, at) + 1 : at].strip()


def _put_conditions(sheet: Sheet, where: Span) -> None:
    """Conditions are parted by line ends and column gaps; in one line they cannot always be, and then a finding says
    so."""
    where = trim(sheet.source, where)
    at, n = where.start, 0
    for gap in [*(m.span() for m in _COLUMN.finditer(sheet.source, *where)), (where.end, where.end)]:
        if sheet.source[at : gap[0]].strip():
            sheet.put(f"{CONDITIONS}[{n}]", Span(at, gap[0]))
            n += 1
        at = gap[1]


def part_conditions(sheet: Sheet) -> None:
    """Conditions run together in one line are parted where the page's own keywords and MeSH terms say so."""
    found = sheet.spans.get(f"{CONDITIONS}[0]", [])
    if sheet.count(CONDITIONS) != 1 or not found:
        return
    after = sheet.source[found[0].end :].split("\n", 1)[0]
    if not after.strip():
        return
    words = words_of(sheet.get(f"{CONDITIONS}[0]"))
    parts, sure = part(words, known_terms(sheet), _sentences(sheet))
    if len(parts) > 1:
        _replace_condition(sheet, found[0], parts)
    if not sure:
        sheet.findings.append(_run_together(words, parts))


def known_terms(sheet: Sheet) -> list[str]:
    """Terms the page names elsewhere one to a line."""
    browse = "derivedSection.conditionBrowseModule"
    terms = [one["term"] for kind in ("meshes", "ancestors") for one in sheet.get(f"{browse}.{kind}", [])]
    return [*sheet.get("protocolSection.conditionsModule.keywords", []), *terms]


def _sentences(sheet: Sheet) -> str:
    """The page's titles and running texts."""
    return " . ".join(str(sheet.get(f"protocolSection.{path}", "")) for path in _SENTENCES)


def _replace_condition(sheet: Sheet, span: Span, parts: list[str]) -> None:
    del sheet.spans[f"{CONDITIONS}[0]"]
    sheet.get("protocolSection.conditionsModule")["conditions"] = []
    at = span.start
    for n, one in enumerate(parts):
        found = re.compile(r"\s+".join(map(re.escape, one.split()))).search(sheet.source, at, span.end)
        if found:
            sheet.put(f"{CONDITIONS}[{n}]", Span(*found.span()), one)
            at = found.end()


def _run_together(words: str, parts: list[str]) -> Finding:
    return Finding(
        about=CONDITIONS,
        says=f"The conditions stand in one line without a divider: “{words[:120]}”; read as {len(parts)}: "
        f"{'; '.join(parts)[:200]}.",
        matters="Two conditions may have been read as one, or one as two.",
        do="Compare with the registry's list of conditions.",
        severity=Severity.NOTE,
    )


def read_design(sheet: Sheet, where: Span) -> None:
    """Study type, enrolment, allocation, model, masking, purpose, official title and the three dates."""
    for line in lines_of(sheet.source, where):
        found = furniture_at(line.text)
        if found:
            sheet.furnish(line.span, found[1])
    body = Span(where.start, without_tail(sheet, where))
    for slot in scan(sheet.source, body, DESIGN):
        _put_slot(sheet, slot)


CODES = {
    "allocation": (f"{INFO}.allocation", ALLOCATION),
    "model": (f"{INFO}.interventionModel", INTERVENTION_MODEL),
    "purpose": (f"{INFO}.primaryPurpose", PURPOSE),
    "observational": (f"{INFO}.observationalModel", OBSERVATIONAL_MODEL),
    "perspective": (f"{INFO}.timePerspective", TIME_PERSPECTIVE),
    "retention": (f"{DESIGN_MODULE}.bioSpec.retention", RETENTION),
}
TEXTS = {
    "model_text": f"{INFO}.interventionModelDescription",
    "masking_text": f"{INFO}.maskingInfo.maskingDescription",
    "follow_up": f"{DESIGN_MODULE}.targetDuration",
    "specimens": f"{DESIGN_MODULE}.bioSpec.description",
    "official_title": "protocolSection.identificationModule.officialTitle",
}
DATES = {"start": "startDateStruct", "primary_end": "primaryCompletionDateStruct", "end": "completionDateStruct"}


def _put_slot(sheet: Sheet, slot: Slot) -> None:
    if slot.key in CODES:
        sheet.label(slot.label)
        put_code(sheet, CODES[slot.key][0], slot.value, CODES[slot.key][1])
    elif slot.key in TEXTS:
        sheet.label(slot.label)
        sheet.put(TEXTS[slot.key], slot.value)
    elif slot.key in DATES:
        _put_kind(sheet, slot.label, f"{STATUS_MODULE}.{DATES[slot.key]}.type")
        put_date(sheet, f"{STATUS_MODULE}.{DATES[slot.key]}.date", slot.value)
    else:
        OTHERS[slot.key](sheet, slot)


def _put_kind(sheet: Sheet, label: Span, path: str) -> None:
    """ "Estimated" or "Actual" in front of a label is a value of its own."""
    found = word_pattern(DATE_KIND).match(sheet.source, label.start, label.end)
    if found:
        sheet.put(path, Span(*found.span()), code_of(DATE_KIND, found.group()))
    sheet.label(Span(found.end() if found else label.start, label.end))


def _put_study_type(sheet: Sheet, slot: Slot) -> None:
    sheet.label(slot.label)
    rest = put_code(sheet, f"{DESIGN_MODULE}.studyType", slot.value, STUDY_TYPE)
    registry = re.compile(r"\[?\s*(Patient Registry)\s*\]?").search(sheet.source, *rest)
    if registry:
        sheet.put(f"{DESIGN_MODULE}.patientRegistry", Span(*registry.span(1)), True)
    clinical = re.compile(r"\(\s*Clinical Trial\s*\)").search(sheet.source, *rest)
    if clinical:
        sheet.label(Span(*clinical.span()))


def _put_enrollment(sheet: Sheet, slot: Slot) -> None:
    _put_kind(sheet, slot.label, f"{DESIGN_MODULE}.enrollmentInfo.type")
    put_number(sheet, f"{DESIGN_MODULE}.enrollmentInfo.count", slot.value)
    unit = re.compile(r"participants?|subjects?").search(sheet.source, *slot.value)
    if unit:
        sheet.label(Span(*unit.span()))


def _put_masking(sheet: Sheet, slot: Slot) -> None:
    sheet.label(slot.label)
    rest = put_code(sheet, f"{INFO}.maskingInfo.masking", slot.value, MASKING)
    put_codes(sheet, f"{INFO}.maskingInfo.whoMasked", rest, WHO_MASKED)


OTHERS = {"study_type": _put_study_type, "enrollment": _put_enrollment, "masking": _put_masking}
