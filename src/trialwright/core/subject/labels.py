"""What a person reads in place of the ids of a protocol and its standards, wherever a sentence would name them.

A sentence of the core keeps ids where programs read it; where people do, each id is put in words: the label of a
concept, a visit or a specimen, the question that is asked, the words of a criterion. Read `in_words`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trialwright.core.subject.case import Case


def labels_of(case: Case) -> Mapping[str, str]:
    """What a person reads in place of each id of the protocol and its standards."""
    if ("labels",) not in case.memo:
        case.memo["labels",] = _labels_of(case)
    known: Mapping[str, str] = case.memo["labels",]
    return known


def _labels_of(case: Case) -> Mapping[str, str]:
    protocol = case.protocol
    named = {one.id: one.label for one in case.concepts.values()}
    named |= {one.id: one.id.replace("_", " ") for one in protocol.sets if one.id not in named}
    named |= {one.id: one.label for one in protocol.encounters} | {one.id: one.label for one in protocol.specimens}
    named |= {one.id: one.label for one in protocol.design.substudies}
    return {**named, **{one.id: one.asks for one in protocol.asks}}


def labels_with_criteria(case: Case) -> Mapping[str, str]:
    """The labels, and the words of its clause for a criterion whose id is no word of the language."""
    return {**criteria_called(case), **labels_of(case)}


def criteria_called(case: Case) -> Mapping[str, str]:
    """The words of its clause in place of the id of a criterion that is no word of the language."""
    asked = (one for one in case.protocol.eligibility if one.words and "_" in one.id)
    return {one.id: f"“{one.words.rstrip('.')}”" for one in asked}


NAME = re.compile(r"(?<![\w./-])[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?![\w/-]|\.\w)")
"""What may be an id: a word of its own, not part of a path or of the key of a specimen or a visit."""


def in_words(text: str, labels: Mapping[str, str]) -> str:
    """A text with labels in place of ids; ordinary words that happen to be ids stay, and so do words quoted.

    >>> in_words("no pregnancy_test recorded; sex is male", {"pregnancy_test": "Pregnancy test", "sex": "Sex"})
    'no Pregnancy test recorded; sex is male'
    """
    parts = re.split(r'("[^"]*")', text)
    told = (part if part.startswith('"') else NAME.sub(lambda found: _label(found[0], labels), part) for part in parts)
    return "".join(told)


def _label(name: str, labels: Mapping[str, str]) -> str:
    """The label of an id; an ordinary word (no underscore, and its label's first word or a question) stays."""
    label = labels.get(name)
    if label is None or (
        "_" not in name
        and not label.split()[0].isupper()
        and (label.endswith("?") or name in re.findall(r"\w+", label.lower()))
    ):
        return name
    return f"“{label}”" if label.endswith("?") else label
