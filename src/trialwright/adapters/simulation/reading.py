"""rehearsal.yaml into a `Rehearsal`, with everything that is wrong in it at once, each with its line.

Two passes: the shape (keys, kinds of values; what cannot be read is named with its near miss), then what the shape
cannot show: sites, versions, arms, classes, paths and concepts that the protocol or the file itself does not have.
Read `read_rehearsal`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from pydantic import TypeAdapter, ValidationError

from trialwright.adapters.simulation.language import Rehearsal, Value
from trialwright.adapters.study import Document, read_yaml
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Finding, Severity

NAME = "rehearsal.yaml"
MATTERS = "The rehearsal goes by this file; what is not understood would be left out without anyone noticing."
Place = tuple[str | int, ...]
FILLED_BY_THE_COURSE_OF_THE_TRIAL = frozenset(
    (
        "adverse_event adverse_event_grade adverse_event_attribution exposure vital_status death new_therapy visit "
        "specimen assay consent_date"
    ).split()
)


def read_rehearsal(
    folder: str | File, versions: Mapping[str, StudyProtocol]
) -> tuple[Rehearsal | None, tuple[Finding, ...]]:
    """The rehearsal of a study folder; None where an error was found."""
    file = File(folder) / NAME
    try:
        content = file.read_bytes()
    except OSError:
        return None, (_absent(),)
    document, findings = read_yaml(content, NAME)
    if findings:
        return None, tuple(findings)
    return shaped(document, versions)


def shaped(document: Document, versions: Mapping[str, StudyProtocol]) -> tuple[Rehearsal | None, tuple[Finding, ...]]:
    """The document as a rehearsal, checked against the protocol's versions."""
    try:
        rehearsal = _adapter().validate_python(document.data)
    except ValidationError as wrong:
        return None, tuple(_unreadable(document, problem) for problem in wrong.errors(include_url=False))
    findings = tuple(checks(rehearsal, versions, document))
    return (None if any(one.severity is Severity.ERROR for one in findings) else rehearsal), findings


@cache
def _adapter() -> TypeAdapter[Rehearsal]:
    return TypeAdapter(Rehearsal)


def _absent() -> Finding:
    return Finding(
        about=NAME,
        says=f"The study folder has no {NAME}.",
        matters="A rehearsal takes the natural courses of its patients from that file and from nowhere else.",
        do="Write one; docs/reference/rehearsal-file.md explains each key.",
        where=f"{NAME}:1:1",
    )


# ---- the shape ------------------------------------------------------------------------------------------------------


def _unreadable(document: Document, problem: Any) -> Finding:
    place = _known(document, tuple(problem["loc"]))
    key = problem["loc"][-1] if problem["loc"] else NAME
    said, do = _in_words(document, problem, place)
    return finding(document, place, str(key), said, do)


def _in_words(document: Document, problem: Any, place: Place) -> tuple[str, str]:
    kind, key = problem["type"], str(problem["loc"][-1]) if problem["loc"] else NAME
    if kind == "unexpected_keyword_argument":
        return f"The key {key!r} is not known here.{near(key, _words())}", "Correct the key, or leave it out."
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"The key {key!r} is missing here.", f"Write {key}."
    cause = problem.get("ctx", {}).get("error")
    said = str(cause) if cause else str(problem["msg"])
    return f"{key}: {said}.", "Correct it; docs/reference/rehearsal-file.md shows how each value is written."


@cache
def _words() -> tuple[str, ...]:
    """Every key the language has."""
    from trialwright.adapters.simulation import language

    shapes = [each for each in vars(language).values() if isinstance(each, type) and is_dataclass(each)]
    return tuple(sorted({each.name for shape in shapes for each in fields(shape)}))


def _known(document: Document, place: Place) -> Place:
    """The place as far as the file has it."""
    known: Place = ()
    for step in place:
        if (*known, step) in document.marks or (*known, step) in document.key_marks:
            known = (*known, step)
    return known


def near(word: str, known: Iterable[str]) -> str:
    """The known word that is probably meant."""
    found = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f" Is {found[0]!r} meant?" if found else ""


def finding(
    document: Document, place: Place, about: str, says: str, do: str, severity: Severity = Severity.ERROR
) -> Finding:
    """Something wrong in the file, with its line."""
    return Finding(about=about, says=says, matters=MATTERS, do=do, severity=severity, where=document.where(place))


# ---- what the shape cannot show -------------------------------------------------------------------------------------


def checks(rehearsal: Rehearsal, versions: Mapping[str, StudyProtocol], document: Document) -> Iterator[Finding]:
    """Everything the file names that neither it nor the protocol has."""
    for place, word, known, what in _references(rehearsal, versions):
        if word not in known:
            says = f"{word!r} is no {what}.{near(word, known)}"
            yield finding(document, place, word, says, f"Write one of: {', '.join(sorted(known)) or 'none there is'}.")
    yield from _alone(rehearsal, versions, document)
    yield from _unfilled(rehearsal, versions, document)


Reference = tuple[Place, str, frozenset[str], str]


def _references(rehearsal: Rehearsal, versions: Mapping[str, StudyProtocol]) -> Iterator[Reference]:
    arms = frozenset(arm.id for one in versions.values() for arm in one.arms)
    yield from _of_sites(rehearsal, versions)
    yield from _of_classes(rehearsal, arms)
    yield from _of_values(rehearsal, arms)


def _of_sites(rehearsal: Rehearsal, versions: Mapping[str, StudyProtocol]) -> Iterator[Reference]:
    sites = frozenset(site.id for one in versions.values() for site in one.design.sites)
    for site, life in rehearsal.sites.items():
        yield ("sites", site), site, sites, "site of the protocol"
        for version in life.versions:
            yield ("sites", site, "versions", version), version, frozenset(versions), "version of the protocol"


def _of_classes(rehearsal: Rehearsal, arms: frozenset[str]) -> Iterator[Reference]:
    classes = frozenset(rehearsal.classes)
    for name, kind in rehearsal.classes.items():
        for arm in kind.by_arm:
            yield ("classes", name, "by_arm", arm), arm, arms, "arm of the protocol"
    for name, by_class in rehearsal.paths.items():
        for each in by_class:
            yield ("paths", name, each), each, classes, "class of this file"
    for name in rehearsal.ends.death:
        yield ("ends", "death", name), name, classes, "class of this file"


def _of_values(rehearsal: Rehearsal, arms: frozenset[str]) -> Iterator[Reference]:
    paths = frozenset(rehearsal.paths)
    for place, value in _values(rehearsal):
        for other in {*value.like, *value.only}:
            yield place, other, frozenset(rehearsal.baseline), "value under baseline"
        if value.path is not None:
            yield (*place, "path"), value.path, paths, "path of this file"
        for arm in value.by_arm:
            yield (*place, "by_arm", arm), arm, arms, "arm of the protocol"
    for number, one in enumerate(rehearsal.adverse_events):
        if one.with_flare is not None:
            yield ("adverse_events", number, "with_flare"), one.with_flare, paths, "path of this file"


def _values(rehearsal: Rehearsal) -> Iterator[tuple[Place, Value]]:
    for name, value in rehearsal.baseline.items():
        yield ("baseline", name), value
    for name, parts in rehearsal.parts.items():
        for field, value in parts.fields.items():
            yield ("parts", name, "fields", field), value


def _alone(rehearsal: Rehearsal, versions: Mapping[str, StudyProtocol], document: Document) -> Iterator[Finding]:
    """What must agree within the file: the study, the dates, whole sets of classes, a version at each site."""
    studies = {one.protocol for one in versions.values()}
    if versions and rehearsal.rehearsal not in studies:
        says = f"The file rehearses {rehearsal.rehearsal!r}, and the protocol is {', '.join(sorted(studies))}."
        yield finding(document, ("rehearsal",), "rehearsal", says, "Name the protocol of this folder.")
    if rehearsal.end <= rehearsal.start:
        yield finding(document, ("end",), "end", "The end is not after the start.", "Write a later date.")
    if sum(kind.chance for kind in rehearsal.classes.values()) <= 0:
        yield finding(document, ("classes",), "classes", "No class has a chance.", "Give at least one class a chance.")
    for name, by_class in rehearsal.paths.items():
        for each in sorted(set(rehearsal.classes) - set(by_class)):
            says = f"The path {name!r} does not say how the class {each!r} fares."
            yield finding(document, ("paths", name), name, says, f"Write {each} under it.")
    for site, life in rehearsal.sites.items():
        if life.screened_per_month < 0:
            where = ("sites", site, "screened_per_month")
            yield finding(document, where, site, "Fewer than no patients a month.", "Write 0 or more.")
        if not life.versions:
            says = f"No protocol version is ever in force at {site}."
            yield finding(document, ("sites", site), site, says, "Name a version with `since` and `approved`.")


def _unfilled(rehearsal: Rehearsal, versions: Mapping[str, StudyProtocol], document: Document) -> Iterator[Finding]:
    """What the protocol's encounters collect and the file gives no value for: it stays empty in the rehearsal."""
    given = {*rehearsal.baseline, *rehearsal.parts, *rehearsal.flags, *rehearsal.histories}
    given |= FILLED_BY_THE_COURSE_OF_THE_TRIAL | {f"{name}_review" for name in given | {"adverse_event", "new_therapy"}}
    wanted = {name for one in versions.values() for each in one.encounters for name in each.collect}
    for name in sorted(wanted - given):
        says = f"The protocol collects {name!r}, and this file gives no value for it."
        do = f"Write {name} under baseline, parts, flags or histories, if the rehearsal is to fill it."
        yield finding(document, (), name, says, do, Severity.WARNING)
