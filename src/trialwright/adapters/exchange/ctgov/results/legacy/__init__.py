"""The results in the older public XML (`clinical_results`, schema of 2019.02.14), written and read.

    tables, events   where each field stands      forms   the engine: one table for both ways

What the XML cannot say is found by reading back what was written and comparing, so that the list is never behind the
tables. Read `write_legacy_xml`, then `read_legacy_xml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Comment, Element, ParseError, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from trialwright.adapters.exchange.ctgov.results.choices import Restriction, StandardMeasure
from trialwright.adapters.exchange.ctgov.results.legacy.events import read_events, write_events
from trialwright.adapters.exchange.ctgov.results.legacy.forms import Json, Unread, added, as_element, as_json, legal
from trialwright.adapters.exchange.ctgov.results.legacy.tables import AGE, BASELINE, FLOW, OUTCOME
from trialwright.adapters.exchange.ctgov.results.section import Results, read_results, write_results
from trialwright.adapters.exchange.ctgov.results.typed import write_typed
from trialwright.core.terms import Finding, Severity

ROOT = "clinical_results"
EMPLOYED = {
    True: "All Principal Investigators ARE employed by the organization sponsoring the study.",
    False: "Principal Investigators are NOT employed by the organization sponsoring the study.",
}
"""The two sentences of the schema."""
UNRESTRICTED = (
    "There is NOT an agreement between Principal Investigators and the Sponsor (or its agents) that restricts the PI's "
    "rights to discuss or publish trial results after the trial is completed."
)
EMBARGO = (
    "The only disclosure restriction on the PI is that the sponsor can review results communications prior to public "
    "release and can embargo communications regarding trial results for a period that is {} from the time submitted to "
    "the sponsor for review. The sponsor cannot require changes to the communication and cannot extend the embargo."
)
"""The registry's sentence for a limited embargo; records differ in their wording, so it is read by the period alone."""
PERIODS = {
    Restriction.LTE60.name: "less than or equal to 60 days",
    Restriction.GT60.name: "more than 60 days but less than or equal to 180 days",
}
EXTENSION = " ext. "


@dataclass(frozen=True)
class LegacyXml:
    """The element as a document, and what it could not say: fields by their path without places, with how often."""

    content: bytes
    unsaid: Mapping[str, int]


def write_legacy_xml(results: Results, comment: str = "") -> LegacyXml:
    """The results as `clinical_results`; the comment stands at its top, as to say that the data are simulated."""
    root = _element(write_typed(results.modules))
    if comment:
        root.insert(0, Comment(f" {legal(comment).replace('--', '- -').rstrip('-')} "))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    back = write_results(read_legacy_xml(content))
    return LegacyXml(content, unsaid(write_results(results), back))


def _element(data: Json) -> Element:
    root = Element(ROOT)
    root.append(as_element("participant_flow", data.get("participantFlowModule", {}), FLOW))
    root.append(as_element("baseline", data.get("baselineCharacteristicsModule", {}), BASELINE))
    outcomes = data.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    added(root, "outcome_list").extend([as_element("outcome", one, OUTCOME) for one in outcomes])
    if "adverseEventsModule" in data:
        root.append(write_events(data["adverseEventsModule"]))
    _more(root, data.get("moreInfoModule", {}))
    return root


def _more(root: Element, data: Json) -> None:
    agreement = data.get("certainAgreement", {})
    if "piSponsorEmployee" in agreement:
        made = added(root, "certain_agreements")
        added(made, "pi_employee", EMPLOYED[agreement["piSponsorEmployee"]])
        if words := _restricted(agreement):
            added(made, "restrictive_agreement", words)
    if text := data.get("limitationsAndCaveats", {}).get("description"):
        added(root, "limitations_and_caveats", text)
    if contact := data.get("pointOfContact"):
        made = added(root, "point_of_contact")
        added(made, "name_or_title", contact.get("title", ""))
        extension = f"{EXTENSION}{contact['phoneExt']}" if "phoneExt" in contact else ""
        told = {"organization": contact.get("organization", ""), "phone": contact.get("phone", "") + extension}
        for tag, text in {**told, "email": contact.get("email", "")}.items():
            if text:
                added(made, tag, text)


def _restricted(agreement: Json) -> str:
    if agreement.get("restrictiveAgreement") is False:
        return UNRESTRICTED
    told: str = agreement.get("otherDetails") or _embargo(agreement.get("restrictionType", ""))
    return told


def _embargo(restriction: str) -> str:
    return EMBARGO.format(PERIODS[restriction]) if restriction in PERIODS else ""


# ---- reading -------------------------------------------------------------------------------------------------------


def read_legacy_xml(content: str | bytes) -> Results:
    """The results in a legacy record, or in a `clinical_results` by itself, as the same typed data."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        return Results(findings=(_no_xml(problem),))
    found = root if root.tag == ROOT else root.find(ROOT)
    if found is None:
        return Results()
    unread = Unread()
    results = read_results(_section(found, unread))
    return Results(results.modules, results.carried, (*results.findings, *(_unread(path) for path in unread.paths)))


def _section(root: Element, unread: Unread) -> Json:
    modules: Json = {}
    for child in root:
        match child.tag:
            case "participant_flow":
                modules["participantFlowModule"] = as_json(child, FLOW, unread, child.tag)
            case "baseline":
                modules["baselineCharacteristicsModule"] = _baseline(as_json(child, BASELINE, unread, child.tag))
            case "outcome_list":
                read = [_outcome(as_json(one, OUTCOME, unread, "outcome")) for one in child]
                modules["outcomeMeasuresModule"] = {"outcomeMeasures": read} if read else {}
            case "reported_events":
                modules["adverseEventsModule"] = _one_threshold(read_events(child, unread))
            case "certain_agreements" | "limitations_and_caveats" | "point_of_contact":
                modules.setdefault("moreInfoModule", {}).update(_read_more(child))
            case other:
                unread.note(str(other))
    return modules


def _one_threshold(events: Json) -> Json:
    return events if events["eventGroups"] else {name: one for name, one in events.items() if name != "eventGroups"}


def _outcome(data: Json) -> Json:
    """Posted where it has groups: the XML does not say so otherwise."""
    return {**data, "reportingStatus": "POSTED" if data.get("groups") else "NOT_POSTED"}


def _baseline(data: Json) -> Json:
    for measure in data.get("measures", []):
        if measure.get("title") == AGE:
            measure["title"] = _age(measure).value
    return data


def _age(measure: Json) -> StandardMeasure:
    """Which of the three standard measures of age it is, by its form."""
    if not measure.get("paramType", "").startswith(("NUMBER", "COUNT")):
        return StandardMeasure.AGE_CONTINUOUS if "paramType" in measure else StandardMeasure.AGE_CATEGORICAL
    titles = [one.get("title", "") for each in measure.get("classes", []) for one in each.get("categories", [])]
    standard = titles == ["<=18 years", "Between 18 and 65 years", ">=65 years"]
    return StandardMeasure.AGE_CATEGORICAL if standard else StandardMeasure.AGE_CUSTOMIZED


def _read_more(element: Element) -> Json:
    if element.tag == "limitations_and_caveats":
        return {"limitationsAndCaveats": {"description": (element.text or "").strip()}}
    told = {child.tag: (child.text or "").strip() for child in element}
    if element.tag == "point_of_contact":
        phone, _, extension = told.get("phone", "").partition(EXTENSION)
        contact = {"title": told.get("name_or_title", ""), "organization": told.get("organization", "")}
        contact |= {"email": told.get("email", ""), "phone": phone, "phoneExt": extension}
        return {"pointOfContact": {name: one for name, one in contact.items() if one}}
    employed = {words: yes for yes, words in EMPLOYED.items()}
    agreement: Json = (
        {"piSponsorEmployee": employed[told["pi_employee"]]} if told.get("pi_employee") in employed else {}
    )
    return {"certainAgreement": {**agreement, **_agreed(told.get("restrictive_agreement", ""))}}


def _agreed(words: str) -> Json:
    if not words:
        return {}
    if words == UNRESTRICTED:
        return {"restrictiveAgreement": False}
    opening = EMBARGO.partition(" can embargo")[0]
    told = words if words.startswith(opening) else ""
    known = next((code for code, period in reversed(PERIODS.items()) if period in told), None)
    if known:
        return {"restrictionType": known, "restrictiveAgreement": True}
    return {"restrictionType": Restriction.OTHER.name, "restrictiveAgreement": True, "otherDetails": words}


# ---- what one form cannot say --------------------------------------------------------------------------------------


def unsaid(said: Any, back: Any) -> Mapping[str, int]:
    """The fields in which two forms of the same results differ, without places, and how often.

    >>> unsaid({"a": [{"b": "1"}, {"b": "2", "c": True}]}, {"a": [{"b": "1"}, {"b": 2}]})
    {'a[].c': 1}
    """
    first, second = dict(_flat(said)), dict(_flat(back))
    differ = [path for path in {**first, **second} if first.get(path) != second.get(path)]
    return dict(sorted(Counter(_without_places(path) for path in differ).items()))


def _flat(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _flat(one, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _flat(one, (*path, place))
    else:
        yield path, str(value)


def _without_places(path: tuple[str | int, ...]) -> str:
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _no_xml(problem: Exception) -> Finding:
    says = f"This is no XML that may be read: {problem or type(problem).__name__}."
    return Finding(ROOT, says, "Nothing of it was read.", "Save the record again, without a document type.", where=ROOT)


def _unread(path: str) -> Finding:
    return Finding(
        about=path,
        says=f"{path} is no part of the legacy schema and was not read.",
        matters="What it says is in none of the numbers.",
        do="Look at it by hand.",
        severity=Severity.WARNING,
        where=path,
    )
