"""The MeSH terms at the foot of the page: two lists, conditions and interventions, that run on without a divider.

Decided here: where the one list ends and the other begins. Conditions come first, so there is one switch point, and
the best is taken: each term speaks for disease (+) or for a substance or procedure (-) by its words, by the ending of
its head word, and by whether the page's own conditions or interventions name it. Where the choice is close a finding
says so. With a MeSH file of the user's own (`trees`: term to tree numbers) the trees decide instead. Read first:
`split_terms`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from trialwright.adapters.registry.blocks import lines_of
from trialwright.adapters.registry.disease_words import speaks
from trialwright.adapters.registry.fields import bullets
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.reading import Sheet, Span, words_of
from trialwright.adapters.registry.section_design import CONDITIONS, INTERVENTIONS, without_tail
from trialwright.core.terms import Finding, Severity

Trees = Mapping[str, Sequence[str]]
CONDITION_BROWSE = "derivedSection.conditionBrowseModule"
INTERVENTION_BROWSE = "derivedSection.interventionBrowseModule"

_CLOSE = 4
_ENOUGH = 20_000  # characters of the page's own names that are looked through
_CONDITION_TREES = ("C", "F01", "F03")


class Split(NamedTuple):
    """The number of terms that are conditions, and by how much this beat the next best switch point."""

    at: int
    margin: int


def split_terms(
    terms: Sequence[str], conditions: str = "", interventions: str = "", trees: Trees | None = None
) -> Split:
    """The switch point with the greatest agreement; page words name a term, trees decide it.

    >>> split_terms(["Mycosis Fungoides", "Immune System Diseases", "Growth Inhibitors"]).at
    2
    """
    named = conditions.lower()[:_ENOUGH], interventions.lower()[:_ENOUGH]
    scores = [_score(term, *named, trees) for term in terms]
    total = sum(scores)
    agreement = [2 * before - total for before in accumulate(scores, initial=0)]
    best = max(range(len(agreement)), key=lambda n: agreement[n])
    others = [value for n, value in enumerate(agreement) if n != best]
    return Split(best, agreement[best] - max(others, default=0))


def _score(term: str, conditions: str, interventions: str, trees: Trees | None) -> int:
    known = (trees or {}).get(term)
    if known:
        return sum(20 if number.startswith(_CONDITION_TREES) else -20 for number in known) or speaks(term)
    return speaks(term) + 8 * _named(term, conditions) - 8 * _named(term, interventions)


def _named(term: str, words: str) -> bool:
    """Whether the page's own words name the term, in either order of an inverted heading."""
    low = term.lower()
    turned = " ".join(reversed(low.split(", ")))
    stem = low.split()[0] if low.split() and len(low.split()[0]) > 6 else low
    return any(form in words and re.search(rf"\b{re.escape(form)}s?\b", words) for form in {low, turned}) or (
        stem in words and len(low.split()) <= 2
    )


def read_mesh(sheet: Sheet, where: Span, trees: Trees | None = None) -> None:
    """Both lists into the derived section; leading terms that the page itself names are the terms, the rest their
    ancestors."""
    lines = _terms(sheet, where)
    terms = [words_of(sheet.source[s.start : s.end]) for s in lines]
    conditions = " ; ".join([*sheet.get(CONDITIONS, []), *sheet.get("protocolSection.conditionsModule.keywords", [])])
    interventions = " ; ".join(_given(sheet))
    split = split_terms(terms, conditions, interventions, trees)
    title = sheet.get("protocolSection.identificationModule.briefTitle", "")
    _put_list(sheet, CONDITION_BROWSE, lines[: split.at], f"{conditions} ; {title}".lower(), trees)
    _put_list(sheet, INTERVENTION_BROWSE, lines[split.at :], f"{interventions} ; {title}".lower(), trees)
    if lines and split.margin < _CLOSE:
        sheet.findings.append(_close_call(terms, split))


def _given(sheet: Sheet) -> list[str]:
    given = sheet.get(INTERVENTIONS, [])
    return [name for one in given for name in (one["name"], *one.get("otherNames", []))]


def _terms(sheet: Sheet, where: Span) -> list[Span]:
    """The lines of the list: from its heading to the first line of the site's own."""
    terms, begun = [], False
    for line in lines_of(sheet.source, Span(where.start, without_tail(sheet, where))):
        found = furniture_at(line.text)
        if found and begun:
            break
        if found:
            sheet.furnish(line.span, found[1])
        elif "relevant MeSH terms" in line.text:
            sheet.label(line.span)
        elif not line.blank:
            begun = True
            terms.append(bullets(sheet, line.span))
    return terms


def _put_list(sheet: Sheet, module: str, lines: Sequence[Span], words: str, trees: Trees | None) -> None:
    names = [words_of(sheet.source[s.start : s.end]) for s in lines]
    leaf = _leaves_by_tree(names, trees) if trees else _leaves_by_words(names, words)
    counts = {"meshes": 0, "ancestors": 0}
    for span, is_leaf in zip(lines, leaf, strict=True):
        kind = "meshes" if is_leaf else "ancestors"
        sheet.put(f"{module}.{kind}[{counts[kind]}].term", span)
        counts[kind] += 1


def _leaves_by_words(names: Sequence[str], words: str) -> list[bool]:
    """The leading terms that the page names elsewhere."""
    named = [_named(name, words[:_ENOUGH]) for name in names]
    first = named.index(False) if False in named else len(named)
    return [n < first for n in range(len(names))]


def _leaves_by_tree(names: Sequence[str], trees: Trees) -> list[bool]:
    """Terms that no other term of the list stands under."""
    numbers = {name: tuple(trees.get(name, ())) for name in names}
    return [
        not any(
            other.startswith(own + ".")
            for own in numbers[name]
            for mate in names
            if mate != name
            for other in numbers[mate]
        )
        for name in names
    ]


def _close_call(terms: Sequence[str], split: Split) -> Finding:
    edge = terms[max(0, split.at - 1) : split.at + 1]
    return Finding(
        about="derivedSection",
        says=f"Where the MeSH terms of the conditions end is not sure; it was put after term {split.at} of {len(terms)}"
        f" (near “{'” and “'.join(edge)}”).",
        matters="A condition may be listed as an intervention, or the reverse; nothing is judged by these lists.",
        do="Give the reader a MeSH file, or compare with the registry.",
        severity=Severity.WARNING,
    )
