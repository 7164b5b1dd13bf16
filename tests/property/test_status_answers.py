"""Every answer of the status of every rehearsed subject names its clause in words, and its data or what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from studies_at_hand import STUDIES
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.adapters.exchange.answers.subject import subject_document
from trialwright.adapters.exchange.answers.trial import trial_document
from trialwright.adapters.simulation import read_rehearsal, rehearse
from trialwright.adapters.study import load_study
from trialwright.cli.rehearse import _setting
from trialwright.cli.status_words import PEOPLE, subject_words
from trialwright.core.conduct import Trial, subject_status, trial_status
from trialwright.core.subject import StudyRecord

PATIENTS, DAYS, SEED = 35, 3, 1
EACH_STUDY = pytest.mark.parametrize(
    "folder", [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in STUDIES]
)
"""Tests of one study run in one process, so that it is rehearsed once."""


@cache
def rehearsed(folder: Path) -> tuple[Trial, StudyRecord]:
    """A rehearsal in memory."""
    study = load_study(folder)
    rehearsal, _ = read_rehearsal(folder, study.protocols)
    assert rehearsal is not None and study.trial is not None
    return study.trial, rehearse(_setting(study, rehearsal), SEED, PATIENTS).study


def some_days(study: StudyRecord, subject: str) -> list[date]:
    """Days spread from the first entry about a subject to the last."""
    told = sorted({event.occurred for event in study.subjects[subject].log})
    return [told[place * (len(told) - 1) // (DAYS - 1)] for place in range(DAYS)]


def answers(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in a document that gives a reason, with its place."""
    if isinstance(value, dict):
        if "because" in value and "evidence" in value:
            yield path, value
        for name, each in value.items():
            yield from answers(each, f"{path}.{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from answers(each, f"{path}[{place}]")


def faults(document: dict[str, Any]) -> Iterator[str]:
    """Where an answer lacks its clause, its words, or both its data and what is missing."""
    for path, answer in answers(document):
        if not answer["because"]:
            yield f"{path}: no reason"
        for one in answer["because"]:
            if not one["clause"] or not one["quote"]:
                yield f"{path}: no clause or words in {one}"
        if not answer["evidence"] and not answer["missing"]:
            yield f"{path}: neither data nor what is missing"
        for datum in answer["evidence"]:
            if not datum["on"]:
                yield f"{path}: no day in {datum}"


@EACH_STUDY
def test_every_answer_about_every_subject_names_its_clause_and_its_data(folder) -> None:
    trial, study = rehearsed(folder)
    found, seen = set(), 0
    for subject in sorted(study.subjects):
        for on in some_days(study, subject):
            said = subject_status(trial, study, subject, on)
            document = as_data(subject_document(said, study.last_seq, ""))
            seen += sum(1 for _ in answers(document))
            found |= {f"{subject} {on} {fault}" for fault in faults(document)}
    assert sorted(found)[:10] == [] and seen > len(study.subjects) * DAYS * 3


@EACH_STUDY
def test_who_can_give_what_is_missing_is_said_of_every_datum(folder) -> None:
    trial, study = rehearsed(folder)
    for subject in sorted(study.subjects)[::5]:
        for on in some_days(study, subject):
            said = subject_status(trial, study, subject, on)
            assert all(one.label and one.who.startswith("the ") and one.waits for one in said.wanted)
            waiting = {item for one in said.doses.values() for item in one.missing}
            assert waiting <= {one.what for one in said.wanted}


@EACH_STUDY
def test_every_page_fits_a_narrow_terminal_and_prints_no_id_with_an_underscore_of_a_datum(folder, monkeypatch) -> None:
    trial, study = rehearsed(folder)
    monkeypatch.setenv("COLUMNS", "80")
    for subject in sorted(study.subjects)[::7]:
        for on in some_days(study, subject):
            said = subject_status(trial, study, subject, on)
            for reader in ("", *PEOPLE):
                page = subject_words(said, study.last_seq, "", reader)
                assert max(map(len, page.splitlines())) <= 80
                data = [name for name in trial.standards[said.version].concepts if "_" in name]
                assert [name for name in data if f" {name} " in page] == []


@EACH_STUDY
def test_the_counts_and_endpoints_of_the_trial_name_their_clause_and_their_data(folder) -> None:
    trial, study = rehearsed(folder)
    days = [day for subject in sorted(study.subjects)[::9] for day in some_days(study, subject)[1:3]]
    for on in days[:6]:
        document = as_data(trial_document(trial_status(trial, study, on), ""))
        assert list(faults(document)) == []
        assert len(document["subjects"]) == document["screened"]
