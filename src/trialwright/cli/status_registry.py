"""What the registry is to be told, as a part of the trial's status: short on the page, whole for programs.

What is to be told is decided in `core.registration`; how it reads is `adapters.exchange.ctgov.record_updates`.
Read `registry_told`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.cli.export_record import read_posted
from trialwright.cli.paging import page

if TYPE_CHECKING:
    from trialwright.core.conduct import Monitored, Trial
    from trialwright.core.conduct.totals import Standing
    from trialwright.core.registration import Posted, RecordLife, Update
    from trialwright.core.subject import StudyRecord
    from trialwright.core.terms import Finding


@dataclass(frozen=True)
class RegistryTold:
    """The posted record, the life the ledger tells, and what follows."""

    posted: Posted | None
    life: RecordLife
    updates: tuple[Update, ...]
    findings: tuple[Finding, ...] = ()


def registry_told(
    folder: Path,
    trial: Trial,
    study: StudyRecord,
    on: date,
    everyone: Sequence[Standing],
    monitored: Monitored | None,
) -> RegistryTold:
    """The study's own record, as received, against what is derived on a day."""
    from trialwright.adapters.exchange.ctgov.posted import expected_in, posted_of
    from trialwright.adapters.exchange.ctgov.said import read_said_of_record, with_said
    from trialwright.core.registration import late_finding, record_life, updates_due
    from trialwright.standards.registration import FDAAA_801

    section = read_posted(folder)
    posted, expected = posted_of(section), expected_in(with_said(section, read_said_of_record(folder).section))
    life = record_life(trial, study, on, [(one.case, one.place) for one in everyone], monitored)
    updates = updates_due(life, posted, FDAAA_801, expected)
    return RegistryTold(posted, life, updates, (*life.findings, *late_finding(updates, posted, life)))


def registry_words(told: RegistryTold | None) -> str:
    """A few lines: the status, and each thing to be told."""
    from trialwright.adapters.exchange.ctgov.record_updates import updates_words

    if told is None:
        return ""
    lines = [_heading(told.life)]
    if told.posted is None:
        lines.append("  the study's folder holds no record with a number of the registry")
    lines += [f"  {line}" for line in updates_words(told.posted, told.updates, told.life.on, briefly=True)]
    return "\n" + page(lines if told.updates else [*lines, "  nothing is to be told"], {})


def _heading(life: RecordLife) -> str:
    now = life.status
    if not life.began:
        return f"REGISTRY RECORD: the ledger holds nothing by {life.on}"
    return f"REGISTRY RECORD: {now.status.value} since {now.since}, because {now.because}"


def registry_document(told: RegistryTold | None) -> dict[str, Any]:
    """The same for programs, with the reasons."""
    from trialwright.adapters.exchange.ctgov.record_updates import updates_document

    return {} if told is None else {"registry": updates_document(told.life, told.posted, told.updates)}
