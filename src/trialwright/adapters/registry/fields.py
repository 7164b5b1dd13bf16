"""Putting one value: a code from a table of words, a date, a yes or no, a list of lines.

Decided here: what happens to words that should be a code or a date and are not (they stay unread and become a
finding).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trialwright.adapters.registry.dates import find_date
from trialwright.adapters.registry.reading import Sheet, Span, trim, words_of
from trialwright.adapters.registry.vocabulary import Code, code_of, word_pattern
from trialwright.core.terms import Finding, Severity


def put_code(sheet: Sheet, path: str, value: Span, table: Mapping[str, Code]) -> Span:
    """Write the code for the words that open the value; what is left of the value comes back."""
    value = trim(sheet.source, value)
    found = word_pattern(table).match(sheet.source, value.start, value.end)
    if found:
        sheet.put(path, Span(*found.span()), code_of(table, found.group()))
        return Span(found.end(), value.end)
    if value.end > value.start:
        sheet.findings.append(_unknown_word(path, sheet.source[value.start : value.end]))
    return value


def put_codes(sheet: Sheet, path: str, value: Span, table: Mapping[str, Code]) -> None:
    """Write every code found in the value, as a list."""
    for n, found in enumerate(word_pattern(table).finditer(sheet.source, value.start, value.end)):
        sheet.put(f"{path}[{n}]", Span(*found.span()), code_of(table, found.group()))


def _unknown_word(path: str, words: str) -> Finding:
    return Finding(
        about=path,
        says=f"“{words_of(words)[:80]}” is not a word the registry uses here.",
        matters="The field stays empty, which is not the same as 'not stated'.",
        do="Read the line by eye; it is listed under `unread`.",
        severity=Severity.WARNING,
    )


def put_date(sheet: Sheet, path: str, value: Span) -> None:
    """Write a date at the precision it has; a second, different date for the same field is a finding."""
    found = find_date(sheet.source[value.start : value.end])
    if not found:
        if value.end > value.start:
            sheet.findings.append(_no_date(path, sheet.source[value.start : value.end]))
        return
    sheet.put(path, Span(value.start + found[1], value.start + found[2]), found[0])


def _no_date(path: str, words: str) -> Finding:
    return Finding(
        about=path,
        says=f"“{words_of(words)[:60]}” is not a date.",
        matters="The date stays empty.",
        do="Read the line by eye; it is listed under `unread`.",
        severity=Severity.WARNING,
    )


def put_number(sheet: Sheet, path: str, value: Span) -> None:
    found = re.compile(r"\d[\d,]*").search(sheet.source, value.start, value.end)
    if found:
        sheet.put(path, Span(*found.span()), int(found.group().replace(",", "")))


def put_lines(sheet: Sheet, path: str, value: Span) -> None:
    """Write each line of the value as one item; `{n}` in the path is its place."""
    for n, found in enumerate(re.compile(r"[^\n]*\S[^\n]*").finditer(sheet.source, value.start, value.end)):
        sheet.put(path.format(n=n), Span(*found.span()))


def bullets(sheet: Sheet, value: Span) -> Span:
    """The value without a bullet in front, the bullet being a label."""
    found = re.compile(r"\s*[•*\u2022\-\u2013]\s+").match(sheet.source, value.start, value.end)
    if not found:
        return value
    sheet.label(Span(*found.span()))
    return Span(found.end(), value.end)
