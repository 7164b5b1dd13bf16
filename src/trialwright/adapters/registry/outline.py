"""The typed parts of the descriptions: rationale, purpose, objectives, outline, notes, follow-up, planned accrual.

Decided here: in the old style of cancer records the parts open with words in capitals ("OUTLINE:", "PROJECTED
ACCRUAL:"). Where the heading of the objectives is lost they are the list items before the outline; where "Primary"
and "Secondary" are lost, the first block is read as primary and a finding says so. Read first: `read_outline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trialwright.adapters.registry.reading import OutlinePart, Span, trim
from trialwright.core.terms import Finding, Severity

ABOUT = "protocolSection.descriptionModule.detailedDescription"
_OPENS = re.compile(
    r"^[^\S\n]*(?P<head>OBJECTIVES?|RATIONALE|PURPOSE|OUTLINE|NOTE|PROJECTED ACCRUAL|ACCRUAL)[^\S\n]*:[^\S\n]*",
    re.MULTILINE,
)
_ROLE = re.compile(r"\s*(?P<role>primary|secondary|tertiary|exploratory)(?:\s+objectives?)?\s*:?\s*\Z", re.IGNORECASE)
_KIND = {"OBJECTIVE": "objective", "OBJECTIVES": "objective", "PROJECTED ACCRUAL": "accrual"}
_AFTER = re.compile(
    r"after\s+(?:completion|the\s+end)\s+of\b.*\bfollowed\b|\bpatients\s+are\s+followed\b", re.IGNORECASE
)
_ITEM = re.compile(r"^[^\S\n]*[•*-]\s+(?P<words>.*\S)", re.MULTILINE)


def read_outline(text: str, at: int = 0) -> tuple[OutlinePart, ...]:
    """The typed parts of one description; spans count from `at`."""
    heads = list(_OPENS.finditer(text))
    first = heads[0].start() if heads else 0
    parts = list(_objectives(text, Span(0, first))) if heads else []
    for head, end in zip(heads, [h.start() for h in heads[1:]] + [len(text)], strict=False):
        parts.extend(_section(text, head, end))
    return tuple(replace(p, span=Span(p.span.start + at, p.span.end + at)) for p in parts if p.span)


def _section(text: str, head: re.Match[str], end: int) -> Iterator[OutlinePart]:
    kind = _KIND.get(head["head"], head["head"].lower())
    if kind == "objective":
        yield from _objectives(text, Span(head.end(), end))
        return
    start = head.start() if kind in ("note", "accrual") else head.end()
    for paragraph in _paragraphs(text, Span(start, end)):
        words = text[paragraph.start : paragraph.end]
        yield OutlinePart(
            "follow-up"
            if _AFTER.search(words)
            else "outline"
            if kind == "note" and not words.startswith("NOTE")
            else kind,
            words,
            paragraph,
        )


def _paragraphs(text: str, where: Span) -> Iterator[Span]:
    at = where.start
    for gap in [*(m.span() for m in re.compile(r"\n[^\S\n]*\n\s*").finditer(text, *where)), (where.end, where.end)]:
        if text[at : gap[0]].strip():
            yield trim(text, Span(at, gap[0]))
        at = gap[1]


def _objectives(text: str, where: Span) -> Iterator[OutlinePart]:
    """The list items, with their role: by the heading above their block, else by the order of the blocks."""
    role, by = None, "place"
    for block, paragraph in enumerate(_paragraphs(text, where)):
        for line in re.compile(r"[^\n]+").finditer(text, *paragraph):
            said = _ROLE.match(line.group())
            item = _ITEM.match(line.group())
            if said:
                role, by = said["role"].lower(), "heading"
            elif item:
                span = Span(line.start() + item.start("words"), line.start() + item.end("words"))
                yield OutlinePart("objective", item["words"], span, role or _by_place(block), by)


def _by_place(block: int) -> str:
    return "primary" if block == 0 else "secondary"


def outline_findings(parts: tuple[OutlinePart, ...]) -> Iterator[Finding]:
    if any(part.kind == "objective" and part.by == "place" for part in parts):
        yield Finding(
            about=ABOUT,
            says="The objectives stand without headings (Primary, Secondary); the first block was read as primary.",
            matters="An objective may carry the wrong rank in the analysis plan.",
            do="Compare with the primary and secondary outcome measures.",
            severity=Severity.NOTE,
        )
