"""What a record claims about samples: which are taken when, for what, and at which site.

Decided here: the points in time a statement names ("baseline", "day 15 of course 1", "after course 1"), what is
sampled, and what a statement is about, so that an outcome can be held against the sampling it is measured from.
Read `TIMES`, then `sampling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.claims.measures import NUMBER, number
from trialwright.adapters.registry.claims.record import Claim, Passage, Record
from trialwright.adapters.registry.reading import Span

_COURSE = r"(?:courses?|cycles?)"
_N = rf"(?:{NUMBER})"
# What each pattern names; the names in brackets fill the words. Longer patterns first: they hide shorter ones.
TIMES: tuple[tuple[str, str], ...] = (
    (
        rf"\bdays\s+(?P<list>{_N}(?:\s*(?:,|,?\s*and)\s*{_N})+)\s+of\s+{_COURSE}\s+(?P<c>{_N})\b",
        "day {d} of course {c}",
    ),
    (rf"\bday\s+(?P<d>{_N})\s+(?:of\s+|in\s+|,\s*)?{_COURSE}\s+(?P<c>{_N})\b", "day {d} of course {c}"),
    (rf"\b{_COURSE}\s+(?P<c>{_N})\s*,?\s*(?:on\s+)?day\s+(?P<d>{_N})\b", "day {d} of course {c}"),
    (r"\bC(?P<c>\d+)\s*D(?P<d>\d+)\b", "day {d} of course {c}"),
    (rf"\b(?:the\s+)?(?:end|completion)\s+of\s+{_COURSE}\s+(?P<c>{_N})\b", "after course {c}"),
    (rf"\b(?:after|following)\s+{_COURSE}\s+(?P<c>{_N})\b", "after course {c}"),
    (rf"\b(?:after|following)\s+(?:the\s+)?(?P<c>{_N}|first|second|third)\s+{_COURSE}\b", "after course {c}"),
    (r"\b(?:at\s+)?(?:baseline|pre-?treatment|pre-?study|before\s+(?:the\s+start\s+of\s+)?treatment)\b", "baseline"),
    (
        r"\b(?:before|prior\s+to)\s+(?:the\s+)?(?:start\s+of\s+|study\s+)?(?:treatment|therapy|first\s+dose)\b",
        "baseline",
    ),
    (r"\b(?:at\s+)?(?:the\s+)?end\s+of\s+(?:study\s+)?(?:treatment|therapy)\b", "end of treatment"),
    (rf"\b(?P<u>day|week|month|year)s?\s+(?P<d>{_N})\b", "{u} {d}"),
    (rf"\b(?:at|after)\s+(?P<d>{_N})\s+(?P<u>day|week|month|year)s?\b", "{u} {d}"),
)
_TIMES = tuple((re.compile(pattern, re.IGNORECASE), says) for pattern, says in TIMES)
_ORDINALS = {"first": "1", "second": "2", "third": "3"}

MATRIX: tuple[tuple[str, str], ...] = (
    (
        "blood",
        r"\b(?:(?:peripheral\s+)?blood|serum|plasma|PBMCs?)\b(?!\s+(?:pressure|count|cell\s+count|vessel|flow|loss))",
    ),
    ("marrow", r"\b(?:bone\s+)?marrow\b"),
    ("tissue", r"\b(?:biops\w+|tissues?(?:\s+(?:samples?|specimens?))?|(?:skin|tumou?r)\s+(?:samples?|specimens?))\b"),
    ("urine", r"\burine\b"),
    ("saliva", r"\bsaliva\b"),
    ("stool", r"\b(?:stool|f[ae]+cal)\b"),
)
_MATRIX = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in MATRIX)
SAMPLED = re.compile(
    r"\b(?:undergo\w*|collect\w*|obtain\w*|taken|drawn|analy[sz]ed|assay\w*|assess\w*|measured|samples?|specimens?)\b",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w.]*(?:\s+(?:[A-Z][\w.]*|of|for|at|and|the))*"
SITE = re.compile(rf"(?:\bAt\s+(?P<at>{_NAME})\s+only\b|\((?P<in>{_NAME})\s+only\))")

_COMMON = frozenset(
    "patient patients treated these this that with from treatment study drug effects effect assess determine baseline"
    " course courses cycle cycles clinical samples sample specimens specimen blood tissue only university measured"
    " analyzed analysis activity levels changes change response rate after before subjects participants collected"
    " disease between their using which other such also have been will undergo days weeks months cell cells".split()
)


def times(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The points in time a text names, each once, in its order; the start of course 1 is the baseline.

    >>> [name for name, _ in times("at baseline, day 15 of course 1, and at the end of cycle one")]
    ['baseline', 'day 15 of course 1', 'after course 1']
    """
    found: list[tuple[str, re.Match[str]]] = []
    for pattern, says in _TIMES:
        for one in pattern.finditer(text):
            if not any(one.start() < held.end() and held.start() < one.end() for _, held in found):
                found.extend((name, one) for name in _named(says, one))
    yield from _carried(sorted(found, key=lambda pair: pair[1].start()))


def _carried(found: list[tuple[str, re.Match[str]]]) -> list[tuple[str, re.Match[str]]]:
    """A day without a course is of the course that follows in the list: "day 15 and end of course 1"."""
    course, carried = "", []
    for name, one in reversed(found):
        named = re.search(r"course \S+", name)
        course = named.group() if named else course
        carried.append((f"{name} of {course}" if course and re.fullmatch(r"day \d+", name) else name, one))
    return carried[::-1]


def _named(says: str, found: re.Match[str]) -> list[str]:
    groups = found.groupdict()
    days = re.findall(_N, groups.pop("list", None) or "", re.IGNORECASE)
    return [_filled(says, {**groups, "d": day}) for day in days] if days else [_filled(says, groups)]


def _filled(says: str, groups: dict[str, str]) -> str:
    words = {key: _ORDINALS.get(value.lower(), value.lower()) for key, value in groups.items()}
    told = {key: value if key == "u" or value.isdigit() else f"{number(value):g}" for key, value in words.items()}
    return says.format(**told).replace("day 1 of course 1", "baseline")


def matrices(text: str) -> frozenset[str]:
    """What is sampled, by the words of a text."""
    return frozenset(name for name, pattern in _MATRIX if pattern.search(text))


def topic(text: str) -> frozenset[str]:
    """The words a statement is about: long ones, by their first seven letters, without those every study uses."""
    found = (word for word in re.findall(r"[a-z]{5,}", text.lower()) if word not in _COMMON)
    return frozenset(word[:7] for word in found)


def site_of(text: str) -> str:
    """The one site a statement is limited to, or nothing."""
    found = SITE.search(text)
    return (found["at"] or found["in"]) if found else ""


def timed(passage: Passage, attribute: str, subject: str = "") -> Claim | None:
    """The points in time of a statement as one claim, its words from the first to the last of them."""
    found = list(times(passage.text))
    if not found:
        return None
    start, end = found[0][1].start(), found[-1][1].end()
    value = tuple(sorted({name for name, _ in found}))
    span = passage.spot(start, end)
    return Claim(attribute, value, passage.text[start:end], Span(*span), passage.where, passage.block, subject)


def sites_named(record: Record) -> Iterator[tuple[Passage, Claim]]:
    """Every statement limited to one site, with the name of the site."""
    for passage in record.passages:
        found = SITE.search(passage.text)
        if found:
            yield passage, passage.claim("site", found["at"] or found["in"], found)
