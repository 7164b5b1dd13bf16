"""The words of standards, roles, states and codes that a catalogue translates; the core and the standards stay English.

A concept's label, a code, a state is asked of the catalogue where it is shown (`|told`, `|code`). Terms of a grading
standard and the words of a protocol are not here: they are reported and quoted as they stand. `make messages` takes
them into the catalogue with the pages' own words. Read `translatable_words`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from trialwright.adapters.edc.look.signs import TONES
from trialwright.core.conduct.grounds import MILESTONE_WORDS
from trialwright.core.eligibility import WORDS
from trialwright.core.people import DUTIES, ROLES
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Response, Severity
from trialwright.standards.concepts import CONCEPTS, DOMAINS


def readable(code: str) -> str:
    """A code as words: american_indian as american indian.

    >>> readable("american_indian"), readable("T1a"), readable("<")
    ('american indian', 'T1a', '<')
    """
    return code.replace("_", " ")


def said(word: object) -> str:
    """A word of a standard, a role or a state in the reader's language."""
    return gettext(str(word)) if word not in (None, "") else ""


def code_said(code: object) -> str:
    """A code in words, in the reader's language."""
    return said(readable(str(code))) if code not in (None, "") else ""


def translatable_words() -> tuple[tuple[str, str], ...]:
    """Every such word with where it comes from, once each."""
    found = {word: place for word, place in _words() if any(letter.isalpha() for letter in word)}
    return tuple(sorted(found.items(), key=lambda row: (row[1], row[0])))


def _words() -> Iterator[tuple[str, str]]:
    yield from ((word, "a state") for words in TONES.values() for word in words)
    yield from ((word, "a state of eligibility") for word in WORDS.values())
    yield from ((word, "a milestone") for word in MILESTONE_WORDS.values())
    yield from ((epoch.value, "an epoch") for epoch in Epoch)
    yield from ((one.value, "a response") for one in Response)
    yield from ((one.value, "a severity") for one in Severity)
    yield from ((role, "a role") for role in ROLES)
    yield from ((duty, "a duty") for duty in DUTIES)
    yield from ((domain, "a domain of a casebook") for domain in DOMAINS)
    for concept in CONCEPTS.values():
        yield concept.label, "a concept"
        for field in concept.fields:
            yield field.label, "a field"
            yield from ((readable(code), "a code") for code in field.codes if _is_word(code))


def _is_word(code: str) -> bool:
    """Whether a code is words, and no name of a stage or a class, such as T1a."""
    return len(code) > 2 and code.lower() == code
