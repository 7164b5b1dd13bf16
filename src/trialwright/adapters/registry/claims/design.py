"""What a record claims about its design: phase, allocation, masking, arms, sites, number of participants, dates.

A claim in prose counts only where the statement speaks of this study as a whole: a title, or a sentence that says
what the study is ("This phase II trial ...", "This is a randomized, open-label study"). Read `DESIGN`, then
`design_claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.claims.measures import NUMBER, number
from trialwright.adapters.registry.claims.record import Claim, Passage, Record
from trialwright.adapters.registry.reading import Span

_IS = re.compile(
    r"\A\W*(?:[A-Z][A-Z ]+:\s*)?\W*(?:this|the\s+(?:present|current|proposed))\s+(?:(?:study|trial)\s+)?"
    r"(?:(?:is|will\s+be)\s+)?(?:an?\s+|the\s+)?(?P<says>(?:[\w/,()-]+\s+){0,14}?)(?:trial|study|design)\b",
    re.IGNORECASE,
)
# A study about another study borrows that one's words.
_OTHER = re.compile(
    r"\b(?:extension|roll-?over|sub-?study|ancillary|follow-?up\s+(?:study\s+)?(?:of|to|for)|parent|companion|previous"
    r"|participated|completed|enrolled\s+in|long-?term\s+follow|secondary\s+analysis|add-?on|continued\s+access)\b",
    re.IGNORECASE,
)
_PHASE = r"(?:IV|III|II|I|[0-4])"
PHASE = re.compile(
    rf"\bphase[\s-]+(?P<one>{_PHASE})[abc]?(?:\s*(?:/|-|–|and|&|or|to)\s*(?:phase\s+)?(?P<two>{_PHASE})[abc]?)?(?![\w.])",
    re.IGNORECASE,
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_PHASE_CODES = {"PHASE1": "1", "PHASE2": "2", "PHASE3": "3", "PHASE4": "4", "EARLY_PHASE1": "0", "NA": "none"}

DESIGN: tuple[tuple[str, str, str], ...] = (
    ("allocation", r"\bnon[-\s]?randomi[sz]ed\b", "NON_RANDOMIZED"),
    ("allocation", r"(?<!non)(?<!non[-\s])(?<!un)\brandomi[sz]ed\b", "RANDOMIZED"),
    ("masking", r"\b(?:open[-\s]?label(?:l?ed)?|unblinded|unmasked|non[-\s]?blinded)\b", "NONE"),
    ("masking", r"\bsingle[-\s]?(?:blind|mask)", "SINGLE"),
    ("masking", r"\bdouble[-\s]?(?:blind|mask)", "DOUBLE"),
    ("masking", r"\btriple[-\s]?(?:blind|mask)", "TRIPLE"),
    ("masking", r"\bquadruple[-\s]?(?:blind|mask)", "QUADRUPLE"),
    ("model", r"\b(?:single|one)[-\s](?:arm|group)(?:ed)?\b", "SINGLE_GROUP"),
    ("model", r"\bcross-?\s?over\b", "CROSSOVER"),
    ("model", r"\bparallel[-\s](?:group|arm|assignment)", "PARALLEL"),
    ("control", r"\b(?:placebo|sham|vehicle)[-\s]controlled\b", "placebo"),
    ("sites", r"\b(?:single[-\s](?:cent(?:er|re)|site|institution)|mono-?cent(?:er|re|ric))\b", "one"),
    ("sites", r"\bmulti[-\s]?cent(?:er|re|ric)\b", "several"),
)
ARMS = re.compile(
    rf"(?:\b1\s+of\s+(?P<of>{NUMBER})\s+(?:\w+\s+)?(?:arms|groups)\b|\b(?P<n>{NUMBER}|single)[-\s]arm(?:ed)?\b)",
    re.IGNORECASE,
)

_ARM_LINE = re.compile(
    r"^[ \t]*(?:Experimental|(?:Active|Placebo|Sham) Comparator|No Intervention|Other)\s*:", re.MULTILINE
)

_WHO = r"(?:patients|participants|subjects|volunteers|individuals|people|persons|women|men|children|adults)"
_MANY = rf"(?:(?P<low>\d[\d,]*)\s*(?:-|–|to)\s*)?(?P<n>{NUMBER})"
ENROLMENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:a\s+(?:total|maximum)\s+of|up\s+to|approximately|about)\s+{_MANY}\s+(?:evaluable\s+)?{_WHO}\s+"
        r"(?:will|are\s+(?:to|planned))\b[^.]{0,25}?\b(?:accrued|enrolled|recruited|included|randomi[sz]ed|entered)\b",
        rf"\bACCRUAL\s*:?\s+(?:a\s+(?:total|maximum)\s+of\s+|up\s+to\s+|approximately\s+|about\s+)?{_MANY}\s+{_WHO}",
        rf"\b(?:a|the)\s+total\s+of\s+{_MANY}\s+{_WHO}\b",
        rf"\b(?:enroll?|accrue|recruit|include|randomi[sz]e)\s+(?:a\s+(?:total|maximum)\s+of\s+|up\s+to\s+|approximately\s+)"
        rf"?{_MANY}\s+{_WHO}\s+(?:in(?:to)?|for)\s+th(?:is|e)\s+(?:study|trial)",
        rf"\A(?:\W*)(?P<n>{NUMBER})\s+{_WHO}\s+will\s+be\s+(?:accrued|enrolled|recruited|randomi[sz]ed|included)\b",
    )
)
# A number that belongs to a part of the study, or to somebody else's.
_PART = re.compile(
    r"\b(?:per|each|every|cohorts?|strat(?:um|a)|first\s+stage|stage\s+\d|first|additional|further|another|more|phase|part"
    r"|samples?|specimens?|subset|subgroup|sub-?study|blood|biops\w+|site|centers?|only|previous\w*|published|arms?|"
    r"groups?|registry|screened|evaluable|controls?|respond\w*|were|was|had|who)\b",
    re.IGNORECASE,
)


def design_claims(record: Record) -> Iterator[Claim]:
    """Everything the titles and the sentences that say what the study is claim about the design."""
    for passage, where in _of_the_study(record):
        for attribute, pattern, value in DESIGN:
            for found in re.compile(pattern, re.IGNORECASE).finditer(passage.text, *where):
                yield passage.claim(attribute, value, found)
        for found in PHASE.finditer(passage.text, *where):
            yield passage.claim("phase", phase_of(found), found)


def _of_the_study(record: Record) -> Iterator[tuple[Passage, Span]]:
    """Each statement about the study as a whole, and the part of it that says so."""
    for passage in record.of("title", "official title"):
        if not _OTHER.search(passage.text):
            yield passage, Span(0, len(passage.text))
    for passage in record.of("summary", "description"):
        found = _IS.match(passage.text)
        if found and not _OTHER.search(passage.text):
            yield passage, Span(*found.span("says"))


def phase_of(found: re.Match[str]) -> str:
    """Phases in figures: "phase I/II" is 1/2."""
    names = [one.upper() for one in (found["one"], found["two"]) if one]
    return "/".join(sorted({_ROMAN.get(name, name) for name in names}))


def field_phase(record: Record) -> Iterator[Claim]:
    """The phase of the design block; two phases are one claim."""
    phases = record.get("designModule.phases", [])
    spans = [record.span(f"designModule.phases[{n}]") for n in range(len(phases))]
    held = [one for one in spans if one]
    if held and all(one in _PHASE_CODES for one in phases):
        span = Span(held[0].start, held[-1].end)
        words = record.reading.source[span.start : span.end]
        told = "/".join(sorted({_PHASE_CODES[one] for one in phases}))
        yield Claim("phase", told, words, span, "field", "phases")


def arms_stated(record: Record) -> Iterator[Claim]:
    """How many arms the titles, the summary and the outline say there are."""
    for passage, where in _of_the_study(record):
        for found in ARMS.finditer(passage.text, *where):
            yield passage.claim("arms", int(number(found["of"] or found["n"])), found)
    of = [
        passage.claim("arms", int(number(found["of"])), found)
        for passage in record.of("description", "summary")
        for found in ARMS.finditer(passage.text)
        if found["of"]
    ]
    yield from of if len(of) == 1 else ()  # said again for each stratum, it counts the arms of one stratum


def arms_listed(record: Record) -> Iterator[Claim]:
    """Each arm of the table of arms."""
    for n, _ in enumerate(record.entries("armsInterventionsModule.armGroups")):
        yield from record.field("arm", f"armsInterventionsModule.armGroups[{n}].label")


def arms_on_page(record: Record) -> int:
    """How many lines of a page open like an arm; a page's table of arms can be read in part."""
    return len(_ARM_LINE.findall(record.reading.source)) if record.reading.kind == "page" else 0


def enrolment_stated(record: Record) -> Iterator[Claim]:
    """How many participants the prose plans for the whole study, as (fewest, most)."""
    for passage in record.of("summary", "description"):
        found = next((one for pattern in ENROLMENT if (one := pattern.search(passage.text))), None)
        if found and not _PART.search(without_brackets(passage.text)):
            high = int(number(found["n"]))
            low = found.groupdict().get("low")
            yield passage.claim("enrolment", (int(number(low)) if low else high, high), found)


def without_brackets(text: str) -> str:
    return re.sub(r"\([^()]*\)", " ", text)


_EACH = re.compile(
    rf"\((?:\w+\s+)?(?P<n>{NUMBER})\s+(?:{_WHO}\s+)?(?:per|in\s+each|for\s+each)\s+(?:\w+\s+)?(?:arm|group)\)", re.I
)
_NAMED = re.compile(rf"(?P<n>{NUMBER})\s+(?:{_WHO}\s+)?(?:for|in)\s+(?:arm|group)\s+\w+", re.IGNORECASE)
_TOTAL = re.compile(rf"\btotal\s+of\s+{_MANY}\s+{_WHO}", re.IGNORECASE)


def groups_stated(record: Record) -> Iterator[tuple[Claim, list[Claim]]]:
    """A total of participants with the sizes of its groups: "60 patients (30 per arm)", "(40 for arm I and 20 for arm
    II)"."""
    arms = len(record.entries("armsInterventionsModule.armGroups")) or next((c.value for c in arms_stated(record)), 0)
    for passage in record.of("summary", "description"):
        total = _TOTAL.search(passage.text)
        each = _EACH.search(passage.text)
        named = list(_NAMED.finditer(passage.text))
        if total and each and arms:
            yield _whole(passage, total), [passage.claim("group", int(number(each["n"])), each)] * arms
        elif total and len(named) > 1 and len(named) == arms:
            yield _whole(passage, total), [passage.claim("group", int(number(one["n"])), one) for one in named]


def _whole(passage: Passage, total: re.Match[str]) -> Claim:
    high = int(number(total["n"]))
    return passage.claim("enrolment", (int(number(total["low"])) if total["low"] else high, high), total)


_FROM = re.compile(
    rf"\b(?:samples?|specimens?|tissues?|biops\w+)\b[^.;]{{0,20}}?\b(?:from|in)\s+{_MANY}\s+{_WHO}\b", re.I
)


def parts_stated(record: Record) -> Iterator[Claim]:
    """How many participants give samples, as (fewest, most)."""
    for passage in record.of("description", "summary"):
        found = _FROM.search(passage.text)
        if found:
            high = int(number(found["n"]))
            yield passage.claim("part", (int(number(found["low"])) if found["low"] else high, high), found)
