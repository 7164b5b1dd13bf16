"""`trialwright read FILE`: a registry record in the registry's own field names, and everything that was not
understood.

Decided here: how a reading is printed. What a line of the page means is decided in `adapters.registry`. Exit 1 where
the file is no record, or one that is cut. Read `command`, then `PARTS`.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trialwright.adapters.registry import RegistryReading, read_file
from trialwright.cli.options import RecordFile
from trialwright.cli.output import AsJson, finish, show, show_json
from trialwright.core.terms import Finding

WIDTH = 80


def command(
    file: RecordFile,
    as_json: AsJson = False,
) -> None:
    """Read a registry record into ClinicalTrials.gov field names, each with its place in the file."""
    reading = read_file(file)
    if as_json:
        show_json(document(reading))
    elif reading.protocolSection:
        show("\n".join(summary(reading)).lstrip("\n"))
    finish(findings=[named(one, file.name) for one in reading.findings])


def named(finding: Finding, name: str) -> Finding:
    """A finding about the file as a whole says which file."""
    return replace(finding, about=name) if finding.about in ("file", "page") else finding


def document(reading: RegistryReading) -> dict[str, Any]:
    """The reading as one JSON document; spans are [start, end) in characters of the decoded text."""
    return {
        "protocolSection": reading.protocolSection,
        "derivedSection": reading.derivedSection,
        "hasResults": reading.hasResults,
        "spans": {path: [list(span) for span in spans] for path, spans in reading.spans.items()},
        "unread": [{"span": list(u.span), "line": u.line, "text": u.text} for u in reading.unread],
        "furniture": [{"span": list(f.span), "why": f.why} for f in reading.furniture],
        "criteria": [{**vars(c), "span": list(c.span) if c.span else None} for c in reading.criteria],
        "outline": [{**vars(p), "span": list(p.span) if p.span else None} for p in reading.outline],
        "stated_absent": [vars(a) for a in reading.stated_absent],
        "source": {"name": reading.name, "kind": reading.kind, "sha256": reading.sha256},
        "findings": [
            {key: getattr(f, key) for key in ("about", "says", "matters", "do", "clause")}
            | {"severity": f.severity.value}
            for f in reading.findings
        ],
    }


def summary(reading: RegistryReading) -> Iterator[str]:
    """The record for people, part by part; a part that the record does not have is left to the last lines."""
    for title, part in PARTS:
        lines = list(part(reading))
        if lines:
            yield ""
            yield title
            yield from (text for line in lines for text in wrapped(line))


def wrapped(line: str) -> list[str]:
    """A line folded at 80 columns, the folds indented."""
    return textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="      ") or [""]


def look(reading: RegistryReading, path: str, default: Any = "") -> Any:
    """A value of the protocol section by its path below it."""
    here: Any = reading.protocolSection
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            return default
        here = here[key]
    return here


def identity(reading: RegistryReading) -> Iterator[str]:
    ident = look(reading, "identificationModule", {})
    yield f"{ident.get('nctId', 'no NCT number')}  {ident.get('briefTitle', '')}"
    yield from (ident[key] for key in ("officialTitle",) if key in ident)
    own = [look(reading, "identificationModule.orgStudyIdInfo.id")]
    ids = [i for i in own + [one["id"] for one in ident.get("secondaryIdInfos", [])] if i]
    if ids:
        yield f"other ids: {', '.join(ids)}"
    names = [look(reading, "sponsorCollaboratorsModule.leadSponsor.name")]
    names += [c.get("name", "") for c in look(reading, "sponsorCollaboratorsModule.collaborators", [])]
    if any(names):
        yield f"sponsor: {names[0] or '-'}" + (f"; with {', '.join(names[1:])}" if names[1:] else "")


def design(reading: RegistryReading) -> Iterator[str]:
    module, info = look(reading, "designModule", {}), look(reading, "designModule.designInfo", {})
    count = module.get("enrollmentInfo", {})
    words = [module.get("studyType"), *module.get("phases", [])]
    words += [f"allocation {info['allocation']}" if "allocation" in info else None]
    words += [info.get(key) for key in ("interventionModel", "primaryPurpose", "observationalModel", "timePerspective")]
    words += [info.get("maskingInfo", {}).get("masking") and f"masking {info['maskingInfo']['masking']}"]
    words += [f"{count['count']} participants ({count.get('type', 'type not stated')})" if "count" in count else None]
    yield from [" · ".join(word for word in words if word)] if any(words) else []
    conditions = look(reading, "conditionsModule.conditions", [])
    if conditions:
        yield f"conditions: {'; '.join(conditions)}"


def dates(reading: RegistryReading) -> Iterator[str]:
    status = look(reading, "statusModule", {})
    if "overallStatus" in status:
        yield f"status {status['overallStatus']}, verified {status.get('statusVerifiedDate', 'not stated')}"
    named = (
        ("start", "startDateStruct"),
        ("primary completion", "primaryCompletionDateStruct"),
        ("completion", "completionDateStruct"),
    )
    found = [(word, status[key]) for word, key in named if key in status]
    text = [
        f"{word} {one['date']}" + (f" ({one['type'].lower()})" if "type" in one else "")
        for word, one in found
        if "date" in one
    ]
    yield from ["; ".join(text)] if text else []


def arms(reading: RegistryReading) -> Iterator[str]:
    for arm in look(reading, "armsInterventionsModule.armGroups", []):
        yield f"{arm.get('type', 'GROUP')}: {arm.get('label', '')} [{', '.join(arm.get('interventionNames', []))}]"
    for one in look(reading, "armsInterventionsModule.interventions", []):
        yield f"{one.get('type')}: {one.get('name')}. {' '.join(one.get('description', '').split())}"


def outcomes(reading: RegistryReading) -> Iterator[str]:
    for kind in ("primary", "secondary", "other"):
        for one in look(reading, f"outcomesModule.{kind}Outcomes", []):
            yield f"{kind}: {one.get('measure', '')} [{one.get('timeFrame', 'no time frame')}]"


def eligibility(reading: RegistryReading) -> Iterator[str]:
    module = look(reading, "eligibilityModule", {})
    if not module:
        return
    ages = f"{module.get('minimumAge', 'no minimum')} to {module.get('maximumAge', 'no maximum')}"
    healthy = {True: "accepted", False: "not accepted"}.get(module.get("healthyVolunteers"), "not stated")
    yield f"ages {ages}; sex {module.get('sex', 'not stated')}; healthy volunteers {healthy}"
    top = Counter(c.polarity for c in reading.criteria if c.level == 0 and not c.refers)
    below = sum(1 for c in reading.criteria if c.level)
    refers = sum(1 for c in reading.criteria if c.refers)
    yield f"{top['inclusion']} inclusion and {top['exclusion']} exclusion criteria, {below} statements below them"
    if refers:
        yield f"{refers} that only point elsewhere in the list"
    by = Counter(c.by for c in reading.criteria)
    yield f"polarity settled by: {', '.join(f'{how} ({n})' for how, n in by.most_common())}"


def places(reading: RegistryReading) -> Iterator[str]:
    for site in look(reading, "contactsLocationsModule.locations", [])[:12]:
        yield ", ".join(site[key] for key in ("facility", "city", "state", "country") if key in site)
    more = len(look(reading, "contactsLocationsModule.locations", [])) - 12
    if more > 0:
        yield f"and {more} more"


def vocabulary(reading: RegistryReading) -> Iterator[str]:
    for name, key in (("conditions", "conditionBrowseModule"), ("interventions", "interventionBrowseModule")):
        module = reading.derivedSection.get(key, {})
        terms = [one["term"] for kind in ("meshes", "ancestors") for one in module.get(kind, [])]
        if terms:
            yield f"{name} ({len(terms)}): {'; '.join(terms)}"


def not_understood(reading: RegistryReading) -> Iterator[str]:
    kinds = Counter(f.why for f in reading.furniture)
    if reading.kind == "page":
        named = ", ".join(f"{why} ({n})" for why, n in kinds.items()) or "none"
        yield f"{len(reading.unread)} passages unread; furniture: {named}"
    yield from (f"line {one.line}: {one.text}" for one in reading.unread)


def absent(reading: RegistryReading) -> Iterator[str]:
    yield from (f"{one.what}: {one.because}" for one in reading.stated_absent)


PARTS = (
    ("Identity", identity),
    ("Design", design),
    ("Dates", dates),
    ("Arms and interventions", arms),
    ("Outcomes", outcomes),
    ("Eligibility", eligibility),
    ("Sites", places),
    ("MeSH", vocabulary),
    ("Not understood", not_understood),
    ("Not stated", absent),
)
