"""A record as API v2 JSON: taken as it is, every leaf with its span in the JSON text.

Decided here: a small reader of JSON that keeps places (the standard one does not), and how an offset in a decoded
string maps back to the file, so that criteria have spans too. Read first: `read_json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json import decoder
from typing import Any

from trialwright.adapters.registry.criteria import split_criteria
from trialwright.adapters.registry.outline import read_outline
from trialwright.adapters.registry.reading import Absent, Criterion, OutlinePart, Sheet, Span
from trialwright.core.terms import Finding

scanstring: Callable[[str, int], tuple[str, int]] = vars(decoder)["scanstring"]
_WHITE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"[^,\]}\s]+")
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
SECTIONS = ("protocolSection", "derivedSection", "resultsSection")
CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"
DESCRIPTIONS = tuple(f"protocolSection.descriptionModule.{key}" for key in ("briefSummary", "detailedDescription"))


def read_json(sheet: Sheet) -> None:
    """Check that it is a study record, keep its sections, and note the place of every leaf."""
    try:
        record = json.loads(sheet.source)
        places = list(_places(sheet.source, _skip(sheet.source, 0), ""))
    except (ValueError, RecursionError) as error:
        sheet.findings.append(_broken(str(error)))
        return
    if not isinstance(record, dict) or not isinstance(record.get("protocolSection"), dict):
        sheet.findings.append(_no_study())
        return
    sheet.tree = {key: _shaped(sheet, key, record[key]) for key in SECTIONS[:2] if isinstance(record.get(key), dict)}
    odd = tuple(f.about for f in sheet.findings)
    sheet.held["hasResults"] = Span(0, 1 if record.get("hasResults", "resultsSection" in record) else 0)
    for path, span in places:
        if path.startswith(SECTIONS[:2]) and not any(path.startswith(one) for one in odd):
            sheet.spans.setdefault(path, []).append(span)
    sheet.furnish(Span(0, len(sheet.source)), "JSON around the values")
    if not sheet.get("protocolSection.identificationModule.nctId"):
        sheet.findings.append(_no_identifier())
    _typed_parts(sheet)


def _shaped(sheet: Sheet, section: str, modules: dict[str, Any]) -> dict[str, Any]:
    """A section without parts of the wrong shape (a text where a module belongs, or a list of entries); each is a
    finding."""
    sheet.findings.extend(_odd_shape(f"{section}.{key}") for key, one in modules.items() if not isinstance(one, dict))
    return {
        key: {name: value for name, value in one.items() if _fits(sheet, f"{section}.{key}.{name}", value)}
        for key, one in modules.items()
        if isinstance(one, dict)
    }


def _fits(sheet: Sheet, path: str, value: Any) -> bool:
    """Whether a value has the shape its field has in the registry's records."""
    expected = next((kind for pattern, kind in _SHAPES if re.search(pattern, path)), None)
    good = expected is None or expected(value)
    if not good:
        sheet.findings.append(_odd_shape(path))
    return good


def _entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


_SHAPES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    (
        r"(Outcomes|locations|armGroups|interventions|collaborators|secondaryIdInfos|references|seeAlsoLinks)\Z",
        _entries,
    ),
    (r"(meshes|ancestors|overallOfficials|centralContacts)\Z", _entries),
    (r"(conditions|keywords|phases|stdAges)\Z", _texts),
    (r"(Info|Struct|leadSponsor|responsibleParty|organization)\Z", _object),
    (r"(Title|nctId|acronym|Criteria|Summary|Description|Status|sex|Age|studyType|Date)\Z", _text),
)


def _odd_shape(path: str) -> Finding:
    return Finding(
        about=path,
        says=f"`{path}` does not have the shape it has in the registry's records.",
        matters="It was left out; what it says is not used.",
        do="Fetch the record again, or correct the field.",
    )


def _typed_parts(sheet: Sheet) -> None:
    text = sheet.get(CRITERIA)
    if isinstance(text, str):
        criteria, found = split_criteria(text)
        sheet.criteria = tuple(_moved(sheet, CRITERIA, one) for one in criteria)
        sheet.findings.extend(found)
    for path in DESCRIPTIONS:
        if isinstance(sheet.get(path), str):
            sheet.outline += tuple(_moved(sheet, path, one) for one in read_outline(sheet.get(path)))
    if not sheet.get("protocolSection.referencesModule.references"):
        sheet.absent.append(Absent("protocolSection.referencesModule.references", "the record lists none"))


def _places(source: str, at: int, path: str) -> Iterator[tuple[str, Span]]:
    """Every leaf below a value that starts at `at`; the last yield is ('', span of the whole value)."""
    opening = source[at]
    if opening == '"':
        end = scanstring(source, at + 1)[1]
        yield path, Span(at + 1, end - 1)
    elif opening in "{[":
        end = yield from _members(source, at, path)
    else:
        end = _PLAIN.match(source, at).end()  # type: ignore[union-attr]
        yield path, Span(at, end)
    yield "", Span(at, end)


def _members(source: str, at: int, path: str) -> Any:
    closing = "}" if source[at] == "{" else "]"
    at, n = _skip(source, at + 1), 0
    while source[at] != closing:
        key = f"[{n}]"
        if closing == "}":
            name, at = scanstring(source, at + 1)
            key, at = f".{name}" if path else name, _skip(source, _skip(source, at) + 1)
        for below, span in _places(source, at, path + key):
            if below:
                yield below, span
            at = span.end if not below else at
        at, n = _skip(source, at), n + 1
        at = _skip(source, at + 1) if source[at] == "," else at
    return at + 1


def _skip(source: str, at: int) -> int:
    found = _WHITE.match(source, at)
    return found.end() if found else at


def _moved(sheet: Sheet, path: str, part: Any) -> Any:
    """A criterion or outline part with its span counted in the file instead of in the decoded text."""
    assert isinstance(part, Criterion | OutlinePart)
    base = sheet.spans[path][0]
    raw = sheet.source[base.start : base.end]
    starts = [m.start() for m in _ESCAPE.finditer(raw)] if "\\" in raw else list(range(len(raw)))
    starts.append(len(raw))
    span = part.span or Span(0, 0)
    moved = Span(base.start + starts[span.start], base.start + starts[span.end])
    return type(part)(**{**part.__dict__, "span": moved})


def _no_identifier() -> Finding:
    return Finding(
        about="protocolSection.identificationModule.nctId",
        says="The record has no NCT number.",
        matters="It cannot be told from another study's.",
        do="Fetch the record again.",
    )


def _broken(why: str) -> Finding:
    return Finding(
        about="record",
        says=f"The file opens like JSON and is not: {why}.",
        matters="A record that is cut or altered is not read in part.",
        do="Fetch the record again.",
    )


def _no_study() -> Finding:
    return Finding(
        about="record",
        says="The JSON has no `protocolSection`.",
        matters="It is not a study record of the registry's API version 2.",
        do="Give one study's record (not a page of search results).",
    )
