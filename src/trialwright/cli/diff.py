"""`trialwright diff DIR [OLD NEW]`: what an amendment changes, clause by clause, and who is on which version.

Without versions the last is compared with the one before it. What differs is decided in `adapters.study.difference`;
how a committee reads it, here. Subjects are told where the folder holds a ledger. Read `command`, then `text`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.difference import NONE, ClauseChange, PartChange, difference
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.core.conduct import Trial

Old = Annotated[str | None, typer.Argument(metavar="[OLD]", help="The earlier version.", show_default=False)]
New = Annotated[str | None, typer.Argument(metavar="[NEW]", help="The later version.", show_default=False)]
WIDTH = 96
CHANGES = ("changed", "added", "removed", "moved")


def command(folder: StudyFolder, old: Old = None, new: New = None, as_json: AsJson = False) -> None:
    """Say what differs between two versions of a protocol."""
    study = load_study(folder)
    trial = study.trial
    if trial is None:
        finish(answer_is_yes=False, findings=study.findings)
    one, two = chosen(study, old, new)
    found = difference(study.versions[one], study.versions[two], study.documents[one], study.documents[two])
    subjects = subjects_by_version(folder, trial)
    if as_json:
        show_json(document(study, one, two, found, subjects))
    else:
        show("\n".join(text(study, one, two, found, subjects)))
    finish()


def chosen(study: Study, old: str | None, new: str | None) -> tuple[str, str]:
    """The two versions: as named, else the last and the one before it."""
    known = list(study.versions)
    for name in (old, new):
        if name is not None and name not in known:
            wrong_use(f"There is no protocol version {name!r}; there are {', '.join(known)}.")
    if old is not None and new is None:
        new = known[-1]
    if old is None and len(known) < 2:
        wrong_use(f"There is one protocol version, {known[0]}; a difference needs two.")
    return (old, new) if old is not None and new is not None else (known[-2], known[-1])


def subjects_by_version(folder: Path, trial: Trial) -> dict[str, list[str]] | None:
    """Which subjects are on which version, as the ledger knows them; None where there is no ledger."""
    from trialwright.cli.refusals import refusal
    from trialwright.core.subject import fold_study
    from trialwright.store import open_study
    from trialwright.store.errors import LedgerError, NoLedger

    try:
        with open_study(folder, read_only=True) as ledger:
            events = list(ledger.events())
    except NoLedger:
        return None
    except LedgerError as wrong:
        finish(answer_is_yes=False, findings=[refusal(wrong)])
    study = fold_study(events)
    last = max((event.occurred for event in events), default=None)
    found: dict[str, list[str]] = {version: [] for version in trial.versions}
    for name, record in sorted(study.subjects.items()):
        if record.registered is not None and last is not None:
            found.setdefault(trial.version_of(study, record, last), []).append(name)
    return found


# --- for programs --------------------------------------------------------------------------------------------------


def document(
    study: Study, old: str, new: str, found: Sequence[ClauseChange], subjects: Mapping[str, Sequence[str]] | None
) -> dict[str, Any]:
    """The difference as one JSON document; `subjects` is null where the folder holds no ledger."""
    return {
        "protocol": study.versions[new].protocol,
        "old": old,
        "new": new,
        "hashes": {one: study.hashes[one] for one in (old, new)},
        "changes": [asdict(one) for one in found],
        "subjects": subjects,
    }


# --- for people ----------------------------------------------------------------------------------------------------


def text(
    study: Study, old: str, new: str, found: Sequence[ClauseChange], subjects: Mapping[str, Sequence[str]] | None
) -> Iterator[str]:
    """The difference for a committee: what was changed, added, removed; then who is touched."""
    yield f"{study.versions[new].protocol}: from protocol version {old} to version {new}"
    if not found:
        yield "Nothing differs in what the two versions say."
    for change in CHANGES:
        some = [one for one in found if one.change == change]
        if some:
            yield from ("", f"{change.upper()} ({len(some)})")
        for one in some:
            yield from _clause(one)
    yield from _subjects(subjects)


def _clause(one: ClauseChange) -> Iterator[str]:
    yield ""
    name = one.id if one.kind == one.id else f"{one.kind} {one.id}"
    yield from _folded(name + (f': "{one.words}"' if one.words else ""), 2)
    for part in one.parts:
        yield from _folded(_part(part, one.change), 6)
    if one.reason and one.change != "removed":
        yield from _folded(f"because: {one.reason}", 6)
    if one.change == "changed":
        for part in one.grounds:
            yield from _folded(f"its ground, {_part(part, one.change)}", 6)


def _part(part: PartChange, change: str) -> str:
    if change == "changed" and part.part.endswith((", no longer", ", now also")):
        return f"{part.part}: {part.new if part.old == NONE else part.old}"
    if change == "changed":
        return f"{part.part}: {part.old} -> {part.new}"
    return f"{part.part}: {part.new if part.old == NONE else part.old}"


def _subjects(subjects: Mapping[str, Sequence[str]] | None) -> Iterator[str]:
    if subjects is None:
        return
    yield ""
    for version, names in subjects.items():
        yield from _folded(f"on version {version}: {len(names)} registered subjects. {', '.join(names)}".strip(), 0)


def _folded(line: str, indent: int) -> list[str]:
    start = " " * indent
    return textwrap.wrap(line, WIDTH, initial_indent=start, subsequent_indent=start + "    ", break_on_hyphens=False)
