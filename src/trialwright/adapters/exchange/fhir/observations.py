"""One FHIR Observation as what it says of the study's concepts: the same rules for R4 and R5.

Only a result that is final, corrected or amended counts; a preliminary one may still change, and one entered in error
never was. What says that its meaning is changed is refused, as FHIR asks of whoever does not know the change. A time
with its offset is told by the clock of the subject's site. A value is a Quantity with its UCUM unit, a whole number, or
a reason for its absence; a comparator becomes the limit of detection. Blood pressure and panels give their components.
Read `observation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from trialwright.adapters.exchange.incoming.comparing import Given
from trialwright.adapters.exchange.incoming.typed import Unreadable, read_date, read_time, read_unit
from trialwright.core.ledger import Missing, Value
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import Quantity, UnitTable

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
COUNTS = ("final", "corrected", "amended")
ABSENT: Mapping[str, str] = {
    "not-performed": "not_done",
    "not-applicable": "not_applicable",
    **dict.fromkeys(
        (
            "unknown asked-unknown temp-unknown not-asked asked-declined masked unsupported as-text error not-a-number"
            " negative-infinity positive-infinity not-permitted"
        ).split(),
        "not_known",
    ),
}
"""Codes of HL7's data-absent-reason as the ledger's own."""
COMPARATORS = {"<": "<", ">": ">"}
EFFECTIVE = ("effectiveDateTime", "effectiveInstant")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
MOST_DIGITS = 30
"""Before the decimal point and after it; no measurement has more."""
LARGEST_WHOLE = 10**9
CHANGED = ("modifierExtension", "implicitRules")
"""Elements that may turn the meaning of a resource round; whoever does not understand them may not read it (R4, R5)."""


class Refusal(ValueError):
    """Why an entry is not read."""


@dataclass(frozen=True)
class Asked:
    """What the study records: its concepts, its units, the concept of each LOINC code, the clock of each subject."""

    concepts: Mapping[str, Concept]
    units: UnitTable
    codes: Mapping[str, str]
    zones: Mapping[str, str] = field(default_factory=dict)


def observation(one: Mapping[str, Any], subject: str, where: str, asked: Asked) -> tuple[list[Given], list[str]]:
    """What an observation gives, itself and its components, and the codes that nothing is recorded of."""
    parts = [one, *_components(one)]
    coded = [(part, _concept(part, asked)) for part in parts]
    left_out = [_named(part) for part, concept in coded if concept is None and _says_something(part)]
    wanted = [(part, concept) for part, concept in coded if concept is not None]
    if not wanted:
        return [], left_out
    if one.get("status") not in COUNTS:
        raise Refusal(f"the status is {str(one.get('status'))[:40]!r}; only {', '.join(COUNTS)} results are taken")
    _refuse_changed(parts)
    on, time = _when(one, asked.zones.get(subject, ""))
    given = [
        Given(subject=subject, concept=concept.id, values=_values(part, concept, asked), on=on, time=time, where=where)
        for part, concept in wanted
    ]
    return given, left_out


def _refuse_changed(parts: list[Mapping[str, Any]]) -> None:
    """Nothing that may mean its opposite, and nothing about a donor, a fetus or a device instead of the subject."""
    for name in CHANGED:
        if any(part.get(name) for part in parts):
            raise Refusal(f"it carries {name}, which changes its meaning in a way that is not known here")
    if parts[0].get("focus"):
        raise Refusal("its focus says that it is about somebody or something else than the subject")


def _components(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    told = one.get("component")
    return (each for each in (told if isinstance(told, list) else []) if isinstance(each, dict))


def _codings(part: Mapping[str, Any]) -> list[str]:
    code = part.get("code")
    told = code.get("coding") if isinstance(code, dict) else None
    return [
        str(each.get("code"))
        for each in (told if isinstance(told, list) else [])
        if isinstance(each, dict) and each.get("system") == LOINC
    ]


def _concept(part: Mapping[str, Any], asked: Asked) -> Concept | None:
    """The concept of a part's codes; codes of two concepts are refused."""
    found = {asked.codes[code] for code in _codings(part) if code in asked.codes}
    known = sorted(name for name in found if name in asked.concepts)
    if len(known) > 1:
        raise Refusal(f"its codes mean different things ({', '.join(known)})")
    return asked.concepts[known[0]] if known else None


def _named(part: Mapping[str, Any]) -> str:
    codes = _codings(part)
    return f"code {codes[0][:20]!r}" if codes else "an observation without a LOINC code"


def _says_something(part: Mapping[str, Any]) -> bool:
    return any(key.startswith("value") or key == "dataAbsentReason" for key in part)


def _when(one: Mapping[str, Any], zone: str) -> tuple[date, str]:
    """The day and time the sample was taken: by the site's clock where the offset is told, else as it stands.

    A hospital that writes 02:30 of the 29th in universal time took the sample on the evening of the 28th.
    """
    period = one.get("effectivePeriod")
    told = next((one[key] for key in EFFECTIVE if key in one), None)
    told = told or (period.get("start") if isinstance(period, dict) else None)
    found = INSTANT.fullmatch(told) if isinstance(told, str) else None
    if not found:
        raise Refusal("it does not say on which day it was taken")
    try:
        day, time = read_date(found[1], "YYYY-MM-DD")[0], read_time(found[2]) if found[2] else ""
        return _at_site(day, time, found[3], zone) if found[3] and zone else (day, time)
    except Unreadable as wrong:
        raise Refusal(str(wrong)) from None


def _at_site(day: date, time: str, offset: str, zone: str) -> tuple[date, str]:
    try:
        told = datetime.fromisoformat(f"{day.isoformat()}T{time}{offset}").astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise Refusal(f"{offset!r} is no offset of a clock") from None
    return told.date(), told.strftime("%H:%M:%S" if len(time) > len("09:15") else "%H:%M")


def _values(part: Mapping[str, Any], concept: Concept, asked: Asked) -> dict[str, Value]:
    of = concept.value
    if "dataAbsentReason" in part:
        if any(key.startswith("value") for key in part):
            raise Refusal("it says both a value and why there is none")
        return {of.id: Missing(_absent(part["dataAbsentReason"]))}
    try:
        if of.kind is Kind.QUANTITY:
            return {**_measured(part, concept, asked), **_limits(part, concept, asked)}
        if of.kind is Kind.INTEGER:
            return {of.id: _whole(part)}
        if of.kind is Kind.CODE:
            return {of.id: _coded(part, of)}
    except Unreadable as wrong:
        raise Refusal(str(wrong)) from None
    raise Refusal(f"{concept.label} is not taken from an observation")


def _absent(told: Any) -> str:
    codings = told.get("coding") if isinstance(told, dict) else None
    codes = [str(each.get("code")) for each in (codings if isinstance(codings, list) else []) if isinstance(each, dict)]
    return next((ABSENT[code] for code in codes if code in ABSENT), "not_known")


def _measured(part: Mapping[str, Any], concept: Concept, asked: Asked) -> dict[str, Value]:
    told = part.get("valueQuantity")
    if not isinstance(told, dict):
        raise Refusal(f"{concept.label} has no quantity")
    comparator = told.get("comparator")
    if comparator is not None and comparator not in COMPARATORS:
        raise Refusal(f"the comparator {str(comparator)[:20]!r} cannot be recorded; only < and > can")
    quantity = _quantity(told, concept.value, concept, asked)
    return {concept.value.id: quantity, **({"bound": COMPARATORS[comparator]} if comparator else {})}


def _quantity(told: Mapping[str, Any], of: Field, concept: Concept, asked: Asked) -> Quantity:
    """The number and its UCUM code; a code of another system is not one, the printed unit is read instead."""
    coded = told.get("code") if told.get("system") == UCUM else told.get("unit")
    unit = read_unit(coded if isinstance(coded, str) else "", of, concept.id, asked.units)
    return Quantity(_number(told.get("value")), unit)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refusal("the value is no number")
    number = Decimal(value)
    if number.adjusted() >= MOST_DIGITS or int(number.as_tuple().exponent) < -MOST_DIGITS:
        raise Refusal("the value has more digits than any measurement")
    return Decimal(f"{number:f}")


def _limits(part: Mapping[str, Any], concept: Concept, asked: Asked) -> dict[str, Value]:
    """The limits of normal; where several ranges are given, nobody says which is this person's, and none is taken."""
    told = part.get("referenceRange")
    ranges = [each for each in (told if isinstance(told, list) else []) if isinstance(each, dict)]
    if len(ranges) != 1:
        return {}
    fields = {field.id: field for field in concept.fields if field.id in ("low", "high")}
    return {
        name: _quantity({"system": UCUM, **limit} if "code" in limit else limit, of, concept, asked)
        for name, of in fields.items()
        if isinstance(limit := ranges[0].get(name), dict)
    }


def _whole(part: Mapping[str, Any]) -> int:
    told = part.get("valueInteger")
    if told is None and isinstance(part.get("valueQuantity"), dict):
        told = part["valueQuantity"].get("value")
    if isinstance(told, bool) or not isinstance(told, int | Decimal) or told != int(told):
        raise Refusal("the value is no whole number")
    number = int(told)
    if abs(number) >= LARGEST_WHOLE:
        raise Refusal("the value has more digits than any measurement")
    return number


def _coded(part: Mapping[str, Any], of: Field) -> str:
    """A code by its words: the printed text, or the display of a coding."""
    told = part.get("valueCodeableConcept")
    told = told if isinstance(told, dict) else {}
    codings = told.get("coding")
    words = [told.get("text"), part.get("valueString")]
    words += [each.get("display") for each in (codings if isinstance(codings, list) else []) if isinstance(each, dict)]
    known = {code.casefold(): code for code in of.codes}
    found = {known[word.casefold()] for word in words if isinstance(word, str) and word.casefold() in known}
    if len(found) != 1:
        raise Refusal(f"the value is none of {', '.join(of.codes)}")
    return found.pop()
