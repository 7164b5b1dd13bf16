"""`trialwright judge`: whether one patient may enter, by every criterion, with reasons and what is missing.

The patient is a JSON file, and nothing of it is kept:

    {"on": "2006-03-01", "site": "S01", "planned_first_dose": "2006-03-08",
     "sex": "female", "age": 61,
     "values": {"anc": "1600 /mm3", "ecog": "1", "pregnancy_test": "negative"},
     "items": [{"path": "prior_therapy/1/code", "new": "steroid"}, …]}

`values` are one-value concepts as of `on`; `items` are written as in an event (docs/reference/event-format.md).
Exit 0 eligible, 1 not eligible or undetermined. Read `command`, then `patient`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.options import On, StudyFolder, read_day
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.core.ledger import Change, FormSubmitted, SubjectRegistered, SubjectScreened, Value
from trialwright.core.ledger import Said as Unsaid
from trialwright.core.terms import Finding, Quantity

if TYPE_CHECKING:
    from trialwright.core.conduct import Trial
    from trialwright.core.ledger import Event
    from trialwright.core.protocol import Concept

PATIENT = "patient"
KEYS = ("on", "site", "consent", "planned_first_dose", "sex", "age", "birth_date", "values", "items")
PatientFile = Annotated[
    Path,
    typer.Option("--patient", metavar="FILE", exists=True, dir_okay=False, help="The patient.", show_default=False),
]
Version = Annotated[str | None, typer.Option("--protocol", metavar="VERSION", help="A version; else the last one.")]


@dataclass(frozen=True)
class Patient:
    """One patient as events that are never written, and the day asked about."""

    on: date
    site: str
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]


def command(
    folder: StudyFolder, patient: PatientFile, on: On = None, version: Version = None, as_json: AsJson = False
) -> None:
    """Judge one patient's eligibility by the protocol of a study folder."""
    from trialwright.adapters.exchange.answers.subject import eligibility_document
    from trialwright.adapters.study import load_study
    from trialwright.cli.paging import page
    from trialwright.cli.status_words import eligibility_lines
    from trialwright.core.conduct import case_of
    from trialwright.core.eligibility import judge_eligibility
    from trialwright.core.subject import fold_study, labels_of

    study = load_study(folder)
    if study.trial is None:
        finish(answer_is_yes=False, findings=study.findings)
    trial: Trial = study.trial
    asked = version or trial.latest
    if asked not in trial.versions:
        wrong_use(f"There is no protocol version {asked!r}; there are {', '.join(trial.versions)}.")
    known = read_patient(_read(patient), trial, asked, on)
    if known.findings:
        finish(answer_is_yes=False, findings=known.findings)
    case = case_of(trial, fold_study(known.events), PATIENT, known.on)
    said = judge_eligibility(case, known.on)
    if as_json:
        show_json(eligibility_document(said))
    else:
        heading = f"{said.word.upper()} on {known.on}, by protocol version {asked}"
        until = f"\nThis holds until {said.holds_until}." if said.holds_until else ""
        show(page([heading, *eligibility_lines(said)], labels_of(case)) + until)
    finish(answer_is_yes=said.word == "eligible")


def _read(file: Path) -> dict[str, Any]:
    """The file as JSON; numbers stay as they were typed."""
    try:
        found = json.loads(file.read_text("utf-8-sig"), parse_float=str)
    except (ValueError, UnicodeDecodeError) as wrong:
        where = f" (line {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
        finish(answer_is_yes=False, findings=[_finding("patient", f"{file.name} is no JSON file{where}.")])
    if not isinstance(found, dict):
        finish(answer_is_yes=False, findings=[_finding("patient", f"{file.name} holds no JSON object.")])
    return found


def read_patient(told: Mapping[str, Any], trial: Trial, version: str, on: date | None) -> Patient:
    """The patient as events of one form; whatever cannot be read is a finding and nothing is guessed."""
    from trialwright.core.conduct.facts import impossible

    protocol, standards = trial.versions[version], trial.standards[version]
    findings = [
        _finding(key, f"A patient has no {key!r}.", f"one of {', '.join(KEYS)}") for key in told if key not in KEYS
    ]
    day, planned = on or _day(told, "on", findings) or date.today(), _day(told, "planned_first_dose", findings)  # noqa: DTZ011
    consent = _day(told, "consent", findings) or day
    site = str(told.get("site") or protocol.design.sites[0].id)
    who: dict[str, Any] = {"actor": PATIENT, "role": "investigator", "site": site, "subject": PATIENT}
    items = _items(told, standards.concepts, day, findings)
    form = FormSubmitted(**who, occurred=day, form=PATIENT, items=items)
    findings += impossible(form, standards.concepts, standards.units)
    events: list[Event] = [SubjectScreened(**who, occurred=min(consent, day), version=version), form]
    if planned:
        entry = {**who, "occurred": day, "version": version, "planned_first_dose": planned}
        events.append(SubjectRegistered(**entry, said=Unsaid("")))
    return Patient(day, site, tuple(events), tuple(findings))


def _day(told: Mapping[str, Any], key: str, findings: list[Finding]) -> date | None:
    if told.get(key) in (None, ""):
        return None
    try:
        return read_day(str(told[key]))
    except typer.BadParameter as wrong:
        findings.append(_finding(key, str(wrong)))
        return None


def _items(
    told: Mapping[str, Any], concepts: Mapping[str, Concept], on: date, findings: list[Finding]
) -> tuple[Change, ...]:
    from trialwright.store.lines import Wrong, read_items

    short = {key: told[key] for key in ("sex", "age", "birth_date") if key in told}
    short |= told["values"] if isinstance(told.get("values"), dict) else {}
    items: list[Change] = []
    for name, value in short.items():
        try:
            items += _short(name, value, concepts.get(name), on)
        except ValueError as wrong:
            findings.append(_finding(name, f"{wrong}."))
    given = told.get("items") or []
    try:
        items += read_items(given) if given else ()
    except Wrong as wrong:
        findings.append(_finding("items", f"{wrong}."))
    return tuple(items)


def _short(name: str, value: Any, concept: Concept | None, on: date) -> list[Change]:
    """A one-value concept as of the day; a number is read with its unit."""
    field = concept.value.id if concept else "value"
    return [
        Change(f"{name}/given/{field}", None, _value(value, concept)),
        Change(f"{name}/given/on", None, on.isoformat()),
    ]


def _value(value: Any, concept: Concept | None) -> Value:
    from trialwright.core.ledger import from_json
    from trialwright.core.protocol import Kind

    if isinstance(value, dict):
        return from_json(value)
    if isinstance(value, bool):
        return value
    kind = concept.value.kind if concept else Kind.TEXT
    if kind is Kind.QUANTITY:
        return Quantity.parse(value)
    return int(value) if kind is Kind.INTEGER and str(value).isdecimal() else str(value)


def _finding(about: str, says: str, do: str = "") -> Finding:
    return Finding(about=about, says=says, matters="The patient was not judged.", do=f"Write {do}." if do else "")
