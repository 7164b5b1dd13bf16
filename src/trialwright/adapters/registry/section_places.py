"""Contacts, locations, sponsors and investigators.

Decided here: a location is a facility line and an address line that ends with the country (and state) of the head
line above it; a person's name and affiliation, run together in one line, are parted after the degrees, before a name
the page already gave, or at a wide gap, and otherwise not without a finding. Read first: `read_locations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from trialwright.adapters.registry.blocks import Line, lines_of
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import SITE
from trialwright.adapters.registry.reading import Sheet, Span, words_of
from trialwright.adapters.registry.section_header import IDENTIFICATION, NCT, SPONSORS
from trialwright.adapters.registry.vocabulary import ROLE, STATUS, code_of, word_pattern
from trialwright.core.terms import Finding, Severity

MODULE = "protocolSection.contactsLocationsModule"
_CONTACT = re.compile(
    r"\s*(?P<role>Contact|Principal Investigator|Sub-Investigator|Study Chair|Study Director)\s*:\s*(?P<name>\S.*?)"
    r"(?:\s{2,}|\t|\s+(?=[+(]?(?:\d[ ().+/-]*){7,})|\s+(?=\S+@\S+)|\s*\Z)(?P<rest>.*)\Z",
    re.DOTALL,
)
_OFFICIAL = re.compile(rf"\s*(?:{word_pattern(ROLE).pattern})\s*:", re.IGNORECASE)
_CELLS = 3  # role, name and affiliation
_LONGEST_REGION, _LONGEST_ADDRESS = 100, 300
_PHONE = re.compile(r"[+(]?(?:\d[ ().+/-]*){6,}\d")
_EXT = re.compile(r"ext\.?\s*(\w[\w-]*)")
_MAIL = re.compile(r"\S+@\S+")
_DEGREE = (
    r"(?:M\.?\s?D\.?|Ph\.?\s?D\.?|D\.?Phil|M\.?P\.?H\.?|M\.?S\.?c?\.?|R\.?N\.?|D\.?O\.?|Pharm\.?\s?D\.?|MB\.?BS|MBBCh|MBChB|FRC\w+|DDS|DMD|DVM"
    r"|Prof(?:essor)?\.?|Dr\.?|DrPH|ScD|PsyD|MBA|FAC[A-Z]+|BSN|MSN|B\.?S\.?|PT|DPT|CCRP|NP|MHS|MSc|MA|Jr\.?|III?)"
)
_NAMED = re.compile(rf"(?P<name>.+?,\s*{_DEGREE}(?:[,/\s]+{_DEGREE})*[.,]*)(?=\s)\s+(?P<place>\S.*)\Z", re.DOTALL)
_IDENTIFIER = re.compile(rf"Please refer to this study by its {SITE}identifier \(NCT number\)\s*:")


def read_contacts(sheet: Sheet, where: Span) -> None:
    """Central contacts; the advice around them is furniture, the identifier in it is the study's."""
    for line in lines_of(sheet.source, where):
        found = furniture_at(line.text)
        person = _CONTACT.match(line.text)
        if _IDENTIFIER.search(line.text):
            _advice(sheet, line)
        elif found:
            sheet.furnish(Span(line.span.start, line.span.start + found[0]), found[1])
        elif person:
            _put_person(sheet, f"{MODULE}.centralContacts[{sheet.count(f'{MODULE}.centralContacts')}]", line, person)


def read_contacts_and_locations(sheet: Sheet, where: Span) -> None:
    """Contacts, and below them the locations where the line that parts the two is lost."""
    read_contacts(sheet, where)
    lines = [line for line in lines_of(sheet.source, where) if not line.blank]
    first = next((n for n, line in enumerate(lines) if _region(line, lines[n + 1 : n + 4])), None)
    if first is not None:
        read_locations(sheet, Span(lines[first].span.start, where.end))


def _advice(sheet: Sheet, line: Line) -> None:
    found = NCT.search(sheet.source, *line.span)
    if found:
        sheet.put(f"{IDENTIFICATION}.nctId", Span(*found.span()), found.group())
    sheet.furnish(line.span, "advice of the site about contacts")


def _put_person(sheet: Sheet, at: str, line: Line, found: re.Match[str]) -> None:
    start = line.span.start
    sheet.label(Span(start, start + found.start("name")))
    role = words_of(found["role"])
    sheet.put(f"{at}.name", Span(start + found.start("name"), start + found.end("name")))
    sheet.put(f"{at}.role", Span(start + found.start("role"), start + found.end("role")), code_of(ROLE, role))
    rest = start + found.start("rest")
    for key, pattern in (("phone", _PHONE), ("phoneExt", _EXT), ("email", _MAIL)):
        one = pattern.search(found["rest"])
        if one:
            group = 1 if key == "phoneExt" else 0
            sheet.put(f"{at}.{key}", Span(rest + one.start(group), rest + one.end(group)))
            sheet.label(Span(rest + one.start(), rest + one.end()))


def read_locations(sheet: Sheet, where: Span) -> None:
    """Sites under their country or state; a line that is neither head, facility, address nor contact stays unread."""
    lines = [line for line in lines_of(sheet.source, where) if not line.blank]
    region: tuple[str, ...] | None = None
    facility: Line | None = None
    status: Line | None = None
    for n, line in enumerate(lines):
        found = furniture_at(line.text)
        address = _own_address(line, lines[n + 1 : n + 2], region) if region else None
        head = None if found or (address and address["city"]) else _region(line, lines[n + 1 : n + 4])
        person = _CONTACT.match(line.text)
        if found:
            sheet.furnish(line.span, found[1])
        elif address and not head:
            _put_site(sheet, facility, status, line, address)
            facility = status = None
        elif head:
            region, facility, status = head, None, None
            sheet.label(line.span)
        elif person and sheet.count(f"{MODULE}.locations"):
            at = f"{MODULE}.locations[{sheet.count(f'{MODULE}.locations') - 1}]"
            _put_person(sheet, f"{at}.contacts[{sheet.count(f'{at}.contacts')}]", line, person)
        elif words_of(line.text).lower() in STATUS:
            status = line
        else:
            facility = line


def first_site(sheet: Sheet, where: Span) -> int:
    """Where a list of sites begins that stands without a heading: a country or state on a line of its own, a facility,
    and their address; the end of the stretch if there is none."""
    lines = [line for line in lines_of(sheet.source, where) if not line.blank]
    starts = (
        n
        for n, line in enumerate(lines)
        if re.match(r"[A-Z]", line.text.strip()) and not line.text.rstrip().endswith((".", ":", ";"))
    )
    found = next((n for n in starts if _region(lines[n], lines[n + 2 : n + 4])), None)
    return where.end if found is None else lines[found].span.start


def _region(line: Line, following: list[Line]) -> tuple[str, ...] | None:
    """(country,) or (country, state) if one of the next lines is an address there."""
    words = words_of(line.text) if len(line.text) < _LONGEST_REGION else ""
    cuts = [m.start() for m in re.finditer(", ", words)]
    readings: list[tuple[str, ...]] = [(words,), *((words[:c], words[c + 2 :]) for c in cuts)]
    near = [(one, words_of(one.text)) for one in following if words and words.split()[0].rstrip(",") in one.text]
    found = [(r, a) for r in readings for one, said in near if all(p in said for p in r) and (a := _address(one, r))]
    return next((r for r, address in found if address["city"]), None)


def _address(line: Line, region: tuple[str, ...]) -> re.Match[str] | None:
    """City, state, country and postcode, if the line is an address in the region."""
    if len(line.text) > _LONGEST_ADDRESS or region[0].split()[0] not in line.text:
        return None
    found = _address_in(region).match(line.text)
    return found if found and (found["city"] or found["zip"]) else None


@lru_cache(maxsize=512)
def _address_in(region: tuple[str, ...]) -> re.Pattern[str]:
    country, state = region[0], region[1] if len(region) > 1 else None
    middle = rf"(?P<state>{_spaced(state)}),\s+" if state else ""
    return re.compile(
        rf"\s*(?:(?P<city>[^\n]+?),\s+)?{middle}(?P<country>{_spaced(country)})(?:,\s+(?P<zip>[^\n]*?\S))?\s*\Z"
    )


def _own_address(line: Line, following: list[Line], region: tuple[str, ...]) -> re.Match[str] | None:
    """The address, unless the line is a facility that carries its city in its name and the true address comes next."""
    found = _address(line, region)
    after = _address(following[0], region) if following else None
    if not found or not after or not found["city"] or not after["city"] or found["city"] == after["city"]:
        return found
    carries = found["city"].endswith(after["city"]) or (after["zip"] and not found["zip"])
    return None if carries else found


def _spaced(words: str | None) -> str:
    return r"\s+".join(map(re.escape, (words or "").split()))


def _put_site(sheet: Sheet, facility: Line | None, status: Line | None, line: Line, address: re.Match[str]) -> None:
    at = f"{MODULE}.locations[{sheet.count(f'{MODULE}.locations')}]"
    for key in ("city", "state", "zip", "country"):
        if address.groupdict().get(key):
            start, end = address.span(key)
            sheet.put(f"{at}.{key}", Span(line.span.start + start, line.span.start + end))
    if status:
        sheet.put(f"{at}.status", status.span, code_of(STATUS, status.text))
    if facility:
        _put_facility(sheet, at, facility)


def _put_facility(sheet: Sheet, at: str, line: Line) -> None:
    """The facility, and the status of the site where it ends the line."""
    text = line.text.rstrip()
    status = re.search(rf"(?:^|\s)(?P<status>(?i:{word_pattern(STATUS).pattern}))\Z", text)
    if status and status["status"][0].isupper():
        start, end = status.span("status")
        span = Span(line.span.start + start, line.span.start + end)
        sheet.put(f"{at}.status", span, code_of(STATUS, status["status"]))
        text = text[:start]
    sheet.put(f"{at}.facility", Span(line.span.start, line.span.start + len(text)))


def read_sponsors(sheet: Sheet, where: Span) -> None:
    """The first name is the lead sponsor, the others are collaborators."""
    names = 0
    officials = _officials_from(sheet, where)
    read_officials(sheet, Span(officials, where.end))
    for line in lines_of(sheet.source, Span(where.start, officials)):
        found = furniture_at(line.text)
        if line.blank or found:
            if found:
                sheet.furnish(line.span, found[1])
            continue
        path = f"{SPONSORS}.collaborators[{names - 1}].name" if names else f"{SPONSORS}.leadSponsor.name"
        sheet.put(path, line.span)
        names += 1


def _officials_from(sheet: Sheet, where: Span) -> int:
    """Where the investigators begin who stand under the sponsors without a heading of their own."""
    lines = lines_of(sheet.source, where)
    return next((line.span.start for line in lines if _OFFICIAL.match(line.text)), where.end)


def read_officials(sheet: Sheet, where: Span) -> None:
    """One entry from each role to the next: all in one line, or name and affiliation in cells of their own."""
    entries: list[list[Line]] = []
    for line in lines_of(sheet.source, where):
        found = furniture_at(line.text)
        if found:
            sheet.furnish(line.span, found[1])
        elif _OFFICIAL.match(line.text):
            entries.append([line])
        elif entries and not line.blank and len(entries[-1]) < _CELLS:
            entries[-1].append(line)
    for entry in entries:
        span = Span(entry[0].span.start, entry[-1].span.end)
        _put_official(sheet, Line(span, sheet.source[span.start : span.end]))


def _put_official(sheet: Sheet, line: Line) -> None:
    """Role, name and affiliation of one investigator."""
    found = re.match(rf"\s*(?P<role>{word_pattern(ROLE).pattern})\s*:\s*(?P<who>\S.*\S)\s*\Z", line.text, re.I | re.S)
    if not found:
        return
    at = f"{MODULE}.overallOfficials[{sheet.count(f'{MODULE}.overallOfficials')}]"
    start = line.span.start
    cut, sure = _part_person(found["who"], set(_places(sheet)))
    sheet.put(f"{at}.name", Span(start + found.start("who"), start + found.start("who") + cut))
    sheet.put(f"{at}.affiliation", Span(start + found.start("who") + cut, start + found.end("who")))
    sheet.put(f"{at}.role", Span(start + found.start("role"), start + found.end("role")), code_of(ROLE, found["role"]))
    sheet.label(Span(start, start + found.start("who")))
    if not sure:
        sheet.findings.append(_unsure_person(at, words_of(found["who"])))


def _places(sheet: Sheet) -> Iterator[str]:
    """Names of institutions that the page gives elsewhere on a line of their own."""
    yield from (one["facility"] for one in sheet.get(f"{MODULE}.locations", []) if "facility" in one)
    yield from (one["name"] for one in sheet.get(f"{SPONSORS}.collaborators", []))
    yield sheet.get(f"{SPONSORS}.leadSponsor.name", "")


def _part_person(who: str, places: set[str]) -> tuple[int, bool]:
    """Where the name ends, and whether that is sure.

    >>> _part_person("Timothy M. Kuzel, MD Robert H. Lurie Cancer Center", set())
    (20, True)
    """
    gap = re.search(r"\s*\n\s*|[^\S\n]{2,}|\t", who)
    if gap:
        return gap.start(), True
    known = [p for p in places if p and who.endswith(" " + p)]
    if known:
        return len(who) - max(map(len, known)) - 1, True
    degree = _NAMED.match(who)
    if degree:
        return degree.end("name"), True
    return _guess_person(who), False


def _guess_person(who: str) -> int:
    """Without degree, gap or known place: two words, or three where the middle one is an initial."""
    words = list(re.finditer(r"\S+", who))
    if len(words) < 3:
        return len(who)
    middle = len(words[1].group().strip(".")) == 1
    return words[2 if middle else 1].end()


def _unsure_person(at: str, words: str) -> Finding:
    return Finding(
        about=at,
        says=f"Name and affiliation run together: “{words[:120]}”.",
        matters="The name may carry a word of the affiliation, or lack one of its own.",
        do="Read the line by eye.",
        severity=Severity.WARNING,
    )
