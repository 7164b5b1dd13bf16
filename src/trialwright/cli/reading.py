"""What several verbs read before they answer: the trial of a study folder, its ledger, and the day they answer for."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.cli.output import finish

if TYPE_CHECKING:
    from trialwright.core.conduct import Trial
    from trialwright.core.ledger import Event
    from trialwright.core.subject import StudyRecord
    from trialwright.core.terms import Finding
    from trialwright.store import Ledger


def read_trial(folder: Path) -> Trial:
    """The trial of a study folder; what keeps it from being used is printed."""
    from trialwright.adapters.study import load_study

    study = load_study(folder)
    if study.trial is None:
        finish(answer_is_yes=False, findings=study.findings)
    trial: Trial = study.trial
    return trial


def read_events(folder: Path, known_at: Any) -> tuple[list[Event], str]:
    """The events of the ledger as known then, and the beginning of the hash of the last of them."""
    events, head = read_whole(folder, known_at)
    return events, head[:12] if head else "none: no event was recorded by then"


def read_whole(folder: Path, known_at: Any, may_lack: bool = False) -> tuple[list[Event], str]:
    """The events of the ledger as known then, and the whole hash of the last of them; empty where there is none.

    A folder without a ledger is refused, unless what is asked makes sense before the study is opened (`may_lack`).
    """
    from trialwright.cli.refusals import refusal
    from trialwright.store import open_study
    from trialwright.store.errors import LedgerError, NoLedger

    try:
        with open_study(folder, read_only=True) as ledger:
            events = list(ledger.events(known_at=known_at))
            changed = _not_as_activated(folder, events, ledger)
            if changed:
                finish(answer_is_yes=False, findings=changed)
            return events, (ledger.hash_at(events[-1].seq or 0) or "") if events else ""
    except LedgerError as wrong:
        if may_lack and isinstance(wrong, NoLedger):
            return [], ""
        finish(answer_is_yes=False, findings=[refusal(wrong)])


def _not_as_activated(folder: Path, events: list[Event], ledger: Ledger) -> list[Finding]:
    """Each version whose file is not the one that was put in force: nothing is answered by another rule or standard."""
    from trialwright.store.in_force import changed_files

    files = {path.stem: path.read_bytes() for path in (folder / "protocol").glob("*.yaml")}
    hashes = {stem: hashlib.sha256(content).hexdigest() for stem, content in files.items()}
    texts = {stem: content.decode("utf-8", "replace") for stem, content in files.items()}
    return changed_files(events, hashes, texts, ledger.text)


def usual_day(record: StudyRecord, events: list[Event]) -> date:
    """Today for a real trial; for a simulated one the last day something happened in it."""
    last = max((event.occurred for event in events), default=None)
    return last if record.kind == "simulated" and last else date.today()  # noqa: DTZ011 - the site's calendar day
