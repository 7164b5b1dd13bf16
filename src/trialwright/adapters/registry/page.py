"""The study page as text: which block is read by whom, in page order, and what the page does not state.

Decided here: the table of readers, what is settled only when the whole page is known (names without a label,
conditions run together), and the findings about a page that is cut, or is no study page at all. Read first:
`read_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trialwright.adapters.registry.accounts import account
from trialwright.adapters.registry.blocks import divide
from trialwright.adapters.registry.furniture import furniture_at
from trialwright.adapters.registry.labels import BLOCKS
from trialwright.adapters.registry.mesh import CONDITION_BROWSE, INTERVENTION_BROWSE, Trees, read_mesh
from trialwright.adapters.registry.outline import outline_findings, read_outline
from trialwright.adapters.registry.reading import Absent, Sheet, Span
from trialwright.adapters.registry.section_arms import read_arms
from trialwright.adapters.registry.section_design import (
    INTERVENTIONS,
    part_conditions,
    read_conditions,
    read_design,
    read_text,
)
from trialwright.adapters.registry.section_eligibility import read_eligibility
from trialwright.adapters.registry.section_header import IDENTIFICATION, read_header, read_title, settle_names
from trialwright.adapters.registry.section_more import read_keywords, read_more, settle_responsible
from trialwright.adapters.registry.section_outcomes import read_outcomes
from trialwright.adapters.registry.section_places import (
    read_contacts_and_locations,
    read_locations,
    read_officials,
    read_sponsors,
)
from trialwright.core.terms import Finding, Severity

KEYWORDS = "protocolSection.conditionsModule.keywords"
_MEDICINES = frozenset({"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT"})
DESCRIPTION = "protocolSection.descriptionModule"


def _summary(sheet: Sheet, where: Span) -> None:
    read_text(sheet, where, f"{DESCRIPTION}.briefSummary")


def _detail(sheet: Sheet, where: Span) -> None:
    read_text(sheet, where, f"{DESCRIPTION}.detailedDescription")


def _links(sheet: Sheet, where: Span) -> None:
    sheet.furnish(where, "links of the site to other resources")


READERS: dict[str, Callable[[Sheet, Span], None]] = {
    "top": read_title,
    "header": read_header,
    "summary": _summary,
    "conditions": read_conditions,
    "detail": _detail,
    "design": read_design,
    "links": _links,
    "arms": read_arms,
    "outcomes": read_outcomes,
    "eligibility": read_eligibility,
    "contacts": read_contacts_and_locations,
    "locations": read_locations,
    "sponsors": read_sponsors,
    "officials": read_officials,
    "more": read_more,
    "keywords": read_keywords,
}


def read_page(sheet: Sheet, trees: Trees | None = None) -> None:
    """Read every block that is there, then settle what needs the whole page."""
    blocks = divide(sheet.source)
    if len(blocks) < 3 and "header" not in blocks:
        blocks.pop("top")  # a title stands above known blocks; without them the words are another page's
    for name, where in blocks.items():
        if name in READERS:
            READERS[name](sheet, where)
    if "mesh" in blocks:
        read_mesh(sheet, blocks["mesh"], trees)
    _settle(sheet, blocks)
    _state(sheet, blocks)


def _settle(sheet: Sheet, blocks: dict[str, Span]) -> None:
    settle_responsible(sheet)
    part_conditions(sheet)
    if "header" in blocks:
        taken = [
            *sheet.labels,
            *(f.span for f in sheet.furniture),
            *(s for spans in sheet.spans.values() for s in spans),
        ]
        settle_names(sheet, blocks["header"], taken)
    for path in (f"{DESCRIPTION}.briefSummary", f"{DESCRIPTION}.detailedDescription"):
        if path in sheet.spans:
            sheet.outline += read_outline(sheet.get(path), sheet.spans[path][0].start)
    sheet.findings.extend(outline_findings(sheet.outline))


def _state(sheet: Sheet, blocks: dict[str, Span]) -> None:
    """What the page does not say, and whether it is whole."""
    if not sheet.get("protocolSection.statusModule.resultsFirstPostDateStruct"):
        sheet.absent.append(
            Absent("resultsSection", "no date of results posted and no results block stand on the page")
        )
    for block in BLOCKS:
        if block.name not in blocks and not block.always and block.name not in ("links", "contacts"):
            sheet.absent.append(Absent(block.title, "no such block stands on the page"))
    sheet.findings.extend(_page_findings(sheet, set(blocks)))


def _page_findings(sheet: Sheet, found: set[str]) -> Iterator[Finding]:
    study = sheet.get(f"{IDENTIFICATION}.nctId")
    if not study and len(found) < 4:
        yield _not_a_study_page(len(found - {"top"}))
        return
    if not study:
        yield _no_identifier()
    yield from _gaps(found)
    yield from _ends_in_a_list(sheet, found)
    verified = sheet.get("protocolSection.statusModule.statusVerifiedDate")
    if "more" in found and not verified and not found & {"keywords", "mesh"}:
        yield _cut_after("more information", ["the date last verified and what follows it"])


def _ends_in_a_list(sheet: Sheet, found: set[str]) -> Iterator[Finding]:
    """A page whose last words are a list may have lost the rest of it: nothing on the page says where a list ends."""
    drugs = any(one["type"] in _MEDICINES for one in sheet.get(INTERVENTIONS, []) if "type" in one)
    if "keywords" in found and "mesh" not in found and _last_is_value(sheet, KEYWORDS):
        yield _may_go_on("the keywords", "further keywords and the MeSH terms")
    elif "mesh" in found and drugs and not sheet.get(INTERVENTION_BROWSE) and _mesh_is_last(sheet):
        yield _may_go_on("the MeSH terms of the conditions", "further terms, and those of the interventions")


def _last_is_value(sheet: Sheet, path: str, leaf: str = "") -> bool:
    last = sheet.spans.get(f"{path}[{sheet.count(path) - 1}]{leaf}")
    return bool(last) and last is not None and last[0].end == len(sheet.source.rstrip())


def _mesh_is_last(sheet: Sheet) -> bool:
    return any(_last_is_value(sheet, f"{CONDITION_BROWSE}.{kind}", ".term") for kind in ("meshes", "ancestors"))


def _may_go_on(last: str, missing: str) -> Finding:
    return Finding(
        about="page",
        says=f"The page ends within {last}; if it was cut there, {missing} are missing.",
        matters="Nothing is judged by these lists, but a search by them may miss the study.",
        do="Compare with the end of the registry's page.",
        severity=Severity.NOTE,
    )


def _gaps(found: set[str]) -> Iterator[Finding]:
    """Blocks that every page has and this one lacks: at the end (the page was cut) or between others (a block was
    lost)."""
    order = [block.name for block in BLOCKS]
    last = max((order.index(name) for name in found if name in order), default=-1)
    missing = [block for block in BLOCKS if block.always and block.name not in found]
    lost = [b.title for b in missing if order.index(b.name) < last]
    cut = [b.title for b in missing if order.index(b.name) > last]
    if cut:
        yield _cut_after(BLOCKS[last].title, cut)
    if lost:
        yield _lost(lost)


def _not_a_study_page(blocks: int) -> Finding:
    return Finding(
        about="page",
        says=f"This is not a study page of the registry: no NCT number, and {blocks} of {len(BLOCKS)} known blocks.",
        matters="No study can be read from it.",
        do="Give the text of the study's own page, or its record as API v2 JSON.",
    )


def _no_identifier() -> Finding:
    return Finding(
        about=f"{IDENTIFICATION}.nctId",
        says="No NCT number stands on the page.",
        matters="The record cannot be told from another study's.",
        do="Add the line with the identifier, or fetch the page again.",
    )


def _cut_after(last: str, missing: list[str]) -> Finding:
    return Finding(
        about="page",
        says=f"The page seems cut after “{last}”: {', '.join(missing)} are missing.",
        matters="What stood there (criteria, sites, outcomes) would be missing without anyone having left it out.",
        do="Fetch the whole page again; what stands before the cut was read.",
    )


def _lost(missing: list[str]) -> Finding:
    return Finding(
        about="page",
        says=f"Blocks that every study page has are not found: {', '.join(missing)}.",
        matters="Either the page lost them or they are worded in a way that is not known; their fields are empty.",
        do="Look at `unread`, and fetch the page again if nothing stands there.",
        severity=Severity.WARNING,
    )


def sweep(sheet: Sheet) -> None:
    """Lines of the site that stand between blocks and that no reader took."""
    for left in account(sheet).unread:
        found = furniture_at(left.text)
        if found:
            sheet.furnish(Span(left.span.start, left.span.start + found[0]), found[1])
