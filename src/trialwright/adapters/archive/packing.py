"""An archive put together: the ledger copied and verified, its texts as files, the verifier, and the books.

It is one zip file with an entry for each file and SHA256SUMS over them, given its name only when all of it is on the
disk. It is made from the copy in it, never from the ledger in use, so that every page says what the copy holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import trialwright
from trialwright.adapters.archive.book import Book, Shelf, book_of
from trialwright.adapters.archive.pages import book_page, front_page
from trialwright.adapters.archive.words import day
from trialwright.adapters.study import load_study
from trialwright.core.conduct import Trial, case_of
from trialwright.core.deviations import deviations, untold
from trialwright.core.disposition import disposition
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, PayloadRedacted, ProtocolActivated
from trialwright.core.protocol import Concept
from trialwright.core.schedule.naming import Labels, spaced
from trialwright.core.subject import StudyRecord, fold_study
from trialwright.core.terms import Finding, Severity
from trialwright.store import Ledger, open_study
from trialwright.store.keeping.backup import (
    NotKept,
    checkpoint_of,
    copy_ledger,
    on_sqlite,
    record_copy,
    sha256_of,
    sync,
    verify_copy,
    write_sums,
)
from trialwright.store.keeping.contents import hashes, notes, texts

LEDGER, BOOKS, PROTOCOLS, ANCHORS, VERIFIER = "ledger", "casebooks", "protocol", "anchors", "verifier/verify.py"
DUMP = f"{LEDGER}/ledger.jsonl"
VERIFY = f"python3 {VERIFIER} {LEDGER}/trial.sqlite3 --anchors {ANCHORS}"
UNCHANGING = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: an archive of the same files is the same file."""
OF_THE_STUDY = "study"


@dataclass(frozen=True)
class Archive:
    """An archive that was written: where, of what, and the hash of the file."""

    path: Path
    study: str
    events: int
    subjects: int
    head: str
    root: str
    sha256: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Copied:
    """What the copy in the archive holds: its events, their hashes, what they add up to, and the trial if it loads."""

    ledger: Ledger
    events: tuple[Event, ...]
    study: StudyRecord
    hashes: Mapping[int, str]
    trial: Trial | None
    on: date


def write_archive(folder: Path, to: Path, *, actor: str = "operator", role: str = "operator") -> Archive:
    """Write the archive of a study folder's ledger to a zip file that is not there yet."""
    if to.exists():
        raise NotKept(f"{to}: is there already; an archive is never written over. Name another file.")
    to.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".unfinished-", dir=to.parent) as place, open_study(folder) as ledger:
        if ledger.head() is None:
            raise NotKept(f"{folder}: the ledger is empty; there is nothing to archive.")
        inside = Path(place) / "archive"
        note, findings = checkpoint_of(ledger)
        made = _fill(inside, ledger, folder, note)
        partial = Path(place) / "archive.zip"
        _zip(inside, partial)
        sync(partial)
        partial.rename(to)
        sync(to.parent)
        record_copy(ledger, to.name, made["seq"], made["root"], actor, role)
    subjects = len(made["books"]) - 1
    found = (*findings, *made["findings"])
    return Archive(to, made["study"], made["seq"], subjects, made["head"], made["root"], sha256_of(to), found)


def _fill(inside: Path, ledger: Ledger, folder: Path, note: str) -> dict[str, Any]:
    (inside / LEDGER).mkdir(parents=True)
    copy_ledger(ledger, folder, inside / LEDGER)
    verify_copy(inside / LEDGER)
    _verifier(inside)
    with on_sqlite():
        _dump(inside)
        with open_study(inside / LEDGER, read_only=True) as copy:
            held = _held(copy, folder)
            about = _about(held, folder)
            _texts(inside, held)
            _anchors(inside, held, note)
            about["books"] = list(_books(inside, held, about))
    (inside / "README.html").write_text(front_page(about), encoding="utf-8")
    (inside / "README.txt").write_text(_plain_readme(about), encoding="utf-8")
    write_sums(inside)
    return about


def _held(copy: Ledger, folder: Path) -> Copied:
    events = tuple(copy.events())
    trial = load_study(folder).trial
    last = max(event.occurred for event in events)
    on = last if copy.kind == "simulated" else max(last, datetime.now(UTC).date())
    return Copied(copy, events, fold_study(events), hashes(copy), trial, on)


def _about(held: Copied, folder: Path) -> dict[str, Any]:
    head = held.ledger.head()
    assert head is not None, "an empty ledger is not archived"
    protocol = held.trial.versions[held.trial.latest] if held.trial else None
    return {
        "study": held.ledger.study,
        "title": (getattr(protocol, "title", "") or "") if protocol else "",
        "simulated": held.ledger.kind == "simulated",
        "seq": head.seq,
        "head": head.hash,
        "root": head.root,
        "made": f"{day(datetime.now(UTC).date())}, {datetime.now(UTC):%H:%M} UTC",
        "as_of": day(held.on),
        "program": trialwright.__version__,
        "home": "../README.html",
        "no_deviations": "They could not be derived: the study's protocol files do not load here.",
        "files": FILES,
        "verify_command": VERIFY,
        "findings": () if held.trial else (_no_trial(folder),),
    }


FILES = (
    ("README.html", "This page; README.txt says the same in plain text."),
    (f"{BOOKS}/", "A book of each subject, and one of what belongs to no subject. Each prints."),
    (
        f"{LEDGER}/trial.sqlite3",
        "The ledger, as an SQLite 3 database: a row for each event, its header as it was hashed.",
    ),
    (DUMP, "The same, as lines of JSON, for whoever has no SQLite."),
    (
        f"{PROTOCOLS}/",
        "Each protocol version as it was put in force, by its name; other texts by their hash.",
    ),
    (VERIFIER, "Says whether the ledger is what was written. One file; needs Python and nothing else."),
    (f"{ANCHORS}/", "Signed checkpoints: how many events there were, and the root of their tree."),
    ("SHA256SUMS", "The SHA-256 of every file here."),
)


def _no_trial(folder: Path) -> Finding:
    return Finding(
        about="archive",
        says=f"{folder}: the protocol files do not load.",
        matters="The books name items by their keys, and no deviations are derived.",
        do="Run: trialwright check, then archive again.",
        severity=Severity.WARNING,
    )


# --- the books -------------------------------------------------------------------------------------------------------


def _books(inside: Path, held: Copied, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A page for the study and one for each subject; for each, its line on the front page."""
    shelf = Shelf(_labels(held), _versions(held), held.hashes)
    (inside / BOOKS).mkdir()
    taken: set[str] = set()
    own = [event for event in held.events if event.subject is None]
    yield _bind(inside, about, taken, book_of("Study and sites", "", own, shelf, ()), "", OF_THE_STUDY)
    by_subject: dict[str, list[Event]] = {}
    for event in held.events:
        by_subject.setdefault(event.subject or "", []).append(event)
    for subject, record in sorted(held.study.subjects.items()):
        place = disposition(case, held.on) if (case := _case(held, subject)) else None
        where = f"{spaced(place.epoch.value)} since {day(place.since)}" if place and place.since else ""
        found = deviations(case, held.on) if case else None
        open_ = untold(case, held.on) if case else ()
        book = book_of(subject, record.site, by_subject.get(subject, []), shelf, found, open_)
        yield _bind(inside, about, taken, book, where, subject)


def _case(held: Copied, subject: str) -> Any:
    try:
        return case_of(held.trial, held.study, subject, held.on) if held.trial else None
    except KeyError:
        return None


def _bind(inside: Path, about: dict[str, Any], taken: set[str], book: Book, where: str, name: str) -> dict[str, Any]:
    file = _file_name(name, taken)
    (inside / BOOKS / file).write_text(book_page(book, about), encoding="utf-8")
    kinds = [one.kind for one in book.forms]
    return {
        "name": book.name,
        "site": book.site,
        "where": where,
        "href": f"{BOOKS}/{quote(file)}",
        "events": len(book.trail),
        "forms": kinds.count(FormSubmitted.__name__),
        "corrections": kinds.count(FormCorrected.__name__),
        "redactions": sum(one.kind == PayloadRedacted.__name__ for one in book.undone),
    }


def _file_name(name: str, taken: set[str]) -> str:
    """A file name of harmless letters; two subjects never share one, on whatever disk it is unpacked."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name).strip(".")[:80] or "subject"
    names = (plain, *(f"{plain}~{number}" for number in range(2, 100_000)))
    free = next(one for one in names if one.casefold() not in taken)
    taken.add(free.casefold())
    return f"{free}.html"


def _labels(held: Copied) -> Labels:
    concepts: dict[str, Concept] = {}
    for standards in held.trial.standards.values() if held.trial else ():
        concepts |= standards.concepts
    return Labels(concepts, held.trial.versions.values() if held.trial else ())


def _versions(held: Copied) -> dict[str, str]:
    told = {event.file_hash: event.version for event in held.events if isinstance(event, ProtocolActivated)}
    known = {digest: version for version, digest in held.trial.hashes.items()} if held.trial else {}
    return known | told


# --- the other files -------------------------------------------------------------------------------------------------


def _verifier(inside: Path) -> None:
    target = inside / VERIFIER
    target.parent.mkdir()
    target.write_bytes((files("trialwright.store") / "verifier.py").read_bytes())


def _dump(inside: Path) -> None:
    from trialwright.store.moving import dump

    dump(inside / LEDGER, inside / DUMP)


def _texts(inside: Path, held: Copied) -> None:
    """Each protocol version as a file of its name, every other stored text under its hash."""
    (inside / PROTOCOLS).mkdir()
    named = _versions(held)
    taken: set[str] = set()
    for digest, _, text in texts(held.ledger):
        name = _file_name(named.get(digest, digest), taken).removesuffix(".html")
        (inside / PROTOCOLS / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")


def _anchors(inside: Path, held: Copied, note: str) -> None:
    (inside / ANCHORS).mkdir()
    known = [*notes(held.ledger), *([note] if note else [])]
    (inside / ANCHORS / "checkpoints.txt").write_text("\n".join(dict.fromkeys(known)), encoding="utf-8")


def _plain_readme(about: dict[str, Any]) -> str:
    lines = [f"Archive of {about['study']}", ""]
    lines += ["SIMULATED DATA: virtual patients. No person was treated.", ""] if about["simulated"] else []
    lines += [f"{about['seq']} events, head {about['head']}, root {about['root']}.", f"Written {about['made']}.", ""]
    lines += [f"{name:28} {told}" for name, told in FILES]
    lines += ["", "To find out whether it is what was written (Python 3.11 or newer, nothing else):", ""]
    return "\n".join([*lines, "    sha256sum -c SHA256SUMS", f"    {VERIFY}", ""])


def _zip(inside: Path, to: Path) -> None:
    with ZipFile(to, "w", ZIP_DEFLATED) as archive:
        for file in _in_order(inside):
            entry = ZipInfo(file.relative_to(inside).as_posix(), UNCHANGING)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            with file.open("rb") as stream, archive.open(entry, "w", force_zip64=True) as into:
                while chunk := stream.read(1 << 20):
                    into.write(chunk)


def _in_order(inside: Path) -> Iterable[Path]:
    """README first, then the others by name."""
    found = (one for one in inside.rglob("*") if one.is_file())
    return sorted(found, key=lambda one: (not one.name.startswith("README"), one.relative_to(inside).as_posix()))
