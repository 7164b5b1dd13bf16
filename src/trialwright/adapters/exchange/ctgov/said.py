"""What a sponsor says to the registry that neither the posted record nor the ledger holds, from `registry.yaml`.

    protocolSection:   fields by the registry's own names (API v2); they stand over the posted ones, under the ledger's
    upload:            elements of the upload format that no protocol section has (IND, ethics board, name to sign in)

The file stands in the study's folder and need not be there; its other parts are of the results section. What is not
understood is a finding and is left out. Read `read_said_of_record`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trialwright.adapters.exchange.ctgov.protocol import (
    ProtocolSection,
    read_protocol_section,
    write_protocol_section,
)
from trialwright.adapters.exchange.ctgov.prs import ClinicalStudy
from trialwright.adapters.exchange.ctgov.prs_xml import types_of
from trialwright.adapters.study import read_yaml
from trialwright.core.terms import Finding, Severity

NAME = "registry.yaml"
SECTION, UPLOAD = "protocolSection", "upload"
PARTS = (SECTION, UPLOAD)


@dataclass(frozen=True)
class SaidOfRecord:
    """What the sponsor says of the protocol section and of the upload, as plain trees, and what is wrong in it."""

    section: Mapping[str, Any] = field(default_factory=dict)
    upload: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


NOTHING_SAID = SaidOfRecord()


def read_said_of_record(folder: Path) -> SaidOfRecord:
    """The two parts of the study's file; nothing where there is none."""
    file = folder / NAME
    if not file.is_file():
        return NOTHING_SAID
    try:
        content = file.read_bytes()
    except OSError as error:
        return SaidOfRecord(findings=(_wrong("", f"It cannot be read: {error.strerror}."),))
    document, findings = read_yaml(content, NAME)
    if not findings and not isinstance(document.data, Mapping):
        findings = [_wrong("", "It is no list of names with values.")]
    data = document.data if not findings else {}
    section, upload = (data.get(one) or {} for one in PARTS)
    found = [*findings, *_of_section(section), *_of_upload(ClinicalStudy, upload, UPLOAD)]
    return SaidOfRecord(
        section if isinstance(section, Mapping) else {}, upload if isinstance(upload, Mapping) else {}, tuple(found)
    )


def with_said(section: ProtocolSection, said: Mapping[str, Any]) -> ProtocolSection:
    """The section with what is said over it; a list is replaced as a whole."""
    merged = _merged(write_protocol_section(section), write_protocol_section(read_protocol_section(said).value))
    return read_protocol_section(merged).value


def _merged(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: _merged(under.get(key), value) for key, value in over.items()}}
    return over


def with_uploaded(study: ClinicalStudy, said: Mapping[str, Any]) -> ClinicalStudy:
    """The upload with the elements that are said set."""
    laid: ClinicalStudy = _laid(study, said)
    return laid


def _laid(value: Any, said: Mapping[str, Any]) -> Any:
    given: dict[str, Any] = {}
    for name, told in said.items():
        repeated, kind = _type_of(type(value), name)
        if repeated and isinstance(told, list):
            given[str(name)] = tuple(_made(kind, one) for one in told if _fits(kind, one))
        elif kind is not None and not repeated and _fits(kind, told):
            before = getattr(value, str(name))
            given[str(name)] = _made(kind, told, before)
    return replace(value, **given)


def _type_of(kind: Any, name: Any) -> tuple[bool, Any]:
    """Whether an element may come more than once, and what it holds; None for one that is not there."""
    return types_of(kind).get(str(name), (False, None))


def _made(kind: Any, told: Any, before: Any = None) -> Any:
    """The element as it is said, over what stood there."""
    if not is_dataclass(kind):
        return _text(told)
    empty: Any = kind
    return _laid(empty() if before is None else before, told)


def _fits(kind: Any, told: Any) -> bool:
    return isinstance(told, Mapping) if is_dataclass(kind) else isinstance(told, str | bool | int)


def _text(told: Any) -> str:
    """The words of an element; yes and no as the registry writes them.

    >>> _text(True), _text("CDER")
    ('yes', 'CDER')
    """
    return {True: "yes", False: "no"}[told] if isinstance(told, bool) else str(told)


# --- what is wrong ---------------------------------------------------------------------------------------------------


def _of_section(tree: Any) -> Iterator[Finding]:
    for one in read_protocol_section(tree).untyped:
        yield _wrong(f"{SECTION}.{one.where}".rstrip("."), f"{one.value!r} is nothing the registry has there.")


def _of_upload(kind: Any, tree: Any, path: str) -> Iterator[Finding]:
    if not isinstance(tree, Mapping):
        yield _wrong(path, "It is no list of names with values.")
        return
    for name, told in tree.items():
        repeated, inner = _type_of(kind, name)
        entries = told if repeated and isinstance(told, list) else [told]
        if inner is None:
            near = get_close_matches(str(name), [one.name for one in fields(kind)], 1)
            yield _wrong(f"{path}.{name}", f"The upload has no {name} there.{f' Is {near[0]} meant?' if near else ''}")
        elif repeated and not isinstance(told, list):
            yield _wrong(f"{path}.{name}", "It is a list in the upload; write - before each entry.")
        elif is_dataclass(inner):
            for one in entries:
                yield from _of_upload(inner, one, f"{path}.{name}")
        elif not all(_fits(inner, one) for one in entries):
            yield _wrong(f"{path}.{name}", f"{told!r} is no text.")


def _wrong(where: str, says: str) -> Finding:
    return Finding(
        about=f"{NAME} {where}".strip(),
        says=says,
        matters="It was not taken into the record.",
        do="Correct it; docs/explanation/registry-record.md has an example.",
        severity=Severity.WARNING,
        where=NAME,
    )
