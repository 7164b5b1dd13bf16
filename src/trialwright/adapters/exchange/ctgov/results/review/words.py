"""Words: contact and agreements, lengths, abbreviations, names of persons, and what is no report but praise.

Read `RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from trialwright.adapters.exchange.ctgov.results.choices import Restriction
from trialwright.adapters.exchange.ctgov.results.review.rule import COMMENTS, CRITERIA, DEFINITIONS, Fault, Rule, at
from trialwright.adapters.exchange.ctgov.results.section import Results

Check = Callable[[Results], Iterator[Fault]]
LIMITS: Mapping[str, int] = {
    "group title": 100,
    "group description": 1500,
    "outcome title": 255,
    "time frame": 255,
    "unit": 40,
    "outcome description": 999,
    "event term": 100,
    "limitations": 500,
}
"""How many characters the registry takes at the most (from memory of its data element definitions)."""
NAMED = re.compile(r"\b(Dr|Prof|Mr|Mrs|Ms)\.? [A-Z][a-z]+")
PRAISE = re.compile(
    r"\b(well[- ]tolerated|safe and effective|significantly (better|improved|superior|greater)|promising|"
    r"superior to|was effective|proved)\b",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b([Ww]e|[Oo]urs?)\b")
SHORT = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,6}\b")
KNOWN = frozenset(
    "AE AEs SAE CI SD SE NA US USA UK EU ITT BMI DNA RNA HIV AIDS CT MRI ECG FDA NCI CTCAE WHO IV AM PM II III IV VI "
    "VII VIII IX XI XII COVID LS AUC ANCOVA ANOVA PK ECOG RECIST HR OR ID QD BID TID QID PO SC IM".split()
)
"""Abbreviations that the registry's readers are taken to know."""


def _texts(results: Results) -> Iterator[tuple[str, str, str]]:
    """Every text that a reader reads: what it is, where it stands, and what it says."""
    for place, group in enumerate(results.participant_flow.groups):
        yield "group title", at("participantFlowModule", "groups", place), group.title
        yield "group description", at("participantFlowModule", "groups", place), group.description
    for place, one in enumerate(results.outcome_measures):
        where = at("outcomeMeasuresModule", "outcomeMeasures", place)
        yield "outcome title", where, one.title
        yield "outcome description", where, one.description
        yield "time frame", where, one.time_frame
        yield "unit", where, one.unit_of_measure
        yield "population", where, one.population_description
    for kind in ("serious", "other"):
        for place, event in enumerate(getattr(results.adverse_events, f"{kind}_events")):
            yield "event term", at("adverseEventsModule", f"{kind}Events", place), event.term
    limits = results.more_info.limitations_and_caveats
    yield "limitations", "moreInfoModule.limitationsAndCaveats", limits.description if limits else ""


def _long(results: Results) -> Iterator[Fault]:
    for what, where, text in _texts(results):
        if len(text) > LIMITS.get(what, len(text)):
            yield where, f"The {what} has {len(text)} characters; {LIMITS[what]} are taken."


def _matching(pattern: re.Pattern[str], says: str, kinds: tuple[str, ...] = ()) -> Check:
    def faults(results: Results) -> Iterator[Fault]:
        for what, where, text in _texts(results):
            found = pattern.search(text) if not kinds or what in kinds else None
            if found:
                yield where, f"The {what} says {found[0]!r}: {says}"

    return faults


@cache
def _is_spelled(short: str, text: str) -> bool:
    """Whether the text has the abbreviation in brackets after, or before, its words."""
    return re.search(rf"\({short}|\b{short}[-\w]* ?[(:=]", text) is not None


def _abbreviations(results: Results) -> Iterator[Fault]:
    every = " ".join(text for _, _, text in _texts(results))
    told: set[str] = set()
    for place, one in enumerate(results.outcome_measures):
        for short in SHORT.findall(one.title):
            if short not in KNOWN | told and not _is_spelled(short, every):
                told.add(short)
                yield at("outcomeMeasuresModule", "outcomeMeasures", place), f"{short} is nowhere written out."


def _contact(results: Results) -> Iterator[Fault]:
    one = results.more_info.point_of_contact
    if one is None or not (one.title and one.organization):
        yield "moreInfoModule.pointOfContact", "Nobody is named who answers questions about the results."
    elif not (one.phone or one.email):
        yield "moreInfoModule.pointOfContact", f"{one.title} can be reached neither by telephone nor by e-mail."


def _agreement(results: Results) -> Iterator[Fault]:
    one = results.more_info.certain_agreement
    if one is None or one.pi_sponsor_employee is None:
        yield "moreInfoModule.certainAgreement", "Nothing says whether the investigators are the sponsor's."
    elif one.pi_sponsor_employee is False and one.restrictive_agreement is None:
        yield "moreInfoModule.certainAgreement", "Nothing says whether the investigators may publish freely."
    elif one.restrictive_agreement and one.restriction_type is None:
        yield "moreInfoModule.certainAgreement", "Publishing is restricted, and nothing says how."
    elif one.restriction_type is Restriction.OTHER and not one.other_details:
        yield "moreInfoModule.certainAgreement", "Publishing is restricted otherwise, and nothing says how."


RULES = (
    Rule(
        "words-contact",
        "Somebody answers questions about the results, by telephone or e-mail.",
        DEFINITIONS,
        "Enter an office or a person.",
        _contact,
    ),
    Rule(
        "words-agreement",
        "It is told whether the investigators may publish.",
        DEFINITIONS,
        "Answer the questions.",
        _agreement,
    ),
    Rule("words-length", "No text is longer than the registry takes.", DEFINITIONS, "Shorten it.", _long, major=False),
    Rule(
        "words-names",
        "No person is named in the results.",
        CRITERIA,
        "Name the office.",
        _matching(NAMED, "a person is named."),
        major=False,
    ),
    Rule(
        "words-praise",
        "Texts report and draw no conclusions.",
        COMMENTS,
        "Take the judgement out.",
        _matching(
            PRAISE, "that is a conclusion.", ("outcome title", "outcome description", "population", "limitations")
        ),
        major=False,
        from_memory=False,
    ),
    Rule(
        "words-we",
        "Texts do not speak in the first person.",
        CRITERIA,
        "Say who did it.",
        _matching(FIRST_PERSON, "nobody knows who that is.", ("outcome description", "limitations")),
        major=False,
    ),
    Rule(
        "words-short",
        "Abbreviations in titles are written out somewhere.",
        CRITERIA,
        "Write it out at its first use.",
        _abbreviations,
        major=False,
    ),
)
