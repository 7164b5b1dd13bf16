"""What is wrong at a field, in the reader's language: the core says it in English, by a handful of sentences.

Each sentence of `core.casebook` and `core.conduct.facts` about what was typed stands here as a pattern; what is typed,
numbers and units stay as they are. What is no such sentence (a rule with its figures) stays English, and is marked so.
Read `SENTENCES`, then `in_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import get_language, gettext, gettext_noop

from trialwright.adapters.edc.look import words

SENTENCES: tuple[str, ...] = (
    # numbers
    gettext_noop("%(typed)s is no number"),
    gettext_noop("Write digits, such as 1500 or 0.82."),
    gettext_noop("%(typed)s is more than a report can say"),
    gettext_noop("Write < or > before the limit of detection."),
    gettext_noop("%(typed)s holds two numbers"),
    gettext_noop("Write one number, without blanks inside it."),
    gettext_noop("%(typed)s is written with a power"),
    gettext_noop("Write the number in full."),
    gettext_noop("a number of %(count)s signs"),
    gettext_noop("%(typed)s can be %(one)s or %(other)s"),
    gettext_noop("%(typed)s parts the thousands"),
    gettext_noop("Write the digits without a sign between them."),
    gettext_noop("%(typed)s cannot be kept here"),
    gettext_noop("Write the number alone."),
    gettext_noop("%(typed)s is no whole number"),
    gettext_noop("Write a whole number, such as 2."),
    gettext_noop("%(typed)s is larger than can be"),
    gettext_noop("Write the number that was meant."),
    gettext_noop("%(typed)s is less than nothing"),
    gettext_noop("%(typed)s is below %(least)s, the least there can be"),
    gettext_noop("%(typed)s is above %(most)s, the most there can be"),
    gettext_noop("Write a number that can be."),
    # units
    gettext_noop("the unit stands twice: %(typed)s beside the number, %(chosen)s in the list"),
    gettext_noop("Leave one."),
    gettext_noop("the unit is missing"),
    gettext_noop("Give the unit as the report has it, such as %(unit)s."),
    gettext_noop("Give the unit as the report has it."),
    gettext_noop("Give a unit that measures the same as %(unit)s."),
    # dates and times
    gettext_noop("%(typed)s has a year of two digits"),
    gettext_noop("Write the year with four digits."),
    gettext_noop("%(typed)s is no date"),
    gettext_noop("Write 5 Mar 2006, Mar 2006 or 2006."),
    gettext_noop("%(typed)s leaves open whether %(number)s is the day or the month"),
    gettext_noop("Write the month as a word."),
    gettext_noop("%(typed)s has no year"),
    gettext_noop("%(typed)s: no trial lies in the year %(year)s"),
    gettext_noop("Write the year that is meant."),
    gettext_noop("%(typed)s: there is no month %(month)s"),
    gettext_noop("%(typed)s: %(month)s has no day %(day)s"),
    gettext_noop("%(typed)s is no time of day"),
    gettext_noop("Write hours and minutes, as 14:30."),
    gettext_noop("%(label)s lies in the future"),
    gettext_noop("Write a day that has been."),
    gettext_noop("%(label)s %(typed)s lies before 1900"),
    gettext_noop("Write a day since 1900."),
    gettext_noop("%(typed)s is unusual; the person came to screening on %(day)s"),
    # answers and words
    gettext_noop("%(typed)s is none of its answers; is %(meant)s meant"),
    gettext_noop("%(typed)s is none of its answers"),
    gettext_noop("Choose one of %(codes)s."),
    gettext_noop("%(typed)s is neither yes nor no"),
    gettext_noop("Choose yes or no."),
    gettext_noop("%(count)s letters are more than are kept"),
    gettext_noop("Write at most %(count)s."),
    gettext_noop("it holds a sign that cannot be kept (%(sign)s)"),
    gettext_noop("it holds a sign that nobody sees (%(sign)s)"),
    gettext_noop("Type it again without."),
    gettext_noop("the remark is too long or holds a sign that cannot be kept"),
    gettext_noop("Shorten it."),
    gettext_noop("there is a value and a reason why there is none (%(codes)s)"),
    gettext_noop("Clear one of the two."),
    gettext_noop("%(typed)s is no reason"),
    # what is asked about
    gettext_noop("%(typed)s is unusual; %(usual)s would be usual"),
    gettext_noop("Correct it, or say why it is right."),
    gettext_noop("The words hold what looks like %(what)s"),
    gettext_noop("Take it out, or say why it names no patient."),
    gettext_noop("Write %(one)s or %(other)s."),
)
SAID_BY_PAGES = ("On which day was the visit made?", "Write the day.")
"""What pages say at a field themselves, and so in the reader's language already."""
BLANK = re.compile(r"%\((\w+)\)s")


def in_words(text: str) -> str | None:
    """The sentence in the reader's language; None where it is none of these, and so stays English.

    A sentence at an item begins with the item's label: that is translated by itself.
    """
    if get_language() in (None, "en"):
        return text
    return text if text in map(gettext, SAID_BY_PAGES) else next(_readings(text), None)


def _readings(text: str) -> Iterator[str]:
    """After each colon, with what stands before it as a label; then the text as a whole."""
    at = text.find(": ")
    while at > 0:
        for told in _matched(text[at + 2 :]):
            yield f"{words.said(text[:at])}: {told}"
        at = text.find(": ", at + 1)
    yield from _matched(text)


def _matched(text: str) -> Iterator[str]:
    for sentence in SENTENCES:
        bare = text if sentence.endswith(".") else text.removesuffix(".")
        if found := _pattern(sentence).fullmatch(bare):
            told = gettext(sentence) % {name: _part(name, said) for name, said in found.groupdict().items()}
            yield told + text[len(bare) :]


def _part(name: str, said: str) -> str:
    """A label and codes are words of the catalogue; everything else stays as it was typed."""
    if name == "label":
        return words.said(said)
    return ", ".join(map(words.code_said, said.split(", "))) if name == "codes" else said


@lru_cache(maxsize=len(SENTENCES))
def _pattern(sentence: str) -> re.Pattern[str]:
    """The sentence as an expression, its blanks as names."""
    parts = BLANK.split(sentence)
    shaped = (f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(shaped), re.DOTALL)
