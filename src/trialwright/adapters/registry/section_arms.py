"""The table of arms (or groups): label, type, description, and the interventions given in each.

Decided here: how the two columns are told apart. An arm begins with its type ("Experimental: …"); an intervention
begins with its type and a name that the conditions table already gave. What follows a head is its description.
Interventions of the same name in several arms are one intervention. Read first: `read_arms`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from trialwright.adapters.registry.blocks import lines_of
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.reading import Sheet, Span, trim, words_of
from trialwright.adapters.registry.section_design import INTERVENTIONS, TYPED, without_tail
from trialwright.adapters.registry.vocabulary import ARM_TYPE, INTERVENTION_TYPE, code_of
from trialwright.core.terms import Finding, Severity

ARMS = "protocolSection.armsInterventionsModule.armGroups"
_ARM = re.compile(
    r"^[^\S\n]*(?P<type>Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other)"
    r"\s*:[^\S\n]+(?=\S)",
    re.MULTILINE,
)
_HEADING = 200  # how far above the rows their columns' names can stand
_OTHER_NAMES = re.compile(r"Other Names?\s*:")


@dataclass(frozen=True)
class _Head:
    """The head of an arm or of an intervention: its type, its name, and where its description starts."""

    kind: str
    type: Span | None
    name: Span
    body: int


def read_arms(sheet: Sheet, where: Span) -> None:
    """Arms and interventions in the order of the page; a description runs to the next head."""
    body = Span(_below_head(sheet, where), without_tail(sheet, where))
    heads = list(_heads(sheet, body))
    ends = [(h.type or h.name).start for h in heads[1:]] + [body.end]
    arm = -1
    for head, end in zip(heads, ends, strict=False):
        if head.kind == "arm":
            arm += 1
            _put_arm(sheet, arm, head, end)
        else:
            _put_intervention(sheet, arm, head, end)


def _below_head(sheet: Sheet, where: Span) -> int:
    """Past the line with the names of the columns."""
    at = where.start
    for line in lines_of(sheet.source, where):
        found = furniture_at(line.text)
        if not line.blank and not found:
            break
        if found:
            sheet.label(line.span)
        at = line.span.end
    return min(at, where.end)


def _heads(sheet: Sheet, where: Span) -> Iterator[_Head]:
    """Every head in order; without any arm type the first line of each row is a group."""
    given = _whole_lines(sheet.source, list(_interventions(sheet, where)))
    arms = list(_typed_arms(sheet, where, given))
    if "Group/Cohort" not in sheet.source[max(0, where.start - _HEADING) : where.start]:
        doubled = {head.name for head in _doubled(sheet.source, given, arms)}
        given = [head for head in given if head.name not in doubled]
    arms = list(_typed_arms(sheet, where, given)) or list(_untyped_groups(sheet, where, given))
    yield from sorted(arms + given, key=lambda head: (head.name.start, head.kind))


def _whole_lines(source: str, given: list[_Head]) -> list[_Head]:
    """A head ends its line; where one of that name does, the same words inside a sentence are none."""
    ends = [re.compile(r"[^\S\n]*(?:\n|\Z)").match(source, head.name.end) is not None for head in given]
    whole = {_name(source, head) for head, end in zip(given, ends, strict=True) if end}
    return [head for head, end in zip(given, ends, strict=True) if end or _name(source, head) not in whole]


def _name(source: str, head: _Head) -> str:
    kind = source[head.type.start : head.type.end].lower() if head.type else ""
    return f"{kind}: {words_of(source[head.name.start : head.name.end])}"


def _doubled(source: str, given: list[_Head], arms: list[_Head]) -> list[_Head]:
    """An arm of the type Other that is called like its intervention stands as the first of two equal heads."""
    starts = [arm.name.start for arm in arms]
    pairs = [(a, b) for a, b in pairwise(given) if _name(source, a) == _name(source, b)]
    return [a for a, b in pairs if _name(source, a).startswith("other:") and not _between(starts, a, b)]


def _between(starts: list[int], a: _Head, b: _Head) -> bool:
    return bisect_left(starts, a.name.end) < bisect_left(starts, b.name.start)


def _interventions(sheet: Sheet, where: Span) -> Iterator[_Head]:
    """Heads of interventions whose name the conditions table gave; so a colon in a description is no head."""
    kinds = {code: words for words, code in INTERVENTION_TYPE.items()}
    given = [f"{kinds[one['type']]}: {words_of(one['name'])}" for one in sheet.get(INTERVENTIONS, [])]
    known = re.compile("|".join(_loose(one) for one in sorted(given, key=len, reverse=True)) or r"(?!)")
    arms = [found.span() for found in _ARM.finditer(sheet.source, where.start, where.end)]
    labels = {end for _, end in arms} | {
        start for start, _ in arms[:1] if not sheet.source[where.start : start].strip()
    }
    for found in TYPED.finditer(sheet.source, where.start, where.end):
        name = known.match(sheet.source, found.start("type"), where.end)
        if name and not labels & {found.start(), found.start("type")}:
            yield _Head("intervention", Span(*found.span("type")), Span(found.end(), name.end()), name.end())


def _loose(given: str) -> str:
    """A pattern for "Drug: name" with any white space, the type in either case."""
    kind, name = given.split(": ", 1)
    return rf"(?i:{_spaced(kind)})\s*:\s+{_spaced(name)}(?!\w)"


def _spaced(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


def _typed_arms(sheet: Sheet, where: Span, given: list[_Head]) -> Iterator[_Head]:
    taken = {head.type.start for head in given if head.type}
    for found in _ARM.finditer(sheet.source, where.start, where.end):
        if found.start("type") not in taken:
            name = Span(found.end(), _end_of_head(sheet.source, found.end(), where.end, given))
            yield _Head("arm", Span(*found.span("type")), trim(sheet.source, name), name.end)


def _end_of_head(source: str, start: int, end: int, given: list[_Head]) -> int:
    """A head ends with its line, or where the other column begins on the same line."""
    line = source.find("\n", start, end)
    stops = [line if line >= 0 else end, *(h.type.start for h in given if h.type and h.type.start >= start)]
    return min(stops)


def _untyped_groups(sheet: Sheet, where: Span, given: list[_Head]) -> Iterator[_Head]:
    """Groups of an observational study have no type: a group is the paragraph before its interventions, or each
    paragraph."""
    edges = [where.start, *(h.body for h in given), where.end]
    starts = [Span(a, b) for a, b in pairwise(edges)]
    own = _own_text(sheet, given, starts[1:])
    starts[1:] = [Span(own.get(gap.start, gap.start), gap.end) for gap in starts[1:]]
    if not given and len(starts) == 1 and not re.search(r"\n[^\S\n]*\n", sheet.source[where.start : where.end].strip()):
        sheet.findings.append(_unsure_rows("Group/Cohort"))
    blocks = [
        one
        for gap in starts
        for one in _rows(sheet.source, gap, bool(given), gap.start == where.start or gap.start in own.values())
    ]
    for block in blocks:
        first = Span(block.start, _end_of_head(sheet.source, block.start, block.end, given))
        yield _Head("arm", None, trim(sheet.source, first), first.end)


def _own_text(sheet: Sheet, given: list[_Head], gaps: list[Span]) -> dict[int, int]:
    """Where rows are not parted by blank lines: the end of what every place of an intervention repeats below its name,
    for each of its places but the last of the table. What follows there is the next group."""
    if len(given) < 2 or any("\n\n" in re.sub(r"[^\S\n]", "", sheet.source[g.start : g.end - 1]) for g in gaps[:-1]):
        return {}
    texts: dict[str, list[list[str]]] = {}
    for head, gap in zip(given, gaps, strict=True):
        lines = [words_of(line.text) for line in lines_of(sheet.source, gap) if not line.blank]
        texts.setdefault(_name(sheet.source, head), []).append(lines)
    found = {}
    for head, gap in list(zip(given, gaps, strict=True))[:-1]:
        same = texts[_name(sheet.source, head)]
        if len(same) > 1:
            found[gap.start] = _after_lines(sheet.source, gap, _shared(same))
        elif len(same[0]) > 1:
            sheet.findings.append(_unsure_rows(_name(sheet.source, head)))
    return found


def _shared(texts: list[list[str]]) -> int:
    """How many lines all have in common from the start."""
    return next((n for n, lines in enumerate(zip(*texts, strict=False)) if len(set(lines)) > 1), min(map(len, texts)))


def _after_lines(source: str, gap: Span, count: int) -> int:
    full = [line for line in lines_of(source, gap) if not line.blank]
    return full[count - 1].span.end if count else gap.start


def _unsure_rows(name: str) -> Finding:
    return Finding(
        about=ARMS,
        says=f"No blank line parts the rows of the table of groups; what stands below “{name[:80]}” was read as its"
        " description.",
        matters="The next group may be missing, its words standing in the description of an intervention.",
        do="Compare with the registry's list of groups.",
        severity=Severity.WARNING,
    )


def _rows(source: str, gap: Span, mixed: bool, first: bool) -> Iterator[Span]:
    """Rows are parted by blank lines; text right after an intervention is that intervention's description."""
    at = gap.start
    pieces = []
    for found in re.compile(r"\n[^\S\n]*\n\s*").finditer(source, *gap):
        pieces.append(Span(at, found.start()))
        at = found.end()
    pieces.append(Span(at, gap.end))
    own = pieces if first or not mixed else pieces[1:]
    yield from (trim(source, piece) for piece in own if source[piece.start : piece.end].strip())


def _put_arm(sheet: Sheet, n: int, head: _Head, end: int) -> None:
    if head.type:
        words = sheet.source[head.type.start : head.type.end]
        sheet.put(f"{ARMS}[{n}].type", head.type, code_of(ARM_TYPE, words))
    sheet.put(f"{ARMS}[{n}].label", head.name)
    sheet.put(f"{ARMS}[{n}].description", Span(head.body, end))


def _put_intervention(sheet: Sheet, arm: int, head: _Head, end: int) -> None:
    """The intervention under its arm, its description once, and its other names."""
    type_span = head.type or head.name
    name, kind = words_of(_words(sheet, head.name)), _words(sheet, type_span)
    place = _same(sheet, name, code_of(INTERVENTION_TYPE, kind), _own_description(sheet, Span(head.body, end)))
    at = f"{INTERVENTIONS}[{place}]"
    sheet.put(f"{at}.type", type_span, code_of(INTERVENTION_TYPE, kind))
    sheet.put(f"{at}.name", head.name)
    label = sheet.spans.get(f"{ARMS}[{arm}].label")
    if label:
        given = sheet.count(f"{ARMS}[{arm}].interventionNames")
        sheet.put(f"{ARMS}[{arm}].interventionNames[{given}]", Span(type_span.start, head.name.end), f"{kind}: {name}")
        groups = sheet.count(f"{at}.armGroupLabels")
        sheet.put(f"{at}.armGroupLabels[{groups}]", label[0])
    _put_description(sheet, at, Span(head.body, end))


def _same(sheet: Sheet, name: str, kind: str, said: str) -> int:
    """The place of an intervention already known by this name, else the next place; of two of one name the one with
    this description, else the one that has none yet."""
    known = sheet.get(INTERVENTIONS, [])
    alike = [n for n, one in enumerate(known) if words_of(one["name"]) == name and one.get("type", kind) == kind]
    told = [n for n in alike if words_of(known[n].get("description", "")) == said]
    free = [n for n in alike if "description" not in known[n]]
    return next(iter([*told, *free, *alike]), len(known))


def _own_description(sheet: Sheet, body: Span) -> str:
    others = _OTHER_NAMES.search(sheet.source, body.start, body.end)
    return words_of(sheet.source[body.start : others.start() if others else body.end])


def _put_description(sheet: Sheet, at: str, body: Span) -> None:
    """The description; where every arm repeats it, each place is a span of the same value."""
    others = _OTHER_NAMES.search(sheet.source, body.start, body.end)
    text = trim(sheet.source, Span(body.start, others.start() if others else body.end))
    sheet.put(f"{at}.description", text)
    if others:
        sheet.label(Span(*others.span()))
        _put_names(sheet, at, Span(others.end(), body.end))


def _put_names(sheet: Sheet, at: str, where: Span) -> None:
    """Other names, a line each; a known one is a second place of the same value."""
    for line in lines_of(sheet.source, where):
        found = re.match(r"\s*[•*]?\s*(.*\S)", line.text)
        if found:
            name = Span(line.span.start + found.start(1), line.span.start + found.end(1))
            known = sheet.get(f"{at}.otherNames", [])
            place = known.index(found[1]) if found[1] in known else len(known)
            sheet.put(f"{at}.otherNames[{place}]", name)


def _words(sheet: Sheet, span: Span) -> str:
    return sheet.source[span.start : span.end]
