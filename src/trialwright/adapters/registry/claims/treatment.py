"""What a record claims about treatment: dose, days of dosing, length of a cycle, courses, how long, how patients are
followed.

A claim belongs to the drugs its statement names; `""` where it names none. Read `TREATMENT` for what is read from a
single statement, then the functions for what needs more than one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trialwright.adapters.registry.claims.measures import LENGTH, NUMBER, UNIT, Length, length, number
from trialwright.adapters.registry.claims.record import Claim, Passage, Record

_COURSES = r"(?:courses?|cycles?)"
_ARMS = "armsInterventionsModule.armGroups"
_INTERVENTIONS = "armsInterventionsModule.interventions"
_GIVEN = ("summary", "description", "arm", "intervention")

CYCLE = re.compile(
    rf"(?:\b(?:repeats?|repeated|cycles?|courses?)\b(?:\s+\w+){{0,3}}?\s+every\s+(?P<every>{NUMBER})\s*[-]?(?P<unit>{UNIT})"
    rf"|\b(?P<n>{NUMBER})[\s-]?(?P<units>{UNIT})[\s-]+(?:treatment\s+)?(?:cycle|course)s?\b"
    rf"|\b(?:one|1|each|a|every)\s+(?:cycle|course)\s*(?:is|=|lasts|of)\s*(?P<is>{NUMBER})[\s-]?(?P<lasts>{UNIT})\b)",
    re.IGNORECASE,
)
DAYS_OF = re.compile(
    r"\bdays?\s+(?P<first>\d+)\s*(?:-|–|to|through)\s*(?:day\s+)?(?P<last>\d+)\b(?!\s*(?:,|and|or)\s*\d)",
    re.IGNORECASE,
)
REST = re.compile(
    rf"\b(?:followed\s+by\s+)?(?:a\s+)?(?P<n>{NUMBER})[\s-]?(?P<unit>{UNIT})(?:\s+of|\s+without\s+treatment|\s+)?\s*"
    rf"(?:rest|off)\b",
    re.IGNORECASE,
)
REPEATS = re.compile(
    rf"\bfor\s+(?:up\s+to\s+)?(?:a\s+(?:total|maximum)\s+of\s+)?(?P<n>{NUMBER})\s+(?:\d+-(?:day|week)\s+)?{_COURSES}\b"
    rf"|\b(?:maximum|total)\s+of\s+(?P<most>{NUMBER})\s+{_COURSES}\b|\bup\s+to\s+(?P<up>{NUMBER})\s+{_COURSES}\b",
    re.IGNORECASE,
)
UP_TO = re.compile(
    rf"\b(?:treat\w*|receiv\w+|continu\w+|therapy|taken?|administered|given)\b[^.;]{{0,90}}?\b(?:for\s+)?"
    rf"(?:up\s+to|a\s+maximum\s+of|a\s+total\s+of|total)\s+(?:a\s+total\s+of\s+)?(?P<n>{NUMBER})[\s-]+(?P<unit>{UNIT})\b"
    rf"|\bup\s+to\s+(?P<most>{NUMBER})[\s-]+(?P<of>{UNIT})\s+of\s+(?:treatment|therapy|dosing)\b",
    re.IGNORECASE,
)
# Words that make a number of courses or a time one part of the treatment, not the whole.
_NOT_WHOLE = re.compile(
    r"\b(?:additional|beyond|further|more|extra|induction|consolidation|maintenance|after|following|then|prior|before|"
    r"follow(?:ed)?[\s-]up|retreat\w*|crossover|radiother\w*|radiation|surger\w*|every|each|rest|followed|up-?front|first|"
    r"initial\w*|screening|at\s+least|delay\w*|observ\w*)\b",
    re.IGNORECASE,
)

_MASS = r"(?P<unit>mg/kg|mg/m\s?(?:2|²|\^2)|mcg/kg|µg/kg|mg|mcg|µg|ug|g|iu|units?|ml)(?![\w/])"
DOSE = re.compile(
    rf"(?<![\w.,/-])(?<!\d [xX×] )(?<!\d[xX×])(?<!\d [xX×])(?P<n>\d[\d,]*(?:\.\d+)?)\s*-?{_MASS}", re.IGNORECASE
)
_STEP = re.compile(
    r"\b(?:increas\w+|escalat\w+|rais\w+|step\w*|reduc\w+|decreas\w+)\b[^.;]{0,30}\bby\s*\Z", re.IGNORECASE
)
_MAXIMUM = re.compile(r"\b(?:maxim\w+|max\.?|up\s+to|not\s+(?:to\s+)?exceed\w*)(?:\s+\w+){0,4}\s*\Z", re.IGNORECASE)
FREQUENCY: tuple[tuple[str, str], ...] = (
    (r"\b(?:twice|two\s+times|2\s+times)\s+(?:a\s+|per\s+|each\s+)?(?:day|daily)\b|\bb\.?i\.?d\b", "twice a day"),
    (r"\b(?:three|3)\s+times\s+(?:a\s+|per\s+)?(?:day|daily)\b|\bt\.?i\.?d\b|\bthrice\s+daily\b", "three times a day"),
    (r"\b(?:four|4)\s+times\s+(?:a\s+|per\s+)?(?:day|daily)\b|\bq\.?i\.?d\b", "four times a day"),
    (
        r"(?<!twice )(?<!times )(?<!thrice )\b(?:once\s+(?:a\s+|per\s+)?)?(?:daily|(?<=once )day|(?<=once a )day)\b"
        r"|\bq\.?d\b|\bonce\s+(?:a|per)\s+day\b|\bevery\s+day\b",
        "once a day",
    ),
    (r"\b(?:once\s+(?:a\s+|per\s+)?week(?:ly)?|every\s+week)\b", "once a week"),
    (r"\b(?:twice|two\s+times)\s+(?:a\s+|per\s+)?week(?:ly)?\b", "twice a week"),
    (r"\bevery\s+other\s+day\b|\balternate\s+days\b", "every other day"),
)
ROUTE: tuple[tuple[str, str], ...] = (
    (r"\b(?:oral(?:ly)?|by\s+mouth|p\.?o\.)(?!\s+(?:mucos|cavity|hygiene|contracept|cancer|health))\b", "oral"),
    (r"\b(?:intravenous(?:ly)?|IV)\b", "intravenous"),
    (r"\bsubcutaneous(?:ly)?\b", "subcutaneous"),
    (r"\bintramuscular(?:ly)?\b", "intramuscular"),
    (r"\btopical(?:ly)?\b", "topical"),
)
FOLLOWED = re.compile(r"\bfollow(?:ed(?!\s+by)(?:[\s-]up)?|[\s-]up)\b", re.IGNORECASE)
_ARE_FOLLOWED = re.compile(r"\b(?:patients|participants|subjects)\s+(?:\w+\s+){0,2}followed(?!\s+by\b)", re.I)
_EVERY_FOR = re.compile(
    rf"\bevery\s+(?P<n>{NUMBER})\s+(?P<unit>{UNIT})\s+(?:(?:for|until)\s+(?:up\s+to\s+)?)(?P<m>{NUMBER})\s+(?P<units>{UNIT})",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"\b(?:for|up\s+to|until)\s+(?:up\s+to\s+)?(?:a\s+total\s+of\s+)?(?P<n>{NUMBER})\s+(?P<unit>{UNIT})\b", re.I
)
_OPEN_END = re.compile(
    r"\b(?:thereafter|indefinite\w*|lifelong|until\s+death|annually|yearly|periodic\w*|survival)\b", re.I
)


def drugs(record: Record) -> dict[str, frozenset[str]]:
    """Every intervention with the words that name it, in small letters."""
    return {
        name.lower(): frozenset(one.lower() for one in (name, *others) if isinstance(one, str) and len(one) > 3)
        for item in record.entries("armsInterventionsModule.interventions")
        if isinstance(name := item.get("name"), str)
        for others in [item.get("otherNames") or []]
    }


def one_treatment(record: Record) -> bool:
    """One intervention in at most one arm: whatever is said of treatment is said of it."""
    return len(drugs(record)) == 1 and len(record.entries(_ARMS)) <= 1


def treatment_claims(record: Record) -> Iterator[Claim]:
    """Cycle length, days of dosing, frequency, route and dose, statement by statement.

    `subject` names the arm; where several arms or drugs are listed only an arm's own words and those of the one
    intervention that it alone is given are its claims.
    """
    for subject, passages in treatments(record):
        for passage in passages:
            if not FOLLOWED.search(passage.text) and _about_giving(passage):
                yield from (replace(one, subject=subject) for one in _of_statement(passage))


def treatments(record: Record) -> Iterator[tuple[str, tuple[Passage, ...]]]:
    """Each treatment that the record describes by itself, with the statements about it."""
    if one_treatment(record):
        yield "", record.of(*_GIVEN)
        return
    given = [one.get("interventionNames") or [] for one in record.entries(_ARMS)]
    names = [one.get("name") for one in record.entries(_INTERVENTIONS)]
    for n, mine in enumerate(given):
        if len(mine) == 1 and sum(mine[0] in other for other in given) == 1:
            own = [m for m, name in enumerate(names) if mine[0] == name or mine[0].endswith(f": {name}")]
            blocks = {f"{_ARMS}[{n}].{part}" for part in ("label", "description")}
            blocks |= {f"{_INTERVENTIONS}[{m}].{part}" for m in own for part in ("name", "description")}
            held = tuple(one for one in record.passages if one.block in blocks)
            others = [name.lower() for m, name in enumerate(names) if m not in own and isinstance(name, str)]
            if not any(other in one.text.lower() for other in others for one in held):
                yield f"arm {n + 1}", held


def _about_giving(passage: Passage) -> bool:
    """Whether a statement says how the study's treatment is given; arms and interventions always do."""
    told = re.search(
        r"\b(?:patients?|participants?|subjects?|treatment|therapy|cycles?|courses?)\b(?:\s+\w+){0,4}?\s+"
        r"(?:receiv\w+|repeats?|takes?|taken|administered|given|treated)\b",
        passage.text,
        re.IGNORECASE,
    )
    return passage.where in ("arm", "intervention", "arm label", "intervention name") or bool(told)


def _of_statement(passage: Passage) -> Iterator[Claim]:
    for found in CYCLE.finditer(passage.text):
        amount, unit = found["every"] or found["n"] or found["is"], found["unit"] or found["units"] or found["lasts"]
        yield passage.claim("length of a cycle", length(amount, unit), found)
    for found in DAYS_OF.finditer(passage.text):
        yield passage.claim("days of dosing", (int(found["first"]), int(found["last"])), found)
    for found in REST.finditer(passage.text):
        yield passage.claim("days of rest", length(found["n"], found["unit"]), found)
    yield from _doses(passage)
    for attribute, table in (("frequency", FREQUENCY), ("route", ROUTE)):
        for pattern, value in table:
            for found in re.compile(pattern, re.IGNORECASE).finditer(passage.text):
                yield passage.claim(attribute, value, found)


def _doses(passage: Passage) -> Iterator[Claim]:
    for found in DOSE.finditer(passage.text):
        before = passage.text[: found.start()]
        kind = "step of the dose" if _STEP.search(before) else "highest dose" if _MAXIMUM.search(before) else "dose"
        unit = re.sub(r"\s", "", found["unit"].lower()).replace("²", "2").replace("^", "")
        yield passage.claim(kind, (number(found["n"]), unit), found)


def courses(record: Record) -> Iterator[Claim]:
    """How many courses the whole treatment has, where a statement says so of the treatment as such."""
    for passage in record.of(*_GIVEN):
        found = REPEATS.search(passage.text)
        if found and not _NOT_WHOLE.search(_clause(passage.text, found)):
            amount = found["n"] or found["most"] or found["up"]
            yield passage.claim("number of courses", number(amount), found)


def _clause(text: str, found: re.Match[str]) -> str:
    """The words around a match, up to the next comma, without how often treatment repeats."""
    before = re.split(r"[,;:]", text[: found.start()])[-1]
    after = re.split(r"[,;:.]", text[found.end() :])[0]
    return re.sub(
        r"\bevery\s+\S+\s+\w+|\brest\b|\bfollowed\s+by\b|\bat\s+least\b", "", f"{before} {found.group()} {after}"
    )


def treatment_lengths(record: Record) -> Iterator[Claim]:
    """How long the whole treatment lasts at most, in time."""
    for passage in record.of(*_GIVEN):
        found = UP_TO.search(passage.text)
        if found and not FOLLOWED.search(passage.text) and not _NOT_WHOLE.search(found.group()):
            yield passage.claim(
                "length of treatment", length(found["n"] or found["most"], found["unit"] or found["of"]), found
            )


def cycle_lengths(record: Record) -> list[Claim]:
    """The length of a cycle, whatever the number of arms."""
    return [
        passage.claim("length of a cycle", length(found["every"] or found["n"], found["unit"] or found["units"]), found)
        for passage in record.of(*_GIVEN)
        for found in CYCLE.finditer(passage.text)
        if found["every"] or found["n"]
    ]


def follow_up(record: Record) -> Iterator[Claim]:
    """How long, and how often, patients are followed after treatment; nothing where the end is open."""
    for passage in record.of("description", "summary"):
        total = _total(passage.text) if _ARE_FOLLOWED.search(passage.text) else None
        if total and not _OPEN_END.search(passage.text):
            yield passage.claim("follow-up", total)
            for found in _EVERY_FOR.finditer(passage.text):
                yield passage.claim("interval of follow-up", length(found["n"], found["unit"]), found)


def _total(text: str) -> Length | None:
    """Intervals one after the other add up: "every 3 months for 2 years, then every 6 months for 3 years" is 5."""
    parts: list[Any] = [length(one["m"], one["units"]) for one in _EVERY_FOR.finditer(text)]
    if parts and (len(parts) == 1 or re.search(r"\bthen\b|,", text)):
        return Length(round(sum(one.days for one in parts) / 30.4375, 2), "month") if len(parts) > 1 else parts[0]
    plain = [length(one["n"], one["unit"]) for one in _FOR.finditer(text)]
    return plain[0] if len(plain) == 1 else None


def lengths_in(passage: Passage) -> Iterator[Claim]:
    """Every length of time a passage names."""
    for found in LENGTH.finditer(passage.text):
        yield passage.claim("length", length(found["to"] or found["n"], found["unit"]), found)
