"""The words of standards, roles, states and codes that a catalogue translates; the core and the standards stay English.

A concept's label, a code, a state is asked of the catalogue where it is shown (`|told`, `|code`). Terms of a grading
standard and the words of a protocol are not here: they are reported and quoted as they stand. `make messages` takes
them into the catalogue with the pages' own words. Read `translatable_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext

from trialwright.adapters.archive.words import FIELD_WORDS, KIND_WORDS
from trialwright.adapters.edc.look.signs import TONES
from trialwright.core.casebook.sheet import REASONS
from trialwright.core.conduct.grounds import MILESTONE_WORDS
from trialwright.core.conduct.wanting import COORDINATOR, INVESTIGATOR, LABORATORY
from trialwright.core.eligibility import WORDS
from trialwright.core.oversight import MEANINGS
from trialwright.core.oversight.freezing import POINTS
from trialwright.core.people import DUTIES, ROLES
from trialwright.core.protocol import Epoch
from trialwright.core.protocol.reasons import EndReason
from trialwright.core.protocol.rules import Frequency
from trialwright.core.registration.values import Recruitment
from trialwright.core.specimens.custody import CUSTODY_STATES
from trialwright.core.specimens.due import TO_DO
from trialwright.core.terms import Response, Severity
from trialwright.standards.concepts import CONCEPTS, DOMAINS

TABLES: tuple[tuple[str, Iterable[str]], ...] = (
    ("a state", tuple(word for words in TONES.values() for word in words)),
    ("a state of eligibility", WORDS.values()),
    ("a milestone", MILESTONE_WORDS.values()),
    ("an epoch", tuple(one.value for one in Epoch)),
    ("a response", tuple(one.value for one in Response)),
    ("a severity", tuple(one.value for one in Severity)),
    ("a role", ROLES),
    ("a duty", DUTIES),
    ("who can give a datum", (COORDINATOR, INVESTIGATOR, LABORATORY)),
    ("a decision about a dose", ("give", "rest", "wait", "hold", "stop", "reduce", "no dose", "off treatment")),
    ("a decision about treatment", ("continue", "may continue", "undecided")),
    ("how often a dose is taken", tuple(one.value for one in Frequency)),
    ("how a drug is given", ("oral", "intravenous", "subcutaneous", "intramuscular", "topical")),
    ("why treatment or study ended", tuple(one.value for one in EndReason)),
    ("why a value is corrected", REASONS.values()),
    ("how a query was found", ("implausible", "naming", "overdue", "missing", "contradiction", "deviation", "by hand")),
    ("a point of a checklist", tuple(word for point in POINTS for word in point[:2])),
    ("what a signature means", MEANINGS),
    ("a status of recruitment", tuple(one.value for one in Recruitment)),
    ("a state of a specimen", CUSTODY_STATES),
    ("what is to be done with a specimen", TO_DO.values()),
    ("a class of a sentence", ("furniture",)),
    ("what is read of a row", ("subject", "site", "state", "person", "age", "sex", "stored specimens")),
    ("a kind of entry", KIND_WORDS.values()),
    ("a field of an entry", FIELD_WORDS.values()),
    ("a domain of a casebook", DOMAINS),
)
"""Words of the core, where they come from; concepts, fields and codes come besides."""
NUMBERED = re.compile(r"(.+?) (\d+)")
OF_A_COURSE = re.compile(r"(.+), course (\d+)( \(\d+\))?", re.DOTALL)


def readable(code: str) -> str:
    """A code as words: american_indian as american indian.

    >>> readable("american_indian"), readable("T1a"), readable("<")
    ('american indian', 'T1a', '<')
    """
    return code.replace("_", " ")


def said(word: object) -> str:
    """A word of a standard, a role or a state in the reader's language.

    Of "Adverse event: Grade" and "Adverse event 2" the parts are translated where the whole is not.
    """
    text = "" if word is None else str(word)
    whole = gettext(text) if text else ""
    if whole != text:
        return whole
    head, colon, rest = text.partition(": ")
    numbered, course = NUMBERED.fullmatch(text), OF_A_COURSE.fullmatch(text)
    if course:
        visit = {"visit": gettext(course[1]), "course": course[2]}
        return gettext("%(visit)s, course %(course)s") % visit + (course[3] or "")
    if colon:
        return f"{gettext(head)}: {gettext(rest)}" if rest else text
    return f"{gettext(numbered[1])} {numbered[2]}" if numbered else text


def code_said(code: object) -> str:
    """A code in words, in the reader's language."""
    return said(readable(str(code))) if code not in (None, "") else ""


def translatable_words() -> tuple[tuple[str, str], ...]:
    """Every such word with where it comes from, once each."""
    found = {word: place for word, place in _words() if any(letter.isalpha() for letter in word)}
    return tuple(sorted(found.items(), key=lambda row: (row[1], row[0])))


def _words() -> Iterator[tuple[str, str]]:
    for place, words in TABLES:
        yield from ((word, place) for word in words)
    for concept in CONCEPTS.values():
        yield concept.label, "a concept"
        for field in concept.fields:
            yield field.label, "a field"
            yield from ((readable(code), "a code") for code in field.codes if _is_word(code))


def _is_word(code: str) -> bool:
    """Whether a code is words, and no name of a stage or a class, such as T1a."""
    return len(code) > 2 and code.lower() == code
