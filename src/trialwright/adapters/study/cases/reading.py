"""The case files of a study folder -> patients to start from and cases, with everything that is wrong in them.

A file is a list of cases, or a mapping of `patients` (name -> `given` words) and `cases`. Patients are shared by all
files of the folder; a case is like the first of them unless `like` names another, and says only what is different.
Read `load_cases`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trialwright.adapters.study.cases.expecting import EXPECT
from trialwright.adapters.study.cases.readers import Names, names_of
from trialwright.adapters.study.cases.words import ItemName, Told, Wrong, near
from trialwright.adapters.study.cases.worked import GIVEN, WorkedCase
from trialwright.adapters.study.loading import Study
from trialwright.adapters.study.positions import LARGEST_FILE, read_yaml
from trialwright.core.conduct import Trial
from trialwright.core.terms import Finding

MERGED = ("limits", "each course")
"""The words whose parts a case adds to those of its patient; every other word replaces."""
PATIENTS = "patients.yaml"
"""Read before the others, so that their patients can be like its own."""
OF_A_CASE = ("name", "given", "expect")


@dataclass
class _Sheet:
    """The files read so far: patients by name, cases in order, what is wrong."""

    trial: Trial
    patients: dict[str, Mapping[str, Told]] = field(default_factory=dict)
    cases: list[Told] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def load_cases(study: Study, files: Sequence[Path] = ()) -> tuple[tuple[WorkedCase, ...], tuple[Finding, ...]]:
    """The cases of a study's folder, or of the files named; where there are findings no case is of use.

    The patients of the folder are known to every file.
    """
    trial = study.trial
    if trial is None:
        return (), study.findings
    sheet = _Sheet(trial)
    folder = sorted((study.folder / "cases").glob("*.yaml"), key=lambda one: (one.name != PATIENTS, one.name))
    chosen = {file.resolve() for file in (files or folder)}
    for file in [*folder, *(one for one in files if one.resolve() not in {each.resolve() for each in folder})]:
        _read_file(file, sheet, file.resolve() in chosen)
    names = {version: names_of(trial, version) for version in trial.versions}
    cases = tuple(case for told in sheet.cases if (case := _case(told, sheet, names)))
    sheet.findings += _doubles(cases)
    if not sheet.cases and not sheet.findings:
        sheet.findings.append(_none(study.folder))
    return cases, tuple(sheet.findings)


def _none(folder: Path) -> Finding:
    return Finding(
        about="cases",
        says=f"{folder.name}/cases holds no case.",
        matters="Nothing was run; that is no proof of anything.",
        do="Write cases/<name>.yaml; docs/reference/cases-file.md shows how.",
    )


def _read_file(file: Path, sheet: _Sheet, with_cases: bool) -> None:
    """Its patients, and its cases where they are asked for."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as problem:
        sheet.findings.append(Finding(about="cases", says=f"{file.name} cannot be read: {problem.strerror}."))
        return
    document, problems = read_yaml(content, file.name)
    sheet.findings.extend(problems)
    if problems:
        return
    whole = Told(document.data, document, ())
    cases = whole if isinstance(whole.value, list) else None
    if isinstance(whole.value, dict):
        sheet.findings += _unknown_keys(whole, ("patients", "cases"), "key of a case file")
        _add_patients(whole, sheet)
        cases = whole.part("cases") if "cases" in whole.value else None
    elif cases is None:
        sheet.findings.append(whole.finding("A case file is a list of cases, or has `patients` and `cases`."))
    if cases is not None and with_cases:
        _add_cases(cases, sheet)


def _add_cases(told: Told, sheet: _Sheet) -> None:
    if not isinstance(told.value, list):
        sheet.findings.append(told.finding("The cases are a list, each with name, given and expect."))
        return
    sheet.cases.extend(told.part(number) for number in range(len(told.value)))


def _add_patients(whole: Told, sheet: _Sheet) -> None:
    if "patients" not in whole.value:
        return
    patients = whole.part("patients")
    if not isinstance(patients.value, dict):
        sheet.findings.append(patients.finding("Patients stand by their names."))
        return
    for name in patients.value:
        if name in sheet.patients:
            sheet.findings.append(patients.part(name).finding(f"There is a patient {name!r} already.", key=True))
        sheet.patients[name] = _merged(_words(patients.part(name), sheet), sheet)


def _unknown_keys(told: Told, known: Sequence[str], what: str) -> Iterator[Finding]:
    for key in told.value:
        if key not in known:
            yield told.part(key).finding(f"There is no {what} {key!r}{near(key, known)}", key=True)


def _words(told: Told, sheet: _Sheet) -> Mapping[str, Told]:
    if not isinstance(told.value, dict):
        sheet.findings.append(told.finding("What is given are words and items, each with its value."))
        return {}
    return {key: told.part(key) for key in told.value}


def _merged(own: Mapping[str, Told], sheet: _Sheet) -> Mapping[str, Told]:
    """A patient's words under those of the case; a word or an item without a value takes the patient's away."""
    like = own.get("like")
    if like is not None and str(like.value) not in sheet.patients:
        says = f"There is no patient {like.value!r}{near(str(like.value), sheet.patients)}"
        sheet.findings.append(like.finding(says))
        return own
    name = str(like.value) if like else None
    base = sheet.patients[name] if name else {}
    both = {key: _joined(base.get(key), told) for key, told in own.items() if key != "like"}
    return {key: told for key, told in {**base, **both}.items() if told.value is not None or " on " in key}


def _joined(base: Told | None, own: Told) -> Told:
    if base is None or own.path[-1] not in MERGED or not isinstance(own.value, dict):
        return own
    return Told({**base.value, **own.value}, own.document, own.path)


def _case(told: Told, sheet: _Sheet, names: Mapping[str, Names]) -> WorkedCase | None:
    """One case, or findings that say why it is none."""
    before = len(sheet.findings)
    if not isinstance(told.value, dict):
        sheet.findings.append(told.finding("A case has a name, what is given, and what is expected."))
        return None
    sheet.findings += _unknown_keys(told, OF_A_CASE, "part of a case")
    sheet.findings += [told.finding(f"The case has no {part}.") for part in OF_A_CASE if not told.value.get(part)]
    if len(sheet.findings) > before:
        return None
    own = dict(_words(told.part("given"), sheet))
    if "like" not in own and sheet.patients:
        own["like"] = Told(next(iter(sheet.patients)), told.document, (*told.path, "given"))
    given = _merged(own, sheet)
    version = str(given["version"].value) if "version" in given else sheet.trial.latest
    if version not in names:
        says = f"There is no protocol version {version!r}{near(version, names)}"
        sheet.findings.append(given["version"].finding(says))
        return None
    moved_to = given["moves"].value if "moves" in given else {}
    versions = [version, *(str(one) for one in (moved_to.values() if isinstance(moved_to, dict) else ()))]
    concepts = {one: None for each in versions for one in (names[each].concepts if each in names else ())}
    sheet.findings += _unknown_words(given, tuple(concepts))
    expect, expected = _expected(told.part("expect"), names[version], sheet)
    case = WorkedCase(str(told.value["name"]), told.where, version, given, expect, expected)
    return case if len(sheet.findings) == before else None


def _unknown_words(given: Mapping[str, Told], concepts: Sequence[str]) -> Iterator[Finding]:
    """A key of `given` that is neither a word nor an item of a concept."""
    for key, told in given.items():
        concept = _concept_of(key)
        if key not in GIVEN and concept not in concepts:
            says = f"{key!r} is neither a word of `given` nor an item{near(concept, (*GIVEN, *concepts))}"
            yield told.finding(says, f"Write one of {', '.join(GIVEN)}, or a concept of the protocol.", key=True)


def _concept_of(key: str) -> str:
    try:
        return ItemName.parse(key).concept
    except Wrong:
        return key


def _expected(told: Told, names: Names, sheet: _Sheet) -> tuple[Mapping[str, Told], Mapping[str, Any]]:
    """Each expectation read; one that is not in the table, or that cannot fail, is a finding."""
    if not isinstance(told.value, dict):
        sheet.findings.append(told.finding("What is expected are words, each with its value."))
        return {}, {}
    sheet.findings += _unknown_keys(told, tuple(EXPECT), "word of `expect`")
    parts = {key: told.part(key) for key in told.value if key in EXPECT}
    read: dict[str, Any] = {}
    for key, part in parts.items():
        try:
            read[key] = EXPECT[key].read(part.value, names)
        except ValueError as wrong:
            sheet.findings.append(part.finding(f"{key}: {wrong}"))
    return parts, read


def _doubles(cases: Sequence[WorkedCase]) -> Iterator[Finding]:
    seen: dict[str, WorkedCase] = {}
    for case in cases:
        if case.name in seen:
            says = f"{case.name!r} is the name of a case at {seen[case.name].where} already."
            yield Finding(about="case", says=says, matters="A name tells one case.", where=case.where)
        seen.setdefault(case.name, case)
