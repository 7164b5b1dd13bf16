"""Whether every quote stands in the record word for word; where it does not, the nearest words of the record.

White space is not words: line breaks, runs of blanks and non-breaking spaces count as one blank. Nothing else is
forgiven: another sign, digit or letter is another statement.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator

from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.positions import Path
from trialwright.core.terms import Finding, Severity


def plain(text: str) -> str:
    """The words with every run of white space as one blank.

    >>> plain("Ages:\\u00a0 18\\n Years")
    'Ages: 18 Years'
    """
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def stands_in(quote: str, record: str) -> bool:
    """Whether a quote stands in a record as whole words; both as `plain` gives them.

    >>> stands_in("up to a maximum of 25 mg", "up to a maximum of 25 mg."), stands_in("5 mg", "25 mg")
    (True, False)
    """
    start = -1
    while (start := record.find(quote, start + 1)) >= 0:
        end = start + len(quote)
        cut_before = start > 0 and quote[:1].isalnum() and record[start - 1].isalnum()
        cut_after = end < len(record) and quote[-1:].isalnum() and record[end].isalnum()
        if not cut_before and not cut_after:
            return True
    return False


def check_quotes(look: Look) -> Iterator[Finding]:
    """A quote that is not in the record binds a rule to words nobody wrote."""
    if look.record is None:
        yield _no_record(look)
        return
    record = plain(look.record)
    for path, quote in _quotes(look):
        words = plain(quote)
        if not words:
            yield _finding(look, path, "The quote is empty.", "")
        elif not stands_in(words, record):
            yield _finding(look, path, f"The record does not say {words!r}.", nearest(words, record))


def _quotes(look: Look) -> Iterator[tuple[Path, str]]:
    for path, clause in look.clauses:
        for number, quote in enumerate(clause.quotes):
            yield (*path, "quotes", number), quote
        for number, words in enumerate(clause.departs_from):
            yield (*path, "departs_from", number), words
    for place, question in enumerate(look.protocol.questions):
        yield from ((("questions", place, "about", number), words) for number, words in enumerate(question.about))


def _finding(look: Look, path: Path, says: str, near: str) -> Finding:
    return look.finding(
        path,
        f"{says} The nearest words in it are {near!r}." if near else says,
        "The clause would claim a source it does not have.",
        "Copy the words from the record as they stand there, one statement to a quote, or name a source instead.",
    )


def _no_record(look: Look) -> Finding:
    return look.finding(
        ("record",),
        f"The record {look.protocol.record!r} that the protocol quotes is not there, or cannot be read.",
        "No quote can be traced.",
        "Put the record as received into the study folder.",
        severity=Severity.ERROR,
    )


def nearest(words: str, record: str) -> str:
    """The words of the record most like a quote that is not in it; nothing where none are like it.

    >>> nearest("platelet counts at least 100", "ECOG 0-2 Platelet count ≥ 100 Creatinine")
    'Platelet count ≥ 100 Creatinine'
    """
    wanted, offered = words.split(), record.split()
    finder = difflib.SequenceMatcher(
        None, [w.casefold() for w in wanted], [w.casefold() for w in offered], autojunk=False
    )
    block = max(finder.get_matching_blocks(), key=lambda one: one.size)
    if not block.size:
        return _nearest_by_letters(wanted, offered)
    start = max(block.b - block.a, 0)
    return " ".join(offered[start : start + len(wanted)])


def _nearest_by_letters(wanted: list[str], offered: list[str]) -> str:
    """Where no word agrees: the stretch of the same length that shares most letters."""
    size = len(wanted)
    stretches = [" ".join(offered[at : at + size]) for at in range(max(len(offered) - size + 1, 0))]
    return next(iter(difflib.get_close_matches(" ".join(wanted), stretches, 1, 0.6)), "")
