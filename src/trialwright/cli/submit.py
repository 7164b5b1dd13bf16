"""`trialwright submit`: events as JSON lines into the ledger, through the checks of every other door.

The whole file is read and checked first, and everything wrong with it is said at once; then it is written in one
transaction, whole or not at all. The key of the submission is the hash of the file unless one is given, so that
submitting a file twice is harmless. Decisions are refused with reasons; facts are accepted. Each line's shape is
docs/reference/event-format.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.core.terms import Finding, Severity

if TYPE_CHECKING:
    from trialwright.adapters.study import Study
    from trialwright.core.ledger import Event
    from trialwright.store import Ledger, Receipt, Text
    from trialwright.store.lines import Line
    from trialwright.store.view import View
    from trialwright.store.writer import Guard

SUBMISSION_KEY = "sha256:{digest}"
SAFE_TO_RETRY = "Nothing of the file was saved: a submission is written whole or not at all."

EventFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Events as JSON lines; - reads standard input.", show_default=False)
]
Key = Annotated[
    str | None,
    typer.Option(
        "--submission", metavar="KEY", help="The key that makes a retry harmless.", show_default="the file's hash"
    ),
]


@dataclass(frozen=True)
class Outcome:
    """What became of a submission."""

    receipt: Receipt | None
    findings: Sequence[Finding]


def command(folder: StudyFolder, file: EventFile, submission: Key = None, as_json: AsJson = False) -> None:
    """Write a file of events into the study's ledger, whole or not at all."""
    content = _content(file)
    outcome = submit(folder, content, file, submission or SUBMISSION_KEY.format(digest=sha256(content).hexdigest()))
    if as_json:
        show_json({"receipt": outcome.receipt and as_document(outcome.receipt), "findings": list(outcome.findings)})
    elif outcome.receipt is not None:
        show(in_words(outcome.receipt))
    finish(outcome.receipt is not None, outcome.findings)


def submit(folder: Path, content: bytes, name: str, key: str) -> Outcome:
    """Check everything, then write it; what was refused says why."""
    from trialwright.adapters.study import load_study
    from trialwright.store.lines import read_lines

    lines, faults = read_lines(content, name)
    study = load_study(folder)
    faults += [finding for finding in study.findings if finding.severity is Severity.ERROR]
    if faults:
        return Outcome(None, faults)
    return _write(folder, study, lines, name, key)


def _write(folder: Path, study: Study, lines: Sequence[Line], name: str, key: str) -> Outcome:
    """Write the events; a folder without a ledger gets none from a submission that is refused."""
    from trialwright.store.database import ledger_file, on_server

    if on_server():
        return _append(folder, study, lines, name, key)
    file = ledger_file(folder)
    if not file.exists() or (file.is_file() and not file.stat().st_size):
        with TemporaryDirectory() as elsewhere:
            tried = _append(Path(elsewhere), study, lines, name, key)
        if tried.receipt is None:
            return tried
    return _append(folder, study, lines, name, key)


def _append(folder: Path, study: Study, lines: Sequence[Line], name: str, key: str) -> Outcome:
    from trialwright.cli.refusals import refusal
    from trialwright.store import Submission, open_study
    from trialwright.store.canonical import NotCanonical
    from trialwright.store.errors import LedgerError, Refused

    try:
        with open_study(folder, study=_study_id(study)) as ledger:
            events, faults = _at_the_door(ledger, study, lines, name)
            if faults:
                return Outcome(None, faults)
            receipt = ledger.append(Submission(key, events, texts=_texts(study, events)), guard=guard_of(study))
            return Outcome(receipt, receipt.findings)
    except Refused as wrong:
        return Outcome(None, wrong.findings)
    except (LedgerError, NotCanonical) as wrong:
        return Outcome(None, [refusal(wrong, SAFE_TO_RETRY)])


def _at_the_door(
    ledger: Ledger, study: Study, lines: Sequence[Line], name: str
) -> tuple[tuple[Event, ...], list[Finding]]:
    """Each event with its protocol, zone and offset; a finding for each that stands under no protocol that is here."""
    from trialwright.store.clock import impossible_time
    from trialwright.store.door import Door
    from trialwright.store.in_force import changed_files

    before = list(ledger.events())
    door = Door(study.hashes, _zones(study))
    door.take(before)
    events = tuple(door.resolve(line.event) for line in lines)
    faults = changed_files(before, study.hashes, study.texts, ledger.text)
    for line, event in zip(lines, events, strict=True):
        no_time = impossible_time(replace(line.event, zone=event.zone))
        faults += [replace(no_time, where=f"{name}:{line.number}")] if no_time else []
        if event.protocol not in study.hashes.values() and ledger.text(event.protocol) is None:
            faults.append(_no_protocol(event, f"{name}:{line.number}", study))
    return events, faults


def guard_of(study: Study) -> Guard:
    """What refuses a decision that the protocol does not allow; each event that is let in is folded once."""
    from trialwright.core import oversight
    from trialwright.core.subject import StudyFold

    trial, fold = study.trial, StudyFold()
    assert trial is not None, "a study with an error was refused before"

    def guard(view: View, event: Event) -> Sequence[Finding]:
        nonlocal fold
        known = view.events()
        fold = fold if fold.events <= len(known) else StudyFold()
        for one in known[fold.events :]:
            fold.take(one)
        found: Sequence[Finding] = oversight.refusals(trial, fold.study, event)
        return found

    return guard


def as_document(receipt: Receipt) -> dict[str, Any]:
    """The receipt as JSON data."""
    return {
        "submission": receipt.submission_id,
        "replay": receipt.replay,
        "seqs": list(receipt.seqs),
        "event_ids": list(receipt.event_ids),
        "head": receipt.head,
    }


def in_words(receipt: Receipt) -> str:
    """The receipt for people."""
    first, last = receipt.seqs[0], receipt.seqs[-1]
    places = f"event {first}" if first == last else f"events {first} to {last}"
    what = "was submitted before, and is in the ledger as" if receipt.replay else "is in the ledger as"
    return f"Submission {receipt.submission_id} {what} {places}; head {receipt.head}."


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    if not Path(file).is_file():
        wrong_use(f"{file}: there is no such file.")
    return Path(file).read_bytes()


def _study_id(study: Study) -> str | None:
    return next((version.protocol for version in study.versions.values()), None)


def _zones(study: Study) -> dict[str, str]:
    return {site.id: site.time_zone for version in study.versions.values() for site in version.design.sites}


def _texts(study: Study, events: Sequence[Event]) -> tuple[Text, ...]:
    """The protocol files that the events stand on or put in force."""
    from trialwright.core.ledger import ProtocolActivated
    from trialwright.store import Text

    wanted = {event.protocol for event in events}
    wanted |= {event.file_hash for event in events if isinstance(event, ProtocolActivated)}
    return tuple(Text("protocol", text) for version, text in study.texts.items() if study.hashes[version] in wanted)


def _no_protocol(event: Event, where: str, study: Study) -> Finding:
    named = (
        f"The protocol {event.protocol!r} is neither a version of this study nor in its ledger."
        if event.protocol
        else ""
    )
    return Finding(
        about="event",
        says=named or "No protocol version is in force here yet, and the line names none.",
        matters="An event is read, in years to come, by the protocol it was recorded under.",
        do=f"Submit a ProtocolActivated event first, or name a version (here: {', '.join(study.hashes) or 'none'}).",
        where=where,
    )
