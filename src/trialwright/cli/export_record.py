"""The registry record of `trialwright export`: the study's protocol section as it stands, and what is to be updated.

`ctgov-protocol` is the section as API v2 has it, `prs` the same as XML for the registry's upload, `ctgov-updates` what
the posted record should be told, by when and why (JSON, or text where the file ends in .txt or .md). What the registry
asks for and nobody says is a finding. Read `export_record`, then `RECORD_FORMATS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.cli.anchoring import checkpoint_before
from trialwright.cli.output import finish, show, show_json
from trialwright.cli.reading import read_trial, read_whole, usual_day
from trialwright.core.terms import Finding

if TYPE_CHECKING:
    from trialwright.adapters.exchange.ctgov.protocol import ProtocolSection
    from trialwright.adapters.exchange.ctgov.said import SaidOfRecord
    from trialwright.core.conduct import Trial
    from trialwright.core.registration import RecordLife
    from trialwright.core.subject import StudyRecord

MARKS = (b"<?xml", b'{\n  "trialwright"', b"What the registry is to be told")
"""How a file of these formats begins: an export goes over an earlier one of its kind and over nothing else."""
Written = tuple[bytes, str, tuple[Finding, ...]]
"""What goes into the file, what is said of it, and what was found."""


@dataclass(frozen=True)
class Record:
    """The posted record and the derived one, and where in the ledger it stands."""

    trial: Trial
    study: StudyRecord
    posted: ProtocolSection
    life: RecordLife
    said: SaidOfRecord
    head: str
    out: str

    @property
    def standing(self) -> dict[str, Any]:
        """The two times, the place in the ledger, and whether the data are simulated."""
        place = {"on": self.life.on, "position": self.study.last_seq, "head": self.head or None}
        return {**place, "simulated": self.life.simulated}


def export_record(folder: Path, form: str, out: str, on: date | None, known_at: Any, as_json: bool) -> NoReturn:
    """Write the record, or what it is to be told, and say what it lacks."""
    from trialwright.cli.export import write_whole

    warnings = checkpoint_before(folder, "the record")
    record = read_record_of(folder, on, known_at, out)
    content, told, findings = RECORD_FORMATS[form](record)
    write_whole(content, out, form, next(one for one in MARKS if content.startswith(one)))
    if as_json:
        show_json({"format": form, "out": out, **record.standing, "told": told, "findings": [*warnings, *findings]})
    elif out != "-":
        mark = "Simulated data. " if record.life.simulated else ""
        place = f"ledger position {record.study.last_seq} (head {record.head[:16] or 'none'})"
        show(f"{mark}{told} As of {record.life.on} at {place}, in {out}.")
    finish(findings=[*warnings, *findings])


def read_record_of(folder: Path, on: date | None, known_at: Any, out: str = "") -> Record:
    """The study's posted record and the life of it that the ledger tells."""
    from trialwright.adapters.exchange.ctgov.said import read_said_of_record
    from trialwright.core.registration import record_life
    from trialwright.core.subject import fold_study

    trial = read_trial(folder)
    events, head = read_whole(folder, known_at, may_lack=True)
    study = fold_study(events)
    life = record_life(trial, study, on or usual_day(study, events))
    return Record(trial, study, read_posted(folder), life, read_said_of_record(folder), head, out)


def read_posted(folder: Path) -> ProtocolSection:
    """The protocol section of the study's own record, as received."""
    from trialwright.adapters.exchange.ctgov.protocol import read_protocol_section
    from trialwright.adapters.registry import read_file
    from trialwright.adapters.study.loading import RECORD

    try:
        tree: object = read_file(folder / RECORD).protocolSection
    except OSError:
        tree = {}
    return read_protocol_section(tree).value


# --- formats -------------------------------------------------------------------------------------------------------


def _section(record: Record) -> Written:
    from trialwright.adapters.exchange.ctgov.protocol import write_protocol_section
    from trialwright.adapters.exchange.ctgov.protocol_of_study import section_of_study

    protocol = record.trial.versions[record.trial.latest]
    section, findings = section_of_study(protocol, record.posted, record.life, record.said)
    document = {"trialwright": record.standing, "protocolSection": write_protocol_section(section)}
    return _as_json(document), f"The protocol section of {protocol.protocol}.", findings


def _upload(record: Record) -> Written:
    from trialwright.adapters.exchange.ctgov.protocol_of_study import approval_of, section_of_study
    from trialwright.adapters.exchange.ctgov.prs_of_protocol import prs_study
    from trialwright.adapters.exchange.ctgov.prs_required import not_said
    from trialwright.adapters.exchange.ctgov.prs_xml import write_prs
    from trialwright.adapters.exchange.ctgov.said import with_uploaded

    protocol = record.trial.versions[record.trial.latest]
    section, findings = section_of_study(protocol, record.posted, record.life, record.said)
    study = with_uploaded(prs_study(section, approval_of(record.study, record.life)), record.said.upload)
    lacks = not_said(study)
    mark = "SIMULATED DATA, NOT FOR UPLOAD. " if record.life.simulated else ""
    position = f"ledger position {record.study.last_seq}, head {record.head or 'none'}"
    comment = f"{mark}{protocol.protocol} as of {record.life.on}, {position}"
    told = f"The upload record of {protocol.protocol}; {len(lacks)} things that the registry asks for are not said."
    return write_prs((study,), comment), told, (*findings, *lacks)


def _updates(record: Record) -> Written:
    from trialwright.adapters.exchange.ctgov.posted import expected_in, posted_of
    from trialwright.adapters.exchange.ctgov.record_updates import updates_document, updates_words
    from trialwright.adapters.exchange.ctgov.said import with_said
    from trialwright.core.registration import late_finding, updates_due
    from trialwright.standards.registration import FDAAA_801

    posted = posted_of(record.posted)
    expected = expected_in(with_said(record.posted, record.said.section))
    updates = updates_due(record.life, posted, FDAAA_801, expected)
    findings = (*record.said.findings, *record.life.findings, *late_finding(updates, posted, record.life))
    told = f"{len(updates)} thing{'' if len(updates) == 1 else 's'} the registry is to be told."
    if Path(record.out).suffix in (".txt", ".md"):
        mark = "SIMULATED DATA. " if record.life.simulated else ""
        place = f"ledger position {record.study.last_seq}, head {record.head or 'none'}"
        title = f"What the registry is to be told as of {record.life.on} ({place}). {mark}"
        lines = [title.rstrip(), "", *updates_words(posted, updates, record.life.on)]
        return ("\n".join(lines) + "\n").encode(), told, findings
    document = {"trialwright": record.standing, **updates_document(record.life, posted, updates)}
    return _as_json(document), told, findings


def _as_json(document: dict[str, Any]) -> bytes:
    text = json.dumps(as_data(document), ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()


RECORD_FORMATS: Mapping[str, Callable[[Record], Written]] = {
    "prs": _upload,
    "ctgov-protocol": _section,
    "ctgov-updates": _updates,
}
"""The formats of the registry record, each with what writes it."""
