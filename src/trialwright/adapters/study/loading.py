"""A study folder or one protocol file as core values, with everything that is wrong in it, all at once.

A folder holds record.txt (as received), protocol/<version>.yaml (each a whole file), rehearsal.yaml and cases/*.yaml.
A version with an error among its findings is shown and never used: a `Trial` exists only when every version is whole.
Read `load_study`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright import __version__
from trialwright.adapters.study.loading_checks import check_protocol
from trialwright.adapters.study.loading_shape import shaped
from trialwright.adapters.study.positions import LARGEST_FILE, Document, read_yaml
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Finding, Severity
from trialwright.standards import load_standards

if TYPE_CHECKING:
    from trialwright.core.conduct import Trial

RECORD = "record.txt"


@dataclass(frozen=True)
class Study:
    """A study folder: its protocol versions, the record, the rehearsal, and what was found wrong.

    `texts` and `hashes` (SHA-256 of the bytes) are by version.
    """

    folder: Path
    versions: Mapping[str, StudyProtocol] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    record_text: str = ""
    rehearsal: Mapping[str, Any] | None = None
    findings: tuple[Finding, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def protocols(self) -> Mapping[str, StudyProtocol]:
        """The protocol versions, in order of their number."""
        return self.versions

    @property
    def usable(self) -> bool:
        """Whether there is a protocol and nothing that was found is an error."""
        return bool(self.versions) and all(one.severity is not Severity.ERROR for one in self.findings)

    @cached_property
    def trial(self) -> Trial | None:
        """The versions with the standards each names, as `conduct` wants them; None while any version has an error."""
        from trialwright.core.conduct import Trial

        if not self.usable:
            return None
        standards = {name: load_standards(protocol) for name, protocol in self.versions.items()}
        return Trial(dict(self.versions), standards, dict(self.hashes), __version__)


def load_protocol(path: str | Path, record_text: str | None = None) -> tuple[StudyProtocol | None, tuple[Finding, ...]]:
    """One protocol file and everything wrong in it; the record it quotes stands beside or above it, or is given.

    The protocol is None where an error was found: half a protocol is no protocol.
    """
    file = Path(path)
    unread: list[Finding] = []
    content = _content(file, unread)
    if content is None:
        return None, tuple(unread)
    protocol, _, findings = _protocol(content, file, record_text)
    return protocol, tuple(findings)


def load_study(folder: str | Path) -> Study:
    """A study folder with all its versions; what is wrong is in `findings`, each with file, line and column."""
    root = Path(folder)
    files = sorted((root / "protocol").glob("*.yaml"), key=_by_number)
    findings: list[Finding] = [] if files else [_no_protocol(root)]
    record = _record(root, findings)
    contents = [(file, _content(file, findings)) for file in files]
    read = [(file.stem, content, file) for file, content in contents if content is not None]
    found = {stem: _protocol(content, file, record) for stem, content, file in read}
    findings += [one for _, _, problems in found.values() for one in problems]
    findings += [one for stem, (version, document, _) in found.items() for one in _misnamed(stem, version, document)]
    versions = {stem: version for stem, (version, _, _) in found.items() if version and version.version == stem}
    rehearsal = _rehearsal(root, findings)
    hashes = {stem: hashlib.sha256(content).hexdigest() for stem, content, _ in read}
    return Study(
        folder=root,
        versions=versions,
        texts={stem: content.decode("utf-8", "replace") for stem, content, _ in read},
        hashes=hashes,
        record_text=record or "",
        rehearsal=rehearsal,
        findings=tuple(findings),
        documents={stem: document for stem, (_, document, _) in found.items()},
    )


def _content(file: Path, findings: list[Finding]) -> bytes | None:
    """The bytes of a file, no more than one past the largest that is read; None where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        findings.append(_not_there(file.name, error))
        return None


def _protocol(content: bytes, file: Path, record: str | None) -> tuple[StudyProtocol | None, Document, list[Finding]]:
    """One file: its protocol where nothing is wrong, its positions, its findings."""
    document, findings = read_yaml(content, file.name)
    if findings:
        return None, document, findings
    protocol, read, findings = shaped(document)
    if protocol is None:
        return None, document, findings
    text = record if record is not None else _record_beside(file, protocol.record)
    findings += check_protocol(protocol, read, document, text)
    whole = all(one.severity is not Severity.ERROR for one in findings)
    return protocol if whole else None, document, sorted(findings, key=_by_place)


def _by_place(finding: Finding) -> tuple[int, int]:
    """The order of the file."""
    parts = (finding.where or "").rsplit(":", 2)
    return (int(parts[1]), int(parts[2])) if len(parts) == 3 and parts[1].isdigit() else (0, 0)


def _by_number(file: Path) -> tuple[int, str]:
    return (int(file.stem), file.stem) if file.stem.isdecimal() else (1 << 30, file.stem)


def _record_beside(file: Path, name: str) -> str | None:
    """The record a lone protocol file quotes: in the study folder above it, or beside it."""
    for folder in (file.parent.parent, file.parent):
        record = folder / name
        if Path(name).name == name and record.is_file():
            return _as_record(_content(record, []) or b"", [])
    return None


def _record(root: Path, findings: list[Finding]) -> str | None:
    """The record of a study folder, as received."""
    content = _content(root / RECORD, findings)
    return None if content is None else _as_record(content, findings)


def _as_record(content: bytes, findings: list[Finding]) -> str | None:
    try:
        if len(content) <= LARGEST_FILE and content.strip():
            return content.decode("utf-8")
        says = "The record is empty." if not content.strip() else f"The record is larger than {LARGEST_FILE:,} bytes."
    except UnicodeDecodeError:
        says = "The record is not UTF-8 text."
    findings.append(
        Finding(
            about=RECORD,
            says=says,
            matters="No quote can be found in it, so no clause can be traced.",
            do="Save the page alone, as text in UTF-8.",
            where=f"{RECORD}:1:1",
        )
    )
    return None


def _not_there(name: str, error: OSError) -> Finding:
    return Finding(
        about=name,
        says=f"{name} cannot be read: {error.strerror or 'it is not there'}.",
        matters="Without it the study cannot be opened.",
        do=f"Put {name} into the study folder.",
        where=f"{name}:1:1",
    )


def _no_protocol(root: Path) -> Finding:
    return Finding(
        about=root.name,
        says=f"{root.name}/protocol holds no file that ends in .yaml.",
        matters="A study without a protocol decides nothing.",
        do="Write protocol/1.yaml, or draft it from the record with `trialwright draft`.",
    )


def _misnamed(stem: str, protocol: StudyProtocol | None, document: Document) -> list[Finding]:
    """A version is found by its file's name, so the two must agree."""
    if protocol is None or protocol.version == stem:
        return []
    return [
        Finding(
            about="version",
            says=f"The file {document.name} says it is version {protocol.version!r}.",
            matters="A subject bound to a version must find that version's file.",
            do=f"Name the file {protocol.version}.yaml, or write version: {stem!r}.",
            where=document.where(("version",)),
        )
    ]


def _rehearsal(root: Path, findings: list[Finding]) -> Mapping[str, Any] | None:
    """What a rehearsal goes by, as plain data; its meaning belongs to the simulation."""
    file = root / "rehearsal.yaml"
    if not file.is_file():
        return None
    document, problems = read_yaml(_content(file, findings) or b"", file.name)
    findings.extend(problems)
    return document.data if isinstance(document.data, dict) and not problems else None
