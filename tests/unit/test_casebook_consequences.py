"""What a form would mean is what the status says once it is saved: the same rules, on a record nobody has saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from studies_at_hand import STUDIES
from trialwright.adapters.study import load_study
from trialwright.core.casebook import consequences, foreseen
from trialwright.core.conduct import Trial, subject_status
from trialwright.core.ledger import Change, Event, FormSubmitted, ProtocolActivated, StudyOpened, SubjectScreened
from trialwright.core.subject import StudyRecord, fold_study
from trialwright.core.terms import Quantity, Verdict

ON = date(2026, 3, 2)


def opened(folder: Path) -> tuple[Trial, list[Event], str]:
    """A study with one subject in screening, at its first site."""
    study = load_study(folder)
    assert study.trial is not None
    version, protocol = next(iter(study.trial.versions.items()))
    site, digest = protocol.design.sites[0].id, study.trial.hashes[version]
    who: dict[str, Any] = {"actor": "a", "role": "coordinator", "occurred": ON, "protocol": digest}
    events: list[Event] = [
        StudyOpened(**who, site=None, study=protocol.protocol, kind="real", id="e1", seq=1),
        ProtocolActivated(**who, site=site, version=version, file_hash=digest, approved_on=ON, id="e2", seq=2),
        SubjectScreened(**who, site=site, subject="P1", version=version, id="e3", seq=3),
    ]
    return study.trial, events, site


def form(site: str, *items: Change) -> FormSubmitted:
    return FormSubmitted(actor="a", role="investigator", site=site, occurred=ON, subject="P1", form="f", items=items)


def answers(trial: Trial, record: StudyRecord, *events: Event) -> Iterator[tuple[str, str, Verdict | None]]:
    """What would follow for the subject."""
    after = foreseen(trial, record, events, ON)["P1"]
    for one in consequences(subject_status(trial, record, "P1", ON), after):
        yield one.kind, one.about, one.verdict


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
def test_a_form_without_a_change_means_nothing(folder: Path) -> None:
    trial, events, site = opened(folder)
    assert list(answers(trial, fold_study(events), form(site))) == []


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
@pytest.mark.parametrize("age", ["17", "130"])
def test_a_criterion_that_is_no_longer_unknown_is_told_with_its_clause(folder: Path, age: str) -> None:
    """Nobody may enter either study at 17, and nobody at 130."""
    trial, events, site = opened(folder)
    typed = form(site, Change("age/screening/value", None, int(age)))
    told = list(answers(trial, fold_study(events), typed))
    assert ("criterion", "age", Verdict.NOT_MET) in told and ("eligibility", "eligibility", Verdict.NOT_MET) in told


@pytest.mark.parametrize("folder", STUDIES, ids=lambda one: one.name)
def test_what_is_foreseen_is_what_the_status_says_once_it_is_saved(folder: Path) -> None:
    """And the study that was asked stays as it was."""
    trial, events, site = opened(folder)
    record = fold_study(events)
    typed = form(site, Change("sex/screening/value", None, "female"), Change("age/screening/value", None, 40))
    foretold = foreseen(trial, record, [typed], ON)["P1"]
    assert record.subjects["P1"].events == 1
    saved = subject_status(trial, fold_study([*events, _numbered(typed, 4)]), "P1", ON)
    assert consequences(foretold, saved) == ()
    assert {one.id: one.verdict for one in foretold.eligibility.criteria} == {  # type: ignore[union-attr]
        one.id: one.verdict
        for one in saved.eligibility.criteria  # type: ignore[union-attr]
    }


def test_a_count_says_its_grade_as_it_is_typed() -> None:
    """ANC 900/mm3 is grade 3 by CTCAE 3.0 (500 to below 1,000), 1,000 grade 2, 1,500 to the lower limit grade 1."""
    folder = next(one for one in STUDIES if "toxicity: ctcae/3.0" in (one / "protocol" / "1.yaml").read_text("utf-8"))
    trial, events, site = opened(folder)
    record = fold_study(events)
    told: dict[str, str] = {}
    for value in ("900", "1000", "1500"):
        typed = form(site, Change("anc/screening/value", None, Quantity.parse(f"{value} /mm3")),
                     Change("anc/screening/low", None, Quantity.parse("1700 /mm3")))  # fmt: skip
        after = foreseen(trial, record, [typed], ON)["P1"]
        found = consequences(subject_status(trial, record, "P1", ON), after)
        told[value] = next(one.says.rpartition(": ")[2] for one in found if one.kind == "grade")
    assert told == {"900": "grade 3", "1000": "grade 2", "1500": "grade 1"}


def _numbered(event: FormSubmitted, seq: int) -> FormSubmitted:
    return FormSubmitted(**{**vars(event), "seq": seq, "id": f"e{seq}"})
