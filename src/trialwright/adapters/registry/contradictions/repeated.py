"""What the page repeats and states differently: dates, identifiers, names; and drugs and versions of criteria.

Decided here: lines of a page that a label opens twice, and every field the reader found stated twice. A drug of the
title is known by the ending of its name, as substances of one class share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.claims import Claim, Passage, Record
from trialwright.adapters.registry.contradictions.finding import Contradiction, against
from trialwright.adapters.registry.dates import find_date
from trialwright.adapters.registry.reading import Span, words_of

_ASK = "Ask the registry which one is meant."
_WHY = "The record is cited, and its due dates are reckoned, by this."
REPEATED: tuple[tuple[str, str], ...] = (
    ("first posted", r"^[ \t]*First Posted\s*:\s*(?P<value>[A-Z][a-z]+ \d{1,2}, \d{4}|[A-Z][a-z]+ \d{4})"),
    ("last update posted", r"^[ \t]*Last Update Posted\s*:\s*(?P<value>[A-Z][a-z]+ \d{1,2}, \d{4}|[A-Z][a-z]+ \d{4})"),
    ("results first posted", r"^[ \t]*Results First Posted\s*:\s*(?P<value>[A-Z][a-z]+ \d{1,2}, \d{4})"),
    (
        "identifier",
        r"(?:(?:^|details\.|Responsible Party:[^\n]*?)[ \t]*(?:\S+\.gov )?Identifier\s*:|identifier \(NCT number\):)"
        r"\s*(?P<value>NCT\d{8})",
    ),
    ("recruitment status", r"^[ \t]*Recruitment Status\s*:\s*(?P<value>[^\n(]+)"),
    (
        "responsible party",
        r"\bResponsible Party\)?:\s*(?P<value>[^\n]+?)\s*(?=\n|(?:ClinicalTrials\.gov )?Identifier\s*:)",
    ),
    ("number of participants", r"\bEnrollment\s*:\s*(?P<value>\d[\d,]*)"),
)


def repeated_lines(record: Record) -> Iterator[Contradiction]:
    """Each label of `REPEATED`, wherever it stands on the page."""
    if record.reading.kind != "page":
        return
    for attribute, pattern in REPEATED:
        found = list(re.compile(pattern, re.MULTILINE).finditer(record.reading.source))
        claims = [
            Claim(attribute, _value(attribute, one["value"]), one["value"], Span(*one.span("value"))) for one in found
        ]
        if len({one.value for one in claims}) > 1:
            told = list({one.value: one for one in reversed(claims)}.values())[::-1]
            yield against("repeated field", f"The field “{attribute}” is stated differently", _WHY, _ASK, told)


def _value(attribute: str, words: str) -> str:
    """What is compared: a date as a date; of a person the name and the affiliation, as a title may stand between."""
    if attribute == "responsible party":
        parts = words_of(words).lower().split(", ")
        return f"{parts[0]}, {parts[-1]}"
    found = find_date(words)
    return str(found[0]) if found else words_of(words).lower()


def repeated_fields(record: Record) -> Iterator[Contradiction]:
    """Every other field that the reader found twice."""
    known = ("description", "PostDateStruct", "nctId", "overallStatus", "enrollmentInfo")
    for finding in record.reading.findings:
        told = re.search(r"twice and differently: “(.*?)”, then “(.*)”", finding.says, re.DOTALL)
        span = record.reading.spans.get(finding.about, ())
        short = told is not None and max(map(len, told.groups())) < 120 and re.search(r"\w{2}", told[2])
        if told and short and span and not any(one in finding.about for one in known):
            yield from _twice(record, finding.about, span[0], told[2])


def _twice(record: Record, path: str, first: Span, second: str) -> Iterator[Contradiction]:
    source = record.reading.source
    places = [found.start() for found in re.finditer(re.escape(second), source) if found.start() != first.start]
    name = path.rpartition(".")[2]
    if places:
        claims = [
            Claim(path, source[first.start : first.end], source[first.start : first.end], first, "field", path),
            Claim(path, second, second, Span(places[-1], places[-1] + len(second)), "field", path),
        ]
        yield against("repeated field", f"The field “{name}” is stated differently", _WHY, _ASK, claims)


_ENDINGS = (
    "domide mab nib ciclib platin taxel rubicin citabine parin statin sartan azole cillin mycin floxacin gliptin"
    " gliflozin glutide glitazone vudine tegravir previr buvir oxetine triptyline dronate tecan trexed trexate poside"
    " mustine zomib limus setron prazole terone lutamide relix afil olol dipine gabalin pentin cycline fungin rafenib"
    " parib mumab zolomide sone solone lukast tropium terol caine azepam tidine vir"
).split()
DRUG = re.compile(rf"\b[A-Za-z]{{2,}}(?:{'|'.join(_ENDINGS)})\b", re.IGNORECASE)
_NOT_DRUGS = frozenset("reservoir savoir person testosterone somatostatin progesterone aldosterone cortisone".split())
_TREATED_BEFORE = re.compile(
    r"\b(?:treated|resist\w*|refractory|fail\w*|after|previous\w*|prior|receiving|following|progress\w*|intoleran\w*|taking|on|"
    r"induced|naive|sensitive|respon\w*|standard|versus|background)\b",
    re.IGNORECASE,
)


def drug_of_title(record: Record) -> Iterator[Contradiction]:
    """A drug that a title, the purpose, the outline or an arm names and no intervention is."""
    given = record.of("arm", "intervention", "intervention name")
    words = " ".join(one.text for one in given).lower() + " ".join(_mesh(record))
    kinds = {str(one.get("type")) for one in record.entries("armsInterventionsModule.interventions")}
    if not given or not kinds & {"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT"}:
        return
    names = [one.claim("drug", one.text.lower()) for one in given if one.where == "intervention name"]
    told = [
        passage.claim("drug", found.group().lower(), found)
        for passage, found in _studied(record)
        if _unknown_drug(found.group().lower(), words, [one.value for one in names])
    ]
    if told and names:
        what = "A drug is studied that no arm or intervention gives"
        yield against(
            "drug",
            what,
            "The wrong drug would be given.",
            "Ask the sponsor which drug is studied.",
            [*told, *names[:4]],
        )


_RECEIVE = re.compile(
    r"\b(?:patients|participants|subjects)\s+(?:will\s+)?receive\s+(?:oral\s+|intravenous\s+|IV\s+|topical\s+)?"
    r"|\bhow\s+well\s+(?:giving\s+)?",
    re.IGNORECASE,
)


def _studied(record: Record) -> Iterator[tuple[Passage, re.Match[str]]]:
    """The drugs that titles, the purpose and the outline say are studied."""
    for passage in record.of("title", "official title", "arm label"):
        if not _TREATED_BEFORE.search(passage.text):
            yield from ((passage, found) for found in DRUG.finditer(passage.text))
    for passage in record.of("summary", "description"):
        given = _RECEIVE.search(passage.text)
        found = DRUG.match(passage.text, given.end()) if given else None
        if found:
            yield passage, found


def _unknown_drug(name: str, given: str, names: list[str]) -> bool:
    """Whether neither the word nor its beginning stands among what is given."""
    return name not in _NOT_DRUGS and name[:7] not in given and not any(one in name for one in names)


def _mesh(record: Record) -> Iterator[str]:
    browse = record.reading.derivedSection.get("interventionBrowseModule", {})
    for key in ("meshes", "ancestors"):
        for one in browse.get(key, []) if isinstance(browse, dict) else []:
            yield str(one.get("term", "")).lower()


_VERSION = re.compile(
    r"\bCTC(?:AE)?\b[^.;]{0,30}?\bv(?:er(?:sion)?|\.)?\s*\.?\s*(?P<n>\d)(?:\.(?P<minor>\d+))?", re.IGNORECASE
)


def toxicity_criteria(record: Record) -> Iterator[Contradiction]:
    """Two versions of the toxicity criteria."""
    told = {
        found["n"]: passage.claim("toxicity criteria", found["n"], found)
        for passage in record.passages
        for found in _VERSION.finditer(passage.text)
    }
    if len(told) > 1:
        what = "Toxicity is graded by different versions of the criteria"
        yield against(
            "toxicity criteria", what, "The same count has another grade.", "Ask which version grades.", told.values()
        )
