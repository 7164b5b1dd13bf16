"""`trialwright diff DIR [OLD NEW] [--on DATE]`: what an amendment changes, clause by clause, and whom it touches.

Without versions the last is compared with the one before it. What differs is decided in `adapters.study.difference`,
who is touched in `core.conduct.amending`; how a committee reads it, here. Read `command`, then `text`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.difference import NONE, ClauseChange, PartChange, difference
from trialwright.cli.options import On, StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.core.conduct import Amendment, AnswerChange, Trial, amendment

Old = Annotated[str | None, typer.Argument(metavar="[OLD]", help="The earlier version.", show_default=False)]
New = Annotated[str | None, typer.Argument(metavar="[NEW]", help="The later version.", show_default=False)]
WIDTH = 96
CHANGES = ("changed", "added", "removed", "moved")
ABSENT = ("none", "not given", "not asked")
LONG = 60
"""What is longer than this is told on a line of its own, now and before."""


def command(folder: StudyFolder, old: Old = None, new: New = None, on: On = None, as_json: AsJson = False) -> None:
    """Say what differs between two versions of a protocol, and which subjects it touches."""
    study = load_study(folder)
    trial = study.trial
    if trial is None:
        finish(answer_is_yes=False, findings=study.findings)
    one, two = chosen(study, old, new)
    found = difference(study.versions[one], study.versions[two], study.documents[one], study.documents[two])
    touched = people(folder, trial, one, two, on)
    if as_json:
        show_json(document(study, one, two, found, touched))
    else:
        show("\n".join(text(study, one, two, found, touched)))
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


def people(folder: Path, trial: Trial, old: str, new: str, on: date | None) -> Amendment | None:
    """What the two versions mean for the subjects in the folder's ledger; None where there is no ledger.

    As things stand on a day; without one, on the last day on which anything happened.
    """
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
    last = max((event.occurred for event in events), default=date.min)
    return amendment(trial, fold_study(events), old, new, on or last)


# --- for programs --------------------------------------------------------------------------------------------------


def document(
    study: Study, old: str, new: str, found: Sequence[ClauseChange], touched: Amendment | None
) -> dict[str, Any]:
    """The difference as one JSON document; `subjects`, `sites` and `touched` are null where there is no ledger."""
    return {
        "protocol": study.versions[new].protocol,
        "old": old,
        "new": new,
        "hashes": {one: study.hashes[one] for one in (old, new)},
        "changes": [asdict(one) for one in found],
        "questions": dict(_questions(study, new, found)),
        "on": touched.on.isoformat() if touched else None,
        "subjects": _by_version(study, touched) if touched else None,
        "sites": [_plain(one) for one in touched.sites] if touched else None,
        "touched": [_plain(one) for one in touched.subjects if one.changes or one.consent] if touched else None,
    }


def _by_version(study: Study, touched: Amendment) -> dict[str, list[str]]:
    return {version: [one.subject for one in touched.on_version(version)] for version in study.versions}


def _plain(value: Any) -> Any:
    """A value of the core with its dates as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)} if is_dataclass(value) else value


def _questions(study: Study, new: str, found: Sequence[ClauseChange]) -> Iterator[tuple[str, str]]:
    """The open questions of the record that the changes rest on, each with the reading chosen."""
    asked = {name for one in found for name in one.rests_on}
    yield from ((one.id, one.reading) for one in study.versions[new].questions if one.id in asked)


# --- for people ----------------------------------------------------------------------------------------------------


def text(study: Study, old: str, new: str, found: Sequence[ClauseChange], touched: Amendment | None) -> Iterator[str]:
    """The difference for a committee: in short, what was changed, added, removed; then who is touched."""
    yield f"{study.versions[new].protocol}: from protocol version {old} to version {new}"
    yield from _folded(_in_short(found, touched), 0)
    for change in CHANGES:
        some = [one for one in found if one.change == change]
        if some:
            yield from ("", f"{change.upper()} ({len(some)})")
        for one in some:
            yield from _clause(one)
    readings = list(_questions(study, new, found))
    if readings:
        yield from ("", "OPEN QUESTIONS OF THE RECORD THAT THESE REST ON, AND THE READING CHOSEN")
    for name, reading in readings:
        yield from _folded(f"{name}: {reading}", 2)
    if touched is not None:
        yield from _people(study, touched)


def _in_short(found: Sequence[ClauseChange], touched: Amendment | None) -> str:
    if not found:
        return "Nothing differs in what the two versions say."
    counts = {change: sum(one.change == change for one in found) for change in CHANGES}
    told = f"In short: {', '.join(f'{count} {change}' for change, count in counts.items() if count)}."
    if touched is None:
        return told
    on_old, changed = touched.on_version(touched.old), [one for one in touched.subjects if one.changes]
    return (
        f"{told} On {touched.on} {len(on_old)} registered subjects are on version {touched.old}; {len(changed)} would "
        f"be judged differently under version {touched.new}. Nobody is moved without consent to it."
    )


def _people(study: Study, touched: Amendment) -> Iterator[str]:
    yield from ("", f"SITES ON {touched.on}")
    for site in touched.sites:
        since = [f"version {one} since {day} (approved {site.approved[one]})" for one, day in site.activated.items()]
        yield from _folded(f"{site.name} ({site.site}): {'; '.join(since) or 'neither version was activated'}", 2)
    yield from ("", f"SUBJECTS ON {touched.on}")
    for version, names in _by_version(study, touched).items():
        who = ", ".join(names) or "nobody"
        yield from _folded(f"on version {version}: {len(names)} registered subjects: {who}", 2)
    yield from ("", f"WHO WOULD BE JUDGED DIFFERENTLY, WERE THEY MOVED TO VERSION {touched.new}")
    changed = [one for one in touched.subjects if one.changes]
    if not changed:
        yield "  Nobody."
    for one in changed:
        yield from _folded(f"{one.subject} ({one.site}, {one.epoch}): {one.consent}.", 2)
        for change in one.changes:
            yield from _folded(_answer(change), 6)
    unchanged = [one.subject for one in touched.subjects if one.consent and not one.changes]
    if unchanged:
        says = f"Nothing that is asked of or given to these today changes: {', '.join(unchanged)}."
        yield from _folded(f"{says} Each needs consent to version {touched.new} before a move.", 2)


def _answer(change: AnswerChange) -> str:
    """One answer that would be another.

    >>> _answer(AnswerChange("sample blood.day_1", "none", "due at day_1", "blood"))
    'sample blood.day_1: new, due at day_1 [blood]'
    """
    clause = f" [{change.clause}]" if change.clause else ""
    if change.old in ABSENT:
        return f"{change.what}: new, {change.new}{clause}"
    if change.new in ABSENT:
        return f"{change.what}: no more; it was {change.old}{clause}"
    return f"{change.what}: {change.new} instead of {change.old}{clause}"


def _clause(one: ClauseChange) -> Iterator[str]:
    yield ""
    name = one.id if one.kind == one.id else f"{one.kind} {one.id}"
    yield from _folded(name + (f': "{one.words}"' if one.words else ""), 2)
    for part in one.parts:
        for line in _part(part, one.change):
            yield from _folded(line, 6)
    grounds = "; ".join(filter(None, (one.reason, f"question {', '.join(one.rests_on)}" if one.rests_on else "")))
    if grounds and one.change != "removed":
        yield from _folded(f"because: {grounds}", 6)
    if one.change == "changed":
        for part in one.grounds:
            for line in _part(part, one.change):
                yield from _folded(f"its ground, {line}", 6)


def _part(part: PartChange, change: str) -> list[str]:
    """One part of a clause: what it says now and what it said before.

    >>> _part(PartChange("start dose", "25 mg", "10 mg"), "changed")
    ['start dose: 10 mg instead of 25 mg']
    """
    old, new = part.old.removesuffix("."), part.new.removesuffix(".")
    if change != "changed" or part.part.endswith((", no longer", ", now also")):
        return [f"{part.part}: {new if old == NONE else old}"]
    if len(old) + len(new) > LONG:
        return [f"{part.part}, now: {new}", f"{part.part}, before: {old}"]
    if NONE in (old, new):
        return [f"{part.part}: {f'{new}, none before' if old == NONE else f'none, {old} before'}"]
    return [f"{part.part}: {new} instead of {old}"]


def _folded(line: str, indent: int) -> list[str]:
    start = " " * indent
    return textwrap.wrap(line, WIDTH, initial_indent=start, subsequent_indent=start + "    ", break_on_hyphens=False)
