"""The resources of a FHIR bundle, and of whom each observation is: by an identifier that is the subject's id.

A patient is named by an identifier of the study, never by a name or a birth date; one that has none of a subject, or
of two, is refused. Read `read_observations`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from trialwright.adapters.exchange.fhir.observations import Asked, Refusal, observation
from trialwright.adapters.exchange.incoming.comparing import Given
from trialwright.adapters.exchange.incoming.json_text import read_json
from trialwright.adapters.exchange.incoming.uploads import LIMITS, Limits, refused_upload
from trialwright.core.terms import Finding, Severity

Resource = Mapping[str, Any]


def read_observations(
    content: bytes, asked: Asked, subjects: Collection[str], limits: Limits = LIMITS
) -> tuple[list[Given], list[Finding]]:
    """What a bundle, or one observation, gives of these subjects, and everything refused or left out."""
    if refused := refused_upload(content, "json", limits):
        return [], refused
    found, faults = read_json(content, limits)
    if faults:
        return [], faults
    resources, wrong = _resources(found, limits)
    if wrong is not None:
        return [], [wrong]
    if not any(one.get("resourceType") == "Observation" for _, _, one in resources):
        says = "The bundle holds no observation."
        return [], [_no(says, "Ask for a Bundle of Observation resources."), *_further_pages(found)]
    given, findings = _all(resources, asked, _patients(resources, subjects), subjects)
    return given, [*_further_pages(found), *findings]


def _resources(found: Any, limits: Limits) -> tuple[list[tuple[int, str, Resource]], Finding | None]:
    """Each resource with its place and full address."""
    kind = found.get("resourceType") if isinstance(found, dict) else None
    if kind == "Observation":
        return [(1, "", found)], None
    if kind != "Bundle" or not isinstance(found.get("entry", []), list):
        named = f"a {str(kind)[:40]}" if isinstance(kind, str) else "no resource"
        return [], _no(f"The file is {named}, not a Bundle of FHIR.", "Ask for a Bundle of Observation resources.")
    entries = found.get("entry", [])
    if len(entries) > limits.rows:
        return [], _no(f"The bundle has {len(entries):,} entries; {limits.rows:,} are read.", "Send it in parts.")
    told = [(place, one) for place, one in enumerate(entries, 1) if isinstance(one, dict)]
    return [
        (place, str(one.get("fullUrl", "")), one["resource"])
        for place, one in told
        if isinstance(one.get("resource"), dict)
    ], None


def _patients(resources: list[tuple[int, str, Resource]], subjects: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The subjects that each patient of the bundle may be, by every way a reference can name the patient.

    Two patients under one id are not told apart by what refers to them: it may be either's, so it is nobody's.
    """
    found: dict[str, tuple[str, ...]] = {}
    for _, address, one in resources:
        if one.get("resourceType") == "Patient":
            ids = tuple(dict.fromkeys(value for value in _identifiers(one) if value in subjects))
            name = str(one.get("id", ""))
            for key in {address, f"Patient/{name}"} - {"", "Patient/"}:
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), *ids)))
    return found


def _identifiers(patient: Resource) -> Iterator[str]:
    told = patient.get("identifier")
    for one in told if isinstance(told, list) else []:
        if isinstance(one, dict) and isinstance(one.get("value"), str):
            yield one["value"].strip()


def _all(
    resources: list[tuple[int, str, Resource]],
    asked: Asked,
    patients: Mapping[str, tuple[str, ...]],
    subjects: Collection[str],
) -> tuple[list[Given], list[Finding]]:
    given: list[Given] = []
    findings: list[Finding] = []
    left_out: Counter[str] = Counter()
    for place, _, one in resources:
        if one.get("resourceType") != "Observation":
            if one.get("resourceType") != "Patient":
                left_out[f"resource {str(one.get('resourceType'))[:40]!r}"] += 1
            continue
        try:
            subject = _subject(one, patients, subjects)
            found, others = observation(one, subject, f"entry {place}", asked)
        except Refusal as wrong:
            findings.append(_refused(place, str(wrong)))
            continue
        given += found
        left_out.update(others)
    return given, findings + [_left_out(what, count) for what, count in left_out.items()]


def _subject(one: Resource, patients: Mapping[str, tuple[str, ...]], subjects: Collection[str]) -> str:
    """The subject of an observation: by the reference's own identifier, else by the patient it refers to."""
    told = one.get("subject")
    told = told if isinstance(told, dict) else {}
    own = told.get("identifier")
    if isinstance(own, dict) and isinstance(own.get("value"), str):
        return str(own["value"]).strip()
    reference = told.get("reference")
    if not isinstance(reference, str) or not reference:
        raise Refusal("the observation does not say whose it is")
    if reference not in patients:
        name = reference.removeprefix("Patient/")
        if name in subjects and reference.startswith("Patient/"):
            return name
        raise Refusal(f"the patient {reference[:60]!r} is not in the bundle, and is no subject's id")
    ids = patients[reference]
    if len(ids) != 1:
        raise Refusal(
            f"the patient {reference[:60]!r} has "
            + (f"the ids of {len(ids)} subjects" if ids else "no identifier that is a subject's id")
        )
    return ids[0]


def _further_pages(found: Any) -> Iterator[Finding]:
    """A search that was answered in pages: this is one of them, and the others are not here."""
    told = found.get("link") if isinstance(found, dict) else None
    if any(isinstance(one, dict) and one.get("relation") == "next" for one in (told if isinstance(told, list) else [])):
        yield Finding(
            about="file",
            says="The bundle is one page of several: it names a next one.",
            matters="Results on the other pages are not in this file, and are recorded nowhere.",
            do="Ask for the other pages as well, and upload each.",
            severity=Severity.WARNING,
        )


def _refused(place: int, why: str) -> Finding:
    return Finding(
        about="entry",
        says=f"{why[:1].upper()}{why[1:]}.",
        matters="The entry was not read; a result that is guessed decides about a patient.",
        do="Correct the bundle at its source, and upload it again.",
        where=f"entry {place}",
    )


def _left_out(what: str, count: int) -> Finding:
    return Finding(
        about="entries",
        says=f"{count} x {what}: left out, since the study records no such thing.",
        matters="What is left out is recorded nowhere.",
        do="Enter by hand what the study needs of it.",
        severity=Severity.WARNING,
    )


def _no(says: str, do: str) -> Finding:
    return Finding(about="file", says=says, matters="Nothing of the file was read, and nothing was saved.", do=do)
