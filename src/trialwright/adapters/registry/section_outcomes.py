"""Primary, secondary and other outcome measures: measure, time frame, description.

Decided here: which numbered line is the next outcome and which is a list inside a description (the number must be the
one expected; where an outcome with that number and a time frame comes later, that one is it). Read first:
`read_outcomes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.reading import Sheet, Span, trim
from trialwright.adapters.registry.section_design import without_tail
from trialwright.core.terms import Finding, Severity

OUTCOMES = "protocolSection.outcomesModule"
_HEAD = re.compile(
    r"^[^\S\n]*(?P<kind>Primary|Secondary|Other)(?:[^\S\n]Pre-specified)?[^\S\n]Outcome[^\S\n]Measures[^\S\n]*:",
    re.MULTILINE,
)
_ITEM = re.compile(r"^[^\S\n]*(?P<number>\d+)\.[^\S\n]+(?=\S)", re.MULTILINE)
_UNNUMBERED = re.compile(r"^[^\S\n]*(?P<number>)(?=\S[^\n]*\[\s*Time\s+Frame\s*:)", re.MULTILINE)
_LINE = re.compile(r"^[^\S\n]*(?P<number>)(?=\S)", re.MULTILINE)
_FRAME = re.compile(r"\[\s*Time\s+Frame\s*:\s*")


def read_outcomes(sheet: Sheet, where: Span) -> None:
    """The three lists; each runs to the next heading."""
    end = without_tail(sheet, where)
    heads = list(_HEAD.finditer(sheet.source, where.start, end))
    for head, stop in zip(heads, [m.start() for m in heads[1:]] + [end], strict=False):
        sheet.label(Span(*head.span()))
        _read_list(sheet, f"{OUTCOMES}.{head['kind'].lower()}Outcomes", Span(head.end(), stop))


def _read_list(sheet: Sheet, path: str, where: Span) -> None:
    items = list(_items(sheet.source, where)) or _unnumbered(sheet, path, where)
    ends = [m.start() for m in items[1:]] + [where.end]
    for n, (item, end) in enumerate(zip(items, ends, strict=False)):
        sheet.label(Span(*item.span()))
        _put_outcome(sheet, f"{path}[{n}]", Span(item.end(), end))


def _unnumbered(sheet: Sheet, path: str, where: Span) -> list[re.Match[str]]:
    """Where the numbers of the list are lost an outcome is a line with a time frame; without any, each line is one."""
    framed = list(_UNNUMBERED.finditer(sheet.source, *where))
    lines = list(_LINE.finditer(sheet.source, *where))
    if lines and (not framed or framed[0].start() > lines[0].start()):
        sheet.findings.append(_no_numbers(path, len(framed)))
    return framed or lines


def _no_numbers(path: str, framed: int) -> Finding:
    how = "lines with a time frame were taken" if framed else "each line was taken"
    return Finding(
        about=path,
        says=f"The outcomes stand without numbers and not each with a time frame; {how} as outcomes.",
        matters="An outcome may have been read as the description of another, or the reverse.",
        do="Compare with the registry's list of outcome measures.",
        severity=Severity.WARNING,
    )


def _items(source: str, where: Span) -> Iterator[re.Match[str]]:
    """Numbered lines that carry the next number in turn."""
    expected = 1
    found = list(_ITEM.finditer(source, *where))
    framed = [_framed(source, item, where.end) for item in found]
    last = {int(item["number"]): place for place, item in enumerate(found) if framed[place]}
    for place, item in enumerate(found):
        if int(item["number"]) != expected or (not framed[place] and last.get(expected, -1) > place):
            continue
        yield item
        expected += 1


def _framed(source: str, item: re.Match[str], end: int) -> bool:
    """Whether a time frame stands in this line (a bracket opened before the line ends)."""
    line = source.find("\n", item.end(), end)
    return _FRAME.search(source, item.end(), line if line >= 0 else end) is not None


def _put_outcome(sheet: Sheet, at: str, where: Span) -> None:
    frame = _FRAME.search(source := sheet.source, where.start, where.end)
    if not frame:
        line = source.find("\n", *where)
        first = line if line >= 0 else where.end
        sheet.put(f"{at}.measure", Span(where.start, first))
        sheet.put(f"{at}.description", Span(first, where.end))
        return
    close = _closing(source, frame.end(), where.end)
    sheet.put(f"{at}.measure", Span(where.start, frame.start()))
    sheet.label(Span(*trim(source, Span(*frame.span()))))
    sheet.put(f"{at}.timeFrame", Span(frame.end(), close))
    sheet.label(Span(close, min(close + 1, where.end)))
    sheet.put(f"{at}.description", Span(min(close + 1, where.end), where.end))


def _closing(source: str, start: int, end: int) -> int:
    """The bracket that closes the time frame: the last one of its line, else the next one, else the end of the line."""
    line = source.find("\n", start, end)
    line = line if line >= 0 else end
    last = source.rfind("]", start, line)
    following = source.find("]", line, end)
    return last if last >= 0 else following if following >= 0 else line
