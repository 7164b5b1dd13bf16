"""The title page: which trial, on what the report stands, and the notices that go with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Document, Signature
from trialwright.adapters.reports.sections import CHAPTERS, MONITORING, OPEN, Contents, chapters_of
from trialwright.adapters.reports.sections.monitoring import CHAIR, notices_of
from trialwright.adapters.reports.text import counted, day, listed
from trialwright.core.protocol import StudyProtocol

PRINTED = (
    ("officialTitle", "Official title"),
    ("leadSponsor.name", "Sponsor"),
    ("collaborators", "Collaborators"),
    ("responsibleParty.type", "Responsible party"),
    ("orgStudyIdInfo.id", "Other study id"),
    ("phases", "Phase"),
    ("statusModule.overallStatus", "Status in the registry"),
)
"""Facts of the registry on the title page: part of the field's path, and its heading."""
SIGNATURES = (
    Signature("Coordinating investigator", "I have read this report; it describes the trial and its results."),
    Signature("Responsible medical officer of the sponsor", "The report is approved for the sponsor."),
    Signature("Statistician", "The analyses are those of the protocol; departures from them are named."),
)
"""Who signs a trial report (ICH E3, 16.1.5), on paper."""
REPORT, PACK, OPEN_PART, CLOSED_PART = "report", "monitoring", "open", "closed"


class Part(NamedTuple):
    """What a document is called, its chapters, and who signs it."""

    name: str
    running: str
    contents: Contents
    signatures: tuple[Signature, ...]


PARTS: Mapping[str, Part] = {
    REPORT: Part("Report", "trial report", CHAPTERS, SIGNATURES),
    PACK: Part("Monitoring pack", "monitoring pack", MONITORING, (CHAIR,)),
    OPEN_PART: Part("Monitoring pack, open part,", "monitoring pack, open part", OPEN, ()),
    CLOSED_PART: Part(
        "Monitoring pack, closed part,", "monitoring pack, closed part: for the committee alone", MONITORING, (CHAIR,)
    ),
}
"""The documents that can be written."""
NOTICE = "notice"
DISCLAIMER = re.compile(r"The safety and scientific validity of this study.*?(?:Federal Government|$)\.?", re.S | re.M)
"""The words ClinicalTrials.gov puts on every record."""
CODE = re.compile(r"[A-Z][A-Z_]{4,}\d?")


class Standing(NamedTuple):
    """On what the report stands: the clinical cut-off, the ledger's position, head and root, and the program.

    Position and root printed on paper are a checkpoint that nobody can rewrite: see docs/how-to/anchor-a-ledger.md.
    """

    cut: date
    cut_chosen: bool
    seq: int
    head: str
    known_at: str
    kind: str
    program: str
    root: str = ""


def document_of(analysis: Analysis, standing: Standing, record: str = "", part: str = REPORT) -> Document:
    """The whole report, or a part of a monitoring pack; `record` is the registry record, for what it asks to be shown.

    The open part is to be given an analysis that takes all arms together.
    """
    protocol, told = analysis.gathered.protocol, PARTS[part]
    return Document(
        title=protocol.title,
        subtitle=f"{told.name} of trial {protocol.protocol}, clinical cut-off {day(standing.cut)}",
        simulated=standing.kind == "simulated",
        facts=_facts(analysis, standing),
        notices=(*notices_of(part), *_notices(protocol, record)),
        chapters=chapters_of(analysis, told.contents),
        footer=(
            f"Cut-off {day(standing.cut)} · ledger position {standing.seq} · head {standing.head[:16]} · "
            f"root {standing.root[:16] or 'none'} · Trialwright {standing.program}"
        ),
        running=f"{protocol.protocol} · {told.running}",
        signatures=told.signatures,
        stands=f"cut-off {day(standing.cut)}, ledger position {standing.seq}",
    )


def _facts(analysis: Analysis, standing: Standing) -> tuple[tuple[str, str], ...]:
    gathered = analysis.gathered
    hashes = [f"version {version}: {gathered.hashes.get(version, 'hash not known')}" for version in gathered.versions]
    why = "as asked" if standing.cut_chosen else "the last clinical day in the ledger"
    return (
        ("Protocol", f"{gathered.protocol.protocol}, {counted(len(gathered.versions), 'version')}"),
        *_registry(gathered.protocol),
        ("Protocol files (SHA-256)", "; ".join(hashes)),
        ("Clinical cut-off", f"{day(standing.cut)} ({why}): what had happened by then"),
        ("Ledger position", f"{standing.seq}{standing.known_at}: what had been recorded by then"),
        ("Head hash at that position", standing.head or "the ledger is empty"),
        ("Root of the tree at that position", standing.root or "not known"),
        ("Data", "simulated" if standing.kind == "simulated" else standing.kind or "no event yet"),
        ("Program", f"Trialwright {standing.program}"),
    )


def _registry(protocol: StudyProtocol) -> list[tuple[str, str]]:
    told = []
    for part, heading in PRINTED:
        found = [fact for fact in protocol.facts if part in fact.field]
        if found:
            told.append((heading, ", ".join(_value(fact.value) for fact in found)))
    return told


def _value(value: str | int | tuple[str, ...]) -> str:
    return listed([_plain(each) for each in value]) if isinstance(value, tuple) else _plain(str(value))


def _plain(word: str) -> str:
    """A code of the registry as words, such as STUDY_CHAIR or PHASE2."""
    return re.sub(r"(?<=\w)(\d)", r" \1", word.replace("_", " ").lower()) if CODE.fullmatch(word) else word


def _notices(protocol: StudyProtocol, record: str) -> tuple[str, ...]:
    """What the registry asks to be shown: its disclaimer, from the record or as a fact of the protocol."""
    stated = [_value(fact.value) for fact in protocol.facts if fact.field == NOTICE]
    found = DISCLAIMER.search(record)
    return (*stated, *([" ".join(found[0].split())] if found and not stated else []))
